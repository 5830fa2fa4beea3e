//! THE CHAIN RULE.
//!
//! Let y be a value on the tape and v any node y was computed from. The *adjoint* of v is
//! v̄ = ∂y/∂v. If v is an operand of the nodes w₁, w₂, …, the chain rule says
//!
//! ```text
//!     v̄ = Σᵢ w̄ᵢ · ∂wᵢ/∂v        and        ȳ = 1 (the seed)
//! ```
//!
//! Walking the tape downwards from y, every wᵢ comes before v, so one walk finds every adjoint. The
//! product w̄ · ∂w/∂v is the *pullback* of w's op: each op records its own, as ordinary nodes, and
//! so the gradient can be differentiated, played, drawn and checked like anything else.
//!
//! The function is [`chain_rule`]; [`Back`] is what it hands to an op's pullback.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::graph::Graph;
use crate::node::{Id, Node, Op, each_op};
use crate::ops::{Accumulate, AxisSlice, Part, Primitive};
use crate::shape::ShortHash;
use crate::tangent::{Tangents, depend};
use crate::var::Sym;

/// Records the adjoints of `xs` with respect to `y`: one node each, of x's shape.
pub(crate) fn chain_rule<'t>(y: Sym<'t>, xs: &[Sym<'t>], seed: Sym<'t>) -> Vec<Sym<'t>> {
    let graph = y.graph;
    let mut adjoints = Adjoints::between(graph, xs, y);
    if adjoints.wants(y.id) {
        adjoints.add(y.id, Part::whole(seed.id));
    }
    for id in adjoints.downwards() {
        let node = graph.node(id);
        graph.on_behalf_of(node.place, || {
            if let Some(adjoint) = adjoints.sum(graph, id) {
                let way = Way::Back { adjoints: &mut adjoints };
                let back = &mut Back { graph, id, node, adjoint, way };
                each_op!(node.op, op => op.pullback(back));
            }
        });
    }
    xs.iter().map(|x| adjoints.of(x.id).map_or_else(|| x.zeros_like(), |id| x.at(id))).collect()
}

/// The adjoints of the nodes on the way from the lowest x up to y.
pub(crate) struct Adjoints {
    lowest: usize,
    /// Whether a node depends on some x: no other adjoint is recorded.
    wanted: Vec<bool>,
    /// What a node has got: nothing, one contribution of its own shape, which is its adjoint, or
    /// [`LISTED`] ones until its turn has come.
    got: Vec<Id>,
    /// The last of a node's contributions in `parts`, where they are listed.
    last: HashMap<usize, u32, BuildHasherDefault<ShortHash>>,
    /// Each with the one before.
    parts: Vec<(Part, u32)>,
}

/// Several contributions, or one to a slice.
const LISTED: Id = Id(u32::MAX - 1);
const END: u32 = u32::MAX;

impl Adjoints {
    fn between(graph: &Graph, xs: &[Sym<'_>], y: Sym<'_>) -> Self {
        let record = graph.record();
        let lowest = xs.iter().map(|x| x.id.index()).min().unwrap_or(0).min(y.id.index());
        let len = y.id.index() + 1 - lowest;
        let wanted = depend(&record, xs, lowest, len);
        let (got, last) = (vec![Id::NONE; len], HashMap::default());
        Adjoints { lowest, wanted, got, last, parts: Vec::new() }
    }

    fn downwards(&self) -> impl Iterator<Item = Id> + use<> {
        (self.lowest..self.lowest + self.wanted.len()).rev().map(|i| Id(i as u32))
    }

    #[inline]
    fn wants(&self, id: Id) -> bool {
        id.index().checked_sub(self.lowest).is_some_and(|i| self.wanted[i])
    }

    /// Adds a contribution to a node of which it is wanted.
    #[inline]
    fn add(&mut self, id: Id, part: Part) {
        let at = id.index() - self.lowest;
        if self.got[at] == Id::NONE && part.is_whole() {
            self.got[at] = part.id;
        } else {
            self.list(at, part);
        }
    }

    fn list(&mut self, at: usize, part: Part) {
        let before = std::mem::replace(&mut self.got[at], LISTED);
        if before != Id::NONE && before != LISTED {
            self.list(at, Part::whole(before));
        }
        let this = self.parts.len() as u32;
        let before = self.last.insert(at, this).unwrap_or(END);
        self.parts.push((part, before));
    }

    /// Σ of all contributions to a node: nodes above have had their turn, so there are no more.
    fn sum<'t>(&mut self, graph: &'t Graph, id: Id) -> Option<Sym<'t>> {
        let at = id.index() - self.lowest;
        match self.got[at] {
            Id::NONE => None,
            LISTED => {
                let sum = Accumulate::record(graph, id, &self.listed(at));
                self.got[at] = sum.id;
                Some(sum)
            }
            sum => Some(Sym::new(graph, sum)),
        }
    }

    /// The contributions to a node, the last one first.
    fn listed(&self, at: usize) -> Vec<Part> {
        let part = |at: u32| self.parts.get(at as usize);
        let last = self.last.get(&at).copied().unwrap_or(END);
        std::iter::successors(part(last), |&&(_, next)| part(next)).map(|&(p, _)| p).collect()
    }

    fn of(&self, id: Id) -> Option<Id> {
        let i = id.index().checked_sub(self.lowest)?;
        self.got.get(i).copied().filter(|&sum| sum != Id::NONE)
    }
}

