//! The full Jacobian of softmax: in closed form, and row by row from the tape.
//!
//! `cargo run --release --example 04_softmax_jacobian`

use chainrule::activations::softmax::softmax_jacobian;
use chainrule::prelude::*;
use ndarray::{Array2, Ix2, array};

fn main() -> anyhow::Result<()> {
    let z = array![1.0, 2.0, 3.0];

    // Jᵢⱼ = yᵢ(δᵢⱼ − yⱼ); the diagonal is summed as yᵢ·Σⱼ≠ᵢ yⱼ, so that nothing cancels.
    let closed: Array2<f64> = softmax_jacobian(&z);
    println!("closed form at {z}:\n{closed:.12}");

    // The same from the tape: one pullback of a unit vector per row.
    let softmax = Function::<f64, 1>::record([("z", &[3])], |[z]| z.softmax(-1));
    let [taped] = softmax.jacobian([&z])?;
    let taped = taped.into_dimensionality::<Ix2>()?;
    println!("from the tape:\n{taped:.12}");

    let largest = |a: &Array2<f64>| a.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    println!("they differ by at most    {:.1e}", largest(&(&closed - &taped)));
    println!(
        "rows sum to at most       {:.1e}",
        closed.rows().into_iter().map(|r| r.sum().abs()).fold(0.0, f64::max)
    );
    println!("symmetric to the last bit {}", closed == closed.t());

    // A batch gives a Jacobian per row: n×C → n×C×C.
    let batch = array![[1.0, 2.0, 3.0], [1000.0, 1001.0, 1002.0]];
    let jacobians = softmax_jacobian(&batch);
    println!(
        "batch {:?} → {:?}; the second row is only shifted, so is equal: {}",
        batch.dim(),
        jacobians.dim(),
        { jacobians.index_axis(ndarray::Axis(0), 0) == jacobians.index_axis(ndarray::Axis(0), 1) }
    );

    // Far from the diagonal of probability 1 the textbook form y(1 − y) is 0; this is not.
    let far: Array2<f64> = softmax_jacobian(&array![0.0, -40.0]);
    let y = 1.0 / (1.0 + (-40f64).exp());
    println!("z = (0, −40): J₁₁ = {:e}, y(1 − y) = {:e}", far[[0, 0]], y * (1.0 - y));
    anyhow::ensure!(largest(&(&closed - &taped)) < 1e-15, "the two Jacobians differ");
    Ok(())
}
