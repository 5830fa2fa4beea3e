//! The outer loops: which part of the product is computed when, so that what is read again is still
//! in a cache.

use std::ops::Range;

use super::super::{LINE, Level, Precision};
use super::batch::Batch;
use super::pack::{pack_rows, pack_strip, pack_tiles};
use super::registers::{LANES, LONG, NARROW, WIDE};
use super::tile::{Layout, Left, Out, Strip};
use super::{Matrix, TERMS};

/// A block of A has so many rows,
const ROWS: usize = 144;
/// and a block of B so many columns.
pub(super) const COLUMNS: usize = 1024;
/// So many rows of it are packed at a time.
const RUN: usize = 32;
/// No tile has more elements.
pub(super) const TILE: usize = 8 * LANES;

// Where packing begins to pay, as measured.

/// B is read where it lies if its block spans at most so many elements, or if it is read for
const NEAR: usize = 16 * 1024;
/// fewer rows than this,
const FEW_ROWS: usize = 16;
/// or by registers of a whole line for fewer than this; and than this if its rows are at most so many bytes
/// apart: many rows much further apart push one another out of the cache.
const FEW_FAR_ROWS: usize = 64;
const FEW_CLOSE_ROWS: usize = 320;
const CLOSE: usize = 2048;
/// Columns of A are read where they lie for at most so many strips,
const FEW_STRIPS: usize = 4;
/// and rows for at most so many: each has an address of its own, which the loop must find at each term.
const MANY_STRIPS: usize = 32;
/// Products of at most so many columns are computed as their transposes, if A lies in columns.
const FEW_COLUMNS: usize = 16;
/// So many strips are packed one by one.
const SMALL: usize = 4;

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
#[inline]
pub fn pack_len([m, k, n]: [usize; 3]) -> usize {
    // A product of few columns may be computed as its transpose: either operand may be either.
    let columns = m.max(n).min(COLUMNS).next_multiple_of(LANES);
    let rows = m.max(n).min(ROWS);
    (rows + columns) * k.min(TERMS) + TILE + LINE
}

/// How many elements of Y exist at a time if nobody needs a piece once it is finished: a block of
/// rows where the terms of an element come in one block, else all.
#[inline]
pub fn room_len([m, k, n]: [usize; 3]) -> usize {
    if k <= TERMS && n > FEW_COLUMNS { m.min(ROWS) * n } else { m * n }
}

/// A product, laid out for the innermost loop.
#[derive(Clone, Copy)]
pub(super) struct Job<'a, T> {
    level: Level,
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    pub dims: [usize; 3],
    /// Yᵀ = Bᵀ·Aᵀ is computed.
    pub flipped: bool,
    /// The columns of two registers.
    wide: usize,
    /// B, packed ahead.
    ready: Option<&'a [T]>,
    /// Whether it is added to what is there.
    pub onto: bool,
}

/// A part of an axis.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub start: usize,
    pub len: usize,
}

impl Part {
    pub fn whole(len: usize) -> Self {
        Part { start: 0, len }
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Parts of at most `len`.
    pub fn split(self, len: usize) -> impl Iterator<Item = Part> {
        let Range { mut start, end } = self.range();
        std::iter::from_fn(move || {
            let part = Part { start, len: len.min(end - start) };
            start += part.len;
            (part.len > 0).then_some(part)
        })
    }
}

/// A strip of B as the innermost loop reads it: from the first element on, and the step from row to
/// row.
type Right<'a, T> = (&'a [T], usize);

