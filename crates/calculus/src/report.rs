//! What an analysis says, as data.

use serde::{Serialize, Serializer};

use crate::verdict::Verdict;

/// How sure a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// By interval arithmetic: true, if the elementary functions of this machine err by less than
    /// the stated margin.
    Proved,
    /// By numbers that leave hardly a doubt, but no proof.
    Numeric,
    /// It cannot be told.
    Undecided,
}

/// A point, known exactly or by the ends of an enclosure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The point, or the middle of the enclosure.
    pub at: f64,
    /// The lower end of the enclosure.
    pub from: f64,
    /// The upper end.
    pub to: f64,
}

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// f falls before and rises behind.
    Minimum,
    /// f rises before and falls behind.
    Maximum,
    /// f goes on in the same direction.
    Neither,
    /// f turns from convex to concave, or back.
    Inflection,
    /// What f does beside it is not known.
    Undecided,
}

/// A point where f′ = 0; or an inflection point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stationary {
    /// Where.
    pub place: Place,
    /// f there.
    #[serde(serialize_with = "plain")]
    pub value: f64,
    /// What it is.
    pub kind: Kind,
    /// That there is exactly one such point in the enclosure.
    pub evidence: Evidence,
}

/// A root of f.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Root {
    /// Where.
    pub place: Place,
    /// Whether f changes its sign there.
    pub crosses: bool,
    /// That there is exactly one root in the enclosure.
    pub evidence: Evidence,
}

/// How f runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Trend {
    /// x < y gives f(x) < f(y).
    Increasing,
    /// x < y gives f(x) > f(y).
    Decreasing,
    /// f(x) = f(y)
    Constant,
}

/// A maximal interval on which f runs one way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TrendPiece {
    /// The left end.
    pub from: f64,
    /// The right end.
    pub to: f64,
    /// How f runs.
    pub trend: Trend,
    /// How sure it is.
    pub evidence: Evidence,
}

/// How f bends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bend {
    /// Its chords lie above it.
    Convex,
    /// Its chords lie below it.
    Concave,
    /// It is a straight line.
    Straight,
}

/// A maximal interval on which f bends one way; straight parts may belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BendPiece {
    /// The left end.
    pub from: f64,
    /// The right end.
    pub to: f64,
    /// How f bends.
    pub bend: Bend,
    /// How sure it is.
    pub evidence: Evidence,
}

/// What a local extremum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtremumKind {
    /// f is larger on both sides (at an end: on the one that there is).
    Minimum,
    /// f is smaller.
    Maximum,
}

/// A strict local extremum: a stationary point, a kink, a jump or an end of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extremum {
    /// Where.
    pub place: Place,
    /// f in the middle of the enclosure.
    pub value: f64,
    /// No value of f in the enclosure is smaller.
    pub low: f64,
    /// Or larger.
    pub high: f64,
    /// What it is.
    pub kind: ExtremumKind,
    /// That there is one in the enclosure.
    pub evidence: Evidence,
}

/// The least or greatest value over the interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Value {
    /// It is not smaller.
    pub low: f64,
    /// It is not larger.
    pub high: f64,
    /// Where it is taken, if nowhere else is as low or high.
    pub at: f64,
    /// How sure it is.
    pub evidence: Evidence,
}

/// A point at which f is not differentiable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Break {
    /// Where.
    pub place: Place,
    /// What happens there.
    pub verdict: Verdict,
    /// The limit from the left; NaN if it is not known.
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
    /// How sure it is.
    pub evidence: Evidence,
}

/// What is said about a function on an interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// The function, if it was read from text.
    pub text: Option<String>,
    /// The left end of the interval.
    pub from: f64,
    /// The right end.
    pub to: f64,
    /// Where f = 0, at single points.
    pub roots: Vec<Root>,
    /// Where f′ = 0, at single points inside the interval.
    pub stationary: Vec<Stationary>,
    /// Where f rises, falls, stays.
    pub monotone: Vec<TrendPiece>,
    /// Where f is convex, concave, straight.
    pub bends: Vec<BendPiece>,
    /// Where f, with a tangent, turns from convex to concave or back.
    pub inflections: Vec<Stationary>,
    /// Local extrema, at kinks and ends too.
    pub extrema: Vec<Extremum>,
    /// The least value, if f is continuous and known throughout.
    pub least: Option<Value>,
    /// The greatest value.
    pub greatest: Option<Value>,
    /// Kinks, jumps, poles, vertical tangents.
    pub breaks: Vec<Break>,
    /// Where nothing could be said about f or one of its first two derivatives.
    pub undecided: Vec<(f64, f64)>,
    /// That there are no other stationary points is proved.
    pub complete: bool,
}

/// JSON has no infinities: they become texts.
pub(crate) fn plain<S: Serializer>(x: &f64, to: S) -> Result<S::Ok, S::Error> {
    match x {
        x if x.is_nan() => to.serialize_none(),
        x if x.is_infinite() => to.serialize_str(if *x > 0.0 { "infinity" } else { "-infinity" }),
        x => to.serialize_f64(*x),
    }
}
