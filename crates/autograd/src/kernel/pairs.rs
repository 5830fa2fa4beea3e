//! Functions of two and three operands over slices.
//!
//! All but powers, angles and radii are rounded once or not at all, so their bits are the same at
//! every level: short slices take the portable loop, which costs no more than the call.

use std::marker::PhantomData;

use super::{Fill, Lane, Level, Precision, Registers};
use crate::number::Real;

/// A formula of two variables.
pub(crate) trait Pair {
    /// `#[inline(always)]`
    fn at<R: Real>(a: R, b: R) -> R;
}

/// Where a kernel reads from: a slice, one number all along, or what it replaces.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a, T> {
    Slice(&'a [T]),
    Number(T),
    Itself,
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
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
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
            (Source::Itself, Source::Slice(b)) => {
                for (y, &b) in y.iter_mut().zip(b) {
                    *y = F::at(lane(*y), lane(b)).first();
                }
            }
            (Source::Itself, Source::Number(b)) => {
                for y in y {
                    *y = F::at(lane(*y), lane(b)).first();
                }
            }
            (Source::Slice(a), Source::Itself) => {
                for (y, &a) in y.iter_mut().zip(a) {
                    *y = F::at(lane(a), lane(*y)).first();
                }
            }
            (Source::Number(a), Source::Itself) => {
                for y in y {
                    *y = F::at(lane(a), lane(*y)).first();
                }
            }
            (Source::Itself, Source::Itself) => {
                for y in y {
                    *y = F::at(lane(*y), lane(*y)).first();
                }
            }
        }
    }
}

/// yᵢ = f(aᵢ, bᵢ)
pub(crate) fn pairs<F: Pair, T: Precision>(a: Source<'_, T>, b: Source<'_, T>, y: &mut [T]) {
    level(y.len()).fill(Pairs { f: PhantomData::<F>, a, b }, y);
}

struct PlusMultiple<'a, T> {
    a: Source<'a, T>,
    b: &'a [T],
    c: T,
}

impl<T: Precision> Fill<T> for PlusMultiple<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
        let PlusMultiple { a, b, c } = self;
        match a {
            Source::Slice(a) => {
                for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                    *y = a + b * c;
                }
            }
            Source::Number(a) => {
                for (y, &b) in y.iter_mut().zip(b) {
                    *y = a + b * c;
                }
            }
            Source::Itself => {
                for (y, &b) in y.iter_mut().zip(b) {
                    *y = *y + b * c;
                }
            }
        }
    }
}

/// yᵢ = aᵢ + bᵢ·c, the product rounded by itself.
pub(crate) fn plus_multiple<T: Precision>(a: Source<'_, T>, b: &[T], c: T, y: &mut [T]) {
    level(y.len()).fill(PlusMultiple { a, b, c }, y);
}

struct Choice<'a, T> {
    c: &'a [T],
    yes: &'a [T],
    no: &'a [T],
}

impl<T: Precision> Fill<T> for Choice<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool, const BYTES: usize>(self, _: Registers<BYTES>, y: &mut [T]) {
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
