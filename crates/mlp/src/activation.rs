//! The activations that a layer can name: those of the activations crate.

use std::sync::LazyLock;

use chainrule_activations::Activation as Function;
use chainrule_autograd::Var;
use chainrule_autograd::table;

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// An elementwise activation.
pub struct Activation(Function);

impl Activation {
    /// Records it; the parameters stand in the order of the table.
    ///
    /// # Panics
    /// If the parameters are not those of the entry.
    pub fn apply<'t>(&self, x: Var<'t, f32>, params: &[f64]) -> Var<'t, f32> {
        match self.0.name() {
            "identity" => x,
            _ => x.map_row(self.0.row(), params),
        }
    }
}

/// Those that have a value for every number, as the outputs of a layer may be any.
static TABLE: LazyLock<Vec<Entry<Activation>>> = LazyLock::new(|| {
    let everywhere =
        |a: &Function| (a.info().domain)(a.params()) == (-f64::INFINITY, f64::INFINITY);
    Function::all().filter(everywhere).map(entry).collect()
});

/// What an activation says of itself, as an entry of the menu. Made once for each.
fn entry(activation: Function) -> Entry<Activation> {
    let info = activation.info();
    let param = |p: &table::Param| Param {
        name: p.name,
        default: Some(p.default),
        allowed: Allowed::Finite,
    };
    let params: Vec<Param> = info.params.iter().map(param).collect();
    Entry {
        name: info.name,
        doc: info.formula,
        params: params.leak(),
        item: Activation(activation),
    }
}

impl Menu for Activation {
    const KIND: &'static str = "an activation";

    fn entries() -> &'static [Entry<Activation>] {
        &TABLE
    }

    fn check(&self, params: &[f64]) -> Result<(), &'static str> {
        (self.0.info().check)(params)
    }
}
