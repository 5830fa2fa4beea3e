//! Derivatives as limits: difference quotients with an error estimate, tables of them as h → 0, and
//! limits of any sequence.

use serde::Serialize;

/// A number with an estimate of its error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// How far it may be off; an estimate, not a bound.
    pub error: f64,
}

/// Which points a difference quotient takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotient {
    /// (f(x + h) − f(x))/h
    Forward,
    /// (f(x) − f(x − h))/h
    Backward,
    /// (f(x + h) − f(x − h))/2h
    Central,
    /// Central quotients for shrinking h, extrapolated to h = 0.
    /// (Ridders, *Accurate computation of F′(x) and F′(x)F″(x)*, 1982.)
    Extrapolated,
}

impl Quotient {
    /// The quotient of f at x for one step. The step that is divided by is the one that was taken:
    /// x + h is rounded.
    pub fn at(self, f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
        let (above, below) = (x + h, x - h);
        match self {
            Quotient::Forward => (f(above) - f(x)) / (above - x),
            Quotient::Backward => (f(x) - f(below)) / (x - below),
            Quotient::Central | Quotient::Extrapolated => (f(above) - f(below)) / (above - below),
        }
    }
}

/// f′(x) by a difference quotient, with an estimate of what cutting off and rounding cost.
///
/// The step balances the two: about √ε for one-sided quotients, ∛ε for the central one. A quotient
/// says nothing about whether the derivative exists: for |x| at 0 the central one is 0. See
/// [`Curve::at`](crate::Curve::at) for what is true there.
///
/// ```
/// use chainrule_calculus::{Quotient, difference};
/// let d = difference(f64::sin, 1.0, Quotient::Extrapolated);
/// assert!((d.value - 1f64.cos()).abs() < 1e-12);
/// assert_eq!(difference(f64::abs, 0.0, Quotient::Central).value, 0.0); // there is no derivative
/// ```
pub fn difference(f: impl Fn(f64) -> f64, x: f64, quotient: Quotient) -> Estimate {
    let scale = x.abs().max(1.0);
    let power = match quotient {
        Quotient::Forward | Quotient::Backward => 0.5,
        Quotient::Central => 1.0 / 3.0,
        Quotient::Extrapolated => return ridders(f, x, 0.1 * scale),
    };
    let h = scale * f64::EPSILON.powf(power);
    let value = quotient.at(&f, x, h);
    let cut = (quotient.at(&f, x, 2.0 * h) - value).abs();
    Estimate { value, error: cut + 2.0 * f64::EPSILON * f(x).abs() / h }
}

fn ridders(f: impl Fn(f64) -> f64, x: f64, h: f64) -> Estimate {
    let quotients = (0..12).map(|k| Quotient::Central.at(&f, x, h * 0.5f64.powi(k)));
    let Estimate { value, error } = extrapolate(quotients, 4.0, 4.0);
    let rounding = 4.0 * f64::EPSILON * (value.abs() + f(x).abs() / h);
    Estimate { value, error: error + rounding }
}

/// Neville's table over values at steps that are halved: the entry with the least estimated error.
/// The error's first power of the step is cancelled by `first`, each further one by `ratio` times
/// more.
fn extrapolate(values: impl Iterator<Item = f64>, first: f64, ratio: f64) -> Estimate {
    let mut best = Estimate { value: f64::NAN, error: f64::INFINITY };
    let mut last: Vec<f64> = Vec::new();
    for value in values {
        let mut row = vec![value];
        let mut factor = first;
        for (k, old) in last.iter().enumerate() {
            let next = row[k] + (row[k] - old) / (factor - 1.0);
            let error = (next - row[k]).abs().max((next - old).abs());
            if error < best.error {
                best = Estimate { value: next, error };
            }
            row.push(next);
            factor *= ratio;
        }
        if best.value.is_nan() {
            best.value = value;
        }
        last = row;
    }
    best
}

/// One line of a table of quotients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quotients {
    /// The step.
    pub h: f64,
    /// (f(x) − f(x − h))/h
    pub backward: f64,
    /// (f(x + h) − f(x − h))/2h
    pub central: f64,
    /// (f(x + h) − f(x))/h
    pub forward: f64,
}

/// The quotients for h = 1, 1/10, 1/100, …: towards the limit, and then away from it by rounding.
pub fn quotients(f: impl Fn(f64) -> f64, x: f64, lines: i32) -> Vec<Quotients> {
    let line = |k: i32| {
        let h = 10f64.powi(-k);
        Quotients {
            h,
            backward: Quotient::Backward.at(&f, x, h),
            central: Quotient::Central.at(&f, x, h),
            forward: Quotient::Forward.at(&f, x, h),
        }
    };
    (0..lines).map(line).collect()
}

/// Where a limit is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Toward {
    /// x → a from below.
    Below(f64),
    /// x → a from above.
    Above(f64),
    /// x → ∞
    Infinity,
}

/// A limit as a table: arguments, values, and what they tend to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitTable {
    /// Arguments and values.
    pub lines: Vec<(f64, f64)>,
    /// The limit, extrapolated on the assumption that the values have an expansion in powers of the
    /// distance (of 1/x for x → ∞).
    pub limit: Estimate,
}

/// Values on the way to a limit, and the limit.
///
/// ```
/// use chainrule_calculus::{Toward, limit};
/// let e = limit(|n| (1.0 + 1.0 / n).powf(n), Toward::Infinity);
/// assert!((e.limit.value - std::f64::consts::E).abs() < 1e-11);
/// ```
pub fn limit(f: impl Fn(f64) -> f64, toward: Toward) -> LimitTable {
    let at = |k: i32| match toward {
        Toward::Below(a) => a - 0.5f64.powi(k),
        Toward::Above(a) => a + 0.5f64.powi(k),
        Toward::Infinity => 2f64.powi(k),
    };
    let lines: Vec<(f64, f64)> = (1..=16).map(at).map(|x| (x, f(x))).collect();
    let limit = extrapolate(lines.iter().map(|line| line.1), 2.0, 2.0);
    LimitTable { lines, limit }
}
