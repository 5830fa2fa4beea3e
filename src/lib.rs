//! Reverse-mode autograd for neural-network activations: record what you compute on a tape, and let
//! the chain rule walk it back.
//!
//! This package gathers the others under one name; `use chainrule::prelude::*` brings what a program
//! usually needs.
//!
//! | module | package | what it is |
//! |---|---|---|
//! | [`autograd`] | `chainrule-autograd` | the tape, its operations, the chain rule, gradient checks |
//! | [`activations`] | `chainrule-activations` | activations, softmax and its Jacobian, losses |
//! | [`mlp`] | `chainrule-mlp` | networks, data, optimisers, the trainer |
//!
//! The command `chainrule` is the package `chainrule-cli`.
//!
//! ```
//! use chainrule::prelude::*;
//!
//! let tape = Tape::<f64>::new();
//! let x = tape.input("x", [-1.0, 0.0, 2.0]);
//! let y = x.gelu().sum();
//! let dx = tape.gradient(y, &[x])[0];
//! assert_eq!(dx.to_vec()[1], 0.5);
//! ```

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

pub use chainrule_activations as activations;
pub use chainrule_autograd as autograd;
pub use chainrule_mlp as mlp;
pub use ndarray;

/// What a program usually needs.
pub mod prelude {
    pub use crate::activations::prelude::*;
    pub use crate::activations::{Activation, losses};
    pub use crate::autograd::{Feed, FeedError, Function, Tape, Var, concat, stack};
}
