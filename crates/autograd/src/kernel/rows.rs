//! What functions of a whole row are made of: the largest entry, exponentials, sums.

use super::slices::{Blocks, ByWidth, LONGEST, block_len};
use super::sums::{LANES, Term, by_halves, filled_up, folded, sum_of_terms};
use super::{Fill, Lane, Level, Precision, Registers, Task, WideTask, parts};
use crate::number::Real;

/// The larger of two numbers, the first of equal ones; a NaN in the second place is forgotten.
#[inline(always)]
fn larger<T: Precision>(a: T, b: T) -> T {
    if b > a { b } else { a }
}

struct Largest<'a, T>(&'a [T]);

impl<T: Precision> Task for Largest<'_, T> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> T {
        let x = self.0;
        if x.len() <= LANES {
            let larger = |a: T, &x: &T| x.equals(x, larger(a, x), x);
            return x.iter().fold(x[0], larger);
        }
        let start = ([x[0]; LANES], [T::default(); LANES]);
        let (mut even, mut odd) = (start, start);
        let (pairs, rest) = x.as_chunks::<LANES>().0.as_chunks::<2>();
        for [a, b] in pairs {
            compare::<T, FMA>(&mut even, a);
            compare::<T, FMA>(&mut odd, b);
        }
        // Some once more.
        let last = x.last_chunk::<LANES>().expect("more than a block");
        for x in rest.iter().chain([last]) {
            compare::<T, FMA>(&mut even, x);
        }
        for i in 0..LANES {
            even.0[i] = larger(even.0[i], odd.0[i]);
            even.1[i] = even.1[i] + odd.1[i];
        }
        if folded(even.1) == T::default() || !has_nan(x) {
            return by_halves(even.0, larger);
        }
        T::from_f64(f64::NAN)
    }
}

/// Makes lanes the larger of what they are and a block; the others remember by x·0 what is NaN or infinite.
#[inline(always)]
fn compare<T: Precision, const FMA: bool>(
    (most, strange): &mut ([T; LANES], [T; LANES]),
    x: &[T; LANES],
) {
    for i in 0..LANES {
        most[i] = larger(most[i], x[i]);
        strange[i] =
            Lane::<T, FMA>::of(x[i]).fma(Lane::of(T::default()), Lane::of(strange[i])).first();
    }
}

/// Whether one is NaN, without a branch for each.
#[inline(always)]
fn has_nan<T: Precision>(x: &[T]) -> bool {
    let mut odd = T::default();
    for &x in x {
        odd = x.equals(x, odd, T::ONE);
    }
    odd > T::default()
}

/// The largest of at least one element; NaN if there is one.
pub(crate) fn largest<T: Precision>(level: Level, x: &[T]) -> T {
    level.run(Largest(x))
}

impl<T: Precision, const FMA: bool> Lane<T, FMA> {
    /// e^(x − m)·2ˢʰⁱᶠᵗ for x ≤ m with the rounding error of x − m made good (two-sum), so that far tails
    /// keep their digits. Nothing is subnormal.
    #[inline(always)]
    pub(super) fn shifted_exp_of_difference(self, m: Self) -> Self {
        let (d, low) = self.difference(m);
        d.shifted_exp_below(low)
    }

    /// x − m and what it loses by rounding (two-sum).
    #[inline(always)]
    pub(super) fn difference(self, m: Self) -> (Self, Self) {
        let d = self - m;
        let t = d - self;
        (d, (self - (d - t)) - (m + t))
    }
}

/// e^(x − m)·s for entries x ≤ m, where s is the same for all. With fused multiply-adds it is 2 to the
/// power of x/ln 2 − k, k the whole number next to m/ln 2: nothing is rounded on the way to x/ln 2 less a
/// whole number, and s, between √½ and √2, drops out when the sum is divided by. Else s = 1. `LIFTED`
/// ones are 2ˢʰⁱᶠᵗ times as large, so that none is subnormal. Where registers hold a table of powers, by [`parts`].
struct Exponentials<'a, T, const LIFTED: bool> {
    x: &'a [T],
    m: T,
}

impl<T: Precision, const LIFTED: bool> Exponentials<'_, T, LIFTED> {
    /// Whether m/ln 2 leaves room for a whole number's last bit.
    #[inline(always)]
    fn are_scaled<const FMA: bool>(&self) -> bool {
        FMA && self.m.magnitude() < T::from_f64((1 << 19) as f64)
    }

    /// Of a power that is lifted what is wanted.
    #[inline(always)]
    fn wanted<const FMA: bool>(e: Lane<T, FMA>) -> Lane<T, FMA> {
        if LIFTED { e } else { e * Lane::of(T::UNSHIFT) }
    }
}

