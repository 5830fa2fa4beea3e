//! Custom ops: a user's function with the user's rule.

use std::fmt::Debug;
use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewD};

use super::{Part, Primitive};
use crate::gradient::Back;
use crate::graph::{Record, ShapeOf, run};
use crate::node::{Id, Op, Run};
use crate::play::{Dtype, Element, Io};
use crate::program::saved::{Details, Line, LoadError, Loaded, SaveError};
use crate::shape::stretches;
use crate::tangent::Ahead;
use crate::var::{Sym, Var};

/// An operation of your own: its shape, its values, its rule, in one place.
///
/// The rule is recorded with [`Sym`]s, variables without values, which have all the methods that
/// [`Var`] has: so it can be differentiated again. For a function that acts element by element, an
/// entry of [`elementwise!`](crate::elementwise) is shorter and gives every order at once.
///
/// ```
/// use chainrule_autograd::{CustomOp, Sym, Tape};
/// use ndarray::{ArrayD, ArrayViewD};
///
/// /// y = Σ x³ over all elements.
/// #[derive(Debug)]
/// struct SumOfCubes;
///
/// impl CustomOp for SumOfCubes {
///     fn name(&self) -> &str { "sum_of_cubes" }
///     fn shape(&self, _: &[&[usize]]) -> Result<Vec<usize>, String> { Ok(vec![]) }
///     fn value(&self, x: &[ArrayViewD<'_, f64>]) -> ArrayD<f64> {
///         ndarray::arr0(x[0].mapv(|x| x * x * x).sum()).into_dyn()
///     }
///     fn pullback<'t>(&self, x: &[Sym<'t>], _: Sym<'t>, adjoint: Sym<'t>) -> Vec<Option<Sym<'t>>> {
///         vec![Some(adjoint.amul(x[0].square() * 3.0))]
///     }
/// }
///
/// let tape = Tape::<f64>::new();
/// let x = tape.input("x", [1.0, 2.0]);
/// let y = tape.custom(SumOfCubes, &[x]);
/// let dx = tape.gradient(y, &[x])[0];
/// assert_eq!((y.item(), dx.to_vec()), (9.0, vec![3.0, 12.0]));
/// ```
pub trait CustomOp: Debug + Send + Sync {
    /// The name in messages and printed tapes.
    fn name(&self) -> &str;

    /// The result's shape for operands of these shapes, or what is wrong with them.
    ///
    /// # Errors
    /// A sentence; recording panics with it and the operands' names and lines.
    fn shape(&self, operands: &[&[usize]]) -> Result<Vec<usize>, String>;

