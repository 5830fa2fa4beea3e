//! [`View`]: values as an operand sees them, and the walk over several of them in step.

use ndarray::{ArrayViewD, Axis, IxDyn, ShapeBuilder};

use crate::shape::{MAX_RANK, Short, count, stretched_strides};

/// How many elements are gathered at a time when an operand does not lie in a row.
const TILE: usize = 256;

/// Part of a flat buffer, read with a shape and strides. Nothing is copied to make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a, T> {
    pub data: &'a [T],
    pub offset: usize,
    pub dims: &'a [usize],
    pub strides: &'a [isize],
}

impl<'a, T: Copy> View<'a, T> {
    /// The values as a slice, if they lie in row-major order without gaps.
    pub fn dense(&self) -> Option<&'a [T]> {
        let mut want = 1;
        for (&n, &stride) in self.dims.iter().zip(self.strides).rev() {
            if n != 1 {
                if n != 0 && stride != want {
                    return None;
                }
                want *= n as isize;
            }
        }
        match want {
            0 => Some(&[]),
            n => Some(&self.data[self.offset..self.offset + n as usize]),
        }
    }

    /// The values in row-major order: as they lie, or copied into `scratch`.
    pub fn row_major<'s>(&self, scratch: &'s mut Vec<T>) -> &'s [T]
    where
        'a: 's,
    {
        if let Some(slice) = self.dense() {
            return slice;
        }
        scratch.clear();
        scratch.extend(offsets(self.dims, self.strides, self.offset).map(|i| self.data[i]));
        scratch
    }

    /// The same values for ndarray.
    pub fn array(&self) -> ArrayViewD<'a, T> {
        const INSIDE: &str = "a node's strides stay inside its buffer";
        if count(self.dims) == 0 {
            return ArrayViewD::from_shape(IxDyn(self.dims), &[]).expect(INSIDE);
        }
        let below: isize = self
            .dims
            .iter()
            .zip(self.strides)
            .map(|(&n, &s)| if s < 0 { (n as isize - 1).max(0) * s } else { 0 })
            .sum();
        let start = self.offset.wrapping_add_signed(below);
        let strides: Short<usize> = self.strides.iter().map(|s| s.unsigned_abs()).collect();
        let shape = IxDyn(self.dims).strides(IxDyn(&strides));
        let mut view = ArrayViewD::from_shape(shape, &self.data[start..]).expect(INSIDE);
        for (axis, &stride) in self.strides.iter().enumerate() {
            if stride < 0 {
                view.invert_axis(Axis(axis));
            }
        }
        view
    }
}

/// The positions a view visits, in row-major order.
pub(crate) fn offsets<'a>(
    dims: &'a [usize],
    strides: &'a [isize],
    offset: usize,
) -> impl Iterator<Item = usize> + 'a {
    let mut index = [0usize; MAX_RANK];
    let mut at = offset as isize;
    (0..count(dims)).map(move |_| {
        let here = at as usize;
        for axis in (0..dims.len()).rev() {
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < dims[axis] {
                break;
            }
            at -= strides[axis] * dims[axis] as isize;
            index[axis] = 0;
        }
        here
    })
}

/// One loop of a walk: how often, and by how much each operand moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loop<const N: usize> {
    pub n: usize,
    pub step: [isize; N],
}

