//! Scalars: nodes of one element each, as a list of instructions.

use super::tiled::Function;
use crate::graph::Record;
use crate::ops::{Binary, Select};
use crate::play::Element;

/// One node of one element, or two of a chain. Operands and results are positions in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar {
    One {
        f: Function,
        operands: [u32; 3],
        result: u32,
    },
    /// Two links, each of the result before it and an operand.
    Two {
        links: (Link, Link),
        operands: [u32; 2],
        results: [u32; 2],
    },
}

/// In place of a position: the result of the instruction before, which need not be read back.
pub(super) const LAST: u32 = u32::MAX;

/// What long chains are made of: a function of the result before it and of an operand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    Add,
    Sub,
    Mul,
    AMul,
}

impl Link {
    #[inline(always)]
    fn follow<T: Element>(self, last: T, x: T) -> T {
        match self {
            Link::Add => last + x,
            Link::Sub => last - x,
            Link::Mul => last * x,
            Link::AMul => match last * x {
                // Not the selection that vectors use: a branch that is foreseen costs nothing.
                y if y < T::zero() || y > T::zero() => y,
                _ => last.amul(x),
            },
        }
    }
}

impl Scalar {
    /// As a link: what it does with the result before it, its operand, its result.
    fn link(self) -> Option<(Link, u32, u32)> {
        let Scalar::One { f: Function::Zip(f), operands: [a, b, _], result } = self else {
            return None;
        };
        let operand = match (a, b) {
            (LAST, b) if b != LAST => b,
            (a, LAST) if a != LAST && f != Binary::Sub => a,
            _ => return None,
        };
        let link = match f {
            Binary::Add => Link::Add,
            Binary::Sub => Link::Sub,
            Binary::Mul => Link::Mul,
            Binary::AMul => Link::AMul,
            _ => return None,
        };
        Some((link, operand, result))
    }
}

/// The same list, with neighbouring links of a chain together: most of the time of an instruction
/// goes into finding out what it is.
pub(super) fn paired(list: &[Scalar]) -> Vec<Scalar> {
    let mut pairs = Vec::with_capacity(list.len());
    let mut rest = list;
    while let [first, tail @ ..] = rest {
        let second = tail.first().and_then(|second| second.link());
        let (scalar, taken) = match (first.link(), second) {
            (Some((f, a, y)), Some((g, b, z))) => {
                (Scalar::Two { links: (f, g), operands: [a, b], results: [y, z] }, 2)
            }
            _ => (*first, 1),
        };
        pairs.push(scalar);
        rest = &rest[taken..];
    }
    pairs
}

pub(super) fn play<T: Element>(scalars: &[Scalar], record: &Record, buffer: &mut [T]) {
    let mut last = T::default();
    for s in scalars {
        match *s {
            Scalar::Two { links, operands: [a, b], results } => {
                let (a, b) = (buffer[a as usize], buffer[b as usize]);
                let (y, z) = follow_both(links, last, a, b);
                buffer[results[0] as usize] = y;
                buffer[results[1] as usize] = z;
                last = z;
            }
            Scalar::One { f, operands, result } => {
                let x = operands.map(|at| if at == LAST { last } else { buffer[at as usize] });
                last = one(f, record, x);
                buffer[result as usize] = last;
            }
        }
    }
}

/// Written out, so that each pair of links has code of its own, which is found in one jump.
#[inline(always)]
fn follow_both<T: Element>(links: (Link, Link), last: T, a: T, b: T) -> (T, T) {
    macro_rules! each {
        ($($f:ident $g:ident),*) => {
            match links {
                $((Link::$f, Link::$g) => {
                    let y = Link::$f.follow(last, a);
                    (y, Link::$g.follow(y, b))
                })*
            }
        };
    }
    each!(
        Add Add, Add Sub, Add Mul, Add AMul, Sub Add, Sub Sub, Sub Mul, Sub AMul,
        Mul Add, Mul Sub, Mul Mul, Mul AMul, AMul Add, AMul Sub, AMul Mul, AMul AMul
    )
}

fn one<T: Element>(f: Function, record: &Record, x: [T; 3]) -> T {
    match f {
        Function::Zip(Binary::Add) => x[0] + x[1],
        Function::Zip(Binary::Sub) => x[0] - x[1],
        Function::Zip(Binary::Mul) => x[0] * x[1],
        Function::Zip(Binary::AMul) => Link::AMul.follow(x[0], x[1]),
        _ => other(f, record, x),
    }
}

#[inline(never)]
fn other<T: Element>(f: Function, record: &Record, x: [T; 3]) -> T {
    let mut y = [T::default()];
    match f {
        Function::Zip(f) => return f.of(x[0], x[1]),
        Function::PlusMultiple => return x[0] + x[1] * x[2],
        Function::Select => return Select::of(x[0], x[1], x[2]),
        Function::Copy => return x[0],
        Function::Map(map) => map.fill(record, &x[..1], None, &mut y),
        Function::MapTimes(map) => map.fill(record, &x[..1], Some(&x[1..2]), &mut y),
    }
    y[0]
}
