//! [`Var`]: a value on a tape, by which users record.

use std::fmt;
use std::marker::PhantomData;

use ndarray::{ArrayD, ArrayViewD};

use crate::error::FeedError;
use crate::feed::Feed;
use crate::gradient::chain_rule;
use crate::graph::Graph;
use crate::node::{Id, Op};
use crate::ops::Arg;
use crate::play::{Dtype, Element, play, view};

/// A value on a tape: an input, or the result of an operation. A `Var` is two words, `Copy`, and
/// lives no longer than its tape is left as it is (clearing the tape needs it exclusively).
///
/// In code that is generic in `T` write `x.scale(2.0)`, `x.shift(1.0)`, `x.over(3.0)`; `2.0 * x` needs a
/// concrete element type.
///
/// Operations on it append to the tape; shapes are checked at once, and nothing is computed until a
/// value is asked for.
pub struct Var<'t, T = f64> {
    pub(crate) graph: &'t Graph,
    pub(crate) id: Id,
    dtype: PhantomData<fn() -> T>,
}

/// A variable without values: what rules are recorded with, for any element type.
pub type Sym<'t> = Var<'t, ()>;

impl<T> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Var<'_, T> {}

impl<'t, T: Dtype> Var<'t, T> {
    pub(crate) fn new(graph: &'t Graph, id: Id) -> Self {
        Var { graph, id, dtype: PhantomData }
    }

    /// Another node of the same tape.
    pub(crate) fn at(self, id: Id) -> Self {
        Var::new(self.graph, id)
    }

    /// The same node without its element type: what is written for [`Sym`]s serves `f32` and `f64`.
    pub fn symbol(self) -> Sym<'t> {
        Var::new(self.graph, self.id)
    }

    /// A symbol as a value of this tape's element type: the way back from
    /// [`symbol`](Self::symbol).
    ///
    /// # Panics
    /// If the symbol stands on another tape.
    #[track_caller]
    pub fn of_symbol(self, symbol: Sym<'t>) -> Self {
        self.symbol().same_tape(symbol, "of_symbol");
        self.at(symbol.id)
    }

    /// The number of the node on its tape.
    pub fn id(self) -> Id {
        self.id
    }

    /// The length of each axis; empty for a 0-d value.
    pub fn shape(self) -> Vec<usize> {
        self.graph.shape(self.id).to_vec()
    }

    /// Whether two values of one tape have the same shape.
    #[inline]
    pub(crate) fn same_shape(self, other: Self) -> bool {
        let r = self.graph.record();
        r.node(self.id).shape == r.node(other.id).shape
    }

    /// Gives the node a name, which messages and printed tapes use.
    pub fn named(self, name: &str) -> Self {
        self.graph.edit(|r| r.names.push((self.id, name.into())));
        self
    }

    /// The name the node was given.
    pub fn name(self) -> Option<String> {
        self.graph.record().name(self.id).map(str::to_owned)
    }

    /// How messages call this value: name or op, shape, source line.
    pub(crate) fn label(self) -> String {
        self.graph.record().label(self.id)
    }

    /// # Panics
    /// If the two stand on different tapes.
    #[inline]
    #[track_caller]
    pub(crate) fn same_tape(self, other: Self, op: &str) {
        if !std::ptr::eq(self.graph, other.graph) {
            self.apart_from(other, op);
        }
    }

    #[cold]
    #[track_caller]
    fn apart_from(self, other: Self, op: &str) -> ! {
        let (a, b) = (self.label(), other.label());
        panic!("{op}: operands of two different tapes: {a} and {b}");
    }

    /// c·x
    #[track_caller]
    pub fn scale(self, c: f64) -> Self {
        self.zip(crate::ops::Binary::Mul, Arg::Number(c))
    }

    /// x + c
    #[track_caller]
    pub fn shift(self, c: f64) -> Self {
        self.zip(crate::ops::Binary::Add, Arg::Number(c))
    }

    /// x / c
    #[track_caller]
    pub fn over(self, c: f64) -> Self {
        self.zip(crate::ops::Binary::Div, Arg::Number(c))
    }

    /// Records a 0-d constant on the tape of this value.
    #[track_caller]
    pub fn literal(self, value: f64) -> Self {
        self.at(crate::ops::Scalar::record(self.graph, value).id)
    }

    /// Records the gradient of this 0-d value; see [`Tape::gradient`](crate::Tape::gradient).
    ///
    /// # Panics
    /// If this value is not 0-d.
    #[track_caller]
    pub fn gradient(self, xs: &[Self]) -> Vec<Self> {
        assert!(
            self.shape().is_empty(),
            "gradient: {} is not 0-d; reduce it (`sum()`), or give a seed (`pullback`)",
            self.label()
        );
        let one = crate::ops::Scalar::record(self.graph, 1.0);
        self.pullback(xs, self.at(one.id))
    }

    /// Records Σ seed·∂self/∂x for each x: the gradient of any value, for a given adjoint.
    ///
    /// # Panics
    /// If the seed has not this value's shape, or an x stands on another tape.
    #[track_caller]
    pub fn pullback(self, xs: &[Self], seed: Self) -> Vec<Self> {
        self.same_tape(seed, "pullback");
        assert!(
            self.same_shape(seed),
            "pullback: the seed {} has not the shape of {}",
            seed.label(),
            self.label()
        );
        xs.iter().for_each(|x| self.same_tape(*x, "gradient"));
        let xs: Vec<Sym<'t>> = xs.iter().map(|x| x.symbol()).collect();
        let adjoints = chain_rule(self.symbol(), &xs, seed.symbol());
        adjoints.into_iter().map(|a| self.at(a.id)).collect()
    }

    /// Records the tangent: how this value changes when each x moves along its direction,
    /// Σ ∂self/∂x·direction. One sweep forwards, whatever the number of elements of this value.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [1.0, 2.0]);
    /// let y = x * x.sum();
    /// let along = tape.constant([1.0, 0.0]);
    /// assert_eq!(y.tangent(&[x], &[along]).to_vec(), [4.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If there is not one direction of each x's shape, or one of them stands on another tape.
    #[track_caller]
    pub fn tangent(self, xs: &[Self], directions: &[Self]) -> Self {
        Self::tangents(&[self], xs, directions)[0]
    }

    /// [`tangent`](Self::tangent) of several values in one sweep.
    ///
    /// # Panics
    /// As `tangent`.
    #[track_caller]
    pub fn tangents(ys: &[Self], xs: &[Self], directions: &[Self]) -> Vec<Self> {
        let (Some(first), true) = (xs.first(), xs.len() == directions.len()) else {
            panic!("tangent: {} directions for {} values", directions.len(), xs.len())
        };
        for (x, direction) in xs.iter().zip(directions) {
            first.same_tape(*x, "tangent");
            first.same_tape(*direction, "tangent");
            assert!(
                x.same_shape(*direction),
                "tangent: the direction {} has not the shape of {}",
                direction.label(),
                x.label()
            );
        }
        ys.iter().for_each(|y| first.same_tape(*y, "tangent"));
        let symbols = |list: &[Self]| list.iter().map(|x| x.symbol()).collect::<Vec<Sym<'t>>>();
        let (ys, xs, directions) = (symbols(ys), symbols(xs), symbols(directions));
        let tangents = crate::tangent::tangents(first.graph, &ys, &xs, &directions);
        tangents.into_iter().map(|t| first.at(t.id)).collect()
    }

    /// Records the product of the Hessian of this 0-d value with a vector: the tangent of the
    /// gradient, one value for each x.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [1.0, 2.0]);
    /// let y = x.square().sum() * x.sum();
    /// let v = tape.constant([1.0, 0.0]);
    /// assert_eq!(y.hessian_product(&[x], &[v])[0].to_vec(), [10.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If this value is not 0-d, or there is not one direction of each x's shape.
    #[track_caller]
    pub fn hessian_product(self, xs: &[Self], directions: &[Self]) -> Vec<Self> {
        Self::tangents(&self.gradient(xs), xs, directions)
    }

    /// Records ∂self/∂x of this 0-d value for one x.
    ///
    /// # Panics
    /// As [`gradient`](Self::gradient).
    #[track_caller]
    pub fn grad(self, x: Self) -> Self {
        self.gradient(&[x])[0]
    }
}

