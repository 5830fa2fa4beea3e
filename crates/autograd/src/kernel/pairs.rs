//! Functions of two and three operands over slices.
//!
//! All but powers, angles and radii are rounded once or not at all, so their bits are the same at
//! every level: short slices take the portable loop, which costs no more than the call.

use std::marker::PhantomData;

use super::{Fill, Lane, Level, Precision};
use crate::number::Real;

/// A formula of two variables.
pub(crate) trait Pair {
    /// `#[inline(always)]`
    fn at<R: Real>(a: R, b: R) -> R;
}

/// Where a kernel reads from: a slice, or one number all along.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a, T> {
    Slice(&'a [T]),
    Number(T),
}

/// Up to here the portable loop is as fast.
const SHORT: usize = 64;

fn level(len: usize) -> Level {
    if len <= SHORT { Level::PORTABLE } else { Level::best() }
}

struct Pairs<'a, F, T> {
    f: PhantomData<F>,
    a: Source<'a, T>,
    b: Source<'a, T>,
}

impl<F: Pair, T: Precision> Fill<T> for Pairs<'_, F, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        let lane = Lane::<T, FMA>::of;
        match (self.a, self.b) {
            (Source::Slice(a), Source::Slice(b)) => {
                for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                    *y = F::at(lane(a), lane(b)).first();
                }
            }
            (Source::Slice(a), Source::Number(b)) => {
                for (y, &a) in y.iter_mut().zip(a) {
                    *y = F::at(lane(a), lane(b)).first();
                }
            }
            (Source::Number(a), Source::Slice(b)) => {
                for (y, &b) in y.iter_mut().zip(b) {
                    *y = F::at(lane(a), lane(b)).first();
                }
            }
            (Source::Number(a), Source::Number(b)) => y.fill(F::at(lane(a), lane(b)).first()),
        }
    }
}

/// yᵢ = f(aᵢ, bᵢ)
pub(crate) fn pairs<F: Pair, T: Precision>(a: Source<'_, T>, b: Source<'_, T>, y: &mut [T]) {
    level(y.len()).fill(Pairs { f: PhantomData::<F>, a, b }, y);
}

struct Choice<'a, T> {
    c: &'a [T],
    yes: &'a [T],
    no: &'a [T],
}

impl<T: Precision> Fill<T> for Choice<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, y: &mut [T]) {
        for (((y, &c), &yes), &no) in y.iter_mut().zip(self.c).zip(self.yes).zip(self.no) {
            let (yes, no) = (Lane::<T, FMA>::of(yes), Lane::of(no));
            *y = Lane::of(c).split(yes, no, yes).first();
        }
    }
}

/// yᵢ = yesᵢ where cᵢ ≠ 0, else noᵢ; NaN where cᵢ is.
pub(crate) fn select<T: Precision>(c: &[T], yes: &[T], no: &[T], y: &mut [T]) {
    level(y.len()).fill(Choice { c, yes, no }, y);
}
