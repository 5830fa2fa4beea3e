//! What the entries of the table say of themselves: kinks, exact values, domain, range, where they
//! rise and bend; and NaN and the infinities, to every order.

mod common;

use chainrule_autograd::number::Jet;
use chainrule_autograd::table::{Bend, Kink, Row, Trend, rows};
use common::ulps;

/// What is found wrong, all of it before the test fails.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn check(&mut self, holds: bool, wrong: impl FnOnce() -> String) {
        if !holds {
            self.0.push(wrong());
        }
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        let shown = &self.0[..self.0.len().min(40)];
        let quiet = std::thread::panicking();
        assert!(self.0.is_empty() || quiet, "{} wrong:\n{}", self.0.len(), shown.join("\n"));
    }
}

/// Every row at its defaults, and at parameters at which it is another function.
fn subjects() -> impl Iterator<Item = (&'static dyn Row, Vec<f64>)> {
    const MORE: &[(&str, &[f64])] = &[
        ("log", &[0.5, 1.5]),
        ("exp_base", &[0.25, 0.5, 1.0, 2.0, 10.0]),
        ("root", &[1.0, 2.0, 3.0, 4.0]),
        ("powi", &[-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0]),
        ("powf", &[-1.5, -1.0, 0.0, 0.3, 0.5, 1.0, 2.0, 3.0]),
    ];
    for (name, params) in MORE {
        let row = rows().find(|r| r.info().name == *name).expect("a row");
        params.iter().for_each(|p| assert!((row.info().check)(&[*p]).is_ok(), "{name} {p}"));
    }
    let more = |row: &dyn Row| {
        let listed = MORE.iter().filter(|m| m.0 == row.info().name).flat_map(|m| m.1);
        listed.map(|p| vec![*p]).collect::<Vec<_>>()
    };
    rows().flat_map(move |row| {
        let defaults = std::iter::once(row.info().defaults());
        defaults.chain(more(row)).map(move |p| (row, p)).collect::<Vec<_>>()
    })
}

fn at(row: &dyn Row, order: u32, p: &[f64], x: f64) -> f64 {
    let mut y = [0.0];
    row.play_f64(order, p, &[x], None, &mut y);
    let mut single = [0.0];
    row.play_f32(order, p, &[x as f32], None, &mut single);
    if f64::from(x as f32) == x && y[0].abs() < 1e37 {
        let off = (f64::from(single[0]) - y[0]).abs();
        let fits = off <= 1e-5 * y[0].abs() + 1e-37;
        let nan = single[0].is_nan() && y[0].is_nan();
        assert!(fits || nan, "{row:?} {p:?} order {order} at {x}: f32 {single:?}, f64 {y:?}");
    }
    y[0]
}

/// Points of an interval, its finite ends included; infinite ends are cut at ±8.
fn grid(from: f64, to: f64) -> impl Iterator<Item = f64> {
    let (from, to) = (from.max(-8.0), to.min(8.0));
    (0..=256).map(move |i| from + (to - from) * f64::from(i) / 256.0)
}

#[test]
fn nan_gives_nan_at_every_order() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        for order in 0..=5 {
            found.check(at(row, order, &p, f64::NAN).is_nan(), || {
                format!("{row:?} {p:?} order {order}")
            });
        }
        let (mut y, mut z) = ([0.0], [0.0]);
        row.play_f64(1, &p, &[f64::NAN], Some(&[2.0]), &mut y);
        row.play_f64(1, &p, &[f64::NAN], Some(&[0.0]), &mut z);
        found.check(y[0].is_nan() && z[0] == 0.0, || {
            format!("{row:?}: an adjoint of 0 wins, no other")
        });
    }
}

/// By the series of the slope, which nothing stated takes part in, and as played.
#[test]
fn straight_pieces_do_not_bend() {
    let mut found = Found::default();
    for (row, p) in subjects().filter(|(row, _)| row.info().straight) {
        for x in grid(-3.0, 3.0).chain([f64::INFINITY, f64::NEG_INFINITY]) {
            let slope = row.jet(1, &p, Jet::variable(x, 4)).expect("a slope");
            for order in 2..=4 {
                let zero =
                    slope.derivative(order - 1) == 0.0 && at(row, order as u32, &p, x) == 0.0;
                found.check(zero, || format!("{row:?} {p:?} order {order} at {x}"));
            }
        }
    }
}

#[test]
fn outside_the_domain_is_nan() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        let (low, high) = (row.info().domain)(&p);
        let far = [16.0, 1e5, 1e10, 1e38, 1e160, 1e300, f64::MAX, f64::INFINITY];
        let far = far.into_iter().flat_map(|x| [-x, x]);
        for x in grid(-8.0, 8.0).chain(far).filter(|x| *x < low || *x > high) {
            for order in 0..=3 {
                let y = at(row, order, &p, x);
                found.check(y.is_nan(), || format!("{row:?} {p:?} order {order} at {x}: {y}"));
            }
        }
    }
}

