//! x·s(v) with v = 2·√(2/π)·(x + 0.044715·x³): GELU's tanh form, x/2·(1 + tanh(v/2)), without the
//! cancellation of 1 + tanh. The decimal 0.044715 is exact.

use std::f64::consts::LOG2_E;

use chainrule_autograd::number::Real;

use super::logistic::{Decay, UNLIFT, gated, lifted, ratio_24};
use super::tables::GELU_TANH_NEAR_24;
use super::{Parts, Two, choose, distance, held, magnitude, squared_sum};

/// 2·√(2/π)
const K: Parts = [1.5957691669464111, -4.534068054340423e-08, 1.223515168339221e-16];
const K1: f64 = 1.595769121605730711759784;
/// The same times 0.044715: v = K·x + L·x³.
const L: Parts = [0.07135481387376785, 2.3988324659995897e-09, -7.000645403088782e-17];
const L1: f64 = 0.07135481627260024877633875;
/// Beyond, e^(−|v|) is 0.
const FAR: f64 = 64.0;

/// The root of the slope, −0.752461422071016258487954…
const ROOT: Parts = [-0.7524614334106445, 1.1339627903339533e-08, 3.694225124796238e-16];
const ROOT1: f64 = -0.7524614220710162584879544;
/// e^v there.
const E_ROOT: f64 = 0.2919552119147671345949768;
/// The positive root of the second derivative, 1.418504008790828355548034…
const BEND: Parts = [1.418503999710083, 9.080745044798277e-09, 3.0293725616891437e-16];
const BEND1: f64 = 1.418504008790828355548034;
/// e^(−v) there.
const E_BEND: f64 = 0.08481615592518030038683406;
/// P₁ + P₂ there, see [`gelu_tanh_second`].
const SUM_BEND: f64 = 10.73983222052738644841462;

/// v in two words: rounded before the exponential it would cost hundreds of ULP far left.
#[inline(always)]
fn exponent<R: Real>(x: R) -> Two<R> {
    let (x, square) = (Two::exact(x), x.two_product(x));
    let square = Two { hi: square.0, lo: Some(square.1) };
    let cubic = Two::constant(L).times(square);
    x.times(Two::constant(K).plus(cubic))
}

/// (v(x) − v(r))/h, and the same of x·v′(x), for h = x − r.
#[inline(always)]
fn chords<R: Real>(x: R, root: f64) -> (R, R) {
    let r = R::lit(root);
    let g = (x + r).fma(x, R::lit(root * root)); // (x³ − r³)/h
    (g.fma(R::lit(L1), R::lit(K1)), g.fma(R::lit(3.0 * L1), R::lit(K1)))
}

/// Beyond, e^(−|v|) is 0 in f32 as well.
const NEAR_FAR: f64 = 11.5;
/// K in two parts for f32.
const K_HIGH: f64 = 1.595703125;
const K_LOW: f64 = K1 - K_HIGH;
/// K/ln 2 in two parts of which the first has so few bits that it can be taken from K + L·x², over
/// ln 2 as well, at no loss; and L/ln 2 in two parts for f32.
const K2_HIGH: f64 = 2.30078125;
const K2_LOW: f64 = K1 * LOG2_E - K2_HIGH;
const L2_HIGH: f64 = (L1 * LOG2_E) as f32 as f64;
const L2_LOW: f64 = L1 * LOG2_E - L2_HIGH;

/// −|x| in f32, as far as it matters.
#[inline(always)]
fn lower<R: Real>(x: R) -> R {
    x.neg_abs().within(-NEAR_FAR, f64::INFINITY)
}

/// e^v·2⁶⁴ and e^v in f32, for a from [`lower`]. With fused multiply-adds v/ln 2 is a product of a, which
/// is exact, and K + L·a² (over ln 2) with what that loses.
#[inline(always)]
fn lifted_24<R: Real>(a: R) -> (R, R) {
    if !R::FUSED {
        return lifted(exponent(a));
    }
    let (square, high, l) = (a * a, R::lit(K2_HIGH), R::lit(L2_HIGH));
    let w = l.fma(square, high);
    let lost = l.fma(square, high - w);
    let square_low = a.fma(a, -square);
    let rest = l.fma(square_low, R::lit(L2_LOW).fma(square, R::lit(K2_LOW)));
    let e = a.exp2_lifted(w, lost + rest);
    (e, e * R::lit(UNLIFT))
}

/// x·s(v)
#[inline(always)]
pub(crate) fn gelu_tanh<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        let a = lower(x);
        let (lifted, e) = lifted_24(a);
        return ratio_24(x, a * lifted, lifted, e);
    }
    gated(x, exponent(held(x, FAR)))
}

