//! [`Around`]: memory of which one part is being written.

use std::ops::Range;

pub(super) struct Around<'a, T> {
    below: &'a [T],
    above: &'a [T],
    /// Where `above` starts.
    end: usize,
}

impl<'a, T> Around<'a, T> {
    /// Memory that is only read.
    pub fn whole(memory: &'a [T]) -> Self {
        Around { below: memory, above: &[], end: usize::MAX }
    }

    /// A part to be written, and what lies around it.
    pub fn part(memory: &'a mut [T], part: Range<usize>) -> (&'a mut [T], Self) {
        let (below, rest) = memory.split_at_mut(part.start);
        let (inside, above) = rest.split_at_mut(part.len());
        (inside, Around { below, above, end: part.end })
    }

    /// What is to be read; it does not touch what is written.
    pub fn get(&self, range: Range<usize>) -> &'a [T] {
        match range.start.checked_sub(self.end) {
            None => &self.below[range],
            Some(start) => &self.above[start..start + range.len()],
        }
    }

    /// All memory on one side of what is written, and where a place is in it.
    pub fn side(&self, at: usize) -> (&'a [T], usize) {
        match at.checked_sub(self.end) {
            None => (self.below, at),
            Some(at) => (self.above, at),
        }
    }
}
