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
//! - [`prelude`]: `relu`, `leaky_relu`, `sigmoid`, `softplus`, `elu`, `gelu` (erf form), `silu`,
//!   `softsign` as methods of `Var`; `tanh` is a method of its own. Their entries, one each, stand in
//!   [`mod@rows`].
//! - [`mod@softmax`]: softmax, log-softmax and logsumexp of plain arrays, and the full Jacobians.
//! - [`losses`]: mean squared and absolute error, Huber's, cross-entropy, binary cross-entropy.
//!
//! # Conventions
//!
//! At a kink the engine answers with the subgradient of least absolute value, as PyTorch documents;
//! what the derivative is on either side stands in the entry's
//! [`kinks`](chainrule_autograd::table::Info::kinks).
//!
//! | function | kink | left | right | answer |
//! |---|---|---|---|---|
//! | `relu` | 0 | 0 | 1 | 0 |
//! | `leaky_relu(m)`, 0 < m < 1 | 0 | m | 1 | m |
//! | `leaky_relu(m)`, m ≤ 0 | 0 | m | 1 | 0 |
//! | `leaky_relu(m)`, m > 1 | 0 | m | 1 | 1 |
//! | `elu(α)`, α ≠ 1 | 0 | α | 1 | the smaller of the two |
//! | `elu(1)`, second derivative | 0 | 1 | 0 | 0 |
//! | `softsign`, second derivative | 0 | 2 | −2 | 0 |
//! | `losses::mae` | x = t | −1 | 1 | 0 |
//!
//! | everywhere | |
//! |---|---|
//! | NaN in | NaN out, in every derivative too (also of `relu`), unless the adjoint is exactly 0 |
//! | a slope that is exactly 0 | wins, also over a NaN adjoint: this path is absent |
//! | ±∞ in | the limit: `silu(−∞)` = `gelu(−∞)` = −0 or 0, slopes 0 and 1 |
//! | −0 in | `relu` +0; `leaky_relu`, `elu`, `gelu`, `silu` −0 |
//! | subnormal numbers | like any other: `relu(5e−324)` = 5e−324 with slope 1 |
//!
//! Accuracy against references of 60 digits, in f64 and in f32, also where a derivative is next to a
//! root: values and slopes within 4 ULP at the 2100 points of the tests (5 among random ones), second
//! derivatives within 8. Higher orders come from series; their error is small against the largest
//! derivative there, not always against themselves.
//!
//! For a `beta` that is not a power of two βx is rounded, which far left costs `softplus` up to |βx|/2
//! ULP more.

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
