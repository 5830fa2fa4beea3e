//! Formulas played over slices.

use std::marker::PhantomData;

use super::{Fill, Lane, Level, Precision, Registers, Task};
use crate::number::Real;

/// A formula of one variable.
pub(crate) trait Formula {
    /// Whether there is a first step.
    const STEPS: bool;
    /// The first step, or x. `#[inline(always)]`, with few parameters.
    fn through<R: Real>(x: R, p: &[f64]) -> R;
    /// The value from what the first step gave. Likewise.
    fn from<R: Real>(x: R, given: R, p: &[f64]) -> R;
    /// The value.
    #[inline(always)]
    fn at<R: Real>(x: R, p: &[f64]) -> R {
        Self::from(x, Self::through(x, p), p)
    }
    /// How many parameters it has.
    const PARAMS: usize;
    /// Whether it takes a sine, cosine or tangent: [`Lane`] answers NaN for those of large arguments,
    /// and then the element is computed anew with plain floats.
    const TURNS: bool;
    /// Whether it is a long chain of operations: then its elements go four by four.
    const LONG: bool;
}

/// More parameters than any formula has.
const MAX_PARAMS: usize = 8;
type Params = [f64; MAX_PARAMS];

/// Work on slices that is done in whole blocks of `N`; where there are vectors the quarters of a block go
/// [side by side](Lane).
pub(super) trait Blocks<T> {
    /// `#[inline(always)]`
    fn play<const FMA: bool, const BYTES: usize, const N: usize>(
        self,
        registers: Registers<BYTES>,
        y: &mut [T],
    );
}

/// The same in blocks of four registers.
pub(super) struct ByWidth<K>(pub K);

/// How blocks are laid out where registers have so many bytes. Constants, so that only one layout of each
/// kernel is compiled.
struct Layout<T, const BYTES: usize>(PhantomData<T>);

impl<T, const BYTES: usize> Layout<T, BYTES> {
    const OF_16: bool = block::<T>(BYTES) == 16;
    const OF_32: bool = block::<T>(BYTES) == 32;
}

impl<T: Precision, K: Blocks<T>> Fill<T> for ByWidth<K> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, registers: Registers<BYTES>, y: &mut [T]) {
        if Layout::<T, BYTES>::OF_16 {
            self.0.play::<FMA, BYTES, 16>(registers, y);
        } else if Layout::<T, BYTES>::OF_32 {
            self.0.play::<FMA, BYTES, 32>(registers, y);
        } else {
            self.0.play::<FMA, BYTES, 64>(registers, y);
        }
    }
}

/// How many elements a block has without vectors, and at most.
const BLOCK: usize = 16;
pub(super) const LONGEST: usize = 64;

/// How many elements a block has where registers have so many bytes.
#[inline(always)]
const fn block<T>(bytes: usize) -> usize {
    if bytes < 32 { BLOCK } else { 4 * bytes / size_of::<T>() }
}

/// The same for a level.
pub(super) fn block_len<T>(level: Level) -> usize {
    block::<T>(level.bytes())
}

/// yᵢ = f(xᵢ)
struct Map<'a, F, T> {
    f: PhantomData<F>,
    p: Params,
    x: &'a [T],
}

impl<F: Formula, T: Precision> Blocks<T> for Map<'_, F, T> {
    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const N: usize>(
        self,
        _: Registers<BYTES>,
        y: &mut [T],
    ) {
        let (p, x, y) = (self.p, self.x.as_chunks::<N>().0, y.as_chunks_mut::<N>().0);
        // No closure: what a closure holds need not be inlined, and then it is not vector code.
        if !F::LONG || !Registers::<BYTES>::ABREAST {
            for (y, &x) in y.as_flattened_mut().iter_mut().zip(x.as_flattened()) {
                *y = F::at(Lane::<T, FMA>::of(x), &p[..F::PARAMS]).first();
            }
            return;
        }
        for (y, x) in y.chunks_mut(stretch::<F, N>()).zip(x.chunks(stretch::<F, N>())) {
            first_step::<F, T, FMA, N>(p, x, y);
            for (y, x) in y.iter_mut().zip(x) {
                let (x, given, mut value) = (*x, *y, [T::ONE; N]);
                for i in 0..N / 4 {
                    let x = Lane::<T, FMA>::take(&x, i);
                    second_step::<F, T, FMA, N>(p, x, &given, i).put(&mut value, i);
                }
                *y = value;
            }
        }
    }
}

/// Blocks for which the first step is done before the second.
#[inline(always)]
const fn stretch<F: Formula, const N: usize>() -> usize {
    if F::STEPS { STRETCH / N } else { usize::MAX }
}

/// What formulas with steps are given, put where the results will be.
#[inline(always)]
fn first_step<F: Formula, T: Precision, const FMA: bool, const N: usize>(
    p: Params,
    x: &[[T; N]],
    y: &mut [[T; N]],
) {
    if F::STEPS {
        for (y, x) in y.iter_mut().zip(x) {
            let (x, mut given) = (*x, [T::ONE; N]);
            for i in 0..N / 4 {
                F::through(Lane::<T, FMA>::take(&x, i), &p[..F::PARAMS]).put(&mut given, i);
            }
            *y = given;
        }
    }
}

