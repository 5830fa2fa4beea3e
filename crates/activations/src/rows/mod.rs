//! The activations: one entry each, by file: [`rectifiers`], [`sigmoids`], [`gates`], [`pieces`],
//! [`waves`]. `tanh`, `exp`, `abs`, `sign` and `step` are in the core's table.
//!
//! What an entry returns where the derivative does not exist, and other conventions, stand on the
//! [front page](crate). Each formula is stable on the whole line: exponentials are taken of −|x|
//! only, arguments that rounding would spoil are carried in two words, and where a derivative has a
//! root at which its textbook form cancels, it is written from the root.

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Bend, Kink, Row, Span, Trend, everywhere};

pub mod gates;
pub mod pieces;
pub mod rectifiers;
pub mod sigmoids;
pub mod waves;

const INF: f64 = f64::INFINITY;

/// This crate's rows.
///
/// ```
/// assert!(chainrule_activations::rows::rows().count() > 30);
/// ```
pub fn rows() -> impl Iterator<Item = &'static dyn Row> {
    [rectifiers::ROWS, sigmoids::ROWS, gates::ROWS, pieces::ROWS, waves::ROWS]
        .into_iter()
        .flatten()
        .copied()
}

/// Facts that change at the given points, from −∞ to ∞.
fn spans<F: Copy, const N: usize>(first: F, rest: [(f64, F); N]) -> Vec<Span<F>> {
    let starts = [(-INF, first)].into_iter().chain(rest);
    let ends = rest.into_iter().map(|(at, _)| at).chain([INF]);
    starts.zip(ends).map(|((from, fact), to)| Span::new(from, to, fact)).collect()
}

/// Where the slope jumps from `left` to 1 at 0, if it does.
fn corner_to_one(left: f64) -> Vec<Kink> {
    if left == 1.0 { vec![] } else { vec![Kink::corner(0.0, left, 1.0)] }
}

/// Whether a factor is positive and its products stay in range, also in f32.
fn positive(p: f64, wrong: &'static str) -> Result<(), &'static str> {
    if (1e-30..=1e30).contains(&p) { Ok(()) } else { Err(wrong) }
}

/// x held between two numbers.
#[inline(always)]
fn clamp<R: Real>(x: R, low: f64, high: f64) -> R {
    let (low, high) = (R::lit(low), R::lit(high));
    x.bend(low, low, low, x.bend(high, x, high, high))
}

#[inline(always)]
fn clamp_slope<R: Real>(x: R, low: f64, high: f64) -> R {
    let (zero, one) = (R::lit(0.0), R::lit(1.0));
    x.by_order(R::lit(low), zero, zero, x.by_order(R::lit(high), one, zero, zero))
}
