//! Sweeps: linear functions of a seed, compiled for a stack of unit vectors.
//!
//! What the seeds have in common (the values of the function, slopes) is played once for all sweeps of
//! a function; a sweep reads it as its inputs and computes what depends on the seeds.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ndarray::{Array2, ArrayD};

use crate::diagonal::Seeds;
use crate::error::FeedError;
use crate::feed::Feed;
use crate::function::Function;
use crate::graph::Graph;
use crate::many::{Way, many};
use crate::node::Id;
use crate::play::Element;
use crate::program::{Buffers, Program, shore};
use crate::shape::count;
use crate::tape::Tape;
use crate::var::{Sym, Var};

/// A stack of seeds is as large as lets its largest value have so many elements: a few of them lie in
/// the second cache together.
const STACK: usize = 1 << 14;
/// It is no larger than this if there is a choice.
const MOST: usize = 1 << 16;

/// Values, each with what it belongs to, that depend linearly on an input, the seed.
pub(crate) struct Linear<'t, T: Element> {
    pub seed: Var<'t, T>,
    pub outs: Vec<(usize, Var<'t, T>)>,
}

/// How seeds are cut into stacks.
struct Cut {
    units: usize,
    stack: usize,
    width: usize,
}

impl Cut {
    /// For seeds of a shape; the largest node has `widest` elements. Unit vectors stand for all
    /// entries of the last axis if that does not make a stack too large.
    fn of(shape: &[usize], widest: usize) -> Self {
        let last = shape.last().copied().unwrap_or(1);
        let width = if last * widest <= MOST { last.max(1) } else { 1 };
        let units = count(shape) / width;
        let stack = (STACK / (widest * width).max(1)).clamp(1, units.max(1));
        Cut { units, stack, width }
    }
}

/// Records an input for unit vectors, and what seeds they are.
fn record_seeds<'t, T: Element>(
    tape: &'t Tape<T>,
    seed: Var<'t, T>,
    stack: usize,
    width: usize,
) -> (Var<'t, T>, Seeds<'t>) {
    let mut shape = [&[stack], &seed.shape()[..]].concat();
    if width == 1 {
        let units = tape.input("seeds", ArrayD::zeros(shape));
        return (units, Seeds::Full(units.symbol()));
    }
    *shape.last_mut().expect("an axis") = 1;
    let units = tape.input("seeds", ArrayD::zeros(shape));
    let unit = tape.constant(Array2::from_diag_elem(width, T::one()));
    (units, Seeds::Thin(units.symbol(), unit.symbol()))
}

/// The sweeps of a function.
#[derive(Debug)]
pub(crate) struct Sweeps<T: Element> {
    /// What they have in common.
    base: Program<T>,
    buffers: RefCell<Buffers<T>>,
    list: Vec<Sweep<T>>,
}

/// One of them.
#[derive(Debug)]
struct Sweep<T: Element> {
    program: Program<T>,
    buffers: RefCell<Buffers<T>>,
    /// Which outputs of the base are its inputs; the seeds come last.
    shared: Vec<usize>,
    /// What its results belong to.
    outs: Vec<usize>,
    /// The first of the unit vectors that are in the buffers.
    fed: Cell<Option<usize>>,
    /// How many unit vectors there are, how many at once, and how many seeds each stands for.
    units: usize,
    stack: usize,
    width: usize,
    /// About how many multiplications all of them cost.
    work: usize,
}

impl<T: Element> Sweeps<T> {
    /// `None` if an op has no rule for stacks.
    pub fn new<const N: usize>(f: &Function<T, N>, list: Vec<Linear<'_, T>>) -> Option<Self> {
        let mut shared = Shared { numbers: HashMap::new(), vars: vec![] };
        let list = list.iter().map(|linear| Sweep::new(f, linear, &mut shared));
        let list = list.collect::<Option<Vec<_>>>()?;
        let vars: Vec<Var<'_, T>> = shared.vars.into_iter().map(|id| f.tape().var(id)).collect();
        let base = f.tape().compile(&f.vars(), &vars);
        let buffers = RefCell::new(base.buffers());
        Some(Sweeps { base, buffers, list })
    }

