//! [`Lane`]: the number type that kernels play the formulas with.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::precision::Precision;
use crate::number::Real;

/// A float whose elementary functions have no branches, so that a loop over them becomes vector
/// code. `FMA` says that the code around it is compiled for hardware that multiplies and adds with
/// one rounding; the arithmetic of a formula itself (`a * b + c`) always rounds twice.
///
/// ```
/// use chainrule_autograd::kernel::Lane;
/// use chainrule_autograd::number::Real;
///
/// let x = Lane::<f32, false>(-200.0);
/// assert_eq!(x.exp().0, 0.0);
/// assert_eq!(x.tanh().0, -1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct Lane<T, const FMA: bool>(pub T);

impl<T: Precision, const FMA: bool> Neg for Lane<T, FMA> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane(-self.0)
    }
}

macro_rules! forward {
    ($($Op:ident $op:ident)*) => { $(
        impl<T: Precision, const FMA: bool> $Op for Lane<T, FMA> {
            type Output = Self;
            #[inline(always)]
            fn $op(self, other: Self) -> Self {
                Lane(self.0.$op(other.0))
            }
        }
    )* };
}
forward!(Add add Sub sub Mul mul Div div);

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    pub(super) const ONE: Self = Lane(T::ONE);
    pub(super) const INFINITY: Self = Lane(T::INFINITY);

    /// A constant, converted when the kernel is compiled.
    #[inline(always)]
    pub(super) fn constant(value: f64) -> Self {
        Lane(T::from_f64(value))
    }

    #[inline(always)]
    pub(super) fn magnitude(self) -> Self {
        Lane(self.0.magnitude())
    }

    #[inline(always)]
    pub(super) fn with_sign_of(self, sign: Self) -> Self {
        Lane(self.0.with_sign_of(sign.0))
    }

    /// `yes` where self < limit, else (NaN too) `no`.
    #[inline(always)]
    pub(super) fn below(self, limit: Self, yes: Self, no: Self) -> Self {
        if self.0 < limit.0 { yes } else { no }
    }

    /// `yes` where self = other, else `no`.
    #[inline(always)]
    pub(super) fn equals(self, other: Self, yes: Self, no: Self) -> Self {
        if self.0 == other.0 { yes } else { no }
    }

    /// min(self, limit), which keeps NaN.
    #[inline(always)]
    pub(super) fn at_most(self, limit: T) -> Self {
        if self.0 > limit { Lane(limit) } else { self }
    }

    /// max(self, limit), which keeps NaN.
    #[inline(always)]
    pub(super) fn at_least(self, limit: T) -> Self {
        if self.0 < limit { Lane(limit) } else { self }
    }

    #[inline(always)]
    pub(super) fn clamped(self, low: T, high: T) -> Self {
        self.at_least(low).at_most(high)
    }

    /// In f64, for what f32 gets from there at no loss.
    #[inline(always)]
    pub(super) fn wide(self) -> Lane<f64, FMA> {
        Lane(self.0.to_f64())
    }

    #[inline(always)]
    pub(super) fn narrow(wide: Lane<f64, FMA>) -> Self {
        Lane(T::from_f64(wide.0))
    }
}

/// The functions without a vector form: those of the scalar.
macro_rules! scalar {
    ($($f:ident($($p:ident: $type:ty),*);)*) => { $(
        #[inline(always)]
        fn $f(self $(, $p: $type)*) -> Self {
            Lane(self.0.$f($($p),*))
        }
    )* };
}

/// The functions with one.
macro_rules! vector {
    ($($f:ident($($p:ident: $type:ty)?) = $lane:ident;)*) => { $(
        #[inline(always)]
        fn $f(self $(, $p: $type)?) -> Self {
            self.$lane($($p)?)
        }
    )* };
}

/// 1/ln 2 and 1/ln 10 in two parts, of which the first has half the bits of f64 or of f32.
const LOG2: [(f64, f64); 2] =
    [(1.4426950216293335, 1.9259629911266175e-08), (1.4423828125, 0.00031222838896340733)];
const LOG10: [(f64, f64); 2] =
    [(0.4342944771051407, 4.798111141615973e-09), (0.4342041015625, 9.038034075182765e-05)];

