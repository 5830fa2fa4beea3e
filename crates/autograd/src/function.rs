//! [`Function`]: a computation recorded once, asked for its value and derivatives many times.

use std::cell::OnceCell;

use ndarray::{ArrayD, IxDyn};

use crate::error::FeedError;
use crate::feed::Feed;
use crate::node::Id;
use crate::ops::{Scalar, concat};
use crate::play::Element;
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
    forward: OnceCell<Pushforward>,
}

/// A tangent with the directions, which can be set.
#[derive(Debug)]
struct Pushforward {
    tangent: Id,
    directions: Vec<Id>,
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
        for (i, (name, _)) in inputs.iter().enumerate() {
            let twice = inputs[..i].iter().any(|(other, _)| other == name);
            assert!(!twice, "a function has two inputs called `{name}`");
        }
        let tape = Tape::new();
        let (ids, output) = {
            let vars = inputs.map(|(name, shape)| tape.input(name, ArrayD::zeros(IxDyn(shape))));
            let output = f(vars);
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
            forward: OnceCell::new(),
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

    /// The Jacobian: for each input an array of the output's shape followed by the input's.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn jacobian(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        self.feed(at)?;
        Ok(self.rows(self.first()))
    }

    /// The same Jacobian by columns: one sweep forwards for each element of the inputs, which is
    /// cheaper where these are fewer than the elements of the output.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn jacobian_by_columns(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        self.feed(at)?;
        Ok(self.columns(self.forward.get_or_init(|| self.pushforward())))
    }

    /// The Jacobian of the gradient of Σ output, flattened over all inputs in order: the Hessian, an
    /// array per input, of shape (number of elements of all inputs) followed by the input's.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn hessian(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        self.feed(at)?;
        Ok(self.rows(self.second()))
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

    fn vars(&self) -> Vec<Var<'_, T>> {
        (0..N).map(|i| self.input(i)).collect()
    }

    fn first(&self) -> &Pullback {
        self.first.get_or_init(|| self.pullback(self.tape.var(self.output)))
    }

    fn second(&self) -> &Pullback {
        self.second.get_or_init(|| {
            let output = self.tape.var(self.output);
            let one = output.at(Scalar::record(output.graph, 1.0).id).expand(&output.shape());
            let gradient = output.pullback(&self.vars(), one);
            let flat: Vec<Var<'_, T>> = gradient.into_iter().map(Var::flatten).collect();
            self.pullback(concat(&flat, 0))
        })
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

    fn pushforward(&self) -> Pushforward {
        let direction =
            |x: &Var<'_, T>| self.tape.input("direction", ArrayD::zeros(IxDyn(&x.shape())));
        let vars = self.vars();
        let directions: Vec<Var<'_, T>> = vars.iter().map(direction).collect();
        let tangent = self.output().tangent(&vars, &directions).id;
        Pushforward { tangent, directions: directions.into_iter().map(Var::id).collect() }
    }

    /// One replay of the tangent per element of the inputs.
    fn columns(&self, forward: &Pushforward) -> [ArrayD<T>; N] {
        let outer = self.output().shape();
        std::array::from_fn(|k| {
            let direction = self.tape.var(forward.directions[k]);
            let inner = direction.shape();
            let mut unit = ArrayD::zeros(IxDyn(&inner));
            let (rows, columns) = (outer.iter().product::<usize>(), unit.len());
            let mut jacobian = vec![T::zero(); rows * columns];
            for column in 0..columns {
                unit.as_slice_mut().expect("row-major")[column] = T::one();
                direction.set(&unit).expect("a direction has its input's shape");
                self.tape.var(forward.tangent).with_value(|v| {
                    v.iter().enumerate().for_each(|(row, &d)| jacobian[row * columns + column] = d);
                });
                unit.as_slice_mut().expect("row-major")[column] = T::zero();
            }
            direction.set(&unit).expect("a direction has its input's shape");
            let shape = [&outer[..], &inner].concat();
            ArrayD::from_shape_vec(IxDyn(&shape), jacobian).expect("one column per element")
        })
    }

    /// One replay of the pullback per element of the output.
    fn rows(&self, pullback: &Pullback) -> [ArrayD<T>; N] {
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
        let mut index = 0;
        rows.map(|values| {
            let shape = [&outer[..], &self.input(index).shape()].concat();
            index += 1;
            ArrayD::from_shape_vec(IxDyn(&shape), values).expect("one row per output element")
        })
    }
}
