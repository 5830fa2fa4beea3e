//! Zip: elementwise functions of two operands, broadcast against each other. One operand may be a
//! number, stored with the op.

use std::borrow::Cow;

use super::{Primitive, Scalar};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Graph, Record, ShapeOf, run};
use crate::kernel::{Pair, Precision, Source, pairs};
use crate::many::Many;
use crate::node::{Id, Op};
use crate::number::{Number as NumberType, Real};
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::{broadcast_all, count};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};
use crate::view::tiles;

super::labelled! {
    /// The functions of two operands.
    pub(crate) enum Binary {
        Add = "+",
        Sub = "−",
        Mul = "×",
        /// × with a strong zero
        AMul = "×₀",
        Div = "÷",
        /// ÷ with a strong zero
        ADiv = "÷₀",
        Pow = "pow",
        Max = "maximum",
        Min = "minimum",
        Atan2 = "atan2",
        Hypot = "hypot",
        Lt = "<",
        Le = "≤",
        Eq = "=",
        Ne = "≠",
        /// The share a has in max(a, b): 1, ½ at a tie, 0.
        Share = "share",
        /// The part that a has in a radius b: a/b, with limits at 0 and ∞.
        Direction = "direction",
    }
}

/// The operand that is a number, if one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Number {
    None,
    Left,
    Right,
}

/// An elementwise function of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Zip {
    pub f: Binary,
    pub number: Number,
    param: u32,
}

/// An operand of a zip: a node or a number.
#[derive(Clone, Copy)]
pub enum Arg<'t, T> {
    /// A value on the tape.
    Var(Var<'t, T>),
    /// A number, converted to the tape's element type.
    Number(f64),
}

impl<'t, T> From<Var<'t, T>> for Arg<'t, T> {
    fn from(x: Var<'t, T>) -> Self {
        Arg::Var(x)
    }
}
impl<T> From<f64> for Arg<'_, T> {
    fn from(x: f64) -> Self {
        Arg::Number(x)
    }
}
impl<T> From<f32> for Arg<'_, T> {
    fn from(x: f32) -> Self {
        Arg::Number(x.into())
    }
}

impl Binary {
    /// Whether the slopes are 0.
    fn is_flat(self) -> bool {
        matches!(self, Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne | Binary::Share)
    }

    /// One value.
    #[inline(always)]
    pub fn of<R: Real>(self, a: R, b: R) -> R {
        let (one, zero) = (R::lit(1.0), R::lit(0.0));
        match self {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::AMul => a.amul(b),
            Binary::Div => a / b,
            Binary::ADiv => a.adiv(b),
            Binary::Pow => a.pow(b),
            Binary::Max => a.bend(b, b, a, a).at_least(a).at_least(b),
            Binary::Min => a.bend(b, a, a, b).at_most(a).at_most(b),
            Binary::Atan2 => a.atan2(b),
            Binary::Hypot => a.hypot(b),
            Binary::Lt => a.by_order(b, one, zero, zero),
            Binary::Le => a.by_order(b, one, one, zero),
            Binary::Eq => a.by_order(b, zero, one, zero),
            Binary::Ne => a.by_order(b, one, zero, one),
            Binary::Share => a.by_order(b, zero, R::lit(0.5), one),
            Binary::Direction => {
                let inf = R::lit(f64::INFINITY);
                let far = a.by_order(inf, a.by_order(-inf, -one, -one, zero), one, one);
                b.split(a / b, zero, b.by_order(inf, a / b, far, far))
            }
        }
    }

    /// The values: one loop for each function.
    pub fn fill<T: Precision>(self, a: Source<'_, T>, b: Source<'_, T>, y: &mut [T]) {
        macro_rules! loops {
            ($($f:ident)*) => {
                match self {
                    $(Binary::$f => {
                        struct F;
                        impl Pair for F {
                            #[inline(always)]
                            fn at<R: Real>(a: R, b: R) -> R {
                                Binary::$f.of(a, b)
                            }
                        }
                        pairs::<F, T>(a, b, y);
                    })*
                }
            };
        }
        loops!(Add Sub Mul AMul Div ADiv Pow Max Min Atan2 Hypot Lt Le Eq Ne Share Direction)
    }
}

