//! One-sided derivatives, and the verdict: differentiable, kink, jump, vertical, or not defined.

use std::cmp::Ordering;

use chainrule_autograd::number::{Coefficient, Interval, Mark, Side};
use serde::Serialize;

use crate::Evidence;
use crate::curve::Curve;
use crate::report::plain;

/// What a function does at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Continuous, with equal slopes on both sides.
    Differentiable,
    /// Continuous, with different slopes.
    Kink,
    /// Continuous, with an infinite slope on one side at least.
    Vertical,
    /// Not continuous: a limit differs from the value.
    Jump,
    /// It has no value here, and grows beyond all bounds on one side at least.
    Pole,
    /// It has no value here.
    Outside,
    /// It cannot be told.
    Undecided,
}

/// A function at a point, seen from both sides. NaN stands for what is not known or not defined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Local {
    /// The point.
    #[serde(serialize_with = "plain")]
    pub at: f64,
    /// The value.
    #[serde(serialize_with = "plain")]
    pub value: f64,
    /// The limit from the left.
    #[serde(serialize_with = "plain")]
    pub left: f64,
    /// The limit from the right.
    #[serde(serialize_with = "plain")]
    pub right: f64,
    /// The slope from the left.
    #[serde(serialize_with = "plain")]
    pub left_slope: f64,
    /// The slope from the right.
    #[serde(serialize_with = "plain")]
    pub right_slope: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// How sure it is.
    pub evidence: Evidence,
}

/// What is known at a point, in intervals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    pub value: Interval,
    pub limits: [Option<Interval>; 2],
    pub slopes: [Option<Interval>; 2],
    pub continuous: Option<bool>,
    pub verdict: Verdict,
}

/// One number that two enclosures stand for: whether they are the same, if that can be told.
fn same(a: Interval, b: Interval) -> Option<bool> {
    match a.outcomes(b).decided() {
        Some(order) => Some(order == Ordering::Equal),
        None => (a.exact().is_some() && a.exact() == b.exact()).then_some(true),
    }
}

fn is_infinite(x: Interval) -> bool {
    x.low() >= f64::MAX || x.high() <= -f64::MAX
}

impl Sides {
    pub fn of(curve: &Curve, x: f64) -> Sides {
        let value = curve.enclosed(x);
        let germs = Side::BOTH.map(|side| (side, curve.germ(x, side)));
        let limits = germs.map(|(_, germ)| germ.limit());
        let slopes = germs.map(|(side, germ)| germ.derivative(1, side));
        let near = curve.series(Interval::new(x.next_down(), x.next_up()), 1);
        let continuous = if near.coefficient(0).is_regular() {
            Some(true)
        } else if value.is_nan() || value.mark() == Mark::Partial {
            None
        } else {
            let meets = limits.map(|limit| limit.and_then(|limit| same(limit, value)));
            match meets {
                [Some(false), _] | [_, Some(false)] => Some(false),
                [Some(true), Some(true)] => Some(true),
                _ => None,
            }
        };
        let smooth = continuous == Some(true) && near.coefficient(1).is_regular();
        let mut sides = Sides { value, limits, slopes, continuous, verdict: Verdict::Undecided };
        let unbounded = curve.value(x).is_infinite();
        sides.verdict = match smooth {
            true => Verdict::Differentiable,
            false => sides.judge(unbounded),
        };
        if smooth {
            sides.slopes = [Some(curve.coefficient(x, 1)); 2];
        }
        sides
    }

    fn judge(&self, unbounded: bool) -> Verdict {
        if self.value.is_nan() {
            let infinite = |limit: &Option<Interval>| limit.is_some_and(is_infinite);
            let pole = unbounded || self.limits.iter().any(infinite);
            return if pole { Verdict::Pole } else { Verdict::Outside };
        }
        match (self.continuous, self.slopes) {
            (Some(false), _) => Verdict::Jump,
            (Some(true), [Some(left), Some(right)]) => {
                if is_infinite(left) || is_infinite(right) {
                    return Verdict::Vertical;
                }
                match same(left, right) {
                    Some(true) => Verdict::Differentiable,
                    Some(false) => Verdict::Kink,
                    None => Verdict::Undecided,
                }
            }
            _ => Verdict::Undecided,
        }
    }

    /// The change of the slope from left to right, if it is known.
    pub fn turn(&self) -> Option<Ordering> {
        let [Some(left), Some(right)] = self.slopes else { return None };
        match self.verdict {
            Verdict::Differentiable => Some(Ordering::Equal),
            Verdict::Kink => right.outcomes(left).decided(),
            _ => None,
        }
    }
}

/// A number that stands for an enclosure.
pub(crate) fn number(x: Option<Interval>) -> f64 {
    match x {
        None => f64::NAN,
        Some(x) if x.low() >= f64::MAX => f64::INFINITY,
        Some(x) if x.high() <= -f64::MAX => f64::NEG_INFINITY,
        Some(x) => x.middle(),
    }
}

impl Curve {
    /// One-sided limits and derivatives at a point, and the verdict. They are exact: found with an
    /// infinitely small step, not with a small one, and in interval arithmetic; what it cannot tell
    /// is undecided.
    ///
    /// ```
    /// use chainrule_calculus::{Curve, Verdict};
    /// let f = Curve::record(|x| x.square().sqrt())?;
    /// let at = f.at(0.0);
    /// assert_eq!((at.left_slope, at.right_slope), (-1.0, 1.0));
    /// assert_eq!(at.verdict, Verdict::Kink);
    /// # Ok::<(), chainrule_autograd::EvaluateError>(())
    /// ```
    pub fn at(&self, x: f64) -> Local {
        let sides = Sides::of(self, x);
        let evidence = match sides.verdict {
            Verdict::Undecided => Evidence::Undecided,
            _ => Evidence::Proved,
        };
        let value = self.value(x);
        Local {
            at: x,
            value,
            left: number(sides.limits[0]),
            right: number(sides.limits[1]),
            left_slope: number(sides.slopes[0]),
            right_slope: number(sides.slopes[1]),
            verdict: sides.verdict,
            evidence,
        }
    }
}
