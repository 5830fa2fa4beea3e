//! The logistic function s(x) = 1/(1 + e⁻ˣ) and x·s(u), of which silu (u = x), swish (u = βx) and
//! quick gelu are made. Exponentials are taken of −|u| only.

use chainrule_autograd::number::Real;

use super::{Parts, Two, choose, squared_sum, times_decay};

/// The root of silu′, −1.278464542761073795109…
const ROOT: Parts = [-1.2784645557403564, 1.2979282537628478e-8, 1.1257466309409694e-16];
/// e to that power, which is −1 minus the root.
const E_ROOT: f64 = 0.27846454276107380;
/// The positive root of silu″, 2.399357280515467667832…
const BEND: Parts = [2.399357318878174, -3.83627067890302e-8, 6.287379384035963e-16];
/// e to the power of minus that.
const E_BEND: f64 = 0.090776278226867592;

/// The smaller of s(u) and s(−u), which is w = e/(1 + e) with e = e^(−|u|): what 1 + e and the quotient lose is
/// made good, where 1 − w is near enough to 1/(1 + e).
#[inline(always)]
fn smaller<R: Real>(e: R) -> R {
    let one = R::lit(1.0);
    let sum = one + e;
    let w = e / sum;
    let lost = (one - sum) + e;
    let missing = if R::FUSED { (-w).fma(lost, (-w).fma(sum, e)) } else { -(w * lost) };
    missing.fma(one - w, w)
}

/// s(u) = 1/(1 + e⁻ᵘ) from u, or what has its sign, and e = e^(−|u|), within 2 ULP.
#[inline(always)]
pub(crate) fn logistic<R: Real>(u: R, e: R) -> R {
    let one = R::lit(1.0);
    if R::BITS == 0 {
        return u.pos(one, e) / (one + e);
    }
    let w = smaller(e);
    u.side(one - w, w)
}

/// s′(u) = e/(1 + e)² = w·(1 − w), w the smaller of s(u) and s(−u): one quotient for both.
#[inline(always)]
pub(crate) fn logistic_slope<R: Real>(e: R) -> R {
    if R::BITS == 0 {
        return e / squared_sum(e);
    }
    let w = smaller(e);
    (-w).fma(w, w)
}

/// s″ = −s′·tanh(u/2)
#[inline(always)]
pub(crate) fn logistic_second<R: Real>(u: R) -> R {
    -logistic_slope(u.decay()) * (R::lit(0.5) * u).tanh()
}

/// e^(−|u|), and its products with u or x, which do not underflow in it.
#[derive(Clone, Copy)]
pub(crate) struct Decay<R> {
    hi: R,
    /// The low word of −|u|: a factor 1 + lo.
    lo: Option<R>,
}

impl<R: Real> Decay<R> {
    #[inline(always)]
    pub fn of(u: Two<R>) -> Self {
        Decay { hi: u.hi, lo: u.neg_abs().lo }
    }

    #[inline(always)]
    fn corrected(self, y: R) -> R {
        match self.lo {
            Some(lo) => y.fma(lo, y),
            None => y,
        }
    }

    /// e^(−|u|)
    #[inline(always)]
    pub fn value(self) -> R {
        self.corrected(self.hi.decay())
    }

    /// y·e^(−|u|); 0 where that is, also for an infinite y.
    #[inline(always)]
    pub fn times(self, y: R) -> R {
        times_decay(self.corrected(y), self.hi)
    }
}

/// From here on e^(−|u|) is 0 in f32, also times u.
pub(crate) const FAR: f64 = 131.0;
/// 2⁶⁴
pub(crate) const LIFT: f64 = (1u128 << 64) as f64;
/// 2⁻⁶⁴
pub(crate) const UNLIFT: f64 = 1.0 / LIFT;

/// eᵘ·2⁶⁴ and eᵘ for u ≤ 0, in f32.
#[inline(always)]
pub(crate) fn lifted<R: Real>(u: Two<R>) -> (R, R) {
    let e = u.hi.exp_lifted(u.lo);
    (e, e * R::lit(UNLIFT))
}

