//! Softmax, log-softmax and logsumexp of plain arrays, and the Jacobians in closed form.
//!
//! With y = softmax(z), ∂yᵢ/∂zⱼ = yᵢ·(δᵢⱼ − yⱼ). The Jacobian J = diag(y) − y·yᵀ is symmetric and
//! positive semidefinite, its rows sum to 0 (softmax(z + c) = softmax(z)), and its norm is at most ½
//! (Gao, Pavel, *On the properties of the softmax function*, 2017, arXiv:1704.00805).
//!
//! The same functions on a tape are [`Var::softmax`](chainrule_autograd::Var::softmax),
//! [`log_softmax`](chainrule_autograd::Var::log_softmax) and
//! [`logsumexp_over`](chainrule_autograd::Var::logsumexp_over); those of this module give the same
//! bits. Where their arguments are infinite:
//!
//! | z | softmax | log-softmax | logsumexp |
//! |---|---|---|---|
//! | an entry −∞ | 0 there | −∞ there | as without it |
//! | all entries −∞ | NaN (0/0, as PyTorch and JAX) | NaN | −∞ |
//! | an entry +∞ | NaN | NaN | +∞ |
//! | an entry NaN | NaN | NaN | NaN |
//! | no entry | no entry | no entry | −∞ |

use chainrule_autograd::kernel::{Level, SHORT, multiples, softmax_jacobians};
use chainrule_autograd::{Element, Tape, Var, softmax_rows, sums_without};
use ndarray::{Array, ArrayBase, Data, DataMut, Dimension, RemoveAxis};

/// eᶻⁱ / Σⱼ eᶻʲ along an axis (−1 is the last), without overflow. The shape stays.
///
/// ```
/// use chainrule_activations::softmax::softmax;
/// use ndarray::array;
///
/// let z = array![[1000.0, 1000.0, f64::NEG_INFINITY], [0.0, 0.0, 0.0]];
/// let third = 1.0 / 3.0;
/// assert_eq!(softmax(&z, -1), array![[0.5, 0.5, 0.0], [third, third, third]]);
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn softmax<T, S, D>(z: &ArrayBase<S, D>, axis: isize) -> Array<T, D>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    played(z, |z| z.softmax(axis))
}

/// zᵢ − ln Σⱼ eᶻʲ along an axis (−1 is the last): the logarithm of [`softmax`], also where that is
/// too small for a number. The shape stays.
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn log_softmax<T, S, D>(z: &ArrayBase<S, D>, axis: isize) -> Array<T, D>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    played(z, |z| z.log_softmax(axis))
}

/// ln Σⱼ eᶻʲ along an axis (−1 is the last), which goes away; without overflow.
///
/// ```
/// use chainrule_activations::softmax::logsumexp;
/// use ndarray::{arr0, array};
///
/// assert_eq!(logsumexp(&array![1000.0, 1001.0, 1002.0], 0), arr0(1002.4076059644444));
/// assert_eq!(logsumexp(&array![[0.0], [7.0]], 1), array![0.0, 7.0]);
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn logsumexp<T, S, D>(z: &ArrayBase<S, D>, axis: isize) -> Array<T, D::Smaller>
where
    T: Element,
    S: Data<Elem = T>,
    D: RemoveAxis,
{
    played(z, |z| z.logsumexp_over(&[axis]))
}

/// The full Jacobian of [`softmax`] along the last axis, ∂yᵢ/∂zⱼ: from n values n × n, from rows
/// n × C a matrix for each, n × C × C.
///
/// Off the diagonal −yᵢ·yⱼ; on it yᵢ·Σⱼ≠ᵢ yⱼ, which keeps its digits where yᵢ is next to 1 and
/// yᵢ·(1 − yᵢ) has lost them. Exactly symmetric; the values do not depend on how an array lies in
/// memory.
///
/// ```
/// use chainrule_activations::softmax::softmax_jacobian;
/// use ndarray::array;
///
/// let j = softmax_jacobian(&array![0.0, 0.0]);
/// assert_eq!(j, array![[0.25, -0.25], [-0.25, 0.25]]);
/// let j = softmax_jacobian(&array![[0.0, 0.0], [0.0, -40.0], [3.0, 3.0]]);
/// assert_eq!(j.shape(), [3, 2, 2]);
/// assert_eq!(j[[1, 0, 0]], 4.248354255291589e-18); // 1 − y₀ is 0 in f64
/// ```
///
/// # Panics
/// If `z` has no axis.
#[track_caller]
pub fn softmax_jacobian<T, S, D>(z: &ArrayBase<S, D>) -> Array<T, D::Larger>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    let mut jacobian = zeros(z);
    softmax_jacobian_into(z, &mut jacobian);
    jacobian
}

