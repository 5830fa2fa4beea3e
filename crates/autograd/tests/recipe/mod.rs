//! Recipes of random tapes: a list of numbers that says which op is applied to which values. A step
//! whose result would overflow, or stand at a kink, is left out.
#![allow(dead_code)] // each test file uses its own share

use chainrule_autograd::shape::{broadcast, count};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Tape, Var, concat, stack};
use ndarray::{Array1, ArrayD, array, s};
use proptest::prelude::*;

/// The steps: an op, two values, a detail.
#[derive(Clone, Debug)]
pub struct Recipe(Vec<[u16; 4]>);

pub fn recipes() -> impl Strategy<Value = Recipe> {
    prop::collection::vec(any::<[u16; 4]>(), 5..40).prop_map(Recipe)
}

/// The inputs of every random tape.
pub fn inputs() -> [(&'static str, ArrayD<f64>); 4] {
    [
        ("matrix", array![[0.4, -1.3, 0.9], [1.7, 0.2, -0.6]].into_dyn()),
        ("vector", array![-0.8, 1.1, 0.5].into_dyn()),
        ("column", array![[1.4], [-0.7]].into_dyn()),
        ("scalar", ndarray::arr0(0.65).into_dyn()),
    ]
}

/// Values nearer to a kink than this may jump over it in a finite difference.
const MARGIN: f64 = 0.02;

impl Recipe {
    /// All values, the inputs first.
    pub fn record<'t>(&self, inputs: &[Var<'t>]) -> Vec<Var<'t>> {
        let mut nodes = inputs.to_vec();
        for &[op, a, b, detail] in &self.0 {
            let pick = |i: u16| nodes[i as usize % nodes.len()];
            let step = Step { a: pick(a), b: pick(b), detail: detail.into() };
            let done = step.record(op as usize % 8);
            nodes.extend(done.filter(|y| count(&y.shape()) <= 36 && within(*y, -6.0, 6.0)));
        }
        nodes
    }
}

fn within(x: Var<'_>, low: f64, high: f64) -> bool {
    x.with_value(|v| v.iter().all(|x| (low..=high).contains(x)))
}

fn at_least(x: Var<'_>, low: f64) -> bool {
    within(x, low, f64::INFINITY)
}

/// Whether all values are distinct, with a margin.
fn distinct(x: Var<'_>) -> bool {
    let mut values = x.to_vec();
    values.sort_by(f64::total_cmp);
    values.windows(2).all(|w| w[1] - w[0] > MARGIN)
}

/// One step: what is at hand.
struct Step<'t> {
    a: Var<'t>,
    b: Var<'t>,
    detail: usize,
}

