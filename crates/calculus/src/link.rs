//! [`Link`]: how the pieces beside a spot of a chart hang together.

use chainrule_autograd::number::{Coefficient, Interval, Mark, Side};

use crate::chart::Spot;
use crate::curve::Curve;
use crate::verdict::{Sides, Verdict};

/// What connects the two pieces at a spot.
pub(crate) struct Link {
    pub sides: Sides,
    /// Whether the spot is one point, or what is said of it is proved for every point of it.
    pub certain: bool,
}

impl Link {
    pub fn of(curve: &Curve, spot: &Spot) -> Link {
        if spot.is_exact() {
            return Link { sides: Sides::of(curve, spot.from), certain: true };
        }
        let over = curve.series(Interval::new(spot.from, spot.to), 1);
        let value = over.coefficient(0);
        let slope = |x: f64, side: Side| curve.germ(x, side).derivative(1, side);
        let beside = |from: f64, to: f64| [slope(from, Side::Left), slope(to, Side::Right)];
        let slopes = beside(spot.from, spot.to);
        let limits = [spot.from, spot.to].map(|x| Some(curve.enclosed(x)));
        let continuous = value.is_regular().then_some(true);
        let verdict = match (continuous, over.coefficient(1).is_regular(), slopes) {
            (Some(_), true, _) => Verdict::Differentiable,
            (Some(_), false, [Some(a), Some(b)]) => {
                let reach = (spot.to - spot.from) * WIDER;
                match beside(spot.from - reach, spot.to + reach) {
                    [Some(c), Some(d)] if stays(b - a, d - c) => Verdict::Kink,
                    // What happens in it, happens at its simplest number, most likely.
                    _ => match Sides::of(curve, spot.at).verdict {
                        Verdict::Differentiable => Verdict::Differentiable,
                        _ => Verdict::Undecided,
                    },
                }
            }
            (None, ..) if value.mark() == Mark::Partial => match grows(curve, spot) {
                true => Verdict::Pole,
                false => Verdict::Undecided,
            },
            (None, ..)
                if limits[0].is_some_and(|a| {
                    limits[1].is_some_and(|b| a.outcomes(b).decided().is_some())
                }) =>
            {
                Verdict::Jump
            }
            _ => Verdict::Undecided,
        };
        let sides = Sides { value, limits, slopes, continuous, verdict };
        Link { sides, certain: verdict == Verdict::Differentiable && spot.proved }
    }

    pub fn continuous(&self) -> bool {
        self.sides.continuous == Some(true)
    }
}

/// Whether the function grows towards a short interval from some side, like 1/x or at least like a
/// logarithm: as much from 10³ to 1 of its lengths away as from 10⁶ to 10³.
fn grows(curve: &Curve, spot: &Spot) -> bool {
    let length = spot.to - spot.from;
    [(spot.from, -length), (spot.to, length)].into_iter().any(|(end, away)| {
        let [near, far, farther] = [0.0, 1e3, 1e6].map(|n| curve.value(end + n * away).abs());
        near > far && near - far >= 0.5 * (far - farther).abs()
    })
}

/// A kink that is known up to a short interval is looked at from so many times as far, too.
const WIDER: f64 = 1e6;

/// Whether the slope turns as much near by as farther off: at a kink it does, while the slopes of
/// x^(4/3) beside 0 come together.
fn stays(near: Interval, far: Interval) -> bool {
    let (near, far) = (near.middle(), far.middle());
    near != 0.0 && (near - far).abs() <= 0.05 * near.abs()
}
