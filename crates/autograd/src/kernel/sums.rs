//! Sums of many rows at once.

use super::rows::{LANES, Sum, folded};
use super::{Level, Precision, Task};

/// Runs up to this length are summed one term after the other.
const SHORT: usize = 16;

struct AddRows<'a, T> {
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Precision> Task for AddRows<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for row in self.x.chunks_exact(self.y.len()) {
            for (y, &x) in self.y.iter_mut().zip(row) {
                *y = *y + x;
            }
        }
    }
}

/// Adds to y all rows of a matrix with as many columns, one after the other.
pub(crate) fn add_rows<T: Precision>(level: Level, x: &[T], y: &mut [T]) {
    level.run(AddRows { x, y });
}

struct SumRuns<'a, T> {
    x: &'a [T],
    n: usize,
    y: &'a mut [T],
}

impl<T: Precision> Task for SumRuns<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let n = self.n;
        for (i, y) in self.y.iter_mut().enumerate() {
            let from = &self.x[i * n..];
            let run = &from[..n];
            *y = if n <= SHORT {
                let mut sum = T::default();
                for &x in run {
                    sum = sum + x;
                }
                sum
            } else if let (Some(ahead), true) = (from.first_chunk::<LANES>(), n < LANES) {
                // One lane each, as `Sum` has it: what lies behind the run is read and left out.
                let mut lanes = [T::default(); LANES];
                for i in 0..LANES {
                    let x = if i < n { ahead[i] } else { T::default() };
                    lanes[i] = lanes[i] + x;
                }
                folded(lanes)
            } else {
                Sum(run).run::<FMA>()
            };
        }
    }
}

/// yᵢ = Σ of the i-th run of `n` elements, at least one and at most a few hundred. The order of the
/// additions depends on n alone.
pub(crate) fn sum_runs<T: Precision>(level: Level, x: &[T], n: usize, y: &mut [T]) {
    level.run(SumRuns { x, n, y });
}

struct Multiples<'a, T> {
    factor: T,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Precision> Task for Multiples<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = self.factor * x;
        }
    }
}

/// yᵢ = factor·xᵢ.
pub fn multiples<T: Precision>(level: Level, factor: T, x: &[T], y: &mut [T]) {
    level.run(Multiples { factor, x, y });
}
