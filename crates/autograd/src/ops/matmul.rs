//! Matmul: the product of the last two axes, batched over the others. It is its own pullback with
//! the other operand; transposes are flags, and cost nothing.

use super::Primitive;
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::kernel::Level;
use crate::kernel::product::{Matrix, pack_len, product};
use crate::many::Many;
use crate::node::Id;
use crate::number::Number;
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::{Short, broadcast, count, stretched_strides};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};
use crate::view::{View, offsets};

/// op(A)·op(B), where op transposes the last two axes if its flag is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Matmul {
    pub ta: bool,
    pub tb: bool,
}

impl Primitive for Matmul {
    fn name(self, _: &Record) -> String {
        let flag = |t| if t { "ᵀ" } else { "" };
        format!("matmul(a{}, b{})", flag(self.ta), flag(self.tb))
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let (a, b) = (io.operand(0), io.operand(1));
        let factors = self.factors(io.dims(), a, b);
        let [m, _, n] = factors.dims;
        if m * n == 0 {
            return;
        }
        let pack = &mut io.scratch[0];
        let len = pack_len(factors.dims).max(pack.len());
        pack.resize(len, T::default());
        for (out, (a_start, b_start)) in io.out.chunks_exact_mut(m * n).zip(factors.starts()) {
            let a = Matrix { data: a.data, start: a_start, strides: factors.strides[0] };
            let b = Matrix { data: b.data, start: b_start, strides: factors.strides[1] };
            product(Level::best(), a, b, factors.dims, out, pack);
        }
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("ta", self.ta.into()), ("tb", self.tb.into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [a, b] = line.operands()?;
        let matmul = Matmul { ta: line.flag("ta")?, tb: line.flag("tb")? };
        let (a, b) = (line.record.shape(a), line.record.shape(b));
        let shape = matmul.shape(a, b).map_err(|wrong| line.unfit(&wrong))?;
        let batch = shape[..shape.len() - 2].iter().fold(1, |n: usize, &m| n.saturating_mul(m));
        line.spend(PER_PRODUCT.saturating_mul(batch))?;
        Ok(Loaded::computed(matmul, &shape))
    }

    /// With Y = A·B: Ẏ = Ȧ·B + A·Ḃ.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let (a, b) = (ahead.x(0), ahead.x(1));
        let product = |a: Sym<'t>, b: Sym<'t>| a.product(b, self.ta, self.tb);
        let left = ahead.dx(0).map(|da| product(da, b));
        left.into_iter().chain(ahead.dx(1).map(|db| product(a, db))).reduce(|l, r| l + r)
    }

    /// One large product for all seeds where only one side has a stack, and its rows lie one below
    /// the other; else a product for each.
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let (a, b, ta, tb) = (many.x(0), many.x(1), self.ta, self.tb);
        let (a_rank, b_rank) = (a.shape().len(), b.shape().len());
        let shape = many.graph.record().shape(many.id).to_vec();
        let shape = many.stacked(&shape);
        let tall = |x: Sym<'t>| {
            let dims = x.shape();
            let columns = dims[dims.len() - 1];
            x.reshape_exact(&[dims[..dims.len() - 1].iter().product(), columns])
        };
        match (many.stack(0), many.stack(1)) {
            (Some(a), None) if b_rank == 2 && !ta => {
                Some(tall(a).product(b, false, tb).reshape_exact(&shape))
            }
            // A·Bᵀ as the transpose of B·Aᵀ
            (None, Some(b)) if a_rank == 2 && b_rank == 2 && tb => {
                let product = tall(b).product(a, false, !ta);
                Some(product.reshape_exact(&[shape[0], shape[2], shape[1]]).permuted(&[0, 2, 1]))
            }
            _ => {
                let rank = many.rank();
                Some(many.aligned(0, rank).product(many.aligned(1, rank), ta, tb))
            }
        }
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let (batch, &[m, n]) = e.dims().split_last_chunk()?;
        let a_dims = e.operand_dims(0);
        let k = a_dims[a_dims.len() - if self.ta { 2 } else { 1 }];
        // The matrices of each operand side by side, as they are stored.
        let all = |i: usize, rows: usize, columns: usize| {
            e.stretched(i, &[batch, &[rows, columns]].concat())
        };
        let a = if self.ta { all(0, k, m) } else { all(0, m, k) };
        let b = if self.tb { all(1, n, k) } else { all(1, k, n) };
        let place = |flag: bool, rows: usize, columns: usize, row: usize, column: usize| {
            if flag { column * rows + row } else { row * columns + column }
        };
        let mut y = Vec::with_capacity(count(e.dims()));
        for (group, i, j) in groups(count(batch), m, n) {
            let term = |l: usize| {
                let (a_at, b_at) = (place(self.ta, m, k, i, l), place(self.tb, k, n, l, j));
                a[group * m * k + a_at] * b[group * k * n + b_at]
            };
            y.push((1..k).fold(if k > 0 { term(0) } else { N::lit(0.0) }, |sum, l| sum + term(l)));
        }
        Some(y)
    }

    /// With Y = A·B: Ā = Ȳ·Bᵀ, B̄ = Aᵀ·Ȳ; a transposed operand wants its adjoint transposed.
    fn pullback(self, back: &mut Back<'_, '_>) {
        let (a, b) = (back.x(0), back.x(1));
        let Matmul { ta, tb } = self;
        back.to(a, |g| if ta { b.product(g, tb, true) } else { g.product(b, false, !tb) });
        back.to(b, |g| if tb { g.product(a, true, ta) } else { a.product(g, !ta, false) });
    }
}

