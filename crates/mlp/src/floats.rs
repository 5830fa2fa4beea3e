//! Floats in JSON that load back bit-equal.
//!
//! JSON has no NaN and no infinities. Finite numbers are written in their shortest form that
//! reads back to the same bits (−0.0 keeps its sign); the others are written as strings:
//!
//! | value | JSON |
//! |---|---|
//! | +∞, −∞ | `"inf"`, `"-inf"` |
//! | NaN, the usual bits (`7fc00000`, `7ff8000000000000`) | `"NaN"` |
//! | NaN with any other sign or payload | `"NaN:"` and its bits in hexadecimal, as `"NaN:7fc00001"` |
//!
//! For `#[serde(with = "floats::one")]` on a float and `#[serde(with = "floats::many")]` on a
//! `Vec` of floats.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// A float type that can be written with [`Exact`]: `f32` and `f64`.
pub trait Float: Copy + sealed::Sealed {
    #[doc(hidden)]
    const NAN_BITS: u64;
    #[doc(hidden)]
    const HEX_DIGITS: usize;
    #[doc(hidden)]
    fn bits(self) -> u64;
    #[doc(hidden)]
    fn of_bits(bits: u64) -> Self;
    #[doc(hidden)]
    fn of_f64(x: f64) -> Self;
    #[doc(hidden)]
    fn widen(self) -> f64;
    #[doc(hidden)]
    fn write<S: Serializer>(self, output: S) -> Result<S::Ok, S::Error>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Float for f32 {
    const NAN_BITS: u64 = 0x7fc0_0000;
    const HEX_DIGITS: usize = 8;

    fn bits(self) -> u64 {
        self.to_bits().into()
    }

    fn of_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }

    fn of_f64(x: f64) -> f32 {
        x as f32
    }

    fn widen(self) -> f64 {
        self.into()
    }

    /// Readers parse JSON numbers as f64 and narrow them. Rounding twice hits the wrong f32 for a
    /// few shortest forms (7.038531e-26): those are written with the digits of their f64.
    fn write<S: Serializer>(self, output: S) -> Result<S::Ok, S::Error> {
        let survives = self.to_string().parse::<f64>().is_ok_and(|x| x as f32 == self);
        if survives { output.serialize_f32(self) } else { output.serialize_f64(self.into()) }
    }
}

impl Float for f64 {
    const NAN_BITS: u64 = 0x7ff8_0000_0000_0000;
    const HEX_DIGITS: usize = 16;

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn of_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }

    fn of_f64(x: f64) -> f64 {
        x
    }

    fn widen(self) -> f64 {
        self
    }

    fn write<S: Serializer>(self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_f64(self)
    }
}

/// A float that is written to JSON and read back bit-equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact<F>(pub F);

impl<F: Float> Serialize for Exact<F> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let x = self.0.widen();
        if x.is_finite() {
            self.0.write(output)
        } else if x.is_infinite() {
            output.serialize_str(if x > 0.0 { "inf" } else { "-inf" })
        } else if self.0.bits() == F::NAN_BITS {
            output.serialize_str("NaN")
        } else {
            output.collect_str(&format_args!("NaN:{:0w$x}", self.0.bits(), w = F::HEX_DIGITS))
        }
    }
}

impl<'de, F: Float> Deserialize<'de> for Exact<F> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ExactVisitor(PhantomData))
    }
}

struct ExactVisitor<F>(PhantomData<F>);