/// At the end of its domain a derivative is its limit from inside.
#[test]
fn ends_of_the_domain_are_limits() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        let (low, high) = (row.info().domain)(&p);
        for (end, inside) in [(low, low.next_up()), (high, high.next_down())] {
            let Some(inside) = end.is_finite().then_some(inside) else { continue };
            for order in 0..=2 {
                let (y, near) = (at(row, order, &p, end), at(row, order, &p, inside));
                let to_infinity = y.is_infinite() && y.signum() == near.signum();
                let fits = to_infinity || (y - near).abs() <= 1e-7 * near.abs().max(1.0);
                found.check(fits, || {
                    format!("{row:?} {p:?} order {order} at {end}: {y}, next to it {near}")
                });
                if end == 0.0 {
                    let z = at(row, order, &p, -0.0);
                    found.check(z == y, || format!("{row:?} {p:?} order {order} at -0: {z}, {y}"));
                }
            }
        }
    }
}

#[test]
fn infinities_give_limits() {
    let mut found = Found::default();
    const OSCILLATE: &[&str] = &["sin", "cos", "tan"];
    for (row, p) in subjects() {
        let info = row.info();
        let (low, high) = (info.domain)(&p);
        for (end, x) in [(low, -1e300), (high, 1e300)] {
            if end.is_finite() || OSCILLATE.contains(&info.name) {
                continue;
            }
            let third = info.name != "acosh"; // comes from a series
            for order in 0..=if third { 3 } else { 2 } {
                let (y, far) = (at(row, order, &p, end), at(row, order, &p, x));
                let grows = y.is_infinite() && far.abs() > 1e2 && y.signum() == far.signum();
                let fits = grows || (y - far).abs() <= 1e-10;
                found.check(fits, || {
                    format!("{row:?} {p:?} order {order} at {end}: {y}, at {x:e}: {far}")
                });
            }
        }
    }
}

fn kinks() -> impl Iterator<Item = (&'static dyn Row, Vec<f64>, Kink)> {
    subjects().flat_map(|(row, p)| {
        let kinks = (row.info().kinks)(&p);
        kinks.into_iter().map(move |k| (row, p.clone(), k)).collect::<Vec<_>>()
    })
}

#[test]
fn kinks_answer_what_they_state() {
    assert!(kinks().count() >= 6);
    for (row, p, k) in kinks() {
        for x in [k.at, if k.at == 0.0 { -0.0 } else { k.at }] {
            assert_eq!(at(row, 1, &p, x), k.taken, "{row:?} at {x}");
        }
        let (low, high) = (k.left.min(k.right), k.left.max(k.right));
        let inside = low <= k.taken && k.taken <= high;
        let jumps = low.is_infinite() || high.is_infinite();
        assert!(inside || jumps && k.taken == 0.0, "{k:?}");
        if inside && low.is_finite() && high.is_finite() {
            let least = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
            assert_eq!(k.taken.abs(), least, "{row:?}: not the subgradient of least norm: {k:?}");
        }
    }
}

#[test]
fn kinks_have_the_slopes_they_state() {
    let mut found = Found::default();
    for (row, p, k) in kinks() {
        for (side, stated) in [(-1.0, k.left), (1.0, k.right)] {
            let h = side * 1e-9;
            let quotient = (at(row, 0, &p, k.at + h) - at(row, 0, &p, k.at)) / h;
            let fits = if stated.is_infinite() {
                quotient.abs() > 1e5 && quotient.signum() == stated.signum()
            } else {
                (quotient - stated).abs() < 1e-6
            };
            found.check(fits, || format!("{row:?} at {}: {quotient}, stated {stated}", k.at));
        }
    }
}

#[test]
fn special_values_are_exact() {
    let mut found = Found::default();
    for row in rows() {
        let info = row.info();
        for s in info.special {
            let p = info.defaults();
            let (value, slope) = (at(row, 0, &p, s.x), at(row, 1, &p, s.x));
            let signs = value.is_sign_negative() == s.value.is_sign_negative();
            found.check(signs && ulps(value, s.value) <= 1.0, || {
                format!("{row:?}({}) = {value:e}, {s:?}", s.x)
            });
            found.check(ulps(slope, s.slope) <= 1.0, || {
                format!("{row:?}′({}) = {slope:e}, {s:?}", s.x)
            });
            let (low, high) = (info.domain)(&p);
            found.check((low..=high).contains(&s.x), || {
                format!("{row:?}: {s:?} outside the domain")
            });
        }
    }
}