/// x, but in f32 not further left than where e^(kx) is 0: there x·e^(kx) is then 0 as well.
#[inline(always)]
pub(crate) fn held_left<R: Real>(x: R, k: f64) -> R {
    if R::BITS == 24 { x.within(-FAR / k, f64::INFINITY) } else { x }
}

/// x·s(u), where u has the sign of x, which is [held](held_left).
#[inline(always)]
pub(crate) fn gated<R: Real>(x: R, u: Two<R>) -> R {
    if R::BITS == 24 {
        let (lifted, e) = lifted(u.held(FAR).neg_abs());
        return ratio_24(x, x * lifted, lifted, e);
    }
    let decay = Decay::of(u);
    x.pos(x, decay.times(x)) / (R::lit(1.0) + decay.value())
}

/// x/(1 + e) for x ≥ 0, else y/(1 + e)·2⁻⁶⁴, whose numbers are 2⁶⁴ times too large: what vanishes is
/// rounded once.
#[inline(always)]
pub(crate) fn ratio_24<R: Real>(x: R, y: R, lifted: R, e: R) -> R {
    x.pos(x, y) / x.pos(R::lit(1.0) + e, R::lit(LIFT) + lifted)
}

/// silu′(u) = s(u)·(1 + u·s(−u)).
#[inline(always)]
pub(crate) fn silu_slope<R: Real>(u: Two<R>) -> R {
    if R::BITS == 24 {
        let u = u.held(FAR);
        let ((lifted, e), one) = (lifted(u.neg_abs()), R::lit(1.0));
        let h = u.distance(ROOT);
        let near = h * h.polynomial(&SERIES[..6]);
        let left = (h.square() - R::lit(0.0625)).pos(far_factor(u, e), near);
        let product = u.hi.pos(u.hi, left) * lifted * R::lit(UNLIFT);
        return (u.hi.pos(one + e, R::lit(0.0)) + product) / squared_sum(e);
    }
    let decay = Decay::of(u);
    let (one, e) = (R::lit(1.0), decay.value());
    let product = decay.times(u.hi.pos(u.hi, factor(u, e)));
    (u.hi.pos(one + e, R::lit(0.0)) + product) / squared_sum(e)
}

/// 1 + u + eᵘ for u < 0, from e = eᵘ or around its root r: r + h gives h + eʳ·(eʰ − 1), whose terms
/// have one sign.
#[inline(always)]
fn factor<R: Real>(u: Two<R>, e: R) -> R {
    let h = u.distance(ROOT);
    if R::BITS == 0 {
        return h + R::lit(E_ROOT) * h.exp_m1();
    }
    let near = h * h.polynomial(&SERIES);
    (h.square() - R::lit(0.0625)).pos(far_factor(u, e), near)
}

/// 1 + u + e
#[inline(always)]
fn far_factor<R: Real>(u: Two<R>, e: R) -> R {
    let rest = match u.lo {
        Some(lo) => e + lo,
        None => e,
    };
    (R::lit(1.0) + u.hi) + rest
}

/// (h + eʳ·(eʰ − 1))/h, r the root of silu′.
const SERIES: [f64; 13] = {
    let mut c = [E_ROOT; 13];
    let mut k = 1;
    while k < c.len() {
        c[k] = c[k - 1] / (k as f64 + 1.0);
        k += 1;
    }
    c[0] += 1.0;
    c
};

/// silu″(u) = s′·(2 − u·tanh(u/2)). With a = |u| = r + h, r the root of the second factor, that times
/// 1 + e is 2·(1 + e) − a·(1 − e), or from a = r − ½ on −(1 − e⁻ʳ)·h + e⁻ʳ·(2 + a)·(e⁻ʰ − 1).
#[inline(always)]
pub(crate) fn silu_second<R: Real>(u: Two<R>) -> R {
    let decay = Decay::of(u);
    let e_r = R::lit(E_BEND);
    let one = R::lit(1.0);
    let one_e = one + decay.value();
    let a = u.neg_abs().scaled(-1.0);
    let h = a.distance(BEND);
    let near = e_r.amul((R::lit(2.0) + a.hi).amul((-h).exp_m1())) - (one - e_r) * h;
    let far = R::lit(2.0) * one_e - a.hi * (one - decay.value());
    let sum = choose(h, near, far);
    decay.times(sum) / (one_e * one_e * one_e)
}
