//! [`Germ`]: what a function does an infinitely small step to one side.

mod functions;

use std::cmp::Ordering;

use super::{CAPACITY, Coefficient, Jet, Real};

/// A side of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// x < x₀
    Left,
    /// x > x₀
    Right,
}

impl Side {
    /// Both sides, from left to right.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// −1 on the left, 1 on the right.
    pub fn direction(self) -> f64 {
        if self == Side::Left { -1.0 } else { 1.0 }
    }
}

/// f(x₀ ± ε) for an infinitely small ε > 0: the series a₀εˢ + a₁ε^(s + 1/q) + … whose exponents may be
/// negative or fractions.
///
/// So √(x²) at 0 is |ε|, x^(1/3) has the slope ∞, max(x, x²) knows which of the two is larger beside
/// 0 and 1, and 1/x knows its sign on either side. Comparisons are decided by the first coefficient
/// that is not 0. What cannot be decided with the terms there are, makes the germ *undecided*, and so
/// everything that is computed from it; no answer is guessed.
///
/// ```
/// use chainrule_autograd::number::{Germ, Real, Side};
/// let x = Germ::variable(0.0, Side::Left, 4);
/// let y = x.square().sqrt(); // |x|
/// assert_eq!(y.derivative(1, Side::Left), Some(-1.0));
/// assert_eq!(x.recip().limit(), Some(f64::NEG_INFINITY));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Germ<C = f64> {
    /// The series in τ = ε^(1/q), to be multiplied by τ^shift.
    series: Jet<C>,
    shift: i32,
    q: u16,
    /// How many terms are worth computing, in powers of τ.
    terms: usize,
    /// Whether the series ends: nothing is left out.
    ends: bool,
    decided: bool,
}

/// Exponents of a germ are multiples of 1/60 at most: halves to sixths together have 1/60.
const FINEST: u16 = 60;
/// Leading exponents beyond this are not followed.
const FARTHEST: u32 = 1 << 20;

impl<C: Coefficient> Germ<C> {
    /// x₀ ± ε, for derivatives up to the given order.
    ///
    /// # Panics
    /// If `order ≥ CAPACITY`.
    pub fn variable(x: C, side: Side, order: usize) -> Self {
        let step = Jet::variable(C::lit(0.0), order.max(1)).cut(2);
        let series = Jet::of(x, 1) + step * Jet::lit(side.direction());
        Germ { series, shift: 0, q: 1, terms: order + 1, ends: true, decided: true }
    }

    /// A germ about which nothing is known.
    pub fn undecided() -> Self {
        Germ { decided: false, ..Self::lit(0.0) }
    }

    /// Whether anything is known.
    pub fn is_decided(&self) -> bool {
        self.decided
    }

    /// The limit for ε → 0, which may be ±∞; `None` where that is not decided.
    pub fn limit(&self) -> Option<C> {
        if !self.decided {
            return None;
        }
        let lead = self.stripped();
        if lead.shift > 0 || lead.ends && lead.series.coefficients().is_empty() {
            return Some(C::lit(0.0));
        }
        let first = lead.series.coefficient(0);
        match (lead.shift, lead.series.coefficients().is_empty()) {
            (_, true) => None,
            (0, _) => first.is_regular().then_some(first),
            _ => match first.sign()? {
                Ordering::Less => Some(C::lit(f64::NEG_INFINITY)),
                _ => Some(C::lit(f64::INFINITY)),
            },
        }
    }

    /// The k-th derivative in x from that side: the limit of the derivatives beside the point.
    pub fn derivative(&self, k: usize, side: Side) -> Option<C> {
        let d = (0..k).fold(*self, |d, _| d.slope());
        let sign = if k % 2 == 1 { side.direction() } else { 1.0 };
        d.limit().map(|d| d * C::lit(sign))
    }

