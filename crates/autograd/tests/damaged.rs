//! Damaged and hostile files of programs: they are refused with an error that says what is wrong, or
//! they play; nothing panics.

mod common;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chainrule_autograd::program::saved::{LoadError, Saved};
use chainrule_autograd::table::rows;
use chainrule_autograd::{Program, Tape, concat};
use common::{program_of, trials};
use serde_json::{Value, json};

/// A small program of many kinds of ops, as JSON.
fn sample() -> Value {
    let tape = Tape::<f64>::new();
    let w = tape.input("w", [[0.5, -1.0], [2.0, 0.25]]);
    let x = tape.input("x", [1.0, -2.0]);
    let y = (w.t().matmul(x).powi(2.0) * 1.5 + tape.constant([3.0, 4.0])).softmax(-1);
    let y = y.slice(ndarray::s![..;-1]) + concat(&[x.sum().reshape(&[1]), x.narrow(0, 1, 1)], 0);
    let loss = y.sum();
    let program = tape.compile_step(&[x], &[loss, y], &[(w, w - loss.grad(w) * 0.1)]);
    serde_json::to_value(program.save().expect("it can be saved")).expect("JSON")
}

fn load(value: Value) -> Result<Program<f64>, String> {
    let saved: Saved = serde_json::from_value(value).map_err(|wrong| wrong.to_string())?;
    Program::load(&saved, rows()).map_err(|wrong| wrong.to_string())
}

/// Where a node of some kind stands.
fn find(sample: &Value, op: &str) -> usize {
    let nodes = sample["nodes"].as_array().expect("a list");
    nodes.iter().position(|node| node["op"] == op).unwrap_or_else(|| panic!("no {op}"))
}

#[test]
fn what_is_wrong_is_said_with_where_and_what_was_expected() {
    let sample = sample();
    assert!(load(sample.clone()).is_ok());
    let node = |op: &str, rest: &str| format!("/nodes/{}{rest}", find(&sample, op));
    let huge = json!([1_000_000_000u64, 1_000_000_000u64]);
    let table = [
        (
            "/format".into(),
            json!("chainrule program 2"),
            "this version reads \"chainrule program 1\"",
        ),
        ("/dtype".into(), json!("f32"), "of \"f32\" and was to be loaded as \"f64\""),
        (node("Map", "/op"), json!("Conv"), "there is no op \"Conv\""),
        (node("Map", "/op"), json!("Custom"), "there is no op \"Custom\""),
        (node("Map", "/with/row"), json!("gelu"), "no row \"gelu\" was given"),
        (
            node("Map", "/with/order"),
            json!(24),
            "`order`: found Some(Whole(24)), expected a whole number below 24",
        ),
        (node("Map", "/with/params"), json!(["1.0", "2.0"]), "powi takes 1 parameters, not 2"),
        (node("Map", "/with/params"), json!(["2.5"]), "n is a whole number"),
        (node("Map", "/with/params"), json!(["two"]), "a list of texts of numbers"),
        (node("Map", "/operands"), json!([4000]), "numbers of nodes above"),
        (node("Map", "/with/other"), json!(1), "`with`: found \"other\""),
        (node("Map", "/place"), json!(9999), "`place`: found 9999, expected a number below"),
        (node("Leaf", "/values"), json!("00"), "values of 16 hexadecimal digits"),
        (node("Leaf", "/shape"), huge.clone(), "would take 1000000000000000000 elements"),
        (node("Leaf", "/shape"), json!([0, 1u64 << 40]), "would take 1099511627776 elements"),
        (node("Expand", "/shape"), json!([1u64 << 40]), "would take 1099511627776 elements"),
        (node("Matmul", "/shape"), json!([3]), "as follows from the operands"),
        (node("Permute", "/with/axes"), json!([0, 0]), "`axes`"),
        (node("Slice", "/with/slices"), json!([[[0, -1, 2]]]), "one in range for each axis"),
        (node("Slice", "/with/slices"), json!([[[1, 0, 2]]]), "one in range for each axis"),
        (
            node("Concat", "/with/axis"),
            json!(1),
            "`axis`: found Some(Whole(1)), expected a whole number below 1",
        ),
        (node("Matmul", "/values"), json!(""), "`values`: found \"\", expected none but of leaves"),
        ("/inputs".into(), json!([0]), "`inputs`: found 0, expected an input"),
        ("/outputs".into(), json!([77777]), "expected the number of a node"),
    ];
    for (path, value, says) in table {
        let mut bad = sample.clone();
        let (parent, key) = path.rsplit_once('/').expect("a path");
        bad.pointer_mut(parent).unwrap_or_else(|| panic!("{path}"))[key] = value;
        let said = load(bad).err().unwrap_or_else(|| panic!("{path} is accepted"));
        assert!(said.contains(says), "{path}: no {says:?} in: {said}");
    }
}

#[test]
fn constants_stand_before_what_is_fed_and_nothing_is_fed_twice() {
    let mut twice = sample();
    let x = twice["inputs"][0].clone();
    twice["inputs"] = json!([x, x]);
    assert!(load(twice).expect_err("twice").contains("each input once"));
    let mut late = sample();
    // What is no longer fed is a constant, and stands behind the carried value.
    late["inputs"] = json!([]);
    let said = load(late).expect_err("a constant that is overwritten");
    assert!(said.contains("constants before everything that is fed"), "{said}");
}

