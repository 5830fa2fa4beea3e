//! Plan: where each value lies, and for how long.
//!
//! Inputs, constants, the prologue's results and what is carried have places of their own. All other
//! values share an arena: a value takes the first gap that is large enough, and leaves it after its
//! last reader. Outputs stay until the next play.

use crate::graph::{Record, Slot};
use crate::node::Id;

/// Places start at multiples of this many elements, so that vectors are read in one piece.
const ALIGN: usize = 16;

/// The places of all values, for even and odd plays, and the length of the buffer.
pub(super) struct Plan {
    pub slots: [Vec<Slot>; 2],
    pub extent: usize,
}

/// The record's slots are those of the tape: a view keeps its distance from its root.
pub(super) fn plan(
    record: &Record,
    roots: &[Id],
    prologue: usize,
    fed: &[Id],
    outputs: &[Id],
    carried: &[(Id, Id)],
) -> Plan {
    let len = |id: usize| record.dense[record.nodes[id].shape as usize].0;
    let is_root = |id: usize| roots[id].index() == id;
    let mut own: Vec<bool> = (0..roots.len()).map(|id| id < prologue).collect();
    fed.iter().for_each(|id| own[id.index()] = true);
    carried.iter().for_each(|(_, next)| own[next.index()] = true);

    let mut places = vec![0; roots.len()];
    let mut extent = 0;
    for id in (0..roots.len()).filter(|&id| own[id] && is_root(id)) {
        places[id] = extent;
        extent += len(id).next_multiple_of(ALIGN);
    }
    let mut arena = Arena { start: extent, end: extent, gaps: Vec::new() };
    let mut leaving = last_readers(record, roots, outputs);
    for id in prologue..roots.len() {
        if is_root(id) && !own[id] {
            places[id] = arena.take(len(id));
        }
        for root in std::mem::take(&mut leaving[id]) {
            if !own[root.index()] {
                arena.give_back(places[root.index()], len(root.index()));
            }
        }
    }
    let odd = swapped(&places, carried);
    let slots = [&places, &odd].map(|places| slots(record, roots, places));
    Plan { slots, extent: arena.end }
}

/// For each node the roots that nobody reads after it.
fn last_readers(record: &Record, roots: &[Id], outputs: &[Id]) -> Vec<Vec<Id>> {
    let mut last: Vec<usize> = (0..roots.len()).collect();
    for id in 0..roots.len() {
        for operand in record.operands(Id(id as u32)) {
            let root = roots[operand.index()].index();
            last[root] = last[root].max(id);
        }
        let root = roots[id].index();
        last[root] = last[root].max(id);
    }
    outputs.iter().for_each(|id| last[roots[id.index()].index()] = usize::MAX);
    let mut leaving = vec![Vec::new(); roots.len()];
    for (root, &last) in last.iter().enumerate().filter(|&(id, _)| roots[id].index() == id) {
        if last < roots.len() {
            leaving[last].push(Id(root as u32));
        }
    }
    leaving
}

/// The places in odd plays: what is carried reads where its successor wrote, and the other way.
fn swapped(places: &[usize], carried: &[(Id, Id)]) -> Vec<usize> {
    let mut odd = places.to_vec();
    for (x, next) in carried {
        odd[x.index()] = places[next.index()];
        odd[next.index()] = places[x.index()];
    }
    odd
}

fn slots(record: &Record, roots: &[Id], places: &[usize]) -> Vec<Slot> {
    let slot = |(id, root): (usize, &Id)| {
        let (mine, base) = (record.slots[id], record.slots[root.index()]);
        let offset = places[root.index()] + mine.offset - base.offset;
        Slot { offset: if root.index() == id { places[id] } else { offset }, ..mine }
    };
    roots.iter().enumerate().map(slot).collect()
}

/// Memory that values take and give back.
struct Arena {
    start: usize,
    end: usize,
    /// Free places (start, length), in order, never touching each other.
    gaps: Vec<(usize, usize)>,
}

impl Arena {
    fn take(&mut self, len: usize) -> usize {
        let len = len.next_multiple_of(ALIGN);
        if len == 0 {
            return self.start;
        }
        let fits = self.gaps.iter().enumerate().filter(|(_, gap)| gap.1 >= len);
        if let Some((i, (start, size))) = fits.min_by_key(|(_, gap)| gap.1).map(|(i, g)| (i, *g)) {
            match size - len {
                0 => drop(self.gaps.remove(i)),
                rest => self.gaps[i] = (start + len, rest),
            }
            return start;
        }
        // A gap at the end grows.
        let start = match self.gaps.last() {
            Some(&(start, size)) if start + size == self.end => {
                self.gaps.pop();
                start
            }
            _ => self.end,
        };
        self.end = start + len;
        start
    }

    fn give_back(&mut self, start: usize, len: usize) {
        let len = len.next_multiple_of(ALIGN);
        if len == 0 {
            return;
        }
        let at = self.gaps.partition_point(|gap| gap.0 < start);
        self.gaps.insert(at, (start, len));
        if self.gaps.get(at + 1).is_some_and(|next| next.0 == start + len) {
            self.gaps[at].1 += self.gaps.remove(at + 1).1;
        }
        if at > 0 && self.gaps[at - 1].0 + self.gaps[at - 1].1 == start {
            self.gaps[at - 1].1 += self.gaps.remove(at).1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arena_reuses_and_joins_gaps() {
        let mut arena = Arena { start: 0, end: 0, gaps: Vec::new() };
        let (a, b, c) = (arena.take(16), arena.take(5), arena.take(16));
        assert_eq!((a, b, c, arena.end), (0, 16, 32, 48));
        arena.give_back(a, 16);
        arena.give_back(b, 5);
        assert_eq!(arena.gaps, [(0, 32)]);
        assert_eq!(arena.take(20), 0);
        arena.give_back(c, 16);
        assert_eq!(arena.take(100), 32);
        assert_eq!(arena.end, 32 + 112);
        assert!(arena.gaps.is_empty());
    }
}
