//! Many seeds at once.
//!
//! A pullback or tangent is recorded for one seed. [`many`] records it once more for a stack of them:
//! every node that depends on the seed gets a leading axis, one entry per seed; what does not depend on
//! it is shared. So a Jacobian takes a few large operations instead of many small ones.

use crate::diagonal::{self, Seeds, keeps_columns};
use crate::graph::Graph;
use crate::node::{Id, Node, Op, each_op};
use crate::ops::{AxisSlice, Primitive};
use crate::shape::count;
use crate::tangent::depend;
use crate::var::Sym;

/// Records `outs` once more for `seeds`, a stack of `seed`s along a new first axis: stacks too. `None`
/// if an op on the way has no rule for that (a custom op, an index).
pub(crate) fn many<'t>(
    graph: &'t Graph,
    seed: Sym<'t>,
    seeds: Seeds<'t>,
    outs: &[Sym<'t>],
) -> Option<Vec<Sym<'t>>> {
    let way = Way::between(graph, seed.id, outs);
    let mut stacks = Stacks::of(graph, seed, seeds, way.depends.len());
    for id in way.nodes() {
        let place = graph.node(id).place;
        graph.on_behalf_of(place, || stacks.add(id))?;
    }
    Some(outs.iter().map(|y| stacks.all(*y)).collect())
}

/// The stacks of the nodes on the way, full or thin (see `diagonal.rs`) or both.
struct Stacks<'t> {
    graph: &'t Graph,
    from: Id,
    full: Vec<Option<Id>>,
    thin: Vec<Option<Id>>,
    /// How many entries either kind has.
    len: [usize; 2],
    /// The unit matrix of the last axis, if there are thin ones.
    unit: Option<Sym<'t>>,
}

impl<'t> Stacks<'t> {
    fn of(graph: &'t Graph, seed: Sym<'t>, seeds: Seeds<'t>, nodes: usize) -> Self {
        let (mut full, mut thin) = (vec![None; nodes], vec![None; nodes]);
        let (len, unit) = match seeds {
            Seeds::Full(stack) => {
                full[0] = Some(stack.id);
                ([stack.shape()[0], 0], None)
            }
            Seeds::Thin(rows, unit) => {
                let (len, columns) = (rows.shape()[0], unit.shape()[0]);
                thin[0] = Some(rows.expand(&[&[len], &seed.shape()[..]].concat()).id);
                ([len * columns, len], Some(unit))
            }
        };
        Stacks { graph, from: seed.id, full, thin, len, unit }
    }

    fn at(&self, id: Id) -> Option<usize> {
        id.index().checked_sub(self.from.index()).filter(|i| *i < self.full.len())
    }

    fn thin(&self, id: Id) -> Option<Sym<'t>> {
        Some(Sym::new(self.graph, self.thin[self.at(id)?]?))
    }

    /// Records the stack of a node.
    fn add(&mut self, id: Id) -> Option<()> {
        let graph = self.graph;
        let operands: Vec<Id> = graph.record().operands(id).collect();
        let has = |o: Id| self.at(o).is_some_and(|i| self.full[i].or(self.thin[i]).is_some());
        let stacked: Vec<Id> = operands.iter().copied().filter(|o| has(*o)).collect();
        let i = self.at(id)?;
        let are_thin = self.unit.is_some() && stacked.iter().all(|o| self.thin(*o).is_some());
        if are_thin && keeps_columns(&graph.record(), id, has) {
            self.thin[i] = Some(self.record(id, 1)?.id);
            return Some(());
        }
        if let (Op::Matmul(product), [a, b], [one]) = (graph.node(id).op, &*operands, &*stacked) {
            let thin = self.thin(*a).filter(|_| a == one && are_thin);
            if let Some(y) = thin.and_then(|a| diagonal::product(graph, product, a, *b)) {
                self.full[i] = Some(y.id);
                return Some(());
            }
        }
        stacked.into_iter().for_each(|o| self.fill(o));
        self.full[i] = Some(self.record(id, 0)?.id);
        Some(())
    }

    /// Records a node once more for full (0) or thin (1) stacks.
    fn record(&self, id: Id, kind: usize) -> Option<Sym<'t>> {
        let node = self.graph.node(id);
        let many = self.many(id, kind);
        each_op!(node.op, op => op.many(&many))
    }

    fn many(&self, id: Id, kind: usize) -> Many<'_, 't> {
        let Stacks { graph, from, .. } = *self;
        let stacks = [&self.full[..], &self.thin[..]][kind];
        Many { graph, node: graph.node(id), id, len: self.len[kind], from, stacks }
    }

    /// Makes a full stack of a thin one.
    fn fill(&mut self, id: Id) {
        let (Some(i), Some(unit)) = (self.at(id), self.unit) else { return };
        if let (None, Some(thin)) = (self.full[i], self.thin(id)) {
            self.full[i] = Some(diagonal::full(thin, unit).id);
        }
    }

    /// The full stack of a node; of one that is the same for all seeds it is stretched.
    fn all(&mut self, y: Sym<'t>) -> Sym<'t> {
        self.fill(y.id);
        self.many(y.id, 0).all(y)
    }
}

