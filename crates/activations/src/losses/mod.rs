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
//! | [`smooth_l1`] | huber/β, δ = β | the same/β |
//! | [`log_cosh`] | ln cosh(x − t) | tanh(x − t) |
//! | [`hinge`], [`squared_hinge`] | max(0, 1 − tx), squared | −t, −2t·max(0, 1 − tx) below the margin |
//! | [`cross_entropy`] | −ln softmax(z)꜀ | softmax(z) − onehot(c) |
//! | [`cross_entropy_probabilities`] | −Σ pⱼ·ln softmax(z)ⱼ | softmax(z)·Σp − p |
//! | [`nll`] | −(log p)꜀ | −onehot(c) |
//! | [`kl_divergence`] | Σ pⱼ·(ln pⱼ − ln softmax(z)ⱼ) | softmax(z)·Σp − p |
//! | [`bce_with_logits`] | −t·ln s(z) − (1−t)·ln s(−z) | s(z) − t |
//! | [`bce`] | −t·ln p − (1−t)·ln(1−p) | (p − t)/(p·(1 − p)) |
//! | [`focal`] | bce_with_logits weighed by α and s(∓z)ᵞ | |
//!
//! [`CrossEntropy`] has label smoothing, class weights and an index to ignore; [`Reduction`] names the
//! three reductions as a value.
//!
//! PyTorch gives the same numbers, and the same gradients (`tests/losses_beside_torch.rs`), but for
//!
//! - [`kl_divergence`], whose mean is that of the rows: PyTorch's `reduction="batchmean"`;
//! - [`bce`], where PyTorch holds logarithms at −100 and the divisor p·(1 − p) of the slope at 1e-12;
//! - infinite logits, where PyTorch answers NaN as soon as they meet a target of 0: here the limit.
//!
//! Everything may be broadcast and is differentiable in the targets as well (class indices apart).
//! The mean of no elements is NaN.

use chainrule_autograd::table::{Bend, Info, Special, Trend, around_zero, everywhere};
use chainrule_autograd::{Dtype, Var};

mod classes;
pub mod each;

pub use classes::CrossEntropy;

chainrule_autograd::elementwise! {
    /// Elementwise functions of errors.
    pub trait Penalties;

    /// ln cosh x: as ln(1 + 2·sinh²(x/2)) near 0, as |x| − ln 2 + ln(1 + e^(−2|x|)) beyond.
    ln_cosh: LnCosh() {
        info: Info {
            formula: "ln cosh x",
            derivative: "tanh x",
            range: |_| (0.0, f64::INFINITY),
            trend: |_| around_zero(Trend::Decreasing, Trend::Increasing),
            bend: |_| everywhere(Bend::Convex),
            special: &[
                Special::at(0.0, 0.0, 0.0),
                Special::at(1e-8, 5e-17, 1e-8),
                Special::at(-20.0, 19.306852819440055, -1.0),
                Special::at(f64::NEG_INFINITY, f64::INFINITY, -1.0),
                Special::at(f64::INFINITY, f64::INFINITY, 1.0),
            ],
            ..Info::NEW
        },
        value: |x| {
            let a = -x.neg_abs();
            let sinh = (R::lit(0.5) * x).sinh();
            let near = (R::lit(2.0) * sinh.square()).ln_1p();
            let far = (a - R::lit(LN_2)) + (R::lit(-2.0) * a).exp().ln_1p();
            (a - R::lit(1.0)).pos(far, near)
        },
        slope: |x| x.tanh(),
        second: |x| x.tanh_slope(),
    }
}

const LN_2: f64 = std::f64::consts::LN_2;

/// What becomes of the losses of elements or rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean; of rows that are weighed, the weighted mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// They stay as they are.
    None,
}

impl Reduction {
    /// The mean, the sum, or the losses themselves.
    pub fn of<T: Dtype>(self, each: Var<'_, T>) -> Var<'_, T> {
        match self {
            Reduction::Mean => each.mean(),
            Reduction::Sum => each.sum(),
            Reduction::None => each,
        }
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

/// The mean of the binary cross-entropy from probabilities, as [`each::bce`].
///
/// # Panics
/// As [`each::bce`].
#[track_caller]
pub fn bce<'t, T: Dtype>(p: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::bce(p, t).mean()
}

/// The mean of [`each::smooth_l1`].
///
/// # Panics
/// As [`each::smooth_l1`].
#[track_caller]
pub fn smooth_l1<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>, beta: f64) -> Var<'t, T> {
    each::smooth_l1(x, t, beta).mean()
}

/// The mean of [`each::focal`].
///
/// # Panics
/// As [`each::focal`].
#[track_caller]
pub fn focal<'t, T: Dtype>(z: Var<'t, T>, t: Var<'t, T>, alpha: f64, gamma: f64) -> Var<'t, T> {
    each::focal(z, t, alpha, gamma).mean()
}

/// The mean of [`each::log_cosh`].
///
/// # Panics
/// As [`each::log_cosh`].
#[track_caller]
pub fn log_cosh<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::log_cosh(x, t).mean()
}

/// The mean of [`each::hinge`].
///
/// # Panics
/// As [`each::hinge`].
#[track_caller]
pub fn hinge<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::hinge(x, t).mean()
}

/// The mean of [`each::squared_hinge`].
///
/// # Panics
/// As [`each::squared_hinge`].
#[track_caller]
pub fn squared_hinge<'t, T: Dtype>(x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    each::squared_hinge(x, t).mean()
}

/// The mean of [`each::nll`].
///
/// # Panics
/// As [`each::nll`].
#[track_caller]
pub fn nll<'t, T: Dtype>(log_p: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
    each::nll(log_p, class).mean()
}

/// The mean of [`each::kl_divergence`].
///
/// # Panics
/// As [`each::kl_divergence`].
#[track_caller]
pub fn kl_divergence<'t, T: Dtype>(z: Var<'t, T>, p: Var<'t, T>) -> Var<'t, T> {
    each::kl_divergence(z, p).mean()
}
