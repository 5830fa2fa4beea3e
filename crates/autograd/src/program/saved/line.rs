//! [`Line`]: one node of a saved program, as its op reads it.

use std::fmt;

use super::detail::axis_slice;
use super::error::short;
use super::{Detail, LoadError, SavedNode, Spot, numbers};
use crate::graph::Record;
use crate::node::{Id, Op};
use crate::ops::{AxisSlice, Layout};
use crate::shape::broadcast_all;
use crate::table::Row;

/// One node, with the record of those above it. Whatever is read of it is checked.
pub(crate) struct Line<'a> {
    pub record: &'a mut Record,
    pub(super) node: &'a SavedNode,
    /// The operands, known to stand above.
    pub(super) operands: &'a [Id],
    pub(super) number: usize,
    pub(super) rows: &'a [&'static dyn Row],
    pub(super) limit: usize,
    /// What has been taken of the limit beside values.
    pub(super) spent: &'a mut usize,
}

/// What a line says: the op, its shape, and of a view how it lies.
pub(crate) struct Loaded {
    pub op: Op,
    pub shape: Vec<usize>,
    pub layout: Option<Layout>,
}

impl Loaded {
    pub fn computed(op: impl Into<Op>, shape: &[usize]) -> Self {
        Loaded { op: op.into(), shape: shape.to_vec(), layout: None }
    }

    pub fn view(op: impl Into<Op>, shape: &[usize], layout: Layout) -> Self {
        Loaded { op: op.into(), shape: shape.to_vec(), layout: Some(layout) }
    }
}

impl<'a> Line<'a> {
    /// The shape that the file states, which takes no more than the limit.
    pub fn shape(&self) -> &'a [usize] {
        &self.node.shape
    }

    /// The operands of an op that has so many.
    pub fn operands<const N: usize>(&self) -> Result<[Id; N], LoadError> {
        let given = &self.node.operands;
        self.operands.try_into().map_err(|_| self.wrong("operands", given, format!("{N} of them")))
    }

    /// The operands of an op that has one at least.
    pub fn parts(&self) -> Result<Vec<Id>, LoadError> {
        match self.operands {
            [] => Err(self.wrong("operands", self.operands, "one at least")),
            parts => Ok(parts.to_vec()),
        }
    }

    /// The shapes of the operands.
    pub fn shapes(&self) -> Vec<Vec<usize>> {
        self.operands.iter().map(|id| self.record.shape(*id).to_vec()).collect()
    }

    /// The shape that all operands broadcast to.
    pub fn broadcast(&self) -> Result<Vec<usize>, LoadError> {
        let shapes = self.operands.iter().map(|id| self.record.shape(*id));
        broadcast_all(shapes).ok_or_else(|| self.unfit("shapes that broadcast"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.node.with.contains_key(name)
    }

    pub fn flag(&self, name: &str) -> Result<bool, LoadError> {
        match self.node.with.get(name) {
            Some(Detail::Flag(flag)) => Ok(*flag),
            other => Err(self.wrong(name, other, "true or false")),
        }
    }

    /// A whole number from 0 up to, not including, a limit.
    pub fn whole(&self, name: &str, limit: usize) -> Result<usize, LoadError> {
        let found = self.node.with.get(name);
        let below = |whole: &i64| usize::try_from(*whole).ok().filter(|whole| *whole < limit);
        match found {
            Some(Detail::Whole(whole)) => below(whole),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, found, format!("a whole number below {limit}")))
    }

    /// Axes of a shape with so many, each named once.
    pub fn axes(&self, name: &str, rank: usize) -> Result<Vec<usize>, LoadError> {
        let found = self.node.with.get(name);
        let wrong = || self.wrong(name, found, format!("different whole numbers below {rank}"));
        let Some(Detail::Wholes(list)) = found else { return Err(wrong()) };
        let mut axes = Vec::with_capacity(rank);
        for axis in list {
            let axis = usize::try_from(*axis).map_err(|_| wrong())?;
            if axis >= rank || axes.contains(&axis) {
                return Err(wrong());
            }
            axes.push(axis);
        }
        Ok(axes)
    }

    /// What a name stands for.
    pub fn choice<X>(&self, name: &str, of: fn(&str) -> Option<X>) -> Result<X, LoadError> {
        let found = self.node.with.get(name);
        match found {
            Some(Detail::Text(text)) => of(text),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, found, "the name of a function of this op"))
    }

    /// A row of those given, by its name.
    pub fn row(&self, name: &str) -> Result<&'static dyn Row, LoadError> {
        let Some(Detail::Text(text)) = self.node.with.get(name) else {
            return Err(self.wrong(name, self.node.with.get(name), "the name of a row"));
        };
        let row = self.rows.iter().copied().find(|row| row.info().name == text);
        row.ok_or_else(|| LoadError::UnknownRow { node: self.number, row: short(text) })
    }

    pub fn number(&self, name: &str) -> Result<f64, LoadError> {
        let found = self.node.with.get(name);
        match found {
            Some(Detail::Text(text)) => numbers::number(text),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, found, "the text of a number"))
    }

    /// A list of numbers; no list is an empty one.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, LoadError> {
        let found = self.node.with.get(name);
        match found {
            Some(Detail::Texts(list)) => list.iter().map(|text| numbers::number(text)).collect(),
            None => Some(vec![]),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, found, "a list of texts of numbers"))
    }

    pub fn slices(&self, name: &str) -> Result<Vec<Option<Vec<AxisSlice>>>, LoadError> {
        let found = self.node.with.get(name);
        let axes = |axes: &Vec<[i64; 3]>| -> Option<_> {
            axes.iter().map(|axis| axis_slice(*axis)).collect()
        };
        match found {
            Some(Detail::Slices(list)) => list
                .iter()
                .map(|part| part.as_ref().map_or(Some(None), |part| axes(part).map(Some)))
                .collect(),
            _ => None,
        }
        .ok_or_else(|| self.wrong(name, found, "for each part null or a list of slices"))
    }

    /// Takes elements of the limit, for what an op needs beside its values.
    pub fn spend(&mut self, elements: usize) -> Result<(), LoadError> {
        *self.spent = self.spent.saturating_add(elements);
        match *self.spent <= self.limit {
            true => Ok(()),
            false => {
                let (at, elements) = (Spot::Node(self.number), *self.spent);
                Err(LoadError::TooLarge { at, elements, limit: self.limit })
            }
        }
    }

    /// An error: a field of this node is not as it must be.
    pub fn wrong(&self, field: &str, found: impl fmt::Debug, want: impl Into<String>) -> LoadError {
        LoadError::field(Spot::Node(self.number), field, found, want)
    }

    /// An error: operands of these shapes do not fit.
    pub fn unfit(&self, want: &str) -> LoadError {
        let want = format!("{want} (the node has shape {:?})", self.shape());
        self.wrong("operands", self.shapes(), want)
    }

    /// An error: there is no such op in a file.
    pub fn unknown_op(&self) -> LoadError {
        LoadError::UnknownOp { node: self.number, op: short(&self.node.op) }
    }
}
