//! The ops, one idea per file: how each is recorded, what its values are, and its rule.
//!
//! | class | file | the rule |
//! |---|---|---|
//! | map | [`map`] | f⁽ᵏ⁾(x)·u is its own pullback at order k + 1 |
//! | zip | [`zip`], [`select`] | product rule and friends |
//! | linear | [`linear`], [`parts`], [`views`], [`index`] | each names its transpose |
//! | bilinear | [`matmul`] | itself with the other operand |
//! | special | [`rowwise`], [`rowslope`] | written out |
//! | custom | [`custom`] | what the user states |
//!
//! [`binary`], [`reduce`] and [`shaping`] compose these into the methods that users know.

mod binary;
mod custom;
mod index;
mod leaf;
mod linear;
mod map;
mod matmul;
mod parts;
mod reduce;
mod rowslope;
mod rowwise;
mod select;
mod shaping;
mod views;
mod zip;

pub(crate) use custom::Custom;
pub use custom::{CustomOp, custom};
pub(crate) use index::{Gather, ScatterAdd, as_index};
pub(crate) use leaf::{Leaf, Scalar};
pub(crate) use linear::{Sum, SumLoops};
pub(crate) use map::Map;
pub(crate) use matmul::{Factors, Matmul};
pub(crate) use parts::{Accumulate, Concat, Part};
pub(crate) use rowslope::RowSlope;
pub(crate) use rowwise::RowWise;
pub use rowwise::{softmax_rows, sums_without};
pub(crate) use select::Select;
pub use shaping::concat;
pub use shaping::stack;
pub(crate) use views::{AxisSlice, Expand, Layout, Permute, Reshape, Slice, Stop};
pub use zip::Arg;
pub(crate) use zip::{Binary, Number, Zip};

use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::Record;
use crate::many::Many;
use crate::node::{Id, Op, Run, each_op};
use crate::number::Number as NumberType;
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError};
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

            /// The one with that label.
            pub fn labelled(label: &str) -> Option<$Name> {
                match label { $($label => Some($Name::$Variant),)* _ => None }
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

    /// What a saved program holds of the node `id` beside its operands and shape.
    ///
    /// # Errors
    /// If such an op cannot be saved.
    fn save(self, record: &Record, id: Id) -> Result<Details, SaveError>;

    /// The op of a line of a saved program, checked by the rules of recording, with the shape that
    /// follows from its operands.
    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError>;

    /// The op in a form that is equal for nodes that compute the same from the same operands. Its
    /// numbers are named by where such numbers stood first. `None` for an op that is never shared.
    fn canonical(self, record: &Record, first: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        let _ = (record, first);
        Some(self.into())
    }

    /// The rule forwards: records Σ ∂w/∂v · v̇ over the operands v that move; `None` if nothing
    /// comes from there.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>>;

    /// The node once more for many seeds at once; `None` if there is no rule for that.
    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let _ = many;
        None
    }

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
