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

/// What an optimiser records.
pub struct Next<'t> {
    /// The weight after the step.
    pub weight: Var<'t, f32>,
    /// What is remembered after the step, in the order of [`Optimizer::memory`].
    pub memory: Vec<Var<'t, f32>>,
}

/// An optimiser.
pub struct Optimizer {
    /// The names of what it remembers about each parameter.
    pub memory: &'static [&'static str],
    /// Records one step.
    pub next: for<'t> fn(&Descent<'_, 't>) -> Next<'t>,
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

fn sgd<'t>(d: &Descent<'_, 't>) -> Next<'t> {
    Next { weight: d.weight - d.rate * d.gradient, memory: vec![] }
}

fn momentum<'t>(d: &Descent<'_, 't>) -> Next<'t> {
    let v = d.memory[0].scale(d.params[0]) + d.gradient;
    Next { weight: d.weight - d.rate * v, memory: vec![v] }
}

/// As in PyTorch: eps stands outside the root and is not corrected.
fn adam<'t>(d: &Descent<'_, 't>) -> Next<'t> {
    let [beta1, beta2, eps] = [d.params[0], d.params[1], d.params[2]];
    let m = d.memory[0].scale(beta1) + d.gradient.scale(1.0 - beta1);
    let v = d.memory[1].scale(beta2) + d.gradient.square().scale(1.0 - beta2);
    let rate = d.rate / one_minus_power(beta1, d.step);
    let spread = v.sqrt() / one_minus_power(beta2, d.step).sqrt();
    Next { weight: d.weight - rate * m / spread.shift(eps), memory: vec![m, v] }
}

/// 1 − βᵗ without the cancellation that f32 would suffer for β near 1: −expm1(t ln β).
fn one_minus_power(beta: f64, step: Var<'_, f32>) -> Var<'_, f32> {
    -step.scale(beta.ln()).exp_m1()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choice;
    use chainrule_autograd::Tape;

    /// The weight and what is remembered after each of some gradients, from w = 1 at rate 0.1.
    fn descend(optimizer: &Choice<Optimizer>, gradients: &[f32]) -> Vec<(f32, Vec<f32>)> {
        let mut state = (1.0, vec![0.0; optimizer.memory.len()]);
        let mut states = Vec::new();
        for (at, gradient) in gradients.iter().enumerate() {
            let tape = Tape::<f32>::new();
            let memory: Vec<_> = state.1.iter().map(|x| tape.input("memory", *x)).collect();
            let next = (optimizer.next)(&Descent {
                weight: tape.input("w", state.0),
                gradient: tape.input("g", *gradient),
                memory: &memory,
                rate: tape.input("rate", 0.1),
                step: tape.input("step", (at + 1) as f32),
                params: optimizer.params(),
            });
            state = (next.weight.item(), next.memory.into_iter().map(Var::item).collect());
            states.push(state.clone());
        }
        states
    }

    fn close(found: f32, expected: f64) {
        let error = (f64::from(found) - expected).abs();
        assert!(error <= 2e-7 * expected.abs(), "{found} is not {expected}");
    }

    #[test]
    fn sgd_and_momentum_follow_their_formulas() {
        let sgd = descend(&Choice::known("sgd"), &[0.5, -1.0]);
        close(sgd[0].0, 0.95);
        close(sgd[1].0, 1.05);
        let momentum = descend(&Choice::known("momentum"), &[0.5, -1.0]);
        close(momentum[0].0, 0.95);
        close(momentum[1].1[0], -0.55); // 0.9 · 0.5 − 1
        close(momentum[1].0, 1.005);
    }

    #[test]
    fn adam_corrects_its_bias_and_adds_eps_outside_the_root() {
        let adam = descend(&Choice::known("adam"), &[0.5, -1.0]);
        close(adam[0].0, 0.900000002);
        close(adam[0].1[0], 0.05);
        close(adam[0].1[1], 0.00025);
        close(adam[1].0, 0.9366103542405654);
        close(adam[1].1[0], -0.055);
        close(adam[1].1[1], 0.00124975);
        let wide = Choice::<Optimizer>::known("adam").with("eps", 0.1).unwrap();
        let wide = descend(&wide, &[0.5, -1.0]);
        close(wide[0].0, 0.9166666666666666);
        close(wide[1].0, 0.9491666742648452);
    }

    #[test]
    fn every_optimiser_names_what_it_remembers() {
        for entry in Optimizer::entries() {
            let optimizer = Choice::<Optimizer>::known(entry.name);
            let (weight, remembered) = &descend(&optimizer, &[0.5])[0];
            assert_eq!(remembered.len(), entry.item.memory.len(), "{}", entry.name);
            assert!(*weight < 1.0, "{} does not descend", entry.name);
        }
    }
}
