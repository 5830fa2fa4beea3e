//! [`Jet`]: truncated Taylor series, hence derivatives of every order.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Real;

/// How many coefficients a jet has room for: orders 0 to 23.
pub const CAPACITY: usize = 24;

/// The Taylor coefficients c₀ + c₁t + … of a function along t, cut at a length known at run time.
///
/// A constant has length 1, so its products cost nothing extra; everything that depends on the
/// variable has the length the variable was made with. Every operation costs O(n²).
/// Recurrences: Griewank & Walther, *Evaluating Derivatives*, 2nd ed., ch. 13.
///
/// ```
/// use chainrule_autograd::number::{Jet, Real};
/// let y = Jet::variable(0.0, 4).exp(); // 1 + t + t²/2 + t³/6 + t⁴/24
/// assert_eq!(y.coefficient(4), 1.0 / 24.0);
/// assert_eq!(y.derivative(4), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jet {
    c: [f64; CAPACITY],
    len: usize,
}

impl Jet {
    /// The series x + t, up to the given order.
    ///
    /// # Panics
    /// If `order ≥ CAPACITY`.
    pub fn variable(x: f64, order: usize) -> Self {
        assert!(order < CAPACITY, "a jet holds orders 0 to {}, not {order}", CAPACITY - 1);
        Self::from_fn(order + 1, |k, _| [x, 1.0].get(k).copied().unwrap_or(0.0))
    }

    /// The k-th Taylor coefficient f⁽ᵏ⁾/k!: 0 beyond the jet's length, NaN if the jet is.
    pub fn coefficient(&self, k: usize) -> f64 {
        let beyond = if self.c[0].is_nan() { f64::NAN } else { 0.0 };
        self.coefficients().get(k).copied().unwrap_or(beyond)
    }

    /// The k-th derivative, k!·cₖ.
    pub fn derivative(&self, k: usize) -> f64 {
        (1..=k).fold(self.coefficient(k), |d, i| d * i as f64)
    }

    /// The coefficients, as many as the jet was made with.
    pub fn coefficients(&self) -> &[f64] {
        &self.c[..self.len]
    }

    /// Coefficient by coefficient; the closure sees those already made.
    fn from_fn(len: usize, mut f: impl FnMut(usize, &[f64]) -> f64) -> Self {
        let mut c = [0.0; CAPACITY];
        for k in 0..len {
            c[k] = f(k, &c[..k]);
        }
        Jet { c, len }
    }

    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self::from_fn(self.len.max(other.len), |k, _| f(self.c[k], other.c[k]))
    }

    /// y with y₀ given and y′ = slope·a′: yₖ = (1/k) Σ j·aⱼ·sₖ₋ⱼ.
    fn integrate(self, y0: f64, slope: Jet) -> Self {
        Self::from_fn(self.len, |k, _| if k == 0 { y0 } else { self.weighted(k, &slope.c) })
    }

    /// (1/k) Σⱼ₌₁ᵏ j·aⱼ·sₖ₋ⱼ
    fn weighted(&self, k: usize, s: &[f64]) -> f64 {
        (1..=k).map(|j| j as f64 * self.c[j] * s[k - j]).sum::<f64>() / k as f64
    }

    /// The pair (s, c) with s′ = c·a′, c′ = sign·s·a′: sine and cosine, or their hyperbolic twins.
    fn coupled(self, s0: f64, c0: f64, sign: f64) -> (Self, Self) {
        let (mut s, mut c) = (Jet::lit(s0), Jet::lit(c0));
        (s.len, c.len) = (self.len, self.len);
        for k in 1..self.len {
            s.c[k] = self.weighted(k, &c.c);
            c.c[k] = sign * self.weighted(k, &s.c);
        }
        (s, c)
    }

    /// y with y′ = (1 − y²)·a′.
    fn tanh_like(self, y0: f64, w0: f64) -> Self {
        let (mut y, mut w) = (Jet::lit(y0), Jet::lit(w0));
        y.len = self.len;
        for k in 1..self.len {
            y.c[k] = self.weighted(k, &w.c);
            w.c[k] = -(0..=k).map(|j| y.c[j] * y.c[k - j]).sum::<f64>();
        }
        y
    }

    /// aᵖ for a₀ ≠ 0: yₖ = (1/(k·a₀)) Σⱼ₌₁ᵏ (p·j − (k − j))·aⱼ·yₖ₋ⱼ.
    fn power(self, p: f64, y0: f64) -> Self {
        Self::from_fn(self.len, |k, y| {
            if k == 0 {
                return y0;
            }
            let sum: f64 =
                (1..=k).map(|j| (p * j as f64 - (k - j) as f64) * self.c[j] * y[k - j]).sum();
            sum / (k as f64 * self.c[0])
        })
    }

    /// The series of the derivative along t, of the same length (its last coefficient is 0).
    fn slope(self) -> Self {
        let c = |k: usize| self.c.get(k + 1).map_or(0.0, |c| (k + 1) as f64 * c);
        Self::from_fn(self.len, |k, _| if k + 1 < self.len { c(k) } else { 0.0 })
    }

    fn of(value: f64, len: usize) -> Self {
        Self::from_fn(len, |k, _| if k == 0 { value } else { 0.0 })
    }
}

