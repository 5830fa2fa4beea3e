//! Kernels: the formulas of the [table](crate::table) over slices, as fast as the machine allows.
//!
//! Nobody writes a kernel for a function. The number type [`Lane`] has branch-free elementary
//! functions, so that a loop over a formula played with it is a loop that the compiler turns into
//! vector code; [`Level`] holds that loop once for each instruction set and chooses at run time.
//!
//! | level | multiply-add | where |
//! |---|---|---|
//! | portable | rounds twice on plain x86-64 and WebAssembly, once where the target has it | everywhere |
//! | AVX2 | one rounding | x86-64 with AVX2 and FMA |
//! | AVX-512 | one rounding | x86-64 with AVX-512 F, DQ, VL, BW |
//!
//! Four things decide the speed of a formula: how many operations it has (the exponential of a
//! number of known sign has six fewer, see [`Real::decay`](crate::number::Real::decay)), how many chains
//! of them are under way in which each waits for the one before (a [`Lane`] is four of them), how long these
//! are (a processor looks some hundred operations ahead, so that a long one is better done in
//! [two steps](crate::table::Elementwise::through) of many numbers each), and that no scalar loop is compiled beside the vector loop (what is filled is a parameter of the compiled
//! function, so that nothing else can overlap it).
//!
//! Two things the compiler does not find: rows that become columns within registers, and tables that are
//! read in a register. Where registers have 64 bytes, and for rows of f64 where they have 32, instructions
//! are called by name (`shuffles.rs`), through the proof that this machine has them.
//!
//! All elements of a slice go through the same arithmetic, the last few in a padded block, so a
//! result depends on its input and the level, not on where it stands or on the slice's length.
//! Functions that [`Lane`] has no vector form of (inverse trigonometric and hyperbolic ones, general
//! powers) are played by the scalar functions, element by element.
//!
//! Sines, cosines and tangents reduce arguments up to 6000 (f32) or 10⁶ (f64); elements with larger
//! ones are found after the loop and computed one at a time (see `turning.rs`).
//!
//! Where a function is wanted together with its pullback, both are computed in one loop: what the two
//! formulas share, an exponential mostly, is then one computation by the compiler's own doing, and no
//! result changes ([`Row::play_both_f32`](crate::table::Row::play_both_f32)). Rows say with
//! [`Info::shares`](crate::table::Info) that it pays; it does also where a function is so short that
//! the memory sets the pace, as functions of straight pieces are.
//!
//! Matrices are multiplied by [`product`], which spends the registers of each level on its own; its
//! speed is printed by `cargo run --release --example product -p chainrule-autograd`.
//!
//! The polynomials come from `scripts/kernels.py`. The errors of all functions, at every level, are
//! printed by `cargo run --release --example accuracy -p chainrule-autograd`.

#[cfg(test)]
mod at_levels;
mod error;
mod exponential;
mod jacobians;
mod lane;
mod level;
mod logarithm;
mod pairs;
mod parts;
mod precision;
pub mod product;
mod rows;
mod short_rows;
#[cfg(target_arch = "x86_64")]
mod shuffles;
mod side_by_side;
mod slices;
mod sums;
mod tables;
mod turning;

pub use jacobians::softmax_jacobians;
pub use lane::Lane;
pub use level::Level;
pub(crate) use level::{Fill, LINE, Registers, Task, WideTask, fetch};
pub(crate) use pairs::{Pair, Source, pairs, plus_multiple, select};
pub use precision::Precision;
pub(crate) use rows::{differences, exponentials, largest, lifted_exponentials};
pub(crate) use rows::{log_softmax_slope, place_of, quotients, softmax_slope};
pub use short_rows::SHORT;
pub(crate) use short_rows::{RowFunction, short_rows};
pub(crate) use slices::{Formula, both, map, pull};
pub use sums::multiples;
pub(crate) use sums::{add_rows, pairwise_sum, sum_runs};
