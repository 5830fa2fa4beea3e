//! Products of matrices, with everything about how they lie worked out, and what is done to each piece
//! of a product while it is in the cache.

use super::apart::Apart;
use super::around::{Around, Memory};
use super::plan::ALIGN;
use super::tiled::{Group, TILE};
use crate::graph::Record;
use crate::kernel::Level;
use crate::kernel::product::{Matrix, pack_len, product_with, products, room_len};
use crate::ops::Factors;
use crate::play::Element;

/// A product, or a batch of them.
#[derive(Clone, Debug)]
pub(super) struct Product<T> {
    dims: [usize; 3],
    a: Operand,
    b: Operand,
    /// Where the result starts, if it is stored.
    y: Option<usize>,
    after: Option<After<T>>,
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
    pub fn new(factors: &Factors<'_>, y: Option<usize>, after: Option<After<T>>) -> Option<Self> {
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
    pub fn work_len(&self) -> usize {
        let room = if self.y.is_none() { room_len(self.dims) } else { 0 };
        packed(self.dims)
            + room.next_multiple_of(ALIGN)
            + self.after.as_ref().map_or(0, |after| after.tiles * TILE)
    }

    /// Whether several threads may share the work.
    #[cfg(feature = "threads")]
    pub fn is_large(&self) -> bool {
        self.dims.iter().product::<usize>() >= LARGE
    }

    pub fn play(
        &self,
        level: Level,
        record: &Record,
        buffer: &mut [T],
        work: &mut [T],
        threads: usize,
    ) {
        let [m, k, n] = self.dims;
        let share = Share { level, inner: [k, n] };
        if let Some(after) = &self.after {
            let (apart, y) = Apart::of(buffer, &after.written, m * n, self.y);
            let gaps = apart.gaps();
            let (a, b) = (self.a.matrix(0, &gaps), self.b.matrix(0, &gaps));
            let along = Going { record, after, apart };
            return share.spread(Rows { a, b, first: 0, count: m, y, along }, work, threads);
        }
        let Some(y) = self.y else { return };
        let count = self.a.starts.len();
        if count > 1 && m * k * n < LARGE {
            let (y, around) = Around::part(buffer, y..y + count * m * n);
            let (a, b) = (self.a.origin(&around), self.b.origin(&around));
            let starts = [&*self.a.starts, &*self.b.starts];
            return products(level, a, b, starts, self.dims, y, &mut work[..packed(self.dims)]);
        }
        for i in 0..count {
            let start = y + i * m * n;
            let (y, around) = Around::part(buffer, start..start + m * n);
            let (a, b) = (self.a.matrix(i, &around), self.b.matrix(i, &around));
            let rows = Rows { a, b, first: 0, count: m, y: Some(y), along: () };
            share.spread(rows, work, threads);
        }
    }
}

/// How many elements of memory the kernel packs into, up to where the next begin.
fn packed(dims: [usize; 3]) -> usize {
    pack_len(dims).next_multiple_of(ALIGN)
}

/// Fewer multiplications than these are done before another thread has woken up (measured: two
/// threads break even at a third of this).
const LARGE: usize = 1 << 22;

/// What is the same for all rows of a product.
#[derive(Clone, Copy)]
struct Share {
    level: Level,
    /// k, n
    inner: [usize; 2],
}

/// Some rows of a product.
struct Rows<'a, T, A> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    /// The number of the first row, and how many.
    first: usize,
    count: usize,
    /// Where they are stored, if they are.
    y: Option<&'a mut [T]>,
    along: A,
}

/// What goes along with a product, or nothing.
trait Along<T>: Send + Sized {
    /// The same for the first `len` elements, and for the others.
    #[cfg(feature = "threads")]
    fn split(self, len: usize) -> (Self, Self);

    /// Takes on elements of the product, from number `start` on.
    fn take_on(&mut self, start: usize, values: &[T], tiles: &mut [T]);
}

impl<T> Along<T> for () {
    #[cfg(feature = "threads")]
    fn split(self, _: usize) -> (Self, Self) {
        ((), ())
    }

    fn take_on(&mut self, _: usize, _: &[T], _: &mut [T]) {}
}

struct Going<'a, T> {
    record: &'a Record,
    after: &'a After<T>,
    apart: Apart<'a, T>,
}

impl<T: Element> Along<T> for Going<'_, T> {
    #[cfg(feature = "threads")]
    fn split(self, len: usize) -> (Self, Self) {
        let (apart, rest) = self.apart.split(len);
        (Going { apart, ..self }, Going { apart: rest, ..self })
    }

    fn take_on(&mut self, start: usize, values: &[T], tiles: &mut [T]) {
        let elements = start..start + values.len();
        self.after.group.play(self.record, elements, (values, start), &mut self.apart, tiles);
    }
}

impl Share {
    /// The product by several threads, each of which computes some of the rows. An element does not
    /// depend on which rows are computed with it.
    #[cfg(feature = "threads")]
    fn spread<T: Element, A: Along<T>>(self, rows: Rows<'_, T, A>, work: &mut [T], threads: usize) {
        let [k, n] = self.inner;
        if threads < 2 || rows.count < 2 || rows.count * k * n < LARGE {
            return self.compute(rows, work);
        }
        let some = threads / 2;
        let (work, work_rest) = work.split_at_mut(work.len() / threads * some);
        let count = (rows.count * some / threads).max(1);
        let (rows, rest) = rows.split(count, n);
        rayon::join(
            || self.spread(rows, work, some),
            || self.spread(rest, work_rest, threads - some),
        );
    }

    #[cfg(not(feature = "threads"))]
    fn spread<T: Element, A: Along<T>>(self, rows: Rows<'_, T, A>, work: &mut [T], _: usize) {
        self.compute(rows, work);
    }

    fn compute<T: Element, A: Along<T>>(self, rows: Rows<'_, T, A>, work: &mut [T]) {
        let Rows { a, b, first, count, y, mut along } = rows;
        let [k, n] = self.inner;
        let dims = [count, k, n];
        let (pack, work) = work.split_at_mut(packed(dims));
        let len = if y.is_none() { room_len(dims) } else { 0 };
        let (room, tiles) = work.split_at_mut(len.next_multiple_of(ALIGN));
        let out = y.unwrap_or(&mut room[..len]);
        product_with(self.level, a, b, dims, None, out, pack, &mut |piece| {
            let start = (first + piece.rows.start) * n + piece.columns.start;
            along.take_on(start, piece.values, tiles);
        });
    }
}

#[cfg(feature = "threads")]
impl<T: Element, A: Along<T>> Rows<'_, T, A> {
    /// The first `count` rows of n elements, and the others.
    fn split(self, count: usize, n: usize) -> (Self, Self) {
        let Rows { a, b, first, count: all, y, along } = self;
        let (along, along_rest) = along.split(count * n);
        let (y, y_rest) = y.map(|y| y.split_at_mut(count * n)).unzip();
        (
            Rows { a, b, first, count, y, along },
            Rows {
                a: a.part(count, 0),
                b,
                first: first + count,
                count: all - count,
                y: y_rest,
                along: along_rest,
            },
        )
    }
}
