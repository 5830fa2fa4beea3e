//! NaN in → NaN out, infinities without a panic: the losses and the vector-valued activations, one table
//! of each. Elementwise ones: `conventions.rs`.

mod common;

use chainrule_activations::losses::{CrossEntropy, each};
use chainrule_activations::{Activation, vector};
use chainrule_autograd::{Tape, Var};
use common::{Float, same};

const INF: f64 = f64::INFINITY;
type Unary<T> = for<'t> fn(Var<'t, T>) -> Var<'t, T>;
type Binary<T> = for<'t> fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>;

/// Functions of four numbers; whether each result depends on all of them.
fn vectors<T: Float>() -> Vec<(&'static str, Unary<T>, bool)> {
    vec![
        ("softmax", |z| vector::softmax(z, -1, 1.0), true),
        ("softmax, T = 2.5", |z| vector::softmax(z, -1, 2.5), true),
        ("softmin", |z| vector::softmin(z, -1), true),
        ("log_softmax", |z| z.log_softmax(-1), true),
        ("logsumexp", |z| z.logsumexp(), true),
        ("sparsemax", |z| vector::sparsemax(z, -1), true),
        (
            "gumbel_softmax",
            |z| vector::gumbel_softmax(z, z.scale(0.0).shift(0.5), -1, 0.5, false),
            true,
        ),
        (
            "hard gumbel_softmax",
            |z| vector::gumbel_softmax(z, z.scale(0.0).shift(0.5), -1, 0.5, true),
            true,
        ),
        ("maxout of all", |z| vector::maxout(z, -1, 4), true),
        ("maxout", |z| vector::maxout(z, -1, 2), false),
        ("crelu", |z| vector::crelu(z, -1), false),
        ("glu", |z| vector::glu(z, -1), false),
        ("prelu", |z| vector::prelu(z, z.scale(0.0).shift(0.25)), false),
        ("swiglu", |z| vector::swiglu(z, z), false),
        ("geglu", |z| vector::geglu(z, z), false),
        ("reglu", |z| vector::reglu(z, z), false),
        ("gated", |z| vector::gated(Activation::named("mish").expect("known"), z, z), false),
    ]
}

/// Losses of two numbers each.
fn losses<T: Float>() -> Vec<(&'static str, Binary<T>)> {
    vec![
        ("mse", each::mse),
        ("mae", each::mae),
        ("huber", |x, t| each::huber(x, t, 0.5)),
        ("smooth_l1", |x, t| each::smooth_l1(x, t, 0.5)),
        ("log_cosh", each::log_cosh),
        ("hinge", each::hinge),
        ("squared_hinge", each::squared_hinge),
        ("bce_with_logits", each::bce_with_logits),
        ("bce", each::bce),
        ("focal", |x, t| each::focal(x, t, 0.25, 2.0)),
    ]
}

/// Losses of rows of logits, or of their logarithms, and the classes of the rows.
fn of_rows<T: Float>() -> Vec<(&'static str, Binary<T>)> {
    vec![
        ("cross_entropy", each::cross_entropy),
        ("smoothed", |z, class| {
            CrossEntropy { label_smoothing: 0.1, ..CrossEntropy::default() }.each(z, class)
        }),
        ("of probabilities", |z, _| each::cross_entropy_probabilities(z, z.scale(0.0).shift(0.25))),
        ("kl_divergence", |z, _| each::kl_divergence(z, z.scale(0.0).shift(0.25))),
        ("nll of log_softmax", |z, class| each::nll(z.log_softmax(-1), class)),
    ]
}

