//! Every row of the table against `tests/data/elementary.json`: values and derivatives computed with
//! hundreds of digits by `scripts/references.py`.
//!
//! | | f64 | f32, at inputs that are exact in f32 |
//! |---|---|---|
//! | value, slope | 4 ULP | 4 ULP |
//! | second derivative | 8 ULP | 8 ULP |
//! | third derivative | 1e-10 relative | 1e-5 relative |
//!
//! `cargo test --test references -- --nocapture` prints the largest error of each function.

mod common;

use std::f64::consts::FRAC_1_SQRT_2;
use std::fmt;

use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Row, rows};
use common::{ulps, ulps_f32};
use serde_json::Value;

/// Names in the file that are no rows of the table.
const NO_ROWS: &[(&str, &str)] = &[
    ("round", "the table has floor and ceil"),
    ("gauss", "a building block of erf and its kin: `Real::gauss`, tested below"),
];

/// Rows whose references are so plain that a test of their own states them.
const PLAIN: &[&str] = &["flat"];

/// Where f‴ has a root (±): relative errors mean nothing there, see
/// [`roots_of_the_third_derivative`].
const ROOTS_OF_THE_THIRD: &[(&str, f64)] =
    &[("asinh", FRAC_1_SQRT_2), ("erf", FRAC_1_SQRT_2), ("erfc", FRAC_1_SQRT_2), ("norm_cdf", 1.0)];

fn is_root(name: &str, x: f64) -> bool {
    let near = |&(n, root): &(&str, f64)| n == name && (x.abs() - root).abs() < 1e-7;
    ROOTS_OF_THE_THIRD.iter().any(near)
}

/// A row that is not in the file yet is held to the special values of its entry, this many.
const ENOUGH: usize = 5;

struct Function {
    name: String,
    params: Vec<f64>,
    in_f32: bool,
    records: Vec<Record>,
}

struct Record {
    x: f64,
    in_f32: bool,
    d: [Option<f64>; 4],
}

fn number(text: &Value) -> Option<f64> {
    text.as_str().map(|s| s.parse().expect("a number"))
}

fn functions() -> Vec<Function> {
    let text = include_str!("data/elementary.json");
    let file: Value = serde_json::from_str(text).expect("valid JSON");
    let list = |v: &Value| v.as_array().expect("a list").clone();
    let flag = |v: &Value| v.as_bool().expect("true or false");
    let record = |r: &Value| {
        let d = list(&r["d"]);
        Record {
            x: number(&r["x"]).expect("an input"),
            in_f32: flag(&r["f32"]),
            d: std::array::from_fn(|k| number(&d[k])),
        }
    };
    let function = |f: &Value| Function {
        name: f["name"].as_str().expect("a name").into(),
        params: list(&f["params"]).iter().map(|p| p.as_f64().expect("a number")).collect(),
        in_f32: flag(&f["params_f32"]),
        records: list(&f["records"]).iter().map(record).collect(),
    };
    list(&file["functions"]).iter().map(function).collect()
}

/// The largest error of one function at one order, in one precision, and where it is.
#[derive(Clone, Copy, Default)]
struct Worst {
    error: f64,
    x: f64,
    got: f64,
    want: f64,
    count: usize,
}

impl Worst {
    fn see(&mut self, error: f64, x: f64, got: f64, want: f64) {
        self.count += 1;
        if error > self.error {
            *self = Worst { error, x, got, want, ..*self };
        }
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:e}: {:e}, want {:e} ({:e})", self.x, self.got, self.want, self.error)
    }
}

fn relative(got: f64, want: f64) -> f64 {
    if got == want { 0.0 } else { (got - want).abs() / want.abs().max(1e-300) }
}

/// All values of a row in one call.
fn f64s(row: &dyn Row, order: u32, p: &[f64], x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    row.play_f64(order, p, x, None, &mut y);
    y
}

fn f32s(row: &dyn Row, order: u32, p: &[f64], x: &[f64]) -> Vec<f32> {
    let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let mut y = vec![0.0; x.len()];
    row.play_f32(order, p, &x, None, &mut y);
    y
}

fn measure(row: &dyn Row, f: &Function, order: usize, single: bool) -> Worst {
    let root = |r: &Record| order == 3 && is_root(&f.name, r.x);
    let chosen = |r: &&Record| r.d[order].is_some() && (!single || r.in_f32) && !root(r);
    let records: Vec<&Record> = f.records.iter().filter(chosen).collect();
    let x: Vec<f64> = records.iter().map(|r| r.x).collect();
    let mut worst = Worst::default();
    let mut see = |i: usize, got: f64, ulps: f64| {
        let exact = records[i].d[order].expect("chosen");
        let want = if single { f64::from(exact as f32) } else { exact };
        let error = if order == 3 { relative(got, want) } else { ulps };
        worst.see(error, x[i], got, want);
    };
    if single {
        let y = f32s(row, order as u32, &f.params, &x);
        let want = |i: usize| records[i].d[order].expect("chosen") as f32;
        (0..y.len()).for_each(|i| see(i, y[i].into(), ulps_f32(y[i], want(i))));
    } else {
        let y = f64s(row, order as u32, &f.params, &x);
        let want = |i: usize| records[i].d[order].expect("chosen");
        (0..y.len()).for_each(|i| see(i, y[i], ulps(y[i], want(i))));
    }
    worst
}

const BOUNDS: [[f64; 4]; 2] = [[4.0, 4.0, 8.0, 1e-10], [4.0, 4.0, 8.0, 1e-5]];

