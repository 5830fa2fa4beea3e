//! A multiple that is only added to something, or subtracted from it, is not put down before: a step of
//! gradient descent reads and writes each parameter once. The bits stay what they were.

use super::tiled::{Function, Member, Operand, Place};
use crate::ops::Binary;
use crate::play::Element;

/// Lets sums of a group take the multiples that nobody else reads.
pub(super) fn take_on<T: Element>(members: &mut Vec<Member<T>>, len: usize) {
    let mut i = 0;
    while i < members.len() {
        match sum_of(members, i, len) {
            Some((j, sum)) => {
                members[j] = sum;
                members.remove(i);
            }
            None => i += 1,
        }
    }
}

/// The number and the place that a member multiplies.
fn multiple<T: Element>(member: &Member<T>) -> Option<(T, Place)> {
    match (member.f, member.operands[0], member.operands[1]) {
        (Function::Zip(Binary::Mul), Operand::At(x), Operand::Number(c))
        | (Function::Zip(Binary::Mul), Operand::Number(c), Operand::At(x)) => Some((c, x)),
        _ => None,
    }
}

/// The one member that reads the multiple which member `i` computes, if it is a sum, with that in it.
fn sum_of<T: Element>(members: &[Member<T>], i: usize, len: usize) -> Option<(usize, Member<T>)> {
    let (c, x) = multiple(&members[i])?;
    let product @ Place::Tile(_) = members[i].result else { return None };
    let reads = |m: &Member<T>| m.operands.iter().filter(|o| o.place() == Some(product)).count();
    let j = i + 1 + members[i + 1..].iter().position(|m| reads(m) > 0)?;
    let sum = &members[j];
    let is_written_anew = members[j..].iter().position(|m| m.result == product);
    let until = is_written_anew.map_or(members.len(), |at| j + at + 1);
    let others: usize = members[j..until].iter().map(reads).sum();
    let is_kept = !members[i + 1..=j].iter().any(|m| m.result.meets(x, len));
    let [left, right, _] = sum.operands;
    let is_right = right.place() == Some(product);
    let (a, c) = match sum.f {
        Function::Zip(Binary::Add) if is_right => (left, c),
        Function::Zip(Binary::Add) => (right, c),
        Function::Zip(Binary::Sub) if is_right => (left, -c),
        _ => return None,
    };
    let operands = [a, Operand::At(x), Operand::Number(c)];
    (others == 1 && is_kept)
        .then(|| (j, Member { f: Function::PlusMultiple, operands, ..sum.clone() }))
}
