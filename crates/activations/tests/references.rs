//! Every activation against references of hundreds of digits (`scripts/activations.py`), in both
//! precisions: as the row plays it, on a tape, and compiled.
//!
//! | | |
//! |---|---|
//! | value, first derivative | 4 ULP |
//! | second derivative | 8 ULP |
//! | third derivative | 1e-13 of the largest derivative there |
//! | orders 0 to 6 beside kinks and seams | 1e-10 relative |
//!
//! `cargo test --test references -- --nocapture` prints the largest error of each.

mod common;

use chainrule_activations::Activation;
use common::{ALLOWED, Float, data, next_to_a_root, on_tape, row, same, text, ulps};
use serde_json::Value;

/// The third derivative comes from a series: its error as a part of the largest derivative there.
const ALLOWED_THIRD: f64 = 1e-13;
/// Beside a kink or seam, relative.
const ALLOWED_BESIDE: f64 = 1e-10;

struct Function<'a> {
    activation: Activation,
    params_f32: bool,
    records: Vec<Record<'a>>,
    beside: Vec<(f64, [Vec<f64>; 2])>,
}

struct Record<'a> {
    x: &'a str,
    is_f32: bool,
    d: Vec<Option<&'a str>>,
}

fn functions(file: &Value) -> Vec<Function<'_>> {
    file["functions"].as_array().expect("a list").iter().map(function).collect()
}

fn number(value: &Value) -> f64 {
    text(value).parse().expect("a number")
}

fn function(f: &Value) -> Function<'_> {
    let list = |v: &'_ Value| v.as_array().expect("a list").clone();
    let params: Vec<f64> =
        list(&f["params"]).iter().map(|p| p.as_f64().expect("a number")).collect();
    let side = |v: &Value| list(v).iter().map(number).collect();
    Function {
        activation: Activation::of_row(row(text(&f["name"])), &params).expect("its parameters"),
        params_f32: f["params_f32"] == true,
        records: f["records"].as_array().expect("a list").iter().map(record).collect(),
        beside: list(&f["beside"])
            .iter()
            .map(|b| (number(&b["x"]), [side(&b["left"]), side(&b["right"])]))
            .collect(),
    }
}

fn record(r: &Value) -> Record<'_> {
    let d = r["d"].as_array().expect("a list").iter();
    Record { x: text(&r["x"]), is_f32: r["f32"] == true, d: d.map(Value::as_str).collect() }
}

/// The largest distance at each order; what is wrong is added to the list.
fn compare<T: Float>(f: &Function<'_>, wrong: &mut Vec<String>) -> [f64; 4] {
    let narrow = T::NAME == "f32";
    if narrow && !f.params_f32 {
        return [0.0; 4];
    }
    let (row, params) = (f.activation.row(), f.activation.params());
    let records: Vec<&Record<'_>> = f.records.iter().filter(|r| r.is_f32 || !narrow).collect();
    let x: Vec<T> = records.iter().map(|r| T::parse(r.x)).collect();
    let [taped, compiled] = on_tape(&f.activation, 4, &x);
    let mut worst = [0.0f64; 4];
    for order in 0..4 {
        let played = T::play(row, order as u32, params, &x);
        for (i, r) in records.iter().enumerate() {
            let Some(want) = r.d[order].map(T::parse) else { continue };
            let (got, distance) = (played[i], ulps(played[i], want));
            let error = (got.wide() - want.wide()).abs();
            let fits = match order as u32 {
                3 => {
                    let scale = r.d.iter().flatten().map(|d| T::parse(d).wide().abs());
                    let scale = scale.filter(|d| d.is_finite()).fold(f64::MIN_POSITIVE, f64::max);
                    distance <= 8.0 || error <= ALLOWED_THIRD * scale
                }
                k => {
                    let at = x[i].wide();
                    distance <= ALLOWED[order] || next_to_a_root::<T>(&f.activation, k, at, error)
                }
            };
            // At ±0 the sign of a zero counts as well.
            let zeros = order == 0 && x[i].wide() == 0.0 && want.wide() == 0.0;
            let fits = fits && (!zeros || same(got, want));
            // The products of the chain rule turn −0 into 0, and nothing else.
            let (on_tape, compiled) = (taped[order][i], compiled[order][i]);
            if !fits || ulps(got, on_tape) > 0.0 || !same(on_tape, compiled) {
                wrong.push(format!(
                    "{} {} order {order} at {}: {got:?}, on the tape {on_tape:?}, compiled {compiled:?}, want {want:?}: {distance} ULP",
                    f.activation, T::NAME, r.x,
                ));
            }
            worst[order] = worst[order].max(distance);
        }
    }
    worst
}

