//! [`Explanation`]: a derivative as the sum over all paths of the products of their local derivatives.

use std::fmt;

use crate::evaluate::needed;
use crate::node::{Id, Op, each_op};
use crate::ops::{Primitive, Scalar};
use crate::play::Element;
use crate::tangent::{Ahead, Tangents, depend};
use crate::var::{Sym, Var};

/// One way from x to y, with the local derivative of each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The nodes from x to y.
    pub nodes: Vec<Id>,
    /// What the nodes are: names or ops.
    pub labels: Vec<String>,
    /// ∂w/∂v for each step from v to w: one fewer than nodes.
    pub local: Vec<f64>,
    /// Their product: what this path contributes.
    pub product: f64,
}

/// dy/dx as the chain rule has it: Σ over all paths of Π of the local derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Every path.
    pub paths: Vec<Path>,
    /// Their sum: the derivative.
    pub sum: f64,
}

/// Why a derivative cannot be explained path by path.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExplainError {
    /// A node on the way has several elements.
    NotScalar {
        /// The node.
        node: String,
    },
    /// There are more paths than can be listed.
    Paths {
        /// How many.
        count: u64,
        /// How many can be.
        limit: u64,
    },
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExplainError::NotScalar { node } => {
                write!(f, "{node} has not exactly one element: only scalars are explained")
            }
            ExplainError::Paths { count, limit } => {
                write!(f, "there are {count} paths; up to {limit} are listed")
            }
        }
    }
}

impl std::error::Error for ExplainError {}

/// How many paths are listed at most.
const LIMIT: u64 = 1000;

impl<'t, T: Element> Var<'t, T> {
    /// The derivative of this value in x, path by path, with numbers. The local derivatives are
    /// recorded on the tape; the sum of the paths is the gradient.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", 3.0);
    /// let y = x.square() * x;
    /// let why = y.explain(x)?;
    /// assert_eq!(why.to_string(), "\
    /// x → ×: 9 = 9
    /// x → square → ×: 6 · 3 = 18
    /// sum of 2 paths: 27
    /// ");
    /// assert_eq!(why.sum, tape.gradient(y, &[x])[0].item());
    /// # Ok::<(), chainrule_autograd::ExplainError>(())
    /// ```
    ///
    /// # Errors
    /// If a node on the way has several elements, or there are more than 1000 paths.
    ///
    /// # Panics
    /// If x stands on another tape.
    #[track_caller]
    pub fn explain(self, x: Self) -> Result<Explanation, ExplainError> {
        self.same_tape(x, "explain");
        let edges = self.edges(x)?;
        let mut paths = Vec::new();
        let mut open = vec![(vec![self.id], Vec::new())];
        while let Some((nodes, local)) = open.pop() {
            let last: Id = nodes[nodes.len() - 1];
            if last == x.id {
                paths.push(self.path(nodes, local));
                continue;
            }
            for &(_, from, slope) in edges.iter().filter(|e| e.0 == last) {
                open.push(([&nodes[..], &[from]].concat(), [&local[..], &[slope]].concat()));
            }
        }
        paths.sort_by(|a, b| a.nodes.len().cmp(&b.nodes.len()).then_with(|| a.nodes.cmp(&b.nodes)));
        let sum = paths.iter().map(|p| p.product).fold(0.0, |sum, p| sum + p);
        Ok(Explanation { paths, sum })
    }

    /// (w, v, ∂w/∂v) for all steps on the way from x.
    fn edges(self, x: Self) -> Result<Vec<(Id, Id, f64)>, ExplainError> {
        let (lowest, end) = (x.id.index(), self.id.index() + 1);
        let mut list = Vec::new();
        let mut count = vec![0u64; end.saturating_sub(lowest)];
        if let Some(first) = count.first_mut() {
            *first = 1;
        }
        let mut moving = depend(&self.graph.record(), &[x.symbol()], lowest, count.len());
        let leads = needed(&self.graph.record(), self.id);
        moving.iter_mut().zip(&leads[lowest.min(end)..]).for_each(|(m, leads)| *m &= leads);
        for id in (lowest..end).filter(|i| moving[i - lowest]).map(|i| Id(i as u32)) {
            let node = self.at(id);
            if node.shape().iter().any(|&n| n != 1) {
                return Err(ExplainError::NotScalar { node: node.label() });
            }
            if id == x.id {
                continue;
            }
            let mut operands: Vec<Id> = self.graph.record().operands(id).collect();
            operands.sort_unstable();
            operands.dedup();
            operands.retain(|o| o.index() >= lowest && moving[o.index() - lowest]);
            for v in operands {
                let slope = self.local(id, v).map_or(0.0, |d| self.at(d.id).item().wide());
                let more = count[v.index() - lowest];
                let paths = &mut count[id.index() - lowest];
                *paths = paths.saturating_add(more);
                list.push((id, v, slope));
            }
        }
        match count.last() {
            Some(&count) if count > LIMIT => Err(ExplainError::Paths { count, limit: LIMIT }),
            _ => Ok(list),
        }
    }

    /// ∂w/∂v of one step: the tangent of w when only v moves.
    fn local(self, w: Id, v: Id) -> Option<Sym<'t>> {
        let graph: &'t crate::graph::Graph = self.graph;
        let node = graph.node(w);
        let shape = self.at(v).shape();
        let one = Scalar::record(graph, 1.0).reshape_exact(&shape);
        let tangents = Tangents::only(v, one);
        let ahead = Ahead::new(graph, w, &tangents);
        graph.on_behalf_of(node.place, || each_op!(node.op, op => op.tangent(&ahead)))
    }

    /// A path that was found from y down.
    fn path(self, mut nodes: Vec<Id>, mut local: Vec<f64>) -> Path {
        nodes.reverse();
        local.reverse();
        let record = self.graph.record();
        let label = |&id: &Id| match record.name(id) {
            Some(name) => name.to_owned(),
            None => record.op_name(record.node(id).op),
        };
        let labels = nodes.iter().map(label).collect();
        let product = local.iter().product();
        Path { nodes, labels, local, product }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.paths {
            let factors: Vec<String> = path.local.iter().map(f64::to_string).collect();
            let factors = if factors.is_empty() { "1".to_owned() } else { factors.join(" · ") };
            writeln!(f, "{}: {factors} = {}", path.labels.join(" → "), path.product)?;
        }
        writeln!(f, "sum of {} paths: {}", self.paths.len(), self.sum)
    }
}
