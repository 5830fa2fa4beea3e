//! The elementary functions of [`Interval`]s: monotone pieces, widened by the stated margin.

use super::interval::End;
use super::{Coefficient, Interval, Mark, Real};

use std::f64::consts::{FRAC_PI_2, PI, TAU};

const INF: f64 = f64::INFINITY;

/// Beyond this, turns are not counted any more.
const FAR: f64 = 1e5;
/// How far a count of turns may be off, relative to the count.
const TURN: f64 = 8.0 * f64::EPSILON;

/// A lower end for a value that is known up to the margin.
fn about(y: f64) -> End {
    let at = match y {
        INF => f64::MAX * (1.0 - Interval::MARGIN),
        y => (y - y.abs() * Interval::MARGIN).next_down(),
    };
    End { at, open: true }
}

impl Interval {
    /// A rising function by the values at the ends. `exact(x, y)` says that y is exactly its value
    /// at x; `range` holds every value of it, at ±∞ the limits.
    fn rising(
        self,
        f: impl Fn(f64) -> f64,
        exact: impl Fn(f64, f64) -> bool,
        range: (f64, f64),
    ) -> Self {
        if self.lo.is_nan() {
            return self;
        }
        let end = |end: End, sign: f64, limit: f64| {
            let x = sign * end.at;
            let y = f(x);
            if x.is_infinite() || y.is_nan() {
                return End { at: sign * limit, open: true };
            }
            if exact(x, y) {
                return End { at: sign * y, open: end.open };
            }
            let widened = about(sign * y);
            if widened.at < sign * limit { End { at: sign * limit, open: true } } else { widened }
        };
        let low = end(self.lower(), 1.0, range.0);
        let high = -end(-self.upper(), -1.0, range.1);
        Self::of(low, high, self.mark)
    }

    fn falling(
        self,
        f: impl Fn(f64) -> f64,
        exact: impl Fn(f64, f64) -> bool,
        range: (f64, f64),
    ) -> Self {
        -self.rising(|x| -f(x), |x, y| exact(x, -y), (-range.1, -range.0))
    }

    /// The part inside a domain; `closed` says which of its ends belong to it.
    fn within(self, lo: f64, hi: f64, closed: (bool, bool)) -> Self {
        let open = (!closed.0, !closed.1);
        let below = self.lo < lo || self.lo == lo && !self.open.0 && open.0;
        let above = self.hi > hi || self.hi == hi && !self.open.1 && open.1;
        let inside = Interval { lo, hi, open, mark: Mark::Continuous };
        match (below, above) {
            (false, false) => self,
            _ => self.intersect(inside).marked(Mark::Partial),
        }
    }

    /// The product of n factors of one sign each, n ≥ 1.
    fn repeated(self, n: u32) -> Self {
        let (mut y, mut square, mut left) = (None, self, n);
        loop {
            if left % 2 == 1 {
                y = Some(y.map_or(square, |y: Interval| y * square));
            }
            left /= 2;
            if left == 0 {
                return y.unwrap_or(square);
            }
            square = square * square;
        }
    }

    fn to_the(self, n: u32) -> Self {
        if self.lo.is_nan() {
            self
        } else if n.is_multiple_of(2) {
            self.magnitude().repeated(n)
        } else if self.lo >= 0.0 {
            self.repeated(n)
        } else if self.hi <= 0.0 {
            -(-self).repeated(n)
        } else {
            let zero = End { at: 0.0, open: false };
            let (minus, plus) =
                (Self::of(zero, -self.lower(), self.mark), Self::of(zero, self.upper(), self.mark));
            Self::of(-minus.repeated(n).upper(), plus.repeated(n).upper(), self.mark)
        }
    }

    /// Whether some offset + period·k lies on it, or may.
    fn meets(self, offset: f64, period: f64) -> bool {
        let (from, to) = ((self.lo - offset) / period, (self.hi - offset) / period);
        let slack = |turns: f64| TURN * (turns.abs() + 1.0);
        (from - slack(from)).ceil() <= to + slack(to)
    }

