//! Number types: the second axis of the engine.
//!
//! A rule of the [table](crate::table) is written once, for any [`Real`]. Which number it is played
//! with decides what comes out:
//!
//! | number | gives |
//! |---|---|
//! | `f32`, `f64` | values |
//! | [`Jet`] | Taylor coefficients, hence derivatives of every order |
//!
//! The list is closed and lives here: germs (one-sided derivatives), intervals and a recorder join
//! it without a change to any rule.

mod float;
mod jet;
mod real;

pub use jet::{CAPACITY, Jet};
pub use real::Real;
