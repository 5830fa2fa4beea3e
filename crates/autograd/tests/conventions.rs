//! What the engine answers where a derivative does not exist or a value is not defined: the table in
//! the crate's documentation, line by line, and NaN through every op. The elementwise rows' own
//! conventions are in `facts.rs`.

use chainrule_autograd::check::{Case, Layout, Subject, Trial, Values, cases};
use chainrule_autograd::{Element, Sym, Tape, Var};
use ndarray::ArrayD;

/// A function of one value.
type F = for<'t> fn(Sym<'t>) -> Sym<'t>;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// y, the gradient of Σ y, and the gradient of the sum of that, at a vector.
fn play<T: Element>(x: &[f64], f: F) -> [Vec<f64>; 3] {
    let tape = Tape::<T>::new();
    let x = tape.input("x", x.iter().map(|&x| T::narrow(x)).collect::<Vec<T>>());
    let y = x.of_symbol(f(x.symbol()));
    let d = y.sum().grad(x);
    let dd = d.sum().grad(x);
    [y, d, dd].map(|v| v.to_vec().into_iter().map(T::wide).collect())
}

/// The same in both precisions, which must agree.
fn at(x: &[f64], f: F) -> [Vec<f64>; 3] {
    let (fine, coarse) = (play::<f64>(x, f), play::<f32>(x, f));
    for (a, b) in fine.iter().flatten().zip(coarse.iter().flatten()) {
        let fits = a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-6 * a.abs();
        assert!(fits, "at {x:?}: {fine:?} in f64, {coarse:?} in f32");
    }
    fine
}

#[track_caller]
fn same(got: &[f64], want: &[f64]) {
    let equal = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
    assert!(got.len() == want.len() && got.iter().zip(want).all(equal), "{got:?}, want {want:?}");
}

/// Value, slopes in a and b, and the second slopes aa, ab, bb.
fn two(a: f64, b: f64, f: for<'t> fn(Sym<'t>, Sym<'t>) -> Sym<'t>) -> [f64; 6] {
    let tape = Tape::<f64>::new();
    let (a, b) = (tape.input("a", a), tape.input("b", b));
    let y = a.of_symbol(f(a.symbol(), b.symbol()));
    let d = y.gradient(&[a, b]);
    let (da, db) = (d[0].gradient(&[a, b]), d[1].gradient(&[b]));
    [y, d[0], d[1], da[0], da[1], db[0]].map(Var::item)
}

#[test]
fn an_unselected_branch_is_absent() {
    let [y, d, dd] = at(&[0.0, 4.0, -1.0], |x| x.greater(0.0).select(x.sqrt(), 0.0));
    same(&y, &[0.0, 2.0, 0.0]);
    same(&d, &[0.0, 0.25, 0.0]);
    same(&dd, &[0.0, -1.0 / 32.0, 0.0]);
    let [y, d, dd] = at(&[0.0, 2.0, -1.0], |x| x.greater(0.0).select(x.recip(), 0.0));
    same(&y, &[0.0, 0.5, 0.0]);
    same(&d, &[0.0, -0.25, 0.0]);
    same(&dd, &[0.0, 0.25, 0.0]);
    let [_, d, dd] = at(&[0.0, 2.0], |x| x.greater(0.0).select(1.0 / x, 0.0));
    same(&d, &[0.0, -0.25]);
    same(&dd, &[0.0, 0.25]);
    for f in [|x| x.ln() * x, |x| x * x.ln(), |x| x / x.ln().recip()] as [F; 3] {
        // Around a select of its own, at 0 and where it is selected.
        let tape = Tape::<f64>::new();
        let x = tape.input("x", [0.0, 2.0]);
        let y = x.greater(0.0).select(x.of_symbol(f(x.symbol())), 0.0);
        let d = y.sum().grad(x);
        let close = |v: Var<'_>, want: f64| {
            let v = v.to_vec();
            assert!(v[0] == 0.0 && (v[1] - want).abs() < 1e-15, "{v:?}, want 0 and {want}");
        };
        close(d, 2f64.ln() + 1.0);
        close(d.sum().grad(x), 0.5);
    }
    // An infinite slope inside a gradient that is not selected either.
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 0.0);
    let d = x.square().sqrt().grad(x);
    assert_eq!(x.greater(0.0).select(d, 0.0).grad(x).item(), 0.0);
    same(&at(&[-1.0, 0.0, 2.0, -0.0], |x| x.select(3.0, 5.0))[0], &[3.0, 5.0, 3.0, 5.0]);
    let [_, d, _] = at(&[1e3], |x| x.greater(0.0).select(x, x.exp()));
    same(&d, &[1.0]);
}

