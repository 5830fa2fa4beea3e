//! Products of matrices, with everything about how they lie worked out, and what is done to each piece
//! of a product while it is in the cache.

use super::apart::Apart;
use super::around::{Around, Memory};
use super::share::{Along, Players, Room, Rows, is_large, packed};
use super::tiled::{Group, TILE};
use crate::graph::Record;
use crate::kernel::product::{Matrix, products};
use crate::ops::Factors;
use crate::play::Element;

/// A product, or a batch of them.
#[derive(Clone, Debug)]
pub(super) struct Product<T> {
    dims: [usize; 3],
    a: Operand,
    b: Operand,
    /// Where the result goes, if it is stored.
    y: Option<Target>,
    after: Option<After<T>>,
}

/// Where a product goes: where it starts, and whether it is added to what lies there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub at: usize,
    pub onto: bool,
}

/// Nodes computed from the elements of a product.
#[derive(Clone, Debug)]
pub(super) struct After<T> {
    pub group: Group<T>,
    /// How many tiles it needs.
    pub tiles: usize,
    /// Where its results are stored, and the product's, in order.
    pub written: Vec<usize>,
}

/// The matrices of an operand: where they start, for each product.
#[derive(Clone, Debug)]
struct Operand {
    strides: [isize; 2],
    starts: Box<[usize]>,
}

impl Operand {
    fn matrix<'a, T>(&self, i: usize, memory: &'a impl Memory<T>) -> Matrix<'a, T> {
        let (data, start) = memory.side(self.starts[i]);
        Matrix { data, start, strides: self.strides }
    }

    /// From where the starts of all matrices count; they lie in one piece of memory.
    fn origin<'a, T>(&self, memory: &'a impl Memory<T>) -> Matrix<'a, T> {
        let Matrix { data, start, strides } = self.matrix(0, memory);
        Matrix { data, start: start.wrapping_sub(self.starts[0]), strides }
    }
}

impl<T: Element> Product<T> {
    /// None where a factor has no elements.
    pub fn new(factors: &Factors<'_>, y: Option<Target>, after: Option<After<T>>) -> Option<Self> {
        let (dims, [a, b]) = (factors.dims, factors.strides);
        (dims.iter().product::<usize>() > 0).then(|| Product {
            dims,
            a: Operand { strides: a, starts: factors.starts().map(|s| s.0).collect() },
            b: Operand { strides: b, starts: factors.starts().map(|s| s.1).collect() },
            y,
            after,
        })
    }

    /// How many elements of memory a play needs to work in.
    pub fn room(&self) -> Room {
        let tiles = self.after.as_ref().map_or(0, |after| after.tiles * TILE);
        Room::of(self.dims, self.y.is_some(), tiles)
    }

    /// Whether several threads may share the work.
    #[cfg(feature = "threads")]
    pub fn is_large(&self) -> bool {
        is_large(self.dims)
    }

    pub fn play(&self, record: &Record, buffer: &mut [T], mut players: Players<'_, T>) {
        let [m, k, n] = self.dims;
        let inner = [k, n];
        if let Some(after) = &self.after {
            let (apart, y) = Apart::of(buffer, &after.written, m * n, self.y.map(|y| y.at));
            let gaps = apart.gaps();
            let (a, b) = (self.a.matrix(0, &gaps), self.b.matrix(0, &gaps));
            let along = Going { record, after, apart };
            return Rows { a, b, first: 0, count: m, inner, y, onto: false, along }.play(players);
        }
        let Some(Target { at: y, onto }) = self.y else { return };
        let count = self.a.starts.len();
        if count > 1 && !is_large(self.dims) {
            let (y, around) = Around::part(buffer, y..y + count * m * n);
            let (a, b) = (self.a.origin(&around), self.b.origin(&around));
            let starts = [&*self.a.starts, &*self.b.starts];
            let pack = &mut players.work[..packed(self.dims)];
            return products(players.level, a, b, starts, self.dims, y, pack);
        }
        for i in 0..count {
            let start = y + i * m * n;
            let (y, around) = Around::part(buffer, start..start + m * n);
            let (a, b) = (self.a.matrix(i, &around), self.b.matrix(i, &around));
            let rows = Rows { a, b, first: 0, count: m, inner, y: Some(y), onto, along: () };
            rows.play(players.again());
        }
    }
}

struct Going<'a, T> {
    record: &'a Record,
    after: &'a After<T>,
    apart: Apart<'a, T>,
}

impl<T: Element> Along<T> for Going<'_, T> {
    fn split(self, len: usize) -> (Self, Self) {
        let (apart, rest) = self.apart.split(len);
        (Going { apart, ..self }, Going { apart: rest, ..self })
    }

    fn take_on(&mut self, start: usize, values: &[T], tiles: &mut [T]) {
        let elements = start..start + values.len();
        self.after.group.play(self.record, elements, (values, start), &mut self.apart, tiles);
    }
}
