//! Shapes as users change them: reshape, transpose, slice, pad, concat, stack.

use ndarray::SliceInfoElem;

use super::parts::{Accumulate, Concat, Part, concat_shape};
use super::views::AxisSlice;
use crate::play::Dtype;
use crate::shape::{count, resolve_axis};
use crate::var::Var;

impl<'t, T: Dtype> Var<'t, T> {
    /// The same elements in row-major order under another shape; one length may be −1 and is then
    /// what is left. Costs a copy only if the values do not lie in a row (after a transpose, say).
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(self, shape: &[isize]) -> Self {
        let known: isize = shape.iter().filter(|&&n| n != -1).product();
        let open = shape.iter().filter(|&&n| n == -1).count();
        let total = count(&self.shape()) as isize;
        let fits = shape.iter().all(|&n| n >= -1)
            && (open == 0 || open == 1 && known != 0 && total % known == 0);
        assert!(fits, "reshape: {} cannot have shape {shape:?}", self.label());
        let shape: Vec<usize> =
            shape.iter().map(|&n| if n == -1 { total / known } else { n } as usize).collect();
        self.reshape_exact(&shape)
    }

    /// All elements in one axis.
    #[track_caller]
    pub fn flatten(self) -> Self {
        self.reshape(&[-1])
    }

    /// The axes in another order, each named once; no copy.
    ///
    /// # Panics
    /// If an axis is missing or named twice.
    #[track_caller]
    pub fn permute(self, axes: &[isize]) -> Self {
        let shape = self.shape();
        let order: Vec<usize> = axes.iter().map(|&a| resolve_axis("permute", a, &shape)).collect();
        let mask = crate::shape::axis_mask("permute", axes, &shape);
        assert!(
            mask.count_ones() as usize == shape.len(),
            "permute: {axes:?} does not name every axis of {}",
            self.label()
        );
        self.permuted(&order)
    }

    /// The axes in reverse order (the transpose of a matrix); no copy.
    #[track_caller]
    pub fn t(self) -> Self {
        let order: Vec<usize> = (0..self.shape().len()).rev().collect();
        self.permuted(&order)
    }

    /// A new axis of length 1 before the given one (−1: behind the last).
    #[track_caller]
    pub fn insert_axis(self, axis: isize) -> Self {
        let mut shape = self.shape();
        let at = resolve_axis("insert_axis", axis, &vec![1; shape.len() + 1]);
        shape.insert(at, 1);
        self.reshape_exact(&shape)
    }

    /// A slice in ndarray's notation, steps and reversed steps included; no copy.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// use ndarray::s;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.slice(s![.., ..;-2]).to_vec(), [3.0, 1.0, 6.0, 4.0]);
    /// assert_eq!(x.slice(s![1, 1..]).to_vec(), [5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there are more entries than axes, or one is out of range.
    #[track_caller]
    pub fn slice(self, info: impl AsRef<[SliceInfoElem]>) -> Self {
        let shape = self.shape();
        let mut slices = Vec::with_capacity(shape.len());
        let mut result = Vec::with_capacity(shape.len());
        for entry in info.as_ref() {
            if let SliceInfoElem::NewAxis = entry {
                result.push(1);
                continue;
            }
            let axis = slices.len();
            assert!(axis < shape.len(), "slice: more entries than axes of {}", self.label());
            let (slice, stays) = resolve(entry, shape[axis]).unwrap_or_else(|| {
                panic!("slice: {entry:?} is out of range of axis {axis} of {}", self.label())
            });
            slices.push(slice);
            if stays {
                result.push(slice.len as usize);
            }
        }
        for &n in &shape[slices.len()..] {
            slices.push(AxisSlice { start: 0, step: 1, len: n as u32 });
            result.push(n);
        }
        self.sliced(&slices).reshape_exact(&result)
    }

    /// The i-th entry along the first axis; a loop over it is linear, forwards and backwards.
    ///
    /// # Panics
    /// If `i` is out of range, or the value is 0-d.
    #[track_caller]
    pub fn at_index(self, i: usize) -> Self {
        let shape = self.shape();
        assert!(!shape.is_empty() && i < shape[0], "there is no entry {i} in {}", self.label());
        self.slice([SliceInfoElem::Index(i as isize)])
    }

