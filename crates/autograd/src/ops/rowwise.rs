//! Functions of the last axis as a whole: max, min, logsumexp, softmax, log-softmax, norm.
//!
//! Written out because the composed form overflows, cancels or meets 0/0; each is checked against
//! its composed twin.

use super::linear::{Sum, pairwise_sum};
use super::zip::direction;
use super::{Primitive, RowSlope};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::kernel::{Level, RowFunction, SHORT, differences, exponentials, largest};
use crate::kernel::{lifted_exponentials, place_of, quotients, short_rows};
use crate::many::Many;
use crate::node::Id;
use crate::number::Number;
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::shape::count;
use crate::tangent::Ahead;
use crate::var::{Sym, Var};

super::labelled! {
    /// The functions. The first four keep the axis with length 1, the others keep its length.
    pub(crate) enum RowWise {
        Max = "max",
        Min = "min",
        /// ln Σ eˣ
        LogSumExp = "logsumexp",
        /// √Σ x²
        Norm = "norm",
        /// eˣ / Σ eˣ
        Softmax = "softmax",
        /// Softmax with its limits: 0 where all are −∞, shared evenly among entries +∞. It is the
        /// gradient of logsumexp.
        Weights = "softmax_weights",
        /// x − ln Σ eˣ
        LogSoftmax = "log_softmax",
    }
}

impl RowWise {
    fn reduces(self) -> bool {
        matches!(self, RowWise::Max | RowWise::Min | RowWise::LogSumExp | RowWise::Norm)
    }

    /// The shape of the result; none where there is none, as of the max of nothing.
    fn shape(self, x: &[usize]) -> Option<Vec<usize>> {
        let mut shape = x.to_vec();
        let n = shape.last_mut()?;
        if *n == 0 && matches!(self, RowWise::Max | RowWise::Min) {
            return None;
        }
        if self.reduces() {
            *n = 1;
        }
        Some(shape)
    }
}

impl Primitive for RowWise {
    fn name(self, _: &Record) -> String {
        self.label().into()
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let x = io.operand(0);
        let n = *x.dims.last().expect("a row-wise op has an axis");
        let [scratch, work] = io.scratch;
        self.rows(x.row_major(scratch), n, io.out, work);
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("f", self.label().into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x] = line.operands()?;
        let f = line.choice("f", RowWise::labelled)?;
        match f.shape(line.record.shape(x)) {
            Some(shape) => Ok(Loaded::computed(f, &shape)),
            None => Err(line.unfit("an axis with elements")),
        }
    }

    /// The transposes of the pullbacks; the Jacobian of softmax is symmetric.
    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let (x, y, dx) = (ahead.x(0), ahead.y(), ahead.dx(0)?);
        let sum = |v: Sym<'t>| Sum::record(v, 1 << (v.shape().len() - 1));
        Some(match self {
            RowWise::Max | RowWise::Min => {
                let ties = x.equal(y);
                sum(ties.amul(dx)).adiv(sum(ties))
            }
            RowWise::LogSumExp => sum(x.rowwise(RowWise::Weights).amul(dx)),
            RowWise::Norm => sum(direction(x, y).amul(dx)),
            RowWise::Softmax | RowWise::Weights => {
                return ahead.diagonal(|back| self.pullback(back));
            }
            RowWise::LogSoftmax => dx - sum(x.rowwise(RowWise::Softmax).amul(dx)),
        })
    }

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        many.stack(0).map(|x| x.rowwise(self))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let n = *e.operand_dims(0).last()?;
        let rows = e.operand(0).chunks_exact(n.max(1));
        match n {
            0 => Some(vec![N::lit(self.of_nothing::<f64>()); count(e.dims())]),
            _ => Some(rows.flat_map(|x| self.of_row(x)).collect()),
        }
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let (x, y) = (back.x(0), back.y());
        let total = |v: Sym<'_>| -> u32 { 1 << (v.shape().len() - 1) };
        match self {
            RowWise::Max | RowWise::Min => back.to(x, |g| {
                let ties = x.equal(y);
                g.adiv(Sum::record(ties, total(ties))).amul(ties)
            }),
            RowWise::LogSumExp => back.to(x, |g| g.amul(x.rowwise(RowWise::Weights))),
            RowWise::Norm => back.to(x, |g| g.amul(direction(x, y))),
            RowWise::Softmax | RowWise::Weights => back.to(x, |g| {
                if x.shape().ends_with(&[0]) {
                    return g;
                }
                if RowSlope::pays(x) {
                    return RowSlope::Softmax.record(y, g);
                }
                // Σⱼ yⱼ·(gᵢ − gⱼ)·yᵢ, with every g measured from that of the largest y: where this y
                // is next to 1, what is left of its own term is not a difference of rounded numbers.
                let top = y.equal(y.rowwise(RowWise::Max));
                let top = top / Sum::record(top, total(top));
                let g = g - Sum::record(g.amul(top), total(g));
                y.amul(g - Sum::record(g.amul(y), total(g)))
            }),
            RowWise::LogSoftmax if RowSlope::pays(x) => {
                back.to(x, |g| RowSlope::LogSoftmax.record(x, g));
            }
            RowWise::LogSoftmax => back.to(x, |g| {
                let sum = Sum::record(g, total(g));
                g - x.rowwise(RowWise::Softmax).amul(sum)
            }),
        }
    }
}

