//! A program in print: what is computed once, the steps of a play, and how values are carried.

use std::fmt;

use super::Program;
use super::press::Step;
use super::schedule::Work;
use crate::node::Id;
use crate::play::Element;

/// The steps, one line per node; what is computed together stands together.
impl<T: Element> fmt::Display for Program<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |id: &Id| self.record.line(*id);
        if !self.prologue.is_empty() {
            writeln!(f, "once")?;
        }
        for &id in &self.prologue {
            writeln!(f, "    {}", line(&Id(id as u32)))?;
        }
        for (work, step) in self.works.iter().zip(&self.steps) {
            match (work, step) {
                (Work::Group(len, _), Step::Group(group)) => {
                    let sums =
                        if group.takes_multiples() { ", multiples added at once" } else { "" };
                    let way = if group.reads_itself() { ", some over what they read" } else { "" };
                    writeln!(f, "tiles of {len}{sums}{way}")?;
                }
                (Work::Group(len, _), _) => writeln!(f, "tiles of {len}")?,
                (Work::Scalars(_), _) => writeln!(f, "scalars")?,
                (Work::Product(_), _) => writeln!(f, "product, piece by piece")?,
                (Work::Node(_), Step::Product(_)) => writeln!(f, "product")?,
                (Work::Onto(_), _) => writeln!(f, "product, added where the sum lies")?,
                (Work::Node(_), Step::Idle { .. }) => writeln!(f, "product, if there is a NaN")?,
                (Work::Node(_), _) => writeln!(f, "array")?,
            }
            work.nodes().iter().try_for_each(|id| writeln!(f, "    {}", line(id)))?;
        }
        for (i, &(x, _)) in self.carried.iter().enumerate() {
            let place = self.slots[x.index()].offset;
            let moved = self.moves.iter().any(|&[_, to, _]| to == place);
            let how = if moved { "copied" } else { "in place" };
            writeln!(f, "carried {i}: {} {how}", self.record.label(x))?;
        }
        write!(f, "{} bytes", self.buffer_bytes())
    }
}

impl<T: Element> fmt::Debug for Program<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program<{}>({} nodes in {} steps)", T::NAME, self.len(), self.steps.len())
    }
}
