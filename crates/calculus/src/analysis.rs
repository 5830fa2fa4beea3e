//! [`Analysis`]: everything that is said about a function on an interval, from the signs of its first
//! two derivatives.

use std::cmp::Ordering;

use chainrule_autograd::number::{Coefficient, Interval};

use crate::chart::{Cause, Chart, Piece, Spot, State};
use crate::curve::Curve;
use crate::link::Link;
use crate::report::{
    Analysis, Bend, BendPiece, Break, Evidence, Extremum, ExtremumKind, Kind, Place, Root,
    Stationary, Trend, TrendPiece, Value,
};
use crate::verdict::{Verdict, number};

impl Curve {
    /// Everything about the function from `from` to `to`.
    ///
    /// ```
    /// use chainrule_calculus::{Curve, Evidence, Kind};
    /// let f = Curve::parse("x^3 - 3*x", chainrule_activations::rows())?;
    /// let a = f.analyze(-2.0, 2.0);
    /// assert_eq!(a.stationary.len(), 2);
    /// assert_eq!((a.stationary[0].place.at, a.stationary[0].kind), (-1.0, Kind::Maximum));
    /// assert!(a.stationary.iter().all(|s| s.evidence == Evidence::Proved));
    /// assert!(a.complete); // there are no others
    /// # Ok::<(), chainrule_calculus::ParseError>(())
    /// ```
    ///
    /// # Panics
    /// If the interval is empty or not finite.
    pub fn analyze(&self, from: f64, to: f64) -> Analysis {
        assert!(from < to && from.is_finite() && to.is_finite(), "no interval: {from} to {to}");
        let charts = [0, 1, 2].map(|k| Chart::draw(self, k, from, to));
        let links = [0, 1, 2].map(|k| charts[k].spots.iter().map(|s| Link::of(self, s)).collect());
        let view = View { curve: self, from, to, charts, links };
        let extrema = view.extrema();
        Analysis {
            text: self.text().map(str::to_owned),
            from,
            to,
            roots: view.roots(),
            stationary: view.stationary(),
            monotone: view.monotone(),
            bends: view.bends(),
            inflections: view.inflections(),
            least: view.extreme_value(&extrema, Ordering::Less),
            greatest: view.extreme_value(&extrema, Ordering::Greater),
            extrema,
            breaks: view.breaks(),
            undecided: view.undecided(),
            complete: view.is_complete(),
        }
    }
}

/// The charts of the function itself and of its first two derivatives.
struct View<'a> {
    curve: &'a Curve,
    from: f64,
    to: f64,
    charts: [Chart; 3],
    links: [Vec<Link>; 3],
}

fn sign(piece: &Piece) -> Option<Ordering> {
    match piece.state {
        State::Sign(sign) => Some(sign),
        _ => None,
    }
}

fn evidence(proved: bool) -> Evidence {
    if proved { Evidence::Proved } else { Evidence::Numeric }
}

fn place(spot: &Spot) -> Place {
    Place { at: spot.at, from: spot.from, to: spot.to }
}

fn found_break(spot: &Spot, link: &Link) -> Break {
    let verdict = link.sides.verdict;
    Break {
        place: place(spot),
        verdict,
        left: number(link.sides.limits[0]),
        right: number(link.sides.limits[1]),
        left_slope: number(link.sides.slopes[0]),
        right_slope: number(link.sides.slopes[1]),
        evidence: match verdict {
            Verdict::Undecided => Evidence::Undecided,
            _ => evidence(spot.is_exact()),
        },
    }
}