/// The values from it.
#[inline(always)]
fn second_step<F: Formula, T: Precision, const FMA: bool, const N: usize>(
    p: Params,
    x: Lane<T, FMA>,
    given: &[T; N],
    i: usize,
) -> Lane<T, FMA> {
    let p = &p[..F::PARAMS];
    let given = if F::STEPS { Lane::take(given, i) } else { F::through(x, p) };
    F::from(x, given, p)
}

/// yᵢ = f(xᵢ)·uᵢ, with a strong zero
struct Pull<'a, F, T> {
    f: PhantomData<F>,
    p: Params,
    x: &'a [T],
    u: &'a [T],
}

impl<F: Formula, T: Precision> Blocks<T> for Pull<'_, F, T> {
    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const N: usize>(
        self,
        _: Registers<BYTES>,
        y: &mut [T],
    ) {
        let (p, y) = (self.p, y.as_chunks_mut::<N>().0);
        let (x, u) = (self.x.as_chunks::<N>().0, self.u.as_chunks::<N>().0);
        if !F::LONG || !Registers::<BYTES>::ABREAST {
            let (y, x, u) = (y.as_flattened_mut(), x.as_flattened(), u.as_flattened());
            for ((y, &x), &u) in y.iter_mut().zip(x).zip(u) {
                let slope = F::at(Lane::<T, FMA>::of(x), &p[..F::PARAMS]);
                *y = slope.amul(Lane::of(u)).first();
            }
            return;
        }
        let stretch = stretch::<F, N>();
        for ((y, x), u) in y.chunks_mut(stretch).zip(x.chunks(stretch)).zip(u.chunks(stretch)) {
            first_step::<F, T, FMA, N>(p, x, y);
            for ((y, x), u) in y.iter_mut().zip(x).zip(u) {
                let (x, u, given, mut pulled) = (*x, *u, *y, [T::ONE; N]);
                for i in 0..N / 4 {
                    let x = Lane::<T, FMA>::take(&x, i);
                    let slope = second_step::<F, T, FMA, N>(p, x, &given, i);
                    slope.amul(Lane::take(&u, i)).put(&mut pulled, i);
                }
                *y = pulled;
            }
        }
    }
}

/// yᵢ = f(xᵢ) and dᵢ = g(xᵢ)·uᵢ, with a strong zero: what the formulas have in common is computed
/// once. Their first step is the same.
struct Both<'a, F, G, T> {
    f: PhantomData<(F, G)>,
    p: Params,
    x: &'a [T],
    u: &'a [T],
    y: &'a mut [T],
}

impl<F: Formula, G: Formula, T: Precision> Blocks<T> for Both<'_, F, G, T> {
    #[inline(always)]
    fn play<const FMA: bool, const BYTES: usize, const N: usize>(
        self,
        _: Registers<BYTES>,
        d: &mut [T],
    ) {
        let p = self.p;
        let (x, u) = (self.x.as_chunks::<N>().0, self.u.as_chunks::<N>().0);
        let (y, d) = (self.y.as_chunks_mut::<N>().0, d.as_chunks_mut::<N>().0);
        if !Registers::<BYTES>::ABREAST {
            let (x, u) = (x.as_flattened(), u.as_flattened());
            let (y, d) = (y.as_flattened_mut(), d.as_flattened_mut());
            for (((y, d), &x), &u) in y.iter_mut().zip(d).zip(x).zip(u) {
                let (x, p) = (Lane::<T, FMA>::of(x), &p[..F::PARAMS]);
                (*y, *d) = (F::at(x, p).first(), G::at(x, p).amul(Lane::of(u)).first());
            }
            return;
        }
        let stretch = stretch::<F, N>();
        let (x, u) = (x.chunks(stretch), u.chunks(stretch));
        let (y, d) = (y.chunks_mut(stretch), d.chunks_mut(stretch));
        for (((y, d), x), u) in y.zip(d).zip(x).zip(u) {
            first_step::<F, T, FMA, N>(p, x, y);
            for (((y, d), x), u) in y.iter_mut().zip(d).zip(x).zip(u) {
                // Copies: then y and d need not be known to lie apart.
                let (x, u, given) = (*x, *u, *y);
                let (mut value, mut pulled) = ([T::ONE; N], [T::ONE; N]);
                for i in 0..N / 4 {
                    let x = Lane::<T, FMA>::take(&x, i);
                    second_step::<F, T, FMA, N>(p, x, &given, i).put(&mut value, i);
                    let slope = second_step::<G, T, FMA, N>(p, x, &given, i);
                    slope.amul(Lane::take(&u, i)).put(&mut pulled, i);
                }
                (*y, *d) = (value, pulled);
            }
        }
    }
}

