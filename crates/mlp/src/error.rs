//! Everything that can go wrong between a configuration and a trained network.

use std::path::PathBuf;

use crate::config::ConfigError;
use crate::data::{DataError, SplitError};
use crate::json::JsonError;
use crate::save::SaveError;

/// Why a run, an evaluation or a prediction was not possible.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration was refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data was refused.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The data is too small for the split.
    #[error("{}: {source}; change `data.split`", file.display())]
    Split {
        /// The data file.
        file: PathBuf,
        /// How many rows there are and what was asked for.
        source: SplitError,
    },
    /// The network does not suit the data or is too large.
    #[error("in `{field}`: {message}")]
    Network {
        /// The path to the field of the configuration.
        field: String,
        /// What was found and what is allowed.
        message: String,
    },
    /// A weights file is not JSON of the expected form.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A weights file contradicts itself or the data.
    #[error("{}: {message}", file.display())]
    Model {
        /// The weights file.
        file: PathBuf,
        /// What was found and what is allowed.
        message: String,
    },
    /// A result could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The tape refused a value.
    #[error(transparent)]
    Feed(#[from] chainrule_autograd::FeedError),
}
