//! The activations that a layer can name: one table.

use chainrule_activations::Activations;
use chainrule_autograd::Var;

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// An elementwise activation.
pub struct Activation {
    /// Records it; the parameters stand in the order of the table.
    pub apply: for<'t> fn(x: Var<'t, f32>, params: &[f64]) -> Var<'t, f32>,
}

impl Menu for Activation {
    const KIND: &'static str = "an activation";

    fn entries() -> &'static [Entry<Activation>] {
        const fn param(name: &'static str, default: f64, allowed: Allowed) -> Param {
            Param { name, default: Some(default), allowed }
        }
        static TABLE: &[Entry<Activation>] = &[
            Entry { name: "identity", doc: "x", params: &[], item: Activation { apply: |x, _| x } },
            Entry {
                name: "relu",
                doc: "max(0, x)",
                params: &[],
                item: Activation { apply: |x, _| x.relu() },
            },
            Entry {
                name: "leaky_relu",
                doc: "x for x > 0, else slope · x",
                params: &[param("slope", 0.01, Allowed::Finite)],
                item: Activation { apply: |x, params| x.leaky_relu(params[0]) },
            },
            Entry {
                name: "sigmoid",
                doc: "1 / (1 + e⁻ˣ)",
                params: &[],
                item: Activation { apply: |x, _| x.sigmoid() },
            },
            Entry {
                name: "tanh",
                doc: "tanh x",
                params: &[],
                item: Activation { apply: |x, _| x.tanh() },
            },
            Entry {
                name: "softplus",
                doc: "ln(1 + e^(beta · x)) / beta",
                params: &[param("beta", 1.0, Allowed::Positive)],
                item: Activation { apply: |x, params| x.softplus(params[0]) },
            },
            Entry {
                name: "elu",
                doc: "x for x > 0, else alpha · (eˣ − 1)",
                params: &[param("alpha", 1.0, Allowed::Positive)],
                item: Activation { apply: |x, params| x.elu(params[0]) },
            },
            Entry {
                name: "gelu",
                doc: "x Φ(x), Φ the normal distribution (the erf form)",
                params: &[],
                item: Activation { apply: |x, _| x.gelu() },
            },
            Entry {
                name: "silu",
                doc: "x / (1 + e⁻ˣ)",
                params: &[],
                item: Activation { apply: |x, _| x.silu() },
            },
        ];
        TABLE
    }
}
