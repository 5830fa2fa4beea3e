//! ln and its kin: x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2, and ln(1 + f) = f − f²/2 + … with f exact, so
//! that nothing cancels next to 1.

use super::lane::Lane;
use super::precision::Precision;
use crate::number::Real;

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// ln(1 + f) − f for √½ ≤ 1 + f < √2. In f64 by s = f/(2 + f): ln(1 + f) = 2s + s³·P(s²)
    /// = f − (f²/2 − s·(f²/2 + s²·P(s²))).
    #[inline(always)]
    fn ln_rest(self) -> Self {
        let half = Self::constant(0.5);
        if T::SINGLE {
            return self * self * self.fma(self.polynomial(T::LN), -half);
        }
        let s = self / (Self::constant(2.0) + self);
        let square = s * s;
        let h = half * self * self;
        s.fma(square.fma(square.polynomial(T::LN), h), -h)
    }

    /// (k, f) of a positive number, subnormal ones included.
    #[inline(always)]
    fn power_and_rest(self) -> (Self, Self) {
        let normal = Lane::of(T::MIN_NORMAL);
        let lifted = self.below(normal, self * Lane::of(T::LIFT), self);
        let (k, m, _) = lifted.binary();
        let k = self.below(normal, k - Lane::of(T::LIFT_BITS), k);
        (k, m - Lane::ONE)
    }

    /// The logarithm of 0, negative numbers, ∞ and NaN, else `y`.
    #[inline(always)]
    fn ln_edges(self, y: Self) -> Self {
        let zero = Self::constant(0.0);
        let y = self.below(zero, Self::constant(f64::NAN), self.equals(zero, -Lane::INFINITY, y));
        // NaN and ∞ are not below ∞.
        self.below(Lane::INFINITY, y, self)
    }

    #[inline(always)]
    pub(super) fn ln_lane(self) -> Self {
        let (k, f) = self.power_and_rest();
        let rest = k.fma(Lane::of(T::LN2_LOW), f.ln_rest());
        self.ln_edges(k.fma(Lane::of(T::LN2_HIGH), f + rest))
    }

    /// ln(1 + x): what u = 1 + x loses by rounding, c, comes back as c/u.
    #[inline(always)]
    pub(super) fn ln_1p_lane(self) -> Self {
        let one = Lane::ONE;
        let u = one + self;
        let back = u - one;
        let lost = (one - (u - back)) + (self - back);
        let (k, m, scale) = u.binary();
        let f = m - one;
        // c/u = c·2⁻ᵏ/(1 + f), and a few digits of 1/(1 + f) are enough.
        let lost = lost * Self::constant(0.5) * scale * f.fma(f - one, one);
        let rest = f.ln_rest() + k.fma(Lane::of(T::LN2_LOW), lost);
        let y = k.fma(Lane::of(T::LN2_HIGH), f + rest).with_sign_of(self);
        let y = u.below(Self::constant(0.0), Self::constant(f64::NAN), y);
        let y = self.equals(-one, -Lane::INFINITY, y);
        self.below(Lane::INFINITY, y, self)
    }

    /// ln(1 + x) for 0 ≤ x ≤ 1, as 2 artanh(t/2) = t + t³·P(t²) with t = 2x/(2 + x) ≤ ⅔.
    #[inline(always)]
    pub(super) fn ln_1p_unit_lane(self) -> Self {
        let t = (self + self) / (Self::constant(2.0) + self);
        let square = t * t;
        (square * t).fma(square.polynomial(T::LN_1P), t)
    }

    /// log to the base whose logarithm has the reciprocal `high + low`, and of which 2 is the power
    /// `two.0 + two.1`. The parts keep whole results whole (after FreeBSD's `e_log10.c`).
    #[inline(always)]
    pub(super) fn log_lane(self, (high, low): (f64, f64), two: (f64, f64)) -> Self {
        let (k, f) = self.power_and_rest();
        let rest = f.ln_rest();
        let head = (f + rest).upper();
        let tail = (f - head) + rest;
        let (high, low) = (Self::constant(high), Self::constant(low));
        let whole = k * Self::constant(two.0);
        let first = head * high;
        let sum = whole + first;
        let lost = (whole - sum) + first;
        let small = k.fma(Self::constant(two.1), (tail + head) * low + tail * high);
        self.ln_edges(sum + (lost + small))
    }
}
