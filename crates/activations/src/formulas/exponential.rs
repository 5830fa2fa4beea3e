//! Values next to −1 of exponentials that slopes need as well, and multiples before an exponential.

use chainrule_autograd::number::Real;

use super::tables::EXP_M1_24;
use super::{Two, held, magnitude, parts};

const LN_2: f64 = std::f64::consts::LN_2;

/// (eˣ − 1)·c for x ≤ 0, where e is eˣ and cx is c·x: up to −ln 2 as it stands, above by a polynomial.
#[inline(always)]
pub(crate) fn less_one<R: Real>(x: R, e: R, c: R, cx: R) -> R {
    let far = c * (e - R::lit(1.0));
    (x + R::lit(LN_2)).pos(cx * x.polynomial(&EXP_M1_24), far)
}

/// α·(eˣ − 1) for x ≤ 0
#[inline(always)]
pub(crate) fn scaled_exp_m1<R: Real>(x: R, alpha: f64) -> R {
    let c = R::lit(alpha);
    if R::BITS == 24 { less_one(x, x.decay(), c, c * x) } else { c * x.exp_m1() }
}

/// eˣ for x ≤ 0
#[inline(always)]
pub(crate) fn exp_left<R: Real>(x: R) -> R {
    if R::BITS == 24 { x.decay() } else { x.exp() }
}

/// α·(e^(x/α) − 1) for x ≤ 0
#[inline(always)]
pub(crate) fn celu_left<R: Real>(x: R, alpha: f64) -> R {
    let q = quotient(x, alpha);
    let c = R::lit(alpha);
    if R::BITS == 24 { less_one(q.hi, q.decay(), c, x) } else { c * q.hi.exp_m1() }
}

/// e^(x/α) for x ≤ 0
#[inline(always)]
pub(crate) fn celu_left_slope<R: Real>(x: R, alpha: f64) -> R {
    let q = quotient(x, alpha);
    if R::BITS == 24 { q.decay() } else { q.exp() }
}

/// x/α in two words, for e^(x/α), which is 0 below −10⁴·α. Floats have no short cut for α = 1: a loop
/// in which a parameter chooses is no vector code.
#[inline(always)]
fn quotient<R: Real>(x: R, alpha: f64) -> Two<R> {
    if R::EXACT || R::BITS == 0 && alpha == 1.0 {
        return Two::exact(x / R::lit(alpha));
    }
    let x = held(x, 1e4 * alpha);
    if R::BITS == 24 {
        return Two::exact(x).times(Two::constant(parts(1.0 / alpha)));
    }
    let q = x / R::lit(alpha);
    let back = Two::exact(q).times(Two::constant(parts(alpha)));
    Two { hi: q, lo: Some(((x - back.hi) - back.rest()) / R::lit(alpha)) }
}

/// k·x for an exponential: beyond ±10⁴ held there. Floats have no short cut for k = 1, as above.
#[inline(always)]
pub(crate) fn multiple<R: Real>(x: R, k: f64) -> Two<R> {
    if R::BITS == 0 && k == 1.0 {
        return Two::exact(x);
    }
    Two::exact(held(x, 1e4 / k)).times(Two::constant(parts(k)))
}

/// ln(1 − e⁻ˣ) for x > 0. In f32 by one logarithm: of 1 − e⁻ˣ, and what that loses by rounding comes back.
#[inline(always)]
pub(crate) fn log1mexp<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        let (y, complement) = complement(x);
        let rounded = R::lit(1.0) - complement;
        let lost = (x - R::lit(LN_2)).pos(y - rounded, R::lit(0.0));
        return x.pos(-(lost.fma(y, lost) - complement.ln()), R::lit(f64::NAN));
    }
    let whole = -((-x).exp_m1());
    // x itself where exp_m1 may lose a subnormal number.
    let complement = if R::EXACT { whole } else { (x - R::lit(1e-20)).pos(whole, x) };
    let near = complement.ln();
    (x - R::lit(LN_2)).pos((-((-x).exp())).ln_1p(), near)
}

/// 1/(eˣ − 1) for x > 0
#[inline(always)]
pub(crate) fn log1mexp_slope<R: Real>(x: R) -> R {
    let nan = R::lit(f64::NAN);
    if R::BITS == 24 {
        let (y, complement) = complement(x);
        return x.pos(y / complement, nan);
    }
    let y = (-x).exp() / -((-x).exp_m1());
    x.split(nan, R::lit(f64::INFINITY), y)
}

/// e⁻ˣ and 1 − e⁻ˣ for x ≥ 0, in f32.
#[inline(always)]
fn complement<R: Real>(x: R) -> (R, R) {
    let (a, y) = (magnitude(x), x.decay());
    let near = a * (-a).polynomial(&EXP_M1_24);
    (y, (a - R::lit(LN_2)).pos(R::lit(1.0) - y, near))
}
