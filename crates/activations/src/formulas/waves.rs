//! sin(ωx), x + sin²(ax)/a and e^(−x²): arguments in two words.

use chainrule_autograd::number::Real;

use super::{Parts, Two, distance, held, magnitude, parts};

/// π/4
const QUARTER: Parts = [0.7853981852531433, -2.1855694143368964e-08, -8.575622497214414e-16];
/// 1/√2
const ROOT_HALF: Parts = [0.7071067690849304, 1.2101617485882343e-08, -3.8140337395481154e-16];
const ROOT_HALF1: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// k·x for an exponential: beyond ±10⁴ held there.
#[inline(always)]
pub(crate) fn exponent<R: Real>(x: R, k: f64) -> Two<R> {
    if k == 1.0 { Two::exact(x) } else { scaled(x, k) }
}

/// The same for longer formulas: floats have no short cut for k = 1, for a long loop in which a
/// parameter chooses is no vector code.
#[inline(always)]
pub(crate) fn long_exponent<R: Real>(x: R, k: f64) -> Two<R> {
    if R::BITS == 0 { exponent(x, k) } else { scaled(x, k) }
}

#[inline(always)]
fn scaled<R: Real>(x: R, k: f64) -> Two<R> {
    Two::exact(held(x, 1e4 / k)).times(Two::constant(parts(k)))
}

/// k·x; nothing is lost where k = 1.
#[inline(always)]
pub(crate) fn multiple<R: Real>(x: R, k: f64) -> Two<R> {
    if k == 1.0 { Two::exact(x) } else { Two::exact(x).times(Two::constant(parts(k))) }
}

/// sin(u + quarters·π/2). The low word may be large where the high one is huge.
#[inline(always)]
pub(crate) fn sine<R: Real>(u: Two<R>, quarters: u32) -> R {
    let y = match (quarters % 2, u.lo) {
        (0, None) => u.hi.sin(),
        (_, None) => u.hi.cos(),
        (0, Some(lo)) => u.hi.sin_sum(lo),
        (_, Some(lo)) => u.hi.cos_sum(lo),
    };
    if quarters % 4 < 2 { y } else { -y }
}

/// x + sin²(ax)/a = (u + sin² u)/a
#[inline(always)]
pub(crate) fn snake<R: Real>(x: R, a: f64) -> R {
    let u = multiple(x, a);
    let s = sine(u, 0);
    (s.fma(s, u.hi) + u.rest()) / R::lit(a)
}

/// 1 + sin 2u = 2·sin²(u + π/4), which does not cancel; from |u| = 2²⁶ on, where the sum would take
/// three words, (sin u + cos u)².
#[inline(always)]
pub(crate) fn snake_slope<R: Real>(x: R, a: f64) -> R {
    let u = multiple(x, a);
    let near = u.plus(Two::constant(QUARTER));
    let is_near = R::lit((1u64 << 26) as f64) - magnitude(u.hi);
    // One angle: both its sine and its cosine cost little more than either.
    let hi = is_near.pos(near.hi, u.hi);
    let lo = is_near.pos(near.rest(), u.rest());
    let (s, c) = (hi.sin_sum(lo), hi.cos_sum(lo));
    is_near.pos(R::lit(2.0) * s.square(), (s + c).square())
}

/// dᵏ/dxᵏ for k ≥ 2: (2a)ᵏ⁻¹·cos(2ax + (k−2)·π/2); where 2ax overflows, by the double angle.
#[inline(always)]
pub(crate) fn snake_nth<R: Real>(k: u32, x: R, a: f64) -> R {
    let u = multiple(x, a);
    let (s, c) = (sine(u, 0), sine(u, 1));
    let far = if k.is_multiple_of(2) { (c - s) * (c + s) } else { R::lit(-2.0) * s * c };
    let far = if k % 4 < 2 { -far } else { far };
    let near = sine(u.scaled(2.0), k - 1);
    let factor = R::lit((2.0 * a).powi(k as i32 - 1));
    factor * (R::lit(1e30) - magnitude(u.hi)).pos(near, far)
}

/// −2x·e^(−x²), in factors that do not underflow before the product does.
#[inline(always)]
pub(crate) fn gaussian_slope<R: Real>(x: R) -> R {
    let g = x.gauss(0.5);
    x.amul(g * R::lit(-2.0)) * g
}

/// dᵏ/dxᵏ e^(−x²) = (−1)ᵏ·Hₖ·e^(−x²) with Hermite's polynomials Hₖ₊₁ = 2x·Hₖ − 2k·Hₖ₋₁; H₂ by its roots.
#[inline(always)]
pub(crate) fn gaussian_nth<R: Real>(k: u32, x: R) -> R {
    let g = x.gauss(0.5);
    if k == 2 {
        let a = magnitude(x);
        let factors = R::lit(4.0) * distance(a, ROOT_HALF) * (a + R::lit(ROOT_HALF1));
        return g.amul(factors) * g;
    }
    let two_x = x + x;
    let (mut below, mut h) = (R::lit(1.0), two_x);
    for n in 1..k {
        (below, h) = (h, two_x * h - R::lit(2.0 * f64::from(n)) * below);
    }
    let sign = if k.is_multiple_of(2) { 1.0 } else { -1.0 };
    g.amul(h) * R::lit(sign) * g
}
