//! `chainrule check`.

use anyhow::{Result, bail, ensure};
use chainrule_autograd::check::{Line, Verdict, check_all};
use chainrule_autograd::table::Row;
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};

use crate::output::line;

/// The arguments of `chainrule check`.
#[derive(Args)]
pub struct Check {
    /// Print only lines whose name contains this
    name: Option<String>,
    /// Print only what differs
    #[arg(long)]
    failures: bool,
}

impl Check {
    /// Checks every op and activation: in f64 against finite differences, in f32 against f64, at
    /// first and second order. Fails if one differs.
    pub fn run(&self) -> Result<()> {
        let lines = check_all(rows());
        let named = |l: &&Line| self.name.as_ref().is_none_or(|name| l.name.contains(name));
        let shown: Vec<&Line> =
            lines.iter().filter(named).filter(|l| !self.failures || !l.passed()).collect();
        if let (Some(name), true) = (&self.name, !lines.iter().any(|l| named(&l))) {
            bail!("no op or activation has a name with `{name}` in it");
        }
        if !shown.is_empty() {
            line(grid(&shown).to_string())?;
        }
        let wrong: Vec<&str> = lines.iter().filter(|l| !l.passed()).map(|l| l.name).collect();
        let elements: usize = lines.iter().map(|l| l.elements).sum();
        line(format!(
            "{} checks of {elements} elements of derivatives: {} agree, {} differ",
            lines.len(),
            lines.len() - wrong.len(),
            wrong.len()
        ))?;
        ensure!(wrong.is_empty(), "derivatives differ: {}", wrong.join(", "));
        Ok(())
    }
}

/// The core's rows and the activations'.
fn rows() -> impl Iterator<Item = &'static dyn Row> {
    chainrule_activations::rows()
}

fn grid(lines: &[&Line]) -> Table {
    let mut grid = Table::new();
    grid.load_style(presets::NOTHING);
    grid.set_header(["op", "dtype", "order", "elements", "worst error", "of tolerance", "verdict"]);
    for l in lines {
        let worst = l.worst.as_ref().map_or(String::new(), |e| format!("{:.1e}", e.error));
        let verdict = match l.verdict() {
            Verdict::Agrees | Verdict::Undecided => "agrees",
            Verdict::Kink => "agrees, with kinks",
            Verdict::Differs => "DIFFERS",
        };
        grid.add_row([
            l.name.to_string(),
            l.dtype.to_string(),
            l.order.to_string(),
            l.elements.to_string(),
            worst,
            format!("{:.2} %", 100.0 * l.share()),
            verdict.to_string(),
        ]);
    }
    for column in 2..=5 {
        if let Some(column) = grid.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid
}
