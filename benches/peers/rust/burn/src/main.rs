//! burn on its two CPU backends, with autodiff.

use burn::tensor::activation;
use burn::tensor::{Device, Int, Tensor, TensorData};
use worker::data::{ENTRY, LONG, SHORT, elementwise};
use worker::networks::{Array, Hidden, Loss, NETWORKS, Network, RATE};
use worker::{Call, Forms};

fn main() {
    worker::serve(|id| {
        #[expect(deprecated, reason = "it is faster in some workloads, as long as it is there")]
        let devices = [("flex", Device::flex()), ("ndarray", Device::ndarray())];
        let forms =
            devices.into_iter().map(|(name, device)| Ok((name, form(id, device.autodiff())?)));
        forms.collect::<Result<Forms, String>>()
    });
}

fn form(id: &str, device: Device) -> Result<Call, String> {
    Ok(match id {
        "A1" => function(device, activation::relu),
        "A2" => function(device, activation::sigmoid),
        "A3" => function(device, activation::tanh),
        "A4" => function(device, activation::gelu_approximate),
        "A5" => function(device, activation::gelu),
        "A6" => function(device, activation::silu),
        "A7" => function(device, |x| activation::softplus(x, 1.0)),
        "A8a" => function(device, |x| activation::softmax(x, 1)),
        "A8b" => function(device, |x| activation::log_softmax(x, 1)),
        "C1" | "C1-recorded" => chain(device, 1000, SHORT),
        "C2" => chain(device, 500_000, LONG),
        _ => {
            let network = NETWORKS.into_iter().find(|(name, _)| *name == id);
            training(device, network.ok_or("has no Jacobians")?.1)
        }
    })
}

fn tensor<const D: usize>(device: &Device, array: Array) -> Tensor<D> {
    Tensor::from_data(TensorData::new(array.values, array.shape), device)
}

/// Weights and biases of a layer.
type Layer = (Tensor<2>, Tensor<1>);

fn training(device: Device, network: Network) -> Call {
    let mut arrays = network.parameters().into_iter();
    let mut layers: Vec<Layer> = Vec::new();
    while let (Some(weights), Some(bias)) = (arrays.next(), arrays.next()) {
        let (w, b) = (tensor(&device, weights), tensor(&device, bias));
        layers.push((w.require_grad(), b.require_grad()));
    }
    let x: Tensor<2> = tensor(&device, network.features());
    let targets = Targets::new(&device, network);
    Box::new(move || {
        let mut h = x.clone();
        for (k, (w, b)) in layers.iter().enumerate() {
            h = h.matmul(w.clone()) + b.clone().unsqueeze();
            h = match network.hidden {
                _ if k == layers.len() - 1 => h,
                Hidden::Tanh => activation::tanh(h),
                Hidden::Relu => activation::relu(h),
            };
        }
        let loss = targets.loss(h);
        let mut gradients = loss.backward();
        for (w, b) in &mut layers {
            let dw = w.grad_remove(&mut gradients).expect("all are used");
            let db = b.grad_remove(&mut gradients).expect("all are used");
            *w = (w.clone().inner() - dw * RATE).autodiff().require_grad();
            *b = (b.clone().inner() - db * RATE).autodiff().require_grad();
        }
        f64::from(loss.into_scalar::<f32>())
    })
}

/// What the outputs are compared with.
enum Targets {
    Values(Tensor<2>),
    Classes(Tensor<2, Int>),
}

impl Targets {
    fn new(device: &Device, network: Network) -> Targets {
        match network.loss {
            Loss::Squares => Targets::Values(tensor(device, network.targets())),
            Loss::CrossEntropy => {
                let classes: Vec<i32> = network.classes().iter().map(|&c| c as i32).collect();
                let classes = TensorData::new(classes, [network.batch, 1]);
                Targets::Classes(Tensor::from_data(classes, device))
            }
        }
    }

    fn loss(&self, output: Tensor<2>) -> Tensor<1> {
        match self {
            Targets::Values(t) => (output - t.clone()).square().mean(),
            Targets::Classes(t) => -activation::log_softmax(output, 1).gather(1, t.clone()).mean(),
        }
    }
}

/// Backwards goes only from a number: from the sum of y times its adjoint.
fn function(device: Device, f: fn(Tensor<2>) -> Tensor<2>) -> Call {
    let square = |values| Tensor::<2>::from_data(TensorData::new(values, [1000, 1000]), &device);
    let [x, g] = elementwise().map(square);
    let x = x.require_grad();
    Box::new(move || {
        let y = f(x.clone());
        let mut gradients = (y.clone() * g.clone()).sum().backward();
        entry(y) + entry(x.grad_remove(&mut gradients).expect("x is used"))
    })
}

fn entry(t: Tensor<2>) -> f64 {
    let [i, j] = ENTRY;
    f64::from(t.slice([i..i + 1, j..j + 1]).into_scalar::<f32>())
}

/// y·a + b so often, and its derivative.
fn chain(device: Device, count: usize, [x, a, b]: [f32; 3]) -> Call {
    Box::new(move || {
        let x = Tensor::<1>::from_data([x], &device).require_grad();
        let y = (0..count).fold(x.clone(), |y, _| y * a + b);
        let mut gradients = y.backward();
        let slope = x.grad_remove(&mut gradients).expect("x is used");
        f64::from(y.into_scalar::<f32>()) + f64::from(slope.into_scalar::<f32>())
    })
}
