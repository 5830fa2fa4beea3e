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
    if !Registers::<BYTES>::WIDEST || ROWS <= ALONE || n < 4 {
        by_fours(x, n, 0, block);
    } else if T::SINGLE {
        by_registers::<T, 16, BYTES, ROWS>(registers, x, n, block);
    } else {
        by_registers::<T, 8, BYTES, ROWS>(registers, x, n, block);
    }
}

/// As many rows at a time as a register has elements, so that what is written by vectors is read by vectors
/// as long.
#[inline(always)]
fn by_registers<T: Precision, const N: usize, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    x: &[T],
    n: usize,
    block: &mut [Column<T, ROWS>],
) {
    let whole = x.chunks_exact(N * n);
    let (from, rest) = (whole.len() * N, whole.remainder());
    for (k, x) in whole.enumerate() {
        let mut end = 0;
        while end < n {
            let (start, width) = piece(n, end);
            if width == 8 {
                some_columns::<T, N, 8, BYTES, ROWS>(registers, x, n, start, k, block);
            } else {
                some_columns::<T, N, 4, BYTES, ROWS>(registers, x, n, start, k, block);
            }
            end = start + width;
        }
    }
    by_fours(rest, n, from, block);
}

/// Eight or four of `n` columns, 4 or more, with which to go on from `start`: where they begin, which may be
/// before, and how many.
#[inline(always)]
fn piece(n: usize, start: usize) -> (usize, usize) {
    let width = if n >= 8 { 8 } else { 4 };
    (start.min(n - width), width)
}

/// Some columns of the k-th N rows.
#[inline(always)]
fn some_columns<
    T: Precision,
    const N: usize,
    const SOME: usize,
    const BYTES: usize,
    const ROWS: usize,
>(
    registers: Registers<BYTES>,
    x: &[T],
    n: usize,
    start: usize,
    k: usize,
    block: &mut [Column<T, ROWS>],
) {
    let mut rows = [[T::default(); SOME]; N];
    for (row, x) in rows.iter_mut().zip(x.chunks_exact(n)) {
        *row = x[start..].as_chunks().0[0];
    }
    for (column, values) in block[start..].iter_mut().zip(registers.turned(rows)) {
        column.as_chunks_mut().0[k] = values;
    }
}

/// Four rows at a time, so that columns are written by vectors.
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
    if !Registers::<BYTES>::WIDEST || ROWS <= ALONE || block.len() < 4 {
        back_by_fours(block, 0, y);
    } else if T::SINGLE {
        back_by_registers::<T, 16, BYTES, ROWS>(registers, block, y);
    } else {
        back_by_registers::<T, 8, BYTES, ROWS>(registers, block, y);
    }
}

#[inline(always)]
fn back_by_registers<T: Precision, const N: usize, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
    y: &mut [T],
) {
    let n = block.len();
    let mut whole = y.chunks_exact_mut(N * n);
    let from = whole.len() * N;
    for (k, y) in whole.by_ref().enumerate() {
        let mut end = 0;
        while end < n {
            let (start, width) = piece(n, end);
            if width == 8 {
                some_back::<T, N, 8, BYTES, ROWS>(registers, block, start, k, y);
            } else {
                some_back::<T, N, 4, BYTES, ROWS>(registers, block, start, k, y);
            }
            end = start + width;
        }
    }
    back_by_fours(block, from, whole.into_remainder());
}

/// Some columns back into the k-th N rows.
#[inline(always)]
fn some_back<
    T: Precision,
    const N: usize,
    const SOME: usize,
    const BYTES: usize,
    const ROWS: usize,
>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
    start: usize,
    k: usize,
    y: &mut [T],
) {
    let mut columns = [[T::default(); N]; SOME];
    for (to, column) in columns.iter_mut().zip(&block[start..]) {
        *to = column.as_chunks().0[k];
    }
    for (y, row) in y.chunks_exact_mut(block.len()).zip(registers.turned(columns)) {
        y[start..].as_chunks_mut().0[0] = row;
    }
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
