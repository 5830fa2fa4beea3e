//! Products of matrices: Y = A·B.
//!
//! **The order of the sums is a function of k alone.** The terms of an element come in blocks of at
//! most [`TERMS`], as equal as can be; a block is summed from 0 in the order of the terms, by one
//! multiply-add each, and the blocks are added in their order. So an element depends on its row of A,
//! its column of B and on whether the level multiplies and adds with one rounding: not on where the
//! operands lie, on the other rows and columns, nor on how the work is cut or spread over threads.
//!
//! The innermost loop (`tile.rs`) holds a tile of Y in registers. It reads A where it lies and B where
//! its rows lie in one piece; what else there is, and what is read so often that it pays, is copied
//! first (`pack.rs`) into memory of the caller's. Nothing is allocated.

mod ahead;
mod batch;
mod blocks;
mod matrix;
mod pack;
mod registers;
mod tile;

pub use ahead::{Pack, Packing, ahead_len};
pub use blocks::{Piece, pack_len, room_len};
pub use matrix::Matrix;

use super::{Level, Precision};
use blocks::Job;

/// How many terms are summed before the sum is added to Y.
pub const TERMS: usize = 256;

/// Y = A·B, where A is m×k, B is k×n and Y row-major in `out`. `pack` is memory to work in, of
/// [`pack_len`] elements at least.
///
/// ```
/// use chainrule_autograd::kernel::Level;
/// use chainrule_autograd::kernel::product::{Matrix, pack_len, product};
///
/// let a = [1.0, 2.0, 3.0, 4.0]; // [[1, 2], [3, 4]]
/// let x = [1.0, 10.0];
/// let mut y = [0.0; 2];
/// let dims = [2, 2, 1];
/// let mut pack = vec![0.0; pack_len(dims)];
/// let (a, x) = (Matrix::row_major(&a, 2), Matrix::row_major(&x, 1));
/// product(Level::best(), a, x, dims, &mut y, &mut pack);
/// assert_eq!(y, [21.0, 43.0]);
/// ```
///
/// # Panics
/// If an operand does not lie in its slice, `out` has not m·n elements, or `pack` is too short.
#[inline]
pub fn product<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    dims: [usize; 3],
    out: &mut [T],
    pack: &mut [T],
) {
    product_with(level, a, b, dims, None, out, false, pack, &mut |_| {});
}

/// Y = A·B, or Y + A·B if it goes `onto` what is there: block of terms by block of terms. Calls `finish`
/// with each piece of Y once it is done, while it is in the cache: each element is in exactly one piece.
/// `ready` is B as [`Packing`] leaves it, if it was packed ahead, for a product of as many rows or more.
///
/// `out` may be of [`room_len`] elements only, which are used again for piece after piece, unless they
/// are added to.
///
/// # Panics
/// As [`product`], and if what is packed is too short.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn product_with<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    dims: [usize; 3],
    ready: Option<&[T]>,
    out: &mut [T],
    onto: bool,
    pack: &mut [T],
    finish: &mut dyn FnMut(Piece<'_, T>),
) {
    T::multiply(level, a, b, dims, ready, out, onto, pack, finish);
}

/// Many products of matrices that lie alike: Yᵢ = Aᵢ·Bᵢ, one result after the other in `out`. Aᵢ is `a`
/// moved by the i-th of the left starts (modulo 2⁶⁴), Bᵢ likewise. `pack` is as for [`product`].
///
/// ```
/// use chainrule_autograd::kernel::Level;
/// use chainrule_autograd::kernel::product::{Matrix, pack_len, products};
///
/// let a = [1.0, 2.0, 3.0, 4.0]; // [[1, 2], [3, 4]]
/// let x = [1.0, 10.0, 100.0]; // [1, 10] and [10, 100]
/// let mut y = [0.0; 4];
/// let dims = [2, 2, 1];
/// let mut pack = vec![0.0; pack_len(dims)];
/// let (a, x) = (Matrix::row_major(&a, 2), Matrix::row_major(&x, 1));
/// products(Level::best(), a, x, [&[0, 0], &[0, 1]], dims, &mut y, &mut pack);
/// assert_eq!(y, [21.0, 43.0, 210.0, 430.0]);
/// ```
///
/// # Panics
/// If an operand does not lie in its slice, there are not as many results as starts, or `pack` is too
/// short.
pub fn products<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    starts: [&[usize]; 2],
    dims: [usize; 3],
    out: &mut [T],
    pack: &mut [T],
) {
    T::multiply_all(level, a, b, starts, dims, out, pack);
}