/// The rules. `a`, `b`: the operands; `y`: the result; `g`: its adjoint.
impl Zip {
    fn rule<'t>(self, back: &mut Back<'_, 't>, a: Arg<'t, ()>, b: Arg<'t, ()>) {
        if self.f.is_flat() {
            return;
        }
        let y = back.y();
        let graph = back.graph;
        let sym = |x: Arg<'t, ()>| x.sym(graph);
        let share = |a, b| zip(graph, Binary::Share, a, b);
        let r = || zip(graph, Binary::Hypot, a, b);
        // In a direction b is the radius; at the origin nothing flows.
        let off_origin = |g: Sym<'t>| sym(b).equal(0.0).select(0.0, g);
        if let Some((x, g)) = back.wanted(a) {
            let part = match self.f {
                Binary::Add | Binary::Sub => g,
                Binary::Mul | Binary::AMul => g.amul(b),
                Binary::Div | Binary::ADiv => g.adiv(b),
                Binary::Pow => g.amul(power_slope(x, sym(b))),
                Binary::Max => g.amul(share(a, b)),
                Binary::Min => g.amul(share(b, a)),
                Binary::Atan2 => g.amul(direction(direction(sym(b), r()), r())),
                Binary::Hypot => g.amul(direction(x, y)),
                Binary::Direction => off_origin(g).adiv(b),
                _ => unreachable!("flat"),
            };
            back.contribute(x, part);
        }
        if let Some((x, g)) = back.wanted(b) {
            let part = match self.f {
                Binary::Add => g,
                Binary::Sub => -g,
                Binary::Mul | Binary::AMul => g.amul(a),
                Binary::Div | Binary::ADiv => -g.adiv(b).amul(y),
                Binary::Pow => g.amul(y.equal(0.0).select(0.0, y * sym(a).ln())),
                Binary::Max => g.amul(share(b, a)),
                Binary::Min => g.amul(share(a, b)),
                Binary::Atan2 => -g.amul(direction(direction(sym(a), r()), r())),
                Binary::Hypot => g.amul(direction(x, y)),
                Binary::Direction => -off_origin(g).adiv(b).amul(y),
                _ => unreachable!("flat"),
            };
            back.contribute(x, part);
        }
    }
}

/// x / r for a radius r: 0 at the origin, ±1 where both are infinite. A NaN goes through.
pub(super) fn direction<'t>(x: Sym<'t>, r: Sym<'t>) -> Sym<'t> {
    zip(x.graph, Binary::Direction, Arg::Var(x), Arg::Var(r))
}

/// ∂(aᵇ)/∂a = b·aᵇ⁻¹, and 0 for b = 0 whatever a is (but NaN). The slope of that in b stays 1/a
/// at b = 0.
fn power_slope<'t>(a: Sym<'t>, b: Sym<'t>) -> Sym<'t> {
    b.amul(a.pow(b - 1.0)) + a.map::<crate::table::steps::Flat>(&[])
}

impl Zip {
    /// The value of one element, from that of each operand.
    #[inline(always)]
    pub fn one<T: Element>(self, record: &Record, operand: impl Fn(usize) -> T) -> T {
        let number = || T::narrow(self.value(record));
        match self.number {
            Number::None => self.f.of(operand(0), operand(1)),
            Number::Left => self.f.of(number(), operand(0)),
            Number::Right => self.f.of(operand(0), number()),
        }
    }

    /// The number, where one operand is one.
    pub fn value(self, record: &Record) -> f64 {
        record.params[self.param as usize]
    }
}

impl Primitive for Zip {
    fn name(self, record: &Record) -> String {
        let value = || self.value(record);
        match self.number {
            Number::None => self.f.label().into(),
            Number::Left => format!("{} {}", value(), self.f.label()),
            Number::Right => format!("{} {}", self.f.label(), value()),
        }
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        if io.out.len() == 1 {
            io.out[0] = self.one(io.record, |i| io.one(i));
            return;
        }
        let number = || Source::Number(T::narrow(self.value(io.record)));
        let dims = io.dims();
        match self.number {
            Number::None => tiles(dims, [io.operand(0), io.operand(1)], io.out, |[a, b], y| {
                self.f.fill(Source::Slice(a), Source::Slice(b), y);
            }),
            Number::Left => {
                let a = number();
                tiles(dims, [io.operand(0)], io.out, |[b], y| self.f.fill(a, Source::Slice(b), y));
            }
            Number::Right => {
                let b = number();
                tiles(dims, [io.operand(0)], io.out, |[a], y| self.f.fill(Source::Slice(a), b, y));
            }
        }
    }

    fn save(self, record: &Record, _: Id) -> Result<Details, SaveError> {
        let f = ("f", self.f.label().into());
        let value = || self.value(record).into();
        Ok(match self.number {
            Number::None => details([f]),
            Number::Left => details([f, ("left", value())]),
            Number::Right => details([f, ("right", value())]),
        })
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let f = line.choice("f", Binary::labelled)?;
        let (number, value) = match (line.has("left"), line.has("right")) {
            (false, false) => (Number::None, None),
            (true, _) => (Number::Left, Some(line.number("left")?)),
            _ => (Number::Right, Some(line.number("right")?)),
        };
        let shape = match value {
            None => {
                let [_, _] = line.operands()?;
                line.broadcast()?
            }
            Some(_) => {
                let [x] = line.operands()?;
                line.record.shape(x).to_vec()
            }
        };
        let param = value.map_or(0, |value| run(&mut line.record.params, &[value]).start);
        Ok(Loaded::computed(Zip { f, number, param }, &shape))
    }