/// The value and the gradients of first and second order of a weighted sum, on the tape and compiled.
fn orders<T: Float>(x: &[f64], f: impl Fn(Var<'_, T>) -> Var<'_, T>) -> [Vec<f64>; 3] {
    orders_with(x, |x, _| f(x))
}

/// The same of a function that gets a class, 1, as well.
fn orders_with<T: Float>(
    x: &[f64],
    f: impl for<'t> Fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>,
) -> [Vec<f64>; 3] {
    let tape = Tape::<T>::new();
    let input = tape.input("x", x.iter().map(|&x| T::narrow(x)).collect::<Vec<T>>());
    let y = f(input, tape.constant(vec![T::narrow(1.0)]));
    let n: usize = y.shape().iter().product();
    let weights: Vec<T> = (0..n).map(|i| T::narrow(0.75 + i as f64)).collect();
    let y = y.reshape(&[n as isize]);
    let first = tape.gradient((y * tape.constant(weights)).sum(), &[input])[0];
    let weights: Vec<T> = (0..x.len()).map(|i| T::narrow(1.5 - i as f64)).collect();
    let second = tape.gradient((first * tape.constant(weights)).sum(), &[input])[0];
    let program = tape.compile(&[input], &[y, first, second]);
    let mut buffers = program.buffers();
    program.feed(&mut buffers, 0, input.to_vec()).expect("the shape fits");
    program.play(&mut buffers);
    let taped = [y, first, second];
    std::array::from_fn(|k| {
        let taped = taped[k].to_vec();
        let compiled: Vec<T> = program.output(&buffers, k).iter().copied().collect();
        for (a, b) in taped.iter().zip(&compiled) {
            assert!(same(*a, *b), "order {k}: {a} on the tape, {b} compiled");
        }
        taped.iter().map(|y| y.wide()).collect()
    })
}

#[test]
fn nan_goes_through_vectors() {
    fn check<T: Float>() {
        for (name, f, all) in vectors::<T>() {
            for at in 0..4 {
                let mut x = [0.5, -1.5, 2.25, 0.75];
                x[at] = f64::NAN;
                let [value, first, second] = orders::<T>(&x, f);
                let nan = |y: &[f64]| y.iter().filter(|y| y.is_nan()).count();
                let context = format!("{name} {} of {x:?}: {value:?}, {first:?}", T::NAME);
                assert!(nan(&value) > 0 && nan(&first) > 0, "{context}");
                let straight = ["maxout", "crelu", "prelu", "sparsemax"];
                let straight = straight.iter().any(|start| name.starts_with(start));
                assert!(straight || second.iter().any(|y| y.is_nan()), "{context} {second:?}");
                if all {
                    assert_eq!((nan(&value), nan(&first)), (value.len(), 4), "{context}");
                }
            }
        }
    }
    check::<f64>();
    check::<f32>();
}

#[test]
fn nan_goes_through_losses() {
    fn check<T: Float>() {
        for (name, f) in losses::<T>() {
            for at in 0..2 {
                let mut x = [0.25, 0.5];
                x[at] = f64::NAN;
                let [value, first, _] =
                    orders::<T>(&x, |x| f(x.narrow(0, 0, 1), x.narrow(0, 1, 1)));
                let context = format!("{name} {} of {x:?}: {value:?}, {first:?}", T::NAME);
                // The slope in the target may not depend on it.
                assert!(value[0].is_nan() && first[0].is_nan(), "{context}");
            }
        }
        for (name, f) in of_rows::<T>() {
            for at in 0..3 {
                let mut x = [0.25, 0.5, -1.0];
                x[at] = f64::NAN;
                let [value, first, second] =
                    orders_with::<T>(&x, |x, class| f(x.reshape(&[1, 3]), class));
                let context = format!("{name} {} of {x:?}: {value:?}, {first:?}", T::NAME);
                let all = [&first, &second].iter().all(|g| g.iter().all(|g| g.is_nan()));
                assert!(value[0].is_nan() && all, "{context} {second:?}");
            }
        }
    }
    check::<f64>();
    check::<f32>();
}

/// Extremes of all kinds in all places: whatever comes out, nothing panics, and the tape and its program
/// agree to the bit (debug builds check overflows).
#[test]
fn extremes_do_not_panic() {
    let extremes = [0.0, -0.0, 5e-324, -1e-45, 1e38, -1e308, INF, -INF, f64::NAN];
    fn check<T: Float>(x: &[f64]) {
        vectors::<T>().into_iter().for_each(|(_, f, _)| drop(orders::<T>(x, f)));
        for (_, f) in losses::<T>() {
            orders::<T>(x, |x| f(x.narrow(0, 0, 2), x.narrow(0, 2, 2)));
        }
        for (_, f) in of_rows::<T>() {
            orders_with::<T>(x, |x, class| f(x.reshape(&[1, 4]), class));
        }
    }
    for (i, &a) in extremes.iter().enumerate() {
        for &b in &extremes[i..] {
            check::<f64>(&[a, 1.0, b, 0.5]);
            check::<f32>(&[b, a, 0.25, a]);
        }
    }
}

/// At infinities the losses have their limits.
#[test]
fn losses_at_infinity() {
    let table: [(&str, [f64; 2], f64, f64); 19] = [
        ("mse", [INF, 0.0], INF, INF),
        ("mae", [-INF, 0.0], INF, -1.0),
        ("huber", [INF, 0.0], INF, 0.5),
        ("smooth_l1", [-INF, 0.0], INF, -1.0),
        ("log_cosh", [INF, 1.0], INF, 1.0),
        ("hinge", [INF, 1.0], 0.0, 0.0),
        ("hinge", [-INF, 1.0], INF, -1.0),
        ("squared_hinge", [INF, 1.0], 0.0, 0.0),
        ("squared_hinge", [-INF, 1.0], INF, -INF),
        ("bce_with_logits", [INF, 1.0], 0.0, 0.0),
        ("bce_with_logits", [-INF, 1.0], INF, -1.0),
        ("bce", [0.0, 0.0], 0.0, 1.0),
        ("bce", [1.0, 1.0], 0.0, -1.0),
        ("bce", [0.0, 1.0], INF, -INF),
        ("bce", [1.0, 0.0], INF, INF),
        ("bce", [0.0, 0.5], INF, -INF),
        ("bce", [0.25, 0.25], 0.5623351446188083, 0.0),
        ("focal", [INF, 1.0], 0.0, 0.0),
        ("focal", [-INF, 1.0], INF, -0.25),
    ];
    for (name, at, value, slope) in table {
        let (_, f) = losses::<f64>().into_iter().find(|l| l.0 == name).expect("known");
        let [y, dy, _] = orders::<f64>(&at, |x| f(x.narrow(0, 0, 1), x.narrow(0, 1, 1)));
        let dy = dy[0] / 0.75; // the weight of the sum
        let close = |a: f64, b: f64| a == b || (a - b).abs() < 1e-15;
        assert!(close(y[0], value) && close(dy, slope), "{name} at {at:?}: {y:?}, {dy}");
        assert!(y[0].is_sign_positive(), "{name} at {at:?}: {y:?}");
    }
}
