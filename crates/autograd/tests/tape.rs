//! What a tape does: record, play, set and replay, differentiate, clear.

use chainrule_autograd::table::{Elementwise, Info};
use chainrule_autograd::{Function, Tape, Var, concat, elementwise};
use ndarray::{Array0, Array1, Array2, array};

#[test]
fn inputs_that_are_not_used_have_zero_gradients_of_their_shape() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0]);
    let unused = tape.input("unused", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let empty = tape.input("empty", Array2::zeros((0, 3)));
    let y = x.square().sum();
    let later = tape.input("later", 5.0);
    let d = tape.gradient(y, &[unused, x, empty, later]);
    assert_eq!(d[0].value(), Array2::<f64>::zeros((2, 3)).into_dyn());
    assert_eq!(d[1].to_vec(), [2.0, 4.0]);
    assert_eq!(d[2].shape(), [0, 3]);
    assert_eq!((d[3].shape(), d[3].item()), (vec![], 0.0));
    assert_eq!(tape.gradient(y, &[]).len(), 0);
}

#[test]
fn arrays_stand_on_either_side_of_an_operator_owned_or_not() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0]);
    let a = array![4.0, 8.0];
    for (owned, borrowed, want) in [
        (x + a.clone(), x + &a, [5.0, 10.0]),
        (a.clone() - x, &a - x, [3.0, 6.0]),
        (x * a.clone(), &a * x, [4.0, 16.0]),
        (a.clone() / x, &a / x, [4.0, 4.0]),
        (x - a.view(), x - &a, [-3.0, -6.0]),
    ] {
        assert_eq!(owned.to_vec(), want);
        assert_eq!(borrowed.to_vec(), want);
    }
    let factors = [x, x, x];
    assert_eq!(factors.iter().product::<Var<'_>>().to_vec(), [1.0, 8.0]);
}

#[test]
fn an_input_listed_twice_gets_its_gradient_twice() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 3.0);
    let d = tape.gradient(x * x, &[x, x]);
    assert_eq!((d[0].item(), d[1].item()), (6.0, 6.0));
}

#[test]
fn identity_independence_and_intermediates() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 3.0);
    assert_eq!(x.grad(x).item(), 1.0);
    let c = tape.constant(2.0);
    assert_eq!((c * c).grad(x).item(), 0.0);
    let before = c.exp();
    let z = tape.input("z", 1.0);
    assert_eq!(before.grad(z).item(), 0.0);
    let u = x.square();
    let y = u * u * x;
    let d = tape.gradient(y, &[u, x]);
    assert_eq!(d[0].item(), 2.0 * 9.0 * 3.0); // u is held on its own: ∂(u²x)/∂u
    assert_eq!(d[1].item(), 5.0 * 81.0); // x as a whole: (x⁵)′
    let same = tape.gradient(y, &[y, u]);
    assert_eq!((same[0].item(), same[1].item()), (1.0, 54.0));
    let flat = tape.gradient(y, &[c])[0];
    assert_eq!(flat.grad(x).item(), 0.0);
}

#[test]
fn asking_again_gives_the_same_answer() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [0.3, -1.7, 2.2]);
    let y = (x.tanh() * x.exp()).logsumexp();
    let first = y.grad(x);
    let answer = first.to_vec();
    let second = y.grad(x);
    assert_eq!(second.to_vec(), answer);
    assert_eq!(first.to_vec(), answer);
    assert_eq!((first.sum().grad(x)).to_vec(), (second.sum().grad(x)).to_vec());
}

#[test]
fn losses_share_a_tape_and_gradients_accumulate() {
    let tape = Tape::<f64>::new();
    let w = tape.input("w", [1.0, -2.0]);
    let a = (w * w).sum();
    let b = (w * 3.0).sum();
    let (da, db) = (a.grad(w), b.grad(w));
    assert_eq!(da.to_vec(), [2.0, -4.0]);
    assert_eq!(db.to_vec(), [3.0, 3.0]);
    assert_eq!((da + db).to_vec(), (a + b).grad(w).to_vec());
    let steps: Var<'_> = (0..4).map(|k| (w * f64::from(k)).square().sum()).sum();
    assert_eq!(steps.grad(w).to_vec(), [28.0, -56.0]);
}

