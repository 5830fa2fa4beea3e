//! Reductions over any axes, composed from sums and row-wise functions.
//!
//! `axes` may count from the end (−1 is the last); an empty list means all axes. The `_keep` forms
//! leave reduced axes with length 1.

use super::RowWise;
use super::linear::Sum;
use crate::play::Dtype;
use crate::shape::{axes_of, axis_mask, count, dropped, kept};
use crate::var::Var;

macro_rules! reductions {
    ($($(#[$doc:meta])* $all:ident, $over:ident, $keep:ident = $f:ident;)*) => {
        /// Reductions.
        impl<'t, T: Dtype> Var<'t, T> {
            $(
                $(#[$doc])*
                ///
                /// Over all axes, to a 0-d value.
                #[track_caller]
                pub fn $all(self) -> Self {
                    self.$f(self.mask(stringify!($all), &[])).reshape_exact(&[])
                }

                $(#[$doc])*
                ///
                /// Over the given axes, which go away.
                ///
                /// # Panics
                /// If an axis does not exist or is named twice.
                #[track_caller]
                pub fn $over(self, axes: &[isize]) -> Self {
                    let mask = self.mask(stringify!($all), axes);
                    self.$f(mask).reshape_exact(&dropped(&self.shape(), mask))
                }

                $(#[$doc])*
                ///
                /// Over the given axes, which stay with length 1.
                ///
                /// # Panics
                /// If an axis does not exist or is named twice.
                #[track_caller]
                pub fn $keep(self, axes: &[isize]) -> Self {
                    self.$f(self.mask(stringify!($all), axes))
                }
            )*
        }
    };
}

reductions! {
    /// Σ x
    sum, sum_over, sum_keep = sum_mask;
    /// The arithmetic mean; NaN of no elements.
    mean, mean_over, mean_keep = mean_mask;
    /// The largest value. Where several tie, the gradient is shared evenly; NaN if one is NaN.
    max, max_over, max_keep = max_mask;
    /// The smallest value. Where several tie, the gradient is shared evenly; NaN if one is NaN.
    min, min_over, min_keep = min_mask;
    /// Π x; its gradient is right also where factors are 0.
    prod, prod_over, prod_keep = prod_mask;
    /// The Euclidean norm √Σ x², without overflow; its gradient at 0 is 0.
    norm, norm_over, norm_keep = norm_mask;
    /// ln Σ eˣ without overflow; −∞ of no elements or of −∞ only, with gradient 0.
    logsumexp, logsumexp_over, logsumexp_keep = logsumexp_mask;
}

/// Row-wise functions along any axis.
impl<'t, T: Dtype> Var<'t, T> {
    /// eˣⁱ / Σ eˣʲ along an axis.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Self {
        let mask = self.mask("softmax", &[axis]);
        self.along(mask, RowWise::Softmax)
    }

    /// xᵢ − ln Σ eˣʲ along an axis.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Self {
        let mask = self.mask("log_softmax", &[axis]);
        self.along(mask, RowWise::LogSoftmax)
    }

    /// The variance over axes (all if empty): Σ (x − mean)² / (n − `ddof`).
    #[track_caller]
    pub fn var(self, axes: &[isize], ddof: f64) -> Self {
        let mask = self.mask("var", axes);
        let centred = self - self.mean_mask(mask);
        let n = self.elements(mask);
        centred.square().sum_mask(mask).over(n - ddof).reshape_exact(&dropped(&self.shape(), mask))
    }

    /// The standard deviation over axes (all if empty); its gradient is 0 where all are equal.
    #[track_caller]
    pub fn std(self, axes: &[isize], ddof: f64) -> Self {
        let mask = self.mask("std", axes);
        let norm = (self - self.mean_mask(mask)).norm_mask(mask);
        norm.over((self.elements(mask) - ddof).sqrt()).reshape_exact(&dropped(&self.shape(), mask))
    }

    #[track_caller]
    fn mask(self, op: &str, axes: &[isize]) -> u32 {
        let shape = self.shape();
        match axes {
            [] => shape.iter().enumerate().fold(0, |mask, (i, _)| mask | 1 << i),
            _ => axis_mask(op, axes, &shape),
        }
    }

    /// How many elements are reduced to one.
    fn elements(self, mask: u32) -> f64 {
        let shape = self.shape();
        axes_of(mask).map(|axis| shape[axis]).product::<usize>() as f64
    }

    #[track_caller]
    fn sum_mask(self, mask: u32) -> Self {
        if mask == 0 { self } else { self.at(Sum::record(self.symbol(), mask).id) }
    }

    #[track_caller]
    fn mean_mask(self, mask: u32) -> Self {
        self.sum_mask(mask).over(self.elements(mask))
    }

    #[track_caller]
    fn max_mask(self, mask: u32) -> Self {
        self.reduce_rows(mask, RowWise::Max)
    }

    #[track_caller]
    fn min_mask(self, mask: u32) -> Self {
        self.reduce_rows(mask, RowWise::Min)
    }

    #[track_caller]
    fn norm_mask(self, mask: u32) -> Self {
        self.reduce_rows(mask, RowWise::Norm)
    }

    #[track_caller]
    fn logsumexp_mask(self, mask: u32) -> Self {
        self.reduce_rows(mask, RowWise::LogSumExp)
    }

    /// Halves the axis again and again: a tree of products, whose rule is the product rule.
    #[track_caller]
    fn prod_mask(self, mask: u32) -> Self {
        let shape = kept(&self.shape(), mask);
        let mut y = self.rows(mask);
        loop {
            let axis = y.shape().len() - 1;
            match y.shape()[axis] {
                0 => return y.sum_keep(&[-1]).shift(1.0).reshape_exact(&shape),
                1 => return y.reshape_exact(&shape),
                n => {
                    let half = y.narrow(-1, 0, n / 2) * y.narrow(-1, n / 2, n / 2);
                    y = match n % 2 {
                        0 => half,
                        _ => super::concat(&[half, y.narrow(-1, n - 1, 1)], -1),
                    };
                }
            }
        }
    }

    #[track_caller]
    fn reduce_rows(self, mask: u32, f: RowWise) -> Self {
        self.rows(mask).rowwise(f).reshape_exact(&kept(&self.shape(), mask))
    }

    /// The masked axes as one axis behind the others.
    #[track_caller]
    fn rows(self, mask: u32) -> Self {
        let shape = self.shape();
        let order: Vec<usize> =
            axes_of(!mask).filter(|&a| a < shape.len()).chain(axes_of(mask)).collect();
        let len = axes_of(mask).map(|a| shape[a]).product();
        let rows = self.permuted(&order);
        let kept: Vec<usize> = order[..shape.len() - mask.count_ones() as usize]
            .iter()
            .map(|&a| shape[a])
            .chain([len])
            .collect();
        debug_assert_eq!(count(&kept), count(&shape));
        rows.reshape_exact(&kept)
    }

    /// A row-wise function that keeps the axis's length, along one axis.
    #[track_caller]
    fn along(self, mask: u32, f: RowWise) -> Self {
        let rank = self.shape().len();
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(mask.trailing_zeros() as usize, rank - 1);
        self.permuted(&order).rowwise(f).permuted(&order)
    }
}
