//! A function and its pullback of one x, computed in one pass: an exponential that both are made of is
//! computed once, and what is read is read once.

use super::plan::Plan;
use super::press::Step;
use super::schedule::{Storage, Work};
use super::tiled::{Function, Member, Place, TILE};
use crate::graph::Record;
use crate::kernel::SHORT;
use crate::node::{Id, Op};
use crate::ops::{Map, RowSlope};
use crate::play::Element;

/// Lets each map of a group be computed together with a pullback of it that comes later, if nothing in
/// between minds.
pub(super) fn join<T: Element>(members: &mut Vec<Member<T>>, len: usize) {
    for i in 0..members.len() {
        let after = i + 1..members.len();
        if let Some((j, slope)) =
            after.into_iter().find_map(|j| Some((j, place(members, i, j, len)?)))
        {
            members[i].slope = Some(slope);
            members[i].operands[1] = members[j].operands[1];
            members.remove(j);
        }
    }
}

/// Where the pullback goes, if member `j` is one of the map `i` and can be computed in its place.
fn place<T: Element>(members: &[Member<T>], i: usize, j: usize, len: usize) -> Option<usize> {
    let (value, pulled) = (members.get(i)?, members.get(j)?);
    let (Function::Map(f), Function::MapTimes(next)) = (value.f, pulled.f) else {
        return None;
    };
    let x = value.operands[0].place()?;
    let u = pulled.operands[1].place()?;
    let (Place::Buffer(_), Place::Buffer(slope)) = (value.result, pulled.result) else {
        return None;
    };
    let meet = |a: Place, b: Place| a.meets(b, len);
    let written = |m: &Member<T>| [Some(m.result), m.slope.map(Place::Buffer)];
    let read = |m: &Member<T>| m.operands.map(|operand| operand.place());
    let (between, to) = (&members[i..j], pulled.result);
    let ready = !between.iter().flat_map(written).flatten().any(|y| meet(y, x) || meet(y, u));
    let free = !meet(to, x)
        && !meet(to, u)
        && !between.iter().flat_map(written).flatten().any(|y| meet(y, to))
        && !between[1..].iter().flat_map(read).flatten().any(|y| meet(y, to));
    let same =
        f.is_value_of(next) && value.slope.is_none() && pulled.operands[0].place() == Some(x);
    (same && ready && free).then_some(slope)
}

impl<T: Element> Member<T> {
    /// Elements from number `start` on, as many as fit in a tile.
    pub(super) fn play_both(
        &self,
        (map, slope): (Map, usize),
        record: &Record,
        (start, n): (usize, usize),
        buffer: &mut [T],
        tiles: &[T],
    ) {
        let Place::Buffer(value) = self.result else { unreachable!("joined members are stored") };
        let (y, rest) = Rest::around(buffer, [value + start, slope + start], n);
        let read = |i: usize| match self.operands[i].place() {
            Some(Place::Tile(tile)) => &tiles[tile * TILE..][..n],
            Some(Place::Buffer(at)) => rest.get(at + start, n),
            Some(Place::Product) | None => unreachable!("neither products nor single values"),
        };
        map.fill_both(record, [read(0), read(1)], y);
    }
}

/// What is read while two parts of the memory are written.
struct Rest<'a, T> {
    /// Where each piece starts.
    pieces: [(usize, &'a [T]); 3],
}

impl<'a, T> Rest<'a, T> {
    /// Two parts of `n` elements each, which do not meet, and what lies around them.
    fn around(memory: &'a mut [T], at: [usize; 2], n: usize) -> ([&'a mut [T]; 2], Self) {
        let (first, second) = (at[0].min(at[1]), at[0].max(at[1]));
        let (below, rest) = memory.split_at_mut(first);
        let (one, rest) = rest.split_at_mut(n);
        let (between, rest) = rest.split_at_mut(second - first - n);
        let (two, above) = rest.split_at_mut(n);
        let parts = if at[0] < at[1] { [one, two] } else { [two, one] };
        (parts, Rest { pieces: [(0, below), (first + n, between), (second + n, above)] })
    }

    /// What is to be read; it does not touch what is written.
    fn get(&self, at: usize, n: usize) -> &'a [T] {
        let [below, between, above] = self.pieces;
        let (start, piece) = if at < between.0 {
            below
        } else if at < above.0 {
            between
        } else {
            above
        };
        &piece[at - start..][..n]
    }
}

/// Softmax or log-softmax of rows, with a pullback of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowPair {
    f: RowSlope,
    /// The length of a row, and of all.
    n: usize,
    len: usize,
    /// Where x and the adjoint are read, and the two results written.
    read: [usize; 2],
    write: [usize; 2],
}

impl RowPair {
    pub fn play<T: Element>(&self, buffer: &mut [T]) {
        let (out, rest) = Rest::around(buffer, self.write, self.len);
        self.f.with_values(self.n, self.read.map(|at| rest.get(at, self.len)), out);
    }

    /// A function of rows and the node after it, if that is its pullback and both read what lies in a
    /// row.
    fn of(storage: &Storage<'_>, plan: &Plan, value: Id, slope: Id) -> Option<Self> {
        let record = storage.record;
        let (Op::RowWise(function), Op::RowSlope(f)) =
            (record.node(value).op, record.node(slope).op)
        else {
            return None;
        };
        let x = record.node(value).operands[0];
        let [of, g, ..] = record.node(slope).operands;
        let from = if f == RowSlope::Softmax { value } else { x };
        let (n, len) = (*record.shape(x).last()?, storage.len(x));
        let place = |id: Id| plan.slots[id.index()].offset;
        let (read, write) = ([x, g].map(place), [value, slope].map(place));
        let apart = |a: usize, b: usize| a.abs_diff(b) >= len;
        let fits = function == f.value()
            && of == from
            && g != value
            && n > SHORT
            && [x, g].iter().all(|id| record.is_dense(*id) && storage.root(*id) != value)
            && apart(write[0], write[1])
            && write.iter().all(|&w| read.iter().all(|&r| apart(w, r)));
        fits.then_some(RowPair { f, n, len, read, write })
    }
}

/// Lets functions of rows be computed together with their pullbacks, where those come next.
pub(super) fn join_rows<T>(
    storage: &Storage<'_>,
    plan: &Plan,
    works: &[Work],
    steps: &mut [Step<T>],
) {
    for (k, pair) in works.windows(2).enumerate() {
        let [Work::Node(value), Work::Node(slope)] = *pair else { continue };
        if let Some(rows) = RowPair::of(storage, plan, value, slope) {
            (steps[k], steps[k + 1]) = (Step::Rows(rows), Step::Done);
        }
    }
}
