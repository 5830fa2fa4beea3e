//! Sums over axes, sums of many parts, and concatenation. Their transposes are stretching and slicing.

use super::{AxisSlice, Primitive};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Graph, Record, ShapeOf, run};
use crate::kernel::{Level, add_rows, sum_runs};
use crate::node::{Id, Op, Run};
use crate::number::Number;
use crate::play::{Element, Io};
use crate::shape::{Short, axes_of, count, dense_strides, kept, stretched_strides};
use crate::tangent::Ahead;
use crate::var::Sym;
use crate::view::offsets;

/// Σ over the axes of a mask; they stay, with length 1. Its transpose is stretching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sum {
    pub axes: u32,
}

impl Sum {
    #[track_caller]
    pub fn record(x: Sym<'_>, axes: u32) -> Sym<'_> {
        let shape = kept(&x.shape(), axes);
        x.at(x.graph.push(Sum { axes }, &[x.id], ShapeOf::Dims(&shape)))
    }
}

impl Primitive for Sum {
    fn name(self, _: &Record) -> String {
        format!("sum{:?}", axes_of(self.axes).collect::<Vec<_>>())
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let x = io.operand(0);
        SumLoops::of(x.dims, self.axes).play(x.row_major(&mut io.scratch[0]), io.out);
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| Sum::record(dx, self.axes))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let (dims, zero) = (e.operand_dims(0), N::lit(0.0));
        let strides = stretched_strides(e.dims(), &dense_strides(e.dims()), dims);
        let mut y = vec![None; count(e.dims())];
        for (&x, at) in e.operand(0).iter().zip(offsets(dims, &strides, 0)) {
            y[at] = Some(y[at].map_or(x, |y: N| y + x));
        }
        Some(y.into_iter().map(|y| y.unwrap_or(zero)).collect())
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let x = back.x(0);
        back.to(x, |g| g.expand(&x.shape()));
    }
}

/// Neighbouring axes that are summed, or that stay, as one: (length, summed).
fn groups(dims: &[usize], axes: u32) -> Short<(usize, bool)> {
    let mut groups: Short<(usize, bool)> = Short::new();
    for (axis, &n) in dims.iter().enumerate().filter(|&(_, &n)| n != 1) {
        let summed = axes & (1 << axis) != 0;
        match groups.last_mut() {
            Some(last) if last.1 == summed => last.0 *= n,
            _ => groups.push((n, summed)),
        }
    }
    groups
}

/// How the elements of a sum are walked. The order of additions depends on the shape alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumLoops {
    /// The length of a run that is summed or added as a whole.
    inner: usize,
    summed: bool,
    outer: Short<usize>,
    /// How the place of the result moves with the outer loops.
    strides: Short<isize>,
}

impl SumLoops {
    pub fn of(dims: &[usize], axes: u32) -> Self {
        let mut groups = groups(dims, axes);
        let (inner, summed) = groups.pop().unwrap_or((1, false));
        let outer: Short<usize> = groups.iter().map(|g| g.0).collect();
        let mut strides: Short<isize> = groups.iter().map(|_| 0).collect();
        let mut step = if summed { 1 } else { inner as isize };
        for (stride, &(n, summed)) in strides.iter_mut().zip(&*groups).rev() {
            if !summed {
                *stride = step;
                step *= n as isize;
            }
        }
        SumLoops { inner, summed, outer, strides }
    }

    pub fn play<T: Element>(&self, x: &[T], out: &mut [T]) {
        out.fill(T::default());
        if x.is_empty() {
            return;
        }
        let level = Level::best();
        if self.summed
            && self.inner <= FEW
            && self.outer.len() <= 1
            && out.len() * self.inner == x.len()
        {
            return sum_runs(level, x, self.inner, out);
        }
        if !self.summed && out.len() == self.inner {
            return add_rows(level, x, out);
        }
        for (run, at) in x.chunks_exact(self.inner).zip(offsets(&self.outer, &self.strides, 0)) {
            if self.summed {
                out[at] = out[at] + pairwise_sum(run);
            } else {
                add_rows(level, run, &mut out[at..at + self.inner]);
            }
        }
    }
}

/// Up to so many elements are summed without halving.
const FEW: usize = 256;

