//! Jacobians and Hessians: whole matrices of derivatives, many seeds at once.
//!
//! A row of a Jacobian is a pullback of a unit vector, a column the tangent along one. Either is
//! recorded once for a stack of unit vectors (see `many.rs`) and compiled. Which way is cheaper depends
//! on the shape: both are recorded, their work is counted, and the cheaper one is played. A Hessian is
//! the Jacobian of the gradient by columns; as it is symmetric they are its rows.

use std::cell::{Cell, RefCell};

use ndarray::{ArrayD, IxDyn};

use crate::error::FeedError;
use crate::feed::Feed;
use crate::function::Function;
use crate::graph::Graph;
use crate::many::{Way, many};
use crate::play::Element;
use crate::program::{Buffers, Program};
use crate::shape::count;
use crate::var::{Sym, Var};

/// A stack of seeds is as large as lets its largest value have so many elements.
const STACK: usize = 1 << 16;

/// What a [`Function`] keeps for one kind of matrix: a sweep for each seed it has.
const ROWS: usize = 0;
const COLUMNS: usize = 1;
const HESSIAN: usize = 2;

/// A sweep compiled for a stack of seeds.
#[derive(Debug)]
pub(crate) struct Sweep<T: Element> {
    program: Program<T>,
    /// Which inputs or values its results belong to.
    outs: Vec<usize>,
    buffers: RefCell<Buffers<T>>,
    /// Unit vectors, all zeros between plays; and where those in the buffers start.
    units: RefCell<ArrayD<T>>,
    fed: Cell<Option<usize>>,
    /// How many seeds there are, and how many at once.
    seeds: usize,
    stack: usize,
    /// About how many multiplications all of them cost.
    work: usize,
}

