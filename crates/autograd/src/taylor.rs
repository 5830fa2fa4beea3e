//! Taylor expansions on the tape.

use crate::evaluate::{EvaluateError, walk};
use crate::node::{Id, Node};
use crate::number::{CAPACITY, Jet, Recorded};
use crate::ops::stack;
use crate::play::Dtype;
use crate::shape::count;
use crate::tangent::depend;
use crate::var::{Sym, Var};

impl<T: Dtype> Var<'_, T> {
    /// Records the Taylor coefficients c₀, c₁, …, cₙ of this value when x moves along a direction:
    /// y(x + t·direction) = c₀ + c₁t + … + cₙtⁿ + …, each of this value's shape.
    ///
    /// They are nodes like any other: they can be differentiated, replayed, compiled. The number of
    /// nodes grows like n² with the order (nested gradients grow like 2ⁿ), and with the number of
    /// elements: it is meant for functions of few variables.
    ///
    /// ```
    /// # use chainrule_autograd::Tape;
    /// let tape = Tape::<f64>::new();
    /// let x = tape.input("x", 0.0);
    /// let y = x.exp() * x;
    /// let c = y.taylor(x, tape.constant(1.0), 3)?; // x + x² + x³/2 + …
    /// assert_eq!(c.iter().map(|c| c.item()).collect::<Vec<_>>(), [0.0, 1.0, 1.0, 0.5]);
    /// x.set(1.0)?;
    /// assert!((c[3].item() - 4.0 / 6.0 * 1f64.exp()).abs() < 1e-15); // (x + 3)·eˣ/3!
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If an op between x and this value has no rule for series (a custom op, an index).
    ///
    /// # Panics
    /// If the order is above 23, the direction has not the shape of x, or they stand on two tapes.
    #[track_caller]
    pub fn taylor(
        self,
        x: Self,
        direction: Self,
        order: usize,
    ) -> Result<Vec<Self>, EvaluateError> {
        assert!(order < CAPACITY, "taylor: orders go up to {}, not {order}", CAPACITY - 1);
        self.same_tape(x, "taylor");
        self.same_tape(direction, "taylor");
        assert!(
            x.same_shape(direction),
            "taylor: the direction {} has not the shape of {}",
            direction.label(),
            x.label()
        );
        let record = self.graph.record().clone(); // recording goes on below
        let moving = depend(&record, &[x.symbol()], 0, self.id.index() + 1);
        let (xs, along) = (elements(x.symbol()), elements(direction.symbol()));
        let given = |id: Id, _: &Node| {
            if id == x.id {
                return Some(xs.iter().zip(&along).map(|(&x, &way)| line(x, way, order)).collect());
            }
            let still = || {
                let parts = elements(self.symbol().at(id)).into_iter();
                parts.map(|x| Jet::constant(Recorded::Node(x))).collect()
            };
            (!moving[id.index()]).then(still)
        };
        let series = walk(&record, self.id, given)?;
        let shape = self.shape();
        let coefficient = |k: usize| {
            let like = self.symbol();
            let parts: Vec<Sym<'_>> = series.iter().map(|s| s.coefficient(k).node(like)).collect();
            let whole = match parts[..] {
                [] => like,
                [one] => one.reshape_exact(&shape),
                _ => stack(&parts, 0).reshape_exact(&shape),
            };
            self.at(whole.id)
        };
        Ok((0..=order).map(coefficient).collect())
    }
}

/// x + t·way
fn line<'t>(x: Sym<'t>, way: Sym<'t>, order: usize) -> Jet<Recorded<'t>> {
    let t = Jet::variable(Recorded::Number(0.0), order);
    Jet::constant(Recorded::Node(x)) + t * Jet::constant(Recorded::Node(way))
}

/// The elements as 0-d values.
fn elements(x: Sym<'_>) -> Vec<Sym<'_>> {
    match count(&x.shape()) {
        1 => vec![x.reshape_exact(&[])],
        n => (0..n).map(|i| x.flatten().at_index(i)).collect(),
    }
}
