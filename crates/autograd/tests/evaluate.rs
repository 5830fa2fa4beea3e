//! Playing the ops with other number types, by iterating over the catalogue: every op that has
//! derivatives has a rule, and it agrees with what the tape plays.

use chainrule_autograd::check::{Case, Values, cases};
use chainrule_autograd::number::{Germ, Interval, Jet, Number, Side};
use chainrule_autograd::{CustomOp, EvaluateError, Function, Sym, Tape, Var};
use ndarray::{ArrayD, ArrayViewD, IxDyn};

/// What only f32 and f64 can be played with.
fn has_no_rule(case: &Case) -> bool {
    case.name == "custom" || case.values.iter().any(|v| matches!(v, Values::Index(_)))
}

/// Values without ties, of one sign where the case wants that.
fn fill(values: Values, operand: usize, n: usize) -> Vec<f64> {
    let unit = |i: usize| ((i * 7 + operand * 3 + 1) % 11) as f64 / 11.0;
    match values {
        Values::Between(a, b) => (0..n).map(|i| a + (b - a) * unit(i)).collect(),
        Values::Apart(from) => (0..n).map(|i| from + 0.75 * ((i * 5) % n.max(1)) as f64).collect(),
        Values::Index(limit) => (0..n).map(|i| (i % limit) as f64).collect(),
    }
}