impl<T: Element> Var<'_, T> {
    /// Looks at the value, computing it first if need be. No copy.
    pub fn with_value<R>(self, look: impl FnOnce(ArrayViewD<'_, T>) -> R) -> R {
        let record = self.graph.record();
        let mut buffers = self.graph.buffers();
        let values = T::values(&mut buffers);
        play(&record, values, self.id);
        let slot = record.slots[self.id.index()];
        look(view(&record, &values.buffer, slot, self.id).array())
    }

    /// The value as an array of its own.
    pub fn value(self) -> ArrayD<T> {
        self.with_value(|v| v.to_owned())
    }

    /// The value of a single element, of any rank.
    ///
    /// # Panics
    /// If there is not exactly one element.
    #[track_caller]
    pub fn item(self) -> T {
        let label = || format!("item: {} has not exactly one element", self.label());
        assert!(self.shape().iter().all(|&n| n == 1), "{}", label());
        self.with_value(|v| v.iter().copied().next()).unwrap_or_default()
    }

    /// The elements in row-major order.
    pub fn to_vec(self) -> Vec<T> {
        self.with_value(|v| v.iter().copied().collect())
    }

    /// Replaces the value of an input; what depends on it is computed anew when asked for.
    ///
    /// # Errors
    /// If this is not an input, if the shape differs, or if the input is read as indices and a
    /// value is not a whole number in range. The old value stays.
    pub fn set(self, value: impl Feed<T>) -> Result<(), FeedError> {
        let value = value.as_feed();
        let record = self.graph.record();
        if !matches!(record.node(self.id).op, Op::Leaf(leaf) if leaf.input) {
            return Err(FeedError::NotAnInput { name: self.label() });
        }
        record.admit(self.id, &value)?;
        let mut buffers = self.graph.buffers();
        let values = T::values(&mut buffers);
        values.store(record.slots[self.id.index()].offset, value);
        values.played = values.played.min(self.id.index());
        Ok(())
    }
}

impl<T: Dtype> fmt::Debug for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let r = self.graph.record();
        write!(f, "Var({} ", self.id)?;
        match r.name(self.id) {
            Some(name) => write!(f, "`{name}`")?,
            None => f.write_str(&r.op_name(r.node(self.id).op))?,
        }
        write!(f, " {:?})", r.shape(self.id))
    }
}

/// The value, computed if need be.
impl<T: Element> fmt::Display for Var<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_value(|v| fmt::Display::fmt(&v, f))
    }
}
