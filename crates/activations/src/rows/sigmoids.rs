//! Functions that saturate on one side or both: sigmoids, and the smooth rectifier softplus.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Info, Span, Special};

use super::Bend::{Concave, Convex};
use super::Trend::Increasing;
use super::{INF, everywhere, positive, spans};
use crate::formulas::exponential::{self, multiple};
use crate::formulas::logistic::{logistic, logistic_second, logistic_slope};
use crate::formulas::tanh;

const LN_2: f64 = std::f64::consts::LN_2;

chainrule_autograd::elementwise! {
    /// Saturating functions as methods of [`Var`](chainrule_autograd::Var). `tanh` is one of its own
    /// methods.
    pub trait Sigmoids;

    /// 1/(1 + e⁻ˣ), the logistic function.
    sigmoid: Sigmoid() {
        info: Info {
            shares: true,
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
        through: |x| x.decay(),
        value: |x, e| logistic(x, e),
        slope: |x, e| logistic_slope(e),
        second: |x| logistic_second(x),
    }

    /// ln s(x) with s = sigmoid, without cancellation or overflow.
    logsigmoid: Logsigmoid() {
        info: Info {
            shares: true,
            formula: "ln(1/(1 + e⁻ˣ))",
            derivative: "1/(1 + eˣ)",
            range: |_| (-INF, 0.0),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Concave),
            special: &[
                Special::at(0.0, -LN_2, 0.5),
                Special::at(40.0, -4.248354255291589e-18, 4.248354255291589e-18),
                Special::at(-1000.0, -1000.0, 1.0),
                Special::at(INF, -0.0, 0.0),
                Special::at(-INF, -INF, 1.0),
            ],
            ..Info::NEW
        },
        through: |x| x.decay(),
        value: |x, e| {
            let rest = e.ln_1p_unit();
            x.side(-rest, x - rest)
        },
        slope: |x, e| logistic(-x, e),
        second: |x| -logistic_slope(x.decay()),
    }

    /// ln(1 + e^(βx))/β, a smooth relu: never further from it than ln 2/β. Its slope is
    /// sigmoid(βx). (Dugas et al., *Incorporating second-order functional knowledge for better
    /// option pricing*, 2001.) No threshold from which it would be x: PyTorch's, at βx = 20, puts a
    /// jump of 2·10⁻⁹ into function and slope.
    softplus: Softplus(beta = 1.0) {
        info: Info {
            shares: true,
            formula: "ln(1 + e^(βx))/β",
            derivative: "1/(1 + e^(−βx))",
            check: |p| positive(p[0], "beta is positive, from 1e-30 to 1e30"),
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
        through: |x| multiple(x, beta).decay(),
        value: |x, e| {
            let beyond = over(e.ln_1p_unit(), beta);
            x.side(x + beyond, beyond)
        },
        slope: |x, e| logistic(x, e),
        second: |x| R::lit(beta) * logistic_slope(multiple(x, beta).decay()),
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
            (one + x.neg_abs()).pos(x / (one - x.neg_abs()), far).seam(2, x)
        },
        slope: |x| (R::lit(1.0) - x.neg_abs()).recip().square().seam(1, x),
        second: |x| {
            let r = (R::lit(1.0) - x.neg_abs()).recip();
            x.split(R::lit(2.0), R::lit(0.0), R::lit(-2.0)) * r * r * r
        },
    }

    /// ln(1 − e⁻ˣ) for x > 0, the logarithm of a complement; NaN left of 0. (Mächler, *Accurately
    /// computing log(1 − exp(−|a|))*, 2012.)
    log1mexp: Log1mexp() {
        info: Info {
            shares: true,
            formula: "ln(1 − e⁻ˣ)",
            derivative: "1/(eˣ − 1)",
            domain: |_| (0.0, INF),
            range: |_| (-INF, 0.0),
            trend: |_| vec![Span::new(0.0, INF, Increasing)],
            bend: |_| vec![Span::new(0.0, INF, Concave)],
            test: (0.2, 5.0),
            special: &[
                Special::at(LN_2, -LN_2, 1.0),
                Special::at(0.0, -INF, INF),
                Special::at(-1.0, f64::NAN, f64::NAN),
                Special::at(INF, -0.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| exponential::log1mexp(x),
        slope: |x| exponential::log1mexp_slope(x),
        second: |x| {
            let m = (-x).exp_m1();
            x.split(R::lit(f64::NAN), R::lit(-INF), -((-x).exp() / m / m))
        },
    }

    /// x − tanh x, flat around 0.
    tanhshrink: Tanhshrink() {
        info: Info {
            shares: true,
            formula: "x − tanh x",
            derivative: "tanh² x",
            trend: |_| everywhere(Increasing),
            bend: |_| spans(Concave, [(0.0, Convex)]),
            special: &[
                Special::at(-0.0, -0.0, 0.0),
                Special::at(-INF, -INF, 1.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| tanh::tanhshrink(x),
        slope: |x| tanh::tanh_squared(x),
        second: |x| R::lit(2.0) * x.tanh() * x.tanh_slope(),
    }
}

/// y/β; in f32 the product with 1/β, which costs less.
#[inline(always)]
fn over<R: Real>(y: R, beta: f64) -> R {
    if R::BITS == 24 { y * R::lit(1.0 / beta) } else { y / R::lit(beta) }
}
