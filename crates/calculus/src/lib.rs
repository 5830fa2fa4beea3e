//! What derivatives say about a function of one variable, proved where it can be.
//!
//! ```
//! use chainrule_calculus::{Curve, Evidence, Trend};
//!
//! let f = Curve::parse("x^2*exp(-x)", chainrule_activations::rows())?;
//! let a = f.analyze(-1.0, 4.0);
//!
//! let places: Vec<f64> = a.stationary.iter().map(|s| s.place.at).collect();
//! assert_eq!(places, [0.0, 2.0]);
//! assert!(a.complete); // proved: there are no others
//! // It rises between them.
//! assert_eq!((a.monotone[1].trend, a.monotone[1].evidence), (Trend::Increasing, Evidence::Proved));
//! # Ok::<(), chainrule_calculus::ParseError>(())
//! ```
//!
//! A [`Curve`] is recorded on a tape by a closure, or read from text. What can be asked of it:
//!
//! | | |
//! |---|---|
//! | f, f′, f″; f⁽ⁿ⁾ | [`Curve::derivatives`], [`Curve::derivative`] |
//! | limits, slopes from either side, differentiable or not | [`Curve::at`] |
//! | everything on an interval | [`Curve::analyze`], as an [`Analysis`] |
//! | tangent, normal | [`Curve::tangent`], [`Curve::normal`] |
//! | Taylor's polynomial, its remainder | [`Curve::taylor`], [`Curve::remainder`] |
//! | gradient descent, Newton's method | [`Curve::descend`], [`Curve::newton`] |
//! | a picture of all that | [`Figure`] |
//! | difference quotients, limits as tables | [`difference`](fn@difference), [`quotients`], [`limit`] |
//!
//! # What "proved" means
//!
//! The function is not sampled: it is played with [intervals](chainrule_autograd::number::Interval)
//! that are rounded outwards, so that one evaluation speaks of all points of a stretch, and with
//! [germs](chainrule_autograd::number::Germ), which know it an infinitely small step to either side
//! of a point.
//!
//! - f rises on a stretch if f is continuous there and its derivative, as an interval, is positive. At
//!   an end where f′ = 0 *exactly*, higher derivatives decide (Taylor's theorem).
//! - A stationary point is proved if f″ has one sign on a stretch at whose ends f′ has different
//!   ones: there is one, there is no other, and bisection encloses it; or if f′ is exactly 0 at a
//!   number, with known signs beside it.
//! - An [`Analysis`] is `complete` if such statements cover the whole interval.
//! - A comparison (`max`, `abs`, `where`) that is not decided on a stretch, a jump in it, a point
//!   outside the domain: nothing is claimed from that stretch. Kinks are found by cutting.
//!
//! A proof assumes that the elementary functions of this machine err by less than
//! [8 units in the last place](chainrule_autograd::number::Interval::MARGIN), and that the formulas of
//! the table are those of the functions (the tests hold both to 60 digits). Decimal constants are
//! enclosed: `0.1` is the number 1/10, not the double next to it. What is seen but not proved is
//! [`Numeric`](Evidence::Numeric): multiple roots at irrational numbers, such as the inflection of
//! sin³ at π. What is not seen is undecided, never guessed.
//!
//! # Text
//!
//! `+ − * / ^` with the usual precedence (`-x^2` is −(x²), `2^3^2` is 2^(3²)), parentheses, `|x|`,
//! `pi`, `e`, every function of the table by name (`sin`, `exp`, `gelu`, …) with parameters behind
//! the argument (`leaky_relu(x, 0.2)`, `log(x, 10)`, `root(x, 5)`), and
//! `max min pow atan2 hypot where(a < b, then, else)`. A constant fraction as exponent is a power of
//! a root: `x^(1/3)` is real for negative x.

mod analysis;
mod approximate;
mod chart;
mod curve;
mod difference;
mod figure;
mod isolate;
mod link;
mod parse_error;
mod rational;
mod report;
mod sampled;
mod swallow;
mod text;
mod verdict;

pub use approximate::{Line, Polynomial, Step};
pub use curve::Curve;
pub use difference::{
    Estimate, LimitTable, Quotient, Quotients, Toward, difference, limit, quotients,
};
pub use figure::Figure;
pub use parse_error::ParseError;
pub use report::{
    Analysis, Bend, BendPiece, Break, Evidence, Extremum, ExtremumKind, Kind, Place, Root,
    Stationary, Trend, TrendPiece, Value,
};
pub use verdict::{Local, Verdict};
