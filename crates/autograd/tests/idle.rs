//! Products that matter only where a NaN is met: left out of plays without, and results as the tape's.

use chainrule_autograd::{Tape, Var};
use ndarray::Array2;

fn bits(x: &Var<'_>) -> Vec<u64> {
    x.value().iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect()
}

fn matrix(salt: usize) -> Array2<f64> {
    Array2::from_shape_fn((6, 6), |(i, j)| ((7 * i + 3 * j + salt) as f64 * 0.41).sin())
}

/// −z is a function of straight pieces; what its slope is multiplied with is a product of matrices.
#[test]
fn left_out_without_nan_and_played_with_one() {
    let tape = Tape::<f64>::new();
    let [x, w, u, v] = [0, 1, 2, 3].map(|salt| tape.input("in", matrix(salt)));
    let loss = (-x.matmul(w)).matmul(u).square().sum();
    let product = loss.hessian_product(&[w], &[v])[0];
    let program = tape.compile(&[x, w, u, v], &[product]);
    let shown = program.to_string();
    assert_eq!(shown.matches("product, if there is a NaN").count(), 1, "{shown}");

    let mut buffers = program.buffers();
    for (at, value) in [(0, 0.5), (7, f64::NAN), (8, f64::INFINITY), (35, -0.0), (13, f64::NAN)] {
        let mut values = matrix(0);
        values.as_slice_mut().expect("in a row")[at] = value;
        x.set(&values).expect("the shape fits");
        program.feed(&mut buffers, 0, &values).expect("the shape fits");
        program.play(&mut buffers);
        let played: Vec<u64> = program
            .output(&buffers, 0)
            .iter()
            .map(|y| if y.is_nan() { u64::MAX } else { y.to_bits() })
            .collect();
        assert_eq!(played, bits(&product), "{value} at {at}");
    }
}

/// A product that something else reads as well is played.
#[test]
fn what_is_read_elsewhere_is_played() {
    let tape = Tape::<f64>::new();
    let [x, w, u, v] = [0, 1, 2, 3].map(|salt| tape.input("in", matrix(salt)));
    let loss = (-x.matmul(w)).matmul(u).square().sum();
    let [gradient, product] = [tape.gradient(loss, &[w])[0], loss.hessian_product(&[w], &[v])[0]];
    let program = tape.compile(&[x, w, u, v], &[gradient, product]);
    assert!(!program.to_string().contains("if there is a NaN"), "{program}");
}
