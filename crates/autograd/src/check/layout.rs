//! How an operand lies in memory: a result must not depend on it.

use std::ops::Range;

use ndarray::{ArrayD, ArrayViewD, Axis, IxDyn, Slice, SliceInfoElem};

use crate::play::Dtype;
use crate::var::Var;

/// How an operand lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// In row-major order.
    Plain,
    /// Fed with its axes reversed, and transposed back.
    Transposed,
    /// Cut out of a larger array: every second element along the first two axes, and backwards along
    /// all but the second.
    Sliced,
}

impl Layout {
    /// All of them.
    pub const ALL: [Layout; 3] = [Layout::Plain, Layout::Transposed, Layout::Sliced];

    fn step(axis: usize) -> isize {
        [-2, 2].get(axis).copied().unwrap_or(-1)
    }

    /// The array to feed so that its [view](Self::view) has these elements. The others are not to
    /// be seen by anybody; they are `filler`.
    pub(super) fn store<T: Clone>(self, values: &ArrayD<T>, filler: T) -> ArrayD<T> {
        match self {
            Layout::Plain => values.clone(),
            Layout::Transposed => values.t().as_standard_layout().into_owned(),
            Layout::Sliced => {
                let step = |axis| Layout::step(axis).unsigned_abs();
                let with_axis = values.shape().iter().enumerate();
                let shape: Vec<usize> = with_axis.map(|(axis, n)| step(axis) * n).collect();
                let mut stored = ArrayD::from_elem(IxDyn(&shape), filler);
                let slice = |axis: usize| Slice::new(0, None, Layout::step(axis));
                stored.slice_each_axis_mut(|a| slice(a.axis.index())).assign(values);
                stored
            }
        }
    }

    /// The operand, from what was fed.
    pub(super) fn view<T: Dtype>(self, stored: Var<'_, T>) -> Var<'_, T> {
        match self {
            Layout::Plain => stored,
            Layout::Transposed => stored.t(),
            Layout::Sliced => {
                let step =
                    |axis| SliceInfoElem::Slice { start: 0, end: None, step: Layout::step(axis) };
                stored.slice((0..stored.shape().len()).map(step).collect::<Vec<_>>())
            }
        }
    }

    /// The same for an array of which some axes are those that were fed.
    pub(super) fn view_array<T>(
        self,
        stored: ArrayViewD<'_, T>,
        fed: Range<usize>,
    ) -> ArrayViewD<'_, T> {
        match self {
            Layout::Plain => stored,
            Layout::Transposed => {
                let axes = (0..fed.start).chain(fed.clone().rev()).chain(fed.end..stored.ndim());
                stored.permuted_axes(IxDyn(&axes.collect::<Vec<_>>()))
            }
            Layout::Sliced => fed.clone().fold(stored, |mut x, axis| {
                let step = Layout::step(axis - fed.start);
                x.slice_axis_inplace(Axis(axis), Slice::new(0, None, step));
                x
            }),
        }
    }
}
