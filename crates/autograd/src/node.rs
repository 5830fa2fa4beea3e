//! [`Node`]: one line of the tape, a small value; and [`Op`], what the line does.

use crate::ops::{
    Accumulate, Concat, Custom, Expand, Gather, Leaf, Map, Matmul, Permute, Primitive, Reshape,
    RowSlope, RowWise, Scalar, ScatterAdd, Select, Slice, Stop, Sum, Zip,
};
use crate::program::saved::{Line, LoadError, Loaded};

/// The number of a node on its tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) u32);

impl Id {
    /// "No operand here".
    pub(crate) const NONE: Id = Id(u32::MAX);

    /// The position on the tape, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("%{}", self.0))
    }
}

/// One line of the tape: what was done, to which lines below, with which shape as the result, and
/// where in the user's source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    pub(crate) op: Op,
    pub(crate) operands: [Id; 3],
    pub(crate) shape: u32,
    pub(crate) place: u32,
}

const _: () = assert!(size_of::<Node>() <= 32);

/// A run of entries in one of the graph's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Run {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

macro_rules! ops {
    ($($name:ident),* $(,)?) => {
        /// What a node does. Each op is a type of its own, in one file of `ops` that holds its
        /// shape, its values and its rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Op { $($name($name)),* }

        /// The names of all kinds of ops.
        #[cfg(test)]
        pub(crate) const KINDS: &[&str] = &[$(stringify!($name)),*];

        $(impl From<$name> for Op {
            fn from(op: $name) -> Op { Op::$name(op) }
        })*

        impl Op {
            /// What kind of op it is, as saved programs say it.
            pub fn kind(self) -> &'static str {
                match self { $(Op::$name(_) => stringify!($name)),* }
            }

            /// The op of a saved line; none if there is no such kind.
            pub fn load(kind: &str, line: &mut Line<'_>) -> Option<Result<Loaded, LoadError>> {
                match kind {
                    $(stringify!($name) => Some(<$name as Primitive>::load(line)),)*
                    _ => None,
                }
            }
        }

        /// Calls the same method of whichever op it is.
        macro_rules! each_op {
            ($op:expr, $p:ident => $call:expr) => { match $op { $(Op::$name($p) => $call),* } };
        }
    };
}

ops!(
    Leaf, Scalar, Map, Zip, Select, Accumulate, Sum, Concat, Expand, Reshape, Permute, Slice, Stop,
    Gather, ScatterAdd, Matmul, RowWise, RowSlope, Custom,
);
#[allow(clippy::single_component_path_imports)] // makes the macro a path for other modules
pub(crate) use each_op;
