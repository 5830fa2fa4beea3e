//! Jacobians and Hessians: whole matrices of derivatives, many seeds at once.
//!
//! A row of a Jacobian is a pullback of a unit vector, a column the tangent along one. Either is
//! recorded once for a stack of unit vectors (see `many.rs`) and compiled (see `sweep.rs`). Which way is cheaper depends
//! on the shape: both are recorded, their work is counted, and the cheaper one is played. A Hessian is
//! the Jacobian of the gradient by columns; as it is symmetric they are its rows.

use ndarray::{ArrayD, IxDyn};

use crate::error::FeedError;
use crate::feed::Feed;
use crate::function::Function;
use crate::play::Element;
use crate::shape::count;
use crate::sweep::{Linear, Sweeps};
use crate::var::Var;

/// What a [`Function`] keeps for one kind of matrix: a sweep for each seed it has.
const ROWS: usize = 0;
const COLUMNS: usize = 1;
const HESSIAN: usize = 2;

impl<T: Element, const N: usize> Function<T, N> {
    /// The Jacobian: for each input an array of the output's shape followed by the input's. By rows or
    /// by columns, whichever takes fewer operations; many at once, in a compiled program.
    ///
    /// ```
    /// use chainrule_autograd::Function;
    /// let f = Function::<f64, 1>::record([("x", &[2])], |[x]| x * x.sum());
    /// let [j] = f.jacobian([&[1.0, 2.0]])?;
    /// assert_eq!(j, ndarray::arr2(&[[4.0, 1.0], [2.0, 5.0]]).into_dyn());
    /// # Ok::<(), chainrule_autograd::FeedError>(())
    /// ```
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn jacobian(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        let work = |kind| self.sweeps(kind).map(Sweeps::work);
        let (rows, columns) = (work(ROWS), work(COLUMNS));
        match (rows, columns) {
            (Some(rows), Some(columns)) if columns < rows => self.jacobian_by_columns(at),
            _ => self.jacobian_by_rows(at),
        }
    }

