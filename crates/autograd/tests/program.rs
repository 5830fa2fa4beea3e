//! Programs: equal to the tape to the bit, on every case of the catalogue and on random tapes; what
//! is carried, fed, refused.

mod recipe;

use std::cell::RefCell;
use std::collections::BTreeMap;

use chainrule_autograd::check::{Subject, Trial, cases};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Buffers, FeedError, Program, Tape, Var};
use ndarray::{ArrayD, array};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use recipe::{CARRY, Recipe, Stepped, recipes, stepped};

/// The bits of values. Which of two NaNs an addition gives is the compiler's choice: all are one.
fn bits(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
    let one_nan = |x: f64| if x.is_nan() { f64::NAN } else { x };
    values.into_iter().map(|x| one_nan(x).to_bits()).collect()
}

fn is_shared<T: Send + Sync>() {}

#[test]
fn programs_are_shared_between_threads() {
    is_shared::<Program<f64>>();
    is_shared::<Buffers<f32>>();
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [0.0; 3]);
    let program = &tape.compile(&[x], &[x.tanh().sum()]);
    let play = |at: f64| {
        let mut buffers = program.buffers();
        program.feed(&mut buffers, 0, [at; 3]).expect("the shape fits");
        program.play(&mut buffers);
        program.output(&buffers, 0)[[]]
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|i| scope.spawn(move || play(f64::from(i)))).collect();
        for (i, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.join().expect("it plays"), play(i as f64));
        }
    });
}

/// Value and derivative of every op and row, in every layout, replayed with other values.
#[test]
fn every_op_equals_the_tape() {
    let subjects = cases().map(Subject::Case).chain(rows().map(Subject::Row));
    let mut compared = 0;
    for trial in subjects.flat_map(Subject::trials) {
        compare(&trial);
        compared += 1;
    }
    assert!(compared > 1000, "{compared} trials");
}

fn compare(trial: &Trial) {
    let tape = Tape::<f64>::new();
    let (xs, y) = trial.record(&tape);
    let seed = tape.input("seed", ArrayD::from_elem(y.shape(), 0.75));
    let mut outputs = vec![y];
    outputs.extend(y.pullback(&xs, seed));
    let fed: Vec<Var<'_>> = xs.iter().copied().chain([seed]).collect();
    let program = tape.compile(&fed, &outputs);
    let mut buffers = program.buffers();
    for round in 0..3 {
        program.play(&mut buffers);
        for (i, output) in outputs.iter().enumerate() {
            let got = bits(program.output(&buffers, i).iter().copied());
            assert_eq!(got, bits(output.to_vec()), "{trial:?}, output {i}, play {round}\n{tape}");
        }
        let other = ArrayD::from_elem(y.shape(), 0.5 - f64::from(round));
        seed.set(&other).expect("the same shape");
        program.feed(&mut buffers, xs.len(), &other).expect("the same shape");
    }
}

/// How often something was met on the random tapes.
type Counts = BTreeMap<String, usize>;

