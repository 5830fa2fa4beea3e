//! The table of elementwise functions: one entry, one place.
//!
//! An entry states a function's value, its slope (a formula that stays exact where the function
//! saturates), where its kinks are, what is known of its shape, and a few exact values. Everything
//! else comes from the entry: the method on [`Var`](crate::Var), derivatives of every order, the
//! kernels, its line in `chainrule check`, its tests.
//!
//! [`elementwise!`](crate::elementwise) writes entries; [`elementary`] is the core's own list.

pub mod elementary;
mod facts;
mod macros;
mod row;

pub use facts::{Bend, Info, Kink, Param, Span, Special, Trend, everywhere};
pub use row::{Elementwise, Row, RowOf};
