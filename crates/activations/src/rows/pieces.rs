//! Clamps, thresholds and shrinkers: pieces of straight lines and parabolas.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Info, Kink, Special};

use super::Bend::{Concave, Convex, Straight};
use super::Trend::{Constant, Increasing};
use super::{INF, clamp, clamp_slope, everywhere, spans};

chainrule_autograd::elementwise! {
    /// Functions in pieces as methods of [`Var`](chainrule_autograd::Var).
    pub trait Pieces;

    /// x
    identity: Identity() {
        info: Info {
            formula: "x",
            derivative: "1",
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Straight),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(5e-324, 5e-324, 1.0),
                Special::at(-INF, -INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x,
        slope: |x| x.split(R::lit(1.0), R::lit(1.0), R::lit(1.0)),
    }

    /// x held between `min` and `max`; its slope at both ends is 0.
    hardtanh: Hardtanh(min = -1.0, max = 1.0) {
        info: Info {
            formula: "min(max(min, x), max)",
            derivative: "1 for min < x < max, else 0",
            check: |p| ends(p),
            range: |p| (p[0], p[1]),
            kinks: |p| vec![Kink::corner(p[0], 0.0, 1.0), Kink::corner(p[1], 1.0, 0.0)],
            trend: |p| spans(Constant, [(p[0], Increasing), (p[1], Constant)]),
            bend: |p| spans(Convex, [(p[1], Straight)]),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(1.0, 1.0, 0.0),
                Special::at(-INF, -1.0, 0.0),
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| clamp(x, min, max),
        slope: |x| clamp_slope(x, min, max),
    }

    /// x held between `min` and `max`, as `hardtanh` but for the defaults. The slope at both ends is 0
    /// (PyTorch's `clamp` answers 1 there).
    clamp: Clamp(min = 0.0, max = 1.0) {
        info: Info {
            formula: "min(max(min, x), max)",
            derivative: "1 for min < x < max, else 0",
            check: |p| ends(p),
            range: |p| (p[0], p[1]),
            kinks: |p| vec![Kink::corner(p[0], 0.0, 1.0), Kink::corner(p[1], 1.0, 0.0)],
            trend: |p| spans(Constant, [(p[0], Increasing), (p[1], Constant)]),
            bend: |p| spans(Convex, [(p[1], Straight)]),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(1.0, 1.0, 0.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| clamp(x, min, max),
        slope: |x| clamp_slope(x, min, max),
    }

    /// (x + 3)/6 held between 0 and 1, as PyTorch, JAX and Keras 3 define it (Keras 2 and ONNX:
    /// 0.2·x + 0.5); its slope at ±3 is 0.
    hardsigmoid: Hardsigmoid() {
        info: Info {
            formula: "min(max(0, x + 3), 6)/6",
            derivative: "1/6 for |x| < 3, else 0",
            range: |_| (0.0, 1.0),
            kinks: |_| vec![Kink::corner(-3.0, 0.0, 1.0 / 6.0), Kink::corner(3.0, 1.0 / 6.0, 0.0)],
            trend: |_| spans(Constant, [(-3.0, Increasing), (3.0, Constant)]),
            bend: |_| spans(Convex, [(3.0, Straight)]),
            test: (-5.0, 5.0),
            special: &[
                Special::at(0.0, 0.5, 1.0 / 6.0),
                Special::at(-3.0, 0.0, 0.0),
                Special::at(3.0, 1.0, 0.0),
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| scaled(x, 3.0, 6.0),
        slope: |x| scaled_slope(x, 3.0, 6.0),
    }

    /// x above `threshold`, else `value`: a jump, unless both are equal, at which the slope is 0. The
    /// defaults are the example of PyTorch's documentation, which has none.
    threshold: Threshold(threshold = 0.0, value = 0.5) {
        info: Info {
            formula: "x for x > threshold, else value",
            derivative: "1 for x > threshold, else 0",
            check: |p| if p.iter().all(|p| p.is_finite()) { Ok(()) } else { Err("both are finite") },
            range: |p| (p[0].min(p[1]), INF),
            kinks: |p| vec![threshold_kink(p[0], p[1])],
            trend: |p| spans(Constant, [(p[0], Increasing)]),
            bend: |p| if p[0] == p[1] { everywhere(Convex) } else { vec![] },
            special: &[
                Special::at(0.0, 0.5, 0.0),
                Special::at(5e-324, 5e-324, 1.0),
                Special::at(-INF, 0.5, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.by_order(R::lit(threshold), R::lit(value), R::lit(value), x),
        slope: |x| x.by_order(R::lit(threshold), R::lit(0.0), R::lit(0.0), R::lit(1.0)),
    }

    /// x above `theta`, else 0: a jump, unless theta is 0. (Konda, Memisevic, Krueger, *Zero-bias
    /// autoencoders*, 2014, arXiv:1402.3337.)
    thresholded_relu: ThresholdedRelu(theta = 1.0) {
        info: Info {
            formula: "x for x > theta, else 0",
            derivative: "1 for x > theta, else 0",
            check: |p| match p[0] {
                theta if (0.0..INF).contains(&theta) => Ok(()),
                _ => Err("theta is finite and at least 0"),
            },
            range: |_| (0.0, INF),
            kinks: |p| vec![threshold_kink(p[0], 0.0)],
            trend: |p| spans(Constant, [(p[0], Increasing)]),
            bend: |p| if p[0] == 0.0 { everywhere(Convex) } else { vec![] },
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(1.0, 0.0, 0.0),
                Special::at(1.5, 1.5, 1.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.by_order(R::lit(theta), R::lit(0.0), R::lit(0.0), x),
        slope: |x| x.by_order(R::lit(theta), R::lit(0.0), R::lit(0.0), R::lit(1.0)),
    }

    /// 0 within `lambda` of 0, else x: jumps at ±lambda, where value and slope are 0.
    hardshrink: Hardshrink(lambda = 0.5) {
        info: Info {
            formula: "x for |x| > λ, else 0, λ = lambda",
            derivative: "1 for |x| > λ, else 0",
            check: |p| shrinks(p),
            kinks: |p| vec![Kink::corner(-p[0], INF, 0.0), Kink::corner(p[0], 0.0, INF)],
            trend: |p| spans(Increasing, [(-p[0], Constant), (p[0], Increasing)]),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(0.5, 0.0, 0.0),
                Special::at(-0.75, -0.75, 1.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let inner = x.by_order(R::lit(lambda), R::lit(0.0), R::lit(0.0), x);
            x.by_order(R::lit(-lambda), x, R::lit(0.0), inner)
        },
        slope: |x| {
            let (zero, one) = (R::lit(0.0), R::lit(1.0));
            x.by_order(R::lit(-lambda), one, zero, x.by_order(R::lit(lambda), zero, zero, one))
        },
    }

    /// sign(x)·max(|x| − lambda, 0): pulls towards 0 by lambda; the slope at ±lambda is 0.
    softshrink: Softshrink(lambda = 0.5) {
        info: Info {
            formula: "sign(x)·max(|x| − λ, 0), λ = lambda",
            derivative: "1 for |x| > λ, else 0",
            check: |p| shrinks(p),
            kinks: |p| vec![Kink::corner(-p[0], 1.0, 0.0), Kink::corner(p[0], 0.0, 1.0)],
            trend: |p| spans(Increasing, [(-p[0], Constant), (p[0], Increasing)]),
            bend: |p| spans(Concave, [(p[0], Straight)]),
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(0.5, 0.0, 0.0),
                Special::at(-0.75, -0.25, 1.0),
                Special::at(-INF, -INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let (l, zero) = (R::lit(lambda), R::lit(0.0));
            x.bend(-l, x + l, zero, x.bend(l, zero, zero, x - l))
        },
        slope: |x| {
            let (zero, one) = (R::lit(0.0), R::lit(1.0));
            x.by_order(R::lit(-lambda), one, zero, x.by_order(R::lit(lambda), zero, zero, one))
        },
    }

    /// 0 up to −1, (x + 1)²/4, x from 1 on: a smooth relu of compact support (of JAX and Keras). The
    /// second derivative jumps at ±1 between 0 and ½ and is 0 there.
    sparse_plus: SparsePlus() {
        info: Info {
            formula: "0 for x ≤ −1, (x + 1)²/4, x for x ≥ 1",
            derivative: "0, (x + 1)/2, 1",
            range: |_| (0.0, INF),
            seams: |_| vec![-1.0, 1.0],
            trend: |_| spans(Constant, [(-1.0, Increasing)]),
            bend: |_| spans(Convex, [(1.0, Straight)]),
            special: &[
                Special::at(0.0, 0.25, 0.5),
                Special::at(-1.0, 0.0, 0.0),
                Special::at(1.0, 1.0, 1.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let (half, one) = (R::lit(0.5) * (x + R::lit(1.0)), R::lit(1.0));
            let right = x.bend(one, half.square(), x, x);
            x.bend(-one, R::lit(0.0), R::lit(0.0), right)
        },
        slope: |x| {
            let (half, one) = (R::lit(0.5) * (x + R::lit(1.0)), R::lit(1.0));
            let right = x.by_order(one, half, one, one);
            x.by_order(-one, R::lit(0.0), R::lit(0.0), right)
        },
    }

    /// (x + 1)/2 held between 0 and 1, the slope of `sparse_plus`; its slope at ±1 is 0.
    sparse_sigmoid: SparseSigmoid() {
        info: Info {
            formula: "min(max(0, x + 1), 2)/2",
            derivative: "1/2 for |x| < 1, else 0",
            range: |_| (0.0, 1.0),
            kinks: |_| vec![Kink::corner(-1.0, 0.0, 0.5), Kink::corner(1.0, 0.5, 0.0)],
            trend: |_| spans(Constant, [(-1.0, Increasing), (1.0, Constant)]),
            bend: |_| spans(Convex, [(1.0, Straight)]),
            special: &[
                Special::at(0.0, 0.5, 0.5),
                Special::at(-1.0, 0.0, 0.0),
                Special::at(1.0, 1.0, 0.0),
                Special::at(INF, 1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| scaled(x, 1.0, 2.0),
        slope: |x| scaled_slope(x, 1.0, 2.0),
    }
}

fn ends(p: &[f64]) -> Result<(), &'static str> {
    let fits = p[0] < p[1] && p.iter().all(|p| p.is_finite());
    if fits { Ok(()) } else { Err("min is below max, and both are finite") }
}

fn shrinks(p: &[f64]) -> Result<(), &'static str> {
    if p[0] > 0.0 && p[0] < INF { Ok(()) } else { Err("lambda is positive and finite") }
}

/// From the right the jump from `value` up or down to `t` makes the derivative infinite.
fn threshold_kink(t: f64, value: f64) -> Kink {
    let right = if t == value { 1.0 } else { (t - value).signum() * INF };
    Kink::corner(t, 0.0, right)
}

/// (x + half)/width for |x| < half; 0 and 1 beyond.
#[inline(always)]
fn scaled<R: Real>(x: R, half: f64, width: f64) -> R {
    let (zero, one) = (R::lit(0.0), R::lit(1.0));
    let middle = (x + R::lit(half)) / R::lit(width);
    x.bend(R::lit(-half), zero, zero, x.bend(R::lit(half), middle, one, one))
}

#[inline(always)]
fn scaled_slope<R: Real>(x: R, half: f64, width: f64) -> R {
    let zero = R::lit(0.0);
    let right = x.by_order(R::lit(half), R::lit(1.0 / width), zero, zero);
    x.by_order(R::lit(-half), zero, zero, right)
}
