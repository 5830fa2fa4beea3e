//! Jacobians of softmax, diag(y) − y·yᵀ: short rows side by side, as their softmax is computed.

use super::short_rows::{BySide, SideBySide, softmax, turn};
use super::{Level, Precision, SHORT};

/// Σ of what is at most ½ in each row of a softmax, of rows that lie side by side.
#[inline(always)]
fn sums_of_small<T: Precision, const ROWS: usize>(y: &[[T; ROWS]]) -> [T; ROWS] {
    let half = T::from_f64(0.5);
    let mut small = [T::default(); ROWS];
    for y in y {
        for i in 0..ROWS {
            small[i] = small[i] + half.below(y[i], T::default(), y[i]);
        }
    }
    small
}

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
    fn play<const FMA: bool, const ROWS: usize>(self) {
        let ShortJacobians { n, z, matrices } = self;
        let mut y = [[T::default(); ROWS]; SHORT];
        let mut rows = [[T::default(); SHORT]; ROWS];
        let y = &mut y[..n];
        for (z, matrices) in z.chunks(ROWS * n).zip(matrices.chunks_mut(ROWS * n * n)) {
            turn(z, n, y);
            softmax::<T, FMA, ROWS>(y);
            let small = sums_of_small(y);
            for (column, y) in y.iter().enumerate() {
                for row in 0..ROWS {
                    rows[row][column] = y[row];
                }
            }
            let mut to = matrices;
            for (y, &small) in rows.iter().zip(&small) {
                if to.is_empty() {
                    break;
                }
                to = if n <= 4 {
                    fill::<T, ROWS, 4>(y, small, n, to)
                } else if n <= 8 {
                    fill::<T, ROWS, 8>(y, small, n, to)
                } else if n <= 12 {
                    fill::<T, ROWS, 12>(y, small, n, to)
                } else if n <= 16 {
                    fill::<T, ROWS, 16>(y, small, n, to)
                } else {
                    fill::<T, ROWS, SHORT>(y, small, n, to)
                };
            }
        }
    }
}

/// The Jacobian of a softmax y: yᵢ·Σⱼ≠ᵢ yⱼ on the diagonal, −yᵢ·yⱼ off it, `WIDTH` elements at a time.
/// That sum is 1 − yᵢ, which does not cancel up to yᵢ = ½; beyond there is one such entry, and the sum is
/// that of all others, `small`. Returns what lies behind the matrix.
#[inline(always)]
fn fill<'m, T: Precision, const ROWS: usize, const WIDTH: usize>(
    y: &[T; SHORT],
    small: T,
    n: usize,
    mut to: &'m mut [T],
) -> &'m mut [T] {
    let zeros = [T::default(); WIDTH];
    let (mut negated, mut diagonal, mut to_diagonal) = (zeros, zeros, zeros);
    for j in 0..WIDTH {
        negated[j] = -y[j];
        diagonal[j] = on_diagonal(y[j], small);
        to_diagonal[j] = T::from_f64(j as f64);
    }
    for (i, &factor) in y[..n].iter().enumerate() {
        match to.first_chunk_mut::<WIDTH>() {
            // What is written behind a row is overwritten by the next.
            Some(entries) => {
                for j in 0..WIDTH {
                    entries[j] = factor * negated[j];
                }
                if has_masks::<T, ROWS>() {
                    for j in 0..WIDTH {
                        entries[j] = to_diagonal[j].equals(T::default(), diagonal[j], entries[j]);
                        to_diagonal[j] = to_diagonal[j] - T::ONE;
                    }
                } else {
                    entries[i] = diagonal[i];
                }
            }
            None => last_row(&y[..n], small, i, to),
        }
        to = &mut to[n..];
    }
    to
}

/// Whether so many rows lie side by side because registers have 64 bytes: there two vectors are put together
/// by a mask, sooner than an entry is written once more.
const fn has_masks<T, const ROWS: usize>() -> bool {
    ROWS * size_of::<T>() == 256
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
