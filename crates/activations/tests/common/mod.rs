//! Reference values, and distances in units in the last place.
#![allow(dead_code)] // each test uses a part of it

use std::fs;

use chainrule_autograd::Element;
use chainrule_autograd::table::Row;
use serde_json::Value;

/// `f32` or `f64` as the tests need them.
pub trait Float: Element {
    /// The nearest number to a decimal, read at once in this precision.
    fn parse(text: &str) -> Self;
    /// The place of a number in the order of all numbers of this type; both zeros have one.
    fn place(self) -> i64;
    /// f⁽ᵏ⁾ of many numbers, as the row plays it.
    fn play(row: &dyn Row, order: u32, p: &[f64], x: &[Self]) -> Vec<Self>;
}

macro_rules! float {
    ($t:ident, $bits:ident, $play:ident) => {
        impl Float for $t {
            fn parse(text: &str) -> Self {
                text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
            }
            fn place(self) -> i64 {
                let size = self.abs().to_bits() as i64;
                if self < 0.0 { -size } else { size }
            }
            fn play(row: &dyn Row, order: u32, p: &[f64], x: &[$t]) -> Vec<$t> {
                let mut y = vec![0.0; x.len()];
                row.$play(order, p, x, None, &mut y);
                y
            }
        }
    };
}
float!(f64, u64, play_f64);
float!(f32, u32, play_f32);

/// How many numbers lie between two; infinite if one is NaN.
pub fn ulps<T: Float>(got: T, want: T) -> f64 {
    if got.wide().is_nan() || want.wide().is_nan() {
        return if got.wide().is_nan() && want.wide().is_nan() { 0.0 } else { f64::INFINITY };
    }
    got.place().abs_diff(want.place()) as f64
}

/// Whether two numbers are the same, the sign of 0 included, or both NaN.
pub fn same<T: Float>(a: T, b: T) -> bool {
    let (a, b) = (a.wide(), b.wide());
    a.is_nan() && b.is_nan() || a == b && a.is_sign_negative() == b.is_sign_negative()
}

/// f⁽ᵏ⁾(x)
pub fn at<T: Float>(row: &dyn Row, order: u32, p: &[f64], x: T) -> T {
    T::play(row, order, p, &[x])[0]
}

/// The row of that name, of this crate or the core.
pub fn row(name: &str) -> &'static dyn Row {
    let found = chainrule_activations::rows().find(|row| row.info().name == name);
    found.unwrap_or_else(|| panic!("there is no row `{name}`"))
}

/// A file of references.
pub fn data(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The texts of a list.
pub fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(text).collect()
}

/// A number as it was written.
pub fn text(value: &Value) -> &str {
    value.as_str().expect("numbers are texts")
}
