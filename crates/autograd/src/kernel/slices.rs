//! Formulas played over slices.

use std::marker::PhantomData;

use super::{Fill, Lane, Level, Precision};
use crate::number::Real;

/// A formula of one variable.
pub(crate) trait Formula {
    /// `#[inline(always)]`, with few parameters.
    fn at<R: Real>(x: R, p: &[f64]) -> R;
    /// How many parameters it has.
    const PARAMS: usize;
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

fn fixed(p: &[f64]) -> Params {
    std::array::from_fn(|i| p.get(i).copied().unwrap_or(f64::NAN))
}

/// The rest of a slice, padded with ones.
fn padded<T: Precision>(x: &[T]) -> [T; BLOCK] {
    std::array::from_fn(|i| x.get(i).copied().unwrap_or(T::ONE))
}

/// yᵢ = f(xᵢ)
pub(crate) fn map<F: Formula, T: Precision>(level: Level, p: &[f64], x: &[T], y: &mut [T]) {
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
