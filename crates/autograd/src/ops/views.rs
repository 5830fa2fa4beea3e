//! Views: other ways to look at values that exist. Nothing is copied; only a reshape of values that
//! do not lie in a row needs a copy.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf, run};
use crate::node::Run;
use crate::number::Number;
use crate::play::{Dtype, Element, Io};
use crate::shape::{Short, count, dense_strides, stretched_strides, stretches};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};

/// Stretches axes of length 1 (or missing ones). Its transpose is the sum that every adjoint meets
/// where it flows back to a smaller shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Expand;

/// Another shape for the same elements in row-major order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reshape {
    pub copies: bool,
}

/// The axes in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Permute {
    axes: Run,
}

/// Part of an axis: `len` elements from `start`, every `step`-th (backwards if negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisSlice {
    pub(crate) start: u32,
    pub(crate) step: i32,
    pub(crate) len: u32,
}

/// A slice along every axis. Its transpose is a sliced part of an accumulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slice {
    slices: Run,
}

/// The same value, cut off from the gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stop;

impl Primitive for Expand {
    fn name(self, _: &Record) -> String {
        "expand".into()
    }
    fn play<T: Element>(self, _: &mut Io<'_, T>) {}
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| dx.expand(&ahead.y().shape()))
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(e.stretched(0, e.dims()))
    }
    fn pullback(self, back: &mut Back<'_, '_>) {
        back.to(back.x(0), |g| g);
    }
}

impl Primitive for Reshape {
    fn name(self, _: &Record) -> String {
        "reshape".into()
    }
    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let x = io.operand(0);
        io.out.copy_from_slice(x.row_major(&mut io.scratch[0]));
    }
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| dx.reshape_exact(&ahead.y().shape()))
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(e.operand(0).to_vec())
    }
    fn pullback(self, back: &mut Back<'_, '_>) {
        let x = back.x(0);
        back.to(x, |g| g.reshape_exact(&x.shape()));
    }
}

impl Primitive for Permute {
    fn name(self, record: &Record) -> String {
        format!("permute{:?}", &record.axes[self.axes.range()])
    }
    fn play<T: Element>(self, _: &mut Io<'_, T>) {}
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let axes: Vec<usize> =
            ahead.graph.record().axes[self.axes.range()].iter().map(|&a| a as usize).collect();
        ahead.dx(0).map(|dx| dx.permuted(&axes))
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let dense = dense_strides(e.operand_dims(0));
        let axes = &e.record.axes[self.axes.range()];
        let strides: Short<isize> = axes.iter().map(|&a| dense[a as usize]).collect();
        Some(e.picked(0, e.dims(), &strides, 0))
    }
    fn pullback(self, back: &mut Back<'_, '_>) {
        let mut inverse = vec![0; self.axes.len as usize];
        for (to, &from) in back.graph.record().axes[self.axes.range()].iter().enumerate() {
            inverse[from as usize] = to;
        }
        back.to(back.x(0), |g| g.permuted(&inverse));
    }
}

impl Primitive for Slice {
    fn name(self, record: &Record) -> String {
        let axis = |s: &AxisSlice| match (s.len, s.step) {
            (1, _) => s.start.to_string(),
            (n, 1) => format!("{}..{}", s.start, s.start + n),
            (n, step) => format!("{}..;{step}×{n}", s.start),
        };
        let all: Vec<String> = record.slices[self.slices.range()].iter().map(axis).collect();
        format!("slice[{}]", all.join(", "))
    }
    fn play<T: Element>(self, _: &mut Io<'_, T>) {}
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let slices = ahead.graph.record().slices[self.slices.range()].to_vec();
        ahead.dx(0).map(|dx| dx.sliced(&slices))
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let dense = dense_strides(e.operand_dims(0));
        let slices = &e.record.slices[self.slices.range()];
        let start: isize = slices.iter().zip(&*dense).map(|(s, &d)| s.start as isize * d).sum();
        let strides: Short<isize> =
            slices.iter().zip(&*dense).map(|(s, &d)| s.step as isize * d).collect();
        Some(e.picked(0, e.dims(), &strides, start as usize))
    }
    fn pullback(self, back: &mut Back<'_, '_>) {
        let slices = back.graph.record().slices[self.slices.range()].to_vec();
        back.slice_of(back.x(0), &slices);
    }
}

impl Primitive for Stop {
    fn name(self, _: &Record) -> String {
        "stop_gradient".into()
    }
    fn play<T: Element>(self, _: &mut Io<'_, T>) {}
    fn tangent<'t>(self, _: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        None
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(e.operand(0).to_vec())
    }
    fn pullback(self, _: &mut Back<'_, '_>) {}
}

