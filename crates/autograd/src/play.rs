//! Play: compute what has been recorded, up to the value that is asked for.
//!
//! Values of all nodes lie in one flat buffer, in the order of the tape. Operands stand below their
//! result, so one `split_at_mut` separates what a node reads from what it writes.

use ndarray::LinalgScalar;

use crate::graph::Record;
use crate::node::{Id, Node, Op, each_op};
use crate::number::Real;
use crate::ops::{CustomOp, Primitive};
use crate::table::Row;
use crate::view::View;

/// What a [`Var`](crate::Var) may carry: `f32`, `f64`, or `()` for a symbol without values.
pub trait Dtype: Copy + 'static {}
impl Dtype for f32 {}
impl Dtype for f64 {}
impl Dtype for () {}

/// The element types of tapes: `f32` and `f64`.
pub trait Element: Dtype + Real + LinalgScalar + PartialOrd + Default + std::fmt::Display {
    /// `"f32"` or `"f64"`
    const NAME: &'static str;
    /// The value as an `f64` (exact).
    fn wide(self) -> f64;
    /// The nearest value of this type.
    fn narrow(x: f64) -> Self;
    #[doc(hidden)]
    fn map(row: &dyn Row, order: u32, p: &[f64], x: &[Self], u: Option<&[Self]>, y: &mut [Self]);
    #[doc(hidden)]
    fn custom(op: &dyn CustomOp, x: &[ndarray::ArrayViewD<'_, Self>]) -> ndarray::ArrayD<Self>;
    #[doc(hidden)]
    fn values(buffers: &mut Buffers) -> &mut Values<Self>;
    #[doc(hidden)]
    fn buffers() -> Buffers;
}

macro_rules! element {
    ($t:ident, $variant:ident, $play:ident, $custom:ident) => {
        impl Element for $t {
            const NAME: &'static str = stringify!($t);
            fn wide(self) -> f64 {
                self.into()
            }
            fn narrow(x: f64) -> Self {
                x as $t
            }
            fn map(row: &dyn Row, order: u32, p: &[f64], x: &[$t], u: Option<&[$t]>, y: &mut [$t]) {
                row.$play(order, p, x, u, y);
            }
            fn custom(op: &dyn CustomOp, x: &[ndarray::ArrayViewD<'_, $t>]) -> ndarray::ArrayD<$t> {
                op.$custom(x)
            }
            fn values(buffers: &mut Buffers) -> &mut Values<$t> {
                match buffers {
                    Buffers::$variant(values) => values,
                    _ => unreachable!("a tape's buffers are of its element type"),
                }
            }
            fn buffers() -> Buffers {
                Buffers::$variant(Values::default())
            }
        }
    };
}
element!(f32, F32, play_f32, value_f32);
element!(f64, F64, play_f64, value);

/// The values of a tape, in its element type.
#[doc(hidden)]
#[derive(Debug)]
pub enum Buffers {
    F32(Values<f32>),
    F64(Values<f64>),
}

/// The flat buffer of a tape and how far it has been played.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Values<T> {
    pub(crate) buffer: Vec<T>,
    pub(crate) played: usize,
    scratch: [Vec<T>; 2],
}

impl<T> Values<T> {
    pub(crate) fn bytes(&self) -> usize {
        let scratch: usize = self.scratch.iter().map(Vec::capacity).sum();
        (self.buffer.capacity() + scratch) * size_of::<T>()
    }
}

/// What the values of one node are computed from, and where they go.
pub(crate) struct Io<'a, T> {
    pub record: &'a Record,
    pub id: Id,
    pub node: Node,
    pub below: &'a [T],
    pub out: &'a mut [T],
    pub scratch: &'a mut [Vec<T>; 2],
}

impl<'a, T: Element> Io<'a, T> {
    /// The values of any node below.
    pub fn view(&self, id: Id) -> View<'a, T> {
        view(self.record, self.below, id)
    }

    /// The values of an operand.
    pub fn operand(&self, i: usize) -> View<'a, T> {
        self.view(self.node.operands[i])
    }

    /// The shape of the result.
    pub fn dims(&self) -> &'a [usize] {
        self.record.shapes.get(self.node.shape)
    }
}

pub(crate) fn view<'a, T>(record: &'a Record, data: &'a [T], id: Id) -> View<'a, T> {
    let slot = record.slots[id.index()];
    View {
        data,
        offset: slot.offset,
        dims: record.shape(id),
        strides: record.strides.get(slot.strides),
    }
}

impl Op {
    /// Leaves hold their values, views look at another's: nothing is computed for either.
    fn is_passive(self) -> bool {
        match self {
            Op::Leaf(_) | Op::Expand(_) | Op::Permute(_) | Op::Slice(_) | Op::Stop(_) => true,
            Op::Reshape(reshape) => !reshape.copies,
            _ => false,
        }
    }
}

/// Computes every node up to `last` that has not been computed yet.
pub(crate) fn play<T: Element>(record: &Record, values: &mut Values<T>, last: Id) {
    let Values { buffer, played, scratch } = values;
    if last.index() < *played {
        return;
    }
    if buffer.len() < record.extent {
        buffer.resize(record.extent, T::default());
    }
    for index in *played..=last.index() {
        let node = record.nodes[index];
        if node.op.is_passive() {
            continue;
        }
        let (below, rest) = buffer.split_at_mut(record.slots[index].offset);
        let out = &mut rest[..record.dense[node.shape as usize].0];
        let mut io = Io { record, id: Id(index as u32), node, below, out, scratch };
        each_op!(node.op, op => op.play(&mut io));
    }
    *played = last.index() + 1;
}
