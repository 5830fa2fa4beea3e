//! x·tanh(softplus x), all from one exponential of −|x|: tanh(ln(1 + e)) = e(2 + e)/(2 + e(2 + e)),
//! on the right with q = 1/e.

use chainrule_autograd::number::Real;

use super::logistic::{FAR, UNLIFT};
use super::tables::MISH_NEAR_24;
use super::{Parts, choose, distance, horner, times_decay};

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
        let (held, one) = (x.within(-FAR, MOST), R::lit(1.0));
        let Powers { lifted, e, r, v } = Powers::of(held);
        let left = (-v).fma(one + e, one) * (held * lifted) * R::lit(UNLIFT);
        return x.pos(x * r.fma(R::lit(-2.0), one), left);
    }
    let (one, two, e) = (R::lit(1.0), R::lit(2.0), x.decay());
    let right = x * (one + two * e) / (one + two * e * (one + e));
    x.pos(right, times_decay(x, x) * (two + e) / (two + e * (two + e)))
}

/// e·ω/δ² with ω = 4(x+1) + (4x+6)e + 4e² + e³, δ = 2 + 2e + e²; on the right both divided by powers
/// of e.
#[inline(always)]
pub(crate) fn mish_slope<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        return mish_slope_24(x.within(-FAR, MOST));
    }
    let (one, e) = (R::lit(1.0), x.decay());
    let omega = horner(e, &RIGHT_OMEGA) + R::lit(4.0) * e * e.amul(x) * (one + e);
    x.pos(omega / horner(e, &RIGHT_SQUARE), left_slope(x, e))
}

/// The slope for x < 0, e = eˣ: ω from its root r = x − h, where it would cancel; as it stands left of
/// that; and on the right of it [less an eighth](LESS).
#[inline(always)]
fn left_slope<R: Real>(x: R, e: R) -> R {
    let h = distance(x, ROOT);
    let square = horner(e, &LEFT_SQUARE);
    if R::BITS == 0 {
        return times_decay(omega(h), x) / square;
    }
    let product = choose(h, omega(h), far_omega(x, e)).times_decay(x);
    let right = h - R::lit(LESS_FROM);
    right.pos(less_an_eighth(x, e), product) / square + right.pos(R::lit(LESS), R::lit(0.0))
}

/// Beyond, mish is x and its slope 1 in f32.
const MOST: f64 = 20.0;

/// What value and slope are made of in f32, −131 ≤ x ≤ 20, by one division.
#[derive(Clone, Copy)]
struct Powers<R> {
    /// e·2⁶⁴
    lifted: R,
    /// eˣ
    e: R,
    /// 1/δ
    r: R,
    /// e/δ
    v: R,
}

impl<R: Real> Powers<R> {
    #[inline(always)]
    fn of(x: R) -> Self {
        let (lifted, two) = (x.exp_lifted(None), R::lit(2.0));
        let e = lifted * R::lit(UNLIFT);
        let r = e.fma(two + e, two).recip();
        Powers { lifted, e, r, v: e * r }
    }
}

/// The slope in f32, e/δ·(2(1 + x) + e·(1 − 2x·e/δ)); from ½ left of its root up to 0.3 a polynomial.
#[inline(always)]
fn mish_slope_24<R: Real>(x: R) -> R {
    let Powers { lifted, e, r, v } = Powers::of(x);
    let (one, two_x) = (R::lit(1.0), x + x);
    let factor = e.fma((-two_x).fma(v, one), two_x + R::lit(2.0));
    let y = factor * lifted * R::lit(UNLIFT) * r;
    let h = distance(x, ROOT);
    let is_near = R::lit(1.0) - (h - R::lit(0.5)).square();
    is_near.pos(h * h.polynomial(&MISH_NEAR_24), y)
}

