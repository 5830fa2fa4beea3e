//! What an activation costs, measured.

use std::time::Instant;

use chainrule_activations::Activation;
use chainrule_autograd::Tape;
use ndarray::Array1;

/// What activations are made of, but for exp and tanh, which are activations themselves.
const ELEMENTARY: [&str; 6] = ["ln", "ln_1p", "sqrt", "sin", "cos", "norm_cdf"];

/// These functions of the core's table, to be measured beside the activations.
pub fn elementary() -> impl Iterator<Item = Activation> {
    let rows = chainrule_autograd::table::rows();
    let rows = rows.filter(|row| ELEMENTARY.contains(&row.info().name));
    rows.filter_map(|row| Activation::of_row(row, &[]).ok())
}

const ELEMENTS: usize = 1_000_000;
const ROUNDS: usize = 3;
/// The first one brings the buffers into memory.
const PLAYS: usize = 5;

/// Nanoseconds per element in f32, on one thread.
#[derive(Clone, Copy)]
pub struct Cost {
    /// f(x)
    pub forward: f64,
    /// f(x), and then f′(x)·u
    pub both: f64,
}

/// The least of several rounds. Each round measures every activation, so that a busy moment of the
/// machine falls on all of them. What is timed is a play of a compiled program.
pub fn measure(activations: &[Activation]) -> Vec<Cost> {
    let mut least = vec![Cost { forward: f64::INFINITY, both: f64::INFINITY }; activations.len()];
    for _ in 0..ROUNDS {
        for (a, least) in activations.iter().zip(&mut least) {
            least.forward = least.forward.min(played(a, false));
            least.both = least.both.min(played(a, true));
        }
    }
    least
}

/// The least of a few plays, in nanoseconds per element.
fn played(a: &Activation, pulled: bool) -> f64 {
    let tape = Tape::<f32>::new();
    let x: Array1<f32> = (0..ELEMENTS).map(|i| (i % 8192) as f32 / 1024.0 - 4.0).collect();
    let x = tape.input("x", x);
    let y = a.apply(x);
    let program = if pulled {
        let u = tape.input("u", Array1::from_elem(ELEMENTS, 0.75f32));
        tape.compile(&[x, u], &[y, y.pullback(&[x], u)[0]])
    } else {
        tape.compile(&[x], &[y])
    };
    let mut buffers = program.buffers();
    let mut least = f64::INFINITY;
    for _ in 0..PLAYS {
        let start = Instant::now();
        program.play(&mut buffers);
        least = least.min(start.elapsed().as_secs_f64());
    }
    least * 1e9 / ELEMENTS as f64
}
