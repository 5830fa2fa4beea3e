//! [`Aligned`]: memory that starts at a line of the cache, so that no vector that starts at a multiple
//! of its length lies on two of them. What is large lies on large pages where the system has them: an
//! element of it is found without a walk through the page tables, and its neighbours in memory are its
//! neighbours in the cache.

use std::ops::{Deref, DerefMut};

use bytemuck::{Pod, cast_slice, cast_slice_mut};

use crate::kernel::LINE;

#[derive(Debug)]
pub(super) struct Aligned<T> {
    memory: Memory<T>,
    /// In elements.
    start: usize,
    len: usize,
}

#[derive(Debug)]
enum Memory<T> {
    Heap(Vec<T>),
    #[cfg(target_os = "linux")]
    Pages(memmap2::MmapMut),
}

impl<T: Pod> Aligned<T> {
    pub fn zeros(len: usize) -> Self {
        Self::on_pages(len).unwrap_or_else(|| Self::on_heap(len))
    }

    pub fn copy_of(values: &[T]) -> Self {
        let mut copy = Self::zeros(values.len());
        copy.copy_from_slice(values);
        copy
    }

    fn on_heap(len: usize) -> Self {
        let memory = vec![T::zeroed(); len + LINE / size_of::<T>()];
        let start = memory.as_ptr().align_offset(LINE).min(memory.len() - len);
        Aligned { memory: Memory::Heap(memory), start, len }
    }

    /// On large pages, from the start of one on. None where it does not fill one, or there are none.
    #[cfg(target_os = "linux")]
    fn on_pages(len: usize) -> Option<Self> {
        /// Bytes of a large page. (Where they are larger, most of the memory lies on small ones.)
        const PAGE: usize = 2 << 20;
        let bytes = len.checked_mul(size_of::<T>()).filter(|&bytes| bytes >= PAGE)?;
        let pages =
            memmap2::MmapMut::map_anon(bytes.checked_add(PAGE)?.next_multiple_of(PAGE)).ok()?;
        // A system without them says no, and the memory is as good as other memory.
        let _ = pages.advise(memmap2::Advice::HugePage);
        let start = pages.as_ptr().align_offset(PAGE) / size_of::<T>();
        Some(Aligned { memory: Memory::Pages(pages), start, len })
    }

    #[cfg(not(target_os = "linux"))]
    fn on_pages(_: usize) -> Option<Self> {
        None
    }
}

impl<T: Pod> Deref for Aligned<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        let all = match &self.memory {
            Memory::Heap(memory) => &memory[..],
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => cast_slice(pages),
        };
        &all[self.start..self.start + self.len]
    }
}

impl<T: Pod> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let all = match &mut self.memory {
            Memory::Heap(memory) => &mut memory[..],
            #[cfg(target_os = "linux")]
            Memory::Pages(pages) => cast_slice_mut(pages),
        };
        &mut all[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_at_a_line_also_when_copied_and_is_zero() {
        // The last two are half a large page, and one and a half.
        for len in [0, 1, 17, 100_000, 1 << 18, 3 << 18] {
            let values: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let aligned = Aligned::copy_of(&values);
            let copy = Aligned::copy_of(&aligned);
            let zeros = Aligned::<f32>::zeros(len);
            assert!(*aligned == *values && *copy == *values);
            assert!(zeros.len() == len && zeros.iter().all(|&x| x == 0.0));
            let starts = [&aligned, &copy, &zeros].map(|a| a.as_ptr().addr());
            assert!(starts.iter().all(|start| start.is_multiple_of(LINE)));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_large_starts_at_a_large_page_and_what_is_small_does_not_take_one() {
        let (small, large) = (Aligned::<f64>::zeros((1 << 18) - 1), Aligned::<f64>::zeros(1 << 18));
        assert!(matches!(small.memory, Memory::Heap(_)));
        assert!(matches!(large.memory, Memory::Pages(_)));
        assert!(large.as_ptr().addr().is_multiple_of(2 << 20));
    }
}
