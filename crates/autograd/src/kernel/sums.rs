//! Sums of many rows at once.

use super::rows::Sum;
use super::{Level, Precision, Task};

/// Runs up to this length are summed one term after the other.
const SHORT: usize = 8;

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
        for (run, y) in self.x.chunks_exact(self.n).zip(self.y) {
            *y = if self.n <= SHORT {
                let mut sum = T::default();
                for &x in run {
                    sum = sum + x;
                }
                sum
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
