//! What every entry promises of its function, checked by walking over the table.

mod common;

use chainrule_activations::rows::rows;
use chainrule_autograd::Tape;
use chainrule_autograd::number::Jet;
use chainrule_autograd::table::{Bend, Row, Span, Trend};
use common::{Float, at, row, same, ulps};

const INF: f64 = f64::INFINITY;

/// The row with each set of parameters that its entry accepts, of those worth trying.
fn cases() -> Vec<(&'static dyn Row, Vec<f64>)> {
    let mut cases = Vec::new();
    for row in rows() {
        let info = row.info();
        cases.push((row, info.defaults()));
        let tried = [-0.5, 0.0, 0.25, 0.5, 1.0, 2.0, 30.0];
        let sets: Vec<Vec<f64>> = match info.params.len() {
            1 => tried.map(|p| vec![p]).into(),
            2 => vec![vec![-2.0, 0.5], vec![0.25, 0.25], vec![-1.0, -0.5]],
            3 => vec![
                vec![0.0, 6.0, 0.0],
                vec![0.25, 4.0, 1.0],
                vec![2.0, 3.0, 0.0],
                vec![1.0, 2.0, 0.0],
            ],
            _ => vec![],
        };
        let valid = sets.into_iter().filter(|p| (info.check)(p).is_ok());
        cases.extend(valid.map(|p| (row, p)));
    }
    cases
}

/// By the series of the slope, which nothing stated takes part in, and as played.
#[test]
fn straight_pieces_do_not_bend() {
    for (row, p) in cases().into_iter().filter(|(row, _)| row.info().straight) {
        for x in (-60..=60).map(|i| f64::from(i) / 10.0).chain([INF, -INF]) {
            let slope = row.jet(1, &p, Jet::variable(x, 4)).expect("a slope");
            for order in 2..=4 {
                let (stated, played) = (slope.derivative(order - 1), at(row, order as u32, &p, x));
                assert!(stated == 0.0 && played == 0.0, "{row:?} {p:?} order {order} at {x}");
            }
        }
    }
}

/// Rows that bend again and again: nothing is stated of that.
const PERIODIC: &[&str] = &["sine", "snake"];

/// Whether a function jumps, so that it is neither convex nor concave around there.
fn jumps(row: &dyn Row, p: &[f64]) -> bool {
    (row.info().kinks)(p).iter().any(|k| k.left.is_infinite() || k.right.is_infinite())
}

/// From −60 to 60 in steps that f64 has exactly, and further out by factors.
fn grid() -> Vec<f64> {
    let mut x: Vec<f64> = (-3840..=3840).map(|i| f64::from(i) / 64.0).collect();
    for scale in [1e2, 1e3, 1e6, 1e100, 1e300] {
        x.extend([-scale, scale]);
    }
    x.extend([-1e-3, -1e-8, -1e-300, -5e-324, 5e-324, 1e-300, 1e-8, 1e-3]);
    x.sort_by(f64::total_cmp);
    x
}

#[test]
fn nan_goes_through() {
    fn check<T: Float>(row: &'static dyn Row, p: &[f64]) {
        for order in 0..=6 {
            let y = at(row, order, p, T::narrow(f64::NAN));
            assert!(y.wide().is_nan(), "{} {p:?} {} order {order}: {y}", row.info().name, T::NAME);
        }
        let tape = Tape::<T>::new();
        let x = tape.input("x", vec![T::narrow(f64::NAN); 2]);
        let seed = tape.constant(vec![T::narrow(1.0), T::narrow(0.0)]);
        let slope = x.map_row(row, p).pullback(&[x], seed)[0].to_vec();
        assert!(slope[0].wide().is_nan(), "{}", row.info().name);
        assert_eq!(slope[1].wide(), 0.0, "{}: an adjoint of 0 is an absent path", row.info().name);
    }
    for (row, p) in cases() {
        check::<f64>(row, &p);
        check::<f32>(row, &p);
    }
}

/// Where a row has no value at ±∞.
fn has_no_limit(row: &dyn Row, sign: f64) -> bool {
    PERIODIC.contains(&row.info().name) || sign < 0.0 && row.info().name == "log1mexp"
}