impl<T: Precision, const LIFTED: bool> Blocks<T> for Exponentials<'_, T, LIFTED> {
    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const N: usize>(
        self,
        registers: Registers<BYTES>,
        y: &mut [T],
    ) {
        let m = Lane::<T, FMA>::of(self.m);
        let blocks = y.as_chunks_mut::<N>().0.iter_mut().zip(self.x.as_chunks::<N>().0);
        if self.are_scaled::<FMA>() && Registers::<BYTES>::WIDEST {
            let row = m.powers_below(T::PARTS);
            for (y, x) in blocks {
                let mut e = parts::powers_below(registers, x, row);
                for e in &mut e {
                    *e = Self::wanted(Lane::<T, FMA>::of(*e)).first();
                }
                *y = e;
            }
            return;
        }
        let (row, scaled) = (m.powers_below(1), self.are_scaled::<FMA>());
        for (y, x) in blocks {
            let (x, mut value) = (*x, [T::ONE; N]);
            if scaled {
                for i in 0..N / 4 {
                    Self::wanted(Lane::take(&x, i).power_below(row)).put(&mut value, i);
                }
            } else {
                for i in 0..N / 4 {
                    let e = Lane::take(&x, i).shifted_exp_of_difference(m);
                    Self::wanted(e).put(&mut value, i);
                }
            }
            *y = value;
        }
    }
}

/// s
impl<T: Precision, const LIFTED: bool> WideTask for Exponentials<'_, T, LIFTED> {
    type Output = T;
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>) -> T {
        let m = Lane::<T, FMA>::of(self.m);
        let s = if !self.are_scaled::<FMA>() {
            Lane::of(T::ONE / T::UNSHIFT)
        } else if Registers::<BYTES>::WIDEST {
            Lane::of(parts::power_below(m, m.powers_below(T::PARTS)))
        } else {
            m.power_below(m.powers_below(1))
        };
        Self::wanted(s).first()
    }
}

/// yᵢ = e^(xᵢ − m)·s for xᵢ ≤ m; returns s, which is what m itself becomes.
pub(crate) fn exponentials<T: Precision>(level: Level, x: &[T], m: T, y: &mut [T]) -> T {
    fill_exponentials::<T, false>(level, x, m, y)
}

/// The same, all 2ˢʰⁱᶠᵗ times as large: for what is then divided by their sum, which spares an operation and
/// is rounded once where the quotient is subnormal.
pub(crate) fn lifted_exponentials<T: Precision>(level: Level, x: &[T], m: T, y: &mut [T]) -> T {
    fill_exponentials::<T, true>(level, x, m, y)
}

fn fill_exponentials<T: Precision, const LIFTED: bool>(
    level: Level,
    x: &[T],
    m: T,
    y: &mut [T],
) -> T {
    let one = block_len::<T>(level);
    if x.len() < one {
        let mut block = filled_up::<T, LONGEST>(x, m);
        let copy = block;
        level.fill(ByWidth(Exponentials::<T, LIFTED> { x: &copy[..one], m }), &mut block[..one]);
        y.copy_from_slice(&block[..x.len()]);
    } else {
        level.fill(ByWidth(Exponentials::<T, LIFTED> { x, m }), y);
        // What does not fill a block is the end of one more.
        let last = x.len() - one;
        level.fill(ByWidth(Exponentials::<T, LIFTED> { x: &x[last..], m }), &mut y[last..]);
    }
    level.run_wide(Exponentials::<T, LIFTED> { x, m })
}

/// y = (x − a) − b
struct Differences<'a, T> {
    x: &'a [T],
    a: T,
    b: T,
}

impl<T: Precision> Fill<T> for Differences<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
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
    /// x divided by a number of ½ or more whose inverse is known: a product and what it lacks, where that
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

/// yᵢ divided by a number of ½ or more.
pub(crate) fn quotients<T: Precision>(level: Level, y: &mut [T], divisor: T) {
    level.run(Quotients(y, divisor));
}

struct PlaceOf<'a, T>(&'a [T], T);

impl<T: Precision> Task for PlaceOf<'_, T> {
    type Output = Option<usize>;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> Option<usize> {
        let PlaceOf(x, m) = self;
        let mut before = blocks_without::<T, 64>(x, m);
        before += blocks_without::<T, 8>(&x[before..], m);
        x[before..].iter().position(|&x| x == m).map(|i| before + i)
    }
}

