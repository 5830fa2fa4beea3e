//! Softmax and its kin over short rows: many rows side by side, one in each lane. A row is worth its
//! own loop only when it fills a few vectors.

use std::marker::PhantomData;

use super::{Lane, Level, Precision, WideTask};
use crate::number::Real;

/// Rows up to this length are short.
pub const SHORT: usize = 32;

/// Work on rows of which as many lie side by side as fill four registers.
pub(super) trait SideBySide<T>: Sized {
    /// So few rows are fewer side by side.
    const FEW: usize;

    /// How many there are.
    fn rows(&self) -> usize;

    /// `#[inline(always)]`
    fn play<const FMA: bool, const ROWS: usize>(self);
}

/// The same by how wide the registers are.
pub(super) struct BySide<T, K>(K, PhantomData<T>);

impl<T: Precision, K: SideBySide<T>> BySide<T, K> {
    pub fn of(work: K) -> Self {
        BySide(work, PhantomData)
    }
}

/// So many are computed one by one, not four by four.
const ALONE: usize = 4;

impl<T: Precision, K: SideBySide<T>> WideTask for BySide<T, K> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self) {
        let work = self.0;
        if work.rows() <= K::FEW {
            return work.play::<FMA, ALONE>();
        }
        match (T::SINGLE, BYTES) {
            (true, 64) if work.rows() > 32 => work.play::<FMA, 64>(),
            (true, _) => work.play::<FMA, 32>(),
            (false, 64) if work.rows() > 16 => work.play::<FMA, 32>(),
            (false, _) => work.play::<FMA, 16>(),
        }
    }
}

/// The functions of a row.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RowFunction {
    LogSumExp,
    Softmax,
    LogSoftmax,
}

struct ShortRows<'a, T> {
    f: RowFunction,
    /// The length of a row.
    n: usize,
    x: &'a [T],
    y: &'a mut [T],
}

/// One value of each row.
type Column<T, const ROWS: usize> = [T; ROWS];

impl<T: Precision> SideBySide<T> for ShortRows<'_, T> {
    const FEW: usize = 0;

    fn rows(&self) -> usize {
        self.x.len() / self.n
    }

    #[inline(always)]
    fn play<const FMA: bool, const ROWS: usize>(self) {
        let ShortRows { f, n, x, y } = self;
        let width = if f == RowFunction::LogSumExp { 1 } else { n };
        let mut block = [[T::default(); ROWS]; SHORT];
        let block = &mut block[..n];
        for (x, y) in x.chunks(ROWS * n).zip(y.chunks_mut(ROWS * width)) {
            turn(x, n, block);
            match f {
                RowFunction::LogSumExp => block[0] = logsumexp::<T, FMA, ROWS>(block),
                RowFunction::Softmax => softmax::<T, FMA, ROWS>(block),
                RowFunction::LogSoftmax => log_softmax::<T, FMA, ROWS>(block),
            }
            turn_back(&block[..width], y);
        }
    }
}

/// Puts rows of `n` elements, at most `ROWS`, side by side; four at a time, so that columns are written
/// by vectors.
#[inline(always)]
pub(super) fn turn<T: Precision, const ROWS: usize>(
    x: &[T],
    n: usize,
    block: &mut [Column<T, ROWS>],
) {
    for (k, x) in x.chunks(4 * n).enumerate() {
        let (a, b) = x.split_at(n);
        let (b, c) = b.split_at(n.min(b.len()));
        let (c, d) = c.split_at(n.min(c.len()));
        if d.is_empty() {
            for (row, x) in x.chunks(n).enumerate() {
                block.iter_mut().zip(x).for_each(|(column, &x)| column[4 * k + row] = x);
            }
            return;
        }
        for ((((column, &a), &b), &c), &d) in block.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            column.as_chunks_mut::<4>().0[k] = [a, b, c, d];
        }
    }
}

/// The way back.
#[inline(always)]
pub(super) fn turn_back<T: Precision, const ROWS: usize>(block: &[Column<T, ROWS>], y: &mut [T]) {
    let n = block.len();
    for (k, y) in y.chunks_mut(4 * n).enumerate() {
        let (a, b) = y.split_at_mut(n);
        let (b, c) = b.split_at_mut(n.min(b.len()));
        let (c, d) = c.split_at_mut(n.min(c.len()));
        if d.is_empty() {
            for (row, y) in y.chunks_mut(n).enumerate() {
                y.iter_mut().zip(block).for_each(|(y, column)| *y = column[4 * k + row]);
            }
            return;
        }
        for ((((column, a), b), c), d) in block.iter().zip(a).zip(b).zip(c).zip(d) {
            [*a, *b, *c, *d] = column.as_chunks::<4>().0[k];
        }
    }
}

