//! A network with its parameters and all that is needed to use it: what it was trained on, how
//! features are scaled, what its outputs mean. The file it is kept in is
//! that of [`weights`](crate::weights).

use chainrule_activations::softmax::softmax;
use ndarray::{Array2, Axis, concatenate, s};

use crate::config::Config;
use crate::data::{DataError, Part, Scaler, Table, Target, TargetKind};
use crate::fit;
use crate::forward::{Tally, over_chunks, predicted_classes};
use crate::history::Measure;
use crate::network::Parameter;

/// A network that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The configuration it was trained with.
    pub config: Config,
    /// The names of the features, in the order of the inputs.
    pub features: Vec<String>,
    /// What the outputs mean.
    pub target: TargetKind,
    /// How features are scaled before they enter.
    pub scaler: Scaler,
    /// The number of rows of the data file it was trained with, all parts together.
    pub rows: usize,
    /// `w1`, `b1`, `w2`, …
    pub parameters: Vec<Parameter>,
}

/// What a network says about some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// For each row the index of the class (`None` when an output is NaN), and for rows × classes
    /// the probabilities.
    Classes(Vec<Option<usize>>, Array2<f32>),
    /// For each row a value.
    Values(Vec<f32>),
}

impl Model {
    /// The mean loss, and for classes the accuracy, over *scaled* rows; `None` for no rows.
    pub fn measure(&self, part: &Part) -> Option<Measure> {
        self.measure_with(&self.parameters, part)
    }

    /// [`Model::measure`] with other parameters of the same shapes.
    pub(crate) fn measure_with(&self, parameters: &[Parameter], part: &Part) -> Option<Measure> {
        let mut tally = Tally::default();
        let most = fit::rows_at_once(&self.config, self.features.len());
        over_chunks(&self.config, parameters, part, most, |forward, chunk| {
            tally.add(chunk.len(), forward.outcome(chunk));
        });
        tally.measure()
    }

    /// The features of a table, in the order of the inputs and scaled. Columns that the network
    /// does not know are ignored.
    ///
    /// # Errors
    /// When a feature is missing, or a field is not a finite number or not finite once scaled.
    pub fn inputs(&self, table: &Table) -> Result<Array2<f32>, DataError> {
        let mut features = table.numbers(&self.features)?;
        self.scaler.apply(&mut features);
        if let Some(((row, column), _)) = features.indexed_iter().find(|(_, x)| !x.is_finite()) {
            let column = table.position(&self.features[column])?;
            return Err(table.refuse(row, column, "a number that stays finite when it is scaled"));
        }
        Ok(features)
    }

    /// The features (scaled) and targets of a table.
    ///
    /// # Errors
    /// As [`Model::inputs`], and when a target is missing or of an unknown class.
    pub fn part(&self, table: &Table) -> Result<Part, DataError> {
        let target = self.target.read(table, &self.config.data.target)?;
        Ok(Part { features: self.inputs(table)?, target })
    }

    /// What the network says about *scaled* features (rows × columns, as [`Model::inputs`] gives).
    pub fn predict(&self, inputs: Array2<f32>) -> Prediction {
        let rows = inputs.nrows();
        // The recorded pass has a loss, so it wants targets: any will do.
        let target = match &self.target {
            TargetKind::Classes(_) => Target::Classes(vec![0; rows]),
            TargetKind::Values => Target::Values(vec![0.0; rows]),
        };
        let part = Part { features: inputs, target };
        let mut outputs = Array2::zeros((rows, self.config.network.outputs()));
        let most = fit::rows_at_once(&self.config, self.features.len());
        let mut start = 0;
        over_chunks(&self.config, &self.parameters, &part, most, |forward, chunk| {
            let mut place = outputs.slice_mut(s![start..start + chunk.len(), ..]);
            forward.outputs.with_value(|chunk| place.assign(&chunk));
            start += chunk.len();
        });
        match &self.target {
            TargetKind::Values => Prediction::Values(outputs.into_iter().collect()),
            TargetKind::Classes(_) => Prediction::Classes(
                predicted_classes(&outputs.view().into_dyn()),
                probabilities(&outputs),
            ),
        }
    }
}

/// Softmax of each row; of one logit both probabilities.
fn probabilities(logits: &Array2<f32>) -> Array2<f32> {
    match logits.ncols() {
        1 => softmax(&concatenate![Axis(1), Array2::zeros(logits.dim()), *logits], 1),
        _ => softmax(logits, 1),
    }
}
