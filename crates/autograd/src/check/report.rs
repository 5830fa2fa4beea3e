//! What a gradient check found, element by element.

use std::fmt;

/// How an element of a derivative compares with finite differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The two agree within the tolerance.
    Agrees,
    /// The function has a kink here, and the derivative lies between the one-sided quotients; or the
    /// derivative is infinite, and a one-sided quotient grows with it.
    Kink,
    /// The differences cannot tell: rounding swallows what they should show.
    Undecided,
    /// They differ.
    Differs,
}

/// One element of a checked derivative: ∂output\[row\] / ∂input\[index\].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name of the input.
    pub input: String,
    /// The position in the input, in row-major order.
    pub index: usize,
    /// The position in the output (for second order: in the gradient), in row-major order.
    pub row: usize,
    /// What the engine says.
    pub analytic: f64,
    /// What finite differences say.
    pub numeric: f64,
    /// |analytic − numeric|
    pub error: f64,
    /// The error that is allowed.
    pub tolerance: f64,
    /// The judgement.
    pub verdict: Verdict,
}

/// All elements of a checked derivative.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One entry per pair of output and input element.
    pub entries: Vec<Entry>,
}

impl Report {
    /// Whether no entry differs.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The entries that differ.
    pub fn failures(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.verdict == Verdict::Differs)
    }

    /// The entries at kinks.
    pub fn kinks(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.verdict == Verdict::Kink)
    }

    /// The entries that differences cannot decide.
    pub fn undecided(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.verdict == Verdict::Undecided)
    }

    /// The entry that comes closest to its tolerance, or exceeds it most; `None` if nothing was
    /// compared.
    pub fn worst(&self) -> Option<&Entry> {
        let share =
            |e: &Entry| if e.error.is_nan() { f64::INFINITY } else { e.error / e.tolerance };
        let told = |e: &&Entry| !matches!(e.verdict, Verdict::Kink | Verdict::Undecided);
        let smooth = self.entries.iter().filter(told);
        smooth.max_by(|a, b| share(a).total_cmp(&share(b)))
    }

    /// For tests.
    ///
    /// # Panics
    /// With a table of the entries that differ, if there are any.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.passed(), "the gradient check failed\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, kinks, wrong) =
            (self.entries.len(), self.kinks().count(), self.failures().count());
        write!(f, "{all} elements checked, {kinks} at kinks, {wrong} differ")?;
        match self.undecided().count() {
            0 => {}
            open => write!(f, ", {open} undecided")?,
        }
        for e in self.failures().take(20) {
            write!(
                f,
                "\n  ∂[{}]/∂{}[{}]: analytic {:e}, numeric {:e}, error {:.1e} > {:.1e}",
                e.row, e.input, e.index, e.analytic, e.numeric, e.error, e.tolerance
            )?;
        }
        if wrong > 20 {
            write!(f, "\n  … and {} more", wrong - 20)?;
        }
        Ok(())
    }
}
