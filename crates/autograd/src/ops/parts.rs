//! Sums of many parts, and concatenation. Their transpose is slicing.

use super::views::slices_shape;
use super::{AxisSlice, Primitive};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Graph, Record, ShapeOf, run};
use crate::many::Many;
use crate::node::{Id, Op, Run};
use crate::number::Number;
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::{Short, count, dense_strides};
use crate::tangent::Ahead;
use crate::var::Sym;
use crate::view::offsets;

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

    pub fn slice(record: &mut Record, id: Id, slices: &[AxisSlice]) -> Self {
        Part { id, slices: run(&mut record.slices, slices).start }
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

    fn save(self, record: &Record, id: Id) -> Result<Details, SaveError> {
        let rank = record.shape(id).len();
        let slices = |part: &Part| part.slices(record, rank).map(<[_]>::to_vec);
        let slices: Vec<_> = record.parts[self.parts.range()].iter().map(slices).collect();
        Ok(match slices.iter().all(Option::is_none) {
            true => Details::new(),
            false => details([("slices", slices.into())]),
        })
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let (ids, whole) = (line.parts()?, line.shape());
        let slices = match line.has("slices") {
            true => line.slices("slices")?,
            false => vec![None; ids.len()],
        };
        if slices.len() != ids.len() {
            let want = format!("{} entries, one per operand", ids.len());
            return Err(line.wrong("slices", slices.len(), want));
        }
        let mut parts = Vec::with_capacity(ids.len());
        for (id, slices) in ids.into_iter().zip(slices) {
            let part = match &slices {
                None => Some(whole.to_vec()),
                Some(slices) => slices_shape(whole, slices),
            };
            if part.as_deref() != Some(line.record.shape(id)) {
                return Err(line.unfit("parts of this shape, or that fill their slices of it"));
            }
            parts.push(match slices {
                None => Part::whole(id),
                Some(slices) => Part::slice(line.record, id, &slices),
            });
        }
        let parts = run(&mut line.record.parts, &parts);
        Ok(Loaded::computed(Accumulate { parts }, whole))
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

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let (parts, shape) = parts_of_many(self.parts, many);
        let parts = many.graph.edit(|r| run(&mut r.parts, &parts));
        let id = many.graph.push(Accumulate { parts }, &[], ShapeOf::Dims(&shape));
        Some(Sym::new(many.graph, id))
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
        let concat = graph.edit(|r| Concat::of(r, axis, ids, shape));
        Sym::new(graph, graph.push(concat, &[], ShapeOf::Dims(shape)))
    }

    fn of(record: &mut Record, axis: usize, ids: &[Id], shape: &[usize]) -> Concat {
        let mut slices: Vec<AxisSlice> =
            shape.iter().map(|&n| AxisSlice { start: 0, step: 1, len: n as u32 }).collect();
        let mut parts = Vec::with_capacity(ids.len());
        for &id in ids {
            slices[axis].len = record.shape(id)[axis] as u32;
            parts.push(Part::slice(record, id, &slices));
            slices[axis].start += slices[axis].len;
        }
        Concat { parts: run(&mut record.parts, &parts) }
    }

    /// The axis along which the parts stand.
    fn axis(self, record: &Record, whole: &[usize]) -> usize {
        let shapes = |part: &Part| record.shape(part.id);
        let parts: Vec<&[usize]> = record.parts[self.parts.range()].iter().map(shapes).collect();
        let joined = |axis: &usize| concat_shape(&parts, *axis).is_some_and(|s| s == whole);
        (0..whole.len()).find(joined).unwrap_or(0)
    }
}

/// The shape of arrays one after the other along an axis; none if another axis differs.
pub(super) fn concat_shape(parts: &[&[usize]], axis: usize) -> Option<Vec<usize>> {
    let mut whole = parts.first()?.to_vec();
    *whole.get_mut(axis)? = 0;
    for part in parts {
        let fits =
            part.len() == whole.len() && (0..whole.len()).all(|a| a == axis || part[a] == whole[a]);
        if !fits {
            return None;
        }
        whole[axis] += part[axis];
    }
    Some(whole)
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

    fn save(self, record: &Record, id: Id) -> Result<Details, SaveError> {
        Ok(details([("axis", self.axis(record, record.shape(id)).into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let (ids, whole) = (line.parts()?, line.shape());
        let axis = line.whole("axis", whole.len())?;
        let shapes = line.shapes();
        let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
        if concat_shape(&shapes, axis).as_deref() != Some(whole) {
            return Err(line.unfit("parts that fill the shape along the axis"));
        }
        Ok(Loaded::computed(Concat::of(line.record, axis, &ids, whole), whole))
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

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let (parts, shape) = parts_of_many(self.parts, many);
        let parts = many.graph.edit(|r| run(&mut r.parts, &parts));
        let id = many.graph.push(Concat { parts }, &[], ShapeOf::Dims(&shape));
        Some(Sym::new(many.graph, id))
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

/// The stacks of all parts, and the shape of what they make up.
fn parts_of_many(parts: Run, many: &Many<'_, '_>) -> (Vec<Part>, Vec<usize>) {
    let graph = many.graph;
    let shape = graph.record().shape(many.id).to_vec();
    let stack = |part: Part| {
        let slices = part.slices(&graph.record(), shape.len()).map(|own| many.slices(own));
        let id = many.all(Sym::new(graph, part.id)).id;
        match slices {
            None => Part::whole(id),
            Some(slices) => graph.edit(|r| Part::slice(r, id, &slices)),
        }
    };
    let parts = graph.record().parts[parts.range()].to_vec();
    (parts.into_iter().map(stack).collect(), many.stacked(&shape))
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
