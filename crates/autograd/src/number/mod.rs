//! Number types: the second axis of the engine.
//!
//! A rule of the [table](crate::table) is written once, for any [`Real`]. Which number it is played
//! with decides what comes out:
//!
//! | number | gives |
//! |---|---|
//! | `f32`, `f64` | values |
//! | [`Jet`], [`ShortJet`] | Taylor coefficients, hence derivatives of every order |
//! | [`Germ`] | what happens an infinitely small step to either side: one-sided derivatives |
//! | [`Interval`] | every value on a stretch of the line, rounded outwards |
//! | `Jet<Interval>` | every derivative on a stretch: proofs, remainders |
//! | `Jet<Recorded>` | Taylor coefficients as nodes of a tape |
//! | [`Stretch`] | proofs, with the germs at both ends: signs next to a root |
//!
//! The list is closed and lives here; [`Number`] is what all of them have in common. A tape is played
//! with them by [`Var::evaluate`](crate::Var::evaluate).

mod coefficient;
mod enclosure;
mod float;
mod germ;
mod interval;
mod jet;
mod real;
mod recorded;
mod stretch;

pub use coefficient::{Coefficient, Mark, Outcomes};
pub use germ::{Germ, Side};
pub use interval::Interval;
pub use jet::{CAPACITY, Jet, JetOf, SHORT, ShortJet};
pub use real::Real;
pub use recorded::Recorded;
pub use stretch::Stretch;

use crate::table::Row;

/// A number type that a tape's values can be played with.
pub trait Number: Real {
    /// The name in messages.
    const NAME: &'static str;

    /// f(x) for order 0, f′(x) for order 1 of a row f; `None` where the row has no formula for that.
    fn row(row: &dyn Row, order: u32, p: &[f64], x: Self) -> Option<Self>;
}

macro_rules! number {
    ($($Type:ty = $play:ident),* $(,)?) => { $(
        impl Number for $Type {
            const NAME: &'static str = stringify!($Type);
            fn row(row: &dyn Row, order: u32, p: &[f64], x: Self) -> Option<Self> {
                row.$play(order, p, x)
            }
        }
    )* };
}
number! {
    Jet = jet,
    ShortJet = short_jet,
    Germ = germ,
    Interval = interval,
    Jet<Interval> = interval_jet,
    Germ<Interval> = interval_germ,
    Stretch = stretch,
}

impl Number for Jet<Recorded<'_>> {
    const NAME: &'static str = "Jet<Recorded>";
    fn row(row: &dyn Row, order: u32, p: &[f64], x: Self) -> Option<Self> {
        row.recorded_jet(order, p, x)
    }
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    fn row(row: &dyn Row, order: u32, p: &[f64], x: Self) -> Option<Self> {
        let mut y = [0.0];
        row.play_f64(order, p, &[x], None, &mut y);
        Some(y[0])
    }
}
