//! Saved programs: they come back the same to the bit, on every case of the catalogue and on random
//! tapes; and what cannot be saved is said.

mod common;
mod recipe;

use std::collections::BTreeMap;

use chainrule_autograd::program::saved::{Detail, LoadError, SaveError, Saved, SavedNode, Spot};
use chainrule_autograd::table::rows;
use chainrule_autograd::{CustomOp, Element, Program, Sym, Tape};
use common::{program_of, trials};
use ndarray::{Array2, ArrayD, ArrayViewD, arr0, array};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use recipe::{CARRY, Recipe, Stepped, recipes, stepped};

/// There and back through JSON text.
fn through_json(saved: &Saved) -> Saved {
    let text = serde_json::to_string(saved).expect("JSON");
    serde_json::from_str(&text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

/// Whether two programs are the same: as they print, save and play, to the bit.
fn assert_same<T: Element>(program: &Program<T>, loaded: &Program<T>, saved: &Saved) {
    assert_eq!(program.to_string(), loaded.to_string());
    assert_eq!(loaded.save().as_ref(), Ok(saved));
    let (mut a, mut b) = (program.buffers(), loaded.buffers());
    for _ in 0..3 {
        program.play(&mut a);
        loaded.play(&mut b);
        let read = |program: &Program<T>, buffers: &_| -> Vec<u64> {
            let outputs = (0..saved.outputs.len()).map(|i| program.output(buffers, i));
            let carried = (0..saved.carried.len()).map(|i| program.carried(buffers, i));
            let values = outputs.chain(carried).flat_map(|v| v.iter().copied().collect::<Vec<_>>());
            values.map(|x| x.wide().to_bits()).collect()
        };
        assert_eq!(read(program, &a), read(loaded, &b), "{program}");
    }
}

fn assert_comes_back<T: Element>(program: &Program<T>) -> Saved {
    let saved = program.save().expect("all ops can be saved");
    assert_eq!(through_json(&saved), saved);
    let loaded = Program::<T>::load(&through_json(&saved), rows());
    assert_same(program, &loaded.unwrap_or_else(|wrong| panic!("{wrong}\n{program}")), &saved);
    saved
}

#[test]
fn every_op_comes_back() {
    let (mut kinds, mut count) = (BTreeMap::<String, usize>::new(), 0);
    for trial in trials() {
        let program = program_of::<f64>(&trial);
        if let Err(SaveError::Custom { .. }) = program.save() {
            *kinds.entry("Custom".into()).or_default() += 1;
            continue;
        }
        for node in assert_comes_back(&program).nodes {
            *kinds.entry(node.op).or_default() += 1;
        }
        assert_comes_back(&program_of::<f32>(&trial));
        count += 1;
    }
    println!("{kinds:?}");
    assert!(count > 1000, "{count} programs");
    assert_eq!(kinds.len(), 19, "every kind of op is in a program: {kinds:?}");
}

#[test]
fn random_steps_come_back() {
    let config = ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..ProptestConfig::default()
    };
    let test = |(recipe, how): (Recipe, usize)| {
        let tape = Tape::<f64>::new();
        let Stepped { xs, outputs, next } = stepped(&recipe, CARRY[how], &tape);
        let carried: Vec<_> = xs.into_iter().zip(next).collect();
        assert_comes_back(&tape.compile_step(&[], &outputs, &carried));
        Ok(())
    };
    TestRunner::new(config).run(&(recipes(), 0..CARRY.len()), test).expect("they come back");
}

#[test]
fn every_number_keeps_its_bits() {
    let odd = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX, 0.1];
    let with_payload = f64::from_bits(0x7ff8_0000_dead_beef);
    for number in odd.into_iter().chain([with_payload]) {
        let tape = Tape::<f64>::new();
        let x = tape.input("x", [number, 1.0]);
        let y =
            x.maximum(number) + tape.constant([number, -number]) * x.equal(0.0).select(x, number);
        let saved = assert_comes_back(&tape.compile(&[x], &[y, x]));
        let single = number as f32;
        let tape = Tape::<f32>::new();
        let x = tape.input("x", [single, f32::from_bits(1)]);
        let narrow = assert_comes_back(&tape.compile(&[x], &[x * x, x]));
        for (saved, bits) in [
            (saved, format!("{:016x}", number.to_bits())),
            (narrow, format!("{:08x}", single.to_bits())),
        ] {
            let held = |node: &SavedNode| {
                node.values.as_ref().is_some_and(|values| values.starts_with(&bits))
            };
            assert!(saved.nodes.iter().any(held), "{number}: {saved:?}");
        }
    }
}

