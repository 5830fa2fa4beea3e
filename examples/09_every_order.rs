//! Derivatives of every order, in every mode: series, Jacobians, products with Hessians, a loss that
//! holds a derivative, a step of an optimiser that is differentiated.
//!
//! `cargo run --release --example 09_every_order`

use chainrule::autograd::number::{Germ, Interval, Jet, Side};
use chainrule::prelude::*;

fn main() -> anyhow::Result<()> {
    // The 10th derivative by a Taylor series: its cost grows like n², not 2ⁿ.
    let f = Function::<f64, 1>::record([("x", &[])], |[x]| x.sin().sigmoid() * (-x.square()).exp());
    let series = f.evaluate([&[Jet::variable(0.75, 10)]])?;
    println!("sigmoid(sin x)·exp(−x²), 10th derivative at ¾: {:.9}", series[0].derivative(10));

    // The same function on an interval, and a kink from both sides.
    let range = f.evaluate([&[Interval::new(-0.5, 0.5)]])?[0];
    println!("on [−½, ½] it lies in {range:.4}");
    let kink = Function::<f64, 1>::record([("x", &[])], |[x]| x.square().sqrt());
    let slope = |side| -> anyhow::Result<Option<f64>> {
        Ok(kink.evaluate([&[Germ::variable(0.0, side, 4)]])?[0].derivative(1, side))
    };
    println!("√(x²) at 0: slopes {:?} and {:?}", slope(Side::Left)?, slope(Side::Right)?);

    // Jacobian (by rows or columns, whichever is cheaper) and Hessian, as arrays.
    let g = Function::<f64, 1>::record([("x", &[2])], |[x]| x.tanh() * x.sum());
    let [jacobian] = g.jacobian([&[0.5, -1.0]])?;
    let [hessian] = g.hessian([&[0.5, -1.0]])?;
    println!("Jacobian\n{jacobian:.4}\nHessian of the sum\n{hessian:.4}");

    // A Hessian times a vector costs about as much as two gradients, whatever the size.
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [0.5, -1.0]);
    let y = (x.tanh() * x.sum()).sum();
    let v = tape.constant([1.0, 2.0]);
    println!("H·(1, 2) = {:.4?}", y.hessian_product(&[x], &[v])[0].to_vec());

    // A loss with a derivative in it, as physics-informed networks have: (y′ + y)² at t = 1 for
    // y = w·tanh t, and its gradient in w.
    let (w, t) = (tape.input("w", 2.0), tape.input("t", 1.0));
    let y = w * t.tanh();
    let loss = (y.grad(t) + y).square();
    println!("a loss of y′ + y: {:.4}, its slope in w {:.4}", loss.item(), loss.grad(w).item());

    // One step of gradient descent, differentiated in its rate.
    let rate = tape.input("rate", 0.1);
    let next = w - rate * w.powi(4.0).grad(w);
    let after = next.powi(4.0);
    println!(
        "loss after a step: {:.4}, its slope in the rate {:.4}",
        after.item(),
        after.grad(rate).item()
    );
    anyhow::ensure!((after.item() - 1.2f64.powi(4)).abs() < 1e-12, "w = 2 − 0.1·4·2³ = −1.2");
    println!("every order agrees");
    Ok(())
}
