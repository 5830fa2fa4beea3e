//! The check itself: it must notice what is wrong, and tell a kink from a mistake.

mod common;

use chainrule_autograd::check::{Case, Line, Subject, Values, Verdict};
use chainrule_autograd::table::Info;
use chainrule_autograd::{CustomOp, Element, Function, Sym, Var, elementwise};
use common::message;
use ndarray::{ArrayD, ArrayViewD};

/// x² with a rule that is off by a factor.
#[derive(Debug)]
struct Square {
    factor: f64,
}

impl CustomOp for Square {
    fn name(&self) -> &str {
        "square_of_mine"
    }
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(operands[0].to_vec())
    }
    fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
        x[0].mapv(|x| x * x)
    }
    fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, g: Sym<'t>) -> Vec<Option<Sym<'t>>> {
        vec![Some(g.amul(x[0] * self.factor))]
    }
}

fn square<T: Element>(factor: f64) -> Function<T, 1> {
    Function::record([("x", &[2])], |[x]| x.custom(Square { factor }))
}

#[test]
fn a_wrong_rule_is_noticed() {
    let x = [0.5, -1.5];
    square::<f64>(2.0).check([&x]).unwrap().assert();
    square::<f64>(2.0).check_second([&x]).unwrap().assert();
    for factor in [2.00001, -2.0, 0.0] {
        let report = square::<f64>(factor).check([&x]).unwrap();
        assert_eq!((report.passed(), report.failures().count()), (false, 2), "{factor}");
        let worst = report.worst().unwrap();
        assert_eq!((worst.index == worst.row, worst.verdict), (true, Verdict::Differs));
    }
    let said = message(|| square::<f64>(3.0).check([&x]).unwrap().assert());
    for part in ["4 elements checked", "2 differ", "∂[1]/∂x[1]: analytic -4.5e0, numeric -3"] {
        assert!(said.contains(part), "{said}");
    }
    let x = [0.5f32, -1.5];
    square::<f32>(2.0).check([&x]).unwrap().assert();
    assert!(!square::<f32>(2.5).check([&x]).unwrap().passed());
}

#[test]
fn a_wrong_second_order_is_noticed() {
    // The first order is right, what it records is not: its slope is cut off.
    let f =
        Function::<f64, 1>::record([("x", &[2])], |[x]| x.stop_gradient() * x * 2.0 - x.square());
    let report = f.check_second([&[0.5, -1.5]]).unwrap();
    assert_eq!(report.failures().count(), 2, "{report}");
}

#[test]
fn kinks_are_told_from_mistakes() {
    let abs = Function::<f64, 1>::record([("x", &[2])], |[x]| x.abs());
    let report = abs.check([&[0.0, 1.0]]).unwrap();
    assert!(report.passed());
    let ties = Function::<f64, 2>::record([("a", &[]), ("b", &[])], |[a, b]| a.maximum(b));
    ties.check([&1.0, &1.0]).unwrap().assert();
    let corner = Function::<f64, 1>::record([("x", &[])], |[x]| x.maximum(0.0) - x.abs() * 0.25);
    let report = corner.check([&0.0]).unwrap();
    assert_eq!(report.failures().count(), 0);
    let outside = Function::<f64, 1>::record([("x", &[])], |[x]| {
        x.abs() + x.custom(Square { factor: 2.0 }) + (x - x.stop_gradient()) * 3.0
    });
    let report = outside.check([&0.0]).unwrap();
    assert!(!report.passed(), "3 is no subgradient of |x| + x² at 0\n{report}");
}

elementwise! {
    /// Rows with a mistake each.
    trait Mistaken;

    /// A slope with the wrong sign.
    wrong_slope: WrongSlope() {
        info: Info { formula: "cos x", derivative: "sin x", ..Info::NEW },
        value: |x| x.cos(),
        slope: |x| x.sin(),
    }

    /// A second derivative with the wrong sign.
    wrong_second: WrongSecond() {
        info: Info { formula: "sin x", derivative: "cos x", ..Info::NEW },
        value: |x| x.sin(),
        slope: |x| x.cos(),
        second: |x| x.sin(),
    }
}