/// The largest of each row; NaN where there is one.
#[allow(clippy::eq_op)] // x == x is false for NaN alone
#[inline(always)]
fn largest<T: Precision, const ROWS: usize>(block: &[Column<T, ROWS>]) -> Column<T, ROWS> {
    // A maximum that is one instruction forgets NaN; what is not equal to itself is kept apart.
    let (mut m, mut odd) = (block[0], block[0]);
    for x in &block[1..] {
        for i in 0..ROWS {
            m[i] = m[i].below(x[i], x[i], m[i]);
            odd[i] = x[i].equals(x[i], odd[i], x[i]);
        }
    }
    for i in 0..ROWS {
        m[i] = odd[i].equals(odd[i], m[i], odd[i]);
    }
    m
}

/// e^(x − m)
#[inline(always)]
fn exps<T: Precision, const FMA: bool, const ROWS: usize>(
    x: Column<T, ROWS>,
    m: &Column<T, ROWS>,
) -> Column<T, ROWS> {
    let mut e = x;
    if ROWS <= ALONE {
        for i in 0..ROWS {
            e[i] = Lane::<T, FMA>::of(x[i]).exp_of_difference(Lane::of(m[i])).first();
        }
    } else {
        for i in 0..ROWS / 4 {
            let m = Lane::take(m, i);
            Lane::<T, FMA>::take(&x, i).exp_of_difference(m).put(&mut e, i);
        }
    }
    e
}

/// e^(x − m) over the sum of it.
#[inline(always)]
pub(super) fn softmax<T: Precision, const FMA: bool, const ROWS: usize>(
    block: &mut [Column<T, ROWS>],
) {
    let m = largest::<T, ROWS>(block);
    let mut sum = [T::default(); ROWS];
    for x in block.iter_mut() {
        *x = exps::<T, FMA, ROWS>(*x, &m);
        for i in 0..ROWS {
            sum[i] = sum[i] + x[i];
        }
    }
    let mut inverse = sum;
    for i in 0..ROWS {
        inverse[i] = T::ONE / sum[i];
    }
    for y in block {
        for i in 0..ROWS {
            y[i] = Lane::<T, FMA>::of(y[i]).over(Lane::of(sum[i]), Lane::of(inverse[i])).first();
        }
        apart();
    }
}

/// At the end of what is done to a column: the next is not mixed with it. Without it the compiler, which
/// has unrolled the loop over the rows, makes vectors of several columns, put together one by one.
#[inline(always)]
pub(super) fn apart() {
    std::hint::black_box(());
}

/// The largest m of each row, and ln Σ e^(x − m): the entry m itself is e⁰ = 1 exactly, so that what
/// the others add keeps its digits.
#[inline(always)]
fn log_sum<T: Precision, const FMA: bool, const ROWS: usize>(
    block: &[Column<T, ROWS>],
) -> (Column<T, ROWS>, Column<T, ROWS>) {
    let (zero, one) = (T::default(), T::ONE);
    let m = largest::<T, ROWS>(block);
    let (mut sum, mut missing) = ([zero; ROWS], [one; ROWS]);
    for &x in block {
        let e = exps::<T, FMA, ROWS>(x, &m);
        for i in 0..ROWS {
            let is_first = x[i].equals(m[i], missing[i], zero);
            sum[i] = sum[i] + is_first.equals(one, zero, e[i]);
            missing[i] = missing[i] - is_first;
        }
    }
    for s in &mut sum {
        *s = Lane::<T, FMA>::of(*s).ln_1p().first();
    }
    (m, sum)
}

#[inline(always)]
fn logsumexp<T: Precision, const FMA: bool, const ROWS: usize>(
    block: &[Column<T, ROWS>],
) -> Column<T, ROWS> {
    let (m, log) = log_sum::<T, FMA, ROWS>(block);
    let mut y = m;
    for i in 0..ROWS {
        // ±∞ and NaN are what they are.
        y[i] = m[i].magnitude().below(T::INFINITY, m[i] + log[i], m[i]);
    }
    y
}

#[inline(always)]
fn log_softmax<T: Precision, const FMA: bool, const ROWS: usize>(block: &mut [Column<T, ROWS>]) {
    let (m, log) = log_sum::<T, FMA, ROWS>(block);
    for y in block {
        for i in 0..ROWS {
            y[i] = (y[i] - m[i]) - log[i];
        }
    }
}

/// The function of each row of `n` elements, 1 to [`SHORT`].
pub(crate) fn short_rows<T: Precision>(
    level: Level,
    f: RowFunction,
    n: usize,
    x: &[T],
    y: &mut [T],
) {
    level.run_wide(BySide::of(ShortRows { f, n, x, y }));
}