/// What an op's pullback works with: the node, its adjoint, and where contributions go.
pub(crate) struct Back<'a, 't> {
    pub graph: &'t Graph,
    pub id: Id,
    pub node: Node,
    pub adjoint: Sym<'t>,
    way: Way<'a, 't>,
}

/// Elementwise ops have a diagonal Jacobian, which is its own transpose: their rule serves both ways.
enum Way<'a, 't> {
    /// Adjoints go to the operands.
    Back { adjoints: &'a mut Adjoints },
    /// Tangents come from the operands; what each contributes.
    Ahead { tangents: &'a Tangents<'t>, parts: Vec<Sym<'t>> },
}

impl<'a, 't> Back<'a, 't> {
    /// The tangent of a node whose Jacobian is diagonal, by its pullback.
    pub fn ahead(
        graph: &'t Graph,
        id: Id,
        tangents: &'a Tangents<'t>,
        rule: impl FnOnce(&mut Back<'_, 't>),
    ) -> Option<Sym<'t>> {
        let way = Way::Ahead { tangents, parts: Vec::new() };
        let (node, adjoint) = (graph.node(id), Sym::new(graph, id));
        let mut back = Back { graph, id, node, adjoint, way };
        rule(&mut back);
        match back.way {
            Way::Ahead { parts, .. } => parts.into_iter().reduce(|a, b| a + b),
            Way::Back { .. } => None,
        }
    }
}

impl<'t> Back<'_, 't> {
    /// The value of the node itself.
    pub fn y(&self) -> Sym<'t> {
        Sym::new(self.graph, self.id)
    }

    /// An operand.
    pub fn x(&self, i: usize) -> Sym<'t> {
        Sym::new(self.graph, self.node.operands[i])
    }

    /// Contributes `f(adjoint)` to an operand, if anybody wants to know.
    #[inline]
    pub fn to(&mut self, x: Sym<'t>, f: impl FnOnce(Sym<'t>) -> Sym<'t>) {
        if let Some(adjoint) = self.incoming(x) {
            self.contribute(x, f(adjoint));
        }
    }

    /// The adjoint of the node, or the tangent of an operand, if anybody wants to know what an operand
    /// gets.
    #[inline(always)]
    pub fn incoming(&self, x: Sym<'t>) -> Option<Sym<'t>> {
        match &self.way {
            Way::Back { adjoints } => adjoints.wants(x.id).then_some(self.adjoint),
            Way::Ahead { tangents, .. } => self.incoming_tangent(tangents, x),
        }
    }

    #[inline(never)]
    fn incoming_tangent(&self, tangents: &Tangents<'t>, x: Sym<'t>) -> Option<Sym<'t>> {
        tangents.of(x.id).map(|tangent| tangent.expand(&self.adjoint.shape()))
    }

    /// What an operand gets of [`incoming`](Self::incoming). This is the one place where an adjoint meets
    /// broadcasting: what was stretched is summed.
    #[inline]
    pub fn contribute(&mut self, x: Sym<'t>, part: Sym<'t>) {
        match &mut self.way {
            Way::Back { adjoints } => {
                let part = part.sum_to(x);
                adjoints.add(x.id, Part::whole(part.id));
            }
            Way::Ahead { parts, .. } => parts.push(part),
        }
    }

    /// Contributes `adjoint` to a slice of an operand.
    pub fn slice_of(&mut self, x: Sym<'t>, slices: &[AxisSlice]) {
        if let Way::Back { adjoints } = &mut self.way
            && adjoints.wants(x.id)
        {
            let part = self.graph.edit(|r| Part::slice(r, self.adjoint.id, slices));
            adjoints.add(x.id, part);
        }
    }

    /// Whether anybody wants this operand's adjoint.
    pub fn wants(&self, x: Sym<'t>) -> bool {
        match &self.way {
            Way::Back { adjoints } => adjoints.wants(x.id),
            Way::Ahead { tangents, .. } => tangents.of(x.id).is_some(),
        }
    }
}
