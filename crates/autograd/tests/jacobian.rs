//! Matrices of derivatives: by rows, by columns, many seeds at once, against one sweep per row; and
//! what is made of derivatives: mixed partials, derivatives inside a loss, a step that is
//! differentiated, derivatives inside derivatives.

use chainrule_autograd::check::{Case, Values, cases};
use chainrule_autograd::{CustomOp, Feed, Function, Sym, Tape, Var};
use ndarray::{ArrayD, ArrayViewD, IxDyn, array};

fn fill(values: Values, operand: usize, n: usize) -> Vec<f64> {
    let unit = |i: usize| ((i * 7 + operand * 3 + 1) % 11) as f64 / 11.0;
    match values {
        Values::Between(a, b) => (0..n).map(|i| a + (b - a) * unit(i)).collect(),
        Values::Apart(from) => (0..n).map(|i| from + 0.75 * ((i * 5) % n.max(1)) as f64).collect(),
        Values::Index(limit) => (0..n).map(|i| (i % limit) as f64).collect(),
    }
}

/// Records a case for operands that are parts of one vector.
fn of_vector<'t>(case: &Case, shapes: &[&[usize]], x: Var<'t>) -> Var<'t> {
    let mut start = 0;
    let part = |shape: &&[usize]| {
        let n = shape.iter().product();
        let shape: Vec<isize> = shape.iter().map(|&n| n as isize).collect();
        start += n;
        x.narrow(0, start - n, n).reshape(&shape).symbol()
    };
    let operands: Vec<Sym<'t>> = shapes.iter().map(part).collect();
    x.of_symbol((case.record)(&operands))
}

/// One pullback of the tape per element of y.
fn row_by_row(tape: &Tape<f64>, y: Var<'_>, x: Var<'_>) -> Vec<f64> {
    let n: usize = y.shape().iter().product();
    let seed = |i: usize| {
        let unit = (0..n).map(|k| f64::from(k == i)).collect();
        tape.constant(ArrayD::from_shape_vec(IxDyn(&y.shape()), unit).expect("a shape"))
    };
    (0..n).flat_map(|i| y.pullback(&[x], seed(i))[0].to_vec()).collect()
}

fn agree(what: &str, got: &ArrayD<f64>, want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().filter(|w| w.is_finite()).fold(1.0, |m: f64, w| m.max(w.abs()));
    for (got, want) in got.iter().zip(want) {
        let same =
            got == want || got.is_nan() && want.is_nan() || (got - want).abs() <= 1e-13 * scale;
        assert!(same, "{what}: {got}, {want}");
    }
}

