//! What a user's loop costs: recorded anew each time, or compiled once.
//!
//! - `step 2-16-16-1`: record, gradient, play, clear for batch 4, tanh, mean squared error, SGD; f32.
//! - `program 2-16-16-1`: the same step compiled: feed, play, read the loss.
//! - `chain 1000`: 1000 scalar multiply-adds with gradient; f32.
//! - `softmax jacobian`: closed form against one pullback per row of the tape; f64.

use std::hint::black_box;

use chainrule::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::ArrayD;

const SHAPES: [(&str, &[usize]); 6] = [
    ("w1", &[2, 16]),
    ("b1", &[16]),
    ("w2", &[16, 16]),
    ("b2", &[16]),
    ("w3", &[16, 1]),
    ("b3", &[1]),
];

/// Values in −½..½ that do not repeat soon.
fn values(shape: &[usize], salt: usize) -> ArrayD<f32> {
    let mut i = salt;
    ArrayD::from_shape_simple_fn(shape, || {
        i += 1;
        (i * 7919 % 1009) as f32 / 1009.0 - 0.5
    })
}

/// The loss of the network for parameters, inputs and targets on a tape.
fn loss<'t>(p: &[Var<'t, f32>], x: Var<'t, f32>, t: Var<'t, f32>) -> Var<'t, f32> {
    let hidden = (x.matmul(p[0]) + p[1]).tanh();
    let hidden = (hidden.matmul(p[2]) + p[3]).tanh();
    (hidden.matmul(p[4]) + p[5] - t).square().mean()
}

/// One step of SGD; the new parameters replace the old.
fn step(
    tape: &mut Tape<f32>,
    parameters: &mut [ArrayD<f32>],
    x: &ArrayD<f32>,
    t: &ArrayD<f32>,
) -> f32 {
    let loss = {
        let names = SHAPES.iter().zip(&*parameters);
        let p: Vec<Var<f32>> = names.map(|((name, _), value)| tape.input(name, value)).collect();
        let loss = loss(&p, tape.constant(x), tape.constant(t));
        let gradients = tape.gradient(loss, &p);
        for ((value, p), g) in parameters.iter_mut().zip(&p).zip(&gradients) {
            (*p - 0.01 * *g).with_value(|new| value.assign(&new));
        }
        loss.item()
    };
    tape.clear();
    loss
}

fn bench(c: &mut Criterion) {
    let mut parameters: Vec<ArrayD<f32>> =
        SHAPES.iter().enumerate().map(|(i, (_, shape))| values(shape, i)).collect();
    let (x, t) = (values(&[4, 2], 90), values(&[4, 1], 91));
    let mut tape = Tape::<f32>::new();
    c.bench_function("step 2-16-16-1", |b| {
        b.iter(|| step(&mut tape, &mut parameters, &x, black_box(&t)));
    });

    let tape = Tape::<f32>::new();
    let p: Vec<Var<f32>> =
        SHAPES.iter().zip(&parameters).map(|((name, _), value)| tape.input(name, value)).collect();
    let (vx, vt) = (tape.input("x", &x), tape.input("t", &t));
    let y = loss(&p, vx, vt);
    let gradients = tape.gradient(y, &p);
    let next: Vec<_> = p.iter().zip(&gradients).map(|(p, g)| (*p, *p - 0.01 * *g)).collect();
    let program = tape.compile_step(&[vx, vt], &[y], &next);
    let mut buffers = program.buffers();
    c.bench_function("program 2-16-16-1", |b| {
        b.iter(|| {
            program.feed(&mut buffers, 0, &x).expect("the shape fits");
            program.feed(&mut buffers, 1, black_box(&t)).expect("the shape fits");
            program.play(&mut buffers);
            program.output(&buffers, 0)[[]]
        });
    });

    let mut tape = Tape::<f32>::new();
    c.bench_function("chain 1000", |b| {
        b.iter(|| {
            let slope = {
                let x = tape.input("x", black_box(1.0));
                let y = (0..1000).fold(x, |y, _| y * 0.999 + 0.001);
                y.grad(x).item()
            };
            tape.clear();
            slope
        });
    });

    for n in [10, 100] {
        let z: Vec<f64> = (0..n).map(|i| (i * 7 % 11) as f64 / 3.0).collect();
        let softmax = Function::<f64, 1>::record([("z", &[n])], |[z]| z.softmax(-1));
        c.bench_function(&format!("softmax jacobian {n}, tape"), |b| {
            b.iter(|| softmax.jacobian([black_box(&z)]));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50).measurement_time(std::time::Duration::from_secs(3));
    targets = bench
}
criterion_main!(benches);
