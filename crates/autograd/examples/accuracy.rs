//! The errors of the kernels: the largest in units of the last place, for each function, number type
//! and level of this machine.
//!
//!     cargo run --release -p chainrule-autograd --example accuracy
//!     cargo run --release -p chainrule-autograd --example accuracy -- --all        every f32
//!     cargo run --release -p chainrule-autograd --example accuracy -- exp tanh     these only
//!
//! f32 is measured against f64, in fractions of a unit; f64 in whole units against results that are
//! correctly rounded in all but a few of 10⁶ cases (pxfm, within 0.5 ULP and a little). With `--all`
//! the f64 that f32 is measured against is the kernels' own, which the other column vouches for.

#[path = "../tests/common/accuracy.rs"]
mod accuracy;

use accuracy::{SUBJECTS, doubles, singles};
use chainrule_autograd::kernel::Level;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let all = arguments.iter().any(|a| a == "--all");
    let named: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    let (stride, count) = if all { (1, 12_000_000) } else { (1009, 4_000_000) };
    println!(
        "largest error in ULP; f32: every {stride}th of all 2^32 numbers, f64: {count} inputs"
    );
    print!("{:<16}", "");
    for level in Level::all() {
        print!("{:>14}{:>14}", format!("f32 {}", level.name()), format!("f64 {}", level.name()));
    }
    println!();
    for subject in SUBJECTS {
        if !named.is_empty() && !named.iter().any(|n| *n == subject.name) {
            continue;
        }
        let params: String = subject.params.iter().map(|p| format!(" {p}")).collect();
        print!("{:<16}", format!("{}{params}", subject.name));
        let mut worst = Vec::new();
        for level in Level::all() {
            let single = match all {
                true => subject.every_single(level),
                false => subject.single(level, singles(stride)),
            };
            let double = subject.double(level, doubles(count));
            print!("{:>14.3}{:>14}", single.ulps, double.ulps);
            worst.extend([single, double]);
        }
        println!();
        for w in worst.iter().filter(|w| w.ulps > subject.bound) {
            println!("    {w}");
        }
    }
}
