//! Losses: values, gradients and edges.

mod common;

use chainrule_activations::losses::{self, each};
use chainrule_autograd::{Function, Tape, Var};
use common::{Float, at, row, ulps};
use ndarray::array;

const INF: f64 = f64::INFINITY;
type Loss<T> = for<'t> fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>;

/// The loss at one pair, and its slope in the first argument.
fn of<T: Float>(loss: Loss<T>, x: f64, t: f64) -> (f64, f64) {
    let tape = Tape::<T>::new();
    let [x, t] = [("x", x), ("t", t)].map(|(n, v)| tape.input(n, vec![T::narrow(v)]));
    let y = loss(x, t).sum();
    (y.item().wide(), tape.gradient(y, &[x])[0].item().wide())
}

#[track_caller]
fn near(got: f64, want: f64) {
    assert!(ulps(got, want) <= 4.0, "{got:e}, want {want:e}");
}

#[test]
fn the_default_is_the_mean() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[0.5, -1.0, 3.0], [2.0, 0.0, -4.0]]);
    let t = tape.input("t", [[0.25, 0.0, 1.0], [1.0, 0.5, 0.0]]);
    let class = tape.input("class", [2.0, 0.0]);
    let pairs = [
        (losses::mse(x, t), each::mse(x, t)),
        (losses::mae(x, t), each::mae(x, t)),
        (losses::huber(x, t, 0.5), each::huber(x, t, 0.5)),
        (losses::bce_with_logits(x, t), each::bce_with_logits(x, t)),
        (losses::cross_entropy(x, class), each::cross_entropy(x, class)),
        (losses::cross_entropy_probabilities(x, t), each::cross_entropy_probabilities(x, t)),
    ];
    for (i, (mean, each)) in pairs.into_iter().enumerate() {
        assert!(mean.shape().is_empty());
        assert_eq!(each.shape(), if i < 4 { vec![2, 3] } else { vec![2] });
        assert_eq!(mean.item(), each.mean().item());
    }
}

#[test]
fn gradients_against_differences() {
    let x = array![[0.5, -1.0, 3.0], [2.0, 0.125, -4.0]];
    let t = array![[0.25, 0.0, 0.75], [1.0, 0.5, 0.0]];
    let record: [(&str, Loss<f64>); 5] = [
        ("mse", |x, t| losses::mse(x, t)),
        ("mae", |x, t| losses::mae(x, t)),
        ("huber", |x, t| losses::huber(x, t, 0.6)),
        ("bce", |x, t| losses::bce_with_logits(x, t)),
        ("cross-entropy", |x, t| losses::cross_entropy_probabilities(x, t)),
    ];
    for (name, loss) in record {
        let f = Function::record([("x", &[2, 3]), ("t", &[2, 3])], |[x, t]| loss(x, t));
        f.check([&x, &t]).unwrap_or_else(|e| panic!("{name}: {e}")).assert();
        f.check_second([&x, &t]).unwrap_or_else(|e| panic!("{name}: {e}")).assert();
    }
    let f = Function::record([("z", &[2, 3])], |[z]| {
        let class = z.sum_over(&[-1]) * 0.0 + &array![2.0, 0.0];
        losses::cross_entropy(z, class)
    });
    f.check([&x]).expect("fits").assert();
    f.check_second([&x]).expect("fits").assert();
}

#[test]
fn huber_and_its_corners() {
    let huber: Loss<f64> = |x, t| each::huber(x, t, 1.5);
    for (d, value, slope) in [
        (0.0, 0.0, 0.0),
        (1.0, 0.5, 1.0),
        (-1.0, 0.5, -1.0),
        (1.5, 1.125, 1.5),
        (-1.5, 1.125, -1.5),
        (2.0, 1.875, 1.5),
        (-1e200, 1.5e200, -1.5),
        (INF, INF, 1.5),
        (-INF, INF, -1.5),
    ] {
        assert_eq!(of(huber, d, 0.0), (value, slope), "at {d}");
    }
    let (value, slope) = of(huber, f64::NAN, 0.0);
    assert!(value.is_nan() && slope.is_nan());
    let tape = Tape::<f64>::new();
    let (x, t) = (tape.input("x", [0.5, 4.0]), tape.input("t", [0.0, 0.0]));
    let slope = tape.gradient(each::huber(x, t, 1.5).sum(), &[x])[0];
    assert_eq!(tape.gradient(slope.sum(), &[x])[0].to_vec(), [1.0, 0.0]);
    for bad in [0.0, -1.0, f64::NAN, INF] {
        let refused = std::panic::catch_unwind(|| {
            let tape = Tape::<f64>::new();
            let x = tape.input("x", 1.0);
            each::huber(x, x, bad);
        });
        assert!(refused.is_err(), "delta {bad}");
    }
}

