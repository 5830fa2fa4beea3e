//! sin(ωx), x + sin²(ax)/a and e^(−x²): arguments in two words.

use chainrule_autograd::number::Real;

use super::tables::SIN_SQUARE_24;
use super::{Parts, Two, distance, magnitude, parts};

/// π/4
const QUARTER: Parts = [0.7853981852531433, -2.1855694143368964e-08, -8.575622497214414e-16];
/// 1/√2
const ROOT_HALF: Parts = [0.7071067690849304, 1.2101617485882343e-08, -3.8140337395481154e-16];
const ROOT_HALF1: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// k·x; nothing is lost where k = 1.
#[inline(always)]
fn multiple<R: Real>(x: R, k: f64) -> Two<R> {
    if k == 1.0 { Two::exact(x) } else { product(x, k) }
}

/// The same without the short cut: a loop in which a parameter chooses is no vector code.
#[inline(always)]
fn product<R: Real>(x: R, k: f64) -> Two<R> {
    Two::exact(x).times(Two::constant(parts(k)))
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

/// sin(kx + quarters·π/2)
#[inline(always)]
pub(crate) fn sine_of<R: Real>(x: R, k: f64, quarters: u32) -> R {
    if R::BITS == 0 {
        return sine(multiple(x, k), quarters);
    }
    x.alone(sine(product(x, k), quarters), |x| sine(multiple(x, k), quarters))
}

/// x + sin²(ax)/a
#[inline(always)]
pub(crate) fn snake<R: Real>(x: R, a: f64) -> R {
    match R::BITS {
        0 => general_snake(multiple(x, a), a),
        24 => x.alone(snake_24(x, a), |x| general_snake(multiple(x, a), a)),
        _ => x.alone(general_snake(product(x, a), a), |x| general_snake(multiple(x, a), a)),
    }
}

/// (u + sin² u)/a
#[inline(always)]
fn general_snake<R: Real>(u: Two<R>, a: f64) -> R {
    let s = sine(u, 0);
    (s.fma(s, u.hi) + u.rest()) / R::lit(a)
}

/// The same in f32. Sine and cosine of u + π/4 give sin² u = ½ − sin·cos, which the slope needs as well;
/// next to 0 it is a polynomial.
#[inline(always)]
fn snake_24<R: Real>(x: R, a: f64) -> R {
    let u = product(x, a);
    let (s, c) = shifted(u);
    let inverse = R::lit(1.0 / a);
    let square = u.hi * u.hi;
    let near = (square * square.polynomial(&SIN_SQUARE_24)).fma(inverse, x);
    let far = (-s * c).fma(inverse, R::lit(0.5 / a) + x);
    (R::lit(0.25) - square).pos(near, far)
}

/// Sine and cosine of u + π/4, which is carried in two words.
#[inline(always)]
fn shifted<R: Real>(u: Two<R>) -> (R, R) {
    let near = u.plus(Two::constant(QUARTER));
    (sine(near, 0), sine(near, 1))
}

/// 1 + sin 2ax
#[inline(always)]
pub(crate) fn snake_slope<R: Real>(x: R, a: f64) -> R {
    match R::BITS {
        0 => general_slope(multiple(x, a)),
        24 => x.alone(R::lit(2.0) * shifted(product(x, a)).0.square(), |x| {
            general_slope(multiple(x, a))
        }),
        _ => x.alone(general_slope(product(x, a)), |x| general_slope(multiple(x, a))),
    }
}

/// 1 + sin 2u = 2·sin²(u + π/4), which does not cancel; from |u| = 2²⁶ on, where the sum would take
/// three words, (sin u + cos u)².
#[inline(always)]
fn general_slope<R: Real>(u: Two<R>) -> R {
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
    if R::BITS == 0 {
        return general_nth(k, multiple(x, a), a);
    }
    x.alone(general_nth(k, product(x, a), a), |x| general_nth(k, multiple(x, a), a))
}

#[inline(always)]
fn general_nth<R: Real>(k: u32, u: Two<R>, a: f64) -> R {
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
