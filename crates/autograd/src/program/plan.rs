//! Plan: where each value lies, and for how long.
//!
//! Inputs, constants, the prologue's results and what is carried have places of their own. All other
//! values share an arena: a value takes the first gap that is large enough, and leaves it after its
//! last reader. Outputs stay until the next play. What only its own group reads has no place at all.

use super::schedule::{Storage, Work};
use crate::graph::Slot;
use crate::node::Id;

/// Places start at multiples of this many elements, so that vectors are read in one piece.
pub(super) const ALIGN: usize = 16;

/// The places of all values, and the length of the buffer.
pub(super) struct Plan {
    pub slots: Vec<Slot>,
    /// Whether a node's values are stored: not those that only its own group reads.
    pub stored: Vec<bool>,
    /// What is carried but not updated in place: (input, next), to be copied when all is done.
    pub moves: Vec<(Id, Id)>,
    pub extent: usize,
}

/// What a plan has to heed beside the steps.
pub(super) struct Ends<'a> {
    pub fed: &'a [Id],
    pub outputs: &'a [Id],
    pub carried: &'a [(Id, Id)],
    /// The nodes below this one are computed once.
    pub prologue: usize,
    /// From this length on a value is written where another one lies that is read for the last
    /// time: the memory is in the cache already. Below, both are.
    pub large: usize,
}

/// The record's slots are those of the tape: a view keeps its distance from its root.
pub(super) fn plan(storage: &Storage<'_>, steps: &[Work], ends: &Ends<'_>) -> Plan {
    let times = Times::of(storage, steps, ends);
    let nodes = storage.record.nodes.len();
    let mut own: Vec<bool> = (0..nodes).map(|id| id < ends.prologue).collect();
    ends.fed.iter().for_each(|id| own[id.index()] = true);

    let mut places = vec![0; nodes];
    let mut extent = 0;
    let ids = || (0..nodes as u32).map(Id).filter(|id| storage.is_root(*id));
    for id in ids().filter(|id| own[id.index()]) {
        places[id.index()] = extent;
        extent += storage.len(id).next_multiple_of(ALIGN);
    }
    let mut moves = Vec::new();
    for &(x, next) in ends.carried {
        // What is added where another value lies cannot lie where x does: it is copied.
        let is_onto = times.kind[next.index()] == Kind::Onto;
        let free = !own[next.index()] && storage.is_root(next) && !is_onto;
        if free && times.may_replace(x, next) {
            own[next.index()] = true;
            places[next.index()] = places[x.index()];
        } else {
            moves.push((x, next));
        }
    }
    let (mut many, mut single) = (Arena::from(extent, ALIGN), Arena::from(0, 1));
    let shared = |id: Id| !own[id.index()] && times.is_stored(id);
    for (turn, nodes) in times.order.iter().enumerate() {
        let mut leaving: Vec<Id> =
            times.leaving[turn].iter().copied().filter(|id| shared(*id)).collect();
        for &id in nodes.iter().filter(|id| shared(**id)) {
            let len = storage.len(id);
            let dies = |root: &Id| {
                *root != id && storage.len(*root) == len && times.may_replace(*root, id)
            };
            let replaces = len >= ends.large || times.kind[id.index()] == Kind::Onto;
            let before = leaving.iter().position(dies).filter(|_| replaces);
            places[id.index()] = match before {
                Some(before) => places[leaving.swap_remove(before).index()],
                None => if len == 1 { &mut single } else { &mut many }.take(len),
            };
        }
        for root in leaving {
            let (place, len) = (places[root.index()], storage.len(root));
            if len == 1 { &mut single } else { &mut many }.give_back(place, len);
        }
    }
    for id in ids().filter(|id| id.index() >= ends.prologue && storage.len(*id) == 1 && shared(*id))
    {
        places[id.index()] += many.end;
    }
    Plan {
        slots: slots(storage, &places),
        stored: (0..nodes as u32).map(|id| times.is_stored(Id(id))).collect(),
        moves,
        extent: many.end + single.end,
    }
}

/// When values come to be and when they are read for the last time.
struct Times {
    /// The nodes in the order in which they are computed; those of a group together.
    order: Vec<Vec<Id>>,
    /// For each root its turn in that order, that of its last reader, and the last turn in which it
    /// is read other than element by element.
    made: Vec<usize>,
    last: Vec<usize>,
    torn: Vec<usize>,
    /// In what kind of step a node is computed.
    kind: Vec<Kind>,
    /// For each turn the roots that nobody reads after it.
    leaving: Vec<Vec<Id>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Whole,
    /// The product of a step that takes on each piece of it.
    Pieces,
    Scalar,
    Tiled,
    /// A sum that is written where one of its parts lies, and nowhere else.
    Onto,
}