#[test]
fn infinities_give_limits() {
    fn check<T: Float>(row: &'static dyn Row, p: &[f64], far: f64) {
        for sign in [-1.0, 1.0] {
            for order in 0..=6 {
                let limit = at(row, order, p, T::narrow(sign * INF)).wide();
                let near = at(row, order, p, T::narrow(sign * far)).wide();
                let want = match near.abs() {
                    _ if has_no_limit(row, sign) => f64::NAN,
                    size if size > far / 1e3 => near.signum() * INF,
                    size if size < 1e3 / far => 0.0,
                    _ => near,
                };
                let name = row.info().name;
                let fits = limit == want || limit.is_nan() && want.is_nan();
                assert!(
                    fits,
                    "{name} {p:?} {} order {order} at {sign}∞: {limit}, want {want}",
                    T::NAME
                );
            }
        }
    }
    for (row, p) in cases() {
        check::<f64>(row, &p, 1e300);
        check::<f32>(row, &p, 1e36);
    }
}

#[test]
fn kinks_are_where_the_entry_says() {
    for (row, p) in cases() {
        let info = row.info();
        let slope = |x: f64| at(row, 1, &p, x);
        let value = |x: f64| at(row, 0, &p, x);
        for kink in (info.kinks)(&p) {
            let name = format!("{} {p:?} at {}", info.name, kink.at);
            assert_eq!(slope(kink.at), kink.taken, "{name}");
            assert_eq!(f64::from(at(row, 1, &p, kink.at as f32)), f64::from(kink.taken as f32));
            // The number nearest to 0 between the two slopes.
            let (low, high) = (kink.left.min(kink.right), kink.left.max(kink.right));
            assert_eq!(kink.taken, 0f64.clamp(low, high), "{name}: the subgradient of least norm");
            for (side, want) in [(-1.0, kink.left), (1.0, kink.right)] {
                let difference = |h: f64| (value(kink.at + side * h) - value(kink.at)) / (side * h);
                let h = 2f64.powi(-18);
                let got = 2.0 * difference(h / 2.0) - difference(h);
                let fits = if want.is_finite() {
                    (got - want).abs() < 1e-9
                } else {
                    got * want.signum() > 1e4 // a jump over the small h
                };
                assert!(fits, "{name}: {got} on side {side}, stated {want}");
            }
            assert!(kink.left != kink.right, "{name}: that is no kink");
        }
        let domain = (info.domain)(&p);
        let inner = |x: &f64| x.abs() < 60.0 && domain.0 + 1e-8 < *x;
        for x in grid().into_iter().filter(inner) {
            let jump = slope(x + 1e-9) - slope(x - 1e-9);
            let stated = (info.kinks)(&p).iter().any(|k| (k.at - x).abs() < 1e-3);
            let steep = x < 1e-2 && info.name == "log1mexp"; // the end of its domain
            assert!(
                stated || steep || jump.abs() < 1e-5,
                "{} {p:?}: an unstated kink at {x}: {jump}",
                info.name
            );
        }
    }
}

#[test]
fn the_range_is_the_smallest_there_is() {
    for (row, p) in cases() {
        let (low, high) = (row.info().range)(&p);
        let mut x = grid();
        x.extend([-INF, INF, 0.0, 1.5 * std::f64::consts::PI, 0.5 * std::f64::consts::PI]);
        x.extend((row.info().trend)(&p).iter().map(|span| span.from));
        let kinks = (row.info().kinks)(&p).into_iter().map(|kink| kink.at);
        x.extend(kinks.flat_map(|at| [at, at.next_down(), at.next_up()]));
        let y = f64::play(row, 0, &p, &x);
        let (min, max) = y.iter().fold((INF, -INF), |(a, b), &y| (a.min(y), b.max(y)));
        let near = |got: f64, want: f64| {
            let wave = PERIODIC.contains(&row.info().name); // the grid only comes near its crests
            ulps(got, want) <= 2.0 || wave && (got - want).abs() < 1e-3 || wave && got.abs() > 1e299
        };
        let fits = near(min, low) && near(max, high);
        assert!(fits, "{} {p:?}: {min:e} to {max:e}, stated {low} to {high}", row.info().name);
    }
}

