//! sin(ωx), x + sin²(ax)/a and e^(−x²): arguments in two words.

use chainrule_autograd::kernel::Precision;
use chainrule_autograd::number::Real;

use super::tables::{SIN_SQUARE_24, SIN_TWICE_24};
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
    let y = x.alone(sine(product(x, k), quarters), |x| sine(multiple(x, k), quarters));
    if quarters == 0 { keeping_zero(x, R::lit(k) * x, y) } else { y }
}

/// x + sin²(ax)/a
#[inline(always)]
pub(crate) fn snake<R: Real>(x: R, a: f64) -> R {
    match R::BITS {
        0 => general_snake(multiple(x, a), a),
        24 => x.alone(snake_24(x, a), |x| keeping_zero(x, x, general_snake(multiple(x, a), a))),
        _ => {
            let y = general_snake(product(x, a), a);
            let y = x.alone(y, |x| general_snake(multiple(x, a), a));
            // Farther out a wave is less than half a unit of x, and ax may overflow. NaN at ±∞.
            let near = R::lit((1u64 << 55) as f64) - magnitude(R::lit(a) * x);
            keeping_zero(x, x, near.pos(y, x + R::lit(0.0) * x))
        }
    }
}

/// y, or `zero` where x is ±0: −0 of a float. What has a slope as well keeps the formula's.
#[inline(always)]
fn keeping_zero<R: Real>(x: R, zero: R, y: R) -> R {
    x.split(y, zero, y)
}

/// (u + sin² u)/a
#[inline(always)]
fn general_snake<R: Real>(u: Two<R>, a: f64) -> R {
    let s = sine(u, 0);
    (s.fma(s, u.hi) + u.rest()) / R::lit(a)
}

/// The same in f32; next to 0 as x·(1 + u·(sin u/u)²).
#[inline(always)]
fn snake_24<R: Real>(x: R, a: f64) -> R {
    let u = product(x, a);
    let square = u.hi * u.hi;
    let near = x * u.hi.fma(square.polynomial(&SIN_SQUARE_24), R::lit(1.0));
    let Eighth { r, flip, .. } = Eighth::of(u);
    // sin² u = ½ ∓ ½·sin 2r
    let half = flip * r * (r * r).polynomial(&SIN_TWICE_24);
    let far = half.fma(R::lit(-1.0 / a), R::lit(0.5 / a) + x);
    unless_far(u, (R::lit(0.25) - square).pos(near, far))
}

/// 1 + sin 2u = 2·sin²(u + π/4) in f32: 2·sin² r or 2 − 2·sin² r.
#[inline(always)]
fn snake_slope_24<R: Real>(x: R, a: f64) -> R {
    let u = product(x, a);
    let Eighth { r, low, flip } = Eighth::of(u);
    let square = r * r;
    let s = r + (r * square).fma(square.polynomial(f32::SIN), low);
    let twice = (s + s) * s;
    unless_far(u, flip.pos(twice, R::lit(2.0) - twice))
}

/// u = n·π/2 − π/4 + r + low with |r| ≤ π/4, in f32.
#[derive(Clone, Copy)]
struct Eighth<R> {
    r: R,
    low: R,
    /// 1 where n is even, else −1.
    flip: R,
}

/// y, or NaN from where on products with parts of π/4 are not exact.
#[inline(always)]
fn unless_far<R: Real>(u: Two<R>, y: R) -> R {
    (R::lit(3000.0) - magnitude(u.hi)).pos(y, R::lit(f64::NAN))
}

/// π/4 in parts of 12 bits and the rest.
const QUARTER_PARTS: [f64; 4] = {
    let p = f32::HALF_PI;
    [0.5 * p[0], 0.5 * p[1], 0.5 * p[2], 0.5 * (p[3] + p[4] + p[5])]
};
/// What is added and subtracted to round to a whole number.
const WHOLE: f64 = 12_582_912.0; // 1.5·2²³

impl<R: Real> Eighth<R> {
    #[inline(always)]
    fn of(u: Two<R>) -> Self {
        let (whole, half, two) = (R::lit(WHOLE), R::lit(0.5), R::lit(2.0));
        let n = (u.hi.fma(R::lit(std::f64::consts::FRAC_2_PI), half) + whole) - whole;
        let odd = n.fma(R::lit(-2.0), R::lit(1.0)); // −(2n − 1)
        let [first, second, third, rest] = QUARTER_PARTS;
        let (a, b, c) = (odd * R::lit(first), odd * R::lit(second), odd * R::lit(third)); // exact
        let d = u.hi + a; // exact but for |u| < π/4
        let lost = u.hi - (d - a);
        let d = d + b;
        let r = d + c;
        let lost = ((d - r) + c) + lost;
        let rest = odd.fma(R::lit(rest), lost);
        let sum = Two::exact(r).plus(Two::exact(rest + u.rest()));
        let is_odd = n - two * ((n.fma(half, whole)) - whole); // or −1
        let flip = (is_odd * is_odd).fma(R::lit(-2.0), R::lit(1.0));
        Eighth { r: sum.hi, low: sum.rest(), flip }
    }
}

/// 1 + sin 2ax
#[inline(always)]
pub(crate) fn snake_slope<R: Real>(x: R, a: f64) -> R {
    match R::BITS {
        0 => general_slope(multiple(x, a)),
        24 => x.alone(snake_slope_24(x, a), |x| general_slope(multiple(x, a))),
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

/// e^(−x²); in f32 from the factors that the slope needs.
#[inline(always)]
pub(crate) fn gaussian<R: Real>(x: R) -> R {
    if R::BITS == 24 { x.gauss(0.5).square() } else { x.gauss(1.0) }
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
