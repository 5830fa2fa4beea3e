//! Two spirals: a 2-16-16-1 network, and the decision boundary it draws.
//!
//! The whole training step, the update with momentum included, is one tape: new parameters and new
//! velocities are values like any other, and are set as inputs for the next play.
//!
//! `cargo run --release --example 03_two_spirals`

use chainrule::prelude::*;
use ndarray::{Array2, ArrayD};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

const POINTS: usize = 100; // on each spiral
const GRID: (usize, usize) = (64, 28);

/// Two arms of a spiral in the square −1..1; label 0 and 1.
fn spirals() -> (Array2<f32>, Array2<f32>) {
    let mut x = Array2::zeros((2 * POINTS, 2));
    let mut label = Array2::zeros((2 * POINTS, 1));
    for i in 0..2 * POINTS {
        let (arm, t) = (i % 2, (i / 2) as f32 / POINTS as f32);
        let angle = 5.0 * t + std::f32::consts::PI * arm as f32;
        let radius = 0.1 + 0.85 * t;
        x[[i, 0]] = radius * angle.cos();
        x[[i, 1]] = radius * angle.sin();
        label[[i, 0]] = arm as f32;
    }
    (x, label)
}

fn network<'t>(x: Var<'t, f32>, p: &[Var<'t, f32>]) -> Var<'t, f32> {
    let hidden = (x.matmul(p[0]) + p[1]).tanh();
    let hidden = (hidden.matmul(p[2]) + p[3]).tanh();
    hidden.matmul(p[4]) + p[5]
}

fn main() -> anyhow::Result<()> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let (points, labels) = spirals();

    let tape = Tape::<f32>::new();
    let x = tape.constant(&points);
    let target = tape.constant(&labels);
    let shapes: [&[usize]; 6] = [&[2, 16], &[16], &[16, 16], &[16], &[16, 1], &[1]];
    let parameters: Vec<Var<f32>> = shapes
        .iter()
        .enumerate()
        .map(|(i, shape)| {
            let scale = 1.5 / (shape[0] as f32).sqrt();
            let values = ArrayD::from_shape_simple_fn(*shape, || rng.random_range(-scale..scale));
            tape.input(&format!("p{i}"), values)
        })
        .collect();
    let velocities: Vec<Var<f32>> =
        shapes.iter().map(|shape| tape.input("v", ArrayD::zeros(*shape))).collect();

    let logit = network(x, &parameters);
    let loss = (logit.softplus(1.0) - logit * target).mean();
    let gradients = tape.gradient(loss, &parameters);

    let mut step: Vec<(Var<f32>, Var<f32>)> = Vec::new();
    for ((&p, &v), &g) in parameters.iter().zip(&velocities).zip(&gradients) {
        let velocity = 0.9 * v + g;
        step.push((v, velocity));
        step.push((p, p - 0.2 * velocity));
    }

    for i in 0..=3000 {
        if i % 500 == 0 {
            println!("step {i:>4}: loss {:.5}", loss.item());
        }
        let values: Vec<ArrayD<f32>> = step.iter().map(|(_, new)| new.value()).collect();
        for ((input, _), value) in step.iter().zip(&values) {
            input.set(value)?;
        }
    }

    let right =
        logit.value().iter().zip(&labels).filter(|(z, t)| (**z > 0.0) == (**t > 0.5)).count();
    draw(&tape, &parameters, &points);
    println!("{right} of {} points on their side of the boundary", 2 * POINTS);
    anyhow::ensure!(right >= 2 * POINTS - 4, "the network did not separate the spirals");
    Ok(())
}

/// The square −1..1 in characters: shaded where the network says arm 1, with the points on top.
fn draw(tape: &Tape<f32>, parameters: &[Var<'_, f32>], points: &Array2<f32>) {
    let (columns, rows) = GRID;
    let at = |i: usize, n: usize| 2.0 * (i as f32 + 0.5) / n as f32 - 1.0;
    let cells = Array2::from_shape_fn((rows * columns, 2), |(i, axis)| match axis {
        0 => at(i % columns, columns),
        _ => -at(i / columns, rows),
    });
    let constants: Vec<Var<f32>> = parameters.iter().map(|p| tape.constant(p.value())).collect();
    let cell = tape.constant(&cells);
    let says = network(cell, &constants).to_vec();
    let mut picture: Vec<char> = says.iter().map(|&z| if z > 0.0 { '░' } else { ' ' }).collect();
    for (i, point) in points.rows().into_iter().enumerate() {
        let column = ((point[0] + 1.0) / 2.0 * columns as f32) as usize;
        let row = ((1.0 - point[1]) / 2.0 * rows as f32) as usize;
        picture[row.min(rows - 1) * columns + column.min(columns - 1)] =
            if i % 2 == 1 { '●' } else { '○' };
    }
    for row in picture.chunks(columns) {
        println!("  {}", row.iter().collect::<String>());
    }
}
