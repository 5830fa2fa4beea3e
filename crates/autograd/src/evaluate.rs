//! Evaluate: the values of a tape played with another [number type](crate::number).
//!
//! A plain walk over the nodes that the result depends on, made for functions of few elements: with a
//! jet it gives derivatives of every order, with a germ what happens beside a point, with an interval
//! what holds on a whole stretch. Each op states its values once more in its own file, for any
//! [`Number`]; those that cannot give an [`EvaluateError`].

use std::borrow::Cow;
use std::fmt;

use crate::function::Function;
use crate::graph::Record;
use crate::node::{Id, Node, Op, each_op};
use crate::number::{Jet, JetOf, Number, SHORT, ShortJet};
use crate::ops::Primitive;
use crate::play::Element;
use crate::shape::{count, dense_strides, stretched_strides};
use crate::var::Var;
use crate::view::offsets;

/// Why a tape cannot be played with a number type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvaluateError {
    /// An op has no rule for this number type.
    NoRule {
        /// The node, with its source line.
        node: String,
        /// The number type.
        number: &'static str,
    },
    /// An input was given another number of elements than it was recorded with.
    Elements {
        /// The input.
        input: String,
        /// How many it was recorded with.
        want: usize,
        /// How many were given.
        given: usize,
    },
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvaluateError::NoRule { node, number } => {
                write!(
                    f,
                    "{node} has no rule for numbers of type `{number}`; only f32 and f64 can be played there"
                )
            }
            EvaluateError::Elements { input, want, given } => {
                write!(f, "{input} has {want} elements and was given {given}")
            }
        }
    }
}

impl std::error::Error for EvaluateError {}

/// What the values of one node are computed from.
pub(crate) struct Evaluation<'a, N> {
    pub record: &'a Record,
    pub node: Node,
    values: &'a [Vec<N>],
}

impl<'a, N: Number> Evaluation<'a, N> {
    /// The elements of a node in row-major order.
    pub fn value(&self, id: Id) -> &'a [N] {
        &self.values[id.index()]
    }

    /// The elements of an operand in row-major order.
    pub fn operand(&self, i: usize) -> &'a [N] {
        self.value(self.node.operands[i])
    }

    /// The shape of an operand.
    pub fn operand_dims(&self, i: usize) -> &'a [usize] {
        self.record.shape(self.node.operands[i])
    }

    /// The shape of the result.
    pub fn dims(&self) -> &'a [usize] {
        self.record.shapes.get(self.node.shape)
    }

    /// The elements of an operand, stretched to a shape.
    pub fn stretched(&self, i: usize, dims: &[usize]) -> Cow<'a, [N]> {
        let own = self.operand_dims(i);
        if own == dims {
            return Cow::Borrowed(self.operand(i));
        }
        let strides = stretched_strides(own, &dense_strides(own), dims);
        Cow::Owned(self.picked(i, dims, &strides, 0))
    }

    /// The elements of an operand that a walk with strides meets.
    pub fn picked(&self, i: usize, dims: &[usize], strides: &[isize], start: usize) -> Vec<N> {
        let x = self.operand(i);
        offsets(dims, strides, start).map(|at| x[at]).collect()
    }
}

impl<T: Element> Var<'_, T> {
    /// The elements of this value, in row-major order, played with another number type.
    ///
    /// Each input that is listed has the numbers beside it; every other leaf has the values it was
    /// given, as literals. Nothing is recorded, and the values on the tape stay as they are.
    ///
    /// ```
    /// use chainrule_autograd::Tape;
    /// use chainrule_autograd::number::{Germ, Interval, Jet, Side};
    ///
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", 0.0);
    /// let y = x.abs() * 3.0 + x.sin();
    ///
    /// let series = y.evaluate(&[(x, &[Jet::variable(1.0, 2)])])?;
    /// assert_eq!(series[0].derivative(1), 3.0 + 1f64.cos());
    ///
    /// let beside = y.evaluate(&[(x, &[Germ::variable(0.0, Side::Left, 2)])])?;
    /// assert_eq!(beside[0].derivative(1, Side::Left), Some(-2.0));
    ///
    /// let range = y.evaluate(&[(x, &[Interval::new(-1.0, 2.0)])])?;
    /// assert!(range[0].contains(6.5));
    /// # Ok::<(), chainrule_autograd::EvaluateError>(())
    /// ```
    ///
    /// # Errors
    /// If an op has no rule for this number type (custom ops, indices), or an input is given another
    /// number of elements than it has.
    ///
    /// # Panics
    /// If an input stands on another tape.
    #[track_caller]
    pub fn evaluate<N: Number>(self, inputs: &[(Self, &[N])]) -> Result<Vec<N>, EvaluateError> {
        inputs.iter().for_each(|(x, _)| self.same_tape(*x, "evaluate"));
        for (x, given) in inputs {
            let (want, given) = (count(&x.shape()), given.len());
            if given != want {
                return Err(EvaluateError::Elements { input: x.label(), want, given });
            }
        }
        let given = |id: Id, node: &Node| {
            if let Some((_, given)) = inputs.iter().find(|(x, _)| x.id == id) {
                return Some(given.to_vec());
            }
            let leaf = || self.at(id).to_vec().into_iter().map(|x| N::lit(x.wide())).collect();
            matches!(node.op, Op::Leaf(_)).then(leaf)
        };
        walk(&self.graph.record(), self.id, given)
    }
}

