//! Packing the right factor ahead: for threads that share the rows of a product, each of which would
//! pack it again.

use super::super::{Level, Precision};
use super::Matrix;
use super::blocks::{COLUMNS, Job, Part};
use super::registers::LANES;

/// So many columns are a piece of the work: a multiple of all strips.
const PIECE: usize = 256;

/// How many elements the right factor of a product takes when it is packed.
#[inline]
pub fn ahead_len([_, k, n]: [usize; 3]) -> usize {
    k * n.next_multiple_of(LANES)
}

/// The right factor of a product, being packed piece by piece: pieces can be packed by several threads.
///
/// ```
/// use chainrule_autograd::kernel::Level;
/// use chainrule_autograd::kernel::product::{Matrix, Packing, ahead_len, pack_len, product_with};
///
/// let dims = [100, 300, 80];
/// let (a, b) = (vec![2.0; 100 * 300], vec![0.5; 80 * 300]);
/// let (a, b) = (Matrix::row_major(&a, 300), Matrix::row_major(&b, 300).transposed());
/// let mut ahead = vec![0.0; ahead_len(dims)];
/// let packing = Packing::of(Level::best(), a, b, dims, &mut ahead).unwrap();
/// packing.for_each(|pack| pack.run());
///
/// let (mut y, mut pack) = (vec![0.0; 50 * 80], vec![0.0; pack_len(dims)]);
/// let (last, dims) = (a.part(50, 0), [50, 300, 80]);
/// product_with(Level::best(), last, b, dims, Some(&ahead), &mut y, false, &mut pack, &mut |_| {});
/// assert_eq!(y, vec![300.0; 50 * 80]);
/// ```
pub struct Packing<'a, T> {
    job: Job<'a, T>,
    /// Where the next piece starts: a term and a column.
    next: [usize; 2],
    to: &'a mut [T],
}

/// A piece of a right factor, and where it is packed.
pub struct Pack<'a, T> {
    job: Job<'a, T>,
    terms: Part,
    columns: Part,
    to: &'a mut [T],
}

impl<'a, T: Precision> Packing<'a, T> {
    /// The right factor of A·B, in the first [`ahead_len`] elements of `to`. None where the product
    /// reads B where it lies, or reads so little of it that it is as well packed when it is needed.
    ///
    /// # Panics
    /// If B does not lie in its slice or `to` is too short.
    pub fn of(
        level: Level,
        a: Matrix<'a, T>,
        b: Matrix<'a, T>,
        dims: [usize; 3],
        to: &'a mut [T],
    ) -> Option<Self> {
        assert!(b.holds(dims[1], dims[2]), "the right operand lies outside of its slice");
        let to = &mut to[..ahead_len(dims)];
        if to.is_empty() {
            return None;
        }
        let job = Job::of(level, a, b, dims, None);
        job.packs_all().then_some(Packing { job, next: [0; 2], to })
    }
}

impl<'a, T: Precision> Iterator for Packing<'a, T> {
    type Item = Pack<'a, T>;

    fn next(&mut self) -> Option<Pack<'a, T>> {
        let [_, k, n] = self.job.dims;
        let [term, column] = self.next;
        if column >= n {
            return None;
        }
        // Block after block, as the product reads them; a block's strips lie one after the other.
        let block = Part { start: column / COLUMNS * COLUMNS, len: COLUMNS };
        let end = n.min(block.start + block.len);
        let terms = Part { start: term, len: self.job.most_terms().min(k - term) };
        let columns = Part { start: column, len: PIECE.min(end - column) };
        self.next = match (columns.range().end < end, terms.range().end < k) {
            (true, _) => [term, columns.range().end],
            (false, true) => [terms.range().end, block.start],
            (false, false) => [0, end],
        };
        let len = columns.len.next_multiple_of(LANES) * terms.len;
        let (to, rest) = std::mem::take(&mut self.to).split_at_mut(len);
        self.to = rest;
        Some(Pack { job: self.job, terms, columns, to })
    }
}

impl<T: Precision> Pack<'_, T> {
    /// Packs it.
    pub fn run(self) {
        T::pack(self);
    }

    pub(super) fn pack(self) {
        self.job.pack_block(self.terms, self.columns, self.to);
    }
}

impl<T: Precision> Job<'_, T> {
    /// Whether all of B is packed.
    fn packs_all(&self) -> bool {
        let [terms, columns] = [self.most_terms(), self.dims[2].min(PIECE)].map(Part::whole);
        let first = self.strips(columns).next().expect("there are columns");
        !self.flipped && !self.is_small() && self.in_place(terms, first).is_none()
    }

    /// Where a block starts in what is packed ahead.
    pub fn ahead(&self, terms: Part, columns: Part) -> usize {
        let [_, k, _] = self.dims;
        columns.start * k + terms.start * columns.len.next_multiple_of(LANES)
    }
}
