//! Derivatives of higher order. N: the n-th derivative of sigmoid(sin x)·exp(−x²) at ¾; H337: the
//! Hessian of the loss of 2-16-16-1 (337 parameters, batch 4), both f64; HVP: the product of the
//! Hessian of the loss of 64-128-64-10 (batch 64) with a vector, f32.

use std::hint::black_box;

use chainrule::autograd::{Function, Tape, Var};
use chainrule::ndarray::ArrayD;
use chainrule::prelude::*;

use super::data::uniform;
use super::networks::{Array, NETWORKS, Network};
use super::training::{arrays, record};
use super::{Call, Workload};

const ORDERS: [(&str, usize); 3] = [("N5", 5), ("N10", 10), ("N20", 20)];

pub fn all() -> Vec<Workload> {
    let nth = |(id, n)| {
        Workload::new(id).form("jet", move || by_jet(n)).form("program", move || by_program(n))
    };
    let others = [
        Workload::new("H337").form("function", || hessian(named("T1"))),
        Workload::new("HVP").form("program", || hessian_product(named("T3"))),
    ];
    ORDERS.into_iter().map(nth).chain(others).collect()
}

fn named(id: &str) -> Network {
    NETWORKS.into_iter().find(|n| n.0 == id).expect("a network").1
}

fn composed(x: Var<'_>) -> Var<'_> {
    x.sin().sigmoid() * (-x.square()).exp()
}

const AT: f64 = 0.75;

/// The tape played with a Taylor series.
fn by_jet(n: usize) -> Call {
    let f = Function::<f64, 1>::record([("x", &[])], |[x]| composed(x));
    Box::new(move || f.derivatives(black_box(AT), n).expect("all of them have series")[n])
}

/// The series as nodes, compiled.
fn by_program(n: usize) -> Call {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", AT);
    let series = composed(x).taylor(x, tape.constant(1.0), n).expect("all of them have series");
    let factorial: f64 = (1..=n).map(|k| k as f64).product();
    let program = tape.compile(&[x], &[series[n] * factorial]);
    let mut buffers = program.buffers();
    Box::new(move || {
        program.feed(&mut buffers, 0, black_box(AT)).expect("a number");
        program.play(&mut buffers);
        program.output(&buffers, 0)[[]]
    })
}

/// With respect to all parameters; an entry among the weights in the middle is looked at.
fn hessian(network: Network) -> Call {
    let (x, t, parameters) = arrays(network);
    let wide = |a: &ArrayD<f32>| a.mapv(f64::from);
    let p: Vec<ArrayD<f64>> = parameters.iter().map(wide).collect();
    let shape = |k: usize| ("p", p[k].shape());
    let names = ["w1", "b1", "w2", "b2", "w3", "b3"];
    let inputs: [(&str, &[usize]); 6] = std::array::from_fn(|k| (names[k], shape(k).1));
    let f = Function::<f64, 6>::record_on_tape(inputs, |tape, p| {
        record(network, &p, tape.constant(wide(&x)), tape.constant(wide(&t)))
    });
    Box::new(move || {
        let at: [&dyn Feed<f64>; 6] = std::array::from_fn(|k| black_box(&p[k]) as &dyn Feed<f64>);
        let hessian = f.hessian(at).expect("the shapes fit");
        hessian[2][[60, 1, 6]] // ∂²/∂p₆₀∂p₇₀
    })
}

fn hessian_product(network: Network) -> Call {
    let (x, t, parameters) = arrays(network);
    let tape = Tape::<f32>::new();
    let p: Vec<_> = parameters.iter().map(|value| tape.input("p", value)).collect();
    let loss = record(network, &p, tape.constant(&x), tape.constant(&t));
    let directions: Vec<ArrayD<f32>> = (200..)
        .zip(&parameters)
        .map(|(salt, p)| {
            let values = uniform(p.len(), salt, 2.0);
            super::training::array(Array { shape: p.shape().to_vec(), values })
        })
        .collect();
    let v: Vec<_> = directions.iter().map(|value| tape.input("v", value)).collect();
    let products = loss.hessian_product(&p, &v);
    let program = tape.compile(&[&p[..], &v].concat(), &products);
    let mut buffers = program.buffers();
    Box::new(move || {
        for (k, direction) in directions.iter().enumerate() {
            program.feed(&mut buffers, 6 + k, direction).expect("the shape fits");
        }
        program.play(&mut buffers);
        f64::from(program.output(&buffers, 2)[[3, 5]])
    })
}
