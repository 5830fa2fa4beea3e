//! [`elementwise!`](crate::elementwise): the notation of the table.

/// Writes entries of the table: for each a type that implements
/// [`Elementwise`](crate::table::Elementwise), a method on [`Var`](crate::Var), and its place in the
/// list `ROWS`. The methods stand in the extension trait that is named first.
///
/// In formulas `R` is the number type; a parameter is an `f64` by its name. What a long formula and its
/// slope both begin with may be stated before them, `through: |x| x.decay()`, and is their second
/// argument then, `value: |x, e| …`: kernels do that step for many numbers before they go on.
///
/// ```
/// use chainrule_autograd::{elementwise, number::Real, table::*, Tape};
///
/// elementwise! {
///     /// My functions.
///     pub trait Mine;
///
///     /// Softsign with a width: x / (w + |x|).
///     soft: Soft(width = 1.0) {
///         info: Info {
///             formula: "x / (w + |x|)",
///             derivative: "w / (w + |x|)²",
///             range: |_| (-1.0, 1.0),
///             trend: |_| everywhere(Trend::Increasing),
///             ..Info::NEW
///         },
///         value: |x| x / (R::lit(width) - x.neg_abs()),
///         slope: |x| {
///             let d = R::lit(width) - x.neg_abs();
///             R::lit(width) / (d * d)
///         },
///     }
/// }
///
/// let tape = Tape::<f64>::new();
/// let x = tape.input("x", 1.0);
/// let y = x.soft(1.0);
/// assert_eq!(y.item(), 0.5);
/// assert_eq!(tape.gradient(y, &[x])[0].item(), 0.25);
/// ```
#[macro_export]
macro_rules! elementwise {
    (
        $(#[$tdoc:meta])* $vis:vis trait $Trait:ident;
        $( $(#[$doc:meta])* $method:ident: $Name:ident($($par:ident = $default:expr),*) $body:tt )*
    ) => {
        $( $crate::elementwise!(@row $(#[$doc])* $vis $method $Name ($($par = $default),*) [$($par)*] $body); )*
        $crate::elementwise!(@list $($Name)*);

        $(#[$tdoc])*
        $vis trait $Trait: Sized {
            $( $(#[$doc])* #[track_caller] fn $method(self $(, $par: f64)*) -> Self; )*
        }
        impl<T: $crate::Dtype> $Trait for $crate::Var<'_, T> {
            $( #[track_caller] fn $method(self $(, $par: f64)*) -> Self {
                self.map::<$Name>(&[$($par),*])
            } )*
        }
    };
    (
        impl Var;
        $( $(#[$doc:meta])* $method:ident: $Name:ident($($par:ident = $default:expr),*) $body:tt )*
    ) => {
        $( $crate::elementwise!(@row $(#[$doc])* pub $method $Name ($($par = $default),*) [$($par)*] $body); )*
        $crate::elementwise!(@list $($Name)*);

        /// The elementwise functions of the core's table.
        #[allow(clippy::should_implement_trait)] // `neg`: the operator calls it
        impl<T: $crate::Dtype> $crate::Var<'_, T> {
            $( $(#[$doc])* #[track_caller] pub fn $method(self $(, $par: f64)*) -> Self {
                self.map::<$Name>(&[$($par),*])
            } )*
        }
    };
    (@list $($Name:ident)*) => {
        /// Every row of this table.
        pub static ROWS: &[&dyn $crate::table::Row] = &[$($crate::table::RowOf::<$Name>::ROW),*];
    };
    (@row $(#[$doc:meta])* $vis:vis $method:ident $Name:ident ($($par:ident = $default:expr),*) $pars:tt {
        info: $info:expr,
        $(through: |$tx:ident| $through:expr,)?
        value: |$x:ident $(, $given:ident)?| $value:expr,
        slope: |$sx:ident $(, $sgiven:ident)?| $slope:expr
        $(, second: |$cx:ident| $second:expr)?
        $(, nth: |$k:ident, $nx:ident| $nth:expr)?
        $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        $vis struct $Name;
        impl $crate::table::Elementwise for $Name {
            const INFO: $crate::table::Info = $crate::table::Info {
                name: stringify!($method),
                params: &[$($crate::table::Param { name: stringify!($par), default: $default }),*],
                ..$info
            };
            $(
                const STEPS: bool = true;
                #[inline(always)]
                #[allow(unused_variables)]
                fn through<R: $crate::number::Real>($tx: R, p: &[f64]) -> R {
                    $crate::elementwise!(@params p $pars);
                    $through
                }
            )?
            #[inline(always)]
            #[allow(unused_variables)]
            fn value_from<R: $crate::number::Real>($x: R, given: R, p: &[f64]) -> R {
                $crate::elementwise!(@params p $pars);
                $(let $given = given;)?
                $value
            }
            #[inline(always)]
            #[allow(unused_variables)]
            fn slope_from<R: $crate::number::Real>($sx: R, given: R, p: &[f64]) -> R {
                $crate::elementwise!(@params p $pars);
                $(let $sgiven = given;)?
                $slope
            }
            $(
                #[inline(always)]
                #[allow(unused_variables)]
                fn higher<R: $crate::number::Real>(order: u32, $cx: R, p: &[f64]) -> Option<R> {
                    $crate::elementwise!(@params p $pars);
                    if order == 2 { Some($second) } else { None }
                }
            )?
            $(
                #[inline(always)]
                #[allow(unused_variables)]
                fn higher<R: $crate::number::Real>($k: u32, $nx: R, p: &[f64]) -> Option<R> {
                    $crate::elementwise!(@params p $pars);
                    Some($nth)
                }
            )?
        }
    };
    (@params $p:ident []) => {};
    (@params $p:ident [$($par:ident)+]) => {
        let [$($par),+] = *$p else { unreachable!("the table records as many parameters as it names") };
    };
}
