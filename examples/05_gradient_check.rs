//! Check the gradient of a function of your own against finite differences.
//!
//! `cargo run --release --example 05_gradient_check`

use chainrule::autograd::check::{Method, difference};
use chainrule::prelude::*;

fn main() -> anyhow::Result<()> {
    // A function of two named inputs, recorded once.
    let f = Function::<f64, 2>::record([("x", &[3]), ("w", &[3, 2])], |[x, w]| {
        x.matmul(w).tanh().square().sum() + x.norm()
    });
    let x = [0.5, -1.0, 2.0];
    let w = [[1.0, 0.2], [-0.3, 0.7], [0.4, -0.6]];

    let report = f.check([&x, &w])?;
    println!("first order:  {report}");
    for e in &report.entries {
        println!(
            "  ∂/∂{}[{}]: analytic {:+.12}, numeric {:+.12}, error {:.1e}",
            e.input, e.index, e.analytic, e.numeric, e.error
        );
    }
    println!("second order: {}", f.check_second([&x, &w])?);
    f.check([&x, &w])?.assert(); // in a test: panics with a table of what differs

    // At a kink the check does not fail: it says so, and wants the slope between the two sides.
    let kink = Function::<f64, 1>::record([("x", &[])], |[x]| x.relu());
    let report = kink.check([&0.0])?;
    println!("relu at 0:    {report}");
    anyhow::ensure!(report.kinks().count() == 1, "relu has a kink at 0");

    // The estimates themselves, for any closure.
    println!("d/dx exp at 1, true value {}:", 1f64.exp());
    for method in [Method::Forward, Method::Backward, Method::Central, Method::Extrapolated] {
        let e = difference(method, f64::EPSILON, 1.0, f64::exp);
        println!("  {:<13} {:.15} ± {:.0e}", format!("{method:?}"), e.slope, e.error);
    }
    Ok(())
}
