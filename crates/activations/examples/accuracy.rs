//! The errors of the activations in f32: the largest distance in ULP of value, first and second
//! derivative, with the instructions of every level of this machine, over f32 inputs by the million.
//!
//!     cargo run --release -p chainrule-activations --example accuracy                  every 1009th f32
//!     cargo run --release -p chainrule-activations --example accuracy -- --every 64 silu mish
//!     cargo run --release -p chainrule-activations --example accuracy -- --all gelu    every f32
//!
//! They are measured against the same formulas in f64, rounded, which `tests/references.rs` and
//! `tests/sweep.rs` hold to references of hundreds of digits within 4 or 8 ULP of their own: 2⁻²⁶ ULP
//! of f32. It ends with an error if a number is beyond 4 ULP (value, first derivative) or 8 (second),
//! but for what stands in `tests/common`: next to roots, and the exceptions on the crate's front page.

#[path = "../tests/common/mod.rs"]
mod common;

use std::process::ExitCode;

use common::sweep::{against_f64, subjects};

fn main() -> ExitCode {
    let Some((every, names)) = arguments() else {
        eprintln!("usage: accuracy [--all | --every N] [NAMES]");
        return ExitCode::from(2);
    };
    println!("f32: every {every}th of all 2^32 numbers; ULP of value, first, second derivative");
    let mut wrong = Vec::new();
    let mut broken = 0;
    let chosen = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
    for a in subjects().iter().filter(|a| chosen(a.name())) {
        let all = (0..1u64 << 32).step_by(every).map(|bits| f32::from_bits(bits as u32));
        for subject in against_f64(a, all) {
            subject.print();
            broken += subject.broken.iter().sum::<usize>();
            wrong.extend(subject.wrong);
        }
    }
    if broken == 0 {
        return ExitCode::SUCCESS;
    }
    println!("{broken} numbers beyond the bounds, among them\n{}", wrong.join("\n"));
    ExitCode::FAILURE
}

/// Every how many-th number, and of which activations.
fn arguments() -> Option<(usize, Vec<String>)> {
    let (mut every, mut names) = (1009, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--all" => every = 1,
            "--every" => every = arguments.next()?.parse().ok().filter(|&n| n > 0)?,
            name if subjects().iter().any(|a| a.name() == name) => names.push(argument),
            _ => return None,
        }
    }
    Some((every, names))
}
