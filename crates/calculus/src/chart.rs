//! [`Chart`]: where the k-th derivative is positive, negative, zero; the engine of the analysis.
//!
//! The interval is cut into stretches until each has a proved sign, or holds exactly one root of
//! the derivative (proved: it is monotone there and changes its sign), or is too short to go on.
//! Cuts are made at the simplest number in the middle half, so that kinks and roots at whole numbers
//! and short fractions come to lie at ends of stretches, where germs see them exactly.
//!
//! What is left over, stretches around a root at the end of another one, around a multiple root or
//! a kink at an irrational number, is joined and looked at once more.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use chainrule_autograd::number::{Coefficient, Interval, Side};

use crate::curve::Curve;
use crate::isolate::{isolate, simplest};

/// A part of the interval with one sign of the derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    pub from: f64,
    pub to: f64,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The derivative has this sign throughout; `Equal`: it is 0 throughout. Proved.
    Sign(Ordering),
    /// The function is not defined anywhere on it. Proved.
    Outside,
    /// Not known.
    Unknown,
}

/// What lies between two pieces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    /// The least enclosure of the place; both ends are equal if it is known exactly.
    pub from: f64,
    pub to: f64,
    /// The place, as near as it is known.
    pub at: f64,
    pub cause: Cause,
    /// That it is what the cause says is proved.
    pub proved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The derivative is 0, and exists around.
    Root,
    /// Some derivative up to this order does not exist, or it is not known whether it does.
    Singular,
    /// On one side nothing is known.
    Edge,
}

impl Spot {
    /// One point.
    pub fn point(x: f64, cause: Cause, proved: bool) -> Self {
        Spot { from: x, to: x, at: x, cause, proved }
    }

    pub fn is_exact(&self) -> bool {
        self.from == self.to
    }
}

/// Pieces in order, with one spot between each two.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub pieces: Vec<Piece>,
    pub spots: Vec<Spot>,
}

/// How many stretches are cut at most, and how many nodes are played for that.
const PATIENCE: usize = 3000;
const EFFORT: usize = 100_000;

/// A stretch while it is worked on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub a: f64,
    pub b: f64,
    state: State,
    /// The sign of the next derivative, if it has one there.
    slope: Option<Ordering>,
    /// The signs of the derivative at both ends, seen from inside.
    ends: [Option<Ordering>; 2],
}

/// Stretches still to be cut, the widest first: if patience ends, it ends where it is hard.
#[derive(Debug)]
struct Waiting(Cell);

impl Waiting {
    fn width(&self) -> f64 {
        self.0.b - self.0.a
    }
}
impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.width().total_cmp(&other.width())
    }
}

impl Chart {
    /// The signs of the k-th derivative from `from` to `to`.
    pub fn draw(curve: &Curve, k: usize, from: f64, to: f64) -> Chart {
        let scale = from.abs().max(to.abs()).max(to - from);
        let mut surveyor = Surveyor { curve, k, scale, cells: Vec::new(), spots: Vec::new() };
        surveyor.cut(from, to);
        surveyor.join()
    }
}

pub(crate) struct Surveyor<'a> {
    pub curve: &'a Curve,
    pub k: usize,
    pub scale: f64,
    cells: Vec<Cell>,
    /// Roots that were isolated inside a stretch.
    spots: Vec<Spot>,
}