impl View<'_> {
    /// (spot, its link, the signs before and behind) of each spot of a chart.
    fn spots(&self, k: usize) -> impl Iterator<Item = (&Spot, &Link, [Option<Ordering>; 2])> {
        let pieces = &self.charts[k].pieces;
        let both = self.charts[k].spots.iter().zip(&self.links[k]).enumerate();
        both.map(move |(i, (spot, link))| (spot, link, [sign(&pieces[i]), sign(&pieces[i + 1])]))
    }

    fn roots(&self) -> Vec<Root> {
        let at_zero = |spot: &Spot, link: &Link| {
            spot.cause == Cause::Root || spot.is_exact() && link.sides.value.is_zero()
        };
        let spots = self.spots(0).filter(|(spot, link, _)| at_zero(spot, link));
        let root = |(spot, link, signs): (&Spot, &Link, [Option<Ordering>; 2])| Root {
            place: place(spot),
            crosses: signs[0].is_some() && signs[0] == signs[1].map(Ordering::reverse),
            evidence: evidence(spot.proved || link.sides.value.is_zero()),
        };
        spots.map(root).collect()
    }

    fn stationary(&self) -> Vec<Stationary> {
        let zero = |x: Option<Interval>| x.is_some_and(|x| x.is_zero());
        let flat = |s: Option<Ordering>| s == Some(Ordering::Equal);
        let found = |(spot, link, signs): &(&Spot, &Link, [Option<Ordering>; 2])| {
            let at_a_seam = spot.is_exact()
                && link.sides.verdict == Verdict::Differentiable
                && link.sides.slopes.iter().all(|s| zero(*s));
            !signs.iter().any(|s| flat(*s)) && (spot.cause == Cause::Root || at_a_seam)
        };
        let point = |(spot, _, signs): (&Spot, &Link, [Option<Ordering>; 2])| Stationary {
            place: place(spot),
            value: self.value(spot),
            kind: match signs {
                [Some(Ordering::Less), Some(Ordering::Greater)] => Kind::Minimum,
                [Some(Ordering::Greater), Some(Ordering::Less)] => Kind::Maximum,
                [Some(_), Some(_)] => Kind::Neither,
                _ => Kind::Undecided,
            },
            evidence: evidence(spot.proved || spot.cause == Cause::Singular),
        };
        self.spots(1).filter(found).map(point).collect()
    }

    /// The value at a spot.
    fn value(&self, spot: &Spot) -> f64 {
        self.curve.value(spot.at)
    }

    fn monotone(&self) -> Vec<TrendPiece> {
        let mut list: Vec<TrendPiece> = Vec::new();
        for (i, piece) in self.charts[1].pieces.iter().enumerate() {
            let trend = match sign(piece) {
                Some(Ordering::Less) => Trend::Decreasing,
                Some(Ordering::Equal) => Trend::Constant,
                Some(Ordering::Greater) => Trend::Increasing,
                None => continue,
            };
            let before = i.checked_sub(1).map(|i| (&self.charts[1].spots[i], &self.links[1][i]));
            let goes_on = list.last_mut().zip(before).filter(|(last, (spot, link))| {
                last.trend == trend && last.to == spot.from && link.continuous()
            });
            match goes_on {
                Some((last, (spot, link))) => {
                    last.to = piece.to;
                    let certain = link.certain && (spot.cause == Cause::Singular || spot.proved);
                    last.evidence = evidence(last.evidence == Evidence::Proved && certain);
                }
                None => list.push(TrendPiece {
                    from: piece.from,
                    to: piece.to,
                    trend,
                    evidence: Evidence::Proved,
                }),
            }
        }
        list
    }

    /// Maximal intervals on which the function is convex, concave, and what is straight besides.
    fn bends(&self) -> Vec<BendPiece> {
        let mut list = self.bent(Ordering::Greater, Bend::Convex);
        list.extend(self.bent(Ordering::Less, Bend::Concave));
        let curved = list.clone();
        for piece in self.bent(Ordering::Equal, Bend::Straight) {
            if !curved.iter().any(|c| c.from <= piece.from && piece.to <= c.to) {
                list.push(piece);
            }
        }
        list.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
        list
    }

    /// Maximal unions of pieces whose f″ has a sign or is 0, joined where the slope does not turn the
    /// other way; straight throughout only if that is asked for.
    fn bent(&self, want: Ordering, bend: Bend) -> Vec<BendPiece> {
        let mut list = Vec::new();
        let mut run: Option<(BendPiece, bool)> = None;
        let close = |run: &mut Option<(BendPiece, bool)>, list: &mut Vec<BendPiece>| {
            if let Some((piece, true)) = run.take() {
                list.push(piece);
            }
        };
        for (i, piece) in self.charts[2].pieces.iter().enumerate() {
            let fits = sign(piece).is_some_and(|s| s == want || s == Ordering::Equal);
            let before = i.checked_sub(1).map(|i| (&self.charts[2].spots[i], &self.links[2][i]));
            let turn = before.and_then(|(spot, link)| match spot.cause {
                Cause::Root => Some(Ordering::Equal),
                Cause::Singular if link.continuous() => link.sides.turn(),
                Cause::Singular | Cause::Edge => None,
            });
            let joined = turn.is_some_and(|t| t == Ordering::Equal || t == want);
            if !(fits && joined) {
                close(&mut run, &mut list);
            }
            if !fits {
                continue;
            }
            let strict = sign(piece) == Some(want);
            match (&mut run, before) {
                (Some((whole, bent)), Some((spot, link))) => {
                    whole.to = piece.to;
                    *bent |= strict || turn != Some(Ordering::Equal);
                    let sure = match spot.cause {
                        Cause::Root => spot.proved,
                        Cause::Singular => link.certain,
                        Cause::Edge => false,
                    };
                    whole.evidence = evidence(whole.evidence == Evidence::Proved && sure);
                }
                _ => {
                    let (from, to) = (piece.from, piece.to);
                    run = Some((BendPiece { from, to, bend, evidence: Evidence::Proved }, strict));
                }
            }
        }
        close(&mut run, &mut list);
        list
    }

    fn inflections(&self) -> Vec<Stationary> {
        let tangent = |spot: &Spot, link: &Link| match (spot.cause, link.sides.verdict) {
            (Cause::Root, _) | (_, Verdict::Differentiable) => true,
            (_, Verdict::Vertical) => {
                let [left, right] = link.sides.slopes.map(number);
                left == right
            }
            _ => false,
        };
        let turns = |signs: [Option<Ordering>; 2]| {
            signs[0].is_some_and(|s| s != Ordering::Equal)
                && signs[0] == signs[1].map(Ordering::reverse)
        };
        let found = self.spots(2).filter(|(s, link, signs)| turns(*signs) && tangent(s, link));
        let point = |(spot, link, _): (&Spot, &Link, _)| Stationary {
            place: place(spot),
            value: self.value(spot),
            kind: Kind::Inflection,
            evidence: evidence(spot.proved || spot.cause == Cause::Singular && link.certain),
        };
        found.map(point).collect()
    }

    /// Local extrema: where the function runs up to a point on both sides and not beyond, at a
    /// stationary point, a kink, a jump or an end.
    fn extrema(&self) -> Vec<Extremum> {
        let pieces = &self.charts[1].pieces;
        let inside = |x: f64, y: f64| self.curve.range(Interval::new(x.min(y), x.max(y)));
        let mut list = Vec::new();
        // Seen from the point: Greater if the function is larger on that side.
        let mut see = |spot: &Spot, sides: &[Option<Ordering>], at: Place| {
            let kind = match sides {
                s if s.iter().all(|s| *s == Some(Ordering::Greater)) => ExtremumKind::Minimum,
                s if s.iter().all(|s| *s == Some(Ordering::Less)) => ExtremumKind::Maximum,
                _ => return,
            };
            let value = self.curve.range(Interval::new(spot.from, spot.to));
            list.push(Extremum {
                place: at,
                value: self.value(spot),
                low: value.low(),
                high: value.high(),
                kind,
                evidence: Evidence::Proved,
            });
        };
        let end = |x| Spot::point(x, Cause::Singular, true);
        if inside(self.from, self.from.next_up()).is_regular() {
            let first = end(self.from);
            see(&first, &[sign(&pieces[0])], place(&first));
        }
        for (spot, link, signs) in self.spots(1) {
            let toward = [signs[0].map(Ordering::reverse), signs[1]];
            let sides = match link.sides.verdict {
                _ if link.continuous() => toward,
                Verdict::Jump if spot.is_exact() => [0, 1].map(|i| {
                    let limit = link.sides.limits[i]?;
                    match limit.outcomes(link.sides.value).decided()? {
                        Ordering::Equal => toward[i],
                        order => Some(order),
                    }
                }),
                _ => continue,
            };
            see(spot, &sides, place(spot));
        }
        if inside(self.to, self.to.next_down()).is_regular() {
            let last = end(self.to);
            see(&last, &[sign(&pieces[pieces.len() - 1]).map(Ordering::reverse)], place(&last));
        }
        list
    }

    /// The least or greatest value, if the function is continuous and known throughout.
    fn extreme_value(&self, extrema: &[Extremum], want: Ordering) -> Option<Value> {
        let known = self.charts[1].pieces.iter().all(|p| sign(p).is_some());
        let ends = [(self.from, self.from.next_up()), (self.to.next_down(), self.to)];
        let closed = ends.iter().all(|&(a, b)| self.curve.range(Interval::new(a, b)).is_regular());
        if !(known && closed && self.links[1].iter().all(Link::continuous)) {
            return None;
        }
        let flat = self.charts[1].pieces.iter().filter(|p| sign(p) == Some(Ordering::Equal));
        let level = flat.map(|p| {
            let at = p.from.midpoint(p.to);
            let value = self.curve.enclosed(at);
            (value.low(), value.high(), at)
        });
        let turned = |a: f64| if want == Ordering::Less { a } else { -a };
        let candidates = extrema.iter().map(|e| (e.low, e.high, e.place.at)).chain(level);
        let best = candidates
            .map(|(low, high, at)| match want {
                Ordering::Less => (low, high, at),
                _ => (-high, -low, at),
            })
            .reduce(|a, b| (a.0.min(b.0), a.1.min(b.1), if b.1 < a.1 { b.2 } else { a.2 }))?;
        let (near, far) = (turned(best.0), turned(best.1));
        // Inside a spot that is neither a point nor proved nor among the candidates, anything may be.
        let listed = |s: &Spot| extrema.iter().any(|e| e.place == place(s));
        let sure = self.charts[1].spots.iter().all(|s| s.is_exact() || s.proved || listed(s));
        Some(Value {
            low: near.min(far),
            high: near.max(far),
            at: best.2,
            evidence: evidence(sure),
        })
    }

    /// Kinks, jumps, poles, vertical tangents, ends of the domain. Where f′ has one sign on both sides
    /// of a kink only the chart of f″ parts there.
    fn breaks(&self) -> Vec<Break> {
        let mut list: Vec<Break> = Vec::new();
        for (spot, link, _) in self.spots(1).chain(self.spots(2)) {
            let known = list.iter().any(|b| b.place.from <= spot.to && spot.from <= b.place.to);
            let breaks = link.sides.verdict != Verdict::Differentiable;
            if spot.cause == Cause::Singular && breaks && !known {
                list.push(found_break(spot, link));
            }
        }
        list.sort_by(|a, b| a.place.at.total_cmp(&b.place.at));
        list
    }

    fn undecided(&self) -> Vec<(f64, f64)> {
        let unknown = |p: &&Piece| p.state == State::Unknown;
        let mut list: Vec<(f64, f64)> = Vec::new();
        for piece in self.charts.iter().flat_map(|c| c.pieces.iter().filter(unknown)) {
            if !list.contains(&(piece.from, piece.to)) {
                list.push((piece.from, piece.to));
            }
        }
        list
    }

    /// Whether every stationary point was found, and nothing but these.
    fn is_complete(&self) -> bool {
        let chart = &self.charts[1];
        chart.pieces.iter().all(|p| p.state != State::Unknown)
            && self.spots(1).all(|(spot, link, _)| match spot.cause {
                Cause::Root => spot.proved,
                Cause::Singular => spot.is_exact() && link.sides.verdict != Verdict::Undecided,
                Cause::Edge => false,
            })
    }
}
