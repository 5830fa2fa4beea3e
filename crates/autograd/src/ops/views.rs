//! Views: other ways to look at values that exist. Nothing is copied; only a reshape of values that
//! do not lie in a row needs a copy.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf, run};
use crate::many::Many;
use crate::node::{Id, Run};
use crate::number::Number;
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
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
    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(Details::new())
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let ([x], shape) = (line.operands()?, line.shape());
        if !stretches(line.record.shape(x), shape) {
            return Err(line.unfit("a shape that broadcasts to this one"));
        }
        Ok(Loaded::view(Expand, shape, line.record.expanded(x, shape)))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| dx.expand(&ahead.y().shape()))
    }
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let shape = many.graph.record().shape(many.id).to_vec();
        many.stack(0).map(|_| many.aligned(0, shape.len()).expand(&many.stacked(&shape)))
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(e.stretched(0, e.dims()).into_owned())
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
    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("copies", self.copies.into())]))
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let ([x], shape) = (line.operands()?, line.shape());
        if count(line.record.shape(x)) != count(shape) {
            return Err(line.unfit("as many elements as this shape"));
        }
        let reshape = Reshape { copies: line.flag("copies")? };
        if reshape.copies {
            return Ok(Loaded::computed(reshape, shape));
        }
        match line.record.reshaped(x, shape) {
            Some(layout) => Ok(Loaded::view(reshape, shape, layout)),
            None => Err(line.wrong("copies", false, "true, as these elements do not lie in a row")),
        }
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| dx.reshape_exact(&ahead.y().shape()))
    }
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let shape = many.graph.record().shape(many.id).to_vec();
        many.stack(0).map(|x| x.reshape_exact(&many.stacked(&shape)))
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
    fn save(self, record: &Record, _: Id) -> Result<Details, SaveError> {
        let axes = record.axes[self.axes.range()].iter().map(|&axis| axis.into());
        Ok(details([("axes", axes.collect::<Vec<usize>>().into())]))
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x] = line.operands()?;
        let rank = line.record.shape(x).len();
        let axes = line.axes("axes", rank)?;
        if axes.len() != rank {
            return Err(line.wrong("axes", &axes, format!("each of {rank} axes")));
        }
        let (shape, layout) = line.record.permuted(x, &axes);
        let permute = Permute::of(line.record, &axes);
        Ok(Loaded::view(permute, &shape, layout))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let axes: Vec<usize> =
            ahead.graph.record().axes[self.axes.range()].iter().map(|&a| a as usize).collect();
        ahead.dx(0).map(|dx| dx.permuted(&axes))
    }
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let behind = |axes: &[u8]| axes.iter().map(|&a| a as usize + 1).collect::<Vec<_>>();
        let axes = behind(&many.graph.record().axes[self.axes.range()]);
        many.stack(0).map(|x| x.permuted(&[&[0], &axes[..]].concat()))
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
    fn save(self, record: &Record, _: Id) -> Result<Details, SaveError> {
        let slices = record.slices[self.slices.range()].to_vec();
        Ok(details([("slices", vec![Some(slices)].into())]))
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x] = line.operands()?;
        let slices = line.slices("slices")?.into_iter().next().flatten().unwrap_or_default();
        let Some(shape) = slices_shape(line.record.shape(x), &slices) else {
            return Err(line.wrong("slices", &slices, "one in range for each axis"));
        };
        let layout = line.record.sliced(x, &slices);
        let slices = run(&mut line.record.slices, &slices);
        Ok(Loaded::view(Slice { slices }, &shape, layout))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let slices = ahead.graph.record().slices[self.slices.range()].to_vec();
        ahead.dx(0).map(|dx| dx.sliced(&slices))
    }
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let slices = many.slices(&many.graph.record().slices[self.slices.range()]);
        many.stack(0).map(|x| x.sliced(&slices))
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
    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(Details::new())
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x] = line.operands()?;
        let (shape, layout) = (line.record.shape(x).to_vec(), line.record.layout(x));
        Ok(Loaded::view(Stop, &shape, layout))
    }

    fn tangent<'t>(self, _: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        None
    }
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        many.stack(0).map(Sym::stop_gradient)
    }
    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(e.operand(0).to_vec())
    }
    fn pullback(self, _: &mut Back<'_, '_>) {}
}

