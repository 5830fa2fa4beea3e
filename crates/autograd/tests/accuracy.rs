//! The kernels' errors at every level of this machine, over a part of the inputs of the example
//! `accuracy`; and that a result does not depend on the slice it is computed in.

#[path = "common/accuracy.rs"]
mod accuracy;

use accuracy::{SUBJECTS, doubles, singles};
use chainrule_autograd::kernel::Level;
use chainrule_autograd::number::Jet;
use chainrule_autograd::table::rows;

/// Where sweeps over all of f32 once found more than the bound (erfc).
const FOUND: [f32; 2] = [7.03975, 1.553424];

#[test]
fn every_function_is_within_its_bound() {
    let mut wrong = Vec::new();
    for subject in SUBJECTS {
        for level in Level::all() {
            let single = subject.single(level, singles(10_007).chain(FOUND));
            let double = subject.double(level, doubles(40_000));
            for (name, worst) in [("f32", single), ("f64", double)] {
                if worst.ulps > subject.bound {
                    let (function, level) = (subject.name, level.name());
                    wrong.push(format!("{function} {name} {level}: {worst}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Blocks, the rest of a slice, and one element: the same bits.
#[test]
fn results_do_not_depend_on_the_slice() {
    let x: Vec<f64> = doubles(200).collect();
    let single: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let u: Vec<f64> = (0..x.len()).map(|i| i as f64 / 8.0 - 1.0).collect();
    let u_single: Vec<f32> = u.iter().map(|&u| u as f32).collect();
    for row in rows() {
        let p = row.info().defaults();
        for (level, order) in Level::all().flat_map(|l| [(l, 0), (l, 1), (l, 2)]) {
            let (mut whole, mut whole_single) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            row.play_f64_at(level, order, &p, &x, Some(&u), &mut whole);
            row.play_f32_at(level, order, &p, &single, Some(&u_single), &mut whole_single);
            let mut at = 0;
            for length in [1, 3, 16, 17, 31, 100].into_iter().chain([1].repeat(40)) {
                let part = at..at + length;
                at += length;
                let (mut y, mut y_single) = (vec![0.0; length], vec![0.0; length]);
                let (u, u_single) = (&u[part.clone()], &u_single[part.clone()]);
                row.play_f64_at(level, order, &p, &x[part.clone()], Some(u), &mut y);
                let x_single = &single[part.clone()];
                row.play_f32_at(level, order, &p, x_single, Some(u_single), &mut y_single);
                for (i, at) in part.enumerate() {
                    let same = y[i].to_bits() == whole[at].to_bits();
                    let same_single = y_single[i].to_bits() == whole_single[at].to_bits();
                    assert!(same && same_single, "{row:?} {level:?} order {order} at {}", x[at]);
                }
            }
        }
    }
}

/// (x, sin x, cos x, tan x) next to multiples of π/2, at the ends of the range in which kernels reduce
/// arguments themselves, and far beyond; rounded from 60 digits (mpmath).
#[allow(clippy::approx_constant)] // numbers like the others
#[rustfmt::skip]
const HARD: &[(f64, f64, f64, f64)] = &[
    (45.553093477052, 1.0, -6.189806365883577e-19, -1.6155594228467482e18),
    (91.106186954104, -1.2379612731767154e-18, -1.0, 1.2379612731767154e-18),
    (1457.698991265664, 1.9807380370827447e-17, 1.0, 1.9807380370827447e-17),
    (5.319372648326541e255, 1.0, -4.687165924254628e-19, -2.133485385753704e18),
    (999999.9999999999, -0.34999350228034526, 0.9367521274924002, -0.37362445412026535),
    (1000000.0, -0.34999350217129294, 0.9367521275331447, -0.373624453987599),
    (1e22, -0.8522008497671888, 0.523214785395139, -1.6287782256068988),
    (1e308, 0.4533964905016491, -0.8913089376870335, -0.5086861259107568),
    (1.7976931348623157e308, 0.004961954789184062, -0.9999876894265599, -0.004962015874444895),
    (5e255, -0.9233878019339816, -0.38386842438461904, 2.4054799594790017),
    (6000.0, -0.427719512602322, 0.9039115103477952, -0.4731873725534812),
    (0.7853981633974483, 0.7071067811865475, 0.7071067811865476, 0.9999999999999999),
    (2.356194490192345, 0.7071067811865476, -0.7071067811865475, -1.0000000000000002),
];

#[test]
fn hard_arguments_of_sines() {
    for (level, &(x, sin, cos, tan)) in Level::all().flat_map(|l| HARD.iter().map(move |h| (l, h)))
    {
        for (name, want) in [("sin", sin), ("cos", cos), ("tan", tan)] {
            let row = rows().find(|row| row.info().name == name).expect("a row");
            let mut y = [0.0; 2];
            row.play_f64_at(level, 0, &[], &[x, -x], None, &mut y);
            let odd = if name == "cos" { y[1] } else { -y[1] };
            assert_eq!(y[0].to_bits(), odd.to_bits(), "{name} of ±{x:e}");
            let off = (y[0].to_bits() as i64 - f64::to_bits(want) as i64).abs();
            assert!(off <= 2, "{name} {x:e} at {level:?}: {:e}, want {want:e}", y[0]);
        }
    }
}

/// A row that takes a sine and does not say so would leave NaN where kernels give up.
#[test]
fn no_row_gives_up_on_large_arguments() {
    let x = [6001.0, 1e6, -3e6, 1e30, -1e300];
    for row in rows() {
        let p = row.info().defaults();
        for order in 0..2 {
            let mut y = [0.0; 5];
            row.play_f64(order, &p, &x, None, &mut y);
            for (x, y) in x.into_iter().zip(y) {
                let jet = row.jet(order, &p, Jet::constant(x)).expect("both are stated");
                assert_eq!(y.is_nan(), jet.coefficient(0).is_nan(), "{row:?} order {order} at {x}");
            }
        }
    }
}

/// The bits of a function and its pullback in one pass are those of two.
#[test]
fn both_at_once_are_what_they_are_alone() {
    let x: Vec<f64> = doubles(3000).chain([2e6, -1e300]).collect();
    let u: Vec<f64> = (0..x.len()).map(|i| i as f64 / 64.0 - 1.0).collect();
    let (x32, u32): (Vec<f32>, Vec<f32>) =
        (x.iter().map(|&x| x as f32).collect(), u.iter().map(|&u| u as f32).collect());
    for row in rows() {
        let (p, n) = (row.info().defaults(), x.len());
        let (mut y, mut d, mut want) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        row.play_both_f64(&p, [&x, &u], [&mut y, &mut d]);
        for (order, got) in [(0, &y), (1, &d)] {
            row.play_f64(order, &p, &x, (order == 1).then_some(&u[..]), &mut want);
            assert!(
                got.iter()
                    .zip(&want)
                    .all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()),
                "{row:?} order {order}"
            );
        }
        let (mut y, mut d, mut want) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        row.play_both_f32(&p, [&x32, &u32], [&mut y, &mut d]);
        for (order, got) in [(0, &y), (1, &d)] {
            row.play_f32(order, &p, &x32, (order == 1).then_some(&u32[..]), &mut want);
            assert!(
                got.iter()
                    .zip(&want)
                    .all(|(a, b): (&f32, &f32)| a.to_bits() == b.to_bits()
                        || a.is_nan() && b.is_nan()),
                "{row:?} order {order} in f32"
            );
        }
    }
}
