//! [`Tape`]: the list of everything that was recorded, with its values.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::feed::Feed;
use crate::graph::{Graph, ShapeOf};
use crate::node::{Id, Node};
use crate::ops::{CustomOp, Leaf};
use crate::play::Element;
use crate::shape::MAX_RANK;
use crate::var::Var;

/// A list of nodes, and the values of those that were asked for.
///
/// ```
/// use chainrule_autograd::Tape;
///
/// let tape = Tape::<f64>::new();
/// let x = tape.input("x", 2.0);
/// let y = x.square() * 3.0 + x; // recorded; nothing is computed yet
/// assert_eq!(y.item(), 14.0);
///
/// let dy = tape.gradient(y, &[x])[0]; // recorded on the same tape
/// assert_eq!(dy.item(), 13.0);
/// let ddy = tape.gradient(dy, &[x])[0]; // so it has a gradient too
/// assert_eq!(ddy.item(), 6.0);
///
/// x.set(10.0).unwrap(); // replay with another value
/// assert_eq!((y.item(), dy.item(), ddy.item()), (310.0, 61.0, 6.0));
/// ```
pub struct Tape<T = f64> {
    graph: Graph,
    dtype: PhantomData<fn() -> T>,
}

/// What a tape holds, and the bytes of memory it takes (capacity, not only what is in use).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The number of nodes.
    pub nodes: usize,
    /// The number of elements of all values.
    pub elements: usize,
    /// Bytes of the recorded nodes, with their tables.
    pub record_bytes: usize,
    /// Bytes of the values.
    pub value_bytes: usize,
}

impl<T: Element> Default for Tape<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Element> Tape<T> {
    /// An empty tape.
    pub fn new() -> Self {
        Self::with_limit(u32::MAX - 1)
    }

    /// An empty tape that refuses to hold more than `limit` nodes, with a message.
    pub fn with_limit(limit: u32) -> Self {
        Tape { graph: Graph::new(limit, T::buffers()), dtype: PhantomData }
    }

    /// Records an input: a named array that can be [set](Var::set) again.
    #[track_caller]
    pub fn input(&self, name: &str, value: impl Feed<T>) -> Var<'_, T> {
        leaf(&self.graph, value, true).named(name)
    }

    /// Records an array that stays as it is.
    #[track_caller]
    pub fn constant(&self, value: impl Feed<T>) -> Var<'_, T> {
        leaf(&self.graph, value, false)
    }

    /// Records the gradient of the 0-d value `y` with respect to each x: one value each, of x's
    /// shape; zeros where y does not depend on x. An x may be any value on the tape. Being recorded,
    /// gradients can be differentiated again, to any order (elementwise functions: up to 23).
    ///
    /// # Panics
    /// If y is not 0-d (see [`Var::pullback`] for a seed), or an x stands on another tape.
    #[track_caller]
    pub fn gradient<'t>(&'t self, y: Var<'t, T>, xs: &[Var<'t, T>]) -> Vec<Var<'t, T>> {
        y.gradient(xs)
    }

    /// Records an operation of your own.
    ///
    /// # Panics
    /// If the op refuses the operands' shapes, if there are none, or they stand on another tape.
    #[track_caller]
    pub fn custom<'t>(
        &'t self,
        op: impl CustomOp + 'static,
        operands: &[Var<'t, T>],
    ) -> Var<'t, T> {
        crate::ops::custom(Arc::new(op), operands)
    }

    /// Forgets everything that was recorded, and keeps the memory for the next recording. No [`Var`]
    /// outlives this:
    ///
    /// ```compile_fail,E0502
    /// let mut tape = chainrule_autograd::Tape::<f64>::new();
    /// let x = tape.input("x", 1.0);
    /// tape.clear();
    /// x.item(); // does not compile
    /// ```
    pub fn clear(&mut self) {
        self.graph.clear();
        T::values(self.graph.buffers_mut()).played = 0;
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.graph.record().nodes.len()
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory the tape takes.
    pub fn memory(&self) -> Memory {
        let r = self.graph.record();
        let lists = size_of_val(&r.parts[..]) + size_of_val(&r.slices[..]) + r.axes.len();
        let nodes = r.nodes.capacity() * size_of::<Node>()
            + r.slots.capacity() * size_of::<crate::graph::Slot>();
        Memory {
            nodes: r.nodes.len(),
            elements: r.extent,
            record_bytes: nodes
                + lists
                + r.params.capacity() * size_of::<f64>()
                + r.shapes.bytes()
                + r.strides.bytes(),
            value_bytes: T::values(&mut self.graph.buffers()).bytes(),
        }
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn var(&self, id: Id) -> Var<'_, T> {
        Var::new(&self.graph, id)
    }
}

/// Records an array and stores its values.
#[track_caller]
pub(crate) fn leaf<T: Element>(graph: &Graph, value: impl Feed<T>, input: bool) -> Var<'_, T> {
    let value = value.as_feed();
    assert!(value.ndim() <= MAX_RANK, "an array of more than {MAX_RANK} axes");
    let id = graph.push(Leaf { input }, &[], ShapeOf::Dims(value.shape()));
    let offset = graph.record().slots[id.index()].offset;
    T::values(&mut graph.buffers()).store(offset, value);
    Var::new(graph, id)
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} nodes in {} bytes, {} elements in {} bytes",
            self.nodes, self.record_bytes, self.elements, self.value_bytes
        )
    }
}

/// The tape, one line per node.
impl<T: Element> fmt::Display for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let r = self.graph.record();
        for index in 0..r.nodes.len() {
            writeln!(f, "{}", r.line(Id(index as u32)))?;
        }
        Ok(())
    }
}

impl<T: Element> fmt::Debug for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape<{}>({})", T::NAME, self.memory())
    }
}