/// How many elements stand before the first block that m is in, or in whole blocks.
#[inline(always)]
fn blocks_without<T: Precision, const N: usize>(x: &[T], m: T) -> usize {
    let mut before = 0;
    // No closure: it need not be inlined into vector code.
    for block in x.as_chunks::<N>().0 {
        if is_among(block, m) {
            break;
        }
        before += N;
    }
    before
}

/// Whether m is in a block: bits that are put together, and one question.
#[inline(always)]
fn is_among<T: Precision, const N: usize>(block: &[T; N], m: T) -> bool {
    let mut found = 0u32;
    for &x in block {
        found |= u32::from(x == m);
    }
    found != 0
}

/// Where m stands first.
pub(crate) fn place_of<T: Precision>(level: Level, x: &[T], m: T) -> Option<usize> {
    level.run(PlaceOf(x, m))
}

/// p·(g − top), which is 0·∞ = NaN where a strong zero would be 0.
#[derive(Clone, Copy)]
struct Beyond<T>(T);

impl<T: Precision> Term<T> for Beyond<T> {
    #[inline(always)]
    fn onto<const FMA: bool>(self, sum: T, p: T, g: T) -> T {
        Lane::<T, FMA>::of(p).fma(Lane::of(g - self.0), Lane::of(sum)).first()
    }
}

/// The same with a strong zero.
#[derive(Clone, Copy)]
struct Strongly<T>(T);

impl<T: Precision> Term<T> for Strongly<T> {
    #[inline(always)]
    fn onto<const FMA: bool>(self, sum: T, p: T, g: T) -> T {
        let g = g - self.0;
        sum + p.either_zero(g, T::default(), p * g)
    }
}

/// y = p·((g − top) − sum), with a strong zero. `FINITE` says that the other factor is finite: then none is
/// needed, and 0 is added for its sign alone.
struct SoftmaxSlope<'a, T, const FINITE: bool> {
    p: &'a [T],
    g: &'a [T],
    top: T,
    sum: T,
}

impl<T: Precision, const FINITE: bool> Fill<T> for SoftmaxSlope<'_, T, FINITE> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
        let zero = T::default();
        for ((y, &p), &g) in y.iter_mut().zip(self.p).zip(self.g) {
            let below = (g - self.top) - self.sum;
            *y = if FINITE {
                Lane::<T, FMA>::of(p).fma(Lane::of(below), Lane::of(zero)).first()
            } else {
                p.either_zero(below, zero, p * below)
            };
        }
    }
}

/// For a softmax p with largest entry m: yᵢ = pᵢ·((gᵢ − t) − Σ pⱼ·(gⱼ − t)), with a strong zero, t what g
/// has where m stands first.
pub(crate) fn softmax_slope<T: Precision>(level: Level, [p, g]: [&[T]; 2], m: T, y: &mut [T]) {
    let top = place_of(level, p, m).map_or(T::default(), |at| g[at]); // NaN stands nowhere
    let sum = sum_of_terms(level, Beyond(top), p, g);
    // What is finite met nothing that a zero could have been too weak for, and what is so small makes nothing
    // infinite.
    if sum.magnitude() < T::from_f64((1u128 << 100) as f64) {
        return level.fill(SoftmaxSlope::<T, true> { p, g, top, sum }, y);
    }
    let sum = sum_of_terms(level, Strongly(top), p, g);
    level.fill(SoftmaxSlope::<T, false> { p, g, top, sum }, y);
}

/// y = g − y·c, with a strong zero. `FINITE` says that c is finite, and not 0: then none is needed.
struct LogSoftmaxSlope<'a, T, const FINITE: bool> {
    g: &'a [T],
    c: T,
}

impl<T: Precision, const FINITE: bool> Fill<T> for LogSoftmaxSlope<'_, T, FINITE> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
        for (y, &g) in y.iter_mut().zip(self.g) {
            *y = if FINITE {
                Lane::<T, FMA>::of(-*y).fma(Lane::of(self.c), Lane::of(g)).first()
            } else {
                g - Lane::<T, FMA>::of(*y).amul(Lane::of(self.c)).first()
            };
        }
    }
}

/// yᵢ becomes gᵢ − yᵢ·c, with a strong zero.
pub(crate) fn log_softmax_slope<T: Precision>(level: Level, g: &[T], c: T, y: &mut [T]) {
    let size = c.magnitude();
    if T::default() < size && size < T::INFINITY {
        level.fill(LogSoftmaxSlope::<T, true> { g, c }, y);
    } else {
        level.fill(LogSoftmaxSlope::<T, false> { g, c }, y);
    }
}
