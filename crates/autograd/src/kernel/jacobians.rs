//! Jacobians of softmax, diag(y) − y·yᵀ: short rows side by side, as their softmax is computed.

use super::short_rows::{ROWS_32, ROWS_64, apart, softmax, turn};
use super::{Level, Precision, SHORT, Task};

/// Σⱼ≠ᵢ yⱼ for each i of a softmax, of rows that lie side by side: 1 − yᵢ, which does not cancel up to
/// yᵢ = ½; beyond there is one such entry, and the sum is that of all others.
#[inline(always)]
fn sums_without<T: Precision, const ROWS: usize>(y: &[[T; ROWS]], rest: &mut [[T; ROWS]]) {
    let half = T::from_f64(0.5);
    let mut small = [T::default(); ROWS];
    for y in y {
        for i in 0..ROWS {
            small[i] = small[i] + half.below(y[i], T::default(), y[i]);
        }
    }
    for (y, rest) in y.iter().zip(rest) {
        for i in 0..ROWS {
            rest[i] = half.below(y[i], small[i], T::ONE - y[i]);
        }
        apart();
    }
}

/// So few rows do not fill the registers of [`ROWS_64`].
const FEW: usize = 4;

struct ShortJacobians<'a, T> {
    n: usize,
    z: &'a [T],
    matrices: &'a mut [T],
}

impl<T: Precision> Task for ShortJacobians<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        if self.z.len() <= FEW * self.n {
            self.side_by_side::<FMA, FEW>();
        } else if T::SINGLE {
            self.side_by_side::<FMA, ROWS_32>();
        } else {
            self.side_by_side::<FMA, ROWS_64>();
        }
    }
}

impl<T: Precision> ShortJacobians<'_, T> {
    #[inline(always)]
    fn side_by_side<const FMA: bool, const ROWS: usize>(self) {
        let ShortJacobians { n, z, matrices } = self;
        let zeros = [[T::default(); ROWS]; SHORT];
        let (mut y, mut rest) = (zeros, zeros);
        let mut rows = [[T::default(); SHORT]; ROWS];
        let (y, rest) = (&mut y[..n], &mut rest[..n]);
        for (z, matrices) in z.chunks(ROWS * n).zip(matrices.chunks_mut(ROWS * n * n)) {
            turn(z, n, y);
            softmax::<T, FMA, ROWS>(y);
            sums_without(y, rest);
            for (column, y) in y.iter().enumerate() {
                for row in 0..ROWS {
                    rows[row][column] = y[row];
                }
            }
            let mut to = matrices;
            for row in 0..ROWS {
                if to.is_empty() {
                    break;
                }
                let (y, rest) = (&rows[row], rest.iter().map(|rest| rest[row % ROWS]));
                to = if n <= 4 {
                    fill::<T, 4>(y, rest, n, to)
                } else if n <= 8 {
                    fill::<T, 8>(y, rest, n, to)
                } else if n <= 12 {
                    fill::<T, 12>(y, rest, n, to)
                } else if n <= 16 {
                    fill::<T, 16>(y, rest, n, to)
                } else {
                    fill::<T, SHORT>(y, rest, n, to)
                };
            }
        }
    }
}

/// diag(y∘rest) off the diagonal −y·yᵀ, `WIDTH` elements at a time; returns what lies behind the matrix.
#[inline(always)]
fn fill<'m, T: Precision, const WIDTH: usize>(
    y: &[T; SHORT],
    rest: impl Iterator<Item = T>,
    n: usize,
    mut to: &'m mut [T],
) -> &'m mut [T] {
    let mut negated = [T::default(); WIDTH];
    for (negated, &y) in negated.iter_mut().zip(y) {
        *negated = -y;
    }
    for (i, (&factor, rest)) in y[..n].iter().zip(rest).enumerate() {
        match to.first_chunk_mut::<WIDTH>() {
            // What is written behind a row is overwritten by the next.
            Some(entries) => {
                for j in 0..WIDTH {
                    entries[j] = factor * negated[j];
                }
                entries[i] = factor * rest;
            }
            None => last_row(factor, &negated[..n], i, rest, to),
        }
        to = &mut to[n..];
    }
    to
}

/// A row that has no room behind it.
#[cold]
#[inline(never)]
fn last_row<T: Precision>(factor: T, negated: &[T], i: usize, rest: T, to: &mut [T]) {
    to.iter_mut().zip(negated).for_each(|(entry, &y)| *entry = factor * y);
    to[i] = factor * rest;
}

/// The Jacobian of softmax for each row of `n` elements, 1 to [`SHORT`].
pub fn softmax_jacobians<T: Precision>(level: Level, n: usize, z: &[T], matrices: &mut [T]) {
    level.run(ShortJacobians { n, z, matrices });
}
