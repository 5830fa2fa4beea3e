//! The vector-valued activations: their closed-form Jacobians against the tape's, and edges.

use chainrule_activations::{Activation, jacobian, vector};
use chainrule_autograd::{Function, Tape, Var};
use ndarray::{Array1, Array2, array};

const INF: f64 = f64::INFINITY;

/// What the tape says of the Jacobian of a function of one vector.
fn of_tape(
    n: usize,
    f: impl for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>,
    at: &Array1<f64>,
) -> Array2<f64> {
    let f = Function::record([("x", &[n])], |[x]| f(x));
    let [jacobian] = f.jacobian([at]).expect("fits");
    jacobian.into_dimensionality().expect("a matrix")
}

fn vectors() -> [Array1<f64>; 6] {
    [
        array![1.0, 2.0, 3.0, -1.0],
        array![0.1, 0.2, 0.3, 0.4],
        array![-3.0, 0.5, 0.25, 0.375],
        array![7.0, -30.0, 6.5, 2.0],
        array![1.0, 1.0, -2.0, -2.0],
        array![0.5, -0.5, 2.0, -4.0],
    ]
}

#[test]
fn closed_forms_are_those_of_the_tape() {
    type OnTape = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;
    type Closed = fn(&Array1<f64>) -> Array2<f64>;
    let table: [(&str, OnTape, Closed); 9] = [
        ("softmax", |z| vector::softmax(z, -1, 1.0), |z| jacobian::softmax(z, 1.0)),
        ("softmax, T = 2.5", |z| vector::softmax(z, -1, 2.5), |z| jacobian::softmax(z, 2.5)),
        ("softmin", |z| vector::softmin(z, 0), jacobian::softmin),
        ("log_softmax", |z| z.log_softmax(-1), jacobian::log_softmax),
        ("logsumexp", |z| z.logsumexp().reshape(&[1]), jacobian::logsumexp),
        ("sparsemax", |z| vector::sparsemax(z, -1), jacobian::sparsemax),
        ("maxout", |z| vector::maxout(z, -1, 2), |z| jacobian::maxout(z, 2)),
        ("crelu", |z| vector::crelu(z, -1), jacobian::crelu),
        (
            "glu",
            |z| vector::glu(z, -1),
            |z| {
                let sigmoid = Activation::named("sigmoid").expect("known");
                jacobian::gated(
                    sigmoid,
                    &z.slice(ndarray::s![..2]).to_owned(),
                    &z.slice(ndarray::s![2..]).to_owned(),
                )
            },
        ),
    ];
    for (name, on_tape, closed) in table {
        for z in vectors() {
            let (tape, closed) = (of_tape(4, on_tape, &z), closed(&z));
            assert_eq!(tape.shape(), closed.shape(), "{name}");
            let off = (&tape - &closed).mapv(f64::abs).fold(0.0f64, |m, &d| m.max(d));
            assert!(off <= 1e-15, "{name} at {z}: {off:e}\n{tape}\n{closed}");
        }
    }
}

#[test]
fn gated_units_with_two_operands() {
    type Unit = for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;
    let units: [(&str, Unit); 3] =
        [("silu", vector::swiglu), ("gelu", vector::geglu), ("relu", vector::reglu)];
    let (gate, value) = (array![1.5, -0.25, 0.0], array![2.0, -3.0, 0.5]);
    for (name, unit) in units {
        let f = Function::record([("gate", &[3]), ("value", &[3])], |[g, v]| unit(g, v));
        let [of_gate, of_value] = f.jacobian([&gate, &value]).expect("fits");
        let closed = jacobian::gated(Activation::named(name).expect("known"), &value, &gate);
        assert_eq!(of_value, closed.slice(ndarray::s![.., ..3]).to_owned().into_dyn(), "{name}");
        assert_eq!(of_gate, closed.slice(ndarray::s![.., 3..]).to_owned().into_dyn(), "{name}");
        let tape = Tape::<f64>::new();
        let (g, v) = (tape.constant(&gate), tape.constant(&value));
        let same = vector::gated(Activation::named(name).expect("known"), v, g);
        assert_eq!(unit(g, v).to_vec(), same.to_vec());
    }
}

