//! The chain rule forwards, by iterating over the catalogue and the table: for every op
//! ⟨ȳ, Jẋ⟩ = ⟨Jᵀȳ, ẋ⟩ to rounding, at first order and, applied to the gradient, at second.

use chainrule_autograd::check::{Values, cases};
use chainrule_autograd::table::rows;
use chainrule_autograd::{CustomOp, Function, Sym, Tape, Var};
use ndarray::{ArrayD, ArrayViewD, IxDyn, array};

/// Numbers without ties that depend on where they stand.
fn numbers(n: usize, seed: usize, (a, b): (f64, f64)) -> Vec<f64> {
    let unit = |i: usize| ((i * 7 + seed * 5 + 3) % 13) as f64 / 13.0;
    (0..n).map(|i| a + (b - a) * unit(i)).collect()
}

fn fill(values: Values, operand: usize, n: usize) -> Vec<f64> {
    match values {
        Values::Between(a, b) => numbers(n, operand, (a, b)),
        Values::Apart(from) => (0..n).map(|i| from + 0.75 * ((i * 5) % n.max(1)) as f64).collect(),
        Values::Index(limit) => (0..n).map(|i| (i % limit) as f64).collect(),
    }
}

fn constant<'t>(tape: &'t Tape<f64>, shape: &[usize], seed: usize) -> Var<'t> {
    let values = numbers(shape.iter().product(), seed, (-1.0, 1.0));
    tape.constant(ArrayD::from_shape_vec(IxDyn(shape), values).expect("a shape"))
}

/// Σ aᵢ·bᵢ, and Σ |aᵢ·bᵢ|.
fn dot(a: Var<'_>, b: Var<'_>) -> (f64, f64) {
    let (a, b) = (a.to_vec(), b.to_vec());
    let terms = || a.iter().zip(&b).map(|(a, b)| a * b);
    (terms().sum(), terms().map(f64::abs).sum())
}

/// ⟨ȳ, Jẋ⟩ = ⟨Jᵀȳ, ẋ⟩ of y with respect to xs.
fn transposes(what: &str, tape: &Tape<f64>, y: Var<'_>, xs: &[Var<'_>]) {
    let directions: Vec<Var<'_>> =
        xs.iter().enumerate().map(|(i, x)| constant(tape, &x.shape(), i)).collect();
    let seed = constant(tape, &y.shape(), 9);
    let tangent = y.tangent(xs, &directions);
    assert_eq!(tangent.shape(), y.shape(), "{what}");
    let (ahead, size) = dot(seed, tangent);
    let pulled = y.pullback(xs, seed);
    let parts: Vec<(f64, f64)> = pulled.iter().zip(&directions).map(|(&g, &d)| dot(g, d)).collect();
    let back: f64 = parts.iter().map(|p| p.0).sum();
    let size = size + parts.iter().map(|p| p.1).sum::<f64>();
    if size.is_finite() {
        assert!((ahead - back).abs() <= 1e-13 * size, "{what}: {ahead} forwards, {back} backwards");
    }
}

#[test]
fn tangents_are_transposed_pullbacks() {
    for case in cases() {
        for shapes in case.shapes {
            let tape = Tape::<f64>::new();
            let operand = |(i, shape): (usize, &&[usize])| {
                let values = fill(case.values[i], i, shape.iter().product());
                tape.input("x", ArrayD::from_shape_vec(IxDyn(shape), values).expect("a shape"))
            };
            let all: Vec<Var<'_>> = shapes.iter().enumerate().map(operand).collect();
            let symbols: Vec<Sym<'_>> = all.iter().map(|x| x.symbol()).collect();
            let y = all[0].of_symbol((case.record)(&symbols));
            let moves = |(i, x): (usize, &Var<'_>)| {
                (!matches!(case.values[i], Values::Index(_))).then_some(x.id())
            };
            let moving: Vec<_> = all.iter().enumerate().filter_map(moves).collect();
            let xs: Vec<Var<'_>> =
                all.iter().copied().filter(|x| moving.contains(&x.id())).collect();
            let what = format!("{} {shapes:?}", case.name);
            transposes(&what, &tape, y, &xs);
            // One operand alone: the other does not move.
            transposes(&what, &tape, y, &xs[..1]);
            // The gradient of a square, forwards and backwards: second order.
            let square = (y * y).sum();
            for gradient in square.gradient(&xs) {
                transposes(&format!("{what}, second order"), &tape, gradient, &xs);
            }
        }
    }
}

