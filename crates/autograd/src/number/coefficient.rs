//! [`Coefficient`]: what a series may be made of, a number that may be known only roughly.

use super::Real;

/// What is known of how two numbers compare: each outcome that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// The first may be smaller.
    pub less: bool,
    /// They may be equal.
    pub equal: bool,
    /// The first may be larger.
    pub greater: bool,
}

impl Outcomes {
    /// The first is smaller.
    pub const LESS: Self = Outcomes { less: true, equal: false, greater: false };
    /// They are equal.
    pub const EQUAL: Self = Outcomes { less: false, equal: true, greater: false };
    /// The first is larger.
    pub const GREATER: Self = Outcomes { less: false, equal: false, greater: true };
    /// They do not compare: one is NaN.
    pub const NONE: Self = Outcomes { less: false, equal: false, greater: false };
    /// Nothing is known.
    pub const ANY: Self = Outcomes { less: true, equal: true, greater: true };

    /// The outcome, if only one is possible.
    pub fn decided(self) -> Option<std::cmp::Ordering> {
        match self {
            Self::LESS => Some(std::cmp::Ordering::Less),
            Self::EQUAL => Some(std::cmp::Ordering::Equal),
            Self::GREATER => Some(std::cmp::Ordering::Greater),
            _ => None,
        }
    }

    /// The choices that are possible, joined; and whether there were several. `None` if there is
    /// none.
    pub fn choose<T: Copy>(self, of: [T; 3], join: impl Fn(T, T) -> T) -> Option<(T, bool)> {
        let possible = [self.less, self.equal, self.greater];
        let mut choices = of.into_iter().zip(possible).filter(|c| c.1).map(|c| c.0);
        let first = choices.next()?;
        let mut several = false;
        let joined = choices.fold(first, |a, b| {
            several = true;
            join(a, b)
        });
        Some((joined, several))
    }
}

/// What must be kept in mind of a number that stands for all values of a function over a stretch of
/// the line. Later ones are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The function is defined and continuous there.
    Continuous,
    /// It is defined, but may jump.
    Jump,
    /// It may be undefined somewhere.
    Partial,
}

/// What the coefficients of a [`Jet`](super::Jet) or [`Germ`](super::Germ) may be: `f64`, or an
/// [`Interval`](super::Interval) that contains the true one.
pub trait Coefficient: Real {
    /// Whether comparisons are recorded and decided later, so that a series makes its choices
    /// coefficient by coefficient.
    const RECORDED: bool = false;

    /// How it compares with another.
    fn outcomes(self, other: Self) -> Outcomes;
    /// A number that stands for either.
    fn hull(self, other: Self) -> Self;
    /// What must be kept in mind of it.
    fn mark(self) -> Mark;
    /// The same with a mark.
    fn marked(self, mark: Mark) -> Self;
    /// Whether it is a real number without a mark.
    fn is_regular(self) -> bool;
    /// Whether it is NaN.
    fn is_nan(self) -> bool;
    /// The number, if it is known exactly.
    fn exact(self) -> Option<f64>;

    /// Whether it is exactly 0.
    fn is_zero(self) -> bool {
        self.exact() == Some(0.0)
    }

    /// The sign, if it is known.
    fn sign(self) -> Option<std::cmp::Ordering> {
        self.outcomes(Self::lit(0.0)).decided()
    }
}

impl Coefficient for f64 {
    fn outcomes(self, other: Self) -> Outcomes {
        match self.partial_cmp(&other) {
            Some(std::cmp::Ordering::Less) => Outcomes::LESS,
            Some(std::cmp::Ordering::Equal) => Outcomes::EQUAL,
            Some(std::cmp::Ordering::Greater) => Outcomes::GREATER,
            None => Outcomes::NONE,
        }
    }
    /// Two different numbers have none in common.
    fn hull(self, other: Self) -> Self {
        if self == other { self } else { f64::NAN }
    }
    fn mark(self) -> Mark {
        Mark::Continuous
    }
    fn marked(self, _: Mark) -> Self {
        self
    }
    fn is_regular(self) -> bool {
        self.is_finite()
    }
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }
    fn exact(self) -> Option<f64> {
        (!f64::is_nan(self)).then_some(self)
    }
    fn is_zero(self) -> bool {
        self == 0.0
    }
}