impl<'t, T: Dtype> Var<'t, T> {
    /// Where the values lie: offset and strides.
    fn layout(self) -> (usize, Vec<isize>) {
        let r = self.graph.record();
        let slot = r.slots[self.id.index()];
        (slot.offset, r.strides.get(slot.strides).to_vec())
    }

    /// Stretches to a shape by broadcasting, without a copy.
    ///
    /// # Panics
    /// If the shape does not broadcast to `shape`.
    #[track_caller]
    pub fn expand(self, shape: &[usize]) -> Self {
        let from = self.shape();
        if *from == *shape {
            return self;
        }
        assert!(
            stretches(&from, shape),
            "expand: {} does not broadcast to {shape:?}",
            self.label()
        );
        let (offset, strides) = self.layout();
        let strides = stretched_strides(&from, &strides, shape);
        self.at(self.graph.push_view(Expand, self.id, shape, (offset, &strides)))
    }

    /// The same elements in row-major order under another shape of as many elements.
    #[track_caller]
    pub(crate) fn reshape_exact(self, shape: &[usize]) -> Self {
        let from = self.shape();
        if *from == *shape {
            return self;
        }
        assert!(
            count(&from) == count(shape),
            "reshape: {} has {} elements, shape {shape:?} has {}",
            self.label(),
            count(&from),
            count(shape)
        );
        let (offset, strides) = self.layout();
        let dense = self.graph.record().is_dense(self.id);
        let strides =
            if dense { Some(dense_strides(shape)) } else { squeezed(&from, &strides, shape) };
        let id = match strides {
            Some(strides) => {
                let view = (offset, &strides[..]);
                self.graph.push_view(Reshape { copies: false }, self.id, shape, view)
            }
            None => self.graph.push(Reshape { copies: true }, &[self.id], ShapeOf::Dims(shape)),
        };
        self.at(id)
    }

    /// The axes in the given order, each named once.
    #[track_caller]
    pub(crate) fn permuted(self, axes: &[usize]) -> Self {
        if axes.iter().copied().eq(0..axes.len()) {
            return self;
        }
        let (offset, strides) = self.layout();
        let shape: Vec<usize> = axes.iter().map(|&a| self.shape()[a]).collect();
        let strides: Vec<isize> = axes.iter().map(|&a| strides[a]).collect();
        let list: Vec<u8> = axes.iter().map(|&a| a as u8).collect();
        let axes = self.graph.edit(|r| run(&mut r.axes, &list));
        self.at(self.graph.push_view(Permute { axes }, self.id, &shape, (offset, &strides)))
    }

    /// A slice along every axis; the rank stays.
    #[track_caller]
    pub(crate) fn sliced(self, slices: &[AxisSlice]) -> Self {
        let (offset, strides) = self.layout();
        let shape: Vec<usize> = slices.iter().map(|s| s.len as usize).collect();
        let start: isize = slices.iter().zip(&strides).map(|(s, &d)| s.start as isize * d).sum();
        let steps: Vec<isize> =
            slices.iter().zip(&strides).map(|(s, &d)| s.step as isize * d).collect();
        let offset = offset.wrapping_add_signed(start);
        let slices = self.graph.edit(|r| run(&mut r.slices, slices));
        self.at(self.graph.push_view(Slice { slices }, self.id, &shape, (offset, &steps)))
    }

    /// The same value, through which no gradient flows.
    #[track_caller]
    pub fn stop_gradient(self) -> Self {
        let (offset, strides) = self.layout();
        let shape = self.shape();
        self.at(self.graph.push_view(Stop, self.id, &shape, (offset, &strides)))
    }
}

/// The strides after adding or dropping axes of length 1, if that is all that changes.
fn squeezed(from: &[usize], strides: &[isize], to: &[usize]) -> Option<Short<isize>> {
    let mut long = from.iter().zip(strides).filter(|&(&n, _)| n != 1);
    let result = to
        .iter()
        .map(|&n| match n {
            1 => Some(0),
            _ => long.next().filter(|&(&m, _)| m == n).map(|(_, &stride)| stride),
        })
        .collect::<Option<Short<isize>>>()?;
    long.next().is_none().then_some(result)
}

impl<'t> Sym<'t> {
    /// Zeros of this shape: one number, stretched.
    #[track_caller]
    pub(crate) fn zeros_like(self) -> Sym<'t> {
        super::Scalar::record(self.graph, 0.0).expand(&self.shape())
    }
}