impl<T: Element> Sweep<T> {
    /// For the elements of `seed`, an input of which `outs` are linear functions. `None` if an op has
    /// no rule for stacks.
    fn new<const N: usize>(
        f: &Function<T, N>,
        seed: Var<'_, T>,
        outs: &[(usize, Var<'_, T>)],
    ) -> Option<Self> {
        let graph: &Graph = seed.graph;
        let ends: Vec<Sym<'_>> = outs.iter().map(|(_, y)| y.symbol()).collect();
        let names = outs.iter().map(|(k, _)| *k).collect();
        let way = Way::between(graph, seed.id, &ends);
        let seeds = count(&seed.shape());
        let stack = (STACK / way.widest(graph).max(1)).clamp(1, seeds.max(1));
        let work = way.work(graph).saturating_mul(seeds);
        let units = ArrayD::zeros(IxDyn(&[&[stack], &seed.shape()[..]].concat()));
        let stacked = f.tape().input("seeds", &units);
        let outs = many(graph, seed.symbol(), stacked.symbol(), &ends)?;
        let outs: Vec<Var<'_, T>> = outs.into_iter().map(|y| seed.at(y.id)).collect();
        let program = f.tape().compile(&[&f.vars()[..], &[stacked]].concat(), &outs);
        let buffers = RefCell::new(program.buffers());
        let (units, fed) = (RefCell::new(units), Cell::new(None));
        Some(Sweep { program, outs: names, buffers, units, fed, seeds, stack, work })
    }

    /// Plays all seeds. `take(first, k, values)` is given the values of each result, which belongs to k,
    /// for the seeds from the first on, one after the other.
    fn play<const N: usize>(
        &self,
        at: [&dyn Feed<T>; N],
        mut take: impl FnMut(usize, usize, &[T]),
    ) -> Result<(), FeedError> {
        let mut buffers = self.buffers.borrow_mut();
        for (i, value) in at.into_iter().enumerate() {
            self.program.feed(&mut buffers, i, value)?;
        }
        for first in (0..self.seeds).step_by(self.stack) {
            let some = self.stack.min(self.seeds - first);
            if self.fed.replace(Some(first)) != Some(first) {
                self.feed_units(&mut buffers, N, first, some)?;
            }
            self.program.play(&mut buffers);
            for (out, &k) in self.outs.iter().enumerate() {
                let values = self.program.output(&buffers, out);
                let len = values.len() / self.stack * some;
                match values.as_slice() {
                    Some(values) => take(first, k, &values[..len]),
                    None => take(first, k, &values.iter().copied().take(len).collect::<Vec<T>>()),
                }
            }
        }
        Ok(())
    }

    fn feed_units(
        &self,
        buffers: &mut Buffers<T>,
        input: usize,
        first: usize,
        some: usize,
    ) -> Result<(), FeedError> {
        let mut units = self.units.borrow_mut();
        let put = |units: &mut ArrayD<T>, value: T| {
            let ones = units.iter_mut().skip(first).step_by(self.seeds + 1);
            ones.take(some).for_each(|unit| *unit = value);
        };
        put(&mut units, T::one());
        let fed = self.program.feed(buffers, input, &*units);
        put(&mut units, T::zero());
        fed
    }
}

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
        let work = |sweeps: Option<&[Sweep<T>]>| sweeps.map(|s| s.iter().map(|s| s.work).sum());
        let (rows, columns): (Option<usize>, Option<usize>) =
            (work(self.sweeps(ROWS)), work(self.sweeps(COLUMNS)));
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
        let Some([sweep]) = self.sweeps(ROWS) else {
            self.feed(at)?;
            return Ok(self.row_by_row(1));
        };
        let mut rows = self.empty(sweep.seeds);
        sweep.play(at, |_, k, values| rows[k].extend_from_slice(values))?;
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
        for (sweep, matrix) in sweeps.iter().zip(&mut jacobian) {
            let columns = sweep.seeds;
            matrix.resize(rows * columns, T::zero());
            sweep.play(at, |first, _, values| {
                for (column, values) in (first..).zip(values.chunks_exact(rows.max(1))) {
                    let to = matrix[column..].iter_mut().step_by(columns);
                    to.zip(values).for_each(|(to, &value)| *to = value);
                }
            })?;
        }
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
        let sizes: [usize; N] = std::array::from_fn(|k| sweeps[k].seeds);
        let rows = sizes.iter().sum();
        let start: [usize; N] = std::array::from_fn(|k| sizes[..k].iter().sum());
        let mut hessian = sizes.map(|n| vec![T::zero(); rows * n]);
        for (k, sweep) in sweeps.iter().enumerate() {
            sweep.play(at, |first, j, values| {
                let n = sizes[j];
                let row = (start[k] + first) * n;
                hessian[j][row..row + values.len()].copy_from_slice(values);
                // The other half, by symmetry.
                let column = (k != j).then_some(values.chunks_exact(n.max(1)));
                for (seed, values) in (first..).zip(column.into_iter().flatten()) {
                    let mirrored = hessian[k][start[j] * sizes[k] + seed..].iter_mut();
                    mirrored.step_by(sizes[k]).zip(values).for_each(|(to, &value)| *to = value);
                }
            })?;
        }
        Ok(self.shaped(hessian, &[rows]))
    }

    /// What is compiled when it is first asked for.
    fn sweeps(&self, kind: usize) -> Option<&[Sweep<T>]> {
        let made = self.sweeps[kind].get_or_init(|| match kind {
            ROWS => {
                let seed = self.seed(self.output());
                let adjoints = self.output().pullback(&self.vars(), seed);
                let adjoints: Vec<_> = adjoints.into_iter().enumerate().collect();
                Some(vec![Sweep::new(self, seed, &adjoints)?])
            }
            _ => {
                let ys = if kind == COLUMNS { vec![self.output()] } else { self.slopes() };
                let size = |k: usize| (count(&self.input(k).shape()), k);
                // Of ∂²/∂xₖ∂xⱼ and ∂²/∂xⱼ∂xₖ that which takes fewer seeds.
                let wanted = |k: usize, j: &usize| kind == COLUMNS || size(*j) >= size(k);
                let sweep = |(k, x): (usize, Var<'_, T>)| {
                    let direction = self.seed(x);
                    let outs: Vec<usize> = (0..ys.len()).filter(|j| wanted(k, j)).collect();
                    let some: Vec<_> = outs.iter().map(|&j| ys[j]).collect();
                    let tangents = Var::tangents(&some, &[x], &[direction]);
                    let tangents: Vec<_> = outs.into_iter().zip(tangents).collect();
                    Sweep::new(self, direction, &tangents)
                };
                self.vars().into_iter().enumerate().map(sweep).collect()
            }
        });
        made.as_deref()
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
