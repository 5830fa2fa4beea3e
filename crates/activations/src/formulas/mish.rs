//! x·tanh(softplus x), all from one exponential of −|x|: tanh(ln(1 + e)) = e(2 + e)/(2 + e(2 + e)),
//! on the right with q = 1/e.

use chainrule_autograd::number::Real;

use super::logistic::{Decay, FAR, UNLIFT, lifted};
use super::tables::MISH_NEAR_24;
use super::{Parts, Two, distance, held, horner};

/// The root of the slope, −1.192431214515495212137588…
const ROOT: Parts = [-1.1924312114715576, -3.0439375464652585e-09, -4.8484829848031044e-17];
const ROOT1: f64 = -1.192431214515495212137588;
/// e to that power.
const E_ROOT: f64 = 0.3034825352815289288214367;
/// The roots of the second derivative, −2.25637639636… and 1.49057117949…, each with e^(−|r|).
const LEFT: Parts = [-2.2563765048980713, 1.0853727872017771e-07, -5.511209586002551e-16];
const LEFT1: f64 = -2.256376396360793120005749;
const E_LEFT: f64 = 0.1047292954665143659328421;
const RIGHT: Parts = [1.490571141242981, 3.82424474310028e-08, 7.126036715834263e-17];
const RIGHT1: f64 = 1.490571179485428459294419;
const E_RIGHT: f64 = 0.2252439640584837558574671;

/// x·tanh(ln(1 + eˣ))
#[inline(always)]
pub(crate) fn mish<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        // On either side x·P/(P + 1 or 2·e²), by one division.
        let near = held(x, FAR);
        let ((lifted, e), two) = (lifted(Two::exact(near)), R::lit(2.0));
        let left = e.fma(two + e, two);
        let right = (two * e).fma(R::lit(1.0) + e, R::lit(1.0));
        let over = x.pos(x * (two * e + R::lit(1.0)), near * lifted * R::lit(UNLIFT) * (two + e));
        return over / x.pos(right, left);
    }
    let decay = Decay::of(Two::exact(x));
    let (one, two, e) = (R::lit(1.0), R::lit(2.0), decay.value());
    let right = x * (one + two * e) / (one + two * e * (one + e));
    x.pos(right, decay.times(x) * (two + e) / (two + e * (two + e)))
}

/// e·ω/δ² with ω = 4(x+1) + (4x+6)e + 4e² + e³, δ = 2 + 2e + e². On the left ω from its root; on the
/// right both divided by powers of e.
#[inline(always)]
pub(crate) fn mish_slope<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        return mish_slope_24(held(x, FAR));
    }
    let decay = Decay::of(Two::exact(x));
    let (one, two, e) = (R::lit(1.0), R::lit(2.0), decay.value());

    let (h, e_r) = (distance(x, ROOT), E_ROOT);
    let m = h.exp_m1(); // eˣ = e_r·(1 + m)
    let of_m = [
        e_r * (4.0 * ROOT1 + 6.0) + 8.0 * e_r * e_r + 3.0 * e_r * e_r * e_r,
        4.0 * e_r * e_r + 3.0 * e_r * e_r * e_r,
        e_r * e_r * e_r,
    ];
    let omega = h * (R::lit(4.0) + R::lit(4.0 * e_r) * (one + m)) + m * horner(m, &of_m);
    let delta = two + e * (two + e);
    let left = decay.times(omega) / (delta * delta);

    let delta = one + two * e * (one + e);
    let omega = horner(e, &[1.0, 4.0, 6.0, 4.0]) + R::lit(4.0) * e * e.amul(x) * (one + e);
    x.pos(omega / (delta * delta), left)
}

/// The same in f32. Only next to the root does ω cancel; there it is a polynomial.
#[inline(always)]
fn mish_slope_24<R: Real>(x: R) -> R {
    let (lifted, e) = lifted(Two::exact(x));
    let (one, two, four) = (R::lit(1.0), R::lit(2.0), R::lit(4.0));
    let h = distance(x, ROOT);
    let near = h * h.polynomial(&MISH_NEAR_24);
    let far = e.fma(e.fma(four + e, x.fma(four, R::lit(6.0))), x.fma(four, four));
    let left = (h.square() - R::lit(0.25)).pos(far, near) * lifted * R::lit(UNLIFT);
    let right = horner(e, &[1.0, 4.0, 6.0, 4.0]) + four * e * (e * x) * (one + e);
    let delta = x.pos((two * e).fma(one + e, one), e.fma(two + e, two));
    x.pos(right, left) / (delta * delta)
}

/// 4e·γ/δ³ with γ = (2x+4) + (2x+8)e + (6−3x)e² + (2−2x)e³, from the root of γ on either side.
#[inline(always)]
pub(crate) fn mish_second<R: Real>(x: R) -> R {
    let decay = Decay::of(Two::exact(x));
    let (one, two, e) = (R::lit(1.0), R::lit(2.0), decay.value());

    let delta = two + e * (two + e);
    let gamma = from_root(distance(x, LEFT), LEFT1, E_LEFT, 1.0, GAMMA);
    let left = decay.times(gamma) / (delta * delta * delta);

    let delta = one + two * e * (one + e);
    let [a, b, c, d] = GAMMA;
    let gamma = from_root(distance(x, RIGHT), RIGHT1, E_RIGHT, -1.0, [d, c, b, a]);
    let right = e.amul(gamma) * e / (delta * delta * delta);
    R::lit(4.0) * x.pos(right, left)
}

/// The terms (a + b·x)·eᵏ of γ, k = 0 to 3, as (a, b).
const GAMMA: [(f64, f64); 4] = [(4.0, 2.0), (8.0, 2.0), (6.0, -3.0), (2.0, -2.0)];

/// Σ (aₖ + bₖ·x)·wᵏ with w = e^(sign·x), less the same at its root r: with w = w_r·(1 + m) each term
/// is w_rᵏ·((aₖ + bₖ·r)·((1+m)ᵏ − 1) + bₖ·h·(1+m)ᵏ).
#[inline(always)]
fn from_root<R: Real>(h: R, r: f64, w_r: f64, sign: f64, terms: [(f64, f64); 4]) -> R {
    let m = (h * R::lit(sign)).exp_m1();
    let at = |k: usize, w: f64| w * (terms[k].0 + terms[k].1 * r);
    let (w1, w2, w3) = (w_r, w_r * w_r, w_r * w_r * w_r);
    let of_m =
        [at(1, w1) + 2.0 * at(2, w2) + 3.0 * at(3, w3), at(2, w2) + 3.0 * at(3, w3), at(3, w3)];
    let of_h = [terms[0].1, w1 * terms[1].1, w2 * terms[2].1, w3 * terms[3].1];
    h * horner(R::lit(1.0) + m, &of_h) + m * horner(m, &of_m)
}
