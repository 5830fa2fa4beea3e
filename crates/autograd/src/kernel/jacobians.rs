//! Jacobians of softmax, diag(y) − y·yᵀ: short rows side by side, as their softmax is computed.

use super::short_rows::{Divisors, exponentials};
use super::side_by_side::{BySide, Column, OnLine, SideBySide, turn};
use super::{Lane, Level, Precision, Registers, SHORT};

struct ShortJacobians<'a, T> {
    n: usize,
    z: &'a [T],
    matrices: &'a mut [T],
}

impl<T: Precision> SideBySide<T> for ShortJacobians<'_, T> {
    const FEW: usize = 4;

    fn rows(&self) -> usize {
        self.z.len() / self.n
    }

    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const ROWS: usize>(
        self,
        registers: Registers<BYTES>,
    ) {
        if ROWS < 16 {
            self.play_by::<FMA, BYTES, ROWS, 4>(registers);
        } else if T::SINGLE {
            self.play_by::<FMA, BYTES, ROWS, 16>(registers);
        } else {
            self.play_by::<FMA, BYTES, ROWS, 8>(registers);
        }
    }
}

impl<T: Precision> ShortJacobians<'_, T> {
    /// `AT_A_TIME` softmaxes are turned back at a time.
    #[inline(always)]
    fn play_by<const FMA: bool, const BYTES: usize, const ROWS: usize, const AT_A_TIME: usize>(
        self,
        registers: Registers<BYTES>,
    ) {
        let ShortJacobians { n, z, matrices } = self;
        let mut block = OnLine([[T::default(); ROWS]; SHORT]);
        let mut rows = OnLine([[T::default(); SHORT]; AT_A_TIME]);
        let (block, rows) = (&mut block.0[..n], &mut rows.0);
        for (z, matrices) in z.chunks(ROWS * n).zip(matrices.chunks_mut(ROWS * n * n)) {
            turn(registers, z, n, block);
            let divisors = exponentials::<T, FMA, BYTES, ROWS>(registers, block);
            let mut to = matrices;
            for k in 0..ROWS / AT_A_TIME {
                if to.is_empty() {
                    return;
                }
                let small = softmaxes::<T, FMA, BYTES, ROWS, AT_A_TIME>(
                    registers, block, &divisors, k, rows,
                );
                for (y, small) in rows.iter().zip(small) {
                    if to.is_empty() {
                        return;
                    }
                    to = matrix::<T, BYTES>(y, small, n, to);
                }
            }
        }
    }
}

/// The k-th N softmaxes, and the sum of what is at most ½ in each.
#[inline(always)]
fn softmaxes<
    T: Precision,
    const FMA: bool,
    const BYTES: usize,
    const ROWS: usize,
    const N: usize,
>(
    registers: Registers<BYTES>,
    block: &[Column<T, ROWS>],
    divisors: &Divisors<T, ROWS>,
    k: usize,
    rows: &mut [[T; SHORT]; N],
) -> [T; N] {
    let half = T::from_f64(0.5);
    let (sum, inverse) =
        (divisors.sum.as_chunks::<N>().0[k], divisors.inverse.as_chunks::<N>().0[k]);
    let mut small = [T::default(); N];
    for (piece, block) in block.chunks(8).enumerate() {
        let mut columns = [[T::default(); N]; 8];
        for (to, e) in columns.iter_mut().zip(block) {
            let mut y = e.as_chunks::<N>().0[k];
            for i in 0..N {
                y[i] =
                    Lane::<T, FMA>::of(y[i]).over(Lane::of(sum[i]), Lane::of(inverse[i])).first();
                small[i] = small[i] + half.below(y[i], T::default(), y[i]);
            }
            *to = y;
        }
        if block.len() <= 4 {
            let columns = [columns[0], columns[1], columns[2], columns[3]];
            for (row, y) in rows.iter_mut().zip(registers.turned(columns)) {
                row.as_chunks_mut().0[2 * piece] = y;
            }
        } else {
            for (row, y) in rows.iter_mut().zip(registers.turned(columns)) {
                row.as_chunks_mut().0[piece] = y;
            }
        }
    }
    small
}

/// The Jacobian of a softmax y. Returns what lies behind the matrix.
#[inline(always)]
fn matrix<'m, T: Precision, const BYTES: usize>(
    y: &[T; SHORT],
    small: T,
    n: usize,
    to: &'m mut [T],
) -> &'m mut [T] {
    if n <= 4 {
        fill::<T, BYTES, 4>(y, small, n, to)
    } else if n <= 8 {
        fill::<T, BYTES, 8>(y, small, n, to)
    } else if n <= 10 {
        fill::<T, BYTES, 10>(y, small, n, to)
    } else if n <= 12 {
        fill::<T, BYTES, 12>(y, small, n, to)
    } else if n <= 16 {
        fill::<T, BYTES, 16>(y, small, n, to)
    } else if n <= 24 {
        fill::<T, BYTES, 24>(y, small, n, to)
    } else {
        fill::<T, BYTES, SHORT>(y, small, n, to)
    }
}

/// The Jacobian of a softmax y: yᵢ·Σⱼ≠ᵢ yⱼ on the diagonal, −yᵢ·yⱼ off it, `WIDTH` elements at a time.
/// That sum is 1 − yᵢ, which does not cancel up to yᵢ = ½; beyond there is one such entry, and the sum is
/// that of all others, `small`. Returns what lies behind the matrix.
#[inline(always)]
fn fill<'m, T: Precision, const BYTES: usize, const WIDTH: usize>(
    y: &[T; SHORT],
    small: T,
    n: usize,
    mut to: &'m mut [T],
) -> &'m mut [T] {
    let zeros = [T::default(); WIDTH];
    let (mut negated, mut diagonal) = (zeros, zeros);
    for j in 0..WIDTH {
        negated[j] = -y[j];
        diagonal[j] = on_diagonal(y[j], small);
    }
    for (i, &factor) in y[..n].iter().enumerate() {
        match to.first_chunk_mut::<WIDTH>() {
            // What is written behind a row is overwritten by the next.
            Some(entries) => {
                let mut row = negated;
                for entry in &mut row {
                    *entry = factor * *entry;
                }
                if Registers::<BYTES>::WIDEST {
                    // Two vectors are put together sooner than an entry is written once more.
                    for j in 0..WIDTH {
                        row[j] = T::WINDOW[SHORT - i + j].masked(diagonal[j], row[j]);
                    }
                    *entries = row;
                } else {
                    *entries = row;
                    entries[i] = diagonal[i];
                }
            }
            None => last_row(&y[..n], small, i, to),
        }
        to = &mut to[n..];
    }
    to
}

/// A row that has no room behind it.
#[cold]
#[inline(never)]
fn last_row<T: Precision>(y: &[T], small: T, i: usize, to: &mut [T]) {
    to.iter_mut().zip(y).for_each(|(entry, &other)| *entry = y[i] * -other);
    to[i] = on_diagonal(y[i], small);
}

/// y·Σ of all others
#[inline(always)]
fn on_diagonal<T: Precision>(y: T, small: T) -> T {
    y * T::from_f64(0.5).below(y, small, T::ONE - y)
}

/// The Jacobian of softmax for each row of `n` elements, 1 to [`SHORT`].
pub fn softmax_jacobians<T: Precision>(level: Level, n: usize, z: &[T], matrices: &mut [T]) {
    level.run_wide(BySide::of(ShortJacobians { n, z, matrices }));
}