/// [`product_with`] for one number type. It is compiled here, once, and not again wherever somebody
/// multiplies matrices of a type to be chosen.
#[doc(hidden)]
pub trait Multiply: Sized {
    #[allow(clippy::too_many_arguments)]
    fn multiply(
        level: Level,
        a: Matrix<'_, Self>,
        b: Matrix<'_, Self>,
        dims: [usize; 3],
        ready: Option<&[Self]>,
        out: &mut [Self],
        onto: bool,
        pack: &mut [Self],
        finish: &mut dyn FnMut(Piece<'_, Self>),
    );

    fn multiply_all(
        level: Level,
        a: Matrix<'_, Self>,
        b: Matrix<'_, Self>,
        starts: [&[usize]; 2],
        dims: [usize; 3],
        out: &mut [Self],
        pack: &mut [Self],
    );

    fn pack(pack: Pack<'_, Self>);
}

macro_rules! multiply {
    ($($t:ident)*) => { $(
        impl Multiply for $t {
            fn multiply(
                level: Level,
                a: Matrix<'_, $t>,
                b: Matrix<'_, $t>,
                dims @ [m, k, n]: [usize; 3],
                ready: Option<&[$t]>,
                out: &mut [$t],
                onto: bool,
                pack: &mut [$t],
                finish: &mut dyn FnMut(Piece<'_, $t>),
            ) {
                assert!(a.holds(m, k), "the left operand lies outside of its slice");
                assert!(b.holds(k, n), "the right operand lies outside of its slice");
                let is_room = !onto && out.len() == room_len(dims);
                assert!(is_room || out.len() == m * n, "the result has {m}×{n} elements");
                assert!(pack.len() >= pack_len(dims), "too little memory to pack in");
                let len = ahead_len(dims);
                assert!(ready.is_none_or(|b| b.len() >= len), "the right operand was packed in part");
                if m * n == 0 {
                    return;
                }
                if k == 0 {
                    if !onto {
                        out.fill(0.0);
                    }
                    return finish(Piece { rows: 0..m, columns: 0..n, values: out });
                }
                Job::of(level, a, b, dims, ready).onto(onto).run(out, pack, finish);
            }

            fn multiply_all(
                level: Level,
                a: Matrix<'_, $t>,
                b: Matrix<'_, $t>,
                starts: [&[usize]; 2],
                dims @ [m, k, n]: [usize; 3],
                out: &mut [$t],
                pack: &mut [$t],
            ) {
                let [left, right] = starts;
                let lies = |x: Matrix<'_, $t>, starts: &[usize], rows, columns| {
                    starts.iter().all(|&start| x.moved(start).holds(rows, columns))
                };
                assert!(lies(a, left, m, k), "a left operand lies outside of its slice");
                assert!(lies(b, right, k, n), "a right operand lies outside of its slice");
                let count = left.len();
                let fits = count == right.len() && out.len() == count * m * n;
                assert!(fits, "the result has {count} times {m}×{n} elements");
                assert!(pack.len() >= pack_len(dims), "too little memory to pack in");
                if m * n == 0 || k == 0 {
                    return out.fill(0.0);
                }
                Job::of(level, a, b, dims, None).run_all(starts, out, pack);
            }

            fn pack(pack: Pack<'_, $t>) {
                pack.pack();
            }
        }
    )* };
}
multiply!(f32 f64);