#[test]
fn undefined_conditions_and_comparisons_are_nan() {
    let [y, d, _] = at(&[NAN], |x| x.greater(0.0).select(x.stop_gradient() * 0.0 + 1.0, x));
    same(&y, &[NAN]);
    same(&d, &[NAN]);
    let compare: [F; 6] = [
        |x| x.less(1.0),
        |x| x.less_equal(1.0),
        |x| x.equal(1.0),
        |x| x.not_equal(1.0),
        |x| x.greater(1.0),
        |x| x.greater_equal(1.0),
    ];
    let wanted = [
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [0.0, 1.0, 0.0],
        [1.0, 0.0, 1.0],
        [0.0, 0.0, 1.0],
        [0.0, 1.0, 1.0],
    ];
    for (f, want) in compare.into_iter().zip(wanted) {
        let [y, d, dd] = at(&[0.0, 1.0, 2.0, NAN], f);
        same(&y, &[&want[..], &[NAN]].concat());
        same(&d, &[0.0; 4]);
        same(&dd, &[0.0; 4]);
    }
}

#[test]
fn ties_are_split_evenly() {
    same(&two(2.0, 2.0, |a, b| a.maximum(b)), &[2.0, 0.5, 0.5, 0.0, 0.0, 0.0]);
    same(&two(2.0, 2.0, |a, b| a.minimum(b)), &[2.0, 0.5, 0.5, 0.0, 0.0, 0.0]);
    same(&two(3.0, 2.0, |a, b| a.maximum(b)), &[3.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    same(&two(3.0, 2.0, |a, b| a.minimum(b)), &[2.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    same(&two(-0.0, 0.0, |a, b| a.maximum(b))[1..3], &[0.5, 0.5]);
    same(&two(NAN, 2.0, |a, b| a.maximum(b))[..3], &[NAN; 3]);
    same(&two(2.0, NAN, |a, b| a.minimum(b))[..3], &[NAN; 3]);
    same(&at(&[0.5, 1.0, 5e-324], |x| x.maximum(0.5))[1], &[0.5, 1.0, 0.0]);
    same(&at(&[2.0], |x| x.maximum(x))[1], &[1.0]);
    let [y, d, dd] = at(&[1.0, 3.0, 3.0], |x| x.max() * 2.0);
    same(&y, &[6.0]);
    same(&d, &[0.0, 1.0, 1.0]);
    same(&dd, &[0.0; 3]);
    same(&at(&[1.0, 1.0, 1.0, 4.0], |x| x.min() * 3.0)[1], &[1.0, 1.0, 1.0, 0.0]);
    same(&at(&[1.0, NAN, 3.0], |x| x.max())[0], &[NAN]);
    same(&at(&[NAN, 1.0, 3.0], |x| x.min())[1], &[NAN; 3]);
    same(&at(&[-INF, -INF], |x| x.max())[1], &[0.5, 0.5]);
}

#[test]
fn powers_at_their_corners() {
    same(&two(0.0, 0.0, |a, b| a.pow(b))[..3], &[1.0, 0.0, -INF]);
    same(&two(0.0, 2.0, |a, b| a.pow(b))[..4], &[0.0, 0.0, 0.0, 2.0]);
    same(&two(0.0, 1.0, |a, b| a.pow(b))[..3], &[0.0, 1.0, 0.0]);
    same(&two(0.0, 0.5, |a, b| a.pow(b))[..3], &[0.0, INF, 0.0]);
    same(&two(-2.0, 3.0, |a, b| a.pow(b))[..4], &[-8.0, 12.0, NAN, -12.0]);
    let ln = 2f64.ln();
    same(&two(2.0, 0.0, |a, b| a.pow(b)), &[1.0, 0.0, ln, 0.0, 0.5, ln * ln]);
    same(&two(-2.0, 0.5, |a, b| a.pow(b))[..3], &[NAN; 3]);
    same(&two(NAN, 0.0, |a, b| a.pow(b))[..2], &[NAN; 2]);
    same(&two(1.0, NAN, |a, b| a.pow(b))[..3], &[NAN; 3]);
    for f in [|x| x.powi(0.0), |x| x.powf(0.0), |x| x.pow(0.0)] as [F; 3] {
        let [y, d, dd] = at(&[0.0, -3.0, INF], f);
        same(&y, &[1.0; 3]);
        same(&d, &[0.0; 3]);
        same(&dd, &[0.0; 3]);
        same(&at(&[NAN], f).concat(), &[NAN; 3]);
    }
    for f in [|x| x.powi(2.0), |x| x.powf(2.0), |x| x.pow(2.0), |x| x * x] as [F; 4] {
        same(&at(&[0.0], f).concat(), &[0.0, 0.0, 2.0]);
    }
    for f in [|x| x.powi(3.0), |x| x.powf(3.0), |x| x.pow(3.0)] as [F; 3] {
        same(&at(&[-2.0], f).concat(), &[-8.0, 12.0, -12.0]);
    }
    same(&at(&[-8.0], |x| x.root(3.0))[0], &[-2.0]);
    same(&at(&[-1.0, 0.0], |x| x.powi(-1.0))[1], &[-1.0, -INF]);
}

#[test]
fn distances_at_the_origin() {
    same(&two(0.0, 0.0, |a, b| a.hypot(b))[..3], &[0.0; 3]);
    same(&two(0.0, 0.0, |a, b| a.atan2(b))[..3], &[0.0; 3]);
    same(&two(-0.0, -1.0, |a, b| a.atan2(b))[..2], &[-std::f64::consts::PI, -1.0]);
    let far = 2f64.powi(600);
    same(&two(3.0 * far, 4.0 * far, |a, b| a.hypot(b))[..3], &[5.0 * far, 0.6, 0.8]);
    same(&two(NAN, INF, |a, b| a.hypot(b))[..3], &[NAN; 3]);
    same(&two(NAN, 0.0, |a, b| a.hypot(b))[..3], &[NAN; 3]);
    same(&two(NAN, 0.0, |a, b| a.atan2(b))[..3], &[NAN; 3]);
    same(&two(0.0, NAN, |a, b| a.atan2(b))[..3], &[NAN; 3]);
    same(&at(&[0.0, NAN], |x| x.norm())[1], &[NAN; 2]);
    let [y, d, _] = at(&[0.0, 0.0], |x| x.norm());
    same(&y, &[0.0]);
    same(&d, &[0.0; 2]);
    for scale in [far, far.recip()] {
        let [y, d, _] = play::<f64>(&[3.0 * scale, 4.0 * scale], |x| x.norm());
        same(&y, &[5.0 * scale]);
        same(&d, &[0.6, 0.8]);
    }
    for f in [|x| x.std(&[], 0.0), |x| x.std(&[], 1.0)] as [F; 2] {
        let [y, d, _] = at(&[1.5, 1.5, 1.5], f);
        same(&y, &[0.0]);
        same(&d, &[0.0; 3]);
    }
    same(&at(&[0.0], |x| x.sqrt())[1], &[INF]);
    // |x| as √x²: the inner slope is exactly 0, and wins.
    same(&at(&[0.0, -2.0], |x| x.square().sqrt())[1], &[0.0, -1.0]);
}

#[test]
fn distances_at_infinity() {
    for (a, b, da, db) in [
        (INF, 1.0, 1.0, 0.0),
        (-INF, 1.0, -1.0, 0.0),
        (0.0, INF, 0.0, 1.0),
        (-2.0, -INF, 0.0, -1.0),
        (INF, -INF, 1.0, -1.0),
    ] {
        same(&two(a, b, |a, b| a.hypot(b))[..3], &[INF, da, db]);
        same(&two(a, b, |a, b| a.atan2(b))[1..3], &[0.0, 0.0]);
        let [y, d, _] = at(&[a, b], |x| x.norm());
        same(&y, &[INF]);
        same(&d, &[da, db]);
    }
    same(&at(&[INF], |x| x.hypot(1.0))[1], &[1.0]);
    same(&at(&[INF, NAN], |x| x.norm())[1], &[NAN; 2]);
    // Order 2 of finite inputs: y²/r³, −xy/r³, x²/r³.
    let seconds = two(3.0, 4.0, |a, b| a.hypot(b));
    for (got, want) in seconds[3..].iter().zip([0.128, -0.096, 0.072]) {
        assert!((got - want).abs() < 1e-16, "{seconds:?}");
    }
}

#[test]
fn a_slope_of_exactly_0_wins_over_nan() {
    let [y, d, _] = at(&[-1.0], |x| x.maximum(0.0) * x.stop_gradient().sqrt());
    same(&y, &[NAN]);
    same(&d, &[0.0]);
}

#[test]
fn logsumexp_and_softmax_at_infinities() {
    let [y, d, dd] = at(&[-INF, -INF], |x| x.logsumexp());
    same(&y, &[-INF]);
    same(&d, &[0.0; 2]);
    same(&dd, &[0.0; 2]);
    let [y, d, _] = at(&[1.0, INF, -INF], |x| x.logsumexp());
    same(&y, &[INF]);
    same(&d, &[0.0, 1.0, 0.0]);
    same(&at(&[INF, 0.0, INF], |x| x.logsumexp())[1], &[0.5, 0.0, 0.5]);
    same(&at(&[1.0, NAN], |x| x.logsumexp()).concat()[..3], &[NAN; 3]);
    same(&at(&[1000.0, 1000.0], |x| x.logsumexp())[1], &[0.5; 2]);
    same(&at(&[-INF, -INF], |x| x.softmax(0)).concat(), &[NAN; 6]);
    same(&at(&[INF, 0.0], |x| x.softmax(0))[0], &[NAN; 2]);
    let [y, d, _] = at(&[0.0, -INF], |x| x.softmax(0).square());
    same(&y, &[1.0, 0.0]);
    same(&d, &[0.0; 2]);
    same(&at(&[0.0, -INF], |x| x.softmax(0).sqrt())[1], &[0.0; 2]); // not 0·∞
    same(&at(&[0.0, -INF], |x| x.log_softmax(0))[0], &[0.0, -INF]);
    same(&play::<f64>(&[0.0, -745.0], |x| x.softmax(0))[0], &[1.0, 4.9e-324]);
    let y = &play::<f64>(&[1000.0, 1001.0, 1002.0], |x| x.softmax(0))[0];
    let want = [0.090030573170380458, 0.24472847105479765, 0.66524095577482189];
    y.iter().zip(want).for_each(|(y, want)| assert!((y / want - 1.0).abs() < 5e-16));
}

#[test]
fn products_with_zeros() {
    let hessian = |x: [f64; 3]| {
        let f = chainrule_autograd::Function::<f64, 1>::record([("x", &[3])], |[x]| x.prod());
        let [g] = f.gradient([&x]).unwrap();
        let [h] = f.hessian([&x]).unwrap();
        (g.into_raw_vec_and_offset().0, h.into_raw_vec_and_offset().0)
    };
    let (g, h) = hessian([0.0, 2.0, 3.0]);
    same(&g, &[6.0, 0.0, 0.0]);
    same(&h, &[0.0, 3.0, 2.0, 3.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
    let (g, h) = hessian([0.0, 0.0, 3.0]);
    same(&g, &[0.0; 3]);
    same(&h, &[0.0, 3.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    same(&at(&[NAN, 2.0], |x| x.prod())[0], &[NAN]);
}

#[test]
fn reductions_of_nothing() {
    let [y, d, _] = at(&[], |x| x.mean());
    same(&y, &[NAN]);
    same(&d, &[]);
    same(&at(&[], |x| x.sum())[0], &[0.0]);
    same(&at(&[], |x| x.prod())[0], &[1.0]);
    same(&at(&[], |x| x.norm())[0], &[0.0]);
    same(&at(&[], |x| x.logsumexp())[0], &[-INF]);
    same(&at(&[], |x| x.var(&[], 0.0))[0], &[NAN]);
}

#[test]
fn nan_goes_on_to_second_order() {
    let all = [NAN; 6];
    for nan in [[NAN, 0.75], [0.75, NAN], [NAN, 0.0], [1.5, NAN]] {
        same(&two(nan[0], nan[1], |a, b| a.pow(b)), &all);
        same(&two(nan[0], nan[1], |a, b| a.hypot(b)), &all);
        same(&two(nan[0], nan[1], |a, b| a.atan2(b)), &all);
    }
    same(&two(0.0, NAN, |a, b| a / b), &[NAN, NAN, NAN, 0.0, NAN, NAN]);
    same(&two(NAN, 2.0, |a, b| a / b), &[NAN, 0.5, NAN, 0.0, -0.25, NAN]);
    let rowwise: [F; 4] =
        [|x| x.logsumexp(), |x| x.norm(), |x| x.std(&[], 0.0), |x| x.softmax(0).square()];
    for f in rowwise {
        let [y, d, dd] = at(&[NAN, 0.0, 2.0], f);
        for v in y.iter().chain(&d).chain(&dd) {
            assert!(v.is_nan(), "{y:?} {d:?} {dd:?}");
        }
    }
}

/// A case recorded with one operand all NaN: y, and the gradient of Σ (y + y²/2) in each operand.
fn with_nan(case: &Case, t: Trial, nan: usize) -> (ArrayD<f64>, Vec<ArrayD<f64>>) {
    let tape = Tape::<f64>::new();
    let mut operands = t.operands();
    operands[nan].fill(NAN);
    let xs: Vec<Var<'_>> = operands.iter().map(|x| tape.input("x", x)).collect();
    let y = xs[0].of_symbol((case.record)(&xs.iter().map(|x| x.symbol()).collect::<Vec<_>>()));
    let d = (y + y.square() * 0.5).sum().gradient(&xs);
    (y.value(), d.into_iter().map(Var::value).collect())
}

/// Whatever depends on a NaN is NaN: where the Jacobian at ordinary values is not 0, the value; where
/// the Hessian is not 0, the gradient.
#[test]
fn nan_goes_through_every_op() {
    let mut seen = 0;
    for case in cases() {
        let n = case.values.iter().filter(|v| !matches!(v, Values::Index(_))).count();
        for t in Subject::Case(case).trials().filter(|t| t.layout == Layout::Plain) {
            let (jacobians, hessians) = (t.derivative::<f64>(1), t.derivative::<f64>(2));
            for nan in 0..n {
                let (y, d) = with_nan(case, t, nan);
                let columns = t.operands()[nan].len();
                let mut through = |depends: &ArrayD<f64>, result: &ArrayD<f64>, what: &str| {
                    let flat: Vec<f64> = depends.iter().copied().collect();
                    for (row, y) in flat.chunks(columns.max(1)).zip(result) {
                        let reached = row.iter().any(|&d| d != 0.0);
                        assert!(y.is_nan() || !reached, "{t:?}, operand {nan} NaN: {what} {y}");
                        seen += usize::from(reached);
                    }
                };
                through(&jacobians[nan], &y, "value");
                (0..n).for_each(|j| through(&hessians[nan * n + j], &d[j], "gradient"));
            }
        }
    }
    assert!(seen > 2000, "only {seen}");
}
