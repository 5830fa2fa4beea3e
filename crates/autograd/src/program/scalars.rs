//! Scalars: nodes of one element each, as a list of instructions.

use super::tiled::Function;
use crate::graph::Record;
use crate::ops::Select;
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
        let one = |i: usize| [read(i)];
        let y = match s.f {
            Function::Zip(f) => f.of(read(0), read(1)),
            Function::Map(map) => {
                let mut y = [T::default()];
                map.fill(record, &one(0), None, &mut y);
                y[0]
            }
            Function::MapTimes(map) => {
                let mut y = [T::default()];
                map.fill(record, &one(0), Some(&one(1)), &mut y);
                y[0]
            }
            Function::Select => Select::of(read(0), read(1), read(2)),
            Function::Copy => read(0),
        };
        buffer[s.result as usize] = y;
        last = y;
    }
}
