//! Losses: what a network is trained to make small.
//!
//! A function of this module gives the **mean** over all elements (for classes, over all rows), a
//! 0-d value, as PyTorch's default does. The function of the same name in [`each`] gives the losses
//! one by one, to weigh them or to add them up:
//!
//! ```
//! use chainrule_activations::losses::{self, each};
//! use chainrule_autograd::Tape;
//!
//! let tape = Tape::<f64>::new();
//! let x = tape.input("x", [1.0, 2.0]);
//! let t = tape.input("t", [0.0, 5.0]);
//! assert_eq!(losses::mse(x, t).item(), 5.0); // the mean
//! assert_eq!(each::mse(x, t).sum().item(), 10.0); // the sum
//! assert_eq!(each::mse(x, t).to_vec(), [1.0, 9.0]); // none
//! ```
//!
//! Those that a softmax or sigmoid comes before take *logits*, and have it built in: that is stable
//! and its gradient simple, `softmax(z) − p` and `sigmoid(z) − t`.
//!
//! | loss | of one element | gradient |
//! |---|---|---|
//! | [`mse`] | (x − t)² | 2(x − t) |
//! | [`mae`] | abs(x − t) | sign(x − t), 0 at the kink |
//! | [`huber`] | ½(x − t)² or δ·(abs(x − t) − δ/2) | x − t, held to ±δ |
//! | [`cross_entropy`] | −ln softmax(z)꜀ | softmax(z) − onehot(c) |
//! | [`cross_entropy_probabilities`] | −Σ pⱼ·ln softmax(z)ⱼ | softmax(z)·Σp − p |
//! | [`bce_with_logits`] | −t·ln s(z) − (1−t)·ln s(−z) | s(z) − t |
//!
//! Everything may be broadcast and is differentiable in the targets as well (class indices apart).
//! The mean of no elements is NaN.

use chainrule_autograd::{Dtype, Var};

/// The losses one by one: of each element, or for classes of each row.
pub mod each {
    use chainrule_autograd::{Dtype, Var};

    use crate::prelude::*;

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
        assert!(
            delta > 0.0 && delta.is_finite(),
            "huber: delta is positive and finite, not {delta}"
        );
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
}

/// The mean of (x − t)², as [`each::mse`].
///
/// # Panics
/// As [`each::mse`].
#[track_caller]
pub fn mse<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::mse(x, t).mean()
}

/// The mean of |x − t|, as [`each::mae`].
///
/// # Panics
/// As [`each::mae`].
#[track_caller]
pub fn mae<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::mae(x, t).mean()
}

/// The mean of Huber's loss, as [`each::huber`].
///
/// # Panics
/// As [`each::huber`].
#[track_caller]
pub fn huber<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>, delta: f64) -> Var<'t, T> {
    each::huber(x, t, delta).mean()
}

/// The mean over all rows of the cross-entropy from logits and class indices, as
/// [`each::cross_entropy`].
///
/// # Panics
/// As [`each::cross_entropy`].
#[track_caller]
pub fn cross_entropy<'t, T: Dtype>(z: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
    each::cross_entropy(z, class).mean()
}

/// The mean over all rows of the cross-entropy from logits and probabilities, as
/// [`each::cross_entropy_probabilities`].
///
/// # Panics
/// As [`each::cross_entropy_probabilities`].
#[track_caller]
pub fn cross_entropy_probabilities<'t, T: Dtype>(z: Var<'t, T>, p: Var<'t, T>) -> Var<'t, T> {
    each::cross_entropy_probabilities(z, p).mean()
}

/// The mean of the binary cross-entropy from logits, as [`each::bce_with_logits`].
///
/// # Panics
/// As [`each::bce_with_logits`].
#[track_caller]
pub fn bce_with_logits<'t, T: Dtype>(z: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::bce_with_logits(z, t).mean()
}