    fn canonical(self, record: &Record, first: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        let param = match self.number {
            Number::None => 0,
            _ => first(&[self.value(record)]),
        };
        Some(Zip { param, ..self }.into())
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.diagonal(|back| self.pullback(back))
    }

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let graph = many.graph;
        let id = match self.number {
            Number::None => {
                let (a, b) = (many.aligned(0, many.rank()), many.aligned(1, many.rank()));
                push_broadcast(graph, self, self.f.label(), [a.id, b.id])
            }
            _ => {
                let x = many.stack(0)?;
                graph.push(self, &[x.id], ShapeOf::Like(x.id))
            }
        };
        Some(Sym::new(graph, id))
    }

    fn evaluate<N: NumberType>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let number = || Cow::Owned(vec![N::lit(e.record.params[self.param as usize])]);
        let dims = e.dims();
        let (a, b) = match self.number {
            Number::None => (e.stretched(0, dims), e.stretched(1, dims)),
            Number::Left => (number(), Cow::Borrowed(e.operand(0))),
            Number::Right => (Cow::Borrowed(e.operand(0)), number()),
        };
        let at = |x: &[N], i: usize| if x.len() == 1 { x[0] } else { x[i] };
        Some((0..count(dims)).map(|i| self.f.of(at(&a, i), at(&b, i))).collect())
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let graph = back.graph;
        let number = || Arg::Number(self.value(&graph.record()));
        let x = Arg::Var(back.x(0));
        match self.number {
            Number::None => self.rule(back, x, Arg::Var(back.x(1))),
            Number::Left => self.rule(back, number(), x),
            Number::Right => self.rule(back, x, number()),
        }
    }
}

impl<'t> Back<'_, 't> {
    /// An operand, if it is a node whose adjoint somebody wants, and the adjoint that comes in.
    #[inline]
    fn wanted(&self, x: Arg<'t, ()>) -> Option<(Sym<'t>, Sym<'t>)> {
        match x {
            Arg::Var(x) => Some((x, self.incoming(x)?)),
            Arg::Number(_) => None,
        }
    }
}

impl<'t> Arg<'t, ()> {
    /// The operand as a node.
    #[track_caller]
    fn sym(self, graph: &'t Graph) -> Sym<'t> {
        match self {
            Arg::Var(x) => x,
            Arg::Number(c) => Scalar::record(graph, c),
        }
    }
}

#[track_caller]
pub(crate) fn zip<'t>(graph: &'t Graph, f: Binary, a: Arg<'t, ()>, b: Arg<'t, ()>) -> Sym<'t> {
    let id = match (a, b) {
        (Arg::Var(a), Arg::Var(b)) => {
            a.same_tape(b, f.label());
            let zip = Zip { f, number: Number::None, param: 0 };
            push_broadcast(graph, zip, f.label(), [a.id, b.id])
        }
        (Arg::Var(a), Arg::Number(c)) => with_number(f, a, c, Number::Right),
        (Arg::Number(c), Arg::Var(b)) => with_number(f, b, c, Number::Left),
        (Arg::Number(a), b) => return zip(graph, f, Arg::Var(Scalar::record(graph, a)), b),
    };
    Sym::new(graph, id)
}

/// Appends a function of a node and a number.
#[track_caller]
fn with_number(f: Binary, x: Sym<'_>, c: f64, number: Number) -> Id {
    let param = x.graph.edit(|r| run(&mut r.params, &[c]).start);
    x.graph.push(Zip { f, number, param }, &[x.id], ShapeOf::Like(x.id))
}

/// Appends an elementwise node whose shape is what its operands broadcast to.
#[track_caller]
pub(super) fn push_broadcast<const N: usize>(
    graph: &Graph,
    op: impl Into<Op> + Copy,
    name: &str,
    operands: [Id; N],
) -> Id {
    if let Some(id) = graph.push_alike(op.into(), operands) {
        return id;
    }
    let dims = {
        let r = graph.record();
        broadcast_all(operands.iter().map(|&o| r.shape(o))).unwrap_or_else(|| {
            let all: Vec<String> = operands.iter().map(|&o| r.label(o)).collect();
            panic!("{name}: shapes do not broadcast: {}", all.join(" with "))
        })
    };
    graph.push(op, &operands, ShapeOf::Dims(&dims))
}