/// δ² = (2 + 2e + e²)² in e, and on the right (1 + 2e + 2e²)²; and ω there, but for the terms with x.
const LEFT_SQUARE: [f64; 5] = [4.0, 8.0, 8.0, 4.0, 1.0];
const RIGHT_SQUARE: [f64; 5] = [1.0, 4.0, 8.0, 8.0, 4.0];
const RIGHT_OMEGA: [f64; 4] = [1.0, 4.0, 6.0, 4.0];

/// Between the root and 0 the slope is ⅛ + (e·ω − δ²/8)/δ²: of what is small, rounding errors count
/// less.
const LESS: f64 = 0.125;
/// How far right of the root.
const LESS_FROM: f64 = 0.3125;

/// e·ω − δ²/8
#[inline(always)]
fn less_an_eighth<R: Real>(x: R, e: R) -> R {
    let first = x.fma(R::lit(4.0), R::lit(3.0));
    let inner = x.fma(R::lit(4.0), R::lit(5.0)) + e * e.fma(R::lit(0.875), R::lit(3.5));
    e * inner.fma(e, first) - R::lit(0.5)
}

/// ω as it stands.
#[inline(always)]
fn far_omega<R: Real>(x: R, e: R) -> R {
    let four = R::lit(4.0);
    let inner = (four + e).fma(e, x.fma(four, R::lit(6.0)));
    inner.fma(e, x.fma(four, four))
}

/// ω at r + h, in differences from its root: with eˣ = e_r·(1 + m).
#[inline(always)]
fn omega<R: Real>(h: R) -> R {
    const OF_M: [f64; 3] = {
        let e = E_ROOT;
        [
            e * (4.0 * ROOT1 + 6.0) + 8.0 * e * e + 3.0 * e * e * e,
            4.0 * e * e + 3.0 * e * e * e,
            e * e * e,
        ]
    };
    let m = h.exp_m1();
    let sum = m.fma(R::lit(OF_M[2]), R::lit(OF_M[1]));
    let sum = m.fma(sum, h.fma(R::lit(4.0 * E_ROOT), R::lit(OF_M[0])));
    h.fma(R::lit(4.0 + 4.0 * E_ROOT), m * sum)
}

/// 4e·γ/δ³ with γ = (2x+4) + (2x+8)e + (6−3x)e² + (2−2x)e³, which has a root on either side; next to
/// it, from there.
#[inline(always)]
pub(crate) fn mish_second<R: Real>(x: R) -> R {
    let (one, two, e) = (R::lit(1.0), R::lit(2.0), x.decay());

    let delta = two + e * (two + e);
    let h = distance(x, LEFT);
    let gamma = choose(-h, from_root(h, LEFT1, E_LEFT, 1.0, GAMMA), as_it_stands(x, e, GAMMA));
    let left = times_decay(gamma, x) / (delta * delta * delta);

    let delta = one + two * e * (one + e);
    let [a, b, c, d] = GAMMA;
    let (h, terms) = (distance(x, RIGHT), [d, c, b, a]);
    let near = from_root(h, RIGHT1, E_RIGHT, -1.0, terms);
    let gamma = choose(h, near, as_it_stands(x, e, terms));
    let right = times_decay(gamma, x) * e / (delta * delta * delta);
    R::lit(4.0) * x.pos(right, left)
}

/// The terms (a + b·x)·eᵏ of γ, k = 0 to 3, as (a, b).
const GAMMA: [(f64, f64); 4] = [(4.0, 2.0), (8.0, 2.0), (6.0, -3.0), (2.0, -2.0)];

/// Σ (aₖ + bₖ·x)·wᵏ
#[inline(always)]
fn as_it_stands<R: Real>(x: R, w: R, [a, b, c, d]: [(f64, f64); 4]) -> R {
    let sum = term(x, c) + w * term(x, d);
    term(x, a) + w * (term(x, b) + w * sum)
}

/// a + b·x
#[inline(always)]
fn term<R: Real>(x: R, (a, b): (f64, f64)) -> R {
    x.fma(R::lit(b), R::lit(a))
}

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
