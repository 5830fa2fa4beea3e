//! The optimisers that a configuration can name: one table.
//!
//! An optimiser is recorded on the tape like everything else: from a weight, its gradient and what
//! it remembers about the weight, it records the next weight and what it remembers next. To add
//! one, add an entry to the table.

use chainrule_autograd::Var;

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// What an optimiser knows about one parameter.
pub struct Descent<'a, 't> {
    /// The parameter w.
    pub weight: Var<'t, f32>,
    /// ∂loss/∂w, of the same shape.
    pub gradient: Var<'t, f32>,
    /// What it remembers, each of the same shape; zeros at the first step.
    pub memory: &'a [Var<'t, f32>],
    /// The learning rate, 0-d.
    pub rate: Var<'t, f32>,
    /// The number of the step, from 1, 0-d.
    pub step: Var<'t, f32>,
    /// The parameters of the table's entry.
    pub params: &'a [f64],
}

/// An optimiser.
pub struct Optimizer {
    /// The names of what it remembers about each parameter.
    pub memory: &'static [&'static str],
    /// Records the next weight, and what is remembered next.
    pub next: for<'t> fn(&Descent<'_, 't>) -> (Var<'t, f32>, Vec<Var<'t, f32>>),
}

impl Menu for Optimizer {
    const KIND: &'static str = "an optimiser";

    fn entries() -> &'static [Entry<Optimizer>] {
        const fn param(name: &'static str, default: f64, allowed: Allowed) -> Param {
            Param { name, default: Some(default), allowed }
        }
        static TABLE: &[Entry<Optimizer>] = &[
            Entry {
                name: "sgd",
                doc: "w − rate · g",
                params: &[],
                item: Optimizer { memory: &[], next: sgd },
            },
            Entry {
                name: "momentum",
                doc: "v ← momentum · v + g; w − rate · v",
                params: &[param("momentum", 0.9, Allowed::Fraction)],
                item: Optimizer { memory: &["v"], next: momentum },
            },
            Entry {
                name: "adam",
                doc: "Kingma and Ba 2015, with bias correction",
                params: &[
                    param("beta1", 0.9, Allowed::Fraction),
                    param("beta2", 0.999, Allowed::Fraction),
                    param("eps", 1e-8, Allowed::Positive),
                ],
                item: Optimizer { memory: &["m", "v"], next: adam },
            },
        ];
        TABLE
    }
}

fn sgd<'t>(d: &Descent<'_, 't>) -> (Var<'t, f32>, Vec<Var<'t, f32>>) {
    (d.weight - d.rate * d.gradient, vec![])
}

fn momentum<'t>(d: &Descent<'_, 't>) -> (Var<'t, f32>, Vec<Var<'t, f32>>) {
    let v = d.memory[0].scale(d.params[0]) + d.gradient;
    (d.weight - d.rate * v, vec![v])
}

/// As in PyTorch: eps stands outside the root and is not corrected.
fn adam<'t>(d: &Descent<'_, 't>) -> (Var<'t, f32>, Vec<Var<'t, f32>>) {
    let [beta1, beta2, eps] = [d.params[0], d.params[1], d.params[2]];
    let m = d.memory[0].scale(beta1) + d.gradient.scale(1.0 - beta1);
    let v = d.memory[1].scale(beta2) + d.gradient.square().scale(1.0 - beta2);
    let rate = d.rate / one_minus_power(beta1, d.step);
    let spread = v.sqrt() / one_minus_power(beta2, d.step).sqrt();
    (d.weight - rate * m / spread.shift(eps), vec![m, v])
}

/// 1 − βᵗ without the cancellation that f32 would suffer for β near 1: −expm1(t ln β).
fn one_minus_power(beta: f64, step: Var<'_, f32>) -> Var<'_, f32> {
    -step.scale(beta.ln()).exp_m1()
}
