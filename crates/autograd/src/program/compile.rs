//! Compile: which nodes a program needs, in which order.

use std::collections::HashMap;

use super::Program;
use super::draft::{Draft, LARGE};
use crate::graph::{Record, Slot};
use crate::node::{Id, Node, Op, each_op};
use crate::ops::{Leaf, Primitive};
use crate::play::{Element, Values};
use crate::tape::Tape;
use crate::var::Var;

impl<T: Element> Tape<T> {
    /// Presses what `outputs` need into a [`Program`] with the given inputs. Inputs of the tape that
    /// are not named keep the values they have now, as constants.
    ///
    /// # Panics
    /// If one of `inputs` is not an input.
    #[track_caller]
    pub fn compile(&self, inputs: &[Var<'_, T>], outputs: &[Var<'_, T>]) -> Program<T> {
        self.compile_step(inputs, outputs, &[])
    }

    /// As [`compile`](Self::compile), with carried values: for each pair (input, next) the value of
    /// `next` is that of `input` in the next play. All are carried at once, so a swap works, and an
    /// update never overtakes a read.
    ///
    /// # Panics
    /// If one of `inputs` or of what is carried is not an input, is named twice, or the shapes of a
    /// pair differ.
    #[track_caller]
    pub fn compile_step(
        &self,
        inputs: &[Var<'_, T>],
        outputs: &[Var<'_, T>],
        carried: &[(Var<'_, T>, Var<'_, T>)],
    ) -> Program<T> {
        self.compile_laid_out(inputs, outputs, carried, LARGE)
    }

    /// The same for what lies between some nodes, any but views of others on the way, and `outputs`.
    /// The values of nodes that are no inputs have to be fed before the first play.
    pub(crate) fn compile_between(&self, from: &[Id], outputs: &[Id]) -> Program<T> {
        let record = self.graph().record();
        let mut buffers = self.graph().buffers();
        compile(&record, T::values(&mut buffers), from, outputs, &[], LARGE)
    }

    /// As [`compile_step`](Self::compile_step), with values from `large` elements on laid out as those
    /// that do not fit into the nearest cache: so that tests need no large ones.
    #[doc(hidden)]
    #[track_caller]
    pub fn compile_laid_out(
        &self,
        inputs: &[Var<'_, T>],
        outputs: &[Var<'_, T>],
        carried: &[(Var<'_, T>, Var<'_, T>)],
        large: usize,
    ) -> Program<T> {
        let fed = || inputs.iter().copied().chain(carried.iter().map(|c| c.0));
        for (at, x) in fed().enumerate() {
            let is_input = matches!(x.graph.node(x.id).op, Op::Leaf(Leaf { input: true }));
            assert!(is_input, "compile: {} is not an input", x.label());
            let twice = fed().take(at).any(|other| other.id == x.id);
            assert!(!twice, "compile: {} is named twice", x.label());
        }
        for (x, next) in carried {
            let (a, b) = (x.label(), next.label());
            assert!(x.same_shape(*next), "compile: {b} cannot become {a}: the shapes differ");
        }
        let all = || fed().chain(outputs.iter().copied()).chain(carried.iter().map(|c| c.1));
        all().for_each(|x| x.same_tape(self.var(x.id), "compile"));

        let ids = |vars: &[Var<'_, T>]| vars.iter().map(|x| x.id).collect::<Vec<Id>>();
        let pairs: Vec<(Id, Id)> = carried.iter().map(|(x, n)| (x.id, n.id)).collect();
        let record = self.graph().record();
        let mut buffers = self.graph().buffers();
        compile(&record, T::values(&mut buffers), &ids(inputs), &ids(outputs), &pairs, large)
    }
}

/// What is read on the way from `seeds` to `outs` of what is computed from `inputs` and not from seeds.
pub(crate) fn shore(record: &Record, inputs: &[Id], seeds: Id, outs: &[Id]) -> Vec<Id> {
    let (by_inputs, by_seeds) = (varying(record, inputs), varying(record, &[seeds]));
    let mut needed = vec![false; record.nodes.len()];
    outs.iter().for_each(|id| needed[id.index()] = true);
    let mut read = vec![];
    for id in (0..record.nodes.len() as u32).rev().map(Id) {
        match needed[id.index()] {
            true if by_seeds[id.index()] => {
                record.operands(id).for_each(|o| needed[o.index()] = true);
            }
            true if by_inputs[id.index()] => read.push(id),
            _ => {}
        }
    }
    read
}

/// The nodes of a tape that a program keeps, under their new numbers. Of nodes that compute the same
/// it keeps the first.
struct Kept<'a> {
    from: &'a Record,
    fed: &'a [bool],
    record: Record,
    /// The new number of each old node.
    numbers: Vec<Id>,
    /// The old number of each new node.
    old: Vec<Id>,
    known: HashMap<Key, Id>,
    /// Where the parameters of a node stood first, by their bits.
    params: HashMap<Vec<u64>, u32>,
}

/// What makes two nodes the same: op, operands and shape; for views, what they look at and how.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Computed(Op, [Id; 3], u32),
    View(Id, usize, u32, u32),
}

fn compile<T: Element>(
    from: &Record,
    values: &Values<T>,
    inputs: &[Id],
    outputs: &[Id],
    carried: &[(Id, Id)],
    large: usize,
) -> Program<T> {
    let fed: Vec<Id> = inputs.iter().copied().chain(carried.iter().map(|c| c.0)).collect();
    let ends = outputs.iter().copied().chain(carried.iter().map(|c| c.1));
    let mut is_fed = vec![false; from.nodes.len()];
    fed.iter().for_each(|id| is_fed[id.index()] = true);
    let needed = needed(from, &is_fed, fed.iter().copied().chain(ends));
    let varying = varying(from, &fed);

    let mut kept = Kept::new(from, &is_fed);
    let nodes = || (0..from.nodes.len() as u32).map(Id).filter(|id| needed[id.index()]);
    nodes().filter(|id| !varying[id.index()]).for_each(|id| kept.keep(id));
    nodes().filter(|id| varying[id.index()]).for_each(|id| kept.keep(id));

    let new = |ids: &[Id]| ids.iter().map(|&id| kept.number(id)).collect();
    let pair = |&(x, next): &(Id, Id)| (kept.number(x), kept.number(next));
    let (inputs, outputs) = (new(inputs), new(outputs));
    let carried = carried.iter().map(pair).collect();
    let Kept { record, old, .. } = kept;
    let values = |(new, &old): (usize, &Id)| {
        let Op::Leaf(_) = from.node(old).op else { return None }; // else it is fed before it is read
        let len = from.dense[from.node(old).shape as usize].0;
        let start = from.slots[old.index()].offset;
        Some((Id(new as u32), &values.buffer[start..start + len]))
    };
    let draft = Draft { record, inputs, outputs, carried };
    draft.lay_out(large).press(old.iter().enumerate().filter_map(values))
}

/// Whether a node is one of `ends`, or one of them is computed from it and from what is fed.
fn needed(from: &Record, fed: &[bool], ends: impl Iterator<Item = Id>) -> Vec<bool> {
    let mut needed = vec![false; from.nodes.len()];
    ends.for_each(|id| needed[id.index()] = true);
    for i in (0..from.nodes.len()).rev().map(|i| Id(i as u32)) {
        if needed[i.index()] && !fed[i.index()] {
            from.operands(i).for_each(|o| needed[o.index()] = true);
        }
    }
    needed
}

/// Whether a node changes from play to play.
fn varying(from: &Record, fed: &[Id]) -> Vec<bool> {
    let mut varying = vec![false; from.nodes.len()];
    fed.iter().for_each(|id| varying[id.index()] = true);
    for i in 0..from.nodes.len() {
        varying[i] = varying[i] || from.operands(Id(i as u32)).any(|o| varying[o.index()]);
    }
    varying
}

impl<'a> Kept<'a> {
    fn new(from: &'a Record, fed: &'a [bool]) -> Self {
        let record = Record {
            nodes: Vec::new(),
            slots: Vec::new(),
            extent: 0,
            names: Vec::new(),
            index_limits: Vec::new(),
            ..from.clone()
        };
        let numbers = vec![Id::NONE; from.nodes.len()];
        let (known, params) = (HashMap::new(), HashMap::new());
        Kept { from, fed, record, numbers, old: Vec::new(), known, params }
    }

    fn number(&self, old: Id) -> Id {
        self.numbers[old.index()]
    }

    /// Takes over a node whose operands have been taken over.
    fn keep(&mut self, old: Id) {
        let mut node = self.from.node(old);
        if self.fed[old.index()] {
            node = Node { op: Leaf { input: true }.into(), operands: [Id::NONE; 3], ..node };
        }
        for operand in node.operands.iter_mut().filter(|o| **o != Id::NONE) {
            *operand = self.number(*operand);
        }
        let slot = self.slot(old, node);
        let new = Id(self.old.len() as u32);
        if let Some(key) = self.key(node, slot) {
            let first = *self.known.entry(key).or_insert(new);
            self.numbers[old.index()] = first;
            if first != new {
                return;
            }
        }
        if let Some(run) = self.from.parts_of(node.op) {
            for part in &mut self.record.parts[run.range()] {
                part.id = self.numbers[part.id.index()];
            }
        }
        self.numbers[old.index()] = new;
        self.record.nodes.push(node);
        self.record.slots.push(slot);
        self.old.push(old);
        if let Some(name) = self.from.name(old) {
            self.record.names.push((new, name.into()));
        }
        let limit = self.from.index_limits.iter().find(|(id, _)| *id == old);
        self.record.index_limits.extend(limit.map(|&(_, limit)| (new, limit)));
    }

    /// The slot of an old node: a view keeps its distance from its operand, which may be another
    /// node now.
    fn slot(&self, old: Id, node: Node) -> Slot {
        let slot = self.from.slots[old.index()];
        match node.op.is_view() {
            false => Slot { strides: self.from.dense[node.shape as usize].1, ..slot },
            true => {
                let before = self.from.slots[self.from.node(old).operands[0].index()].offset;
                let now = self.record.slots[node.operands[0].index()].offset;
                Slot { offset: slot.offset.wrapping_add(now).wrapping_sub(before), ..slot }
            }
        }
    }

    fn key(&mut self, node: Node, slot: Slot) -> Option<Key> {
        if node.op.is_view() {
            let mut root = node.operands[0];
            while self.record.node(root).op.is_view() {
                root = self.record.node(root).operands[0];
            }
            return Some(Key::View(root, slot.offset, slot.strides, node.shape));
        }
        let next = self.params.len() as u32;
        let mut first = |params: &[f64]| {
            let bits = params.iter().map(|p| p.to_bits()).collect();
            *self.params.entry(bits).or_insert(next)
        };
        let op = each_op!(node.op, op => op.canonical(self.from, &mut first))?;
        Some(Key::Computed(op, node.operands, node.shape))
    }
}