/// s(v)·(1 + x·v′·s(−v)). On the left 1 + eᵛ + x·v′, up to ½ right of its root from there.
#[inline(always)]
pub(crate) fn gelu_tanh_slope<R: Real>(x: R) -> R {
    if R::BITS == 24 {
        return gelu_tanh_slope_24(x);
    }
    let x = held(x, FAR);
    let decay = Decay::of(exponent(x));
    let (one, e) = (R::lit(1.0), decay.value());
    let h = distance(x, ROOT);
    let (dv, dp) = chords(x, ROOT1);
    let near = (h * dv).exp_m1().fma(R::lit(E_ROOT), h * dp);
    let p = x.square().fma(R::lit(3.0 * L1), R::lit(K1)).fma(x, one);
    let left = choose(-h, near, p + e);
    x.pos(e.fma(p, one), decay.times(left)) / squared_sum(e)
}

/// The same in f32, from the left: the slope at x is 1 less that at −x. Only next to the root does
/// 1 + eᵛ + x·v′ cancel; there it is a polynomial. Of all 2³² numbers 13 are 5 ULP off, fused 3, the others at
/// most 4 (`accuracy --all`).
#[inline(always)]
fn gelu_tanh_slope_24<R: Real>(x: R) -> R {
    let a = lower(x);
    let (lifted, e) = lifted_24(a);
    let one = R::lit(1.0);
    // All times 2⁻⁶⁴, as the decay is 2⁶⁴ times too large.
    let unlifted = |c: f64| R::lit(c * UNLIFT);
    let far = if R::FUSED {
        let rest = (a * a).fma(unlifted(3.0 * L1), unlifted(K_LOW));
        let far = rest.fma(a, a.fma(unlifted(K_HIGH), unlifted(1.0)));
        lifted.fma(unlifted(UNLIFT), far)
    } else {
        let (v, linear) = (exponent(a), Two::exact(a).times(Two::constant(K)));
        let sum = Two::exact(one).plus(linear.scaled(-2.0)).plus(v.plus(v.scaled(2.0))); // x·v′ = 3v − 2K·x
        (sum.hi + e + sum.rest()) * unlifted(1.0)
    };
    // h is exact but for the second part of the root, which the first term makes good.
    let [first, c1, c2, c3, c4] = GELU_TANH_NEAR_24;
    let h = a - R::lit(ROOT[0]);
    let square = h.square();
    let terms = [c1 * UNLIFT, c2 * UNLIFT, c3 * UNLIFT, c4 * UNLIFT];
    let near = square.fma(h.polynomial(&terms), unlifted(-first * ROOT[1]));
    let near = if R::FUSED {
        h.fma(unlifted(first), near)
    } else {
        let (product, lost) = h.two_product(R::lit(first));
        product * unlifted(1.0) + (near + lost * unlifted(1.0))
    };
    let numerator = (square - R::lit(1.0 / 64.0)).pos(far, near) * lifted;
    let left = numerator / squared_sum(e);
    x.pos(one - left, left)
}

/// s′(v)·(P₁ − P₂·tanh(v/2)) with P₁ = 2v′ + x·v″ = 2K + 12L·x² and P₂ = x·v′². With q = e^(−v) the
/// second factor times 1 + q is P₁·(1 + q) − P₂·(1 − q), from its root r
/// ΔP₁·(1 + q) − ΔP₂·(1 − q) + (q − q(r))·(P₁ + P₂)(r), or as it stands up to r − ½. Even in x.
#[inline(always)]
pub(crate) fn gelu_tanh_second<R: Real>(x: R) -> R {
    let x = magnitude(held(x, FAR));
    let decay = Decay::of(exponent(x));
    let (one, q) = (R::lit(1.0), decay.value());
    let one_q = one + q;
    let (h, r) = (distance(x, BEND), R::lit(BEND1));
    let (dv, _) = chords(x, BEND1);
    let change = R::lit(E_BEND * SUM_BEND) * (-(h * dv)).exp_m1();

    let (x2, xr, r2) = (x.square(), x * r, R::lit(BEND1 * BEND1));
    let cubes = x2 + xr + r2;
    let fifths = x2.square() + xr * cubes + r2 * r2; // x⁴ + x³r + x²r² + xr³ + r⁴
    let d1 = R::lit(12.0 * L1) * (x + r);
    let d2 = R::lit(K1 * K1) + R::lit(6.0 * K1 * L1) * cubes + R::lit(9.0 * L1 * L1) * fifths;
    let near = h * (d1 * one_q - d2 * (one - q)) + change;

    let slope = x2.fma(R::lit(3.0 * L1), R::lit(K1));
    let p1 = x2.fma(R::lit(12.0 * L1), R::lit(2.0 * K1));
    let far = p1 * one_q - x * slope.square() * (one - q);
    let sum = choose(h, near, far);
    decay.times(sum) / (one_q * one_q * one_q)
}
