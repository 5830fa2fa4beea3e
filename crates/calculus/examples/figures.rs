//! All figures of the tutorial, drawn from the functions themselves:
//! `cargo run --release -p chainrule-calculus --example figures -- docs/figures`

use std::error::Error;
use std::fs;
use std::path::Path;

use chainrule_activations::softmax::softmax;
use chainrule_calculus::{Curve, Figure};

/// The pictures with an analysis: file, function, interval.
const ANALYSED: &[(&str, &str, [f64; 2])] = &[
    ("absolute-value", "abs(x)", [-2.0, 2.0]),
    ("relu", "relu(x)", [-2.0, 2.0]),
    ("sigmoid", "sigmoid(x)", [-6.0, 6.0]),
    ("gelu", "gelu(x)", [-4.0, 4.0]),
    ("monotone", "x^2 - 2*x", [-1.0, 3.0]),
    ("extremum", "x^3 - 3*x", [-2.5, 2.5]),
    ("no-extremum", "x^3", [-1.5, 1.5]),
    ("convex", "sin(x)", [-5.0, 5.0]),
    ("inflection", "x^4 - 4*x^3", [-1.0, 4.0]),
    ("kinks", "max(x, x^2)", [-1.0, 2.0]),
    ("ever-faster", "sin(1/x)", [0.05, 1.0]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/figures".into());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let read = |text: &str| Curve::parse(text, chainrule_activations::rows());
    let write = |name: &str, figure: Figure<'_>| -> Result<(), Box<dyn Error>> {
        let path = folder.join(format!("{name}.svg"));
        fs::write(&path, figure.svg()?)?;
        println!("{}", path.display());
        Ok(())
    };
    for (name, text, [from, to]) in ANALYSED {
        let f = read(text)?;
        let analysis = f.analyze(*from, *to);
        write(name, Figure::of(&f, &analysis))?;
    }

    let f = read("x^2/2")?;
    let (analysis, tangent, normal) = (f.analyze(-2.0, 3.0), f.tangent(1.0), f.normal(1.0));
    let figure = Figure::of(&f, &analysis)
        .with("tangent at 1", |x| tangent.at(x))
        .with("normal at 1", |x| normal.at(x));
    write("tangent", figure)?;

    let (sigmoid, tanh) = (read("sigmoid(x)")?, read("tanh(x)")?);
    let figure = Figure::plain(-5.0, 5.0)
        .title("tanh x = 2σ(2x) − 1, and σ")
        .with("tanh", |x| tanh.value(x))
        .with("σ", |x| sigmoid.value(x))
        .with("tanh′", |x| tanh.derivative(x, 1))
        .with("σ′", |x| sigmoid.derivative(x, 1));
    write("tanh-and-sigmoid", figure)?;

    let share = |i: usize| move |z: f64| softmax(&ndarray::arr1(&[z, 2.0, 3.0]), 0)[i];
    let figure = Figure::plain(-4.0, 8.0)
        .title("softmax of (z, 2, 3)")
        .with("y₁", share(0))
        .with("y₂", share(1))
        .with("y₃", share(2));
    write("softmax", figure)?;

    let f = read("exp(x)")?;
    let polynomials: Vec<_> = (1..=3).map(|n| (n, f.taylor(0.0, n))).collect();
    let analysis = f.analyze(-3.0, 2.0);
    let mut figure = Figure::of(&f, &analysis);
    for (n, p) in &polynomials {
        figure = figure.with(&format!("Taylor, order {n}"), |x| p.at(x));
    }
    write("taylor", figure)?;

    let f = read("x^4/4 - x + 1")?;
    let analysis = f.analyze(-1.0, 2.25);
    let (line, parabola) = (f.descent_step(1.75, 0.1), f.newton_step(1.75));
    let parabola = parabola.ok_or("f″ = 0")?;
    let figure = Figure::of(&f, &analysis)
        .with("gradient descent, 1.75", |x| line.model.at(x))
        .with("Newton, 1.75", |x| parabola.model.at(x));
    write("descent-and-newton", figure)
}