    /// The values, of the shape that [`shape`](Self::shape) gave.
    fn value(&self, operands: &[ArrayViewD<'_, f64>]) -> ArrayD<f64>;

    /// The values in single precision; by default those of [`value`](Self::value), rounded.
    fn value_f32(&self, operands: &[ArrayViewD<'_, f32>]) -> ArrayD<f32> {
        let wide: Vec<_> = operands.iter().map(|x| x.mapv(f64::from)).collect();
        let views: Vec<_> = wide.iter().map(|x| x.view()).collect();
        self.value(&views).mapv(|y| y as f32)
    }

    /// The rule: for each operand v its contribution w̄·∂w/∂v, of v's shape (or one that v
    /// broadcasts to), recorded on the tape; `None` where nothing flows.
    fn pullback<'t>(
        &self,
        operands: &[Sym<'t>],
        result: Sym<'t>,
        adjoint: Sym<'t>,
    ) -> Vec<Option<Sym<'t>>>;

    /// The rule forwards, if it is stated: Σ ∂w/∂v·v̇ of the result's shape; a tangent is `None` where
    /// an operand does not move. Without it the tangent is taken from the pullback, which is linear
    /// in the adjoint, as the transpose of a transpose: exact, at the cost of more nodes.
    fn tangent<'t>(
        &self,
        operands: &[Sym<'t>],
        result: Sym<'t>,
        tangents: &[Option<Sym<'t>>],
    ) -> Option<Sym<'t>> {
        let _ = (operands, result, tangents);
        None
    }
}

/// A call of a custom op, by its number in the record's list of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Custom {
    call: u32,
}

impl Custom {
    fn op(self, record: &Record) -> &Arc<dyn CustomOp> {
        &record.customs[self.call as usize].0
    }

    fn operands(self, record: &Record) -> Vec<Id> {
        let run = record.customs[self.call as usize].1;
        record.parts[run.range()].iter().map(|part| part.id).collect()
    }
}

impl Primitive for Custom {
    fn name(self, record: &Record) -> String {
        self.op(record).name().into()
    }

    fn parts(self, record: &Record) -> Option<Run> {
        Some(record.customs[self.call as usize].1)
    }

    fn play<T: Element>(self, io: &mut Io<'_, T>) {
        let ids = self.operands(io.record);
        let operands: Vec<_> = ids.iter().map(|&id| io.view(id).array()).collect();
        let y = T::custom(&**self.op(io.record), &operands);
        assert!(
            y.shape() == io.dims(),
            "{} returned values of shape {:?}, not of the shape it stated",
            io.record.label(io.id),
            y.shape()
        );
        io.out.iter_mut().zip(&y).for_each(|(out, &y)| *out = y);
    }

    fn save(self, record: &Record, id: Id) -> Result<Details, SaveError> {
        Err(SaveError::Custom { op: self.name(record), node: record.label(id) })
    }

    fn load(line: &mut Line<'_>) -> Result<Loaded, LoadError> {
        Err(line.unknown_op())
    }

    fn canonical(self, _: &Record, _: &mut dyn FnMut(&[f64]) -> u32) -> Option<Op> {
        None
    }

    fn tangent<'t>(self, ahead: &Ahead<'_, 't>) -> Option<Sym<'t>> {
        let (graph, y) = (ahead.graph, ahead.y());
        let op = self.op(&graph.record()).clone();
        let ids = self.operands(&graph.record());
        let operands: Vec<Sym<'t>> = ids.iter().map(|&id| Sym::new(graph, id)).collect();
        let tangents: Vec<Option<Sym<'t>>> = operands.iter().map(|&x| ahead.of(x)).collect();
        if tangents.iter().all(Option::is_none) {
            return None;
        }
        if let Some(dy) = op.tangent(&operands, y, &tangents) {
            y.same_tape(dy, op.name());
            let fits = stretches(&dy.shape(), &y.shape());
            assert!(fits, "the tangent of {} is {}, which does not fit", op.name(), dy.label());
            return Some(dy.expand(&y.shape()));
        }
        transposed(&op, &operands, y, &tangents)
    }

    fn pullback(self, back: &mut Back<'_, '_>) {
        let graph = back.graph;
        let op = self.op(&graph.record()).clone();
        let ids = self.operands(&graph.record());
        let operands: Vec<Sym<'_>> = ids.iter().map(|&id| Sym::new(graph, id)).collect();
        if !operands.iter().any(|&x| back.wants(x)) {
            return;
        }
        let parts = op.pullback(&operands, back.y(), back.adjoint);
        assert!(
            parts.len() == operands.len(),
            "the pullback of {} gave {} contributions for {} operands",
            op.name(),
            parts.len(),
            operands.len()
        );
        for (x, part) in operands.into_iter().zip(parts) {
            if let Some(part) = part {
                x.same_tape(part, op.name());
                assert!(
                    stretches(&x.shape(), &part.shape()),
                    "the pullback of {} contributed {} to {}, which does not broadcast to it",
                    op.name(),
                    part.label(),
                    x.label()
                );
                back.to(x, |_| part);
            }
        }
    }
}

/// The tangent from the pullback: w̄ ↦ w̄·∂w/∂v is linear in w̄, and its own pullback, seeded with v̇,
/// is ∂w/∂v·v̇, whatever w̄ is.
fn transposed<'t>(
    op: &Arc<dyn CustomOp>,
    operands: &[Sym<'t>],
    y: Sym<'t>,
    tangents: &[Option<Sym<'t>>],
) -> Option<Sym<'t>> {
    // A node of its own, on which nothing else depends.
    let adjoint = y.scale(0.0);
    let parts = op.pullback(operands, y, adjoint);
    let along = |((&x, part), tangent): ((&Sym<'t>, Option<Sym<'t>>), &Option<Sym<'t>>)| {
        let (part, tangent) = (part?, (*tangent)?);
        let part = part.sum_to(x);
        Some(part.pullback(&[adjoint], tangent)[0])
    };
    operands.iter().zip(parts).zip(tangents).filter_map(along).reduce(|a, b| a + b)
}

impl<T: Dtype> Var<'_, T> {
    /// Records an operation of your own on this one operand.
    ///
    /// # Panics
    /// If the op refuses the operand's shape.
    #[track_caller]
    pub fn custom(self, op: impl CustomOp + 'static) -> Self {
        custom(Arc::new(op), &[self])
    }
}

/// Records an operation of your own, which may be shared between calls.
///
/// # Panics
/// If the op refuses the operands' shapes, if there are none, or they stand on different tapes.
#[track_caller]
pub fn custom<'t, T: Dtype>(op: Arc<dyn CustomOp>, operands: &[Var<'t, T>]) -> Var<'t, T> {
    let first = operands.first().unwrap_or_else(|| panic!("{}: no operands", op.name()));
    for x in operands {
        first.same_tape(*x, op.name());
    }
    let shapes: Vec<Vec<usize>> = operands.iter().map(|x| x.shape()).collect();
    let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
    let shape = op.shape(&shapes).unwrap_or_else(|wrong| {
        let labels: Vec<String> = operands.iter().map(|x| x.label()).collect();
        panic!("{}: {wrong}: {}", op.name(), labels.join(" with "))
    });
    let parts: Vec<Part> = operands.iter().map(|x| Part::whole(x.id)).collect();
    let custom = first.graph.edit(|r| {
        let operands = run(&mut r.parts, &parts);
        r.customs.push((op, operands));
        Custom { call: r.customs.len() as u32 - 1 }
    });
    first.at(first.graph.push(custom, &[], ShapeOf::Dims(&shape)))
}
