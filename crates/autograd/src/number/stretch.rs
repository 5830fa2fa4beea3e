//! [`Stretch`]: a function on a short stretch of the line, with its behaviour at both ends.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Coefficient, Germ, Interval, Jet, Mark, Real, Side};

/// What is known of a function on ]a, b[: its derivatives over the stretch, as intervals, and the
/// germs at the ends, looking inwards.
///
/// Together they decide what neither can alone: next to a root, an interval contains 0 however short
/// it is; but where d(a) = 0 exactly and d′ > 0 on the stretch, d is positive. So max(x, x²) on
/// ]0, ½[ is x, and x³ has a positive derivative there.
///
/// ```
/// use chainrule_autograd::number::{Real, Stretch};
/// let x = Stretch::variable(0.0, 0.5, 4);
/// let cube = x.powi(3);
/// assert_eq!(cube.sign(1), Some(std::cmp::Ordering::Greater)); // 3x² > 0 on ]0, ½[
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    left: Germ<Interval>,
    over: Jet<Interval>,
    right: Germ<Interval>,
}

impl Stretch {
    /// x on ]a, b[, for derivatives up to the given order.
    ///
    /// # Panics
    /// If `order ≥ CAPACITY`.
    pub fn variable(a: f64, b: f64, order: usize) -> Self {
        Stretch {
            left: Germ::variable(Interval::point(a), Side::Right, order),
            over: Jet::variable(Interval::between(a, b), order),
            right: Germ::variable(Interval::point(b), Side::Left, order),
        }
    }

    /// The Taylor coefficients at all points of ]a, b[.
    pub fn over(&self) -> &Jet<Interval> {
        &self.over
    }

    /// The germ at an end of the stretch, looking inwards: at `Side::Left` the end a.
    pub fn end(&self, side: Side) -> &Germ<Interval> {
        if side == Side::Left { &self.left } else { &self.right }
    }

    /// Whether the first k derivatives exist on all of ]a, b[ and are continuous.
    pub fn is_smooth(&self, k: usize) -> bool {
        (0..=k).all(|k| self.over.coefficient(k).is_regular())
    }

    /// The sign that the k-th derivative has everywhere on ]a, b[, if that can be told; `Equal` for
    /// zero throughout. Derivatives below the k-th are continuous there.
    pub fn sign(&self, k: usize) -> Option<Ordering> {
        let c = self.over.coefficient(k);
        if c.mark() == Mark::Partial || k > 0 && !self.is_smooth(k - 1) {
            return None;
        }
        c.sign().or_else(|| self.sign_from_ends(k))
    }

    /// By Taylor's theorem at an end: if g, g′, …, g⁽ᵐ⁻¹⁾ have the sign s there or are 0, and g⁽ᵐ⁾ has
    /// it on the whole stretch, so has g. At the right end odd derivatives count with a minus.
    fn sign_from_ends(&self, k: usize) -> Option<Ordering> {
        let len = self.over.coefficients().len();
        for m in 1..len.saturating_sub(k) {
            if !self.is_smooth(k + m) {
                return None;
            }
            let Some(sign) = self.over.coefficient(k + m).sign() else { continue };
            for side in Side::BOTH {
                let flip = |n: usize, s: Ordering| {
                    if side == Side::Right && n % 2 == 1 { s.reverse() } else { s }
                };
                let want = flip(k + m, sign); // in the variable that looks inwards
                let germ = self.end(side);
                let agrees = |j: usize| {
                    germ.coefficient(k + j).is_some_and(|c| c.is_zero() || c.sign() == Some(want))
                };
                if want != Ordering::Equal && (0..m).all(agrees) {
                    return Some(flip(k, want));
                }
            }
        }
        None
    }

    /// Makes a choice that is decided in all parts, or leaves each part to itself.
    fn decide(
        decided: Option<Ordering>,
        [less, equal, greater]: [Self; 3],
        each: impl Fn() -> Self,
    ) -> Self {
        match decided {
            Some(Ordering::Less) => less,
            Some(Ordering::Equal) => equal,
            Some(Ordering::Greater) => greater,
            None => each(),
        }
    }

    fn order(self, other: Self) -> Option<Ordering> {
        let plain = self.over.coefficient(0).outcomes(other.over.coefficient(0)).decided();
        let marks = self.over.coefficient(0).mark().max(other.over.coefficient(0).mark());
        if marks == Mark::Partial {
            return None;
        }
        plain.or_else(|| (self - other).sign(0))
    }
}

impl Neg for Stretch {
    type Output = Self;
    fn neg(self) -> Self {
        Stretch { left: -self.left, over: -self.over, right: -self.right }
    }
}

macro_rules! operators {
    ($($Op:ident $op:ident)*) => { $(
        impl $Op for Stretch {
            type Output = Self;
            fn $op(self, b: Self) -> Self {
                Stretch {
                    left: self.left.$op(b.left),
                    over: self.over.$op(b.over),
                    right: self.right.$op(b.right),
                }
            }
        }
    )* };
}
operators!(Add add Sub sub Mul mul Div div);

/// What is done to each part by itself.
macro_rules! parts {
    ($($f:ident($($p:ident: $type:ty)?);)*) => { $(
        fn $f(self $(, $p: $type)?) -> Self {
            Stretch {
                left: self.left.$f($($p)?),
                over: self.over.$f($($p)?),
                right: self.right.$f($($p)?),
            }
        }
    )* };
    (two: $($f:ident)*) => { $(
        fn $f(self, b: Self) -> Self {
            Stretch {
                left: self.left.$f(b.left),
                over: self.over.$f(b.over),
                right: self.right.$f(b.right),
            }
        }
    )* };
    (choice: $($f:ident)*) => { $(
        fn $f(self, other: Self, less: Self, equal: Self, greater: Self) -> Self {
            Self::decide(self.order(other), [less, equal, greater], || Stretch {
                left: self.left.$f(other.left, less.left, equal.left, greater.left),
                over: self.over.$f(other.over, less.over, equal.over, greater.over),
                right: self.right.$f(other.right, less.right, equal.right, greater.right),
            })
        }
    )* };
}

impl Real for Stretch {
    const EXACT: bool = true;

    fn lit(value: f64) -> Self {
        Stretch { left: Germ::lit(value), over: Jet::lit(value), right: Germ::lit(value) }
    }

    fn pos(self, yes: Self, no: Self) -> Self {
        let sign = self.over.coefficient(0).sign().or_else(|| self.sign_from_ends(0));
        Self::decide(sign, [no, yes, yes], || Stretch {
            left: self.left.pos(yes.left, no.left),
            over: self.over.pos(yes.over, no.over),
            right: self.right.pos(yes.right, no.right),
        })
    }

    fn seam(self, order: usize, x: Self) -> Self {
        Stretch { over: self.over.seam(order, x.over), ..self }
    }

    fn at_least(self, bound: Self) -> Self {
        Stretch { over: self.over.at_least(bound.over), ..self }
    }

    parts!(choice: by_order bend);
    parts!(two: amul adiv pow atan2 hypot);
    parts! {
        exp();
        exp_m1();
        exp_base(a: f64);
        ln();
        ln_1p();
        log_base(a: f64);
        sqrt();
        root(n: u32);
        powi(n: i32);
        powf(p: f64);
        sin();
        cos();
        tan();
        asin();
        acos();
        atan();
        sinh();
        cosh();
        tanh();
        asinh();
        acosh();
        atanh();
        erf();
        erfc();
        norm_cdf();
        gauss(c: f64);
        floor();
    }
}
