//! Schedule: in which order nodes are computed, and which of them go together.
//!
//! Elementwise nodes of one length become a *group*: it is computed tile by tile, so that what one
//! node hands to the next stays in the nearest cache, and what nobody else reads is never stored.
//! Nodes of one element become a list of scalar instructions. Everything else is a step of its own.

use super::join::Joining;
use crate::graph::Record;
use crate::node::{Id, Op};
use crate::ops::Accumulate;

/// One step of a program: nodes that are computed together.
#[derive(Debug)]
pub(super) enum Work {
    /// Any op, on whole arrays.
    Node(Id),
    /// A product, and elementwise nodes that are computed from each piece of it as it is done.
    Product(Vec<Id>),
    /// A product, and its sum with what was computed before: it is added where that lies.
    Onto([Id; 2]),
    /// Elementwise nodes of one element each, one after the other.
    Scalars(Vec<Id>),
    /// Elementwise nodes with this many elements, tile by tile.
    Group(usize, Vec<Id>),
}

impl Work {
    pub fn nodes(&self) -> &[Id] {
        match self {
            Work::Node(id) => std::slice::from_ref(id),
            Work::Onto(ids) => ids,
            Work::Scalars(ids) | Work::Group(_, ids) | Work::Product(ids) => ids,
        }
    }
}

/// Which storage each node looks at.
pub(super) struct Storage<'a> {
    pub record: &'a Record,
    roots: Vec<Id>,
}

impl<'a> Storage<'a> {
    pub fn of(record: &'a Record) -> Self {
        let mut roots: Vec<Id> = Vec::with_capacity(record.nodes.len());
        for (i, node) in record.nodes.iter().enumerate() {
            roots.push(match node.op.is_view() {
                true => roots[node.operands[0].index()],
                false => Id(i as u32),
            });
        }
        Storage { record, roots }
    }

    /// The node whose storage a node looks at: itself, but for views.
    pub fn root(&self, id: Id) -> Id {
        self.roots[id.index()]
    }

    pub fn is_root(&self, id: Id) -> bool {
        self.root(id) == id
    }

    /// The number of elements.
    pub fn len(&self, id: Id) -> usize {
        self.record.dense[self.record.node(id).shape as usize].0
    }

    /// Whether a node sees its root's elements all, in their order.
    pub fn is_whole(&self, id: Id) -> bool {
        let root = self.root(id);
        let offset = |id: Id| self.record.slots[id.index()].offset;
        id == root
            || self.len(id) == self.len(root)
                && offset(id) == offset(root)
                && self.record.is_dense(id)
    }
}

/// Whether each element of a node is computed from the same element of its operands.
fn is_elementwise(record: &Record, op: Op) -> bool {
    match op {
        Op::Map(_) | Op::Zip(_) | Op::Select(_) | Op::Scalar(_) => true,
        Op::Accumulate(sum) => is_plain(record, sum),
        _ => false,
    }
}

/// Whether all parts of a sum have its shape.
fn is_plain(record: &Record, sum: Accumulate) -> bool {
    let parts = record.parts_of(sum.into()).map(|run| &record.parts[run.range()]);
    parts.is_some_and(|parts| parts.iter().all(|part| part.is_whole()))
}

/// The steps that compute the nodes from `first` on. `ends` are read when all is done; products of
/// at least `large` elements go along with what is done to them.
pub(super) fn schedule(
    storage: &Storage<'_>,
    first: usize,
    ends: &[Id],
    large: usize,
) -> Vec<Work> {
    let nodes = storage.record.nodes.len();
    let mut steps = Steps { storage, steps: vec![], made: vec![0; nodes], group: vec![0; nodes] };
    for id in (first..nodes).map(|i| Id(i as u32)) {
        let op = storage.record.node(id).op;
        if !op.is_passive() {
            steps.add(id, op);
        }
    }
    steps.steps.retain(|work| !work.nodes().is_empty());
    Joining::of(storage, &steps.steps, ends, large).join(steps.steps)
}

struct Steps<'a> {
    storage: &'a Storage<'a>,
    steps: Vec<Work>,
    /// For each root: the step that makes it, counted from 1; 0 for what is there before the first.
    made: Vec<usize>,
    /// For each root: the last group that reads the whole of it, counted from 1.
    group: Vec<usize>,
}

impl Steps<'_> {
    fn add(&mut self, id: Id, op: Op) {
        let storage = self.storage;
        let operands = || storage.record.operands(id);
        let ready = operands().map(|o| self.made[storage.root(o).index()]).max().unwrap_or(0);
        let step = match storage.len(id) {
            0 => return,
            _ if !is_elementwise(storage.record, op) => self.node(id, op),
            1 => self.scalar(id, ready),
            len => self.member(id, ready, len),
        };
        self.made[id.index()] = step;
    }

    fn push(&mut self, work: Work) -> usize {
        self.steps.push(work);
        self.steps.len()
    }

    fn node(&mut self, id: Id, op: Op) -> usize {
        let step = self.push(Work::Node(id));
        if let Op::Matmul(_) = op {
            // What is done to a product elementwise is done right after it.
            self.push(Work::Group(self.storage.len(id), vec![]));
        }
        step
    }

    fn scalar(&mut self, id: Id, ready: usize) -> usize {
        let is_list = |step: &usize| matches!(self.steps[step - 1], Work::Scalars(_));
        let recent = self.steps.len().saturating_sub(3) + 1..=self.steps.len();
        let step = recent.rev().find(|step| *step >= ready && is_list(step));
        match step.map(|step| (step, &mut self.steps[step - 1])) {
            Some((step, Work::Scalars(ids))) => {
                ids.push(id);
                step
            }
            _ => self.push(Work::Scalars(vec![id])),
        }
    }

    fn member(&mut self, id: Id, ready: usize, len: usize) -> usize {
        let storage = self.storage;
        let operands = || storage.record.operands(id).map(|o| (o, storage.root(o)));
        let fits = |step: usize| {
            let right = |(o, root): (Id, Id)| {
                self.made[root.index()] < step || storage.is_whole(o) && storage.len(o) == len
            };
            let group = step.checked_sub(1).and_then(|at| self.steps.get(at));
            matches!(group, Some(Work::Group(n, _)) if *n == len)
                && step >= ready
                && operands().all(right)
        };
        let shared = operands().map(|(_, root)| self.group[root.index()]).max().unwrap_or(0);
        let after = if self.is_product(ready) { ready + 1 } else { 0 };
        let step = match [ready, after, shared].into_iter().find(|&step| fits(step)) {
            Some(step) => step,
            None => self.push(Work::Group(len, vec![])),
        };
        if let Work::Group(_, ids) = &mut self.steps[step - 1] {
            ids.push(id);
        }
        for (_, root) in operands().filter(|&(o, _)| storage.is_whole(o) && storage.len(o) == len) {
            self.group[root.index()] = step;
        }
        step
    }

    fn is_product(&self, step: usize) -> bool {
        let work = step.checked_sub(1).map(|at| &self.steps[at]);
        let op = |id: &Id| self.storage.record.node(*id).op;
        matches!(work, Some(Work::Node(id)) if matches!(op(id), Op::Matmul(_)))
    }
}
