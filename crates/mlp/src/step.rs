//! One training step, recorded once, compiled, and replayed for every batch: forward pass, loss,
//! gradient and the optimiser's update are one program, which carries the parameters from play to
//! play.

use chainrule_autograd::{Buffers, FeedError, Program, Tape, Var};
use ndarray::ArrayD;

use crate::config::Config;
use crate::data::Part;
use crate::forward::{Forward, count_correct};
use crate::loss::Task;
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

    /// The parameters, then their memory: the order in which a step carries them.
    fn arrays(&self) -> impl Iterator<Item = &ArrayD<f32>> {
        self.parameters.iter().map(|p| &p.value).chain(self.memory.iter().flatten())
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut ArrayD<f32>> {
        let parameters = self.parameters.iter_mut().map(|p| &mut p.value);
        parameters.chain(self.memory.iter_mut().flatten())
    }
}

/// The order of the inputs and outputs of the compiled step.
const RATE: usize = 0;
const NUMBER: usize = 1;
const FEATURES: usize = 2;
const TARGETS: usize = 3;
const OUTPUTS: usize = 0;
const LOSS: usize = 1;

/// A compiled step for batches of a fixed number of rows, with the values it works on.
pub(crate) struct Step {
    program: Program<f32>,
    buffers: Buffers<f32>,
    task: Task,
}

impl Step {
    /// Records the step for batches like `batch`, and compiles it.
    pub fn compile(config: &Config, carried: &Carried, batch: &Part) -> Step {
        let tape = Tape::new();
        let recorded = Recorded::on(&tape, config, carried, batch);
        let Recorded { rate, number, forward, pairs } = recorded;
        let inputs = [rate, number, forward.features, forward.targets];
        let program = tape.compile_step(&inputs, &[forward.outputs, forward.loss], &pairs);
        Step { buffers: program.buffers(), program, task: forward.task }
    }

    /// The step as a printed tape.
    pub fn printed(config: &Config, carried: &Carried, batch: &Part) -> String {
        let tape = Tape::new();
        Recorded::on(&tape, config, carried, batch);
        tape.to_string()
    }

    /// Takes over what is carried.
    pub fn load(&mut self, carried: &Carried) -> Result<(), FeedError> {
        let mut arrays = carried.arrays().enumerate();
        arrays.try_for_each(|(i, array)| self.program.set_carried(&mut self.buffers, i, array))
    }

    /// Hands back what is carried.
    pub fn store(&self, carried: &mut Carried) {
        for (i, array) in carried.arrays_mut().enumerate() {
            array.assign(&self.program.carried(&self.buffers, i));
        }
    }

    /// Plays one step, the `number`-th from 1. Gives the loss and the number of rows that were
    /// predicted right before the update.
    pub fn play(
        &mut self,
        batch: &Part,
        rate: f64,
        number: usize,
    ) -> Result<(f64, Option<usize>), FeedError> {
        let Step { program, buffers, task } = self;
        program.feed(buffers, RATE, rate as f32)?;
        program.feed(buffers, NUMBER, number as f32)?;
        program.feed(buffers, FEATURES, &batch.features)?;
        program.feed(buffers, TARGETS, task.array(&batch.target))?;
        program.play(buffers);
        let loss = program.output(buffers, LOSS)[[]];
        let correct = count_correct(&program.output(buffers, OUTPUTS), batch);
        Ok((f64::from(loss), correct))
    }
}

/// A step on a tape.
struct Recorded<'t> {
    rate: Var<'t, f32>,
    number: Var<'t, f32>,
    forward: Forward<'t>,
    /// Inputs and what they become: the parameters, then their memory.
    pairs: Vec<(Var<'t, f32>, Var<'t, f32>)>,
}

impl<'t> Recorded<'t> {
    fn on(tape: &'t Tape<f32>, config: &Config, carried: &Carried, batch: &Part) -> Self {
        let rate = tape.input("rate", 0.0);
        let number = tape.input("step", 1.0);
        let memory: Vec<Vec<Var<'t, f32>>> =
            carried.memory.iter().map(|arrays| inputs(tape, config, arrays)).collect();
        let forward = Forward::record(tape, config, &carried.parameters, batch);
        let gradients = tape.gradient(forward.loss, &forward.parameters);

        let (mut pairs, mut remembered) = (Vec::new(), Vec::new());
        let weights = forward.parameters.iter().zip(&carried.parameters);
        for (((&weight, parameter), gradient), memory) in weights.zip(gradients).zip(&memory) {
            let params = config.optimizer.params();
            let descent = Descent { weight, gradient, memory, rate, step: number, params };
            let next = (config.optimizer.next)(&descent);
            pairs.push((weight, next.weight.named(&format!("next {}", parameter.name))));
            remembered.extend(memory.iter().copied().zip(next.memory));
        }
        pairs.extend(remembered);
        Recorded { rate, number, forward, pairs }
    }
}

fn inputs<'t>(tape: &'t Tape<f32>, config: &Config, arrays: &[ArrayD<f32>]) -> Vec<Var<'t, f32>> {
    let names = config.optimizer.memory;
    names.iter().zip(arrays).map(|(name, array)| tape.input(name, array)).collect()
}
