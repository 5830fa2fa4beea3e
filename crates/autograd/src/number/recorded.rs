//! [`Recorded`]: a number that writes what is done with it on a tape.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Coefficient, Mark, Outcomes, Real};
use crate::var::Sym;

/// A known number, or a 0-d value on a tape: what is computed with it is recorded. A series of these
/// records a Taylor expansion.
///
/// Products with a known 0 are 0 and are not recorded: that coefficient is absent.
#[derive(Clone, Copy, Debug)]
pub enum Recorded<'t> {
    /// A number that is known while recording.
    Number(f64),
    /// A value on the tape.
    Node(Sym<'t>),
}

use Recorded::{Node, Number};

impl<'t> Recorded<'t> {
    /// The value as a node of the tape that `like` stands on.
    pub fn node(self, like: Sym<'t>) -> Sym<'t> {
        match self {
            Number(c) => like.literal(c),
            Node(x) => x,
        }
    }

    fn map(self, number: impl FnOnce(f64) -> f64, node: impl FnOnce(Sym<'t>) -> Sym<'t>) -> Self {
        match self {
            Number(c) => Number(number(c)),
            Node(x) => Node(node(x)),
        }
    }

    /// Two operands of which one is a node at least; `None` if both are known.
    fn nodes(self, b: Self) -> Option<(Sym<'t>, Sym<'t>)> {
        match (self, b) {
            (Number(_), Number(_)) => None,
            (Node(a), b) => Some((a, b.node(a))),
            (a, Node(b)) => Some((a.node(b), b)),
        }
    }

    fn zip(
        self,
        b: Self,
        number: impl FnOnce(f64, f64) -> f64,
        node: impl FnOnce(Sym<'t>, Sym<'t>) -> Sym<'t>,
    ) -> Self {
        match (self, b) {
            (Number(a), Number(b)) => Number(number(a, b)),
            _ => self.nodes(b).map_or(self, |(a, b)| Node(node(a, b))),
        }
    }
}

impl Neg for Recorded<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|c| -c, |x| -x)
    }
}
impl Add for Recorded<'_> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        match (self, b) {
            (Number(0.0), x) | (x, Number(0.0)) => x,
            (Node(a), Number(c)) | (Number(c), Node(a)) => Node(a.shift(c)),
            _ => self.zip(b, |a, b| a + b, |a, b| a + b),
        }
    }
}
impl Sub for Recorded<'_> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        match (self, b) {
            (x, Number(0.0)) => x,
            (Number(0.0), x) => -x,
            (Node(a), Number(c)) => Node(a.shift(-c)),
            _ => self.zip(b, |a, b| a - b, |a, b| a - b),
        }
    }
}
impl Mul for Recorded<'_> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        match (self, b) {
            (Number(0.0), _) | (_, Number(0.0)) => Number(0.0),
            (Number(1.0), x) | (x, Number(1.0)) => x,
            (Node(a), Number(c)) | (Number(c), Node(a)) => Node(a.scale(c)),
            _ => self.zip(b, |a, b| a * b, |a, b| a * b),
        }
    }
}
impl Div for Recorded<'_> {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        match (self, b) {
            (x, Number(1.0)) => x,
            (Number(0.0), Node(_)) => Number(0.0),
            (Node(a), Number(c)) => Node(a.over(c)),
            _ => self.zip(b, |a, b| a / b, |a, b| a / b),
        }
    }
}

/// Functions whose name is that of the method on a variable.
macro_rules! forward {
    ($($f:ident)*) => { $(
        fn $f(self) -> Self {
            self.map(Real::$f, |x| x.$f())
        }
    )* };
}

impl Real for Recorded<'_> {
    fn lit(value: f64) -> Self {
        Number(value)
    }
    fn by_order(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
        let same = |a: Self, b: Self| matches!((a, b), (Number(a), Number(b)) if a == b);
        let Some((a, b)) = self.nodes(other) else {
            let outcomes = self.outcomes(other);
            let chosen = outcomes.choose([less, equal, greater], |a, _| a);
            return chosen.map_or(Number(f64::NAN), |c| c.0);
        };
        if same(less, equal) && same(equal, greater) {
            return less;
        }
        let (less, equal, greater) = (less.node(a), equal.node(a), greater.node(a));
        Node(a.less(b).select(less, a.equal(b).select(equal, greater)))
    }
    fn pos(self, yes: Self, no: Self) -> Self {
        match self {
            Number(c) => {
                if c >= 0.0 {
                    yes
                } else {
                    no
                }
            }
            Node(x) => Node(x.greater_equal(0.0).select(yes.node(x), no.node(x))),
        }
    }
    fn amul(self, other: Self) -> Self {
        self.zip(other, Real::amul, |a, b| a.amul(b))
    }
    fn adiv(self, other: Self) -> Self {
        self.zip(other, Real::adiv, |a, b| a.adiv(b))
    }
    forward!(exp exp_m1 ln ln_1p sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
        erf erfc norm_cdf floor square recip);
    fn exp_base(self, a: f64) -> Self {
        self.map(|x| x.exp_base(a), |x| if a == 2.0 { x.exp2() } else { x.exp_base(a) })
    }
    fn log_base(self, a: f64) -> Self {
        self.map(
            |x| x.log_base(a),
            |x| {
                if a == 2.0 {
                    x.log2()
                } else if a == 10.0 {
                    x.log10()
                } else {
                    x.log(a)
                }
            },
        )
    }
    fn root(self, n: u32) -> Self {
        self.map(|x| x.root(n), |x| if n == 3 { x.cbrt() } else { x.root(f64::from(n)) })
    }
    fn powi(self, n: i32) -> Self {
        self.map(|x| Real::powi(x, n), |x| x.powi(f64::from(n)))
    }
    fn powf(self, p: f64) -> Self {
        self.map(|x| Real::powf(x, p), |x| x.powf(p))
    }
    fn pow(self, b: Self) -> Self {
        self.zip(b, Real::pow, |a, b| a.pow(b))
    }
    fn atan2(self, x: Self) -> Self {
        self.zip(x, Real::atan2, |y, x| y.atan2(x))
    }
    fn hypot(self, other: Self) -> Self {
        self.zip(other, Real::hypot, |a, b| a.hypot(b))
    }
    fn gauss(self, c: f64) -> Self {
        self.map(|x| x.gauss(c), |x| x.square().scale(-c).exp())
    }
}

impl Coefficient for Recorded<'_> {
    const RECORDED: bool = true;

    fn outcomes(self, other: Self) -> Outcomes {
        match (self, other) {
            (Number(a), Number(b)) => a.outcomes(b),
            _ => Outcomes::ANY,
        }
    }
    /// Choices are recorded, never joined.
    fn hull(self, _: Self) -> Self {
        Number(f64::NAN)
    }
    fn mark(self) -> Mark {
        Mark::Continuous
    }
    fn marked(self, _: Mark) -> Self {
        self
    }
    fn is_regular(self) -> bool {
        !self.is_nan()
    }
    fn is_nan(self) -> bool {
        matches!(self, Number(c) if c.is_nan())
    }
    fn exact(self) -> Option<f64> {
        match self {
            Number(c) => c.exact(),
            Node(_) => None,
        }
    }
}
