//! The activations: one entry each. `tanh` is in the core's table.
//!
//! What an entry returns where the derivative does not exist, and other conventions, stand on the
//! [front page](crate). Each formula is stable on the whole line: exponentials are taken of −|x|
//! only, and where a derivative has a root at which its textbook form cancels (`gelu`, `silu`), it
//! is written from the root.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Bend, Info, Kink, Span, Special, Trend, everywhere};

use crate::normal;
use Bend::{Concave, Convex, Straight};
use Trend::{Constant, Decreasing, Increasing};

const INF: f64 = f64::INFINITY;
const LN_2: f64 = std::f64::consts::LN_2;

/// Facts that change at the given points, from −∞ to ∞.
fn spans<F: Copy, const N: usize>(first: F, rest: [(f64, F); N]) -> Vec<Span<F>> {
    let starts = [(-INF, first)].into_iter().chain(rest);
    let ends = rest.into_iter().map(|(at, _)| at).chain([INF]);
    starts.zip(ends).map(|((from, fact), to)| Span::new(from, to, fact)).collect()
}

/// Where the slope jumps from `left` to 1 at 0, if it does.
fn corner_to_one(left: f64) -> Vec<Kink> {
    if left == 1.0 { vec![] } else { vec![Kink::corner(0.0, left, 1.0)] }
}

