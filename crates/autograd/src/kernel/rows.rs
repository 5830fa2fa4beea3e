//! What functions of a whole row are made of: the largest entry, exponentials of differences, sums.

use super::{Fill, Lane, Level, Precision, Task};
use crate::number::Real;

/// Partial results that are carried side by side.
pub(super) const LANES: usize = 16;

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
        folded(lanes)
    }
}

/// The sum of the lanes, by halves.
#[inline(always)]
pub(super) fn folded<T: Precision>(mut lanes: [T; LANES]) -> T {
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] = lanes[i] + lanes[i + width];
        }
    }
    lanes[0]
}

/// So many partial results that none waits for the one before.
const WIDE: usize = 64;

struct Largest<'a, T>(&'a [T]);

impl<T: Precision> Task for Largest<'_, T> {
    type Output = T;
    #[allow(clippy::eq_op)] // x == x is false for NaN alone
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        if self.0.len() <= LANES {
            let (first, rest) = self.0.split_first().expect("at least one");
            let larger = |a: T, &x: &T| if x > a || x != x { x } else { a };
            return rest.iter().fold(*first, larger);
        }
        // A maximum that is one instruction forgets NaN; what is not equal to itself is kept apart.
        let (mut lanes, mut odd) = ([self.0[0]; WIDE], [self.0[0]; WIDE]);
        let (whole, rest) = self.0.as_chunks::<WIDE>();
        for chunk in whole {
            for i in 0..WIDE {
                let x = chunk[i];
                lanes[i] = if x > lanes[i] { x } else { lanes[i] };
                odd[i] = if x == x { odd[i] } else { x };
            }
        }
        for i in 0..rest.len() {
            let x = rest[i];
            lanes[i] = if x > lanes[i] { x } else { lanes[i] };
            odd[i] = if x == x { odd[i] } else { x };
        }
        let mut width = WIDE;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                let x = lanes[i + width];
                lanes[i] = if x > lanes[i] { x } else { lanes[i] };
                let x = odd[i + width];
                odd[i] = if x == x { odd[i] } else { x };
            }
        }
        if odd[0] == odd[0] { lanes[0] } else { odd[0] }
    }
}

/// The largest of at least one element; NaN if there is one.
pub(crate) fn largest<T: Precision>(level: Level, x: &[T]) -> T {
    level.run(Largest(x))
}

struct ExpDifferences<'a, T> {
    x: &'a [T],
    m: T,
}

impl<T: Precision> Fill<T> for ExpDifferences<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        let m = Lane::<T, FMA>::of(self.m);
        let x = self.x.as_chunks::<LANES>().0.as_flattened();
        let y = y.as_chunks_mut::<LANES>().0.as_flattened_mut();
        for (y, &x) in y.iter_mut().zip(x) {
            *y = Lane::of(x).exp_of_difference(m).first();
        }
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// e^(x − m) for x ≤ m with the rounding error of x − m made good (two-sum), so that far tails
    /// keep their digits.
    #[inline(always)]
    pub(super) fn exp_of_difference(self, m: Self) -> Self {
        let d = self - m;
        let t = d - self;
        d.exp_below((self - (d - t)) - (m + t))
    }
}

/// yᵢ = e^(xᵢ − m) for xᵢ ≤ m.
pub(crate) fn exp_differences<T: Precision>(level: Level, x: &[T], m: T, y: &mut [T]) {
    let main = x.len() - x.len() % LANES;
    let ((x, rest), (y, end)) = (x.split_at(main), y.split_at_mut(main));
    if main > 0 {
        level.fill(ExpDifferences { x, m }, y);
    }
    if !rest.is_empty() {
        let (mut block, mut result) = ([m; LANES], [m; LANES]);
        block[..rest.len()].copy_from_slice(rest);
        level.fill(ExpDifferences { x: &block, m }, &mut result);
        end.copy_from_slice(&result[..rest.len()]);
    }
}

/// y = (x − a) − b
struct Differences<'a, T> {
    x: &'a [T],
    a: T,
    b: T,
}

impl<T: Precision> Fill<T> for Differences<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        for (y, &x) in y.iter_mut().zip(self.x) {
            *y = (x - self.a) - self.b;
        }
    }
}

/// yᵢ = (xᵢ − a) − b
pub(crate) fn differences<T: Precision>(level: Level, x: &[T], [a, b]: [T; 2], y: &mut [T]) {
    level.fill(Differences { x, a, b }, y);
}

struct Quotients<'a, T>(&'a mut [T], T);

