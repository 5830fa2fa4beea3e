//! [`Function`]: a computation recorded once, asked for its value and derivatives many times.

use std::cell::OnceCell;

use ndarray::{ArrayD, IxDyn};

use crate::error::FeedError;
use crate::feed::Feed;
use crate::node::Id;
use crate::ops::{Scalar, concat};
use crate::play::Element;
use crate::sweep::Sweeps;
use crate::tape::Tape;
use crate::var::Var;

/// A function of N named inputs, recorded once. Derivatives are recorded when first asked for, and
/// replayed afterwards.
///
/// ```
/// use chainrule_autograd::Function;
/// let f = Function::record([("x", &[2]), ("w", &[2])], |[x, w]| (x * w).tanh().sum());
/// let (value, [dx, dw]) = f.value_and_gradient([&[0.0, 1.0], &[3.0, 0.0]])?;
/// assert_eq!(value[[]], 0.0);
/// assert_eq!(dx.as_slice(), Some(&[3.0, 0.0][..]));
/// assert_eq!(dw.as_slice(), Some(&[0.0, 1.0][..]));
/// # Ok::<(), chainrule_autograd::FeedError>(())
/// ```
#[derive(Debug)]
pub struct Function<T: Element, const N: usize> {
    tape: Tape<T>,
    inputs: [Id; N],
    names: [String; N],
    output: Id,
    gradient: OnceCell<Vec<Id>>,
    first: OnceCell<Pullback>,
    second: OnceCell<Pullback>,
    /// The sweeps of the Jacobian by rows, by columns, and of the Hessian.
    pub(crate) sweeps: [OnceCell<Option<Sweeps<T>>>; 3],
}

/// A value with the pullback of an adjoint that can be set.
#[derive(Debug)]
struct Pullback {
    output: Id,
    seed: Id,
    adjoints: Vec<Id>,
}

