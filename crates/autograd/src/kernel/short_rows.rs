//! Softmax and its kin over short rows: many rows side by side, one in each lane. A row is worth its
//! own loop only when it fills a few vectors.

use super::{Lane, Level, Precision, Task};
use crate::number::Real;

/// Rows up to this length are short.
pub const SHORT: usize = 32;
/// Rows that are computed side by side.
pub(super) const LANES: usize = 16;

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

impl<T: Precision> Task for ShortRows<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let ShortRows { f, n, x, y } = self;
        let width = if f == RowFunction::LogSumExp { 1 } else { n };
        let mut block = [[T::default(); LANES]; SHORT];
        let block = &mut block[..n];
        for (x, y) in x.chunks(LANES * n).zip(y.chunks_mut(LANES * width)) {
            for (row, x) in x.chunks_exact(n).enumerate() {
                for (column, &x) in block.iter_mut().zip(x) {
                    column[row] = x;
                }
            }
            match f {
                RowFunction::LogSumExp => block[0] = logsumexp::<T, FMA>(block),
                RowFunction::Softmax => softmax::<T, FMA, LANES>(block),
                RowFunction::LogSoftmax => log_softmax::<T, FMA>(block),
            }
            for (row, y) in y.chunks_exact_mut(width).enumerate() {
                for (column, y) in block.iter().zip(y) {
                    *y = column[row];
                }
            }
        }
    }
}

/// The largest of each row; NaN where there is one.
#[inline(always)]
fn largest<T: Precision, const FMA: bool, const ROWS: usize>(
    block: &[Column<T, ROWS>],
) -> Column<T, ROWS> {
    let mut m = block[0];
    for x in &block[1..] {
        for i in 0..ROWS {
            let (x, largest) = (Lane::<T, FMA>::of(x[i]), Lane::of(m[i]));
            m[i] = x.by_order(largest, largest, largest, x).first();
        }
    }
    m
}

/// e^(x − m), and the sum of it.
#[inline(always)]
pub(super) fn softmax<T: Precision, const FMA: bool, const ROWS: usize>(
    block: &mut [Column<T, ROWS>],
) {
    let m = largest::<T, FMA, ROWS>(block);
    let mut sum = [T::default(); ROWS];
    for x in block.iter_mut() {
        for i in 0..ROWS {
            x[i] = Lane::<T, FMA>::of(x[i]).exp_of_difference(Lane::of(m[i])).first();
        }
        for i in 0..ROWS {
            sum[i] = sum[i] + x[i];
        }
    }
    for y in block {
        for i in 0..ROWS {
            y[i] = y[i] / sum[i];
        }
    }
}

/// The largest m of each row, and ln Σ e^(x − m): the entry m itself is e⁰ = 1 exactly, so that what
/// the others add keeps its digits.
#[inline(always)]
fn log_sum<T: Precision, const FMA: bool>(
    block: &[Column<T, LANES>],
) -> (Column<T, LANES>, Column<T, LANES>) {
    let m = largest::<T, FMA, LANES>(block);
    let (mut sum, mut found) = ([T::default(); LANES], [T::default(); LANES]);
    for x in block {
        for i in 0..LANES {
            let e = Lane::<T, FMA>::of(x[i]).exp_of_difference(Lane::of(m[i])).first();
            let is_first = x[i] == m[i] && found[i] == T::default();
            found[i] = if is_first { T::ONE } else { found[i] };
            sum[i] = sum[i] + if is_first { T::default() } else { e };
        }
    }
    for s in &mut sum {
        *s = Lane::<T, FMA>::of(*s).ln_1p().first();
    }
    (m, sum)
}

#[inline(always)]
fn logsumexp<T: Precision, const FMA: bool>(block: &[Column<T, LANES>]) -> Column<T, LANES> {
    let (m, log) = log_sum::<T, FMA>(block);
    let mut y = m;
    for i in 0..LANES {
        // ±∞ and NaN are what they are.
        let m = Lane::<T, FMA>::of(m[i]);
        y[i] = m.magnitude().below(Lane::INFINITY, m + Lane::of(log[i]), m).first();
    }
    y
}

#[inline(always)]
fn log_softmax<T: Precision, const FMA: bool>(block: &mut [Column<T, LANES>]) {
    let (m, log) = log_sum::<T, FMA>(block);
    for y in block {
        for i in 0..LANES {
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
    level.run(ShortRows { f, n, x, y });
}
