//! Functions that jump or bend: sign, step, floor, the absolute value.

use super::{Bend, Info, Kink, Special, Trend, around_zero, everywhere};
use Bend::{Convex, Straight};
use Trend::{Constant, Decreasing, Increasing};

const INF: f64 = f64::INFINITY;

crate::elementwise! {
    impl Var;

    /// |x|; its slope at 0 is 0, between −1 on the left and 1 on the right.
    abs: Abs() {
        info: Info {
            formula: "|x|",
            derivative: "sign x",
            range: |_| (0.0, INF),
            kinks: |_| vec![Kink::corner(0.0, -1.0, 1.0)],
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(-0.0, 0.0, 0.0), Special::at(-3.0, 3.0, -1.0)],
            ..Info::NEW
        },
        value: |x| x.fold(-x, R::lit(0.0), x).at_least(R::lit(0.0)),
        slope: |x| x.split(R::lit(-1.0), R::lit(0.0), R::lit(1.0)),
    }

    /// −1, 0 or 1; its slope is 0, also at the jump.
    sign: Sign() {
        info: Info {
            formula: "−1, 0, 1 for x < 0, x = 0, x > 0",
            derivative: "0",
            range: |_| (-1.0, 1.0),
            kinks: |_| vec![Kink::jump(0.0, INF, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(-1.0), R::lit(0.0), R::lit(1.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// 1 for x > 0, else 0 (Heaviside's function); its slope is 0, also at the jump.
    step: Step() {
        info: Info {
            formula: "1 for x > 0, else 0",
            derivative: "0",
            range: |_| (0.0, 1.0),
            kinks: |_| vec![Kink::jump(0.0, 0.0, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(1.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// 0 with slope 0, but NaN where x is NaN.
    flat: Flat() {
        info: Info {
            formula: "0",
            derivative: "0",
            range: |_| (0.0, 0.0),
            trend: |_| everywhere(Constant),
            bend: |_| everywhere(Straight),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// The largest integer ≤ x; its slope is 0, also at the jumps.
    floor: Floor() {
        info: Info {
            formula: "⌊x⌋",
            derivative: "0",
            kinks: |_| vec![Kink::jump(0.0, INF, 0.0)],
            trend: |_| everywhere(Increasing),
            special: &[Special::at(-0.5, -1.0, 0.0), Special::at(2.0, 2.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.floor(),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// The smallest integer ≥ x; its slope is 0, also at the jumps.
    ceil: Ceil() {
        info: Info {
            formula: "⌈x⌉",
            derivative: "0",
            kinks: |_| vec![Kink::jump(0.0, 0.0, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| -(-x).floor(),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }
}