#[test]
fn rows_have_their_slopes_forwards() {
    for row in rows() {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", array![row.info().test.0, row.info().test.1 * 0.75]);
        let y = x.map_row(row, &row.info().defaults());
        let ones = tape.constant(array![1.0, 1.0]);
        let (ahead, back) = (y.tangent(&[x], &[ones]), tape.gradient(y.sum(), &[x])[0]);
        assert_eq!(ahead.to_vec(), back.to_vec(), "{row:?}");
        transposes(row.info().name, &tape, ahead, &[x]);
    }
}

#[test]
fn a_value_that_is_moved_itself_counts_besides() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 3.0);
    let u = x.square();
    let y = u * x;
    let (dx, du) = (tape.constant(1.0), tape.constant(10.0));
    assert_eq!(y.tangent(&[x, u], &[dx, du]).item(), 27.0 + 30.0);
    transposes("a value on the way", &tape, y, &[x, u]);
    assert_eq!(x.tangent(&[u], &[du]).item(), 0.0);
    assert_eq!(u.stop_gradient().tangent(&[x], &[dx]).item(), 0.0);
}

#[test]
fn hessians_times_vectors_are_symmetric_and_right() {
    fn f(x: Var<'_>) -> Var<'_> {
        (x.sin() * x.sum()).sum() + x.square().sum().sqrt()
    }
    let function = Function::<f64, 1>::record([("x", &[4])], |[x]| f(x));
    let at = array![0.5, -1.0, 2.0, 0.25];
    let hessian = &function.hessian([&at]).unwrap()[0];
    let tape = Tape::<f64>::new();
    let x = tape.input("x", at);
    let y = f(x);
    let (v, w) = (constant(&tape, &[4], 1), constant(&tape, &[4], 2));
    let (hv, hw) = (y.hessian_product(&[x], &[v])[0], y.hessian_product(&[x], &[w])[0]);
    let ((a, size), (b, _)) = (dot(w, hv), dot(v, hw));
    assert!((a - b).abs() < 1e-12 * size, "{a}, {b}");
    for (i, got) in hv.to_vec().into_iter().enumerate() {
        let want: f64 = (0..4).map(|j| hessian[[i, j]] * v.to_vec()[j]).sum();
        assert!((got - want).abs() < 1e-12, "{got}, {want}");
    }
}

#[test]
fn both_ways_give_one_jacobian() {
    let f = Function::<f64, 2>::record([("a", &[2, 3]), ("b", &[3])], |[a, b]| {
        (a * b).softmax(-1).matmul(b.exp()) * a.sum_over(&[1])
    });
    let (a, b) = (array![[0.1, 0.2, -0.3], [1.0, -0.5, 0.25]], array![0.5, -1.0, 2.0]);
    let rows = f.jacobian([&a, &b]).unwrap();
    let columns = f.jacobian_by_columns([&a, &b]).unwrap();
    for (rows, columns) in rows.iter().zip(&columns) {
        assert_eq!(rows.shape(), columns.shape());
        for (r, c) in rows.iter().zip(columns) {
            assert!((r - c).abs() < 1e-14, "{r}, {c}");
        }
    }
}

/// y = a·b for scalars; states its tangent if asked to.
#[derive(Debug)]
struct Times {
    stated: bool,
}

impl CustomOp for Times {
    fn name(&self) -> &str {
        "times"
    }
    fn shape(&self, _: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(vec![])
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        &x[0] * &x[1]
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g.amul(x[1])), Some(g.amul(x[0]))]
    }
    fn tangent<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, dx: &[Option<Sym<'t>>]) -> Option<Sym<'t>> {
        let parts = [dx[0].map(|d| d * x[1]), dx[1].map(|d| x[0] * d)];
        if self.stated { parts.into_iter().flatten().reduce(|a, b| a + b) } else { None }
    }
}

#[test]
fn custom_ops_state_their_tangent_or_have_it_from_the_pullback() {
    for stated in [true, false] {
        let tape = Tape::<f64>::new();
        let (a, b) = (tape.input("a", 3.0), tape.input("b", 5.0));
        let y = tape.custom(Times { stated }, &[a, b]) * a;
        let (da, db) = (tape.constant(1.0), tape.constant(2.0));
        assert_eq!(y.tangent(&[a], &[da]).item(), 30.0, "{stated}");
        let both = y.tangent(&[a, b], &[da, db]);
        assert_eq!(both.item(), 30.0 + 18.0, "{stated}");
        transposes("custom", &tape, both, &[a, b]);
    }
}