/// The nodes on the way from a seed to some results.
pub(crate) struct Way {
    from: Id,
    depends: Vec<bool>,
}

impl Way {
    pub fn between(graph: &Graph, seed: Id, outs: &[Sym<'_>]) -> Way {
        let record = graph.record();
        let end = outs.iter().map(|y| y.id.index() + 1).max().unwrap_or(0).max(seed.index() + 1);
        let seed_node = Sym::new(graph, seed);
        let mut depends = depend(&record, &[seed_node], seed.index(), end - seed.index());
        let mut needed = vec![false; depends.len()];
        for y in outs.iter().filter(|y| y.id >= seed) {
            needed[y.id.index() - seed.index()] = true;
        }
        for i in (0..depends.len()).rev().filter(|&i| depends[i]).collect::<Vec<_>>() {
            if needed[i] {
                let operands = record.operands(Id((seed.index() + i) as u32));
                operands.filter(|o| *o >= seed).for_each(|o| {
                    needed[o.index() - seed.index()] = true;
                });
            }
        }
        depends.iter_mut().zip(needed).for_each(|(d, n)| *d &= n);
        Way { from: seed, depends }
    }

    /// In order, without the seed itself.
    pub fn nodes(&self) -> impl Iterator<Item = Id> + '_ {
        let on = |&i: &usize| self.depends[i];
        (1..self.depends.len()).filter(on).map(|i| Id((self.from.index() + i) as u32))
    }

    /// About how many multiplications one seed costs.
    pub fn work(&self, graph: &Graph) -> usize {
        let record = graph.record();
        let cost = |id: Id| {
            let node = record.node(id);
            let elements = count(record.shape(id));
            match node.op {
                Op::Matmul(product) => elements * product.inner(record.shape(node.operands[0])),
                Op::Expand(_) | Op::Reshape(_) | Op::Permute(_) | Op::Slice(_) => 0,
                _ => elements,
            }
        };
        self.nodes().map(cost).sum()
    }

    /// The number of elements of the largest node.
    pub fn widest(&self, graph: &Graph) -> usize {
        let record = graph.record();
        self.nodes().map(|id| count(record.shape(id))).max().unwrap_or(0)
    }
}

/// What an op's rule for many seeds works with: the node, and the stacks of what stands below it.
pub(crate) struct Many<'a, 't> {
    pub graph: &'t Graph,
    pub node: Node,
    pub id: Id,
    /// How many seeds.
    pub len: usize,
    from: Id,
    stacks: &'a [Option<Id>],
}

impl<'t> Many<'_, 't> {
    /// An operand, of one seed.
    pub fn x(&self, i: usize) -> Sym<'t> {
        Sym::new(self.graph, self.node.operands[i])
    }

    /// The stack of a node, if it depends on the seed.
    pub fn of(&self, x: Sym<'t>) -> Option<Sym<'t>> {
        let i = x.id.index().checked_sub(self.from.index())?;
        Some(Sym::new(self.graph, (*self.stacks.get(i)?)?))
    }

    /// The stack of an operand, if it depends on the seed.
    pub fn stack(&self, i: usize) -> Option<Sym<'t>> {
        self.of(self.x(i))
    }

    /// A shape with the leading axis.
    pub fn stacked(&self, shape: &[usize]) -> Vec<usize> {
        [&[self.len], shape].concat()
    }

    /// The stack of a node; of one that is the same for all seeds it is stretched.
    pub fn all(&self, x: Sym<'t>) -> Sym<'t> {
        self.of(x).unwrap_or_else(|| x.expand(&self.stacked(&x.shape())))
    }

    /// An operand as it broadcasts against others whose result has `rank` axes for one seed.
    pub fn aligned(&self, i: usize, rank: usize) -> Sym<'t> {
        let Some(stack) = self.stack(i) else { return self.x(i) };
        let shape = stack.shape();
        let ones = vec![1; rank + 1 - shape.len()];
        stack.reshape_exact(&[&shape[..1], &ones, &shape[1..]].concat())
    }

    /// The number of axes of the node, for one seed.
    pub fn rank(&self) -> usize {
        self.graph.record().shape(self.id).len()
    }

    /// Slices that take every entry of the stack.
    pub fn slices(&self, own: &[AxisSlice]) -> Vec<AxisSlice> {
        [&[AxisSlice { start: 0, step: 1, len: self.len as u32 }], own].concat()
    }
}
