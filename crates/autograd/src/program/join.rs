//! Join: a large product and what is done to it elementwise become one step, in which each piece of
//! the product is taken on while it is in the cache; what nobody else reads of it is never stored.

use super::apart::PARTS;
use super::schedule::{Storage, Work};
use crate::node::{Id, Op};

pub(super) struct Joining<'a> {
    storage: &'a Storage<'a>,
    /// Whether a node is read outside of its step.
    outside: Vec<bool>,
    large: usize,
}

impl<'a> Joining<'a> {
    pub fn of(storage: &'a Storage<'a>, steps: &[Work], ends: &[Id], large: usize) -> Self {
        let nodes = storage.record.nodes.len();
        let (mut step, mut outside) = (vec![usize::MAX; nodes], vec![false; nodes]);
        for (at, work) in steps.iter().enumerate() {
            work.nodes().iter().for_each(|id| step[id.index()] = at);
        }
        for (at, work) in steps.iter().enumerate() {
            for o in work.nodes().iter().flat_map(|id| storage.record.operands(*id)) {
                let root = storage.root(o).index();
                outside[root] |= step[root] != at;
            }
        }
        ends.iter().for_each(|id| outside[storage.root(*id).index()] = true);
        Joining { storage, outside, large }
    }

    pub fn join(&self, steps: Vec<Work>) -> Vec<Work> {
        let mut joined: Vec<Work> = Vec::with_capacity(steps.len());
        for work in steps {
            match (joined.last_mut(), work) {
                (Some(Work::Node(product)), Work::Group(len, ids))
                    if self.go_together(*product, len, &ids) =>
                {
                    let nodes = std::iter::once(*product).chain(ids).collect();
                    joined.pop();
                    joined.push(Work::Product(nodes));
                }
                (_, work) => joined.push(work),
            }
        }
        joined
    }

    fn go_together(&self, product: Id, len: usize, ids: &[Id]) -> bool {
        let Storage { record, .. } = *self.storage;
        let is_product = matches!(record.node(product).op, Op::Matmul(_));
        let is_single = record.shape(product).iter().rev().skip(2).all(|&n| n == 1);
        let has_terms = record.operands(product).all(|o| self.storage.len(o) > 0);
        let reads = || ids.iter().flat_map(|id| record.operands(*id));
        let mut of_product = reads().filter(|o| self.storage.root(*o) == product).peekable();
        let stored = ids.iter().filter(|id| self.outside[id.index()]).count();
        is_product
            && is_single
            && has_terms
            && len >= self.large
            && self.storage.len(product) == len
            && stored < PARTS
            && of_product.peek().is_some()
            && of_product.all(|o| self.storage.is_whole(o))
    }
}
