//! Products of matrices, with everything about how they lie worked out.

use super::around::Around;
use crate::kernel::Level;
use crate::kernel::product::{Matrix, pack_len, product};
use crate::ops::Factors;
use crate::play::Element;

/// A product, or a batch of them.
#[derive(Clone, Debug)]
pub(super) struct Product {
    dims: [usize; 3],
    a: Operand,
    b: Operand,
    /// Where the result starts.
    y: usize,
}

/// The matrices of an operand: where they start, for each product.
#[derive(Clone, Debug)]
struct Operand {
    strides: [isize; 2],
    starts: Box<[usize]>,
}

impl Operand {
    fn matrix<'a, T>(&self, i: usize, around: &Around<'a, T>) -> Matrix<'a, T> {
        let (data, start) = around.side(self.starts[i]);
        Matrix { data, start, strides: self.strides }
    }
}

impl Product {
    /// None where a factor has no elements.
    pub fn new(factors: &Factors<'_>, y: usize) -> Option<Self> {
        let (dims, [a, b]) = (factors.dims, factors.strides);
        (dims.iter().product::<usize>() > 0).then(|| Product {
            dims,
            a: Operand { strides: a, starts: factors.starts().map(|s| s.0).collect() },
            b: Operand { strides: b, starts: factors.starts().map(|s| s.1).collect() },
            y,
        })
    }

    /// How many elements a play packs.
    pub fn pack_len(&self) -> usize {
        pack_len(self.dims)
    }

    pub fn play<T: Element>(&self, level: Level, buffer: &mut [T], pack: &mut [T], threads: usize) {
        let [m, _, n] = self.dims;
        for i in 0..self.a.starts.len() {
            let start = self.y + i * m * n;
            let (y, around) = Around::part(buffer, start..start + m * n);
            let (a, b) = (self.a.matrix(i, &around), self.b.matrix(i, &around));
            spread(level, a, b, self.dims, y, pack, threads);
        }
    }
}

/// Fewer multiplications than these are done before another thread has woken up (measured: two
/// threads break even at a third of this).
#[cfg(feature = "threads")]
const LARGE: usize = 1 << 22;

/// The product by several threads, each of which computes some of the rows. An element does not
/// depend on which rows are computed with it.
#[cfg(feature = "threads")]
fn spread<T: Element>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    dims: [usize; 3],
    y: &mut [T],
    pack: &mut [T],
    threads: usize,
) {
    let [m, k, n] = dims;
    if threads < 2 || m < 2 || m * k * n < LARGE {
        return product(level, a, b, dims, y, pack);
    }
    let first = threads / 2;
    let rows = (m * first / threads).max(1);
    let (y, y_rest) = y.split_at_mut(rows * n);
    let (pack, pack_rest) = pack.split_at_mut(pack.len() / threads * first);
    rayon::join(
        || spread(level, a, b, [rows, k, n], y, pack, first),
        || {
            let (a, dims) = (a.part(rows, 0), [m - rows, k, n]);
            spread(level, a, b, dims, y_rest, pack_rest, threads - first);
        },
    );
}

#[cfg(not(feature = "threads"))]
fn spread<T: Element>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    dims: [usize; 3],
    y: &mut [T],
    pack: &mut [T],
    _: usize,
) {
    product(level, a, b, dims, y, pack);
}
