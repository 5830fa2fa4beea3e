//! [`Lane`]: the number type that kernels play the formulas with.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::precision::Precision;
use crate::number::Real;

/// Four floats whose elementary functions have no branches, so that a loop over them becomes vector
/// code. `FMA` says that the code around it is compiled for hardware that multiplies and adds with
/// one rounding; the arithmetic of a formula itself (`a * b + c`) always rounds twice.
///
/// A formula is a chain in which each operation waits for the one before, some 80 cycles from x to
/// f(x), and a processor looks only so far ahead that one vector or two of it are under way at a time.
/// With four chains written side by side there is always an operation to do: tanh with its pullback takes
/// two thirds of the time, with the same operations to the bit. Where one float is wanted, the others
/// are no work: nobody reads them, so the compiler drops them.
///
/// ```
/// use chainrule_autograd::kernel::Lane;
/// use chainrule_autograd::number::Real;
///
/// assert_eq!(Lane::<f32, false>::of(-200.0).exp().first(), 0.0);
/// let x = Lane::<f32, false>::four([-200.0, 0.0, 1e-9, 200.0]);
/// assert_eq!(x.tanh().values(), [-1.0, 0.0, 1e-9, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lane<T, const FMA: bool>(T, T, T, T);

/// A method that does the same to each.
macro_rules! each {
    ($($(#[$doc:meta])* $vis:vis $f:ident($($a:ident),* $(; $($p:ident: $type:ty),*)?);)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        $vis fn $f(self $(, $a: Self)* $($(, $p: $type)*)?) -> Self {
            Lane(
                self.0.$f($($a.0,)* $($($p),*)?),
                self.1.$f($($a.1,)* $($($p),*)?),
                self.2.$f($($a.2,)* $($($p),*)?),
                self.3.$f($($a.3,)* $($($p),*)?),
            )
        }
    )* };
}

impl<T: Precision, const FMA: bool> Neg for Lane<T, FMA> {
    type Output = Self;
    each! {
        neg();
    }
}

macro_rules! operators {
    ($($Op:ident $op:ident)*) => { $(
        impl<T: Precision, const FMA: bool> $Op for Lane<T, FMA> {
            type Output = Self;
            each! {
                $op(other);
            }
        }
    )* };
}
operators!(Add add Sub sub Mul mul Div div);

impl<T: Copy, const FMA: bool> Lane<T, FMA> {
    /// One number.
    #[inline(always)]
    pub fn of(x: T) -> Self {
        Lane(x, x, x, x)
    }

    /// Four numbers.
    #[inline(always)]
    pub fn four([a, b, c, d]: [T; 4]) -> Self {
        Lane(a, b, c, d)
    }

    /// The first number, where there is one.
    #[inline(always)]
    pub fn first(self) -> T {
        self.0
    }

