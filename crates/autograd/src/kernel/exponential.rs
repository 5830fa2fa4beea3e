//! eˣ and its kin, from one reduction x = n·ln 2 + r, |r| ≤ ½ ln 2 (Cody, Waite, *Software manual
//! for the elementary functions*, 1980): eʳ − 1 is r + r²·P(r), and 2ⁿ is put together from bits, as
//! two factors, so that subnormal results are rounded once and 2¹²⁸ does not overflow too soon.

use super::lane::Lane;
use super::precision::Precision;
use crate::number::Real;

/// x = n·ln 2 + r, with n in an exponent's place already.
#[derive(Clone, Copy)]
pub(super) struct Reduced<T, const FMA: bool> {
    /// MAGIC + bias + shift + n: its low bits are the exponent of 2ⁿ⁺ˢʰⁱᶠᵗ.
    n: Lane<T, FMA>,
    r: Lane<T, FMA>,
}

impl<T: Precision, const FMA: bool> Reduced<T, FMA> {
    /// 2ⁿ⁺ˢʰⁱᶠᵗ
    #[inline(always)]
    fn scale(self) -> Lane<T, FMA> {
        self.n.exponent()
    }

    /// eˣ·2ˢʰⁱᶠᵗ
    #[inline(always)]
    pub fn exp(self) -> Lane<T, FMA> {
        self.times(Lane::ONE)
    }

    /// eˣ·2ˢʰⁱᶠᵗ, of a NaN any number: eʳ, whose exponent is raised. An operation of the multipliers less.
    #[inline(always)]
    fn raised(self) -> Lane<T, FMA> {
        let r = self.r;
        r.fma(r.fma(r.polynomial(T::EXP), Lane::ONE), Lane::ONE).raised(self.n)
    }

    /// y·eˣ·2ˢʰⁱᶠᵗ, as y + y·(eʳ − 1), scaled first: little more than one rounding.
    #[inline(always)]
    fn times(self, y: Lane<T, FMA>) -> Lane<T, FMA> {
        let (r, y) = (self.r, y * self.scale());
        (r * y).fma(r.fma(r.polynomial(T::EXP), Lane::ONE), y)
    }
}

/// A shift that keeps 2ⁿ⁺ˢʰⁱᶠᵗ normal where 2ⁿ is subnormal, and what takes it back.
#[inline(always)]
fn down<T: Precision, const FMA: bool>() -> (Lane<T, FMA>, Lane<T, FMA>) {
    (Lane::shifted(T::SHIFT), Lane::of(T::UNSHIFT))
}

