//! Copies of operands, laid out as the innermost loop reads them.

use bytemuck::{cast, cast_slice_mut};

use super::super::{LINE, Level, Precision, Registers, WideTask, fetch};
use super::Matrix;
use super::registers::{ByTiles, NARROW, OnStrip, WIDE, by_tiles, on_strip, tile_rows};

/// So many bytes of a row of B are asked for before they are copied.
const AHEAD: usize = 4 * LINE;

/// A strip of B, copied so that each of its rows fills as many registers.
struct PackStrip<'a, T, const REGISTERS: usize> {
    b: Matrix<'a, T>,
    terms: usize,
    width: usize,
    to: &'a mut [T],
}

/// Copies a strip of B: `terms` rows of `width` elements, in steps of one register or, if `wide`, of
/// two. What a row leaves of them is what lies behind it or what was there: nobody asks for the sums
/// that it goes into.
pub(super) fn pack_strip<T: Precision>(
    level: Level,
    b: Matrix<'_, T>,
    [terms, width]: [usize; 2],
    wide: bool,
    to: &mut [T],
) {
    if wide {
        level.run_wide(PackStrip::<T, WIDE> { b, terms, width, to });
    } else {
        level.run_wide(PackStrip::<T, NARROW> { b, terms, width, to });
    }
}

impl<T: Precision, const REGISTERS: usize> WideTask for PackStrip<'_, T, REGISTERS> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>) {
        on_strip::<T, _, REGISTERS, FMA, BYTES>(PackBy { strip: self, registers });
    }
}

/// The same with the registers of a level.
struct PackBy<'a, T, const REGISTERS: usize, const BYTES: usize> {
    strip: PackStrip<'a, T, REGISTERS>,
    registers: Registers<BYTES>,
}

impl<T: Precision, const REGISTERS: usize, const BYTES: usize> OnStrip
    for PackBy<'_, T, REGISTERS, BYTES>
{
    #[inline(always)]
    fn run<const FMA: bool, const TALL: usize, const ROWS: usize, const LANES: usize>(self) {
        let PackStrip { b, terms, width, to } = self.strip;
        let (to, _) = to.as_chunks_mut::<LANES>();
        let to = &mut to[..terms];
        let [down, across] = b.strides;
        if down >= 0 && across == 1 {
            let b = b.tail();
            for (p, to) in to.iter_mut().enumerate() {
                let row = &b[p * down as usize..];
                // Rows that lie far apart are no pattern that the processor sees.
                row.get(AHEAD / size_of::<T>()).inspect(|&x| fetch(x));
                match row.first_chunk() {
                    Some(row) => *to = *row,
                    None => (0..width).for_each(|j| to[j] = row[j]),
                }
            }
        } else if down == 1 && across >= 0 {
            transpose(self.registers, b.transposed(), width, to);
        } else {
            for (p, to) in to.iter_mut().enumerate() {
                (0..width).for_each(|j| to[j] = b.at(p, j));
            }
        }
    }
}

/// So many rows are read at once.
const ABREAST: usize = 4;

/// Copies rows of a matrix, whose elements lie side by side, into columns.
#[inline(always)]
fn transpose<T: Precision, const BYTES: usize, const LANES: usize>(
    registers: Registers<BYTES>,
    from: Matrix<'_, T>,
    rows: usize,
    to: &mut [[T; LANES]],
) {
    let turned = match (Registers::<BYTES>::WIDEST, T::SINGLE) {
        (true, true) => turn::<T, 16, BYTES, LANES>(registers, &from, rows, to),
        (true, false) => turn::<T, 8, BYTES, LANES>(registers, &from, rows, to),
        _ => 0,
    };
    let (data, step) = (from.tail(), from.strides[0] as usize);
    let whole = rows - rows % ABREAST;
    let len = to.len();
    let from = |row| &data[row * step..][..len];
    for row in (turned..whole).step_by(ABREAST) {
        let pairs = from(row).iter().zip(from(row + 1));
        let others = from(row + 2).iter().zip(from(row + 3));
        for (to, ((&a, &b), (&c, &d))) in to.iter_mut().zip(pairs.zip(others)) {
            put(to[row..].first_chunk_mut().expect("rows of the strip"), [a, b, c, d]);
        }
    }
    for row in whole..rows {
        to.iter_mut().zip(from(row)).for_each(|(to, &from)| to[row] = from);
    }
}