/// Plays the nodes that `last` depends on, but for those whose values are given.
pub(crate) fn walk<N: Number>(
    record: &Record,
    last: Id,
    given: impl Fn(Id, &Node) -> Option<Vec<N>>,
) -> Result<Vec<N>, EvaluateError> {
    let needed = needed(record, last);
    let mut values: Vec<Vec<N>> = vec![Vec::new(); needed.len()];
    for index in (0..needed.len()).filter(|&i| needed[i]) {
        let id = Id(index as u32);
        let node = record.nodes[index];
        values[index] = match given(id, &node) {
            Some(given) => given,
            None => {
                let e = Evaluation { record, node, values: &values };
                let played = each_op!(node.op, op => op.evaluate(&e));
                let node = || record.label(id);
                played.ok_or_else(|| EvaluateError::NoRule { node: node(), number: N::NAME })?
            }
        };
    }
    Ok(values.swap_remove(last.index()))
}

/// The nodes up to `last` that it depends on.
pub(crate) fn needed(record: &Record, last: Id) -> Vec<bool> {
    let mut needed = vec![false; last.index() + 1];
    needed[last.index()] = true;
    for index in (0..needed.len()).rev() {
        if needed[index] {
            record.operands(Id(index as u32)).for_each(|o| needed[o.index()] = true);
        }
    }
    needed
}

impl<T: Element, const K: usize> Function<T, K> {
    /// The elements of the result played with another number type; see [`Var::evaluate`].
    ///
    /// ```
    /// use chainrule_autograd::{Function, number::Jet};
    /// let f = Function::<f64, 1>::record([("x", &[])], |[x]| x.exp() * x);
    /// let y = f.evaluate([&[Jet::variable(0.0, 10)]])?;
    /// assert!((y[0].derivative(10) - 10.0).abs() < 1e-13); // (x·eˣ)⁽¹⁰⁾ = (x + 10)·eˣ
    /// # Ok::<(), chainrule_autograd::EvaluateError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Var::evaluate`].
    pub fn evaluate<N: Number>(&self, at: [&[N]; K]) -> Result<Vec<N>, EvaluateError> {
        let inputs: Vec<_> = at.iter().enumerate().map(|(i, x)| (self.input(i), *x)).collect();
        self.output().evaluate(&inputs)
    }
}

impl<T: Element> Function<T, 1> {
    /// f(x), f′(x), …, f⁽ⁿ⁾(x) of a function of one number with one value, by its Taylor series, at a cost that grows
    /// like n².
    ///
    /// ```
    /// use chainrule_autograd::Function;
    /// let f = Function::<f64, 1>::record([("x", &[])], |[x]| x.powf(10.0) * 2.0);
    /// assert_eq!(f.derivatives(1.0, 3)?, [2.0, 20.0, 180.0, 1440.0]);
    /// # Ok::<(), chainrule_autograd::EvaluateError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Var::evaluate`].
    ///
    /// # Panics
    /// If n > 23, or the function has not exactly one value.
    #[track_caller]
    pub fn derivatives(&self, x: f64, n: usize) -> Result<Vec<f64>, EvaluateError> {
        match n < SHORT {
            true => self.series(ShortJet::variable(x, n), n),
            false => self.series(Jet::variable(x, n), n),
        }
    }

    #[track_caller]
    fn series<const ROOM: usize>(
        &self,
        x: JetOf<f64, ROOM>,
        n: usize,
    ) -> Result<Vec<f64>, EvaluateError>
    where
        JetOf<f64, ROOM>: Number,
    {
        let y = self.evaluate([&[x]])?;
        assert!(y.len() == 1, "derivatives: the function has {} values, not one", y.len());
        Ok((0..=n).map(|k| y[0].derivative(k)).collect())
    }
}
