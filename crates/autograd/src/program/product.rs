//! Products of matrices, with everything about how they lie worked out.

use std::ops::Range;

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

/// The matrices of an operand.
#[derive(Clone, Debug)]
struct Operand {
    strides: [isize; 2],
    /// For each product: what the matrix lies in, and where in that it starts.
    places: Box<[(Range<usize>, usize)]>,
}

impl Operand {
    fn new(strides: [isize; 2], sizes: [usize; 2], starts: impl Iterator<Item = usize>) -> Self {
        let reach = |axis: usize| strides[axis] * (sizes[axis] as isize - 1);
        let (low, high) = (reach(0).min(0) + reach(1).min(0), reach(0).max(0) + reach(1).max(0));
        let place = |start: usize| {
            let first = start.wrapping_add_signed(low);
            (first..start.wrapping_add_signed(high) + 1, start - first)
        };
        Operand { strides, places: starts.map(place).collect() }
    }

    fn matrix<'a, T>(&self, i: usize, around: &Around<'a, T>) -> Matrix<'a, T> {
        let (range, start) = self.places[i].clone();
        Matrix { data: around.get(range), start, strides: self.strides }
    }
}

impl Product {
    /// None where a factor has no elements.
    pub fn new(factors: &Factors<'_>, y: usize) -> Option<Self> {
        let dims @ [m, k, n] = factors.dims;
        (m * k * n > 0).then(|| Product {
            dims,
            a: Operand::new(factors.strides[0], [m, k], factors.starts().map(|s| s.0)),
            b: Operand::new(factors.strides[1], [k, n], factors.starts().map(|s| s.1)),
            y,
        })
    }

    /// How many elements a play packs.
    pub fn pack_len(&self) -> usize {
        pack_len(self.dims)
    }

    pub fn play<T: Element>(&self, level: Level, buffer: &mut [T], pack: &mut [T]) {
        let [m, _, n] = self.dims;
        for i in 0..self.a.places.len() {
            let start = self.y + i * m * n;
            let (y, around) = Around::part(buffer, start..start + m * n);
            let (a, b) = (self.a.matrix(i, &around), self.b.matrix(i, &around));
            product(level, a, b, self.dims, y, pack);
        }
    }
}
