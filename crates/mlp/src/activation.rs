//! The activations that a layer can name: every row of the activations crate, `tanh`, and
//! `identity`. A new row there can be named here at once.

use std::sync::LazyLock;

use chainrule_activations::rows::ROWS;
use chainrule_autograd::Var;
use chainrule_autograd::table::{self, Row};

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// An elementwise activation.
pub struct Activation {
    /// The row of the table; the identity has none.
    row: Option<&'static dyn Row>,
}

impl Activation {
    /// Records it; the parameters stand in the order of the table.
    pub fn apply<'t>(&self, x: Var<'t, f32>, params: &[f64]) -> Var<'t, f32> {
        self.row.map_or(x, |row| x.map_row(row, params))
    }
}

static TABLE: LazyLock<Vec<Entry<Activation>>> = LazyLock::new(|| {
    let identity =
        Entry { name: "identity", doc: "x", params: &[], item: Activation { row: None } };
    let tanh = table::rows().filter(|row| row.info().name == "tanh");
    std::iter::once(identity).chain(ROWS.iter().copied().chain(tanh).map(entry)).collect()
});

/// What a row says of itself, as an entry of the menu. Made once for each row.
fn entry(row: &'static dyn Row) -> Entry<Activation> {
    let info = row.info();
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
        item: Activation { row: Some(row) },
    }
}

impl Menu for Activation {
    const KIND: &'static str = "an activation";

    fn entries() -> &'static [Entry<Activation>] {
        &TABLE
    }

    fn check(&self, params: &[f64]) -> Result<(), &'static str> {
        self.row.map_or(Ok(()), |row| (row.info().check)(params))
    }
}
