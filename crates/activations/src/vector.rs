//! Activations of more than one number, on a tape: softmax's family, gated units, maxout, crelu,
//! prelu. Their Jacobians in closed form stand in [`mod@crate::jacobian`].
//!
//! | function | of the axis | Jacobian |
//! |---|---|---|
//! | [`softmax`], with temperature T | eᶻⁱ/ᵀ / Σ eᶻʲ/ᵀ | (diag(y) − y·yᵀ)/T |
//! | [`softmin`] | softmax(−z) | y·yᵀ − diag(y) |
//! | [`sparsemax`] | the nearest point of the simplex | diag(s) − s·sᵀ/Σs, s = 1 where y > 0 |
//! | [`gumbel_softmax`] | softmax((z + g)/τ), g = −ln(−ln u) | (diag(y) − y·yᵀ)/τ |
//! | [`gated`], [`glu`], [`swiglu`], [`geglu`], [`reglu`] | v·f(g) | (diag(f(g)), diag(v·f′(g))) |
//! | [`maxout`] | the largest of each group | 1 at the largest, shared among ties |
//! | [`crelu`] | relu(x) and relu(−x), joined | diag(x > 0) over −diag(x < 0) |
//! | [`prelu`] | x for x > 0, else w·x | diag(1 or w); in w min(x, 0) |
//!
//! `log_softmax` and `logsumexp` are methods of [`Var`]. Softmax over channels (PyTorch's `softmax2d`)
//! is `softmax(z, -3, 1.0)`.
//!
//! Nothing here draws random numbers: the noise of [`gumbel_softmax`] and the slopes of a randomised
//! leaky relu ([`prelu`] with slopes drawn by the caller) are operands, so that a program can be
//! replayed with them.

use std::sync::Arc;

use chainrule_autograd::{CustomOp, Dtype, Sym, Var, concat, custom};
use ndarray::{ArrayD, ArrayViewD, Axis};

use crate::Activation;
use crate::prelude::*;

/// softmax(z/T) along an axis; the temperature T is positive: towards 0 the largest takes all,
/// towards ∞ all become equal.
///
/// # Panics
/// If there is no such axis, or the temperature is not positive and finite.
#[track_caller]
pub fn softmax<T: Dtype>(z: Var<'_, T>, axis: isize, temperature: f64) -> Var<'_, T> {
    assert_positive("softmax", "temperature", temperature);
    if temperature == 1.0 {
        return z.softmax(axis);
    }
    // From the largest entry on, which changes nothing: z/T could overflow, and its rounding shows
    // where z is far from 0.
    let below = z - z.max_keep(&[axis]).stop_gradient();
    below.over(temperature).softmax(axis)
}

/// softmax(−z) along an axis.
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn softmin<T: Dtype>(z: Var<'_, T>, axis: isize) -> Var<'_, T> {
    (-z).softmax(axis)
}

/// The point of the simplex next to z, along an axis: sparse, where softmax is not. (Martins,
/// Astudillo, *From softmax to sparsemax*, 2016, arXiv:1602.02068.) An entry that just reaches the
/// simplex counts as outside: its slope is 0. NaN where an entry is NaN or +∞.
///
/// ```
/// use chainrule_activations::vector::sparsemax;
/// use chainrule_autograd::Tape;
///
/// let tape = Tape::<f64>::new();
/// let z = tape.input("z", [1.0, 2.0, 2.5]);
/// assert_eq!(sparsemax(z, -1).to_vec(), [0.0, 0.25, 0.75]);
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn sparsemax<T: Dtype>(z: Var<'_, T>, axis: isize) -> Var<'_, T> {
    custom(Arc::new(Sparsemax { axis: index("sparsemax", z, axis) }), &[z])
}

/// softmax((z + g)/τ) along an axis with Gumbel noise g = −ln(−ln u): a sample of the categorical
/// distribution softmax(z), made differentiable. The `uniform` numbers u of z's shape, 0 < u < 1,
/// are an operand. With `hard` the value is one-hot and the gradient that of the soft sample
/// (straight through). (Jang, Gu, Poole, 2016, arXiv:1611.01144.)
///
/// # Panics
/// If there is no such axis, τ is not positive and finite, or the shapes do not broadcast.
#[track_caller]
pub fn gumbel_softmax<'t, T: Dtype>(
    z: Var<'t, T>,
    uniform: Var<'t, T>,
    axis: isize,
    tau: f64,
    hard: bool,
) -> Var<'t, T> {
    assert_positive("gumbel_softmax", "tau", tau);
    let noise = -(-uniform.ln()).ln();
    let y = softmax(z + noise, axis, tau);
    if !hard {
        return y;
    }
    let largest = y.greater_equal(y.max_keep(&[axis]));
    let one_hot = largest / largest.sum_keep(&[axis]); // ties share
    one_hot + (y - y.stop_gradient())
}

/// value·f(gate), elementwise: a gated unit with any activation f.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn gated<'t, T: Dtype>(f: Activation, value: Var<'t, T>, gate: Var<'t, T>) -> Var<'t, T> {
    value * f.apply(gate)
}

