//! The chain rule forwards.
//!
//! Let every x move along a direction ẋ. The *tangent* of a node w with operands v₁, v₂, … is
//!
//! ```text
//!     ẇ = Σᵢ ∂w/∂vᵢ · v̇ᵢ
//! ```
//!
//! Walking the tape upwards, every vᵢ comes before w, so one walk finds every tangent, for one
//! direction. Each op records its own beside its pullback; a linear op is its own tangent, and an
//! elementwise op takes its pullback, because a diagonal matrix is its own transpose. Being recorded,
//! tangents can be differentiated, forwards or backwards: the product of a Hessian with a vector is
//! the tangent of a gradient.

use crate::gradient::Back;
use crate::graph::{Graph, Record};
use crate::node::{Id, Op, each_op};
use crate::ops::Primitive;
use crate::var::Sym;

/// Records the tangents of `ys` when each x moves along its direction: one node each, of y's shape.
pub(crate) fn tangents<'t>(
    graph: &'t Graph,
    ys: &[Sym<'t>],
    xs: &[Sym<'t>],
    directions: &[Sym<'t>],
) -> Vec<Sym<'t>> {
    let lowest = xs.iter().map(|x| x.id.index()).min().unwrap_or(0);
    let end = ys.iter().map(|y| y.id.index() + 1).max().unwrap_or(0).max(lowest);
    let moving = depend(&graph.record(), xs, lowest, end - lowest);
    let mut tangents = Tangents { lowest, list: vec![None; end - lowest] };
    for id in (lowest..end).filter(|i| moving[i - lowest]).map(|i| Id(i as u32)) {
        let node = graph.node(id);
        let own = graph.on_behalf_of(node.place, || {
            let ahead = Ahead::new(graph, id, &tangents);
            each_op!(node.op, op => op.tangent(&ahead))
        });
        let given = xs.iter().zip(directions).filter(|(x, _)| x.id == id).map(|(_, d)| *d);
        tangents.list[id.index() - lowest] = given.chain(own).reduce(|a, b| a + b);
    }
    ys.iter().map(|y| tangents.of(y.id).unwrap_or_else(|| y.zeros_like())).collect()
}

/// Which nodes from `lowest` on depend on some x.
pub(crate) fn depend(record: &Record, xs: &[Sym<'_>], lowest: usize, len: usize) -> Vec<bool> {
    let mut depends = vec![false; len];
    for x in xs.iter().filter(|x| x.id.index() < lowest + len) {
        depends[x.id.index() - lowest] = true;
    }
    for i in 0..len {
        let id = Id((lowest + i) as u32);
        if !matches!(record.node(id).op, Op::Stop(_)) {
            let on_path = |o: Id| o.index() >= lowest && depends[o.index() - lowest];
            depends[i] = depends[i] || record.operands(id).any(on_path);
        }
    }
    depends
}

/// The tangents of the nodes that move.
pub(crate) struct Tangents<'t> {
    lowest: usize,
    list: Vec<Option<Sym<'t>>>,
}

impl<'t> Tangents<'t> {
    /// One node moves, no other.
    pub fn only(id: Id, tangent: Sym<'t>) -> Self {
        Tangents { lowest: id.index(), list: vec![Some(tangent)] }
    }

    pub fn of(&self, id: Id) -> Option<Sym<'t>> {
        let i = id.index().checked_sub(self.lowest)?;
        self.list.get(i).copied().flatten()
    }
}

/// What an op's tangent works with: the node and the tangents of what stands below it.
pub(crate) struct Ahead<'a, 't> {
    pub graph: &'t Graph,
    pub id: Id,
    tangents: &'a Tangents<'t>,
}

impl<'a, 't> Ahead<'a, 't> {
    pub fn new(graph: &'t Graph, id: Id, tangents: &'a Tangents<'t>) -> Self {
        Ahead { graph, id, tangents }
    }
}

impl<'t> Ahead<'_, 't> {
    /// The value of the node itself.
    pub fn y(&self) -> Sym<'t> {
        Sym::new(self.graph, self.id)
    }

    /// An operand.
    pub fn x(&self, i: usize) -> Sym<'t> {
        Sym::new(self.graph, self.graph.node(self.id).operands[i])
    }

    /// The tangent of a node, if it moves.
    pub fn of(&self, x: Sym<'t>) -> Option<Sym<'t>> {
        self.tangents.of(x.id)
    }

    /// The tangent of an operand, if it moves.
    pub fn dx(&self, i: usize) -> Option<Sym<'t>> {
        self.of(self.x(i))
    }

    /// The tangent of a node whose Jacobian is diagonal, by its pullback.
    pub fn diagonal(&self, rule: impl FnOnce(&mut Back<'_, 't>)) -> Option<Sym<'t>> {
        Back::ahead(self.graph, self.id, self.tangents, rule)
    }
}