#[test]
fn gradients_of_gradients() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 2.0);
    for y in [x.powi(5.0), x.powf(5.0), x * x * x * x * x, x.pow(5.0), x.square().square() * x] {
        let mut d = y;
        for want in [32.0, 80.0, 160.0, 240.0, 240.0, 120.0, 0.0] {
            assert!((d.item() - want).abs() < 1e-10, "{y:?}: {} for {want}", d.item());
            d = d.grad(x);
        }
    }
    // tanh′ = 1 − t², tanh″ = −2t(1 − t²), tanh‴ = (1 − t²)(6t² − 2), tanh⁗ = (1−t²)(16t − 24t³)
    let z = tape.input("z", 0.5);
    let t = 0.5f64.tanh();
    let s = 1.0 - t * t;
    let wanted = [t, s, -2.0 * t * s, s * (6.0 * t * t - 2.0), s * (16.0 * t - 24.0 * t * t * t)];
    let mut d = z.tanh();
    for want in wanted {
        assert!((d.item() - want).abs() < 1e-14, "{} for {want}", d.item());
        d = d.grad(z);
    }
}

#[test]
fn a_gradient_of_an_expression_with_a_gradient() {
    // A penalty on the gradient: L = (∂y/∂x)², y = w·x³ + sin x; ∂L/∂w = 2·(3wx² + cos x)·3x².
    let tape = Tape::<f64>::new();
    let (x, w) = (tape.input("x", 1.5), tape.input("w", 2.0));
    let slope = (w * x.powi(3.0) + x.sin()).grad(x);
    let got = slope.square().grad(w).item();
    let want = 2.0 * (3.0 * 2.0 * 2.25 + 1.5f64.cos()) * 3.0 * 2.25;
    assert!((got - want).abs() < 1e-12, "{got} for {want}");
}

#[test]
fn inputs_are_set_and_replayed() {
    let tape = Tape::<f64>::new();
    let a = tape.input("a", [1.0, 2.0]);
    let b = tape.input("b", 10.0);
    let y = (a * b).sum();
    let da = y.grad(a);
    assert_eq!((y.item(), da.to_vec()), (30.0, vec![10.0, 10.0]));
    b.set(-1.0).unwrap();
    assert_eq!((da.to_vec(), y.item()), (vec![-1.0, -1.0], -3.0));
    a.set(array![5.0, 6.0]).unwrap();
    assert_eq!(y.item(), -11.0);
    // Nodes may be appended between plays, views and leaves among them.
    let z = a.slice(ndarray::s![..;-1]) * tape.constant([1.0, 100.0]);
    assert_eq!((z.to_vec(), y.item()), (vec![6.0, 500.0], -11.0));
    a.set([1.0, 1.0]).unwrap();
    assert_eq!((z.to_vec(), y.item()), (vec![1.0, 100.0], -2.0));
    a.set(array![[7.0, 0.0], [8.0, 0.0]].column(0)).unwrap();
    assert_eq!(a.to_vec(), [7.0, 8.0]);
}

#[test]
fn stop_gradient_stops() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 3.0);
    assert_eq!((x.stop_gradient() * x).grad(x).item(), 3.0);
    assert_eq!(x.square().stop_gradient().grad(x).item(), 0.0);
    let y = x.exp().stop_gradient().exp().exp();
    let before = tape.len();
    assert_eq!(y.grad(x).item(), 0.0);
    assert!(tape.len() <= before + 2, "rules of nodes that nobody asked for were recorded");
    let held = x.square().stop_gradient();
    assert_eq!((held * 2.0).grad(held).item(), 2.0); // asked for itself, it is an input
    x.set(5.0).unwrap();
    assert_eq!(held.item(), 25.0);
}

#[test]
fn pullbacks_of_any_shape() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0, 3.0]);
    let y = x.square();
    let seed = tape.input("seed", [1.0, 0.0, -1.0]);
    let d = y.pullback(&[x], seed)[0];
    assert_eq!(d.to_vec(), [2.0, 0.0, -6.0]);
    seed.set([0.0, 1.0, 0.0]).unwrap();
    assert_eq!(d.to_vec(), [0.0, 4.0, 0.0]);
    assert_eq!(d.sum().grad(seed).to_vec(), [2.0, 4.0, 6.0]); // the tangent, by two reverse sweeps
}

elementwise! {
    /// The one place where this file's own function stands.
    trait Own;

    /// x·|x|^(w−1)
    signed_power: SignedPower(w = 2.0) {
        info: Info { formula: "x·|x|ʷ⁻¹", derivative: "w·|x|ʷ⁻¹", ..Info::NEW },
        value: |x| {
            let size = -x.neg_abs();
            x * size.powf(w - 1.0)
        },
        slope: |x| R::lit(w) * (-x.neg_abs()).powf(w - 1.0),
    }
}

