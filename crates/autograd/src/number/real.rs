//! [`Real`]: what a rule may do with a number.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number that the rules of the table can be played with.
///
/// Rules are written against this trait only: no `if` on a value, no `max`. A choice is made with
/// [`by_order`](Real::by_order) (a true kink) or [`pos`](Real::pos) (two formulas of one smooth
/// function), so that a jet, a germ or an interval can make it in its own way, and so that **NaN in
/// gives NaN out** without anyone having to remember it.
///
/// ```
/// use chainrule_autograd::number::{Jet, Real};
///
/// fn rectify<R: Real>(x: R) -> R {
///     let zero = R::lit(0.0);
///     x.split(zero, zero, x)
/// }
/// assert_eq!(rectify(3.0), 3.0);
/// assert_eq!(rectify(-3.0f32), 0.0);
/// assert!(rectify(f64::NAN).is_nan());
/// assert_eq!(rectify(Jet::variable(3.0, 1)).coefficient(1), 1.0);
/// ```
pub trait Real:
    Copy
    + Debug
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// How many bits a mantissa has, where a number is a plain float: a formula may then use an
    /// approximation to that many digits. 0 for numbers that carry more than a value, such as
    /// series: an approximation of a function is none of its derivatives.
    const BITS: u32 = 0;

    /// Whether the number stands for more than a float next to the true value: an enclosure, a germ.
    /// A formula that is right but for rounding, such as |x| for √(x² + 1) far out, is wrong there; a
    /// row asks this to take the whole formula instead.
    const EXACT: bool = false;

    /// Whether [`fma`](Real::fma) rounds once.
    const FUSED: bool = false;

    /// A literal of a rule or a parameter of a row.
    fn lit(value: f64) -> Self;

    /// `less`, `equal` or `greater`, by how `self` compares with `other`; NaN where they do not
    /// compare. Use it at a true kink or jump.
    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self;

    /// [`by_order`](Real::by_order) where the choices meet: for a continuous bend such as that of
    /// max(a, b), never for a jump. An interval that cannot decide knows then that the function
    /// itself is continuous.
    #[inline(always)]
    fn bend(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        self.by_order(other, less, equal, greater)
    }

    /// `yes` where `self ≥ 0`, else `no`: two formulas of ONE smooth function, each stable on its
    /// side. A jet stays on the chosen side; an interval takes the hull.
    fn pos(self, yes: Self, no: Self) -> Self;

    /// The same number, a function of which a derivative, the `order`-th, jumps where `x` is 0: what
    /// [`pos`](Real::pos) chose between is not one smooth function. A series of intervals keeps it in
    /// mind.
    #[inline(always)]
    fn seam(self, order: usize, x: Self) -> Self {
        let _ = (order, x);
        self
    }

    /// [`by_order`](Real::by_order) against 0.
    #[inline(always)]
    fn split(self, below: Self, at: Self, above: Self) -> Self {
        self.by_order(Self::lit(0.0), below, at, above)
    }

    /// [`bend`](Real::bend) against 0.
    #[inline(always)]
    fn fold(self, below: Self, at: Self, above: Self) -> Self {
        self.bend(Self::lit(0.0), below, at, above)
    }

    /// The same number, of which the formula knows that it is not below another: |x| ≥ 0. An interval
    /// drops what lies below.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        let _ = bound;
        self
    }

    /// The same number, which is not above another.
    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        -(-self).at_least(-bound)
    }

    /// The product with a strong zero: 0 if either factor is 0, whatever the other is. An adjoint
    /// that is exactly 0 says "this path is absent", and stays so against ∞ and NaN.
    fn amul(self, other: Self) -> Self;

    /// The quotient with a strong zero: 0 if `self` is 0, whatever the divisor is.
    fn adiv(self, other: Self) -> Self;

    /// `many` in a kernel, which computes many numbers at a time. A plain float that is computed alone
    /// goes through `f` in f64 instead: where a kernel gives up ([`Info::turns`](crate::table::Info)),
    /// another formula may hold. Other numbers answer `many`.
    #[inline(always)]
    fn alone(self, many: Self, f: impl Fn(f64) -> f64) -> Self {
        let _ = f;
        many
    }

    /// self·a + b, rounded once where a kernel's hardware does that, else twice: for the terms of a
    /// polynomial.
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        self * a + b
    }

    /// c₀ + c₁x + c₂x² + … By Horner's rule where it is short; long ones go four terms at a time: with
    /// each operation waiting for the one before, a machine has too little to do (G. Estrin,
    /// *Organization of computer systems: the fixed plus variable structure computer*, 1960).
    #[inline(always)]
    fn polynomial(self, c: &[f64]) -> Self {
        let step = if c.len() <= 6 { 1 } else { 4 };
        let square = self * self;
        let power = if step == 1 { self } else { square * square };
        let mut k = (c.len() - 1) / step * step;
        let mut sum = few_terms(self, square, &c[k..]);
        while k > 0 {
            k -= step;
            sum = sum.fma(power, few_terms(self, square, &c[k..k + step]));
        }
        sum
    }

    /// self·other as a sum hi + lo: the rounded product and what rounding took from it, by one
    /// fused multiply-add or else by halves (Dekker 1971; in f64 for factors below 2⁹⁹⁶, in f32 below
    /// 2¹¹⁵). A number that is more than one float (a series, an interval) answers lo = 0.
    #[inline(always)]
    fn two_product(self, other: Self) -> (Self, Self) {
        let product = self * other;
        if Self::BITS == 0 {
            return (product, Self::lit(0.0));
        }
        if Self::FUSED {
            return (product, self.fma(other, -product));
        }
        let split = |x: Self| {
            let c = halves::<Self>() * x;
            let high = c - (c - x);
            (high, x - high)
        };
        let ((ah, al), (bh, bl)) = (split(self), split(other));
        let by_halves = ((ah * bh - product) + ah * bl + al * bh) + al * bl;
        (product, by_halves)
    }

    /// eˣ
    fn exp(self) -> Self;
    /// eˣ − 1, exact near 0.
    fn exp_m1(self) -> Self;
    /// aˣ for a constant a > 0 (a = 2 is exact where the result is).
    fn exp_base(self, a: f64) -> Self;
    /// ln x
    fn ln(self) -> Self;
    /// ln(1 + x), exact near 0.
    fn ln_1p(self) -> Self;
    /// log of x to a constant base (bases 2 and 10 are exact where the result is).
    fn log_base(self, a: f64) -> Self;
    /// √x
    fn sqrt(self) -> Self;
    /// The real n-th root, n ≥ 1; odd roots of negative numbers are real.
    fn root(self, n: u32) -> Self;
    /// xⁿ for an integer n; x⁰ = 1.
    fn powi(self, n: i32) -> Self;
    /// xᵖ for a constant p; NaN for x < 0 unless p is an integer.
    fn powf(self, p: f64) -> Self;
    /// aᵇ with both sides variable; NaN where either is NaN.
    fn pow(self, b: Self) -> Self;
    /// The angle of the point (x, self), in radians.
    fn atan2(self, x: Self) -> Self;
    /// √(self² + other²) without overflow.
    fn hypot(self, other: Self) -> Self;
    /// sin x (radians)
    fn sin(self) -> Self;
    /// cos x (radians)
    fn cos(self) -> Self;
    /// sin(self + low), where low is what rounding took from self.
    #[inline(always)]
    fn sin_sum(self, low: Self) -> Self {
        self.sin() * low.cos() + self.cos() * low.sin()
    }
    /// cos(self + low), likewise.
    #[inline(always)]
    fn cos_sum(self, low: Self) -> Self {
        self.cos() * low.cos() - self.sin() * low.sin()
    }
    /// tan x (radians)
    fn tan(self) -> Self;
    /// arcsin x
    fn asin(self) -> Self;
    /// arccos x
    fn acos(self) -> Self;
    /// arctan x
    fn atan(self) -> Self;
    /// sinh x
    fn sinh(self) -> Self;
    /// cosh x
    fn cosh(self) -> Self;
    /// tanh x
    fn tanh(self) -> Self;
    /// arsinh x
    fn asinh(self) -> Self;
    /// arcosh x
    fn acosh(self) -> Self;
    /// artanh x
    fn atanh(self) -> Self;
    /// The error function 2/√π ∫₀ˣ e^(−t²) dt.
    fn erf(self) -> Self;
    /// 1 − erf x, exact in the tail.
    fn erfc(self) -> Self;
    /// Φ(x), the distribution function of the standard normal, exact in the lower tail.
    fn norm_cdf(self) -> Self;
    /// e^(−c·x²) for c = 1, ½ or ¼, exact in the tails (x² is carried in two parts).
    fn gauss(self, c: f64) -> Self;
    /// The largest integer ≤ x.
    fn floor(self) -> Self;

    /// −|x| for the smooth rows that need e^(−|x|): a choice of side, not the kink of `abs`.
    #[inline(always)]
    fn neg_abs(self) -> Self {
        self.pos(-self, self)
    }

    /// `yes` for x > 0, `no` for x < 0, either at 0, where they are the same, and for NaN, which both keep: a
    /// choice of side likewise.
    #[inline(always)]
    fn side(self, yes: Self, no: Self) -> Self {
        self.pos(yes, no)
    }

    /// e^(−|x|)
    #[inline(always)]
    fn decay(self) -> Self {
        self.neg_abs().exp()
    }

    /// e^(self + low)·2⁶⁴ for −131 ≤ self ≤ 0 and a tiny `low`: where e^self is subnormal or 0 in f32,
    /// and its products with larger numbers are not.
    #[inline(always)]
    fn exp_lifted(self, low: Option<Self>) -> Self {
        let lift = Self::lit((1u64 << 32) as f64);
        let half = (Self::lit(0.5) * self).exp() * lift;
        match low {
            Some(low) => half.fma(low, half) * half,
            None => half * half,
        }
    }

    /// 2^(self·(b + low))·2⁶⁴ for a product between −190 and 0 and a `low` that is tiny next to b. Where
    /// numbers are [fused](Real::FUSED) the product is not rounded before its power is taken.
    #[inline(always)]
    fn exp2_lifted(self, b: Self, low: Self) -> Self {
        let lift = Self::lit((1u64 << 32) as f64);
        let half = Self::lit(0.5) * self.fma(b, self * low);
        let power = half.exp_base(2.0) * lift;
        power * power
    }

    /// self, but nothing beyond `low` and `high`, where a smooth formula is constant but for rounding;
    /// keeps NaN.
    #[inline(always)]
    fn within(self, low: f64, high: f64) -> Self {
        if Self::EXACT {
            return self;
        }
        let (low, high) = (Self::lit(low), Self::lit(high));
        let x = (self - high).pos(high, self);
        (low - x).pos(low, x)
    }

    /// tanh′, 4e/(1+e)² with e = e^(−2|x|), never 1 − tanh².
    #[inline(always)]
    fn tanh_slope(self) -> Self {
        let e = (self + self).decay();
        e / e.fma(e.fma(Self::lit(0.25), Self::lit(0.5)), Self::lit(0.25))
    }

    /// ln(1 + x) for 0 ≤ x ≤ 1
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        self.ln_1p()
    }

    /// self·e^(−|x|), also where the exponential alone is subnormal or 0; 0 at |x| = ∞, whatever
    /// `self` is there (for |self| < 10¹¹ elsewhere).
    #[inline(always)]
    fn times_decay(self, x: Self) -> Self {
        let half = (Self::lit(0.5) * x).decay();
        half.amul(self) * half
    }

    /// self·e^(−c·x²) for c = 1 or ½, likewise.
    #[inline(always)]
    fn times_gauss(self, x: Self, c: f64) -> Self {
        let half = x.gauss(0.5 * c);
        half.amul(self) * half
    }

    /// x² with one rounding.
    #[inline(always)]
    fn square(self) -> Self {
        self * self
    }

    /// 1 / x
    #[inline(always)]
    fn recip(self) -> Self {
        Self::lit(1.0) / self
    }
}

/// One to four terms of a polynomial. No closure, here and in what calls it: what a closure holds need
/// not be inlined into vector code.
#[inline(always)]
fn few_terms<R: Real>(x: R, square: R, c: &[f64]) -> R {
    match *c {
        [c0] => R::lit(c0),
        [c0, c1] => x.fma(R::lit(c1), R::lit(c0)),
        [c0, c1, c2] => square.fma(R::lit(c2), x.fma(R::lit(c1), R::lit(c0))),
        [c0, c1, c2, c3, ..] => {
            square.fma(x.fma(R::lit(c3), R::lit(c2)), x.fma(R::lit(c1), R::lit(c0)))
        }
        [] => R::lit(0.0),
    }
}

/// 2²⁷ + 1 in f64, 2¹² + 1 in f32, where 1 + 2⁻³⁰ is 1.
#[inline(always)]
fn halves<R: Real>() -> R {
    let double = R::lit(1.0 + 1.0 / (1u64 << 30) as f64) - R::lit(1.0);
    R::lit(4097.0) + double * R::lit((134_217_729.0 - 4097.0) * (1u64 << 30) as f64)
}
