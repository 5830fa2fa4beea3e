//! The number types, by iterating over the table and the catalogue of ops: intervals enclose, jets of
//! intervals enclose every derivative, germs know both sides of every kink.

use chainrule_activations::rows;
use chainrule_autograd::number::{
    CAPACITY, Coefficient, Germ, Interval, Jet, Mark, Number, ShortJet, Side, Stretch,
};
use chainrule_autograd::table::Row;
use serde_json::Value;

/// A row's value with any number type.
fn value<N: Number>(row: &dyn Row, p: &[f64], x: N) -> N {
    N::row(row, 0, p, x).expect("every row has a value")
}

struct Function {
    name: String,
    params: Vec<f64>,
    records: Vec<Record>,
}

struct Record {
    x: f64,
    /// Value and derivatives; NaN where there is none.
    d: [f64; 4],
}

/// The references of all rows, of the core and of this crate.
fn references() -> Vec<Function> {
    let files = [
        include_str!("../../autograd/tests/data/elementary.json"),
        include_str!("data/activations.json"),
    ];
    let list = |v: &Value| v.as_array().expect("a list").clone();
    let number = |v: &Value| match v {
        Value::String(text) => text.parse().expect("a number"),
        v => v.as_f64().unwrap_or(f64::NAN),
    };
    let record = |r: &Value| {
        let d = list(&r["d"]);
        Record { x: number(&r["x"]), d: std::array::from_fn(|k| number(&d[k])) }
    };
    let function = |f: &Value| Function {
        name: f["name"].as_str().expect("a name").into(),
        params: list(&f["params"]).iter().map(number).collect(),
        records: list(&f["records"]).iter().map(record).collect(),
    };
    let parsed = files.map(|text| serde_json::from_str::<Value>(text).expect("valid JSON"));
    parsed.iter().flat_map(|file| list(&file["functions"])).map(|f| function(&f)).collect()
}

/// Seeded numbers in [0, 1[ (Steele, Lea, Flood, *Fast splittable pseudorandom number generators*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ z >> 31) as f64 / 2f64.powi(64)
    }

    fn between(&mut self, (a, b): (f64, f64)) -> f64 {
        a + (b - a) * self.next()
    }
}

