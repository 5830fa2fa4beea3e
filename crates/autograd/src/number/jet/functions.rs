//! Arithmetic and elementary functions of series.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{JetOf, sum};
use crate::number::{Coefficient, Real};

impl<C: Coefficient, const ROOM: usize> Neg for JetOf<C, ROOM> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from_fn(self.len, |k, _| -self.c[k])
    }
}
impl<C: Coefficient, const ROOM: usize> Add for JetOf<C, ROOM> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}
impl<C: Coefficient, const ROOM: usize> Sub for JetOf<C, ROOM> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}
impl<C: Coefficient, const ROOM: usize> Mul for JetOf<C, ROOM> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::from_fn(self.len.max(other.len), |k, _| {
            let (from, to) = ((k + 1).saturating_sub(other.len), k.min(self.len - 1));
            sum((from..=to).map(|j| self.c[j] * other.c[k - j]))
        })
    }
}
impl<C: Coefficient, const ROOM: usize> Div for JetOf<C, ROOM> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::from_fn(self.len.max(other.len), |k, q| {
            let from = (k + 1).saturating_sub(other.len);
            let known = sum((from..k).map(|j| q[j] * other.c[k - j]));
            (self.c[k] - known) / other.c[0]
        })
    }
}

impl<C: Coefficient, const ROOM: usize> Real for JetOf<C, ROOM> {
    const EXACT: bool = C::EXACT;

