//! Every section of the tutorial, with its values.

use chainrule_activations::prelude::*;
use chainrule_activations::softmax::{softmax, softmax_jacobian};
use chainrule_autograd::{Function, Tape};
use chainrule_calculus::{
    Bend, Curve, Evidence, ExtremumKind, Kind, Quotient, Toward, Trend, Verdict, difference, limit,
    quotients,
};

fn read(text: &str) -> Curve {
    Curve::parse(text, chainrule_activations::rows()).unwrap_or_else(|e| panic!("{e}"))
}

#[track_caller]
fn close(got: f64, want: f64) {
    assert!((got - want).abs() <= 4.0 * f64::EPSILON * want.abs(), "{got:e}, want {want:e}");
}

/// 1.1: the derivative as the limit of a quotient.
#[test]
fn quotients_tend_to_the_derivative() {
    let f = read("x^3");
    for quotient in
        [Quotient::Forward, Quotient::Backward, Quotient::Central, Quotient::Extrapolated]
    {
        let d = difference(|x| f.value(x), 2.0, quotient);
        assert!((d.value - 12.0).abs() <= d.error && d.error < 1e-5, "{quotient:?} {d:?}");
    }
    let table = quotients(|x| f.value(x), 2.0, 6);
    for pair in table.windows(2) {
        assert_eq!(pair[1].h, pair[0].h / 10.0);
        assert!((pair[1].forward - 12.0).abs() < (pair[0].forward - 12.0).abs());
        assert!((pair[1].backward - 12.0).abs() < (pair[0].backward - 12.0).abs());
    }
    // For |x| at 0 the central quotient is 0 although there is no derivative.
    assert_eq!(difference(f64::abs, 0.0, Quotient::Central).value, 0.0);
    assert_eq!(difference(f64::abs, 0.0, Quotient::Forward).value, 1.0);
    assert_eq!(difference(f64::abs, 0.0, Quotient::Backward).value, -1.0);
    assert_eq!(read("abs(x)").at(0.0).verdict, Verdict::Kink);
}

/// 2.1–2.3, 2.5: one-sided derivatives, exactly, and the verdict.
#[test]
fn slopes_from_either_side() {
    let inf = f64::INFINITY;
    let table = [
        ("abs(x)", 0.0, [-1.0, 1.0], Verdict::Kink),
        ("relu(x) - relu(-x)", 0.0, [1.0, 1.0], Verdict::Differentiable),
        ("sqrt(x^2)", 0.0, [-1.0, 1.0], Verdict::Kink),
        ("abs(x)*abs(x)", 0.0, [0.0, 0.0], Verdict::Differentiable),
        ("max(x, -x) - abs(x)", 0.0, [0.0, 0.0], Verdict::Differentiable),
        ("max(x, x^2)", 0.0, [0.0, 1.0], Verdict::Kink),
        ("max(x, x^2)", 1.0, [1.0, 2.0], Verdict::Kink),
        ("max(x, x^2)", 0.5, [1.0, 1.0], Verdict::Differentiable),
        ("relu(x)", 0.0, [0.0, 1.0], Verdict::Kink),
        ("step(x)", 0.0, [0.0, 0.0], Verdict::Jump),
        ("step(x)", -1.0, [0.0, 0.0], Verdict::Differentiable),
        ("step(x)", 1.0, [0.0, 0.0], Verdict::Differentiable),
        ("atan2(x, -1)", 0.0, [-1.0, -1.0], Verdict::Jump),
        ("max(min(x, 2*x), min(-x, max(x^2, 3*x)))", 0.0, [0.0, 1.0], Verdict::Kink),
        ("min(max(x, -1), 1)", -1.0, [0.0, 1.0], Verdict::Kink),
        (
            "where(x < 0, min(x, x^2), max(x, where(x <= 0, 7, x^3)))",
            0.0,
            [1.0, 1.0],
            Verdict::Jump,
        ),
        ("step(x) - x/4", 0.0, [-0.25, -0.25], Verdict::Jump),
        ("min(max(x, -1), 1)", 1.0, [1.0, 0.0], Verdict::Kink),
        ("x^(1/3)", 0.0, [inf, inf], Verdict::Vertical),
        ("x^(2/3)", 0.0, [-inf, inf], Verdict::Vertical),
        ("where(x < 0, x^2, where(x < 1, x, 2 - x))", 1.0, [1.0, -1.0], Verdict::Kink),
        ("where(x <= 0, -x, 1)", 0.0, [-1.0, 0.0], Verdict::Jump),
        ("elu(x)", 0.0, [1.0, 1.0], Verdict::Differentiable),
        ("elu(x, 0.5)", 0.0, [0.5, 1.0], Verdict::Kink),
        ("floor(x)", 2.0, [0.0, 0.0], Verdict::Jump),
        ("sin(x)", 1.5, [1.5f64.cos(); 2], Verdict::Differentiable),
    ];
    for (text, at, slopes, verdict) in table {
        let local = read(text).at(at);
        assert_eq!(local.verdict, verdict, "{text} at {at}: {local:?}");
        for (got, want) in [local.left_slope, local.right_slope].into_iter().zip(slopes) {
            let fits = got == want || (got - want).abs() < 1e-15;
            assert!(fits, "{text} at {at}: {local:?}");
        }
        assert_eq!(local.evidence, Evidence::Proved);
    }
    let pole = read("1/x").at(0.0);
    assert_eq!((pole.left, pole.right), (-inf, inf));
    assert_eq!(pole.verdict, Verdict::Pole);
    assert_eq!(read("sqrt(x)").at(-1.0).verdict, Verdict::Outside);
    // Whether these two meet no finite number of digits can tell.
    assert_eq!(read("max(sin(x)^2 + cos(x)^2, 1)").at(0.5).verdict, Verdict::Undecided);
}

