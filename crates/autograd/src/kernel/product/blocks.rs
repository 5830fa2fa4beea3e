//! The outer loops: which part of the product is computed when, so that what is read again is still
//! in a cache.

use std::ops::Range;

use super::super::{Level, Precision};
use super::pack::{pack_rows, pack_strip, pack_tiles};
use super::tile::{Layout, Out, Strip};
use super::{Matrix, TERMS};

/// A block of A has so many rows,
const ROWS: usize = 192;
/// and a block of B so many columns.
const COLUMNS: usize = 1024;
/// No strip is wider: two of the widest registers.
const LANES: usize = 32;
/// Bytes of the widest register, and of a line of the cache.
const LINE: usize = 64;

/// A part of Y that is done: whole rows, or a part of one row.
#[derive(Debug)]
pub struct Piece<'a, T> {
    /// The rows that it has.
    pub rows: Range<usize>,
    /// The columns that it has.
    pub columns: Range<usize>,
    /// Its elements, row after row.
    pub values: &'a mut [T],
}

/// How many elements a product of an m×k and a k×n matrix packs at most.
pub fn pack_len([m, k, n]: [usize; 3]) -> usize {
    // A product of few columns may be computed as its transpose: either operand may be either.
    let columns = m.max(n).min(COLUMNS).next_multiple_of(LANES);
    let rows = m.max(n).min(ROWS);
    (rows + columns) * k.min(TERMS) + LINE
}

/// A product, laid out for the innermost loop.
pub(super) struct Job<'a, T> {
    level: Level,
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    dims: [usize; 3],
    /// Yᵀ = Bᵀ·Aᵀ is computed.
    flipped: bool,
    /// The columns of two registers.
    wide: usize,
}

/// A part of the columns, or of an axis.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    len: usize,
}

/// Blocks of at most `len`.
fn blocks(n: usize, len: usize) -> impl Iterator<Item = Part> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let part = Part { start, len: len.min(n - start) };
        start += part.len;
        (part.len > 0).then_some(part)
    })
}

impl<'a, T: Precision> Job<'a, T> {
    #[inline]
    pub fn of(level: Level, a: Matrix<'a, T>, b: Matrix<'a, T>, [m, k, n]: [usize; 3]) -> Self {
        let wide = 2 * level.bytes() / size_of::<T>();
        // Strides along an axis of one element mean nothing.
        let stride = |n, stride, instead| if n == 1 { instead } else { stride };
        let a_strides = [stride(m, a.strides[0], 1), stride(k, a.strides[1], 1)];
        let b_strides = [stride(k, b.strides[0], n as isize), stride(n, b.strides[1], 1)];
        let (a, b) = (Matrix { strides: a_strides, ..a }, Matrix { strides: b_strides, ..b });
        if n < m && n <= 8 && a_strides[0] == 1 {
            let (a, b) = (b.transposed(), a.transposed());
            return Job { level, a, b, dims: [n, k, m], flipped: true, wide };
        }
        Job { level, a, b, dims: [m, k, n], flipped: false, wide }
    }

