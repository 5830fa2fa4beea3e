//! Calls: what an elementwise node computes, as functions of one to three operands.

use super::tiled::Function;
use crate::graph::Record;
use crate::node::{Id, Op};
use crate::ops::{Binary, Number};

/// An operand of an elementwise node: another node, or a number.
#[derive(Clone, Copy)]
pub(super) enum Arg {
    Node(Id),
    Number(f64),
    /// What the member before this one computed.
    Before,
}

/// What a node computes, in one go or (a sum of many) in several.
pub(super) fn calls(record: &Record, id: Id) -> Vec<(Function, Vec<Arg>)> {
    let node = record.node(id);
    let args = || record.operands(id).map(Arg::Node).collect::<Vec<_>>();
    match node.op {
        Op::Map(map) if node.operands[1] == Id::NONE => vec![(Function::Map(map), args())],
        Op::Map(map) => vec![(Function::MapTimes(map), args())],
        Op::Select(_) => vec![(Function::Select, args())],
        Op::Zip(zip) => {
            let number = || Arg::Number(zip.value(record));
            let args = match zip.number {
                Number::None => args(),
                Number::Left => vec![number(), Arg::Node(node.operands[0])],
                Number::Right => vec![Arg::Node(node.operands[0]), number()],
            };
            vec![(Function::Zip(zip.f), args)]
        }
        _ => sum(&args()),
    }
}

/// x₀ + x₁ + …, from left to right.
fn sum(args: &[Arg]) -> Vec<(Function, Vec<Arg>)> {
    let add = Function::Zip(Binary::Add);
    match args {
        [a] => vec![(Function::Copy, vec![*a])],
        [a, b, rest @ ..] => {
            let first = (add, vec![*a, *b]);
            std::iter::once(first)
                .chain(rest.iter().map(|x| (add, vec![Arg::Before, *x])))
                .collect()
        }
        [] => unreachable!("a sum has parts"),
    }
}