    fn lit(value: f64) -> Self {
        Self::of(C::lit(value), 1)
    }

    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        if C::RECORDED {
            return self.each(other, [less, equal, greater], C::by_order);
        }
        let outcomes = self.c[0].outcomes(other.c[0]);
        match outcomes.choose([less, equal, greater], Self::hull) {
            None => Self::nan(self.len.max(other.len)),
            Some((y, several)) => if several { y.jumping(0) } else { y }.chosen_by(self, other),
        }
    }

    fn bend(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        if C::RECORDED {
            return self.each(other, [less, equal, greater], C::bend);
        }
        let outcomes = self.c[0].outcomes(other.c[0]);
        match outcomes.choose([less, equal, greater], Self::hull) {
            None => Self::nan(self.len.max(other.len)),
            Some((y, several)) => if several { y.jumping(1) } else { y }.chosen_by(self, other),
        }
    }

    fn at_least(mut self, bound: Self) -> Self {
        self.c[0] = self.c[0].at_least(bound.c[0]);
        self
    }

    fn seam(self, order: usize, x: Self) -> Self {
        let across = !C::RECORDED && x.c[0].outcomes(C::lit(0.0)).equal;
        if across { self.jumping(order) } else { self }
    }

    fn pos(self, yes: Self, no: Self) -> Self {
        if C::RECORDED {
            return yes.zip(no, |yes, no| self.c[0].pos(yes, no));
        }
        let outcomes = self.c[0].outcomes(C::lit(0.0));
        match (outcomes.greater || outcomes.equal, outcomes.less) {
            (true, false) => yes,
            (true, true) => yes.hull(no),
            _ => no,
        }
    }

    fn amul(self, other: Self) -> Self {
        let zero = |a: &Self| a.coefficients().iter().all(|c| c.is_zero());
        if zero(&self) || zero(&other) { Self::lit(0.0) } else { self * other }
    }

    fn adiv(self, other: Self) -> Self {
        let zero = self.coefficients().iter().all(|c| c.is_zero());
        if zero { Self::lit(0.0) } else { self / other }
    }

    /// What rounding took from the value; it does not count in the other coefficients.
    fn two_product(self, other: Self) -> (Self, Self) {
        (self * other, Self::constant(self.c[0].two_product(other.c[0]).1))
    }

    fn exp(self) -> Self {
        Self::from_fn(self.len, |k, y| if k == 0 { self.c[0].exp() } else { self.weighted(k, y) })
    }
    fn exp_m1(self) -> Self {
        let slope = self.exp();
        Self::from_fn(self.len, |k, _| if k == 0 { self.c[0].exp_m1() } else { slope.c[k] })
    }
    fn exp_base(self, a: f64) -> Self {
        let y0 = self.c[0].exp_base(a);
        let scaled = self * Self::of(C::lit(a).ln(), 1);
        Self::from_fn(self.len, |k, y| if k == 0 { y0 } else { scaled.weighted(k, y) })
    }
    fn ln(self) -> Self {
        self.integrate(self.c[0].ln(), self.recip())
    }
    fn ln_1p(self) -> Self {
        self.integrate(self.c[0].ln_1p(), (self + Self::lit(1.0)).recip())
    }
    fn log_base(self, a: f64) -> Self {
        self.integrate(self.c[0].log_base(a), (self * Self::of(C::lit(a).ln(), 1)).recip())
    }
    fn sqrt(self) -> Self {
        self.power(C::lit(0.5), self.c[0].sqrt())
    }
    fn root(self, n: u32) -> Self {
        self.power(C::lit(1.0) / C::lit(f64::from(n)), self.c[0].root(n))
    }
    fn powi(self, n: i32) -> Self {
        let mut y = Self::of(C::lit(1.0), self.len);
        let mut square = self;
        let mut left = n.unsigned_abs();
        while left > 0 {
            if left % 2 == 1 {
                y = y * square;
            }
            left /= 2;
            if left > 0 {
                square = square * square;
            }
        }
        let mut y = if n < 0 { y.recip() } else { y };
        y.c[0] = self.c[0].powi(n);
        y
    }
    fn powf(self, p: f64) -> Self {
        if p == p.trunc() && p.abs() <= f64::from(i32::MAX) {
            return Real::powi(self, p as i32);
        }
        self.power(C::lit(p), self.c[0].powf(p))
    }
    fn pow(self, b: Self) -> Self {
        if let [p] = b.coefficients()
            && let Some(p) = p.exact()
        {
            return self.powf(p);
        }
        let mut y = (b * self.ln()).exp();
        y.c[0] = self.c[0].pow(b.c[0]);
        y
    }
    fn atan2(self, x: Self) -> Self {
        let r2 = self * self + x * x;
        let (dy, dx) = (self.slope(), x.slope());
        let slope = (x * dy - self * dx) / r2;
        let y0 = self.c[0].atan2(x.c[0]);
        let len = self.len.max(x.len);
        Self::from_fn(len, |k, _| if k == 0 { y0 } else { slope.c[k - 1] / C::lit(k as f64) })
    }
    fn hypot(self, other: Self) -> Self {
        let mut y = (self * self + other * other).sqrt();
        y.c[0] = self.c[0].hypot(other.c[0]);
        y
    }
    fn sin(self) -> Self {
        self.coupled(self.c[0].sin(), self.c[0].cos(), -1.0).0
    }
    fn cos(self) -> Self {
        self.coupled(self.c[0].sin(), self.c[0].cos(), -1.0).1
    }
    fn tan(self) -> Self {
        let (s, c) = self.coupled(self.c[0].sin(), self.c[0].cos(), -1.0);
        let mut y = s / c;
        y.c[0] = self.c[0].tan();
        y
    }
    fn asin(self) -> Self {
        let one = Self::lit(1.0);
        self.integrate(self.c[0].asin(), ((one - self) * (one + self)).sqrt().recip())
    }
    fn acos(self) -> Self {
        let one = Self::lit(1.0);
        self.integrate(self.c[0].acos(), -((one - self) * (one + self)).sqrt().recip())
    }
    fn atan(self) -> Self {
        self.integrate(self.c[0].atan(), (Self::lit(1.0) + self * self).recip())
    }
    fn sinh(self) -> Self {
        self.coupled(self.c[0].sinh(), self.c[0].cosh(), 1.0).0
    }
    fn cosh(self) -> Self {
        self.coupled(self.c[0].sinh(), self.c[0].cosh(), 1.0).1
    }
    fn tanh(self) -> Self {
        let e = (C::lit(2.0) * self.c[0].neg_abs()).exp();
        let sum = C::lit(1.0) + e;
        self.tanh_like(self.c[0].tanh(), C::lit(4.0) * e / (sum * sum))
    }
    fn asinh(self) -> Self {
        self.integrate(self.c[0].asinh(), (self * self + Self::lit(1.0)).sqrt().recip())
    }
    fn acosh(self) -> Self {
        let one = Self::lit(1.0);
        self.integrate(self.c[0].acosh(), ((self - one) * (self + one)).sqrt().recip())
    }
    fn atanh(self) -> Self {
        let one = Self::lit(1.0);
        self.integrate(self.c[0].atanh(), ((one - self) * (one + self)).recip())
    }
    fn erf(self) -> Self {
        let slope = self.gauss(1.0) * Self::lit(std::f64::consts::FRAC_2_SQRT_PI);
        self.integrate(self.c[0].erf(), slope)
    }
    fn erfc(self) -> Self {
        let slope = -self.gauss(1.0) * Self::lit(std::f64::consts::FRAC_2_SQRT_PI);
        self.integrate(self.c[0].erfc(), slope)
    }
    fn norm_cdf(self) -> Self {
        const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;
        self.integrate(self.c[0].norm_cdf(), self.gauss(0.5) * Self::lit(INV_SQRT_2PI))
    }
    fn gauss(self, c: f64) -> Self {
        let y0 = self.c[0].gauss(c);
        let exponent = self * self * Self::lit(-c);
        Self::from_fn(self.len, |k, y| if k == 0 { y0 } else { exponent.weighted(k, y) })
    }
    fn floor(self) -> Self {
        Self::of(self.c[0].floor(), self.len)
    }
}
