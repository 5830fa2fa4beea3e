//! The innermost loop: a tile of Y whose sums stay in registers while the loop walks along k.

use super::super::{Precision, Registers, WideTask};
use super::registers::{ByTiles, OnStrip, by_tiles, on_strip};

/// `for i in 0..ROWS`, written out: an index that is a constant wherever the sums are used keeps them
/// in registers, and the compiler unrolls such a loop by itself for few rows only.
macro_rules! each_row {
    ($i:ident < $rows:ident, $body:block) => {
        each_row!(@ $i $rows $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $i:ident $rows:ident $body:block $($n:literal)*) => { $(
        if $n < $rows {
            let $i: usize = $n;
            $body
        }
    )* };
}

/// A column strip of Y, some registers wide, for all of a block's rows and a run of terms.
pub(super) struct Strip<'a, T, const REGISTERS: usize> {
    pub left: Left<'a, T>,
    /// The terms' right factors, and how far apart the rows of the strip are.
    pub right: (&'a [T], usize),
    pub rows: usize,
    pub out: Out<'a, T>,
}

/// The terms' left factors: a block of A.
#[derive(Clone, Copy)]
pub(super) struct Left<'a, T> {
    /// From the first row's first one on.
    pub data: &'a [T],
    pub layout: Layout,
    /// How many terms, at least one.
    pub terms: usize,
}

/// Where the left factors are.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// Row i and term p at i·row + p·term.
    Strided { row: usize, term: usize },
    /// Tile after tile, each with the factors of one term side by side.
    Tiles,
}

/// Where the sums go.
pub(super) struct Out<'a, T> {
    /// From the strip's first element on.
    pub y: &'a mut [T],
    /// From row to row of the strip, and from column to column: one of them is 1.
    pub strides: [usize; 2],
    /// How many columns of the strip are there. What the registers hold beside is dropped.
    pub width: usize,
    /// Room for a tile that does not go to Y as it is.
    pub spill: &'a mut [T],
    /// y = y + sum, and not y = sum.
    pub onto: bool,
}

impl<T: Precision, const REGISTERS: usize> WideTask for Strip<'_, T, REGISTERS> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>) {
        on_strip::<T, Self, REGISTERS, FMA, BYTES>(self);
    }
}

impl<T: Precision, const REGISTERS: usize> OnStrip for Strip<'_, T, REGISTERS> {
    #[inline(always)]
    fn run<const FMA: bool, const TALL: usize, const ROWS: usize, const LANES: usize>(mut self) {
        let (mut row, rows) = (0, self.rows);
        if TALL > ROWS && matches!(self.left.layout, Layout::Strided { .. }) {
            while rows - row >= TALL {
                self.tile::<FMA, TALL, LANES>(row);
                row += TALL;
            }
        }
        by_tiles::<Self, FMA, ROWS, LANES>(&mut self, row, rows);
    }
}

impl<T: Precision, const REGISTERS: usize> ByTiles for Strip<'_, T, REGISTERS> {
    #[inline(always)]
    fn tile<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self, row: usize) {
        let Left { data, layout, terms } = self.left;
        let (start, steps) = match layout {
            Layout::Strided { row: step, term } => (row * step, [step, term]),
            Layout::Tiles => (row * terms, [1, ROWS]),
        };
        let sums = sums::<T, FMA, ROWS, LANES>(&data[start..], steps, self.right, terms);
        self.out.store::<ROWS, LANES>(row, sums);
    }
}

/// Σₚ aᵢₚ·bₚⱼ over the terms, in order, from 0: the order of every element of every product.
///
/// Where the factors lie as they are needed, hardly an index is checked. That changes nothing while the
/// multiply-adds set the pace; where others take turns on the core, instructions do (`docs/speed-limits.md`).
#[inline(always)]
fn sums<T: Precision, const FMA: bool, const ROWS: usize, const LANES: usize>(
    a: &[T],
    [row, term]: [usize; 2],
    (b, b_step): (&[T], usize),
    terms: usize,
) -> [[T; LANES]; ROWS] {
    let mut sums = [[T::default(); LANES]; ROWS];
    macro_rules! add_term {
        ($b:ident, $i:ident => $a:expr) => {
            each_row!($i < ROWS, {
                for j in 0..LANES {
                    sums[$i][j] = multiply_add::<T, FMA>($a, $b[j], sums[$i][j]);
                }
            })
        };
    }
    let is_packed = ROWS > 2 && b_step == LANES;
    // Tiles.
    if is_packed && row == 1 && term == ROWS {
        let (a, b) = (a.as_chunks::<ROWS>().0, b.as_chunks::<LANES>().0);
        for (a, b) in a[..terms].iter().zip(&b[..terms]) {
            add_term!(b, i => a[i]);
        }
        return sums;
    }
    // Rows of equal length, so that one check is enough for all of them.
    let len = (terms - 1) * term + 1;
    let mut rows = [a; ROWS];
    each_row!(i < ROWS, { rows[i] = &a[i * row..][..len] });
    if is_packed && term == 1 {
        for (p, b) in b.as_chunks::<LANES>().0[..len].iter().enumerate() {
            add_term!(b, i => rows[i][p]);
        }
        return sums;
    }
    let mut at = 0;
    for p in 0..terms {
        let b: &[T; LANES] = b[p * b_step..].first_chunk().expect("a full row of the strip");
        add_term!(b, i => rows[i][at]);
        at += term;
    }
    sums
}

