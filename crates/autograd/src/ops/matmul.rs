//! Matmul: the product of the last two axes, batched over the others. It is its own pullback with
//! the other operand; transposes are flags, and cost nothing.

use ndarray::{ArrayView2, ArrayViewMut2, Ix2, ShapeBuilder, linalg::general_mat_mul};

use super::Primitive;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::play::{Dtype, Element, Io};
use crate::shape::{Short, broadcast, count, stretched_strides};
use crate::var::Var;
use crate::view::{View, offsets};

/// op(A)·op(B), where op transposes the last two axes if its flag is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Matmul {
    ta: bool,
    tb: bool,
}

impl Primitive for Matmul {
    fn name(self, _: &Record) -> String {
        let flag = |t| if t { "ᵀ" } else { "" };
        format!("matmul(a{}, b{})", flag(self.ta), flag(self.tb))
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let (dims, a, b) = (io.dims(), io.operand(0), io.operand(1));
        let (batch, &[m, n]) = dims.split_last_chunk().expect("a product has two axes at least");
        let k = a.dims[a.dims.len() - if self.ta { 2 } else { 1 }];
        if m * n == 0 {
            return;
        }
        let (a, a_batch) = Matrix::of(a, batch, self.ta);
        let (b, b_batch) = Matrix::of(b, batch, self.tb);
        let starts = offsets(batch, &a_batch, a.start).zip(offsets(batch, &b_batch, b.start));
        for (out, (a_start, b_start)) in io.out.chunks_exact_mut(m * n).zip(starts) {
            let (a, b) = (Matrix { start: a_start, ..a }, Matrix { start: b_start, ..b });
            product(a, b, [m, k, n], out, io.scratch);
        }
    }

    /// With Y = A·B: Ā = Ȳ·Bᵀ, B̄ = Aᵀ·Ȳ; a transposed operand wants its adjoint transposed.
    fn pullback(self, back: &mut Back<'_, '_>) {
        let (a, b) = (back.x(0), back.x(1));
        let Matmul { ta, tb } = self;
        back.to(a, |g| if ta { b.product(g, tb, true) } else { g.product(b, false, !tb) });
        back.to(b, |g| if tb { g.product(a, true, ta) } else { a.product(g, !ta, false) });
    }
}

/// One matrix of an operand: where it starts, and its strides after transposing.
#[derive(Clone, Copy)]
struct Matrix<'a, T> {
    data: &'a [T],
    start: usize,
    strides: [isize; 2],
}

impl<'a, T: Element> Matrix<'a, T> {
    /// The first matrix, and the strides from batch to batch.
    fn of(x: View<'a, T>, batch: &[usize], transposed: bool) -> (Self, Short<isize>) {
        let (own, _) = x.dims.split_at(x.dims.len() - 2);
        let (own_strides, last) = x.strides.split_at(x.dims.len() - 2);
        let strides = if transposed { [last[1], last[0]] } else { [last[0], last[1]] };
        let batches = stretched_strides(own, own_strides, batch);
        (Matrix { data: x.data, start: x.offset, strides }, batches)
    }

    fn at(&self, row: usize, column: usize) -> T {
        let [r, c] = self.strides;
        self.data[self.start.wrapping_add_signed(row as isize * r + column as isize * c)]
    }

    fn transposed(self) -> Self {
        let [rows, columns] = self.strides;
        Matrix { strides: [columns, rows], ..self }
    }

    /// A row whose elements lie side by side.
    fn row(&self, row: usize, n: usize) -> &'a [T] {
        &self.data[self.start.wrapping_add_signed(row as isize * self.strides[0])..][..n]
    }

    /// The matrix as ndarray sees it. Reversed axes are copied, all others read in place.
    fn array<'s>(&self, dims: [usize; 2], scratch: &'s mut Vec<T>) -> ArrayView2<'s, T>
    where
        'a: 's,
    {
        let [rows, columns] = self.strides;
        let strides = Ix2(rows.unsigned_abs(), columns.unsigned_abs());
        if rows >= 0 && columns >= 0 && count(&dims) > 0 {
            let shape = Ix2(dims[0], dims[1]).strides(strides);
            let data = &self.data[self.start..];
            return ArrayView2::from_shape(shape, data).expect("inside the buffer");
        }
        scratch.clear();
        scratch.extend(offsets(&dims, &self.strides, self.start).map(|i| self.data[i]));
        ArrayView2::from_shape((dims[0], dims[1]), scratch).expect("as many elements")
    }
}

/// Up to here a plain loop is faster than the packing of the library (measured, see the benches).
const SMALL: usize = 4096;