/// (batch, row, column) of every element of a product, in order.
fn groups(batches: usize, m: usize, n: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..batches).flat_map(move |b| (0..m).flat_map(move |i| (0..n).map(move |j| (b, i, j))))
}

/// How the matrices of both operands lie.
pub(crate) struct Factors<'a> {
    /// m, k, n of (m×k)·(k×n)
    pub dims: [usize; 3],
    /// The strides within a matrix, for either operand.
    pub strides: [[isize; 2]; 2],
    batch: &'a [usize],
    batch_strides: [Short<isize>; 2],
    starts: [usize; 2],
}

/// A program notes where each matrix of a batch lies: about as much as so many elements.
const PER_PRODUCT: usize = 16;

impl Matmul {
    /// The length of what is summed, for a left operand of that shape.
    pub fn inner(self, a: &[usize]) -> usize {
        a[a.len() - if self.ta { 2 } else { 1 }]
    }

    /// The shape of the product, or what is wrong with the operands.
    fn shape(self, a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
        let (Some((batch_a, &[a0, a1])), Some((batch_b, &[b0, b1]))) =
            (a.split_last_chunk(), b.split_last_chunk())
        else {
            return Err("operands have two axes at least".into());
        };
        let (m, k) = if self.ta { (a1, a0) } else { (a0, a1) };
        let (l, n) = if self.tb { (b1, b0) } else { (b0, b1) };
        if k != l {
            return Err(format!("inner lengths {k} and {l} differ"));
        }
        let batch = broadcast(batch_a, batch_b).ok_or("batches do not broadcast")?;
        Ok([&batch[..], &[m, n]].concat())
    }

    /// For a result of shape `dims`.
    pub fn factors<'a, T>(self, dims: &'a [usize], a: View<'_, T>, b: View<'_, T>) -> Factors<'a> {
        let (batch, &[m, n]) = dims.split_last_chunk().expect("a product has two axes at least");
        let k = a.dims[a.dims.len() - if self.ta { 2 } else { 1 }];
        let ((a_batch, a_strides), (b_batch, b_strides)) =
            (lay_out(&a, batch, self.ta), lay_out(&b, batch, self.tb));
        Factors {
            dims: [m, k, n],
            strides: [a_strides, b_strides],
            batch,
            batch_strides: [a_batch, b_batch],
            starts: [a.offset, b.offset],
        }
    }
}

impl Factors<'_> {
    /// Where the matrices of both operands start, for each product of the batch.
    pub fn starts(&self) -> impl Iterator<Item = (usize, usize)> {
        let [a, b] = &self.batch_strides;
        let [a_start, b_start] = self.starts;
        offsets(self.batch, a, a_start).zip(offsets(self.batch, b, b_start))
    }
}

/// The strides from matrix to matrix, and those within one after transposing.
fn lay_out<T>(x: &View<'_, T>, batch: &[usize], transposed: bool) -> (Short<isize>, [isize; 2]) {
    let (own, _) = x.dims.split_at(x.dims.len() - 2);
    let (own_strides, last) = x.strides.split_at(x.dims.len() - 2);
    let strides = if transposed { [last[1], last[0]] } else { [last[0], last[1]] };
    (stretched_strides(own, own_strides, batch), strides)
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
        let matmul = Matmul { ta, tb };
        let shape = matmul.shape(&self.shape(), &other.shape()).unwrap_or_else(|wrong| {
            panic!("matmul: {wrong}: {} with {}", self.label(), other.label())
        });
        self.at(self.graph.push(matmul, &[self.id, other.id], ShapeOf::Dims(&shape)))
    }
}
