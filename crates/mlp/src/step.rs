//! One training step, recorded once and replayed for every batch: forward pass, loss, gradient and
//! the optimiser's update stand on one tape.

use chainrule_autograd::{FeedError, Tape, Var};
use ndarray::ArrayD;

use crate::config::Config;
use crate::data::Part;
use crate::forward::Forward;
use crate::network::Parameter;
use crate::optimizer::Descent;

/// What is carried from one step to the next: the parameters, and what the optimiser remembers.
pub(crate) struct Carried {
    pub parameters: Vec<Parameter>,
    /// For each parameter one array per name in the optimiser's memory.
    memory: Vec<Vec<ArrayD<f32>>>,
    /// The steps that were taken.
    pub steps: usize,
}

impl Carried {
    pub fn new(config: &Config, parameters: Vec<Parameter>) -> Carried {
        let memory = parameters
            .iter()
            .map(|p| vec![ArrayD::zeros(p.value.shape()); config.optimizer.memory.len()])
            .collect();
        Carried { parameters, memory, steps: 0 }
    }
}

/// An input and the node that gives its value for the next step.
struct Carry<'t> {
    input: Var<'t, f32>,
    next: Var<'t, f32>,
}

/// A recorded step for batches of a fixed number of rows.
pub(crate) struct Step<'t> {
    forward: Forward<'t>,
    rate: Var<'t, f32>,
    number: Var<'t, f32>,
    parameters: Vec<Carry<'t>>,
    memory: Vec<Vec<Carry<'t>>>,
}

impl<'t> Step<'t> {
    /// Records the step for batches like `batch`.
    pub fn record(
        tape: &'t Tape<f32>,
        config: &Config,
        carried: &Carried,
        batch: &Part,
    ) -> Step<'t> {
        let rate = tape.input("rate", 0.0);
        let number = tape.input("step", 1.0);
        let memory: Vec<Vec<Var<'t, f32>>> =
            carried.memory.iter().map(|arrays| inputs(tape, config, arrays)).collect();
        let forward = Forward::record(tape, config, &carried.parameters, batch);
        let gradients = tape.gradient(forward.loss, &forward.parameters);

        let mut step = Step { forward, rate, number, parameters: vec![], memory: vec![] };
        let weights = step.forward.parameters.iter().zip(&carried.parameters);
        for (((&weight, parameter), gradient), memory) in weights.zip(gradients).zip(&memory) {
            let params = config.optimizer.params();
            let descent = Descent { weight, gradient, memory, rate, step: number, params };
            let next = (config.optimizer.next)(&descent);
            let named = next.weight.named(&format!("next {}", parameter.name));
            step.parameters.push(Carry { input: weight, next: named });
            let pairs = memory.iter().zip(next.memory);
            step.memory.push(pairs.map(|(&input, next)| Carry { input, next }).collect());
        }
        step
    }

    /// Plays one step: reads and replaces what is carried. Gives the loss and the number of rows
    /// that were predicted right before the update.
    pub fn play(
        &self,
        batch: &Part,
        rate: f64,
        carried: &mut Carried,
    ) -> Result<(f64, Option<usize>), FeedError> {
        carried.steps += 1;
        self.rate.set(rate as f32)?;
        self.number.set(carried.steps as f32)?;
        self.forward.set(batch)?;
        for (carry, parameter) in self.parameters.iter().zip(&carried.parameters) {
            carry.input.set(&parameter.value)?;
        }
        for (carry, array) in self.memory.iter().flatten().zip(carried.memory.iter().flatten()) {
            carry.input.set(array)?;
        }
        for (carry, parameter) in self.parameters.iter().zip(&mut carried.parameters) {
            carry.next.with_value(|next| parameter.value.assign(&next));
        }
        let arrays = carried.memory.iter_mut().flatten();
        for (carry, array) in self.memory.iter().flatten().zip(arrays) {
            carry.next.with_value(|next| array.assign(&next));
        }
        Ok(self.forward.outcome(batch))
    }
}

fn inputs<'t>(tape: &'t Tape<f32>, config: &Config, arrays: &[ArrayD<f32>]) -> Vec<Var<'t, f32>> {
    let names = config.optimizer.memory;
    names.iter().zip(arrays).map(|(name, array)| tape.input(name, array)).collect()
}