impl<'t> Step<'t> {
    fn record(&self, op: usize) -> Option<Var<'t>> {
        match op {
            0 => self.row(),
            1 | 2 => self.zip(),
            3 => self.reduce(),
            4 => self.reshape(),
            5 => self.join(),
            6 => self.product(),
            _ => self.index(),
        }
    }

    /// Any row of the table, brought into its test interval.
    fn row(&self) -> Option<Var<'t>> {
        let row = rows().nth(self.detail % rows().count())?;
        let (low, high) = row.info().test;
        let params = row.info().defaults();
        let inside = self.a.tanh() * (0.45 * (high - low)) + 0.5 * (low + high);
        let kinks = (row.info().kinks)(&params);
        let near = |x: &f64| (x - x.round()).abs() < MARGIN;
        if !kinks.is_empty() && inside.with_value(|v| v.iter().any(near)) {
            return None;
        }
        Some(inside.map_row(row, &params) * 0.5)
    }

    fn zip(&self) -> Option<Var<'t>> {
        let (a, b) = (self.a, self.b);
        broadcast(&a.shape(), &b.shape())?;
        let apart = || at_least((a - b).abs(), MARGIN);
        let off_zero = |x: Var<'_>| at_least(x.abs(), 0.2);
        Some(match self.detail % 18 {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            3 if off_zero(b) => a / b,
            4 if at_least(a, 0.2) && within(b, -3.0, 3.0) => a.pow(b),
            5 if apart() => a.maximum(b),
            6 if apart() => a.minimum(b),
            7 if at_least(a.hypot(b), 0.2) && off_zero(a) => a.atan2(b),
            8 if at_least(a.hypot(b), 0.2) => a.hypot(b),
            9 if apart() => a.less(b) * a,
            10 if apart() => a.greater(b).select(a.square(), b),
            11 => a.amul(b) + a,
            12 if off_zero(b) => a.adiv(b),
            13 => 0.5 - a * 1.5,
            14 if off_zero(a) => 2.0 / a,
            15 if at_least((a - 0.25).abs(), MARGIN) => a.maximum(0.25),
            16 if apart() => a.less_equal(b) * b,
            17 if apart() => a.not_equal(b) * a,
            _ => return None,
        })
    }

    fn reduce(&self) -> Option<Var<'t>> {
        let a = self.a;
        let rank = a.shape().len();
        if rank == 0 {
            return None;
        }
        let axis = (self.detail / 16 % rank) as isize;
        Some(match self.detail % 13 {
            0 => a.sum_over(&[axis]),
            1 => a.mean_keep(&[axis]),
            2 if distinct(a) => a.max_over(&[axis]),
            3 if distinct(a) => a.min_keep(&[axis]),
            4 => a.prod_over(&[axis]),
            5 => a.var(&[axis], 0.0),
            6 if at_least(a.var(&[axis], 0.0), 0.01) => a.std(&[axis], 0.0),
            7 if at_least(a.norm_over(&[axis]), 0.1) => a.norm_keep(&[axis]),
            8 => a.logsumexp_over(&[axis]),
            9 => a.softmax(axis),
            10 => a.log_softmax(axis),
            11 => a.logsumexp(),
            12 => a.sum() * 0.25,
            _ => return None,
        })
    }

    fn reshape(&self) -> Option<Var<'t>> {
        let a = self.a;
        let shape = a.shape();
        let rank = shape.len();
        Some(match self.detail % 8 {
            0 => a.t(),
            1 => a.flatten(),
            2 => a.insert_axis(-1),
            3 => a.expand(&[&[2][..], &shape].concat()),
            4 if rank > 0 => a.slice(s![..;-1]),
            5 if rank > 0 && shape[0] > 1 => a.slice(s![1..;2]),
            6 => a.pad(&vec![(1, 0); rank]),
            7 if rank > 1 => {
                a.permute(&(0..rank as isize).rev().collect::<Vec<_>>()).reshape(&[-1])
            }
            _ => return None,
        })
    }

    fn join(&self) -> Option<Var<'t>> {
        let (a, b) = (self.a, self.b);
        Some(match self.detail % 4 {
            0 if !a.shape().is_empty() => concat(&[a, a.sin(), a], 0),
            1 if a.shape() == b.shape() => stack(&[a, b, a], -1),
            2 if a.shape() == b.shape() => [a, b, a, b * b].iter().sum(),
            3 if !a.shape().is_empty() => {
                (0..a.shape()[0]).map(|i| a.at_index(i) * (i as f64 - 0.5)).sum()
            }
            _ => return None,
        })
    }

    /// A product, or the sum of two.
    fn product(&self) -> Option<Var<'t>> {
        let (a, b) = (self.a, self.b);
        let y = Self::matmul(a, b)?;
        match self.detail % 3 {
            0 => Some(y),
            1 => Some(y + Self::matmul(a * 0.5, b)?),
            _ => Some(y.sin() + Self::matmul(a.tanh(), b)?),
        }
    }

    fn matmul(a: Var<'t>, b: Var<'t>) -> Option<Var<'t>> {
        let (m, n) = (a.shape(), b.shape());
        Some(match (&m[..], &n[..]) {
            ([.., k], [l]) if k == l => a.matmul(b),
            ([k], [.., l, _]) if k == l => a.matmul(b),
            ([_, k], [.., l, _]) if k == l => a.matmul(b),
            ([_, k], [_, l]) if k == l => a.matmul(b.t()),
            ([k, _], [l, _]) if k == l => a.t().matmul(b),
            ([k, _], [_, l]) if k == l => a.t().matmul(b.t()),
            _ => return None,
        })
    }

    fn index(&self) -> Option<Var<'t>> {
        let a = self.a;
        let shape = a.shape();
        let [n, ..] = shape[..] else { return None };
        let flat = a.flatten();
        let len = count(&shape);
        // Whole numbers on this tape, in which nothing of `a` is left.
        let indices = |limit: usize| -> Var<'t> {
            let index = |i: usize| ((i * 5 + self.detail) % limit) as f64;
            flat.amul(0.0) + &Array1::from_shape_fn(len, index)
        };
        Some(match self.detail % 3 {
            _ if len == 0 => return None,
            0 => flat.gather(0, indices(len)),
            1 => flat.scatter_add(0, indices(4), 4),
            _ => a.index_select(0, indices(n)),
        })
    }
}

/// A step to be played again and again: a loss and its gradient, and what becomes of the inputs.
pub struct Stepped<'t> {
    pub xs: Vec<Var<'t>>,
    pub outputs: Vec<Var<'t>>,
    /// What each input becomes.
    pub next: Vec<Var<'t>>,
}

/// How two more values are carried.
pub const CARRY: &[&str] = &["swap", "views", "one for two", "constant and product", "chain"];

fn carry<'t>(tape: &'t Tape<f64>, how: &str, [p, q]: [Var<'t>; 2], v: Var<'t>) -> [Var<'t>; 2] {
    match how {
        "swap" => [q, p],
        "views" => [q.slice(s![..;-1]), p + v],
        "one for two" => [p + q, p + q],
        "constant and product" => {
            [tape.constant([0.5, -0.25, 1.5]), tape.constant([[0.25; 3]; 3]).matmul(q)]
        }
        _ => [q * 0.5 + p, p * 0.5 - q],
    }
}

/// A recipe's tape as a step, with two more values that are carried in one of the ways of [`CARRY`].
pub fn stepped<'t>(recipe: &Recipe, how: &str, tape: &'t Tape<f64>) -> Stepped<'t> {
    let mut given: Vec<(&str, ArrayD<f64>)> = inputs().to_vec();
    given.push(("p", array![0.3, -0.9, 1.2].into_dyn()));
    given.push(("q", array![-0.2, 0.7, 0.1].into_dyn()));
    let xs: Vec<Var<'_>> = given.iter().map(|(name, x)| tape.input(name, x)).collect();
    let loss: Var<'t> = recipe.record(&xs).iter().map(|v| v.mean()).sum();
    let outputs = [vec![loss], loss.gradient(&xs)].concat();
    let moved = |(d, x): (&Var<'t>, &Var<'t>)| *x - d.tanh() * 0.01;
    let mut next: Vec<Var<'_>> = outputs[1..5].iter().zip(&xs).map(moved).collect();
    next.extend(carry(tape, how, [xs[4], xs[5]], outputs[2]));
    Stepped { xs, outputs, next }
}
