//! [`Precision`]: what the kernels need to know of `f32` and `f64`.

use bytemuck::Pod;

use super::product::Multiply;
use super::sums::LANES;
use super::{SHORT, tables};
use crate::number::Real;

/// `f32` or `f64`: constants, polynomials and the bits of a number. The list is closed.
///
/// A whole number n is held in the low bits of MAGIC + n, 1.5·2²³ or 1.5·2⁵²: no conversion
/// between floats and integers, which saturates in Rust and has no vector form for 64 bits before
/// AVX-512.
#[doc(hidden)]
pub trait Precision: Real + Multiply + Pod + PartialOrd + Default + 'static {
    const SINGLE: bool = <Self as Real>::BITS == 24;
    const ONE: Self;
    const INFINITY: Self;
    const MAGIC: Self;
    /// What an exponent is stored with added to it.
    const BIAS: Self;
    /// Powers of 2 that are subnormal are normal with this added to their exponent.
    const SHIFT: Self;
    /// 2⁻ˢʰⁱᶠᵗ
    const UNSHIFT: Self;
    /// 1/ln 2, and what is left of it.
    const LOG2_E: Self;
    const LOG2_E_LOW: Self;
    /// ln 2 in two parts; n·LN2_HIGH is exact for every exponent n.
    const LN2_HIGH: Self;
    const LN2_LOW: Self;
    /// log₁₀ 2 in two parts, likewise.
    const LG2_HIGH: Self;
    const LG2_LOW: Self;
    /// e^x is 0 below, ∞ above.
    const EXP_RANGE: (Self, Self);
    /// The same for 2^x.
    const EXP2_RANGE: (Self, Self);
    /// y·e^x is 0 below, for the y of formulas.
    const DECAY_ZERO: Self;
    /// tanh x is 1 from here on.
    const TANH_ONE: Self;
    /// e^x − 1 is −1 below, ∞ above.
    const EXPM1_RANGE: (Self, Self);
    /// Where erfc and Φ(−x) are 0.
    const ERFC_ZERO: Self;
    const NORM_ZERO: Self;
    const MIN_NORMAL: Self;
    /// 2²⁴ or 2⁵⁴ and its exponent: makes subnormal numbers normal.
    const LIFT: Self;
    const LIFT_BITS: Self;
    /// Splits a number in halves (Dekker).
    const SPLITTER: Self;

    /// All bits set in the middle: a mask of one element for each place in a short row.
    const WINDOW: [Self; 2 * SHORT];
    /// No bit set, then all: a mask of the last places of a block.
    const ENDS: &'static [Self; 2 * LANES];
    /// In how many parts the powers from 1 to 2 are cut that fill a register of 64 bytes.
    const PARTS: usize = 64 / size_of::<Self>();
    /// 2^(j/n) for j < n parts.
    const POWERS: &'static [Self];
    /// (2^(r/n) − 1)/r
    const EXP2_PART: &'static [f64];
    const EXP: &'static [f64];
    const EXP_M1: &'static [f64];
    const EXP2: &'static [f64];
    const SINH: &'static [f64];
    /// f32: (ln(1+f) − f + f²/2)/f³ in f; f64: (ln((1+s)/(1−s)) − 2s)/s³ in s².
    const LN: &'static [f64];
    const LN_1P: &'static [f64];
    const ERF: &'static [f64];
    const ERFC: &'static [f64];
    const ERFC_LOW: Self;
    const NORM_LOW: Self;
    const PHI: &'static [f64];
    const NORM: &'static [f64];
    /// π/2 in parts, and from where on their products with n are not exact.
    const HALF_PI: &'static [f64];
    const TURNING_MOST: Self;
    const SIN: &'static [f64];
    const COS: &'static [f64];

    fn to_f64(self) -> f64;
    fn from_f64(x: f64) -> Self;
    /// self·a + b with one rounding; only where the hardware has it.
    fn fused(self, a: Self, b: Self) -> Self;
    /// `yes` where self < limit, else (NaN too) `no`.
    fn below(self, limit: Self, yes: Self, no: Self) -> Self;
    /// `yes` where self ≥ limit, else (NaN too) `no`.
    fn not_below(self, limit: Self, yes: Self, no: Self) -> Self;
    /// `yes` where self = other, else `no`.
    fn equals(self, other: Self, yes: Self, no: Self) -> Self;
    /// `yes` where either is 0, else `no`.
    fn either_zero(self, other: Self, yes: Self, no: Self) -> Self;
    /// `yes` where the sign is minus, that of 0 and NaN too, else `no`: no comparison.
    fn negative(self, yes: Self, no: Self) -> Self;
    fn magnitude(self) -> Self;
    fn with_sign_of(self, sign: Self) -> Self;
    /// `yes` where all bits are set, `no` where none is.
    fn masked(self, yes: Self, no: Self) -> Self;
    /// 2ⁿ from self = MAGIC + BIAS + n, for a normal result: the low bits are its exponent, and nothing else
    /// is left of them. (NaN gives any number.)
    fn exponent(self) -> Self;
    /// self·2ⁿ for a normal self and a normal result, from MAGIC + n. (A NaN becomes any number.)
    fn raised(self, n: Self) -> Self;
    /// 2^(k/n) from self = MAGIC + n·BIAS + k and 2^(k/n mod 1), n [parts](Precision::PARTS).
    fn parts(self, fraction: Self) -> Self;
    /// The lowest bits, as a place in a short table.
    fn low_bits(self) -> usize;
    /// (k, m, 2¹⁻ᵏ) with x = 2ᵏ·m, √½ ≤ m < √2, for a normal x > 0; 2¹⁻ᵏ is 0 for the largest k.
    fn binary(self) -> (Self, Self, Self);
    /// `yes` where n is odd in self = MAGIC + n, else `no`.
    fn odd(self, yes: Self, no: Self) -> Self;
    /// −self where n is 2 or 3 but for multiples of 4.
    fn turned(self, magic: Self) -> Self;
    /// The upper half of the bits of the mantissa.
    fn upper(self) -> Self;
}

