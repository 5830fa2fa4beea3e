//! The error function, Φ and e^(−c·x²).
//!
//! One approximation holds on the whole half line: e^(a²)·erfc(a)·(1 + 3a/2) is smooth and near 1
//! for all a ≥ 0 when it is written in t = (a − 4)/(a + 4) (after M. Shepherd, J. Laframboise,
//! *Chebyshev approximation of (1 + 2x)·exp(x²)·erfc x in 0 ≤ x < ∞*, Math. Comp. 36, 1981; with 3/2
//! for 2 it is flatter, and the rounding of t counts for less). Φ(−a) has one of its own, so that no
//! argument has to be divided by √2. The other side is 2 − y or 1 − y.

use super::lane::Lane;
use super::precision::Precision;
use crate::number::Real;

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// The exact product as a sum.
    #[inline(always)]
    fn two_product(self, other: Self) -> (Self, Self) {
        let p = self * other;
        if FMA {
            return (p, self.fma(other, -p));
        }
        let split = |x: Self| {
            let c = Lane::of(T::SPLITTER) * x;
            let high = c - (c - x);
            (high, x - high)
        };
        let ((ah, al), (bh, bl)) = (split(self), split(other));
        (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
    }

    /// x² as a sum.
    #[inline(always)]
    pub(super) fn square_parts(self) -> (Self, Self) {
        self.two_product(self)
    }

    /// e^(−c·a²)·P(t)/(1 + d·a), t = (a − m)/(a + m), for a ≥ 0.
    #[inline(always)]
    fn tail(self, c: f64, m: f64, d: f64, (table, low): (&'static [f64], T)) -> Self {
        let (m, d, one) = (Self::constant(m), Self::constant(d), Lane::ONE);
        let (da, da_low) = self.two_product(d);
        let divisor = one + da;
        let back = divisor - one;
        let lost = ((one - (divisor - back)) + (da - back)) + da_low;
        // One division for both quotients.
        let sum = self + m;
        let both = one / (sum * divisor);
        let t = (self - m) * divisor * both;
        let inverse = sum * both;
        // The last addition and the quotient with what they lose: their roundings do not count.
        let (first, rest) = (Self::constant(table[0]), t * t.polynomial(&table[1..]));
        let p = first + rest;
        let p_low = (rest - (p - first)) + Lane::of(low);
        let q = p * inverse;
        let remainder = if FMA {
            (-q).fma(lost, (-q).fma(divisor, p)) + p_low
        } else {
            let (h, l) = q.two_product(divisor);
            ((p - h) - l) - q * lost + p_low
        };
        let (h, l) = self.square_parts();
        let c = Self::constant(-c);
        (c * h).at_least(T::EXP_RANGE.0).times_power(c * l, q, remainder * inverse)
    }

    #[inline(always)]
    fn erfc_tail(self) -> Self {
        self.at_most(T::ERFC_ZERO).tail(1.0, 4.0, 1.5, (T::ERFC, T::ERFC_LOW))
    }

    /// erf for |x| < ½: x + x·P(x²)
    #[inline(always)]
    fn erf_near(self) -> Self {
        self.fma((self * self).polynomial(T::ERF), self)
    }

    /// Next to 0, where the tail is steep in t, 1 − erf.
    #[inline(always)]
    pub(super) fn erfc_lane(self) -> Self {
        let a = self.magnitude();
        let y = a.erfc_tail();
        let far = self.below(Self::constant(0.0), Self::constant(2.0) - y, y);
        a.below(Self::constant(0.5), Lane::ONE - self.erf_near(), far)
    }

    /// Next to 0 ½ + x·P(x²).
    #[inline(always)]
    pub(super) fn norm_cdf_lane(self) -> Self {
        let a = self.magnitude();
        let y = a.at_most(T::NORM_ZERO).tail(0.5, 5.0, 1.125, (T::NORM, T::NORM_LOW));
        let far = self.below(Self::constant(0.0), y, Lane::ONE - y);
        let near = self.fma((self * self).polynomial(T::PHI), Self::constant(0.5));
        a.below(Self::constant(0.5), near, far)
    }

    /// erf, beyond ½ as 1 − erfc |x|.
    #[inline(always)]
    pub(super) fn erf_lane(self) -> Self {
        let a = self.magnitude();
        let far = (Lane::ONE - a.erfc_tail()).with_sign_of(self);
        a.below(Self::constant(0.5), self.erf_near(), far)
    }
}
