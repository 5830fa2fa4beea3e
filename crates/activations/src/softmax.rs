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

use chainrule_autograd::{Element, Tape, Var};
use ndarray::{Array, ArrayBase, ArrayView1, Axis, Data, Dimension, RemoveAxis};

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
    matrices(z, |y, i, j| if i == j { y[i] * rest(y, i) } else { -(y[i] * y[j]) })
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
    matrices(z, |y, i, j| if i == j { rest(y, i) } else { -y[j] })
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

/// One matrix for each row y of the softmax along the last axis.
#[track_caller]
fn matrices<T, S, D>(
    z: &ArrayBase<S, D>,
    entry: impl Fn(ArrayView1<'_, T>, usize, usize) -> T,
) -> Array<T, D::Larger>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    let last = z.ndim().checked_sub(1).expect("a Jacobian of softmax needs an axis");
    let n = z.shape()[last];
    let y = softmax(z, -1);
    let mut jacobian = Vec::with_capacity(y.len() * n);
    for y in y.lanes(Axis(last)) {
        let places = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        jacobian.extend(places.map(|(i, j)| entry(y, i, j)));
    }
    let shape = [z.shape(), &[n]].concat();
    let jacobian = Array::from_shape_vec(shape, jacobian).expect("n² entries for each row");
    jacobian.into_dimensionality().expect("one axis more")
}

/// Σⱼ≠ᵢ yⱼ with the rounding errors added up beside it (Neumaier 1974), so that the rows of a long
/// Jacobian sum to 0 as well.
fn rest<T: Element>(y: ArrayView1<'_, T>, i: usize) -> T {
    let (mut sum, mut lost) = (T::zero(), T::zero());
    for (_, &y) in y.iter().enumerate().filter(|&(j, _)| j != i) {
        let next = sum + y;
        lost = lost + if sum >= y { (sum - next) + y } else { (y - next) + sum };
        sum = next;
    }
    sum + lost
}