impl<'a, T: Precision> Job<'a, T> {
    #[inline]
    pub fn of(
        level: Level,
        a: Matrix<'a, T>,
        b: Matrix<'a, T>,
        [m, k, n]: [usize; 3],
        ready: Option<&'a [T]>,
    ) -> Self {
        // Strides along an axis of one element mean nothing.
        let stride = |n, stride, instead| if n == 1 { instead } else { stride };
        let a_strides = [stride(m, a.strides[0], 1), stride(k, a.strides[1], 1)];
        let b_strides = [stride(k, b.strides[0], n as isize), stride(n, b.strides[1], 1)];
        let (a, b) = (Matrix { strides: a_strides, ..a }, Matrix { strides: b_strides, ..b });
        let flipped = n < m && n <= FEW_COLUMNS && a_strides[0] == 1 && k > 1;
        // Half of a register may be all that is needed, and of those two go through at a time.
        let half = level.bytes() / size_of::<T>() / 2;
        let level = if n <= half && !flipped { level.halved() } else { level };
        let wide = WIDE * level.bytes() / size_of::<T>();
        let job = Job { level, a, b, dims: [m, k, n], flipped, wide, ready, onto: false };
        if flipped {
            let (a, b) = (b.transposed(), a.transposed());
            return Job { a, b, dims: [n, k, m], ready: None, ..job };
        }
        job
    }

    /// The same, added to what is there, or not.
    pub fn onto(self, onto: bool) -> Self {
        Job { onto, ..self }
    }

    /// The terms of an element come in blocks of at most so many, as equal as can be.
    pub fn most_terms(&self) -> usize {
        let [_, k, _] = self.dims;
        k.div_ceil(k.div_ceil(TERMS))
    }

    /// The same for factors that start elsewhere.
    #[inline(always)]
    pub fn moved(&self, a: usize, b: usize) -> Self {
        Job { a: self.a.moved(a), b: self.b.moved(b), ..*self }
    }

    /// Whether it is computed as one block of few strips.
    #[inline]
    pub fn is_small(&self) -> bool {
        let [m, k, n] = self.dims;
        m <= ROWS && k <= TERMS && n <= SMALL * self.wide
    }

