//! Sums of terms, and of many rows at once.

use super::{Level, Precision, Task};

/// How many terms are summed without halving.
const TERMS: usize = 1024;

/// Partial results that are carried side by side.
pub(super) const LANES: usize = 32;

/// The last elements of a slice in a block filled up with something else: a loop over few elements is
/// no vector code, or slow one.
#[inline(always)]
pub(super) fn filled_up<T: Precision, const N: usize>(rest: &[T], with: T) -> [T; N] {
    let mut block = [with; N];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// A term of a sum, of two numbers. That of two zeros, which fill up a block, is 0, or the sum is not finite
/// in any case.
pub(super) trait Term<T>: Copy {
    /// sum + the term; `#[inline(always)]`
    fn onto<const FMA: bool>(self, sum: T, a: T, b: T) -> T;
}

/// a
#[derive(Clone, Copy)]
struct First;

impl<T: Precision> Term<T> for First {
    #[inline(always)]
    fn onto<const FMA: bool>(self, sum: T, a: T, _: T) -> T {
        sum + a
    }
}

/// Partial results.
type Lanes<T> = [T; LANES];

/// Adds a block of terms to the lanes.
#[inline(always)]
fn add_block<T: Precision, F: Term<T>, const FMA: bool>(
    f: F,
    lanes: &mut Lanes<T>,
    a: &Lanes<T>,
    b: &Lanes<T>,
) {
    for i in 0..LANES {
        lanes[i] = f.onto::<FMA>(lanes[i], a[i], b[i]);
    }
}

/// Adds the last `len` terms. Where there are enough elements a whole block is read and masked: what is copied
/// piece by piece can be read as one only when all of it has left the core.
#[inline(always)]
fn add_last<T: Precision, F: Term<T>, const FMA: bool>(
    f: F,
    lanes: &mut Lanes<T>,
    [a, b]: [&[T]; 2],
    len: usize,
) {
    let zero = T::default();
    if let (Some(a), Some(b)) = (a.last_chunk::<LANES>(), b.last_chunk::<LANES>()) {
        let mask = T::ENDS[len..].first_chunk::<LANES>().expect("as many masks");
        for i in 0..LANES {
            let (a, b) = (mask[i].masked(a[i], zero), mask[i].masked(b[i], zero));
            lanes[i] = f.onto::<FMA>(lanes[i], a, b);
        }
    } else {
        add_block::<T, F, FMA>(f, lanes, &filled_up(a, zero), &filled_up(b, zero));
    }
}

/// Σ of terms in lanes, for at most a few hundred. The order of additions depends on the length alone.
#[inline(always)]
fn sum_of<T: Precision, F: Term<T>, const FMA: bool>(f: F, a: &[T], b: &[T]) -> T {
    let mut lanes = [T::default(); LANES];
    let ((blocks, rest), b_blocks) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>().0);
    for (a, b) in blocks.iter().zip(b_blocks) {
        add_block::<T, F, FMA>(f, &mut lanes, a, b);
    }
    if !rest.is_empty() {
        add_last::<T, F, FMA>(f, &mut lanes, [a, b], rest.len());
    }
    folded(lanes)
}

/// The same for at most [`TERMS`], in twice as many lanes: as many additions are under way. Each adds up so few
/// terms at a time that the error stays what it is for a few hundred.
#[inline(always)]
fn sum_of_many<T: Precision, F: Term<T>, const FMA: bool>(f: F, a: &[T], b: &[T]) -> T {
    const FEW: usize = 4;
    let zero = [T::default(); LANES];
    let (mut sum, mut other_sum) = (zero, zero);
    let ((blocks, rest), b_blocks) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>().0);
    let ((pairs, last), (b_pairs, b_last)) = (blocks.as_chunks::<2>(), b_blocks.as_chunks::<2>());
    for (pairs, b_pairs) in pairs.chunks(FEW).zip(b_pairs.chunks(FEW)) {
        let (mut lanes, mut others) = (zero, zero);
        for (a, b) in pairs.iter().zip(b_pairs) {
            add_block::<T, F, FMA>(f, &mut lanes, &a[0], &b[0]);
            add_block::<T, F, FMA>(f, &mut others, &a[1], &b[1]);
        }
        for i in 0..LANES {
            sum[i] = sum[i] + lanes[i];
            other_sum[i] = other_sum[i] + others[i];
        }
    }
    for (a, b) in last.iter().zip(b_last) {
        add_block::<T, F, FMA>(f, &mut sum, a, b);
    }
    if !rest.is_empty() {
        add_last::<T, F, FMA>(f, &mut other_sum, [a, b], rest.len());
    }
    for i in 0..LANES {
        sum[i] = sum[i] + other_sum[i];
    }
    folded(sum)
}

