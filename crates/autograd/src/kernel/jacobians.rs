//! Jacobians of softmax, diag(y) − y·yᵀ: short rows side by side, as their softmax is computed.

use super::short_rows::{LANES, softmax};
use super::{Level, Precision, SHORT, Task};

/// A sum with what rounding lost of it beside it.
#[derive(Clone, Copy)]
struct Exact<T> {
    sum: T,
    lost: T,
}

impl<T: Precision> Exact<T> {
    #[inline(always)]
    fn none() -> Self {
        Exact { sum: T::default(), lost: T::default() }
    }

    /// The sum with one more term; exact but for the rounding of what is lost (Knuth's two-sum).
    #[inline(always)]
    fn plus(self, x: T) -> Self {
        let sum = self.sum + x;
        let back = sum - self.sum;
        Exact { sum, lost: self.lost + ((self.sum - (sum - back)) + (x - back)) }
    }
}

/// Σⱼ≠ᵢ yⱼ for each i, of rows that lie side by side: what stands before it and what stands behind,
/// each with its rounding errors, so that the rows of a long Jacobian sum to 0 as well. `behind` is
/// memory to work in.
#[inline(always)]
pub fn sums_without<T: Precision, const ROWS: usize>(
    y: &[[T; ROWS]],
    rest: &mut [[T; ROWS]],
    behind: &mut [[T; ROWS]],
) {
    let mut after = [Exact::none(); ROWS];
    for ((y, rest), behind) in y.iter().zip(&mut *rest).zip(&mut *behind).rev() {
        for i in 0..ROWS {
            (rest[i], behind[i]) = (after[i].sum, after[i].lost);
            after[i] = after[i].plus(y[i]);
        }
    }
    let mut before = [Exact::none(); ROWS];
    for ((y, rest), behind) in y.iter().zip(rest).zip(behind) {
        for i in 0..ROWS {
            let both = before[i].plus(rest[i]);
            rest[i] = both.sum + (both.lost + behind[i]);
            before[i] = before[i].plus(y[i]);
        }
    }
}

/// So few rows do not fill the registers of [`LANES`].
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
        } else {
            self.side_by_side::<FMA, LANES>();
        }
    }
}

impl<T: Precision> ShortJacobians<'_, T> {
    #[inline(always)]
    fn side_by_side<const FMA: bool, const ROWS: usize>(self) {
        let ShortJacobians { n, z, matrices } = self;
        let zeros = [[T::default(); ROWS]; SHORT];
        let (mut y, mut rest, mut behind) = (zeros, zeros, zeros);
        let mut rows = [[T::default(); SHORT]; ROWS];
        let (y, rest, behind) = (&mut y[..n], &mut rest[..n], &mut behind[..n]);
        for (z, matrices) in z.chunks(ROWS * n).zip(matrices.chunks_mut(ROWS * n * n)) {
            for (row, z) in z.chunks_exact(n).enumerate() {
                y.iter_mut().zip(z).for_each(|(column, &z)| column[row] = z);
            }
            softmax::<T, FMA, ROWS>(y);
            sums_without(y, rest, behind);
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
