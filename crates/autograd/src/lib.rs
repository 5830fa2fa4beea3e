//! A tape-based reverse-mode autograd engine on `ndarray`: it records what you compute, and walks
//! the chain rule back over the record.
//!
//! ```
//! use chainrule_autograd::Tape;
//!
//! let tape = Tape::<f64>::new();
//! let x = tape.input("x", 0.5);
//! let y = x.tanh() * x;
//! let dy = tape.gradient(y, &[x])[0];
//! assert!((y.item() - 0.5 * 0.5f64.tanh()).abs() < 1e-16);
//!
//! assert_eq!(tape.to_string(), "\
//! %0    = input                        []  `x`
//! %1    = tanh %0                      []
//! %2    = × %1 %0                      []
//! %3    = 1                            []
//! %4    = ×₀ %3 %0                     []
//! %5    = ×₀ %3 %1                     []
//! %6    = tanh′ %0 %4                  []
//! %7    = accumulate %6 %5             []
//! ");
//! assert_eq!(dy.id().index(), 7);
//! # assert!((dy.item() - (0.5f64.tanh() + 0.5 / 0.5f64.cosh().powi(2))).abs() < 1e-15);
//! ```
//!
//! **A tape is a list of nodes; everything else writes to that list or reads it.** Operators on a
//! [`Var`] append nodes. Asking for a value plays the list up to there. A gradient is again nodes on
//! the list (`%3` to `%7` above: ×₀ is a product in which an exact 0 wins, `tanh′` is tanh's slope
//! times its second operand), so it can be differentiated again, replayed with other inputs, printed
//! and checked.
//!
//! # Where is…?
//!
//! | | |
//! |---|---|
//! | the chain rule | `src/gradient.rs`, the function `chain_rule`; forwards: `src/tangent.rs` |
//! | tanh's rule | [`table::hyperbolic`], the entry `tanh` |
//! | matmul's rule | `src/ops/matmul.rs`, `pullback` |
//! | how to add an elementwise function | [`elementwise!`] |
//! | how to add any other op of your own | [`CustomOp`] |
//! | programs in files | [`program::saved`] |
//! | Jacobians and Hessians, many seeds at once | `src/jacobian.rs`, `src/many.rs` |
//! | a derivative path by path, with numbers | [`Var::explain`] |
//! | Taylor expansions on the tape | [`Var::taylor`] |
//! | finite differences and gradient checks | [`check`] |
//! | derivatives of every order, one-sided ones, proved ranges | [`number`], [`Var::evaluate`] |
//!
//! # Conventions
//!
//! Where a derivative does not exist, the engine answers with the subgradient of least absolute
//! value (PyTorch's rule); where a value is not defined, NaN. **NaN in, NaN out**, for every value
//! and for every derivative along a path that is present. In the chain rule a factor that is exactly
//! 0, adjoint or slope, means "this path is absent" and stays 0 against ∞ and NaN: where x < 0, the
//! gradient of max(x, 0)·c is 0 also for c = NaN.
//!
//! | where | value | gradient |
//! |---|---|---|
//! | `abs` at 0 | 0 | 0 |
//! | `sqrt` at 0 | 0 | +∞ |
//! | `norm`, `hypot`, `std` at 0 | 0 | 0 |
//! | `norm`, `hypot` with infinite entries | +∞ | ±1 to each infinite one (as if it went there alone), 0 to the finite |
//! | `maximum`, `minimum`, `max`, `min` at ties | the common value | split evenly among the ties |
//! | `pow(0, 0)` | 1 | 0 in the base, −∞ in the exponent |
//! | `pow(0, y)`, y > 0 | 0 | 0 in the exponent |
//! | x⁰ (`powi(0)`, `powf(0.0)`) at 0 | 1 | 0, to every order |
//! | x² at 0 | 0 | 0, second order 2 |
//! | (−2)³ (`powi`, or `pow` with an integer) | −8 | 12 in the base; NaN in a variable exponent |
//! | odd roots of negative numbers | real | real |
//! | `atan2(0, 0)` | 0 | 0 |
//! | `atan2` with an infinite side | the angle | 0 |
//! | `c.select(a, b)` | the selected one | nothing to the other, whatever its slope: not 0·∞ |
//! | comparisons, `sign`, `step`, `floor` | | 0; comparisons with NaN are NaN |
//! | `logsumexp` of −∞ only | −∞ | 0 |
//! | `softmax` of −∞ only | NaN | NaN |
//! | `softmax` entry −∞ | 0 | 0 |
//! | `prod` with factors 0 | 0 | the product of the others |
//! | `mean`, `var` of no elements | NaN | zeros of the input's shape |
//!
//! Elementwise functions state theirs in the [table].
//!
//! # Panics and errors
//!
//! Recording what cannot be (shapes that do not fit, two tapes in one operation) panics like ndarray
//! does, and names the operands as you named them, their shapes and the lines that recorded them.
//! Feeding values is a [`Result`] with a [`FeedError`].
//!
//! # Cost
//!
//! A node takes 32 bytes and its place in the buffer 16; recording is linear in the number of nodes,
//! as is the gradient, however often a value is used. Nothing recurses: a chain of a million nodes
//! is an ordinary tape. [`Tape::clear`] keeps the memory.

pub mod check;
mod diagonal;
mod error;
mod evaluate;
mod explain;
mod feed;
mod function;
mod gradient;
mod graph;
mod jacobian;
pub mod kernel;
mod many;
mod node;
pub mod number;
mod operators;
mod ops;
mod play;
pub mod program;
pub mod shape;
mod sweep;
pub mod table;
mod tangent;
mod tape;
mod taylor;
mod var;
mod view;

pub use error::FeedError;
pub use evaluate::EvaluateError;
pub use explain::{ExplainError, Explanation, Path};
pub use feed::Feed;
pub use function::Function;
pub use node::Id;
pub use ops::{Arg, CustomOp, concat, custom, softmax_rows, stack, sums_without};
pub use play::{Dtype, Element};
pub use program::{Buffers, Program};
pub use tape::{Memory, Tape};
pub use var::{Sym, Var};
