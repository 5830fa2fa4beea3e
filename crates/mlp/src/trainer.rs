//! Training: epochs of mini-batches over the training rows, repeatable to the bit for one seed.

use rand::seq::SliceRandom;

use crate::config::Config;
use crate::data::{Dataset, Part, Parts, Scaler, Table};
use crate::error::Error;
use crate::fit;
use crate::forward::Tally;
use crate::history::{Epoch, History};
use crate::model::Model;
use crate::rng::{self, Purpose};
use crate::run::Run;
use crate::step::{Carried, Step};

/// What a run tells while it goes on.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The number of epochs.
    pub epochs: usize,
    /// The step within the epoch, from 1.
    pub step: usize,
    /// The number of steps of an epoch.
    pub steps: usize,
    /// The mean loss of the batch before the step.
    pub loss: f64,
    /// The figures of the epoch, after its last step.
    pub done: Option<Epoch>,
}

/// A configuration with its data, split and scaled: ready to train.
#[derive(Debug, Clone)]
pub struct Trainer {
    config: Config,
    untrained: Model,
    parts: Parts,
}

impl Trainer {
    /// Reads the data file of a configuration.
    ///
    /// # Errors
    /// When the data is refused or the network does not suit it.
    pub fn load(config: Config) -> Result<Trainer, Error> {
        let table = Table::load(&config.data.file)?;
        let data = Dataset::of_table(&table, &config.data.target, config.loss.task)?;
        Trainer::new(config, &data)
    }

    /// Splits and scales `data` as the configuration says; its `data.file` is not read.
    ///
    /// # Errors
    /// When there are too few rows, the network does not suit the data, or the data is not finite
    /// once scaled.
    pub fn new(config: Config, data: &Dataset) -> Result<Trainer, Error> {
        let features = data.features.len();
        fit::check(&config, features, &data.kind, data.rows.len())?;
        let split = data.rows.split(&config.data.split, config.seed);
        let mut parts = split.map_err(|source| Error::Split { file: data.file.clone(), source })?;
        let scaler = Scaler::fit(&config.data.scale, parts.train.features.view());
        for part in [&mut parts.train, &mut parts.validation, &mut parts.test] {
            scaler.apply(&mut part.features);
            let mut scaled = part.features.indexed_iter();
            if let Some(((_, column), x)) = scaled.find(|(_, x)| !x.is_finite()) {
                let (scale, name) = (&config.data.scale, &data.features[column]);
                let message = format!(
                    "`{scale}` makes a number of column `{name}` {x}; choose a scaling that keeps \
                     it within the range of f32"
                );
                return Err(Error::Network { field: "data.scale".to_owned(), message });
            }
        }
        let untrained = Model {
            features: data.features.clone(),
            target: data.kind.clone(),
            scaler,
            rows: data.rows.len(),
            parameters: config.network.initial(features, config.seed),
            config: config.clone(),
        };
        Ok(Trainer { config, untrained, parts })
    }

    /// The rows of the three parts, scaled.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The network before training.
    pub fn untrained(&self) -> &Model {
        &self.untrained
    }

    /// The tape of one training step, printed: one line per node.
    pub fn printed_step(&self) -> String {
        let rows = self.config.batch_size.min(self.parts.train.len());
        let batch = self.parts.train.select(&(0..rows).collect::<Vec<_>>());
        let carried = Carried::new(&self.config, self.untrained.parameters.clone());
        Step::printed(&self.config, &carried, &batch)
    }

    /// Trains, and tells `watch` after every step.
    ///
    /// Rows are shuffled for every epoch. There is one tape for each batch size: that of the
    /// configuration, and what is left at the end of an epoch.
    ///
    /// # Errors
    /// None that a checked configuration can cause.
    pub fn train(&self, mut watch: impl FnMut(&Progress)) -> Result<Run, Error> {
        let (config, train) = (&self.config, &self.parts.train);
        let size = config.batch_size.min(train.len());
        let mut carried = Carried::new(config, self.untrained.parameters.clone());
        let first = |rows| train.select(&(0..rows).collect::<Vec<_>>());
        let mut whole = Step::compile(config, &carried, &first(size));
        let mut rest = match train.len() % size {
            0 => None,
            left => Some(Step::compile(config, &carried, &first(left))),
        };

        let steps = train.len().div_ceil(size);
        let mut order: Vec<usize> = (0..train.len()).collect();
        let mut rng = rng::stream(config.seed, Purpose::Order);
        let mut history = History::default();
        for epoch in 1..=config.epochs {
            order.shuffle(&mut rng);
            let mut tally = Tally::default();
            let mut taken = 0;
            let (full, left) = order.split_at(order.len() / size * size);
            for (step, rows) in [(Some(&mut whole), full), (rest.as_mut(), left)] {
                let Some(step) = step else { continue };
                step.load(&carried)?;
                for rows in rows.chunks(size) {
                    let rate = self.rate(carried.steps, steps);
                    (carried.steps, taken) = (carried.steps + 1, taken + 1);
                    let outcome = step.play(&train.select(rows), rate, carried.steps)?;
                    tally.add(rows.len(), outcome);
                    let last = taken == steps;
                    let done = last.then(|| {
                        step.store(&mut carried);
                        self.epoch(epoch, rate, &tally, &carried)
                    });
                    let done = done.flatten();
                    history.epochs.extend(done);
                    let (epochs, step, loss) = (config.epochs, taken, outcome.0);
                    watch(&Progress { epoch, epochs, step, steps, loss, done });
                }
                step.store(&mut carried);
            }
        }
        let model = Model { parameters: carried.parameters, ..self.untrained.clone() };
        history.test = model.measure(&self.parts.test);
        Ok(Run { model, history })
    }

    /// The learning rate when `done` steps have been taken.
    fn rate(&self, done: usize, steps_per_epoch: usize) -> f64 {
        let progress = done as f64 / (steps_per_epoch * self.config.epochs) as f64;
        let schedule = &self.config.schedule;
        self.config.learning_rate * (schedule.factor)(progress, schedule.params())
    }

    fn epoch(&self, epoch: usize, rate: f64, tally: &Tally, carried: &Carried) -> Option<Epoch> {
        let measure = |part: &Part| self.untrained.measure_with(&carried.parameters, part);
        let validation = measure(&self.parts.validation);
        Some(Epoch { epoch, learning_rate: rate, train: tally.measure()?, validation })
    }
}