    /// sin for `top` = π/2, cos for `top` = 0.
    fn wave(self, f: fn(f64) -> f64, top: f64, exact: f64) -> Self {
        if self.lo.is_nan() {
            return self;
        }
        let full = Interval { mark: self.mark, ..Self::new(-1.0, 1.0) };
        if !(self.lo.abs() < FAR && self.hi.abs() < FAR && self.width() < TAU) {
            return full;
        }
        let (a, b) = (self.lower(), self.upper());
        let at = |x: End| {
            let y = f(x.at);
            if x.at == 0.0 {
                (End { at: exact, open: x.open }, End { at: -exact, open: x.open })
            } else {
                (about(y), about(-y))
            }
        };
        let ((low_a, high_a), (low_b, high_b)) = (at(a), at(b));
        let limit = |end: End, met: bool| {
            let one = End { at: -1.0, open: false };
            if met || end.at < -1.0 { one } else { end }
        };
        let low = limit(low_a.least(low_b), self.meets(top + PI, TAU));
        let high = limit(high_a.least(high_b), self.meets(top, TAU));
        Self::of(low, -high, self.mark)
    }

    fn all_of(lo: f64, hi: f64, mark: Mark) -> Self {
        Interval { mark, ..Self::new(lo, hi) }
    }
}

/// f(0) = y exactly.
fn at_zero(want: f64) -> impl Fn(f64, f64) -> bool {
    move |x, y| x == 0.0 && y == want
}

/// Whether y is exactly the n-th root of x.
fn is_root(x: f64, y: f64, n: u32) -> bool {
    Interval::point(y).to_the(n).exact() == Some(x)
}

/// The functions that rise on the whole line, with an exact value at 0.
macro_rules! rising {
    ($($f:ident in ($lo:expr, $hi:expr), at 0: $zero:expr;)*) => { $(
        fn $f(self) -> Self {
            self.rising(<f64 as Real>::$f, at_zero($zero), ($lo, $hi))
        }
    )* };
}

impl Real for Interval {
    const EXACT: bool = true;

