//! Ops of one's own: values, first and second order, and what is said when one is wrong.

mod common;

use chainrule_autograd::{CustomOp, Function, Sym, Tape};
use common::message;
use ndarray::{ArrayD, ArrayViewD, Axis, array, concatenate};

/// Σ over pairs aᵢ·bᵢ², with a rule for each operand.
#[derive(Debug)]
struct Weighted;

impl CustomOp for Weighted {
    fn name(&self) -> &str {
        "weighted"
    }
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        match operands {
            [a, b] if a == b => Ok(vec![]),
            _ => Err("weights and values have one shape".into()),
        }
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        ndarray::arr0((&x[0] * &x[1] * &x[1]).sum()).into_dyn()
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g.amul(x[1].square())), Some(g.amul(x[0] * x[1] * 2.0))]
    }
}

#[test]
fn first_and_second_order_in_both_precisions() {
    let f = Function::record([("a", &[3]), ("b", &[3])], |[a, b]| a.tanh().custom_with(b));
    f.check([&[0.5, -1.0, 2.0], &[1.5, 0.25, -0.75]]).unwrap().assert();
    f.check_second([&[0.5, -1.0, 2.0], &[1.5, 0.25, -0.75]]).unwrap().assert();
    let tape = Tape::<f32>::new();
    let (a, b) = (tape.input("a", [1.0f32, 2.0]), tape.input("b", [3.0f32, 0.5]));
    let y = tape.custom(Weighted, &[a, b]);
    let d = y.gradient(&[a, b]);
    assert_eq!((y.item(), d[0].to_vec(), d[1].to_vec()), (9.5, vec![9.0, 0.25], vec![6.0, 2.0]));
    assert_eq!(d[1].sum().grad(b).to_vec(), [2.0, 4.0]);
}

trait CustomWith {
    fn custom_with(self, other: Self) -> Self;
}

impl CustomWith for chainrule_autograd::Var<'_, f64> {
    fn custom_with(self, other: Self) -> Self {
        chainrule_autograd::custom(std::sync::Arc::new(Weighted), &[self, other])
    }
}

/// Any number of operands, side by side; nothing flows back into the first.
#[derive(Debug)]
struct SideBySide;

impl CustomOp for SideBySide {
    fn name(&self) -> &str {
        "side_by_side"
    }
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(vec![operands.iter().map(|s| s[0]).sum()])
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        concatenate(Axis(0), x).expect("vectors")
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        let mut start = 0;
        let part = |(i, x): (usize, &Sym<'t>)| {
            let n = x.shape()[0];
            start += n;
            (i > 0).then(|| g.narrow(0, start - n, n))
        };
        x.iter().enumerate().map(part).collect()
    }
}

#[test]
fn any_number_of_operands_and_views() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0, 2.0, 3.0]);
    let back = x.slice(ndarray::s![..;-1]);
    let y = tape.custom(SideBySide, &[x, back, x, x * 10.0]);
    assert_eq!(y.to_vec(), [1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
    let weights = tape.constant(array![9., 9., 9., 1., 2., 3., 10., 20., 30., 0.1, 0.2, 0.3]);
    let d = (y * weights).sum().grad(x);
    assert_eq!(d.to_vec(), [3.0 + 10.0 + 1.0, 2.0 + 20.0 + 2.0, 1.0 + 30.0 + 3.0]);
}

#[test]
fn many_calls_on_one_tape() {
    let tape = Tape::<f64>::new();
    let x = tape.input("x", [1.0]);
    let first = tape.custom(Weighted, &[x, x]);
    let other = (0..70_000).map(|_| tape.custom(SideBySide, &[x])).last().expect("many");
    assert_eq!((first.item(), other.to_vec()), (1.0, vec![1.0]));
    assert!(format!("{first:?} {other:?}").contains("weighted"));
}

/// An op whose statements do not hold.
#[derive(Debug)]
struct Wrong {
    contributions: usize,
    shape: &'static [usize],
}

impl CustomOp for Wrong {
    fn name(&self) -> &str {
        "wrong"
    }
    fn shape(&self, _: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(self.shape.to_vec())
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        x[0].to_owned()
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, _: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(x[0].sum()); self.contributions]
    }
}

#[test]
fn wrong_shapes_are_said() {
    let tape = Tape::<f64>::new();
    let x = tape.input("weights", [1.0, 2.0]);
    let y = tape.input("values", [1.0, 2.0, 3.0]);
    let said = message(|| tape.custom(Weighted, &[x, y]));
    for part in ["weighted: weights and values have one shape", "`weights` [2]", "`values` [3]"] {
        assert!(said.contains(part), "{said}");
    }
    let stated = tape.custom(Wrong { contributions: 1, shape: &[3] }, &[x]);
    let said = message(|| stated.value());
    assert!(said.contains("wrong") && said.contains("shape [2]"), "{said}");
    let few = tape.custom(Wrong { contributions: 0, shape: &[2] }, &[x]);
    let said = message(|| few.sum().grad(x));
    assert!(said.contains("pullback of wrong gave 0 contributions for 1 operands"), "{said}");
    let scalar = tape.custom(Wrong { contributions: 1, shape: &[2] }, &[x]);
    let said = message(|| scalar.sum().grad(x));
    assert!(said.contains("pullback of wrong contributed") && said.contains("`weights`"), "{said}");
    let said = message(|| tape.custom(Weighted, &[]));
    assert!(said.contains("weighted: no operands"), "{said}");
}
