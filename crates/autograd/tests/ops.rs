//! Every op and every row, in f64 and f32, at order 1 and 2, for scalars, vectors, broadcasting both
//! ways, transposed and sliced operands and no elements at all: by iterating over the catalogue and
//! the table.

mod common;

use chainrule_autograd::check::{Layout, Subject, Trial, cases, check_all};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Element, Tape, Var};
use common::ulps;
use ndarray::ArrayD;

fn subjects() -> impl Iterator<Item = Subject> {
    cases().map(Subject::Case).chain(rows().map(Subject::Row))
}

fn trials() -> impl Iterator<Item = Trial> {
    subjects().flat_map(Subject::trials)
}

#[test]
fn every_derivative_is_right() {
    let lines = check_all(rows());
    assert_eq!(lines.len(), 4 * subjects().count());
    let wrong: Vec<String> = lines
        .iter()
        .inspect(|line| println!("{line}"))
        .filter(|line| !line.passed() || line.kinks > 0)
        .map(|line| format!("{line}: {:?}", line.worst))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ops whose values in f32 lose digits by cancellation are held to the largest element and operand.
#[test]
fn values_in_f32_are_those_in_f64() {
    for t in trials() {
        let (coarse, fine) = (t.value::<f32>(), t.value::<f64>());
        assert_eq!(coarse.shape(), fine.shape(), "{t:?}");
        let scale = fine.iter().fold(1.0, |m: f64, y| m.max(y.abs()));
        for (y, want) in coarse.iter().zip(&fine) {
            let off = (f64::from(*y) - want).abs() / (scale * f64::from(f32::EPSILON));
            assert!(off <= 8.0 || f64::from(*y) == *want, "{t:?}: {y} for {want}: {off} ULP");
        }
    }
}

/// All of a trial's numbers: the value, and the derivatives of order 1 and 2.
fn everything<T: Element>(t: Trial) -> Vec<ArrayD<T>> {
    let derivatives = [1, 2].into_iter().flat_map(|order| t.derivative::<T>(order));
    std::iter::once(t.value()).chain(derivatives).collect()
}

/// Matrix products may walk a transposed operand in another order; all other ops may not.
fn bit_equal(t: Trial) -> bool {
    !t.subject.name().starts_with("matmul")
}

fn layouts_agree<T: Element>() {
    for plain in trials().filter(|t| t.layout == Layout::Plain) {
        let want = everything::<T>(plain);
        for layout in Layout::ALL {
            let t = Trial { layout, ..plain };
            for (got, want) in everything::<T>(t).iter().zip(&want) {
                assert_eq!(got.shape(), want.shape(), "{t:?}");
                let scale = want.iter().fold(0.0, |m: f64, y| m.max(y.wide().abs()));
                for (y, want) in got.iter().zip(want) {
                    let off = (y.wide() - want.wide()).abs();
                    let fits = off <= 4.0 * scale * if T::NAME == "f32" { 1.2e-7 } else { 2.3e-16 };
                    let same = y.wide() == want.wide() || y.wide().is_nan() && want.wide().is_nan();
                    assert!(if bit_equal(t) { same } else { fits }, "{t:?}: {y} for {want}");
                }
            }
        }
    }
}

#[test]
fn results_do_not_depend_on_layout() {
    layouts_agree::<f64>();
    layouts_agree::<f32>();
}

#[test]
fn no_elements_are_ordinary() {
    let empty = |t: &Trial| t.shapes.iter().any(|s| s.contains(&0));
    let mut subjects = 0;
    for t in trials().filter(empty) {
        subjects += usize::from(t.layout == Layout::Plain);
        let value = t.value::<f64>();
        for (dx, x) in t.derivative::<f64>(1).iter().zip(t.shapes) {
            assert_eq!(dx.shape(), [value.shape(), x].concat(), "{t:?}");
        }
        assert_eq!(t.report::<f64>(2).failures().count(), 0, "{t:?}");
    }
    assert!(subjects > 100, "only {subjects} calls with operands without elements");
}

/// y, and the gradients of (y·u) and of that, each reduced with the weights u.
fn to_second_order<'t>(y: Var<'t>, u: Var<'t>, x: Var<'t>) -> impl Iterator<Item = Var<'t>> {
    let first = (y * u).sum().grad(x);
    let second = (first * u).sum().grad(x);
    [y, first, second].into_iter()
}

/// The composed form of what is written out.
#[test]
fn special_ops_equal_their_twins() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[0.5, -1.25, 2.0], [0.25, 1.5, -0.75]]);
    let u = tape.constant([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]]);
    let twins = [
        (x.softmax(-1), x.exp() / x.exp().sum_keep(&[-1])),
        (x.log_softmax(0), (x.exp() / x.exp().sum_keep(&[0])).ln()),
        (x.logsumexp_keep(&[1]), x.exp().sum_keep(&[1]).ln()),
        (x.norm_keep(&[0]), x.square().sum_keep(&[0]).sqrt()),
        (x.prod_keep(&[1]), (0..3).map(|i| x.narrow(1, i, 1)).product()),
        (x.var(&[], 1.0), (x.square().mean() - x.mean().square()) * (6.0 / 5.0)),
        (x.std(&[], 0.0), (x.square().mean() - x.mean().square()).sqrt()),
    ];
    for (special, composed) in twins {
        for (a, b) in to_second_order(special, u, x).zip(to_second_order(composed, u, x)) {
            for (a, b) in a.to_vec().iter().zip(b.to_vec()) {
                assert!((a - b).abs() < 1e-13 * b.abs().max(1.0), "{special:?}: {a} for {b}");
            }
        }
    }
}

#[test]
fn test_values_are_exact_in_f32() {
    for t in trials().filter(|t| t.layout == Layout::Plain) {
        for x in t.operands() {
            assert!(x.iter().all(|&x| ulps(f64::from(x as f32), x) == 0.0), "{t:?}");
        }
    }
}
