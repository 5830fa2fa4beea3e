//! Many rows side by side, one in each lane: how many, and the ways there and back.

use std::marker::PhantomData;

use super::{Precision, Registers, WideTask};

/// Work on rows of which as many lie side by side as fill four registers.
pub(super) trait SideBySide<T>: Sized {
    /// So few rows are fewer side by side.
    const FEW: usize;

    /// How many there are.
    fn rows(&self) -> usize;

    /// `#[inline(always)]`
    fn play<const FMA: bool, const BYTES: usize, const ROWS: usize>(
        self,
        registers: Registers<BYTES>,
    );
}

/// The same by how wide the registers are.
pub(super) struct BySide<T, K>(K, PhantomData<T>);

impl<T: Precision, K: SideBySide<T>> BySide<T, K> {
    pub fn of(work: K) -> Self {
        BySide(work, PhantomData)
    }
}

/// So many are computed one by one, not four by four.
pub(super) const ALONE: usize = 4;

impl<T: Precision, K: SideBySide<T>> WideTask for BySide<T, K> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>) {
        let work = self.0;
        if work.rows() <= K::FEW {
            return work.play::<FMA, BYTES, ALONE>(registers);
        }
        match (T::SINGLE, BYTES) {
            (true, 64) if work.rows() > 32 => work.play::<FMA, BYTES, 64>(registers),
            (true, _) => work.play::<FMA, BYTES, 32>(registers),
            (false, 64) if work.rows() > 16 => work.play::<FMA, BYTES, 32>(registers),
            (false, _) => work.play::<FMA, BYTES, 16>(registers),
        }
    }
}

/// One value of each row.
pub(super) type Column<T, const ROWS: usize> = [T; ROWS];

/// Begins on a line of the cache, so that no register's worth lies on two.
#[repr(align(64))]
pub(super) struct OnLine<T>(pub T);

/// Puts rows of `n` elements, at most `ROWS`, side by side.
#[inline(always)]
pub(super) fn turn<T: Precision, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    x: &[T],
    n: usize,
    block: &mut [Column<T, ROWS>],
) {
    match (BYTES, T::SINGLE, n) {
        _ if ROWS <= ALONE => by_fours(x, n, 0, block),
        (64, true, 8..) => by_registers::<T, 16, 8, BYTES, ROWS>(registers, x, n, block),
        (64, true, 4..) => by_registers::<T, 16, 4, BYTES, ROWS>(registers, x, n, block),
        (64, false, 8..) => by_registers::<T, 8, 8, BYTES, ROWS>(registers, x, n, block),
        (64, false, 4..) => by_registers::<T, 8, 4, BYTES, ROWS>(registers, x, n, block),
        (32, false, 4..) => by_registers::<T, 4, 4, BYTES, ROWS>(registers, x, n, block),
        _ => by_fours(x, n, 0, block),
    }
}

/// Where to begin with `SOME` of `n` columns at a time; the last are the last `SOME`.
#[inline(always)]
fn starts<const SOME: usize>(n: usize) -> impl Iterator<Item = usize> {
    (0..n).step_by(SOME).map(move |start| start.min(n - SOME))
}

/// N rows at a time, as many as a register has elements, so that what is written by vectors is read by
/// vectors as long.
#[inline(always)]
fn by_registers<
    T: Precision,
    const N: usize,
    const SOME: usize,
    const BYTES: usize,
    const ROWS: usize,
>(
    registers: Registers<BYTES>,
    x: &[T],
    n: usize,
    block: &mut [Column<T, ROWS>],
) {
    let whole = x.chunks_exact(N * n);
    let (from, rest) = (whole.len() * N, whole.remainder());
    for (k, x) in whole.enumerate() {
        for start in starts::<SOME>(n) {
            let mut rows = [[T::default(); SOME]; N];
            for (row, x) in rows.iter_mut().zip(x.chunks_exact(n)) {
                *row = x[start..].as_chunks().0[0];
            }
            for (column, values) in block[start..].iter_mut().zip(registers.turned(rows)) {
                column.as_chunks_mut().0[k] = values;
            }
        }
    }
    by_fours(rest, n, from, block);
}

/// Four rows at a time, so that columns are written by vectors; `from`: the number of the first.
#[inline(always)]
fn by_fours<T: Precision, const ROWS: usize>(
    x: &[T],
    n: usize,
    from: usize,
    block: &mut [Column<T, ROWS>],
) {
    for (k, x) in x.chunks(4 * n).enumerate() {
        let (a, b) = x.split_at(n);
        let (b, c) = b.split_at(n.min(b.len()));
        let (c, d) = c.split_at(n.min(c.len()));
        if d.is_empty() {
            for (row, x) in x.chunks(n).enumerate() {
                block.iter_mut().zip(x).for_each(|(column, &x)| column[from + 4 * k + row] = x);
            }
            return;
        }
        for ((((column, &a), &b), &c), &d) in block.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            column.as_chunks_mut::<4>().0[from / 4 + k] = [a, b, c, d];
        }
    }
}

/// The way back.
#[inline(always)]
pub(super) fn turn_back<T: Precision, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
    y: &mut [T],
) {
    match (BYTES, T::SINGLE, block.len()) {
        _ if ROWS <= ALONE => back_by_fours(block, 0, y),
        (64, true, 8..) => back_by_registers::<T, 16, 8, BYTES, ROWS>(registers, block, y),
        (64, true, 4..) => back_by_registers::<T, 16, 4, BYTES, ROWS>(registers, block, y),
        (64, false, 8..) => back_by_registers::<T, 8, 8, BYTES, ROWS>(registers, block, y),
        (64, false, 4..) => back_by_registers::<T, 8, 4, BYTES, ROWS>(registers, block, y),
        (32, false, 4..) => back_by_registers::<T, 4, 4, BYTES, ROWS>(registers, block, y),
        _ => back_by_fours(block, 0, y),
    }
}

#[inline(always)]
fn back_by_registers<
    T: Precision,
    const N: usize,
    const SOME: usize,
    const BYTES: usize,
    const ROWS: usize,
>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
    y: &mut [T],
) {
    let n = block.len();
    let mut whole = y.chunks_exact_mut(N * n);
    let from = whole.len() * N;
    for (k, y) in whole.by_ref().enumerate() {
        for start in starts::<SOME>(n) {
            let mut columns = [[T::default(); N]; SOME];
            for (to, column) in columns.iter_mut().zip(&block[start..]) {
                *to = column.as_chunks().0[k];
            }
            for (y, row) in y.chunks_exact_mut(n).zip(registers.turned(columns)) {
                y[start..].as_chunks_mut().0[0] = row;
            }
        }
    }
    back_by_fours(block, from, whole.into_remainder());
}

#[inline(always)]
fn back_by_fours<T: Precision, const ROWS: usize>(
    block: &[Column<T, ROWS>],
    from: usize,
    y: &mut [T],
) {
    let n = block.len();
    for (k, y) in y.chunks_mut(4 * n).enumerate() {
        let (a, b) = y.split_at_mut(n);
        let (b, c) = b.split_at_mut(n.min(b.len()));
        let (c, d) = c.split_at_mut(n.min(c.len()));
        if d.is_empty() {
            for (row, y) in y.chunks_mut(n).enumerate() {
                y.iter_mut().zip(block).for_each(|(y, column)| *y = column[from + 4 * k + row]);
            }
            return;
        }
        for ((((column, a), b), c), d) in block.iter().zip(a).zip(b).zip(c).zip(d) {
            [*a, *b, *c, *d] = column.as_chunks::<4>().0[from / 4 + k];
        }
    }
}
