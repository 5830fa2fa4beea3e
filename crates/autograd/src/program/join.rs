//! Join: a large product and what is done to it elementwise become one step, in which each piece of
//! the product is taken on while it is in the cache; what nobody else reads of it is never stored.
//! A product that is only added to what was computed before is added to it where that lies.

use super::apart::PARTS;
use super::schedule::{Storage, Work};
use crate::kernel::product::TERMS;
use crate::node::{Id, Op};
use crate::ops::{Binary, Number};

pub(super) struct Joining<'a> {
    storage: &'a Storage<'a>,
    /// For each node the step that computes it, if one does,
    step: Vec<usize>,
    /// whether it is read outside of its step,
    outside: Vec<bool>,
    /// the last step that reads it, and how often that does.
    last: Vec<(usize, usize)>,
    large: usize,
}

impl<'a> Joining<'a> {
    pub fn of(storage: &'a Storage<'a>, steps: &[Work], ends: &[Id], large: usize) -> Self {
        let nodes = storage.record.nodes.len();
        let (mut step, mut outside) = (vec![usize::MAX; nodes], vec![false; nodes]);
        let mut last = vec![(0, 0); nodes];
        for (at, work) in steps.iter().enumerate() {
            work.nodes().iter().for_each(|id| step[id.index()] = at);
        }
        for (at, work) in steps.iter().enumerate() {
            for o in work.nodes().iter().flat_map(|id| storage.record.operands(*id)) {
                let root = storage.root(o).index();
                outside[root] |= step[root] != at;
                last[root] = (at, if last[root].0 == at { last[root].1 + 1 } else { 1 });
            }
        }
        for root in ends.iter().map(|id| storage.root(*id).index()) {
            (outside[root], last[root]) = (true, (usize::MAX, 1));
        }
        Joining { storage, step, outside, last, large }
    }

    pub fn join(&self, steps: Vec<Work>) -> Vec<Work> {
        let mut joined: Vec<Work> = Vec::with_capacity(steps.len());
        for (at, work) in steps.into_iter().enumerate() {
            match (joined.last_mut(), work) {
                (Some(Work::Node(product)), Work::Group(len, ids))
                    if self.go_together(*product, len, &ids) =>
                {
                    let nodes = std::iter::once(*product).chain(ids).collect();
                    joined.pop();
                    joined.push(Work::Product(nodes));
                }
                (Some(Work::Node(product)), Work::Group(len, mut ids)) => {
                    let product = *product;
                    if let Some(sum) = self.added(product, &ids, at) {
                        let sum = ids.remove(sum);
                        joined.pop();
                        joined.push(Work::Onto([product, sum]));
                    }
                    if !ids.is_empty() {
                        joined.push(Work::Group(len, ids));
                    }
                }
                (_, work) => joined.push(work),
            }
        }
        joined
    }

    fn go_together(&self, product: Id, len: usize, ids: &[Id]) -> bool {
        let Storage { record, .. } = *self.storage;
        let reads = || ids.iter().flat_map(|id| record.operands(*id));
        let mut of_product = reads().filter(|o| self.storage.root(*o) == product).peekable();
        let stored = ids.iter().filter(|id| self.outside[id.index()]).count();
        self.terms(product) > 0
            && len >= self.large
            && self.storage.len(product) == len
            && stored < PARTS
            && of_product.peek().is_some()
            && of_product.all(|o| self.storage.is_whole(o))
    }

    /// How many terms an element of a single product has; 0 if it is none.
    fn terms(&self, product: Id) -> usize {
        let Storage { record, .. } = *self.storage;
        let shape = record.shape(product);
        match record.node(product).op {
            Op::Matmul(_) if shape.iter().rev().skip(2).all(|&n| n == 1) => {
                let rows = shape[shape.len() - 2].max(1);
                record.operands(product).next().map_or(0, |a| self.storage.len(a) / rows)
            }
            _ => 0,
        }
    }

    /// Which member of the group of step `at` is the sum of the product, which nobody else reads, and
    /// of a value that nobody reads afterwards. One block of terms is added as it would be on its own.
    fn added(&self, product: Id, ids: &[Id], at: usize) -> Option<usize> {
        let (storage, len) = (self.storage, self.storage.len(product));
        let record = storage.record;
        if !(1..=TERMS).contains(&self.terms(product)) {
            return None;
        }
        let is_sum = |id: Id| match record.node(id).op {
            Op::Zip(zip) => zip.f == Binary::Add && zip.number == Number::None,
            Op::Accumulate(_) => record.operands(id).count() == 2,
            _ => false,
        };
        let is_factor = |root: Id| record.operands(product).any(|o| storage.root(o) == root);
        let is_free = |o: Id| {
            let root = storage.root(o);
            storage.is_whole(o)
                && storage.len(o) == len
                && self.last[root.index()] == (at, 1)
                && self.step[root.index()] < at
                && !is_factor(root)
        };
        let reads = |id: Id| record.operands(id).any(|o| storage.root(o) == product);
        let is_added = |id: Id| storage.len(id) == len && is_sum(id) && reads(id);
        ids.iter().position(|&id| is_added(id) && record.operands(id).all(is_free))
    }
}
