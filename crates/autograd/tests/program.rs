//! Programs: equal to the tape to the bit, on every case of the catalogue and on random tapes; what
//! is carried, fed, refused.

mod recipe;

use chainrule_autograd::check::{Subject, Trial, cases};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Buffers, FeedError, Program, Tape, Var};
use ndarray::{ArrayD, array};
use proptest::prelude::*;
use recipe::{Recipe, inputs, recipes};

fn bits(values: impl IntoIterator<Item = f64>) -> Vec<u64> {
    values.into_iter().map(f64::to_bits).collect()
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 10000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Values, gradients and two carried steps of a random tape.
    #[test]
    fn random_programs_equal_their_tapes(recipe in recipes()) {
        let tape = Tape::<f64>::new();
        let xs: Vec<Var<'_>> = inputs().iter().map(|(name, x)| tape.input(name, x)).collect();
        let outputs = outputs(&recipe, &xs);
        let next: Vec<Var<'_>> = outputs[1..].iter().zip(&xs).map(|(d, x)| *x - d.tanh() * 0.01).collect();
        let carried: Vec<_> = xs.iter().copied().zip(next.iter().copied()).collect();
        let program = tape.compile_step(&[], &outputs, &carried);
        let mut buffers = program.buffers();
        for _ in 0..3 {
            program.play(&mut buffers);
            for (i, output) in outputs.iter().enumerate() {
                let got = bits(program.output(&buffers, i).iter().copied());
                prop_assert_eq!(got, bits(output.to_vec()), "output {}\n{}", i, tape);
            }
            let values: Vec<ArrayD<f64>> = next.iter().map(|n| n.value()).collect();
            for (i, (x, value)) in xs.iter().zip(&values).enumerate() {
                x.set(value).expect("the same shape");
                let got = bits(program.carried(&buffers, i).iter().copied());
                prop_assert_eq!(got, bits(value.iter().copied()));
            }
        }
    }
}

/// A loss of everything that was recorded, and its gradient.
fn outputs<'t>(recipe: &Recipe, xs: &[Var<'t>]) -> Vec<Var<'t>> {
    let nodes = recipe.record(xs);
    let loss: Var<'t> = nodes.iter().map(|v| v.mean()).sum();
    [vec![loss], loss.gradient(xs)].concat()
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
