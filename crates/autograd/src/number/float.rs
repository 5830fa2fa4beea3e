//! `f64` and `f32` as [`Real`] numbers.
//!
//! Elementary functions come from the platform's mathematics library, the special ones from `libm`;
//! where a rounded x² or x/√2 before an exponential would cost digits, the argument is carried as a
//! sum of two numbers.

use super::Real;

/// The exact product of two numbers as a sum hi + lo (Dekker 1971; |a|, |b| < 2⁹⁹⁶).
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let split = |x: f64| {
        let c = 134_217_729.0 * x;
        let hi = c - (c - x);
        (hi, x - hi)
    };
    let p = a * b;
    let ((ah, al), (bh, bl)) = (split(a), split(b));
    (p, ((ah * bh - p) + ah * bl + al * bh) + al * bl)
}

/// e^(−c·x²), c = 1, ½ or ¼: x² = h + l exactly, so e^(−ch)·(1 − cl) loses nothing.
fn gauss(x: f64, c: f64) -> f64 {
    if c * (x * x) > 800.0 {
        return 0.0;
    }
    let (h, l) = two_product(x, x);
    let e = (-c * h).exp();
    e - e * (c * l)
}

/// Φ(x) = erfc(−x/√2)/2 with −x/√2 as a sum z + δ, and erfc(z + δ) ≈ erfc z − 2/√π·e^(−z²)·δ.
fn norm_cdf(x: f64) -> f64 {
    const HI: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const LO: f64 = -4.833_646_656_726_457e-17; // 1/√2 − HI
    let x = x.clamp(-40.0, 40.0); // keeps NaN
    let (z, residue) = two_product(-x, HI);
    let delta = residue - x * LO;
    0.5 * (libm::erfc(z) - std::f64::consts::FRAC_2_SQRT_PI * (-z * z).exp() * delta)
}

/// The n-th root of x ≥ 0 with one Newton correction, which removes the error of rounding 1/n.
fn root_of_positive(x: f64, n: u32) -> f64 {
    let y = x.powf(1.0 / f64::from(n));
    let correction = (x / y.powf(f64::from(n - 1)) - y) / f64::from(n);
    if correction.is_finite() { y + correction } else { y }
}

fn root(x: f64, n: u32) -> f64 {
    match n {
        1 => x,
        2 => x.sqrt(),
        3 => x.cbrt(),
        _ if n % 2 == 1 => root_of_positive(x.abs(), n).copysign(x),
        _ if x < 0.0 => f64::NAN,
        _ => root_of_positive(x, n),
    }
}

fn powi(x: f64, n: i32) -> f64 {
    match n {
        _ if x.is_nan() => x,
        0 => 1.0,
        1 => x,
        2 => x * x,
        3 => x * x * x,
        -1 => 1.0 / x,
        _ => x.powf(f64::from(n)),
    }
}

/// IEEE powers of −∞ are those of |x|; here they have a parity or none, as of any x < 0.
fn powf(x: f64, p: f64) -> f64 {
    if x < 0.0 && p.fract() != 0.0 { f64::NAN } else { nan_through(x, x.powf(p)) }
}

/// A trigonometric function. Platforms differ in how well they reduce huge arguments (glibc is off
/// by 8 ULP at 5e255); `libm` does it exactly.
fn turning(x: f64, platform: fn(f64) -> f64, exact: fn(f64) -> f64) -> f64 {
    if x.abs() < 1e6 { platform(x) } else { exact(x) }
}

fn log_base(x: f64, a: f64) -> f64 {
    if a == 2.0 {
        x.log2()
    } else if a == 10.0 {
        x.log10()
    } else {
        x.ln() / a.ln()
    }
}

