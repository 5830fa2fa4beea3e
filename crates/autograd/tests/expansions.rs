//! Taylor expansions that are recorded, and derivatives explained path by path.

use chainrule_autograd::number::Jet;
use chainrule_autograd::table::rows;
use chainrule_autograd::{ExplainError, Tape, Var, concat};
use ndarray::array;

#[test]
fn recorded_series_are_those_that_are_played() {
    for row in rows() {
        let p = row.info().defaults();
        let (low, high) = row.info().test;
        let tape = Tape::<f64>::new();
        let x = tape.input("x", 0.3 * low + 0.7 * high);
        let y = x.map_row(row, &p) * x;
        let one = tape.constant(1.0);
        let recorded = y.taylor(x, one, 6).unwrap();
        for at in [0.3 * low + 0.7 * high, 0.8 * low + 0.2 * high] {
            x.set(at).unwrap(); // replayed at another place, where another branch may hold
            let played = y.evaluate(&[(x, &[Jet::variable(at, 6)])]).unwrap()[0];
            for (k, c) in recorded.iter().enumerate() {
                let (got, want) = (c.item(), played.coefficient(k));
                let scale = (0..=k).map(|j| played.coefficient(j).abs()).fold(1.0, f64::max);
                assert!(
                    (got - want).abs() <= 1e-12 * scale,
                    "{row:?} order {k} at {at}: {got}, {want}"
                );
            }
        }
    }
}

#[test]
fn the_first_coefficients_are_derivatives_and_can_be_differentiated() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", array![0.5, -1.0]);
    let w = tape.input("w", array![[1.0, 2.0], [3.0, -1.0]]);
    let y = w.matmul(x.tanh()).softmax(0) * 2.0;
    let way = tape.constant(array![1.0, 0.25]);
    let c = y.taylor(x, way, 3).unwrap();
    let first = y.tangent(&[x], &[way]);
    let second = first.tangent(&[x], &[way]);
    for (i, (a, b)) in c[1].to_vec().into_iter().zip(first.to_vec()).enumerate() {
        assert!((a - b).abs() < 1e-14, "{i}: {a}, {b}");
    }
    for (a, b) in c[2].to_vec().into_iter().zip(second.to_vec()) {
        assert!((a - b / 2.0).abs() < 1e-14, "{a}, {b}");
    }
    assert_eq!(c[0].shape(), [2]);
    // c₃ depends on w, and its gradient is that of the third tangent.
    let third = second.tangent(&[x], &[way]);
    let want = tape.gradient(third.sum(), &[w])[0].to_vec();
    for (a, b) in tape.gradient(c[3].sum(), &[w])[0].to_vec().into_iter().zip(want) {
        assert!((a - b / 6.0).abs() < 1e-13, "{a}, {b}");
    }
}

/// n² nodes, not 2ⁿ.
#[test]
fn expansions_grow_like_the_square_of_the_order() {
    let nodes = |order: usize| {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", 0.5);
        let y = (x.sin() * x.exp()).tanh();
        let before = tape.len();
        y.taylor(x, tape.constant(1.0), order).unwrap();
        tape.len() - before
    };
    let (five, ten, twenty) = (nodes(5), nodes(10), nodes(20));
    assert!(twenty <= 5 * ten && ten <= 5 * five, "{five}, {ten}, {twenty} nodes");
}

#[test]
fn what_a_series_cannot_pass_is_an_error() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", array![0.5, -1.0]);
    let index = tape.input("i", array![1.0]);
    let y = x.square().gather(0, index).sum();
    let error = y.taylor(x, x, 2).unwrap_err();
    assert!(error.to_string().contains("gather"), "{error}");
}

#[test]
fn paths_sum_to_the_gradient() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 0.75);
    let u = x.sin().named("u");
    let v = (u * x + u.exp()).named("v");
    let y = v.square() * u - x / v
        + concat(&[u.reshape(&[1]), v.reshape(&[1])], 0).slice(ndarray::s![0]);
    let error = y.explain(x).unwrap_err();
    assert!(matches!(&error, ExplainError::NotScalar { node } if node.contains("concat")));

    let y = v.square() * u - x / v + u.maximum(0.25);
    let why = y.explain(x).unwrap();
    let gradient = tape.gradient(y, &[x])[0].item();
    assert!((why.sum - gradient).abs() < 1e-14, "{why} {gradient}");
    for path in &why.paths {
        assert_eq!(path.local.len() + 1, path.nodes.len());
        assert_eq!(path.local.iter().product::<f64>(), path.product);
        assert_eq!(path.labels[0], "x");
    }
    // To v lead 3 paths, one of them past u. y is reached from v twice, from u twice, from x once.
    assert_eq!(why.paths.len(), 9, "{why}");
    assert_eq!(y.explain(y).unwrap().sum, 1.0);
    assert_eq!(x.explain(y).unwrap().paths.len(), 0);
}

#[test]
fn too_many_paths_are_counted_not_listed() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 1.0);
    let mut y: Var<'_> = x;
    for _ in 0..40 {
        y = y.sin() + y.cos();
    }
    let error = y.explain(x).unwrap_err();
    assert_eq!(error, ExplainError::Paths { count: 1 << 40, limit: 1000 });
}
