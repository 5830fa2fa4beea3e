//! Idle: what matters only where some x is NaN.
//!
//! The second derivative of a function of straight pieces is 0 wherever x is a number, and its product
//! with u is 0 then, whatever u is. A product of matrices from which nothing but such a u is computed
//! need not be played as long as no NaN is among the x; with one, all is computed as on the tape.

use std::ops::Range;

use super::schedule::Storage;
use crate::graph::Record;
use crate::node::{Id, Op};
use crate::play::Element;

/// For each node the x that it waits for, if it matters only where that is NaN. `kept` are read when
/// all is done.
pub(super) fn idle(record: &Record, kept: impl Iterator<Item = Id>) -> Vec<Option<Id>> {
    // None: nobody read it so far.
    let mut waits: Vec<Option<Option<Id>>> = vec![None; record.nodes.len()];
    kept.for_each(|id| waits[id.index()] = Some(None));
    for id in (0..record.nodes.len() as u32).rev().map(Id) {
        let node = record.node(id);
        let mine = waits[id.index()].flatten();
        for (i, o) in record.operands(id).enumerate() {
            let its = match node.op {
                Op::Map(map) if i == 1 && map.vanishes(record) => Some(node.operands[0]),
                _ => mine.filter(|x| *x != o),
            };
            let before = waits[o.index()].unwrap_or(its);
            waits[o.index()] = Some(before.filter(|_| before == its));
        }
    }
    waits.into_iter().map(Option::flatten).collect()
}

/// Where the values of x lie, if they lie in one piece and there are fewer than `most`.
pub(super) fn in_one_piece(
    storage: &Storage<'_>,
    x: Id,
    offset: usize,
    most: usize,
) -> Option<Range<usize>> {
    let len = storage.len(x);
    (storage.is_root(x) && len < most).then(|| offset..offset + len)
}

/// So many elements are looked at together.
const RUN: usize = 64;

/// Whether a NaN is among them.
#[allow(clippy::eq_op)] // x == x is false for NaN alone
pub(super) fn has_nan<T: Element>(x: &[T]) -> bool {
    x.chunks(RUN).any(|x| x.iter().fold(false, |any, x| any | (x != x)))
}