impl<F: Float> Visitor<'_> for ExactVisitor<F> {
    type Value = Exact<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number, \"inf\", \"-inf\", \"NaN\" or \"NaN:<{} hex digits>\"", F::HEX_DIGITS)
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<Exact<F>, E> {
        let narrow = F::of_f64(x);
        if narrow.widen().is_finite() {
            Ok(Exact(narrow))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(x), &"a number within the range of f32"))
        }
    }

    fn visit_u64<E: de::Error>(self, x: u64) -> Result<Exact<F>, E> {
        self.visit_f64(x as f64)
    }

    fn visit_i64<E: de::Error>(self, x: i64) -> Result<Exact<F>, E> {
        self.visit_f64(x as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact<F>, E> {
        special(text).map(Exact).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

fn special<F: Float>(text: &str) -> Option<F> {
    match text {
        "inf" => Some(F::of_f64(f64::INFINITY)),
        "-inf" => Some(F::of_f64(f64::NEG_INFINITY)),
        "NaN" => Some(F::of_bits(F::NAN_BITS)),
        _ => {
            let digits = text.strip_prefix("NaN:").filter(|hex| hex.len() == F::HEX_DIGITS)?;
            let x = F::of_bits(u64::from_str_radix(digits, 16).ok()?);
            x.widen().is_nan().then_some(x)
        }
    }
}

/// For `#[serde(with = "floats::one")]`: one float, bit-equal.
pub mod one {
    use super::{Deserialize, Deserializer, Exact, Float, Serialize, Serializer};

    /// Writes the float.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn serialize<F: Float, S: Serializer>(x: &F, output: S) -> Result<S::Ok, S::Error> {
        Exact(*x).serialize(output)
    }

    /// Reads the float.
    ///
    /// # Errors
    /// When the text is none of the forms that [`super`] lists.
    pub fn deserialize<'de, F: Float, D: Deserializer<'de>>(input: D) -> Result<F, D::Error> {
        Exact::deserialize(input).map(|exact| exact.0)
    }
}

/// For `#[serde(with = "floats::many")]`: a `Vec` of floats, bit-equal.
pub mod many {
    use super::{Deserialize, Deserializer, Exact, Float, Serializer};

    /// Writes the floats as a list.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn serialize<F: Float, S: Serializer>(xs: &[F], output: S) -> Result<S::Ok, S::Error> {
        output.collect_seq(xs.iter().map(|x| Exact(*x)))
    }

    /// Reads a list of floats.
    ///
    /// # Errors
    /// When an element is none of the forms that [`super`] lists.
    pub fn deserialize<'de, F: Float, D: Deserializer<'de>>(input: D) -> Result<Vec<F>, D::Error> {
        let exact: Vec<Exact<F>> = Vec::deserialize(input)?;
        Ok(exact.into_iter().map(|x| x.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    fn there_and_back<F: Float>(x: F) -> (String, u64) {
        let text = serde_json::to_string(&Exact(x)).unwrap();
        let back: Exact<F> = serde_json::from_str(&text).unwrap();
        (text, back.0.bits())
    }

    #[test]
    fn special_values_have_their_documented_forms() {
        for (bits, text) in [
            (0x7fc0_0000, "\"NaN\""),
            (0x7fc0_0001, "\"NaN:7fc00001\""),
            (0xffc0_0000, "\"NaN:ffc00000\""),
            (0x7f80_0000, "\"inf\""),
            (0xff80_0000, "\"-inf\""),
            (0x8000_0000, "-0.0"),
            (0x0000_0001, "1e-45"),
            (0x3dcc_cccd, "0.1"),
        ] {
            assert_eq!(there_and_back(f32::from_bits(bits)), (text.to_owned(), bits.into()));
        }
        assert_eq!(there_and_back(f64::NAN).0, "\"NaN\"");
        assert_eq!(there_and_back(-0.0_f64), ("-0.0".into(), (-0.0_f64).to_bits()));
    }

    #[test]
    fn every_bit_pattern_survives() {
        let mut rng = crate::rng::stream(1, crate::rng::Purpose::Init);
        for _ in 0..200_000 {
            let bits = rng.next_u64();
            assert_eq!(there_and_back(f64::from_bits(bits)).1, bits);
            let bits = bits as u32;
            assert_eq!(there_and_back(f32::from_bits(bits)).1, u64::from(bits));
        }
    }

    #[test]
    fn the_shortest_form_that_would_be_rounded_twice_survives() {
        let x = f32::from_bits(0x15ae_43fd);
        assert_eq!(x.to_string().parse::<f64>().unwrap() as f32, f32::from_bits(0x15ae_43fe));
        assert_eq!(there_and_back(x).1, 0x15ae_43fd);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["\"nan\"", "\"NaN:\"", "\"NaN:7fc0\"", "\"NaN:3f800000\"", "null", "1e39", "[]"]
        {
            assert!(serde_json::from_str::<Exact<f32>>(text).is_err(), "{text}");
        }
    }
}
