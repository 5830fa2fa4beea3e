//! [`Jet`], [`ShortJet`]: truncated Taylor series, hence derivatives of every order.

mod functions;

use super::{Coefficient, Mark};

/// How many coefficients a [`Jet`] has room for: orders 0 to 23.
pub const CAPACITY: usize = 24;

/// How many coefficients a [`ShortJet`] has room for: orders 0 to 7.
pub const SHORT: usize = 8;

/// 0! to 22!, which are doubles; 23! is not.
const FACTORIALS: [f64; 23] = {
    let mut list = [1.0; 23];
    let mut k = 1;
    while k < list.len() {
        list[k] = list[k - 1] * k as f64;
        k += 1;
    }
    list
};

/// A jet of any order up to 23.
pub type Jet<C = f64> = JetOf<C, CAPACITY>;

/// A jet of orders up to 7: a third of the memory to copy from operation to operation.
pub type ShortJet<C = f64> = JetOf<C, SHORT>;

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
pub struct JetOf<C, const ROOM: usize> {
    c: [C; ROOM],
    len: usize,
}

impl<C: Coefficient, const ROOM: usize> JetOf<C, ROOM> {
    /// The series x + t, up to the given order.
    ///
    /// # Panics
    /// If the order is above 23, of a [`ShortJet`] above 7.
    pub fn variable(x: C, order: usize) -> Self {
        assert!(order < ROOM, "a jet holds orders 0 to {}, not {order}", ROOM - 1);
        Self::from_fn(order + 1, |k, _| match k {
            0 => x,
            1 => C::lit(1.0),
            _ => C::lit(0.0),
        })
    }

    /// A series of one term.
    pub fn constant(value: C) -> Self {
        Self::of(value, 1)
    }

    /// The k-th Taylor coefficient f⁽ᵏ⁾/k!: 0 beyond the jet's length, NaN if the jet is.
    pub fn coefficient(&self, k: usize) -> C {
        let beyond = C::lit(if self.c[0].is_nan() { f64::NAN } else { 0.0 });
        self.coefficients().get(k).copied().unwrap_or(beyond)
    }

    /// The k-th derivative, k!·cₖ.
    pub fn derivative(&self, k: usize) -> C {
        if k < 2 {
            return self.coefficient(k);
        }
        let exact = k.min(FACTORIALS.len() - 1);
        let d = self.coefficient(k) * C::lit(FACTORIALS[exact]);
        (exact + 1..=k).fold(d, |d, i| d * C::lit(i as f64))
    }

    /// The coefficients, as many as the jet was made with.
    pub fn coefficients(&self) -> &[C] {
        &self.c[..self.len]
    }

    /// Coefficient by coefficient; the closure sees those already made.
    pub(super) fn from_fn(len: usize, mut f: impl FnMut(usize, &[C]) -> C) -> Self {
        let mut c = [C::lit(0.0); ROOM];
        for k in 0..len {
            c[k] = f(k, &c[..k]);
        }
        JetOf { c, len }
    }

    fn zip(self, other: Self, f: impl Fn(C, C) -> C) -> Self {
        Self::from_fn(self.len.max(other.len), |k, _| f(self.c[k], other.c[k]))
    }

    /// y with y₀ given and y′ = slope·a′: yₖ = (1/k) Σ j·aⱼ·sₖ₋ⱼ.
    fn integrate(self, y0: C, slope: Self) -> Self {
        Self::from_fn(self.len, |k, _| if k == 0 { y0 } else { self.weighted(k, &slope.c) })
    }

    /// (1/k) Σⱼ₌₁ᵏ j·aⱼ·sₖ₋ⱼ
    fn weighted(&self, k: usize, s: &[C]) -> C {
        sum((1..=k).map(|j| C::lit(j as f64) * self.c[j] * s[k - j])) / C::lit(k as f64)
    }

    /// The pair (s, c) with s′ = c·a′, c′ = sign·s·a′: sine and cosine, or their hyperbolic twins.
    fn coupled(self, s0: C, c0: C, sign: f64) -> (Self, Self) {
        let (mut s, mut c) = (Self::of(s0, self.len), Self::of(c0, self.len));
        for k in 1..self.len {
            s.c[k] = self.weighted(k, &c.c);
            c.c[k] = C::lit(sign) * self.weighted(k, &s.c);
        }
        (s, c)
    }

    /// y with y′ = (1 − y²)·a′.
    fn tanh_like(self, y0: C, w0: C) -> Self {
        let (mut y, mut w) = (Self::of(y0, self.len), Self::of(w0, self.len));
        for k in 1..self.len {
            y.c[k] = self.weighted(k, &w.c);
            w.c[k] = -sum((0..=k).map(|j| y.c[j] * y.c[k - j]));
        }
        y
    }

    /// aᵖ for a₀ ≠ 0: yₖ = (1/(k·a₀)) Σⱼ₌₁ᵏ (p·j − (k − j))·aⱼ·yₖ₋ⱼ.
    fn power(self, p: C, y0: C) -> Self {
        Self::from_fn(self.len, |k, y| {
            if k == 0 {
                return y0;
            }
            let factor = |j: usize| p * C::lit(j as f64) - C::lit((k - j) as f64);
            let terms = (1..=k).map(|j| factor(j) * self.c[j] * y[k - j]);
            sum(terms) / (C::lit(k as f64) * self.c[0])
        })
    }

    /// The series of the derivative along t, of the same length (its last coefficient is 0).
    fn slope(self) -> Self {
        Self::from_fn(self.len, |k, _| match k + 1 {
            k if k < self.len => C::lit(k as f64) * self.c[k],
            _ => C::lit(0.0),
        })
    }

    /// The first coefficients.
    pub(super) fn cut(self, len: usize) -> Self {
        Self::from_fn(len, |k, _| self.coefficient(k))
    }

    /// A series that stands for either.
    fn hull(self, other: Self) -> Self {
        self.zip(other, C::hull)
    }

    /// Coefficients from one on may jump.
    fn jumping(self, from: usize) -> Self {
        let mark = |k: usize, c: C| if k < from { c } else { c.marked(Mark::Jump) };
        Self::from_fn(self.len, |k, _| mark(k, self.c[k]))
    }

    /// A choice made by comparing two numbers is undefined where they are.
    fn chosen_by(self, a: Self, b: Self) -> Self {
        match a.c[0].mark().max(b.c[0].mark()) {
            Mark::Partial => Self::from_fn(self.len, |k, _| self.c[k].marked(Mark::Partial)),
            _ => self,
        }
    }

    /// A choice for each coefficient, by the first ones of two series.
    fn each(self, other: Self, [l, e, g]: [Self; 3], f: impl Fn(C, C, C, C, C) -> C) -> Self {
        let len = l.len.max(e.len).max(g.len);
        Self::from_fn(len, |k, _| f(self.c[0], other.c[0], l.c[k], e.c[k], g.c[k]))
    }

    fn nan(len: usize) -> Self {
        Self::from_fn(len, |_, _| C::lit(f64::NAN))
    }

    pub(super) fn of(value: C, len: usize) -> Self {
        Self::from_fn(len, |k, _| if k == 0 { value } else { C::lit(0.0) })
    }
}

/// Σ terms
fn sum<C: Coefficient>(mut terms: impl Iterator<Item = C>) -> C {
    let first = terms.next().unwrap_or(C::lit(0.0));
    terms.fold(first, |sum, term| sum + term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Real;

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