#[test]
fn ranges_contain_all_values_and_are_smallest() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        let info = row.info();
        let ((from, to), (low, high)) = ((info.domain)(&p), (info.range)(&p));
        let ends = [from, to, -1e300, -1e-300, 1e-300, 1e300];
        let all = || grid(from, to).chain(ends.into_iter().filter(|x| (from..=to).contains(x)));
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for y in all().map(|x| at(row, 0, &p, x)).filter(|y| !y.is_nan()) {
            found.check((low..=high).contains(&y), || {
                format!("{row:?} {p:?}: {y} is not in {low}..{high}")
            });
            (least, most) = (least.min(y), most.max(y));
        }
        if (low, high) != (f64::NEG_INFINITY, f64::INFINITY) {
            let reached = |bound: f64, y: f64| bound == y || (bound - y).abs() < 1e-3;
            let tight = reached(low, least) && reached(high, most);
            found.check(tight, || format!("{row:?} {p:?}: {least}..{most} of {low}..{high}"));
        }
    }
}

#[test]
fn trends_hold() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        for span in (row.info().trend)(&p) {
            let points: Vec<f64> = grid(span.from, span.to).collect();
            for pair in points.windows(2) {
                let [a, b] = [at(row, 0, &p, pair[0]), at(row, 0, &p, pair[1])];
                let holds = match span.fact {
                    Trend::Increasing => a <= b,
                    Trend::Decreasing => a >= b,
                    Trend::Constant => a == b,
                };
                found.check(holds, || format!("{row:?} {p:?} {span:?}: {a} then {b} at {pair:?}"));
            }
            for &x in &points {
                let slope = at(row, 1, &p, x);
                let holds = match span.fact {
                    Trend::Increasing => slope >= 0.0,
                    Trend::Decreasing => slope <= 0.0,
                    Trend::Constant => slope == 0.0,
                };
                found.check(holds, || format!("{row:?} {p:?} {span:?}: slope {slope} at {x}"));
            }
        }
    }
}

#[test]
fn bends_hold() {
    let mut found = Found::default();
    for (row, p) in subjects() {
        for span in (row.info().bend)(&p) {
            let points: Vec<f64> = grid(span.from, span.to).collect();
            for three in points.windows(3) {
                let [a, b, c] = [0, 1, 2].map(|i| at(row, 0, &p, three[i]));
                let above = (a + c) / 2.0 - b;
                let rounding = 4.0 * f64::EPSILON * (a.abs() + b.abs() + c.abs());
                let second = at(row, 2, &p, three[1]);
                let holds = match span.fact {
                    Bend::Convex => above >= -rounding && second >= 0.0,
                    Bend::Concave => above <= rounding && second <= 0.0,
                    Bend::Straight => above.abs() <= rounding && second == 0.0,
                };
                let finite = a.is_finite() && c.is_finite();
                found.check(holds || !finite, || {
                    format!("{row:?} {p:?} {span:?}: {three:?} {second}")
                });
            }
        }
    }
}

#[test]
fn parameters_are_refused_with_a_reason() {
    let row = |name| rows().find(|r| r.info().name == name).expect("a row");
    for (name, wrong) in [
        ("log", 1.0),
        ("log", -2.0),
        ("log", f64::NAN),
        ("exp_base", 0.0),
        ("root", 0.0),
        ("root", 2.5),
        ("powi", 0.5),
        ("powf", f64::INFINITY),
    ] {
        assert!((row(name).info().check)(&[wrong]).is_err(), "{name} takes {wrong}");
    }
}

#[test]
fn names_and_formulas_are_stated() {
    let mut names: Vec<&str> = rows().map(|r| r.info().name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|w| w[0] != w[1]), "two rows of one name: {names:?}");
    for row in rows() {
        let info = row.info();
        assert!(!info.formula.is_empty() && !info.derivative.is_empty(), "{row:?}");
        let ((from, to), (low, high)) = (info.test, (info.domain)(&info.defaults()));
        assert!(from < to && from >= low && to <= high, "{row:?}: test interval {from}..{to}");
    }
}

/// Where a smooth row changes its formula (e^(−|x|), 1/x), every derivative is that of both sides.
#[test]
fn changes_of_formula_are_smooth() {
    let row = |name| rows().find(|r| r.info().name == name).expect("a row");
    for x in [0.0, -0.0] {
        for (order, want) in [0.0, 1.0, 0.0, -2.0, 0.0, 16.0, 0.0, -272.0].into_iter().enumerate() {
            let y = at(row("tanh"), order as u32, &[], x);
            assert!((y - want).abs() < 1e-13 * 272.0, "tanh order {order} at {x}: {y}");
        }
    }
    // atan⁽ᵏ⁾(x) = (k−1)!·cosᵏ y·sin(k(y + π/2)), y = atan x
    for x in [1.0, -1.0, 1f64.next_up(), 1f64.next_down()] {
        let mut factorial = 1.0;
        for k in 1..=6 {
            let angle = f64::atan(x);
            let turned = (f64::from(k) * (angle + std::f64::consts::FRAC_PI_2)).sin();
            let (y, want) =
                (at(row("atan"), k as u32, &[], x), factorial * angle.cos().powi(k) * turned);
            assert!((y - want).abs() < 1e-13 * factorial, "atan order {k} at {x}: {y}, {want}");
            factorial *= f64::from(k);
        }
    }
}
