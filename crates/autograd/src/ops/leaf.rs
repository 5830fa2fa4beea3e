//! Leaves: arrays that are given, and the scalar constants that rules need.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Graph, Record, ShapeOf};
use crate::node::Op;
use crate::number::Number;
use crate::play::{Element, Io};
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