/// a·sigmoid(b) for the first half a and the second half b of an axis, as PyTorch's `glu`. (Dauphin
/// et al., *Language modeling with gated convolutional networks*, 2016, arXiv:1612.08083.)
///
/// # Panics
/// If there is no such axis, or its length is odd.
#[track_caller]
pub fn glu<T: Dtype>(x: Var<'_, T>, axis: isize) -> Var<'_, T> {
    let [a, b] = halves("glu", x, axis);
    a * b.sigmoid()
}

/// silu(gate)·value. (Shazeer, *GLU variants improve transformer*, 2020, arXiv:2002.05202.)
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn swiglu<'t, T: Dtype>(gate: Var<'t, T>, value: Var<'t, T>) -> Var<'t, T> {
    gate.silu() * value
}

/// gelu(gate)·value, in the erf form. (Shazeer 2020.)
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn geglu<'t, T: Dtype>(gate: Var<'t, T>, value: Var<'t, T>) -> Var<'t, T> {
    gate.gelu() * value
}

/// relu(gate)·value. (Shazeer 2020.)
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn reglu<'t, T: Dtype>(gate: Var<'t, T>, value: Var<'t, T>) -> Var<'t, T> {
    gate.relu() * value
}

/// The two halves of an axis, for gated units that take one operand.
///
/// # Panics
/// If there is no such axis, or its length is odd.
#[track_caller]
pub fn halves<'t, T: Dtype>(name: &str, x: Var<'t, T>, axis: isize) -> [Var<'t, T>; 2] {
    let n = x.shape()[index(name, x, axis)];
    assert!(n.is_multiple_of(2), "{name}: axis {axis} of {x:?} has the odd length {n}");
    [x.narrow(axis, 0, n / 2), x.narrow(axis, n / 2, n / 2)]
}

/// The largest of each group of `pieces` entries that follow each other on an axis, which becomes so
/// many times shorter; ties share the gradient. (Goodfellow et al., *Maxout networks*, 2013,
/// arXiv:1302.4389.)
///
/// # Panics
/// If there is no such axis, or its length is not a multiple of `pieces`.
#[track_caller]
pub fn maxout<T: Dtype>(z: Var<'_, T>, axis: isize, pieces: usize) -> Var<'_, T> {
    let (axis, shape) = (index("maxout", z, axis), z.shape());
    let n = shape[axis];
    assert!(
        pieces > 0 && n.is_multiple_of(pieces),
        "maxout: the axis of {z:?} has length {n}, not a multiple of {pieces}"
    );
    let mut groups: Vec<isize> = shape.iter().map(|&n| n as isize).collect();
    groups.splice(axis..=axis, [(n / pieces) as isize, pieces as isize]);
    z.reshape(&groups).max_over(&[axis as isize + 1])
}

/// relu(x) and relu(−x) joined along an axis, which becomes twice as long. (Shang et al.,
/// *Understanding and improving convolutional neural networks via concatenated rectified linear
/// units*, 2016, arXiv:1603.05201.)
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn crelu<T: Dtype>(x: Var<'_, T>, axis: isize) -> Var<'_, T> {
    concat(&[x.relu(), (-x).relu()], axis)
}

/// x for x > 0, else w·x with a learnable `slope` w that broadcasts to x (PyTorch starts it at 0.25).
/// At 0 the slope in x is w, and 0 in w. (He et al., *Delving deep into rectifiers*, 2015,
/// arXiv:1502.01852.)
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn prelu<'t, T: Dtype>(x: Var<'t, T>, slope: Var<'t, T>) -> Var<'t, T> {
    x.greater(0.0).select(x, slope.amul(x))
}

#[track_caller]
fn assert_positive(name: &str, parameter: &str, value: f64) {
    let fits = value > 0.0 && value.is_finite();
    assert!(fits, "{name}: {parameter} is positive and finite, not {value}");
}

/// The number of an axis that may count from the end.
#[track_caller]
fn index<T: Dtype>(name: &str, x: Var<'_, T>, axis: isize) -> usize {
    let rank = x.shape().len() as isize;
    let from_start = if axis < 0 { axis + rank } else { axis };
    assert!((0..rank).contains(&from_start), "{name}: {x:?} has no axis {axis}");
    from_start as usize
}

#[derive(Debug)]
struct Sparsemax {
    axis: usize,
}

impl CustomOp for Sparsemax {
    fn name(&self) -> &str {
        "sparsemax"
    }

    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(operands[0].to_vec())
    }

    fn value(&self, operands: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        let mut y = operands[0].to_owned();
        for mut lane in y.lanes_mut(Axis(self.axis)) {
            let (largest, below) = threshold(lane.to_vec());
            lane.mapv_inplace(|z| {
                let y = (z - largest) - below;
                if y <= 0.0 { 0.0 } else { y }
            });
        }
        y
    }

    /// diag(s) − s·sᵀ/Σs, which is symmetric.
    fn pullback<'t>(&self, _: &[Sym<'t>], y: Sym<'t>, adjoint: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        let axis = [self.axis as isize];
        let support = y.step();
        let mean = support.amul(adjoint).sum_keep(&axis) / support.sum_keep(&axis);
        vec![Some(support.amul(adjoint - mean))]
    }
}

/// τ with Σ max(zᵢ − τ, 0) = 1, from the k largest entries, k = max {k: 1 + k·z₍ₖ₎ > Σ z₍ⱼ₎}: the
/// largest entry and what τ differs from it, so that nothing large cancels.
fn threshold(mut z: Vec<f64>) -> (f64, f64) {
    z.sort_by(|a, b| b.total_cmp(a));
    let Some(&largest) = z.first() else { return (f64::NAN, 0.0) };
    if z.iter().any(|z| z.is_nan()) || largest.is_infinite() {
        return (f64::NAN, 0.0);
    }
    let (mut sum, mut below) = (0.0, 0.0);
    for (k, z) in z.iter().enumerate() {
        let (k, d) = (k as f64 + 1.0, z - largest);
        sum += d;
        if 1.0 + k * d > sum {
            below = (sum - 1.0) / k;
        } else {
            break;
        }
    }
    (largest, below)
}
