//! Leaves: arrays that are given, and the scalar constants that rules need.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Graph, Record, ShapeOf};
use crate::node::{Id, Op};
use crate::number::Number;
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::tangent::Ahead;
use crate::var::Sym;

/// An array given by the user; its values lie in the tape's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaf {
    /// An input can be set again; a constant cannot.
    pub input: bool,
}

impl Primitive for Leaf {
    fn name(self, _: &Record) -> String {
        if self.input { "input" } else { "constant" }.into()
    }
    fn play<T: Element>(self, _: &mut Io<'_, T>) {}
    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("input", self.input.into())]))
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [] = line.operands()?;
        let leaf = Leaf { input: line.flag("input")? };
        Ok(Loaded::computed(leaf, line.shape()))
    }
    fn canonical(self, _: &Record, _: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        None
    }
    fn pullback(self, _: &mut Back<'_, '_>) {}
    fn tangent<'t>(self, _: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        None
    }
}

/// One number, of whichever type the tape has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scalar {
    param: u32,
}

impl Scalar {
    #[track_caller]
    pub fn record(graph: &Graph, value: f64) -> Sym<'_> {
        let param = graph.edit(|r| crate::graph::run(&mut r.params, &[value]).start);
        Sym::new(graph, graph.push(Scalar { param }, &[], ShapeOf::Dims(&[])))
    }

    fn value(self, record: &Record) -> f64 {
        record.params[self.param as usize]
    }
}

impl Primitive for Scalar {
    fn name(self, record: &Record) -> String {
        self.value(record).to_string()
    }
    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        io.out[0] = T::narrow(self.value(io.record));
    }
    fn save(self, record: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("value", self.value(record).into())]))
    }
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [] = line.operands()?;
        let value = line.number("value")?;
        let param = crate::graph::run(&mut line.record.params, &[value]).start;
        Ok(Loaded::computed(Scalar { param }, &[]))
    }
    fn canonical(self, record: &Record, first: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        Some(Scalar { param: first(&[self.value(record)]) }.into())
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        Some(vec![N::lit(self.value(e.record))])
    }
    fn pullback(self, _: &mut Back<'_, '_>) {}
    fn tangent<'t>(self, _: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        None
    }
}
