//! `+ − × ÷` and negation, with values, numbers and arrays on either side; sums and products over
//! iterators.
//!
//! In code that is generic over the element type a number has no side: write `x.scale(0.5)`,
//! `x.shift(1.0)`, `x.over(2.0)`; `0.5 * x` needs `f32` or `f64` by name.

use std::iter::{Product, Sum};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use ndarray::{ArrayBase, Data, Dimension};

use crate::ops::{Accumulate, Arg, Binary, Part};
use crate::play::{Dtype, Element};
use crate::tape::leaf;
use crate::var::Var;

impl<T: Dtype> Neg for Var<'_, T> {
    type Output = Self;
    #[track_caller]
    fn neg(self) -> Self {
        self.map::<crate::table::powers::Neg>(&[])
    }
}

macro_rules! operator {
    ($($Op:ident $op:ident $Assign:ident $assign:ident;)*) => { $(
        impl<'t, T: Dtype> $Op for Var<'t, T> {
            type Output = Self;
            #[track_caller]
            fn $op(self, other: Self) -> Self {
                self.zip(Binary::$Op, Arg::Var(other))
            }
        }
        impl<'t, T: Dtype> $Assign for Var<'t, T> {
            #[track_caller]
            fn $assign(&mut self, other: Self) {
                *self = $Op::$op(*self, other);
            }
        }
        impl<'t, T: Element, S: Data<Elem = T>, D: Dimension> $Op<&ArrayBase<S, D>> for Var<'t, T> {
            type Output = Self;
            #[track_caller]
            fn $op(self, other: &ArrayBase<S, D>) -> Self {
                $Op::$op(self, leaf(self.graph, other, false))
            }
        }
        impl<'t, T: Element, S: Data<Elem = T>, D: Dimension> $Op<Var<'t, T>> for &ArrayBase<S, D> {
            type Output = Var<'t, T>;
            #[track_caller]
            fn $op(self, other: Var<'t, T>) -> Var<'t, T> {
                $Op::$op(leaf(other.graph, self, false), other)
            }
        }
        impl<'t, T: Element, S: Data<Elem = T>, D: Dimension> $Op<ArrayBase<S, D>> for Var<'t, T> {
            type Output = Self;
            #[track_caller]
            fn $op(self, other: ArrayBase<S, D>) -> Self {
                $Op::$op(self, &other)
            }
        }
        impl<'t, T: Element, S: Data<Elem = T>, D: Dimension> $Op<Var<'t, T>> for ArrayBase<S, D> {
            type Output = Var<'t, T>;
            #[track_caller]
            fn $op(self, other: Var<'t, T>) -> Var<'t, T> {
                $Op::$op(&self, other)
            }
        }
        operator!(@number $Op $op $Assign $assign: f32 as f32, f64 as f64, () as f64);
    )* };
    (@number $Op:ident $op:ident $Assign:ident $assign:ident: $($t:ty as $number:ty),*) => { $(
        impl<'t> $Op<$number> for Var<'t, $t> {
            type Output = Self;
            #[track_caller]
            fn $op(self, other: $number) -> Self {
                self.zip(Binary::$Op, Arg::Number(other.into()))
            }
        }
        impl<'t> $Op<Var<'t, $t>> for $number {
            type Output = Var<'t, $t>;
            #[track_caller]
            fn $op(self, other: Var<'t, $t>) -> Var<'t, $t> {
                other.zip_after(self.into(), Binary::$Op)
            }
        }
        impl<'t> $Assign<$number> for Var<'t, $t> {
            #[track_caller]
            fn $assign(&mut self, other: $number) {
                *self = $Op::$op(*self, other);
            }
        }
    )* };
}

operator! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
    Mul mul MulAssign mul_assign;
    Div div DivAssign div_assign;
}

/// The sum of values; values of one shape become one node, however many they are.
///
/// # Panics
/// If there are none: an empty sum does not know its tape.
impl<'t, T: Dtype> Sum for Var<'t, T> {
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        let values: Vec<Self> = values.collect();
        let first = *values.first().expect("the sum of no values has no tape to stand on");
        values.iter().for_each(|x| first.same_tape(*x, "sum"));
        if values.len() > 1 && values.iter().all(|x| first.same_shape(*x)) {
            let parts: Vec<Part> = values.iter().map(|x| Part::whole(x.id)).collect();
            return first.at(Accumulate::record(first.graph, first.id, &parts).id);
        }
        values[1..].iter().fold(first, |sum, x| sum + *x)
    }
}

impl<'a, 't: 'a, T: Dtype> Sum<&'a Var<'t, T>> for Var<'t, T> {
    #[track_caller]
    fn sum<I: Iterator<Item = &'a Self>>(values: I) -> Self {
        values.copied().sum()
    }
}

/// # Panics
/// If there are none: an empty product does not know its tape.
impl<'t, T: Dtype> Product for Var<'t, T> {
    #[track_caller]
    fn product<I: Iterator<Item = Self>>(mut values: I) -> Self {
        let first = values.next().expect("the product of no values has no tape to stand on");
        values.fold(first, |product, x| product * x)
    }
}

impl<'a, 't: 'a, T: Dtype> Product<&'a Var<'t, T>> for Var<'t, T> {
    #[track_caller]
    fn product<I: Iterator<Item = &'a Self>>(values: I) -> Self {
        values.copied().product()
    }
}
