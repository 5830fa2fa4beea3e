//! What is said when something is wrong: which op, which shapes, which values by the user's names,
//! and the lines that recorded them.

mod common;

use chainrule_autograd::{FeedError, Function, Tape, concat, stack};
use common::message;
use ndarray::{Array2, s};

#[track_caller]
fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "no {part:?} in: {said}");
    }
}

fn line(line: u32) -> String {
    format!("messages.rs:{line}:")
}

#[test]
fn shapes_that_do_not_fit_name_both_operands_and_lines() {
    let tape = Tape::<f64>::new();
    let (w, here) = (tape.input("w1", Array2::zeros((3, 4))), line!());
    let (x, there) = (tape.input("batch", Array2::zeros((5, 2))), line!());
    let both = ["`w1` [3, 4]", "`batch` [5, 2]", &line(here), &line(there)];
    let said = [
        ("matmul: inner lengths 4 and 5 differ", message(|| w.matmul(x))),
        ("+: shapes do not broadcast", message(|| w + x)),
        ("maximum: shapes do not broadcast", message(|| w.maximum(x))),
        ("select: shapes do not broadcast", message(|| w.select(x, 0.0))),
        ("concat along axis 0", message(|| concat(&[w, x], 0))),
        ("gather along axis 1", message(|| w.gather(1, x))),
        ("scatter_add: the index", message(|| w.scatter_add(0, x, 9))),
        ("pullback: the seed", message(|| w.pullback(&[w], x))),
    ];
    for (start, said) in said {
        says(&said, &both);
        says(&said, &[start]);
    }
}

#[test]
fn unnamed_values_are_named_by_op_and_line() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0]);
    let (y, here) = (x.exp(), line!());
    let z = tape.constant([1.0, 2.0, 3.0]);
    says(&message(|| y * z), &["%1 exp [2]", &line(here), "%2 constant [3]"]);
    let named = y.named("rate");
    says(&message(|| named * z), &["`rate` [2]"]);
    assert_eq!((y.name().as_deref(), z.name()), (Some("rate"), None));
}

#[test]
fn two_tapes_are_refused_with_both_lines() {
    let (one, two) = (Tape::<f64>::new(), Tape::<f64>::new());
    let (a, here) = (one.input("a", [1.0]), line!());
    let (b, there) = (two.input("b", [2.0]), line!());
    let (here, there) = (line(here), line(there));
    let both = ["two different tapes", "`a`", &here, "`b`", &there];
    for said in [
        message(|| a + b),
        message(|| a.atan2(b)),
        message(|| a.select(b, 0.0)),
        message(|| a.select(0.0, b)),
        message(|| a.matmul(b)),
        message(|| concat(&[a, b], 0)),
        message(|| [a, b].into_iter().sum::<chainrule_autograd::Var<'_>>()),
        message(|| a.gather(0, b)),
    ] {
        says(&said, &both);
    }
    says(&message(|| one.gradient(a.exp().sum(), &[b])), &both[..1]);
    says(&message(|| a.pullback(&[a], b)), &both);
    says(&message(|| a.of_symbol(b.symbol())), &both);
}

#[test]
fn a_full_tape_says_what_to_do() {
    let tape = Tape::<f64>::with_limit(3);
    let x = tape.input("x", 1.0);
    let y = x.exp().exp();
    assert_eq!(tape.len(), 3);
    says(&message(|| y.exp()), &["this tape is full", "3 nodes", "clear the tape between steps"]);
    assert_eq!(tape.len(), 3);
    assert!((y.item() / 1f64.exp().exp() - 1.0).abs() < 4.0 * f64::EPSILON);
}

#[test]
fn misuse_is_named() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let v = tape.input("v", [1.0]);
    let empty = tape.input("empty", Array2::zeros((2, 0)));
    let scalar = tape.input("scalar", 1.0);
    for (said, parts) in [
        (message(|| tape.gradient(x, &[x])), &["`x` [2, 3]", "is not 0-d", "pullback"][..]),
        (message(|| x.item()), &["item: `x`", "exactly one element"]),
        (message(|| x.sum_over(&[2])), &["sum", "no axis 2", "[2, 3]"]),
        (message(|| x.mean_over(&[0, -2])), &["mean", "named twice"]),
        (message(|| x.softmax(-3)), &["softmax", "no axis -3"]),
        (message(|| x.reshape(&[4, -1])), &["reshape", "`x`", "[4, -1]"]),
        (message(|| x.reshape(&[-1, -1])), &["reshape", "`x`"]),
        (message(|| x.expand(&[2, 4])), &["expand", "`x`", "[2, 4]"]),
        (message(|| x.permute(&[0])), &["permute", "every axis of `x`"]),
        (message(|| x.slice(s![0, 0, 0])), &["slice", "more entries than axes of `x`"]),
        (message(|| x.slice(s![2, ..])), &["slice", "axis 0 of `x`"]),
        (message(|| x.slice(s![.., 1..4])), &["slice", "axis 1 of `x`"]),
        (message(|| x.at_index(2)), &["no entry 2 in `x`"]),
        (message(|| x.narrow(1, 2, 2)), &["narrow: 2..4", "axis 1 of `x`"]),
        (message(|| x.pad(&[(1, 1)])), &["pad", "`x`"]),
        (message(|| empty.max_over(&[1])), &["max or min of no elements", "`empty`"]),
        (message(|| scalar.matmul(x)), &["matmul: a 0-d operand", "`scalar`", "×"]),
        (message(|| stack(&[x, v], 0)), &["concat along axis 0"]),
        (message(|| x.matmul(v)), &["matmul: inner lengths 3 and 1", "`x` [2, 3]", "`v` [1]"]),
        (message(|| x.log(1.0)), &["log: the base of a logarithm", "[1.0]"]),
        (message(|| x.powi(0.5)), &["powi", "whole number", "powf"]),
    ] {
        says(&said, parts);
    }
}

