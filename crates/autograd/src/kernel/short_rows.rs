//! Softmax and its kin over short rows: many rows side by side, one in each lane. A row is worth its
//! own loop only when it fills a few vectors.

use bytemuck::{cast, cast_slice_mut};

use super::side_by_side::{ALONE, BySide, Column, OnLine, SideBySide, turn, turn_back};
use super::{Lane, Level, Precision, Registers, parts};
use crate::number::Real;

/// Rows up to this length are short.
pub const SHORT: usize = 32;

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

impl<T: Precision> SideBySide<T> for ShortRows<'_, T> {
    const FEW: usize = 0;

    fn rows(&self) -> usize {
        self.x.len() / self.n
    }

    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const ROWS: usize>(
        self,
        registers: Registers<BYTES>,
    ) {
        let ShortRows { f, n, x, y } = self;
        let width = if f == RowFunction::LogSumExp { 1 } else { n };
        let mut block = OnLine([[T::default(); ROWS]; SHORT]);
        let block = &mut block.0[..n];
        for (x, y) in x.chunks(ROWS * n).zip(y.chunks_mut(ROWS * width)) {
            turn(registers, x, n, block);
            match f {
                RowFunction::LogSumExp => {
                    block[0] = logsumexp::<T, FMA, BYTES, ROWS>(registers, block)
                }
                RowFunction::Softmax => softmax::<T, FMA, BYTES, ROWS>(registers, block),
                RowFunction::LogSoftmax => log_softmax::<T, FMA, BYTES, ROWS>(registers, block),
            }
            turn_back(registers, &block[..width], y);
        }
    }
}

/// The largest of each row; NaN may be forgotten.
#[inline(always)]
fn largest<T: Precision, const ROWS: usize>(block: &[Column<T, ROWS>]) -> Column<T, ROWS> {
    let mut m = block[0];
    for x in &block[1..] {
        for i in 0..ROWS {
            m[i] = m[i].below(x[i], x[i], m[i]);
        }
    }
    m
}

/// `yes` where x is not NaN, else x.
#[allow(clippy::eq_op)] // x == x is false for NaN alone
#[inline(always)]
fn unless_nan<T: Precision>(x: T, yes: T) -> T {
    x.equals(x, yes, x)
}

/// e^(x − m)·2ˢʰⁱᶠᵗ, NaN where x is.
#[inline(always)]
fn shifted_exps<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    x: Column<T, ROWS>,
    m: &Column<T, ROWS>,
) -> Column<T, ROWS> {
    if Registers::<BYTES>::WIDEST && !T::SINGLE && ROWS > ALONE {
        return cast(parts::shifted_exps::<BYTES, ROWS>(registers, &cast(x), &cast(*m)));
    }
    let mut e = x;
    if ROWS <= ALONE {
        for i in 0..ROWS {
            let (x, m) = (Lane::<T, FMA>::of(x[i]), Lane::of(m[i]));
            e[i] = x.shifted_exp_of_difference(m).first();
        }
    } else {
        for i in 0..ROWS / 4 {
            let (x, m) = (Lane::<T, FMA>::take(&x, i), Lane::take(m, i));
            x.shifted_exp_of_difference(m).put(&mut e, i);
        }
    }
    e
}

/// What the softmax of each row is to be divided by, and its inverse.
pub(super) struct Divisors<T, const ROWS: usize> {
    pub sum: Column<T, ROWS>,
    pub inverse: Column<T, ROWS>,
}

/// e^(x − m), scaled, and the sums of it. A NaN is forgotten by m, not by the sum.
#[inline(always)]
pub(super) fn exponentials<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &mut [Column<T, ROWS>],
) -> Divisors<T, ROWS> {
    let m = largest::<T, ROWS>(block);
    let mut sum = [T::default(); ROWS];
    let by_fours = Registers::<BYTES>::WIDEST && !T::SINGLE && ROWS == ALONE;
    if by_fours {
        parts::shifted_exps_of_fours(registers, cast_slice_mut(block), &cast(m));
    }
    for x in block.iter_mut() {
        if !by_fours {
            *x = shifted_exps::<T, FMA, BYTES, ROWS>(registers, *x, &m);
        }
        for i in 0..ROWS {
            sum[i] = sum[i] + x[i];
        }
    }
    let mut inverse = sum;
    for i in 0..ROWS {
        inverse[i] = T::ONE / sum[i];
    }
    Divisors { sum, inverse }
}

/// e^(x − m) over the sum of it.
#[inline(always)]
fn softmax<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &mut [Column<T, ROWS>],
) {
    let Divisors { sum, inverse } = exponentials::<T, FMA, BYTES, ROWS>(registers, block);
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
fn log_sum<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
) -> (Column<T, ROWS>, Column<T, ROWS>) {
    let (zero, one) = (T::default(), T::ONE);
    let m = largest::<T, ROWS>(block);
    let (mut sum, mut missing) = ([zero; ROWS], [one; ROWS]);
    for &x in block {
        let e = shifted_exps::<T, FMA, BYTES, ROWS>(registers, x, &m);
        for i in 0..ROWS {
            let is_first = x[i].equals(m[i], missing[i], zero);
            sum[i] = sum[i] + is_first.equals(one, zero, e[i]);
            missing[i] = missing[i] - is_first;
        }
    }
    for s in &mut sum {
        *s = Lane::<T, FMA>::of(*s * T::UNSHIFT).ln_1p().first();
    }
    (m, sum)
}

#[inline(always)]
fn logsumexp<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
) -> Column<T, ROWS> {
    let (m, log) = log_sum::<T, FMA, BYTES, ROWS>(registers, block);
    let mut y = m;
    for i in 0..ROWS {
        // ±∞ is what it is.
        y[i] = m[i].magnitude().below(T::INFINITY, m[i] + log[i], m[i]);
    }
    for x in block {
        for i in 0..ROWS {
            y[i] = unless_nan(x[i], y[i]);
        }
    }
    y
}

#[inline(always)]
fn log_softmax<T: Precision, const FMA: bool, const BYTES: usize, const ROWS: usize>(
    registers: Registers<BYTES>,
    block: &mut [Column<T, ROWS>],
) {
    let (m, log) = log_sum::<T, FMA, BYTES, ROWS>(registers, block);
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
