//! The gradient check: every element of a recorded function's derivative against differences.

use ndarray::ArrayD;

use super::difference::{Estimate, Method, differences};
use super::{Entry, Report, Verdict};
use crate::error::FeedError;
use crate::feed::Feed;
use crate::function::Function;
use crate::play::Element;

impl<T: Element, const N: usize> Function<T, N> {
    /// Compares every element of the Jacobian at the given inputs with extrapolated central
    /// differences. At a kink the derivative must lie between the one-sided quotients.
    ///
    /// An element may be off by 1e-6 of itself in `f64`, 1e-2 in `f32`, and by four times what the
    /// differences say of their own error, rounding of the function included. Where that error
    /// swallows the derivative, the verdict is [`Verdict::Undecided`].
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn check(&self, at: [&dyn Feed<T>; N]) -> Result<Report, FeedError> {
        self.feed(at)?;
        Ok(self.compare(at, 1, &self.row_by_row(1)))
    }

    /// Compares every element of the Hessian (of Σ output) with differences of the gradient.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn check_second(&self, at: [&dyn Feed<T>; N]) -> Result<Report, FeedError> {
        self.feed(at)?;
        Ok(self.compare(at, 2, &self.row_by_row(2)))
    }

    fn compare(&self, at: [&dyn Feed<T>; N], order: usize, exact: &[ArrayD<T>; N]) -> Report {
        let mut entries = Vec::new();
        for i in 0..N {
            let input = at[i].as_feed().to_owned();
            let columns = input.len();
            let exact: Vec<f64> = exact[i].iter().map(|x| x.wide()).collect();
            for column in 0..columns {
                let numeric = self.column(i, &input, column, order);
                for (row, numeric) in numeric.into_iter().enumerate() {
                    let input = self.names()[i].clone();
                    let judged = judge::<T>(exact[row * columns + column], numeric);
                    entries.push(Entry { input, index: column, row, ..judged });
                }
            }
            self.input(i).set(&input).expect("it fitted before");
        }
        Report { entries }
    }

    /// Differences of every output element along one element of one input.
    fn column(&self, i: usize, input: &ArrayD<T>, at: usize, order: usize) -> Vec<Numeric> {
        let mut moved = input.clone();
        let x = input.iter().nth(at).map_or(0.0, |x| x.wide());
        let mut f = |x: f64| -> Vec<f64> {
            if let Some(element) = moved.iter_mut().nth(at) {
                *element = T::narrow(x);
            }
            self.input(i).set(&moved).expect("it fitted before");
            self.differentiated(order).iter().map(|y| y.wide()).collect()
        };
        let roundoff = if T::NAME == "f32" { f32::EPSILON.into() } else { f64::EPSILON };
        let mut side = |method| differences(method, roundoff, x, &mut f);
        let (left, right) = (side(Method::Backward), side(Method::Forward));
        let central = side(Method::Extrapolated);
        let sides = left.into_iter().zip(right);
        central
            .into_iter()
            .zip(sides)
            .map(|(c, (left, right))| Numeric { c, left, right })
            .collect()
    }
}

struct Numeric {
    c: Estimate,
    left: Estimate,
    right: Estimate,
}

/// One element: the derivative may be off by a share of itself and by what the differences say of
/// their own error.
fn judge<T: Element>(analytic: f64, numeric: Numeric) -> Entry {
    let Numeric { c, left, right } = numeric;
    let (relative, kink) = if T::NAME == "f32" { (1e-2, 2e-1) } else { (1e-6, 1e-3) };
    let size = if analytic.is_finite() { analytic.abs().max(c.slope.abs()) } else { 0.0 };
    let tolerance = relative * size + 4.0 * c.error;
    let error = (analytic - c.slope).abs();
    let verdict = if analytic.is_nan() {
        if c.slope.is_nan() { Verdict::Agrees } else { Verdict::Differs }
    } else if analytic.is_infinite() {
        if grows(analytic, left) || grows(analytic, right) {
            Verdict::Kink
        } else {
            Verdict::Differs
        }
    } else if between(analytic, left, right, kink) {
        Verdict::Kink
    } else if error > tolerance || c.slope.is_nan() {
        Verdict::Differs
    } else if analytic != 0.0 && error > 0.5 * size {
        Verdict::Undecided
    } else {
        Verdict::Agrees
    };
    Entry {
        input: String::new(),
        index: 0,
        row: 0,
        analytic,
        numeric: c.slope,
        error,
        tolerance,
        verdict,
    }
}

/// Whether the one-sided quotients are apart, and the derivative lies between them.
fn between(analytic: f64, left: Estimate, right: Estimate, kink: f64) -> bool {
    let (low, high) = (left.slope.min(right.slope), left.slope.max(right.slope));
    let slack = kink * low.abs().max(high.abs());
    let apart = high - low > slack + 4.0 * (left.error + right.error);
    apart && analytic >= low - slack && analytic <= high + slack
}

/// Whether a one-sided quotient grows to ±∞ as its step falls.
fn grows(infinity: f64, side: Estimate) -> bool {
    side.slope * infinity > 0.0 && side.error > 0.1 * side.slope.abs()
}