#[test]
fn an_elementwise_function_of_ones_own() {
    let f = Function::record([("x", &[3])], |[x]| x.signed_power(3.0));
    let x = [-2.0, 0.5, 1.5];
    assert_eq!(f.value([&x]).unwrap(), array![-8.0, 0.125, 3.375].into_dyn());
    f.check([&x]).unwrap().assert();
    f.check_second([&x]).unwrap().assert();
    assert_eq!((SignedPower::INFO.name, ROWS.len()), ("signed_power", 1));
}

/// Operators with values, numbers and arrays on either side, in one precision.
macro_rules! operators {
    ($T:ty) => {{
        let n = |x: f64| x as $T;
        let tape = Tape::<$T>::new();
        let x = tape.input("x", vec![n(1.0), n(2.0), n(4.0)]);
        let list = |v: Var<'_, $T>| v.to_vec().into_iter().map(f64::from).collect::<Vec<f64>>();
        assert_eq!(list((x + n(1.0)) * n(2.0) - n(3.0)), [1.0, 3.0, 7.0]);
        assert_eq!(list(n(1.0) - (n(2.0) * x) / n(4.0)), [0.5, 0.0, -1.0]);
        assert_eq!(list(-x + n(8.0) / x), [7.0, 2.0, -2.0]);
        let a = Array1::from(vec![n(3.0), n(2.0), n(1.0)]);
        let m = Array2::from_elem((2, 1), n(2.0));
        assert_eq!(list(x * &a), [3.0, 4.0, 4.0]);
        assert_eq!(list(&a - x), [2.0, 0.0, -3.0]);
        assert_eq!(list(&a / x), [3.0, 1.0, 0.25]);
        assert_eq!((x + &m).shape(), [2, 3]);
        assert_eq!(list(&Array0::from_elem((), n(1.0)) + x), [2.0, 3.0, 5.0]);
        let mut y = x;
        y += x;
        y *= x;
        y += n(1.0);
        y *= n(0.5);
        y -= x;
        y /= x;
        y -= n(0.5);
        y /= n(2.0);
        assert_eq!(list(y), [0.0, 0.375, 1.3125]);
        let parts = [x, x * x, x];
        assert_eq!(list(parts.iter().sum()), [3.0, 8.0, 24.0]);
        assert_eq!(list(parts.into_iter().sum()), [3.0, 8.0, 24.0]);
        assert_eq!(list(parts.into_iter().product()), [1.0, 16.0, 256.0]);
        assert_eq!(list([x, x.at_index(0)].into_iter().sum()), [2.0, 3.0, 5.0]);
        assert_eq!(list([x].into_iter().sum()), [1.0, 2.0, 4.0]);
        assert_eq!((n(2.0) * x * x).sum().grad(x).to_vec(), [n(4.0), n(8.0), n(16.0)]);
    }};
}

#[test]
fn operators_in_both_precisions() {
    operators!(f64);
    operators!(f32);
    let (wide, narrow) = (Tape::<f64>::new(), Tape::<f32>::new());
    let (x, y) = (wide.input("x", 3.0), narrow.input("y", 3.0f32));
    assert_eq!((2.0 * x).item() + (1.0 - x).item() + (6.0 / x).item() + (1.0 + x).item(), 10.0);
    assert_eq!((2.0 * y).item() + (1.0 - y).item() + (6.0 / y).item() + (1.0 + y).item(), 10.0);
    assert_eq!((0.1 + y).item(), 3.1f32);
}

#[test]
fn broadcasting_is_numpys() {
    let tape = Tape::<f64>::new();
    let a = tape.input("a", array![[[1.0], [2.0]], [[3.0], [4.0]]]); // 2×2×1
    let b = tape.input("b", [10.0, 20.0, 30.0]); // 3
    let y = a * b;
    assert_eq!(y.shape(), [2, 2, 3]);
    assert_eq!(y.to_vec()[9..], [40.0, 80.0, 120.0]);
    let d = y.sum().gradient(&[a, b]);
    assert_eq!((d[0].shape(), d[0].to_vec()), (vec![2, 2, 1], vec![60.0; 4]));
    assert_eq!((d[1].shape(), d[1].to_vec()), (vec![3], vec![10.0; 3]));
    let s = tape.input("s", 2.0);
    assert_eq!((s * b).sum().grad(s).item(), 60.0);
    let column = tape.input("column", [[1.0], [2.0]]);
    assert_eq!((column - b).sum().grad(column).to_vec(), [3.0, 3.0]);
}