/// 2.4: relu is 0 at 0 by convention; NaN stays NaN.
#[test]
fn relu_by_convention() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 0.0);
    let slope = tape.gradient(x.relu(), &[x])[0];
    assert_eq!(slope.item(), 0.0);
    x.set(f64::NAN).unwrap();
    assert!(slope.item().is_nan());
    assert!(read("relu(x)").value(f64::NAN).is_nan());
}

/// 3.1: tangent and normal.
#[test]
fn the_tangent_has_the_slope() {
    let f = read("x^2");
    let (tangent, normal) = (f.tangent(3.0), f.normal(3.0));
    assert_eq!((tangent.through, tangent.slope), ((3.0, 9.0), 6.0));
    assert_eq!(tangent.at(4.0), 15.0);
    close(normal.slope * tangent.slope, -1.0);
    assert_eq!(f.normal(0.0).slope.abs(), f64::INFINITY);
    assert!(f.normal(0.0).at(1.0).is_nan());
}

/// 3.2–3.3: velocity and acceleration.
#[test]
fn free_fall() {
    let f = read("9.8*x^2/2");
    for t in [0.0, 1.0, 2.5] {
        let [s, v, a] = f.derivatives(t);
        close(s, 4.9 * t * t);
        close(v, 9.8 * t);
        close(a, 9.8);
    }
}

