//! Formulas played over slices.

use std::marker::PhantomData;

use super::{Fill, Lane, Level, Precision, Task};
use crate::number::Real;

/// A formula of one variable.
pub(crate) trait Formula {
    /// `#[inline(always)]`, with few parameters.
    fn at<R: Real>(x: R, p: &[f64]) -> R;
    /// How many parameters it has.
    const PARAMS: usize;
    /// Whether it takes a sine, cosine or tangent: [`Lane`] answers NaN for those of large arguments,
    /// and then the element is computed anew with plain floats.
    const TURNS: bool;
}

/// Slices are played in whole blocks, the rest in a padded one.
const BLOCK: usize = 16;
/// More parameters than any formula has.
const MAX_PARAMS: usize = 8;
type Params = [f64; MAX_PARAMS];

/// yᵢ = f(xᵢ)
struct Map<'a, F, T> {
    f: PhantomData<F>,
    p: Params,
    x: &'a [T],
}

impl<F: Formula, T: Precision> Fill for Map<'_, F, T> {
    type Item = T;
    #[inline(always)]
    fn run<const FMA: bool>(self, y: &mut [T]) {
        let p = self.p;
        let x = self.x.as_chunks::<BLOCK>().0.as_flattened();
        let y = y.as_chunks_mut::<BLOCK>().0.as_flattened_mut();
        // No closure: what a closure holds need not be inlined, and then it is not vector code.
        for (y, &x) in y.iter_mut().zip(x) {
            *y = F::at(Lane::<T, FMA>(x), &p[..F::PARAMS]).0;
        }
    }
}

/// yᵢ = f(xᵢ)·uᵢ, with a strong zero
struct Pull<'a, F, T> {
    f: PhantomData<F>,
    p: Params,
    x: &'a [T],
    u: &'a [T],
}

impl<F: Formula, T: Precision> Fill for Pull<'_, F, T> {
    type Item = T;
    #[inline(always)]
    fn run<const FMA: bool>(self, y: &mut [T]) {
        let p = self.p;
        let x = self.x.as_chunks::<BLOCK>().0.as_flattened();
        let u = self.u.as_chunks::<BLOCK>().0.as_flattened();
        let y = y.as_chunks_mut::<BLOCK>().0.as_flattened_mut();
        for ((y, &x), &u) in y.iter_mut().zip(x).zip(u) {
            *y = F::at(Lane::<T, FMA>(x), &p[..F::PARAMS]).amul(Lane(u)).0;
        }
    }
}

/// yᵢ = f(xᵢ) and dᵢ = g(xᵢ)·uᵢ, with a strong zero: what the formulas have in common is computed
/// once.
struct Both<'a, F, G, T> {
    f: PhantomData<(F, G)>,
    p: Params,
    x: &'a [T],
    u: &'a [T],
    y: &'a mut [T],
}

impl<F: Formula, G: Formula, T: Precision> Fill for Both<'_, F, G, T> {
    type Item = T;
    #[inline(always)]
    fn run<const FMA: bool>(self, d: &mut [T]) {
        let p = self.p;
        let x = self.x.as_chunks::<BLOCK>().0;
        let u = self.u.as_chunks::<BLOCK>().0;
        let y = self.y.as_chunks_mut::<BLOCK>().0;
        let d = d.as_chunks_mut::<BLOCK>().0;
        for (((y, d), x), u) in y.iter_mut().zip(d).zip(x).zip(u) {
            // Copies: then y and d need not be known to lie apart.
            let (x, u) = (*x, *u);
            let (mut value, mut pulled) = ([T::ONE; BLOCK], [T::ONE; BLOCK]);
            for i in 0..BLOCK {
                let x = Lane::<T, FMA>(x[i]);
                value[i] = F::at(x, &p[..F::PARAMS]).0;
                pulled[i] = G::at(x, &p[..F::PARAMS]).amul(Lane(u[i])).0;
            }
            (*y, *d) = (value, pulled);
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
    let (main, f) = (x.len() - x.len() % BLOCK, PhantomData::<(F, G)>);
    let ((x, x_rest), (u, u_rest)) = (x.split_at(main), u.split_at(main));
    let ((y, y_rest), (d, d_rest)) = (y.split_at_mut(main), d.split_at_mut(main));
    level.fill(Both { f, p: fixed(p), x, u, y: &mut *y }, d);
    if F::TURNS {
        restore(level, x, y, |_, x| F::at(x, p));
        restore(level, x, d, |i, x| G::at(x, p).amul(u[i]));
    }
    map::<F, T>(level, p, x_rest, y_rest);
    pull::<G, T>(level, p, x_rest, u_rest, d_rest);
}

/// How many elements are looked through for lost ones at a time.
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

/// The rest of a slice, padded with ones.
fn padded<T: Precision>(x: &[T]) -> [T; BLOCK] {
    std::array::from_fn(|i| x.get(i).copied().unwrap_or(T::ONE))
}

/// yᵢ = f(xᵢ)
pub(crate) fn map<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], y: &mut [T]) {
    blocks::<F, T>(level, p, x, y);
    if F::TURNS {
        restore(level, x, y, |_, x| F::at(x, p));
    }
}

fn blocks<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], y: &mut [T]) {
    let p = fixed(p);
    let f = PhantomData::<F>;
    let main = x.len() - x.len() % BLOCK;
    let ((x, rest), (y, end)) = (x.split_at(main), y.split_at_mut(main));
    if main > 0 {
        level.fill(Map { f, p, x }, y);
    }
    if !rest.is_empty() {
        let mut block = [T::ONE; BLOCK];
        level.fill(Map { f, p, x: &padded(rest) }, &mut block);
        end.copy_from_slice(&block[..rest.len()]);
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
    let p = fixed(p);
    let f = PhantomData::<F>;
    let main = x.len() - x.len() % BLOCK;
    let ((x, rest), (u, u_rest)) = (x.split_at(main), u.split_at(main));
    let (y, end) = y.split_at_mut(main);
    if main > 0 {
        level.fill(Pull { f, p, x, u }, y);
    }
    if !rest.is_empty() {
        let mut block = [T::ONE; BLOCK];
        level.fill(Pull { f, p, x: &padded(rest), u: &padded(u_rest) }, &mut block);
        end.copy_from_slice(&block[..rest.len()]);
    }
}
