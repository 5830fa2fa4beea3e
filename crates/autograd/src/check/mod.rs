//! Checks of derivatives against finite differences.
//!
//! [`difference`] estimates a derivative of any closure by difference quotients, with an estimate of
//! its error. [`Function::check`](crate::Function::check) compares every element of a recorded
//! function's Jacobian with that, and reports each.
//!
//! ```
//! use chainrule_autograd::Function;
//! let f = Function::<f64, 1>::record([("x", &[3])], |[x]| (x.tanh() * x).sum());
//! let report = f.check([&[0.5, -1.0, 2.0]])?;
//! report.assert(); // panics with a table of what differs
//! assert!(report.worst().unwrap().error < 1e-9);
//! # Ok::<(), chainrule_autograd::FeedError>(())
//! ```
//!
//! [`check_all`] does that with every op of the engine: the [catalogue](cases) lists them, with
//! shapes and values, and the rows of the [table](crate::table) bring theirs.

mod catalogue;
#[cfg(test)]
mod coverage;
mod difference;
mod gradient;
mod layout;
mod report;
mod sweep;
mod trial;

pub use catalogue::{Case, Shapes, Values, cases};
pub use difference::{Estimate, Method, difference};
pub use layout::Layout;
pub use report::{Entry, Report, Verdict};
pub use sweep::{Line, check_all};
pub use trial::{F32_ULPS, Subject, Trial};
