//! `chainrule evaluate`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use chainrule_mlp::data::{Part, Table, Target};
use chainrule_mlp::model::{Model, Prediction};
use clap::Args;
use comfy_table::{CellAlignment, Table as Grid, presets};

use crate::model_file;
use crate::output::line;

/// The largest number of classes for which hits and misses are printed class by class.
const MOST_CLASSES: usize = 20;

/// The arguments of `chainrule evaluate`.
#[derive(Args)]
pub struct Evaluate {
    /// A weights file, or the folder of a run
    model: PathBuf,
    /// Measure on all rows of this CSV file instead of the test rows of the training's file
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
}

impl Evaluate {
    /// Prints loss and accuracy, and for classes which was taken for which.
    pub fn run(&self) -> Result<()> {
        let model = model_file::load(&self.model)?;
        let (part, name) = match &self.data {
            Some(file) => (model.part(&Table::load(file)?)?, "accuracy"),
            None => (test_rows(&model)?, "test accuracy"),
        };
        let Some(measure) = model.measure(&part) else { bail!("there are no rows to measure on") };
        if let Some(grid) = confusion(&model, &part) {
            line(grid.to_string())?;
        }
        line(format!("rows {}", part.len()))?;
        line(format!("loss {:.6}", measure.loss))?;
        if let Some(accuracy) = measure.accuracy {
            line(format!("{name} {accuracy:.4}"))?;
        }
        Ok(())
    }
}

/// The rows that were held back for the test when the network was trained.
fn test_rows(model: &Model) -> Result<Part> {
    let file = &model.config.data.file;
    let table = Table::load(file)
        .context("the data of the training cannot be read; name a file with --data")?;
    if table.len() != model.rows {
        bail!(
            "{}: has {} rows, but had {} at the training, so the test rows are not the same; \
             name a file with --data",
            file.display(),
            table.len(),
            model.rows
        );
    }
    let part = model.part(&table)?.split(&model.config.data.split, model.config.seed)?.test;
    if part.is_empty() {
        bail!("no rows were held back for the test; name a file with --data");
    }
    Ok(part)
}

/// For each class how often it was predicted as which.
fn confusion(model: &Model, part: &Part) -> Option<Grid> {
    let names = model.target.class_names();
    let Target::Classes(classes) = &part.target else { return None };
    let Prediction::Classes(predicted, _) = model.predict(part.features.clone()) else {
        return None;
    };
    if names.len() > MOST_CLASSES {
        return None;
    }
    let mut counts = vec![vec![0_usize; names.len() + 1]; names.len()];
    for (&class, predicted) in classes.iter().zip(predicted) {
        counts[class][predicted.unwrap_or(names.len())] += 1;
    }
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING);
    grid.set_header(std::iter::once("is \\ predicted").chain(names.iter().map(String::as_str)));
    for (name, counts) in names.iter().zip(&counts) {
        let cells = counts[..names.len()].iter();
        let shown = cells.map(|&n| if n == 0 { "·".to_owned() } else { n.to_string() });
        grid.add_row(std::iter::once(name.clone()).chain(shown));
    }
    for column in grid.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    Some(grid)
}
