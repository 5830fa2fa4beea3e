//! [`Interval`]: a range of numbers, rounded outwards, that contains the true one.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Coefficient, Mark, Outcomes};

/// All values that a function may take on a stretch of the line: an enclosure, never too small.
///
/// The ends of sums, products, quotients and square roots are rounded outwards only where they are
/// not exact, so that what is exactly 0 stays so. Elementary functions are widened by
/// [`MARGIN`](Self::MARGIN) at either end: **that the functions of the platform and of `libm` err by
/// less is what every proof rests on**; the tests hold them to references of 60 digits.
///
/// A literal with more than 32 significant bits (0.1, π) stands for a number that was rounded, and
/// becomes the interval between its neighbours; shorter ones (2, 0.25) are exact.
///
/// An end that is not taken is *open*: for 0 < x < 1, 1/x is defined. A [`Mark`] says if the
/// function may jump or may be undefined somewhere on the stretch.
///
/// ```
/// use chainrule_autograd::number::{Interval, Real};
/// let x = Interval::new(-1.0, 2.0);
/// let y = x.square() - Interval::lit(1.0);
/// assert_eq!((y.low(), y.high()), (-1.0, 3.0));
/// assert!(Interval::lit(0.1).contains(0.1) && Interval::lit(0.1).width() > 0.0);
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Interval {
    pub(super) lo: f64,
    pub(super) hi: f64,
    /// Whether the ends are left out.
    pub(super) open: (bool, bool),
    pub(super) mark: Mark,
}

/// A lower end, and whether it is left out. An upper end is minus a lower one.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub at: f64,
    pub open: bool,
}

impl Neg for End {
    type Output = End;
    fn neg(self) -> End {
        End { at: -self.at, ..self }
    }
}

impl End {
    /// An end below a value that is off by `error` from the true one.
    fn below(value: f64, error: f64, open: bool) -> End {
        if error == 0.0 {
            End { at: value, open }
        } else {
            End { at: if error < 0.0 { value.next_down() } else { value }, open: true }
        }
    }

    /// a + b
    fn plus(self, b: End) -> End {
        let s = self.at + b.at;
        if !s.is_finite() {
            let at = if s == f64::INFINITY && self.at.is_finite() && b.at.is_finite() {
                f64::MAX
            } else if s.is_nan() {
                f64::NEG_INFINITY
            } else {
                s
            };
            return End { at, open: true };
        }
        let back = s - self.at; // two-sum
        let error = (self.at - (s - back)) + (b.at - back);
        End::below(s, error, self.open || b.open)
    }

    /// a·b, where 0·∞ is 0.
    fn times(self, b: End) -> End {
        if self.at == 0.0 || b.at == 0.0 {
            let taken = self.at == 0.0 && !self.open || b.at == 0.0 && !b.open;
            return End { at: 0.0, open: !taken };
        }
        let p = self.at * b.at;
        let whole = self.at.is_finite() && b.at.is_finite();
        if p.is_infinite() {
            let at = if p > 0.0 && whole { f64::MAX } else { p };
            return End { at, open: true };
        }
        if p.abs() < TINY {
            // A product of factors of one sign stays on its side of 0.
            let at = if p == 0.0 && p.is_sign_positive() { 0.0 } else { p.next_down() };
            return End { at, open: true };
        }
        End::below(p, self.at.mul_add(b.at, -p), self.open || b.open)
    }

    /// a/b for b ≠ 0, where ∞/∞ is the least it can be.
    fn over(self, b: End) -> End {
        if self.at == 0.0 {
            return self;
        }
        let q = self.at / b.at;
        if !q.is_finite() || b.at.is_infinite() {
            let over = self.at.is_finite() && q == f64::INFINITY;
            let least = if (self.at < 0.0) == (b.at < 0.0) { 0.0 } else { f64::NEG_INFINITY };
            let at = if over {
                f64::MAX
            } else if q.is_nan() {
                least
            } else {
                q
            };
            return End { at, open: true };
        }
        if q.abs() < TINY || self.at.abs() < TINY {
            let at = if q == 0.0 && q.is_sign_positive() { 0.0 } else { q.next_down() };
            return End { at, open: true };
        }
        let residue = (-q).mul_add(b.at, self.at);
        End::below(q, if b.at < 0.0 { -residue } else { residue }, self.open || b.open)
    }

