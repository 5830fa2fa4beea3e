//! Functions of two operands as users call them.

use super::zip::zip;
use super::{Arg, Binary};
use crate::play::Dtype;
use crate::var::Var;

macro_rules! binary_methods {
    ($($(#[$doc:meta])* $method:ident = $f:ident;)*) => {
        /// Functions of two operands, broadcast against each other. The other operand may be a
        /// number.
        impl<'t, T: Dtype> Var<'t, T> {
            $(
                $(#[$doc])*
                ///
                /// # Panics
                /// If the shapes do not broadcast, or the operands stand on two tapes.
                #[track_caller]
                pub fn $method(self, other: impl Into<Arg<'t, T>>) -> Self {
                    self.zip(Binary::$f, other.into())
                }
            )*

            #[track_caller]
            pub(crate) fn zip(self, f: Binary, other: Arg<'t, T>) -> Self {
                let other = match other {
                    Arg::Var(x) => Arg::Var(x.symbol()),
                    Arg::Number(c) => Arg::Number(c),
                };
                self.at(zip(self.graph, f, Arg::Var(self.symbol()), other).id)
            }

            /// The function with the number on the left.
            #[track_caller]
            pub(crate) fn zip_after(self, number: f64, f: Binary) -> Self {
                self.at(zip(self.graph, f, Arg::Number(number), Arg::Var(self.symbol())).id)
            }
        }
    };
}

binary_methods! {
    /// The product in which an exact 0 on either side wins against ∞ and NaN: what adjoints are
    /// multiplied with.
    amul = AMul;
    /// The quotient in which an exact 0 in the numerator wins against 0, ∞ and NaN below.
    adiv = ADiv;
    /// selfᵒᵗʰᵉʳ with both sides variable. pow(0, 0) = 1; the slope in the base is 0 where the
    /// exponent is 0, the slope in the exponent is 0 where the base is 0 and the exponent positive.
    /// Negative bases have integer exponents only; for a constant exponent see `powf` and `powi`.
    pow = Pow;
    /// The larger one. At a tie the gradient is split evenly; NaN on either side gives NaN.
    maximum = Max;
    /// The smaller one. At a tie the gradient is split evenly; NaN on either side gives NaN.
    minimum = Min;
    /// The angle of the point (other, self) in radians, −π to π. At the origin and at infinity the
    /// gradient is 0.
    atan2 = Atan2;
    /// √(self² + other²) without overflow. At the origin the gradient is 0; an infinite operand has
    /// ±1, a finite one beside it 0.
    hypot = Hypot;
    /// 1 where self < other, else 0; NaN where either is NaN. No gradient flows through.
    less = Lt;
    /// 1 where self ≤ other, else 0; NaN where either is NaN. No gradient flows through.
    less_equal = Le;
    /// 1 where self = other, else 0; NaN where either is NaN. No gradient flows through.
    equal = Eq;
    /// 1 where self ≠ other, else 0; NaN where either is NaN. No gradient flows through.
    not_equal = Ne;
}

impl<'t, T: Dtype> Var<'t, T> {
    /// 1 where self > other, else 0; NaN where either is NaN. No gradient flows through.
    #[track_caller]
    pub fn greater(self, other: impl Into<Arg<'t, T>>) -> Self {
        self.flipped(Binary::Lt, other.into())
    }

    /// 1 where self ≥ other, else 0; NaN where either is NaN. No gradient flows through.
    #[track_caller]
    pub fn greater_equal(self, other: impl Into<Arg<'t, T>>) -> Self {
        self.flipped(Binary::Le, other.into())
    }

    #[track_caller]
    fn flipped(self, f: Binary, other: Arg<'t, T>) -> Self {
        match other {
            Arg::Var(x) => x.zip(f, Arg::Var(self)),
            Arg::Number(c) => self.zip_after(c, f),
        }
    }
}
