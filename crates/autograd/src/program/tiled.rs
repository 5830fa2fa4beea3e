//! Groups: elementwise nodes computed together, tile by tile.

use std::ops::Range;

use super::around::{Around, Memory, Scene};
use crate::graph::Record;
use crate::kernel::{Source, plus_multiple};
use crate::ops::{Binary, Map, Select};
use crate::play::Element;
use crate::view::Loop;

/// How many elements are computed at a time: a few tiles lie in the nearest cache together.
pub(super) const TILE: usize = 1024;

/// Nodes computed together.
#[derive(Clone, Debug)]
pub(super) struct Group<T> {
    pub len: usize,
    /// How many elements are computed at a time.
    pub tile: usize,
    pub loads: Vec<Load>,
    pub members: Vec<Member<T>>,
}

/// What is brought into a tile before the members are computed.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub tile: usize,
    pub offset: usize,
    /// How the elements lie, or none for one element that is repeated.
    pub loops: Vec<Loop<1>>,
    /// Whether every tile is brought the same.
    pub once: bool,
}

/// One node of a group.
#[derive(Clone, Debug)]
pub(super) struct Member<T> {
    pub f: Function,
    pub operands: [Operand<T>; 3],
    pub result: Place,
    /// Where f′ times the second operand goes in the buffer, of a map f that is computed with it.
    pub slope: Option<usize>,
}

/// What a member computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Map(Map),
    /// With the multiplicand as second operand.
    MapTimes(Map),
    Zip(Binary),
    Select,
    /// The first and a multiple of the second; the third is the number.
    PlusMultiple,
    Copy,
}

/// Where a tile of values lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// In the buffer, from here on for all tiles.
    Buffer(usize),
    /// In a tile of the group.
    Tile(usize),
    /// In the product that the group goes along with.
    Product,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Operand<T> {
    At(Place),
    /// One element of the buffer for all.
    One(usize),
    Number(T),
}

impl Place {
    /// Whether two places of `len` elements share some.
    pub fn meets(self, other: Place, len: usize) -> bool {
        match (self, other) {
            (Place::Buffer(a), Place::Buffer(b)) => a.abs_diff(b) < len,
            (a, b) => a == b,
        }
    }
}

impl<T> Operand<T> {
    /// Where it lies, unless it is one number for all.
    pub fn place(&self) -> Option<Place> {
        match self {
            Operand::At(place) => Some(*place),
            _ => None,
        }
    }
}

/// Some elements of the product that a group goes along with, and the number of the first.
pub(super) type Values<'a, T> = (&'a [T], usize);

impl<T: Element> Group<T> {
    /// Plays elements of the group, of all its nodes.
    pub fn play<S: Scene<T> + ?Sized>(
        &self,
        record: &Record,
        elements: Range<usize>,
        product: Values<'_, T>,
        buffer: &mut S,
        tiles: &mut [T],
    ) {
        let (once, each) = (|load: &&Load| load.once, |load: &&Load| !load.once);
        let first = self.tile.min(elements.len());
        for load in self.loads.iter().filter(once) {
            load.bring(0, &buffer.whole(), &mut tiles[load.tile * TILE..][..first]);
        }
        for start in elements.clone().step_by(self.tile) {
            let n = self.tile.min(elements.end - start);
            for load in self.loads.iter().filter(each) {
                load.bring(start, &buffer.whole(), &mut tiles[load.tile * TILE..][..n]);
            }
            for member in &self.members {
                member.play(record, start..start + n, product, buffer, tiles);
            }
        }
    }
}

impl<T> Group<T> {
    /// Whether sums take multiples on that are not put down.
    pub fn takes_multiples(&self) -> bool {
        self.members.iter().any(|m| m.f == Function::PlusMultiple)
    }

    /// Whether a member replaces what it reads.
    pub fn reads_itself(&self) -> bool {
        let places = |m: &Member<T>| m.operands.iter().any(|o| o.place() == Some(m.result));
        self.members.iter().any(places)
    }
}

impl Load {
    pub fn new(tile: usize, offset: usize, loops: Vec<Loop<1>>) -> Self {
        Load { tile, offset, once: loops.is_empty(), loops }
    }

    /// The length of the row that is read again and again, if it is short.
    pub fn period(&self) -> Option<usize> {
        match self.loops[..] {
            [Loop { step: [0], .. }, Loop { n, step: [1] }] if n <= TILE => Some(n),
            _ => None,
        }
    }