impl<T: Precision> Task for Quotients<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (divisor, inverse) = (Lane::<T, FMA>::of(self.1), Lane::of(T::ONE / self.1));
        for y in self.0.iter_mut() {
            let x = Lane::of(*y);
            // A product and what it lacks, where that is exact: six times as fast as a division.
            let q = x * inverse;
            *y = if FMA {
                (-q).fma(divisor, x).fma(inverse, q).first()
            } else {
                (x / divisor).first()
            };
        }
    }
}

/// yᵢ divided by a number of 1 or more.
pub(crate) fn quotients<T: Precision>(level: Level, y: &mut [T], divisor: T) {
    level.run(Quotients(y, divisor));
}

/// How many terms are laid down before they are summed: the loop that makes them is then as simple as
/// vector code wants it.
const TERMS: usize = 256;

/// (Σ of g where x = m, how many these are)
struct Ties<'a, T> {
    x: &'a [T],
    m: T,
    g: &'a [T],
}

impl<T: Precision> Task for Ties<'_, T> {
    type Output = (T, T);
    #[inline(always)]
    fn run<const FMA: bool>(self) -> (T, T) {
        let zero = T::default();
        let (mut sum, mut count) = (zero, zero);
        let (mut terms, mut ones) = ([zero; TERMS], [zero; TERMS]);
        for (x, g) in self.x.chunks(TERMS).zip(self.g.chunks(TERMS)) {
            for (((term, one), &x), &g) in terms.iter_mut().zip(&mut ones).zip(x).zip(g) {
                let tie = x == self.m;
                *term = if tie { g } else { zero };
                *one = if tie { T::ONE } else { zero };
            }
            sum = sum + Sum(&terms[..x.len()]).run::<FMA>();
            count = count + Sum(&ones[..x.len()]).run::<FMA>();
        }
        (sum, count)
    }
}

/// Σ p·(g − top), with a strong zero, of at most a thousand elements or so.
struct FromTop<'a, T> {
    p: &'a [T],
    g: &'a [T],
    top: T,
}

impl<T: Precision> Task for FromTop<'_, T> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        let mut sum = T::default();
        let mut terms = [T::default(); TERMS];
        for (p, g) in self.p.chunks(TERMS).zip(self.g.chunks(TERMS)) {
            for ((term, &p), &g) in terms.iter_mut().zip(p).zip(g) {
                *term = Lane::<T, FMA>::of(p).amul(Lane::of(g - self.top)).first();
            }
            sum = sum + Sum(&terms[..p.len()]).run::<FMA>();
        }
        sum
    }
}

/// Of a softmax p with largest entry m: t, what g has at m (its mean over ties), and Σ pᵢ·(gᵢ − t).
pub(crate) fn from_top<T: Precision>(level: Level, p: &[T], m: T, g: &[T]) -> (T, T) {
    fn by_halves<T: Precision>(level: Level, p: &[T], g: &[T], top: T) -> T {
        if p.len() <= 4 * TERMS {
            return level.run(FromTop { p, g, top });
        }
        let half = (p.len() / 2).next_multiple_of(TERMS);
        let ((p, p_rest), (g, g_rest)) = (p.split_at(half), g.split_at(half));
        by_halves(level, p, g, top) + by_halves(level, p_rest, g_rest, top)
    }
    let (sum, count) = level.run(Ties { x: p, m, g });
    let top = sum / count;
    (top, by_halves(level, p, g, top))
}

/// y = p·((g − top) − sum)
struct SoftmaxSlope<'a, T> {
    p: &'a [T],
    g: &'a [T],
    top: T,
    sum: T,
}

impl<T: Precision> Fill<T> for SoftmaxSlope<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        for ((y, &p), &g) in y.iter_mut().zip(self.p).zip(self.g) {
            *y = Lane::<T, FMA>::of(p).amul(Lane::of(g - self.top - self.sum)).first();
        }
    }
}

/// yᵢ = pᵢ·((gᵢ − top) − sum), with a strong zero.
pub(crate) fn softmax_slope<T: Precision>(
    level: Level,
    p: &[T],
    g: &[T],
    top: T,
    sum: T,
    y: &mut [T],
) {
    level.fill(SoftmaxSlope { p, g, top, sum }, y);
}

/// y = g − y·c
struct LogSoftmaxSlope<'a, T> {
    g: &'a [T],
    c: T,
}

impl<T: Precision> Fill<T> for LogSoftmaxSlope<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        for (y, &g) in y.iter_mut().zip(self.g) {
            *y = g - Lane::<T, FMA>::of(*y).amul(Lane::of(self.c)).first();
        }
    }
}

/// yᵢ becomes gᵢ − yᵢ·c, with a strong zero.
pub(crate) fn log_softmax_slope<T: Precision>(level: Level, g: &[T], c: T, y: &mut [T]) {
    level.fill(LogSoftmaxSlope { g, c }, y);
}