macro_rules! precision {
    ($t:ident, $bits:ident, mantissa $m:literal, bias $bias:literal,
     $($name:ident: $type:ty = $value:expr;)*) => {
        impl Precision for $t {
            const ONE: Self = 1.0;
            const INFINITY: Self = $t::INFINITY;
            const MAGIC: Self = 1.5 * (1u64 << $m) as $t;
            const BIAS: Self = $bias as $t;
            const SHIFT: Self = ($bias / 2 + 1) as $t;
            const UNSHIFT: Self = $t::from_bits(($bias / 2) << $m);
            const MIN_NORMAL: Self = $t::MIN_POSITIVE;
            const LIFT: Self = (1u64 << ($m + 1)) as $t;
            const LIFT_BITS: Self = ($m + 1) as $t;
            const WINDOW: [Self; 2 * SHORT] = {
                let mut window = [0.0; 2 * SHORT];
                window[SHORT] = $t::from_bits($bits::MAX);
                window
            };
            const ENDS: &'static [Self; 2 * LANES] = &{
                let mut ends = [$t::from_bits($bits::MAX); 2 * LANES];
                let mut i = 0;
                while i < LANES {
                    ends[i] = 0.0;
                    i += 1;
                }
                ends
            };
            $(const $name: $type = $value;)*

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn fused(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }
            #[inline(always)]
            fn below(self, limit: Self, yes: Self, no: Self) -> Self {
                if self < limit { yes } else { no }
            }
            #[inline(always)]
            fn not_below(self, limit: Self, yes: Self, no: Self) -> Self {
                if self >= limit { yes } else { no }
            }
            #[inline(always)]
            fn equals(self, other: Self, yes: Self, no: Self) -> Self {
                if self == other { yes } else { no }
            }
            #[inline(always)]
            fn either_zero(self, other: Self, yes: Self, no: Self) -> Self {
                // Vectors of f64 have no minimum of their bits before AVX-512.
                let neither = if Self::SINGLE {
                    let bits = |x: Self| x.abs().to_bits();
                    bits(self).min(bits(other)) > 0
                } else {
                    (self != 0.0) & (other != 0.0)
                };
                if neither { no } else { yes }
            }
            #[inline(always)]
            fn negative(self, yes: Self, no: Self) -> Self {
                let mask = (self.to_bits() >> ($bits::BITS - 1)).wrapping_neg();
                $t::from_bits(mask).masked(yes, no)
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn with_sign_of(self, sign: Self) -> Self {
                self.copysign(sign)
            }
            #[inline(always)]
            fn masked(self, yes: Self, no: Self) -> Self {
                let mask = self.to_bits();
                $t::from_bits((mask & yes.to_bits()) | (!mask & no.to_bits()))
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                $t::from_bits(self.to_bits() << $m)
            }
            #[inline(always)]
            fn raised(self, n: Self) -> Self {
                $t::from_bits(self.to_bits().wrapping_add(n.to_bits() << $m))
            }
            #[inline(always)]
            fn parts(self, fraction: Self) -> Self {
                const FRACTION: $bits = (1 << $m) - 1;
                const PLACES: u32 = $t::PARTS.trailing_zeros();
                let exponent = (self.to_bits() << ($m - PLACES)) & !FRACTION;
                $t::from_bits(exponent | (fraction.to_bits() & FRACTION))
            }
            #[inline(always)]
            fn low_bits(self) -> usize {
                self.to_bits() as usize
            }
            #[inline(always)]
            fn binary(self) -> (Self, Self, Self) {
                const ROOT_HALF: $bits = (std::f64::consts::FRAC_1_SQRT_2 as $t).to_bits();
                const ONE: $bits = (1.0 as $t).to_bits();
                const BIG: $t = (1u64 << $m) as $t;
                let from_root = self.to_bits().wrapping_add(ONE - ROOT_HALF);
                let k = from_root >> $m; // biased
                let mantissa = (from_root & ((1 << $m) - 1)).wrapping_add(ROOT_HALF);
                let whole = $t::from_bits(k | BIG.to_bits()) - (BIG + $bias as $t);
                (whole, $t::from_bits(mantissa), $t::from_bits((2 * $bias + 1 as $bits).wrapping_sub(k) << $m))
            }
            #[inline(always)]
            fn odd(self, yes: Self, no: Self) -> Self {
                if self.to_bits() & 1 != 0 { yes } else { no }
            }
            #[inline(always)]
            fn turned(self, magic: Self) -> Self {
                $t::from_bits(self.to_bits() ^ (magic.to_bits() & 2) << ($bits::BITS - 2))
            }
            #[inline(always)]
            fn upper(self) -> Self {
                $t::from_bits(self.to_bits() & !((1 << ($m / 2 + 1)) - 1))
            }
        }
    };
}

