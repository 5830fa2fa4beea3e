//! Neural-network activations, softmax with its full Jacobian, and losses, as entries of the
//! [`chainrule_autograd`] table and functions on its tapes, with derivatives that are exact to the
//! last digits also where the textbook formulas lose them.
//!
//! ```
//! use chainrule_activations::prelude::*;
//! use chainrule_autograd::Tape;
//!
//! let tape = Tape::<f64>::new();
//! let x = tape.input("x", 40.0);
//! let y = x.sigmoid();
//! let dy = tape.gradient(y, &[x])[0];
//! assert_eq!(y.item(), 1.0);
//! assert_eq!(dy.item(), 4.248354255291589e-18); // y·(1 − y) is 0
//!
//! assert_eq!(tape.to_string(), "\
//! %0    = input                        []  `x`
//! %1    = sigmoid %0                   []
//! %2    = 1                            []
//! %3    = sigmoid′ %0 %2               []
//! ");
//! ```
//!
//! `sigmoid′ %0 %2` is the slope at `%0` times the adjoint `%2`: computed from the input, not from
//! the rounded output.
//!
//! # What is here
//!
//! - [`prelude`]: every elementwise activation as a method of `Var`; their entries, one each, stand in
//!   [`mod@rows`], and a table with pictures in `docs/activations.md`.
//! - [`Activation`]: one of them as a value, read and written by name, used on numbers, arrays and
//!   tapes alike, with derivatives of every order and from either side.
//! - [`vector`]: softmax with temperature, softmin, sparsemax, Gumbel softmax, gated units, maxout,
//!   crelu, prelu; [`mod@jacobian`]: their Jacobians in closed form.
//! - [`mod@softmax`]: softmax, log-softmax and logsumexp of plain arrays, and the full Jacobians.
//! - [`losses`]: from mean squared error to focal loss, fused with their activation where stability
//!   needs it.
//!
//! # Conventions
//!
//! At a kink the engine answers with the subgradient of least absolute value, as PyTorch documents;
//! what the derivative is on either side stands in the entry's
//! [`kinks`](chainrule_autograd::table::Info::kinks).
//!
//! | function | kink | left | right | answer |
//! |---|---|---|---|---|
//! | `relu`, `relu6` | 0 | 0 | 1 | 0 |
//! | `relu6` | 6 | 1 | 0 | 0 |
//! | `leaky_relu(m)`, 0 < m < 1 | 0 | m | 1 | m |
//! | `leaky_relu(m)`, m ≤ 0 | 0 | m | 1 | 0 |
//! | `leaky_relu(m)`, m > 1 | 0 | m | 1 | 1 |
//! | `elu(α)`, α ≠ 1 | 0 | α | 1 | the smaller of the two |
//! | `selu` | 0 | 1.7581 | 1.0507 | 1.0507 (PyTorch, JAX: 1.7581) |
//! | `hardtanh`, `clamp` | min, max | 0, 1 | 1, 0 | 0 (PyTorch's `clamp`: 1) |
//! | `hardsigmoid` | ∓3 | 0, 1/6 | 1/6, 0 | 0 |
//! | `hardswish` | −3 | 0 | −½ | 0 (PyTorch: −½) |
//! | `hardswish` | 3 | 3/2 | 1 | 1 (PyTorch: 3/2) |
//! | `sparse_sigmoid` | ∓1 | 0, ½ | ½, 0 | 0 |
//! | `softshrink` | ∓λ | 1, 0 | 0, 1 | 0 |
//! | `threshold`, `thresholded_relu`, `hardshrink`, `step`, `sign` | the jump | | ±∞ on one side | 0 |
//! | `elu(1)`, `celu(α)`, second derivative | 0 | 1/α | 0 | 0 |
//! | `relu_squared`, second derivative | 0 | 0 | 2 | 0 |
//! | `sparse_plus`, second derivative | ∓1 | 0, ½ | ½, 0 | 0 |
//! | `softsign`, second derivative | 0 | 2 | −2 | 0 |
//! | `losses::mae` | x = t | −1 | 1 | 0 |
//!
//! | everywhere | |
//! |---|---|
//! | NaN in | NaN out, in every derivative too (also of `relu`), unless the adjoint is exactly 0 |
//! | a slope that is exactly 0 | wins, also over a NaN adjoint: this path is absent |
//! | ±∞ in | the limit: `silu(−∞)` = `gelu(−∞)` = −0 or 0, slopes 0 and 1; NaN for `sine` and `snake`, which have none |
//! | −0 in | `relu`, `relu6`, thresholds, shrinkers, even functions: +0; others with f(0) = 0: −0 |
//! | subnormal numbers | like any other: `relu(5e−324)` = 5e−324 with slope 1 |
//!
//! # Accuracy
//!
//! Values and derivatives of hundreds of digits (mpmath) hold every activation, in f64 and, at inputs
//! exact there, in f32, with the instructions of every level the machine has; on tapes and compiled:
//!
//! - `tests/references.rs` (`scripts/activations.py`) at more than 100 chosen inputs each, ±0,
//!   subnormals, 1e-8 to 1e308, both neighbours of every kink, next to roots and in the tails;
//! - `tests/sweep.rs` (`scripts/activation_sweep.py`) at random inputs, and f32 against f64 over all
//!   sizes.
//!
//! | | held to |
//! |---|---|
//! | value, first derivative | 4 ULP |
//! | second derivative | 8 ULP |
//! | orders 0 to 6 on both sides of every kink, seam and change of formula | 1e-10 relative |
//! | orders 3 to 6 elsewhere, from series | 1e-12 of the largest derivative there |
//!
//! Next to a root the error counts against the largest term: for `snake`'s slope, 1 + sin 2kx, within
//! 1e-3 of one; and so it does for `snake(k)` with k other than 1 between kx = −1.6 and −0.6, where its
//! two terms are of one size, and in f64 from |kx| = 2²⁶ on for `sine(k)` with k other than 1 and the
//! derivatives of `snake`.
//!
//! Far out a wave is what it is at that very number, also where kx has no place in f32
//! (`sine(30)` at 3.4e38). In f64, where kx overflows or |x| is beyond 2⁹⁹⁵, `sine(k)` with k other than
//! 1 and all slopes of `snake(k)` are NaN, and `snake(k)` is x, to the last digit.
//!
//! `make accuracy`, or `cargo run --release -p chainrule-activations --example accuracy -- --every 257`,
//! holds f32 to these bounds against f64 at as many inputs as there is time for.

mod activation;
mod formulas;
pub mod jacobian;
pub mod losses;
pub mod rows;
pub mod softmax;
pub mod vector;
mod written;

pub use activation::{Activation, ActivationError, Operand};

/// The activations as methods of [`Var`](chainrule_autograd::Var): `use
/// chainrule_activations::prelude::*`.
pub mod prelude {
    pub use crate::rows::gates::Gates;
    pub use crate::rows::pieces::Pieces;
    pub use crate::rows::rectifiers::Rectifiers;
    pub use crate::rows::sigmoids::Sigmoids;
    pub use crate::rows::waves::Waves;
}

/// Every row there is: the core's, then this crate's.
///
/// ```
/// let names: Vec<_> = chainrule_activations::rows().map(|row| row.info().name).collect();
/// assert!(names.contains(&"tanh") && names.contains(&"gelu"));
/// ```
pub fn rows() -> impl Iterator<Item = &'static dyn chainrule_autograd::table::Row> {
    chainrule_autograd::table::rows().chain(rows::rows())
}