    /// Gathers elements from number `start` on.
    fn bring<T: Copy>(&self, start: usize, buffer: &impl Memory<T>, mut tile: &mut [T]) {
        let one = |at: usize| buffer.get(at..at + 1)[0];
        let Some((inner, outer)) = self.loops.split_last() else {
            return tile.fill(one(self.offset));
        };
        if self.once {
            let row = self.offset..self.offset + inner.n.min(tile.len());
            return repeat(buffer.get(row), tile);
        }
        let (mut row, mut column) = (start / inner.n, start % inner.n);
        if let ([Loop { step: [down], .. }], [0], 0) = (outer, inner.step, column) {
            let (side, first) = buffer.side(self.offset);
            let at = |row: usize| first.wrapping_add_signed(row as isize * down);
            return spread(inner.n, (row..).map(|row| side[at(row)]), tile);
        }
        let middle = outer.get(1..).unwrap_or_default();
        while !tile.is_empty() {
            let (mut at, mut rest) = (self.offset as isize, row);
            for l in middle.iter().rev() {
                at += (rest % l.n) as isize * l.step[0];
                rest /= l.n;
            }
            at += outer.first().map_or(0, |l| rest as isize * l.step[0]);
            let (run, more) = tile.split_at_mut(tile.len().min(inner.n - column));
            let step = inner.step[0];
            let first = (at + column as isize * step) as usize;
            match step {
                1 => run.copy_from_slice(buffer.get(first..first + run.len())),
                0 => run.fill(one(first)),
                _ => {
                    let (side, first) = buffer.side(first);
                    for (i, slot) in run.iter_mut().enumerate() {
                        *slot = side[first.wrapping_add_signed(i as isize * step)];
                    }
                }
            }
            (tile, row, column) = (more, row + 1, 0);
        }
    }
}

/// Fills a tile with so many copies of each value.
fn spread<T: Copy>(n: usize, mut values: impl Iterator<Item = T>, mut tile: &mut [T]) {
    while !tile.is_empty() {
        let Some(value) = values.next() else { return };
        let len = n.min(tile.len());
        match tile.first_chunk_mut::<16>() {
            // A fixed number goes by vectors; the next value overwrites what is too much.
            Some(few) if n <= 16 => few.fill(value),
            _ => tile[..len].fill(value),
        }
        tile = &mut tile[len..];
    }
}

/// Fills a tile with copies of a row, which starts at its start.
fn repeat<T: Copy>(row: &[T], tile: &mut [T]) {
    tile[..row.len()].copy_from_slice(row);
    let mut filled = row.len();
    while filled < tile.len() {
        let more = filled.min(tile.len() - filled);
        tile.copy_within(..more, filled);
        filled += more;
    }
}

impl<T: Element> Member<T> {
    fn play<S: Scene<T> + ?Sized>(
        &self,
        record: &Record,
        elements: Range<usize>,
        product: Values<'_, T>,
        buffer: &mut S,
        tiles: &mut [T],
    ) {
        let Range { start, end } = elements;
        if let (Function::Map(map), Some(slope), Some(buffer)) =
            (self.f, self.slope, buffer.plain())
        {
            return self.play_both((map, slope), record, (start, end - start), buffer, tiles);
        }
        match self.result {
            Place::Buffer(offset) => {
                let (y, buffer) = buffer.part(offset + start..offset + end);
                self.fill(record, start, product, &buffer, &Around::whole(tiles), y);
            }
            Place::Tile(tile) => {
                let (y, tiles) = Around::part(tiles, tile * TILE..tile * TILE + end - start);
                self.fill(record, start, product, &buffer.whole(), &tiles, y);
            }
            Place::Product => unreachable!("a product is computed by its own step"),
        }
    }

    #[inline]
    fn fill(
        &self,
        record: &Record,
        start: usize,
        product: Values<'_, T>,
        buffer: &impl Memory<T>,
        tiles: &Around<'_, T>,
        y: &mut [T],
    ) {
        let n = y.len();
        let source = |i: usize| match self.operands[i] {
            Operand::At(place @ Place::Buffer(_)) if place == self.result => Source::Itself,
            Operand::At(Place::Buffer(offset)) => {
                Source::Slice(buffer.get(offset + start..offset + start + n))
            }
            Operand::At(Place::Tile(tile)) => {
                Source::Slice(tiles.get(tile * TILE..tile * TILE + n))
            }
            Operand::At(Place::Product) => Source::Slice(&product.0[start - product.1..][..n]),
            Operand::One(offset) => Source::Number(buffer.get(offset..offset + 1)[0]),
            Operand::Number(c) => Source::Number(c),
        };
        let slice = |i: usize| match source(i) {
            Source::Slice(x) => x,
            Source::Number(_) => unreachable!("single values are brought into a tile"),
            Source::Itself => unreachable!("what is replaced is brought into a tile"),
        };
        let number = |i: usize| match source(i) {
            Source::Number(c) => c,
            _ => unreachable!("a multiple has a number"),
        };
        match self.f {
            Function::Map(map) => map.fill(record, slice(0), None, y),
            Function::MapTimes(map) => map.fill(record, slice(0), Some(slice(1)), y),
            Function::Zip(f) => f.fill(source(0), source(1), y),
            Function::Select => Select::fill(slice(0), slice(1), slice(2), y),
            Function::PlusMultiple => plus_multiple(source(0), slice(1), number(2), y),
            Function::Copy => y.copy_from_slice(slice(0)),
        }
    }
}
