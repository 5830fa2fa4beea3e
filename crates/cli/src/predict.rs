//! `chainrule predict`.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use chainrule_mlp::data::Table;
use chainrule_mlp::model::{Model, Prediction};
use chainrule_mlp::save;
use clap::Args;

use crate::model_file;
use crate::output::line;

/// The arguments of `chainrule predict`.
#[derive(Args)]
pub struct Predict {
    /// A weights file, or the folder of a run
    model: PathBuf,
    /// The rows to predict: a CSV file with the columns of the features, in any order
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// Write the predictions into this CSV file instead of to stdout
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
}

impl Predict {
    /// Writes one line per row: for classes the name and its probability, else the value.
    pub fn run(&self) -> Result<()> {
        let model = model_file::load(&self.model)?;
        let inputs = model.inputs(&Table::load(&self.data)?)?;
        let text = lines(&model, &model.predict(inputs));
        match &self.out {
            Some(file) => save::save(file, format!("{text}\n").as_bytes())?,
            None => line(text)?,
        }
        Ok(())
    }
}

fn lines(model: &Model, prediction: &Prediction) -> String {
    let target = quoted(&model.config.data.target);
    let mut text = target.clone();
    // Writing to a string does not fail.
    match prediction {
        Prediction::Classes(classes, probabilities) => {
            text += ",probability";
            for (class, probabilities) in classes.iter().zip(probabilities.rows()) {
                let _ = match class {
                    Some(class) => {
                        let name = quoted(&model.target.class_names()[*class]);
                        write!(text, "\n{name},{:.6}", probabilities[*class])
                    }
                    None => write!(text, "\n,NaN"),
                };
            }
        }
        Prediction::Values(values) => {
            for value in values {
                let _ = write!(text, "\n{value}");
            }
        }
    }
    text
}

/// A CSV field, in quotes if it must be.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
