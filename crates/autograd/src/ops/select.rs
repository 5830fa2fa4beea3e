//! Select: one of two values by a condition. The other one is absent: no 0·∞ comes from it.

use super::Primitive;
use super::zip::push_broadcast;
use super::{Arg, Scalar};
use crate::evaluate::Evaluation;
use crate::gradient::Back;
use crate::graph::Record;
use crate::kernel::{Precision, select};
use crate::many::Many;
use crate::node::Id;
use crate::number::{Number, Real};
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError};
use crate::tangent::Ahead;
use crate::var::{Sym, Var};
use crate::view::tiles;

/// Operands: condition, value where it is not 0, value where it is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Select;

impl Select {
    /// One value.
    pub fn of<R: Real>(c: R, yes: R, no: R) -> R {
        c.by_order(R::lit(0.0), yes, no, yes)
    }

    /// The values.
    pub fn fill<T: Precision>(c: &[T], yes: &[T], no: &[T], y: &mut [T]) {
        select(c, yes, no, y);
    }
}

impl Primitive for Select {
    fn name(self, _: &Record) -> String {
        "select".into()
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let operands = [io.operand(0), io.operand(1), io.operand(2)];
        tiles(io.dims(), operands, io.out, |[c, a, b], y| Select::fill(c, a, b, y));
    }

    fn save(self, _: &Record, _: Id) -> Result<Details, SaveError> {
        Ok(Details::new())
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        let [_, _, _] = line.operands()?;
        Ok(Loaded::computed(Select, &line.broadcast()?))
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        ahead.diagonal(|back| self.pullback(back))
    }

    fn many<'t>(self, many: &Many<'_, 't>) -> Option<Sym<'t>> {
        let operands = [0, 1, 2].map(|i| many.aligned(i, many.rank()).id);
        Some(Sym::new(many.graph, push_broadcast(many.graph, Select, "select", operands)))
    }

    fn evaluate<N: Number>(self, e: &Evaluation<'_, N>) -> Option<Vec<N>> {
        let [c, a, b] = [0, 1, 2].map(|i| e.stretched(i, e.dims()));
        let choose = |((&c, &a), &b): ((&N, &N), &N)| c.split(a, b, a);
        Some(c.iter().zip(&*a).zip(&*b).map(choose).collect())
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let (c, a, b) = (back.x(0), back.x(1), back.x(2));
        back.to(a, |g| c.select(g, 0.0));
        back.to(b, |g| c.select(0.0, g));
    }
}

impl<'t, T: Dtype> Var<'t, T> {
    /// `yes` where this condition is not 0, else `no`, elementwise with broadcasting. A NaN
    /// condition gives NaN. The gradient of what is not selected is exactly 0, whatever its slope.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", 0.0);
    /// let y = x.greater(0.0).select(x.sqrt(), 0.0);
    /// assert_eq!(tape.gradient(y, &[x])[0].item(), 0.0); // not 0·∞
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast, or the operands stand on two tapes.
    #[track_caller]
    pub fn select(self, yes: impl Into<Arg<'t, T>>, no: impl Into<Arg<'t, T>>) -> Self {
        let (yes, no) = (self.node_of(yes.into()), self.node_of(no.into()));
        self.same_tape(yes, "select");
        self.same_tape(no, "select");
        self.at(push_broadcast(self.graph, Select, "select", [self.id, yes.id, no.id]))
    }

    #[track_caller]
    fn node_of(self, x: Arg<'t, T>) -> Self {
        match x {
            Arg::Var(x) => x,
            Arg::Number(c) => self.at(Scalar::record(self.graph, c).id),
        }
    }
}
