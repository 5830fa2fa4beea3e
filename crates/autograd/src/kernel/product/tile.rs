//! The innermost loop: a tile of Y whose sums stay in registers while the loop walks along k.

use super::super::{Precision, WideTask};

/// A column strip of Y, as wide as two registers (`WIDE`) or as one, for all of a block's rows and a
/// run of terms.
pub(super) struct Strip<'a, T, const WIDE: bool> {
    /// The terms' left factors; the first row's first one comes first.
    pub a: &'a [T],
    pub layout: Layout,
    /// The terms' right factors: a full row of the strip every `b_step` elements.
    pub b: &'a [T],
    pub b_step: usize,
    /// How many terms, at least one.
    pub terms: usize,
    pub rows: usize,
    pub out: Out<'a, T>,
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
    /// y = sum without a factor, y = y + factor·sum with one.
    pub factor: Option<T>,
}

impl<T: Precision, const WIDE: bool> WideTask for Strip<'_, T, WIDE> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(mut self) {
        // As many rows as the registers hold sums for: 32, 16 and 16 registers.
        match (BYTES, T::SINGLE, WIDE) {
            (64, true, true) => self.tiles::<FMA, { tile_rows(64) }, 32>(),
            (64, true, false) | (64, false, true) => self.tiles::<FMA, { tile_rows(64) }, 16>(),
            (64, false, false) => self.tiles::<FMA, { tile_rows(64) }, 8>(),
            (32, true, true) => self.tiles::<FMA, { tile_rows(32) }, 16>(),
            (32, true, false) | (32, false, true) => self.tiles::<FMA, { tile_rows(32) }, 8>(),
            (32, false, false) => self.tiles::<FMA, { tile_rows(32) }, 4>(),
            (_, true, true) => self.tiles::<FMA, { tile_rows(16) }, 8>(),
            (_, true, false) | (_, false, true) => self.tiles::<FMA, { tile_rows(16) }, 4>(),
            (_, false, false) => self.tiles::<FMA, { tile_rows(16) }, 2>(),
        }
    }
}

/// How many rows a full tile has, by the bytes of a register.
pub(super) const fn tile_rows(bytes: usize) -> usize {
    match bytes {
        64 => 8,
        32 => 6,
        _ => 4,
    }
}

impl<T: Precision, const WIDE: bool> Strip<'_, T, WIDE> {
    /// Tiles of `ROWS` rows, then smaller ones for what is left.
    #[inline(always)]
    fn tiles<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self) {
        let mut row = 0;
        while self.rows - row >= ROWS {
            self.tile::<FMA, ROWS, LANES>(row);
            row += ROWS;
        }
        while ROWS > 4 && self.rows - row >= 4 {
            self.tile::<FMA, 4, LANES>(row);
            row += 4;
        }
        if self.rows - row >= 2 {
            self.tile::<FMA, 2, LANES>(row);
            row += 2;
        }
        if self.rows > row {
            self.tile::<FMA, 1, LANES>(row);
        }
    }

    #[inline(always)]
    fn tile<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self, row: usize) {
        let (start, step, term) = match self.layout {
            Layout::Strided { row: step, term } => (row * step, step, term),
            Layout::Tiles => (row * self.terms, 1, ROWS),
        };
        let sums = sums::<T, FMA, ROWS, LANES>(
            &self.a[start..],
            [step, term],
            self.b,
            self.b_step,
            self.terms,
        );
        self.out.store::<FMA, ROWS, LANES>(row, sums);
    }
}

/// Σₚ aᵢₚ·bₚⱼ over the terms, in order, from 0: the order of every element of every product.
#[inline(always)]
fn sums<T: Precision, const FMA: bool, const ROWS: usize, const LANES: usize>(
    a: &[T],
    [row, term]: [usize; 2],
    b: &[T],
    b_step: usize,
    terms: usize,
) -> [[T; LANES]; ROWS] {
    // Rows of equal length, so that one check is enough for all of them.
    let len = (terms - 1) * term + 1;
    let a: [&[T]; ROWS] = std::array::from_fn(|i| &a[i * row..][..len]);
    let mut sums = [[T::default(); LANES]; ROWS];
    let mut at = 0;
    for p in 0..terms {
        let b: &[T; LANES] = b[p * b_step..].first_chunk().expect("a full row of the strip");
        for i in 0..ROWS {
            for j in 0..LANES {
                sums[i][j] = multiply_add::<T, FMA>(a[i][at], b[j], sums[i][j]);
            }
        }
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
    fn store<const FMA: bool, const ROWS: usize, const LANES: usize>(
        &mut self,
        row: usize,
        sums: [[T; LANES]; ROWS],
    ) {
        let mut tile = [[T::default(); LANES]; ROWS];
        let whole = self.strides[1] == 1 && self.width == LANES;
        if !whole && self.factor.is_some() {
            self.load(row, tile.as_flattened_mut(), LANES);
        }
        // Whole rows go to Y, others by way of a tile.
        let (y, step) = if whole {
            (&mut self.y[row * self.strides[0]..], self.strides[0])
        } else {
            (tile.as_flattened_mut(), LANES)
        };
        for i in 0..ROWS {
            let y = y[i * step..].first_chunk_mut().expect("a full row");
            add::<T, FMA, LANES>(y, &sums[i], self.factor);
        }
        if !whole {
            self.unload(row, tile.as_flattened(), LANES);
        }
    }

    /// Copies Y to a tile. As [`unload`](Self::unload) not a part of the loop, whose sums would leave
    /// their registers if they were indexed here.
    #[inline(never)]
    fn load(&self, row: usize, tile: &mut [T], lanes: usize) {
        let [down, across] = self.strides;
        for (i, tile) in tile.chunks_exact_mut(lanes).enumerate() {
            let y = self.y[(row + i) * down..].iter().step_by(across);
            tile[..self.width].iter_mut().zip(y).for_each(|(to, &y)| *to = y);
        }
    }

    /// Copies a tile to Y.
    #[inline(never)]
    fn unload(&mut self, row: usize, tile: &[T], lanes: usize) {
        let [down, across] = self.strides;
        for (i, tile) in tile.chunks_exact(lanes).enumerate() {
            let y = self.y[(row + i) * down..].iter_mut().step_by(across);
            y.zip(&tile[..self.width]).for_each(|(y, &from)| *y = from);
        }
    }
}

/// y = sum, or y + factor·sum.
#[inline(always)]
fn add<T: Precision, const FMA: bool, const LANES: usize>(
    y: &mut [T; LANES],
    sums: &[T; LANES],
    factor: Option<T>,
) {
    match factor {
        None => *y = *sums,
        Some(factor) => {
            for j in 0..LANES {
                y[j] = multiply_add::<T, FMA>(factor, sums[j], y[j]);
            }
        }
    }
}