#[inline(always)]
fn multiply_add<T: Precision, const FMA: bool>(a: T, b: T, c: T) -> T {
    if FMA { a.fused(b, c) } else { a * b + c }
}

impl<T: Precision> Out<'_, T> {
    #[inline(always)]
    fn store<const ROWS: usize, const LANES: usize>(
        &mut self,
        row: usize,
        sums: [[T; LANES]; ROWS],
    ) {
        let [down, _] = self.strides;
        let whole = self.takes_registers(row + ROWS, LANES);
        if !whole && self.onto {
            self.load(row, ROWS, LANES);
        }
        // One loop for both: with two of them the sums would be put down in between.
        let (y, step) =
            if whole { (&mut self.y[row * down..], down) } else { (&mut *self.spill, LANES) };
        each_row!(i < ROWS, {
            let y = y[i * step..].first_chunk_mut().expect("a full row");
            put(y, &sums[i], self.onto);
        });
        if !whole {
            self.unload(row, ROWS, LANES);
        }
    }

    /// Whether the registers can be written to Y as they are. A row that is too short for them may be
    /// followed by what is not its own as long as the next rows are still to be written.
    #[inline(always)]
    fn takes_registers(&self, end: usize, lanes: usize) -> bool {
        let [down, across] = self.strides;
        let alone = self.width == down && !self.onto;
        across == 1 && (self.width == lanes || alone && self.y.len() >= (end - 1) * down + lanes)
    }

    /// Copies a tile of Y to where it is added to. As [`unload`](Self::unload) not a part of the loop,
    /// whose sums would leave their registers if they were indexed here.
    #[inline(never)]
    fn load(&mut self, row: usize, rows: usize, lanes: usize) {
        let [down, across] = self.strides;
        for (i, tile) in self.spill.chunks_exact_mut(lanes).take(rows).enumerate() {
            let y = self.y[(row + i) * down..].iter().step_by(across);
            tile[..self.width].iter_mut().zip(y).for_each(|(to, &y)| *to = y);
        }
    }

    /// Copies it back.
    #[inline(never)]
    fn unload(&mut self, row: usize, rows: usize, lanes: usize) {
        let [down, across] = self.strides;
        if across == 1 {
            for (i, tile) in self.spill.chunks_exact(lanes).take(rows).enumerate() {
                copy_few(&mut self.y[(row + i) * down..][..self.width], &tile[..self.width]);
            }
        } else {
            for (column, y) in self.y.chunks_mut(across).enumerate().take(self.width) {
                for (i, y) in y[row..][..rows].iter_mut().enumerate() {
                    *y = self.spill[i * lanes + column];
                }
            }
        }
    }
}

/// Copies fewer than 32 elements, a power of two at a time.
fn copy_few<T: Copy>(mut to: &mut [T], mut from: &[T]) {
    fn step<'t, 'f, T: Copy, const N: usize>(
        to: &'t mut [T],
        from: &'f [T],
    ) -> (&'t mut [T], &'f [T]) {
        if to.len() & N == 0 {
            return (to, from);
        }
        let (to, to_rest) = to.split_first_chunk_mut::<N>().expect("N elements at least");
        let (from, from_rest) = from.split_first_chunk().expect("as many");
        *to = *from;
        (to_rest, from_rest)
    }
    (to, from) = step::<T, 16>(to, from);
    (to, from) = step::<T, 8>(to, from);
    (to, from) = step::<T, 4>(to, from);
    (to, from) = step::<T, 2>(to, from);
    step::<T, 1>(to, from);
}

/// y = sum, or y + sum.
#[inline(always)]
fn put<T: Precision, const LANES: usize>(y: &mut [T; LANES], sums: &[T; LANES], onto: bool) {
    if onto {
        (0..LANES).for_each(|j| y[j] = y[j] + sums[j]);
    } else {
        *y = *sums;
    }
}