impl<T: Element, const N: usize> Function<T, N> {
    /// Records `f` for inputs of the given names and shapes.
    ///
    /// # Panics
    /// If what `f` records is not valid (shapes that do not fit, say), if its result stands on another
    /// tape, or if two inputs have one name.
    #[track_caller]
    pub fn record(
        inputs: [(&str, &[usize]); N],
        f: impl for<'t> FnOnce([Var<'t, T>; N]) -> Var<'t, T>,
    ) -> Self {
        Self::record_on_tape(inputs, |_, vars| f(vars))
    }

    /// [`record`](Self::record) for a function that needs its tape: for constants such as a data set,
    /// in which it is not differentiated.
    ///
    /// ```
    /// use chainrule_autograd::Function;
    /// let f = Function::<f64, 1>::record_on_tape([("w", &[2])], |tape, [w]| {
    ///     let x = tape.constant([[1.0, 2.0], [3.0, 4.0]]);
    ///     x.matmul(w).square().sum()
    /// });
    /// let [h] = f.hessian([&[0.0, 0.0]])?; // 2·XᵀX
    /// assert_eq!(h, ndarray::arr2(&[[20.0, 28.0], [28.0, 40.0]]).into_dyn());
    /// # Ok::<(), chainrule_autograd::FeedError>(())
    /// ```
    ///
    /// # Panics
    /// As [`record`](Self::record).
    #[track_caller]
    pub fn record_on_tape(
        inputs: [(&str, &[usize]); N],
        f: impl for<'t> FnOnce(&'t Tape<T>, [Var<'t, T>; N]) -> Var<'t, T>,
    ) -> Self {
        for (i, (name, _)) in inputs.iter().enumerate() {
            let twice = inputs[..i].iter().any(|(other, _)| other == name);
            assert!(!twice, "a function has two inputs called `{name}`");
        }
        let tape = Tape::new();
        let (ids, output) = {
            let vars = inputs.map(|(name, shape)| tape.input(name, ArrayD::zeros(IxDyn(shape))));
            let output = f(&tape, vars);
            assert!(
                std::ptr::eq(output.graph, tape.graph()),
                "a function must give a value of its own tape, not {}",
                output.label()
            );
            (vars.map(Var::id), output.id)
        };
        Function {
            tape,
            inputs: ids,
            names: inputs.map(|(name, _)| name.to_owned()),
            output,
            gradient: OnceCell::new(),
            first: OnceCell::new(),
            second: OnceCell::new(),
            sweeps: Default::default(),
        }
    }

    /// The names of the inputs, in order.
    pub fn names(&self) -> &[String; N] {
        &self.names
    }

    /// The tape it was recorded on.
    pub fn tape(&self) -> &Tape<T> {
        &self.tape
    }

    /// Sets one input by its name; it stays set until the next call that feeds all of them.
    ///
    /// # Errors
    /// If there is no such input or the value does not fit it.
    pub fn set(&self, name: &str, value: impl Feed<T>) -> Result<(), FeedError> {
        match self.names.iter().position(|n| n == name) {
            Some(i) => self.input(i).set(value),
            None => Err(FeedError::Unknown { name: name.into(), known: self.names.to_vec() }),
        }
    }

    /// The value at the given inputs.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn value(&self, at: [&dyn Feed<T>; N]) -> Result<ArrayD<T>, FeedError> {
        self.feed(at)?;
        Ok(self.tape.var(self.output).value())
    }

    /// The gradient of a 0-d function: one array per input, of its shape.
    ///
    /// # Errors
    /// If a value does not fit its input.
    ///
    /// # Panics
    /// If the function is not 0-d; see [`jacobian`](Self::jacobian).
    #[track_caller]
    pub fn gradient(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        Ok(self.value_and_gradient(at)?.1)
    }

    /// Value and gradient of a 0-d function in one play.
    ///
    /// # Errors
    /// If a value does not fit its input.
    ///
    /// # Panics
    /// If the function is not 0-d; see [`jacobian`](Self::jacobian).
    #[track_caller]
    pub fn value_and_gradient(
        &self,
        at: [&dyn Feed<T>; N],
    ) -> Result<(ArrayD<T>, [ArrayD<T>; N]), FeedError> {
        self.feed(at)?;
        let output = self.tape.var(self.output);
        let gradient = self
            .gradient
            .get_or_init(|| output.gradient(&self.vars()).into_iter().map(Var::id).collect());
        Ok((output.value(), std::array::from_fn(|i| self.tape.var(gradient[i]).value())))
    }

    pub(crate) fn feed(&self, at: [&dyn Feed<T>; N]) -> Result<(), FeedError> {
        at.iter().enumerate().try_for_each(|(i, value)| self.input(i).set(value))
    }

    pub(crate) fn input(&self, i: usize) -> Var<'_, T> {
        self.tape.var(self.inputs[i])
    }

    /// The value that a derivative of this order is taken of, at the inputs as they are set.
    pub(crate) fn differentiated(&self, order: usize) -> ArrayD<T> {
        let id = if order == 1 { self.output } else { self.second().output };
        self.tape.var(id).value()
    }

    pub(crate) fn output(&self) -> Var<'_, T> {
        self.tape.var(self.output)
    }

    pub(crate) fn vars(&self) -> Vec<Var<'_, T>> {
        (0..N).map(|i| self.input(i)).collect()
    }

    fn first(&self) -> &Pullback {
        self.first.get_or_init(|| self.pullback(self.tape.var(self.output)))
    }

    fn second(&self) -> &Pullback {
        self.second.get_or_init(|| {
            let flat: Vec<Var<'_, T>> = self.slopes().into_iter().map(Var::flatten).collect();
            self.pullback(concat(&flat, 0))
        })
    }

    /// The gradient of Σ output.
    pub(crate) fn slopes(&self) -> Vec<Var<'_, T>> {
        let output = self.output();
        let one = output.at(Scalar::record(output.graph, 1.0).id).expand(&output.shape());
        output.pullback(&self.vars(), one)
    }

    fn pullback(&self, output: Var<'_, T>) -> Pullback {
        let seed = self.tape.input("seed", ArrayD::zeros(IxDyn(&output.shape())));
        let adjoints = output.pullback(&self.vars(), seed);
        Pullback {
            output: output.id,
            seed: seed.id,
            adjoints: adjoints.into_iter().map(Var::id).collect(),
        }
    }

    /// The Jacobian (order 1) or the Hessian (order 2) by one replay of the tape per row, at the inputs
    /// as they are set: slower than what [`jacobian`](Self::jacobian) does, and independent of it.
    pub(crate) fn row_by_row(&self, order: usize) -> [ArrayD<T>; N] {
        let pullback = if order == 1 { self.first() } else { self.second() };
        let seed = self.tape.var(pullback.seed);
        let outer = seed.shape();
        let mut rows: [Vec<T>; N] = std::array::from_fn(|_| Vec::new());
        let mut unit = ArrayD::zeros(IxDyn(&outer));
        for row in 0..unit.len() {
            unit.as_slice_mut().expect("row-major")[row] = T::one();
            seed.set(&unit).expect("the seed has the output's shape");
            for (rows, &adjoint) in rows.iter_mut().zip(&pullback.adjoints) {
                self.tape.var(adjoint).with_value(|v| rows.extend(v.iter()));
            }
            unit.as_slice_mut().expect("row-major")[row] = T::zero();
        }
        self.shaped(rows, &outer)
    }
}
