//! The Hessian of the loss of a network with 337 parameters, against 50 digits
//! (`scripts/hessian_references.py`), and its product with vectors.

use chainrule::autograd::{Element, Var};
use chainrule::ndarray::{ArrayD, Axis, IxDyn};
use chainrule::prelude::*;

#[allow(dead_code, reason = "the workloads' numbers; some are not needed here")]
#[path = "../benches/workloads/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../benches/workloads/networks.rs"]
mod networks;

use networks::{Array, NETWORKS};

fn array(a: Array) -> ArrayD<f64> {
    let values = a.values.into_iter().map(f64::from).collect();
    ArrayD::from_shape_vec(IxDyn(&a.shape), values).expect("a shape")
}

/// The network of T1: 2-16-16-1, tanh, batch 4, mean of squares.
fn parts() -> ([ArrayD<f64>; 6], ArrayD<f64>, ArrayD<f64>) {
    let network = NETWORKS[0].1;
    let p: Vec<ArrayD<f64>> = network.parameters().into_iter().map(array).collect();
    (p.try_into().expect("six"), array(network.features()), array(network.targets()))
}

fn loss<'t, T: Element>(p: &[Var<'t, T>], x: Var<'t, T>, t: Var<'t, T>) -> Var<'t, T> {
    let layer = |x: Var<'t, T>, k: usize| x.matmul(p[k]) + p[k + 1];
    losses::mse(layer(layer(layer(x, 0).tanh(), 2).tanh(), 4), t)
}

#[test]
fn the_hessian_of_a_network_is_exact() {
    let (p, x, t) = parts();
    let names = ["w1", "b1", "w2", "b2", "w3", "b3"];
    let inputs = std::array::from_fn(|k| (names[k], p[k].shape()));
    let f = Function::<f64, 6>::record_on_tape(inputs, |tape, p| {
        loss(&p, tape.constant(&x), tape.constant(&t))
    });
    let hessian = f.hessian(std::array::from_fn(|k| &p[k] as &dyn Feed<f64>)).expect("it fits");
    // Row by row: the entries of all inputs side by side.
    let row = |i: usize| -> Vec<f64> {
        let one = |h: &ArrayD<f64>| h.index_axis(Axis(0), i).iter().copied().collect::<Vec<f64>>();
        hessian.iter().flat_map(one).collect()
    };
    assert_eq!(row(0).len(), 337);
    let known: serde_json::Value =
        serde_json::from_str(include_str!("data/hessian.json")).expect("JSON");
    let known = known.as_object().expect("columns");
    let (mut largest, mut worst, mut entries) = (0f64, 0f64, 0);
    for (at, values) in known {
        let got = row(at.parse().expect("a number"));
        for (got, want) in got.iter().zip(values.as_array().expect("a list")) {
            let want: f64 = want.as_str().expect("a text").parse().expect("a number");
            largest = largest.max(want.abs());
            worst = worst.max((got - want).abs());
            entries += 1;
        }
    }
    println!("{entries} entries up to {largest:e}, off by {worst:e} at most");
    assert!(entries == 7 * 337 && worst <= 1e-12 * largest, "{worst:e} of {largest:e}");
    for i in 0..337 {
        let row_i = row(i);
        for j in [0, 31, 32, 48, 200, 303, 304, 320, 336] {
            assert!((row_i[j] - row(j)[i]).abs() <= 1e-15 * largest.max(1.0), "{i}, {j}");
        }
    }
}

/// ⟨v, H·w⟩ = ⟨w, H·v⟩, and both are what the whole matrix says.
#[test]
fn products_with_the_hessian_are_symmetric() {
    let (p, x, t) = parts();
    let tape = Tape::<f64>::new();
    let vars: Vec<Var<'_>> = p.iter().map(|p| tape.input("p", p)).collect();
    let loss = loss(&vars, tape.constant(&x), tape.constant(&t));
    let direction = |salt: usize| -> Vec<Var<'_>> {
        let part = |(k, p): (usize, &ArrayD<f64>)| {
            let values = (0..p.len()).map(|i| data::number(salt + k, i)).collect();
            tape.constant(ArrayD::from_shape_vec(p.raw_dim(), values).expect("a shape"))
        };
        p.iter().enumerate().map(part).collect()
    };
    let (v, w) = (direction(300), direction(400));
    let dot = |a: &[Var<'_>], b: &[Var<'_>]| -> (f64, f64) {
        let terms = a.iter().zip(b).flat_map(|(a, b)| {
            a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| a * b).collect::<Vec<f64>>()
        });
        let terms: Vec<f64> = terms.collect();
        (terms.iter().sum(), terms.iter().map(|t| t.abs()).sum())
    };
    let (hv, hw) = (loss.hessian_product(&vars, &v), loss.hessian_product(&vars, &w));
    let ((a, size), (b, _)) = (dot(&w, &hv), dot(&v, &hw));
    println!("⟨w, Hv⟩ = {a}, ⟨v, Hw⟩ = {b}, off by {:e}", (a - b).abs());
    assert!((a - b).abs() <= 1e-12 * a.abs().max(size * 1e-3), "{a} {b}");
}