/// Points and values of 60 digits: at every one of them the interval of a point encloses the value,
/// and the jet of intervals the first three derivatives.
#[test]
fn points_enclose_references() {
    let mut checked = 0;
    for f in references() {
        let Some(row) = rows().find(|r| r.info().name == f.name) else { continue };
        for r in &f.records {
            let y = value(row, &f.params, Interval::point(r.x));
            let want = r.d[0];
            if !want.is_finite() || y.is_nan() {
                assert!(
                    !want.is_finite() || y.mark() == Mark::Partial,
                    "{}({}) = {y:?}, want {want}",
                    f.name,
                    r.x
                );
                continue;
            }
            assert!(
                y.contains(want),
                "{}({:?}; {:?}) = {y:?}, want {want:e}",
                f.name,
                r.x,
                f.params
            );
            let series = value(row, &f.params, Jet::variable(Interval::point(r.x), 3));
            for (k, &want) in r.d.iter().enumerate() {
                let d = series.derivative(k);
                if want.is_finite() && d.is_regular() && d.width().is_finite() {
                    // The reference itself is rounded to a double.
                    let near = Interval::new(want.next_down(), want.next_up());
                    assert!(
                        !d.intersect(near).is_nan(),
                        "{}⁽{k}⁾({:?}; {:?}) = {d:?}, want {want:e}",
                        f.name,
                        r.x,
                        f.params
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 4000, "{checked}");
}

/// On random intervals every value, and every derivative to order 6, lies in the enclosure.
#[test]
fn random_intervals_enclose_what_is_inside() {
    let mut random = Random(1);
    for row in rows() {
        let (p, span) = (row.info().defaults(), row.info().test);
        for _ in 0..200 {
            let (a, b) = (random.between(span), random.between(span));
            let x = Interval::new(a.min(b), a.max(b));
            let range = value(row, &p, x);
            let series = value(row, &p, Jet::variable(x, 6));
            for _ in 0..20 {
                let at = random.between((x.low(), x.high()));
                let mut y = [0.0];
                row.play_f64(0, &p, &[at], None, &mut y);
                let slack = 4.0 * f64::EPSILON * y[0].abs();
                let inside = range.low() - slack <= y[0] && y[0] <= range.high() + slack;
                assert!(inside, "{row:?}({at}) = {y:?} is not in {range:?} of {x:?}");
                let here = value(row, &p, Jet::variable(Interval::point(at), 6));
                for k in 0..=6 {
                    let (all, one) = (series.coefficient(k), here.coefficient(k));
                    if one.is_regular() && !all.is_nan() {
                        let meets = !all.intersect(one).is_nan();
                        assert!(meets, "{row:?} order {k} at {at}: {one:?} and {all:?} of {x:?}");
                    }
                }
            }
        }
    }
}

/// Wide intervals on which a row jumps or ends say so.
#[test]
fn jumps_and_ends_leave_marks() {
    for row in rows() {
        let info = row.info();
        let p = info.defaults();
        for kink in (info.kinks)(&p) {
            let jump = kink.left.is_infinite() != kink.right.is_infinite()
                || kink.left.is_infinite() && info.name != "cbrt" && info.name != "root";
            let around = Jet::variable(Interval::new(kink.at - 0.25, kink.at + 0.25), 1);
            let y = value(row, &p, around);
            assert_eq!(y.coefficient(0).mark() == Mark::Jump, jump, "{row:?} {y:?}");
            assert!(!y.coefficient(1).is_regular() || jump, "{row:?} {y:?}");
        }
        let (low, high) = (info.domain)(&p);
        for (end, outside) in [(low, -1.0), (high, 1.0)] {
            if end.is_finite() {
                let x = Interval::new(end.min(end + outside), end.max(end + outside));
                let y = value(row, &p, x);
                assert!(y.mark() == Mark::Partial, "{row:?} on {x:?}: {y:?}");
            }
        }
    }
}

/// Germs on both sides of every kink have the slopes that the entry states.
#[test]
fn germs_know_both_sides_of_every_kink() {
    let mut kinks = 0;
    for row in rows() {
        let p = row.info().defaults();
        for kink in (row.info().kinks)(&p) {
            for (side, stated) in [(Side::Left, kink.left), (Side::Right, kink.right)] {
                let y = value(row, &p, Germ::variable(kink.at, side, 4));
                let here = value(row, &p, kink.at);
                let undecided = || panic!("{row:?} at {} {side:?}: {y:?}", kink.at);
                let limit = y.limit().unwrap_or_else(undecided);
                // At a jump the quotient goes to infinity; the germ shows the jump as its limit.
                let slope = match limit == here {
                    true => y.derivative(1, side).unwrap_or_else(undecided),
                    false => (limit - here) * side.direction() * f64::INFINITY,
                };
                assert_eq!(slope, stated, "{row:?} at {} {side:?}", kink.at);
                let y = value(row, &p, Germ::variable(Interval::point(kink.at), side, 4));
                let enclosed = y.limit().is_some_and(|range| range.contains(limit));
                assert!(enclosed, "{row:?} at {} {side:?}: {y:?}", kink.at);
                kinks += 1;
            }
        }
    }
    assert!(kinks >= 12, "{kinks}");
}

/// At ordinary points a germ has the derivatives of the series, from either side.
#[test]
fn germs_agree_with_series_where_nothing_happens() {
    let mut random = Random(2);
    for row in rows() {
        let info = row.info();
        let p = info.defaults();
        for _ in 0..20 {
            let x = random.between(info.test);
            let series = value(row, &p, Jet::variable(x, 6));
            for side in Side::BOTH {
                let germ = value(row, &p, Germ::variable(x, side, 6));
                for k in 0..=6 {
                    let (got, want) =
                        (germ.derivative(k, side).unwrap_or(f64::NAN), series.derivative(k));
                    let close = (got - want).abs() <= 1e-11 * want.abs().max(1.0);
                    assert!(close, "{row:?} at {x} {side:?} order {k}: {got}, {want}");
                }
            }
        }
    }
}

/// Series at every row against references of 60 digits is in `references.rs`; here to order 6, against
/// the k-th slopes of the entries, which come from other formulas.
#[test]
fn series_agree_with_the_derivatives_of_the_table() {
    let mut random = Random(3);
    for row in rows() {
        let info = row.info();
        let p = info.defaults();
        for _ in 0..40 {
            let x = random.between(info.test);
            let series = value(row, &p, Jet::variable(x, 6));
            let short = value(row, &p, ShortJet::variable(x, 6));
            let bits = |c: &[f64]| c.iter().map(|c| c.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(short.coefficients()), bits(series.coefficients()), "{row:?} at {x}");
            let mut largest = 0f64;
            for k in 0..=6 {
                let mut want = [0.0];
                row.play_f64(k, &p, &[x], None, &mut want);
                largest = largest.max(want[0].abs());
                let got = series.derivative(k as usize);
                assert!(
                    (got - want[0]).abs() <= 1e-10 * largest.max(1.0),
                    "{row:?} at {x} order {k}: {got}, {want:?}"
                );
            }
        }
    }
}

/// Signs on a stretch hold at all its points.
#[test]
fn signs_on_a_stretch_hold_inside() {
    let mut random = Random(4);
    let mut told = 0;
    for row in rows() {
        let (p, span) = (row.info().defaults(), row.info().test);
        for _ in 0..60 {
            let a = random.between(span);
            let b = (a + 0.3 * random.next()).min(span.1);
            if a >= b {
                continue;
            }
            let y = value(row, &p, Stretch::variable(a, b, 4));
            for k in 0..=2 {
                let Some(sign) = y.sign(k) else { continue };
                if !y.is_smooth(k) {
                    continue;
                }
                told += 1;
                for _ in 0..10 {
                    let at = random.between((a.next_up(), b.next_down()));
                    let d = value(row, &p, Jet::variable(Interval::point(at), k)).coefficient(k);
                    let fits = d.outcomes(Interval::point(0.0));
                    let fits = match sign {
                        std::cmp::Ordering::Less => fits.less,
                        std::cmp::Ordering::Equal => fits.equal,
                        std::cmp::Ordering::Greater => fits.greater,
                    };
                    assert!(fits, "{row:?} order {k} on {a}..{b}: {sign:?}, at {at}: {d:?}");
                }
            }
        }
    }
    assert!(told > 2000, "{told}");
}

#[test]
fn a_jet_holds_as_many_orders_as_it_says() {
    let y = Jet::variable(0.5, CAPACITY - 1) * Jet::variable(0.5, CAPACITY - 1);
    assert_eq!(y.coefficients().len(), CAPACITY);
}
