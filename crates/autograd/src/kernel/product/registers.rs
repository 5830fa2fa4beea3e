//! How a level's registers are spent: the sizes of strips and tiles.
//!
//! | registers | f32 of a wide strip | f64 | rows of a tile |
//! |---|---|---|---|
//! | 32 of 64 bytes | 32 | 16 | 8 |
//! | 16 of 32 bytes | 16 | 8 | 6 |
//! | 16 of 16 bytes | 8 | 4 | 4 |
//!
//! A tile's sums take two registers a row, or one in a narrow strip; there must be enough of them to
//! hide the time that a multiply-add takes, and two or three registers must be left for operands.

use super::super::Precision;

/// How many rows a full tile has, by the bytes of a register.
pub(super) const fn tile_rows(bytes: usize) -> usize {
    match bytes {
        64 => 8,
        32 => 6,
        _ => 4,
    }
}

/// Work on a strip of columns.
pub(super) trait OnStrip {
    fn run<const FMA: bool, const ROWS: usize, const LANES: usize>(self);
}

/// Runs it with the rows of a tile and the columns of a strip.
#[inline(always)]
pub(super) fn on_strip<T, W, const WIDE: bool, const FMA: bool, const BYTES: usize>(work: W)
where
    T: Precision,
    W: OnStrip,
{
    match (BYTES, T::SINGLE, WIDE) {
        (64, true, true) => work.run::<FMA, { tile_rows(64) }, 32>(),
        (64, true, false) | (64, false, true) => work.run::<FMA, { tile_rows(64) }, 16>(),
        (64, false, false) => work.run::<FMA, { tile_rows(64) }, 8>(),
        (32, true, true) => work.run::<FMA, { tile_rows(32) }, 16>(),
        (32, true, false) | (32, false, true) => work.run::<FMA, { tile_rows(32) }, 8>(),
        (32, false, false) => work.run::<FMA, { tile_rows(32) }, 4>(),
        (_, true, true) => work.run::<FMA, { tile_rows(16) }, 8>(),
        (_, true, false) | (_, false, true) => work.run::<FMA, { tile_rows(16) }, 4>(),
        (_, false, false) => work.run::<FMA, { tile_rows(16) }, 2>(),
    }
}

/// Work on the rows of a block, tile by tile.
pub(super) trait ByTiles {
    fn tile<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self, row: usize);
}

/// Tiles of `ROWS` rows, then smaller ones for what is left, downwards.
#[inline(always)]
pub(super) fn by_tiles<W: ByTiles, const FMA: bool, const ROWS: usize, const LANES: usize>(
    work: &mut W,
    rows: usize,
) {
    let mut row = 0;
    while rows - row >= ROWS {
        work.tile::<FMA, ROWS, LANES>(row);
        row += ROWS;
    }
    if ROWS > 4 && rows - row >= 4 {
        work.tile::<FMA, 4, LANES>(row);
        row += 4;
    }
    if rows - row >= 2 {
        work.tile::<FMA, 2, LANES>(row);
        row += 2;
    }
    if rows > row {
        work.tile::<FMA, 1, LANES>(row);
    }
}
