//! The error function and the normal distribution.

use super::{Bend, Info, Special, Trend, around_zero, everywhere};
use crate::number::Real;
use Bend::{Concave, Convex};
use Trend::{Decreasing, Increasing};

const TWO_OVER_SQRT_PI: f64 = std::f64::consts::FRAC_2_SQRT_PI;
const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// s·x·e^(−c·x²) as s·x·g·g with g = e^(−c·x²/2), which keeps its digits where e^(−c·x²) is
/// subnormal; 0 at ±∞.
#[inline(always)]
fn x_gauss<R: Real>(x: R, c: f64, s: f64) -> R {
    let g = x.gauss(0.5 * c);
    x.amul(g * R::lit(s)) * g
}

/// Minus the derivative of order k − 1 of s·e^(−c·x²), k ≥ 2: (−1)ᵏ·s·Hₖ₋₁·e^(−c·x²) with
/// Hermite's polynomials Hₙ₊₁ = 2c·(x·Hₙ − n·Hₙ₋₁).
fn gauss_nth<R: Real>(k: u32, x: R, c: f64, s: f64) -> R {
    let d = 2.0 * c;
    if k == 2 {
        return x_gauss(x, c, d * s);
    }
    let (mut below, mut h) = (R::lit(1.0), R::lit(d) * x);
    for n in 1..k - 1 {
        (below, h) = (h, R::lit(d) * (x * h - R::lit(n.into()) * below));
    }
    let g = x.gauss(0.5 * c);
    let sign = if k.is_multiple_of(2) { 1.0 } else { -1.0 };
    g.amul(h) * R::lit(sign * s) * g
}

crate::elementwise! {
    impl Var;

    /// The error function 2/√π ∫₀ˣ e^(−t²) dt.
    erf: Erf() {
        info: Info {
            formula: "erf x",
            derivative: "2/√π·e^(−x²)",
            range: |_| (-1.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, TWO_OVER_SQRT_PI)],
            ..Info::NEW
        },
        value: |x| x.erf(),
        slope: |x| x.gauss(1.0) * R::lit(TWO_OVER_SQRT_PI),
        nth: |k, x| -gauss_nth(k, x, 1.0, TWO_OVER_SQRT_PI),
    }

    /// 1 − erf x, exact in the upper tail.
    erfc: Erfc() {
        info: Info {
            formula: "1 − erf x",
            derivative: "−2/√π·e^(−x²)",
            range: |_| (0.0, 2.0),
            trend: |_| everywhere(Decreasing),
            bend: |_| around_zero(Concave, Convex),
            special: &[Special::at(0.0, 1.0, -TWO_OVER_SQRT_PI)],
            ..Info::NEW
        },
        value: |x| x.erfc(),
        slope: |x| -(x.gauss(1.0) * R::lit(TWO_OVER_SQRT_PI)),
        nth: |k, x| gauss_nth(k, x, 1.0, TWO_OVER_SQRT_PI),
    }

    /// Φ(x), the distribution function of the standard normal, exact in the lower tail.
    norm_cdf: NormCdf() {
        info: Info {
            formula: "Φ(x)",
            derivative: "φ(x) = e^(−x²/2)/√(2π)",
            range: |_| (0.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.5, INV_SQRT_2PI)],
            ..Info::NEW
        },
        value: |x| x.norm_cdf(),
        slope: |x| x.gauss(0.5) * R::lit(INV_SQRT_2PI),
        nth: |k, x| -gauss_nth(k, x, 0.5, INV_SQRT_2PI),
    }
}
