//! Finite differences: forward, backward, central, and extrapolated to h = 0.

/// How a derivative is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// (f(x + h) − f(x)) / h; error h·|f″|/2 + 2u·|f|/h
    Forward,
    /// (f(x) − f(x − h)) / h; error as forward
    Backward,
    /// (f(x + h) − f(x − h)) / 2h; error h²·|f‴|/6 + u·|f|/h
    Central,
    /// Central quotients for falling h, extrapolated to h = 0 (Ridders 1982).
    Extrapolated,
}

/// An estimate of a derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The derivative.
    pub slope: f64,
    /// How far off it may be, by comparing two estimates; a guide, not a bound.
    pub error: f64,
}

/// Estimates f′(x) by difference quotients. The unit roundoff of f's arithmetic decides the step;
/// the step used is the difference that is really represented, (x + h) − x.
///
/// ```
/// use chainrule_autograd::check::{Method, difference};
/// let e = difference(Method::Extrapolated, f64::EPSILON, 1.0, |x| x.exp());
/// assert!((e.slope - 1f64.exp()).abs() < 1e-11);
/// // At the kink of |x| the central quotient is 0, although there is no derivative.
/// assert_eq!(difference(Method::Central, f64::EPSILON, 0.0, |x| x.abs()).slope, 0.0);
/// ```
pub fn difference(
    method: Method,
    roundoff: f64,
    x: f64,
    mut f: impl FnMut(f64) -> f64,
) -> Estimate {
    let mut many = |x: f64| vec![f(x)];
    differences(method, roundoff, x, &mut many)[0]
}

/// The same for a function with many values: one estimate each.
pub(super) fn differences(
    method: Method,
    roundoff: f64,
    x: f64,
    f: &mut impl FnMut(f64) -> Vec<f64>,
) -> Vec<Estimate> {
    let scale = x.abs().max(1.0);
    match method {
        Method::Forward => {
            compared(|h, f| quotient(x, x + h, roundoff, f), 2.0 * roundoff.sqrt() * scale, f)
        }
        Method::Backward => {
            compared(|h, f| quotient(x - h, x, roundoff, f), 2.0 * roundoff.sqrt() * scale, f)
        }
        Method::Central => {
            compared(|h, f| quotient(x - h, x + h, roundoff, f), roundoff.cbrt() * scale, f)
        }
        Method::Extrapolated => {
            // A wide net, and a fine one for functions that change on a smaller scale than x.
            let fine = match x.abs() {
                0.0 => 1e-3,
                small if small <= 1.0 => 0.1 * small,
                _ => 1.0,
            };
            let (wide, fine) = (ridders(x, roundoff, scale, f), ridders(x, roundoff, fine, f));
            let better = |(a, b): (Estimate, Estimate)| if b.error < a.error { b } else { a };
            wide.into_iter().zip(fine).map(better).collect()
        }
    }
}

/// A difference quotient, and what rounding f may have added to it.
#[derive(Clone, Copy)]
struct Quotient {
    slope: f64,
    noise: f64,
}

/// (f(b) − f(a)) / (b − a), for each value of f.
fn quotient(a: f64, b: f64, roundoff: f64, f: &mut impl FnMut(f64) -> Vec<f64>) -> Vec<Quotient> {
    let (at_a, at_b) = (f(a), f(b));
    let quotient = |(fa, fb): (&f64, &f64)| Quotient {
        slope: (fb - fa) / (b - a),
        noise: 2.0 * roundoff * fa.abs().max(fb.abs()) / (b - a),
    };
    at_a.iter().zip(&at_b).map(quotient).collect()
}

/// The quotient at h; its distance from the one at 2h, with rounding, is the error.
fn compared<F: FnMut(f64) -> Vec<f64>>(
    quotient: impl Fn(f64, &mut F) -> Vec<Quotient>,
    h: f64,
    f: &mut F,
) -> Vec<Estimate> {
    let (near, far) = (quotient(h, f), quotient(2.0 * h, f));
    let estimate = |(near, far): (&Quotient, &Quotient)| Estimate {
        slope: near.slope,
        error: (near.slope - far.slope).abs() + near.noise,
    };
    near.iter().zip(&far).map(estimate).collect()
}

/// Central quotients at steps falling by √2, extrapolated in powers of h²; the estimate that agrees
/// best with its neighbours, rounding counted, wins.
fn ridders(
    x: f64,
    roundoff: f64,
    scale: f64,
    f: &mut impl FnMut(f64) -> Vec<f64>,
) -> Vec<Estimate> {
    const STEPS: usize = 12;
    let mut h = roundoff.powf(0.1) * scale;
    let mut step = || {
        h /= RATIO.sqrt();
        quotient(x - h, x + h, roundoff, f)
    };
    let rows: Vec<Vec<Quotient>> = (0..STEPS).map(|_| step()).collect();
    (0..rows[0].len()).map(|i| extrapolate(rows.iter().map(|row| row[i]))).collect()
}

/// By how much h² falls from step to step.
const RATIO: f64 = 2.0;

fn extrapolate(quotients: impl Iterator<Item = Quotient>) -> Estimate {
    let mut best = Estimate { slope: f64::NAN, error: f64::INFINITY };
    let mut above: Vec<f64> = Vec::new();
    for Quotient { slope, noise } in quotients.filter(|q| q.slope.is_finite()) {
        let mut row = vec![slope];
        let mut factor = 1.0;
        for (j, &up) in above.iter().enumerate() {
            factor *= RATIO;
            let next = (row[j] * factor - up) / (factor - 1.0);
            let error = (next - row[j]).abs().max((next - up).abs()) + noise;
            if error <= best.error {
                best = Estimate { slope: next, error };
            }
            row.push(next);
        }
        above = row;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_of_accuracy() {
        let true_slope = 1f64.exp();
        for (method, bound) in [
            (Method::Forward, 1e-6),
            (Method::Backward, 1e-6),
            (Method::Central, 1e-9),
            (Method::Extrapolated, 1e-11),
        ] {
            let e = difference(method, f64::EPSILON, 1.0, f64::exp);
            assert!((e.slope - true_slope).abs() < bound, "{method:?}: {e:?}");
            assert!(e.error < 10.0 * bound, "{method:?}: {e:?}");
        }
    }

    #[test]
    fn one_sided_quotients_see_the_kink() {
        let at_zero = |method| difference(method, f64::EPSILON, 0.0, f64::abs).slope;
        assert_eq!(at_zero(Method::Forward), 1.0);
        assert_eq!(at_zero(Method::Backward), -1.0);
        assert_eq!(at_zero(Method::Central), 0.0);
    }
}