#[test]
fn prelu_and_its_slope() {
    let x = array![-2.0, -0.0, 0.0, 3.0, -INF];
    for slope in [0.25, 0.0, -1.0, 2.0] {
        let f = Function::record([("x", &[5]), ("w", &[])], |[x, w]| vector::prelu(x, w));
        let w = ndarray::arr0(slope);
        let [in_x, in_w] = f.jacobian([&x, &w]).expect("fits");
        let [closed_x, closed_w] = jacobian::prelu(&x, slope);
        assert_eq!(in_x, closed_x.into_dyn());
        assert_eq!(in_w.iter().collect::<Vec<_>>(), closed_w.iter().collect::<Vec<_>>());
        assert_eq!(in_x[[2, 2]], slope, "at 0");
        let y = f.value([&x, &w]).expect("fits");
        assert_eq!(y[4], if slope == 0.0 { 0.0 } else { -slope * INF });
    }
    // Per channel, on axis 1.
    let tape = Tape::<f32>::new();
    let x = tape.input("x", [[-1.0, -1.0], [2.0, -4.0]]);
    let w = tape.input("w", [0.5, 0.25]);
    let y = vector::prelu(x, w);
    assert_eq!(y.to_vec(), [-0.5, -0.25, 2.0, -1.0]);
    assert_eq!(tape.gradient(y.sum(), &[w])[0].to_vec(), [-1.0, -5.0]);
    let nan = tape.input("nan", [f32::NAN, f32::NAN]);
    assert!(vector::prelu(nan, w).to_vec().iter().all(|y| y.is_nan()));
}

#[test]
fn sparsemax_edges() {
    let tape = Tape::<f64>::new();
    let at = |z: Vec<f64>| vector::sparsemax(tape.input("z", z), -1).to_vec();
    for (z, want) in [
        (vec![1.0, 2.0, 3.0], vec![0.0, 0.0, 1.0]),
        (vec![1.0, 0.0], vec![1.0, 0.0]), // exactly on a kink
        (vec![5.0], vec![1.0]),
        (vec![7.0; 4], vec![0.25; 4]),
        (vec![1e308, -1e308], vec![1.0, 0.0]),
        (vec![0.5, -INF, 0.5], vec![0.5, 0.0, 0.5]),
        (vec![1e16, 1e16], vec![0.5, 0.5]),
    ] {
        assert_eq!(at(z), want);
    }
    let y = at(vec![0.1, 0.2, 0.3]);
    for (y, want) in y.iter().zip([0.23333333333333333, 0.33333333333333333, 0.43333333333333333]) {
        assert!((y - want).abs() < 1e-15, "{y}");
    }
    for bad in [f64::NAN, INF] {
        assert!(at(vec![0.0, bad, 1.0]).iter().all(|y| y.is_nan()));
    }
    // Along another axis, and its second derivative is 0.
    let z = tape.input("z", [[1.0, 0.0], [0.5, 3.0]]);
    assert_eq!(vector::sparsemax(z, 0).to_vec(), [0.75, 0.0, 0.25, 1.0]);
    let slope = tape.gradient(vector::sparsemax(z, 0).square().sum(), &[z])[0];
    assert_eq!(slope.to_vec(), [0.5, 0.0, -0.5, 0.0]);
}