/// The same of as many rows at a time as a register has elements; says how many that were.
#[inline(always)]
fn turn<T: Precision, const N: usize, const BYTES: usize, const LANES: usize>(
    registers: Registers<BYTES>,
    from: &Matrix<'_, T>,
    rows: usize,
    to: &mut [[T; LANES]],
) -> usize {
    let Some(last) = to.len().checked_sub(8) else { return 0 };
    let (data, step) = (from.tail(), from.strides[0] as usize);
    let whole = rows - rows % N;
    for row in (0..whole).step_by(N) {
        let data = &data[row * step..][..(N - 1) * step + last + 8];
        for start in (0..last + 8).step_by(8) {
            // The last eight may be some of those before once more.
            let start = start.min(last);
            let mut block = [[T::default(); 8]; N];
            for (i, block) in block.iter_mut().enumerate() {
                *block = *data[i * step + start..].first_chunk().expect("part of a row");
            }
            for (to, column) in to[start..].iter_mut().zip(registers.turned(block)) {
                *to[row..].first_chunk_mut().expect("rows of the strip") = column;
            }
        }
    }
    whole
}

/// Stores four numbers, f32 as pairs: elements of several rows go into no vector sooner than this, and one by
/// one half as fast.
#[inline(always)]
fn put<T: Precision>(to: &mut [T; ABREAST], four: [T; ABREAST]) {
    if T::SINGLE && cfg!(target_endian = "little") {
        let [a, b, c, d] = four.map(|x| u64::from(cast::<T, u32>(x)));
        let (low, high) = cast_slice_mut::<T, u8>(to).split_at_mut(size_of::<u64>());
        low.copy_from_slice(&(a | b << 32).to_ne_bytes());
        high.copy_from_slice(&(c | d << 32).to_ne_bytes());
    } else {
        *to = four;
    }
    // Else the compiler makes vectors of several columns, which it gathers element by element.
    std::hint::black_box(());
}

/// A block of A, copied tile after tile. Elements of its columns lie side by side, or those of its rows.
struct PackTiles<'a, T> {
    a: &'a [T],
    /// From row to row, and from term to term: one of them is 1.
    strides: [usize; 2],
    rows: usize,
    terms: usize,
    to: &'a mut [T],
}

/// Copies a block of A tile after tile, whose columns or rows lie in one piece, in their order.
pub(super) fn pack_tiles<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    [rows, terms]: [usize; 2],
    to: &mut [T],
) {
    let strides = a.strides.map(|stride| stride as usize);
    level.run_wide(PackTiles { a: a.tail(), strides, rows, terms, to });
}

impl<T: Precision> WideTask for PackTiles<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(mut self, _: Registers<BYTES>) {
        let rows = self.rows;
        match BYTES {
            64 => by_tiles::<Self, FMA, { tile_rows(64) }, 1>(&mut self, 0, rows),
            32 => by_tiles::<Self, FMA, { tile_rows(32) }, 1>(&mut self, 0, rows),
            _ => by_tiles::<Self, FMA, { tile_rows(16) }, 1>(&mut self, 0, rows),
        }
    }
}

impl<T: Precision> ByTiles for PackTiles<'_, T> {
    #[inline(always)]
    fn tile<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self, row: usize) {
        let (to, _) = self.to[row * self.terms..].as_chunks_mut::<ROWS>();
        let to = &mut to[..self.terms];
        let [down, across] = self.strides;
        if down == 1 {
            for (p, to) in to.iter_mut().enumerate() {
                *to = *self.a[p * across + row..].first_chunk().expect("part of a column");
            }
        } else {
            let rows: [&[T]; ROWS] =
                std::array::from_fn(|i| &self.a[(row + i) * down..][..to.len()]);
            for (p, to) in to.iter_mut().enumerate() {
                for i in 0..ROWS {
                    to[i] = rows[i][p];
                }
            }
        }
    }
}

/// Copies rows of A, one after the other.
pub(super) fn pack_rows<T: Precision>(a: Matrix<'_, T>, [rows, terms]: [usize; 2], to: &mut [T]) {
    for (i, row) in to.chunks_exact_mut(terms).take(rows).enumerate() {
        row.iter_mut().enumerate().for_each(|(p, to)| *to = a.at(i, p));
    }
}
