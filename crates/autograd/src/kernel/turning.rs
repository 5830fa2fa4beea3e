//! sin, cos and tan: x = n·π/2 + r, |r| ≤ π/4, by parts of π/2 so short that their products with n are
//! exact (Cody, Waite, *Software manual for the elementary functions*, 1980), then the polynomial of the
//! sine or the cosine of r, by the quadrant n.
//!
//! From [`TURNING_MOST`](Precision::TURNING_MOST) on n has too many bits: there these functions answer
//! NaN, and what plays a formula over a slice computes such elements one at a time (see
//! [`Formula::TURNS`](super::Formula)).

use super::lane::Lane;
use super::precision::Precision;
use crate::number::Real;

/// x = n·π/2 + r + low, where only f64 has a `low`.
#[derive(Clone, Copy)]
struct Turned<T, const FMA: bool> {
    /// MAGIC + n: its lowest bits are the quadrant.
    n: Lane<T, FMA>,
    r: Lane<T, FMA>,
    low: Lane<T, FMA>,
}

impl<T: Precision, const FMA: bool> Turned<T, FMA> {
    /// sin(r + low)
    #[inline(always)]
    fn sin(self) -> Lane<T, FMA> {
        let Turned { r, low, .. } = self;
        let square = r * r;
        let rest = if T::SINGLE {
            r * square * square.polynomial(T::SIN)
        } else {
            let low = low * square.fma(Lane::constant(-0.5), Lane::ONE);
            (r * square).fma(square.polynomial(T::SIN), low)
        };
        r + rest
    }

    /// cos(r + low), as (1 − r²/2) with what that loses by rounding.
    #[inline(always)]
    fn cos(self) -> Lane<T, FMA> {
        let Turned { r, low, .. } = self;
        let square = r * r;
        let half = square * Lane::constant(0.5);
        let first = Lane::ONE - half;
        let lost = (Lane::ONE - first) - half;
        let lost = if T::SINGLE { lost } else { (-r).fma(low, lost) };
        first + (square * square).fma(square.polynomial(T::COS), lost)
    }

    /// sin(x + quarters·π/2)
    #[inline(always)]
    fn wave(self, quarters: T) -> Lane<T, FMA> {
        let n = self.n + Lane::of(quarters);
        n.odd(self.cos(), self.sin()).turned(n)
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// self + low, for a small `low`.
    #[inline(always)]
    fn turn(self, low: Option<Self>) -> Turned<T, FMA> {
        let magic = Lane::of(T::MAGIC);
        let n = self.fma(Self::constant(std::f64::consts::FRAC_2_PI), magic);
        let k = n - magic;
        let (back, zero) = (-k, Self::constant(0.0));
        let part = T::HALF_PI;
        let first = back.fma(Self::constant(part[0]), self); // exact
        if T::SINGLE {
            // A part is subtracted before r is small, or exactly.
            let mut r = back.fma(Self::constant(part[1]), first);
            if FMA {
                r = back.fma(Self::constant(part[2] + part[3]), r);
                r = back.fma(Self::constant(part[4] + part[5]), r);
            } else {
                // One rounding of r for all that is left: what the larger sum loses goes with the rest.
                let w = back * Self::constant(part[2]);
                let sum = r + w;
                let t = sum - r;
                let lost = (r - (sum - t)) + (w - t);
                let rest = back * Self::constant(part[4]) + back * Self::constant(part[5]);
                r = sum + (lost + (back * Self::constant(part[3]) + rest));
            }
            let r = if let Some(low) = low { r + low } else { r };
            return Turned { n, r, low: zero };
        }
        // The products with k are exact; what each difference loses is found by the next two.
        let w = k * Self::constant(part[1]);
        let second = first - w;
        let lost = (first - second) - w;
        let w = k * Self::constant(part[2]);
        let r = second - w;
        let lost = lost + ((second - r) - w);
        let rest = back.fma(Self::constant(part[3]), lost);
        let Some(low) = low else {
            return Turned { n, r, low: rest };
        };
        let sum = r + low;
        let t = sum - r;
        let lost = (r - (sum - t)) + (low - t);
        Turned { n, r: sum, low: lost + rest }
    }

    /// y, or NaN where an argument is too large for it.
    #[inline(always)]
    fn unless_far(self, y: Self) -> Self {
        self.magnitude().below(Lane::of(T::TURNING_MOST), y, Self::constant(f64::NAN))
    }

    #[inline(always)]
    pub(super) fn sin_lane(self) -> Self {
        let y = self.turn(None).wave(T::default());
        self.unless_far(self.equals(Self::constant(0.0), self, y)) // −0
    }

    #[inline(always)]
    pub(super) fn cos_lane(self) -> Self {
        self.unless_far(self.turn(None).wave(T::ONE))
    }

    /// sin(self + low)
    #[inline(always)]
    pub(super) fn sin_sum_lane(self, low: Self) -> Self {
        self.unless_far(self.turn(Some(low)).wave(T::default()))
    }

    /// cos(self + low)
    #[inline(always)]
    pub(super) fn cos_sum_lane(self, low: Self) -> Self {
        self.unless_far(self.turn(Some(low)).wave(T::ONE))
    }

    /// sin/cos, or −cos/sin in an odd quadrant. (In f32 the two roundings of r would be too many.)
    #[inline(always)]
    pub(super) fn tan_lane(self) -> Self {
        if T::SINGLE {
            return Self::narrow(self.wide().tan_lane());
        }
        let turned = self.turn(None);
        let (sin, cos) = (turned.sin(), turned.cos());
        let y = turned.n.odd(cos, sin) / turned.n.odd(-sin, cos);
        self.unless_far(self.equals(Self::constant(0.0), self, y)) // −0
    }
}