impl Neg for Jet {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from_fn(self.len, |k, _| -self.c[k])
    }
}
impl Add for Jet {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}
impl Sub for Jet {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}
impl Mul for Jet {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::from_fn(self.len.max(other.len), |k, _| {
            let (from, to) = ((k + 1).saturating_sub(other.len), k.min(self.len - 1));
            (from..=to).map(|j| self.c[j] * other.c[k - j]).sum()
        })
    }
}
impl Div for Jet {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::from_fn(self.len.max(other.len), |k, q| {
            let from = (k + 1).saturating_sub(other.len);
            let known: f64 = (from..k).map(|j| q[j] * other.c[k - j]).sum();
            (self.c[k] - known) / other.c[0]
        })
    }
}

impl Real for Jet {
    fn lit(value: f64) -> Self {
        Self::of(value, 1)
    }

    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        match self.c[0].partial_cmp(&other.c[0]) {
            Some(std::cmp::Ordering::Less) => less,
            Some(std::cmp::Ordering::Equal) => equal,
            Some(std::cmp::Ordering::Greater) => greater,
            None => Self::from_fn(self.len.max(other.len), |_, _| f64::NAN),
        }
    }

    fn pos(self, yes: Self, no: Self) -> Self {
        if self.c[0] >= 0.0 { yes } else { no }
    }

    fn amul(self, other: Self) -> Self {
        let zero = |a: &Self| a.coefficients().iter().all(|&c| c == 0.0);
        if zero(&self) || zero(&other) { Self::lit(0.0) } else { self * other }
    }

    fn adiv(self, other: Self) -> Self {
        if self.coefficients().iter().all(|&c| c == 0.0) { Self::lit(0.0) } else { self / other }
    }

    /// What rounding took from the value; it does not count in the other coefficients.
    fn two_product(self, other: Self) -> (Self, Self) {
        (self * other, Self::lit(self.c[0].two_product(other.c[0]).1))
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
        let scaled = self * Self::lit(a.ln());
        Self::from_fn(self.len, |k, y| if k == 0 { y0 } else { scaled.weighted(k, y) })
    }
    fn ln(self) -> Self {
        self.integrate(self.c[0].ln(), self.recip())
    }
    fn ln_1p(self) -> Self {
        self.integrate(self.c[0].ln_1p(), (self + Self::lit(1.0)).recip())
    }
    fn log_base(self, a: f64) -> Self {
        self.integrate(self.c[0].log_base(a), (self * Self::lit(a.ln())).recip())
    }
    fn sqrt(self) -> Self {
        self.power(0.5, self.c[0].sqrt())
    }
    fn root(self, n: u32) -> Self {
        self.power(1.0 / f64::from(n), self.c[0].root(n))
    }
    fn powi(self, n: i32) -> Self {
        let mut y = Self::of(1.0, self.len);
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
        self.power(p, self.c[0].powf(p))
    }
    fn pow(self, b: Self) -> Self {
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
        Self::from_fn(len, |k, _| if k == 0 { y0 } else { slope.c[k - 1] / k as f64 })
    }
    fn hypot(self, other: Self) -> Self {
        let mut y = (self * self + other * other).sqrt();
        y.c[0] = self.c[0].hypot(other.c[0]);
        y
    }
    fn sin(self) -> Self {
        self.coupled(Real::sin(self.c[0]), Real::cos(self.c[0]), -1.0).0
    }
    fn cos(self) -> Self {
        self.coupled(Real::sin(self.c[0]), Real::cos(self.c[0]), -1.0).1
    }
    fn tan(self) -> Self {
        let (s, c) = self.coupled(Real::sin(self.c[0]), Real::cos(self.c[0]), -1.0);
        let mut y = s / c;
        y.c[0] = Real::tan(self.c[0]);
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
        let e = (-2.0 * self.c[0].abs()).exp();
        self.tanh_like(self.c[0].tanh(), 4.0 * e / ((1.0 + e) * (1.0 + e)))
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
        self.integrate(libm::erf(self.c[0]), slope)
    }
    fn erfc(self) -> Self {
        let slope = -self.gauss(1.0) * Self::lit(std::f64::consts::FRAC_2_SQRT_PI);
        self.integrate(libm::erfc(self.c[0]), slope)
    }
    fn norm_cdf(self) -> Self {
        const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;
        self.integrate(self.c[0].norm_cdf(), self.gauss(0.5) * Self::lit(INV_SQRT_2PI))
    }
    fn gauss(self, c: f64) -> Self {
        let y0 = Real::gauss(self.c[0], c);
        let exponent = self * self * Self::lit(-c);
        Self::from_fn(self.len, |k, y| if k == 0 { y0 } else { exponent.weighted(k, y) })
    }
    fn floor(self) -> Self {
        Self::of(self.c[0].floor(), self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn derivatives(y: Jet, want: &[f64]) {
        for (k, &w) in want.iter().enumerate() {
            let got = y.derivative(k);
            assert!((got - w).abs() <= 1e-13 * w.abs().max(1.0), "order {k}: {got} for {w}");
        }
    }

    #[test]
    fn known_series() {
        let x = Jet::variable(0.0, 6);
        derivatives(x.sin(), &[0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0]);
        derivatives(x.cosh(), &[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        derivatives(x.tanh(), &[0.0, 1.0, 0.0, -2.0, 0.0, 16.0, 0.0]);
        derivatives(x.atan(), &[0.0, 1.0, 0.0, -2.0, 0.0, 24.0, 0.0]);
        derivatives(x.asin(), &[0.0, 1.0, 0.0, 1.0, 0.0, 9.0, 0.0]);
        derivatives(x.ln_1p(), &[0.0, 1.0, -1.0, 2.0, -6.0, 24.0, -120.0]);
        derivatives(Jet::variable(4.0, 3).sqrt(), &[2.0, 0.25, -1.0 / 32.0, 3.0 / 256.0]);
        derivatives(Real::powi(x, 3), &[0.0, 0.0, 0.0, 6.0, 0.0]);
        derivatives(Real::powi(Jet::variable(2.0, 2), -1), &[0.5, -0.25, 0.25]);
    }

    #[test]
    fn nan_and_choices() {
        let nan = Jet::variable(f64::NAN, 2);
        let one = Jet::lit(1.0);
        assert!(nan.split(one, one, one).coefficient(1).is_nan());
        let x = Jet::variable(-1.0, 2);
        assert_eq!(x.split(-x, x, x).coefficient(1), -1.0);
    }
}