impl Times {
    fn of(storage: &Storage<'_>, steps: &[Work], ends: &Ends<'_>) -> Self {
        let nodes = storage.record.nodes.len();
        let mut kind = vec![Kind::Whole; nodes];
        let mut order: Vec<Vec<Id>> = vec![vec![]]; // what is there before the first step
        for work in steps {
            let mut set = |to| work.nodes().iter().for_each(|id| kind[id.index()] = to);
            match work {
                Work::Node(id) => order.push(vec![*id]),
                Work::Scalars(ids) => {
                    set(Kind::Scalar);
                    order.extend(ids.iter().map(|id| vec![*id]));
                }
                Work::Group(_, ids) => {
                    set(Kind::Tiled);
                    order.push(ids.clone());
                }
                Work::Onto([product, sum]) => {
                    kind[product.index()] = Kind::Pieces;
                    kind[sum.index()] = Kind::Onto;
                    order.push(vec![*product, *sum]);
                }
                Work::Product(ids) => {
                    set(Kind::Tiled);
                    kind[ids[0].index()] = Kind::Pieces;
                    order.push(ids.clone());
                }
            }
        }
        let (made, last, torn) = (vec![0; nodes], vec![0; nodes], vec![0; nodes]);
        let leaving = vec![vec![]; order.len()];
        let mut times = Times { order, made, last, torn, kind, leaving };
        times.read(storage);
        let kept = ends.outputs.iter().chain(ends.carried.iter().map(|(_, next)| next));
        kept.for_each(|id| times.last[storage.root(*id).index()] = usize::MAX);
        for root in (ends.prologue..nodes).filter(|id| storage.is_root(Id(*id as u32))) {
            if times.last[root] < usize::MAX {
                times.leaving[times.last[root]].push(Id(root as u32));
            }
        }
        times
    }

    fn read(&mut self, storage: &Storage<'_>) {
        for (turn, ids) in self.order.iter().enumerate() {
            for &id in ids {
                self.made[id.index()] = turn;
                self.last[id.index()] = self.last[id.index()].max(turn);
                for o in storage.record.operands(id) {
                    let root = storage.root(o).index();
                    self.last[root] = turn;
                    let same = storage.is_whole(o) && storage.len(o) == storage.len(id);
                    if !same || matches!(self.kind[id.index()], Kind::Whole | Kind::Pieces) {
                        self.torn[root] = turn;
                    }
                }
            }
        }
    }

    /// Whether a node's values are needed outside of its group.
    fn is_stored(&self, id: Id) -> bool {
        let kind = self.kind[id.index()];
        !matches!(kind, Kind::Tiled | Kind::Pieces) || self.last[id.index()] > self.made[id.index()]
    }

    /// Whether `next` can be written where `x` lies: nobody reads x later, and what reads it in the
    /// same turn reads each element before that is written. A product is written before what goes
    /// along with it reads anything.
    fn may_replace(&self, x: Id, next: Id) -> bool {
        let made = self.made[next.index()];
        let is_read = self.last[x.index()] == made && self.kind[next.index()] == Kind::Pieces;
        self.last[x.index()] <= made && self.torn[x.index()] < made && !is_read
    }
}

fn slots(storage: &Storage<'_>, places: &[usize]) -> Vec<Slot> {
    let slots = &storage.record.slots;
    let slot = |(id, &mine): (usize, &Slot)| {
        let root = storage.root(Id(id as u32)).index();
        Slot { offset: places[root] + mine.offset - slots[root].offset, ..mine }
    };
    slots.iter().enumerate().map(slot).collect()
}

/// Memory that values take and give back.
struct Arena {
    /// Places start at multiples of this.
    unit: usize,
    start: usize,
    end: usize,
    /// Free places (start, length), in order, never touching each other.
    gaps: Vec<(usize, usize)>,
}

impl Arena {
    fn from(start: usize, unit: usize) -> Self {
        Arena { unit, start, end: start, gaps: Vec::new() }
    }

    fn take(&mut self, len: usize) -> usize {
        let len = len.next_multiple_of(self.unit);
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
        let len = len.next_multiple_of(self.unit);
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
        let mut arena = Arena::from(0, 16);
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