/// 4: the table of derivatives, and the corners that are easy to get wrong.
#[test]
fn the_table_of_derivatives() {
    let table: [(&str, f64, f64); 20] = [
        ("7", 2.0, 0.0),
        ("x^5", 2.0, 80.0),
        ("ln(x)", 4.0, 0.25),
        ("log(x, 10)", 2.0, 1.0 / (2.0 * 10f64.ln())),
        ("exp(x)", 1.0, std::f64::consts::E),
        ("e^x", 1.0, std::f64::consts::E),
        ("2^x", 3.0, 8.0 * 2f64.ln()),
        ("root(x, 5)", 32.0, 1.0 / 80.0),
        ("x^(1/3)", 8.0, 1.0 / 12.0),
        ("x^-3", 2.0, -3.0 / 16.0),
        ("sin(x)", 2.0, -0.4161468365471424),
        ("cos(x)", 2.0, -0.9092974268256817),
        ("tan(x)", 0.5, 1.2984464104095249),
        ("asin(x)", 0.6, 1.25),
        ("acos(x)", 0.6, -1.25),
        ("atan(x)", 3.0, 0.1),
        ("sinh(x)", 0.0, 1.0),
        ("sqrt(x)", 4.0, 0.25),
        ("1/x", 2.0, -0.25),
        ("x^x", 1.0, 1.0),
    ];
    for (text, x, want) in table {
        let got = read(text).derivative(x, 1);
        assert!((got - want).abs() <= 1e-15 * want.abs().max(1.0), "{text}: {got}, want {want}");
    }
    assert_eq!(read("root(x, 3)").value(-8.0), -2.0);
    assert_eq!(read("x^(1/3)").value(-8.0), -2.0);
    assert_eq!(read("x^0").derivatives(0.0), [1.0, 0.0, 0.0]);
    assert_eq!(read("x^2").derivatives(0.0), [0.0, 0.0, 2.0]);
    assert_eq!(read("log(x, 10)").value(1000.0), 3.0);
    assert_eq!(read("log10(x)").value(1000.0), 3.0);
    for (text, said) in [
        ("log(x, 1)", "positive, finite and not 1"),
        ("log(x, 0)", "positive, finite and not 1"),
        ("log(x, -2)", "positive, finite and not 1"),
        ("exp_base(x, 0)", "positive and finite"),
    ] {
        let error = Curve::parse(text, chainrule_activations::rows()).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains('^'), "{error}");
    }
}

/// 4: two limits.
#[test]
fn limits() {
    let e = limit(|n| (1.0 + 1.0 / n).powf(n), Toward::Infinity);
    assert!((e.limit.value - std::f64::consts::E).abs() < 1e-10, "{e:?}");
    assert!(e.limit.error < 1e-8 && e.lines.len() == 16);
    let one = limit(|x| x.sin() / x, Toward::Above(0.0));
    assert!((one.limit.value - 1.0).abs() < 1e-12, "{one:?}");
    let one = limit(|x| x.sin() / x, Toward::Below(0.0));
    assert!((one.limit.value - 1.0).abs() < 1e-12, "{one:?}");
}

/// 5: sum, product, quotient; v² does not overflow.
#[test]
fn rules_of_arithmetic() {
    close(read("sin(x) + x^2").derivative(1.0, 1), 1f64.cos() + 2.0);
    close(read("sin(x)*x^2").derivative(1.0, 1), 1f64.cos() + 2.0 * 1f64.sin());
    close(read("sin(x)/x^2").derivative(2.0, 1), (2f64.cos() - 2f64.sin()) / 4.0);
    let tape = Tape::<f64>::new();
    let (u, v) = (tape.input("u", 1e200), tape.input("v", 1e200));
    let d = tape.gradient(u / v, &[u, v]);
    assert_eq!((d[0].item(), d[1].item()), (1e-200, -1e-200));
}

/// 6: the chain rule along one path and along many.
#[test]
fn the_chain_rule() {
    close(read("exp(sin(x^2))").derivative(1.0, 1), 2.0 * 1f64.cos() * 1f64.sin().exp());
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 0.5);
    let (a, b) = (x.sin(), x.exp());
    let y = a * b + a;
    let gradient = tape.gradient(y, &[x])[0].item();
    let (s, c, e) = (0.5f64.sin(), 0.5f64.cos(), 0.5f64.exp());
    close(gradient, e * c + s * e + c);
    // Path by path: through a to the product and to the sum, through b to the product.
    let why = y.explain(x).expect("scalars");
    let mut products: Vec<f64> = why.paths.iter().map(|p| p.product).collect();
    products.sort_by(f64::total_cmp);
    let mut want = [e * c, s * e, c];
    want.sort_by(f64::total_cmp);
    products.iter().zip(want).for_each(|(got, want)| close(*got, want));
    assert_eq!(why.paths.len(), 3);
    close(why.sum, gradient);
    let forwards = y.tangent(&[x], &[tape.constant(1.0)]);
    close(forwards.item(), gradient);
    close(read("sin(x)*exp(x) + sin(x)").derivative(0.5, 1), gradient);
}

