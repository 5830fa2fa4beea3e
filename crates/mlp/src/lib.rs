//! A trainer of multi-layer perceptrons: from a CSV file and a JSON configuration to a trained
//! network, its history and its loss curve.
//!
//! ```
//! use chainrule_mlp::data::{Dataset, Part, Target, TargetKind};
//! use chainrule_mlp::{Config, Trainer};
//! use ndarray::array;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::from_json(
//!     r#"{
//!         "data": {"file": "-", "target": "y", "scale": "none",
//!                  "split": {"validation": 0, "test": 0}},
//!         "network": {"layers": [{"units": 1}]},
//!         "loss": "mse", "optimizer": "sgd", "learning_rate": 0.1,
//!         "batch_size": 4, "epochs": 100, "out": "runs/line"
//!     }"#,
//! )?;
//! let data = Dataset {
//!     file: "-".into(),
//!     features: vec!["x".into()],
//!     kind: TargetKind::Values,
//!     rows: Part {
//!         features: array![[-1.0], [0.0], [1.0], [2.0]],
//!         target: Target::Values(vec![-1.0, 1.0, 3.0, 5.0]),
//!     },
//! };
//! let trainer = Trainer::new(config, &data)?;
//! let run = trainer.train(|_| {})?;
//! assert!((run.model.parameters[0].value[[0, 0]] - 2.0).abs() < 1e-3); // y = 2x + 1
//! assert!((run.model.parameters[1].value[[0]] - 1.0).abs() < 1e-3);
//!
//! let step = trainer.printed_step();
//! assert!(step.contains("`loss`") && step.contains("`next w1`"));
//! # Ok(())
//! # }
//! ```
//!
//! # One step is one tape
//!
//! Forward pass, loss, gradient and the optimiser's update are recorded once for each batch size
//! and replayed for every batch; the parameters go round from `next w1` to `w1`. This is the step
//! of the line above, as [`Trainer::printed_step`] prints it:
//!
//! ```text
//! %0    = input                        []  `rate`
//! %1    = input                        []  `step`
//! %2    = input                        [4, 1]  `features`
//! %3    = input                        [4, 1]  `targets`
//! %4    = input                        [1, 1]  `w1`
//! %5    = input                        [1]  `b1`
//! %6    = matmul(a, b) %2 %4           [4, 1]
//! %7    = + %6 %5                      [4, 1]  `outputs`
//! %8    = − %7 %3                      [4, 1]
//! %9    = square %8                    [4, 1]
//! %10   = sum[0, 1] %9                 [1, 1]
//! %11   = ÷ 4 %10                      [1, 1]
//! %12   = reshape %11                  []  `loss`
//! %13   = 1                            []
//! %14   = reshape %13                  [1, 1]
//! %15   = ÷₀ 4 %14                     [1, 1]
//! %16   = expand %15                   [4, 1]
//! %17   = square′ %8 %16               [4, 1]
//! %18   = sum[0] %17                   [1, 1]
//! %19   = reshape %18                  [1]
//! %20   = matmul(aᵀ, b) %2 %17         [1, 1]
//! %21   = × %0 %20                     [1, 1]
//! %22   = − %4 %21                     [1, 1]  `next w1`
//! %23   = × %0 %19                     [1]
//! %24   = − %5 %23                     [1]  `next b1`
//! ```
//!
//! # Where is…?
//!
//! | what | where |
//! |---|---|
//! | the configuration, field by field | [`config`] |
//! | the table of activations, of losses, of optimisers | [`activation`], [`loss`], [`optimizer`] |
//! | how a name with parameters is read | [`choice`] |
//! | reading, splitting and scaling data | [`data`] |
//! | the forward pass and the initial weights | [`network`] |
//! | the loop over epochs and batches | [`trainer`] |
//! | the weights file | [`weights`] |
//! | floats that load back bit-equal, NaN too | [`floats`] |
//! | writing without ever losing the old file | [`save`] |
//!
//! # Conventions
//!
//! - Everything is computed in f32; losses are averaged in f64.
//! - One seed fixes the split, the initial weights and the order of the rows, each by its own
//!   stream of a named generator ([`rng`]). Two runs with one seed on one machine are bit-equal.
//! - The training loss of an epoch is that of the batches as they were met, each before its step;
//!   the validation loss is that of the network after the epoch.
//! - What is scaled is scaled by what the training rows show; the test rows are looked at once, at
//!   the end.

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
pub mod weights;

pub use config::Config;
pub use error::Error;
pub use json::JsonError;
pub use model::Model;
pub use number::Allowed;
pub use run::Run;
pub use trainer::Trainer;