    #[inline]
    pub fn run(&self, out: &mut [T], pack: &mut [T], finish: &mut dyn FnMut(Piece<'_, T>)) {
        if self.is_small() {
            let [m, _, n] = self.dims;
            if n <= self.wide {
                self.one_strip(out, pack);
            } else {
                self.level.run_wide(Batch::of(self, [&[0]; 2], out, pack));
            }
            self.finish(Part::whole(m), Part::whole(n), 0, out, finish);
        } else {
            self.blocks(out, pack, finish);
        }
    }

    /// The same product of other factors, which start that much after the job's, again and again.
    pub fn run_all(&self, starts: [&[usize]; 2], out: &mut [T], pack: &mut [T]) {
        if self.is_small() {
            return self.level.run_wide(Batch::of(self, starts, out, pack));
        }
        let [a, b] = starts;
        for ((y, &a), &b) in out.chunks_exact_mut(self.dims[0] * self.dims[2]).zip(a).zip(b) {
            let [a, b] = if self.flipped { [b, a] } else { [a, b] };
            self.moved(a, b).blocks(y, pack, &mut |_| {});
        }
    }

    /// A product that is a single strip: as a batch of one it would take a few nanoseconds longer.
    #[inline]
    fn one_strip(&self, out: &mut [T], pack: &mut [T]) {
        let [rows, terms, columns] = self.dims.map(Part::whole);
        let (spill, pack) = aligned(pack).split_at_mut(TILE);
        let (right, pack) = match self.in_place(terms, columns) {
            Some(right) => (right, pack),
            None => {
                let (to, pack) = pack.split_at_mut(LANES * terms.len);
                (self.packed(terms, columns, to), pack)
            }
        };
        let left = self.left(rows, terms, pack);
        let strides = self.strides();
        let out = Out { y: out, strides, width: columns.len, spill, onto: self.onto };
        self.strip(left, right, rows.len, out);
    }

    /// A product of any size: blocks of B, of which each is multiplied by all of its factors.
    #[inline(never)]
    fn blocks(&self, out: &mut [T], pack: &mut [T], finish: &mut dyn FnMut(Piece<'_, T>)) {
        let [m, k, n] = self.dims;
        let most = self.most_terms();
        let width = n.min(COLUMNS).next_multiple_of(LANES);
        let (spill, pack) = aligned(pack).split_at_mut(TILE);
        let (pack_b, pack_a) = pack.split_at_mut(width * most);
        let strides = self.strides();
        let is_room = out.len() < m * n;
        for columns in Part::whole(n).split(COLUMNS) {
            for terms in Part::whole(k).split(most) {
                let onto = self.onto || terms.start > 0;
                let block = match self.ready {
                    Some(all) => &all[self.ahead(terms, columns)..],
                    None => {
                        self.pack_block(terms, columns, pack_b);
                        &*pack_b
                    }
                };
                for rows in Part::whole(m).split(ROWS) {
                    let left = self.left(rows, terms, pack_a);
                    let first = if is_room { 0 } else { rows.start };
                    for strip in self.strips(columns) {
                        let packed = &block[(strip.start - columns.start) * terms.len..];
                        let packed = (packed, self.lanes(strip));
                        let right = self.in_place(terms, strip).unwrap_or(packed);
                        let start = first * strides[0] + strip.start * strides[1];
                        let (y, spill) = (&mut out[start..], &mut *spill);
                        let out = Out { y, strides, width: strip.len, spill, onto };
                        self.strip(left, right, rows.len, out);
                    }
                    if terms.range().end == k {
                        self.finish(rows, columns, first, out, finish);
                    }
                }
            }
        }
    }

    /// Packs the strips of a block of B: a few rows of all of them at a time or, where B lies in columns,
    /// one after the other. So its memory is read nearly in the order in which it lies.
    pub fn pack_block(&self, terms: Part, columns: Part, pack: &mut [T]) {
        let in_rows = self.b.strides[1] == 1;
        for run in terms.split(if in_rows { RUN } else { terms.len }) {
            for strip in self.strips(columns) {
                if self.in_place(terms, strip).is_none() {
                    let start = (strip.start - columns.start) * terms.len;
                    let row = (run.start - terms.start) * self.lanes(strip);
                    self.packed(run, strip, &mut pack[start + row..]);
                }
            }
        }
    }

    /// The strips of a block of B. A single row has long ones where B can be read where it lies.
    #[inline(always)]
    pub fn strips(&self, columns: Part) -> impl Iterator<Item = Part> + use<T> {
        let [down, across] = self.b.strides;
        let (wide, long) = (self.wide, self.wide * LONG / WIDE);
        let is_long = self.dims[0] == 1 && down >= 0 && across == 1;
        let Range { mut start, end } = columns.range();
        std::iter::from_fn(move || {
            let rest = end - start;
            let len = if is_long && rest >= long { long } else { wide.min(rest) };
            let strip = Part { start, len };
            start += len;
            (len > 0).then_some(strip)
        })
    }

    /// How many columns the registers hold for a strip.
    pub fn lanes(&self, strip: Part) -> usize {
        if strip.len <= self.wide / WIDE { self.wide / WIDE } else { strip.len.max(self.wide) }
    }

    /// A strip of B where it lies, if that is good to read.
    #[inline(always)]
    pub fn in_place(&self, terms: Part, strip: Part) -> Option<Right<'a, T>> {
        let [m, k, _] = self.dims;
        let [down, across] = self.b.strides;
        let step = usize::try_from(down).ok()?;
        if across != 1 || m >= self.few_rows(step) && step * k.min(TERMS) > NEAR {
            return None;
        }
        let data = self.b.part(terms.start, strip.start).tail();
        // A register may hold what lies behind a row: nobody asks for the sums that it goes into.
        (data.len() >= step * (terms.len - 1) + self.lanes(strip)).then_some((data, step))
    }

    /// For fewer rows than this B is not packed whose rows are so far apart, unless it is already.
    #[inline(always)]
    fn few_rows(&self, step: usize) -> usize {
        // A row of a strip is two whole lines of the cache.
        let is_whole = self.wide * size_of::<T>() == 2 * LINE;
        match (self.ready, is_whole) {
            (None, true) if step * size_of::<T>() <= CLOSE => FEW_CLOSE_ROWS,
            (None, true) => FEW_FAR_ROWS,
            _ => FEW_ROWS,
        }
    }

    /// A strip of B, packed.
    pub fn packed<'s>(&self, terms: Part, strip: Part, to: &'s mut [T]) -> Right<'s, T> {
        let b = self.b.part(terms.start, strip.start);
        let lanes = self.lanes(strip);
        pack_strip(self.level, b, [terms.len, strip.len], lanes == self.wide, to);
        (to, lanes)
    }

    /// A block of A. It is read where it lies, unless an axis is reversed or it is read so often that
    /// what a tile needs is better together.
    #[inline]
    pub fn left<'s>(&self, rows: Part, terms: Part, pack: &'s mut [T]) -> Left<'s, T>
    where
        'a: 's,
    {
        let a = self.a.part(rows.start, terms.start);
        let [row, term] = a.strides;
        let terms = terms.len;
        let strips = self.dims[2].div_ceil(self.wide);
        let in_columns = row == 1 && term > 1 && strips > FEW_STRIPS;
        if in_columns || term == 1 && row > 1 && strips > MANY_STRIPS {
            pack_tiles(self.level, a, [rows.len, terms], pack);
            return Left { data: pack, layout: Layout::Tiles, terms };
        }
        if row >= 0 && term >= 0 {
            let layout = Layout::Strided { row: row as usize, term: term as usize };
            return Left { data: a.tail(), layout, terms };
        }
        pack_rows(a, [rows.len, terms], pack);
        Left { data: pack, layout: Layout::Strided { row: terms, term: 1 }, terms }
    }

    /// The strides of Y, as it is computed.
    #[inline]
    pub fn strides(&self) -> [usize; 2] {
        let [m, _, n] = self.dims;
        if self.flipped { [1, m] } else { [n, 1] }
    }

    /// A strip of a block of Y.
    #[inline]
    fn strip(&self, left: Left<'_, T>, right: Right<'_, T>, rows: usize, out: Out<'_, T>) {
        if out.width <= self.wide / WIDE {
            self.level.run_wide(Strip::<T, NARROW> { left, right, rows, out });
        } else if out.width <= self.wide {
            self.level.run_wide(Strip::<T, WIDE> { left, right, rows, out });
        } else {
            self.level.run_wide(Strip::<T, LONG> { left, right, rows, out });
        }
    }

    /// Hands on a part of Y that is done; its rows start at row `first` of `out`.
    #[inline]
    fn finish(
        &self,
        rows: Part,
        columns: Part,
        first: usize,
        out: &mut [T],
        finish: &mut dyn FnMut(Piece<'_, T>),
    ) {
        let [m, _, n] = self.dims;
        if self.flipped {
            // Few rows, all in one block: whole rows of Y.
            let (columns, rows) = (0..m, columns.range());
            let values = &mut out[rows.start * m..rows.end * m];
            finish(Piece { rows, columns, values });
        } else if columns.len == n {
            let values = &mut out[first * n..][..rows.len * n];
            finish(Piece { rows: rows.range(), columns: 0..n, values });
        } else {
            for (at, row) in rows.range().enumerate() {
                let columns = columns.range();
                let values = &mut out[(first + at) * n..][columns.clone()];
                finish(Piece { rows: row..row + 1, columns, values });
            }
        }
    }
}

/// Memory from the start of a line of the cache on.
pub(super) fn aligned<T>(pack: &mut [T]) -> &mut [T] {
    let skip = pack.as_ptr().align_offset(LINE);
    &mut pack[skip..]
}