/// 7.1, 7.2: exact in the tails; the identities hold, and are not what is computed.
#[test]
fn sigmoid_and_tanh() {
    let (sigmoid, tanh) = (read("sigmoid(x)"), read("tanh(x)"));
    let slope = |text: &str, x: f64| {
        let tape = Tape::<f64>::new();
        let at = tape.input("x", x);
        let y = if text == "tanh" { at.tanh() } else { at.sigmoid() };
        tape.gradient(y, &[at])[0].item()
    };
    assert_eq!(slope("sigmoid", 40.0), 4.248354255291589e-18);
    assert_eq!(slope("tanh", 20.0), 1.6993417021166356e-17);
    close(sigmoid.derivative(40.0, 1), 4.248354255291589e-18);
    close(tanh.derivative(20.0, 1), 1.6993417021166356e-17);
    for x in [-3.0, -0.5, 0.25, 2.0] {
        let (s, t) = (sigmoid.derivatives(x), tanh.derivatives(x));
        assert!((s[1] - s[0] * (1.0 - s[0])).abs() < 1e-15);
        assert!((t[1] - (1.0 - t[0] * t[0])).abs() < 1e-15);
        assert!((t[0] - (2.0 * sigmoid.value(2.0 * x) - 1.0)).abs() < 1e-15);
    }
    let s = sigmoid.value(40.0);
    assert_eq!(s * (1.0 - s), 0.0); // what the identity would give
}

/// 7.3: softmax and its Jacobian.
#[test]
fn softmax_has_its_jacobian() {
    let z = ndarray::arr1(&[1.0, 2.0, 3.0]);
    let j = softmax_jacobian(&z);
    close(j[[0, 0]], 0.081925069064993228);
    close(j[[0, 1]], -0.022033044520174296);
    close(j[[2, 2]], 0.22269542653462336);
    let y = softmax(&z, 0);
    for i in 0..3 {
        assert!(j.row(i).sum().abs() < 1e-16);
        for k in 0..3 {
            assert_eq!(j[[i, k]], j[[k, i]]);
            let delta = if i == k { 1.0 } else { 0.0 };
            assert!((j[[i, k]] - (delta * y[i] - y[i] * y[k])).abs() < 1e-16);
        }
        let others: f64 = (0..3).filter(|k| *k != i).map(|k| y[k]).sum();
        close(j[[i, i]], y[i] * others);
    }
    // The same from the tape, by rows and by columns, and of many rows at once.
    let tape = Function::<f64, 1>::record([("z", &[3])], |[z]| z.softmax(-1));
    for taped in [tape.jacobian_by_rows([&z]), tape.jacobian_by_columns([&z])] {
        let taped = &taped.expect("the shape fits")[0];
        taped.iter().zip(&j).for_each(|(taped, j)| assert!((taped - j).abs() < 1e-16));
    }
    let many = softmax_jacobian(&ndarray::arr2(&[[1.0, 2.0, 3.0], [0.0, -40.0, 2.0]]));
    assert!(many.index_axis(ndarray::Axis(0), 0).iter().eq(&j));
}

/// 8: higher derivatives, at a cost that grows like n².
#[test]
fn higher_derivatives() {
    let f = read("2*x^10");
    for x in [-1.0, 0.0, 0.5, 2.0] {
        close(f.derivative(x, 2), 180.0 * f64::powi(x, 8));
    }
    assert_eq!(f.derivative(1.0, 10), 7257600.0);
    assert_eq!(f.derivative(1.0, 11), 0.0);
    close(read("exp(2*x)").derivative(0.0, 20), 2f64.powi(20));
}

/// 9: the sign of f′. f′ > 0 is sufficient, not necessary.
#[test]
fn monotone_intervals() {
    let a = read("x^2 - 2*x").analyze(-1.0, 3.0);
    let pieces: Vec<_> = a.monotone.iter().map(|p| (p.from, p.to, p.trend, p.evidence)).collect();
    let proved = Evidence::Proved;
    let want = [(-1.0, 1.0, Trend::Decreasing, proved), (1.0, 3.0, Trend::Increasing, proved)];
    assert_eq!(pieces, want);
    let a = read("x^3").analyze(-1.0, 1.0);
    assert_eq!(a.monotone.len(), 1);
    assert_eq!((a.monotone[0].trend, a.monotone[0].evidence), (Trend::Increasing, proved));
}

