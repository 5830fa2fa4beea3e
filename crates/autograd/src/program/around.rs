//! Memory of which parts are being written, and what lies around them.

use std::ops::Range;

/// Memory that is read while some of it is written.
pub(super) trait Memory<T> {
    /// All that may be read on the side of a place, and where the place is in it.
    fn side(&self, at: usize) -> (&[T], usize);

    /// What is to be read; it does not touch what is written.
    #[inline]
    fn get(&self, range: Range<usize>) -> &[T] {
        let (side, at) = self.side(range.start);
        &side[at..at + range.len()]
    }
}

/// Memory that can be written, a part at a time.
pub(super) trait Scene<T> {
    /// What may be read.
    type Rest<'m>: Memory<T>
    where
        Self: 'm;

    fn whole(&self) -> Self::Rest<'_>;

    /// A part to be written, and what lies around it.
    fn part(&mut self, part: Range<usize>) -> (&mut [T], Self::Rest<'_>);

    /// All of it, if it can be written anywhere.
    fn plain(&mut self) -> Option<&mut [T]>;
}

/// Memory of which one part is being written.
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
}

impl<T> Memory<T> for Around<'_, T> {
    #[inline]
    fn side(&self, at: usize) -> (&[T], usize) {
        match at.checked_sub(self.end) {
            None => (self.below, at),
            Some(at) => (self.above, at),
        }
    }
}

impl<T> Scene<T> for [T] {
    type Rest<'m>
        = Around<'m, T>
    where
        T: 'm;

    fn whole(&self) -> Around<'_, T> {
        Around::whole(self)
    }

    fn part(&mut self, part: Range<usize>) -> (&mut [T], Around<'_, T>) {
        Around::part(self, part)
    }

    #[inline]
    fn plain(&mut self) -> Option<&mut [T]> {
        Some(self)
    }
}
