//! Data: a CSV file becomes features and targets, split by a seed and scaled by what the training
//! part shows.

mod dataset;
mod part;
mod scaler;
mod table;
mod target;

pub use dataset::Dataset;
pub use part::{Part, Parts, SplitError};
pub use scaler::Scaler;
pub use table::{DataError, Table};
pub use target::{Target, TargetKind};
