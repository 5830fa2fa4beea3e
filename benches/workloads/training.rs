//! T1–T5: one step of training. The batch is fed, the loss and its gradient computed, the parameters
//! moved by SGD with rate 0.01 and kept for the next step, the loss read; f32.

use chainrule::autograd::{Element, Tape, Var};
use chainrule::ndarray::ArrayD;
use chainrule::prelude::*;

use super::networks::{Array, Hidden, Loss, NETWORKS, Network, RATE};
use super::{Call, Workload};

pub fn all(threads: usize) -> Vec<Workload> {
    let workload = move |(id, network): (&'static str, Network)| {
        Workload::new(id)
            .form("program", move || program(network, threads))
            .form("recorded", move || recorded(network))
    };
    NETWORKS.into_iter().map(workload).collect()
}

/// As ndarray has it.
pub fn array(array: Array) -> ArrayD<f32> {
    ArrayD::from_shape_vec(array.shape, array.values).expect("as many values as the shape says")
}

/// Features, targets and parameters.
pub fn arrays(network: Network) -> (ArrayD<f32>, ArrayD<f32>, Vec<ArrayD<f32>>) {
    let parameters = network.parameters().into_iter().map(array).collect();
    (array(network.features()), array(network.targets()), parameters)
}

/// Records the loss.
pub fn record<'t, T: Element>(
    network: Network,
    p: &[Var<'t, T>],
    x: Var<'t, T>,
    t: Var<'t, T>,
) -> Var<'t, T> {
    let last = p.len() / 2 - 1;
    let output = p.chunks(2).enumerate().fold(x, |x, (k, layer)| {
        let z = x.matmul(layer[0]) + layer[1];
        match network.hidden {
            _ if k == last => z,
            Hidden::Tanh => z.tanh(),
            Hidden::Relu => z.relu(),
        }
    });
    match network.loss {
        Loss::Squares => losses::mse(output, t),
        Loss::CrossEntropy => losses::cross_entropy(output, t),
    }
}

/// The step as a program that carries the parameters.
fn program(network: Network, threads: usize) -> Call {
    let (x, t, parameters) = arrays(network);
    let tape = Tape::<f32>::new();
    let p: Vec<_> = parameters.iter().map(|value| tape.input("p", value)).collect();
    let (vx, vt) = (tape.input("x", &x), tape.input("t", &t));
    let loss = record(network, &p, vx, vt);
    let gradients = tape.gradient(loss, &p);
    let next: Vec<_> = p.iter().zip(&gradients).map(|(p, g)| (*p, *p - RATE * *g)).collect();
    let program = tape.compile_step(&[vx, vt], &[loss], &next);
    let mut buffers = program.buffers().with_threads(threads);
    Box::new(move || {
        program.feed(&mut buffers, 0, &x).expect("the shape fits");
        program.feed(&mut buffers, 1, &t).expect("the shape fits");
        program.play(&mut buffers);
        f64::from(program.output(&buffers, 0)[[]])
    })
}

/// The step recorded anew each time, on a tape that keeps its memory.
fn recorded(network: Network) -> Call {
    let (x, t, mut parameters) = arrays(network);
    let mut tape = Tape::<f32>::new();
    Box::new(move || {
        let loss = {
            let p: Vec<_> = parameters.iter().map(|value| tape.input("p", value)).collect();
            let loss = record(network, &p, tape.constant(&x), tape.constant(&t));
            let gradients = tape.gradient(loss, &p);
            for ((value, p), g) in parameters.iter_mut().zip(&p).zip(&gradients) {
                (*p - RATE * *g).with_value(|new| value.assign(&new));
            }
            loss.item()
        };
        tape.clear();
        f64::from(loss)
    })
}
