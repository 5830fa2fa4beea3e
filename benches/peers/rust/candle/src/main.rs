//! candle on the CPU.

use candle_core::{Device::Cpu, Result, Tensor, Var};
use candle_nn::{loss, ops};
use worker::data::{ENTRY, LONG, SHORT, elementwise};
use worker::networks::{Array, Hidden, Loss, NETWORKS, Network, RATE};
use worker::{Call, Forms};

fn main() {
    worker::serve(|id| {
        let call = match id {
            "A1" => function(Tensor::relu),
            "A2" => function(ops::sigmoid),
            "A3" => function(Tensor::tanh),
            "A4" => function(Tensor::gelu),
            "A5" => function(Tensor::gelu_erf),
            "A6" => function(Tensor::silu),
            "A7" => function(|x| (x.exp()? + 1.0)?.log()),
            "A8a" => function(|x| ops::softmax(x, 1)),
            "A8b" => function(|x| ops::log_softmax(x, 1)),
            "C1" | "C1-recorded" => chain(1000, SHORT),
            "C2" => chain(500_000, LONG),
            _ => {
                let network = NETWORKS.into_iter().find(|(name, _)| *name == id);
                training(network.ok_or("has no Jacobians")?.1)
            }
        };
        Ok(Forms::from([("eager", call.map_err(|error| error.to_string())?)]))
    });
}

fn number(scalar: &Tensor) -> Result<f64> {
    Ok(f64::from(scalar.to_scalar::<f32>()?))
}

/// A call from one that may fail.
fn call(mut step: impl FnMut() -> Result<f64> + 'static) -> Result<Call> {
    Ok(Box::new(move || step().expect("the shapes fit")))
}

fn tensor(array: Array) -> Result<Tensor> {
    Tensor::from_vec(array.values, array.shape, &Cpu)
}

fn training(network: Network) -> Result<Call> {
    let x = tensor(network.features())?;
    let t = match network.loss {
        Loss::Squares => tensor(network.targets())?,
        Loss::CrossEntropy => {
            let classes = network.classes().into_iter().map(|class| class as u32);
            Tensor::from_iter(classes, &Cpu)?
        }
    };
    let p = network.parameters().into_iter().map(|p| Var::from_tensor(&tensor(p)?));
    let p = p.collect::<Result<Vec<_>>>()?;
    call(move || {
        let loss = record(network, &p, &x, &t)?;
        let gradients = loss.backward()?;
        for p in &p {
            let gradient = gradients.get(p).expect("all are used");
            p.set(&(p.as_tensor() - (gradient * f64::from(RATE))?)?)?;
        }
        number(&loss)
    })
}

fn record(network: Network, p: &[Var], x: &Tensor, t: &Tensor) -> Result<Tensor> {
    let mut h = x.clone();
    for (k, layer) in p.chunks(2).enumerate() {
        h = h.matmul(&layer[0])?.broadcast_add(&layer[1])?;
        h = match network.hidden {
            _ if k == p.len() / 2 - 1 => h,
            Hidden::Tanh => h.tanh()?,
            Hidden::Relu => h.relu()?,
        };
    }
    match network.loss {
        Loss::Squares => loss::mse(&h, t),
        Loss::CrossEntropy => loss::cross_entropy(&h, t),
    }
}

/// Backwards goes only from a number: from the sum of y times its adjoint.
fn function(f: fn(&Tensor) -> Result<Tensor>) -> Result<Call> {
    let [x, g] = elementwise().map(|values| Tensor::from_vec(values, (1000, 1000), &Cpu));
    let (x, g) = (Var::from_tensor(&x?)?, g?);
    let entry = |t: &Tensor| number(&t.get(ENTRY[0])?.get(ENTRY[1])?);
    call(move || {
        let y = f(&x)?;
        let gradients = (&y * &g)?.sum_all()?.backward()?;
        Ok(entry(&y)? + entry(gradients.get(&x).expect("x is used"))?)
    })
}

/// y·a + b so often, and its derivative.
fn chain(count: usize, [x, a, b]: [f32; 3]) -> Result<Call> {
    call(move || {
        let x = Var::new(x, &Cpu)?;
        let mut y = x.as_tensor().clone();
        for _ in 0..count {
            y = ((y * f64::from(a))? + f64::from(b))?;
        }
        let gradients = y.backward()?;
        Ok(number(&y)? + number(gradients.get(&x).expect("x is used"))?)
    })
}
