//! Rectifiers: nothing or little on the left, the identity on the right.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Info, Kink, Special};

use super::Bend::{Concave, Convex, Straight};
use super::Trend::{Constant, Decreasing, Increasing};
use super::{INF, corner_to_one, everywhere, positive, spans};
use crate::formulas::exponential::{celu_left, celu_left_slope, exp_left, scaled_exp_m1};
use crate::formulas::squareplus::{left_slope, root_of_sum};

/// α, λ of selu (Klambauer et al. 2017): with them mean 0 and variance 1 are a fixed point.
const SELU_SCALE: f64 = 1.0507009873554804934193349852946;
/// λ·α
const SELU_LEFT: f64 = 1.758099340847376859940218;

chainrule_autograd::elementwise! {
    /// Rectifiers as methods of [`Var`](chainrule_autograd::Var).
    ///
    /// ```
    /// use chainrule_activations::prelude::*;
    /// use chainrule_autograd::Tape;
    ///
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [-1.0, 0.0, 2.0]);
    /// assert_eq!(x.relu().to_vec(), [0.0, 0.0, 2.0]);
    /// assert_eq!(x.leaky_relu(0.25).to_vec(), [-0.25, 0.0, 2.0]);
    /// let slope = tape.gradient(x.relu().sum(), &[x])[0];
    /// assert_eq!(slope.to_vec(), [0.0, 0.0, 1.0]); // 0 at the kink
    /// ```
    pub trait Rectifiers;

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
            straight: true,
            ..Info::NEW
        },
        value: |x| x.fold(R::lit(0.0), R::lit(0.0), x),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(1.0)),
        second: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// min(max(0, x), 6); its slope at 0 and at 6 is 0. (Krizhevsky, *Convolutional deep belief
    /// networks on CIFAR-10*, 2010.)
    relu6: Relu6() {
        info: Info {
            formula: "min(max(0, x), 6)",
            derivative: "1 for 0 < x < 6, else 0",
            range: |_| (0.0, 6.0),
            kinks: |_| vec![Kink::corner(0.0, 0.0, 1.0), Kink::corner(6.0, 1.0, 0.0)],
            trend: |_| spans(Constant, [(0.0, Increasing), (6.0, Constant)]),
            bend: |_| spans(Convex, [(6.0, Straight)]),
            test: (-3.0, 9.0),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(5e-324, 5e-324, 1.0),
                Special::at(1e308, 6.0, 0.0),
                Special::at(INF, 6.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| super::clamp(x, 0.0, 6.0),
        slope: |x| super::clamp_slope(x, 0.0, 6.0),
    }

    /// x for x ≥ 0, else m·x with m = `slope`, which may be any number; the slope at 0 is the one
    /// of least absolute value between m and 1: m itself for 0 ≤ m ≤ 1.
    /// (Maas, Hannun, Ng, *Rectifier nonlinearities improve neural network acoustic models*, 2013.)
    leaky_relu: LeakyRelu(slope = 0.01) {
        info: Info {
            formula: "x for x ≥ 0, else m·x, m = slope",
            derivative: "m for x < 0, 1 for x > 0",
            check: |p| if p[0].is_finite() { Ok(()) } else { Err("the slope is finite") },
            range: |p| leak_range(p[0]),
            kinks: |p| corner_to_one(p[0]),
            trend: |p| leak_trend(p[0]),
            bend: |p| leak_bend(p[0]),
            special: &[
                Special::at(-0.0, -0.0, 0.01),
                Special::at(-100.0, -1.0, 0.01),
                Special::at(-INF, -INF, 0.01),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| leak(x, slope),
        slope: |x| leak_slope(x, slope),
    }

    /// leaky_relu with the mean of the slopes that training draws between `lower` and `upper`: the
    /// form for evaluation. For training draw the slopes and use
    /// [`prelu`](crate::vector::prelu), whose slope is an operand. (Xu et al., *Empirical evaluation
    /// of rectified activations*, 2015, arXiv:1505.00853.)
    rrelu: Rrelu(lower = 0.125, upper = 1.0 / 3.0) {
        info: Info {
            formula: "x for x ≥ 0, else m·x, m = (lower + upper)/2",
            derivative: "m for x < 0, 1 for x > 0",
            check: |p| match p {
                [lower, upper] if lower <= upper && (lower + upper).is_finite() => Ok(()),
                _ => Err("lower and upper are finite and in this order"),
            },
            range: |p| leak_range(middle(p)),
            kinks: |p| corner_to_one(middle(p)),
            trend: |p| leak_trend(middle(p)),
            bend: |p| leak_bend(middle(p)),
            special: &[
                Special::at(-0.0, -0.0, 11.0 / 48.0),
                Special::at(-48.0, -11.0, 11.0 / 48.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| leak(x, 0.5 * (lower + upper)),
        slope: |x| leak_slope(x, 0.5 * (lower + upper)),
    }

    /// max(0, x)²; its second derivative jumps from 0 to 2 at 0, where it is 0. (So et al., *Primer*,
    /// 2021, arXiv:2109.08668.)
    relu_squared: ReluSquared() {
        info: Info {
            formula: "max(0, x)²",
            derivative: "2·max(0, x)",
            range: |_| (0.0, INF),
            seams: |_| vec![0.0],
            trend: |_| spans(Constant, [(0.0, Increasing)]),
            bend: |_| everywhere(Convex),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(3.0, 9.0, 6.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, INF),
            ],
            ..Info::NEW
        },
        value: |x| x.fold(R::lit(0.0), R::lit(0.0), x.square()),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), x + x),
        second: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(2.0)),
    }

    /// `max_value` for x ≥ max_value, x from `threshold` on, negative_slope·(x − threshold) below: the
    /// `relu` of Keras. With a threshold above 0 it jumps there.
    keras_relu: KerasRelu(negative_slope = 0.0, max_value = INF, threshold = 0.0) {
        info: Info {
            formula: "min(x, max_value) for x ≥ t, else m·(x − t), m = negative_slope, t = threshold",
            derivative: "m for x < t, 1 for t < x < max_value, else 0",
            check: |p| match *p {
                [m, most, t] if m >= 0.0 && t >= 0.0 && m < INF && most > t => Ok(()),
                _ => Err("negative_slope and threshold are at least 0, max_value is above threshold"),
            },
            range: |p| (if p[0] > 0.0 { -INF } else { 0.0 }, p[1]),
            kinks: |p| {
                let low = if p[2] > 0.0 { INF } else { p[0] };
                let low = (low != 1.0).then(|| Kink::corner(p[2], low, 1.0));
                low.into_iter().chain((p[1] < INF).then(|| Kink::corner(p[1], 1.0, 0.0))).collect()
            },
            trend: |p| {
                let below = if p[0] > 0.0 { Increasing } else { Constant };
                let mut trend = spans(below, [(p[2], Increasing), (p[1], Constant)]);
                trend.retain(|span| span.from < span.to);
                if below == Increasing {
                    trend.remove(0);
                    trend[0].from = -INF;
                }
                trend
            },
            bend: |p| match *p {
                [_, _, t] if t > 0.0 => vec![],
                [m, most, _] if m < 1.0 && most < INF => spans(Convex, [(most, Straight)]),
                [m, most, _] if m > 1.0 || most < INF => everywhere(Concave),
                _ => everywhere(if p[0] < 1.0 { Convex } else { Straight }),
            },
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(5e-324, 5e-324, 1.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let (most, t) = (R::lit(max_value), R::lit(threshold));
            let above = if max_value == INF { x } else { x.bend(most, x, most, most) };
            let below = R::lit(negative_slope).amul(x - t);
            // At a threshold above 0 it jumps.
            if threshold == 0.0 { x.bend(t, below, t, above) } else { x.by_order(t, below, t, above) }
        },
        slope: |x| {
            let (most, t) = (R::lit(max_value), R::lit(threshold));
            let one = R::lit(1.0);
            let last = if max_value == INF { one } else { R::lit(0.0) };
            let left = if threshold > 0.0 { INF } else { negative_slope };
            let at_threshold = R::lit(Kink::corner(0.0, left, 1.0).taken);
            x.by_order(t, R::lit(negative_slope), at_threshold, x.by_order(most, one, last, last))
        },
    }

    /// x for x ≥ 0, else α·(eˣ − 1). For α = 1 the slope is continuous; for others it jumps at 0
    /// from α to 1, and the smaller one is taken there. The second derivative at 0 is 0.
    /// (Clevert, Unterthiner, Hochreiter, *Fast and accurate deep network learning by exponential
    /// linear units*, 2015, arXiv:1511.07289.)
    elu: Elu(alpha = 1.0) {
        info: Info {
            shares: true,
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
        value: |x| x.fold(scaled_exp_m1(x, alpha), x, x),
        slope: |x| {
            let at_zero = Kink::corner(0.0, alpha, 1.0).taken;
            x.split(R::lit(alpha) * exp_left(x), R::lit(at_zero), R::lit(1.0))
        },
    }

    /// max(0, x) + min(0, α·(e^(x/α) − 1)): elu with a continuous slope for every α. The second
    /// derivative jumps at 0 from 1/α to 0, where it is 0. (Barron, *Continuously differentiable
    /// exponential linear units*, 2017, arXiv:1704.07483.)
    celu: Celu(alpha = 1.0) {
        info: Info {
            shares: true,
            formula: "x for x ≥ 0, else α·(e^(x/α) − 1)",
            derivative: "1 for x ≥ 0, e^(x/α) for x < 0",
            check: |p| positive(p[0], "alpha is positive, from 1e-30 to 1e30"),
            range: |p| (-p[0], INF),
            seams: |_| vec![0.0],
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(-1e-8, -9.9999999500000004e-9, 0.99999999000000005),
                Special::at(-INF, -1.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.fold(celu_left(x, alpha), x, x),
        slope: |x| x.split(celu_left_slope(x, alpha), R::lit(1.0), R::lit(1.0)),
        second: |x| {
            let left = celu_left_slope(x, alpha) / R::lit(alpha);
            x.split(left, R::lit(0.0), R::lit(0.0))
        },
    }

    /// λ·x for x ≥ 0, else λ·α·(eˣ − 1), with λ = 1.0507…, α = 1.6732…: keeps mean 0 and variance 1.
    /// The slope jumps at 0 from 1.7581 to 1.0507, which is taken (PyTorch and JAX take 1.7581).
    /// (Klambauer et al., *Self-normalizing neural networks*, 2017, arXiv:1706.02515.)
    selu: Selu() {
        info: Info {
            shares: true,
            formula: "λ·x for x ≥ 0, else λα·(eˣ − 1), λ = 1.0507…, α = 1.6732…",
            derivative: "λ for x > 0, λα·eˣ for x < 0",
            range: |_| (-SELU_LEFT, INF),
            kinks: |_| vec![Kink::corner(0.0, SELU_LEFT, SELU_SCALE)],
            seams: |_| vec![0.0],
            trend: |_| everywhere(Increasing),
            bend: |_| spans(Convex, [(0.0, Straight)]),
            special: &[
                Special::at(-0.0, -0.0, SELU_SCALE),
                Special::at(-INF, -SELU_LEFT, 0.0),
                Special::at(INF, INF, SELU_SCALE),
            ],
            ..Info::NEW
        },
        value: |x| {
            let right = R::lit(SELU_SCALE) * x;
            x.fold(scaled_exp_m1(x, SELU_LEFT), right, right)
        },
        slope: |x| {
            let right = R::lit(SELU_SCALE);
            x.split(R::lit(SELU_LEFT) * exp_left(x), right, right)
        },
        second: |x| x.split(R::lit(SELU_LEFT) * x.exp(), R::lit(0.0), R::lit(0.0)),
    }

    /// (x + √(x² + b))/2, a smooth relu without exponentials. (Barron, *Squareplus*, 2021,
    /// arXiv:2112.11687.)
    squareplus: Squareplus(b = 4.0) {
        info: Info {
            shares: true,
            formula: "(x + √(x² + b))/2",
            derivative: "(1 + x/√(x² + b))/2",
            check: |p| match p[0] {
                b if (1e-12..=1e12).contains(&b) => Ok(()),
                _ => Err("b is between 1e-12 and 1e12 (for b = 0 use relu)"),
            },
            range: |_| (0.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[
                Special::at(0.0, 1.0, 0.5),
                Special::at(-1e20, 1e-20, 1e-40),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let r = root_of_sum(x, b);
            let (half_x, half_r) = (R::lit(0.5) * x, R::lit(0.5) * r);
            x.pos(half_x + half_r, R::lit(0.25 * b) / (half_r - half_x))
        },
        slope: |x| {
            let t = left_slope(x, b);
            x.pos(R::lit(1.0) - t, t)
        },
        second: |x| {
            let r = root_of_sum(x, b);
            R::lit(0.5 * b) / r / r / r
        },
    }
}

fn middle(p: &[f64]) -> f64 {
    0.5 * (p[0] + p[1])
}

fn leak_range(m: f64) -> (f64, f64) {
    (if m > 0.0 { -INF } else { 0.0 }, INF)
}

fn leak_trend(m: f64) -> Vec<super::Span<super::Trend>> {
    match m {
        m if m > 0.0 => everywhere(Increasing),
        m if m < 0.0 => spans(Decreasing, [(0.0, Increasing)]),
        _ => spans(Constant, [(0.0, Increasing)]),
    }
}

fn leak_bend(m: f64) -> Vec<super::Span<super::Bend>> {
    match m {
        1.0 => everywhere(Straight),
        m if m < 1.0 => everywhere(Convex),
        _ => everywhere(Concave),
    }
}

#[inline(always)]
fn leak<R: Real>(x: R, m: f64) -> R {
    x.fold(R::lit(m).amul(x), x, x)
}

#[inline(always)]
fn leak_slope<R: Real>(x: R, m: f64) -> R {
    let at_zero = Kink::corner(0.0, m, 1.0).taken;
    x.split(R::lit(m), R::lit(at_zero), R::lit(1.0))
}
