//! Derivatives of higher order against references of 120 digits (`scripts/series_references.py`):
//! every row of the table to order 6, and functions of text to order 20.

use chainrule_autograd::number::{Coefficient, Interval, Jet, Number};
use chainrule_calculus::Curve;
use serde_json::Value;

struct Record {
    x: f64,
    d: Vec<f64>,
    /// For each derivative the sum of the absolute terms of the last recurrence.
    size: Vec<f64>,
}

/// (name or text, records) of a file.
fn file(text: &str) -> Vec<(String, Vec<Record>)> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let list = |v: &Value| v.as_array().expect("a list").clone();
    let number = |v: &Value| v.as_str().expect("a text").parse().expect("a number");
    let record = |r: &Value| Record {
        x: r["x"].as_f64().expect("a number"),
        d: list(&r["d"]).iter().map(number).collect(),
        size: r["size"].as_array().map_or(vec![], |all| all.iter().map(number).collect()),
    };
    let entry = |e: &Value| {
        let name = if e["name"].is_null() { &e["text"] } else { &e["name"] };
        let name = name.as_str().expect("a text").to_owned();
        (name, list(&e["records"]).iter().map(record).collect())
    };
    list(&value).iter().map(entry).collect()
}

#[test]
fn every_row_has_its_series_to_order_6() {
    let known = file(include_str!("data/rows.json"));
    for row in chainrule_autograd::table::rows() {
        let name = row.info().name;
        assert!(known.iter().any(|k| k.0 == name), "no references for {name}");
    }
    for (name, records) in &known {
        let row = chainrule_activations::rows().find(|r| r.info().name == *name);
        let row = row.unwrap_or_else(|| panic!("{name} is not a row"));
        let p = row.info().defaults();
        for r in records {
            let series = Jet::row(row, 0, &p, Jet::variable(r.x, 6)).expect("a value");
            let proved = Jet::row(row, 0, &p, Jet::variable(Interval::point(r.x), 6));
            let proved = proved.expect("a value");
            let mut largest = 1f64;
            for (k, &want) in r.d.iter().enumerate() {
                largest = largest.max(want.abs());
                let got = series.derivative(k);
                assert!(
                    (got - want).abs() <= 1e-13 * largest,
                    "{name}⁽{k}⁾({}): {got:e}, want {want:e}",
                    r.x
                );
                let range = proved.derivative(k);
                let near = Interval::new(want.next_down(), want.next_up());
                assert!(!range.intersect(near).is_nan(), "{name}⁽{k}⁾({}): {range:?}", r.x);
            }
        }
    }
}

/// Off by at most 1e-12 of the derivative; or, where terms of different signs cancel, of the sum of
/// the absolute terms that the last recurrence adds up.
#[test]
fn functions_have_their_derivatives_to_order_20() {
    let list = file(include_str!("data/nth.json"));
    assert!(list.len() >= 20);
    let (mut all, mut cancelled, mut worst) = (0, 0, (0.0, String::new()));
    for (text, records) in &list {
        let f = Curve::parse(text, chainrule_activations::rows())
            .unwrap_or_else(|e| panic!("{text}\n{e}"));
        for r in records {
            let proved = f.play(Jet::variable(Interval::point(r.x), 20));
            for (k, (&want, &size)) in r.d.iter().zip(&r.size).enumerate() {
                let error = (f.derivative(r.x, k) - want).abs();
                let relative = error / want.abs().max(f64::MIN_POSITIVE);
                all += 1;
                let off = if relative <= 1e-12 {
                    relative
                } else {
                    println!(
                        "{text} order {k} at {}: {relative:e}, of the terms {:e}",
                        r.x,
                        error / size
                    );
                    cancelled += 1;
                    error / size
                };
                if off > worst.0 {
                    worst = (off, format!("{text} order {k} at {}", r.x));
                }
                let range = proved.derivative(k);
                let near = Interval::new(want.next_down(), want.next_up());
                assert!(
                    !range.intersect(near).is_nan(),
                    "{text} order {k} at {}: {range:?}, want {want:e}",
                    r.x
                );
            }
        }
    }
    println!(
        "{} functions, {all} derivatives: {} to 1e-12 of the value, {cancelled} of the terms; \
         largest error {:e}: {}",
        list.len(),
        all - cancelled,
        worst.0,
        worst.1
    );
    assert!(worst.0 <= 1e-12, "{worst:?}");
}