impl<T: Precision, const FMA: bool> Real for Lane<T, FMA> {
    const BITS: u32 = T::BITS;
    const FUSED: bool = FMA;
    #[inline(always)]
    fn lit(value: f64) -> Self {
        Self::constant(value)
    }
    #[inline(always)]
    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        let unordered = Self::constant(f64::NAN);
        let y = if self.0 > other.0 { greater } else { unordered };
        let y = if self.0 == other.0 { equal } else { y };
        if self.0 < other.0 { less } else { y }
    }
    #[inline(always)]
    fn pos(self, yes: Self, no: Self) -> Self {
        if self.0 >= T::default() { yes } else { no }
    }
    #[inline(always)]
    fn amul(self, other: Self) -> Self {
        let zero = T::default();
        // `&`, not `&&`: one mask for both.
        if (self.0 != zero) & (other.0 != zero) { self * other } else { Lane(zero) }
    }
    #[inline(always)]
    fn adiv(self, other: Self) -> Self {
        let zero = T::default();
        let y = self / other;
        if self.0 == zero { Lane(zero) } else { y }
    }
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        if FMA { Lane(self.0.fused(a.0, b.0)) } else { self * a + b }
    }
    #[inline(always)]
    fn neg_abs(self) -> Self {
        -self.magnitude()
    }
    #[inline(always)]
    fn exp_base(self, a: f64) -> Self {
        if a == 2.0 {
            self.exp2_lane()
        } else if a == 10.0 {
            self.exp10_lane()
        } else if T::SINGLE {
            let finite = self.wide().clamped(-f64::MAX, f64::MAX); // 1^∞ is 1
            Self::narrow((finite * Lane(a.log2())).exp2_lane())
        } else {
            Lane(self.0.exp_base(a))
        }
    }
    #[inline(always)]
    fn log_base(self, a: f64) -> Self {
        if a == 2.0 {
            self.log_lane(LOG2[usize::from(T::SINGLE)], (1.0, 0.0))
        } else if a == 10.0 {
            self.log_lane(
                LOG10[usize::from(T::SINGLE)],
                (T::LG2_HIGH.to_f64(), T::LG2_LOW.to_f64()),
            )
        } else if T::SINGLE {
            Self::narrow(self.wide().ln_lane() / Lane(a.ln()))
        } else {
            Lane(self.0.log_base(a))
        }
    }
    #[inline(always)]
    fn exp_lifted(self, low: Option<Self>) -> Self {
        self.exp_lifted_lane(low)
    }
    #[inline(always)]
    fn within(self, low: f64, high: f64) -> Self {
        self.clamped(T::from_f64(low), T::from_f64(high))
    }
    #[inline(always)]
    fn times_decay(self, x: Self) -> Self {
        self.times_decay_lane(x)
    }
    #[inline(always)]
    fn times_gauss(self, x: Self, c: f64) -> Self {
        self.times_gauss_lane(x, c)
    }
    #[inline(always)]
    fn sin_sum(self, low: Self) -> Self {
        self.sin_sum_lane(low)
    }
    #[inline(always)]
    fn cos_sum(self, low: Self) -> Self {
        self.cos_sum_lane(low)
    }
    #[inline(always)]
    fn pow(self, b: Self) -> Self {
        Lane(self.0.pow(b.0))
    }
    #[inline(always)]
    fn atan2(self, x: Self) -> Self {
        Lane(self.0.atan2(x.0))
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        Lane(self.0.hypot(other.0))
    }
    vector! {
        exp() = exp_lane;
        exp_m1() = exp_m1_lane;
        ln() = ln_lane;
        ln_1p() = ln_1p_lane;
        sinh() = sinh_lane;
        cosh() = cosh_lane;
        tanh() = tanh_lane;
        tanh_slope() = tanh_slope_lane;
        erf() = erf_lane;
        erfc() = erfc_lane;
        norm_cdf() = norm_cdf_lane;
        gauss(c: f64) = gauss_lane;
        decay() = decay_lane;
        ln_1p_decay() = ln_1p_decay_lane;
        sin() = sin_lane;
        cos() = cos_lane;
        tan() = tan_lane;
    }
    scalar! {
        sqrt();
        root(n: u32);
        powi(n: i32);
        powf(p: f64);
        asin();
        acos();
        atan();
        asinh();
        acosh();
        atanh();
        floor();
    }
}
