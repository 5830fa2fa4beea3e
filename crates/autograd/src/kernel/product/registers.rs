//! How a level's registers are spent: the sizes of strips and tiles.
//!
//! | registers | f32 of a wide strip | f64 | rows of a tile |
//! |---|---|---|---|
//! | 32 of 64 bytes | 32 | 16 | 8 |
//! | 16 of 32 bytes | 16 | 8 | 6 |
//! | 16 of 16 bytes | 8 | 4 | 4 |
//!
//! A row of a tile takes two registers; there must be enough of them to hide the time that a
//! multiply-add takes, and some must be left for the operands. Narrow strips, of one register, have
//! tiles of twice as many rows, tall ones, where the rows are there. A single row takes as many
//! registers as it can.

use super::super::Precision;

/// How many registers hold a row of a narrow strip,
pub(super) const NARROW: usize = 1;
/// of a wide one,
pub(super) const WIDE: usize = 2;
/// and of one that has a single row.
pub(super) const LONG: usize = 8;

/// No strip but a long one is wider: two of the widest registers.
pub(super) const LANES: usize = 32;

/// How many rows a tile of a wide strip has, by the bytes of a register.
pub(super) const fn tile_rows(bytes: usize) -> usize {
    match bytes {
        64 => 8,
        32 => 6,
        _ => 4,
    }
}

/// Work on a strip of columns.
pub(super) trait OnStrip {
    /// `TALL` is `ROWS` but for narrow strips.
    fn run<const FMA: bool, const TALL: usize, const ROWS: usize, const LANES: usize>(self);
}

/// Runs it with the rows of its tiles and the columns of the strip.
#[inline(always)]
pub(super) fn on_strip<T, W, const REGISTERS: usize, const FMA: bool, const BYTES: usize>(work: W)
where
    T: Precision,
    W: OnStrip,
{
    const A: usize = tile_rows(64);
    const B: usize = tile_rows(32);
    const C: usize = tile_rows(16);
    match (BYTES, REGISTERS, T::SINGLE) {
        (64, LONG, true) => work.run::<FMA, 1, 1, 128>(),
        (64, LONG, false) => work.run::<FMA, 1, 1, 64>(),
        (64, WIDE, true) => work.run::<FMA, A, A, 32>(),
        (64, WIDE, false) => work.run::<FMA, A, A, 16>(),
        (64, _, true) => work.run::<FMA, { 2 * A }, A, 16>(),
        (64, _, false) => work.run::<FMA, { 2 * A }, A, 8>(),
        (32, LONG, true) => work.run::<FMA, 1, 1, 64>(),
        (32, LONG, false) => work.run::<FMA, 1, 1, 32>(),
        (32, WIDE, true) => work.run::<FMA, B, B, 16>(),
        (32, WIDE, false) => work.run::<FMA, B, B, 8>(),
        (32, _, true) => work.run::<FMA, { 2 * B }, B, 8>(),
        (32, _, false) => work.run::<FMA, { 2 * B }, B, 4>(),
        (_, LONG, true) => work.run::<FMA, 1, 1, 32>(),
        (_, LONG, false) => work.run::<FMA, 1, 1, 16>(),
        (_, WIDE, true) => work.run::<FMA, C, C, 8>(),
        (_, WIDE, false) => work.run::<FMA, C, C, 4>(),
        (_, _, true) => work.run::<FMA, { 2 * C }, C, 4>(),
        (_, _, false) => work.run::<FMA, { 2 * C }, C, 2>(),
    }
}

/// Work on the rows of a block, tile by tile.
pub(super) trait ByTiles {
    fn tile<const FMA: bool, const ROWS: usize, const LANES: usize>(&mut self, row: usize);
}

/// From a row on, tiles of `ROWS` rows, then smaller ones for what is left.
#[inline(always)]
pub(super) fn by_tiles<W: ByTiles, const FMA: bool, const ROWS: usize, const LANES: usize>(
    work: &mut W,
    mut row: usize,
    rows: usize,
) {
    while rows - row >= ROWS {
        work.tile::<FMA, ROWS, LANES>(row);
        row += ROWS;
    }
    if ROWS > 4 && rows - row >= 4 {
        work.tile::<FMA, 4, LANES>(row);
        row += 4;
    }
    if ROWS > 2 && rows - row >= 2 {
        work.tile::<FMA, 2, LANES>(row);
        row += 2;
    }
    if ROWS > 1 && rows > row {
        work.tile::<FMA, 1, LANES>(row);
    }
}
