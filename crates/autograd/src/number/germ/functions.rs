//! Arithmetic and elementary functions of germs.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Germ;
use crate::number::{CAPACITY, Coefficient, Jet, Real};

impl<C: Coefficient> Neg for Germ<C> {
    type Output = Self;
    fn neg(self) -> Self {
        Germ { series: -self.series, ..self }
    }
}
impl<C: Coefficient> Add for Germ<C> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.joined(other, |a, b| a + b)
    }
}
impl<C: Coefficient> Sub for Germ<C> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.joined(other, |a, b| a - b)
    }
}
impl<C: Coefficient> Mul for Germ<C> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        if !self.decided || !other.decided {
            return Self::undecided();
        }
        if self.is_exactly_zero() || other.is_exactly_zero() {
            return Self::lit(0.0);
        }
        let (a, b) = self.aligned(other);
        let (m, n) = (a.series.coefficients().len(), b.series.coefficients().len());
        let full = (m + n).saturating_sub(1);
        let known = |g: &Self, len: usize| if g.ends { usize::MAX } else { len };
        let len = full.min(known(&a, m)).min(known(&b, n)).min(CAPACITY);
        let ends = a.ends && b.ends && len == full;
        let series = a.series.cut(len) * b.series.cut(len);
        Germ { series, shift: a.shift + b.shift, terms: a.terms.max(b.terms), ends, ..a }.checked()
    }
}
impl<C: Coefficient> Div for Germ<C> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self * other.power(-1, 1, |b| b.recip())
    }
}

/// The functions that are analytic where they are defined, with their limits at −∞ and ∞ where they
/// approach them faster than any power.
macro_rules! analytic {
    ($($f:ident($($p:ident: $type:ty)?) $(, $low:expr, $high:expr)?;)*) => { $(
        fn $f(self $(, $p: $type)?) -> Self {
            #[allow(unused_mut, unused_assignments)]
            let mut limits = [None, None];
            $(limits = [$low, $high];)?
            self.through(|x| x.$f($($p)?), limits)
        }
    )* };
}

impl<C: Coefficient> Real for Germ<C> {
    const EXACT: bool = true;

    fn lit(value: f64) -> Self {
        let series = Jet::of(C::lit(value), 1);
        let germ = Germ { series, shift: 0, q: 1, terms: 1, ends: true, decided: true };
        if value.is_finite() { germ } else { Germ { decided: false, ..germ } }
    }

    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        match (self - other).sign() {
            Some(Ordering::Less) => less,
            Some(Ordering::Equal) => equal,
            Some(Ordering::Greater) => greater,
            None => Self::undecided(),
        }
    }
    fn pos(self, yes: Self, no: Self) -> Self {
        match self.sign() {
            Some(Ordering::Less) => no,
            Some(_) => yes,
            // Either may hold: what both say is true.
            None if self.decided => yes.joined(no, C::hull),
            None => self,
        }
    }
    fn amul(self, other: Self) -> Self {
        let zero = |g: &Self| g.decided && g.is_exactly_zero();
        if zero(&self) || zero(&other) { Self::lit(0.0) } else { self * other }
    }
    fn adiv(self, other: Self) -> Self {
        if self.decided && self.is_exactly_zero() { self } else { self / other }
    }

    analytic! {
        exp(), Some(0.0), None;
        exp_m1(), Some(-1.0), None;
        ln();
        ln_1p();
        log_base(a: f64);
        sin();
        cos();
        tan();
        asin();
        acos();
        sinh();
        cosh();
        tanh(), Some(-1.0), Some(1.0);
        asinh();
        acosh();
        atanh();
        erf(), Some(-1.0), Some(1.0);
        erfc(), Some(2.0), Some(0.0);
        norm_cdf(), Some(0.0), Some(1.0);
        gauss(c: f64), Some(0.0), Some(0.0);
    }
    /// At a pole ±π/2 − arctan(1/x).
    fn atan(self) -> Self {
        let turn = |c: f64| Self::lit(c * std::f64::consts::FRAC_PI_2);
        match self.sign() {
            Some(Ordering::Less) if self.plain().is_none() => turn(-1.0) - self.recip().atan(),
            Some(Ordering::Greater) if self.plain().is_none() => turn(1.0) - self.recip().atan(),
            _ => self.through(|x| x.atan(), [None, None]),
        }
    }
    fn exp_base(self, a: f64) -> Self {
        let limits = match a {
            1.0 => [Some(1.0), Some(1.0)],
            a if a > 1.0 => [Some(0.0), None],
            _ => [None, Some(0.0)],
        };
        self.through(|x| x.exp_base(a), limits)
    }
    fn sqrt(self) -> Self {
        self.power(1, 2, Jet::sqrt)
    }
    fn root(self, n: u32) -> Self {
        match u16::try_from(n) {
            Ok(d) if d <= 12 => self.power(1, d, |x| x.root(n)),
            _ => self.through(|x| x.root(n), [None, None]),
        }
    }
    fn powi(self, n: i32) -> Self {
        match n {
            0 => Self::lit(1.0).joined(self, |one, _| one),
            _ => self.power(n, 1, |x| Real::powi(x, n)),
        }
    }
    fn powf(self, p: f64) -> Self {
        if p.fract() == 0.0 && p.abs() < 1e6 {
            return Real::powi(self, p as i32);
        }
        let fraction = (2..=12u16).find(|&d| (p * f64::from(d)).fract() == 0.0 && p.abs() < 1e3);
        match fraction {
            Some(d) => self.power((p * f64::from(d)) as i32, d, |x| x.powf(p)),
            None => self.through(|x| x.powf(p), [None, None]),
        }
    }
    fn pow(self, b: Self) -> Self {
        let constant = b.decided && b.ends && b.q == 1 && b.shift == 0;
        match b.series.coefficients() {
            [b] if constant && b.exact().is_some() => self.powf(b.exact().unwrap_or(1.0)),
            _ => (b * self.ln()).exp(),
        }
    }
    fn atan2(self, x: Self) -> Self {
        let y = self;
        let turn = |c: f64| Self::lit(c * std::f64::consts::FRAC_PI_2);
        match (y.sign(), x.sign()) {
            (Some(Ordering::Equal), Some(Ordering::Equal)) => Self::lit(0.0),
            (_, Some(Ordering::Greater)) if (y / x).plain().is_some() => (y / x).atan(),
            (Some(Ordering::Greater), Some(Ordering::Less)) if (y / x).plain().is_some() => {
                turn(2.0) + (y / x).atan()
            }
            (Some(Ordering::Less), Some(Ordering::Less)) if (y / x).plain().is_some() => {
                turn(-2.0) + (y / x).atan()
            }
            (Some(Ordering::Greater), _) => turn(1.0) - (x / y).atan(),
            (Some(Ordering::Less), _) => turn(-1.0) - (x / y).atan(),
            (Some(Ordering::Equal), Some(Ordering::Less)) => turn(2.0),
            _ => Self::undecided(),
        }
    }
    fn hypot(self, other: Self) -> Self {
        (self * self + other * other).sqrt()
    }
    fn floor(self) -> Self {
        let Some(at) = self.limit().map(C::floor).filter(|at| at.is_regular()) else {
            return Self::undecided();
        };
        let below = Self::of(at);
        match (self - below).sign() {
            Some(Ordering::Less) => below - Self::lit(1.0),
            Some(_) => below,
            None => Self::undecided(),
        }
    }
}

impl<C: Coefficient> Germ<C> {
    fn of(value: C) -> Self {
        Germ { series: Jet::of(value, 1), ..Self::lit(0.0) }
    }
}