/// Spans that follow each other from one end of the domain to the other.
fn assert_whole_domain<F: Copy + std::fmt::Debug>(
    name: &str,
    spans: &[Span<F>],
    domain: (f64, f64),
) {
    assert!(!spans.is_empty(), "{name} states nothing");
    assert_eq!((spans[0].from, spans[spans.len() - 1].to), domain, "{name}");
    for pair in spans.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "{name}");
    }
}

/// The grid inside a span, with points next to its ends.
fn inside<F>(span: &Span<F>) -> Vec<f64> {
    let near = |x: f64| [x - 1e-9, x + 1e-9];
    let mut x = grid();
    x.extend([span.from, span.to].into_iter().filter(|x| x.is_finite()).flat_map(near));
    x.retain(|&x| span.from < x && x < span.to);
    x.sort_by(f64::total_cmp);
    x
}

#[test]
fn trends_hold_and_change_where_stated() {
    for (row, p) in cases() {
        let name = format!("{} {p:?}", row.info().name);
        let spans = (row.info().trend)(&p);
        if row.info().name == "sine" {
            assert!(spans.is_empty());
            continue;
        }
        assert_whole_domain(&name, &spans, (row.info().domain)(&p));
        for span in &spans {
            let x = inside(span);
            for (&x, s) in x.iter().zip(f64::play(row, 1, &p, &x)) {
                let fits = match span.fact {
                    Trend::Increasing => s >= 0.0,
                    Trend::Decreasing => s <= 0.0,
                    Trend::Constant => s == 0.0,
                };
                assert!(fits, "{name}: slope {s} at {x}, stated {:?}", span.fact);
            }
            let y = f64::play(row, 0, &p, &x);
            for (y, x) in y.windows(2).zip(x.windows(2)) {
                let noise = 4.0 * f64::EPSILON * y[0].abs();
                let fits = match span.fact {
                    Trend::Increasing => y[1] >= y[0] - noise,
                    Trend::Decreasing => y[1] <= y[0] + noise,
                    Trend::Constant => y[1] == y[0],
                };
                assert!(fits, "{name}: {y:?} at {x:?}, stated {:?}", span.fact);
            }
            // Not weaker than it could be: somewhere it does rise or fall.
            let moves = y.last() != y.first();
            assert_eq!(moves, span.fact != Trend::Constant, "{name}: {:?}", span.fact);
        }
        for pair in spans.windows(2) {
            assert!(pair[0].fact != pair[1].fact, "{name}: one span, not two");
        }
    }
}

#[test]
fn bends_hold_and_change_where_stated() {
    for (row, p) in cases() {
        let name = format!("{} {p:?}", row.info().name);
        let spans = (row.info().bend)(&p);
        if PERIODIC.contains(&row.info().name) || jumps(row, &p) {
            assert!(spans.is_empty(), "{name}");
            continue;
        }
        assert_whole_domain(&name, &spans, (row.info().domain)(&p));
        for span in &spans {
            let x = inside(span);
            for (&x, c) in x.iter().zip(f64::play(row, 2, &p, &x)) {
                let fits = match span.fact {
                    Bend::Convex => c >= 0.0,
                    Bend::Concave => c <= 0.0,
                    Bend::Straight => c == 0.0,
                };
                assert!(fits, "{name}: second derivative {c} at {x}, stated {:?}", span.fact);
            }
            // The slopes move the same way, over kinks too.
            let s = f64::play(row, 1, &p, &x);
            for (s, x) in s.windows(2).zip(x.windows(2)) {
                let noise = 8.0 * f64::EPSILON * s[0].abs();
                let fits = match span.fact {
                    Bend::Convex => s[1] >= s[0] - noise,
                    Bend::Concave => s[1] <= s[0] + noise,
                    Bend::Straight => s[1] == s[0],
                };
                assert!(fits, "{name}: slopes {s:?} at {x:?}, stated {:?}", span.fact);
            }
            let bends = s.last() != s.first();
            assert_eq!(bends, span.fact != Bend::Straight, "{name}: {:?}", span.fact);
        }
        for pair in spans.windows(2) {
            assert!(pair[0].fact != pair[1].fact, "{name}: one span, not two");
        }
    }
}