/// Whether y is NaN and x is finite.
#[allow(clippy::eq_op)] // y == y is false for NaN alone
#[inline(always)]
fn is_lost<T: Precision>(x: T, y: T) -> bool {
    (y != y) & (x.magnitude() < T::INFINITY)
}

/// Whether any is.
struct AnyLost<'a, T> {
    x: &'a [T],
    y: &'a [T],
}

impl<T: Precision> Task for AnyLost<'_, T> {
    type Output = bool;
    #[inline(always)]
    fn run<const FMA: bool>(self) -> bool {
        let mut lost = false;
        for (&x, &y) in self.x.iter().zip(self.y) {
            lost |= is_lost(x, y);
        }
        lost
    }
}

/// yᵢ = f(xᵢ) and dᵢ = g(xᵢ)·uᵢ, to the bit what [`map`] and [`pull`] give.
pub(crate) fn both<F: Formula, G: Formula, T: Precision>(
    level: Level,
    p: &[f64],
    [x, u]: [&[T]; 2],
    [y, d]: [&mut [T]; 2],
) {
    let (main, f) = (whole(level, x), PhantomData::<(F, G)>);
    let ((x, x_rest), (u, u_rest)) = (x.split_at(main), u.split_at(main));
    let ((y, y_rest), (d, d_rest)) = (y.split_at_mut(main), d.split_at_mut(main));
    level.fill(ByWidth(Both { f, p: fixed(p), x, u, y: &mut *y }), d);
    if F::TURNS {
        restore(level, x, y, |_, x| F::at(x, p));
        restore(level, x, d, |i, x| G::at(x, p).amul(u[i]));
    }
    map::<F, T>(level, p, x_rest, y_rest);
    pull::<G, T>(level, p, x_rest, u_rest, d_rest);
}

/// How many elements go through the first step before the second, and are looked through for lost ones, at
/// a time.
const STRETCH: usize = 512;

/// Computes anew what [`Lane`] gave up.
fn restore<T: Precision>(level: Level, x: &[T], y: &mut [T], f: impl Fn(usize, T) -> T) {
    for (k, (x, y)) in x.chunks(STRETCH).zip(y.chunks_mut(STRETCH)).enumerate() {
        if !level.run(AnyLost { x, y }) {
            continue;
        }
        for (i, (y, &x)) in y.iter_mut().zip(x).enumerate() {
            if is_lost(x, *y) {
                *y = f(k * STRETCH + i, x);
            }
        }
    }
}

fn fixed(p: &[f64]) -> Params {
    std::array::from_fn(|i| p.get(i).copied().unwrap_or(f64::NAN))
}

/// How many elements of a slice fill whole blocks.
fn whole<T>(level: Level, x: &[T]) -> usize {
    x.len() - x.len() % block_len::<T>(level)
}

/// The rest of a slice, padded with ones.
fn padded<T: Precision>(x: &[T]) -> [T; LONGEST] {
    let mut block = [T::ONE; LONGEST];
    block[..x.len()].copy_from_slice(x);
    block
}

/// yᵢ = f(xᵢ)
pub(crate) fn map<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], y: &mut [T]) {
    blocks::<F, T>(level, p, x, y);
    if F::TURNS {
        restore(level, x, y, |_, x| F::at(x, p));
    }
}

fn blocks<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], y: &mut [T]) {
    let (p, f) = (fixed(p), PhantomData::<F>);
    let main = whole(level, x);
    let ((x, rest), (y, end)) = (x.split_at(main), y.split_at_mut(main));
    if main > 0 {
        level.fill(ByWidth(Map { f, p, x }), y);
    }
    if !rest.is_empty() {
        let mut last = [T::ONE; LONGEST];
        let one = &mut last[..block::<T>(level.bytes())];
        level.fill(ByWidth(Map { f, p, x: &padded(rest) }), one);
        end.copy_from_slice(&one[..rest.len()]);
    }
}

/// yᵢ = f(xᵢ)·uᵢ, with a strong zero
pub(crate) fn pull<F: Formula, T: Precision>(
    level: Level,
    p: &[f64],
    x: &[T],
    u: &[T],
    y: &mut [T],
) {
    pull_blocks::<F, T>(level, p, x, u, y);
    if F::TURNS {
        restore(level, x, y, |i, x| F::at(x, p).amul(u[i]));
    }
}

fn pull_blocks<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], u: &[T], y: &mut [T]) {
    let (p, f) = (fixed(p), PhantomData::<F>);
    let main = whole(level, x);
    let ((x, rest), (u, u_rest)) = (x.split_at(main), u.split_at(main));
    let (y, end) = y.split_at_mut(main);
    if main > 0 {
        level.fill(ByWidth(Pull { f, p, x, u }), y);
    }
    if !rest.is_empty() {
        let mut last = [T::ONE; LONGEST];
        let one = &mut last[..block::<T>(level.bytes())];
        level.fill(ByWidth(Pull { f, p, x: &padded(rest), u: &padded(u_rest) }), one);
        end.copy_from_slice(&one[..rest.len()]);
    }
}