    /// All four.
    #[inline(always)]
    pub fn values(self) -> [T; 4] {
        [self.0, self.1, self.2, self.3]
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    pub(super) const ONE: Self = Lane(T::ONE, T::ONE, T::ONE, T::ONE);
    pub(super) const INFINITY: Self = Lane(T::INFINITY, T::INFINITY, T::INFINITY, T::INFINITY);

    /// A constant, converted when the kernel is compiled.
    #[inline(always)]
    pub(super) fn constant(value: f64) -> Self {
        Lane::of(T::from_f64(value))
    }

    /// min(self, limit), which keeps NaN.
    #[inline(always)]
    pub(super) fn at_most(self, limit: T) -> Self {
        let limit = Lane::of(limit);
        limit.below(self, limit, self)
    }

    /// max(self, limit), which keeps NaN.
    #[inline(always)]
    pub(super) fn at_least(self, limit: T) -> Self {
        let limit = Lane::of(limit);
        self.below(limit, limit, self)
    }

    #[inline(always)]
    pub(super) fn clamped(self, low: T, high: T) -> Self {
        self.at_least(low).at_most(high)
    }

    /// Number `i` of each quarter of a block.
    #[inline(always)]
    pub(super) fn take<const N: usize>(x: &[T; N], i: usize) -> Self {
        Lane(x[i], x[i + N / 4], x[i + N / 2], x[i + N / 4 * 3])
    }

    /// Puts them back in their places.
    #[inline(always)]
    pub(super) fn put<const N: usize>(self, y: &mut [T; N], i: usize) {
        (y[i], y[i + N / 4]) = (self.0, self.1);
        (y[i + N / 2], y[i + N / 4 * 3]) = (self.2, self.3);
    }

    /// (k, m, 2¹⁻ᵏ) of a normal x > 0, see [`Precision::binary`].
    #[inline(always)]
    pub(super) fn binary(self) -> (Self, Self, Self) {
        let ((k0, m0, s0), (k1, m1, s1)) = (self.0.binary(), self.1.binary());
        let ((k2, m2, s2), (k3, m3, s3)) = (self.2.binary(), self.3.binary());
        (Lane(k0, k1, k2, k3), Lane(m0, m1, m2, m3), Lane(s0, s1, s2, s3))
    }

    /// In f64, for what f32 gets from there at no loss.
    #[inline(always)]
    pub(super) fn wide(self) -> Lane<f64, FMA> {
        Lane(self.0.to_f64(), self.1.to_f64(), self.2.to_f64(), self.3.to_f64())
    }

    #[inline(always)]
    pub(super) fn narrow(wide: Lane<f64, FMA>) -> Self {
        Lane(T::from_f64(wide.0), T::from_f64(wide.1), T::from_f64(wide.2), T::from_f64(wide.3))
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    each! {
        pub(super) magnitude();
        pub(super) with_sign_of(sign);
        /// `yes` where self < limit, else (NaN too) `no`.
        pub(super) below(limit, yes, no);
        /// `yes` where self = other, else `no`.
        pub(super) equals(other, yes, no);
        /// `yes` where the sign is minus, that of 0 and NaN too, else `no`.
        pub(super) negative(yes, no);
        /// self·2ⁿ from MAGIC + n. (A NaN becomes any number.)
        pub(super) raised(n);
        /// 2ⁿ from MAGIC + BIAS + n.
        pub(super) exponent();
        /// 2^(k/n) from MAGIC + n·BIAS + k and 2^(k/n mod 1), n [parts](Precision::PARTS).
        pub(super) parts(fraction);
        /// `yes` where n is odd in MAGIC + n, else `no`.
        pub(super) odd(yes, no);
        /// −self where n is 2 or 3 but for multiples of 4.
        pub(super) turned(magic);
        pub(super) upper();
        /// `yes` where self ≥ limit, else (NaN too) `no`.
        pub(super) not_below(limit, yes, no);
        /// `yes` where either is 0, else `no`.
        pub(super) either_zero(other, yes, no);
        /// self·a + b with one rounding.
        pub(super) fused(a, b);
    }
}

/// The functions with a vector form.
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
        let y = other.below(self, greater, Self::constant(f64::NAN));
        self.below(other, less, self.equals(other, equal, y))
    }
    #[inline(always)]
    fn pos(self, yes: Self, no: Self) -> Self {
        let zero = Self::constant(0.0);
        self.not_below(zero, yes, no)
    }
    #[inline(always)]
    fn side(self, yes: Self, no: Self) -> Self {
        self.negative(no, yes)
    }
    #[inline(always)]
    fn amul(self, other: Self) -> Self {
        self.either_zero(other, Self::constant(0.0), self * other)
    }
    #[inline(always)]
    fn adiv(self, other: Self) -> Self {
        let zero = Self::constant(0.0);
        self.equals(zero, zero, self / other)
    }
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        if FMA { self.fused(a, b) } else { self * a + b }
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
            Self::narrow((finite * Lane::of(a.log2())).exp2_lane())
        } else {
            Lane(self.0.exp_base(a), self.1.exp_base(a), self.2.exp_base(a), self.3.exp_base(a))
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
            Self::narrow(self.wide().ln_lane() / Lane::of(a.ln()))
        } else {
            Lane(self.0.log_base(a), self.1.log_base(a), self.2.log_base(a), self.3.log_base(a))
        }
    }
    #[inline(always)]
    fn exp_lifted(self, low: Option<Self>) -> Self {
        self.exp_lifted_lane(low)
    }
    #[inline(always)]
    fn exp2_lifted(self, b: Self, low: Self) -> Self {
        self.exp2_lifted_lane(b, low)
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
    each! {
        pow(b);
        atan2(x);
        hypot(other);
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
        ln_1p_unit() = ln_1p_unit_lane;
        sin() = sin_lane;
        cos() = cos_lane;
        tan() = tan_lane;
    }
    // The functions without a vector form: those of the scalar.
    each! {
        sqrt();
        root(; n: u32);
        powi(; n: i32);
        powf(; p: f64);
        asin();
        acos();
        atan();
        asinh();
        acosh();
        atanh();
        floor();
    }
}
