//! Trigonometric functions and their inverses, in radians.

use super::{Bend, Info, Span, Special, Trend, around_zero, everywhere};
use crate::number::Real;
use Bend::{Concave, Convex};
use Trend::{Decreasing, Increasing};

const INF: f64 = f64::INFINITY;
const PI: f64 = std::f64::consts::PI;
const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;

/// The k-th derivative of sine: a turn by k quarters.
#[inline(always)]
fn turned<R: Real>(x: R, k: u32) -> R {
    match k % 4 {
        0 => x.sin(),
        1 => x.cos(),
        2 => -x.sin(),
        _ => -x.cos(),
    }
}

/// x/√((1−x)(1+x))³, exact near 0.
#[inline(always)]
fn arcsine_second<R: Real>(x: R) -> R {
    let square = (R::lit(1.0) - x) * (R::lit(1.0) + x);
    x / (square * square.sqrt())
}

crate::elementwise! {
    impl Var;

    /// sin x, x in radians.
    sin: Sin() {
        info: Info {
            turns: true,
            shares: true,
            formula: "sin x",
            derivative: "cos x",
            range: |_| (-1.0, 1.0),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.sin(),
        slope: |x| x.cos(),
        nth: |k, x| turned(x, k),
    }

    /// cos x, x in radians.
    cos: Cos() {
        info: Info {
            turns: true,
            shares: true,
            formula: "cos x",
            derivative: "−sin x",
            range: |_| (-1.0, 1.0),
            special: &[Special::at(0.0, 1.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.cos(),
        slope: |x| -x.sin(),
        nth: |k, x| turned(x, k + 1),
    }

    /// tan x, x in radians.
    tan: Tan() {
        info: Info {
            turns: true,
            shares: true,
            formula: "tan x",
            derivative: "1 + tan² x",
            test: (-1.2, 1.2),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.tan(),
        slope: |x| R::lit(1.0) + x.tan().square(),
    }

    /// arcsin x in radians, |x| ≤ 1; slope +∞ at ±1.
    asin: Asin() {
        info: Info {
            formula: "arcsin x",
            derivative: "1/√((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            range: |_| (-HALF_PI, HALF_PI),
            trend: |_| vec![Span::new(-1.0, 1.0, Increasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Concave), Span::new(0.0, 1.0, Convex)],
            test: (-0.9, 0.9),
            special: &[Special::at(1.0, HALF_PI, INF)],
            ..Info::NEW
        },
        value: |x| x.asin(),
        slope: |x| ((R::lit(1.0) - x) * (R::lit(1.0) + x)).sqrt().recip(),
        second: |x| arcsine_second(x),
    }

    /// arccos x in radians, |x| ≤ 1; slope −∞ at ±1.
    acos: Acos() {
        info: Info {
            formula: "arccos x",
            derivative: "−1/√((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            range: |_| (0.0, PI),
            trend: |_| vec![Span::new(-1.0, 1.0, Decreasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Convex), Span::new(0.0, 1.0, Concave)],
            test: (-0.9, 0.9),
            special: &[Special::at(1.0, 0.0, -INF)],
            ..Info::NEW
        },
        value: |x| x.acos(),
        slope: |x| -((R::lit(1.0) - x) * (R::lit(1.0) + x)).sqrt().recip(),
        second: |x| -arcsine_second(x),
    }

    /// arctan x in radians.
    atan: Atan() {
        info: Info {
            formula: "arctan x",
            derivative: "1/(1 + x²)",
            range: |_| (-HALF_PI, HALF_PI),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(INF, HALF_PI, 0.0)],
            ..Info::NEW
        },
        value: |x| x.atan(),
        slope: |x| {
            let one = R::lit(1.0);
            let r2 = x.recip().square(); // |x| > 1: 1/(1 + x²) = r²/(1 + r²), r = 1/x
            let far = r2 / (one + r2);
            (one - x.neg_abs().square()).pos((one + x.square()).recip(), far)
        },
    }
}
