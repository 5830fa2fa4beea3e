//! What a run did, epoch by epoch.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::floats;
use crate::json::{self, JsonError};
use crate::save::{SaveError, save};

/// How well a network does on some rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The mean of the loss over the rows.
    #[serde(with = "floats::one")]
    pub loss: f64,
    /// The fraction of rows whose class is predicted; `None` for real values.
    pub accuracy: Option<f64>,
}

/// One pass over the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// On the training rows as they were met, each before the step it took part in.
    pub train: Measure,
    /// On the validation rows after the epoch; `None` when there are none.
    pub validation: Option<Measure>,
}

/// All epochs of a run, and the figure at its end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// In order.
    pub epochs: Vec<Epoch>,
    /// On the test rows after training; `None` when there are none.
    pub test: Option<Measure>,
}

impl History {
    /// Writes the history as JSON; floats load back bit-equal.
    ///
    /// # Errors
    /// When the file cannot be written; what stood there before is untouched.
    pub fn save(&self, file: impl AsRef<Path>) -> Result<(), SaveError> {
        let file = file.as_ref();
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| SaveError { path: file.to_owned(), source: error.into() })?;
        text.push('\n');
        save(file, text.as_bytes())
    }

    /// Reads a history that [`History::save`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn load(file: impl AsRef<Path>) -> Result<History, JsonError> {
        json::read(file.as_ref())
    }
}