    /// The coefficient of εᵏ, if the germ is a power series with that many terms.
    pub fn coefficient(&self, k: usize) -> Option<C> {
        if !self.decided || self.q != 1 {
            return None;
        }
        let at = k as i32 - self.shift;
        let from = self.series.coefficients();
        let poles = (-self.shift).clamp(0, from.len() as i32) as usize;
        if !from[..poles].iter().all(|c| c.is_zero()) {
            return None;
        }
        match usize::try_from(at) {
            Err(_) => Some(C::lit(0.0)),
            Ok(at) if at < from.len() => Some(from[at]).filter(|c| c.is_regular()),
            Ok(_) => self.ends.then_some(C::lit(0.0)),
        }
    }

    /// The sign beside the point, if it is decided.
    pub fn sign(&self) -> Option<Ordering> {
        if !self.decided {
            return None;
        }
        match self.series.coefficients().iter().find(|c| !c.is_zero()) {
            Some(c) => c.sign().filter(|_| !c.is_nan()),
            None => self.ends.then_some(Ordering::Equal),
        }
    }

    /// d/dε
    fn slope(self) -> Self {
        let exponent = |k: usize| f64::from(self.shift) + k as f64;
        let q = C::lit(f64::from(self.q));
        let series = Jet::from_fn(self.series.coefficients().len(), |k, _| {
            self.series.coefficients()[k] * C::lit(exponent(k)) / q
        });
        Germ { series, shift: self.shift - i32::from(self.q), ..self }.checked()
    }

    /// Undecided if a coefficient is, or the exponent is beyond all sense.
    fn checked(self) -> Self {
        let regular = self.series.coefficients().iter().all(|c| c.is_regular());
        let sane = self.shift.unsigned_abs() <= FARTHEST;
        if regular && sane && self.decided { self } else { Self::undecided() }
    }

    /// Without zeros in front. An empty series is 0.
    fn stripped(self) -> Self {
        let c = self.series.coefficients();
        let zeros = c.iter().take_while(|c| c.is_zero()).count();
        let series = Jet::from_fn(c.len() - zeros, |k, _| c[k + zeros]);
        Germ { series, shift: self.shift + zeros as i32, ..self }
    }

    fn is_exactly_zero(&self) -> bool {
        self.ends && self.series.coefficients().iter().all(|c| c.is_zero())
    }

    /// In powers of ε^(1/(q·n)).
    fn ramified(self, n: u16) -> Self {
        let c = self.series.coefficients();
        let wide = (c.len().saturating_sub(1)) * usize::from(n) + 1;
        let step = usize::from(n);
        if n == 1 || c.is_empty() {
            return Germ { q: self.q * n, shift: self.shift * i32::from(n), ..self };
        }
        // Beyond the last term there are n − 1 more that are known to be 0.
        let room = if self.ends { wide } else { wide + step - 1 };
        let len = room.min(CAPACITY);
        let zero = C::lit(0.0);
        let at = |k: usize| {
            if k.is_multiple_of(step) && k / step < c.len() { c[k / step] } else { zero }
        };
        let series = Jet::from_fn(len, |k, _| at(k));
        Germ {
            series,
            shift: self.shift * i32::from(n),
            q: self.q * n,
            terms: (self.terms * step).min(CAPACITY),
            ends: self.ends && wide <= CAPACITY,
            ..self
        }
    }

