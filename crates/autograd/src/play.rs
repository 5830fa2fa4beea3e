//! Play: compute what has been recorded, up to the value that is asked for.
//!
//! Values of all nodes lie in one flat buffer, in the order of the tape. Operands stand below their
//! result, so one `split_at_mut` separates what a node reads from what it writes.

use bytemuck::Pod;
use ndarray::LinalgScalar;

use crate::graph::{Record, Slot};
use crate::kernel::Precision;
use crate::node::{Id, Node, Op, each_op};
use crate::ops::{CustomOp, Primitive};
use crate::table::Row;
use crate::view::View;

/// What a [`Var`](crate::Var) may carry: `f32`, `f64`, or `()` for a symbol without values.
pub trait Dtype: Copy + Send + Sync + 'static {}
impl Dtype for f32 {}
impl Dtype for f64 {}
impl Dtype for () {}

/// The element types of tapes: `f32` and `f64`.
pub trait Element:
    Dtype + Precision + Pod + LinalgScalar + PartialOrd + Default + std::fmt::Display
{
    /// `"f32"` or `"f64"`
    const NAME: &'static str;
    /// The value as an `f64` (exact).
    fn wide(self) -> f64;
    /// The nearest value of this type.
    fn narrow(x: f64) -> Self;
    #[doc(hidden)]
    fn pattern(self) -> u64;
    #[doc(hidden)]
    fn of_pattern(bits: u64) -> Self;
    #[doc(hidden)]
    fn map(row: &dyn Row, order: u32, p: &[f64], x: &[Self], u: Option<&[Self]>, y: &mut [Self]);
    #[doc(hidden)]
    fn map_both(row: &dyn Row, p: &[f64], x: [&[Self]; 2], y: [&mut [Self]; 2]);
    #[doc(hidden)]
    fn custom(op: &dyn CustomOp, x: &[ndarray::ArrayViewD<'_, Self>]) -> ndarray::ArrayD<Self>;
    #[doc(hidden)]
    fn values(buffers: &mut AnyValues) -> &mut Values<Self>;
    #[doc(hidden)]
    fn buffers() -> AnyValues;
}

macro_rules! element {
    ($t:ident, $bits:ident, $variant:ident, $play:ident, $both:ident, $custom:ident) => {
        impl Element for $t {
            const NAME: &'static str = stringify!($t);
            fn wide(self) -> f64 {
                self.into()
            }
            fn narrow(x: f64) -> Self {
                x as $t
            }
            fn pattern(self) -> u64 {
                self.to_bits().into()
            }
            fn of_pattern(bits: u64) -> Self {
                $t::from_bits(bits as $bits)
            }
            fn map(row: &dyn Row, order: u32, p: &[f64], x: &[$t], u: Option<&[$t]>, y: &mut [$t]) {
                row.$play(order, p, x, u, y);
            }
            fn map_both(row: &dyn Row, p: &[f64], x: [&[$t]; 2], y: [&mut [$t]; 2]) {
                row.$both(p, x, y);
            }
            fn custom(op: &dyn CustomOp, x: &[ndarray::ArrayViewD<'_, $t>]) -> ndarray::ArrayD<$t> {
                op.$custom(x)
            }
            fn values(buffers: &mut AnyValues) -> &mut Values<$t> {
                match buffers {
                    AnyValues::$variant(values) => values,
                    _ => unreachable!("a tape's buffers are of its element type"),
                }
            }
            fn buffers() -> AnyValues {
                AnyValues::$variant(Values::default())
            }
        }
    };
}
element!(f32, u32, F32, play_f32, play_both_f32, value_f32);
element!(f64, u64, F64, play_f64, play_both_f64, value);

/// The values of a tape, in its element type.
#[doc(hidden)]
#[derive(Debug)]
pub enum AnyValues {
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

impl<T: Element> Values<T> {
    /// Copies an array into the buffer, which grows if need be.
    pub(crate) fn store(&mut self, offset: usize, value: ndarray::ArrayViewD<'_, T>) {
        let end = offset + value.len();
        if self.buffer.len() < end {
            self.buffer.resize(end, T::default());
        }
        store(&mut self.buffer[offset..end], value);
    }
}

/// Copies an array to the start of a slice, in row-major order.
pub(crate) fn store<T: Copy>(to: &mut [T], value: ndarray::ArrayViewD<'_, T>) {
    match value.as_slice() {
        Some(slice) => to[..slice.len()].copy_from_slice(slice),
        None => to.iter_mut().zip(value).for_each(|(to, &from)| *to = from),
    }
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
    pub out: &'a mut [T],
    pub scratch: &'a mut [Vec<T>; 2],
    slots: &'a [Slot],
    /// The buffer without `out`: what lies below it, and what lies above, from an offset on.
    below: &'a [T],
    above: (usize, &'a [T]),
}

impl<'a, T: Element> Io<'a, T> {
    /// The values of another node.
    pub fn view(&self, id: Id) -> View<'a, T> {
        let slot = self.slots[id.index()];
        match slot.offset.checked_sub(self.above.0) {
            Some(offset) => view(self.record, self.above.1, Slot { offset, ..slot }, id),
            None => view(self.record, self.below, slot, id),
        }
    }

    /// The values of an operand.
    pub fn operand(&self, i: usize) -> View<'a, T> {
        self.view(self.node.operands[i])
    }

    /// The first element of an operand.
    pub fn one(&self, i: usize) -> T {
        let offset = self.slots[self.node.operands[i].index()].offset;
        match offset.checked_sub(self.above.0) {
            Some(offset) => self.above.1[offset],
            None => self.below[offset],
        }
    }

    /// The shape of the result.
    pub fn dims(&self) -> &'a [usize] {
        self.record.shapes.get(self.node.shape)
    }
}

/// A node's values, at a place in a buffer.
pub(crate) fn view<'a, T>(record: &'a Record, data: &'a [T], slot: Slot, id: Id) -> View<'a, T> {
    View {
        data,
        offset: slot.offset,
        dims: record.shape(id),
        strides: record.strides.get(slot.strides),
    }
}

impl Op {
    /// Whether a node looks at the values of its operand.
    pub fn is_view(self) -> bool {
        self.is_passive() && !matches!(self, Op::Leaf(_))
    }

    /// Leaves hold their values, views look at another's: nothing is computed for either.
    pub fn is_passive(self) -> bool {
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
    run(record, &record.slots, *played..last.index() + 1, buffer, scratch);
    *played = last.index() + 1;
}

/// THE EXECUTOR: computes the nodes of the given numbers, in order. Each reads from the buffer on
/// either side of what it writes.
pub(crate) fn run<T: Element>(
    record: &Record,
    slots: &[Slot],
    nodes: impl Iterator<Item = usize>,
    buffer: &mut [T],
    scratch: &mut [Vec<T>; 2],
) {
    for index in nodes {
        let node = record.nodes[index];
        if node.op.is_passive() {
            continue;
        }
        let (start, len) = (slots[index].offset, record.dense[node.shape as usize].0);
        if let (Op::Zip(zip), 1) = (node.op, len) {
            // Arithmetic of single numbers: nothing has to be laid out for it.
            let operand = |i: usize| buffer[slots[node.operands[i].index()].offset];
            buffer[start] = zip.one(record, operand);
            continue;
        }
        let (below, rest) = buffer.split_at_mut(start);
        let (out, above) = rest.split_at_mut(len);
        let above = (start + len, &*above);
        let id = Id(index as u32);
        let mut io = Io { record, id, node, out, scratch, slots, below, above };
        each_op!(node.op, op => op.play(&mut io));
    }
}
