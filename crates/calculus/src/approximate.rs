//! What derivatives at a point say of the function around it: tangent and normal, Taylor's
//! polynomial with a bound of the remainder, and the steps of gradient descent and Newton's method,
//! which are its first two truncations.

use chainrule_autograd::number::{Interval, Jet, Real};
use serde::Serialize;

use crate::curve::Curve;

/// A straight line through a point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The point.
    pub through: (f64, f64),
    /// The slope; ∞ of a vertical line.
    pub slope: f64,
}

impl Line {
    /// The line at x; NaN beside a vertical one.
    pub fn at(&self, x: f64) -> f64 {
        let ((x0, y0), d) = (self.through, x - self.through.0);
        match self.slope.is_infinite() {
            true if x != x0 => f64::NAN,
            true => y0,
            false => y0 + self.slope * d,
        }
    }
}

/// A polynomial in powers of x − center.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Polynomial {
    /// The center.
    pub center: f64,
    /// c₀, c₁, c₂, …
    pub coefficients: Vec<f64>,
}

impl Polynomial {
    /// The value at x, by Horner's rule.
    pub fn at(&self, x: f64) -> f64 {
        let d = x - self.center;
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * d + c)
    }
}

/// One step of a method that looks for a minimum, and the model of the function that it trusts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Where it starts.
    pub from: f64,
    /// Where it goes.
    pub to: f64,
    /// Taylor's polynomial at the start, of first order (gradient descent) or second (Newton).
    pub model: Polynomial,
}

impl Curve {
    /// The tangent at x.
    pub fn tangent(&self, x: f64) -> Line {
        let [y, slope, _] = self.derivatives(x);
        Line { through: (x, y), slope }
    }

    /// The normal at x: perpendicular to the tangent.
    pub fn normal(&self, x: f64) -> Line {
        let tangent = self.tangent(x);
        Line { slope: -1.0 / tangent.slope, ..tangent }
    }

    /// Taylor's polynomial.
    ///
    /// # Panics
    /// If the order is above 23.
    pub fn taylor(&self, center: f64, order: usize) -> Polynomial {
        let series = self.play(Jet::variable(center, order));
        let coefficients = (0..=order).map(|k| series.coefficient(k)).collect();
        Polynomial { center, coefficients }
    }

    /// What the polynomial of that order lacks at x, enclosed: f⁽ⁿ⁺¹⁾(ξ)·(x − x₀)ⁿ⁺¹/(n + 1)! for some
    /// ξ between, with all values that f⁽ⁿ⁺¹⁾ takes there. Proved, if f is smooth there; otherwise it
    /// is the whole line.
    ///
    /// ```
    /// use chainrule_calculus::Curve;
    /// let f = Curve::record(|x| x.exp())?;
    /// let r = f.remainder(0.0, 5, 1.0); // between 1/720 and e/720
    /// assert!((r.low() - 1.0 / 720.0).abs() < 1e-15);
    /// assert!((r.high() - std::f64::consts::E / 720.0).abs() < 1e-15);
    /// # Ok::<(), chainrule_autograd::EvaluateError>(())
    /// ```
    ///
    /// # Panics
    /// If the order is above 22.
    pub fn remainder(&self, center: f64, order: usize, x: f64) -> Interval {
        self.remainder_on(center, order, x, x)
    }

    /// What the polynomial lacks at any x from `from` to `to`.
    ///
    /// # Panics
    /// If the order is above 22.
    pub fn remainder_on(&self, center: f64, order: usize, from: f64, to: f64) -> Interval {
        use chainrule_autograd::number::Coefficient;
        let hull = Interval::new(center.min(from), center.max(to));
        let series = self.series(hull, order + 1);
        if !(0..=order + 1).all(|k| series.coefficient(k).is_regular()) {
            return Interval::ALL;
        }
        let distance = Interval::new(from, to) - Interval::point(center);
        series.coefficient(order + 1) * distance.powi(order as i32 + 1)
    }

    /// A step of gradient descent: x − rate·f′(x). It trusts the tangent only so far.
    pub fn descent_step(&self, x: f64, rate: f64) -> Step {
        let model = self.taylor(x, 1);
        Step { from: x, to: x - rate * model.coefficients[1], model }
    }

    /// A step of Newton's method, to where the parabola of second order has its vertex:
    /// x − f′(x)/f″(x). Where f″ < 0 that is a maximum of the parabola; `None` where f″ = 0.
    pub fn newton_step(&self, x: f64) -> Option<Step> {
        let model = self.taylor(x, 2);
        let [_, slope, half_bend] = model.coefficients[..] else { return None };
        let to = x - slope / (2.0 * half_bend);
        to.is_finite().then_some(Step { from: x, to, model })
    }

    /// Steps of gradient descent.
    pub fn descend(&self, start: f64, rate: f64, steps: usize) -> Vec<Step> {
        let mut x = start;
        let mut step = || {
            let step = self.descent_step(x, rate);
            x = step.to;
            step
        };
        (0..steps).map(|_| step()).collect()
    }

    /// Steps of Newton's method, until they stay where they are or f″ = 0.
    pub fn newton(&self, start: f64, steps: usize) -> Vec<Step> {
        let mut x = start;
        let mut list = Vec::new();
        while list.len() < steps
            && let Some(step) = self.newton_step(x).filter(|step| step.to != x)
        {
            x = step.to;
            list.push(step);
        }
        list
    }
}