    /// Both in powers of the same τ; undecided if that would be too fine.
    fn aligned(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.q, other.q);
        let common = (1..=FINEST / a).map(|n| a * n).find(|m| m % b == 0);
        match common {
            Some(common) => (self.ramified(common / a), other.ramified(common / b)),
            None => (Self::undecided(), Self::undecided()),
        }
    }

    /// The first power of τ about which nothing is known.
    fn end(&self) -> i32 {
        if self.ends { i32::MAX } else { self.shift + self.series.coefficients().len() as i32 }
    }

    fn at(&self, power: i32) -> C {
        usize::try_from(power - self.shift).map_or(C::lit(0.0), |k| {
            self.series.coefficients().get(k).copied().unwrap_or(C::lit(0.0))
        })
    }

    fn joined(self, other: Self, f: impl Fn(C, C) -> C) -> Self {
        let (a, b) = self.aligned(other);
        let shift = a.shift.min(b.shift);
        let last = |g: &Self| g.shift + g.series.coefficients().len() as i32;
        let all = last(&a).max(last(&b));
        let end = all.min(a.end()).min(b.end()).min(shift + CAPACITY as i32);
        let len = (end - shift).max(0) as usize;
        let series = Jet::from_fn(len, |k, _| f(a.at(shift + k as i32), b.at(shift + k as i32)));
        Germ {
            series,
            shift,
            q: a.q,
            terms: a.terms.max(b.terms),
            ends: a.ends && b.ends && end == all,
            decided: a.decided && b.decided,
        }
        .checked()
    }

    /// A series in τ with as many terms as are known and worth it, for functions that are analytic at
    /// the limit; `None` at a pole.
    fn plain(self) -> Option<Jet<C>> {
        let lead = if self.shift < 0 { self.stripped() } else { self };
        if lead.shift < 0 && !lead.series.coefficients().is_empty() {
            return None;
        }
        let len = lead.end().min(lead.terms as i32).max(0) as usize;
        (len > 0).then(|| Jet::from_fn(len, |k, _| lead.at(k as i32)))
    }

    /// f of it, for an f that is analytic at the limit, or has a limit at ±∞ that it approaches
    /// faster than any power.
    fn through(self, f: impl Fn(Jet<C>) -> Jet<C>, limits: [Option<f64>; 2]) -> Self {
        if !self.decided {
            return self;
        }
        let constant = self.ends
            && self.shift >= 0
            && self.stripped().series.coefficients().len()
                <= usize::from(self.stripped().shift == 0);
        if constant {
            let series = f(Jet::of(self.at(0), 1));
            return Germ { series, shift: 0, ends: true, ..self }.checked();
        }
        if let Some(x) = self.plain() {
            return Germ { series: f(x), shift: 0, ends: false, ..self }.checked();
        }
        let limit = match self.sign() {
            Some(Ordering::Less) => limits[0],
            Some(Ordering::Greater) => limits[1],
            _ => None,
        };
        limit.map_or(Self::undecided(), |limit| {
            let series = Jet::of(C::lit(limit), self.terms);
            Germ { series, shift: 0, ends: false, ..self }
        })
    }

    /// aᵖ, p = n/d in lowest terms: τ^(s·p)·(what is left)ᵖ.
    fn power(self, n: i32, d: u16, f: impl Fn(Jet<C>) -> Jet<C>) -> Self {
        if !self.decided || self.is_exactly_zero() {
            let zero = self.decided && n > 0;
            return if zero { self } else { Self::undecided() };
        }
        let lead = self.stripped();
        let scaled = |shift: i32| i64::from(shift) * i64::from(n);
        let whole = scaled(lead.shift) % i64::from(d) == 0;
        let lead = if whole { lead } else { lead.ramified(d) };
        let shift = i32::try_from(scaled(lead.shift) / i64::from(d)).unwrap_or(i32::MAX);
        let c = lead.series.coefficients();
        if lead.q > FINEST || c.is_empty() || c[0].sign().is_none() {
            return Self::undecided();
        }
        let one_term = lead.ends && c.len() == 1;
        let len = if one_term {
            1
        } else if lead.ends {
            lead.terms.max(c.len()).min(CAPACITY)
        } else {
            c.len()
        };
        // A whole power of a series that ends ends, if there is room for it.
        let whole = lead.ends && d == 1 && n >= 0;
        let room = (c.len() - 1).saturating_mul(n.unsigned_abs() as usize).saturating_add(1);
        let ends = one_term || whole && room <= CAPACITY;
        let series = f(lead.series.cut(if whole && ends { room } else { len }));
        Germ { series, shift, ends, ..lead }.checked()
    }
}