precision! {
    f32, u32, mantissa 23, bias 127,
    LOG2_E: f32 = std::f32::consts::LOG2_E;
    LOG2_E_LOW: f32 = 1.925963e-8;
    LN2_HIGH: f32 = 0.693115234375;
    LN2_LOW: f32 = 3.194618495e-05;
    LG2_HIGH: f32 = 0.301025390625;
    LG2_LOW: f32 = 4.605038981e-06;
    EXP_RANGE: (f32, f32) = (-105.0, 90.0);
    EXP2_RANGE: (f32, f32) = (-152.0, 130.0);
    TANH_ONE: f32 = 9.1;
    EXPM1_RANGE: (f32, f32) = (-18.0, 89.0);
    ERFC_ZERO: f32 = 10.25;
    NORM_ZERO: f32 = 14.5;
    DECAY_ZERO: f32 = -131.0;
    SPLITTER: f32 = 4097.0;
    POWERS: &'static [f32] = &tables::POWERS_F32;
    EXP2_PART: &'static [f64] = &tables::EXP2_PART_F32;
    EXP: &'static [f64] = &tables::EXP_F32;
    EXP_M1: &'static [f64] = &tables::EXP_M1_F32;
    EXP2: &'static [f64] = &tables::EXP2_F32;
    SINH: &'static [f64] = &tables::SINH_F32;
    LN: &'static [f64] = &tables::LN_F32;
    LN_1P: &'static [f64] = &tables::LN_1P_F32;
    ERF: &'static [f64] = &tables::ERF_F32;
    ERFC: &'static [f64] = &tables::ERFC_F32;
    ERFC_LOW: f32 = tables::ERFC_LOW_F32;
    NORM_LOW: f32 = tables::NORM_LOW_F32;
    PHI: &'static [f64] = &tables::PHI_F32;
    NORM: &'static [f64] = &tables::NORM_F32;
    HALF_PI: &'static [f64] = &tables::HALF_PI_F32;
    TURNING_MOST: f32 = 6000.0; // n < 2¹²
    SIN: &'static [f64] = &tables::SIN_F32;
    COS: &'static [f64] = &tables::COS_F32;
}

precision! {
    f64, u64, mantissa 52, bias 1023,
    LOG2_E: f64 = std::f64::consts::LOG2_E;
    LOG2_E_LOW: f64 = 2.0355273740931033e-17;
    LN2_HIGH: f64 = 0.6931471805592082;
    LN2_LOW: f64 = 7.371002565167799e-13;
    LG2_HIGH: f64 = 0.30102999566361177;
    LG2_LOW: f64 = 3.694239077158931e-13;
    EXP_RANGE: (f64, f64) = (-750.0, 711.0);
    EXP2_RANGE: (f64, f64) = (-1080.0, 1026.0);
    TANH_ONE: f64 = 19.1;
    EXPM1_RANGE: (f64, f64) = (-38.0, 710.0);
    ERFC_ZERO: f64 = 27.4;
    NORM_ZERO: f64 = 38.9;
    DECAY_ZERO: f64 = -1063.0;
    SPLITTER: f64 = 134_217_729.0;
    POWERS: &'static [f64] = &tables::POWERS_F64;
    EXP2_PART: &'static [f64] = &tables::EXP2_PART_F64;
    EXP: &'static [f64] = &tables::EXP_F64;
    EXP_M1: &'static [f64] = &tables::EXP_M1_F64;
    EXP2: &'static [f64] = &tables::EXP2_F64;
    SINH: &'static [f64] = &tables::SINH_F64;
    LN: &'static [f64] = &tables::ATANH_F64;
    LN_1P: &'static [f64] = &tables::LN_1P_F64;
    ERF: &'static [f64] = &tables::ERF_F64;
    ERFC: &'static [f64] = &tables::ERFC_F64;
    ERFC_LOW: f64 = tables::ERFC_LOW_F64;
    NORM_LOW: f64 = tables::NORM_LOW_F64;
    PHI: &'static [f64] = &tables::PHI_F64;
    NORM: &'static [f64] = &tables::NORM_F64;
    HALF_PI: &'static [f64] = &tables::HALF_PI_F64;
    TURNING_MOST: f64 = 1e6; // n < 2²⁰
    SIN: &'static [f64] = &tables::SIN_F64;
    COS: &'static [f64] = &tables::COS_F64;
}
