//! E: 20 epochs of training on the digits, 64-128-64-10 relu, Adam with rate 0.001, batch 64; f32.
//! Here within one process, with reading the data; the comparison with other libraries times the
//! command `chainrule train`, from the start of the process to its end.

use chainrule::mlp::{Config, Trainer};

use super::{Call, Workload};

const CONFIG: &str = "benches/peers/digits/digits.json";

pub fn all() -> Vec<Workload> {
    vec![Workload::new("E").form("in process", train)]
}

fn train() -> Call {
    Box::new(|| {
        let config = Config::load(CONFIG).expect("run from the project's folder");
        let run = Trainer::load(config).and_then(|trainer| trainer.train(|_| {}));
        let history = run.expect("the digits can be learnt").history;
        history.epochs.last().expect("20 epochs").train.loss
    })
}
