//! The losses one by one: of each element, or for classes of each row.

use chainrule_autograd::{Dtype, Var};

use crate::prelude::*;

use super::Penalties;

/// (x − t)², of the shape that x and t broadcast to.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn mse<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    (x - t).square()
}

/// |x − t|, of the shape that x and t broadcast to.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn mae<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    (x - t).abs()
}

/// With d = x − t: ½d² within δ = `delta` of 0, δ·(|d| − δ/2) beyond. (Huber, *Robust estimation
/// of a location parameter*, 1964.) The second derivative jumps from 1 to 0 at ±δ; there it is
/// a number between. Of the shape that x and t broadcast to.
///
/// # Panics
/// If delta is not positive and finite, if the shapes do not broadcast, or the operands stand on
/// two tapes.
#[track_caller]
pub fn huber<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>, delta: f64) -> Var<'t, T> {
    assert!(delta > 0.0 && delta.is_finite(), "huber: delta is positive and finite, not {delta}");
    let d = x - t;
    let held = d.minimum(delta).maximum(-delta);
    held * (d - held.scale(0.5)) // both cases at once, and no square that could overflow
}

/// −ln softmax(z)꜀ along the last axis. Logits z of shape […, C], class indices c of shape […]:
/// whole numbers from 0 to C − 1. Of the shape of the classes.
///
/// ```
/// use chainrule_activations::losses::each::cross_entropy;
/// use chainrule_autograd::Tape;
///
/// let tape = Tape::<f64>::new();
/// let z = tape.input("z", [[0.0, 0.0], [1000.0, 0.0], [40.0, 0.0]]);
/// let class = tape.input("class", [0.0, 1.0, 0.0]);
/// let loss = cross_entropy(z, class);
/// assert_eq!(loss.to_vec(), [2f64.ln(), 1000.0, 4.248354255291589e-18]);
/// ```
///
/// # Panics
/// If the shape of the classes is not that of the logits without the last axis, or the operands
/// stand on two tapes; when played, if a class is not one of 0 to C − 1.
#[track_caller]
pub fn cross_entropy<'t, T: Dtype>(z: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
    // The sum over one entry, not a reshape: 0 + −0 is 0.
    (-z.log_softmax(-1).gather(-1, class.insert_axis(-1))).sum_over(&[-1])
}

/// −Σⱼ pⱼ·ln softmax(z)ⱼ over the last axis, for logits z and probabilities p of one shape (or
/// broadcast). A probability that is exactly 0 contributes nothing, whatever the logit. Of the
/// shape without the last axis.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn cross_entropy_probabilities<'t, T: Dtype>(z: Var<'t, T>, p: Var<'t, T>) -> Var<'t, T> {
    (-p.amul(z.log_softmax(-1))).sum_over(&[-1])
}

/// Binary cross-entropy from logits, −t·ln s(z) − (1−t)·ln s(−z) with s = sigmoid, computed as
/// t·softplus(−z) + (1−t)·softplus(z) with products in which an exact 0 wins. For 0 ≤ t ≤ 1
/// neither term is negative, so nothing cancels, and the infinities have their limits: 0 at
/// z = +∞, t = 1, and +∞ at z = −∞, t = 0.9. Of the shape that z and t broadcast to.
///
/// ```
/// use chainrule_activations::losses::each::bce_with_logits;
/// use chainrule_autograd::Tape;
///
/// let tape = Tape::<f64>::new();
/// let z = tape.input("z", [40.0, -1000.0, f64::INFINITY]);
/// let t = tape.input("t", [1.0, 1.0, 1.0]);
/// let loss = bce_with_logits(z, t);
/// assert_eq!(loss.to_vec(), [4.248354255291589e-18, 1000.0, 0.0]);
/// let slope = tape.gradient(loss.sum(), &[z])[0]; // s(z) − t
/// assert_eq!(slope.to_vec(), [-4.248354255291589e-18, -1.0, 0.0]);
/// ```
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn bce_with_logits<'t, T: Dtype>(z: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    let other = t.scale(-1.0).shift(1.0);
    t.amul((-z).softplus(1.0)) + other.amul(z.softplus(1.0))
}

