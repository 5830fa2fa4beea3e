//! [`Curve`]: a function of one variable, recorded on a tape once and played with every number type.

use chainrule_autograd::number::{Germ, Interval, Jet, Number, ShortJet, Side, Stretch};
use chainrule_autograd::table::Row;
use chainrule_autograd::{EvaluateError, Function, Var};

use crate::parse_error::ParseError;
use crate::text::Expression;

/// A real function of one real variable.
///
/// ```
/// use chainrule_calculus::Curve;
///
/// let f = Curve::record(|x| x.powi(3.0) - x * 3.0)?;
/// assert_eq!(f.derivatives(2.0), [2.0, 9.0, 12.0]); // f, f′, f″
/// assert_eq!(f.derivative(2.0, 3), 6.0);
/// # Ok::<(), chainrule_autograd::EvaluateError>(())
/// ```
#[derive(Debug)]
pub struct Curve {
    function: Function<f64, 1>,
    text: Option<String>,
}

/// What cannot go wrong any more: a curve has been played with every number type when it was made.
const PLAYED: &str = "a curve is played with every number type when it is made";

impl Curve {
    /// Records a function. Constants with more than 32 significant bits stand for numbers that were
    /// rounded (see [`Interval`]).
    ///
    /// # Errors
    /// If an op of it cannot be played with intervals or germs (a custom op, an index).
    ///
    /// # Panics
    /// If the result is not a single number, or not of the tape of `x`.
    pub fn record(
        f: impl for<'t> FnOnce(Var<'t, f64>) -> Var<'t, f64>,
    ) -> Result<Self, EvaluateError> {
        let function = Function::record([("x", &[])], |[x]| {
            let y = f(x);
            assert!(y.shape().iter().all(|&n| n == 1), "a curve has one value, not {y:?}");
            y
        });
        let curve = Curve { function, text: None };
        curve.try_play(Jet::variable(0.5, 1))?;
        curve.try_play(Germ::variable(0.5, Side::Right, 1))?;
        curve.try_play(Stretch::variable(0.25, 0.5, 1))?;
        Ok(curve)
    }

    /// Reads a function of x from text, such as `"sigmoid(sin(x))*exp(-x^2)"`. It may use every row
    /// that is passed in, by name; see the [front page](crate#text) for the notation.
    ///
    /// ```
    /// use chainrule_calculus::Curve;
    /// let f = Curve::parse("2*x^10", chainrule_activations::rows())?;
    /// assert_eq!(f.derivative(1.0, 2), 180.0);
    ///
    /// let error = Curve::parse("sin(x) + csh(x)", chainrule_activations::rows()).unwrap_err();
    /// assert!(error.to_string().contains("did you mean `cosh`?"));
    /// # Ok::<(), chainrule_calculus::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// With the place, marked by a caret, and what is wrong there.
    pub fn parse(
        text: &str,
        rows: impl Iterator<Item = &'static dyn Row>,
    ) -> Result<Self, ParseError> {
        let expression = Expression::parse(text, rows)?;
        let mut curve = Curve::record(|x| expression.record(x)).map_err(ParseError::of)?;
        curve.text = Some(text.trim().to_owned());
        Ok(curve)
    }

    /// The text it was read from.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The tape and what can be asked of it.
    pub fn function(&self) -> &Function<f64, 1> {
        &self.function
    }

    fn try_play<N: Number>(&self, x: N) -> Result<N, EvaluateError> {
        Ok(self.function.evaluate([&[x]])?[0])
    }

    /// The function of a number of any type.
    pub fn play<N: Number>(&self, x: N) -> N {
        self.try_play(x).expect(PLAYED)
    }

    /// f(x)
    pub fn value(&self, x: f64) -> f64 {
        self.play(x)
    }

    /// f⁽ⁿ⁾(x) by the Taylor series, at a cost that grows like n².
    ///
    /// # Panics
    /// If n > 23.
    pub fn derivative(&self, x: f64, n: usize) -> f64 {
        self.function.derivatives(x, n).expect(PLAYED)[n]
    }

    /// f(x), f′(x), f″(x): position, velocity, acceleration.
    pub fn derivatives(&self, x: f64) -> [f64; 3] {
        let series = self.play(ShortJet::variable(x, 2));
        [0, 1, 2].map(|k| series.derivative(k))
    }

    /// An interval that contains f(x) for every x in the given one.
    pub fn range(&self, x: Interval) -> Interval {
        self.play(x)
    }

    /// The Taylor coefficients up to an order at every point of an interval.
    pub(crate) fn series(&self, x: Interval, order: usize) -> Jet<Interval> {
        self.play(Jet::variable(x, order))
    }

    /// f⁽ᵏ⁾/k! at one point, enclosed.
    pub(crate) fn coefficient(&self, x: f64, k: usize) -> Interval {
        self.series(Interval::point(x), k).coefficient(k)
    }

    pub(crate) fn stretch(&self, a: f64, b: f64, order: usize) -> Stretch {
        self.play(Stretch::variable(a, b, order))
    }

    /// The germ on one side of a point, in intervals: nothing in it is rounded.
    pub(crate) fn germ(&self, x: f64, side: Side) -> Germ<Interval> {
        self.play(Germ::variable(Interval::point(x), side, 4))
    }

    /// The value at one point, enclosed.
    pub(crate) fn enclosed(&self, x: f64) -> Interval {
        self.play(Interval::point(x))
    }
}
