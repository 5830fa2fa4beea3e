//! Load: a record is built anew from a file, node by node, and pressed into a program.

use std::borrow::Cow;

use super::error::short;
use super::{FORMAT, Line, LoadError, Saved, SavedNode, Spot, numbers, wrong_index};
use crate::graph::{Place, Places, Record, Slot};
use crate::node::{Id, Op, each_op};
use crate::ops::{Leaf, Primitive};
use crate::play::Element;
use crate::program::Program;
use crate::program::draft::{Draft, LARGE};
use crate::shape::MAX_RANK;
use crate::table::Row;

/// What any program may take: 32 MB in `f64`.
const FREE: usize = 1 << 22;
/// For each number that the file holds, so many may be computed from it.
const PER_NUMBER: usize = 64;
/// Places start at multiples of this.
const PER_NODE: usize = 16;
/// Steps name places by 32 bits.
const MOST: usize = 1 << 31;

impl<T: Element> Program<T> {
    /// A saved program, with the rows of the table that its elementwise functions may be:
    /// [`table::rows`](crate::table::rows) gives the core's, other crates have theirs; of two rows
    /// of one name the first is taken. It gives the same results to the bit.
    ///
    /// A set of its buffers may hold 2²² elements and 64 for each number in the file, and a view may
    /// show as many; where a program takes more, as one that makes a large table of a few numbers, see
    /// [`load_within`](Self::load_within).
    ///
    /// ```
    /// use chainrule_autograd::program::saved::LoadError;
    /// use chainrule_autograd::{Program, Tape, table};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", 0.5);
    /// let saved = tape.compile(&[x], &[x.tanh()]).save()?;
    /// assert_eq!(
    ///     Program::<f64>::load(&saved, []).expect_err("no rows are given"),
    ///     LoadError::UnknownRow { node: 1, row: "tanh".into() },
    /// );
    /// assert!(Program::<f32>::load(&saved, table::rows()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the data is not what [`save`](Self::save) gives: a [`LoadError`] says where, what, and what
    /// was expected. Nothing in it makes loading panic. Playing panics as documented on
    /// [`gather`](crate::Var::gather), if indices that the program itself computes are out of range.
    pub fn load(
        saved: &Saved,
        rows: impl IntoIterator<Item = &'static dyn Row>,
    ) -> Result<Self, LoadError> {
        let digits = saved.nodes.iter().filter_map(|node| node.values.as_ref()).map(String::len);
        let stored = digits.sum::<usize>() / numbers::width::<T>();
        let limit = FREE + PER_NUMBER * stored + PER_NODE * saved.nodes.len();
        Program::load_within(saved, rows, limit)
    }

    /// As [`load`](Self::load), with another limit: how many elements a set of buffers may hold and a
    /// view may show (2³¹ at most).
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_within(
        saved: &Saved,
        rows: impl IntoIterator<Item = &'static dyn Row>,
        limit: usize,
    ) -> Result<Self, LoadError> {
        if saved.format != FORMAT {
            return Err(LoadError::Format { found: short(&saved.format) });
        }
        if saved.dtype != T::NAME {
            return Err(LoadError::Dtype { found: short(&saved.dtype), want: T::NAME });
        }
        let place = |place: &super::SavedPlace| {
            let file = Cow::Owned(place.file.clone());
            Place { file, line: place.line, column: place.column }
        };
        let places = Places::load(saved.places.iter().map(place));
        let limit = limit.min(MOST);
        let mut loader = Loader::<T> {
            record: Record { places, ..Record::default() },
            rows: rows.into_iter().collect(),
            leaves: vec![],
            limit,
            spent: 0,
        };
        saved.nodes.iter().enumerate().try_for_each(|(i, node)| loader.node(i, node))?;
        let Loader { record, leaves, .. } = loader;
        check_indices(&record, &leaves)?;
        let laid_out = draft(record, saved)?.lay_out(LARGE);
        let elements = laid_out.extent();
        if elements > limit {
            return Err(LoadError::TooLarge { at: Spot::Program, elements, limit });
        }
        Ok(laid_out.press(leaves.iter().map(|(id, values)| (*id, &values[..]))))
    }
}

/// A record in the making.
struct Loader<T> {
    record: Record,
    rows: Vec<&'static dyn Row>,
    /// The values of leaves, in the order of the nodes.
    leaves: Vec<(Id, Vec<T>)>,
    limit: usize,
    spent: usize,
}

