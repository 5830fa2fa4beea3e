//! A network of dense layers: its parameters, how they start, and its forward pass.

use chainrule_autograd::Var;
use ndarray::{ArrayD, IxDyn};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::config::{Init, Network};
use crate::rng::{self, Generator, Purpose};

/// A named array of numbers that training changes: `w1`, `b1`, `w2`, …
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// `w1` (inputs × units) and `b1` (units) belong to the first layer.
    pub name: String,
    /// The numbers.
    pub value: ArrayD<f32>,
}

impl Network {
    /// The width of the output.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units)
    }

    /// Names and shapes of all parameters for data with this many features.
    pub fn shapes(&self, features: usize) -> Vec<(String, Vec<usize>)> {
        let mut inputs = features;
        let mut shapes = Vec::new();
        for (at, layer) in self.layers.iter().enumerate() {
            shapes.push((format!("w{}", at + 1), vec![inputs, layer.units]));
            shapes.push((format!("b{}", at + 1), vec![layer.units]));
            inputs = layer.units;
        }
        shapes
    }

    /// The parameters at the start: weights from the configured distribution, biases 0.
    pub fn initial(&self, features: usize, seed: u64) -> Vec<Parameter> {
        let mut rng = rng::stream(seed, Purpose::Init);
        self.shapes(features)
            .into_iter()
            .map(|(name, shape)| {
                let value = match shape[..] {
                    [inputs, units] => weights(&self.init, inputs, units, &mut rng),
                    _ => ArrayD::zeros(shape),
                };
                Parameter { name, value }
            })
            .collect()
    }

    /// Records the outputs (rows × units) for features (rows × columns); the parameters stand in
    /// the order of [`Network::shapes`].
    pub fn forward<'t>(&self, x: Var<'t, f32>, parameters: &[Var<'t, f32>]) -> Var<'t, f32> {
        let layers = self.layers.iter().zip(parameters.chunks_exact(2));
        layers.fold(x, |x, (layer, wb)| {
            let z = x.matmul(wb[0]) + wb[1];
            layer.activation.apply(z, layer.activation.params())
        })
    }
}

fn weights(init: &Init, inputs: usize, units: usize, rng: &mut Generator) -> ArrayD<f32> {
    let deviation = (init.variance)(inputs as f64, units as f64).sqrt() as f32;
    let limit = deviation * 3.0_f32.sqrt();
    ArrayD::from_shape_simple_fn(IxDyn(&[inputs, units]), || {
        if init.normal {
            let normal: f32 = StandardNormal.sample(rng);
            deviation * normal
        } else {
            limit * (2.0 * rng.random::<f32>() - 1.0)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layer;

    fn network(units: &[usize], init: &str) -> Network {
        let layer = |&units| Layer { units, activation: "relu".parse().unwrap() };
        Network { layers: units.iter().map(layer).collect(), init: init.parse().unwrap() }
    }

    #[test]
    fn shapes_follow_the_layers() {
        let shapes = network(&[5, 3], "he").shapes(4);
        let expected = [("w1", vec![4, 5]), ("b1", vec![5]), ("w2", vec![5, 3]), ("b2", vec![3])];
        assert_eq!(shapes, expected.map(|(name, shape)| (name.to_owned(), shape)));
    }

    #[test]
    fn initial_weights_have_the_stated_variance_and_repeat() {
        for (init, variance) in [
            ("he", 2.0 / 300.0),
            ("he_uniform", 2.0 / 300.0),
            ("xavier", 2.0 / 500.0),
            ("xavier_uniform", 2.0 / 500.0),
            ("lecun", 1.0 / 300.0),
            ("lecun_uniform", 1.0 / 300.0),
        ] {
            let network = network(&[200], init);
            let parameters = network.initial(300, 7);
            assert_eq!(parameters, network.initial(300, 7));
            assert_ne!(parameters, network.initial(300, 8));
            let w = parameters[0].value.mapv(f64::from);
            let found = w.mapv(|x| x * x).mean().unwrap();
            assert!((found / variance - 1.0).abs() < 0.03, "{init}: {found} for {variance}");
            assert!(w.mean().unwrap().abs() < 4.0 * (variance / 60_000.0).sqrt(), "{init}");
            assert!(parameters[1].value.iter().all(|b| *b == 0.0));
        }
    }
}