/// [`softmax_jacobian`] into an array that is there already: for a large one, most of the time goes
/// into getting new memory from the system.
///
/// # Panics
/// If `z` has no axis, or the array is not of its shape with the last axis twice.
#[track_caller]
pub fn softmax_jacobian_into<T, S, D, O>(
    z: &ArrayBase<S, D>,
    jacobian: &mut ArrayBase<O, D::Larger>,
) where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
    O: DataMut<Elem = T>,
{
    let level = Level::best();
    matrices(z, jacobian, |z, n, matrices| {
        if n <= SHORT {
            return softmax_jacobians(level, n, z, matrices);
        }
        each_row(z, n, matrices, |y, rest, matrix| {
            for (i, row) in matrix.chunks_exact_mut(n).enumerate() {
                multiples(level, -y[i], y, row);
                row[i] = y[i] * rest[i];
            }
        });
    });
}

/// The full Jacobian of [`log_softmax`] along the last axis, δᵢⱼ − yⱼ with y = softmax(z): from n
/// values n × n, from rows n × C a matrix for each, n × C × C. Its rows sum to 0; on the diagonal
/// stands Σⱼ≠ᵢ yⱼ, not 1 − yᵢ.
///
/// # Panics
/// If `z` has no axis.
#[track_caller]
pub fn log_softmax_jacobian<T, S, D>(z: &ArrayBase<S, D>) -> Array<T, D::Larger>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    let mut jacobian = zeros(z);
    let level = Level::best();
    matrices(z, &mut jacobian, |z, n, matrices| {
        each_row(z, n, matrices, |y, rest, matrix| {
            for (i, row) in matrix.chunks_exact_mut(n).enumerate() {
                multiples(level, -T::one(), y, row);
                row[i] = rest[i];
            }
        });
    });
    jacobian
}

/// What a tape makes of an array: so an array and a value on a tape share their kernels.
#[track_caller]
fn played<T, S, D, E>(
    z: &ArrayBase<S, D>,
    record: impl for<'t> FnOnce(Var<'t, T>) -> Var<'t, T>,
) -> Array<T, E>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
    E: Dimension,
{
    let tape = Tape::new();
    let value = record(tape.constant(z)).value();
    value.into_dimensionality().expect("the rank follows from the function")
}

/// Room for a matrix for each row.
#[track_caller]
fn zeros<T: Element, S: Data<Elem = T>, D: Dimension>(z: &ArrayBase<S, D>) -> Array<T, D::Larger> {
    assert!(z.ndim() > 0, "a Jacobian of softmax needs an axis");
    let shape = [z.shape(), &z.shape()[z.ndim() - 1..]].concat();
    let zeros = ndarray::ArrayD::zeros(shape).into_dimensionality();
    zeros.expect("one axis more")
}

/// Calls `fill` with the rows of z, their length, and the room for a matrix for each, all without
/// gaps.
#[track_caller]
fn matrices<T, S, D, O>(
    z: &ArrayBase<S, D>,
    jacobian: &mut ArrayBase<O, D::Larger>,
    fill: impl Fn(&[T], usize, &mut [T]),
) where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
    O: DataMut<Elem = T>,
{
    let n = *z.shape().last().expect("a Jacobian of softmax needs an axis");
    let (rows, axes) = jacobian.shape().split_at(z.ndim());
    assert!(
        rows == z.shape() && axes == [n],
        "the Jacobian of softmax of values of shape {:?} has the last axis twice, not the shape {:?}",
        z.shape(),
        jacobian.shape()
    );
    if z.is_empty() {
        return;
    }
    let z = z.as_standard_layout();
    let z = z.as_slice().expect("in standard layout");
    match jacobian.as_slice_mut() {
        Some(matrices) => fill(z, n, matrices),
        None => {
            let mut dense = Array::zeros(jacobian.raw_dim());
            fill(z, n, dense.as_slice_mut().expect("a new array is in standard layout"));
            jacobian.assign(&dense);
        }
    }
}

/// Calls `fill` for each row: with y = softmax(z), Σⱼ≠ᵢ yⱼ for each i, and the matrix.
fn each_row<T: Element>(
    z: &[T],
    n: usize,
    matrices: &mut [T],
    fill: impl Fn(&[T], &[T], &mut [T]),
) {
    let mut y = vec![T::zero(); z.len() + n];
    let (y, rest) = y.split_at_mut(z.len());
    softmax_rows(z, n, y);
    for (y, matrix) in y.chunks_exact(n).zip(matrices.chunks_exact_mut(n * n)) {
        sums_without(y, rest);
        fill(y, rest, matrix);
    }
}
