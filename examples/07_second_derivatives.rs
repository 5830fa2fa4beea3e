//! Second derivatives: a gradient is recorded on the tape, so it has a gradient.
//!
//! `cargo run --release --example 07_second_derivatives`

use chainrule::prelude::*;

fn main() -> anyhow::Result<()> {
    // Velocity and acceleration of a falling stone: f(t) = ½·9.8·t².
    let tape = Tape::<f64>::new();
    let t = tape.input("t", 2.0);
    let fall = 4.9 * t.square();
    let velocity = fall.grad(t);
    let acceleration = velocity.grad(t);
    println!("after {t} s: {fall} m, {velocity} m/s, {acceleration} m/s²");

    // tanh and its derivatives to order 6, each the gradient of the one before.
    let x = tape.input("x", 0.3);
    let mut d = x.tanh();
    for order in 0..=6 {
        println!("tanh, order {order} at {x}: {:+.15}", d.item());
        d = d.grad(x);
    }

    // 1 − tanh² is 0 in floating point from x = 20 on; the derivative is not.
    x.set(20.0)?;
    println!("tanh'(20) = {:e}, but 1 − tanh²(20) = {:e}", x.tanh().grad(x).item(), {
        let y = 20f64.tanh();
        1.0 - y * y
    });

    // The Hessian of Rosenbrock's function, and a Newton step with it.
    let f = Function::<f64, 1>::record([("x", &[2])], |[x]| {
        let (a, b) = (x.at_index(0), x.at_index(1));
        (1.0 - a).square() + 100.0 * (b - a.square()).square()
    });
    let mut at = [-1.2, 1.0];
    println!("\nNewton's method on Rosenbrock's function, minimum 0 at (1, 1):");
    for step in 0..8 {
        let (value, [g]) = f.value_and_gradient([&at])?;
        let [h] = f.hessian([&at])?;
        println!("  step {step}: f = {:.3e} at ({:+.6}, {:+.6})", value[[]], at[0], at[1]);
        let (a, b, c, d) = (h[[0, 0]], h[[0, 1]], h[[1, 0]], h[[1, 1]]);
        let det = a * d - b * c;
        at[0] -= (d * g[0] - b * g[1]) / det;
        at[1] -= (a * g[1] - c * g[0]) / det;
    }
    anyhow::ensure!((at[0] - 1.0).abs() < 1e-9, "Newton's method did not arrive");
    println!("arrived at ({}, {})", at[0], at[1]);
    Ok(())
}