impl RowWise {
    /// The function of each row of `n` elements.
    fn rows<T: Element>(self, x: &[T], n: usize, out: &mut [T], work: &mut Vec<T>) {
        if n == 0 {
            return out.fill(self.of_nothing());
        }
        let level = Level::best();
        if let (Some(f), true) = (self.of_short_rows(x), n <= SHORT) {
            return short_rows(level, f, n, x, out);
        }
        let rows = x.chunks_exact(n);
        if self.reduces() {
            rows.zip(out.iter_mut()).for_each(|(x, y)| *y = self.reduce(level, x, work));
        } else {
            rows.zip(out.chunks_exact_mut(n)).for_each(|(x, y)| self.fill(level, x, y));
        }
    }

    /// The function in the form for many short rows, where there is one.
    fn of_short_rows<T: Element>(self, x: &[T]) -> Option<RowFunction> {
        match self {
            RowWise::LogSumExp => Some(RowFunction::LogSumExp),
            RowWise::Softmax => Some(RowFunction::Softmax),
            RowWise::LogSoftmax => Some(RowFunction::LogSoftmax),
            // Softmax but for its limits.
            RowWise::Weights if x.iter().all(|x| x.wide().is_finite()) => {
                Some(RowFunction::Softmax)
            }
            _ => None,
        }
    }

    /// The values for one row, with any number type: exponentials of differences to the largest.
    pub fn of_row<N: Number>(self, x: &[N]) -> Vec<N> {
        let most = |a: N, &b: &N| a.bend(b, b, a, a);
        let top = || x[1..].iter().fold(x[0], |a, &b| (a - b).pos(a, b));
        let sum = |x: &[N]| x[1..].iter().fold(x[0], |a, &b| a + b);
        let exps = |top: N| -> Vec<N> { x.iter().map(|&x| (x - top).exp()).collect() };
        match self {
            RowWise::Max => vec![x[1..].iter().fold(x[0], most)],
            RowWise::Min => vec![x[1..].iter().fold(x[0], |a, &b| a.bend(b, a, a, b))],
            RowWise::Norm => vec![sum(&x.iter().map(|x| x.square()).collect::<Vec<N>>()).sqrt()],
            RowWise::LogSumExp => {
                let m = top();
                vec![m + sum(&exps(m)).ln()]
            }
            RowWise::LogSoftmax => {
                let m = top();
                let log = sum(&exps(m)).ln();
                x.iter().map(|&x| (x - m) - log).collect()
            }
            RowWise::Softmax | RowWise::Weights => {
                let e = exps(top());
                let total = sum(&e);
                e.into_iter().map(|e| e / total).collect()
            }
        }
    }

    /// The value of a reduction over no elements; the recorder refuses max and min of nothing.
    fn of_nothing<T: Element>(self) -> T {
        match self {
            RowWise::LogSumExp => T::narrow(f64::NEG_INFINITY),
            _ => T::zero(),
        }
    }

    fn reduce<T: Element>(self, level: Level, x: &[T], work: &mut Vec<T>) -> T {
        match self {
            RowWise::Min => x[1..].iter().fold(x[0], |m, &x| x.by_order(m, x, m, m)),
            RowWise::LogSumExp => {
                let m = largest(level, x);
                if !m.wide().is_finite() {
                    return m;
                }
                work.clear();
                work.resize(x.len(), m);
                m + sum_of_others(level, x, m, work).ln_1p()
            }
            RowWise::Norm => {
                let scale = max_abs(x);
                if scale == T::zero() || !scale.wide().is_finite() {
                    return scale;
                }
                work.clear();
                work.extend(x.iter().map(|&x| (x / scale) * (x / scale)));
                scale * pairwise_sum(work).sqrt()
            }
            _ => largest(level, x),
        }
    }

