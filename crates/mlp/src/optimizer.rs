//! The optimisers that a configuration can name: one table.

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// An optimiser.
pub struct Optimizer;

impl Menu for Optimizer {
    const KIND: &'static str = "an optimiser";

    fn entries() -> &'static [Entry<Optimizer>] {
        const fn param(name: &'static str, default: f64, allowed: Allowed) -> Param {
            Param { name, default: Some(default), allowed }
        }
        static TABLE: &[Entry<Optimizer>] = &[
            Entry { name: "sgd", doc: "w − rate · g", params: &[], item: Optimizer },
            Entry {
                name: "momentum",
                doc: "v ← momentum · v + g; w − rate · v",
                params: &[param("momentum", 0.9, Allowed::Fraction)],
                item: Optimizer,
            },
            Entry {
                name: "adam",
                doc: "Kingma and Ba 2015, with bias correction",
                params: &[
                    param("beta1", 0.9, Allowed::Fraction),
                    param("beta2", 0.999, Allowed::Fraction),
                    param("eps", 1e-8, Allowed::Positive),
                ],
                item: Optimizer,
            },
        ];
        TABLE
    }
}
