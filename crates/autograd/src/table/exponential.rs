//! Exponentials and logarithms.

use super::{Bend, Info, Span, Special, Trend, everywhere, from_zero};
use crate::number::Real;
use Bend::{Concave, Convex};
use Trend::{Decreasing, Increasing};

const INF: f64 = f64::INFINITY;
const LN_2: f64 = std::f64::consts::LN_2;
const LOG2_E: f64 = std::f64::consts::LOG2_E;
const LOG10_E: f64 = std::f64::consts::LOG10_E;

fn base(p: &[f64]) -> Result<(), &'static str> {
    match p[0] {
        a if a > 0.0 && a != 1.0 && a.is_finite() => Ok(()),
        _ => Err("the base of a logarithm is positive, finite and not 1"),
    }
}

/// 2ˣ·(ln 2)ᵏ as 2ˣ⁻ᵏ·(2 ln 2)ᵏ, which overflows no sooner than its value does.
#[inline(always)]
fn exp2_times_ln2<R: Real>(k: u32, x: R) -> R {
    (x - R::lit(k.into())).exp_base(2.0) * R::lit((2.0 * LN_2).powi(k as i32))
}

/// aˣ·c; by halves of x where c is small, so that aˣ alone does not overflow.
#[inline(always)]
fn scaled_power<R: Real>(x: R, a: f64, c: f64) -> R {
    if c.abs() >= 1.0 || c == 0.0 {
        return x.exp_base(a) * R::lit(c);
    }
    let half = (x * R::lit(0.5)).exp_base(a);
    half * R::lit(c) * half
}

/// The k-th derivative of c·ln x: −c·(−1)ᵏ·(k−1)!/xᵏ.
fn log_nth<R: Real>(k: u32, x: R, c: f64) -> R {
    let factor = (1..k).fold(c, |c, i| -c * f64::from(i));
    let y = (0..k).fold(R::lit(factor), |y, _| y / x);
    x.split(R::lit(f64::NAN), R::lit(INF.copysign(factor)), y)
}

crate::elementwise! {
    impl Var;

    /// eˣ
    exp: Exp() {
        info: Info {
            shares: true,
            formula: "eˣ",
            derivative: "eˣ",
            range: |_| (0.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 1.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.exp(),
        slope: |x| x.exp(),
        nth: |_k, x| x.exp(),
    }

    /// 2ˣ
    exp2: Exp2() {
        info: Info {
            formula: "2ˣ",
            derivative: "2ˣ·ln 2",
            range: |_| (0.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(3.0, 8.0, 8.0 * LN_2)],
            ..Info::NEW
        },
        value: |x| x.exp_base(2.0),
        slope: |x| exp2_times_ln2(1, x),
        nth: |k, x| exp2_times_ln2(k, x),
    }

    /// eˣ − 1, exact near 0.
    exp_m1: ExpM1() {
        info: Info {
            shares: true,
            formula: "eˣ − 1",
            derivative: "eˣ",
            range: |_| (-1.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(1e-300, 1e-300, 1.0)],
            ..Info::NEW
        },
        value: |x| x.exp_m1(),
        slope: |x| x.exp(),
        nth: |_k, x| x.exp(),
    }

    /// aˣ for a constant base a > 0.
    exp_base: ExpBase(a = 3.0) {
        info: Info {
            formula: "aˣ",
            derivative: "aˣ·ln a",
            check: |p| match p[0] {
                a if a > 0.0 && a.is_finite() => Ok(()),
                _ => Err("the base of a real power is positive and finite"),
            },
            range: |p| if p[0] == 1.0 { (1.0, 1.0) } else { (0.0, INF) },
            trend: |p| everywhere(if p[0] < 1.0 { Decreasing } else { Increasing }),
            bend: |_| everywhere(Convex),
            special: &[Special::at(2.0, 9.0, 9.8875105980129872)],
            ..Info::NEW
        },
        value: |x| x.exp_base(a),
        slope: |x| scaled_power(x, a, a.ln()),
        nth: |k, x| scaled_power(x, a, a.ln().powi(k as i32)),
    }

    /// ln x
    ln: Ln() {
        info: Info {
            formula: "ln x",
            derivative: "1/x",
            domain: |_| (0.0, INF),
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(1.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.ln(),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), x.recip()),
        nth: |k, x| log_nth(k, x, 1.0),
    }

    /// log₂ x, exact at powers of 2.
    log2: Log2() {
        info: Info {
            formula: "log₂ x",
            derivative: "1/(x·ln 2)",
            domain: |_| (0.0, INF),
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(8.0, 3.0, 0.18033688011112043)],
            ..Info::NEW
        },
        value: |x| x.log_base(2.0),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), R::lit(LOG2_E) / x),
        nth: |k, x| log_nth(k, x, LOG2_E),
    }

    /// log₁₀ x, exact at powers of 10.
    log10: Log10() {
        info: Info {
            formula: "log₁₀ x",
            derivative: "1/(x·ln 10)",
            domain: |_| (0.0, INF),
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(1000.0, 3.0, 4.3429448190325183e-4)],
            ..Info::NEW
        },
        value: |x| x.log_base(10.0),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), R::lit(LOG10_E) / x),
        nth: |k, x| log_nth(k, x, LOG10_E),
    }

    /// The logarithm to a constant base a > 0, a ≠ 1.
    log: Log(a = 3.0) {
        info: Info {
            formula: "logₐ x",
            derivative: "1/(x·ln a)",
            check: base,
            domain: |_| (0.0, INF),
            trend: |p| from_zero(if p[0] < 1.0 { Decreasing } else { Increasing }),
            bend: |p| from_zero(if p[0] < 1.0 { Convex } else { Concave }),
            test: (0.2, 5.0),
            special: &[Special::at(9.0, 2.0, 0.10113769184742637)],
            ..Info::NEW
        },
        value: |x| x.log_base(a),
        slope: |x| {
            let edge = R::lit(INF.copysign(a - 1.0));
            x.split(R::lit(f64::NAN), edge, R::lit(a.ln().recip()) / x)
        },
        nth: |k, x| log_nth(k, x, a.ln().recip()),
    }

    /// ln(1 + x), exact near 0.
    ln_1p: Ln1p() {
        info: Info {
            formula: "ln(1 + x)",
            derivative: "1/(1 + x)",
            domain: |_| (-1.0, INF),
            trend: |_| vec![Span::new(-1.0, INF, Increasing)],
            bend: |_| vec![Span::new(-1.0, INF, Concave)],
            test: (-0.8, 4.0),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(-1.0, -INF, INF)],
            ..Info::NEW
        },
        value: |x| x.ln_1p(),
        slope: |x| {
            let slope = (R::lit(1.0) + x).recip();
            x.by_order(R::lit(-1.0), R::lit(f64::NAN), R::lit(INF), slope)
        },
        nth: |k, x| log_nth(k, R::lit(1.0) + x, 1.0),
    }
}