/// Σ as a short run below 256 elements and by halves above: the error grows like log n.
pub(super) fn pairwise_sum<T: Element>(x: &[T]) -> T {
    fn by_halves<T: Element>(level: Level, x: &[T]) -> T {
        if x.len() <= FEW {
            let mut sum = [T::default()];
            sum_runs(level, x, x.len().max(1), &mut sum);
            return sum[0];
        }
        let half = (x.len() / 2).next_multiple_of(16);
        by_halves(level, &x[..half]) + by_halves(level, &x[half..])
    }
    by_halves(Level::best(), x)
}

/// One term of an [`Accumulate`]: a node that has the whole shape, or one that fills a slice of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Part {
    pub id: Id,
    /// Where the slices of all axes start in the record's list; `u32::MAX` for the whole.
    slices: u32,
}

impl Part {
    pub fn whole(id: Id) -> Self {
        Part { id, slices: u32::MAX }
    }

    pub fn slice(graph: &Graph, id: Id, slices: &[AxisSlice]) -> Self {
        Part { id, slices: graph.edit(|r| run(&mut r.slices, slices).start) }
    }

    pub fn is_whole(self) -> bool {
        self.slices == u32::MAX
    }

    fn slices(self, record: &Record, rank: usize) -> Option<&[AxisSlice]> {
        (!self.is_whole()).then(|| &record.slices[self.slices as usize..][..rank])
    }
}

/// Σ of parts, each of the whole shape or of a slice of it: where a value is used many times, this
/// is its adjoint. One node, however many parts; of one sliced part it is a padding with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Accumulate {
    parts: Run,
}

impl Accumulate {
    /// The sum, of the shape of the node `like`.
    #[track_caller]
    pub fn record<'t>(graph: &'t Graph, like: Id, parts: &[Part]) -> Sym<'t> {
        let parts = graph.edit(|r| run(&mut r.parts, parts));
        Sym::new(graph, graph.push(Accumulate { parts }, &[], ShapeOf::Like(like)))
    }

    /// One part in zeros: padding.
    #[track_caller]
    pub fn pad<'t>(graph: &'t Graph, shape: &[usize], part: Part) -> Sym<'t> {
        let parts = graph.edit(|r| run(&mut r.parts, &[part]));
        Sym::new(graph, graph.push(Accumulate { parts }, &[], ShapeOf::Dims(shape)))
    }
}

impl Primitive for Accumulate {
    fn name(self, record: &Record) -> String {
        match &record.parts[self.parts.range()] {
            [part] if !part.is_whole() => "pad".into(),
            _ => "accumulate".into(),
        }
    }

    fn parts(self, _: &Record) -> Option<Run> {
        Some(self.parts)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let record = io.record;
        let dims = io.dims();
        let mut fresh = true;
        for part in &record.parts[self.parts.range()] {
            let x = io.view(part.id);
            let x = x.row_major(&mut io.scratch[0]);
            match part.slices(record, dims.len()) {
                None if fresh => io.out.copy_from_slice(x),
                None => io.out.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + x),
                Some(slices) => {
                    if fresh {
                        io.out.fill(T::default());
                    }
                    into_slice(x, slices, dims, io.out, |y, x| *y = *y + x);
                }
            }
            fresh = false;
        }
    }

    fn canonical(self, _: &Record, _: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        None
    }

    /// The sum of the parts that move.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let parts = ahead.graph.record().parts[self.parts.range()].to_vec();
        let moved =
            |part: Part| Some(Part { id: ahead.of(Sym::new(ahead.graph, part.id))?.id, ..part });
        let moving: Vec<Part> = parts.into_iter().filter_map(moved).collect();
        (!moving.is_empty()).then(|| Accumulate::record(ahead.graph, ahead.id, &moving))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let (dims, zero) = (e.dims(), N::lit(0.0));
        let mut y = vec![zero; count(dims)];
        for part in &e.record.parts[self.parts.range()] {
            let x = e.value(part.id);
            match part.slices(e.record, dims.len()) {
                None => y.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + x),
                Some(slices) => into_slice(x, slices, dims, &mut y, |y, x| *y = *y + x),
            }
        }
        Some(y)
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        parts_pullback(self.parts, back);
    }
}

/// Parts side by side, which together fill the whole: concatenation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Concat {
    parts: Run,
}

