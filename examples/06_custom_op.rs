//! Two ways to teach the engine something new: an elementwise function, and an op of any shape.
//!
//! `cargo run --release --example 06_custom_op`

use chainrule::autograd::{CustomOp, Sym, elementwise, table::*};
use chainrule::prelude::*;
use ndarray::{ArrayD, ArrayViewD};

// 1. An elementwise function is one entry: value and slope, for any kind of number. The method on
//    `Var`, every order of derivative and the checks come from it.
elementwise! {
    /// Functions of this example.
    pub trait Mine;

    /// The bump e^(−x²).
    bump: Bump() {
        info: Info {
            formula: "e^(−x²)",
            derivative: "−2x·e^(−x²)",
            range: |_| (0.0, 1.0),
            trend: |_| around_zero(Trend::Increasing, Trend::Decreasing),
            ..Info::NEW
        },
        value: |x| x.gauss(1.0),
        slope: |x| R::lit(-2.0) * x * x.gauss(1.0),
    }
}

// 2. Any other op states its shape, its values and its rule. The rule records symbols, so it can be
//    differentiated again.

/// The running total along a vector: yᵢ = x₀ + … + xᵢ. Its pullback runs the other way.
#[derive(Debug)]
struct RunningTotal {
    backwards: bool,
}

impl CustomOp for RunningTotal {
    fn name(&self) -> &str {
        "running_total"
    }
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        match operands {
            [shape] if shape.len() == 1 => Ok(shape.to_vec()),
            _ => Err("one vector is wanted".into()),
        }
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        let n = x[0].len();
        let mut y = x[0].to_owned();
        for i in 1..n {
            let (at, before) = if self.backwards { (n - 1 - i, n - i) } else { (i, i - 1) };
            y[at] += y[before];
        }
        y
    }
    fn pullback<'t>(&self, _: &[Sym<'t>], _: Sym<'t>, adjoint: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(adjoint.custom(RunningTotal { backwards: !self.backwards }))]
    }
}

fn main() -> anyhow::Result<()> {
    let f = Function::<f64, 1>::record([("x", &[3])], |[x]| x.bump().sum());
    let at = [0.0, 0.5, -1.0];
    println!("Σ e^(−x²) at {at:?}: gradient {}", f.gradient([&at])?[0]);
    println!("checked: {}", f.check([&at])?);
    f.check([&at])?.assert();
    f.check_second([&at])?.assert();

    let g = Function::<f64, 1>::record([("x", &[3])], |[x]| {
        x.custom(RunningTotal { backwards: false }).square().sum()
    });
    println!("Σ (running total)² at {at:?}: gradient {}", g.gradient([&at])?[0]);
    println!("checked: {}", g.check([&at])?);
    g.check([&at])?.assert();
    g.check_second([&at])?.assert();
    println!("both agree with finite differences, at first and second order");
    Ok(())
}
