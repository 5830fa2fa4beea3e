//! Exact fractions, for exponents: x^(1/3) is a cube root, x^0.5 a square root.

/// n/d in lowest terms, d > 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rational {
    pub n: i64,
    pub d: i64,
}

impl Rational {
    pub fn new(n: i64, d: i64) -> Option<Self> {
        let (mut a, mut b) = (n.unsigned_abs(), d.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let g = i64::try_from(a).ok().filter(|&g| g > 0 && d != 0)?;
        let sign = if d < 0 { -1 } else { 1 };
        Some(Rational { n: (n / g).checked_mul(sign)?, d: (d / g).checked_mul(sign)? })
    }

    /// A decimal, exactly; `None` if its parts do not fit.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let n: i64 = format!("0{whole}{fraction}").parse().ok()?;
        let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10i64.checked_pow(shift.unsigned_abs())?;
        if shift < 0 { Self::new(n, power) } else { Self::new(n.checked_mul(power)?, 1) }
    }

    pub fn neg(self) -> Option<Self> {
        Self::new(self.n.checked_neg()?, self.d)
    }

    pub fn add(self, b: Self) -> Option<Self> {
        let n = self.n.checked_mul(b.d)?.checked_add(b.n.checked_mul(self.d)?)?;
        Self::new(n, self.d.checked_mul(b.d)?)
    }

    pub fn mul(self, b: Self) -> Option<Self> {
        Self::new(self.n.checked_mul(b.n)?, self.d.checked_mul(b.d)?)
    }

    pub fn div(self, b: Self) -> Option<Self> {
        Self::new(self.n.checked_mul(b.d)?, self.d.checked_mul(b.n)?)
    }

    pub fn to_f64(self) -> f64 {
        self.n as f64 / self.d as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_fractions() {
        for (text, n, d) in
            [("0.25", 1, 4), ("3", 3, 1), (".5", 1, 2), ("1e-3", 1, 1000), ("2.50E1", 25, 1)]
        {
            assert_eq!(Rational::parse(text), Some(Rational { n, d }), "{text}");
        }
        assert_eq!(Rational::parse("1e30"), None);
        assert_eq!(Rational::parse("123456789012345678901"), None);
        assert_eq!(Rational::new(4, -6), Some(Rational { n: -2, d: 3 }));
        assert_eq!(Rational::new(1, 0), None);
        let third = Rational::new(1, 3).unwrap();
        assert_eq!(third.add(third).and_then(Rational::neg), Rational::new(-2, 3));
    }
}