    /// The higher of two; one that is left out wins.
    pub fn inner(self, b: End) -> End {
        match self.at.partial_cmp(&b.at) {
            Some(std::cmp::Ordering::Equal) => End { at: self.at, open: self.open || b.open },
            Some(std::cmp::Ordering::Greater) => self,
            _ => b,
        }
    }

    /// The lower of two; one that is taken wins.
    pub fn least(self, b: End) -> End {
        if self.at == b.at {
            End { at: self.at, open: self.open && b.open }
        } else if self.at < b.at {
            self
        } else {
            b
        }
    }
}

/// Below this an error may be too small to be seen.
const TINY: f64 = 1e-290;

impl Interval {
    /// By how much elementary functions are widened at either end, relative to the value: 8 units in
    /// the last place.
    pub const MARGIN: f64 = 8.0 * f64::EPSILON;

    /// All real numbers.
    pub const ALL: Interval = Interval {
        lo: f64::NEG_INFINITY,
        hi: f64::INFINITY,
        open: (true, true),
        mark: Mark::Continuous,
    };

    /// No number: the value of a function where it is not defined.
    pub const NONE: Interval =
        Interval { lo: f64::NAN, hi: f64::NAN, open: (false, false), mark: Mark::Partial };

    /// The numbers from `lo` to `hi`, both included; none if they are not in order.
    pub fn new(lo: f64, hi: f64) -> Self {
        if lo <= hi {
            let open = (lo.is_infinite(), hi.is_infinite());
            Interval { lo, hi, open, mark: Mark::Continuous }
        } else {
            Self::NONE
        }
    }

    /// The numbers between `lo` and `hi`, both left out.
    pub fn between(lo: f64, hi: f64) -> Self {
        Interval { open: (true, true), ..Self::new(lo, hi) }
    }

    /// One number, exactly.
    pub fn point(x: f64) -> Self {
        Self::new(x, x)
    }

    /// The lower end; NaN of no number.
    pub fn low(self) -> f64 {
        self.lo
    }

    /// The upper end; NaN of no number.
    pub fn high(self) -> f64 {
        self.hi
    }

    /// high − low
    pub fn width(self) -> f64 {
        self.hi - self.lo
    }

    /// A number in the middle; of a half-line some number on it.
    pub fn middle(self) -> f64 {
        let (lo, hi) = (self.lo.max(-f64::MAX), self.hi.min(f64::MAX));
        if self.lo.is_nan() { f64::NAN } else { 0.5 * lo + 0.5 * hi }
    }

    /// Whether a number lies between the ends or is one of them.
    pub fn contains(self, x: f64) -> bool {
        self.lo <= x && x <= self.hi
    }

    /// The numbers that are in both.
    pub fn intersect(self, other: Self) -> Self {
        let mark = self.mark.max(other.mark);
        let lo = self.lower().inner(other.lower());
        let hi = -(-self.upper()).inner(-other.upper());
        if hi.at < lo.at || hi.at == lo.at && (lo.open || hi.open) {
            return Self::NONE;
        }
        Self::of(lo, hi, mark)
    }

    /// The smallest absolute value, with the sign dropped: |x| as a range.
    pub(super) fn magnitude(self) -> Self {
        if self.lo >= 0.0 {
            self
        } else if self.hi <= 0.0 {
            -self
        } else {
            let zero = End { at: 0.0, open: false };
            Self::of(zero, -(-self.upper()).least(self.lower()), self.mark)
        }
    }

    pub(super) fn lower(self) -> End {
        End { at: self.lo, open: self.open.0 }
    }

    /// The upper end as a number; negate it to round it as a lower one.
    pub(super) fn upper(self) -> End {
        End { at: self.hi, open: self.open.1 }
    }

    pub(super) fn of(lo: End, hi: End, mark: Mark) -> Self {
        Interval { lo: lo.at, hi: hi.at, open: (lo.open, hi.open), mark }
    }

