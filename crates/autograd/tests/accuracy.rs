//! The kernels' errors at every level of this machine, over a part of the inputs of the example
//! `accuracy`; and that a result does not depend on the slice it is computed in.

#[path = "common/accuracy.rs"]
mod accuracy;

use accuracy::{SUBJECTS, doubles, singles};
use chainrule_autograd::kernel::Level;
use chainrule_autograd::table::rows;

#[test]
fn every_function_is_within_its_bound() {
    let mut wrong = Vec::new();
    for subject in SUBJECTS {
        for level in Level::all() {
            let single = subject.single(level, singles(100_003));
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
