//! Which numbers a setting may take, checked while the file is read so that an error carries the
//! line and column of the number itself.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};

/// The numbers that a setting allows. NaN and infinities never pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// Any finite number.
    Finite,
    /// x > 0.
    Positive,
    /// x ≥ 0.
    NonNegative,
    /// 0 ≤ x < 1.
    Fraction,
    /// A whole number between two bounds, both included.
    Whole(u64, u64),
}

impl Allowed {
    /// Whether `x` is one of the allowed numbers.
    pub fn contains(self, x: f64) -> bool {
        x.is_finite()
            && match self {
                Allowed::Finite => true,
                Allowed::Positive => x > 0.0,
                Allowed::NonNegative => x >= 0.0,
                Allowed::Fraction => (0.0..1.0).contains(&x),
                Allowed::Whole(low, high) => {
                    x.fract() == 0.0 && x >= low as f64 && x <= high as f64
                }
            }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed::Finite => write!(f, "a finite number"),
            Allowed::Positive => write!(f, "a number greater than 0"),
            Allowed::NonNegative => write!(f, "a number of at least 0"),
            Allowed::Fraction => write!(f, "a number of at least 0 and less than 1"),
            Allowed::Whole(low, u64::MAX) => write!(f, "a whole number of at least {low}"),
            Allowed::Whole(low, high) => write!(f, "a whole number from {low} to {high}"),
        }
    }
}

/// Reads one number and refuses what is not allowed.
#[derive(Clone, Copy)]
pub(crate) struct NumberVisitor(pub Allowed);

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<f64, E> {
        if self.0.contains(x) {
            Ok(x)
        } else {
            Err(E::invalid_value(de::Unexpected::Float(x), &self))
        }
    }

    fn visit_u64<E: de::Error>(self, x: u64) -> Result<f64, E> {
        if self.0.contains(x as f64) {
            Ok(x as f64)
        } else {
            Err(E::invalid_value(de::Unexpected::Unsigned(x), &self))
        }
    }

    fn visit_i64<E: de::Error>(self, x: i64) -> Result<f64, E> {
        if self.0.contains(x as f64) {
            Ok(x as f64)
        } else {
            Err(E::invalid_value(de::Unexpected::Signed(x), &self))
        }
    }
}

/// The largest count that a configuration may ask for (epochs, units, rows in a batch).
pub(crate) const LARGEST_COUNT: u64 = 1_000_000;

/// For `#[serde(deserialize_with)]`: a number greater than 0.
pub(crate) fn positive<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    input.deserialize_f64(NumberVisitor(Allowed::Positive))
}

/// For `#[serde(deserialize_with)]`: a number in [0, 1).
pub(crate) fn fraction<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    input.deserialize_f64(NumberVisitor(Allowed::Fraction))
}

/// For `#[serde(deserialize_with)]`: a whole number from 1 to a million.
pub(crate) fn count<'de, D: Deserializer<'de>>(input: D) -> Result<usize, D::Error> {
    let allowed = Allowed::Whole(1, LARGEST_COUNT);
    input.deserialize_f64(NumberVisitor(allowed)).map(|x| x as usize)
}
