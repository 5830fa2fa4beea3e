//! dfdx: shapes are types, so that each network is compiled for itself.

use std::hint::black_box;

use dfdx::losses::{cross_entropy_with_logits_loss, mse_loss};
use dfdx::nn::modules::Linear;
use dfdx::optim::{Optimizer, Sgd, SgdConfig};
use dfdx::prelude::*;
use worker::data::{ENTRY, LONG, SHORT, elementwise};
use worker::networks::{Array, NETWORKS, Network, RATE};
use worker::{Call, Forms};

fn main() {
    worker::serve(|id| {
        let call = match id {
            "A1" => function(|x| x.relu()),
            "A2" => function(|x| x.sigmoid()),
            "A3" => function(|x| x.tanh()),
            "A4" => function(|x| x.fast_gelu()),
            "A5" => function(|x| x.accurate_gelu()),
            "A6" => function(|x| x.with_empty_tape() * x.sigmoid()),
            "A7" => function(|x| (x.exp() + 1.0).ln()),
            "A8a" => function(|x| x.softmax::<Axis<1>>()),
            "A8b" => function(|x| x.log_softmax::<Axis<1>>()),
            "C1" | "C1-recorded" => chain(1000, SHORT),
            "C2" => chain(500_000, LONG),
            _ => training(id)?,
        };
        Ok(Forms::from([("eager", call)]))
    });
}

/// A step of a network: `training!(network, activation, inputs, hidden, hidden, outputs, batch,
/// loss, targets)`, where `targets` makes what the loss compares with.
macro_rules! training {
    ($network:expr, $act:ident, $i:literal, $h:literal, $k:literal, $o:literal, $batch:literal,
     $loss:ident, $targets:ident) => {{
        type Layers = (
            (builders::Linear<$i, $h>, builders::$act),
            (builders::Linear<$h, $k>, builders::$act),
            builders::Linear<$k, $o>,
        );
        let (network, dev): (Network, Cpu) = ($network, Cpu::default());
        let mut model = dev.build_module::<Layers, f32>();
        let p = network.parameters();
        load(&mut model.0.0, &p[0], &p[1]);
        load(&mut model.1.0, &p[2], &p[3]);
        load(&mut model.2, &p[4], &p[5]);
        let x: Tensor<Rank2<$batch, $i>, f32, Cpu> = dev.tensor(network.features().values);
        let t: Tensor<Rank2<$batch, $o>, f32, Cpu> = dev.tensor($targets(network));
        let config = SgdConfig { lr: f64::from(RATE), momentum: None, weight_decay: None };
        let mut sgd = Sgd::new(&model, config);
        let mut kept = Some(model.alloc_grads());
        let call: Call = Box::new(move || {
            let output = model.forward_mut(x.trace(kept.take().expect("the last gradients")));
            let loss = $loss(output, t.clone());
            let value = loss.array();
            let mut gradients = loss.backward();
            sgd.update(&mut model, &gradients).expect("all are used");
            model.zero_grads(&mut gradients);
            kept = Some(gradients);
            f64::from(value)
        });
        call
    }};
}

fn training(id: &str) -> Result<Call, String> {
    let network = NETWORKS.into_iter().find(|(name, _)| *name == id);
    let network = network.ok_or("has no Jacobians")?.1;
    let (mse, ce) = (values, one_hot);
    Ok(match id {
        "T1" => training!(network, Tanh, 2, 16, 16, 1, 4, mse_loss, mse),
        "T2" => training!(network, Tanh, 2, 32, 32, 2, 64, cross_entropy_with_logits_loss, ce),
        "T3" => training!(network, ReLU, 64, 128, 64, 10, 64, cross_entropy_with_logits_loss, ce),
        "T4" => {
            training!(network, ReLU, 784, 256, 128, 10, 128, cross_entropy_with_logits_loss, ce)
        }
        _ => training!(network, ReLU, 784, 1024, 1024, 10, 256, cross_entropy_with_logits_loss, ce),
    })
}

fn values(network: Network) -> Vec<f32> {
    network.targets().values
}

fn one_hot(network: Network) -> Vec<f32> {
    let columns = 0..network.outputs();
    let row = |class| columns.clone().map(move |column| f32::from(u8::from(column == class)));
    network.classes().into_iter().flat_map(row).collect()
}

/// The library has weights as outputs × inputs.
fn load<const I: usize, const O: usize>(
    layer: &mut Linear<I, O, f32, Cpu>,
    weights: &Array,
    bias: &Array,
) {
    let transposed = (0..O).flat_map(|o| (0..I).map(move |i| weights.values[i * O + o]));
    layer.weight.copy_from(&transposed.collect::<Vec<_>>());
    layer.bias.copy_from(&bias.values);
}

type Square<Tape> = Tensor<Rank2<1000, 1000>, f32, Cpu, Tape>;
type Taped = OwnedTape<f32, Cpu>;

/// Backwards goes only from a number: from the sum of y times its adjoint.
fn function(f: fn(Square<Taped>) -> Square<Taped>) -> Call {
    let dev = Cpu::default();
    let [x, g] = elementwise().map(|values| -> Square<NoneTape> { dev.tensor(values) });
    Box::new(move || {
        let (y, tape) = f(x.leaky_trace()).split_tape();
        let gradients = (y.clone().put_tape(tape) * g.clone()).sum().backward();
        f64::from(y[ENTRY]) + f64::from(gradients.get(&x)[ENTRY])
    })
}

/// y·a + b so often, and its derivative.
fn chain(count: usize, [x, a, b]: [f32; 3]) -> Call {
    let dev = Cpu::default();
    Box::new(move || {
        let x: Tensor<Rank0, f32, Cpu> = dev.tensor(black_box(x));
        let y = (0..count).fold(x.leaky_trace(), |y, _| y * black_box(a) + black_box(b));
        let value = y.array();
        f64::from(value) + f64::from(y.backward().get(&x).array())
    })
}