impl<T: Element> Loader<T> {
    fn node(&mut self, number: usize, node: &SavedNode) -> Result<(), LoadError> {
        let at = Spot::Node(number);
        let id = Id(number as u32);
        if node.place as usize >= self.record.places.len() {
            let want = format!("a number below {}", self.record.places.len());
            return Err(LoadError::field(at, "place", node.place, want));
        }
        if number >= MOST {
            return Err(LoadError::TooLarge { at, elements: number, limit: MOST });
        }
        if let Some(bad) = node.operands.iter().find(|o| **o as usize >= number) {
            let want = format!("numbers of nodes above, below {number}");
            return Err(LoadError::field(at, "operands", bad, want));
        }
        self.check_shape(at, &node.shape)?;

        let operands: Vec<Id> = node.operands.iter().map(|o| Id(*o)).collect();
        let mut line = Line {
            record: &mut self.record,
            node,
            operands: &operands,
            number,
            rows: &self.rows,
            limit: self.limit,
            spent: &mut self.spent,
        };
        let loaded = Op::load(&node.op, &mut line).unwrap_or_else(|| Err(line.unknown_op()))?;
        if loaded.shape != node.shape {
            let want = format!("{:?}, as follows from the operands", loaded.shape);
            return Err(LoadError::field(at, "shape", &node.shape, want));
        }

        let record = &mut self.record;
        let shape = record.shape_id(&loaded.shape);
        let slot = match loaded.layout {
            Some((offset, strides)) => Slot { offset, strides: record.strides.id(&strides) },
            None => record.new_slot(shape),
        };
        let inline = if record.parts_of(loaded.op).is_some() { &[] } else { &operands[..] };
        record.append(loaded.op, inline, shape, slot, node.place);
        let known = each_op!(loaded.op, op => op.save(record, id)).unwrap_or_default();
        if let Some(name) = node.with.keys().find(|name| !known.contains_key(*name)) {
            let want = format!("only {:?}", known.keys());
            return Err(LoadError::field(at, "with", name, want));
        }
        record.names.extend(node.name.as_ref().map(|name| (id, name[..].into())));
        self.leaf(id, loaded.op, node)
    }

    /// A shape takes no more than the limit, also where an axis is empty: strides multiply the others.
    fn check_shape(&self, at: Spot, shape: &[usize]) -> Result<(), LoadError> {
        if shape.len() > MAX_RANK {
            return Err(LoadError::field(at, "shape", shape, format!("{MAX_RANK} axes at most")));
        }
        let times = |all: usize, &n: &usize| all.saturating_mul(n.max(1));
        let elements = shape.iter().fold(1, times);
        match elements <= self.limit {
            true => Ok(()),
            false => Err(LoadError::TooLarge { at, elements, limit: self.limit }),
        }
    }

    /// What only leaves have: values, and that they are read as indices.
    fn leaf(&mut self, id: Id, op: Op, node: &SavedNode) -> Result<(), LoadError> {
        let at = Spot::Node(id.index());
        let Op::Leaf(_) = op else {
            return match (&node.values, node.indices) {
                (None, None) => Ok(()),
                (Some(found), _) => {
                    Err(LoadError::field(at, "values", found, "none but of leaves"))
                }
                (_, found) => Err(LoadError::field(at, "indices", found, "none but of leaves")),
            };
        };
        let len = self.record.dense[self.record.node(id).shape as usize].0;
        let text = node.values.as_deref().unwrap_or_default();
        let Some(values) = numbers::values(text, len) else {
            let want = format!("{len} values of {} hexadecimal digits", numbers::width::<T>());
            return Err(LoadError::field(at, "values", &node.values, want));
        };
        self.leaves.push((id, values));
        self.record.index_limits.extend(node.indices.map(|limit| (id, limit)));
        Ok(())
    }
}

/// No leaf has a value that is read as an index and is none.
fn check_indices<T: Element>(record: &Record, leaves: &[(Id, Vec<T>)]) -> Result<(), LoadError> {
    let leaf = |id: Id| {
        let at = leaves.binary_search_by_key(&id, |(leaf, _)| *leaf).ok()?;
        Some(&leaves[at].1[..])
    };
    match wrong_index(record, leaf) {
        None => Ok(()),
        Some(wrong) => {
            let (at, want) = (Spot::Node(wrong.leaf.index()), "whole numbers in range");
            Err(LoadError::field(at, "values", format_args!("{}", wrong.text()), want))
        }
    }
}

/// The record with the ends that the file names.
fn draft(record: Record, saved: &Saved) -> Result<Draft, LoadError> {
    let wrong =
        |field: &str, found: u32, want: &str| LoadError::field(Spot::Program, field, found, want);
    let id = |field: &str, number: u32| match (number as usize) < record.nodes.len() {
        true => Ok(Id(number)),
        false => Err(wrong(field, number, "the number of a node")),
    };
    let mut is_fed = vec![false; record.nodes.len()];
    let mut fed = |field: &str, number: u32| {
        let x = id(field, number)?;
        if record.node(x).op != Op::Leaf(Leaf { input: true }) {
            return Err(wrong(field, number, "an input"));
        }
        match std::mem::replace(&mut is_fed[x.index()], true) {
            true => Err(wrong(field, number, "each input once")),
            false => Ok(x),
        }
    };
    let inputs = saved.inputs.iter().map(|x| fed("inputs", *x)).collect::<Result<_, _>>()?;
    let pair = |&[x, next]: &[u32; 2]| {
        let (x, next) = (fed("carried", x)?, id("carried", next)?);
        match record.shape(x) == record.shape(next) {
            true => Ok((x, next)),
            false => Err(wrong("carried", next.0, "a node of the shape of what it replaces")),
        }
    };
    let carried = saved.carried.iter().map(pair).collect::<Result<_, _>>()?;
    let outputs = saved.outputs.iter().map(|x| id("outputs", *x)).collect::<Result<_, _>>()?;

    // Constants that stood behind an input would have no place that lasts.
    let once = is_fed.iter().position(|fed| *fed).unwrap_or(is_fed.len());
    let is_given = |i: &usize| record.operands(Id(*i as u32)).next().is_none();
    if let Some(i) = (once..is_fed.len()).find(|i| !is_fed[*i] && is_given(i)) {
        let (found, want) = (record.label(Id(i as u32)), "constants before everything that is fed");
        return Err(LoadError::field(Spot::Node(i), "op", found, want));
    }
    Ok(Draft { record, inputs, outputs, carried })
}
