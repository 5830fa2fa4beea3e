//! Shapes, broadcasting, strides; and the interning of lists, so that a node names its shape by one
//! 32-bit number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The highest number of axes.
pub const MAX_RANK: usize = 16;

/// A list with an entry per axis, on the stack: playing allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short<T> {
    items: [T; MAX_RANK],
    len: usize,
}

impl<T: Copy + Default> Short<T> {
    pub fn new() -> Self {
        Short { items: [T::default(); MAX_RANK], len: 0 }
    }

    pub fn push(&mut self, item: T) {
        self.items[self.len] = item;
        self.len += 1;
    }

    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        Some(self.items[self.len])
    }
}

impl<T: Copy + Default> FromIterator<T> for Short<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Short::new();
        items.into_iter().for_each(|item| list.push(item));
        list
    }
}

impl<T> std::ops::Deref for Short<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.items[..self.len]
    }
}

impl<T> std::ops::DerefMut for Short<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items[..self.len]
    }
}

/// A hash for short lists of small numbers. Shapes come from the program, not from an enemy.
#[derive(Default)]
pub(crate) struct ShortHash(u64);

impl Hasher for ShortHash {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b));
            self.write_u64(word);
        }
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// Lists that are stored once and named by a number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interner<T> {
    lists: Vec<Box<[T]>>,
    ids: HashMap<Box<[T]>, u32, BuildHasherDefault<ShortHash>>,
}

impl<T: Copy + Eq + Hash> Interner<T> {
    pub fn id(&mut self, list: &[T]) -> u32 {
        if let Some(&id) = self.ids.get(list) {
            return id;
        }
        let id = self.lists.len() as u32;
        self.lists.push(list.into());
        self.ids.insert(list.into(), id);
        id
    }

    pub fn get(&self, id: u32) -> &[T] {
        &self.lists[id as usize]
    }

    /// The bytes held, tables included.
    pub fn bytes(&self) -> usize {
        let entry = size_of::<(Box<[T]>, u32)>() + size_of::<Box<[T]>>();
        self.lists.iter().map(|l| 2 * size_of_val::<[T]>(l)).sum::<usize>()
            + self.lists.capacity() * entry
    }
}

/// The number of elements of a shape.
pub fn count(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// Strides of row-major storage.
pub(crate) fn dense_strides(shape: &[usize]) -> Short<isize> {
    let mut strides: Short<isize> = shape.iter().map(|_| 1).collect();
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1) as isize;
    }
    strides
}

/// The shape both broadcast to by numpy's rule: aligned at the last axis, an axis of length 1 (or a
/// missing one) stretches.
///
/// ```
/// use chainrule_autograd::shape::broadcast;
/// assert_eq!(broadcast(&[4, 1], &[3]), Some(vec![4, 3]));
/// assert_eq!(broadcast(&[4], &[3]), None);
/// ```
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |s: &[usize], axis: usize| (axis + s.len()).checked_sub(rank).map_or(1, |i| s[i]);
    (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (m, n) if m == n || n == 1 => Some(m),
            (1, n) => Some(n),
            _ => None,
        })
        .collect()
}

/// The shape that all broadcast to.
pub(crate) fn broadcast_all<'a>(shapes: impl Iterator<Item = &'a [usize]>) -> Option<Vec<usize>> {
    shapes.into_iter().try_fold(vec![], |all, shape| broadcast(&all, shape))
}

/// Whether a shape stretches to another by broadcasting.
pub(crate) fn stretches(from: &[usize], to: &[usize]) -> bool {
    broadcast(from, to).is_some_and(|s| s == to)
}

/// Strides with which data of shape `from` is read as if it had the shape `to`: 0 where an axis
/// stretches.
pub(crate) fn stretched_strides(from: &[usize], strides: &[isize], to: &[usize]) -> Short<isize> {
    let missing = to.len() - from.len();
    let stretch = |axis: usize| match axis.checked_sub(missing) {
        Some(i) if from[i] == to[axis] => strides[i],
        _ => 0,
    };
    (0..to.len()).map(stretch).collect()
}

/// Resolves axes that may count from the end (−1 is the last) into a bit mask.
///
/// # Panics
/// If an axis does not exist or is named twice.
#[track_caller]
pub(crate) fn axis_mask(op: &str, axes: &[isize], shape: &[usize]) -> u32 {
    axes.iter().fold(0, |mask, &axis| {
        let bit = 1 << resolve_axis(op, axis, shape);
        assert!(mask & bit == 0, "{op}: axis {axis} is named twice in {axes:?}");
        mask | bit
    })
}

/// One axis, counted from the end if negative.
#[track_caller]
pub(crate) fn resolve_axis(op: &str, axis: isize, shape: &[usize]) -> usize {
    let rank = shape.len() as isize;
    let resolved = if axis < 0 { axis + rank } else { axis };
    assert!(
        (0..rank).contains(&resolved),
        "{op}: there is no axis {axis} in shape {shape:?} (axes are {}..={} or {}..=-1)",
        0,
        rank - 1,
        -rank
    );
    resolved as usize
}

/// The axes of a mask, in order.
pub(crate) fn axes_of(mask: u32) -> impl DoubleEndedIterator<Item = usize> {
    (0..MAX_RANK).filter(move |&axis| mask & (1 << axis) != 0)
}

/// A shape with the masked axes set to length 1.
pub(crate) fn kept(shape: &[usize], mask: u32) -> Vec<usize> {
    shape.iter().enumerate().map(|(i, &n)| if mask & (1 << i) != 0 { 1 } else { n }).collect()
}

/// A shape without the masked axes.
pub(crate) fn dropped(shape: &[usize], mask: u32) -> Vec<usize> {
    shape.iter().enumerate().filter(|(i, _)| mask & (1 << i) == 0).map(|(_, &n)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        assert_eq!(broadcast(&[], &[2, 3]), Some(vec![2, 3]));
        assert_eq!(broadcast(&[2, 1, 4], &[3, 1]), Some(vec![2, 3, 4]));
        assert_eq!(broadcast(&[0], &[1]), Some(vec![0]));
        assert_eq!(broadcast(&[0], &[2]), None);
        assert!(stretches(&[1, 3], &[2, 3]) && !stretches(&[2, 3], &[1, 3]));
        assert_eq!(*stretched_strides(&[3, 1], &[1, 1], &[2, 3, 4]), [0, 1, 0]);
    }

    #[test]
    fn lists_are_stored_once() {
        let mut shapes = Interner::default();
        let a = shapes.id(&[2, 3]);
        assert_eq!(shapes.id(&[2, 3]), a);
        assert_ne!(shapes.id(&[3, 2]), a);
        assert_eq!(shapes.get(a), [2, 3]);
    }
}
