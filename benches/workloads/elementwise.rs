//! A1–A8: an activation y = f(x) of 10⁶ numbers in ±4 and, for an adjoint g of y that is given, the
//! adjoint of x, into buffers that are used again; f32. A1–A7 are elementwise; A8a and A8b are
//! softmax and log-softmax of the rows of 1000 × 1000.

use chainrule::ndarray::Array2;
use chainrule::prelude::*;

use super::data::{self, ENTRY};
use super::{Call, Workload};

type Function = for<'t> fn(Var<'t, f32>) -> Var<'t, f32>;

#[rustfmt::skip]
const FUNCTIONS: [(&str, Function); 9] = [
    ("A1",  |x| x.relu()),
    ("A2",  |x| x.sigmoid()),
    ("A3",  |x| x.tanh()),
    ("A4",  |x| x.gelu_tanh()),
    ("A5",  |x| x.gelu()),
    ("A6",  |x| x.silu()),
    ("A7",  |x| x.softplus(1.0)),
    ("A8a", |x| x.softmax(-1)),
    ("A8b", |x| x.log_softmax(-1)),
];

pub fn all() -> Vec<Workload> {
    let workload = |(id, function)| {
        Workload::new(id)
            .form("program", move || program(function))
            .form("recorded", move || recorded(function))
    };
    FUNCTIONS.into_iter().map(workload).collect()
}

/// x and g.
fn arrays() -> [Array2<f32>; 2] {
    let square = |v| Array2::from_shape_vec((1000, 1000), v).expect("10⁶ numbers");
    data::elementwise().map(square)
}

fn program(function: Function) -> Call {
    let tape = Tape::<f32>::new();
    let [x, g] = arrays();
    let (x, g) = (tape.input("x", x), tape.input("g", g));
    let y = function(x);
    let dx = y.pullback(&[x], g)[0];
    let program = tape.compile(&[x, g], &[y, dx]);
    let mut buffers = program.buffers();
    Box::new(move || {
        program.play(&mut buffers);
        [0, 1].map(|i| f64::from(program.output(&buffers, i)[ENTRY])).iter().sum()
    })
}

/// Includes the two copies of x and g to the tape.
fn recorded(function: Function) -> Call {
    let [x, g] = arrays();
    let mut tape = Tape::<f32>::new();
    Box::new(move || {
        let sum = {
            let (x, g) = (tape.input("x", &x), tape.constant(&g));
            let y = function(x);
            let dx = y.pullback(&[x], g)[0];
            [y, dx].map(|v| v.with_value(|v| f64::from(v[ENTRY]))).iter().sum()
        };
        tape.clear();
        sum
    })
}
