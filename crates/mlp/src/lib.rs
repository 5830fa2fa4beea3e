//! A trainer of multi-layer perceptrons: from a CSV file and a JSON configuration to a trained
//! network, its history and its loss curve.

#![warn(missing_docs)]

pub mod activation;
pub mod choice;
pub mod config;
pub mod data;
pub mod floats;
pub mod history;
mod json;
pub mod loss;
mod number;
pub mod optimizer;
pub mod plot;
pub mod rng;
pub mod save;
mod suggest;

pub use config::Config;
pub use json::JsonError;
pub use number::Allowed;
