//! J: the Jacobian of softmax, n × n from n numbers (256 matrices of 10 × 10 from rows); f64.

use std::hint::black_box;

use chainrule::activations::softmax::{softmax_jacobian, softmax_jacobian_into};
use chainrule::ndarray::{Array1, Array2};
use chainrule::prelude::Function;

use super::data::number;
use super::{Call, Workload};

const LENGTHS: [(&str, usize); 3] = [("J10", 10), ("J100", 100), ("J1000", 1000)];
const ROWS: usize = 256;

pub fn all() -> Vec<Workload> {
    let one = |(id, n)| {
        let workload = Workload::new(id).form("closed form", move || closed(n));
        // A row of the tape's Jacobian is a sweep of its own.
        if n > 100 { workload } else { workload.form("tape", move || by_tape(n)) }
    };
    let batched = Workload::new("J256x10").form("closed form", batched);
    LENGTHS.into_iter().map(one).chain([batched]).collect()
}

fn logit(i: usize) -> f64 {
    4.0 * number(0, i)
}

fn closed(n: usize) -> Call {
    let z = Array1::from_shape_fn(n, logit);
    let mut jacobian = softmax_jacobian(&z);
    Box::new(move || {
        softmax_jacobian_into(black_box(&z), &mut jacobian);
        jacobian[[0, 1]]
    })
}

fn batched() -> Call {
    let z = Array2::from_shape_fn((ROWS, 10), |(row, i)| logit(10 * row + i));
    let mut jacobian = softmax_jacobian(&z);
    Box::new(move || {
        softmax_jacobian_into(black_box(&z), &mut jacobian);
        jacobian[[0, 0, 1]]
    })
}

/// One pullback for each row, for comparison.
fn by_tape(n: usize) -> Call {
    let z = Array1::from_shape_fn(n, logit);
    let softmax = Function::<f64, 1>::record([("z", &[n])], |[z]| z.softmax(-1));
    Box::new(move || softmax.jacobian([black_box(&z)]).expect("the shape fits")[0][[0, 1]])
}
