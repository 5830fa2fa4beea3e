//! XOR: a network of 33 parameters learns what no straight line can separate.
//!
//! The loss and its gradient are recorded once; a training loop only sets inputs and reads values.
//!
//! `cargo run --release --example 02_xor`

use chainrule::prelude::*;
use ndarray::{ArrayD, array};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

fn main() -> anyhow::Result<()> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut random =
        |shape: &[usize]| ArrayD::from_shape_simple_fn(shape, || rng.random_range(-1.0..1.0));

    let tape = Tape::<f64>::new();
    let x = tape.constant(array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let target = tape.constant(array![[0.0], [1.0], [1.0], [0.0]]);
    let parameters = [
        tape.input("w1", random(&[2, 8])),
        tape.input("b1", random(&[8])),
        tape.input("w2", random(&[8, 1])),
        tape.input("b2", random(&[1])),
    ];
    let [w1, b1, w2, b2] = parameters;

    let hidden = (x.matmul(w1) + b1).tanh();
    let logit = hidden.matmul(w2) + b2;
    // Binary cross-entropy from the logit z: softplus(z) − z·t, which never takes ln of a rounded 0.
    let loss = (logit.softplus(1.0) - logit * target).mean();
    let gradients = tape.gradient(loss, &parameters);

    for step in 0..=600 {
        if step % 100 == 0 {
            println!("step {step:>4}: loss {:.6}", loss.item());
        }
        let updated: Vec<ArrayD<f64>> =
            parameters.iter().zip(&gradients).map(|(p, g)| p.value() - 2.0 * g.value()).collect();
        for (p, value) in parameters.iter().zip(&updated) {
            p.set(value)?;
        }
    }

    println!("\n a  b   probability of a xor b");
    let probability = logit.sigmoid().value();
    for (inputs, p) in x.value().rows().into_iter().zip(&probability) {
        println!(" {}  {}   {p:.4}", inputs[0], inputs[1]);
        let truth = inputs[0] != inputs[1];
        anyhow::ensure!((*p > 0.5) == truth, "the network did not learn XOR");
    }
    println!("learned: a line cannot do this, one hidden layer can");
    Ok(())
}