    /// How many seeds each has.
    pub fn seeds(&self) -> impl Iterator<Item = usize> + '_ {
        self.list.iter().map(|sweep| sweep.units * sweep.width)
    }

    /// About how many multiplications they cost.
    pub fn work(&self) -> usize {
        self.list.iter().fold(0, |sum, sweep| sum.saturating_add(sweep.work))
    }

    /// Plays all seeds of all. `take(sweep, first, k, values)` is given the values of each result, which
    /// belongs to k, for the seeds from the first on, one after the other.
    pub fn play<const N: usize>(
        &self,
        at: [&dyn Feed<T>; N],
        mut take: impl FnMut(usize, usize, usize, &[T]),
    ) -> Result<(), FeedError> {
        let mut buffers = self.buffers.borrow_mut();
        for (i, value) in at.into_iter().enumerate() {
            self.base.feed(&mut buffers, i, value)?;
        }
        self.base.play(&mut buffers);
        for (number, sweep) in self.list.iter().enumerate() {
            let shared = |k: usize| self.base.output(&buffers, k);
            sweep.play(shared, |first, k, values| take(number, first, k, values))?;
        }
        Ok(())
    }
}

/// What sweeps read of what does not depend on seeds, and its numbers among the base's outputs.
struct Shared {
    numbers: HashMap<Id, usize>,
    vars: Vec<Id>,
}

impl Shared {
    fn number(&mut self, id: Id) -> usize {
        let next = self.vars.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.vars.push(id);
        }
        number
    }
}

impl<T: Element> Sweep<T> {
    fn new<const N: usize>(
        f: &Function<T, N>,
        Linear { seed, outs }: &Linear<'_, T>,
        shared: &mut Shared,
    ) -> Option<Self> {
        let graph: &Graph = seed.graph;
        let ends: Vec<Sym<'_>> = outs.iter().map(|(_, y)| y.symbol()).collect();
        let names = outs.iter().map(|(k, _)| *k).collect();
        let way = Way::between(graph, seed.id, &ends);
        let work = way.work(graph).saturating_mul(count(&seed.shape()));
        let Cut { units, stack, width } = Cut::of(&seed.shape(), way.widest(graph));
        let (stacked, seeds) = record_seeds(f.tape(), *seed, stack, width);
        let outs = many(graph, seed.symbol(), seeds, &ends)?;
        let outs: Vec<Id> = outs.into_iter().map(|y| y.id).collect();
        let inputs: Vec<Id> = f.vars().into_iter().map(|x| x.id).collect();
        let read = shore(&graph.record(), &inputs, stacked.id, &outs);
        let program = f.tape().compile_between(&[&read[..], &[stacked.id]].concat(), &outs);
        let buffers = RefCell::new(program.buffers());
        let shared = read.into_iter().map(|id| shared.number(id)).collect();
        let fed = Cell::new(None);
        Some(Sweep { program, buffers, shared, outs: names, fed, units, stack, width, work })
    }

    fn play<'b>(
        &self,
        shared: impl Fn(usize) -> ndarray::ArrayViewD<'b, T>,
        mut take: impl FnMut(usize, usize, &[T]),
    ) -> Result<(), FeedError>
    where
        T: 'b,
    {
        let mut buffers = self.buffers.borrow_mut();
        for (input, &k) in self.shared.iter().enumerate() {
            self.program.feed(&mut buffers, input, shared(k))?;
        }
        for first in (0..self.units).step_by(self.stack) {
            let some = self.stack.min(self.units - first);
            self.point(&mut buffers, first);
            self.program.play(&mut buffers);
            for (out, &k) in self.outs.iter().enumerate() {
                let values = self.program.output(&buffers, out);
                let len = values.len() / self.stack * some;
                match values.as_slice() {
                    Some(values) => take(first * self.width, k, &values[..len]),
                    None => {
                        let values: Vec<T> = values.iter().copied().take(len).collect();
                        take(first * self.width, k, &values);
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets the seeds be the unit vectors from number `first` on.
    fn point(&self, buffers: &mut Buffers<T>, first: usize) {
        let before = self.fed.replace(Some(first));
        if before == Some(first) {
            return;
        }
        let units = self.program.input_mut(buffers, self.shared.len());
        let mut put = |first: usize, value: T| {
            let ones = units.iter_mut().skip(first).step_by(self.units + 1);
            ones.take(self.units - first).for_each(|unit| *unit = value);
        };
        before.into_iter().for_each(|before| put(before, T::zero()));
        put(first, T::one());
    }
}