#[test]
fn errors_squared_and_absolute() {
    assert_eq!(of::<f64>(each::mse, 3.0, 1.0), (4.0, 4.0));
    assert_eq!(of::<f64>(each::mae, 3.0, 1.0), (2.0, 1.0));
    assert_eq!(of::<f64>(each::mae, 1.0, 1.0), (0.0, 0.0));
    assert_eq!(of::<f32>(each::mae, -1.0, 1.0), (2.0, -1.0));
    for loss in [each::mse as Loss<f64>, each::mae] {
        let (value, slope) = of(loss, f64::NAN, 1.0);
        assert!(value.is_nan() && slope.is_nan());
    }
}

#[test]
fn binary_cross_entropy() {
    fn check<T: Float>() {
        let bce: Loss<T> = each::bce_with_logits;
        let (sigmoid, softplus) = (row("sigmoid"), row("softplus"));
        let s = |z: f64| at(sigmoid, 0, &[], T::narrow(z)).wide();
        let sp = |z: f64| at(softplus, 0, &[1.0], T::narrow(z)).wide();
        for z in [-INF, -1e30, -1000.0, -50.0, -2.0, 0.0, 0.5, 17.0, 40.0, 90.0, 800.0, INF] {
            // The label says which softplus it is; the slope is s(z) − t without cancellation.
            assert_eq!(of(bce, z, 1.0), (sp(-z), -s(-z)), "{} t = 1 at {z}", T::NAME);
            assert_eq!(of(bce, z, 0.0), (sp(z), s(z)), "{} t = 0 at {z}", T::NAME);
            let (value, slope) = of(bce, z, 0.75);
            let want = if z.is_infinite() { INF } else { 0.75 * sp(-z) + 0.25 * sp(z) };
            let ulp = ulps(T::narrow(value), T::narrow(want));
            assert!(ulp <= 2.0, "{} t = ¾ at {z}: {value}, want {want}", T::NAME);
            assert!((slope - (s(z) - 0.75)).abs() <= 1e-7, "{} t = ¾ at {z}: {slope}", T::NAME);
        }
        assert_eq!(of(bce, INF, 1.0), (0.0, 0.0));
        assert_eq!(of(bce, -INF, 0.0), (0.0, 0.0));
        assert_eq!(of(bce, -INF, 0.9).0, INF);
        assert_eq!(of(bce, INF, 0.0), (INF, 1.0));
        for (z, t) in [(f64::NAN, 0.0), (f64::NAN, 1.0), (f64::NAN, 0.5), (0.0, f64::NAN)] {
            let (value, slope) = of(bce, z, t);
            assert!(value.is_nan() && slope.is_nan(), "{} z = {z}, t = {t}", T::NAME);
        }
        for z in [-INF, INF, -1e4, 1e4] {
            assert!(of(bce, z, f64::NAN).0.is_nan(), "{} z = {z}, t = NaN", T::NAME);
        }
    }
    check::<f64>();
    check::<f32>();
    // References of 60 digits.
    let bce: Loss<f64> = each::bce_with_logits;
    near(of(bce, 40.0, 1.0).0, 4.248354255291589e-18);
    near(of(bce, 40.0, 1.0).1, -4.248354255291589e-18);
    near(of(bce, -20.0, 0.0).0, 2.0611536203143807e-9);
    near(of(bce, 20.0, 0.0).0, 20.000000002061154);
    let tape = Tape::<f64>::new();
    let (z, t) = (tape.input("z", 3.0), tape.input("t", 0.25));
    let dt = tape.gradient(each::bce_with_logits(z, t), &[t])[0];
    assert!((dt.item() + 3.0).abs() < 1e-15, "the slope in t is −z");
}