/// Values, gradients and three carried steps of 10,000 random tapes. Every op, kind of step,
/// broadcasting and way of carrying is met a hundred times at least; the counts are printed.
#[test]
fn random_programs_equal_their_tapes() {
    let config = ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    };
    let counts = RefCell::new(Counts::new());
    let cases = (recipes(), 0..CARRY.len());
    let result = TestRunner::new(config).run(&cases, |(recipe, carry)| {
        random_program(&recipe, CARRY[carry], &mut counts.borrow_mut())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let counts = counts.into_inner();
    counts.iter().for_each(|(what, n)| println!("{n:>8} {what}"));
    let wanted = rows().map(|row| row.info().name).chain(WANTED.iter().copied());
    for what in wanted.chain(CARRY.iter().copied()) {
        let n = counts.get(what).copied().unwrap_or(0);
        assert!(n >= 100, "{what} was met {n} times");
    }
}

/// What is to be met, beside the rows of the table.
const WANTED: &[&str] = &[
    "+",
    "−",
    "×",
    "×₀",
    "÷",
    "÷₀",
    "pow",
    "maximum",
    "minimum",
    "atan2",
    "hypot",
    "<",
    "share",
    "direction",
    "select",
    "accumulate",
    "pad",
    "sum",
    "concat",
    "expand",
    "reshape",
    "permute",
    "slice",
    "gather",
    "scatter_add",
    "matmul",
    "max",
    "min",
    "logsumexp",
    "norm",
    "softmax",
    "softmax_weights",
    "log_softmax",
    "tiles",
    "scalars",
    "product",
    "array",
    "once",
    "in place",
    "copied",
    "piece by piece",
    "added where the sum lies",
    "multiples added at once",
    "some over what they read",
    "as large",
    "shared",
    "broadcast row",
    "broadcast column",
    "broadcast scalar",
];

fn random_program(
    recipe: &Recipe,
    how: &'static str,
    counts: &mut Counts,
) -> Result<(), TestCaseError> {
    let tape = Tape::<f64>::new();
    let Stepped { xs, outputs, next } = stepped(recipe, how, &tape);
    let carried: Vec<_> = xs.iter().copied().zip(next.iter().copied()).collect();
    let before: Vec<ArrayD<f64>> = xs.iter().map(|x| x.value()).collect();
    // As it is, and as if all values were large.
    let program = tape.compile_step(&[], &outputs, &carried);
    let as_large = tape.compile_laid_out(&[], &outputs, &carried, 2);
    equals_its_tape(&as_large, &tape, &xs, &outputs, &next)?;
    count(&tape, &as_large, "as large", counts);
    xs.iter().zip(&before).for_each(|(x, value)| x.set(value).expect("the same shape"));
    equals_its_tape(&program, &tape, &xs, &outputs, &next)?;
    count(&tape, &program, how, counts);
    Ok(())
}

/// Three plays, each followed by the same step of the tape.
fn equals_its_tape(
    program: &Program<f64>,
    tape: &Tape<f64>,
    xs: &[Var<'_>],
    outputs: &[Var<'_>],
    next: &[Var<'_>],
) -> Result<(), TestCaseError> {
    let mut buffers = program.buffers();
    for _ in 0..3 {
        program.play(&mut buffers);
        for (i, output) in outputs.iter().enumerate() {
            let got = bits(program.output(&buffers, i).iter().copied());
            prop_assert_eq!(got, bits(output.to_vec()), "output {}\n{}\n{}", i, tape, program);
        }
        let values: Vec<ArrayD<f64>> = next.iter().map(|n| n.value()).collect();
        for (i, (x, value)) in xs.iter().zip(&values).enumerate() {
            x.set(value).expect("the same shape");
            let got = bits(program.carried(&buffers, i).iter().copied());
            prop_assert_eq!(got, bits(value.iter().copied()), "carried {}\n{}", i, program);
        }
    }
    Ok(())
}

/// Counts what a tape and its program consist of.
fn count(tape: &Tape<f64>, program: &Program<f64>, how: &str, counts: &mut Counts) {
    let mut add = |what: &str| *counts.entry(what.to_owned()).or_default() += 1;
    add(how);
    let mut shapes: Vec<Vec<usize>> = Vec::new();
    for line in tape.to_string().lines() {
        // "%7 = 2 × %3 [2, 3]": a number may stand before the function.
        let words: Vec<&str> = line.split_whitespace().collect();
        let op = words[2..].iter().find(|w| w.parse::<f64>().is_err()).expect("an op");
        let op = op.split(['′', '⁽', '[', '(']).next().expect("a name");
        add(op);
        let shape =
            line.rsplit_once('[').and_then(|(_, end)| end.split_once(']')).expect("a shape");
        let shape: Vec<usize> = shape.0.split(", ").filter_map(|n| n.parse().ok()).collect();
        if ["+", "−", "×", "×₀", "÷", "÷₀"].contains(&op) {
            let operand =
                |w: &&str| w.strip_prefix('%').map(|id| id.parse::<usize>().expect("an id"));
            for other in words[3..].iter().filter_map(operand).map(|id| &shapes[id]) {
                match other.last() {
                    _ if *other == shape => {}
                    _ if other.iter().all(|&n| n == 1) => add("broadcast scalar"),
                    Some(1) => add("broadcast column"),
                    _ => add("broadcast row"),
                }
            }
        }
        shapes.push(shape);
    }
    let printed = program.to_string();
    for line in printed.lines() {
        let kind = ["tiles", "scalars", "product", "array", "once"];
        kind.into_iter().filter(|k| line.starts_with(k)).for_each(&mut add);
        let ways = ["in place", "copied", "piece by piece", "added where the sum lies"];
        let also = ["multiples added at once", "some over what they read"];
        also.into_iter().filter(|also| line.contains(also)).for_each(&mut add);
        ways.into_iter().filter(|way| line.ends_with(way)).for_each(&mut add);
    }
    if program.len() < tape.len() / 2 {
        add("shared");
    }
}

#[test]
fn a_swap_is_simultaneous_and_updates_do_not_overtake_reads() {
    let tape = Tape::<f64>::new();
    let (a, b, c) = (tape.input("a", 1.0), tape.input("b", 2.0), tape.input("c", [0.0, 0.0]));
    // c gathers what a and b were before they change places; d is read after it is replaced.
    let seen = chainrule_autograd::stack(&[a, b], 0);
    let program = tape.compile_step(&[], &[seen, a + b], &[(a, b), (b, a), (c, seen)]);
    let mut buffers = program.buffers();
    for play in 0..4 {
        let (first, second) = if play % 2 == 0 { (1.0, 2.0) } else { (2.0, 1.0) };
        program.play(&mut buffers);
        assert_eq!(program.output(&buffers, 0), array![first, second].into_dyn());
        assert_eq!(program.output(&buffers, 1)[[]], 3.0);
        assert_eq!(program.carried(&buffers, 0)[[]], second);
        assert_eq!(program.carried(&buffers, 1)[[]], first);
        assert_eq!(program.carried(&buffers, 2), array![first, second].into_dyn());
    }
}

#[test]
fn carrying_a_constant_a_view_and_the_same_value_twice() {
    let tape = Tape::<f64>::new();
    let (a, b) = (tape.input("a", [1.0, 2.0]), tape.input("b", [5.0, 6.0]));
    let (c, d) = (tape.input("c", [0.0, 0.0]), tape.input("d", [0.0, 0.0]));
    let constant = tape.constant([7.0, 8.0]);
    let reversed = a.slice(ndarray::s![..;-1]);
    let sum = a + b;
    let carried = [(a, reversed), (b, constant), (c, sum), (d, sum)];
    let program = tape.compile_step(&[], &[sum, sum, constant, a], &carried);
    let mut buffers = program.buffers();
    program.play(&mut buffers);
    let vec = |v: ndarray::ArrayViewD<'_, f64>| v.iter().copied().collect::<Vec<_>>();
    assert_eq!(vec(program.output(&buffers, 0)), [6.0, 8.0]);
    assert_eq!(vec(program.output(&buffers, 1)), [6.0, 8.0]);
    assert_eq!(vec(program.output(&buffers, 2)), [7.0, 8.0]);
    assert_eq!(vec(program.output(&buffers, 3)), [1.0, 2.0]);
    let carried: Vec<Vec<f64>> = (0..4).map(|i| vec(program.carried(&buffers, i))).collect();
    assert_eq!(carried, [vec![2.0, 1.0], vec![7.0, 8.0], vec![6.0, 8.0], vec![6.0, 8.0]]);
    program.play(&mut buffers);
    assert_eq!(vec(program.output(&buffers, 0)), [9.0, 9.0]);
    assert_eq!(vec(program.carried(&buffers, 0)), [1.0, 2.0]);
}

#[test]
fn what_is_not_fed_keeps_its_value_and_what_does_not_fit_is_refused() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0], [3.0, 4.0]]);
    let label = tape.input("label", [[1.0], [0.0]]);
    let other = tape.input("other", 10.0);
    let unused = tape.input("unused", 3.0);
    let y = x.gather(1, label).sum() * other;
    let program = tape.compile(&[x, label, unused], &[y]);
    let mut buffers = program.buffers();
    other.set(1.0).expect("an input"); // the program has the value it was compiled with
    program.play(&mut buffers);
    assert_eq!(program.output(&buffers, 0)[[]], 50.0);

    let wrong = program.feed(&mut buffers, 0, [1.0, 2.0]).expect_err("another shape");
    assert_eq!(wrong, FeedError::Shape { name: "x".into(), want: vec![2, 2], given: vec![2] });
    let wrong = program.feed(&mut buffers, 1, [[2.0], [0.0]]).expect_err("no such column");
    assert!(matches!(wrong, FeedError::Index { value: 2.0, limit: 2, .. }), "{wrong}");
    program.play(&mut buffers);
    assert_eq!(program.output(&buffers, 0)[[]], 50.0, "a refused value changes nothing");
    program.feed(&mut buffers, 1, [[0.0], [0.0]]).expect("indices");
    program.play(&mut buffers);
    assert_eq!(program.output(&buffers, 0)[[]], 40.0);
}

