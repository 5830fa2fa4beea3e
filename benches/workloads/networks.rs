//! The networks of T1–T5, with their parameters and batches.

use super::data::{labels, uniform};

/// A network, and what it is trained with.
#[derive(Clone, Copy)]
pub struct Network {
    pub sizes: &'static [usize],
    pub batch: usize,
    pub hidden: Hidden,
    pub loss: Loss,
}

/// The activation of hidden layers.
#[derive(Clone, Copy)]
pub enum Hidden {
    Tanh,
    Relu,
}

#[derive(Clone, Copy)]
pub enum Loss {
    Squares,
    CrossEntropy,
}

/// An array in row-major order.
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// The step of SGD.
pub const RATE: f32 = 0.01;

use Hidden::{Relu, Tanh};
use Loss::{CrossEntropy, Squares};

#[rustfmt::skip]
pub const NETWORKS: [(&str, Network); 5] = [
    ("T1", Network { sizes: &[2, 16, 16, 1],        batch: 4,   hidden: Tanh, loss: Squares }),
    ("T2", Network { sizes: &[2, 32, 32, 2],        batch: 64,  hidden: Tanh, loss: CrossEntropy }),
    ("T3", Network { sizes: &[64, 128, 64, 10],     batch: 64,  hidden: Relu, loss: CrossEntropy }),
    ("T4", Network { sizes: &[784, 256, 128, 10],   batch: 128, hidden: Relu, loss: CrossEntropy }),
    ("T5", Network { sizes: &[784, 1024, 1024, 10], batch: 256, hidden: Relu, loss: CrossEntropy }),
];

impl Array {
    fn uniform(shape: &[usize], salt: usize, width: f64) -> Array {
        let values = uniform(shape.iter().product(), salt, width);
        Array { shape: shape.to_vec(), values }
    }
}

impl Network {
    /// Weights, inputs × outputs, uniform in ±√(6/(inputs + outputs)) (Glorot, Bengio, 2010), and
    /// small biases, in turn.
    pub fn parameters(&self) -> Vec<Array> {
        let layers = self.sizes.windows(2).enumerate();
        let layer = layers.map(|(k, s)| {
            let width = 2.0 * (6.0 / (s[0] + s[1]) as f64).sqrt();
            [Array::uniform(s, 2 * k, width), Array::uniform(&s[1..], 2 * k + 1, 0.1)]
        });
        layer.flatten().collect()
    }

    /// The inputs of a batch.
    pub fn features(&self) -> Array {
        Array::uniform(&[self.batch, self.sizes[0]], 100, 2.0)
    }

    /// What the outputs shall be: values, or the class of each row as a number.
    pub fn targets(&self) -> Array {
        match self.loss {
            Squares => Array::uniform(&[self.batch, self.outputs()], 101, 2.0),
            CrossEntropy => {
                let values = self.classes().iter().map(|&class| class as f32).collect();
                Array { shape: vec![self.batch], values }
            }
        }
    }

    /// The class of each row.
    pub fn classes(&self) -> Vec<usize> {
        labels(self.batch, 101, self.outputs())
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }
}