/// Where values lie: offset and strides.
pub(crate) type Layout = (usize, Short<isize>);

/// How views of a node lie.
impl Record {
    fn layout(&self, id: Id) -> Layout {
        let slot = self.slots[id.index()];
        (slot.offset, self.strides.get(slot.strides).iter().copied().collect())
    }

    /// Stretched to a shape that it broadcasts to.
    fn expanded(&self, id: Id, shape: &[usize]) -> Layout {
        let (offset, strides) = self.layout(id);
        (offset, stretched_strides(self.shape(id), &strides, shape))
    }

    /// Under another shape of as many elements; none if that takes a copy.
    fn reshaped(&self, id: Id, shape: &[usize]) -> Option<Layout> {
        let (offset, strides) = self.layout(id);
        let strides = match self.is_dense(id) {
            true => Some(dense_strides(shape)),
            false => squeezed(self.shape(id), &strides, shape),
        };
        strides.map(|strides| (offset, strides))
    }

    /// With the axes in another order: the shape too.
    fn permuted(&self, id: Id, axes: &[usize]) -> (Vec<usize>, Layout) {
        let (offset, strides) = self.layout(id);
        let shape = axes.iter().map(|&a| self.shape(id)[a]).collect();
        (shape, (offset, axes.iter().map(|&a| strides[a]).collect()))
    }

    /// Sliced along every axis. Of nothing, and along an axis of one entry, there is no step.
    fn sliced(&self, id: Id, slices: &[AxisSlice]) -> Layout {
        let (offset, strides) = self.layout(id);
        let start: isize = match slices.iter().any(|s| s.len == 0) {
            true => 0,
            false => slices.iter().zip(&*strides).map(|(s, &d)| s.start as isize * d).sum(),
        };
        let step = |(s, &d): (&AxisSlice, &isize)| if s.len > 1 { s.step as isize * d } else { d };
        (offset.wrapping_add_signed(start), slices.iter().zip(&*strides).map(step).collect())
    }
}

impl Permute {
    fn of(record: &mut Record, axes: &[usize]) -> Permute {
        let axes: Vec<u8> = axes.iter().map(|&a| a as u8).collect();
        Permute { axes: run(&mut record.axes, &axes) }
    }
}

/// What slices, one per axis, pick of a shape; none if one is out of range.
pub(super) fn slices_shape(shape: &[usize], slices: &[AxisSlice]) -> Option<Vec<usize>> {
    let inside = |(s, &n): (&AxisSlice, &usize)| {
        let (start, len, n) = (i64::from(s.start), i64::from(s.len), n as i64);
        let last = start + (len - 1) * i64::from(s.step);
        let fits = match s.len {
            0 => start <= n,
            _ => start < n && (0..n).contains(&last),
        };
        (s.step != 0 && fits).then_some(s.len as usize)
    };
    (shape.len() == slices.len()).then(|| slices.iter().zip(shape).map(inside).collect())?
}

impl<'t, T: Dtype> Var<'t, T> {
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
        let layout = self.graph.record().expanded(self.id, shape);
        self.at(self.graph.push_view(Expand, self.id, shape, layout))
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
        let layout = self.graph.record().reshaped(self.id, shape);
        let id = match layout {
            Some(layout) => self.graph.push_view(Reshape { copies: false }, self.id, shape, layout),
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
        let (shape, layout) = self.graph.record().permuted(self.id, axes);
        let permute = self.graph.edit(|r| Permute::of(r, axes));
        self.at(self.graph.push_view(permute, self.id, &shape, layout))
    }

    /// A slice along every axis; the rank stays.
    #[track_caller]
    pub(crate) fn sliced(self, slices: &[AxisSlice]) -> Self {
        let shape: Vec<usize> = slices.iter().map(|s| s.len as usize).collect();
        let layout = self.graph.record().sliced(self.id, slices);
        let slices = self.graph.edit(|r| run(&mut r.slices, slices));
        self.at(self.graph.push_view(Slice { slices }, self.id, &shape, layout))
    }

    /// The same value, through which no gradient flows.
    #[track_caller]
    pub fn stop_gradient(self) -> Self {
        let (shape, layout) = (self.shape(), self.graph.record().layout(self.id));
        self.at(self.graph.push_view(Stop, self.id, &shape, layout))
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
