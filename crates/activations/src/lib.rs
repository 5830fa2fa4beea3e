//! Neural-network activations.

mod normal;
pub mod rows;

pub use rows::Activations;
