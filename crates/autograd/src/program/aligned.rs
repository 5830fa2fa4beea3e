//! [`Aligned`]: memory that starts at a line of the cache, so that no vector that starts at a multiple
//! of its length lies on two of them.

use std::ops::{Deref, DerefMut};

/// Bytes of a line of the cache.
const LINE: usize = 64;

#[derive(Debug)]
pub(super) struct Aligned<T> {
    memory: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Copy + Default> Aligned<T> {
    pub fn zeros(len: usize) -> Self {
        let memory = vec![T::default(); len + LINE / size_of::<T>()];
        let start = memory.as_ptr().align_offset(LINE).min(memory.len() - len);
        Aligned { memory, start, len }
    }

    pub fn copy_of(values: &[T]) -> Self {
        let mut copy = Self::zeros(values.len());
        copy.copy_from_slice(values);
        copy
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.memory[self.start..self.start + self.len]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_at_a_line_also_when_copied() {
        for len in [0, 1, 17, 100_000] {
            let values: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let aligned = Aligned::copy_of(&values);
            let copy = Aligned::copy_of(&aligned);
            assert!(*aligned == *values && *copy == *values);
            assert!([&aligned, &copy].iter().all(|a| a.as_ptr().addr().is_multiple_of(LINE)));
        }
    }
}