macro_rules! real_float {
    ($t:ident, wide: |$x:ident| $wide:expr) => {
        impl Real for $t {
            const BITS: u32 = $t::MANTISSA_DIGITS;
            #[inline(always)]
            fn lit(value: f64) -> Self {
                value as $t
            }
            #[inline(always)]
            fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
                if self < other {
                    less
                } else if self > other {
                    greater
                } else if self == other {
                    equal
                } else {
                    $t::NAN
                }
            }
            #[inline(always)]
            fn pos(self, yes: Self, no: Self) -> Self {
                if self >= 0.0 { yes } else { no }
            }
            #[inline(always)]
            fn amul(self, other: Self) -> Self {
                if self == 0.0 || other == 0.0 { 0.0 } else { self * other }
            }
            #[inline(always)]
            fn adiv(self, other: Self) -> Self {
                if self == 0.0 { 0.0 } else { self / other }
            }
            #[inline(always)]
            fn alone(self, _: Self, f: impl Fn(f64) -> f64) -> Self {
                let $x = self;
                f($wide) as $t
            }
            #[inline(always)]
            fn pow(self, b: Self) -> Self {
                if self.is_nan() || b.is_nan() { $t::NAN } else { <$t>::powf(self, b) }
            }
            #[inline(always)]
            fn atan2(self, x: Self) -> Self {
                <$t>::atan2(self, x)
            }
            #[inline(always)]
            fn hypot(self, other: Self) -> Self {
                if self.is_nan() || other.is_nan() { $t::NAN } else { <$t>::hypot(self, other) }
            }
            real_float!(@std $t: exp exp_m1 ln ln_1p sqrt asin acos atan
                sinh cosh tanh floor);
            real_float!(@wide $t, $x, $wide;
                exp_base(a: f64) = |x| if a == 2.0 { x.exp2() } else { nan_through(x, a.powf(x)) };
                log_base(a: f64) = |x| log_base(x, a);
                root(n: u32) = |x| root(x, n);
                powi(n: i32) = |x| powi(x, n);
                powf(p: f64) = |x| powf(x, p);
                sin() = |x| turning(x, f64::sin, libm::sin);
                cos() = |x| turning(x, f64::cos, libm::cos);
                tan() = |x| turning(x, f64::tan, libm::tan);
                asinh() = |x| libm::asinh(x);
                acosh() = |x| if x < 1.0 { f64::NAN } else { libm::acosh(x) };
                atanh() = |x| libm::atanh(x);
                erf() = |x| libm::erf(x);
                erfc() = |x| libm::erfc(x);
                norm_cdf() = |x| norm_cdf(x);
                gauss(c: f64) = |x| gauss(x, c););
        }
    };
    (@std $t:ident: $($f:ident)*) => { $(
        #[inline(always)]
        fn $f(self) -> Self {
            <$t>::$f(self)
        }
    )* };
    (@wide $t:ident, $x:ident, $wide:expr;
        $($f:ident($($p:ident: $pt:ty)?) = |$v:ident| $body:expr;)*) => { $(
        #[inline(always)]
        fn $f(self $(, $p: $pt)?) -> Self {
            let $x = self;
            let $v: f64 = $wide;
            ($body) as $t
        }
    )* };
}

/// IEEE powers give 1 for NaN⁰ and 1^NaN; here NaN stays NaN.
#[inline(always)]
fn nan_through(x: f64, y: f64) -> f64 {
    if x.is_nan() { x } else { y }
}

real_float!(f64, wide: |x| x);
real_float!(f32, wide: |x| f64::from(x));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_tails_are_exact() {
        let (h, l) = two_product(0.1, 0.3);
        assert_eq!(h, 0.1 * 0.3);
        assert_ne!(l, 0.0);
        assert_eq!(Real::two_product(0.1, 0.3), (h, l));
        let (a, b) = (0.1f32, 0.3f32);
        let (h, l) = Real::two_product(a, b);
        assert_eq!(f64::from(h) + f64::from(l), f64::from(a) * f64::from(b));
        // 60-digit references.
        for (x, want) in [(-5.0, 2.8665157187919391e-7), (-14.0, 7.793536819192800e-45)] {
            let got: f64 = norm_cdf(x);
            assert!((got / want - 1.0).abs() < 1e-15, "Φ({x}) = {got:e}, want {want:e}");
        }
        assert_eq!(norm_cdf(f64::NEG_INFINITY), 0.0);
        assert_eq!(norm_cdf(f64::INFINITY), 1.0);
        assert!(norm_cdf(f64::NAN).is_nan());
    }

    #[test]
    fn roots_and_powers_keep_their_conventions() {
        assert_eq!(Real::root(-8.0f64, 3), -2.0);
        assert_eq!(Real::root(-32.0f64, 5), -2.0);
        assert!(Real::root(-16.0f64, 4).is_nan());
        assert_eq!(Real::root(1e300f64, 5), 1e60);
        assert!(Real::powi(f64::NAN, 0).is_nan());
        assert_eq!(Real::powi(-2.0f64, 3), -8.0);
        assert_eq!(Real::log_base(1000.0f64, 10.0), 3.0);
        assert!(Real::powf(f64::NAN, 0.0).is_nan());
        assert!(Real::exp_base(f64::NAN, 1.0).is_nan());
    }
}
