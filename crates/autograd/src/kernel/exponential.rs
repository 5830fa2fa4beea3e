//! eˣ and its kin, from one reduction x = n·ln 2 + r, |r| ≤ ½ ln 2 (Cody, Waite, *Software manual
//! for the elementary functions*, 1980): eʳ − 1 is r + r²·P(r), and 2ⁿ is put together from bits, as
//! two factors, so that subnormal results are rounded once and 2¹²⁸ does not overflow too soon.

use super::lane::Lane;
use super::precision::Precision;
use crate::number::Real;

/// 2ⁿ·(1 + s): an exponential before it is put together.
#[derive(Clone, Copy)]
pub(super) struct Power<T, const FMA: bool> {
    /// MAGIC + n
    n: T,
    s: Lane<T, FMA>,
}

impl<T: Precision, const FMA: bool> Power<T, FMA> {
    /// 2ⁿ·(1 + s)
    #[inline(always)]
    pub fn value(self) -> Lane<T, FMA> {
        let (a, b) = T::pair(self.n);
        (Lane::ONE + self.s) * Lane(a) * Lane(b)
    }

    /// The same for −126 ≤ n ≤ 127 or −1022 ≤ n ≤ 1023.
    #[inline(always)]
    fn normal(self) -> Lane<T, FMA> {
        (Lane::ONE + self.s) * Lane(T::power(self.n))
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// e^(self + low), for a tiny `low` and an argument in range.
    #[inline(always)]
    pub(super) fn power_of_e(self, low: Option<Self>) -> Power<T, FMA> {
        let n = self.fma(Lane(T::LOG2_E), Lane(T::MAGIC));
        let back = Lane(T::MAGIC) - n;
        let mut r = back.fma(Lane(T::LN2_LOW), back.fma(Lane(T::LN2_HIGH), self));
        if let Some(low) = low {
            r = r + low;
        }
        Power { n: n.0, s: r.exp_rest() }
    }

    /// (y + y_low)·e^(self + low) for tiny `low` and `y_low`, with hardly more than one rounding:
    /// y + (y·r + (y·(r²·P(r) + r_low) + y_low)), scaled.
    #[inline(always)]
    pub(super) fn times_power(self, low: Self, y: Self, y_low: Self) -> Self {
        let n = self.fma(Lane(T::LOG2_E), Lane(T::MAGIC));
        let back = Lane(T::MAGIC) - n;
        let first = back.fma(Lane(T::LN2_HIGH), self);
        let second = back.fma(Lane(T::LN2_LOW), low);
        let r = first + second;
        let r_low = (first - r) + second;
        let rest = (r * r).fma(r.polynomial(T::EXP), r_low);
        let (a, b) = T::pair(n.0);
        (y + y.fma(r, y.fma(rest, y_low))) * Lane(a) * Lane(b)
    }

    /// eʳ − 1 for |r| ≤ ½ ln 2
    #[inline(always)]
    fn exp_rest(self) -> Self {
        (self * self).fma(self.polynomial(T::EXP), self)
    }

    #[inline(always)]
    pub(super) fn exp_lane(self) -> Self {
        self.clamped(T::EXP_RANGE.0, T::EXP_RANGE.1).power_of_e(None).value()
    }

    /// 2ˣ: the rest of x after its nearest whole number is exact.
    #[inline(always)]
    pub(super) fn exp2_lane(self) -> Self {
        let x = self.clamped(T::EXP2_RANGE.0, T::EXP2_RANGE.1);
        let n = x + Lane(T::MAGIC);
        let r = (x - (n - Lane(T::MAGIC))) * Self::constant(std::f64::consts::LN_2);
        Power { n: n.0, s: r.exp_rest() }.value()
    }

    /// 10ˣ
    #[inline(always)]
    pub(super) fn exp10_lane(self) -> Self {
        let log2_10 = std::f64::consts::LOG2_10;
        let lg_2 = std::f64::consts::LOG10_2;
        let (low, high) = T::EXP2_RANGE;
        let x = self.clamped(T::from_f64(low.to_f64() * lg_2), T::from_f64(high.to_f64() * lg_2));
        let n = x.fma(Self::constant(log2_10), Lane(T::MAGIC));
        let back = Lane(T::MAGIC) - n;
        let r = back.fma(Lane(T::LG2_LOW), back.fma(Lane(T::LG2_HIGH), x));
        Power { n: n.0, s: (r * Self::constant(std::f64::consts::LN_10)).exp_rest() }.value()
    }

    /// eˣ − 1 = 2·(2ⁿ⁻¹·s + (2ⁿ⁻¹ − ½)), where 2ⁿ⁻¹ does not overflow before the result.
    #[inline(always)]
    pub(super) fn exp_m1_lane(self) -> Self {
        let power = self.clamped(T::EXPM1_RANGE.0, T::EXPM1_RANGE.1).power_of_e(None);
        let half = Lane(T::power((Lane::<T, FMA>(power.n) - Lane::ONE).0));
        let y = half.fma(power.s, half - Self::constant(0.5));
        (y + y).with_sign_of(self)
    }

    /// tanh: x + x³·P(x²) below 0.55, and 1 − 2/(e^(2|x|) + 1) above.
    #[inline(always)]
    pub(super) fn tanh_lane(self) -> Self {
        let a = self.magnitude();
        let square = a * a;
        let small = (a * square).fma(square.polynomial(T::TANH), a);
        let e = a.at_most(T::TANH_ONE);
        let e = (e + e).power_of_e(None).normal();
        let big = Lane::ONE - Self::constant(2.0) / (e + Lane::ONE);
        a.below(Self::constant(0.55), small, big).with_sign_of(self)
    }

    /// e^|x|/2, which overflows where sinh and cosh do.
    #[inline(always)]
    fn half_exp(self) -> Self {
        let x = self.magnitude().at_most(T::EXP_RANGE.1);
        let mut power = x.power_of_e(None);
        power.n = (Lane::<T, FMA>(power.n) - Lane::ONE).0;
        power.value()
    }

    /// sinh: x + x³·P(x²) below 1, and e^|x|/2 − ¼/(e^|x|/2) above.
    #[inline(always)]
    pub(super) fn sinh_lane(self) -> Self {
        let square = self * self;
        let small = (self * square).fma(square.polynomial(T::SINH), self);
        let half = self.half_exp();
        let big = (half - Self::constant(0.25) / half).with_sign_of(self);
        self.magnitude().below(Lane::ONE, small, big)
    }

    /// cosh: e^|x|/2 + ¼/(e^|x|/2)
    #[inline(always)]
    pub(super) fn cosh_lane(self) -> Self {
        let half = self.half_exp();
        half + Self::constant(0.25) / half
    }
}