impl Concat {
    /// The nodes one after the other along `axis`; their other axes are those of `shape`.
    #[track_caller]
    pub fn record<'t>(graph: &'t Graph, axis: usize, ids: &[Id], shape: &[usize]) -> Sym<'t> {
        let mut slices: Vec<AxisSlice> =
            shape.iter().map(|&n| AxisSlice { start: 0, step: 1, len: n as u32 }).collect();
        let mut parts = Vec::with_capacity(ids.len());
        for &id in ids {
            slices[axis].len = graph.shape(id)[axis] as u32;
            parts.push(Part::slice(graph, id, &slices));
            slices[axis].start += slices[axis].len;
        }
        let parts = graph.edit(|r| run(&mut r.parts, &parts));
        Sym::new(graph, graph.push(Concat { parts }, &[], ShapeOf::Dims(shape)))
    }
}

impl Primitive for Concat {
    fn name(self, _: &Record) -> String {
        "concat".into()
    }

    fn parts(self, _: &Record) -> Option<Run> {
        Some(self.parts)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let dims = io.dims();
        for part in &io.record.parts[self.parts.range()] {
            let x = io.view(part.id);
            let x = x.row_major(&mut io.scratch[0]);
            let slices = part.slices(io.record, dims.len()).unwrap_or_default();
            into_slice(x, slices, dims, io.out, |y, x| *y = x);
        }
    }

    fn canonical(self, _: &Record, _: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        None
    }

    /// The tangents side by side, zeros where nothing moves.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let mut parts = ahead.graph.record().parts[self.parts.range()].to_vec();
        for part in &mut parts {
            let x = Sym::new(ahead.graph, part.id);
            part.id = ahead.of(x).unwrap_or_else(|| x.zeros_like()).id;
        }
        let parts = ahead.graph.edit(|r| run(&mut r.parts, &parts));
        let id = ahead.graph.push(Concat { parts }, &[], ShapeOf::Like(ahead.id));
        Some(Sym::new(ahead.graph, id))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let dims = e.dims();
        let mut y = vec![N::lit(0.0); count(dims)];
        for part in &e.record.parts[self.parts.range()] {
            let slices = part.slices(e.record, dims.len())?;
            into_slice(e.value(part.id), slices, dims, &mut y, |y, x| *y = x);
        }
        Some(y)
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        parts_pullback(self.parts, back);
    }
}

/// Each part has the adjoint, or its slice of it.
fn parts_pullback(parts: Run, back: &mut Back<'_, '_>) {
    let graph = back.graph;
    let rank = back.adjoint.shape().len();
    for i in parts.range() {
        let part = graph.record().parts[i];
        let slices = part.slices(&graph.record(), rank).map(<[_]>::to_vec);
        back.to(Sym::new(graph, part.id), |g| match &slices {
            None => g,
            Some(slices) => g.sliced(slices),
        });
    }
}

fn into_slice<T: Copy>(
    x: &[T],
    slices: &[AxisSlice],
    dims: &[usize],
    out: &mut [T],
    put: impl Fn(&mut T, T),
) {
    let dense = dense_strides(dims);
    let lens: Short<usize> = slices.iter().map(|s| s.len as usize).collect();
    let start: isize = slices.iter().zip(&*dense).map(|(s, &d)| s.start as isize * d).sum();
    let strides: Short<isize> =
        slices.iter().zip(&*dense).map(|(s, &d)| s.step as isize * d).collect();
    for (at, &x) in offsets(&lens, &strides, start as usize).zip(x) {
        put(&mut out[at], x);
    }
}

impl<'t> Sym<'t> {
    /// Sums what was stretched, so that the shape becomes that of `x`: the transpose of
    /// broadcasting.
    #[track_caller]
    pub(crate) fn sum_to(self, x: Sym<'t>) -> Sym<'t> {
        if self.same_shape(x) {
            return self;
        }
        let (mine, shape) = (self.shape(), x.shape());
        let missing = mine.len() - shape.len();
        let mask = (0..mine.len())
            .filter(|&axis| axis < missing || shape[axis - missing] != mine[axis])
            .fold(0, |mask, axis| mask | 1 << axis);
        let sum = if mask == 0 { self } else { Sum::record(self, mask) };
        sum.reshape_exact(&shape)
    }
}