#[test]
fn a_loaded_program_is_fed_refuses_and_names_lines_as_the_first() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0], [3.0, 4.0]]);
    let label = tape.input("label", [[1.0], [0.0]]);
    let program = tape.compile(&[x, label], &[x.gather(1, label * 1.0).sum(), x.gather(1, label)]);
    let saved = program.save().expect("it can be saved");
    let loaded = Program::<f64>::load(&saved, rows()).expect("it can be loaded");
    for program in [&program, &loaded] {
        let mut buffers = program.buffers();
        let wrong = program.feed(&mut buffers, 0, [1.0]).expect_err("another shape").to_string();
        assert!(wrong.contains("`x`"), "{wrong}");
        let wrong = program.feed(&mut buffers, 1, [[2.0], [0.0]]).expect_err("no such column");
        assert!(wrong.to_string().contains("element 0 is 2"), "{wrong}");
        program.feed(&mut buffers, 1, [[0.0], [0.0]]).expect("indices");
        program.play(&mut buffers);
        assert_eq!(program.output(&buffers, 0)[[]], 4.0);
    }
    assert!(saved.places.iter().all(|place| place.file.ends_with("saved.rs")), "{saved:?}");
}

/// A user's op.
#[derive(Debug)]
struct Twice;

impl CustomOp for Twice {
    fn name(&self) -> &str {
        "twice"
    }
    fn shape(&self, x: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(x[0].to_vec())
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        &x[0] * 2.0
    }
    fn pullback<'t>(&self, _: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g * 2.0)]
    }
}

#[test]
fn what_cannot_be_saved_is_said() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 7.0]);
    let wrong = tape.compile(&[x], &[x.custom(Twice)]).save().expect_err("a custom op");
    assert!(matches!(&wrong, SaveError::Custom { op, .. } if op == "twice"), "{wrong}");
    assert!(wrong.to_string().contains("saved.rs:"), "{wrong}");
    let program = tape.compile(&[x], &[x.gather(0, x)]);
    let wrong = program.save().expect_err("7 is no index").to_string();
    assert!(wrong.contains("`x`") && wrong.contains("reads 7"), "{wrong}");
}

#[test]
fn more_memory_than_the_file_accounts_for_is_asked_for() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", Array2::from_elem((3000, 1), 1.0));
    let y = (x * x.t()).sum();
    let program = tape.compile(&[x], &[y]);
    let saved = program.save().expect("it can be saved");
    let Err(LoadError::TooLarge { elements, limit, .. }) = Program::<f64>::load(&saved, rows())
    else {
        panic!("nine million products of three thousand numbers");
    };
    assert!(limit < 9_000_000 && elements >= 9_000_000, "{elements} of {limit}");
    let loaded = Program::<f64>::load_within(&saved, rows(), 10_000_000).expect("enough");
    let mut buffers = loaded.buffers();
    loaded.play(&mut buffers);
    assert_eq!(loaded.output(&buffers, 0), arr0(9e6).into_dyn());
}

#[test]
fn details_are_plain_data() {
    let tape = Tape::<f32>::new();
    let x = tape.input("x", array![[0.5f32, 2.0]]);
    let saved = tape.compile(&[x], &[x.maximum(0.75)]).save().expect("it can be saved");
    let with = &saved.nodes[1].with;
    assert_eq!(with["f"], Detail::Text("maximum".into()));
    assert_eq!(with["right"], Detail::Text("0.75".into()));
    let mut bad = saved.clone();
    bad.nodes[1].with.insert("right".into(), Detail::Flag(true));
    let wrong = Program::<f32>::load(&bad, rows()).expect_err("no number");
    assert!(
        matches!(&wrong, LoadError::Field { at: Spot::Node(1), field, .. } if field == "right")
    );
}