    /// `len` entries from `start` along an axis; no copy.
    ///
    /// # Panics
    /// If they are out of range.
    #[track_caller]
    pub fn narrow(self, axis: isize, start: usize, len: usize) -> Self {
        let shape = self.shape();
        let axis = resolve_axis("narrow", axis, &shape);
        assert!(
            start + len <= shape[axis],
            "narrow: {start}..{} is out of range of axis {axis} of {}",
            start + len,
            self.label()
        );
        let whole = |n: usize| AxisSlice { start: 0, step: 1, len: n as u32 };
        let mut slices: Vec<AxisSlice> = shape.iter().map(|&n| whole(n)).collect();
        slices[axis] = AxisSlice { start: start as u32, step: 1, len: len as u32 };
        self.sliced(&slices)
    }

    /// Zeros around: (before, after) for each axis.
    ///
    /// # Panics
    /// If there is not one pair per axis.
    #[track_caller]
    pub fn pad(self, width: &[(usize, usize)]) -> Self {
        let shape = self.shape();
        assert!(width.len() == shape.len(), "pad: one pair per axis of {}", self.label());
        let whole: Vec<usize> = shape.iter().zip(width).map(|(n, (a, b))| a + n + b).collect();
        let slice = |(&n, &(before, _)): (&usize, &(usize, usize))| AxisSlice {
            start: before as u32,
            step: 1,
            len: n as u32,
        };
        let slices: Vec<AxisSlice> = shape.iter().zip(width).map(slice).collect();
        let part = self.graph.edit(|r| Part::slice(r, self.id, &slices));
        self.at(Accumulate::pad(self.graph, &whole, part).id)
    }
}

/// What an entry of a slice picks of an axis of length n, and whether the axis stays.
fn resolve(entry: &SliceInfoElem, n: usize) -> Option<(AxisSlice, bool)> {
    let len = n as isize;
    let wrap = |i: isize| if i < 0 { i + len } else { i };
    match *entry {
        SliceInfoElem::Index(i) => {
            let i = wrap(i);
            (0..len).contains(&i).then_some((AxisSlice { start: i as u32, step: 1, len: 1 }, false))
        }
        SliceInfoElem::Slice { start, end, step } => {
            let (start, end) = (wrap(start), end.map_or(len, wrap));
            let end = end.max(start);
            if start < 0 || end > len || step == 0 {
                return None;
            }
            let picked = (end - start + step.abs() - 1) / step.abs();
            let first = if step > 0 || picked == 0 { start } else { end - 1 };
            Some((AxisSlice { start: first as u32, step: step as i32, len: picked as u32 }, true))
        }
        SliceInfoElem::NewAxis => None,
    }
}

/// Arrays one after the other along an axis that exists.
///
/// ```
/// # use chainrule_autograd::{Tape, concat};
/// let tape = Tape::<f64>::new();
/// let (a, b) = (tape.input("a", [1.0]), tape.input("b", [2.0, 3.0]));
/// assert_eq!(concat(&[a, b], 0).to_vec(), [1.0, 2.0, 3.0]);
/// ```
///
/// # Panics
/// If there are none, if other axes differ, or they stand on two tapes.
#[track_caller]
pub fn concat<'t, T: Dtype>(parts: &[Var<'t, T>], axis: isize) -> Var<'t, T> {
    let first = *parts.first().expect("concat: nothing to concatenate");
    let mut shape = first.shape();
    let axis = resolve_axis("concat", axis, &shape);
    shape[axis] = 0;
    for &part in parts {
        first.same_tape(part, "concat");
        let theirs = part.shape();
        let both = concat_shape(&[&shape, &theirs], axis).unwrap_or_else(|| {
            let (part, first) = (part.label(), first.label());
            panic!("concat along axis {axis}: {part} does not fit behind {first}")
        });
        shape = both;
    }
    if let [only] = parts {
        return *only;
    }
    let ids: Vec<_> = parts.iter().map(|p| p.id).collect();
    first.at(Concat::record(first.graph, axis, &ids, &shape).id)
}

/// Arrays of one shape side by side along a new axis.
///
/// # Panics
/// If there are none, or the shapes differ.
#[track_caller]
pub fn stack<'t, T: Dtype>(parts: &[Var<'t, T>], axis: isize) -> Var<'t, T> {
    let parts: Vec<_> = parts.iter().map(|p| p.insert_axis(axis)).collect();
    concat(&parts, axis)
}