#[test]
fn special_values() {
    for row in rows() {
        let (info, p) = (row.info(), row.info().defaults());
        assert!(info.special.len() >= 3, "{}: state more special values", info.name);
        for s in info.special {
            let (value, slope) = (at(row, 0, &p, s.x), at(row, 1, &p, s.x));
            let context = format!("{} at {}: {value:?}, {slope:?}", info.name, s.x);
            assert!(ulps(value, s.value) <= 4.0 && ulps(slope, s.slope) <= 4.0, "{context}");
            assert!(s.value != 0.0 || s.x != 0.0 || same(value, s.value), "{context}");
        }
    }
}

/// Each derivative up to the sixth is the slope of the one before, also next to 0, where the
/// formulas change sides.
#[test]
fn derivatives_against_differences() {
    for (row, p) in cases() {
        let info = row.info();
        let (from, to) = info.test;
        let mut points: Vec<f64> =
            (0..=60).map(|i| from + (to - from) * f64::from(i) / 60.0).collect();
        points.extend([0.0, 1e-4, -1e-4, from * 3.0, to * 3.0]);
        let rough: Vec<f64> =
            (info.kinks)(&p).iter().map(|k| k.at).chain((info.seams)(&p)).collect();
        let finite = p.iter().filter(|p| p.is_finite());
        let steep = 1.0 + finite.fold(0.0, |m: f64, p| m.max(p.abs()));
        let h = 2f64.powi(-7) / steep;
        let (low, _) = (info.domain)(&p);
        points.retain(|x| *x > low + 0.1 && rough.iter().all(|r| (x - r).abs() > 4.0 * h));
        for x in points {
            for order in 1..=6 {
                let f = |x: f64| at(row, order - 1, &p, x);
                let central = |h: f64| (f(x + h) - f(x - h)) / (2.0 * h);
                // Extrapolated twice: an error of order h⁶.
                let (a, b, c) = (central(h), central(h / 2.0), central(h / 4.0));
                let (ab, bc) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
                let want = (16.0 * bc - ab) / 15.0;
                let got = at(row, order, &p, x);
                let tolerance = 1e-8 * steep.powi(order as i32) * want.abs().max(1.0);
                let context = format!("{} {p:?} order {order} at {x}", info.name);
                assert!((got - want).abs() <= tolerance, "{context}: {got}, difference {want}");
            }
        }
    }
}

#[test]
fn derivatives_at_zero_up_to_the_sixth() {
    let phi = 0.3989422804014327;
    let tanh = [0.0, 1.0, 0.0, -2.0, 0.0, 16.0, 0.0];
    let sigmoid = [0.5, 0.25, 0.0, -0.125, 0.0, 0.25, 0.0];
    let softplus = [2f64.ln(), 0.5, 0.25, 0.0, -0.125, 0.0, 0.25];
    let silu = [0.0, 0.5, 0.5, 0.0, -0.5, 0.0, 1.5];
    let gelu = [0.0, 0.5, 2.0 * phi, 0.0, -4.0 * phi, 0.0, 18.0 * phi];
    let known = [
        ("tanh", tanh),
        ("sigmoid", sigmoid),
        ("softplus", softplus),
        ("silu", silu),
        ("gelu", gelu),
    ];
    for (name, derivatives) in known {
        let row = row(name);
        for (order, want) in derivatives.into_iter().enumerate() {
            for zero in [0.0, -0.0] {
                let got = at(row, order as u32, &row.info().defaults(), zero);
                assert!((got - want).abs() < 1e-13, "{name} order {order}: {got} for {want}");
            }
        }
    }
}

#[test]
fn parameters_are_refused_by_name() {
    for (name, bad) in [
        ("leaky_relu", f64::NAN),
        ("leaky_relu", INF),
        ("softplus", 0.0),
        ("softplus", -1.0),
        ("elu", 0.0),
        ("elu", f64::NAN),
    ] {
        assert!((row(name).info().check)(&[bad]).is_err(), "{name} accepts {bad}");
    }
    let refused = std::panic::catch_unwind(|| {
        let tape = Tape::<f64>::new();
        let _ = tape.input("x", 1.0).map_row(row("softplus"), &[-1.0]);
    });
    let message = refused.expect_err("a negative beta");
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(message.contains("softplus") && message.contains("beta"), "{message}");
}
