//! What functions of a whole row are made of: the largest entry, exponentials of differences, sums.

use super::{Lane, Level, Precision, Task};
use crate::number::Real;

/// Partial results that are carried side by side.
const LANES: usize = 16;

/// Σ in 16 lanes, for at most a few hundred elements. The order of additions depends on the length
/// alone.
pub(super) struct Sum<'a, T>(pub &'a [T]);

impl<T: Precision> Task for Sum<'_, T> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        let mut lanes = [T::default(); LANES];
        let (whole, rest) = self.0.as_chunks::<LANES>();
        for chunk in whole {
            for i in 0..LANES {
                lanes[i] = lanes[i] + chunk[i];
            }
        }
        for i in 0..rest.len() {
            lanes[i] = lanes[i] + rest[i];
        }
        let mut width = LANES;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                lanes[i] = lanes[i] + lanes[i + width];
            }
        }
        lanes[0]
    }
}

struct Largest<'a, T>(&'a [T]);

impl<T: Precision> Task for Largest<'_, T> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        let mut lanes = [Lane::<T, FMA>(self.0[0]); LANES];
        let (whole, rest) = self.0.as_chunks::<LANES>();
        for chunk in whole {
            for i in 0..LANES {
                let (x, m) = (Lane(chunk[i]), lanes[i]);
                lanes[i] = x.by_order(m, m, m, x);
            }
        }
        for i in 0..rest.len() {
            let (x, m) = (Lane(rest[i]), lanes[i]);
            lanes[i] = x.by_order(m, m, m, x);
        }
        let mut m = lanes[0];
        for x in lanes {
            m = x.by_order(m, m, m, x);
        }
        m.0
    }
}

/// The largest of at least one element; NaN if there is one.
pub(crate) fn largest<T: Precision>(level: Level, x: &[T]) -> T {
    level.run(Largest(x))
}

struct ExpDifferences<'a, T> {
    x: &'a [T],
    m: T,
    y: &'a mut [T],
}

impl<T: Precision> Task for ExpDifferences<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let m = Lane::<T, FMA>(self.m);
        let x = self.x.as_chunks::<LANES>().0.as_flattened();
        let y = self.y.as_chunks_mut::<LANES>().0.as_flattened_mut();
        for (y, &x) in y.iter_mut().zip(x) {
            *y = Lane(x).exp_of_difference(m).0;
        }
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// e^(x − m) with the rounding error of x − m made good (two-sum), so that far tails keep their
    /// digits.
    #[inline(always)]
    pub(super) fn exp_of_difference(self, m: Self) -> Self {
        let d = self - m;
        let t = d - self;
        let lost = (self - (d - t)) - (m + t);
        let e = d.exp();
        let correction = e * lost;
        correction.magnitude().below(Lane::INFINITY, e + correction, e)
    }
}

/// yᵢ = e^(xᵢ − m).
pub(crate) fn exp_differences<T: Precision>(level: Level, x: &[T], m: T, y: &mut [T]) {
    let main = x.len() - x.len() % LANES;
    let ((x, rest), (y, end)) = (x.split_at(main), y.split_at_mut(main));
    if main > 0 {
        level.run(ExpDifferences { x, m, y });
    }
    if !rest.is_empty() {
        let (mut block, mut result) = ([m; LANES], [m; LANES]);
        block[..rest.len()].copy_from_slice(rest);
        level.run(ExpDifferences { x: &block, m, y: &mut result });
        end.copy_from_slice(&result[..rest.len()]);
    }
}

struct Quotients<'a, T>(&'a mut [T], T);

impl<T: Precision> Task for Quotients<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        for y in self.0.iter_mut() {
            *y = *y / self.1;
        }
    }
}

/// yᵢ divided by a number.
pub(crate) fn quotients<T: Precision>(level: Level, y: &mut [T], divisor: T) {
    level.run(Quotients(y, divisor));
}