    fn corners(self, b: Self, f: impl Fn(End, End) -> End, mark: Mark) -> Self {
        let pairs = [
            (self.lower(), b.lower()),
            (self.lower(), b.upper()),
            (self.upper(), b.lower()),
            (self.upper(), b.upper()),
        ];
        let low = pairs.map(|(a, b)| f(a, b)).into_iter().reduce(End::least);
        let high = pairs.map(|(a, b)| f(-a, b)).into_iter().reduce(End::least);
        match (low, high) {
            (Some(low), Some(high)) => Self::of(low, -high, mark),
            _ => Self::NONE,
        }
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self::of(-self.upper(), -self.lower(), self.mark)
    }
}
impl Add for Interval {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        if self.lo.is_nan() || b.lo.is_nan() {
            return Self::NONE;
        }
        let high = -(-self.upper()).plus(-b.upper());
        Self::of(self.lower().plus(b.lower()), high, self.mark.max(b.mark))
    }
}
impl Sub for Interval {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        self + -b
    }
}
impl Mul for Interval {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        if self.lo.is_nan() || b.lo.is_nan() {
            return Self::NONE;
        }
        self.corners(b, End::times, self.mark.max(b.mark))
    }
}
impl Div for Interval {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        if self.lo.is_nan() || b.lo.is_nan() || b.is_zero() {
            return Self::NONE;
        }
        let mark = self.mark.max(b.mark);
        if b.lo > 0.0 || b.hi < 0.0 {
            return self.corners(b, End::over, mark);
        }
        let one = End { at: 1.0, open: false };
        let infinite = End { at: f64::INFINITY, open: true };
        let inverse = if b.lo == 0.0 {
            let mark = if b.open.0 { mark } else { Mark::Partial };
            Self::of(one.over(b.upper()), infinite, mark)
        } else if b.hi == 0.0 {
            let mark = if b.open.1 { mark } else { Mark::Partial };
            Self::of(-infinite, -(-one).over(b.lower()), mark)
        } else {
            Self::ALL.marked(Mark::Partial)
        };
        self * inverse
    }
}

impl Coefficient for Interval {
    fn outcomes(self, b: Self) -> Outcomes {
        if self.lo.is_nan() || b.lo.is_nan() {
            return Outcomes::NONE;
        }
        let touch = |end: bool, start: bool| !end && !start;
        Outcomes {
            less: self.lo < b.hi,
            greater: self.hi > b.lo,
            equal: (self.lo < b.hi || self.lo == b.hi && touch(self.open.0, b.open.1))
                && (self.hi > b.lo || self.hi == b.lo && touch(self.open.1, b.open.0)),
        }
    }
    fn hull(self, b: Self) -> Self {
        let mark = self.mark.max(b.mark);
        if self.lo.is_nan() {
            return b.marked(mark);
        } else if b.lo.is_nan() {
            return self.marked(mark);
        }
        let high = -(-self.upper()).least(-b.upper());
        Self::of(self.lower().least(b.lower()), high, mark)
    }
    fn mark(self) -> Mark {
        self.mark
    }
    fn marked(self, mark: Mark) -> Self {
        Interval { mark: self.mark.max(mark), ..self }
    }
    fn is_regular(self) -> bool {
        self.mark == Mark::Continuous && self.lo <= self.hi
    }
    fn is_nan(self) -> bool {
        self.lo.is_nan()
    }
    fn exact(self) -> Option<f64> {
        (self.lo == self.hi && !self.open.0 && !self.open.1).then_some(self.lo)
    }
}

/// In the notation of mathematics: [a, b] with the ends, ]a, b[ without.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = match self.open {
            (false, false) => ("[", "]"),
            (true, false) => ("]", "]"),
            (false, true) => ("[", "["),
            (true, true) => ("]", "["),
        };
        f.write_str(left)?;
        fmt::Display::fmt(&self.lo, f)?;
        f.write_str(", ")?;
        fmt::Display::fmt(&self.hi, f)?;
        f.write_str(right)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match self.mark {
            Mark::Continuous => Ok(()),
            mark => write!(f, " {mark:?}"),
        }
    }
}
