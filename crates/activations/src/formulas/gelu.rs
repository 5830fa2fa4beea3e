//! GELU's formulas. Three regions, because x·Φ(x) underflows in Φ before it does itself, and because
//! Φ + x·φ cancels around its root.

use chainrule_autograd::number::Real;

use super::{Parts, distance, horner};

/// Left of this the tail formulas hold to the last digits.
const TAIL: f64 = -12.0;
/// 1/√(2π)
const INV_SQRT_2PI: f64 = 0.39894228040143268;
/// The root of gelu′, −0.751791524693564457457…
const ROOT: Parts = [-0.7517915368080139, 1.211444988769017e-8, -4.291324506730527e-16];
/// What the three parts leave of it, for the doubles next to the root.
const ROOT_REST: f64 = -2.411349919337332e-32;
/// φ at the root.
const PDF_AT_ROOT: f64 = 0.30073259989697529;
/// How far from the root its series is used.
const NEAR: f64 = 0.625;
/// √2
const SQRT_2: Parts = [1.4142135381698608, 2.4203234971764687e-8, -7.628067479096231e-16];

/// gelu′(r + h) = c₁h + c₂h² + … around its root r. With Hermite's polynomials Heₖ,
/// gelu⁽ᵏ⁺¹⁾ = (−1)ᵏ·(x·Heₖ − (k+1)·Heₖ₋₁)·φ, since Φ⁽ᵏ⁾ = (−1)ᵏ⁻¹·Heₖ₋₁·φ.
const SERIES: [f64; 25] = {
    let r = ROOT[0] + (ROOT[1] + ROOT[2]);
    let (mut below, mut he) = (1.0, r);
    let mut factor = PDF_AT_ROOT;
    let mut c = [0.0; 25];
    let mut k = 1;
    while k <= c.len() {
        factor /= -(k as f64);
        c[k - 1] = (r * he - (k as f64 + 1.0) * below) * factor;
        (below, he) = (he, r * he - k as f64 * below);
        k += 1;
    }
    c
};

/// x·Φ(x)
#[inline(always)]
pub(crate) fn gelu<R: Real>(x: R) -> R {
    let tail = -(x.gauss(0.5) * R::lit(INV_SQRT_2PI) * mills(x.square().recip()));
    (x - R::lit(TAIL)).pos(x * x.norm_cdf(), tail)
}

/// Φ(x) + x·φ(x)
#[inline(always)]
pub(crate) fn gelu_slope<R: Real>(x: R) -> R {
    let c = R::lit(INV_SQRT_2PI);
    let plain = x.norm_cdf() + x.gauss(0.5).amul(x * c);

    let h = distance(x, ROOT) - R::lit(ROOT_REST);
    let near = h * horner(h, &SERIES);

    let g = x.gauss(0.25); // φ = c·g², in two factors, so that x·φ does not underflow in φ
    let w = x.square().recip();
    let tail = g.amul(x) * (R::lit(1.0) - w * mills(w)) * c * g;

    let middle = (R::lit(NEAR * NEAR) - h.square()).pos(near, plain);
    (x - R::lit(TAIL)).pos(middle, tail)
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

/// |x|·Φ(−|x|)/φ(x) for |x| ≥ 12, from w = 1/x²: the tenth convergent of Laplace's continued
/// fraction of Mills' ratio (Abramowitz, Stegun, *Handbook of mathematical functions*, 26.2.14).
#[inline(always)]
fn mills<R: Real>(w: R) -> R {
    horner(w, &[1.0, 54.0, 938.0, 6090.0, 12645.0, 3840.0])
        / horner(w, &[1.0, 55.0, 990.0, 6930.0, 17325.0, 10395.0])
}
