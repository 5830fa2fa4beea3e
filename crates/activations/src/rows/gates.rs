//! Functions that gate their own input: x times something between 0 and 1 of x.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Info, Kink, Special};

use super::Bend::{Concave, Convex, Straight};
use super::Trend::{Constant, Decreasing, Increasing};
use super::{INF, positive, spans};
use crate::formulas::exponential::multiple;
use crate::formulas::logistic::{gated, held_left, silu_second, silu_slope};
use crate::formulas::{Parts, Two, gelu, gelu_tanh, mish, tanh};

/// Where silu is least, its least value, and where it bends.
const SILU_LEAST: f64 = -1.2784645427610738;
const SILU_MIN: f64 = -0.27846454276107380;
const SILU_BEND: f64 = 2.3993572805154677;
const QUICK: f64 = 1.702;
const QUICK_PARTS: Parts = [1.7020000219345093, -2.1934509319976314e-08, 4.263256414560601e-17];

chainrule_autograd::elementwise! {
    /// Self-gated functions as methods of [`Var`](chainrule_autograd::Var).
    ///
    /// ```
    /// use chainrule_activations::prelude::*;
    /// use chainrule_autograd::Tape;
    ///
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", -5.0);
    /// let near = |y: f64, want: f64| (y / want - 1.0).abs() < 1e-15;
    /// assert!(near(x.gelu().item(), -1.4332578593959696e-6));
    /// assert!(near(x.gelu_tanh().item(), -2.291796196629506e-7)); // another function
    /// ```
    pub trait Gates;

    /// x·Φ(x) with the standard normal distribution Φ: the erf form, PyTorch's default (JAX's is
    /// the tanh form, which differs by up to 4.7·10⁻⁴).
    /// (Hendrycks, Gimpel, *Gaussian error linear units*, 2016, arXiv:1606.08415.)
    gelu: Gelu() {
        info: Info {
            shares: true,
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
        value: |x| gelu::gelu(x),
        slope: |x| gelu::gelu_slope(x),
        nth: |k, x| gelu::gelu_nth(k, x),
    }

    /// GELU's tanh form x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))): JAX's default, PyTorch's
    /// `approximate="tanh"`. Computed as x·sigmoid(2u), which neither cancels nor overflows.
    /// (Hendrycks, Gimpel 2016.)
    gelu_tanh: GeluTanh() {
        info: Info {
            shares: true,
            formula: "x/2·(1 + tanh u), u = √(2/π)·(x + 0.044715·x³)",
            derivative: "s + 2x·s·(1 − s)·u′, s = sigmoid(2u)",
            range: |_| (-0.17004075057125405, INF),
            trend: |_| spans(Decreasing, [(-0.7524614220710163, Increasing)]),
            bend: |_| {
                let bend = 1.4185040087908283;
                spans(Concave, [(-bend, Convex), (bend, Concave)])
            },
            special: &[
                Special::at(0.0, 0.0, 0.5),
                Special::at(-0.0, -0.0, 0.5),
                Special::at(-INF, -0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| gelu_tanh::gelu_tanh(x),
        slope: |x| gelu_tanh::gelu_tanh_slope(x),
        second: |x| gelu_tanh::gelu_tanh_second(x),
    }

    /// x·sigmoid(1.702·x), a rough gelu. (Hendrycks, Gimpel 2016.)
    quick_gelu: QuickGelu() {
        info: Info {
            shares: true,
            formula: "x/(1 + e^(−1.702x))",
            derivative: "s·(1 + u·s(−u)), u = 1.702x, s = sigmoid(u)",
            range: |_| (SILU_MIN / QUICK, INF),
            trend: |_| spans(Decreasing, [(SILU_LEAST / QUICK, Increasing)]),
            bend: |_| {
                let bend = SILU_BEND / QUICK;
                spans(Concave, [(-bend, Convex), (bend, Concave)])
            },
            special: &[
                Special::at(0.0, 0.0, 0.5),
                Special::at(-0.0, -0.0, 0.5),
                Special::at(-INF, -0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| gated(held_left(x, QUICK), quick(x)),
        slope: |x| silu_slope(quick(x)),
        second: |x| R::lit(QUICK) * silu_second(quick(x)),
    }

    /// x/(1 + e⁻ˣ), also called swish.
    /// (Elfwing, Uchibe, Doya, *Sigmoid-weighted linear units*, 2017, arXiv:1702.03118.)
    silu: Silu() {
        info: Info {
            shares: true,
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
            let x = held_left(x, 1.0);
            gated(x, Two::exact(x))
        },
        slope: |x| silu_slope(Two::exact(x)),
        second: |x| silu_second(Two::exact(x)),
    }

    /// x/(1 + e^(−βx)): silu with a width. (Ramachandran, Zoph, Le, *Searching for activation
    /// functions*, 2017, arXiv:1710.05941.)
    swish: Swish(beta = 1.0) {
        info: Info {
            shares: true,
            formula: "x/(1 + e^(−βx))",
            derivative: "s·(1 + u·s(−u)), u = βx, s = sigmoid(u)",
            check: |p| positive(p[0], "beta is positive, from 1e-30 to 1e30"),
            range: |p| (SILU_MIN / p[0], INF),
            trend: |p| spans(Decreasing, [(SILU_LEAST / p[0], Increasing)]),
            bend: |p| {
                let bend = SILU_BEND / p[0];
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
        value: |x| gated(held_left(x, beta), multiple(x, beta)),
        slope: |x| silu_slope(multiple(x, beta)),
        second: |x| R::lit(beta) * silu_second(multiple(x, beta)),
    }

    /// x·tanh(ln(1 + eˣ)). (Misra, *Mish*, 2019, arXiv:1908.08681.)
    mish: Mish() {
        info: Info {
            shares: true,
            formula: "x·tanh(ln(1 + eˣ))",
            derivative: "e·(4(x+1) + (4x+6)e + 4e² + e³)/(2 + 2e + e²)², e = eˣ",
            range: |_| (-0.30884341301725041, INF),
            trend: |_| spans(Decreasing, [(-1.1924312145154952, Increasing)]),
            bend: |_| spans(Concave, [(-2.256376396360793, Convex), (1.4905711794854284, Concave)]),
            special: &[
                Special::at(0.0, 0.0, 0.6),
                Special::at(-0.0, -0.0, 0.6),
                Special::at(-20.0, -4.1223072406287614e-8, -3.9161918743489691e-8),
                Special::at(-INF, -0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| mish::mish(x),
        slope: |x| mish::mish_slope(x),
        second: |x| mish::mish_second(x),
    }

    /// x·tanh x, even and never negative. (Roy et al., *LiSHT*, 2019, arXiv:1901.05894.)
    lisht: Lisht() {
        info: Info {
            shares: true,
            formula: "x·tanh x",
            derivative: "tanh x + x·tanh′ x",
            range: |_| (0.0, INF),
            trend: |_| spans(Decreasing, [(0.0, Increasing)]),
            bend: |_| {
                let bend = 1.1996786402577338;
                spans(Concave, [(-bend, Convex), (bend, Concave)])
            },
            special: &[
                Special::at(-0.0, 0.0, 0.0),
                Special::at(-INF, INF, -1.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| x.amul(x.tanh()),
        slope: |x| tanh::lisht_slope(x),
        second: |x| tanh::lisht_second(x),
    }

    /// x·hardsigmoid(x): 0 up to −3, x from 3 on, x·(x + 3)/6 between. The slope at −3 is 0 (left 0,
    /// right −½), at 3 it is 1 (left 3/2, right 1), where PyTorch returns −½ and 3/2. (Howard et al.,
    /// *Searching for MobileNetV3*, 2019, arXiv:1905.02244.)
    hardswish: Hardswish() {
        info: Info {
            formula: "x·min(max(0, x + 3), 6)/6",
            derivative: "0 for x < −3, (2x + 3)/6, 1 for x > 3",
            range: |_| (-0.375, INF),
            kinks: |_| vec![Kink::corner(-3.0, 0.0, -0.5), Kink::corner(3.0, 1.5, 1.0)],
            seams: |_| vec![-3.0, 3.0],
            trend: |_| spans(Constant, [(-3.0, Decreasing), (-1.5, Increasing)]),
            bend: |_| spans(Straight, [(-3.0, Convex), (3.0, Straight)]),
            test: (-5.0, 5.0),
            special: &[
                Special::at(-0.0, -0.0, 0.5),
                Special::at(-1.5, -0.375, 0.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, INF, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let middle = x * ((x + R::lit(3.0)) / R::lit(6.0));
            let right = x.bend(R::lit(3.0), middle, x, x);
            x.bend(R::lit(-3.0), R::lit(0.0), R::lit(0.0), right)
        },
        slope: |x| {
            let middle = (x + x + R::lit(3.0)) / R::lit(6.0);
            let right = x.by_order(R::lit(3.0), middle, R::lit(1.0), R::lit(1.0));
            x.by_order(R::lit(-3.0), R::lit(0.0), R::lit(0.0), right)
        },
    }
}

/// 1.702·x
#[inline(always)]
fn quick<R: Real>(x: R) -> Two<R> {
    Two::exact(crate::formulas::held(x, 1e4)).times(Two::constant(QUICK_PARTS))
}
