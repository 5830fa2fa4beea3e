//! Memory of which several parts of one length are written side by side, some elements of each at a
//! time.

use std::ops::Range;

use super::around::{Memory, Scene};

/// No more parts than these.
pub(super) const PARTS: usize = 8;

/// A part, or a stretch of it.
struct Part<'a, T> {
    /// Where the stretch starts.
    start: usize,
    values: &'a mut [T],
}

/// The parts, and what lies around them.
pub(super) struct Apart<'a, T> {
    parts: [Part<'a, T>; PARTS],
    /// What lies below each part and above the last, and where it starts.
    gaps: [(usize, &'a [T]); PARTS + 1],
}

/// What lies around all parts.
pub(super) struct Gaps<'a, T>([(usize, &'a [T]); PARTS + 1]);

impl<T> Memory<T> for Gaps<'_, T> {
    fn side(&self, at: usize) -> (&[T], usize) {
        find(self.0.iter().copied(), at)
    }
}

/// Of pieces of memory and where they start, the one that has a place, and where in it.
fn find<'m, T>(mut sides: impl Iterator<Item = (usize, &'m [T])>, at: usize) -> (&'m [T], usize) {
    let holds = |(start, side): &(usize, &[T])| at >= *start && at - start < side.len();
    let (start, side) = sides.find(holds).expect("a place that is not being written");
    (side, at - start)
}

impl<'a, T> Apart<'a, T> {
    /// No parts.
    pub fn none() -> Self {
        Apart {
            parts: std::array::from_fn(|_| Part { start: usize::MAX, values: &mut [] }),
            gaps: [(usize::MAX, &[]); PARTS + 1],
        }
    }

    /// Parts of `len` elements; of which one, `own`, is handed out.
    pub fn of(
        memory: &'a mut [T],
        starts: &[usize],
        len: usize,
        own: Option<usize>,
    ) -> (Self, Option<&'a mut [T]>) {
        let Apart { mut parts, mut gaps } = Apart::none();
        let (mut rest, mut at, mut handed_out) = (memory, 0, None);
        for (i, &start) in starts.iter().enumerate() {
            let (gap, from) = rest.split_at_mut(start - at);
            let (values, above) = from.split_at_mut(len);
            gaps[i] = (at, gap);
            match own == Some(start) {
                true => handed_out = Some(values),
                false => parts[i] = Part { start, values },
            }
            (rest, at) = (above, start + len);
        }
        gaps[starts.len()] = (at, rest);
        (Apart { parts, gaps }, handed_out)
    }

    pub fn gaps(&self) -> Gaps<'a, T> {
        Gaps(self.gaps)
    }

    /// The first `len` elements of each part, and the others.
    pub fn split(self, len: usize) -> (Self, Self) {
        let Apart { mut parts, gaps } = self;
        let mut more = Apart::none().parts;
        for (part, more) in parts.iter_mut().zip(&mut more) {
            if !part.values.is_empty() {
                let (first, others) = std::mem::take(&mut part.values).split_at_mut(len);
                part.values = first;
                *more = Part { start: part.start + len, values: others };
            }
        }
        (Apart { parts, gaps }, Apart { parts: more, gaps })
    }
}

/// What may be read while one part is written.
pub(super) struct Others<'m, 'a, T> {
    parts: [&'m [Part<'a, T>]; 2],
    gaps: &'m [(usize, &'a [T])],
}

impl<T> Memory<T> for Others<'_, '_, T> {
    fn side(&self, at: usize) -> (&[T], usize) {
        let parts = self.parts.iter().flat_map(|parts| parts.iter());
        let parts = parts.map(|part| (part.start, &*part.values));
        find(parts.chain(self.gaps.iter().copied()), at)
    }
}

impl<'a, T> Scene<T> for Apart<'a, T> {
    type Rest<'m>
        = Others<'m, 'a, T>
    where
        Self: 'm;

    fn whole(&self) -> Others<'_, 'a, T> {
        Others { parts: [&self.parts, &[]], gaps: &self.gaps }
    }

    fn part(&mut self, part: Range<usize>) -> (&mut [T], Others<'_, 'a, T>) {
        let holds = |p: &Part<'_, T>| p.start <= part.start && part.end - p.start <= p.values.len();
        let which = self.parts.iter().position(holds).expect("what is written is a part");
        let (before, from) = self.parts.split_at_mut(which);
        let (it, after) = from.split_first_mut().expect("it is there");
        let within = part.start - it.start..part.end - it.start;
        (&mut it.values[within], Others { parts: [before, after], gaps: &self.gaps })
    }

    fn plain(&mut self) -> Option<&mut [T]> {
        None
    }
}