#[test]
fn only_what_is_needed_is_played_and_places_are_shared() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", vec![0.5; 1000]);
    let scale = tape.constant(vec![2.0; 1000]).exp(); // hoisted into the prologue
    let long = (0..100).fold(x * scale, |y, _| y.sin());
    let _unused = long.cos().sum();
    let program = tape.compile(&[x], &[long.sum()]);
    assert_eq!(program.len(), 1 + 100 + 1, "product, sines, sum");
    // Input, constant, its exponential, and two places that the sines take in turn.
    assert!(program.buffer_bytes() < 6 * 1024 * 8, "{} bytes", program.buffer_bytes());
    let mut buffers = program.buffers();
    program.play(&mut buffers);
    assert_eq!(program.output(&buffers, 0)[[]].to_bits(), long.sum().item().to_bits());
}

#[test]
#[should_panic(expected = "is not an input")]
fn only_inputs_are_fed() {
    let tape = Tape::<f64>::new();
    let x = tape.constant(1.0);
    tape.compile(&[x], &[x + 1.0]);
}

#[test]
#[should_panic(expected = "the shapes differ")]
fn what_is_carried_keeps_its_shape() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0]);
    tape.compile_step(&[], &[], &[(x, x.sum())]);
}

#[test]
fn what_stands_twice_is_computed_once() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[0.5, -1.0], [2.0, 0.25]]);
    let twice = || (x.t().tanh() * 2.0).matmul(x) + x.slice(ndarray::s![..;-1, ..]);
    let program = tape.compile(&[x], &[twice() - twice(), twice()]);
    assert_eq!(program.len(), 5, "tanh, ×, matmul, +, −\n{program}");
    let mut buffers = program.buffers();
    program.play(&mut buffers);
    assert!(program.output(&buffers, 0).iter().all(|&d| d == 0.0));
    assert_eq!(program.output(&buffers, 1), twice().value());
}

