//! A first gradient: record, play, differentiate, replay.
//!
//! `cargo run --release --example 01_first_gradient`

use chainrule::prelude::*;

fn main() -> anyhow::Result<()> {
    let tape = Tape::<f64>::new();

    // Inputs have names, which messages and printed tapes use.
    let x = tape.input("x", [1.0, 2.0]);
    let w = tape.input("w", [0.5, -0.25]);

    // Operations append to the tape. Shapes are checked at once; nothing is computed yet.
    let y = ((x * w).sum() + 1.0).tanh();

    // Asking for a value computes what it needs.
    println!("y           = {}", y.item());

    // The gradient is recorded on the same tape, by the chain rule.
    let [dx, dw] = tape.gradient(y, &[x, w])[..] else { unreachable!("one per input") };
    println!("dy/dx       = {dx}");
    println!("dy/dw       = {dw}");

    // The same by hand: y = tanh(u), u = x·w + 1, so dy/dw = (1 − tanh² u)·x.
    let (a, b) = ([1.0, 2.0], [0.5, -0.25]);
    let u: f64 = a[0] * b[0] + a[1] * b[1] + 1.0;
    let slope = 1.0 - u.tanh().powi(2);
    println!("by hand     = [{}, {}]", slope * a[0], slope * a[1]);

    // Give an input another value and ask again: the tape is replayed, nothing is recorded anew.
    x.set([3.0, -1.0])?;
    println!("with x = [3, -1]: y = {}, dy/dw = {dw}", y.item());

    // Everything that happened, one line a node. ′ is a slope, ×₀ a product where an exact 0 wins.
    println!("\nthe tape:\n{tape}");
    Ok(())
}
