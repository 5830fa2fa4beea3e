//! The activations that a layer can name: one table.

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// An elementwise activation.
pub struct Activation;

impl Menu for Activation {
    const KIND: &'static str = "an activation";

    fn entries() -> &'static [Entry<Activation>] {
        static TABLE: &[Entry<Activation>] = &[
            plain("identity", "x"),
            plain("relu", "max(0, x)"),
            Entry {
                name: "leaky_relu",
                doc: "x for x > 0, else slope · x",
                params: &[Param { name: "slope", default: Some(0.01), allowed: Allowed::Finite }],
                item: Activation,
            },
            plain("sigmoid", "1 / (1 + e⁻ˣ)"),
            plain("tanh", "tanh x"),
            Entry {
                name: "softplus",
                doc: "ln(1 + e^(beta · x)) / beta",
                params: &[Param { name: "beta", default: Some(1.0), allowed: Allowed::Positive }],
                item: Activation,
            },
            Entry {
                name: "elu",
                doc: "x for x > 0, else alpha · (eˣ − 1)",
                params: &[Param { name: "alpha", default: Some(1.0), allowed: Allowed::Positive }],
                item: Activation,
            },
            plain("gelu", "x Φ(x), Φ the normal distribution (the erf form)"),
            plain("silu", "x / (1 + e⁻ˣ)"),
        ];
        TABLE
    }
}

const fn plain(name: &'static str, doc: &'static str) -> Entry<Activation> {
    Entry { name, doc, params: &[], item: Activation }
}