/// Binary cross-entropy from probabilities p, −t·ln p − (1−t)·ln(1−p), with products in which an exact
/// 0 wins: 0 at p = t = 1 and p = t = 0, and +∞ with an infinite slope where p excludes what is (there
/// PyTorch holds the logarithms at −100). NaN for p outside 0 to 1. If p comes from a sigmoid, use
/// [`bce_with_logits`], which knows more than p can tell. Of the shape that p and t broadcast to.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn bce<'t, T: Dtype>(p: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    let other = t.scale(-1.0).shift(1.0);
    t.amul(-p.ln()) + other.amul(-(-p).ln_1p())
}

/// [`huber`] with δ = `beta`, divided by it: d²/(2β) within β of 0, |d| − β/2 beyond. Of the shape that
/// x and t broadcast to.
///
/// # Panics
/// If beta is not positive and finite, if the shapes do not broadcast, or the operands stand on
/// two tapes.
#[track_caller]
pub fn smooth_l1<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>, beta: f64) -> Var<'t, T> {
    huber(x, t, beta).over(beta)
}

/// ln cosh(x − t): d²/2 near 0, |d| − ln 2 far out, smooth between. Of the shape that x and t
/// broadcast to.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn log_cosh<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    (x - t).ln_cosh()
}

/// max(0, 1 − t·x) for a margin x and a label t of −1 or 1; slope 0 at the kink. Of the shape that
/// x and t broadcast to.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn hinge<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    (x * t).scale(-1.0).shift(1.0).relu()
}

/// max(0, 1 − t·x)², as [`hinge`], with a continuous slope.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn squared_hinge<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    (x * t).scale(-1.0).shift(1.0).relu_squared()
}

/// −(log p)꜀ along the last axis, for logarithms of probabilities of shape […, C] and class indices
/// c of shape […]. From logits use [`cross_entropy`].
///
/// # Panics
/// As [`cross_entropy`].
#[track_caller]
pub fn nll<'t, T: Dtype>(log_p: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
    (-log_p.gather(-1, class.insert_axis(-1))).sum_over(&[-1])
}

/// Σⱼ pⱼ·(ln pⱼ − ln softmax(z)ⱼ) over the last axis: the Kullback–Leibler divergence of the
/// distribution softmax(z) from p, for logits z and probabilities p of one shape (or broadcast). A
/// probability that is exactly 0 contributes nothing. Of the shape without the last axis.
///
/// # Panics
/// If the shapes do not broadcast, or the operands stand on two tapes.
#[track_caller]
pub fn kl_divergence<'t, T: Dtype>(z: Var<'t, T>, p: Var<'t, T>) -> Var<'t, T> {
    p.amul(p.ln() - z.log_softmax(-1)).sum_over(&[-1])
}

/// The focal loss from a logit, −t·α·s(−z)ᵞ·ln s(z) − (1−t)·(1−α)·s(z)ᵞ·ln s(−z): binary
/// cross-entropy in which what is already right counts less. Its authors use α = 0.25, γ = 2; α = ½,
/// γ = 0 is half of [`bce_with_logits`]. (Lin et al., *Focal loss for dense object detection*, 2017,
/// arXiv:1708.02002.) Of the shape that z and t broadcast to.
///
/// # Panics
/// If α is not in 0 to 1 or γ is negative or not finite, if the shapes do not broadcast, or the
/// operands stand on two tapes.
#[track_caller]
pub fn focal<'t, T: Dtype>(z: Var<'t, T>, t: Var<'t, T>, alpha: f64, gamma: f64) -> Var<'t, T> {
    assert!((0.0..=1.0).contains(&alpha), "focal: alpha is between 0 and 1, not {alpha}");
    assert!(gamma >= 0.0 && gamma.is_finite(), "focal: gamma is at least 0, not {gamma}");
    // s(−z)ᵞ = e^(−γ·softplus(z)), and −ln s(z) = softplus(−z).
    let (up, down) = (z.softplus(1.0), (-z).softplus(1.0));
    let weighed = |log: Var<'t, T>, loss: Var<'t, T>| log.scale(-gamma).exp().amul(loss);
    let other = t.scale(-1.0).shift(1.0);
    let (of_one, of_zero) = (weighed(up, down), weighed(down, up));
    t.scale(alpha).amul(of_one) + other.scale(1.0 - alpha).amul(of_zero)
}
