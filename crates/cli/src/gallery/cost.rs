//! What an activation costs, measured.

use std::hint::black_box;
use std::time::Instant;

use chainrule_activations::Activation;

const ELEMENTS: usize = 1_000_000;
const ROUNDS: usize = 15;

/// Nanoseconds per element in f32, on one thread.
#[derive(Clone, Copy)]
pub struct Cost {
    /// f(x)
    pub forward: f64,
    /// f(x), and then f′(x)·u
    pub both: f64,
}

/// The least of several rounds. Each round measures every activation, so that a busy moment of the
/// machine falls on all of them.
pub fn measure(activations: &[Activation]) -> Vec<Cost> {
    let x: Vec<f32> = (0..ELEMENTS).map(|i| (i % 8192) as f32 / 1024.0 - 4.0).collect();
    let (u, mut y, mut dx) = (vec![0.75f32; ELEMENTS], vec![0f32; ELEMENTS], vec![0f32; ELEMENTS]);
    let mut least = vec![Cost { forward: f64::INFINITY, both: f64::INFINITY }; activations.len()];
    for _ in 0..ROUNDS {
        for (a, least) in activations.iter().zip(&mut least) {
            let start = Instant::now();
            a.row().play_f32(0, a.params(), black_box(&x), None, &mut y);
            let forward = start.elapsed();
            a.row().play_f32(1, a.params(), black_box(&x), Some(&u), &mut dx);
            let both = start.elapsed();
            black_box((&y, &dx));
            let per_element = |t: std::time::Duration| t.as_secs_f64() * 1e9 / ELEMENTS as f64;
            least.forward = least.forward.min(per_element(forward));
            least.both = least.both.min(per_element(both));
        }
    }
    least
}