/// Calls `check` with the operands and the result of every case at every set of shapes.
fn each(check: impl Fn(&Case, &[Var<'_>], Var<'_>)) {
    for case in cases() {
        for shapes in case.shapes {
            let tape = Tape::<f64>::new();
            let operand = |(i, shape): (usize, &&[usize])| {
                let values = fill(case.values[i], i, shape.iter().product());
                tape.input("x", ArrayD::from_shape_vec(IxDyn(shape), values).expect("a shape"))
            };
            let xs: Vec<Var<'_>> = shapes.iter().enumerate().map(operand).collect();
            let symbols: Vec<Sym<'_>> = xs.iter().map(|x| x.symbol()).collect();
            let y = xs[0].of_symbol((case.record)(&symbols));
            check(case, &xs, y);
        }
    }
}

/// Plays a result with numbers made of the operands' values.
fn played<N: Number>(
    xs: &[Var<'_>],
    y: Var<'_>,
    number: impl Fn(usize, usize, f64) -> N,
) -> Result<Vec<N>, EvaluateError> {
    let given = xs.iter().enumerate().map(|(k, x)| {
        x.to_vec().into_iter().enumerate().map(|(i, x)| number(k, i, x)).collect::<Vec<N>>()
    });
    let given: Vec<Vec<N>> = given.collect();
    let inputs: Vec<(Var<'_>, &[N])> =
        xs.iter().copied().zip(given.iter().map(|g| &g[..])).collect();
    y.evaluate(&inputs)
}

#[test]
fn every_op_has_a_rule_or_says_that_it_has_none() {
    each(|case, xs, y| {
        let result = played(xs, y, |_, _, x| Interval::point(x));
        match result {
            Err(EvaluateError::NoRule { node, number }) => {
                assert!(has_no_rule(case), "{}: {node}", case.name);
                assert_eq!(number, "Interval");
                assert!(
                    node.contains("tests/evaluate.rs") || node.contains("catalogue.rs"),
                    "{node}"
                );
            }
            Err(other) => panic!("{}: {other}", case.name),
            // Without elements nothing is played that could be missing.
            Ok(_) => assert!(!has_no_rule(case), "{}", case.name),
        }
    });
}

#[test]
fn values_agree_and_intervals_enclose_them() {
    let compared = std::cell::Cell::new(0);
    each(|case, xs, y| {
        if has_no_rule(case) {
            return;
        }
        let want = y.to_vec();
        let plain = played(xs, y, |_, _, x| x).expect("a rule");
        let points = played(xs, y, |_, _, x| Interval::point(x)).expect("a rule");
        let wide = played(xs, y, |_, _, x| Interval::new(x - 1e-3, x + 2e-3)).expect("a rule");
        assert_eq!(plain.len(), want.len(), "{}", case.name);
        for (i, &want) in want.iter().enumerate().filter(|(_, want)| want.is_finite()) {
            let slack = 1e-14 * want.abs().max(1.0);
            assert!((plain[i] - want).abs() <= slack, "{}: {} for {want}", case.name, plain[i]);
            for range in [points[i], wide[i]] {
                let inside = range.low() - slack <= want && want <= range.high() + slack;
                assert!(inside, "{}: {range:?} for {want}", case.name);
            }
            compared.set(compared.get() + 1);
        }
    });
    assert!(compared.get() > 500);
}

/// The first coefficient of a jet along a direction is the gradient times that direction; of a germ,
/// the same from either side.
#[test]
fn series_agree_with_the_chain_rule() {
    each(|case, xs, y| {
        if has_no_rule(case) {
            return;
        }
        let way = |k: usize, i: usize| ((k + 2 * i) % 5) as f64 / 4.0 - 0.625;
        let sum = y.sum();
        let gradient = sum.gradient(xs);
        let products = gradient
            .iter()
            .enumerate()
            .map(|(k, g)| g.to_vec().iter().enumerate().map(|(i, g)| g * way(k, i)).sum::<f64>());
        let want: f64 = products.sum();
        let line =
            |x: f64, way: f64| Jet::variable(0.0, 2) * Jet::variable(way, 0) + Jet::variable(x, 0);
        let series = played(xs, sum, |k, i, x| line(x, way(k, i))).expect("a rule");
        let got = series[0].coefficient(1);
        // A zero-order rule knows nothing of an adjoint's strong zeros, ties or cuts.
        let conventions = ["at 0", "to the 0", "stop_gradient"];
        let infinite = !sum.item().is_finite(); // logsumexp of nothing
        if infinite || conventions.iter().any(|c| case.name.contains(c)) {
            return;
        }
        let close = |got: f64| (got - want).abs() <= 1e-12 * want.abs().max(1.0);
        assert!(close(got), "{}: {got} for {want}", case.name);
        for side in Side::BOTH {
            let germ =
                |x: f64, way: f64| (Germ::variable(0.0, side, 2)) * constant(way) + constant(x);
            let beside = played(xs, sum, |k, i, x| germ(x, way(k, i))).expect("a rule");
            let Some(got) = beside[0].derivative(1, side) else {
                panic!("{}: undecided", case.name)
            };
            assert!(close(got), "{} {side:?}: {got} for {want}", case.name);
        }
    });
}

fn constant(x: f64) -> Germ {
    use chainrule_autograd::number::Real;
    Germ::lit(x)
}

#[derive(Debug)]
struct Opaque;

impl CustomOp for Opaque {
    fn name(&self) -> &str {
        "opaque"
    }
    fn shape(&self, _: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(vec![])
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        x[0].to_owned()
    }
    fn pullback<'t>(&self, _: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g)]
    }
}

#[test]
fn what_cannot_be_played_is_a_typed_error() {
    let f = Function::<f64, 1>::record([("x", &[])], |[x]| x.custom(Opaque) + 1.0);
    let error = f.evaluate([&[Jet::variable(0.0, 2)]]).unwrap_err();
    assert!(
        matches!(&error, EvaluateError::NoRule { node, number } if node.contains("opaque") && *number == "Jet")
    );
    assert!(error.to_string().contains("no rule for numbers of type `Jet`"), "{error}");
    let g = Function::<f64, 1>::record([("x", &[2])], |[x]| x.sum());
    let error = g.evaluate([&[Interval::point(1.0)]]).unwrap_err();
    assert!(error.to_string().contains("has 2 elements and was given 1"), "{error}");
}

/// What is recorded is what the gradient says it is: one-sided derivatives come from the values, not
/// from the recorded gradient, which answers by convention.
#[test]
fn germs_are_exact_where_the_gradient_is_a_convention() {
    type Record = for<'t> fn(Var<'t>) -> Var<'t>;
    let table: &[(&str, Record, f64, [f64; 2])] = &[
        ("max(x, 0) − max(−x, 0)", |x| x.maximum(0.0) - (-x).maximum(0.0), 0.0, [1.0, 1.0]),
        ("√x²", |x| x.square().sqrt(), 0.0, [-1.0, 1.0]),
        ("|x|·|x|", |x| x.abs() * x.abs(), 0.0, [0.0, 0.0]),
        ("max(x, −x) − |x|", |x| x.maximum(-x) - x.abs(), 0.0, [0.0, 0.0]),
        ("max(x, x²) at 0", |x| x.maximum(x.square()), 0.0, [0.0, 1.0]),
        ("max(x, x²) at 1", |x| x.maximum(x.square()), 1.0, [1.0, 2.0]),
        ("clamp at −1", |x| x.maximum(-1.0).minimum(1.0), -1.0, [0.0, 1.0]),
        ("clamp at 1", |x| x.maximum(-1.0).minimum(1.0), 1.0, [1.0, 0.0]),
        (
            "min of max of min",
            |x| x.maximum(x * 2.0).minimum(x * 3.0).maximum(-x),
            0.0,
            [-1.0, 2.0],
        ),
        ("select", |x| x.less(0.0).select(x * 2.0, x.square() + x), 0.0, [2.0, 1.0]),
        (
            "select in a select",
            |x| {
                let inner = x.greater(0.0).select(x.sqrt() * x, x.square());
                x.less_equal(0.0).select(-x, inner)
            },
            0.0,
            [-1.0, 0.0],
        ),
        (
            "select of abs at a tie",
            |x| x.abs().equal(0.0).select(x * 7.0, x.abs() * x),
            0.0,
            [0.0, 0.0],
        ),
        ("∛(x³)", |x| x.powi(3.0).cbrt(), 0.0, [1.0, 1.0]),
        ("∛x", |x| x.cbrt(), 0.0, [f64::INFINITY, f64::INFINITY]),
        ("∛x²", |x| x.cbrt().square(), 0.0, [f64::NEG_INFINITY, f64::INFINITY]),
        ("x·|x|/x", |x| x * x.abs() / x, 0.0, [-1.0, 1.0]),
        ("√(x⁴)·sign x", |x| x.powi(4.0).sqrt() * x.sign(), 0.0, [0.0, 0.0]),
        ("hypot(x, x²)", |x| x.hypot(x.square()), 0.0, [-1.0, 1.0]),
        ("logsumexp of a kink", |x| (x.abs() * 2.0).exp().ln(), 0.0, [-2.0, 2.0]),
    ];
    for (name, record, at, want) in table {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", *at);
        let y = record(x);
        for (side, want) in Side::BOTH.into_iter().zip(want) {
            let germ = y.evaluate(&[(x, &[Germ::variable(*at, side, 4)])]).expect("rules")[0];
            assert_eq!(germ.derivative(1, side), Some(*want), "{name} {side:?}: {germ:?}");
            let at = Interval::point(*at);
            let germ = y.evaluate(&[(x, &[Germ::variable(at, side, 4)])]).expect("rules")[0];
            let proved = germ.derivative(1, side).expect("decided");
            assert!(
                proved.contains(*want) && proved.width() < 1e-12
                    || proved.low() > 1e300
                    || proved.high() < -1e300,
                "{name} {side:?}: {proved:?}"
            );
        }
    }
}

/// Low orders come from a short series, high ones from a long one: the same numbers.
#[test]
fn derivatives_of_low_and_high_order_agree() {
    let f = Function::<f64, 1>::record([("x", &[])], |[x]| x.sin().exp() * x);
    let all = f.derivatives(0.75, 23).unwrap();
    for n in 0..=23 {
        assert_eq!(f.derivatives(0.75, n).unwrap(), all[..=n]);
    }
}

#[test]
#[should_panic(expected = "the function has 2 values, not one")]
fn derivatives_are_of_one_value() {
    let f = Function::<f64, 1>::record([("x", &[])], |[x]| x * x.expand(&[2]));
    let _ = f.derivatives(0.5, 1);
}
