//! A trainer of multi-layer perceptrons: from a CSV file and a JSON configuration to a trained
//! network, its history and its loss curve.

#![warn(missing_docs)]

pub mod activation;
pub mod choice;
pub mod config;
pub mod data;
pub mod error;
pub mod fit;
pub mod floats;
mod forward;
pub mod history;
mod json;
pub mod loss;
pub mod model;
pub mod network;
mod number;
pub mod optimizer;
pub mod plot;
pub mod rng;
pub mod run;
pub mod save;
mod step;
mod suggest;
pub mod trainer;

pub use config::Config;
pub use error::Error;
pub use json::JsonError;
pub use model::Model;
pub use number::Allowed;
pub use run::Run;
pub use trainer::Trainer;
