//! The ops, one idea per file: how each is recorded, what its values are, and its rule.
//!
//! | class | file | the rule |
//! |---|---|---|
//! | map | [`map`] | f⁽ᵏ⁾(x)·u is its own pullback at order k + 1 |
//! | zip | [`zip`], [`select`] | product rule and friends |
//! | linear | [`linear`], [`views`], [`index`] | each names its transpose |
//! | bilinear | [`matmul`] | itself with the other operand |
//! | special | [`rowwise`] | written out |
//! | custom | [`custom`] | what the user states |
//!
//! [`reduce`] and [`shaping`] compose these into the methods that users know.

mod custom;
mod index;
mod leaf;
mod linear;
mod map;
mod matmul;
mod reduce;
mod rowwise;
mod select;
mod shaping;
mod views;
mod zip;

pub(crate) use custom::Custom;
pub use custom::{CustomOp, custom};
pub(crate) use index::{Gather, ScatterAdd, as_index};
pub(crate) use leaf::{Leaf, Scalar};
pub(crate) use linear::{Accumulate, Concat, Part, Sum, SumLoops};
pub(crate) use map::Map;
pub(crate) use matmul::{Factors, Matmul};
pub(crate) use rowwise::RowWise;
pub(crate) use select::Select;
pub use shaping::concat;
pub use shaping::stack;
pub(crate) use views::{AxisSlice, Expand, Permute, Reshape, Slice, Stop};
pub use zip::Arg;
pub(crate) use zip::{Binary, Number, Source, Zip};

use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::Record;
use crate::node::{Id, Op, Run, each_op};
use crate::number::Number as NumberType;
use crate::play::{Element, Io};
use crate::tangent::Ahead;
use crate::var::Sym;

/// An enum with a label for each variant and, for tests, the list of all.
macro_rules! labelled {
    ($(#[$doc:meta])* $vis:vis enum $Name:ident {
        $($(#[$vdoc:meta])* $Variant:ident = $label:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $Name { $($(#[$vdoc])* $Variant),* }

        impl $Name {
            #[cfg(test)]
            pub const ALL: &[$Name] = &[$($Name::$Variant),*];

            /// As it stands in printed tapes and messages.
            pub fn label(self) -> &'static str {
                match self { $($Name::$Variant => $label),* }
            }
        }
    };
}
use labelled;

/// What every op states about itself.
pub(crate) trait Primitive: Copy + Into<Op> {
    /// As it stands in printed tapes and messages.
    fn name(self, record: &Record) -> String;

    /// Computes the values of a node.
    fn play<T: Element>(self, io: &mut Io<'_, T>);

    /// The rule: records w̄ · ∂w/∂v for each operand v of the node w.
    fn pullback(self, back: &mut Back<'_, '_>);

    /// The op in a form that is equal for nodes that compute the same from the same operands. Its
    /// numbers are named by where such numbers stood first. `None` for an op that is never shared.
    fn canonical(self, record: &Record, first: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        let _ = (record, first);
        Some(self.into())
    }

    /// The rule forwards: records Σ ∂w/∂v · v̇ over the operands v that move; `None` if nothing
    /// comes from there.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>>;

    /// The values of a node played with another number type, in row-major order; `None` if there is
    /// no rule for that.
    fn evaluate<N: NumberType>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let _ = e;
        None
    }

    /// Where the operands stand if there may be more than three.
    fn parts(self, record: &Record) -> Option<Run> {
        let _ = record;
        None
    }
}

impl Record {
    /// Where an op's operands stand if there may be more than three.
    pub fn parts_of(&self, op: Op) -> Option<Run> {
        each_op!(op, op => op.parts(self))
    }

    /// The operands of a node.
    pub fn operands(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let node = &self.nodes[id.index()];
        let listed = self.parts_of(node.op).map_or(0..0, Run::range);
        let inline = node.operands.iter().copied().filter(|&o| o != Id::NONE);
        inline.chain(self.parts[listed].iter().map(|part| part.id))
    }

    /// The name of an op in printed tapes and messages.
    pub fn op_name(&self, op: Op) -> String {
        each_op!(op, op => op.name(self))
    }
}
