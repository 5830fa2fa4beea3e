//! Hyperbolic functions and their inverses.

use super::{Bend, Info, Span, Special, Trend, around_zero, everywhere};
use crate::number::Real;
use Bend::{Concave, Convex};
use Trend::{Decreasing, Increasing};

const INF: f64 = f64::INFINITY;

crate::elementwise! {
    impl Var;

    /// sinh x
    sinh: Sinh() {
        info: Info {
            shares: true,
            formula: "sinh x",
            derivative: "cosh x",
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Concave, Convex),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.sinh(),
        slope: |x| x.cosh(),
        nth: |k, x| if k.is_multiple_of(2) { x.sinh() } else { x.cosh() },
    }

    /// cosh x
    cosh: Cosh() {
        info: Info {
            shares: true,
            formula: "cosh x",
            derivative: "sinh x",
            range: |_| (1.0, INF),
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 1.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.cosh(),
        slope: |x| x.sinh(),
        nth: |k, x| if k.is_multiple_of(2) { x.cosh() } else { x.sinh() },
    }

    /// tanh x. The slope is computed from e = e^(−2|x|), never as 1 − tanh² x, which is 0 from
    /// x = 20 on where the true value is 1.7e-17.
    tanh: Tanh() {
        info: Info {
            shares: true,
            formula: "tanh x",
            derivative: "4e/(1+e)², e = e^(−2|x|)",
            range: |_| (-1.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[
                Special::at(0.0, 0.0, 1.0),
                Special::at(20.0, 1.0, 1.6993417021166356e-17),
                Special::at(-INF, -1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| x.tanh(),
        slope: |x| x.tanh_slope(),
        second: |x| R::lit(-2.0) * x.tanh() * x.tanh_slope(),
    }

    /// arsinh x
    asinh: Asinh() {
        info: Info {
            formula: "arsinh x",
            derivative: "1/√(1 + x²)",
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.asinh(),
        slope: |x| R::lit(1.0).hypot(x).recip(),
        nth: |k, x| asinh_nth(k, x),
    }

    /// arcosh x, x ≥ 1; slope +∞ at 1.
    acosh: Acosh() {
        info: Info {
            formula: "arcosh x",
            derivative: "1/√((x−1)(x+1))",
            domain: |_| (1.0, INF),
            range: |_| (0.0, INF),
            trend: |_| vec![Span::new(1.0, INF, Increasing)],
            bend: |_| vec![Span::new(1.0, INF, Concave)],
            test: (1.2, 5.0),
            special: &[Special::at(1.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.acosh(),
        slope: |x| ((x - R::lit(1.0)).sqrt() * (x + R::lit(1.0)).sqrt()).recip(),
        second: |x| area_second(x, Self::slope(x, &[])),
    }

    /// artanh x, |x| ≤ 1; ±∞ at ±1.
    atanh: Atanh() {
        info: Info {
            formula: "artanh x",
            derivative: "1/((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            trend: |_| vec![Span::new(-1.0, 1.0, Increasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Concave), Span::new(0.0, 1.0, Convex)],
            test: (-0.9, 0.9),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(1.0, INF, INF)],
            ..Info::NEW
        },
        value: |x| x.atanh(),
        slope: |x| {
            let (below, above) = (R::lit(1.0) - x, R::lit(1.0) + x);
            let outside = R::lit(f64::NAN);
            (below * above).split(outside, R::lit(INF), (below * above).recip())
        },
        second: |x| {
            let square = (R::lit(1.0) - x) * (R::lit(1.0) + x);
            let y = (x + x) / (square * square);
            square.split(R::lit(f64::NAN), y, y)
        },
    }
}

/// −x·s³ for a slope s = 1/√(x² ± 1), in an order that neither overflows nor meets ∞·0.
fn area_second<R: Real>(x: R, slope: R) -> R {
    -(x.amul(slope) * slope * slope)
}

/// The derivatives of arsinh by (1 + x²)·y⁽ⁿ⁺²⁾ + (2n+1)·x·y⁽ⁿ⁺¹⁾ + n²·y⁽ⁿ⁾ = 0, with s = 1/√(1 + x²)
/// and |x·s| ≤ 1, so that nothing overflows.
fn asinh_nth<R: Real>(k: u32, x: R) -> R {
    let s = R::lit(1.0).hypot(x).recip();
    let t = x.amul(s);
    let (mut below, mut y) = (s, area_second(x, s));
    for n in 1..k - 1 {
        let (n, older) = (f64::from(n), below);
        below = y;
        y = -(R::lit(2.0 * n + 1.0) * t * y + R::lit(n * n) * s * older) * s;
    }
    y
}
