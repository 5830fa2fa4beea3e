//! Stacks of seeds that are diagonal along the last axis.
//!
//! The unit vectors of a matrix are one per row i and column j, and much of what is computed from them
//! has nothing but zeros outside of column j: the product of a matrix with them from the left, and all
//! that is computed elementwise. Such a stack is kept *thin*, one entry per row with all columns in
//! it, n times smaller than in full, as long as the ops leave the last axis alone.

use crate::graph::{Graph, Record};
use crate::node::{Id, Op};
use crate::ops::{Binary, Matmul, Number};
use crate::var::Sym;

/// The seeds of a stack.
#[derive(Clone, Copy)]
pub(crate) enum Seeds<'t> {
    /// As they are: along a new first axis.
    Full(Sym<'t>),
    /// Unit vectors of the axes but the last one, with 1 for that, along a new first axis: each stands
    /// for the unit vectors with all of its entries. And the unit matrix of the last axis.
    Thin(Sym<'t>, Sym<'t>),
}

/// Whether the last axis goes through a node untouched, column by column: for operands with stacks, of
/// which the node is a linear function.
pub(crate) fn keeps_columns(record: &Record, id: Id, has_stack: impl Fn(Id) -> bool) -> bool {
    let node = record.node(id);
    let [a, b, _] = node.operands;
    let stacked = [a, b].map(|o| o != Id::NONE && has_stack(o));
    let last = |id: Id| record.shape(id).last();
    let same_last = || record.operands(id).filter(|o| has_stack(*o)).all(|o| last(o) == last(id));
    let fits = match node.op {
        Op::Map(_) => stacked == [false, true],
        Op::Zip(zip) => match (zip.f, zip.number) {
            (Binary::Add | Binary::Sub, Number::None) => stacked == [true, true],
            (Binary::Mul | Binary::AMul, Number::None) => stacked[0] != stacked[1],
            (Binary::Mul | Binary::AMul, _) => true,
            (Binary::Div | Binary::ADiv, Number::None | Number::Right) => stacked == [true, false],
            _ => false,
        },
        Op::Accumulate(sum) => {
            let run = record.parts_of(sum.into()).expect("a sum has parts");
            record.parts[run.range()].iter().all(|part| part.is_whole() && has_stack(part.id))
        }
        Op::Sum(sum) => sum.axes >> (record.shape(a).len().max(1) - 1) & 1 == 0,
        Op::Matmul(product) => stacked == [false, true] && !product.tb && record.shape(b).len() > 1,
        Op::Expand(_) | Op::Reshape(_) => true,
        _ => false,
    };
    fits && same_last()
}

/// The full stack of a thin one.
pub(crate) fn full<'t>(thin: Sym<'t>, unit: Sym<'t>) -> Sym<'t> {
    let shape = thin.shape().to_vec();
    let (&n, between) = shape[1..].split_last().expect("a last axis");
    let rows: usize = between.iter().product();
    // In one piece, so that it is read row after row: made once.
    let unit = unit.reshape_exact(&[n, 1, n]).expand(&[n, rows, n]).reshape_exact(&[n * rows, n]);
    let unit = unit.reshape_exact(&[&[1, n], &shape[1..]].concat());
    let spread = thin.reshape_exact(&[&shape[..1], &[1], &shape[1..]].concat());
    spread.amul(unit).reshape_exact(&[&[shape[0] * n], &shape[1..]].concat())
}

/// The full stack of the product A·B, where A has a thin one and B none: column j of A is a row of B.
/// `None` where it is better computed as any product.
pub(crate) fn product<'t>(
    graph: &'t Graph,
    Matmul { ta, tb }: Matmul,
    thin: Sym<'t>,
    b: Id,
) -> Option<Sym<'t>> {
    let b = Sym::new(graph, b);
    let (&[groups, m, n], &[rows, columns]) = (&thin.shape()[..], &b.shape()[..]) else {
        return None;
    };
    if ta {
        return None;
    }
    let (b, columns) = if tb { (b.permuted(&[1, 0]), rows) } else { (b, columns) };
    let b = b.reshape_exact(&[n, 1, columns]);
    let a = thin.permuted(&[0, 2, 1]).reshape_exact(&[groups, n, m, 1]);
    Some(a.amul(b).reshape_exact(&[groups * n, m, columns]))
}
