//! Sums over axes. Their transpose is stretching.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::kernel::{self, Level, add_rows, sum_runs};
use crate::many::Many;
use crate::node::Id;
use crate::number::Number;
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::{Short, axes_of, count, dense_strides, kept, stretched_strides};
use crate::tangent::Ahead;
use crate::var::Sym;
use crate::view::offsets;

/// Σ over the axes of a mask; they stay, with length 1. Its transpose is stretching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sum {
    pub axes: u32,
}

impl Sum {
    #[track_caller]
    pub fn record(x: Sym<'_>, axes: u32) -> Sym<'_> {
        let shape = kept(&x.shape(), axes);
        x.at(x.graph.push(Sum { axes }, &[x.id], ShapeOf::Dims(&shape)))
    }
}

impl Primitive for Sum {
    fn name(self, _: &Record) -> String {
        format!("sum{:?}", axes_of(self.axes).collect::<Vec<_>>())
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let x = io.operand(0);
        SumLoops::of(x.dims, self.axes).play(x.row_major(&mut io.scratch[0]), io.out);
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("axes", axes_of(self.axes).collect::<Vec<_>>().into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x] = line.operands()?;
        let shape = line.record.shape(x).to_vec();
        let axes = line.axes("axes", shape.len())?.iter().fold(0, |mask, axis| mask | 1 << axis);
        Ok(Loaded::computed(Sum { axes }, &kept(&shape, axes)))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.dx(0).map(|dx| Sum::record(dx, self.axes))
    }

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        many.stack(0).map(|x| Sum::record(x, self.axes << 1))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let (dims, zero) = (e.operand_dims(0), N::lit(0.0));
        let strides = stretched_strides(e.dims(), &dense_strides(e.dims()), dims);
        let mut y = vec![None; count(e.dims())];
        for (&x, at) in e.operand(0).iter().zip(offsets(dims, &strides, 0)) {
            y[at] = Some(y[at].map_or(x, |y: N| y + x));
        }
        Some(y.into_iter().map(|y| y.unwrap_or(zero)).collect())
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let x = back.x(0);
        back.to(x, |g| g.expand(&x.shape()));
    }
}

/// Neighbouring axes that are summed, or that stay, as one: (length, summed).
fn groups(dims: &[usize], axes: u32) -> Short<(usize, bool)> {
    let mut groups: Short<(usize, bool)> = Short::new();
    for (axis, &n) in dims.iter().enumerate().filter(|&(_, &n)| n != 1) {
        let summed = axes & (1 << axis) != 0;
        match groups.last_mut() {
            Some(last) if last.1 == summed => last.0 *= n,
            _ => groups.push((n, summed)),
        }
    }
    groups
}

/// How the elements of a sum are walked. The order of additions depends on the shape alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumLoops {
    /// The length of a run that is summed or added as a whole.
    inner: usize,
    summed: bool,
    outer: Short<usize>,
    /// How the place of the result moves with the outer loops.
    strides: Short<isize>,
}

impl SumLoops {
    pub fn of(dims: &[usize], axes: u32) -> Self {
        let mut groups = groups(dims, axes);
        let (inner, summed) = groups.pop().unwrap_or((1, false));
        let outer: Short<usize> = groups.iter().map(|g| g.0).collect();
        let mut strides: Short<isize> = groups.iter().map(|_| 0).collect();
        let mut step = if summed { 1 } else { inner as isize };
        for (stride, &(n, summed)) in strides.iter_mut().zip(&*groups).rev() {
            if !summed {
                *stride = step;
                step *= n as isize;
            }
        }
        SumLoops { inner, summed, outer, strides }
    }

    pub fn play<T: Element>(&self, x: &[T], out: &mut [T]) {
        out.fill(T::default());
        if x.is_empty() {
            return;
        }
        let level = Level::best();
        if self.summed
            && self.inner <= FEW
            && self.outer.len() <= 1
            && out.len() * self.inner == x.len()
        {
            return sum_runs(level, x, self.inner, out);
        }
        if !self.summed && out.len() == self.inner {
            return add_rows(level, x, out);
        }
        for (run, at) in x.chunks_exact(self.inner).zip(offsets(&self.outer, &self.strides, 0)) {
            if self.summed {
                out[at] = out[at] + pairwise_sum(run);
            } else {
                add_rows(level, run, &mut out[at..at + self.inner]);
            }
        }
    }
}

/// Up to so many elements are summed without halving.
const FEW: usize = 256;

/// Σ as a short run up to so many elements, and by halves above: the error grows like log n.
pub(super) fn pairwise_sum<T: Element>(x: &[T]) -> T {
    if x.is_empty() || x.len() > FEW {
        return kernel::pairwise_sum(Level::best(), x);
    }
    let mut sum = [T::default()];
    sum_runs(Level::best(), x, x.len(), &mut sum);
    sum[0]
}

impl<'t> Sym<'t> {
    /// Sums what was stretched, so that the shape becomes that of `x`: the transpose of
    /// broadcasting.
    #[inline]
    #[track_caller]
    pub(crate) fn sum_to(self, x: Sym<'t>) -> Sym<'t> {
        if self.same_shape(x) { self } else { self.stretched_sum(x) }
    }

    #[track_caller]
    fn stretched_sum(self, x: Sym<'t>) -> Sym<'t> {
        let (mine, shape) = (self.shape(), x.shape());
        let missing = mine.len() - shape.len();
        let mask = (0..mine.len())
            .filter(|&axis| axis < missing || shape[axis - missing] != mine[axis])
            .fold(0, |mask, axis| mask | 1 << axis);
        let sum = if mask == 0 { self } else { Sum::record(self, mask) };
        sum.reshape_exact(&shape)
    }
}