    pub(super) fn fill<T: Element>(self, level: Level, x: &[T], y: &mut [T]) {
        let m = largest(level, x);
        if self == RowWise::Weights && m.wide().is_infinite() {
            return limits(x, m, y);
        }
        if self == RowWise::LogSoftmax {
            let log = sum_of_others(level, x, m, y).ln_1p();
            differences(level, x, [m, log], y);
        } else {
            softmax(level, x, m, y);
        }
    }
}

/// The softmax of a row with the largest entry m; returns its own largest entry.
pub(super) fn softmax<T: Element>(level: Level, x: &[T], m: T, y: &mut [T]) -> T {
    let mut largest = [lifted_exponentials(level, x, m, y)];
    let sum = pairwise_sum(y);
    quotients(level, y, sum);
    quotients(level, &mut largest, sum);
    largest[0]
}

/// Fills e with e^(x − m), up to a factor, and returns what the others add up to when the entry m
/// itself counts as 1: without it the sum keeps its digits.
fn sum_of_others<T: Element>(level: Level, x: &[T], m: T, e: &mut [T]) -> T {
    let (own, others) = own_and_others(level, x, m, e);
    others.adiv(own)
}

/// The same with the factor: what the entry m itself becomes, NaN where it is infinite, and the sum of
/// the others.
pub(super) fn own_and_others<T: Element>(level: Level, x: &[T], m: T, e: &mut [T]) -> (T, T) {
    exponentials(level, x, m, e);
    let Some(at) = place_of(level, x, m) else {
        return (m, pairwise_sum(e)); // NaN
    };
    let own = std::mem::replace(&mut e[at], T::zero());
    let others = pairwise_sum(e);
    e[at] = own;
    if own.wide().is_nan() {
        e.fill(own); // nothing is a part of such a sum, not even 0
    }
    (own, others)
}

/// The softmax of each row of `n` elements, the same to the bit as [`Var::softmax`]: for closed forms
/// that need no tape. Nothing is allocated.
///
/// ```
/// let mut y = [0.0; 4];
/// chainrule_autograd::softmax_rows(&[0.0, 0.0, 1000.0, 0.0], 2, &mut y);
/// assert_eq!(y, [0.5, 0.5, 1.0, 0.0]);
/// ```
///
/// # Panics
/// If `x` and `y` are not the same number of whole rows.
pub fn softmax_rows<T: Element>(x: &[T], n: usize, y: &mut [T]) {
    assert!(x.len() == y.len(), "{} values and room for {}", x.len(), y.len());
    assert!(n > 0 && x.len().is_multiple_of(n) || x.is_empty(), "no whole rows of {n}");
    if !x.is_empty() {
        RowWise::Softmax.rows(x, n, y, &mut Vec::new());
    }
}

/// Σⱼ≠ᵢ yⱼ for each i of a softmax y: 1 − yᵢ, which does not cancel up to yᵢ = ½; beyond there is one
/// such entry, and the sum is that of all others.
///
/// ```
/// let mut rest = [0.0; 3];
/// chainrule_autograd::sums_without(&[1.0, 1e-20, 0.0], &mut rest);
/// assert_eq!(rest, [1e-20, 1.0, 1.0]);
/// ```
pub fn sums_without<T: Element>(y: &[T], rest: &mut [T]) {
    let half = T::narrow(0.5);
    let mut large = None;
    for (i, (&y, rest)) in y.iter().zip(&mut *rest).enumerate() {
        *rest = T::one() - y;
        large = if y > half { Some(i) } else { large };
    }
    if let Some(at) = large {
        rest[at] = pairwise_sum(&y[..at]) + pairwise_sum(&y[at + 1..]);
    }
}

/// The largest |x|; NaN if there is one.
fn max_abs<T: Element>(x: &[T]) -> T {
    x.iter().fold(T::zero(), |m, &x| {
        let size = x.pos(x, -x);
        size.by_order(m, m, m, size)
    })
}

/// The limit of softmax as the largest entry m goes to ±∞.
fn limits<T: Element>(x: &[T], m: T, y: &mut [T]) {
    let zero = T::zero();
    if m < zero {
        return y.fill(zero);
    }
    let ties = x.iter().filter(|&&x| x == m).count();
    let share = T::one() / T::narrow(ties as f64);
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = if x == m { share } else { zero });
}

impl<T: Dtype> Var<'_, T> {
    /// Records the function over the last axis.
    #[track_caller]
    pub(crate) fn rowwise(self, f: RowWise) -> Self {
        let shape = f
            .shape(&self.shape())
            .unwrap_or_else(|| panic!("the max or min of no elements: {}", self.label()));
        self.at(self.graph.push(f, &[self.id], ShapeOf::Dims(&shape)))
    }
}