#[test]
fn gumbel_softmax_with_recorded_noise() {
    let tape = Tape::<f64>::new();
    let z = tape.input("z", [1.0, 2.0, 3.0]);
    let u = tape.input("u", [0.5, 0.9, 0.1]);
    let noisy: Vec<f64> =
        [(1.0, 0.5f64), (2.0, 0.9), (3.0, 0.1)].iter().map(|(z, u)| z - (-u.ln()).ln()).collect();
    let soft = vector::gumbel_softmax(z, u, -1, 0.5, false);
    let closed = chainrule_activations::softmax::softmax(&(Array1::from(noisy.clone()) * 2.0), -1);
    for (a, b) in soft.to_vec().iter().zip(&closed) {
        assert!((a - b).abs() < 1e-15);
    }
    let hard = vector::gumbel_softmax(z, u, -1, 0.5, true);
    assert_eq!(hard.to_vec(), [0.0, 1.0, 0.0], "one-hot at the largest of {noisy:?}");
    let weights = tape.constant([1.0, -2.0, 0.5]);
    let [a, b] = [soft, hard].map(|y| tape.gradient((y * weights).sum(), &[z])[0].to_vec());
    assert_eq!(a, b, "the gradient goes straight through");
    let jacobian = jacobian::softmax(&Array1::from(noisy), 0.5);
    for (j, a) in a.iter().enumerate() {
        let want: f64 = (0..3).map(|i| [1.0, -2.0, 0.5][i] * jacobian[(i, j)]).sum();
        assert!((a - want).abs() < 1e-15);
    }
    // Another draw, the same record.
    u.set([0.1, 0.1, 0.9]).expect("noise");
    assert_eq!(hard.to_vec(), [0.0, 0.0, 1.0]);
}

#[test]
fn softmax_in_the_extreme() {
    let tape = Tape::<f64>::new();
    let at = |z: Vec<f64>| {
        let z = tape.input("z", z);
        vector::softmax(z, -1, 1.0).to_vec()
    };
    assert_eq!(at(vec![3.0]), [1.0]);
    assert_eq!(at(vec![0.25; 1000]), vec![1e-3; 1000]);
    assert_eq!(at(vec![1e308, -1e308, 0.0]), [1.0, 0.0, 0.0]);
    assert_eq!(at(vec![-INF, 2.0, -INF]), [0.0, 1.0, 0.0]);
    assert!(at(vec![-INF; 3]).iter().all(|y| y.is_nan()));
    for n in [1, 2, 3, 10, 1000] {
        let z = Array1::from_shape_fn(n, |i| 30.0 * ((i * i) as f64).sin());
        let j = jacobian::softmax(&z, 1.0);
        for i in 0..n {
            assert!(j.row(i).sum().abs() <= 1e-15, "row {i} of {n}: {:e}", j.row(i).sum());
            (0..n).for_each(|k| assert_eq!(j[(i, k)], j[(k, i)]));
        }
    }
    assert_eq!(jacobian::softmax(&array![0.0, -40.0], 1.0)[(0, 0)], 4.248354255291589e-18);
    assert_eq!(jacobian::logsumexp(&array![-INF, -INF]), array![[0.0, 0.0]]);
    // Along any axis.
    let z = tape.input("z", [[1.0, 5.0], [2.0, -1.0], [3.0, 0.5]]);
    let y = vector::softmax(z, 0, 2.0).value();
    for (column, want) in y.columns().into_iter().zip([[0.5, 1.0, 1.5], [2.5, -0.5, 0.25]]) {
        assert_eq!(column.to_vec(), at(want.to_vec()));
    }
    let hot = vector::softmax(z, -1, 1e-3).to_vec();
    assert_eq!(hot, [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn what_cannot_be_is_refused() {
    type Record = for<'t> fn(&'t Tape<f64>) -> Var<'t, f64>;
    fn refused(f: Record, word: &str) {
        let message = std::panic::catch_unwind(|| f(&Tape::new()).shape()).expect_err(word);
        let message = message.downcast_ref::<String>().expect("a sentence");
        assert!(message.contains(word), "{message}");
    }
    refused(|t| vector::glu(t.input("x", [1.0; 3]), 0), "odd length 3");
    refused(|t| vector::maxout(t.input("x", [1.0; 4]), 0, 3), "not a multiple of 3");
    refused(|t| vector::sparsemax(t.input("x", 1.0), 0), "no axis 0");
    refused(|t| vector::softmax(t.input("x", [1.0]), 0, 0.0), "temperature is positive");
    let noisy: Record = |t| {
        let x = t.input("x", [1.0]);
        vector::gumbel_softmax(x, x, 0, f64::NAN, false)
    };
    refused(noisy, "tau is positive");
}
