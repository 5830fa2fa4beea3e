//! The configuration of one training run, read from JSON.
//!
//! ```json
//! {
//!   "data": {
//!     "file": "../../data/digits.csv",
//!     "target": "label",
//!     "scale": {"divide": 16},
//!     "split": {"validation": 0.1, "test": 0.2}
//!   },
//!   "network": {
//!     "layers": [
//!       {"units": 128, "activation": "relu"},
//!       {"units": 64, "activation": "relu"},
//!       {"units": 10}
//!     ],
//!     "init": "he"
//!   },
//!   "loss": "cross_entropy",
//!   "optimizer": "adam",
//!   "learning_rate": 0.001,
//!   "batch_size": 64,
//!   "epochs": 20,
//!   "seed": 0,
//!   "out": "runs/digits"
//! }
//! ```
//!
//! The width of the input and the number of classes come from the data. Whatever has a name
//! ("relu", "adam", …) is a [`Choice`]. What may be left out says so below; a name that is not
//! known is an error.

mod tables;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::choice::Choice;
use crate::json::{self, JsonError};
use crate::number;

pub use crate::activation::Activation;
pub use crate::loss::Loss;
pub use crate::optimizer::Optimizer;
pub use tables::{Init, Scale, Schedule};

/// One training run: data, network, loss and how to descend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `data`, `network`, `loss`, …")]
pub struct Config {
    /// What to learn from.
    pub data: Data,
    /// What learns.
    pub network: Network,
    /// What is made small.
    pub loss: Choice<Loss>,
    /// How the parameters follow the gradient; `adam` if left out.
    #[serde(default = "adam")]
    pub optimizer: Choice<Optimizer>,
    /// The step size at the start; > 0.
    #[serde(deserialize_with = "number::positive")]
    pub learning_rate: f64,
    /// How the step size changes during training; `constant` if left out.
    #[serde(default = "constant")]
    pub schedule: Choice<Schedule>,
    /// Rows per step; the last step of an epoch takes what is left.
    #[serde(deserialize_with = "number::count")]
    pub batch_size: usize,
    /// How often every training row is seen.
    #[serde(deserialize_with = "number::count")]
    pub epochs: usize,
    /// Fixes the split, the initial weights and the order of the rows; 0 if left out.
    #[serde(default, deserialize_with = "number::whole")]
    pub seed: u64,
    /// The folder for weights, history and the loss curve, relative to where the command runs.
    #[serde(deserialize_with = "json::path")]
    pub out: PathBuf,
}

/// The data of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `file`, `target`, …")]
pub struct Data {
    /// A CSV file with a header; in a configuration file relative to the folder of that file.
    #[serde(deserialize_with = "json::path")]
    pub file: PathBuf,
    /// The column to predict; all others are features.
    pub target: String,
    /// How features are scaled; `standard` if left out.
    #[serde(default = "standard")]
    pub scale: Choice<Scale>,
    /// The parts that are held back; a tenth and a fifth if left out.
    #[serde(default)]
    pub split: Split,
}

/// The fractions of the rows that are not trained on; the rest is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `validation` and `test`")]
pub struct Split {
    /// For watching the training and choosing settings; in [0, 1).
    #[serde(deserialize_with = "number::fraction")]
    pub validation: f64,
    /// For the one figure at the end; in [0, 1).
    #[serde(deserialize_with = "number::fraction")]
    pub test: f64,
}

/// The layers of a network, from the first hidden one to the output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `layers`, …")]
pub struct Network {
    /// At least one; the last is the output.
    pub layers: Vec<Layer>,
    /// How weights start (biases start at 0); `he` if left out.
    #[serde(default = "he")]
    pub init: Choice<Init>,
}

/// One dense layer: activation(x W + b).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `units`, …")]
pub struct Layer {
    /// The number of outputs.
    #[serde(deserialize_with = "number::count")]
    pub units: usize,
    /// `identity` if left out.
    #[serde(default = "identity")]
    pub activation: Choice<Activation>,
}

impl Default for Split {
    fn default() -> Self {
        Split { validation: 0.1, test: 0.2 }
    }
}

fn adam() -> Choice<Optimizer> {
    Choice::known("adam")
}

fn constant() -> Choice<Schedule> {
    Choice::known("constant")
}

fn standard() -> Choice<Scale> {
    Choice::known("standard")
}

fn he() -> Choice<Init> {
    Choice::known("he")
}

fn identity() -> Choice<Activation> {
    Choice::known("identity")
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not the JSON that is expected.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A field, alone or together with others, has a value that is not possible.
    #[error("{}: in `{field}`: {message}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The path to the field.
        field: String,
        /// What was found and what is allowed.
        message: String,
    },
}

impl Config {
    /// Reads a configuration file. The path of the data file is resolved against its folder.
    ///
    /// # Errors
    /// When the file cannot be read, is not JSON, or a field is missing, unknown or has a value
    /// that is not allowed: the error names file, line, column and field.
    pub fn load(file: impl AsRef<Path>) -> Result<Config, ConfigError> {
        let file = file.as_ref();
        let mut config: Config = json::read(file)?;
        config.check(file)?;
        if let Some(folder) = file.parent() {
            config.data.file = tidy(&folder.join(&config.data.file));
        }
        Ok(config)
    }

    /// Reads a configuration from text; paths in it are relative to the current folder.
    ///
    /// # Errors
    /// As [`Config::load`]; the errors call the file `<config>`.
    pub fn from_json(text: &str) -> Result<Config, ConfigError> {
        let file = Path::new("<config>");
        let config: Config = json::parse(text, file)?;
        config.check(file)?;
        Ok(config)
    }

    /// Checks what one field alone cannot tell; `file` is the name that errors give.
    fn check(&self, file: &Path) -> Result<(), ConfigError> {
        let refuse = |field: &str, message: String| {
            Err(ConfigError::Field { file: file.to_owned(), field: field.to_owned(), message })
        };
        let Split { validation, test } = self.data.split;
        if validation + test >= 1.0 {
            let message = format!(
                "`validation` {validation} and `test` {test} leave no rows for training; \
                 allowed is a sum below 1"
            );
            return refuse("data.split", message);
        }
        if self.network.layers.is_empty() {
            return refuse(
                "network.layers",
                "is empty; at least the output layer is needed".into(),
            );
        }
        if self.data.target.trim().is_empty() {
            return refuse("data.target", "is empty; name the column to predict".into());
        }
        if self.out.as_os_str().is_empty() {
            return refuse("out", "is empty; name a folder for the results".into());
        }
        Ok(())
    }
}

/// Removes `.` and takes `folder/..` together, as long as nothing but names is involved.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut tidied = PathBuf::new();
    for part in path.components() {
        let last = tidied.components().next_back();
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(last, Some(Component::Normal(_))) => {
                tidied.pop();
            }
            _ => tidied.push(part),
        }
    }
    tidied
}
