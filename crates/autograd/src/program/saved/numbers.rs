//! Numbers as texts from which every bit comes back.

use crate::play::Element;

/// The shortest decimal that names the number; of a NaN also its bits, if they are not the usual.
pub(super) fn text(x: f64) -> String {
    match x.is_nan() && x.to_bits() != f64::NAN.to_bits() {
        true => format!("NaN:{:016x}", x.to_bits()),
        false => format!("{x:?}"),
    }
}

/// The number that a text names.
pub(super) fn number(text: &str) -> Option<f64> {
    match text.strip_prefix("NaN:") {
        Some(bits) => values::<f64>(bits, 1)?.first().copied().filter(|x| x.is_nan()),
        None if text == "NaN" => Some(f64::NAN),
        None => text.parse().ok(),
    }
}

/// How many hexadecimal digits a value takes.
pub(super) const fn width<T>() -> usize {
    2 * size_of::<T>()
}

/// The bits of values, as hexadecimal digits.
pub(super) fn digits<T: Element>(values: &[T]) -> String {
    let mut text = String::with_capacity(values.len() * width::<T>());
    for value in values {
        let bits = value.pattern();
        let digit = |i: usize| char::from(b"0123456789abcdef"[(bits >> (4 * i) & 15) as usize]);
        text.extend((0..width::<T>()).rev().map(digit));
    }
    text
}

/// The values of as many digits as `len` of them take.
pub(super) fn values<T: Element>(text: &str, len: usize) -> Option<Vec<T>> {
    if len.checked_mul(width::<T>()) != Some(text.len()) {
        return None;
    }
    let value = |digits: &[u8]| {
        let add =
            |bits: u64, &digit: &u8| Some(bits << 4 | u64::from(char::from(digit).to_digit(16)?));
        digits.iter().try_fold(0, add).map(T::of_pattern)
    };
    text.as_bytes().chunks_exact(width::<T>()).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_comes_back() {
        let patterns = [0.0, -0.0, 0.1, -2.5e300, 5e-324, f64::MIN_POSITIVE, f64::MAX]
            .into_iter()
            .chain([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN])
            .map(f64::to_bits)
            .chain([0x7ff0_0000_0000_0001, 0xfff8_0000_dead_beef])
            .chain((0..10_000u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        for bits in patterns {
            let (wide, short) = (f64::from_bits(bits), f32::from_bits((bits >> 32) as u32));
            assert_eq!(number(&text(wide)).map(f64::to_bits), Some(bits), "{}", text(wide));
            let again = values::<f64>(&digits(&[wide, 1.0]), 2).expect("digits");
            assert_eq!(again[0].to_bits(), bits);
            let again = values::<f32>(&digits(&[1.0, short]), 2).expect("digits");
            assert_eq!(again[1].to_bits(), short.to_bits());
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in ["", "x", "0x10", "NaN:", "NaN:0000000000000000", "NaN:+fffffffffffffff"] {
            assert_eq!(number(bad), None, "{bad}");
        }
        assert_eq!(values::<f32>("3f80000", 1), None);
        assert_eq!(values::<f32>("3f80000g", 1), None);
        assert_eq!(values::<f32>("3f8000é", 1), None);
        assert_eq!(values::<f32>("", usize::MAX), None);
    }
}