chainrule_autograd::elementwise! {
    /// The activations as methods of [`Var`](chainrule_autograd::Var). `tanh` is one of its own
    /// methods.
    ///
    /// ```
    /// use chainrule_activations::Activations;
    /// use chainrule_autograd::Tape;
    ///
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [-1.0, 0.0, 2.0]);
    /// assert_eq!(x.relu().to_vec(), [0.0, 0.0, 2.0]);
    /// assert_eq!(x.leaky_relu(0.25).to_vec(), [-0.25, 0.0, 2.0]);
    /// let slope = tape.gradient(x.relu().sum(), &[x])[0];
    /// assert_eq!(slope.to_vec(), [0.0, 0.0, 1.0]); // 0 at the kink
    /// ```
    pub trait Activations;

    /// max(0, x), the rectified linear unit; its slope at 0 is 0, between 0 on the left and 1 on
    /// the right.
    relu: Relu() {
        info: Info {
            formula: "max(0, x)",
            derivative: "0 for x ≤ 0, 1 for x > 0",
            range: |_| (0.0, INF),
            kinks: |_| vec![Kink::corner(0.0, 0.0, 1.0)],
            trend: |_| spans(Constant, [(0.0, Increasing)]),
            bend: |_| everywhere(Convex),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(5e-324, 5e-324, 1.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.fold(R::lit(0.0), R::lit(0.0), x),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(1.0)),
    }

    /// x for x ≥ 0, else m·x with m = `slope`, which may be any number; the slope at 0 is the one
    /// of least absolute value between m and 1: m itself for 0 ≤ m ≤ 1.
    /// (Maas, Hannun, Ng, *Rectifier nonlinearities improve neural network acoustic models*, 2013.)
    leaky_relu: LeakyRelu(slope = 0.01) {
        info: Info {
            formula: "x for x ≥ 0, else m·x, m = slope",
            derivative: "m for x < 0, 1 for x > 0",
            check: |p| if p[0].is_finite() { Ok(()) } else { Err("the slope is finite") },
            range: |p| (if p[0] > 0.0 { -INF } else { 0.0 }, INF),
            kinks: |p| corner_to_one(p[0]),
            trend: |p| match p[0] {
                m if m > 0.0 => everywhere(Increasing),
                m if m < 0.0 => spans(Decreasing, [(0.0, Increasing)]),
                _ => spans(Constant, [(0.0, Increasing)]),
            },
            bend: |p| match p[0] {
                1.0 => everywhere(Straight),
                m if m < 1.0 => everywhere(Convex),
                _ => everywhere(Concave),
            },
            special: &[
                Special::at(-0.0, -0.0, 0.01),
                Special::at(-100.0, -1.0, 0.01),
                Special::at(-INF, -INF, 0.01),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.fold(R::lit(slope).amul(x), x, x),
        slope: |x| {
            let at_zero = Kink::corner(0.0, slope, 1.0).taken;
            x.split(R::lit(slope), R::lit(at_zero), R::lit(1.0))
        },
    }

    /// 1/(1 + e⁻ˣ), the logistic function.
    sigmoid: Sigmoid() {
        info: Info {
            formula: "1/(1 + e⁻ˣ)",
            derivative: "e/(1 + e)², e = e^(−|x|)",
            range: |_| (0.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| spans(Convex, [(0.0, Concave)]),
            special: &[
                Special::at(0.0, 0.5, 0.25),
                Special::at(40.0, 1.0, 4.248354255291589e-18),
                Special::at(-745.0, 5e-324, 5e-324),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| logistic(x),
        slope: |x| logistic_slope(x),
        second: |x| logistic_second(x),
    }

    /// ln(1 + e^(βx))/β, a smooth relu: never further from it than ln 2/β. Its slope is
    /// sigmoid(βx). (Dugas et al., *Incorporating second-order functional knowledge for better
    /// option pricing*, 2001.) No threshold from which it would be x: PyTorch's, at βx = 20, puts a
    /// jump of 2·10⁻⁹ into function and slope.
    softplus: Softplus(beta = 1.0) {
        info: Info {
            formula: "ln(1 + e^(βx))/β",
            derivative: "1/(1 + e^(−βx))",
            check: |p| match p[0] {
                beta if beta > 0.0 && beta.is_finite() => Ok(()),
                _ => Err("beta is positive and finite"),
            },
            range: |_| (0.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[
                Special::at(0.0, LN_2, 0.5),
                Special::at(-1000.0, 0.0, 0.0),
                Special::at(1000.0, 1000.0, 1.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let beyond = (R::lit(beta) * x).ln_1p_decay() * R::lit(beta.recip());
            x.pos(x + beyond, beyond)
        },
        slope: |x| logistic(R::lit(beta) * x),
        second: |x| R::lit(beta) * logistic_slope(R::lit(beta) * x),
    }

    /// x for x ≥ 0, else α·(eˣ − 1). For α = 1 the slope is continuous; for others it jumps at 0
    /// from α to 1, and the smaller one is taken there. The second derivative at 0 is 0.
    /// (Clevert, Unterthiner, Hochreiter, *Fast and accurate deep network learning by exponential
    /// linear units*, 2015, arXiv:1511.07289.)
    elu: Elu(alpha = 1.0) {
        info: Info {
            formula: "x for x ≥ 0, else α·(eˣ − 1)",
            derivative: "1 for x > 0, α·eˣ for x < 0",
            check: |p| match p[0] {
                alpha if alpha > 0.0 && alpha.is_finite() => Ok(()),
                _ => Err("alpha is positive and finite"),
            },
            range: |p| (-p[0], INF),
            kinks: |p| corner_to_one(p[0]),
            seams: |_| vec![0.0],
            trend: |_| everywhere(Increasing),
            bend: |p| match p[0] {
                alpha if alpha <= 1.0 => everywhere(Convex),
                _ => spans(Convex, [(0.0, Straight)]),
            },
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(-1e-8, -9.9999999500000004e-9, 0.99999999000000005),
                Special::at(100.0, 100.0, 1.0),
                Special::at(-INF, -1.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.fold(R::lit(alpha) * x.exp_m1(), x, x),
        slope: |x| {
            let at_zero = Kink::corner(0.0, alpha, 1.0).taken;
            x.split(R::lit(alpha) * x.exp(), R::lit(at_zero), R::lit(1.0))
        },
    }

    /// x·Φ(x) with the standard normal distribution Φ: the erf form, PyTorch's default (JAX's is
    /// the tanh form, which differs by up to 4.7·10⁻⁴).
    /// (Hendrycks, Gimpel, *Gaussian error linear units*, 2016, arXiv:1606.08415.)
    gelu: Gelu() {
        info: Info {
            formula: "x·Φ(x)",
            derivative: "Φ(x) + x·φ(x)",
            range: |_| (-0.16997120747990366, INF),
            trend: |_| spans(Decreasing, [(-0.75179152469356446, Increasing)]),
            bend: |_| {
                let bend = std::f64::consts::SQRT_2;
                spans(Concave, [(-bend, Convex), (bend, Concave)])
            },
            special: &[
                Special::at(0.0, 0.0, 0.5),
                Special::at(-0.0, -0.0, 0.5),
                Special::at(-5.0, -1.4332578593959696e-6, -7.1469460017922946e-6),
                Special::at(-INF, -0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| normal::gelu(x),
        slope: |x| normal::gelu_slope(x),
        nth: |k, x| normal::gelu_nth(k, x),
    }

    /// x/(1 + e⁻ˣ), also called swish.
    /// (Elfwing, Uchibe, Doya, *Sigmoid-weighted linear units*, 2017, arXiv:1702.03118.)
    silu: Silu() {
        info: Info {
            formula: "x/(1 + e⁻ˣ)",
            derivative: "s(x)·(1 + x·s(−x)), s = sigmoid",
            range: |_| (-0.27846454276107380, INF),
            trend: |_| spans(Decreasing, [(-1.2784645427610738, Increasing)]),
            bend: |_| {
                let bend = 2.3993572805154677;
                spans(Concave, [(-bend, Convex), (bend, Concave)])
            },
            special: &[
                Special::at(0.0, 0.0, 0.5),
                Special::at(-0.0, -0.0, 0.5),
                Special::at(-20.0, -4.1223072363804072e-8, -3.9161918660646783e-8),
                Special::at(-INF, -0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            x.pos(x, x.times_decay(x)) / (R::lit(1.0) + x.decay())
        },
        slope: |x| {
            let (one, e) = (R::lit(1.0), x.decay());
            let product = x.pos(x, silu_factor(x, e)).times_decay(x);
            (x.pos(one + e, R::lit(0.0)) + product) / squared_sum(e)
        },
        second: |x| {
            // s′·(2 − x·tanh(x/2)) from the root r of the second factor, with a = |x| = r + h:
            // (1 + e)·(2 − a·tanh(a/2)) = −(1 − e⁻ʳ)·h + e⁻ʳ·(2 + a)·(e⁻ʰ − 1), terms of one sign.
            let root = (R::lit(0.5) * x.neg_abs()).exp();
            let e_r = R::lit(0.090776278226867592);
            let one = R::lit(1.0);
            let one_e = one + root.square();
            let a = -x.neg_abs();
            let h = distance(a, SILU_BEND);
            let sum = e_r.amul((R::lit(2.0) + a).amul((-h).exp_m1())) - (one - e_r) * h;
            root.amul(sum) * root / (one_e * one_e * one_e)
        },
    }

    /// x/(1 + |x|), the softsign (Turian, Bergstra, Bengio, *Quadratic features and deep
    /// architectures for chunking*, 2009); its second derivative jumps from 2 to −2 at 0.
    softsign: Softsign() {
        info: Info {
            formula: "x/(1 + |x|)",
            derivative: "1/(1 + |x|)²",
            range: |_| (-1.0, 1.0),
            seams: |_| vec![0.0],
            trend: |_| everywhere(Increasing),
            bend: |_| spans(Convex, [(0.0, Concave)]),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(1.0, 0.5, 0.25),
                Special::at(-3.0, -0.75, 0.0625),
                Special::at(7.0, 0.875, 0.015625),
                Special::at(1e155, 1.0, 1e-310), // its square overflows
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let one = R::lit(1.0);
            let far = (x.recip() + x.pos(one, -one)).recip(); // not ∞/∞
            (one + x.neg_abs()).pos(x / (one - x.neg_abs()), far)
        },
        slope: |x| (R::lit(1.0) - x.neg_abs()).recip().square(),
        second: |x| {
            let r = (R::lit(1.0) - x.neg_abs()).recip();
            x.split(R::lit(2.0), R::lit(0.0), R::lit(-2.0)) * r * r * r
        },
    }
}

/// A real number as a sum: two parts of 24 bits, exact in f32 and f64, and the rest.
pub(crate) type Parts = [f64; 3];

/// The root of silu′, −1.278464542761073795109…
const SILU_ROOT: Parts = [-1.2784645557403564, 1.2979282537628478e-8, 1.1257466309409694e-16];
/// e to that.
const E_TO_SILU_ROOT: f64 = 0.27846454276107380;
/// The positive root of silu″, 2.399357280515467667832…
const SILU_BEND: Parts = [2.399357318878174, -3.83627067890302e-8, 6.287379384035963e-16];

/// x − r, to the last digits also where x is next to r. (The third part is no matter in f32.)
#[inline(always)]
pub(crate) fn distance<R: Real>(x: R, [high, middle, low]: Parts) -> R {
    let h = (x - R::lit(high)) - R::lit(middle);
    if R::BITS == 24 { h } else { h - R::lit(low) }
}

/// 1 + x + eˣ for x < 0, from e = eˣ or around its root r: r + h gives h + eʳ·(eʰ − 1), whose terms
/// have one sign.
#[inline(always)]
fn silu_factor<R: Real>(x: R, e: R) -> R {
    let h = distance(x, SILU_ROOT);
    let e_r = R::lit(E_TO_SILU_ROOT);
    if R::BITS == 0 {
        return h + e_r * h.exp_m1();
    }
    let near = h * h.polynomial(if R::BITS == 24 { &SILU_SERIES[..6] } else { &SILU_SERIES });
    (h.square() - R::lit(0.0625)).pos((R::lit(1.0) + x) + e, near)
}

/// (h + eʳ·(eʰ − 1))/h, r the root of silu′.
const SILU_SERIES: [f64; 13] = {
    let mut c = [E_TO_SILU_ROOT; 13];
    let mut k = 1;
    while k < c.len() {
        c[k] = c[k - 1] / (k as f64 + 1.0);
        k += 1;
    }
    c[0] += 1.0;
    c
};

/// 1/(1 + e⁻ˣ)
#[inline(always)]
fn logistic<R: Real>(x: R) -> R {
    let e = x.decay();
    let one = R::lit(1.0);
    x.pos(one, e) / (one + e)
}

/// (1 + e)² for 0 ≤ e ≤ 1, with hardly more than one rounding.
#[inline(always)]
fn squared_sum<R: Real>(e: R) -> R {
    e.fma(R::lit(2.0) + e, R::lit(1.0))
}

/// s′ = e/(1 + e)²
#[inline(always)]
fn logistic_slope<R: Real>(x: R) -> R {
    let e = x.decay();
    e / squared_sum(e)
}

/// s″ = −s′·tanh(x/2)
#[inline(always)]
fn logistic_second<R: Real>(x: R) -> R {
    -logistic_slope(x) * (R::lit(0.5) * x).tanh()
}