#[test]
fn orders_end_with_a_message() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", 0.5);
    let mut y = x.sin();
    for order in 1..=23 {
        y = y.grad(x);
        let want = (0.5 + f64::from(order) * std::f64::consts::FRAC_PI_2).sin();
        assert!((y.item() - want).abs() < 1e-13, "order {order}: {} for {want}", y.item());
    }
    says(&message(|| y.grad(x)), &["end at order 23"]);
}

#[test]
fn feeds_are_checked() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [[1.0, 2.0], [3.0, 4.0]]);
    let label = tape.input("label", [[0.0], [1.0]]);
    let picked = x.gather(1, label);
    let error = x.set([1.0, 2.0]).unwrap_err();
    let shape = FeedError::Shape { name: "x".into(), want: vec![2, 2], given: vec![2] };
    assert_eq!(error, shape);
    says(&error.to_string(), &["input `x`", "[2, 2]", "[2]"]);
    let error = picked.set([[1.0], [2.0]]).unwrap_err();
    says(&error.to_string(), &["gather", "is not an input"]);
    assert!(tape.constant(1.0).set(2.0).is_err());
    for (bad, at) in [(2.0, 0), (-1.0, 1), (0.5, 1), (f64::NAN, 0), (f64::INFINITY, 1)] {
        let mut labels = [[0.0], [0.0]];
        labels[at] = [bad];
        let error = label.set(labels).unwrap_err();
        says(&error.to_string(), &["input `label`", &format!("element {at} is {bad}"), "0 to 1"]);
        assert_eq!(picked.to_vec(), [1.0, 4.0]);
    }
    label.set([[1.0], [0.0]]).unwrap();
    assert_eq!(picked.to_vec(), [2.0, 3.0]);
    // Only a slice of this input is an index: the rest may be anything.
    let mixed = tape.input("mixed", [1.0, 0.0]);
    let first = x.gather(0, mixed.slice(s![0..1]).reshape(&[1, 1]).expand(&[1, 2]));
    mixed.set([1.0, 50.0]).unwrap();
    assert_eq!(first.to_vec(), [3.0, 4.0]);
    mixed.set([50.0, 1.0]).unwrap();
    says(&message(|| first.value()), &["50 is not an index below 2", "element 0 of"]);
    mixed.set([1.0, 50.0]).unwrap();
    let wrong = tape.constant([[0.0], [7.0]]).named("wrong");
    let parts = ["7 is not an index below 2", "element 1 of `wrong` [2, 1]"];
    says(&message(|| x.gather(1, wrong).value()), &parts);
}

#[test]
fn functions_name_their_inputs() {
    let f = Function::<f64, 2>::record([("x", &[2]), ("w", &[])], |[x, w]| (x * w).sum());
    let error = f.set("v", 1.0).unwrap_err();
    assert_eq!(error.to_string(), "there is no input `v`; there are: x, w");
    f.set("w", 2.0).unwrap();
    says(&f.value([&[1.0], &2.0]).unwrap_err().to_string(), &["input `x`", "[2]", "[1]"]);
    let g = Function::<f64, 1>::record([("x", &[2])], |[x]| x.square());
    says(&message(|| g.gradient([&[1.0, 2.0]])), &["is not 0-d"]);
}

#[test]
fn tapes_and_values_are_printed() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0]);
    let y = (x.tanh() * 2.0).named("twice");
    assert_eq!(
        format!("{x:?} {y:?} {:?}", x.exp()),
        "Var(%0 `x` [2]) Var(%2 `twice` [2]) Var(%3 exp [2])"
    );
    assert_eq!(format!("{x}"), "[1, 2]");
    assert_eq!(x.id().to_string(), "%0");
    let shown = tape.to_string();
    let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "%0    = input                        [2]  `x`");
    assert_eq!(lines[2], "%2    = × 2 %1                       [2]  `twice`");
    assert_eq!(lines.len(), 4);
    says(&format!("{tape:?}"), &["Tape<f64>", "4 nodes", "8 elements"]);
    says(&Tape::<f32>::new().memory().to_string(), &["0 nodes", "0 elements", "bytes"]);
}

#[test]
fn a_function_has_its_own_tape_and_names() {
    let foreign: &'static Tape<f64> = Box::leak(Box::default());
    let y = foreign.input("y", 5.0);
    let said = message(|| drop(Function::<f64, 1>::record([("x", &[])], |[_]| y)));
    assert!(said.contains("of its own tape") && said.contains("`y`"), "{said}");
    let said = message(|| drop(Function::<f64, 2>::record([("x", &[]), ("x", &[])], |[a, _]| a)));
    assert!(said.contains("two inputs called `x`"), "{said}");
}
