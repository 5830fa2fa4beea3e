//! Which numbers a setting may take, checked while the file is read so that an error carries the
//! line and column of the number itself.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};

/// The numbers that a setting allows. NaN and infinities never pass. All computation is in f32, so
/// what counts is the number rounded to f32: there 1e-320 is 0 and 1e300 is infinite.
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
        self.contains_exactly(if let Allowed::Whole(..) = self { x } else { narrowed(x) })
    }

    /// The same without rounding.
    fn contains_exactly(self, x: f64) -> bool {
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

/// A number as f32 knows it.
pub(crate) const fn narrowed(x: f64) -> f64 {
    x as f32 as f64
}

/// A number in messages: with an exponent where it would have many digits otherwise.
pub(crate) struct Shown(pub f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown(x) = self;
        match x.abs() {
            size if size != 0.0 && !(1e-6..1e15).contains(&size) => write!(f, "{x:e}"),
            _ => write!(f, "{x}"),
        }
    }
}

/// Says what a number must be that is allowed but still not possible.
pub(crate) type Check<'a> = &'a dyn Fn(f64) -> Result<(), &'static str>;

/// Reads one number and refuses what is not allowed.
#[derive(Clone, Copy)]
pub(crate) struct NumberVisitor<'a> {
    allowed: Allowed,
    check: Check<'a>,
}

impl<'a> NumberVisitor<'a> {
    pub fn new(allowed: Allowed) -> NumberVisitor<'static> {
        NumberVisitor { allowed, check: &|_| Ok(()) }
    }

    /// A visitor that refuses what `check` refuses, too.
    pub fn checked(allowed: Allowed, check: Check<'a>) -> Self {
        NumberVisitor { allowed, check }
    }

    fn take<E: de::Error>(self, x: f64, found: de::Unexpected<'_>) -> Result<f64, E> {
        let NumberVisitor { allowed, check } = self;
        let (expected, vanishes) = if !allowed.contains(x) {
            (allowed.to_string(), allowed.contains_exactly(x))
        } else if let Err(wrong) = check(narrowed(x)) {
            (format!("a number for which {wrong}"), check(x).is_ok())
        } else {
            return Ok(x);
        };
        let rounded = if vanishes { ", also when rounded to f32" } else { "" };
        Err(E::invalid_value(found, &format!("{expected}{rounded}").as_str()))
    }
}

impl<'de> Visitor<'de> for NumberVisitor<'_> {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.allowed)
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<f64, E> {
        self.take(x, de::Unexpected::Other(&format!("`{}`", Shown(x))))
    }

    fn visit_u64<E: de::Error>(self, x: u64) -> Result<f64, E> {
        self.take(x as f64, de::Unexpected::Unsigned(x))
    }

    fn visit_i64<E: de::Error>(self, x: i64) -> Result<f64, E> {
        self.take(x as f64, de::Unexpected::Signed(x))
    }
}

/// The largest count that a configuration may ask for (epochs, units, rows in a batch).
pub(crate) const LARGEST_COUNT: u64 = 1_000_000;

/// For `#[serde(deserialize_with)]`: a number greater than 0.
pub(crate) fn positive<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    input.deserialize_f64(NumberVisitor::new(Allowed::Positive))
}

/// For `#[serde(deserialize_with)]`: a number in [0, 1).
pub(crate) fn fraction<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    input.deserialize_f64(NumberVisitor::new(Allowed::Fraction))
}

/// For `#[serde(deserialize_with)]`: a whole number from 1 to a million.
pub(crate) fn count<'de, D: Deserializer<'de>>(input: D) -> Result<usize, D::Error> {
    let allowed = Allowed::Whole(1, LARGEST_COUNT);
    input.deserialize_f64(NumberVisitor::new(allowed)).map(|x| x as usize)
}

/// For `#[serde(deserialize_with)]`: any whole number of 64 bits.
pub(crate) fn whole<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a whole number from 0 to {}", u64::MAX)
        }

        fn visit_u64<E: de::Error>(self, x: u64) -> Result<u64, E> {
            Ok(x)
        }
    }
    input.deserialize_u64(Whole)
}

/// For `#[serde(deserialize_with)]`: a number of rows.
pub(crate) fn rows<'de, D: Deserializer<'de>>(input: D) -> Result<usize, D::Error> {
    let found = whole(input)?;
    let expected = "a number of rows that this computer can hold";
    let refuse = |_| de::Error::invalid_value(de::Unexpected::Unsigned(found), &expected);
    found.try_into().map_err(refuse)
}