    pub fn run(
        &self,
        factor: Option<T>,
        out: &mut [T],
        pack: &mut [T],
        finish: &mut dyn FnMut(Piece<'_, T>),
    ) {
        let [m, k, n] = self.dims;
        let skip = pack.as_ptr().align_offset(LINE);
        let pack = &mut pack[skip..];
        if k <= TERMS && m <= ROWS && n <= self.wide {
            let (rows, terms) = (Part { start: 0, len: m }, Part { start: 0, len: k });
            let columns = Part { start: 0, len: n };
            let (pack_b, pack_a) = pack.split_at_mut(LANES * k);
            self.pack_strips(columns, terms, pack_b);
            let (a, layout) = self.left(rows, terms, pack_a);
            self.strip(a, layout, rows, terms, columns, 0, factor, pack_b, out);
            return self.finish(rows, columns, out, finish);
        }
        let terms = k.div_ceil(k.div_ceil(TERMS));
        let (pack_b, pack_a) = pack.split_at_mut(n.min(COLUMNS).next_multiple_of(LANES) * terms);
        for columns in blocks(n, COLUMNS) {
            for terms in blocks(k, terms) {
                let factor = if terms.start == 0 { factor } else { factor.or(Some(T::ONE)) };
                self.pack_strips(columns, terms, pack_b);
                for rows in blocks(m, ROWS) {
                    let (a, layout) = self.left(rows, terms, pack_a);
                    for strip in blocks(columns.len, self.wide) {
                        let at = Part { start: columns.start + strip.start, ..strip };
                        self.strip(a, layout, rows, terms, at, strip.start, factor, pack_b, out);
                    }
                    if terms.start + terms.len == k {
                        self.finish(rows, columns, out, finish);
                    }
                }
            }
        }
    }

    /// Whether a strip of B is read where it lies.
    #[inline]
    fn in_place(&self, width: usize) -> bool {
        let [rows, columns] = self.b.strides;
        columns == 1
            && rows >= 0
            && (width == self.wide || width == self.wide / 2)
            && (self.dims[0] < 16 || self.dims[1].min(TERMS) * rows as usize <= 32 * 1024)
    }

    #[inline]
    fn pack_strips(&self, columns: Part, terms: Part, pack: &mut [T]) {
        for strip in blocks(columns.len, self.wide) {
            if !self.in_place(strip.len) {
                let b = self.b.part(terms.start, columns.start + strip.start);
                let to = &mut pack[strip.start * terms.len..];
                pack_strip(self.level, b, [terms.len, strip.len], strip.len > self.wide / 2, to);
            }
        }
    }

    /// A block of A. It is read where it lies, unless an axis is reversed or its columns are read so
    /// often that they are better together.
    #[inline]
    fn left<'s>(&'s self, rows: Part, terms: Part, pack: &'s mut [T]) -> (&'s [T], Layout) {
        let a = self.a.part(rows.start, terms.start);
        let [row, term] = a.strides;
        if row == 1 && term > 1 && self.dims[2] > 4 * self.wide {
            pack_tiles(self.level, a, [rows.len, terms.len], pack);
            return (pack, Layout::Tiles);
        }
        if row >= 0 && term >= 0 {
            return (a.tail(), Layout::Strided { row: row as usize, term: term as usize });
        }
        pack_rows(a, [rows.len, terms.len], pack);
        (pack, Layout::Strided { row: terms.len, term: 1 })
    }

    /// A strip of a block of the result.
    #[allow(clippy::too_many_arguments)]
    #[inline(always)]
    fn strip(
        &self,
        a: &[T],
        layout: Layout,
        rows: Part,
        terms: Part,
        columns: Part,
        at: usize,
        factor: Option<T>,
        pack: &[T],
        out: &mut [T],
    ) {
        let [m, _, n] = self.dims;
        let wide = columns.len > self.wide / 2;
        let (b, b_step) = if self.in_place(columns.len) {
            (self.b.part(terms.start, columns.start).tail(), self.b.strides[0] as usize)
        } else {
            (&pack[at * terms.len..], if wide { self.wide } else { self.wide / 2 })
        };
        let strides = if self.flipped { [1, m] } else { [n, 1] };
        let y = &mut out[rows.start * strides[0] + columns.start * strides[1]..];
        let out = Out { y, strides, width: columns.len, factor };
        let (terms, rows) = (terms.len, rows.len);
        if wide {
            self.level.run_wide(Strip::<T, true> { a, layout, b, b_step, terms, rows, out });
        } else {
            self.level.run_wide(Strip::<T, false> { a, layout, b, b_step, terms, rows, out });
        }
    }

    #[inline]
    fn finish(
        &self,
        rows: Part,
        columns: Part,
        out: &mut [T],
        finish: &mut dyn FnMut(Piece<'_, T>),
    ) {
        let range = |part: Part| part.start..part.start + part.len;
        let [m, _, n] = self.dims;
        if self.flipped {
            // Few rows, all in one block: whole rows of Y.
            let (columns, rows) = (0..m, range(columns));
            let values = &mut out[rows.start * m..rows.end * m];
            finish(Piece { rows, columns, values });
        } else if columns.len == n {
            let rows = range(rows);
            let values = &mut out[rows.start * n..rows.end * n];
            finish(Piece { rows, columns: 0..n, values });
        } else {
            for row in range(rows) {
                let columns = range(columns);
                let values = &mut out[row * n..][columns.clone()];
                finish(Piece { rows: row..row + 1, columns, values });
            }
        }
    }
}
