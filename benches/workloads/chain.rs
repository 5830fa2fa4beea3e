//! C1, C2: long chains of scalar operations, where what is measured is the cost of a node; f32.
//!
//! C1 is y ← y·a + b, 1000 times from y = x, with the gradient of the result with respect to x, for
//! x, a and b that are fed. C2 is 10⁶ operations, y·a and y + b in turn, from nothing to nothing: a
//! new tape is recorded, with the gradient, played, and dropped.

use std::hint::black_box;

use chainrule::autograd::{Tape, Var};

use super::data::{LONG, SHORT};
use super::{Call, Workload};

pub fn all() -> Vec<Workload> {
    vec![
        Workload::new("C1").form("program", program),
        Workload::new("C1-recorded").form("recorded", recorded),
        Workload::new("C2").form("recorded", million),
    ]
}

/// y and dy/dx for y = x·a + b and so on, `count` operations.
fn chain<'t>(tape: &'t Tape<f32>, [x, a, b]: [Var<'t, f32>; 3], count: usize) -> [Var<'t, f32>; 2] {
    let y = (0..count).fold(x, |y, k| if k % 2 == 0 { y * a } else { y + b });
    [y, tape.gradient(y, &[x])[0]]
}

fn inputs(tape: &Tape<f32>, values: [f32; 3]) -> [Var<'_, f32>; 3] {
    black_box(values).map(|value| tape.input("x, a or b", value))
}

fn sum(outputs: [f32; 2]) -> f64 {
    outputs.map(f64::from).iter().sum()
}

fn program() -> Call {
    let tape = Tape::new();
    let inputs = inputs(&tape, SHORT);
    let program = tape.compile(&inputs, &chain(&tape, inputs, 2000));
    let mut buffers = program.buffers();
    Box::new(move || {
        for (i, value) in SHORT.into_iter().enumerate() {
            program.feed(&mut buffers, i, black_box(value)).expect("a number fits");
        }
        program.play(&mut buffers);
        sum([0, 1].map(|i| program.output(&buffers, i)[[]]))
    })
}

fn recorded() -> Call {
    let mut tape = Tape::new();
    Box::new(move || {
        let outputs = chain(&tape, inputs(&tape, SHORT), 2000).map(|v| v.item());
        tape.clear();
        sum(outputs)
    })
}

fn million() -> Call {
    Box::new(|| {
        let tape = Tape::new();
        sum(chain(&tape, inputs(&tape, LONG), 1_000_000).map(|v| v.item()))
    })
}