/// 10: an extremum needs f′ = 0, not conversely; it may sit at a kink or an end.
#[test]
fn extrema() {
    let cube = read("x^3");
    assert_eq!(cube.derivative(2.0, 1), 12.0); // 3x²
    let a = cube.analyze(-1.0, 2.0);
    assert_eq!((a.stationary.len(), a.stationary[0].kind), (1, Kind::Neither));
    assert!(a.complete);
    let places = |a: &chainrule_calculus::Analysis| -> Vec<_> {
        a.extrema.iter().map(|e| (e.place.at, e.kind)).collect()
    };
    use ExtremumKind::{Maximum, Minimum};
    assert_eq!(places(&a), [(-1.0, Minimum), (2.0, Maximum)]); // the ends
    let a = read("abs(x)").analyze(-1.0, 2.0);
    assert!(a.stationary.is_empty() && a.complete);
    assert_eq!(places(&a), [(-1.0, Maximum), (0.0, Minimum), (2.0, Maximum)]);
}

/// 11: f″ > 0 is convex; an inflection is a change of its sign.
#[test]
fn convexity_and_inflections() {
    let a = read("sin(x)").analyze(-3.0, 3.0);
    let bends: Vec<_> = a.bends.iter().map(|b| (b.from, b.to, b.bend)).collect();
    assert_eq!(bends, [(-3.0, 0.0, Bend::Convex), (0.0, 3.0, Bend::Concave)]);
    assert_eq!(a.inflections.len(), 1);
    assert_eq!(a.inflections[0].place.at, 0.0);
    let a = read("x^4").analyze(-1.0, 1.0);
    assert!(a.inflections.is_empty());
    assert_eq!((a.bends.len(), a.bends[0].bend), (1, Bend::Convex));
    let a = read("x^(1/3)").analyze(-1.0, 1.0);
    assert_eq!((a.inflections.len(), a.inflections[0].place.at), (1, 0.0));
    assert_eq!(a.breaks[0].verdict, Verdict::Vertical);
}

/// 12: Taylor's polynomial with its remainder; gradient descent and Newton as its truncations.
#[test]
fn taylor_and_the_two_methods() {
    let f = read("exp(x)");
    let p = f.taylor(0.0, 5);
    let factorials = [1.0, 1.0, 2.0, 6.0, 24.0, 120.0];
    for (c, factorial) in p.coefficients.iter().zip(factorials) {
        close(*c, 1.0 / factorial);
    }
    let r = f.remainder(0.0, 5, 1.0);
    let (least, most) = (1.0 / 720.0, std::f64::consts::E / 720.0);
    assert!((r.low() - least).abs() < 1e-16 && r.low() <= least, "{r}");
    assert!((r.high() - most).abs() < 1e-16 && r.high() >= most, "{r}");
    assert!(r.contains(std::f64::consts::E - p.at(1.0)));
    let on = f.remainder_on(0.0, 5, -1.0, 1.0);
    for x in [-1.0, -0.3, 0.0, 0.7, 1.0] {
        assert!(on.contains(f.value(x) - p.at(x)), "{x}");
    }
    assert_eq!(read("abs(x)").remainder(1.0, 1, -1.0).width(), f64::INFINITY);

    let g = read("x^4/4 - x");
    let step = g.descent_step(2.0, 0.125);
    assert_eq!((step.to, step.model.coefficients.len()), (2.0 - 0.125 * 7.0, 2));
    let step = g.newton_step(2.0).expect("f″ = 12");
    assert_eq!(step.to, 2.0 - 7.0 / 12.0);
    let vertex = step.model.at(step.to);
    assert!(vertex < step.model.at(step.to - 0.01) && vertex < step.model.at(step.to + 0.01));
    let last = g.newton(2.0, 20).last().expect("steps").to;
    assert_eq!(last, 1.0);
    let last = g.descend(2.0, 0.1, 200).last().expect("steps").to;
    assert!((last - 1.0).abs() < 1e-12);
    assert_eq!(read("x").newton_step(1.0), None);
}