#[test]
fn every_row_holds_its_references() {
    let mut wrong = Vec::new();
    println!("largest error in ULP (order 3: log10 of the relative error)");
    println!("{:<30} f64, orders 0 to 3  |  f32, orders 0 to 3", "");
    for f in functions() {
        let Some(row) = rows().find(|r| r.info().name == f.name) else {
            assert!(NO_ROWS.iter().any(|n| n.0 == f.name), "{} is not a row", f.name);
            continue;
        };
        let mut line = format!("{:<30}", format!("{} {:?}", f.name, f.params));
        for (single, order) in [false, true].into_iter().flat_map(|s| (0..4).map(move |k| (s, k))) {
            if single && !f.in_f32 {
                continue;
            }
            let w = measure(row, &f, order, single);
            assert!(w.count > 0, "{}: no reference for order {order}", f.name);
            line += &match order {
                3 => format!("{:>7.1}   ", w.error.log10()),
                _ => format!("{:>4}", w.error),
            };
            if w.error > BOUNDS[usize::from(single)][order] {
                let dtype = if single { "f32" } else { "f64" };
                wrong.push(format!("{} {:?} {dtype} order {order} {w}", f.name, f.params));
            }
        }
        println!("{line}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// At a root of f‴ no relative error can be small: there the absolute error is a few ULP of f′.
#[test]
fn roots_of_the_third_derivative() {
    let functions = functions();
    for &(name, x) in ROOTS_OF_THE_THIRD {
        let row = rows().find(|r| r.info().name == name).expect("a row");
        let f = functions.iter().find(|f| f.name == name).expect("a function");
        let at_root: Vec<&Record> = f.records.iter().filter(|r| is_root(name, r.x)).collect();
        assert!(at_root.iter().any(|r| r.x.abs() == x), "no reference for {name} at {x}");
        for r in at_root {
            let got = f64s(row, 3, &[], &[r.x])[0];
            let (want, slope) = (r.d[3].expect("smooth"), r.d[1].expect("smooth"));
            let off = (got - want).abs() / (f64::EPSILON * slope.abs());
            assert!(off <= 4.0, "{name}‴({}): {got:e}, want {want:e}: {off} ULP of f′", r.x);
        }
    }
}

#[test]
fn every_row_has_references() {
    let functions = functions();
    for row in rows() {
        let name = row.info().name;
        let listed = functions.iter().any(|f| f.name == name);
        let stated = row.info().special.len() >= ENOUGH;
        assert!(
            listed || stated || PLAIN.contains(&name),
            "row {name} has no reference values: state {ENOUGH} special values, or run the script"
        );
    }
    for &(name, _) in NO_ROWS {
        assert!(rows().all(|r| r.info().name != name), "{name} has become a row");
    }
}

#[test]
fn flat_is_zero() {
    let row = rows().find(|r| r.info().name == "flat").expect("a row");
    let x = [-1e308, -2.0, -0.0, 0.0, 5e-324, 3.0, f64::INFINITY];
    for order in 0..5 {
        assert_eq!(f64s(row, order, &[], &x), [0.0; 7]);
        assert_eq!(f32s(row, order, &[], &x), [0.0; 7]);
    }
}

#[test]
fn gauss_holds_its_references() {
    let mut seen = 0;
    for f in functions().iter().filter(|f| f.name == "gauss") {
        for r in &f.records {
            let want = r.d[0].expect("smooth");
            let got = Real::gauss(r.x, f.params[0]);
            assert!(ulps(got, want) <= 2.0, "gauss({}, {}): {got:e}, {want:e}", r.x, f.params[0]);
            if r.in_f32 {
                let got = Real::gauss(r.x as f32, f.params[0]);
                assert!(ulps_f32(got, want as f32) <= 1.0, "gauss({}): {got:e}, {want:e}", r.x);
            }
            seen += 1;
        }
    }
    assert!(seen > 300);
}

/// Slopes of roots far out, where yⁿ⁻¹ would be off by n − 1 times the error of y.
#[test]
fn slopes_of_high_roots() {
    let row = rows().find(|r| r.info().name == "root").expect("a row");
    for (n, x, want) in [
        (7.0, 8.9e16, 4.234999689853325e-16),
        (7.0, 3.7e-200, 1.2486575266698376e170),
        (11.0, 1.1e300, 1.562085761479118e-274),
        (9.0, -2.3e12, 1.141707804068873e-12),
        (5.0, 5e-324, 8.830845164913169e257),
        (1000.0, 1.7e308, 1.1961386606794e-311),
        (5.0, f64::NEG_INFINITY, 0.0),
        (1.0, f64::INFINITY, 1.0),
    ] {
        let got = f64s(row, 1, &[n], &[x])[0];
        assert!(ulps(got, want) <= 3.0, "root({n})′({x:e}) = {got:e}, want {want:e}");
    }
}

/// A result depends on its input alone, not on the slice it is computed in.
#[test]
fn results_do_not_depend_on_lane_or_tail() {
    for f in functions() {
        let Some(row) = rows().find(|r| r.info().name == f.name) else { continue };
        let x: Vec<f64> = f.records.iter().map(|r| r.x).collect();
        for order in 0..3 {
            let (all, singles) = (f64s(row, order, &f.params, &x), f32s(row, order, &f.params, &x));
            for (i, &x) in x.iter().enumerate() {
                let alone = f64s(row, order, &f.params, &[x])[0];
                assert_eq!(all[i].to_bits(), alone.to_bits(), "{} order {order} at {x}", f.name);
                let alone = f32s(row, order, &f.params, &[x])[0];
                let same = singles[i].to_bits() == alone.to_bits();
                assert!(same, "{} order {order} at {x} in f32", f.name);
            }
        }
    }
}