/// Loops over `dims` in which neighbours that can be walked as one are merged.
pub(crate) fn loops<T: Copy, const N: usize>(
    dims: &[usize],
    operands: &[View<'_, T>; N],
) -> Short<Loop<N>> {
    let strides = operands.each_ref().map(|v| stretched_strides(v.dims, v.strides, dims));
    let mut loops: Short<Loop<N>> = Short::new();
    for (axis, &n) in dims.iter().enumerate().filter(|&(_, &n)| n != 1) {
        let step = std::array::from_fn(|k| strides[k][axis]);
        match loops.last_mut() {
            Some(last) if (0..N).all(|k| last.step[k] == step[k] * n as isize) => {
                *last = Loop { n: last.n * n, step };
            }
            _ => loops.push(Loop { n, step }),
        }
    }
    loops
}

/// Calls `f` with slices of equal length of all operands, broadcast to `dims`, and of the output,
/// until the output is full. Operands that lie in rows are handed over as they lie; others are
/// gathered into a tile first.
pub(crate) fn tiles<T: Copy + Default, const N: usize>(
    dims: &[usize],
    operands: [View<'_, T>; N],
    out: &mut [T],
    mut f: impl FnMut([&[T]; N], &mut [T]),
) {
    if out.is_empty() {
        return;
    }
    if let [_] = out {
        return f(operands.map(|v| &v.data[v.offset..=v.offset]), out);
    }
    if operands.iter().all(|v| v.dims == dims) {
        let slices = operands.each_ref().map(View::dense);
        if slices.iter().all(Option::is_some) {
            return f(slices.map(Option::unwrap_or_default), out);
        }
    }
    let mut loops = loops(dims, &operands);
    let inner = loops.pop().unwrap_or_default();
    let mut tile = Tiles { inner: inner.step, tiles: [[T::default(); TILE]; N], held: [None; N] };
    let mut index = [0usize; MAX_RANK];
    let mut at = operands.each_ref().map(|v| v.offset as isize);
    for run in out.chunks_exact_mut(inner.n) {
        tile.run(&operands, at, run, &mut f);
        for (i, outer) in index[..loops.len()].iter_mut().zip(&*loops).rev() {
            *i += 1;
            (0..N).for_each(|k| at[k] += outer.step[k]);
            if *i < outer.n {
                break;
            }
            (0..N).for_each(|k| at[k] -= outer.step[k] * outer.n as isize);
            *i = 0;
        }
    }
}

struct Tiles<T, const N: usize> {
    inner: [isize; N],
    tiles: [[T; TILE]; N],
    /// What a tile of a repeated value holds already: where from, and how many.
    held: [Option<(isize, usize)>; N],
}

impl<const N: usize> Default for Loop<N> {
    fn default() -> Self {
        Loop { n: 1, step: [1; N] }
    }
}

impl<T: Copy, const N: usize> Tiles<T, N> {
    fn run(
        &mut self,
        operands: &[View<'_, T>; N],
        at: [isize; N],
        run: &mut [T],
        f: &mut impl FnMut([&[T]; N], &mut [T]),
    ) {
        let chunk = if self.inner.iter().all(|&s| s == 1) { run.len() } else { TILE };
        for (start, y) in (0..).step_by(chunk).zip(run.chunks_mut(chunk)) {
            for k in 0..N {
                self.gather(k, operands[k].data, at[k] + start as isize * self.inner[k], y.len());
            }
            let slices = std::array::from_fn(|k| match self.inner[k] {
                1 => &operands[k].data[at[k] as usize + start..][..y.len()],
                _ => &self.tiles[k][..y.len()],
            });
            f(slices, y);
        }
    }

    fn gather(&mut self, k: usize, data: &[T], at: isize, len: usize) {
        match self.inner[k] {
            1 => {}
            0 if self.held[k].is_some_and(|(from, n)| from == at && n >= len) => {}
            0 => {
                self.tiles[k][..len].fill(data[at as usize]);
                self.held[k] = Some((at, len));
            }
            step => {
                for (i, slot) in self.tiles[k][..len].iter_mut().enumerate() {
                    *slot = data[(at + i as isize * step) as usize];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_broadcast_reversed_and_long_operands() {
        let a: Vec<f64> = (0..1200).map(f64::from).collect();
        let row = View { data: &a, offset: 0, dims: &[600], strides: &[1] };
        let column = View { data: &a, offset: 1, dims: &[2, 1], strides: &[1, 1] };
        let back = View { data: &a, offset: 1199, dims: &[2, 600], strides: &[-600, -1] };
        let mut out = vec![0.0; 1200];
        tiles(&[2, 600], [row, column, back], &mut out, |[r, c, b], y| {
            for i in 0..y.len() {
                y[i] = 1e6 * c[i] + r[i] + 1e-6 * b[i];
            }
        });
        for (i, y) in out.iter().enumerate() {
            let want = 1e6 * (1 + i / 600) as f64 + (i % 600) as f64 + 1e-6 * (1199 - i) as f64;
            assert_eq!(*y, want);
        }
        assert_eq!(back.array()[[0, 0]], 1199.0);
        assert_eq!(back.array()[[1, 599]], 0.0);
    }

    #[test]
    fn zero_sizes_and_scalars() {
        let a = [7.0];
        let scalar = View { data: &a, offset: 0, dims: &[], strides: &[] };
        let mut out = [0.0; 3];
        tiles(&[3], [scalar], &mut out, |[x], y| y.copy_from_slice(x));
        assert_eq!(out, [7.0; 3]);
        let none = View { data: &a[..0], offset: 0, dims: &[0, 3], strides: &[3, 1] };
        assert_eq!(none.dense(), Some(&[][..]));
        assert_eq!(none.array().shape(), [0, 3]);
        tiles(&[0, 3], [none], &mut [], |_, _: &mut [f64]| unreachable!());
    }
}