#[test]
fn cross_entropy() {
    let tape = Tape::<f64>::new();
    let z = tape.input("z", [[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0], [0.0, -INF, 0.0]]);
    let class = tape.input("class", [0.0, 1.0, 2.0]);
    let loss = each::cross_entropy(z, class);
    for (got, want) in loss.to_vec().into_iter().zip([2.4076059644443803, 1000.0, 2f64.ln()]) {
        near(got, want);
    }
    let slope = tape.gradient(loss.sum(), &[z])[0].value();
    let y = chainrule_activations::softmax::softmax(&z.value(), -1);
    for ((i, j), &y) in y.indexed_iter().map(|(at, y)| ((at[0], at[1]), y)) {
        let want = if i == j { y - 1.0 } else { y }; // row i is of class i
        assert!((slope[[i, j]] - want).abs() < 1e-15, "{i} {j}: {}, want {want}", slope[[i, j]]);
    }
    // The same with probabilities that name one class; weights of 0 silence −∞.
    let p = tape.constant(&array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    let other = each::cross_entropy_probabilities(z, p);
    assert_eq!(other.to_vec(), loss.to_vec());
    assert_eq!(tape.gradient(other.sum(), &[z])[0].value(), slope);
    // A class that is impossible costs ∞; one that is certain costs 0, not −0.
    class.set([0.0, 0.0, 1.0]).expect("classes");
    assert_eq!(loss.to_vec()[1..], [0.0, INF]);
    assert!(loss.to_vec()[1].is_sign_positive());
    assert!(other.to_vec().iter().all(|l| !l.is_nan()));
    assert!(class.set([0.0, 0.0, 3.0]).is_err(), "there is no class 3");
    assert!(class.set([0.0, 0.5, 1.0]).is_err(), "there is no class ½");
    z.set([[0.0, f64::NAN, 0.0]; 3]).expect("logits");
    assert!(loss.to_vec().iter().chain(&other.to_vec()).all(|l| l.is_nan()));
}

#[test]
fn cross_entropy_of_a_vector_and_of_smooth_labels() {
    let tape = Tape::<f32>::new();
    let z = tape.input("z", [1.0, 2.0, 3.0]);
    let class = tape.input("class", 1.0);
    let loss = losses::cross_entropy(z, class);
    assert!(loss.shape().is_empty());
    assert!((loss.item() - 1.407606).abs() < 1e-6);
    let p = tape.constant([0.1, 0.8, 0.1]);
    let slope = tape.gradient(losses::cross_entropy_probabilities(z, p), &[z])[0].to_vec();
    let want = [0.090030573 - 0.1, 0.24472847 - 0.8, 0.66524096 - 0.1];
    slope.iter().zip(want).for_each(|(s, w)| assert!((s - w).abs() < 1e-6, "{s}, want {w}"));
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    for classes in [vec![2usize, 1], vec![3], vec![]] {
        let refused = std::panic::catch_unwind(|| {
            let tape = Tape::<f64>::new();
            let z = tape.input("z", [[0.0; 3]; 2]);
            let class = tape.input("class", ndarray::ArrayD::zeros(&classes[..]));
            losses::cross_entropy(z, class);
        });
        assert!(refused.is_err(), "classes of shape {classes:?} for 2 × 3 logits");
    }
}

/// The other losses of one element at points of every branch, against their definitions.
#[test]
fn definitions_of_the_others() {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    type Case = (&'static str, Loss<f64>, fn(f64, f64) -> f64, fn(f64, f64) -> f64);
    let table: [Case; 5] = [
        (
            "smooth_l1",
            |x, t| each::smooth_l1(x, t, 0.5),
            smooth,
            |x, t| ((x - t) / 0.5).clamp(-1.0, 1.0),
        ),
        ("log_cosh", each::log_cosh, |x, t| (x - t).cosh().ln(), |x, t| (x - t).tanh()),
        (
            "hinge",
            each::hinge,
            |x, t| (1.0 - t * x).max(0.0),
            |x, t| if t * x < 1.0 { -t } else { 0.0 },
        ),
        (
            "squared_hinge",
            each::squared_hinge,
            |x, t| (1.0 - t * x).max(0.0).powi(2),
            |x, t| -2.0 * t * (1.0 - t * x).max(0.0),
        ),
        ("mse", each::mse, |x, t| (x - t).powi(2), |x, t| 2.0 * (x - t)),
    ];
    fn smooth(x: f64, t: f64) -> f64 {
        let d = (x - t).abs();
        if d < 0.5 { d * d } else { d - 0.25 }
    }
    for (name, loss, value, slope) in table {
        for x in [-3.0, -1.25, -0.75, 0.0, 0.25, 1.25, 4.0] {
            for t in [-1.0, 1.0] {
                let (got, want) = (of(loss, x, t), (value(x, t), slope(x, t)));
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-14 * (1.0 + b.abs());
                assert!(
                    near(got.0, want.0) && near(got.1, want.1),
                    "{name} {x} {t}: {got:?}, {want:?}"
                );
            }
        }
        for (x, t) in [(f64::NAN, 1.0), (0.0, f64::NAN)] {
            let (value, slope) = of(loss, x, t);
            assert!(value.is_nan() && slope.is_nan(), "{name} at NaN");
        }
    }
    let focal: Loss<f64> = |z, t| each::focal(z, t, 0.25, 2.0);
    for z in [-4.0, -0.5, 0.0, 1.5, 6.0] {
        let (p, q) = (sigmoid(z), sigmoid(-z));
        for (t, want) in [(1.0, -0.25 * q * q * p.ln()), (0.0, -0.75 * p * p * q.ln())] {
            let got = of(focal, z, t).0;
            assert!((got - want).abs() <= 1e-13 * want, "focal {z} {t}: {got}, want {want}");
        }
    }
    assert_eq!(of(focal, INF, 1.0), (0.0, 0.0));
    assert_eq!(of(focal, -INF, 0.0), (0.0, 0.0));
    assert_eq!(of(focal, -1000.0, 1.0).0, 250.0);
    assert_eq!(of(focal, 1000.0, 1.0).0, 0.0);
    assert!(of(focal, f64::NAN, 1.0).0.is_nan());
    // ln cosh keeps its digits next to 0 and does not overflow.
    for (d, want) in [(1e-8, 5e-17), (1e-200, 0.0), (1e300, 1e300), (1.0, 0.43378083048302719)] {
        near(of::<f64>(each::log_cosh, d, 0.0).0, want);
    }
}

#[test]
fn gradients_of_the_others_against_differences() {
    let x = array![[0.5, -1.0, 3.0], [2.0, 0.125, -4.0]];
    let t = array![[0.25, 0.5, 0.25], [0.125, 0.25, 0.625]];
    let record: [(&str, Loss<f64>); 6] = [
        ("smooth_l1", |x, t| losses::smooth_l1(x, t, 0.6)),
        ("log_cosh", |x, t| losses::log_cosh(x, t)),
        ("hinge", |x, t| losses::hinge(x, t)),
        ("squared_hinge", |x, t| losses::squared_hinge(x, t)),
        ("kl", |x, t| losses::kl_divergence(x, t)),
        ("focal", |x, t| losses::focal(x, t, 0.25, 2.0)),
    ];
    for (name, loss) in record {
        let f = Function::record([("x", &[2, 3]), ("t", &[2, 3])], |[x, t]| loss(x, t));
        f.check([&x, &t]).unwrap_or_else(|e| panic!("{name}: {e}")).assert();
        f.check_second([&x, &t]).unwrap_or_else(|e| panic!("{name}: {e}")).assert();
    }
}

/// Against PyTorch's definition, by hand: weights, smoothing, ignored rows, reductions.
#[test]
fn cross_entropy_with_everything() {
    use chainrule_activations::losses::{CrossEntropy, Reduction};
    let z = [[1.0, 2.0, 3.0], [0.5, -1.0, 0.25], [4.0, 0.0, -2.0]];
    let (weights, classes) = ([0.5, 2.0, 1.0], [2usize, 0, 1]);
    let log_p = |i: usize, c: usize| z[i][c] - z[i].iter().map(|z: &f64| z.exp()).sum::<f64>().ln();
    let tape = Tape::<f64>::new();
    let logits = tape.input("z", z);
    let class = tape.input("class", [2.0, 0.0, 1.0]);
    for smoothing in [0.0, 0.1, 1.0] {
        for weighed in [false, true] {
            for ignored in [None, Some(0.0), Some(7.0)] {
                let w = |c: usize| if weighed { weights[c] } else { 1.0 };
                let counts = |i: usize| ignored != Some(classes[i] as f64);
                let row = |i: usize| {
                    let even: f64 = (0..3).map(|c| -w(c) * log_p(i, c) / 3.0).sum();
                    let picked = -w(classes[i]) * log_p(i, classes[i]);
                    if counts(i) { (1.0 - smoothing) * picked + smoothing * even } else { 0.0 }
                };
                let total: f64 = (0..3).map(row).sum();
                let weight: f64 = (0..3).filter(|&i| counts(i)).map(|i| w(classes[i])).sum();
                let mut rule = CrossEntropy {
                    label_smoothing: smoothing,
                    weights: weighed.then(|| tape.constant(weights)),
                    ignore_index: ignored,
                    reduction: Reduction::Mean,
                };
                let close = |got: f64, want: f64| {
                    assert!(
                        (got - want).abs() < 1e-14 * (1.0 + want),
                        "{rule:?}: {got}, want {want}"
                    );
                };
                close(rule.of(logits, class).item(), total / weight);
                let each = rule.each(logits, class).to_vec();
                (0..3).for_each(|i| close(each[i], row(i)));
                rule.reduction = Reduction::Sum;
                assert!((rule.of(logits, class).item() - total).abs() < 1e-13);
                rule.reduction = Reduction::None;
                assert_eq!(rule.of(logits, class).to_vec(), each);
            }
        }
    }
    let f = Function::record([("z", &[3, 3]), ("w", &[3])], |[z, w]| {
        let class = z.sum_over(&[-1]) * 0.0 + &array![2.0, -100.0, 1.0];
        let ignore_index = Some(-100.0);
        let reduction = Reduction::Mean;
        CrossEntropy { label_smoothing: 0.1, weights: Some(w), ignore_index, reduction }
            .of(z, class)
    });
    f.check([
        &array![[1.0, 2.0, 3.0], [0.5, -1.0, 0.25], [4.0, 0.0, -2.0]],
        &array![0.5, 2.0, 1.0],
    ])
    .expect("fits")
    .assert();
    // Probabilities that name a class are the class; smoothed and weighed alike.
    let p = tape.constant([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    let rule = CrossEntropy {
        label_smoothing: 0.25,
        weights: Some(tape.constant(weights)),
        reduction: Reduction::None,
        ..CrossEntropy::default()
    };
    let (of_p, of_class) = (rule.of_probabilities(logits, p), rule.each(logits, class));
    for (a, b) in of_p.to_vec().iter().zip(of_class.to_vec()) {
        assert!((a - b).abs() < 1e-14, "{a}, {b}");
    }
    let mean = CrossEntropy { reduction: Reduction::Mean, ..rule }.of_probabilities(logits, p);
    assert_eq!(mean.item(), of_p.mean().item());
    // nll of log-softmax is cross-entropy; KL is cross-entropy less the entropy of p.
    let nll = each::nll(logits.log_softmax(-1), class);
    assert_eq!(nll.to_vec(), each::cross_entropy(logits, class).to_vec());
    let p = tape.constant([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    let kl = each::kl_divergence(logits, p).to_vec();
    let ce = each::cross_entropy_probabilities(logits, p).to_vec();
    let entropy = -(0.2 * 0.2f64.ln() + 0.3 * 0.3f64.ln() + 0.5 * 0.5f64.ln());
    assert!((kl[0] - (ce[0] - entropy)).abs() < 1e-15 && kl[1..] == ce[1..], "{kl:?} {ce:?}");
}
