//! The pullbacks of softmax and log-softmax over long rows, in one pass: ten ops that each go over the
//! whole array, as short rows have them, would be bound by memory.

use super::linear::{Sum, pairwise_sum};
use super::rowwise::{own_and_others, softmax};
use super::{Primitive, RowWise};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf};
use crate::kernel::{Level, SHORT};
use crate::kernel::{differences, largest, log_softmax_slope, softmax_slope};
use crate::many::Many;
use crate::node::Id;
use crate::number::Number;
use crate::play::{Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError, details};
use crate::tangent::Ahead;
use crate::var::Sym;

super::labelled! {
    /// J·g for a row's Jacobian J.
    pub(crate) enum RowSlope {
        /// y·(g − Σ g·y), of y = softmax x and g.
        Softmax = "softmax′",
        /// g − softmax x·Σ g, of x and g.
        LogSoftmax = "log_softmax′",
    }
}

impl RowSlope {
    /// Whether rows are long enough.
    pub fn pays(x: Sym<'_>) -> bool {
        x.shape().last().is_some_and(|&n| n > SHORT)
    }

    #[track_caller]
    pub fn record<'t>(self, x: Sym<'t>, g: Sym<'t>) -> Sym<'t> {
        x.at(x.graph.push(self, &[x.id, g.id], ShapeOf::Like(x.id)))
    }
}

impl RowSlope {
    fn row<T: Element>(self, level: Level, x: &[T], g: &[T], y: &mut [T]) {
        let m = largest(level, x);
        match self {
            RowSlope::Softmax => softmax_slope(level, [x, g], m, y),
            RowSlope::LogSoftmax => {
                let (own, others) = own_and_others(level, x, m, y);
                log_softmax_slope(level, g, factor(g, own + others), y);
            }
        }
    }

    /// Softmax or log-softmax of rows of `n` elements, and J·g of each while it is at hand: to the bit
    /// what the two ops give.
    pub fn with_values<T: Element>(self, n: usize, [x, g]: [&[T]; 2], [y, dx]: [&mut [T]; 2]) {
        let level = Level::best();
        let next = x.chunks_exact(n).skip(1).chain([&[][..]]);
        let (x, g) = (x.chunks_exact(n).zip(next), g.chunks_exact(n));
        let out = y.chunks_exact_mut(n).zip(dx.chunks_exact_mut(n));
        for (((x, next), g), (y, dx)) in x.zip(g).zip(out) {
            let m = largest(level, x);
            // The exponentials leave the memory time for what is read after them.
            level.fetch_row(next);
            match self {
                RowSlope::Softmax => {
                    level.fetch_row(g);
                    let most = softmax(level, x, m, y);
                    softmax_slope(level, [y, g], most, dx);
                }
                RowSlope::LogSoftmax => {
                    let (own, others) = own_and_others(level, x, m, dx);
                    differences(level, x, [m, others.adiv(own).ln_1p()], y);
                    log_softmax_slope(level, g, factor(g, own + others), dx);
                }
            }
        }
    }

    /// The function whose slope it is.
    pub fn value(self) -> RowWise {
        match self {
            RowSlope::Softmax => RowWise::Softmax,
            RowSlope::LogSoftmax => RowWise::LogSoftmax,
        }
    }
}

/// Σ g / Σ e, of exponentials.
fn factor<T: Element>(g: &[T], sum: T) -> T {
    pairwise_sum(g).adiv(sum)
}

/// Σ over the last axis, which stays.
#[track_caller]
fn total(v: Sym<'_>) -> Sym<'_> {
    Sum::record(v, 1 << (v.shape().len() - 1))
}

impl Primitive for RowSlope {
    fn name(self, _: &Record) -> String {
        self.label().into()
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let (x, g) = (io.operand(0), io.operand(1));
        let n = *x.dims.last().expect("a row-wise op has an axis");
        let [of_x, of_g] = io.scratch;
        let (x, g) = (x.row_major(of_x).chunks_exact(n), g.row_major(of_g).chunks_exact(n));
        let level = Level::best();
        for ((x, g), y) in x.zip(g).zip(io.out.chunks_exact_mut(n)) {
            self.row(level, x, g, y);
        }
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let (x, g) = (ahead.x(0), ahead.x(1));
        let of_x = ahead.dx(0).map(|dx| match self {
            RowSlope::Softmax => dx.amul(g - total(g.amul(x))) - x.amul(total(g.amul(dx))),
            RowSlope::LogSoftmax => {
                let p = x.rowwise(super::RowWise::Softmax);
                -RowSlope::Softmax.record(p, dx).amul(total(g))
            }
        });
        // Linear in g.
        let of_g = ahead.dx(1).map(|dg| self.record(x, dg));
        of_x.into_iter().chain(of_g).reduce(|a, b| a + b)
    }

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        Some(self.record(many.all(many.x(0)), many.all(many.x(1))))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let n = *e.operand_dims(0).last()?;
        let sum = |v: &mut dyn Iterator<Item = N>| v.reduce(|a, b| a + b);
        let mut out = Vec::new();
        for (x, g) in e.operand(0).chunks_exact(n).zip(e.operand(1).chunks_exact(n)) {
            let y = match self {
                RowSlope::Softmax => x.to_vec(),
                RowSlope::LogSoftmax => super::RowWise::Softmax.of_row(x),
            };
            let all = match self {
                RowSlope::Softmax => sum(&mut g.iter().zip(&y).map(|(&g, &y)| g * y))?,
                RowSlope::LogSoftmax => sum(&mut g.iter().copied())?,
            };
            out.extend(g.iter().zip(y).map(|(&g, y)| match self {
                RowSlope::Softmax => y * (g - all),
                RowSlope::LogSoftmax => g - y * all,
            }));
        }
        Some(out)
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(details([("f", self.label().into())]))
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [x, g] = line.operands()?;
        let f = line.choice("f", RowSlope::labelled)?;
        let shape = line.record.shape(x).to_vec();
        if shape.last().is_none_or(|&n| n == 0) || line.record.shape(g) != shape {
            return Err(line.unfit("two operands of one shape, with an axis with elements"));
        }
        Ok(Loaded::computed(f, &shape))
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let (x, g) = (back.x(0), back.x(1));
        match self {
            RowSlope::Softmax => {
                back.to(x, |w| w.amul(g - total(g.amul(x))) - g.amul(total(w.amul(x))));
                back.to(g, |w| RowSlope::Softmax.record(x, w)); // J is symmetric
            }
            RowSlope::LogSoftmax => {
                let p = x.rowwise(super::RowWise::Softmax);
                back.to(x, |w| -RowSlope::Softmax.record(p, w).amul(total(g)));
                back.to(g, |w| w - total(w.amul(p)));
            }
        }
    }
}