impl Surveyor<'_> {
    /// Cuts the interval into stretches about which something is known.
    fn cut(&mut self, from: f64, to: f64) {
        let patience = PATIENCE.min(EFFORT / self.curve.function().tape().len().max(1));
        let mut waiting = BinaryHeap::from([Waiting(self.look(from, to))]);
        for cuts in 0.. {
            let Some(Waiting(cell)) = waiting.pop() else { break };
            let (a, b) = (cell.a, cell.b);
            let open = cell.state == State::Unknown && cell.slope.is_none() && cuts < patience;
            match split(a, b).filter(|_| open && b - a > self.shortest(a, b)) {
                Some(middle) => {
                    waiting.push(Waiting(self.look(a, middle)));
                    waiting.push(Waiting(self.look(middle, b)));
                }
                None => self.settle(cell),
            }
        }
        self.cells.sort_by(|x, y| x.a.total_cmp(&y.a));
    }

    /// Stretches shorter than this are not cut any more: around what is smooth the reason is a
    /// multiple root, whose place is known well enough; around a kink go on to the last digits.
    fn shortest(&self, a: f64, b: f64) -> f64 {
        let near = self.curve.series(Interval::new(a, b), self.k);
        let smooth = (0..=self.k).all(|k| near.coefficient(k).is_regular());
        let size = a.abs().max(b.abs()).max(self.scale * 1e-6);
        size * if smooth { 2f64.powi(-30) } else { 2f64.powi(-50) }
    }

    /// What is known of one stretch.
    fn look(&self, a: f64, b: f64) -> Cell {
        let k = self.k;
        let mut y = self.curve.stretch(a, b, k + 3);
        let at_zero = |side| y.end(side).coefficient(k).is_some_and(|c| c.is_zero());
        if y.sign(k).is_none() && Side::BOTH.into_iter().any(at_zero) {
            y = self.curve.stretch(a, b, k + 12); // a zero of higher order, perhaps
        }
        let state = match y.sign(k) {
            _ if y.over().coefficient(0).is_nan() => State::Outside,
            Some(sign) if k == 0 || y.is_smooth(k - 1) => State::Sign(sign),
            _ => State::Unknown,
        };
        let next = y.over().coefficient(k + 1);
        let slope = if y.is_smooth(k + 1) { next.sign() } else { None };
        let inwards = |side: Side| y.end(side).coefficient(k).and_then(|c| c.sign());
        let right = inwards(Side::Right);
        let right = if k % 2 == 1 { right.map(Ordering::reverse) } else { right };
        let ends = [inwards(Side::Left), right];
        Cell { a, b, state, slope: slope.filter(|s| *s != Ordering::Equal), ends }
    }

    /// Takes a stretch as it is; one in which the derivative changes its sign is parted at the root.
    fn settle(&mut self, cell: Cell) {
        let Some(slope) = cell.slope.filter(|_| cell.state == State::Unknown) else {
            return self.cells.push(cell);
        };
        match cell.ends {
            [Some(left), Some(right)] if left == slope.reverse() && right == slope => {
                self.part(cell, left);
            }
            _ => self.cells.push(cell),
        }
    }

    /// Parts a stretch at its only root. `left`: the sign before it.
    fn part(&mut self, cell: Cell, left: Ordering) {
        let (from, to) = isolate(cell.a, cell.b, left, |x| self.curve.coefficient(x, self.k));
        let at = simplest(from, to).unwrap_or(from);
        self.spots.push(Spot { from, to, at, cause: Cause::Root, proved: true });
        for (a, b, sign) in [(cell.a, from, left), (to, cell.b, left.reverse())] {
            self.cells.push(Cell { a, b, state: State::Sign(sign), ..cell });
        }
    }

    /// Whether all derivatives up to order n exist around a point.
    fn smooth_at(&self, x: f64, n: usize) -> bool {
        let near = self.curve.series(Interval::new(x.next_down(), x.next_up()), n);
        (0..=n).all(|k| near.coefficient(k).is_regular())
    }

    /// Resolves what is left over, and joins equal neighbours.
    fn join(mut self) -> Chart {
        let cells = std::mem::take(&mut self.cells);
        let mut at = 0;
        while at < cells.len() {
            if cells[at].state != State::Unknown {
                self.cells.push(cells[at]);
                at += 1;
                continue;
            }
            let end = (at..cells.len())
                .find(|&i| cells[i].state != State::Unknown)
                .unwrap_or(cells.len());
            self.resolve(&cells[at..end], cells.get(end).copied());
            at = end;
        }
        self.chart()
    }

    /// A run of neighbours about which nothing is known by themselves.
    fn resolve(&mut self, run: &[Cell], after: Option<Cell>) {
        let (a, b) = (run[0].a, run[run.len() - 1].b);
        let before = self.cells.last().copied();
        let ends = [run[0].ends[0], run[run.len() - 1].ends[1]];
        let unknown = Cell { a, b, state: State::Unknown, slope: None, ends };
        let smooth = run.windows(2).all(|w| self.smooth_at(w[0].b, self.k + 1));
        let slope = run[0].slope.filter(|s| run.iter().all(|c| c.slope == Some(*s)) && smooth);
        let Some(slope) = slope else { return self.cells.push(unknown) };
        // The derivative is monotone on the run; outside of it its sign is known, if it goes on.
        let sign = |cell: Option<Cell>, x: f64, end: Option<Ordering>| match cell.map(|c| c.state) {
            Some(State::Sign(sign)) if sign != Ordering::Equal && self.smooth_at(x, self.k) => {
                Some(sign)
            }
            _ => end,
        };
        match (sign(before, a, ends[0]), sign(after, b, ends[1])) {
            (Some(left), Some(right)) if left == slope.reverse() && right == slope => {
                self.part(Cell { slope: Some(slope), ..unknown }, left);
            }
            (Some(left), Some(right)) if left == right => {
                self.cells.push(Cell { state: State::Sign(left), ..unknown });
            }
            (Some(left), _) if left == slope => {
                self.cells.push(Cell { state: State::Sign(left), ..unknown });
            }
            (_, Some(right)) if right == slope.reverse() => {
                self.cells.push(Cell { state: State::Sign(right), ..unknown });
            }
            _ => self.cells.push(unknown),
        }
    }

    /// Joins neighbours with nothing in between.
    fn chart(self) -> Chart {
        let mut chart = Chart { pieces: Vec::new(), spots: Vec::new() };
        let tiny = |c: &Cell| {
            c.state == State::Unknown && c.b - c.a <= c.a.abs().max(self.scale) * 2f64.powi(-24)
        };
        for cell in &self.cells {
            let piece = Piece { from: cell.a, to: cell.b, state: cell.state };
            let Some(last) = chart.pieces.last().copied() else {
                chart.pieces.push(piece);
                continue;
            };
            if let Some(spot) = self.between(&last, &piece) {
                chart.spots.push(spot);
                chart.pieces.push(piece);
            } else if let Some(last) = chart.pieces.last_mut() {
                last.to = cell.b;
            }
        }
        self.swallow(chart, &self.cells.iter().filter(|c| tiny(c)).copied().collect::<Vec<_>>())
    }

    /// What lies between two neighbours, if they are not to be joined.
    fn between(&self, left: &Piece, right: &Piece) -> Option<Spot> {
        let isolated = |s: &&Spot| s.from == left.to && s.to == right.from;
        if let Some(spot) = self.spots.iter().find(isolated) {
            return Some(*spot);
        }
        let x = left.to;
        let spot = |cause, proved| Some(Spot::point(x, cause, proved));
        if !self.smooth_at(x, self.k) {
            let known = left.state != State::Unknown && right.state != State::Unknown;
            let unchanged = left.state == right.state && !matches!(left.state, State::Sign(_));
            return if unchanged { None } else { spot(Cause::Singular, known) };
        }
        match (left.state, right.state) {
            (State::Sign(a), State::Sign(b)) if a == b => match self.curve.coefficient(x, self.k) {
                _ if a == Ordering::Equal => None,
                c if c.is_zero() => spot(Cause::Root, true),
                c if c.contains(0.0) => spot(Cause::Root, false),
                _ => None,
            },
            (State::Unknown, State::Unknown) => None,
            // A continuous derivative that changes its sign at x is 0 there.
            (State::Sign(_), State::Sign(_)) => spot(Cause::Root, true),
            _ => spot(Cause::Edge, false),
        }
    }
}

/// The simplest number in the middle half of an interval: the one with the fewest bits.
fn split(a: f64, b: f64) -> Option<f64> {
    let (lo, hi) = (0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b);
    if lo <= 0.0 && 0.0 <= hi && a < 0.0 && 0.0 < b {
        return Some(0.0);
    }
    let mut step = 2f64.powi((hi - lo).log2().ceil() as i32 + 1);
    loop {
        let x = (lo / step).ceil() * step;
        if x <= hi {
            return (a < x && x < b).then_some(x);
        }
        step *= 0.5;
        if step <= f64::MIN_POSITIVE {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_simple_numbers() {
        for (a, b, want) in [
            (-1.0, 2.0, 0.0),
            (0.7, 1.2, 1.0),
            (0.05, 1.0, 0.5),
            (3.0, 3.5, 3.25),
            (1.0, 1.0, f64::NAN),
        ] {
            assert_eq!(split(a, b).unwrap_or(f64::NAN).to_bits(), want.to_bits(), "{a}..{b}");
        }
        let (a, b) = (1.0, 1f64.next_up());
        assert_eq!(split(a, b), None);
    }
}
