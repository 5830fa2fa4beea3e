//! Reference values, and distances in units in the last place.
#![allow(dead_code)] // each test uses a part of it

pub mod sweep;

use std::fs;

use chainrule_activations::Activation;
use chainrule_autograd::kernel::Level;
use chainrule_autograd::table::Row;
use chainrule_autograd::{Element, Tape};
use serde_json::Value;

/// `f32` or `f64` as the tests need them.
pub trait Float: Element {
    /// The nearest number to a decimal, read at once in this precision.
    fn parse(text: &str) -> Self;
    /// The place of a number in the order of all numbers of this type; both zeros have one.
    fn place(self) -> i64;
    /// f⁽ᵏ⁾ of many numbers, as the row plays it.
    fn play(row: &dyn Row, order: u32, p: &[f64], x: &[Self]) -> Vec<Self> {
        Self::play_at(Level::best(), row, order, p, x)
    }
    /// The same with the instructions of that level.
    fn play_at(level: Level, row: &dyn Row, order: u32, p: &[f64], x: &[Self]) -> Vec<Self>;
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
            fn play_at(level: Level, row: &dyn Row, order: u32, p: &[f64], x: &[$t]) -> Vec<$t> {
                let mut y = vec![0.0; x.len()];
                row.$play(level, order, p, x, None, &mut y);
                y
            }
        }
    };
}
float!(f64, u64, play_f64_at);
float!(f32, u32, play_f32_at);

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

/// The sum, each addition with its rounding error, so that the test adds none of its own.
pub fn exact_sum(entries: impl Iterator<Item = f64>) -> f64 {
    let (sum, lost) = entries.fold((0.0f64, 0.0), |(sum, lost), x| {
        let next = sum + x;
        let part = next - sum;
        (next, lost + ((sum - (next - part)) + (x - part)))
    });
    sum + lost
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

/// The distance allowed at orders 0 to 2, in ULP.
pub const ALLOWED: [f64; 3] = [4.0, 4.0, 8.0];

/// Where a quantity is next to a root its absolute error counts, against its largest term: snake's slope
/// within 10⁻³; snake with a factor between −1.6 and −0.6, where its two terms are of one size; and in f64
/// waves with a factor, or snake's slope, from |kx| = 2²⁶ on.
pub fn next_to_a_root<T: Float>(activation: &Activation, order: u32, x: f64, error: f64) -> bool {
    let k = activation.params().first().copied().unwrap_or(1.0);
    let largest = match (activation.name(), order) {
        ("sine", order) if k != 1.0 => k.powi(order as i32),
        ("snake", 0) if k != 1.0 => k.recip(), // (u + sin² u)/k
        ("snake", 1) => 1.0,                   // 1 + sin 2kx
        ("snake", 2) => 2.0 * k,
        _ => return false,
    };
    let is_double = T::NAME == "f64";
    let is_far = is_double && (k * x).abs() >= 2f64.powi(26);
    let is_even = order == 0 && (-1.6..-0.6).contains(&(k * x));
    let root = (k * x / std::f64::consts::PI + 0.25).fract().abs(); // of snake's slope
    let is_near = order == 1 && activation.name() == "snake" && root.min(1.0 - root) < 1e-3;
    let epsilon = if is_double { f64::EPSILON } else { f32::EPSILON.into() };
    (is_far || is_near || is_even) && error <= 4.0 * epsilon * largest
}

/// The activation and its derivatives of so many orders, by gradients of gradients, on a tape and
/// from a program.
pub fn on_tape<T: Float>(activation: &Activation, orders: u32, x: &[T]) -> [Vec<Vec<T>>; 2] {
    let tape = Tape::<T>::new();
    let input = tape.input("x", vec![T::default(); x.len()]);
    let y: Vec<_> = (0..orders).map(|k| activation.derivative(k, input)).collect();
    let program = tape.compile(&[input], &y);
    let mut buffers = program.buffers();
    program.feed(&mut buffers, 0, x.to_vec()).expect("the shape fits");
    program.play(&mut buffers);
    let compiled = (0..y.len()).map(|k| program.output(&buffers, k).iter().copied().collect());
    input.set(x.to_vec()).expect("the shape fits");
    [y.iter().map(|y| y.to_vec()).collect(), compiled.collect()]
}