#[test]
fn scalars_and_empty_arrays() {
    let tape = Tape::<f64>::new();
    let s = tape.input("s", 4.0);
    assert_eq!(
        (s.shape(), s.sum().item(), s.max().item(), s.sqrt().item()),
        (vec![], 4.0, 4.0, 2.0)
    );
    assert_eq!((s.t().item(), s.reshape(&[1, 1]).shape()), (4.0, vec![1, 1]));
    let e = tape.input("e", Array2::zeros((0, 2)));
    let y = (e * 2.0 + s).exp().sum();
    let d = y.gradient(&[e, s]);
    assert_eq!((y.item(), d[0].shape(), d[1].item()), (0.0, vec![0, 2], 0.0));
    assert_eq!(concat(&[e, e], 0).shape(), [0, 2]);
    assert_eq!(e.sum_over(&[0]).to_vec(), [0.0, 0.0]);
    assert_eq!(e.t().matmul(e).to_vec(), [0.0; 4]);
}

#[test]
fn clear_keeps_the_capacity() {
    let mut tape = Tape::<f64>::new();
    let step = |tape: &Tape<f64>, value: f64| {
        let x = tape.input("x", vec![value; 64]);
        let y = x.reshape(&[8, 8]).matmul(x.reshape(&[8, 8]).t()).tanh().sum();
        y.grad(x).to_vec()
    };
    let first = step(&tape, 0.0);
    assert_eq!(first, [0.0; 64]);
    let before = tape.memory();
    tape.clear();
    assert!(tape.is_empty() && tape.memory().elements == 0 && tape.memory().nodes == 0);
    assert_eq!(tape.memory().value_bytes, before.value_bytes);
    for i in 0..20 {
        let value = f64::from(i) / 16.0;
        let slope = 1.0 - (8.0 * value * value).tanh().powi(2);
        let dx = step(&tape, value);
        let wrong = dx.iter().find(|d| (*d - 16.0 * value * slope).abs() > 1e-12);
        assert_eq!(wrong, None, "after clear {i}");
        assert_eq!(tape.memory(), before);
        tape.clear();
    }
}

#[test]
fn looking_without_a_copy() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0], [3.0, 4.0]]);
    let y = x.t() * 2.0;
    assert_eq!(y.with_value(|v| v[[0, 1]]), 6.0);
    assert_eq!(x.t().with_value(|v| v.index_axis(ndarray::Axis(0), 0).sum()), 4.0);
    assert_eq!(y.value(), array![[2.0, 6.0], [4.0, 8.0]].into_dyn());
}

#[test]
fn functions_are_asked_many_times() {
    let f = Function::<f64, 2>::record([("x", &[2]), ("w", &[])], |[x, w]| x.square() * w);
    let jacobian = |x: [f64; 2], w: f64| {
        let [dx, dw] = f.jacobian([&x, &w]).unwrap();
        (dx.into_raw_vec_and_offset().0, dw.into_raw_vec_and_offset().0)
    };
    assert_eq!(jacobian([1.0, 2.0], 3.0), (vec![6.0, 0.0, 0.0, 12.0], vec![1.0, 4.0]));
    assert_eq!(jacobian([0.0, 1.0], -1.0), (vec![0.0, 0.0, 0.0, -2.0], vec![0.0, 1.0]));
    let nodes = f.tape().len();
    jacobian([5.0, 5.0], 5.0);
    assert_eq!(f.tape().len(), nodes);
    let [hx, hw] = f.hessian([&[1.0, 2.0], &3.0]).unwrap();
    assert_eq!(hx.into_raw_vec_and_offset().0, [6.0, 0.0, 0.0, 6.0, 2.0, 4.0]);
    assert_eq!(hw.into_raw_vec_and_offset().0, [2.0, 4.0, 0.0]);
    assert_eq!(f.value([&[1.0, 2.0], &3.0]).unwrap(), array![3.0, 12.0].into_dyn());
    assert_eq!(f.names(), &["x", "w"]);
}

#[test]
fn views_take_no_memory() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", Array2::from_elem((3, 4), 1.5));
    let elements = tape.memory().elements;
    let y = x.t().insert_axis(1).slice(ndarray::s![..;-2, .., 1..]).stop_gradient();
    let z = x.flatten().expand(&[5, 12]).at_index(4).narrow(0, 2, 6).reshape(&[2, -1]);
    assert_eq!((y.shape(), z.shape()), (vec![2, 1, 2], vec![2, 3]));
    assert_eq!((y.to_vec(), z.to_vec()), (vec![1.5; 4], vec![1.5; 6]));
    assert_eq!(tape.memory().elements, elements);
    x.t().flatten(); // the order changes: a copy
    assert_eq!(tape.memory().elements, elements + 12);
}
