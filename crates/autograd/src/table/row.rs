//! [`Elementwise`], which the author of an entry writes, and [`Row`], which the executor plays.

use std::any::TypeId;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::Info;
use crate::number::{Jet, Real};

/// An elementwise function, as its author writes it: formulas for any [`Real`] number.
///
/// Usually written by [`elementwise!`](crate::elementwise). `value` and `slope` must be free of
/// branches on values (see [`Real`]); `slope` starts from the input and stays exact where the
/// function saturates.
pub trait Elementwise: Copy + Debug + Send + Sync + 'static {
    /// Name, formula, kinks, facts.
    const INFO: Info;

    /// f(x)
    fn value<R: Real>(x: R, p: &[f64]) -> R;

    /// f′(x)
    fn slope<R: Real>(x: R, p: &[f64]) -> R;

    /// f⁽ᵏ⁾(x) for k ≥ 2 where there is a formula more exact than the series of `slope`; an entry
    /// that gives order 2 lets the higher ones be taken from that.
    fn higher<R: Real>(order: u32, x: R, p: &[f64]) -> Option<R> {
        let _ = (order, x, p);
        None
    }

    /// f⁽ᵏ⁾(x) for any k up to 23, from the closest formula there is.
    fn derivative(order: u32, x: f64, p: &[f64]) -> f64 {
        match order {
            0 => Self::value(x, p),
            1 => Self::slope(x, p),
            _ if x.is_nan() => x,
            _ => Self::higher(order, x, p).unwrap_or_else(|| Self::by_series(order, x, p)),
        }
    }

    /// f⁽ᵏ⁾(x) from the Taylor series of the second slope, if stated, or of the slope.
    fn by_series(order: u32, x: f64, p: &[f64]) -> f64 {
        let from = |k: u32| Jet::variable(x, (order - k) as usize);
        let second = (order > 2).then(|| Self::higher(2, from(2), p)).flatten();
        match second {
            Some(jet) => jet.derivative(order as usize - 2),
            None => Self::slope(from(1), p).derivative(order as usize - 1),
        }
    }
}

/// A row as the executor sees it: one call plays a slice. Every [`Elementwise`] is one, through
/// [`RowOf`].
pub trait Row: Debug + Send + Sync {
    /// What the entry says of itself.
    fn info(&self) -> &'static Info;
    /// Which entry this is.
    fn id(&self) -> TypeId;
    /// `y[i] = f⁽ᵏ⁾(x[i])·u[i]` with a strong zero, or without `u` just `f⁽ᵏ⁾(x[i])`.
    fn play_f64(&self, order: u32, p: &[f64], x: &[f64], u: Option<&[f64]>, y: &mut [f64]);
    /// The same in single precision.
    fn play_f32(&self, order: u32, p: &[f64], x: &[f32], u: Option<&[f32]>, y: &mut [f32]);
    /// The function played with a series.
    fn jet(&self, p: &[f64], x: Jet) -> Jet;
}

/// Makes a [`Row`] of an [`Elementwise`].
#[derive(Clone, Copy, Debug, Default)]
pub struct RowOf<E>(PhantomData<E>);

impl<E: Elementwise> RowOf<E> {
    /// The row, as a value that lives as long as the program.
    pub const ROW: &'static dyn Row = &RowOf::<E>(PhantomData);
    const INFO: &'static Info = &E::INFO;
}

impl<E: Elementwise> Row for RowOf<E> {
    fn info(&self) -> &'static Info {
        Self::INFO
    }
    fn id(&self) -> TypeId {
        TypeId::of::<E>()
    }
    fn play_f64(&self, order: u32, p: &[f64], x: &[f64], u: Option<&[f64]>, y: &mut [f64]) {
        match order {
            0 => each(x, u, y, |x| E::value(x, p)),
            1 => each(x, u, y, |x| E::slope(x, p)),
            _ => each(x, u, y, |x| E::derivative(order, x, p)),
        }
    }
    fn play_f32(&self, order: u32, p: &[f64], x: &[f32], u: Option<&[f32]>, y: &mut [f32]) {
        match order {
            0 => each(x, u, y, |x| E::value(x, p)),
            1 => each(x, u, y, |x| E::slope(x, p)),
            _ => each(x, u, y, |x| E::derivative(order, f64::from(x), p) as f32),
        }
    }
    fn jet(&self, p: &[f64], x: Jet) -> Jet {
        E::value(x, p)
    }
}

#[inline(always)]
fn each<R: Real>(x: &[R], u: Option<&[R]>, y: &mut [R], f: impl Fn(R) -> R) {
    match u {
        None => y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x)),
        Some(u) => y.iter_mut().zip(x).zip(u).for_each(|((y, &x), &u)| *y = f(x).amul(u)),
    }
}
