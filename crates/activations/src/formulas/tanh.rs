//! x − tanh x and x·tanh x.

use chainrule_autograd::number::Real;

use super::tables::SHRINK_24;
use super::{Parts, choose, distance, magnitude, times_decay};

/// (x·cosh x − sinh x)/x³ = Σ 2k/(2k+1)!·x^(2k−2)
const SHRINK: [f64; 10] = {
    let mut c = [0.0; 10];
    let mut factorial = 1.0; // (2k+1)!
    let mut k = 1;
    while k <= c.len() {
        let n = 2.0 * k as f64;
        factorial *= n * (n + 1.0);
        c[k - 1] = n / factorial;
        k += 1;
    }
    c
};

/// The positive root of lisht″, where x·tanh x = 1.
const BEND: Parts = [1.199678659439087, -1.91813533945151e-08, 3.1436896920179815e-16];
const BEND1: f64 = 1.19967864025773383391637;
/// e^(−2r) there.
const E_BEND: f64 = 0.09077627822686759175890355;

/// e^(−|x|)
#[inline(always)]
fn root_exp<R: Real>(x: R) -> R {
    x.neg_abs().exp()
}

/// x − tanh x. Below 1 by (x·cosh x − sinh x)/cosh x, whose numerator is a series of positive terms;
/// above as (|x| − 1) + 2q/(1 + q) with q = e^(−2|x|).
#[inline(always)]
pub(crate) fn tanhshrink<R: Real>(x: R) -> R {
    if R::EXACT {
        return x - x.tanh();
    }
    if R::BITS == 24 {
        return shrunk(x).0;
    }
    let (one, root) = (R::lit(1.0), root_exp(x));
    let q = root.square();
    let s = x.square();
    let near = x * s * s.polynomial(&SHRINK) * (root + root) / (one + q);
    let a = magnitude(x);
    let far = (a - one) + (q + q) / (one + q);
    (a - one).pos(x.pos(far, -far), near)
}

/// x − tanh x and tanh |x|, in f32: below 1 by the polynomial of their difference, above by w = 1 − tanh |x|
/// = 2q/(1 + q), q = e^(−2|x|). So hardly more than the last rounding of the tanh is left to be squared.
#[inline(always)]
fn shrunk<R: Real>(x: R) -> (R, R) {
    let (one, q) = (R::lit(1.0), (x + x).decay());
    let w = (q + q) / (one + q);
    let square = x * x;
    let (cube, ratio) = (x * square, square.polynomial(&SHRINK_24));
    let (a, far) = (magnitude(x), magnitude(x) - one);
    let beyond = far + w;
    let y = far.pos(x.pos(beyond, -beyond), cube * ratio);
    (y, far.pos(one - w, (-magnitude(cube)).fma(ratio, a)))
}

/// tanh² x, below ½ as (m/(2 + m))² with m = e^(−2|x|) − 1: the square of a rounded tanh has twice its
/// error.
#[inline(always)]
pub(crate) fn tanh_squared<R: Real>(x: R) -> R {
    if R::BITS == 0 {
        return x.tanh().square();
    }
    if R::BITS == 24 {
        return shrunk(x).1.square();
    }
    let m = (R::lit(2.0) * x.neg_abs()).exp_m1();
    let near = m * m / m.fma(R::lit(4.0) + m, R::lit(4.0));
    (x.square() - R::lit(0.25)).pos(x.tanh().square(), near)
}

/// tanh x + x·tanh′ x
#[inline(always)]
pub(crate) fn lisht_slope<R: Real>(x: R) -> R {
    x.tanh() + x.tanh_slope().amul(x)
}

/// 2·tanh′·(1 − x·tanh x); with a = |x| = r + h the last factor times 1 + q is (1 − a) + q(1 + a), or
/// from a = r − ½ on −h·(1 − q) + q_r·(1 + r)·(e^(−2h) − 1).
#[inline(always)]
pub(crate) fn lisht_second<R: Real>(x: R) -> R {
    let (one, q, a) = (R::lit(1.0), (x + x).decay(), magnitude(x));
    let h = distance(a, BEND);
    let rest = R::lit(E_BEND * (1.0 + BEND1)) * (R::lit(-2.0) * h).exp_m1();
    let near = rest - h * (one - q);
    let far = q.amul(one + a) + (one - a);
    let sum = choose(h, near, far);
    let one_q = one + q;
    R::lit(8.0) * times_decay(sum, x + x) / (one_q * one_q * one_q)
}