/// Every op of the catalogue, at every set of shapes.
#[test]
fn all_at_once_is_one_by_one() {
    let mut compared = 0;
    for case in cases() {
        if case.values.iter().any(|v| matches!(v, Values::Index(_))) {
            continue; // an index is no part of a vector
        }
        for &shapes in case.shapes {
            let sizes = shapes.iter().map(|s| s.iter().product::<usize>());
            let parts = shapes.iter().enumerate().zip(case.values);
            let values: Vec<f64> =
                parts.flat_map(|((i, s), v)| fill(*v, i, s.iter().product())).collect();
            let n = sizes.sum::<usize>();
            let f = Function::<f64, 1>::record([("x", &[n])], |[x]| of_vector(case, shapes, x));
            let tape = Tape::<f64>::new();
            let x = tape.input("x", &values);
            let y = of_vector(case, shapes, x);
            let what = format!("{} {shapes:?}", case.name);
            let want = row_by_row(&tape, y, x);
            let at: [&dyn Feed<f64>; 1] = [&values];
            for jacobian in [f.jacobian(at), f.jacobian_by_rows(at), f.jacobian_by_columns(at)] {
                agree(&what, &jacobian.expect("the shape fits")[0], &want);
            }
            let gradient = y.sum().gradient(&[x])[0];
            let want = row_by_row(&tape, gradient, x);
            let hessian = f.hessian(at).expect("the shape fits");
            // A convention may answer differently forwards and backwards.
            if !case.name.contains("at 0") && !case.name.contains("to the 0") {
                agree(&format!("{what}, second order"), &hessian[0], &want);
            }
            compared += want.len();
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn the_shape_decides_and_stacks_may_be_cut() {
    // More seeds than one stack holds, in both ways; other inputs at each call.
    let f = Function::<f64, 1>::record([("x", &[150])], |[x]| {
        let square = x.reshape(&[150, 1]) * x.reshape(&[1, 150]);
        square.sin().sum_over(&[1])
    });
    for scale in [0.5, 1.0] {
        let x: Vec<f64> = (0..150).map(|i| scale * (i as f64 * 0.7).sin()).collect();
        let (rows, columns) =
            (f.jacobian_by_rows([&x]).unwrap(), f.jacobian_by_columns([&x]).unwrap());
        for (i, j) in [(0, 0), (3, 100), (149, 149), (77, 5)] {
            let term = |i: usize, j: usize| (x[i] * x[j]).cos() * x[i];
            let want = if i == j {
                (0..150).map(|k| (x[i] * x[k]).cos() * x[k]).sum::<f64>() + term(i, i)
            } else {
                term(i, j)
            };
            assert!((rows[0][[i, j]] - want).abs() < 1e-12, "{i} {j}: {} {want}", rows[0][[i, j]]);
            assert!((columns[0][[i, j]] - want).abs() < 1e-12);
        }
    }
}

#[derive(Debug)]
struct Opaque;

impl CustomOp for Opaque {
    fn name(&self) -> &str {
        "opaque"
    }
    fn shape(&self, x: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(x[0].to_vec())
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        x[0].mapv(|x| 3.0 * x)
    }
    fn pullback<'t>(&self, _: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g.custom(Opaque))]
    }
}

/// Ops without a rule for stacks are swept one seed after the other.
#[test]
fn what_has_no_rule_for_stacks_is_swept_one_by_one() {
    let f = Function::<f64, 1>::record([("x", &[2])], |[x]| x.custom(Opaque) * x.sum());
    let want = [[12.0, 3.0], [6.0, 15.0]];
    let [j] = f.jacobian([&array![1.0, 2.0]]).unwrap();
    assert_eq!(j, ndarray::arr2(&want).into_dyn());
    let g =
        Function::<f64, 2>::record([("x", &[3]), ("i", &[2])], |[x, i]| x.square().gather(0, i));
    let [j, _] = g.jacobian([&array![1.0, 2.0, 3.0], &array![2.0, 0.0]]).unwrap();
    assert_eq!(j, ndarray::arr2(&[[0.0, 0.0, 6.0], [2.0, 0.0, 0.0]]).into_dyn());
}

/// ∂³f/∂x²∂y, in any order.
#[test]
fn mixed_partials_do_not_depend_on_the_order() {
    let tape = Tape::<f64>::new();
    let (x, y) = (tape.input("x", 0.75), tape.input("y", -0.5));
    let f = (x * y).sin() * x.exp();
    let want = f.grad(x).grad(x).grad(y).item();
    for d in [f.grad(x).grad(y).grad(x), f.grad(y).grad(x).grad(x)] {
        assert!((d.item() - want).abs() < 1e-14, "{} {want}", d.item());
    }
    // By tangents of tangents, and from the series along both directions.
    let one = tape.constant(1.0);
    let forwards = f.tangent(&[x], &[one]).tangent(&[x], &[one]).tangent(&[y], &[one]);
    assert!((forwards.item() - want).abs() < 1e-14);
    let series = f.grad(y).taylor(x, one, 2).unwrap();
    assert!((2.0 * series[2].item() - want).abs() < 1e-14);
    let exact = {
        let (x, y) = (0.75f64, -0.5f64);
        // f_y = x cos(xy) eˣ; twice by x.
        let (s, c, e) = ((x * y).sin(), (x * y).cos(), x.exp());
        e * (c * x + 2.0 * (c - x * y * s) - 2.0 * y * s - x * y * y * c)
    };
    assert!((want - exact).abs() < 1e-13, "{want} {exact}");
}

/// The loss of a physics-informed network holds a derivative of its output; its gradient in the weights
/// goes through that derivative: y″ + y = 0 at several points, against differences of the loss.
#[test]
fn a_loss_may_hold_derivatives() {
    let loss = |w: &[f64]| -> (f64, Vec<f64>) {
        let tape = Tape::<f64>::new();
        let w1 = tape.input("w1", &w[..4]);
        let w2 = tape.input("w2", &w[4..]);
        let x = tape.input("x", array![[-1.0], [0.25], [0.75]]);
        let y = (x * w1).tanh().matmul(w2);
        let first = y.sum().grad(x); // each output depends on its own x only
        let second = first.sum().grad(x);
        let residual = second.reshape(&[3]) + y;
        let loss = residual.square().mean();
        let g = tape.gradient(loss, &[w1, w2]);
        (loss.item(), [g[0].to_vec(), g[1].to_vec()].concat())
    };
    let w = [0.5, -1.0, 0.75, 1.5, 1.0, 0.5, -0.25, 0.125];
    let (_, gradient) = loss(&w);
    for i in 0..w.len() {
        let at = |h: f64| {
            let mut w = w;
            w[i] += h;
            loss(&w).0
        };
        let h = 1e-4;
        let quotient = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        assert!((gradient[i] - quotient).abs() < 1e-8, "{i}: {} {quotient}", gradient[i]);
    }
}

/// w′ = w − rate·∇L(w), and the gradient of L(w′) in the rate and in w: for L = ½·a·w² both are known.
#[test]
fn a_step_of_an_optimiser_can_be_differentiated() {
    let tape = Tape::<f64>::new();
    let (w, rate, a) = (tape.input("w", 3.0), tape.input("rate", 0.1), tape.input("a", 2.0));
    let mut at = w;
    for _ in 0..3 {
        let slope = (0.5 * a * at.square()).grad(at);
        at -= rate * slope;
    }
    let last = 0.5 * a * at.square();
    // w₃ = (1 − rate·a)³·w, L = ½·a·w₃².
    let (w0, r, a0) = (3.0f64, 0.1f64, 2.0f64);
    let q = 1.0 - r * a0;
    let g = tape.gradient(last, &[w, rate, a]);
    let want = [
        a0 * q.powi(6) * w0,
        -3.0 * a0 * a0 * q.powi(5) * w0 * w0,
        0.5 * q.powi(6) * w0 * w0 - 3.0 * a0 * r * q.powi(5) * w0 * w0,
    ];
    for (g, want) in g.iter().zip(want) {
        assert!((g.item() - want).abs() < 1e-13 * want.abs(), "{} {want}", g.item());
    }
}

/// d/dx (x·d/dy (x + y)) = 1 at y = 1: the inner derivative must not see the outer one (Siskind,
/// Pearlmutter, *Perturbation confusion and referential transparency*, 2005).
#[test]
fn derivatives_inside_derivatives_are_not_confused() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 1.0);
    let y = tape.input("y", 1.0);
    let one = tape.constant(1.0);
    let inner = [(x + y).grad(y), (x + y).tangent(&[y], &[one])];
    for inner in inner {
        let outer = x * inner;
        assert_eq!(outer.grad(x).item(), 1.0);
        assert_eq!(outer.tangent(&[x], &[one]).item(), 1.0);
        assert_eq!(outer.taylor(x, one, 1).unwrap()[1].item(), 1.0);
    }
    // The same with one variable in both places: d/dx (x·d/dx (x²·x)) = d/dx 3x³ = 9x².
    let cube = x.square() * x;
    for inner in [cube.grad(x), cube.tangent(&[x], &[one])] {
        assert_eq!((x * inner).grad(x).item(), 9.0);
        assert_eq!((x * inner).tangent(&[x], &[one]).item(), 9.0);
    }
    // And through the value: d/dx (d/dy (x·y) at y = x) = 1 of x, 0 of the point.
    let at = x * 1.0;
    let inner = (x * at).grad(at);
    assert_eq!(inner.grad(x).item(), 1.0);
}