/// The same for both ends of the range: small results are shifted up, large ones down.
#[inline(always)]
fn both_ways<T: Precision, const FMA: bool>(x: Lane<T, FMA>) -> (Lane<T, FMA>, Lane<T, FMA>) {
    let (small, large) =
        (down::<T, FMA>(), (Lane::shifted(-T::SHIFT), Lane::of(T::ONE / T::UNSHIFT)));
    let zero = Lane::constant(0.0);
    (x.below(zero, small.0, large.0), x.below(zero, small.1, large.1))
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// MAGIC + bias + shift
    #[inline(always)]
    fn shifted(shift: T) -> Self {
        Lane::of(T::MAGIC) + (Lane::of(T::BIAS) + Lane::of(shift))
    }

    /// For an argument in range.
    #[inline(always)]
    fn reduced(self, magic: Self) -> Reduced<T, FMA> {
        let n = self.fma(Lane::of(T::LOG2_E), magic);
        let back = magic - n;
        let r = back.fma(Lane::of(T::LN2_LOW), back.fma(Lane::of(T::LN2_HIGH), self));
        Reduced { n, r }
    }

    /// The same of −c·self²: x² is not rounded before it is reduced.
    #[inline(always)]
    fn square_reduced(self, c: f64, magic: Self) -> Reduced<T, FMA> {
        let c = Self::constant(-c);
        if FMA {
            let z = self * c;
            let n = (z * self).fma(Lane::of(T::LOG2_E), magic);
            let back = magic - n;
            // n·LN2_HIGH is exact, so the first sum is rounded once.
            let r = back.fma(Lane::of(T::LN2_LOW), z.fma(self, back * Lane::of(T::LN2_HIGH)));
            return Reduced { n, r };
        }
        let (h, l) = self.square_parts();
        let whole = (c * h).reduced(magic);
        Reduced { r: whole.r + c * l, ..whole }
    }

    /// (y + y_low)·e^(self + low) for self ≤ 0 and tiny `low` and `y_low`, with hardly more than one
    /// rounding: y + (y·r + (y·(r²·P(r) + r_low) + y_low·(1 + r))), scaled.
    #[inline(always)]
    pub(super) fn times_power(self, low: Self, y: Self, y_low: Self) -> Self {
        let (magic, unshift) = down();
        let n = self.fma(Lane::of(T::LOG2_E), magic);
        let back = magic - n;
        let first = back.fma(Lane::of(T::LN2_HIGH), self);
        let second = back.fma(Lane::of(T::LN2_LOW), low);
        let r = first + second;
        let r_low = (first - r) + second;
        let rest = (r * r).fma(r.polynomial(T::EXP), r_low);
        let y_low = y_low.fma(r, y_low);
        (y + y.fma(r, y.fma(rest, y_low))) * n.exponent() * unshift
    }

    /// eʳ − 1 for |r| ≤ ½ ln 2
    #[inline(always)]
    fn exp_rest(self) -> Self {
        (self * self).fma(self.polynomial(T::EXP_M1), self)
    }

    #[inline(always)]
    pub(super) fn exp_lane(self) -> Self {
        let x = self.clamped(T::EXP_RANGE.0, T::EXP_RANGE.1);
        let (magic, unshift) = both_ways(x);
        x.reduced(magic).exp() * unshift
    }

    /// e^(−|x|), which is 0 where x is held: there its exponential is still normal before it is shifted back.
    #[allow(clippy::eq_op)] // x − x is NaN where x is
    #[inline(always)]
    pub(super) fn decay_lane(self) -> Self {
        let magic = Lane::of(T::MAGIC) + Lane::of(T::SHIFT);
        let x = (-self.magnitude()).at_least(T::DECAY_ZERO);
        x.reduced(magic).raised().fma(Lane::of(T::UNSHIFT), x - x)
    }

    /// y·e^(−|x|), whose exponential is never subnormal.
    #[inline(always)]
    pub(super) fn times_decay_lane(self, x: Self) -> Self {
        let (magic, unshift) = down();
        let x = -x.magnitude();
        // Beyond the range the exponent is not what it should be: that is 0 in any case.
        let y = x.reduced(magic).times(self) * unshift;
        x.below(Lane::of(T::DECAY_ZERO), Self::constant(0.0), y)
    }

    /// e^(self + low)·2ˢʰⁱᶠᵗ, see [`Precision::SHIFT`], for self ≤ 0 and a tiny `low`. In few steps that wait
    /// for one another: both parts of r are found side by side.
    #[inline(always)]
    pub(super) fn shifted_exp_below(self, low: Self) -> Self {
        let magic = down().0;
        let n = self.fma(Lane::of(T::LOG2_E), magic);
        let back = magic - n;
        let r = back.fma(Lane::of(T::LN2_HIGH), self) + back.fma(Lane::of(T::LN2_LOW), low);
        let scale = n.exponent();
        let y = (r * r).fma(r.polynomial(T::EXP), r).fma(scale, scale);
        self.below(Lane::of(T::DECAY_ZERO), Self::constant(0.0), y)
    }

    /// e^(−c·x²) for c a power of 2.
    #[inline(always)]
    pub(super) fn gauss_lane(self, c: f64) -> Self {
        Lane::ONE.times_gauss_lane(self, c)
    }

    /// y·e^(−c·x²), likewise.
    #[inline(always)]
    pub(super) fn times_gauss_lane(self, x: Self, c: f64) -> Self {
        let (magic, unshift) = down();
        let zero = Self::constant((T::DECAY_ZERO.to_f64() / -c).sqrt());
        let y = x.square_reduced(c, magic).times(self) * unshift;
        zero.below(x.magnitude(), Self::constant(0.0), y)
    }

    /// 2ʳ·scale for |r| ≤ ½
    #[inline(always)]
    fn exp2_rest(self, scale: Self) -> Self {
        let p = match T::EXP2 {
            // By halves, as long ones go: where all waits for it that takes a tenth off.
            &[c0, c1, c2, c3, c4, c5] => {
                let low = self.fma(Self::constant(c1), Self::constant(c0));
                let middle = self.fma(Self::constant(c3), Self::constant(c2));
                let high = self.fma(Self::constant(c5), Self::constant(c4));
                let square = self * self;
                square.fma(square.fma(high, middle), low)
            }
            c => self.polynomial(c),
        };
        (self * scale).fma(p, scale)
    }

    /// 2ˣ: the rest of x after its nearest whole number is exact.
    #[inline(always)]
    pub(super) fn exp2_lane(self) -> Self {
        let x = self.clamped(T::EXP2_RANGE.0, T::EXP2_RANGE.1);
        let (magic, unshift) = both_ways(x);
        let n = x + magic;
        (x - (n - magic)).exp2_rest(n.exponent()) * unshift
    }

    /// 10ˣ
    #[inline(always)]
    pub(super) fn exp10_lane(self) -> Self {
        let log2_10 = std::f64::consts::LOG2_10;
        let lg_2 = std::f64::consts::LOG10_2;
        let (low, high) = T::EXP2_RANGE;
        let x = self.clamped(T::from_f64(low.to_f64() * lg_2), T::from_f64(high.to_f64() * lg_2));
        let (magic, unshift) = both_ways(x);
        let n = x.fma(Self::constant(log2_10), magic);
        let back = magic - n;
        let r = back.fma(Lane::of(T::LG2_LOW), back.fma(Lane::of(T::LG2_HIGH), x));
        Reduced { n, r: r * Self::constant(std::f64::consts::LN_10) }.exp() * unshift
    }

    /// eˣ − 1 = 2·(2ⁿ⁻¹·s + (2ⁿ⁻¹ − ½)), where 2ⁿ⁻¹ does not overflow before the result.
    #[inline(always)]
    pub(super) fn exp_m1_lane(self) -> Self {
        let x = self.clamped(T::EXPM1_RANGE.0, T::EXPM1_RANGE.1);
        let reduced = x.reduced(Lane::shifted(-T::ONE));
        let half = reduced.scale();
        let y = half.fma(reduced.r.exp_rest(), half - Self::constant(0.5));
        (y + y).with_sign_of(self)
    }

    /// e^(self + low)·2⁶⁴ for −131 ≤ self ≤ 0.
    #[inline(always)]
    pub(super) fn exp_lifted_lane(self, low: Option<Self>) -> Self {
        let Reduced { n, r } = self.reduced(Lane::shifted(T::from_f64(64.0)));
        match low {
            Some(low) => Reduced { n, r: r + low }.exp(),
            None => Reduced { n, r }.exp(),
        }
    }

    /// 2^(self·(b + low))·2⁶⁴ for a product between −190 and 0: fused, self·b − n is rounded once.
    #[inline(always)]
    pub(super) fn exp2_lifted_lane(self, b: Self, low: Self) -> Self {
        let magic = Lane::shifted(T::from_f64(64.0));
        let n = self.fma(b, magic);
        self.fma(low, self.fma(b, magic - n)).exp2_rest(n.exponent())
    }

    /// What [`power_below`](Lane::power_below) needs to know of the largest number m of a row, for powers in so
    /// many parts: k, where exponents are put together, and where the powers have vanished.
    #[inline(always)]
    pub(super) fn powers_below(self, parts: usize) -> (Self, Self) {
        let (magic, parts) = (Lane::of(T::MAGIC), Self::constant(parts as f64));
        let k = self.fma(Lane::of(T::LOG2_E), magic) - magic;
        let exponents = Lane::of(T::BIAS) + Lane::of(T::SHIFT);
        ((exponents - k).fma(parts, magic), self + Lane::of(T::DECAY_ZERO))
    }

    /// 2^(x/ln 2 − k)·2ˢʰⁱᶠᵗ, k the whole number next to m/ln 2, for x ≤ m and |m| < 2¹⁹; fused, x/ln 2 less a
    /// whole number is rounded once, and what is left of 1/ln 2 counts.
    #[inline(always)]
    pub(super) fn power_below(self, row: (Self, Self)) -> Self {
        let (n, r) = self.parts_below(row, 1);
        let scale = n.exponent();
        (r * scale).fma(r.polynomial(T::EXP2), scale)
    }

    /// The same in so many parts: how many of them there are in x/ln 2 − k, in an exponent's place, and what is
    /// left.
    #[inline(always)]
    pub(super) fn parts_below(self, (magic, vanished): (Self, Self), parts: usize) -> (Self, Self) {
        let x = vanished.below(self, self, vanished);
        let times = |c: T| Self::constant(c.to_f64() * parts as f64);
        let n = x.fma(times(T::LOG2_E), magic);
        let r = x.fma(times(T::LOG2_E), magic - n);
        (n, x.fma(times(T::LOG2_E_LOW), r))
    }

    /// The power from its [parts](Precision::PARTS), from what is left beside them, and from the entry of the table.
    /// (To make good what that lost by rounding took softmax from 1.9 to 1.8 ε, and 4 % more time.)
    #[inline(always)]
    pub(super) fn power_of_parts((n, r): (Self, Self), power: Self) -> Self {
        let scale = n.parts(power);
        (r * scale).fma(r.polynomial(T::EXP2_PART), scale)
    }

    /// e^(−2|x|) as 2ⁿ⁺ˢʰⁱᶠᵗ·(1 + rest), for tanh and its slope. From half of what [`reduced`](Lane::reduced)
    /// finds, to the bit: it is in the constants that the factor 2 goes, not in x.
    #[inline(always)]
    fn double_decay(self) -> (Self, Self) {
        let two = T::ONE + T::ONE;
        let x = (-self.magnitude()).at_least(T::DECAY_ZERO / two);
        let magic = down().0;
        let n = x.fma(Lane::of(T::LOG2_E * two), magic);
        let back = magic - n;
        let r = back.fma(Lane::of(T::LN2_HIGH / two), x);
        let r = back.fma(Lane::of(T::LN2_LOW / two), r);
        (n.exponent(), (r + r).exp_rest())
    }

    /// tanh = −m/(1 + m) with m = (e^(−2|x|) − 1)/2, which is exact next to 0. Both are put together
    /// from 2ⁿ·(eʳ − 1)/2 and what is exact, so that each is rounded once.
    #[inline(always)]
    pub(super) fn tanh_lane(self) -> Self {
        let half = Self::constant(0.5);
        let (scale, rest) = self.double_decay();
        let half_scale = scale * (half * Lane::of(T::UNSHIFT));
        let m = half_scale.fma(rest, half_scale - half);
        let sum = half_scale.fma(rest, half_scale + half);
        (m / sum).with_sign_of(self)
    }

    /// 4e/(1+e)² with e = e^(−2|x|)
    #[inline(always)]
    pub(super) fn tanh_slope_lane(self) -> Self {
        let (scale, rest) = self.double_decay();
        let e = scale.fma(rest, scale) * Lane::of(T::UNSHIFT);
        let quarter = Self::constant(0.25);
        e / e.fma(e.fma(quarter, Self::constant(0.5)), quarter)
    }

    /// e^|x|/2, which overflows where sinh and cosh do.
    #[inline(always)]
    fn half_exp(self) -> Self {
        let x = self.magnitude().at_most(T::EXP_RANGE.1);
        let half_unshift = Self::constant(0.5) / Lane::of(T::UNSHIFT);
        x.reduced(Lane::shifted(-T::SHIFT)).exp() * half_unshift
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