#[test]
fn updates_are_made_in_place_and_after_all_reads() {
    let tape = Tape::<f64>::new();
    let (w, m) = (tape.input("w", vec![1.0; 5000]), tape.input("m", vec![0.5; 5000]));
    let x = tape.input("x", vec![2.0; 5000]);
    // m is read by w's update after the node that replaces it, and w by a sum after both.
    let next_m = m * 0.5 + w;
    let next_w = w - next_m * 0.25 - m;
    let late = (w * x).sum();
    let program = tape.compile_step(&[x], &[late], &[(w, next_w), (m, next_m)]);
    let mut buffers = program.buffers();
    let (mut w0, mut m0) = (1.0, 0.5);
    for _ in 0..3 {
        program.play(&mut buffers);
        assert_eq!(program.output(&buffers, 0)[[]], w0 * 2.0 * 5000.0);
        (w0, m0) = (w0 - (m0 * 0.5 + w0) * 0.25 - m0, m0 * 0.5 + w0);
        assert!(program.carried(&buffers, 0).iter().all(|&w| w == w0));
        assert!(program.carried(&buffers, 1).iter().all(|&m| m == m0));
    }
    let adam = tape.compile_step(&[x], &[], &[(w, w - (m * 0.9 + x) * 0.1), (m, m * 0.9 + x)]);
    assert_eq!(adam.to_string().matches("in place").count(), 2, "{adam}");
    // w, m, x and a few tiles: nothing else is stored.
    assert!(adam.buffer_bytes() < (3 * 5008 + 6 * 1024) * 8, "{adam}");
}
