//! Draft: the nodes of a program with its ends, in an order that can be played; and how it becomes a
//! [`Program`]. All that a program is follows from its draft, which is what a file holds.

use super::Program;
use super::plan::{Ends, Plan, plan};
use super::press::press;
use super::schedule::{Storage, Work, schedule};
use super::tiled::TILE;
use crate::graph::{Record, Slot};
use crate::node::{Id, Node};
use crate::ops::Reshape;
use crate::play::Element;

/// From how many elements on values do not fit into the nearest cache all together.
pub(super) const LARGE: usize = 16 * TILE;

/// What does not depend on what is fed stands before everything else.
pub(super) struct Draft {
    pub record: Record,
    pub inputs: Vec<Id>,
    pub outputs: Vec<Id>,
    /// What is fed, and what it becomes.
    pub carried: Vec<(Id, Id)>,
}

/// A draft of which it is decided what is computed together, and where each value lies.
pub(super) struct LaidOut {
    draft: Draft,
    works: Vec<Work>,
    plan: Plan,
}

impl Draft {
    /// What may change between plays.
    pub fn fed(&self) -> Vec<Id> {
        self.inputs.iter().copied().chain(self.carried.iter().map(|c| c.0)).collect()
    }

    /// The number of nodes that are computed once.
    pub fn once(&self) -> usize {
        let first = self.fed().iter().map(|id| id.index()).min();
        first.unwrap_or(self.record.nodes.len())
    }

    /// From `large` elements on it matters where values lie.
    pub fn lay_out(mut self, large: usize) -> LaidOut {
        let (once, fed) = (self.once(), self.fed());
        self.set_apart();
        let storage = Storage::of(&self.record);
        let (outputs, carried) = (&self.outputs[..], &self.carried[..]);
        let last: Vec<Id> = outputs.iter().copied().chain(carried.iter().map(|c| c.1)).collect();
        let works = schedule(&storage, once, &last, large);
        let ends = Ends { fed: &fed, outputs, carried, prologue: once, large };
        let plan = plan(&storage, &works, &ends);
        LaidOut { draft: self, works, plan }
    }

    /// What is carried is overwritten: what becomes of it, and what is to be read of it afterwards,
    /// has to lie elsewhere.
    fn set_apart(&mut self) {
        let fed = self.fed();
        let (xs, next): (Vec<Id>, Vec<Id>) = self.carried.iter().copied().unzip();
        let next = self
            .copies(next, |storage, id| fed.contains(&storage.root(id)) || !storage.is_whole(id));
        let outputs = std::mem::take(&mut self.outputs);
        self.outputs = self.copies(outputs, |storage, id| xs.contains(&storage.root(id)));
        self.carried = xs.into_iter().zip(next).collect();
    }

    /// The same nodes, but copies of those that `must` be copied.
    fn copies(&mut self, ids: Vec<Id>, must: impl Fn(&Storage<'_>, Id) -> bool) -> Vec<Id> {
        let storage = Storage::of(&self.record);
        let copied: Vec<bool> = ids.iter().map(|id| must(&storage, *id)).collect();
        let copy = |(id, copied): (Id, bool)| if copied { self.copy(id) } else { id };
        ids.into_iter().zip(copied).map(copy).collect()
    }

    fn copy(&mut self, id: Id) -> Id {
        let Node { shape, place, .. } = self.record.node(id);
        let strides = self.record.dense[shape as usize].1;
        let slot = Slot { offset: 0, strides };
        self.record.append(Reshape { copies: true }.into(), &[id], shape, slot, place)
    }
}

impl LaidOut {
    /// The number of elements that a set of buffers holds.
    pub fn extent(&self) -> usize {
        self.plan.extent
    }

    /// The program, with the values of its leaves.
    pub fn press<'a, T: Element>(self, leaves: impl Iterator<Item = (Id, &'a [T])>) -> Program<T> {
        let LaidOut { draft, works, plan } = self;
        let (once, storage) = (draft.once(), Storage::of(&draft.record));
        let next = draft.carried.iter().map(|c| c.1);
        let kept = draft.outputs.iter().copied().chain(next);
        let pressed = press::<T>(&storage, &plan, &works, kept);
        let place = |id: Id| plan.slots[id.index()].offset;
        let mut initial = vec![T::default(); plan.extent];
        for (id, values) in leaves {
            initial[place(id)..][..values.len()].copy_from_slice(values);
        }
        initial.extend(pressed.numbers);
        let moves = plan.moves.iter().map(|&(x, next)| [place(next), place(x), storage.len(x)]);
        let prologue = (0..once).filter(|id| !draft.record.nodes[*id].op.is_passive());
        Program {
            prologue: prologue.collect(),
            steps: pressed.steps,
            moves: moves.collect(),
            works,
            tiles: pressed.tiles,
            room: pressed.room,
            initial,
            slots: plan.slots,
            inputs: draft.inputs,
            outputs: draft.outputs,
            carried: draft.carried,
            record: draft.record,
        }
    }
}