/// Numbers that depend on the seed alone (SplitMix64, Steele et al. 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) % n as u64) as usize
    }

    fn pick<'a, X>(&mut self, list: &'a [X]) -> &'a X {
        &list[self.below(list.len())]
    }
}

/// The paths to all values in a tree.
fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| paths(v, &format!("{at}/{i}"), all));
        }
        Value::Object(map) => map.iter().for_each(|(k, v)| paths(v, &format!("{at}/{k}"), all)),
        _ => {}
    }
}

/// Changes one thing: a number, a text, a list, or puts something from elsewhere in its place.
fn mutate(tree: &mut Value, random: &mut Random) {
    let mut all = Vec::new();
    paths(tree, "", &mut all);
    let other = tree.pointer(&all[random.below(all.len())]).cloned().unwrap_or_default();
    let path = random.pick(&all[1..]).clone();
    let numbers = [
        0,
        1,
        2,
        3,
        5,
        24,
        1 << 16,
        1 << 22,
        1 << 31,
        1 << 32,
        1 << 40,
        i64::MAX,
        -1,
        -2,
        i64::MIN,
    ];
    let number = *random.pick(&numbers);
    let (parent, key) = path.rsplit_once('/').expect("a path");
    if random.below(6) == 0 {
        match tree.pointer_mut(parent) {
            Some(Value::Object(map)) => drop(map.remove(key)),
            Some(Value::Array(list)) => drop(list.remove(key.parse().expect("a number"))),
            _ => {}
        }
        return;
    }
    let Some(value) = tree.pointer_mut(&path) else { return };
    match (value, random.below(4)) {
        (value, 0) => *value = other,
        (Value::Number(n), 1) => {
            let near = n.as_i64().unwrap_or(0).saturating_add(number.signum());
            *n = near.into();
        }
        (Value::Number(n), _) => *n = number.into(),
        (Value::String(text), 1) => drop(text.pop()),
        (Value::String(text), 2) => {
            let at = random.below(text.chars().count().max(1));
            let other = *random.pick(&['0', '7', 'f', 'x', '-', 'é']);
            *text =
                text.chars().enumerate().map(|(i, c)| if i == at { other } else { c }).collect();
        }
        (Value::String(text), _) => {
            let texts = [
                "NaN",
                "inf",
                "-inf",
                "1e400",
                "Add",
                "tanh",
                "max",
                "Leaf",
                "Scalar",
                "Sum",
                "Gather",
                "ScatterAdd",
            ];
            *text = (*random.pick(&texts)).to_owned();
        }
        (Value::Array(list), 1) => list.extend(list.clone()),
        (Value::Array(list), 2) if list.len() > 1 => {
            let (a, b) = (random.below(list.len()), random.below(list.len()));
            list.swap(a, b);
        }
        (Value::Array(list), _) => list.push(number.into()),
        (Value::Bool(flag), _) => *flag = !*flag,
        (value, _) => *value = Value::Null,
    }
}

/// What becomes of a damaged file: never a panic but the one that is documented.
fn outcome(value: Value, bytes: usize) -> &'static str {
    let Ok(saved) = serde_json::from_value::<Saved>(value) else { return "not the format" };
    let loaded = catch_unwind(|| Program::<f64>::load(&saved, rows()));
    let program = match loaded.unwrap_or_else(|_| panic!("loading panics: {saved:?}")) {
        Ok(program) => program,
        Err(wrong) => {
            assert!(wrong.to_string().len() < 1000, "{wrong}");
            return match wrong {
                LoadError::TooLarge { .. } => "too large",
                LoadError::UnknownOp { .. } | LoadError::UnknownRow { .. } => "unknown",
                LoadError::Field { .. } => "a field",
                _ => "format or dtype",
            };
        }
    };
    assert!(program.buffer_bytes() <= (1 << 26) + 2000 * bytes, "{program}");
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut buffers = program.buffers();
        (0..2).for_each(|_| program.play(&mut buffers));
        (0..saved.outputs.len()).for_each(|i| drop(program.output(&buffers, i).to_owned()));
        (0..saved.carried.len()).for_each(|i| drop(program.carried(&buffers, i).to_owned()));
    }));
    match played {
        Ok(()) => "plays",
        Err(said) => {
            let said = said.downcast_ref::<String>().cloned().unwrap_or_default();
            assert!(said.contains("is not an index below"), "{said}: {saved:?}");
            "an index"
        }
    }
}

#[test]
fn damaged_files_are_refused_or_play() {
    let saved = trials().filter_map(|trial| program_of::<f64>(&trial).save().ok());
    let mut samples: Vec<Value> =
        saved.step_by(5).map(|saved| serde_json::to_value(saved).expect("JSON")).collect();
    samples.extend(std::iter::repeat_with(sample).take(20));
    let mut random = Random(3);
    let mut counts = BTreeMap::<&str, usize>::new();
    for _ in 0..20_000 {
        let mut bad = random.pick(&samples).clone();
        let bytes = bad.to_string().len();
        (0..=random.below(3)).for_each(|_| mutate(&mut bad, &mut random));
        *counts.entry(outcome(bad, bytes)).or_default() += 1;
    }
    println!("{counts:?}");
    for what in ["not the format", "too large", "unknown", "a field", "plays"] {
        assert!(counts.get(what).is_some_and(|n| *n >= 50), "{what}: {counts:?}");
    }
}
