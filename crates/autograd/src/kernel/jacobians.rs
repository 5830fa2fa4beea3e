//! Jacobians of softmax, diag(y) − y·yᵀ: short rows side by side, as their softmax is computed.

use super::short_rows::{ROWS_32, ROWS_64, softmax, turn};
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
            for (row, matrix) in matrices.chunks_exact_mut(n * n).enumerate() {
                let of_row = &rows[row];
                match n {
                    0..=4 => outer::<T, 4>(of_row, n, matrix),
                    5..=8 => outer::<T, 8>(of_row, n, matrix),
                    9..=12 => outer::<T, 12>(of_row, n, matrix),
                    13..=16 => outer::<T, 16>(of_row, n, matrix),
                    _ => outer::<T, SHORT>(of_row, n, matrix),
                }
                let diagonal = matrix.iter_mut().step_by(n + 1);
                diagonal.zip(&*rest).zip(of_row).for_each(|((to, rest), &y)| *to = y * rest[row]);
            }
        }
    }
}

/// −y·yᵀ, `WIDTH` elements at a time.
#[inline(always)]
fn outer<T: Precision, const WIDTH: usize>(y: &[T; SHORT], n: usize, matrix: &mut [T]) {
    let mut of_row = [T::default(); WIDTH];
    of_row.copy_from_slice(&y[..WIDTH]);
    let mut rest = matrix;
    for &factor in &y[..n] {
        match rest.first_chunk_mut::<WIDTH>() {
            // What is written behind a row is overwritten by the next.
            Some(entries) => {
                for j in 0..WIDTH {
                    entries[j] = -factor * of_row[j];
                }
            }
            None => rest.iter_mut().zip(&of_row).for_each(|(entry, &y)| *entry = -factor * y),
        }
        rest = &mut rest[n..];
    }
}

/// The Jacobian of softmax for each row of `n` elements, 1 to [`SHORT`].
pub fn softmax_jacobians<T: Precision>(level: Level, n: usize, z: &[T], matrices: &mut [T]) {
    level.run(ShortJacobians { n, z, matrices });
}