#[test]
fn every_row_against_its_references() {
    let file = data("activations.json");
    let mut wrong = Vec::new();
    println!("{:<40} {:>7} {:>7} {:>7} {:>10}", "largest ULP", "f", "f′", "f″", "f‴");
    for f in &functions(&file) {
        for (dtype, worst) in
            [("f64", compare::<f64>(f, &mut wrong)), ("f32", compare::<f32>(f, &mut wrong))]
        {
            let [a, b, c, d] = worst;
            println!("{:<36} {dtype} {a:>7} {b:>7} {c:>7} {d:>10}", f.activation.to_string());
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Beside every kink and seam, and beside every place where a formula changes sides, the derivatives
/// of orders 0 to 6 are the limits from there.
#[test]
fn both_sides_of_every_branch_point() {
    let file = data("activations.json");
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for f in &functions(&file) {
        let a = &f.activation;
        for (x, wanted) in &f.beside {
            let sides: [(&str, &dyn Fn(u32) -> f64); 2] =
                [("left", &|k| a.left(k, *x)), ("right", &|k| a.right(k, *x))];
            for ((side, at), wanted) in sides.iter().zip(wanted) {
                let scale = wanted.iter().fold(0.0f64, |m, d| m.max(d.abs()));
                for (k, &want) in wanted.iter().enumerate() {
                    let jump = k == 1 && at(1).is_infinite(); // the quotient, not the slope beside it
                    let error = (at(k as u32) - want).abs();
                    // A limit 0 is met to rounding.
                    let room = ALLOWED_BESIDE * if want == 0.0 { 1e-4 * scale } else { want.abs() };
                    if !(jump || error <= room) {
                        wrong.push(format!(
                            "{a} {side} of {x}, order {k}: {}, want {want}",
                            at(k as u32)
                        ));
                    }
                    compared += 1;
                }
            }
        }
        let points: Vec<f64> = f.beside.iter().map(|b| b.0).collect();
        for at in a.kinks().iter().map(|k| k.at).chain((a.info().seams)(a.params())) {
            assert!(points.contains(&at), "{a}: no references beside {at}");
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 800, "{compared}");
}

/// What every function is to be tried at, apart from its kinks; ±∞ and NaN are in `conventions.rs`.
const NEEDED: [&str; 12] = [
    "0.0", "5e-324", "1e-310", "1e-8", "20.0", "88.7", "100.0", "700.0", "745.0", "1e4", "1e100",
    "1e308",
];
/// The same for f32, with subnormal numbers of its own.
const NEEDED_F32: [f32; 8] = [0.0, 1e-45, 1e-40, 1e-8, 20.0, 88.7, 100.0, 700.0];

/// Where a multiple of x overflows, and there is no sine of it.
const OVERFLOWS: [(&str, f64); 2] = [("sine", 1e308), ("snake", 1e308)];

/// The numbers on both sides of a point, one unit in the last place away.
fn neighbours<T: Float>(at: f64) -> [f64; 2] {
    match T::NAME {
        "f32" => [(at as f32).next_down().into(), (at as f32).next_up().into()],
        _ => [at.next_down(), at.next_up()],
    }
}

#[test]
fn every_activation_has_all_the_references() {
    let file = data("activations.json");
    let functions = functions(&file);
    for a in Activation::all() {
        assert!(functions.iter().any(|f| f.activation.name() == a.name()), "{a} is not there");
    }
    for f in &functions {
        let a = &f.activation;
        let x: Vec<f64> = f.records.iter().map(|r| f64::parse(r.x)).collect();
        let has = |x0: f64| x.iter().any(|x| x.to_bits() == x0.to_bits());
        let singles = f.records.iter().filter(|r| r.is_f32).count();
        assert!(x.len() >= 100 && singles >= 100, "{a}: {} inputs, {singles} in f32", x.len());
        let (low, _) = (a.info().domain)(a.params());
        let needed = NEEDED.map(f64::parse).into_iter().chain(NEEDED_F32.map(f64::from));
        for x0 in needed.flat_map(|x| [x, -x]) {
            let overflows = OVERFLOWS.contains(&(a.name(), x0.abs())) && a.params()[0] != 1.0;
            let signed_zero = x0 == 0.0 && x0.is_sign_negative(); // contested for `sign`
            let wanted = x0 > low && !overflows && !(signed_zero && a.name() == "sign");
            assert!(!wanted || has(x0), "{a}: no record at {x0:e}");
        }
        let points = a.kinks().into_iter().map(|k| k.at).chain((a.info().seams)(a.params()));
        for at in points {
            let near = neighbours::<f64>(at).into_iter().chain(
                // Of a kink that f32 has as well.
                (f64::from(at as f32) == at).then(|| neighbours::<f32>(at)).into_iter().flatten(),
            );
            near.chain([at]).for_each(|x| assert!(has(x), "{a}: no record at {x:e}, next to {at}"));
        }
    }
}
