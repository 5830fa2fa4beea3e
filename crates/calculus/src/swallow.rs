//! The last step of a [`Chart`]: short pieces about which nothing is known become spots.

use std::cmp::Ordering;

use chainrule_autograd::number::{Coefficient, Interval};

use crate::chart::{Cause, Cell, Chart, Piece, Spot, State, Surveyor};
use crate::isolate::{isolate, simplest};

/// Multiple roots are looked for up to so many derivatives higher.
const HIGHEST: usize = 6;

impl Surveyor<'_> {
    /// Short pieces about which nothing is known become spots.
    pub fn swallow(&self, mut chart: Chart, tiny: &[Cell]) -> Chart {
        let mut at = 0;
        while at < chart.pieces.len() {
            let piece = chart.pieces[at];
            let inner = at > 0 && at + 1 < chart.pieces.len();
            let short = tiny.iter().any(|c| c.a == piece.from && c.b == piece.to);
            if inner && short && self.goes_on(&chart.pieces[at - 1..=at + 1]) {
                chart.pieces[at - 1].to = chart.pieces[at + 1].to;
                chart.pieces.drain(at..=at + 1);
                chart.spots.drain(at - 1..=at);
                continue;
            }
            let spot = match inner {
                true if short => Some(self.spot(piece.from, piece.to)),
                true => self.crossing(&chart.pieces[at - 1..=at + 1]),
                false => None,
            };
            let Some(spot) = spot else {
                at += 1;
                continue;
            };
            let next = chart.pieces.remove(at + 1);
            chart.pieces.remove(at);
            chart.spots.splice(at - 1..=at, [spot]);
            chart.pieces.insert(at, next);
        }
        chart
    }

    /// Whether the derivative has between two pieces the sign that it has on both: it is monotone
    /// there, as the next one has a sign, or is monotone itself with one sign at both ends.
    fn goes_on(&self, pieces: &[Piece]) -> bool {
        let next = self.k + 1;
        let (from, to) = (pieces[1].from.next_down(), pieces[1].to.next_up());
        let near = self.curve.series(Interval::new(from, to), next + 1);
        let smooth = (0..=next + 1).all(|k| near.coefficient(k).is_regular());
        let sign = |piece: &Piece| matches!(piece.state, State::Sign(s) if s != Ordering::Equal);
        let equal = sign(&pieces[0]) && pieces[0].state == pieces[2].state;
        let at = |x: f64| self.curve.coefficient(x, next).sign();
        let by_ends = || near.coefficient(next + 1).sign().is_some() && at(from) == at(to);
        equal
            && smooth
            && (near.coefficient(next).sign().is_some() || at(from).is_some() && by_ends())
    }

    /// A longer piece about which nothing is known between different signs: where the derivative and
    /// the next ones exist, it is 0 somewhere in it, at a multiple root as it seems, which is where one
    /// of the next derivatives changes its sign.
    fn crossing(&self, pieces: &[Piece]) -> Option<Spot> {
        let [before, State::Unknown, after] = [0, 1, 2].map(|i| pieces[i].state) else {
            return None;
        };
        let Piece { from, to, .. } = pieces[1];
        let opposite = match (before, after) {
            (State::Sign(a), State::Sign(b)) => a != Ordering::Equal && a == b.reverse(),
            _ => false,
        };
        if !opposite || to - from > self.scale * 2f64.powi(-10) {
            return None;
        }
        let near = self.curve.series(Interval::new(from, to), self.k + HIGHEST);
        let smooth = (0..=self.k + HIGHEST).all(|k| near.coefficient(k).is_regular());
        for n in (self.k + 1..self.k + HIGHEST).filter(|_| smooth) {
            let g = |x: f64| self.curve.coefficient(x, n);
            let (Some(left), Some(right)) = (g(from).sign(), g(to).sign()) else { continue };
            if left == right.reverse() && near.coefficient(n + 1).sign().is_some() {
                let (low, high) = isolate(from, to, left, g);
                let at = simplest(low, high).unwrap_or(low);
                return Some(Spot { from, to, at, cause: Cause::Root, proved: false });
            }
        }
        None
    }

    /// What hides in a short piece: where everything exists, the derivative comes so near to 0 that
    /// it cannot be told from it.
    fn spot(&self, from: f64, to: f64) -> Spot {
        let n = self.k + 1;
        let near = self.curve.series(Interval::new(from, to), n);
        if !(0..=self.k).all(|k| near.coefficient(k).is_regular()) {
            let at = simplest(from, to).unwrap_or(from);
            return Spot { from, to, at, cause: Cause::Singular, proved: false };
        }
        // A touch is where the next derivative changes its sign.
        let g = |x: f64| self.curve.coefficient(x, n);
        let (low, high) = match (g(from).sign(), g(to).sign()) {
            (Some(left), Some(right)) if left == right.reverse() => isolate(from, to, left, g),
            _ => (from, to),
        };
        Spot { from, to, at: simplest(low, high).unwrap_or(low), cause: Cause::Root, proved: false }
    }
}