    fn lit(value: f64) -> Self {
        if value.is_nan() {
            Self::NONE
        } else if value.is_infinite() {
            let end = End { at: f64::MAX, open: true };
            let far = Self::of(end, End { at: INF, open: false }, Mark::Continuous);
            if value > 0.0 { far } else { -far }
        } else if value.to_bits() & 0x1F_FFFF == 0 {
            Self::point(value)
        } else {
            Self::new(value.next_down(), value.next_up())
        }
    }

    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        let mark = if self.mark.max(other.mark) == Mark::Partial {
            Mark::Partial
        } else {
            Mark::Continuous
        };
        let chosen = self.outcomes(other).choose([less, equal, greater], Self::hull);
        let Some((y, several)) = chosen else { return Self::NONE };
        y.marked(if several { mark.max(Mark::Jump) } else { mark })
    }
    fn bend(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        let chosen = self.outcomes(other).choose([less, equal, greater], Self::hull);
        let Some((y, several)) = chosen else { return Self::NONE };
        let mark = self.mark.max(other.mark);
        y.marked(if several || mark == Mark::Partial { mark } else { Mark::Continuous })
    }
    fn at_least(self, bound: Self) -> Self {
        let low = self.lower().inner(bound.lower());
        if low.at <= self.hi { Self::of(low, self.upper(), self.mark) } else { self }
    }
    fn pos(self, yes: Self, no: Self) -> Self {
        let o = self.outcomes(Self::point(0.0));
        match (o.greater || o.equal, o.less) {
            (true, false) => yes,
            (false, true) => no,
            (false, false) => Self::NONE,
            (true, true) => yes.hull(no),
        }
    }
    fn amul(self, other: Self) -> Self {
        match (self.is_zero(), other.is_zero()) {
            (true, _) => self,
            (_, true) => other,
            _ => self * other,
        }
    }
    fn adiv(self, other: Self) -> Self {
        if self.is_zero() { self } else { self / other }
    }

    rising! {
        exp in (0.0, INF), at 0: 1.0;
        exp_m1 in (-1.0, INF), at 0: 0.0;
        atan in (-FRAC_PI_2.next_up(), FRAC_PI_2.next_up()), at 0: 0.0;
        sinh in (-INF, INF), at 0: 0.0;
        tanh in (-1.0, 1.0), at 0: 0.0;
        asinh in (-INF, INF), at 0: 0.0;
        erf in (-1.0, 1.0), at 0: 0.0;
        norm_cdf in (0.0, 1.0), at 0: 0.5;
    }
    fn erfc(self) -> Self {
        self.falling(Real::erfc, at_zero(1.0), (0.0, 2.0))
    }
    fn cosh(self) -> Self {
        self.magnitude().rising(Real::cosh, at_zero(1.0), (1.0, INF))
    }
    fn gauss(self, c: f64) -> Self {
        self.magnitude().falling(|x| x.gauss(c), at_zero(1.0), (0.0, 1.0))
    }
    fn exp_base(self, a: f64) -> Self {
        let base = Self::lit(a);
        let Some(a) = base.exact() else { return (self * base.ln()).exp() };
        let whole = |x: f64, y: f64| {
            x.fract() == 0.0 && x.abs() < 64.0 && Self::point(a).powi(x as i32).exact() == Some(y)
        };
        if a == 1.0 {
            Interval { mark: self.mark, ..Self::point(1.0) }
        } else if a > 1.0 {
            self.rising(|x| x.exp_base(a), whole, (0.0, INF))
        } else {
            self.falling(|x| x.exp_base(a), whole, (0.0, INF))
        }
    }
    fn ln(self) -> Self {
        let x = self.within(0.0, INF, (false, true));
        x.rising(Real::ln, |x, _| x == 1.0, (-INF, INF))
    }
    fn ln_1p(self) -> Self {
        let x = self.within(-1.0, INF, (false, true));
        x.rising(Real::ln_1p, |x, _| x == 0.0, (-INF, INF))
    }
    fn log_base(self, a: f64) -> Self {
        let base = Self::lit(a);
        let Some(a) = base.exact() else { return self.ln() / base.ln() };
        let x = self.within(0.0, INF, (false, true));
        let whole = |x: f64, y: f64| {
            y.fract() == 0.0 && y.abs() < 64.0 && Self::point(a).powi(y as i32).exact() == Some(x)
        };
        let log = |x: f64| x.log_base(a);
        if a > 1.0 { x.rising(log, whole, (-INF, INF)) } else { x.falling(log, whole, (-INF, INF)) }
    }
    fn sqrt(self) -> Self {
        self.root(2)
    }
    fn root(self, n: u32) -> Self {
        let (x, low) = if n.is_multiple_of(2) {
            (self.within(0.0, INF, (true, true)), 0.0)
        } else {
            (self, -INF)
        };
        x.rising(|x| x.root(n), |x, y| is_root(x, y, n), (low, INF))
    }
    fn powi(self, n: i32) -> Self {
        match n {
            _ if self.lo.is_nan() => self,
            0 => Self::all_of(1.0, 1.0, self.mark),
            n if n > 0 => self.to_the(n.unsigned_abs()),
            _ => Self::point(1.0) / self.to_the(n.unsigned_abs()),
        }
    }
    fn powf(self, p: f64) -> Self {
        if p.fract() == 0.0 && p.abs() < 1e9 {
            return Real::powi(self, p as i32);
        }
        let exponent = Self::lit(p);
        let zero = p > 0.0;
        let x = self.within(0.0, INF, (zero, true));
        match exponent.exact() {
            None if zero && x.hi == 0.0 => x,
            None => {
                let (taken, at_zero) = (!x.open.0, zero && x.lo == 0.0);
                let beyond = Interval { open: (x.open.0 || at_zero, x.open.1), ..x };
                (exponent * beyond.ln()).exp().hull_if(at_zero && taken, 0.0)
            }
            Some(p) if zero => x.rising(|x| x.powf(p), |x, _| x == 0.0 || x == 1.0, (0.0, INF)),
            Some(p) => x.falling(|x| x.powf(p), |x, _| x == 1.0, (0.0, INF)),
        }
    }
    fn pow(self, b: Self) -> Self {
        match b.exact() {
            Some(p) => Real::powf(self, p),
            None => (b * self.ln()).exp(),
        }
    }
    fn atan2(self, x: Self) -> Self {
        let (y, mark) = (self, self.mark.max(x.mark));
        if y.lo.is_nan() || x.lo.is_nan() {
            return Self::NONE;
        }
        let half = Self::new(FRAC_PI_2, FRAC_PI_2.next_up());
        let angle = if x.lo > 0.0 {
            (y / x).atan()
        } else if y.lo > 0.0 {
            half - (x / y).atan()
        } else if y.hi < 0.0 {
            -half - (x / y).atan()
        } else if x.hi < 0.0 && y.lo >= 0.0 {
            half + half + (y / x).atan()
        } else {
            Self::all_of(-PI.next_up(), PI.next_up(), Mark::Jump)
        };
        angle.marked(mark)
    }
    fn hypot(self, other: Self) -> Self {
        (self.to_the(2) + other.to_the(2)).sqrt()
    }
    fn sin(self) -> Self {
        self.wave(<f64 as Real>::sin, FRAC_PI_2, 0.0)
    }
    fn cos(self) -> Self {
        self.wave(<f64 as Real>::cos, 0.0, 1.0)
    }
    fn tan(self) -> Self {
        let near = self.lo.abs() < FAR && self.hi.abs() < FAR;
        if !self.lo.is_nan() && (!near || self.meets(FRAC_PI_2, PI)) {
            return Self::ALL.marked(Mark::Partial);
        }
        self.rising(Real::tan, at_zero(0.0), (-INF, INF))
    }
    fn asin(self) -> Self {
        let x = self.within(-1.0, 1.0, (true, true));
        x.rising(Real::asin, at_zero(0.0), (-FRAC_PI_2.next_up(), FRAC_PI_2.next_up()))
    }
    fn acos(self) -> Self {
        let x = self.within(-1.0, 1.0, (true, true));
        x.falling(Real::acos, |x, y| x == 1.0 && y == 0.0, (0.0, PI.next_up()))
    }
    fn acosh(self) -> Self {
        let x = self.within(1.0, INF, (true, true));
        x.rising(Real::acosh, |x, y| x == 1.0 && y == 0.0, (0.0, INF))
    }
    fn atanh(self) -> Self {
        let x = self.within(-1.0, 1.0, (false, false));
        x.rising(Real::atanh, at_zero(0.0), (-INF, INF))
    }
    fn floor(self) -> Self {
        if self.lo.is_nan() {
            return self;
        }
        let high = self.hi.floor();
        let high =
            if self.open.1 && high == self.hi && self.hi > self.lo { high - 1.0 } else { high };
        let low = self.lo.floor();
        Self::all_of(low, high, if low == high { self.mark } else { self.mark.max(Mark::Jump) })
    }
    fn square(self) -> Self {
        self.to_the(2)
    }
}

impl Interval {
    /// With one more number, if need be.
    fn hull_if(self, needed: bool, x: f64) -> Self {
        if needed {
            Self::of(self.lower().least(End { at: x, open: false }), self.upper(), self.mark)
        } else {
            self
        }
    }
}