fn product<T: Element>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    [m, k, n]: [usize; 3],
    out: &mut [T],
    scratch: &mut [Vec<T>; 2],
) {
    if m * k * n <= SMALL {
        match (a.strides, b.strides) {
            (_, [_, 1]) => return by_rows(a, b, [k, n], out),
            ([_, 1], [1, _]) => return by_dots(a, b.transposed(), [k, n], out),
            _ => {}
        }
    }
    let [scratch_a, scratch_b] = scratch;
    let a = a.array([m, k], scratch_a);
    let b = b.array([k, n], scratch_b);
    let mut y = ArrayViewMut2::from_shape((m, n), out).expect("m·n elements");
    general_mat_mul(T::one(), &a, &b, T::zero(), &mut y);
}

/// Element (i, j) of the product is (row i of a)·(row j of the transpose of b).
fn by_dots<T: Element>(a: Matrix<'_, T>, bt: Matrix<'_, T>, [k, n]: [usize; 2], out: &mut [T]) {
    for (i, y) in out.chunks_exact_mut(n).enumerate() {
        let row = a.row(i, k);
        y.iter_mut().enumerate().for_each(|(j, y)| *y = dot(row, bt.row(j, k)));
    }
}

/// Σ aᵢ·bᵢ in 8 lanes.
fn dot<T: Element>(a: &[T], b: &[T]) -> T {
    const LANES: usize = 8;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [T::zero(); LANES];
    for (a, b) in a.iter().zip(b) {
        (0..LANES).for_each(|i| lanes[i] = lanes[i] + a[i] * b[i]);
    }
    let rest = a_rest.iter().zip(b_rest);
    lanes.iter_mut().zip(rest).for_each(|(lane, (&a, &b))| *lane = *lane + a * b);
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        (0..width).for_each(|i| lanes[i] = lanes[i] + lanes[i + width]);
    }
    lanes[0]
}

/// Row i of the product is Σⱼ aᵢⱼ·(row j of b).
fn by_rows<T: Element>(a: Matrix<'_, T>, b: Matrix<'_, T>, [k, n]: [usize; 2], out: &mut [T]) {
    out.fill(T::zero());
    for (i, y) in out.chunks_exact_mut(n).enumerate() {
        for j in 0..k {
            let factor = a.at(i, j);
            y.iter_mut().zip(b.row(j, n)).for_each(|(y, &b)| *y = *y + factor * b);
        }
    }
}

impl<'t, T: Dtype> Var<'t, T> {
    /// The matrix product, as numpy's `matmul`: 1-D operands are a row on the left and a column on
    /// the right, more than two axes are batches that broadcast. `x.t().matmul(y)` costs no copy.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let a = tape.input("a", [[1.0, 2.0], [3.0, 4.0]]);
    /// let x = tape.input("x", [1.0, 10.0]);
    /// assert_eq!(a.matmul(x).to_vec(), [21.0, 43.0]);
    /// ```
    ///
    /// # Panics
    /// If the inner lengths differ, a side is 0-d, batches do not broadcast, or the operands stand
    /// on two tapes.
    #[track_caller]
    pub fn matmul(self, other: Var<'t, T>) -> Self {
        let (a, b) = (self.shape(), other.shape());
        assert!(
            !a.is_empty() && !b.is_empty(),
            "matmul: a 0-d operand: {} with {}; use × for scalars",
            self.label(),
            other.label()
        );
        self.same_tape(other, "matmul");
        let (k, l) = (a[a.len() - 1], b[b.len().saturating_sub(2)]);
        assert!(
            k == l,
            "matmul: inner lengths {k} and {l} differ: {} with {}",
            self.label(),
            other.label()
        );
        let left = if a.len() == 1 { self.reshape_exact(&[1, a[0]]) } else { self };
        let right = if b.len() == 1 { other.reshape_exact(&[b[0], 1]) } else { other };
        let y = left.product(right, false, false);
        let mut shape = y.shape();
        if b.len() == 1 {
            shape.pop();
        }
        if a.len() == 1 {
            shape.remove(shape.len() - if b.len() == 1 { 1 } else { 2 });
        }
        y.reshape_exact(&shape)
    }

    /// op(self)·op(other) of operands with two axes at least.
    #[track_caller]
    pub(crate) fn product(self, other: Var<'t, T>, ta: bool, tb: bool) -> Self {
        self.same_tape(other, "matmul");
        let (a, b) = (self.shape(), other.shape());
        let (batch_a, &[a0, a1]) = a.split_last_chunk().expect("two axes");
        let (batch_b, &[b0, b1]) = b.split_last_chunk().expect("two axes");
        let (m, k) = if ta { (a1, a0) } else { (a0, a1) };
        let (l, n) = if tb { (b1, b0) } else { (b0, b1) };
        assert!(k == l, "matmul: inner lengths {k} and {l} differ");
        let batch = broadcast(batch_a, batch_b).unwrap_or_else(|| {
            panic!("matmul: batches do not broadcast: {} with {}", self.label(), other.label())
        });
        let shape = [&batch[..], &[m, n]].concat();
        let matmul = Matmul { ta, tb };
        self.at(self.graph.push(matmul, &[self.id, other.id], ShapeOf::Dims(&shape)))
    }
}
