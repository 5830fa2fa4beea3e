//! Softmax, its kin and their Jacobians: against references, against the tape, at the edges.

mod common;

use chainrule_activations::softmax::{
    log_softmax, log_softmax_jacobian, logsumexp, softmax, softmax_jacobian,
};
use chainrule_autograd::kernel::{Level, Precision, SHORT, softmax_jacobians};
use chainrule_autograd::{Function, Tape, Var};
use common::{Float, data, exact_sum, same, texts, ulps};
use ndarray::{Array, Array1, Array2, ArrayView, Dimension, array};
use serde_json::Value;

const INF: f64 = f64::INFINITY;

/// The largest distance between two arrays, in ULP.
fn distance<T: Float, D: Dimension>(got: ArrayView<'_, T, D>, want: ArrayView<'_, T, D>) -> f64 {
    assert_eq!(got.shape(), want.shape());
    got.iter().zip(want).map(|(&a, &b)| ulps(a, b)).fold(0.0, f64::max)
}

fn parsed<T: Float>(list: &Value) -> Array1<T> {
    texts(list).into_iter().map(T::parse).collect()
}

/// The Jacobian of a function of a vector, by pulling back unit vectors on a tape.
fn by_seeds<T: Float>(z: &Array1<T>, f: impl Fn(Var<'_, T>) -> Var<'_, T>) -> Array2<T> {
    let tape = Tape::<T>::new();
    let n = z.len();
    let z = tape.input("z", z);
    let y = f(z);
    let unit = |i: usize| Array1::from_shape_fn(n, |j| if i == j { T::one() } else { T::zero() });
    let rows = (0..n).flat_map(|i| y.pullback(&[z], tape.constant(unit(i)))[0].to_vec());
    Array2::from_shape_vec((n, n), rows.collect()).expect("n rows of n")
}

fn references<T: Float>() -> Vec<(String, f64)> {
    let file = data("softmax.json");
    let mut worst: Vec<(String, f64)> = Vec::new();
    for case in file["cases"].as_array().expect("a list of cases") {
        if T::NAME == "f32" && case["f32"] != true {
            continue;
        }
        let z: Array1<T> = parsed(&case["z"]);
        let jacobian = case["jacobian"].as_array().expect("rows").iter();
        let jacobian: Vec<T> = jacobian.flat_map(parsed::<T>).collect();
        let jacobian = Array2::from_shape_vec((z.len(), z.len()), jacobian).expect("n rows of n");
        let of_log = &jacobian / &softmax(&z, 0).insert_axis(ndarray::Axis(1));
        let lse: T = T::parse(case["logsumexp"].as_str().expect("a number"));
        let got = [
            ("softmax", distance(softmax(&z, 0).view(), parsed(&case["softmax"]).view())),
            (
                "log_softmax",
                distance(log_softmax(&z, -1).view(), parsed(&case["log_softmax"]).view()),
            ),
            ("logsumexp", ulps(logsumexp(&z, 0)[[]], lse)),
            ("Jacobian", distance(softmax_jacobian(&z).view(), jacobian.view())),
        ];
        for (name, ulp) in got {
            assert!(ulp <= 4.0, "{} {name} of {z}: {ulp} ULP", T::NAME);
            match worst.iter_mut().find(|(known, _)| known == name) {
                Some((_, most)) => *most = most.max(ulp),
                None => worst.push((name.into(), ulp)),
            }
        }
        // Where y is not an underflow, the Jacobian of log_softmax is that of softmax over y.
        let tiny = T::narrow(if T::NAME == "f32" { 1e-30 } else { 1e-300 });
        if softmax(&z, 0).iter().all(|&y| y > tiny) {
            let ulp = distance(log_softmax_jacobian(&z).view(), of_log.view());
            assert!(ulp <= 6.0, "{} log_softmax Jacobian of {z}: {ulp} ULP", T::NAME);
        }
    }
    worst
}

#[test]
fn references_in_both_precisions() {
    println!("largest ULP, f64: {:?}", references::<f64>());
    println!("largest ULP, f32: {:?}", references::<f32>());
}

/// Vectors of many lengths and scales; no random numbers.
fn vectors() -> Vec<Array1<f64>> {
    let lengths = [1, 2, 3, 7, 16, 33, 100, 300];
    let wave = |n: usize, scale: f64| {
        Array1::from_shape_fn(n, |i| scale * ((i * i + 3 * i) as f64 * 0.7).sin())
    };
    lengths.into_iter().flat_map(|n| [0.0, 1.0, 10.0, 300.0].map(|s| wave(n, s))).collect()
}

#[test]
fn jacobian_is_that_of_the_tape() {
    for z in vectors().iter().filter(|z| z.len() <= 33) {
        let (closed, taped) = (softmax_jacobian(z), by_seeds(z, |z| z.softmax(0)));
        let off = (&closed - &taped).mapv(f64::abs);
        assert!(off.iter().all(|&e| e < 1e-15), "softmax of {z}");
        let (closed, taped) = (log_softmax_jacobian(z), by_seeds(z, |z| z.log_softmax(0)));
        let off = (&closed - &taped).mapv(f64::abs);
        assert!(off.iter().all(|&e| e < 1e-15), "log_softmax of {z}");
        let single = z.mapv(|z| z as f32);
        let off = softmax_jacobian(&single) - by_seeds(&single, |z| z.softmax(0));
        assert!(off.iter().all(|e| e.abs() < 1e-6), "f32, softmax of {z}");
    }
}

#[test]
fn jacobian_is_symmetric_and_its_rows_sum_to_0() {
    for z in vectors() {
        let j = softmax_jacobian(&z);
        assert_eq!(j, j.t(), "symmetric to the bit");
        for row in j.rows().into_iter().chain(log_softmax_jacobian(&z).rows()) {
            let sum = exact_sum(row.iter().copied());
            assert!(sum.abs() < 1e-15, "a row of {} entries sums to {sum:e}", z.len());
        }
    }
}

#[test]
fn batches_are_stacks_of_vectors() {
    let z = array![[1.0, 2.0, 3.0], [1000.0, 1001.0, 1002.0], [0.0, -40.0, -INF], [2.0, 2.0, 2.0]];
    let (j, l) = (softmax_jacobian(&z), log_softmax_jacobian(&z));
    assert_eq!(j.shape(), [4, 3, 3]);
    for (i, z) in z.rows().into_iter().enumerate() {
        assert_eq!(j.index_axis(ndarray::Axis(0), i), softmax_jacobian(&z));
        assert_eq!(l.index_axis(ndarray::Axis(0), i), log_softmax_jacobian(&z));
    }
    let transposed = z.t().as_standard_layout().into_owned();
    assert_eq!(softmax_jacobian(&transposed.t()), j, "whatever the layout");
    assert_eq!(softmax_jacobian(&z.clone().into_dyn()), j.into_dyn());
}

/// However many rows lie side by side, by every instruction set.
fn batches_of_any_size<T: Float + Precision>() {
    for n in 1..=SHORT {
        for rows in [1, 2, 4, 5, 15, 16, 17, 31, 32, 33, 50, 64, 65, 70] {
            let logit = |i: usize| T::from_f64(9.0 * ((i * i + 5 * i) as f64 * 0.3).sin());
            let mut z: Vec<T> = (0..rows * n).map(logit).collect();
            z[rows / 2 * n] = T::from_f64([f64::NAN, INF, -INF, 30.0][(n + rows) % 4]);
            for level in Level::all() {
                let nan = T::from_f64(f64::NAN);
                let (mut all, mut one) = (vec![nan; rows * n * n], vec![nan; n * n]);
                softmax_jacobians(level, n, &z, &mut all);
                for (row, (z, of_row)) in z.chunks(n).zip(all.chunks(n * n)).enumerate() {
                    softmax_jacobians(level, n, z, &mut one);
                    let is_same = |(a, b): (&T, &T)| {
                        let (a, b) = (a.to_f64(), b.to_f64());
                        a == b || a.is_nan() && b.is_nan()
                    };
                    assert!(of_row.iter().zip(&one).all(is_same), "{row} of {rows}×{n} {level:?}");
                }
            }
        }
    }
}

#[test]
fn a_batch_is_the_jacobians_of_its_rows() {
    batches_of_any_size::<f32>();
    batches_of_any_size::<f64>();
}

/// From what exponentials are put together depends on the instruction set.
fn levels_agree<T: Float + Precision>(lowest: f64, tiniest: f64) {
    let (mut largest, mut at) = (0.0, (0, 0));
    for n in [2, 3, 10, 17, SHORT] {
        for rows in [1, 20, 256] {
            // One entry of a row is its largest; the others lie below, some far, some beyond what is left of 0.
            let below = |i: usize| {
                lowest * ((i * i * 7 + i) as f64 * 0.37).sin().powi(2 + 6 * (i % 3) as i32)
            };
            let shift = |row: usize| [0.0, 0.7, -31.0, 300.0, -1e6][row % 5];
            let logit = |i: usize| shift(i / n) + if i % n == i / n % n { 0.0 } else { below(i) };
            let z: Vec<T> = (0..rows * n).map(|i| T::from_f64(logit(i))).collect();
            let mut of_level = Level::all().map(|level| {
                let mut j = vec![T::default(); rows * n * n];
                softmax_jacobians(level, n, &z, &mut j);
                j
            });
            let portable = of_level.next().unwrap();
            for j in of_level {
                for (a, b) in portable.iter().zip(&j) {
                    let (a, b) = (a.to_f64(), b.to_f64());
                    let off = ((a - b).abs() - 2.0 * tiniest).max(0.0) / a.abs().max(tiniest);
                    assert!(off.is_finite(), "{a:e} and {b:e}");
                    if off > largest {
                        (largest, at) = (off, (n, rows));
                    }
                }
            }
        }
    }
    let eps = 2f64.powi(1 - T::BITS as i32);
    assert!(largest < 4.0 * eps, "{} eps in {at:?}", largest / eps);
}

#[test]
fn every_instruction_set_gives_the_same_digits() {
    levels_agree::<f64>(-1200.0, 5e-324);
    levels_agree::<f32>(-140.0, 1e-45);
}

#[test]
fn arrays_and_tapes_give_the_same_bits() {
    let z =
        Array::from_shape_fn((2, 5, 3), |(i, j, k)| ((i * 31 + j * 7 + k * 3) as f64).sin() * 9.0);
    let tape = Tape::<f64>::new();
    let on_tape = tape.input("z", &z);
    for axis in -3..3 {
        let z = z.view();
        assert_eq!(softmax(&z, axis).into_dyn(), on_tape.softmax(axis).value());
        assert_eq!(log_softmax(&z, axis).into_dyn(), on_tape.log_softmax(axis).value());
        assert_eq!(logsumexp(&z, axis).into_dyn(), on_tape.logsumexp_over(&[axis]).value());
    }
}

#[test]
fn shifts_change_nothing() {
    let z = array![0.5, -1.25, 3.0, 2.0];
    for c in [1.0, -64.0, 1024.0, -(2f64.powi(40))] {
        let shifted = z.mapv(|z| z + c); // exact
        assert_eq!(softmax(&shifted, 0), softmax(&z, 0));
        assert_eq!(log_softmax(&shifted, 0), log_softmax(&z, 0));
        assert_eq!(softmax_jacobian(&shifted), softmax_jacobian(&z));
    }
}

#[test]
fn edges() {
    // An entry −∞ is as good as none.
    let z = array![1.0, -INF, 3.0];
    let (y, without) = (softmax(&z, 0), softmax(&array![1.0, 3.0], 0));
    assert_eq!(y, array![without[0], 0.0, without[1]]);
    assert_eq!(log_softmax(&z, 0)[1], -INF);
    assert_eq!(logsumexp(&z, 0), logsumexp(&array![1.0, 3.0], 0));
    let j = softmax_jacobian(&z);
    assert!(j.row(1).iter().chain(j.column(1)).all(|&e| e == 0.0), "no gradient there: {j}");
    // Only −∞, +∞, NaN.
    let none = array![-INF, -INF];
    assert!(softmax(&none, 0).iter().all(|y| y.is_nan()));
    assert!(log_softmax(&none, 0).iter().all(|y| y.is_nan()));
    assert_eq!(logsumexp(&none, 0)[[]], -INF);
    assert!(softmax_jacobian(&none).iter().all(|y| y.is_nan()));
    assert!(softmax(&array![0.0, INF], 0).iter().any(|y| y.is_nan()));
    assert_eq!(logsumexp(&array![0.0, INF], 0)[[]], INF);
    for z in [array![f64::NAN, 0.0], array![0.0, f64::NAN], array![-INF, f64::NAN]] {
        assert!(softmax(&z, 0).iter().all(|y| y.is_nan()));
        assert!(logsumexp(&z, 0)[[]].is_nan());
        assert!(softmax_jacobian(&z).iter().all(|y| y.is_nan()));
    }
    // One entry, none, no rows.
    for one in [0.0, 7.0, -1e300] {
        assert_eq!(softmax(&array![one], 0), array![1.0]);
        assert_eq!(logsumexp(&array![one], 0)[[]], one);
        assert_eq!(softmax_jacobian(&array![one]), array![[0.0]]);
        assert_eq!(log_softmax_jacobian(&array![one]), array![[0.0]]);
    }
    let empty = Array1::<f64>::zeros(0);
    assert_eq!(softmax(&empty, 0).len(), 0);
    assert_eq!(softmax_jacobian(&empty).shape(), [0, 0]);
    assert!(same(logsumexp(&empty, 0)[[]], -INF));
    assert_eq!(softmax_jacobian(&Array2::<f32>::zeros((0, 4))).shape(), [0, 4, 4]);
    assert_eq!(softmax_jacobian(&Array2::<f32>::zeros((4, 0))).shape(), [4, 0, 0]);
    assert_eq!(logsumexp(&Array2::<f64>::zeros((2, 0)), 1), array![-INF, -INF]);
}

#[test]
fn logsumexp_far_out() {
    assert_eq!(logsumexp(&array![1000.0, 1001.0, 1002.0], 0)[[]], 1002.4076059644444);
    assert_eq!(logsumexp(&array![0.0, -40.0], 0)[[]], 4.248354255291589e-18);
    let tape = Tape::<f64>::new();
    let z = tape.input("z", [-INF, -INF]);
    assert_eq!(tape.gradient(z.logsumexp(), &[z])[0].to_vec(), [0.0, 0.0]);
}

#[test]
#[should_panic(expected = "axis")]
fn no_such_axis() {
    softmax(&array![1.0], 1);
}

#[test]
#[should_panic(expected = "needs an axis")]
fn no_axis_at_all() {
    softmax_jacobian(&ndarray::arr0(1.0));
}

/// Also next to a probability of 1, where y·(1 − y) is 0.
#[test]
fn the_tape_has_the_digits_of_the_closed_form_in_the_tail() {
    for z in [[0.0, -40.0, -41.0], [-40.0, 3.0, -50.0], [30.0, 0.0, -5.0]] {
        let f = Function::<f64, 1>::record([("z", &[3])], |[z]| z.softmax(-1));
        let [taped] = f.jacobian([&z]).unwrap();
        let closed = softmax_jacobian(&ndarray::arr1(&z));
        for (index, &want) in closed.indexed_iter() {
            let got = taped[[index.0, index.1]];
            assert!((got - want).abs() <= 1e-15 * want.abs(), "{z:?} {index:?}: {got} for {want}");
        }
    }
}
