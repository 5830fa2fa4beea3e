//! What several test files need: distances in units in the last place, the programs of the
//! catalogue, what a panic says.
#![allow(dead_code)] // each test file uses its own share

use chainrule_autograd::check::{Subject, Trial, cases};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Element, Program, Tape, Var};
use ndarray::ArrayD;

/// The number of representable values between two numbers; 0 if both are NaN or both are equal
/// (+0 = −0), huge if one is NaN.
pub fn ulps(got: f64, want: f64) -> f64 {
    if got == want || got.is_nan() && want.is_nan() {
        return 0.0;
    }
    if got.is_nan() || want.is_nan() {
        return f64::INFINITY;
    }
    let rank =
        |x: f64| if x < 0.0 { -i128::from((-x).to_bits()) } else { x.abs().to_bits().into() };
    (rank(got) - rank(want)).unsigned_abs() as f64
}

/// The same in single precision.
pub fn ulps_f32(got: f32, want: f32) -> f64 {
    if got == want || got.is_nan() && want.is_nan() {
        return 0.0;
    }
    if got.is_nan() || want.is_nan() {
        return f64::INFINITY;
    }
    let rank = |x: f32| if x < 0.0 { -i64::from((-x).to_bits()) } else { x.abs().to_bits().into() };
    (rank(got) - rank(want)).unsigned_abs() as f64
}

/// What a closure says when it panics.
#[track_caller]
pub fn message<R>(f: impl FnOnce() -> R) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => panic!("there was to be a panic"),
        Err(said) => match said.downcast::<String>() {
            Ok(said) => *said,
            Err(said) => said.downcast::<&str>().map(|s| (*s).to_owned()).unwrap_or_default(),
        },
    }
}

/// Value and derivative of a trial, as a program.
pub fn program_of<T: Element>(trial: &Trial) -> Program<T> {
    let tape = Tape::<T>::new();
    let (xs, y) = trial.record(&tape);
    let seed = tape.input("seed", ArrayD::from_elem(y.shape(), T::narrow(0.75)));
    let outputs = [vec![y], y.pullback(&xs, seed)].concat();
    let fed: Vec<Var<'_, T>> = xs.iter().copied().chain([seed]).collect();
    tape.compile(&fed, &outputs)
}

/// Every case of the catalogue and every row of the table, at all shapes in all layouts.
pub fn trials() -> impl Iterator<Item = Trial> {
    let subjects = cases().map(Subject::Case).chain(rows().map(Subject::Row));
    subjects.flat_map(Subject::trials)
}
