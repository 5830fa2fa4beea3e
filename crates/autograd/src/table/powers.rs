//! Powers and roots.

use super::{Bend, Info, Kink, Special, Trend, around_zero, everywhere, from_zero};
use crate::number::Real;
use Bend::{Concave, Convex, Straight};
use Trend::{Decreasing, Increasing};

const INF: f64 = f64::INFINITY;

/// n·(n−1)·…·(n−k+1), the factor of the k-th derivative of xⁿ.
fn falling(n: f64, k: u32) -> f64 {
    (0..k).map(|i| n - f64::from(i)).product()
}

/// xᵖ⁻ᵏ. What p − k loses by rounding (e) is made good by xᵉ ≈ 1 + e·ln x: at x = 1e-310 it is
/// 300 ULP.
#[inline(always)]
fn lowered<R: Real>(x: R, p: f64, k: u32) -> R {
    let k = f64::from(k);
    let q = p - k;
    let lost = (p - (q - (q - p))) - (k + (q - p)); // two-sum
    let power = x.powf(q);
    if lost == 0.0 {
        return power;
    }
    let corrected = power.amul(R::lit(1.0) + R::lit(lost) * x.ln());
    x.split(R::lit(f64::NAN), power, corrected)
}

/// The k-th derivative of the n-th root, from its slope: (1/n−1)·…·(1/n−k+1)·slope/xᵏ⁻¹. At 0 it is
/// the limit from the right.
fn root_nth<R: Real>(k: u32, x: R, n: f64, slope: R) -> R {
    if n == 1.0 {
        return x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0));
    }
    let x = x + R::lit(0.0);
    (1..k).fold(slope, |y, i| R::lit(n.recip() - f64::from(i)) * y / x)
}

crate::elementwise! {
    impl Var;

    /// −x
    neg: Neg() {
        info: Info {
            formula: "−x",
            derivative: "−1",
            trend: |_| everywhere(Decreasing),
            bend: |_| everywhere(Straight),
            straight: true,
            ..Info::NEW
        },
        value: |x| -x,
        slope: |x| x.split(R::lit(-1.0), R::lit(-1.0), R::lit(-1.0)),
    }

    /// 1/x
    recip: Recip() {
        info: Info {
            formula: "1/x",
            derivative: "−1/x²",
            bend: |_| around_zero(Concave, Convex),
            test: (0.3, 4.0),
            special: &[Special::at(0.0, INF, -INF), Special::at(2.0, 0.5, -0.25)],
            ..Info::NEW
        },
        value: |x| x.recip(),
        slope: |x| {
            let y = x.recip();
            -(y * y)
        },
    }

    /// x²
    square: Square() {
        info: Info {
            formula: "x²",
            derivative: "2x",
            range: |_| (0.0, INF),
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(-3.0, 9.0, -6.0)],
            ..Info::NEW
        },
        value: |x| x.square(),
        slope: |x| x + x,
    }

    /// xⁿ for a constant integer n; x⁰ = 1 with slope 0 also at 0.
    powi: Powi(n = 3.0) {
        info: Info {
            formula: "xⁿ",
            derivative: "n·xⁿ⁻¹",
            check: |p| match p[0] {
                n if n.abs() <= 1e9 && n.fract() == 0.0 => Ok(()),
                _ => Err("n is a whole number; for other powers use `powf`"),
            },
            special: &[Special::at(-2.0, -8.0, 12.0), Special::at(0.0, 0.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.powi(n as i32),
        slope: |x| if n == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(n) * x.powi(n as i32 - 1)
        },
        nth: |k, x| if n >= 0.0 && f64::from(k) > n {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(falling(n, k)) * x.powi(n as i32 - k as i32)
        },
    }

    /// xᵖ for a constant p: for integers as `powi`, for others NaN where x < 0.
    powf: Powf(p = 2.5) {
        info: Info {
            formula: "xᵖ",
            derivative: "p·xᵖ⁻¹",
            check: |p| if p[0].is_finite() { Ok(()) } else { Err("the exponent is finite") },
            domain: |p| (if p[0].fract() == 0.0 { -INF } else { 0.0 }, INF),
            test: (0.2, 4.0),
            special: &[Special::at(4.0, 32.0, 20.0), Special::at(0.0, 0.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.powf(p),
        slope: |x| if p == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(p) * lowered(x, p, 1)
        },
        nth: |k, x| if falling(p, k) == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(falling(p, k)) * lowered(x, p, k)
        },
    }

    /// √x; slope +∞ at 0.
    sqrt: Sqrt() {
        info: Info {
            formula: "√x",
            derivative: "1/(2√x)",
            domain: |_| (0.0, INF),
            range: |_| (0.0, INF),
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(-0.0, -0.0, INF), Special::at(4.0, 2.0, 0.25)],
            ..Info::NEW
        },
        value: |x| x.sqrt(),
        slope: |x| R::lit(0.5) / (x + R::lit(0.0)).sqrt(),
        nth: |k, x| R::lit(falling(0.5, k)) * x.powf(0.5 - f64::from(k)),
    }

    /// ∛x, real for negative x as well; slope +∞ at 0.
    cbrt: Cbrt() {
        info: Info {
            formula: "∛x",
            derivative: "1/(3∛x²)",
            kinks: |_| vec![Kink { at: 0.0, left: INF, right: INF, taken: INF }],
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(-8.0, -2.0, 1.0 / 12.0), Special::at(0.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.root(3),
        slope: |x| R::lit(1.0) / (R::lit(3.0) * x.root(3).square()),
        nth: |k, x| root_nth(k, x, 3.0, Self::slope(x, &[])),
    }

    /// The real n-th root for an integer n ≥ 1; odd roots of negative numbers are real.
    root: Root(n = 5.0) {
        info: Info {
            formula: "ⁿ√x",
            derivative: "y/(n·x), y = ⁿ√x",
            check: |p| match p[0] {
                n if (1.0..=1e6).contains(&n) && n.fract() == 0.0 => Ok(()),
                _ => Err("n is a whole number from 1 to 10⁶"),
            },
            domain: |p| (if p[0] % 2.0 == 0.0 { 0.0 } else { -INF }, INF),
            range: |p| (if p[0] % 2.0 == 0.0 { 0.0 } else { -INF }, INF),
            kinks: |p| match p[0] % 2.0 {
                1.0 if p[0] > 1.0 => vec![Kink { at: 0.0, left: INF, right: INF, taken: INF }],
                _ => vec![],
            },
            trend: |p| if p[0] % 2.0 == 0.0 { from_zero(Increasing) } else { everywhere(Increasing) },
            test: (0.2, 5.0),
            special: &[Special::at(-32.0, -2.0, 1.0 / 80.0), Special::at(0.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.root(n as u32),
        slope: |x| {
            let (inf, y) = (R::lit(INF), x.root(n as u32));
            let plain = y / R::lit(n) / x; // not by yⁿ⁻¹, whose error is n − 1 times that of y
            let (at_zero, far) = match n {
                1.0 => (R::lit(1.0), R::lit(1.0)),
                _ => (inf, y.recip().square()),
            };
            let plain = x.split(plain, at_zero, plain);
            x.by_order(inf, x.by_order(-inf, far, far, plain), far, far)
        },
        nth: |k, x| root_nth(k, x, n, Self::slope(x, &[n])),
    }
}
