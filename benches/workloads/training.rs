//! T1–T5: one step of training. The batch is fed, the loss and its gradient computed, the parameters
//! moved by SGD with rate 0.01 and kept for the next step, the loss read; f32.

use chainrule::autograd::{Tape, Var};
use chainrule::ndarray::ArrayD;
use chainrule::prelude::{Activations, losses};

use super::data::{labels, uniform};
use super::{Call, Workload};

/// A network, and what it is trained with.
#[derive(Clone, Copy)]
struct Network {
    sizes: &'static [usize],
    batch: usize,
    hidden: Hidden,
    loss: Loss,
}

#[derive(Clone, Copy)]
enum Hidden {
    Tanh,
    Relu,
}

#[derive(Clone, Copy)]
enum Loss {
    Squares,
    CrossEntropy,
}

use Hidden::{Relu, Tanh};
use Loss::{CrossEntropy, Squares};

#[rustfmt::skip]
const NETWORKS: [(&str, Network); 5] = [
    ("T1", Network { sizes: &[2, 16, 16, 1],        batch: 4,   hidden: Tanh, loss: Squares }),
    ("T2", Network { sizes: &[2, 32, 32, 2],        batch: 64,  hidden: Tanh, loss: CrossEntropy }),
    ("T3", Network { sizes: &[64, 128, 64, 10],     batch: 64,  hidden: Relu, loss: CrossEntropy }),
    ("T4", Network { sizes: &[784, 256, 128, 10],   batch: 128, hidden: Relu, loss: CrossEntropy }),
    ("T5", Network { sizes: &[784, 1024, 1024, 10], batch: 256, hidden: Relu, loss: CrossEntropy }),
];

const RATE: f32 = 0.01;

pub fn all() -> Vec<Workload> {
    let workload = |(id, network): (&'static str, Network)| {
        Workload::new(id)
            .form("program", move || network.program())
            .form("recorded", move || network.recorded())
    };
    NETWORKS.into_iter().map(workload).collect()
}

impl Network {
    /// Weights uniform in ±√(6/(in + out)) (Glorot, Bengio, 2010) and small biases, in turn.
    fn parameters(&self) -> Vec<ArrayD<f32>> {
        let layers = self.sizes.windows(2).enumerate();
        let layer = layers.map(|(k, s)| {
            let width = 2.0 * (6.0 / (s[0] + s[1]) as f64).sqrt();
            [uniform(s, 2 * k, width), uniform(&s[1..], 2 * k + 1, 0.1)]
        });
        layer.flatten().collect()
    }

    fn features(&self) -> ArrayD<f32> {
        uniform(&[self.batch, self.sizes[0]], 100, 2.0)
    }

    fn targets(&self) -> ArrayD<f32> {
        let outputs = self.sizes[self.sizes.len() - 1];
        match self.loss {
            Squares => uniform(&[self.batch, outputs], 101, 2.0),
            CrossEntropy => labels(self.batch, 101, outputs),
        }
    }

    /// Records the loss.
    fn loss<'t>(&self, p: &[Var<'t, f32>], x: Var<'t, f32>, t: Var<'t, f32>) -> Var<'t, f32> {
        let last = p.len() / 2 - 1;
        let output = p.chunks(2).enumerate().fold(x, |x, (k, layer)| {
            let z = x.matmul(layer[0]) + layer[1];
            match self.hidden {
                _ if k == last => z,
                Tanh => z.tanh(),
                Relu => z.relu(),
            }
        });
        match self.loss {
            Squares => losses::mse(output, t),
            CrossEntropy => losses::cross_entropy(output, t),
        }
    }

    /// The step as a program that carries the parameters.
    fn program(&self) -> Call {
        let (x, t) = (self.features(), self.targets());
        let tape = Tape::<f32>::new();
        let p: Vec<_> = self.parameters().iter().map(|value| tape.input("p", value)).collect();
        let (vx, vt) = (tape.input("x", &x), tape.input("t", &t));
        let loss = self.loss(&p, vx, vt);
        let gradients = tape.gradient(loss, &p);
        let next: Vec<_> = p.iter().zip(&gradients).map(|(p, g)| (*p, *p - RATE * *g)).collect();
        let program = tape.compile_step(&[vx, vt], &[loss], &next);
        let mut buffers = program.buffers();
        Box::new(move || {
            program.feed(&mut buffers, 0, &x).expect("the shape fits");
            program.feed(&mut buffers, 1, &t).expect("the shape fits");
            program.play(&mut buffers);
            f64::from(program.output(&buffers, 0)[[]])
        })
    }

    /// The step recorded anew each time, on a tape that keeps its memory.
    fn recorded(self) -> Call {
        let (x, t, mut parameters) = (self.features(), self.targets(), self.parameters());
        let mut tape = Tape::<f32>::new();
        Box::new(move || {
            let loss = {
                let p: Vec<_> = parameters.iter().map(|value| tape.input("p", value)).collect();
                let loss = self.loss(&p, tape.constant(&x), tape.constant(&t));
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
}
