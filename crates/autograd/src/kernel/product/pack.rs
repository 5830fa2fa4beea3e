//! Copies of operands, laid out as the innermost loop reads them.

use super::super::{Level, Precision, WideTask};
use super::Matrix;
use super::tile::tile_rows;

/// Copies a strip of B: `terms` rows of `width` elements, each padded with zeros to a register or,
/// if `WIDE`, to two.
struct PackStrip<'a, T, const WIDE: bool> {
    b: Matrix<'a, T>,
    terms: usize,
    width: usize,
    to: &'a mut [T],
}

/// Copies a strip of B: `terms` rows of `width` elements, each padded with zeros to one register or,
/// if `wide`, to two.
pub(super) fn pack_strip<T: Precision>(
    level: Level,
    b: Matrix<'_, T>,
    [terms, width]: [usize; 2],
    wide: bool,
    to: &mut [T],
) {
    if wide {
        level.run_wide(PackStrip::<T, true> { b, terms, width, to });
    } else {
        level.run_wide(PackStrip::<T, false> { b, terms, width, to });
    }
}

impl<T: Precision, const WIDE: bool> WideTask for PackStrip<'_, T, WIDE> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self) {
        match (BYTES, T::SINGLE, WIDE) {
            (64, true, true) => self.rows::<32>(),
            (64, true, false) | (64, false, true) => self.rows::<16>(),
            (64, false, false) => self.rows::<8>(),
            (32, true, true) => self.rows::<16>(),
            (32, true, false) | (32, false, true) => self.rows::<8>(),
            (32, false, false) => self.rows::<4>(),
            (_, true, true) => self.rows::<8>(),
            (_, true, false) | (_, false, true) => self.rows::<4>(),
            (_, false, false) => self.rows::<2>(),
        }
    }
}

impl<T: Precision, const WIDE: bool> PackStrip<'_, T, WIDE> {
    #[inline(always)]
    fn rows<const LANES: usize>(self) {
        let (to, _) = self.to.as_chunks_mut::<LANES>();
        let to = &mut to[..self.terms];
        let [down, across] = self.b.strides;
        if down >= 0 && across == 1 && self.width == LANES {
            let b = self.b.tail();
            for (p, to) in to.iter_mut().enumerate() {
                *to = *b[p * down as usize..].first_chunk().expect("a full row of the strip");
            }
        } else if down == 1 && across >= 0 {
            self.b.transposed().transpose_to(self.width, to);
        } else {
            for (p, to) in to.iter_mut().enumerate() {
                *to = [T::default(); LANES];
                (0..self.width).for_each(|j| to[j] = self.b.at(p, j));
            }
        }
    }
}

/// Rows that are interleaved at once.
const ROWS: usize = 4;
/// Elements of them.
const RUN: usize = 64;

impl<T: Precision> Matrix<'_, T> {
    /// Copies the first rows of a matrix, whose elements lie side by side, into columns; the columns
    /// beyond are 0.
    #[inline(always)]
    fn transpose_to<const LANES: usize>(&self, rows: usize, to: &mut [[T; LANES]]) {
        let (data, step) = (self.tail(), self.strides[0] as usize);
        let whole = rows - rows % ROWS;
        let mut mixed = [[T::default(); ROWS]; RUN];
        for (run, to) in to.chunks_mut(RUN).enumerate() {
            let len = to.len();
            for row in (0..whole).step_by(ROWS) {
                let from = |i| &data[(row + i) * step + run * RUN..][..len];
                let (pairs, others) = (from(0).iter().zip(from(1)), from(2).iter().zip(from(3)));
                // One loop over all of them, which becomes shuffles of registers.
                for (mixed, ((&a, &b), (&c, &d))) in mixed.iter_mut().zip(pairs.zip(others)) {
                    *mixed = [a, b, c, d];
                }
                for (to, mixed) in to.iter_mut().zip(&mixed) {
                    to[row..][..ROWS].copy_from_slice(mixed);
                }
            }
            for row in whole..rows {
                let from = &data[row * step + run * RUN..][..len];
                to.iter_mut().zip(from).for_each(|(to, &from)| to[row] = from);
            }
            to.iter_mut().for_each(|to| to[rows..].fill(T::default()));
        }
    }
}

/// Copies a block of A, whose columns' elements lie side by side, tile after tile.
struct PackTiles<'a, T> {
    a: &'a [T],
    step: usize,
    rows: usize,
    terms: usize,
    to: &'a mut [T],
}

/// Copies a block of A, whose columns' elements lie side by side, tile after tile.
pub(super) fn pack_tiles<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    [rows, terms]: [usize; 2],
    to: &mut [T],
) {
    level.run_wide(PackTiles { a: a.tail(), step: a.strides[1] as usize, rows, terms, to });
}

impl<T: Precision> WideTask for PackTiles<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(mut self) {
        match BYTES {
            64 => self.tiles::<{ tile_rows(64) }>(),
            32 => self.tiles::<{ tile_rows(32) }>(),
            _ => self.tiles::<{ tile_rows(16) }>(),
        }
    }
}

impl<T: Precision> PackTiles<'_, T> {
    #[inline(always)]
    fn tiles<const ROWS: usize>(&mut self) {
        let mut row = 0;
        while self.rows - row >= ROWS {
            self.tile::<ROWS>(row);
            row += ROWS;
        }
        while self.rows - row >= 4 {
            self.tile::<4>(row);
            row += 4;
        }
        if self.rows - row >= 2 {
            self.tile::<2>(row);
            row += 2;
        }
        if self.rows > row {
            self.tile::<1>(row);
        }
    }

    #[inline(always)]
    fn tile<const ROWS: usize>(&mut self, row: usize) {
        let (to, _) = self.to[row * self.terms..].as_chunks_mut::<ROWS>();
        for (p, to) in to[..self.terms].iter_mut().enumerate() {
            *to = *self.a[p * self.step + row..].first_chunk().expect("part of a column");
        }
    }
}

/// Copies rows of `a`, one after the other.
pub(super) fn pack_rows<T: Precision>(a: Matrix<'_, T>, [rows, terms]: [usize; 2], to: &mut [T]) {
    for (i, row) in to.chunks_exact_mut(terms).take(rows).enumerate() {
        for (p, to) in row.iter_mut().enumerate() {
            *to = a.at(i, p);
        }
    }
}
