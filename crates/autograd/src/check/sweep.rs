//! The sweep: every op and row, in both precisions and orders, as a table.

use std::fmt;

use super::{Entry, Report, Subject, Verdict, cases};
use crate::play::Element;
use crate::table::Row;

/// What was found for one op, in one precision, at one order, over all shapes and layouts.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The op or elementwise function.
    pub name: &'static str,
    /// `"f32"` or `"f64"`
    pub dtype: &'static str,
    /// 1 or 2
    pub order: usize,
    /// How many elements of derivatives were compared.
    pub elements: usize,
    /// How many of them stood at a kink.
    pub kinks: usize,
    /// How many differ.
    pub differ: usize,
    /// How many finite differences cannot decide.
    pub undecided: usize,
    /// The element that comes closest to its tolerance, or exceeds it most.
    pub worst: Option<Entry>,
}

impl Line {
    /// Checks one subject over all its shapes and layouts.
    pub fn check<T: Element>(subject: Subject, order: usize) -> Line {
        let entries = subject.trials().flat_map(|t| t.report::<T>(order).entries).collect();
        let report = Report { entries };
        Line {
            name: subject.name(),
            dtype: T::NAME,
            order,
            elements: report.entries.len(),
            kinks: report.kinks().count(),
            differ: report.failures().count(),
            undecided: report.undecided().count(),
            worst: report.worst().cloned(),
        }
    }

    /// Whether something was compared, and all of it was decided and agrees.
    pub fn passed(&self) -> bool {
        self.elements > 0 && self.differ + self.undecided == 0
    }

    /// The largest error as a share of its tolerance.
    pub fn share(&self) -> f64 {
        self.worst.as_ref().map_or(0.0, |e| e.error / e.tolerance)
    }

    /// The judgement on the whole.
    pub fn verdict(&self) -> Verdict {
        match self {
            line if !line.passed() => Verdict::Differs,
            line if line.kinks > 0 => Verdict::Kink,
            _ => Verdict::Agrees,
        }
    }
}

/// One line of a table: name, dtype, order, elements, share of the tolerance, verdict.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { name, dtype, order, elements, .. } = self;
        let share = 100.0 * self.share();
        let verdict = match self.verdict() {
            Verdict::Agrees | Verdict::Undecided => "ok",
            Verdict::Kink => "ok (kinks)",
            Verdict::Differs => "DIFFERS",
        };
        write!(f, "{name:<24} {dtype} {order} {elements:>6} {share:>8.2} % {verdict}")
    }
}

/// Checks the whole catalogue and the given rows, in both precisions, at orders 1 and 2.
///
/// ```no_run
/// use chainrule_autograd::{check, table};
/// for line in check::check_all(table::rows()) {
///     println!("{line}"); // add   f32 1   132   6.25 % ok
///     assert!(line.passed());
/// }
/// ```
pub fn check_all(rows: impl Iterator<Item = &'static dyn Row>) -> Vec<Line> {
    cases().map(Subject::Case).chain(rows.map(Subject::Row)).flat_map(lines).collect()
}

/// The four lines of one subject.
fn lines(subject: Subject) -> [Line; 4] {
    [
        Line::check::<f32>(subject, 1),
        Line::check::<f32>(subject, 2),
        Line::check::<f64>(subject, 1),
        Line::check::<f64>(subject, 2),
    ]
}