/// The sum of the lanes, by halves.
#[inline(always)]
pub(super) fn folded<T: Precision>(lanes: [T; LANES]) -> T {
    by_halves(lanes, |a, b| a + b)
}

/// The lanes brought together, the upper half with the lower, until one is left.
#[inline(always)]
pub(super) fn by_halves<T: Precision>(mut lanes: [T; LANES], f: impl Fn(T, T) -> T) -> T {
    const FEW: usize = 8;
    let mut width = LANES;
    while width > FEW {
        width /= 2;
        for i in 0..width {
            lanes[i] = f(lanes[i], lanes[i + width]);
        }
    }
    // Seen together with what follows, all that comes before would be cut into pairs.
    let mut lanes = std::hint::black_box(*lanes.first_chunk::<FEW>().expect("more lanes"));
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] = f(lanes[i], lanes[i + width]);
        }
    }
    lanes[0]
}

/// Σ of terms, of at most [`TERMS`] elements.
struct Terms<'a, T, F> {
    f: F,
    a: &'a [T],
    b: &'a [T],
}

impl<T: Precision, F: Term<T>> Task for Terms<'_, T, F> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        sum_of_many::<_, _, FMA>(self.f, self.a, self.b)
    }
}

/// Σ of terms, by halves: the error grows like log n.
pub(super) fn sum_of_terms<T: Precision>(level: Level, f: impl Term<T>, a: &[T], b: &[T]) -> T {
    if a.len() <= TERMS {
        return level.run(Terms { f, a, b });
    }
    let half = (a.len() / 2).next_multiple_of(TERMS);
    let ((a, a_rest), (b, b_rest)) = (a.split_at(half), b.split_at(half));
    sum_of_terms(level, f, a, b) + sum_of_terms(level, f, a_rest, b_rest)
}

/// Σ x, by halves.
pub(crate) fn pairwise_sum<T: Precision>(level: Level, x: &[T]) -> T {
    sum_of_terms(level, First, x, x)
}

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
        let AddRows { x, y } = self;
        let n = y.len();
        if n > NARROW {
            for row in x.chunks_exact(n) {
                for (y, &x) in y.iter_mut().zip(row) {
                    *y = *y + x;
                }
            }
            return;
        }
        for (k, y) in y.chunks_mut(LANES).enumerate() {
            let x = &x[k * LANES..];
            match y.len() {
                0..=4 => add_columns::<T, 4>(x, n, y),
                5..=16 => add_columns::<T, 16>(x, n, y),
                _ => add_columns::<T, LANES>(x, n, y),
            }
        }
    }
}

/// Rows up to this length are added some columns at a time, whose sums stay in registers.
const NARROW: usize = 256;

/// Adds to y what stands at the beginning of x and each `n` elements further on.
#[inline(always)]
fn add_columns<T: Precision, const N: usize>(mut x: &[T], n: usize, y: &mut [T]) {
    let mut sums = filled_up::<T, N>(y, T::default());
    // What lies behind the columns is added to sums that nobody asks for.
    while let Some(row) = x.first_chunk::<N>() {
        for i in 0..N {
            sums[i] = sums[i] + row[i];
        }
        x = x.get(n..).unwrap_or_default();
    }
    while !x.is_empty() {
        for (sum, &x) in sums.iter_mut().zip(&x[..y.len()]) {
            *sum = *sum + x;
        }
        x = x.get(n..).unwrap_or_default();
    }
    y.copy_from_slice(&sums[..y.len()]);
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
                // One lane each, as `sum_of` has it: what lies behind the run is read and left out.
                let mut lanes = [T::default(); LANES];
                for i in 0..LANES {
                    let x = if i < n { ahead[i] } else { T::default() };
                    lanes[i] = lanes[i] + x;
                }
                folded(lanes)
            } else {
                sum_of::<_, _, FMA>(First, run, run)
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
