//! What functions of a whole row are made of: the largest entry, exponentials of differences, sums.

use super::{Fill, Lane, Level, Precision, Task};
use crate::number::Real;

/// How many terms are summed without halving.
const TERMS: usize = 256;

/// Partial results that are carried side by side.
pub(super) const LANES: usize = 32;

/// The last elements of a slice in a block filled up with something else: a loop over few elements is
/// no vector code, or slow one.
#[inline(always)]
fn filled_up<T: Precision, const N: usize>(rest: &[T], with: T) -> [T; N] {
    let mut block = [with; N];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// A term of a sum, of two numbers.
trait Term<T>: Copy {
    /// `#[inline(always)]`
    fn of(self, a: T, b: T) -> T;
}

/// a
#[derive(Clone, Copy)]
struct First;

impl<T: Precision> Term<T> for First {
    #[inline(always)]
    fn of(self, a: T, _: T) -> T {
        a
    }
}

/// Σ of terms in lanes, for at most a few hundred. The order of additions depends on the length
/// alone.
#[inline(always)]
fn sum_of<T: Precision, F: Term<T>>(f: F, a: &[T], b: &[T]) -> T {
    let mut lanes = [T::default(); LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            lanes[i] = lanes[i] + f.of(a[i], b[i]);
        }
    }
    if !a_rest.is_empty() {
        let a = filled_up::<T, LANES>(a_rest, T::default());
        let b = filled_up::<T, LANES>(b_rest, T::default());
        for i in 0..LANES {
            let term = f.of(a[i], b[i]);
            lanes[i] = lanes[i] + if i < a_rest.len() { term } else { T::default() };
        }
    }
    // Seen together with what follows, the lanes would be cut into pairs.
    folded(std::hint::black_box(lanes))
}

/// Σ likewise.
pub(super) struct Sum<'a, T>(pub &'a [T]);

impl<T: Precision> Task for Sum<'_, T> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        sum_of(First, self.0, self.0)
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
const WIDE: usize = 32;

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
        let last = [filled_up::<T, WIDE>(rest, self.0[0])];
        for chunks in [whole, &last] {
            for chunk in chunks {
                for i in 0..WIDE {
                    let x = chunk[i];
                    lanes[i] = if x > lanes[i] { x } else { lanes[i] };
                    odd[i] = if x == x { odd[i] } else { x };
                }
            }
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
        for (y, x) in y.as_chunks_mut::<LANES>().0.iter_mut().zip(self.x.as_chunks::<LANES>().0) {
            let (x, mut value) = (*x, [T::ONE; LANES]);
            for i in 0..LANES / 4 {
                Lane::take(&x, i).exp_of_difference(m).put(&mut value, i);
            }
            *y = value;
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
        let (block, mut result) = (filled_up::<T, LANES>(rest, m), [m; LANES]);
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
            *y = Lane::of(*y).over(divisor, inverse).first();
        }
    }
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// x divided by a number of 1 or more whose inverse is known: a product and what it lacks, where that
    /// is exact, six times as fast as a division.
    #[inline(always)]
    pub(super) fn over(self, divisor: Self, inverse: Self) -> Self {
        if FMA {
            let q = self * inverse;
            (-q).fma(divisor, self).fma(inverse, q)
        } else {
            self / divisor
        }
    }
}

/// yᵢ divided by a number of 1 or more.
pub(crate) fn quotients<T: Precision>(level: Level, y: &mut [T], divisor: T) {
    level.run(Quotients(y, divisor));
}

struct PlaceOf<'a, T>(&'a [T], T);

impl<T: Precision> Task for PlaceOf<'_, T> {
    type Output = Option<usize>;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> Option<usize> {
        let PlaceOf(x, m) = self;
        // By blocks, without a branch for each element.
        let start = TERMS / 4;
        let block =
            x.chunks(start).position(|x| x.iter().fold(false, |found, &x| found | (x == m)))?;
        x[start * block..].iter().position(|&x| x == m).map(|i| start * block + i)
    }
}

/// Where m stands first.
pub(crate) fn place_of<T: Precision>(level: Level, x: &[T], m: T) -> Option<usize> {
    level.run(PlaceOf(x, m))
}

/// p·(g − top), with a strong zero
#[derive(Clone, Copy)]
struct Beyond<T>(T);

impl<T: Precision> Term<T> for Beyond<T> {
    #[inline(always)]
    fn of(self, p: T, g: T) -> T {
        let g = g - self.0;
        p.either_zero(g, T::default(), p * g)
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
        for (p, g) in self.p.chunks(TERMS).zip(self.g.chunks(TERMS)) {
            sum = sum + sum_of(Beyond(self.top), p, g);
        }
        sum
    }
}

/// Of a softmax p with largest entry m: t, what g has where m stands first, and Σ pᵢ·(gᵢ − t).
pub(crate) fn from_top<T: Precision>(level: Level, p: &[T], m: T, g: &[T]) -> (T, T) {
    fn by_halves<T: Precision>(level: Level, p: &[T], g: &[T], top: T) -> T {
        if p.len() <= 4 * TERMS {
            return level.run(FromTop { p, g, top });
        }
        let half = (p.len() / 2).next_multiple_of(TERMS);
        let ((p, p_rest), (g, g_rest)) = (p.split_at(half), g.split_at(half));
        by_halves(level, p, g, top) + by_halves(level, p_rest, g_rest, top)
    }
    let top = place_of(level, p, m).map_or(m, |at| g[at]); // NaN stands nowhere
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
