//! GELU's formulas, from the lower tail: with a = |x|, Φ(−a) = V(a)·e^(−a²/2), where V is smooth and
//! never underflows (V/φ(0) is Mills' ratio), and
//!
//! | | x < 0 | x ≥ 0 |
//! |---|---|---|
//! | x·Φ(x) | −a·V(a)·e^(−a²/2) | x − a·V(a)·e^(−a²/2) |
//! | Φ(x) + x·φ(x) | D(a)·e^(−a²/2) | 1 − D(a)·e^(−a²/2) |
//!
//! D(a) = V(a) − a/√(2π) is (ρ − a)·S(a) around the root −ρ of gelu′, so that nothing cancels. V and S are
//! ratios of polynomials with positive coefficients ([`tables`](super::tables)), from which the limits
//! far out are taken apart: V = P/(K·a·P + R), S = K + R/Q.

use chainrule_autograd::number::Real;

use super::tables::{S_24, S_53, V_24, V_53};
use super::{Parts, distance};

/// 1/√(2π)
const INV_SQRT_2PI: f64 = 0.39894228040143268;
/// The root of gelu′, −0.751791524693564457457…
const ROOT: Parts = [-0.7517915368080139, 1.211444988769017e-8, -4.291324506730527e-16];
/// What the three parts leave of it, for the doubles next to the root.
const ROOT_REST: f64 = -2.411349919337332e-32;
/// √2
const SQRT_2: Parts = [1.4142135381698608, 2.4203234971764687e-8, -7.628067479096231e-16];

/// x·Φ(x)
#[inline(always)]
pub(crate) fn gelu<R: Real>(x: R) -> R {
    let a = -x.neg_abs();
    let tail = match R::BITS {
        0 => return x.norm_cdf().amul(x),
        24 => mills(a, V_24.0, &V_24.1, &V_24.2),
        _ => mills(a, V_53.0, &V_53.1, &V_53.2),
    };
    x.pos(x, R::lit(-0.0)) - tail.times_gauss(x, 0.5)
}

/// a·P/(K·a·P + R)
#[inline(always)]
fn mills<R: Real>(a: R, k: f64, p: &[f64], r: &[f64]) -> R {
    let product = a * a.polynomial(p);
    product / product.fma(R::lit(k), a.polynomial(r))
}

/// Φ(x) + x·φ(x)
#[inline(always)]
pub(crate) fn gelu_slope<R: Real>(x: R) -> R {
    let a = -x.neg_abs();
    let h = distance(-a, ROOT); // ρ − a
    let tail = match R::BITS {
        0 => return x.norm_cdf() + x.gauss(0.5).amul(x * R::lit(INV_SQRT_2PI)),
        24 => h * (R::lit(S_24.0) + a.polynomial(&S_24.1) / a.polynomial(&S_24.2)),
        _ => {
            let s = R::lit(S_53.0) + a.polynomial(&S_53.1) / a.polynomial(&S_53.2);
            (h - R::lit(ROOT_REST)) * s
        }
    };
    let tail = tail.times_gauss(x, 0.5);
    x.pos(R::lit(1.0) - tail, tail)
}

/// (2 − x²)·φ(x)
#[inline(always)]
pub(crate) fn gelu_second<R: Real>(x: R) -> R {
    let a = -x.neg_abs();
    let g = x.gauss(0.25);
    let factors = -distance(a, SQRT_2) * (R::lit(std::f64::consts::SQRT_2) + a);
    g.amul(factors) * R::lit(INV_SQRT_2PI) * g
}

/// The k-th derivative for k ≥ 2, (−1)ᵏ⁻¹·(x·Heₖ₋₁ − k·Heₖ₋₂)·φ.
pub(crate) fn gelu_nth<R: Real>(k: u32, x: R) -> R {
    if k == 2 {
        return gelu_second(x);
    }
    let (mut below, mut he) = (R::lit(1.0), x);
    for n in 1..k - 1 {
        (below, he) = (he, x * he - R::lit(n.into()) * below);
    }
    let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
    let g = x.gauss(0.25);
    g.amul(x * he - R::lit(k.into()) * below) * R::lit(sign * INV_SQRT_2PI) * g
}