#[test]
fn a_wrong_row_is_noticed() {
    let line = |i: usize, order| Line::check::<f64>(Subject::Row(ROWS[i]), order);
    assert!(!line(0, 1).passed());
    assert!(line(1, 1).passed() && !line(1, 2).passed());
    assert_eq!((line(1, 1).verdict(), line(1, 2).verdict()), (Verdict::Agrees, Verdict::Differs));
    assert!(line(1, 2).share() > 1e3 && line(1, 1).share() < 0.01);
    assert!(line(0, 1).to_string().contains("wrong_slope"));
    let x = chainrule_autograd::Tape::<f64>::new();
    let x = x.input("x", 1.0);
    assert_eq!((x.wrong_slope().item(), x.wrong_second().item()), (1f64.cos(), 1f64.sin()));
}

#[test]
fn a_wrong_case_is_noticed() {
    static CASE: Case = Case {
        name: "wrong",
        shapes: &[&[&[3]]],
        values: &[Values::Between(0.5, 2.0)],
        record: |x| x[0].custom(Square { factor: 2.5 }),
    };
    let line = Line::check::<f64>(Subject::Case(&CASE), 1);
    assert!(!line.passed() && line.elements > 0, "{line}");
    static EMPTY: Case = Case {
        name: "nothing",
        shapes: &[&[&[0]]],
        values: &[Values::Between(0.5, 2.0)],
        record: |x| x[0].square(),
    };
    assert!(!Line::check::<f64>(Subject::Case(&EMPTY), 1).passed(), "nothing was compared");
}

/// Neither large, small nor infinite neighbours hide a mistake.
#[test]
fn a_mistake_is_noticed_beside_anything() {
    fn wrong(x: Var<'_>) -> Var<'_> {
        x.custom(Square { factor: 99.0 })
    }
    let beside_infinity = Function::<f64, 1>::record([("x", &[2])], |[x]| {
        x.at_index(0).cbrt() + wrong(x.at_index(1))
    });
    let report = beside_infinity.check([&[0.0, 3.0]]).unwrap();
    let verdicts: Vec<Verdict> = report.entries.iter().map(|e| e.verdict).collect();
    assert_eq!(verdicts, [Verdict::Kink, Verdict::Differs]);

    let beside_a_giant =
        Function::<f64, 1>::record([("x", &[2])], |[x]| 1e9 * x.at_index(0) + wrong(x.at_index(1)));
    assert_eq!(beside_a_giant.check([&[1.0, 3.0]]).unwrap().failures().count(), 1);

    let small = Function::<f64, 1>::record([("x", &[])], |[x]| wrong(x) * 1e-12);
    assert!(!small.check([&3.0]).unwrap().passed());
}

/// What is right passes at any scale.
#[test]
fn no_false_alarms() {
    let sine = Function::<f64, 1>::record([("x", &[])], |[x]| x.sin());
    let ln = Function::<f64, 1>::record([("x", &[])], |[x]| x.ln());
    for (f, x) in [(&sine, 1e6), (&sine, 1e-6), (&ln, 1e-3), (&ln, 1e-9), (&ln, 1e9)] {
        let report = f.check([&x]).unwrap();
        report.assert();
        assert_eq!(report.undecided().count(), 0, "{x}: {report:?}");
    }
    // e³⁰ drowns what w does: the check says that it cannot tell.
    let drowned = Function::<f64, 2>::record([("x", &[]), ("w", &[])], |[x, w]| x.exp() + w * 1e-3);
    let report = drowned.check([&30.0, &1.0]).unwrap();
    report.assert();
    let verdicts: Vec<Verdict> = report.entries.iter().map(|e| e.verdict).collect();
    assert_eq!(verdicts, [Verdict::Agrees, Verdict::Undecided]);
}
