//! The table of elementwise functions: one entry, one place.
//!
//! An entry states a function's value, its slope (a formula that stays exact where the function
//! saturates), where its kinks are, what is known of its shape, and a few exact values. Everything
//! else comes from the entry: the method on [`Var`](crate::Var), derivatives of every order, the
//! kernels, its line in `chainrule check`, its tests. [`elementwise!`](crate::elementwise) writes
//! entries.
//!
//! The core's own entries, by file: [`steps`], [`powers`], [`exponential`], [`trigonometric`],
//! [`hyperbolic`], [`special`]. Their conventions, where a derivative does not exist or a formula is
//! treacherous:
//!
//! | function | convention |
//! |---|---|
//! | `abs` at 0 | slope 0 (left −1, right 1) |
//! | `sign`, `step` at 0, `floor`, `ceil` at integers | slope 0, also at the jump |
//! | `sqrt`, even `root` at ±0 | slope +∞; below 0: NaN |
//! | odd `root`, `cbrt` at ±0 | slope +∞; negative arguments have real roots |
//! | `powi(0)`, `powf(0.0)` | 1 with slope 0 everywhere, also at 0 |
//! | `powi(n)` for n < 0 at ±0 | ±∞ by parity, as is the slope |
//! | `powf(p)` for x < 0 | by parity if p is an integer, else NaN |
//! | `ln` and its kin at ±0 | −∞ with slope +∞ (from the right); below 0: NaN |
//! | NaN | NaN, value and every derivative |
//! | an end of the domain, ±∞ | the limit from inside, value and derivatives of order 1 and 2 |
//! | outside the domain | NaN, value and every derivative |
//!
//! # Accuracy
//!
//! `tests/references.rs` holds every row to values and derivatives that were computed with hundreds
//! of digits, at inputs from subnormals to the largest numbers (`cargo test --test references --
//! --nocapture` prints the largest error of each row and order):
//!
//! | | held to | measured in f64 | measured in f32 |
//! |---|---|---|---|
//! | value | 4 ULP | 2 | 1 |
//! | slope | 4 ULP | 2 | 2 |
//! | second derivative | 8 ULP | 6 (`powi`, `acosh`) | 0: computed in f64 |
//! | third derivative | 1e-10 relative | 8e-15 (`asinh`) | 0 |
//!
//! Measured with glibc on x86-64 with AVX-512. Most elementary functions are the crate's own kernels
//! (at most 2 ULP, see the example `accuracy`); sines, inverse functions and general powers are the
//! platform's.
//!
//! The exceptions are third derivatives next to their roots, `asinh`, `erf` and `erfc` at ±1/√2 and
//! `norm_cdf` at ±1, where a relative error means nothing: they are within 4 ULP of f′.

pub mod exponential;
mod facts;
pub mod hyperbolic;
mod macros;
pub mod powers;
mod row;
pub mod special;
pub mod steps;
pub mod trigonometric;

pub use facts::{
    Bend, Info, Kink, Param, Span, Special, Trend, around_zero, everywhere, from_zero,
};
pub use row::{Elementwise, Row, RowOf};

/// The core's own rows.
pub fn rows() -> impl Iterator<Item = &'static dyn Row> {
    [
        steps::ROWS,
        powers::ROWS,
        exponential::ROWS,
        trigonometric::ROWS,
        hyperbolic::ROWS,
        special::ROWS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
