//! Every row against references of 60 digits, in both precisions, alone and on a tape.

mod common;

use chainrule_activations::rows;
use chainrule_autograd::Tape;
use chainrule_autograd::table::Row;
use common::{Float, data, row, same, text, ulps};
use serde_json::Value;

/// The distance allowed at orders 0 to 2, in ULP.
const ALLOWED: [f64; 3] = [4.0, 4.0, 8.0];
/// The third derivative comes from a series: its error as a part of the largest derivative there.
const ALLOWED_THIRD: f64 = 1e-14;

struct Function<'a> {
    row: &'static dyn Row,
    params: Vec<f64>,
    params_f32: bool,
    records: Vec<Record<'a>>,
}

struct Record<'a> {
    x: &'a str,
    is_f32: bool,
    d: Vec<Option<&'a str>>,
}

fn functions(file: &Value) -> Vec<Function<'_>> {
    file["functions"].as_array().expect("a list").iter().map(function).collect()
}

fn function(f: &Value) -> Function<'_> {
    let list = |key: &str| f[key].as_array().expect("a list").iter();
    Function {
        row: row(text(&f["name"])),
        params: list("params").map(|p| p.as_f64().expect("a number")).collect(),
        params_f32: f["params_f32"] == true,
        records: list("records").map(record).collect(),
    }
}

fn record(r: &Value) -> Record<'_> {
    let d = r["d"].as_array().expect("a list").iter();
    Record { x: text(&r["x"]), is_f32: r["f32"] == true, d: d.map(Value::as_str).collect() }
}

/// The row and its derivatives on a tape, by gradients of gradients.
fn on_tape<T: Float>(row: &'static dyn Row, params: &[f64], x: &[T]) -> Vec<Vec<T>> {
    let tape = Tape::<T>::new();
    let x = tape.input("x", x.to_vec());
    let mut y = x.map_row(row, params);
    let mut orders = vec![y.to_vec()];
    for _ in 1..4 {
        y = tape.gradient(y.sum(), &[x])[0];
        orders.push(y.to_vec());
    }
    orders
}

/// The largest distance at each order, or what is wrong.
fn compare<T: Float>(f: &Function<'_>, wrong: &mut Vec<String>) -> [f64; 4] {
    let narrow = T::NAME == "f32";
    if narrow && !f.params_f32 {
        return [0.0; 4];
    }
    let records: Vec<&Record<'_>> = f.records.iter().filter(|r| r.is_f32 || !narrow).collect();
    let x: Vec<T> = records.iter().map(|r| T::parse(r.x)).collect();
    let taped = on_tape(f.row, &f.params, &x);
    let mut worst = [0.0f64; 4];
    for order in 0..4 {
        let played = T::play(f.row, order as u32, &f.params, &x);
        for (i, r) in records.iter().enumerate() {
            let Some(want) = r.d[order].map(T::parse) else { continue };
            let (got, distance) = (played[i], ulps(played[i], want));
            let scale = r.d.iter().flatten().map(|d| T::parse(d).wide().abs());
            let scale = scale.filter(|d| d.is_finite()).fold(f64::MIN_POSITIVE, f64::max);
            let fits = match ALLOWED.get(order) {
                Some(&allowed) => distance <= allowed,
                None => {
                    distance <= 8.0 || (got.wide() - want.wide()).abs() <= ALLOWED_THIRD * scale
                }
            };
            // At ±0 the sign of a zero counts as well.
            let fits = fits && (order > 0 || x[i].wide() != 0.0 || same(got, want));
            // The products of the chain rule turn −0 into 0, and nothing else.
            if !fits || ulps(got, taped[order][i]) > 0.0 {
                let (name, params) = (f.row.info().name, &f.params);
                wrong.push(format!(
                    "{name} {params:?} {} order {order} at {}: {got:?}, on the tape {:?}, want {want:?}: {distance} ULP",
                    T::NAME, r.x, taped[order][i],
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
    println!("{:<18} {:>12} {:>7} {:>7} {:>7} {:>10}", "largest ULP", "", "f", "f′", "f″", "f‴");
    for f in &functions(&file) {
        for (name, worst) in
            [("f64", compare::<f64>(f, &mut wrong)), ("f32", compare::<f32>(f, &mut wrong))]
        {
            let [a, b, c, d] = worst;
            let params = format!("{:?} {name}", f.params);
            println!("{:<18} {params:>12} {a:>7} {b:>7} {c:>7} {d:>10}", f.row.info().name);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A row that is not in the file yet is held to the special values of its entry, this many.
const ENOUGH: usize = 5;

#[test]
fn every_row_has_references() {
    let file = data("activations.json");
    let functions = functions(&file);
    for row in rows::ROWS {
        let mine = functions.iter().filter(|f| f.row.info().name == row.info().name);
        let records: usize = mine.map(|f| f.records.len()).sum();
        let info = row.info();
        assert!(
            records >= 50 || records == 0 && info.special.len() >= ENOUGH,
            "{} has {records} references: state {ENOUGH} special values, or run the script",
            info.name
        );
    }
}
