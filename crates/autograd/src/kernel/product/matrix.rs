//! [`Matrix`]: an operand of a product.

use super::super::Precision;

/// A matrix as it lies in a slice: element (i, j) is `data[start + i·strides[0] + j·strides[1]]`.
/// Any strides will do: 0 (a row read again and again), negative, exchanged (a transpose).
///
/// ```
/// use chainrule_autograd::kernel::product::Matrix;
/// let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let a = Matrix::row_major(&data, 3); // [[1, 2, 3], [4, 5, 6]]
/// assert_eq!(a.at(1, 0), 4.0);
/// assert_eq!(a.transposed().at(1, 0), 2.0);
/// assert_eq!(a.part(0, 1).at(1, 0), 5.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    /// The slice that it lies in.
    pub data: &'a [T],
    /// Where its first element is.
    pub start: usize,
    /// How far apart neighbours in a column, and in a row, are.
    pub strides: [isize; 2],
}

impl<'a, T: Precision> Matrix<'a, T> {
    /// Rows of `columns` elements, one after the other.
    pub fn row_major(data: &'a [T], columns: usize) -> Self {
        Matrix { data, start: 0, strides: [columns as isize, 1] }
    }

    /// Where element (i, j) is.
    #[inline(always)]
    fn place(&self, row: usize, column: usize) -> usize {
        let [rows, columns] = self.strides;
        self.start.wrapping_add_signed(row as isize * rows + column as isize * columns)
    }

    /// Element (i, j).
    ///
    /// # Panics
    /// If it does not lie in the slice.
    #[inline(always)]
    pub fn at(&self, row: usize, column: usize) -> T {
        self.data[self.place(row, column)]
    }

    /// Rows and columns exchanged. Nothing is moved.
    #[inline]
    pub fn transposed(self) -> Self {
        let [rows, columns] = self.strides;
        Matrix { strides: [columns, rows], ..self }
    }

    /// What is left without the first rows and columns.
    #[inline]
    pub fn part(self, row: usize, column: usize) -> Self {
        Matrix { start: self.place(row, column), ..self }
    }

    /// The same matrix so many elements further on, modulo 2⁶⁴.
    #[inline(always)]
    pub(super) fn moved(self, by: usize) -> Self {
        Matrix { start: self.start.wrapping_add(by), ..self }
    }

    /// The data from the first element on.
    #[inline(always)]
    pub(super) fn tail(&self) -> &'a [T] {
        &self.data[self.start..]
    }

    /// Whether `rows`×`columns` elements lie in the slice.
    #[inline]
    pub(super) fn holds(&self, rows: usize, columns: usize) -> bool {
        if rows * columns == 0 {
            return true;
        }
        let [r, c] = self.strides;
        let (r, c) = (r * (rows as isize - 1), c * (columns as isize - 1));
        let (low, high) = (r.min(0) + c.min(0), r.max(0) + c.max(0));
        self.start.checked_add_signed(low).is_some()
            && self.start.wrapping_add_signed(high) < self.data.len()
    }
}
