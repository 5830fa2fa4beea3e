//! A recorded forward pass: from features and targets to outputs and loss.

use chainrule_autograd::{Tape, Var};
use ndarray::{Array1, ArrayD, ArrayView1, ArrayViewD, Axis};

use crate::config::Config;
use crate::data::{Part, Target};
use crate::history::Measure;
use crate::loss::Task;
use crate::network::Parameter;

/// The nodes of a forward pass for a fixed number of rows.
pub(crate) struct Forward<'t> {
    pub features: Var<'t, f32>,
    pub targets: Var<'t, f32>,
    pub task: Task,
    /// `w1`, `b1`, …
    pub parameters: Vec<Var<'t, f32>>,
    /// Rows × units.
    pub outputs: Var<'t, f32>,
    /// The mean over the rows, 0-d.
    pub loss: Var<'t, f32>,
}

impl<'t> Forward<'t> {
    /// Records the pass for batches like `batch`.
    pub fn record(
        tape: &'t Tape<f32>,
        config: &Config,
        parameters: &[Parameter],
        batch: &Part,
    ) -> Forward<'t> {
        let task = config.loss.task;
        let features = tape.input("features", &batch.features);
        let targets = tape.input("targets", task.array(&batch.target));
        let parameters: Vec<_> = parameters.iter().map(|p| tape.input(&p.name, &p.value)).collect();
        let outputs = config.network.forward(features, &parameters).named("outputs");
        let loss = (config.loss.mean)(outputs, targets, config.loss.params()).named("loss");
        Forward { features, targets, task, parameters, outputs, loss }
    }

    /// The loss, and how many rows of the batch are predicted right (for classes).
    pub fn outcome(&self, batch: &Part) -> (f64, Option<usize>) {
        let correct = self.outputs.with_value(|outputs| count_correct(&outputs, batch));
        (f64::from(self.loss.item()), correct)
    }
}

/// How many rows of a batch are predicted right (for classes).
pub(crate) fn count_correct(outputs: &ArrayViewD<'_, f32>, batch: &Part) -> Option<usize> {
    let Target::Classes(classes) = &batch.target else { return None };
    let found = predicted_classes(outputs);
    Some(found.into_iter().zip(classes).filter(|(a, b)| a.as_ref() == Some(*b)).count())
}

impl Task {
    /// The targets as an array: class numbers in one axis, or a column of values.
    pub(crate) fn array(self, target: &Target) -> ArrayD<f32> {
        let numbers = Array1::from_vec(numbers(target));
        match self {
            Task::Classes => numbers.into_dyn(),
            Task::Binary | Task::Values => numbers.insert_axis(Axis(1)).into_dyn(),
        }
    }
}

fn numbers(target: &Target) -> Vec<f32> {
    match target {
        Target::Classes(classes) => classes.iter().map(|&class| class as f32).collect(),
        Target::Values(values) => values.clone(),
    }
}

/// For each row the class with the largest output; with one output the second class if it is
/// positive. `None` where an output is NaN.
pub(crate) fn predicted_classes(outputs: &ArrayViewD<'_, f32>) -> Vec<Option<usize>> {
    let class = |row: ArrayView1<'_, f32>| {
        if row.iter().any(|x| x.is_nan()) {
            return None;
        }
        match row.len() {
            1 => Some(usize::from(row[0] > 0.0)),
            _ => row
                .indexed_iter()
                .reduce(|best, x| if x.1 > best.1 { x } else { best })
                .map(|x| x.0),
        }
    };
    outputs.rows().into_iter().map(class).collect()
}

/// A mean of losses and a count of hits, over batches of different sizes.
#[derive(Default)]
pub(crate) struct Tally {
    rows: usize,
    loss: f64,
    correct: Option<usize>,
}

impl Tally {
    pub fn add(&mut self, rows: usize, (loss, correct): (f64, Option<usize>)) {
        self.rows += rows;
        self.loss += loss * rows as f64;
        if let Some(correct) = correct {
            *self.correct.get_or_insert(0) += correct;
        }
    }

    /// `None` when there were no rows.
    pub fn measure(&self) -> Option<Measure> {
        let rows = self.rows as f64;
        (self.rows > 0).then(|| Measure {
            loss: self.loss / rows,
            accuracy: self.correct.map(|correct| correct as f64 / rows),
        })
    }
}

/// Plays the network over all rows of `part`, at most `most` at a time, and looks at each pass.
pub(crate) fn over_chunks(
    config: &Config,
    parameters: &[Parameter],
    part: &Part,
    most: usize,
    mut look: impl FnMut(&Forward<'_>, &Part),
) {
    for start in (0..part.len()).step_by(most.max(1)) {
        let rows: Vec<usize> = (start..part.len().min(start + most.max(1))).collect();
        let chunk = part.select(&rows);
        let tape = Tape::new();
        look(&Forward::record(&tape, config, parameters, &chunk), &chunk);
    }
}
