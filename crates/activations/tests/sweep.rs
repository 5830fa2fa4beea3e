//! Every activation at points nobody chose, held to the bounds of `references.rs`: 4 ULP for value and
//! first derivative, 8 ULP for the second.
//!
//! - f64 and f32 against values of hundreds of digits at random points, and at those where hunts
//!   with other seeds have met the largest errors (`scripts/activation_sweep.py`);
//! - f32 against f64 at every so many-th of all f32.
//!
//! With the instructions of every level this machine has; on a tape and compiled with those of the
//! best. `SWEEP=other.json cargo test --test sweep -- --nocapture` reads another file and prints the
//! largest errors with their places.

mod common;

use chainrule_activations::Activation;
use chainrule_autograd::kernel::Level;
use common::sweep::{Subject, against_f64, subjects};
use common::{Float, data, on_tape, row, same, text, ulps};
use serde_json::Value;

/// Of the largest derivative.
const ALLOWED_HIGHER: f64 = 1e-12;

/// An activation of the file, with its points: x, and the derivatives where there are any.
struct Function<'a> {
    activation: Activation,
    params_f32: bool,
    points: Vec<(&'a str, Vec<Option<&'a str>>)>,
}

fn function(f: &Value) -> Function<'_> {
    let params = f["params"].as_array().expect("a list").iter();
    let params: Vec<f64> = params.map(|p| p.as_f64().expect("a number")).collect();
    let points = f["records"].as_array().expect("a list").iter();
    Function {
        activation: Activation::of_row(row(text(&f["name"])), &params).expect("its parameters"),
        params_f32: f["params_f32"] == true,
        points: points
            .map(|p| p.as_array().expect("x and derivatives"))
            .map(|p| (text(&p[0]), p[1..].iter().map(Value::as_str).collect()))
            .collect(),
    }
}

fn compare<T: Float>(f: &Function<'_>, wrong: &mut Vec<String>) -> usize {
    let narrow = T::NAME == "f32";
    if narrow && !f.params_f32 {
        return 0;
    }
    let exact = |text: &str| !narrow || f64::from(f32::parse(text)) == f64::parse(text);
    let points: Vec<_> = f.points.iter().filter(|(x, _)| exact(x)).collect();
    let x: Vec<T> = points.iter().map(|(x, _)| T::parse(x)).collect();
    let (row, params) = (f.activation.row(), f.activation.params());
    for level in Level::all() {
        let mut subject = Subject::new::<T>(&f.activation, level);
        for order in 0..3 {
            let got = T::play_at(level, row, order as u32, params, &x);
            for ((&x, &got), (_, d)) in x.iter().zip(&got).zip(&points) {
                d[order].map(T::parse).inspect(|&want| subject.see(order, x.wide(), got, want));
            }
        }
        subject.print();
        wrong.append(&mut subject.wrong);
    }
    let [taped, compiled] = on_tape(&f.activation, 3, &x);
    for order in 0..3 {
        let played = T::play(row, order as u32, params, &x);
        for (i, (x, _)) in points.iter().enumerate() {
            let (taped, compiled) = (taped[order][i], compiled[order][i]);
            // The products of the chain rule turn −0 into 0, and nothing else.
            if ulps(played[i], taped) > 0.0 || !same(taped, compiled) {
                let a = &f.activation;
                wrong.push(format!(
                    "{a} {} order {order} at {x}: {:?}, on the tape {taped:?}, compiled {compiled:?}",
                    T::NAME,
                    played[i]
                ));
            }
        }
    }
    points.len()
}

#[test]
fn random_points_against_references() {
    let path = std::env::var("SWEEP")
        .unwrap_or_else(|_| format!("{}/tests/data/sweep.json", env!("CARGO_MANIFEST_DIR")));
    let file = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file: Value = serde_json::from_str(&file).unwrap_or_else(|e| panic!("{path}: {e}"));
    let functions: Vec<_> =
        file["functions"].as_array().expect("a list").iter().map(function).collect();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for f in &functions {
        compared += compare::<f64>(f, &mut wrong) + compare::<f32>(f, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
    for a in Activation::all() {
        let points = functions.iter().filter(|f| f.activation.name() == a.name());
        let most = points.map(|f| f.points.len()).max().unwrap_or(0);
        assert!(most >= 20, "{a} has {most} points: is it in scripts/activations.py?");
    }
}

/// The derivatives of orders 3 to 6 come from series: their error as a part of the largest derivative
/// there.
#[test]
fn higher_orders_at_random_points() {
    let file = data("sweep.json");
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for f in file["functions"].as_array().expect("a list").iter().map(function) {
        let a = &f.activation;
        let mut worst = (0.0, "");
        for (x, d) in f.points.iter().filter(|(_, d)| d.len() > 3) {
            let want: Vec<f64> = d.iter().flatten().map(|d| f64::parse(d)).collect();
            let scale = want.iter().fold(f64::MIN_POSITIVE, |m, d| m.max(d.abs()));
            for (k, want) in want.iter().enumerate().filter(|_| scale.is_finite()) {
                let error = (a.derivative(k as u32, f64::parse(x)) - want).abs() / scale;
                if error.is_nan() || error > ALLOWED_HIGHER {
                    wrong.push(format!("{a} order {k} at {x}: {error:e}, want {want:e}"));
                }
                worst = if error > worst.0 { (error, *x) } else { worst };
                compared += 1;
            }
        }
        println!("{:<44} {:e} at {}", a.to_string(), worst.0, worst.1);
    }
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 4000, "{compared}");
}

/// The f32 kernels against the f64 ones, which are held to references, at numbers f32 has exactly:
/// every so many-th of all, and more of those between 2⁻¹⁰ and 128.
#[test]
fn f32_against_f64() {
    let stride = std::env::var("STRIDE").map_or(40_009, |n| n.parse().expect("a number"));
    let all = (0..1u64 << 32).step_by(32 * stride);
    let (from, to) = (u64::from(2f32.powi(-10).to_bits()), u64::from(128f32.to_bits()));
    let middle =
        [0, 1u64 << 31].map(|sign| (from..to).step_by(stride).map(move |bits| bits | sign));
    let x: Vec<f32> = all
        .chain(middle.into_iter().flatten())
        .map(|bits| f32::from_bits(bits as u32))
        .filter(|x| x.is_finite())
        .collect();
    let mut wrong = Vec::new();
    for a in subjects() {
        for subject in against_f64(&a, x.iter().copied()) {
            subject.print();
            wrong.extend(subject.wrong);
        }
    }
    assert!(wrong.is_empty(), "some are wrong:\n{}", wrong.join("\n"));
}