    /// The same Jacobian by rows: a sweep backwards for each element of the output.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn jacobian_by_rows(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        let Some(sweeps) = self.sweeps(ROWS) else {
            self.feed(at)?;
            return Ok(self.row_by_row(1));
        };
        let mut rows = self.empty(count(&self.output().shape()));
        sweeps.play(at, |_, _, k, values| rows[k].extend_from_slice(values))?;
        Ok(self.shaped(rows, &self.output().shape()))
    }

    /// The same Jacobian by columns: a sweep forwards for each element of the inputs.
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn jacobian_by_columns(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        let Some(sweeps) = self.sweeps(COLUMNS) else {
            self.feed(at)?;
            return Ok(self.row_by_row(1));
        };
        let outer = self.output().shape();
        let rows = count(&outer);
        let mut jacobian = self.empty(rows);
        for (matrix, columns) in jacobian.iter_mut().zip(sweeps.seeds()) {
            matrix.resize(rows * columns, T::zero());
        }
        sweeps.play(at, |x, first, _, values| {
            let columns = jacobian[x].len() / rows.max(1);
            for (column, values) in (first..).zip(values.chunks_exact(rows.max(1))) {
                let to = jacobian[x][column..].iter_mut().step_by(columns);
                to.zip(values).for_each(|(to, &value)| *to = value);
            }
        })?;
        Ok(self.shaped(jacobian, &outer))
    }

    /// The Jacobian of the gradient of Σ output, flattened over all inputs in order: the Hessian, an
    /// array per input, of shape (number of elements of all inputs) followed by the input's.
    ///
    /// ```
    /// use chainrule_autograd::Function;
    /// let f = Function::<f64, 2>::record([("x", &[]), ("y", &[])], |[x, y]| x.square() * y);
    /// let [x, y] = f.hessian([&3.0, &5.0])?;
    /// assert_eq!(x.as_slice(), Some(&[10.0, 6.0][..])); // ∂²f/∂x², ∂²f/∂y∂x
    /// assert_eq!(y.as_slice(), Some(&[6.0, 0.0][..])); // ∂²f/∂x∂y, ∂²f/∂y²
    /// # Ok::<(), chainrule_autograd::FeedError>(())
    /// ```
    ///
    /// # Errors
    /// If a value does not fit its input.
    pub fn hessian(&self, at: [&dyn Feed<T>; N]) -> Result<[ArrayD<T>; N], FeedError> {
        let Some(sweeps) = self.sweeps(HESSIAN) else {
            self.feed(at)?;
            return Ok(self.row_by_row(2));
        };
        let sizes: [usize; N] = std::array::from_fn(|k| count(&self.input(k).shape()));
        let rows = sizes.iter().sum();
        let start: [usize; N] = std::array::from_fn(|k| sizes[..k].iter().sum());
        let mut hessian = sizes.map(|n| Vec::with_capacity(rows * n));
        sweeps.play(at, |k, first, j, values| {
            let n = sizes[j];
            put(&mut hessian[j], (start[k] + first) * n, values);
            if k != j {
                // The other half, by symmetry.
                put_transposed(&mut hessian[k], start[j] * sizes[k] + first, sizes[k], (values, n));
            }
        })?;
        Ok(self.shaped(hessian, &[rows]))
    }

    /// What is compiled when it is first asked for.
    fn sweeps(&self, kind: usize) -> Option<&Sweeps<T>> {
        let made = self.sweeps[kind].get_or_init(|| match kind {
            ROWS => {
                let seed = self.seed(self.output());
                let adjoints = self.output().pullback(&self.vars(), seed);
                let outs = adjoints.into_iter().enumerate().collect();
                Sweeps::new(self, vec![Linear { seed, outs }])
            }
            _ => {
                let ys = if kind == COLUMNS { vec![self.output()] } else { self.slopes() };
                let size = |k: usize| (count(&self.input(k).shape()), k);
                // Of ∂²/∂xₖ∂xⱼ and ∂²/∂xⱼ∂xₖ that which takes fewer seeds.
                let wanted = |k: usize, j: &usize| kind == COLUMNS || size(*j) >= size(k);
                let linear = self.vars().into_iter().enumerate().map(|(k, x)| {
                    let seed = self.seed(x);
                    let outs: Vec<usize> = (0..ys.len()).filter(|j| wanted(k, j)).collect();
                    let some: Vec<_> = outs.iter().map(|&j| ys[j]).collect();
                    let tangents = Var::tangents(&some, &[x], &[seed]);
                    Linear { seed, outs: outs.into_iter().zip(tangents).collect() }
                });
                Sweeps::new(self, linear.collect())
            }
        });
        made.as_ref()
    }

    /// An input for a seed of the shape of a value.
    fn seed<'t>(&'t self, like: Var<'t, T>) -> Var<'t, T> {
        self.tape().input("seed", ArrayD::zeros(IxDyn(&like.shape())))
    }

    /// For each input room for so many rows of its shape.
    fn empty(&self, rows: usize) -> [Vec<T>; N] {
        std::array::from_fn(|k| Vec::with_capacity(rows * count(&self.input(k).shape())))
    }

    /// Rows for each input as arrays of the shape `outer` followed by the input's.
    pub(crate) fn shaped(&self, rows: [Vec<T>; N], outer: &[usize]) -> [ArrayD<T>; N] {
        let mut index = 0;
        rows.map(|values| {
            let shape = [outer, &self.input(index).shape()].concat();
            index += 1;
            ArrayD::from_shape_vec(IxDyn(&shape), values).expect("one row per seed")
        })
    }
}

/// Puts values where they belong in a list that grows; what they leave out before them is 0 for now.
fn put<T: Element>(list: &mut Vec<T>, at: usize, values: &[T]) {
    if list.len() < at {
        list.resize(at, T::zero());
    }
    let (there, new) = values.split_at(values.len().min(list.len() - at));
    list[at..at + there.len()].copy_from_slice(there);
    list.extend_from_slice(new);
}

/// So many rows become columns at once: as many as a line of the cache has elements.
const SOME: usize = 8;

/// Puts rows of `n` values as columns, from `at` on, of what has rows of `width`.
fn put_transposed<T: Element>(
    list: &mut Vec<T>,
    at: usize,
    width: usize,
    (values, n): (&[T], usize),
) {
    let rows = values.len() / n.max(1);
    let end = at + (n * width).saturating_sub(width) + rows;
    if list.len() < end {
        list.resize(end, T::zero());
    }
    for (block, values) in values.chunks(SOME * n.max(1)).enumerate() {
        let to = list[at + block * SOME..].chunks_mut(width.max(1));
        let mut rows = values.chunks_exact(n.max(1));
        if rows.len() == SOME {
            let rows: [&[T]; SOME] = std::array::from_fn(|_| &rows.next().expect("a row")[..n]);
            for (column, to) in to.enumerate().take(n) {
                (0..SOME).for_each(|i| to[i] = rows[i][column]);
            }
        } else {
            for (column, to) in to.enumerate().take(n) {
                to.iter_mut().zip(rows.clone()).for_each(|(to, row)| *to = row[column]);
            }
        }
    }
}
