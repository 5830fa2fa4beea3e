//! No kind of op goes unchecked: the catalogue records them all.

use std::collections::BTreeSet;

use ndarray::ArrayD;

use super::{Case, cases};
use crate::node::{KINDS, Op};
use crate::ops::{Binary, RowSlope, RowWise, Scalar};
use crate::table::rows;
use crate::tape::Tape;
use crate::var::Sym;

/// The kind of an op; of a zip or row-wise op also which function it is.
fn kind(op: Op) -> String {
    let shown = format!("{op:?}");
    let kind = shown.split(['(', ' ']).next().unwrap_or_default().to_owned();
    match op {
        Op::RowWise(f) => format!("{kind} {}", f.label()),
        Op::RowSlope(f) => format!("{kind} {}", f.label()),
        Op::Zip(_) => {
            let f = shown.split("f: ").nth(1).and_then(|s| s.split(',').next());
            format!("{kind} {}", f.unwrap_or_default())
        }
        _ => kind,
    }
}

/// What only rules record.
const OF_RULES: &[&str] = &[
    "Zip Share",
    "Zip Direction",
    "RowWise softmax_weights",
    "RowSlope softmax′",
    "RowSlope log_softmax′",
];

/// The kinds of op that a case records itself, and those of its first and second derivatives.
fn kinds_of(case: &Case) -> [BTreeSet<String>; 2] {
    let mut kinds = [BTreeSet::new(), BTreeSet::new()];
    for shapes in case.shapes {
        let tape = Tape::<f64>::new();
        let input = |shape: &&[usize]| tape.input("x", ArrayD::zeros(*shape)).symbol();
        let xs: Vec<Sym<'_>> = shapes.iter().map(input).collect();
        let y = (case.record)(&xs);
        let recorded = y.graph.record().nodes.len();
        let ones = |x: Sym<'_>| Scalar::record(x.graph, 1.0).expand(&x.shape()).id();
        for dx in y.pullback(&xs, y.at(ones(y))) {
            dx.pullback(&xs, dx.at(ones(dx)));
        }
        for (i, node) in y.graph.record().nodes.iter().enumerate() {
            kinds[usize::from(i >= recorded)].insert(kind(node.op));
        }
    }
    kinds
}

#[test]
fn every_kind_of_op_has_a_case() {
    let [mut own, mut rules] = [BTreeSet::new(), BTreeSet::new()];
    for [cases, gradients] in cases().map(kinds_of) {
        own.extend(cases);
        rules.extend(gradients);
    }
    let zips = Binary::ALL.iter().map(|f| format!("Zip {f:?}"));
    let rowwise = RowWise::ALL.iter().map(|f| format!("RowWise {}", f.label()));
    let slopes = RowSlope::ALL.iter().map(|f| format!("RowSlope {}", f.label()));
    let named = ["Zip", "RowWise", "RowSlope", "Map"];
    let others = KINDS.iter().filter(|k| !named.contains(k)).map(|k| (*k).to_owned());
    for wanted in others.chain(zips).chain(rowwise).chain(slopes) {
        let seen = if OF_RULES.contains(&&*wanted) { &rules } else { &own };
        assert!(seen.contains(&wanted), "no case records {wanted}; add one to the catalogue");
    }
}

#[test]
fn names_are_unique_and_values_stated() {
    let mut names = BTreeSet::new();
    for case in cases() {
        assert!(names.insert(case.name), "two cases are called {}", case.name);
        for shapes in case.shapes {
            assert_eq!(shapes.len(), case.values.len(), "{}: {shapes:?}", case.name);
        }
    }
    for row in rows() {
        assert!(names.insert(row.info().name), "a row is called as a case: {}", row.info().name);
    }
}
