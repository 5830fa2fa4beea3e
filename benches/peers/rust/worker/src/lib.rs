//! The worker's side of the conversation with `drive.py`, for workers that are Rust programs; the
//! same as `worker.py`. A line is asked, lines are answered:
//!
//! | asked | answered |
//! |---|---|
//! | `prepare T1` | `form <value> <name>` for each way to do it, then `ready`; or `cannot <why>` |
//! | `measure 0.2 <name>` | `median <microseconds>` of calls that took 0.2 s together |
//!
//! The value is what the third call gives (the first, where that takes seconds), to see that all
//! libraries compute the same.

/// The numbers that workloads start from.
#[path = "../../../../workloads/data.rs"]
pub mod data;
/// The networks of the training workloads.
#[path = "../../../../workloads/networks.rs"]
pub mod networks;

use std::io::{BufRead, stdin};
use std::time::{Duration, Instant};

/// What is timed, and gives the value.
pub type Call = Box<dyn FnMut() -> f64>;

/// The ways to do a workload, by name.
pub type Forms = Vec<(&'static str, Call)>;

/// The call whose value is taken, unless a call is long.
const VALUE_AFTER: usize = 3;
const LONG: Duration = Duration::from_secs(2);
/// A sample is as many calls as take this long.
const SAMPLE: Duration = Duration::from_micros(200);

/// Answers until there is nothing more to read. `prepare` gives the forms of a workload, or says
/// why there are none.
pub fn serve(prepare: impl Fn(&str) -> Result<Forms, String>) {
    let mut forms = Forms::new();
    for line in stdin().lock().lines() {
        let line = line.expect("a line of text");
        let (verb, rest) = line.split_once(' ').expect("a verb and what it is about");
        match verb {
            "prepare" => {
                forms.clear();
                match prepare(rest) {
                    Err(why) => println!("cannot {why}"),
                    Ok(prepared) => forms = values(prepared),
                }
            }
            "measure" => {
                let (seconds, name) = rest.split_once(' ').expect("a time and a form");
                let seconds = Duration::from_secs_f64(seconds.parse().expect("a number"));
                let form = forms.iter_mut().find(|form| form.0 == name).expect("a prepared form");
                println!("median {}", median(&mut form.1, seconds));
            }
            _ => panic!("unknown: {line}"),
        }
    }
}

/// Says the value of each form.
fn values(mut forms: Forms) -> Forms {
    for (name, call) in &mut forms {
        let start = Instant::now();
        let mut value = call();
        if start.elapsed() < LONG {
            (1..VALUE_AFTER).for_each(|_| value = call());
        }
        println!("form {value} {name}");
    }
    println!("ready");
    forms
}

/// The median time of a call in microseconds. Finding how many calls make a sample warms up.
fn median(call: &mut Call, total: Duration) -> f64 {
    let mut time = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| {
            call();
        });
        start.elapsed()
    };
    let mut calls = 1;
    while time(calls) < SAMPLE {
        calls *= 2;
    }
    let start = Instant::now();
    let mut samples = Vec::new();
    while samples.is_empty() || start.elapsed() < total {
        samples.push(time(calls).as_secs_f64() * 1e6 / f64::from(calls));
    }
    samples.sort_by(f64::total_cmp);
    let middle = samples.len() / 2;
    if samples.len() % 2 == 1 {
        samples[middle]
    } else {
        (samples[middle - 1] + samples[middle]) / 2.0
    }
}
