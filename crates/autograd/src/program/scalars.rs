//! Scalars: nodes of one element each, as a list of instructions.

use super::tiled::Function;
use crate::graph::Record;
use crate::ops::{Binary, Select};
use crate::play::Element;

/// One node of one element. Operands and result are positions in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    pub f: Function,
    pub operands: [u32; 3],
    pub result: u32,
}

/// In place of a position: the result of the instruction before, which need not be read back.
pub(super) const LAST: u32 = u32::MAX;

pub(super) fn play<T: Element>(scalars: &[Scalar], record: &Record, buffer: &mut [T]) {
    let mut last = T::default();
    for s in scalars {
        let read = |i: usize| match s.operands[i] {
            LAST => last,
            at => buffer[at as usize],
        };
        // The four that long chains are made of come first, in one jump.
        let y = match s.f {
            Function::Zip(Binary::Add) => read(0) + read(1),
            Function::Zip(Binary::Sub) => read(0) - read(1),
            Function::Zip(Binary::Mul) => read(0) * read(1),
            Function::Zip(Binary::AMul) => {
                let (a, b) = (read(0), read(1));
                match a * b {
                    // Not the selection that vectors use: a branch that is foreseen costs nothing.
                    y if y < T::zero() || y > T::zero() => y,
                    _ => a.amul(b),
                }
            }
            _ => other(s, record, [read(0), read(1), read(2)]),
        };
        buffer[s.result as usize] = y;
        last = y;
    }
}

#[inline(never)]
fn other<T: Element>(s: &Scalar, record: &Record, x: [T; 3]) -> T {
    let mut y = [T::default()];
    match s.f {
        Function::Zip(f) => return f.of(x[0], x[1]),
        Function::Select => return Select::of(x[0], x[1], x[2]),
        Function::Copy => return x[0],
        Function::Map(map) => map.fill(record, &x[..1], None, &mut y),
        Function::MapTimes(map) => map.fill(record, &x[..1], Some(&x[1..2]), &mut y),
    }
    y[0]
}
