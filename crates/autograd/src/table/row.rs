//! [`Elementwise`], which the author of an entry writes, and [`Row`], which the executor plays.

use std::any::TypeId;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::Info;
use crate::kernel::{Formula, Level, Precision, both, map, pull};
use crate::number::{Germ, Interval, Jet, Real, Recorded, ShortJet, Stretch};

/// An elementwise function, as its author writes it: formulas for any [`Real`] number.
///
/// Usually written by [`elementwise!`](crate::elementwise). Formulas must be free of branches
/// on values (see [`Real`]); the slope starts from the input and stays exact where the function
/// saturates.
pub trait Elementwise: Copy + Debug + Send + Sync + 'static {
    /// Name, formula, kinks, facts.
    const INFO: Info;

    /// Whether there is a first step, [`through`](Elementwise::through). A kernel then does it for many
    /// numbers before it goes on: two short chains of operations keep a processor busier than a long one.
    const STEPS: bool = false;

    /// What value and slope both begin with, and are given: of `sigmoid` e^(−|x|). Without a first step x.
    #[inline(always)]
    fn through<R: Real>(x: R, p: &[f64]) -> R {
        let _ = p;
        x
    }

    /// f(x), given what it goes [`through`](Elementwise::through).
    fn value_from<R: Real>(x: R, given: R, p: &[f64]) -> R;

    /// f′(x), likewise.
    fn slope_from<R: Real>(x: R, given: R, p: &[f64]) -> R;

    /// f(x)
    #[inline(always)]
    fn value<R: Real>(x: R, p: &[f64]) -> R {
        Self::value_from(x, Self::through(x, p), p)
    }

    /// f′(x)
    #[inline(always)]
    fn slope<R: Real>(x: R, p: &[f64]) -> R {
        Self::slope_from(x, Self::through(x, p), p)
    }

    /// f⁽ᵏ⁾(x) for k ≥ 2 where there is a formula more exact than the series of `slope`; an entry
    /// that gives order 2 lets the higher ones be taken from that.
    fn higher<R: Real>(order: u32, x: R, p: &[f64]) -> Option<R> {
        let _ = (order, x, p);
        None
    }

    /// f⁽ᵏ⁾(x) for any k up to 23, from the closest formula there is.
    fn derivative(order: u32, x: f64, p: &[f64]) -> f64 {
        match order {
            0 => Self::value(x, p),
            1 => Self::slope(x, p),
            _ if x.is_nan() => x,
            _ => Self::higher(order, x, p).unwrap_or_else(|| Self::by_series(order, x, p)),
        }
    }

    /// f⁽ᵏ⁾(x) from the Taylor series of the second slope, if stated, or of the slope.
    fn by_series(order: u32, x: f64, p: &[f64]) -> f64 {
        let from = |k: u32| Jet::variable(x, (order - k) as usize);
        let second = (order > 2).then(|| Self::higher(2, from(2), p)).flatten();
        match second {
            Some(jet) => jet.derivative(order as usize - 2),
            None => Self::slope(from(1), p).derivative(order as usize - 1),
        }
    }
}

/// One method per number type besides the floats: f(x) for order 0, f′(x) for order 1, `None` beyond
/// what the entry states. One line here is all that a further number type needs.
macro_rules! numbers {
    ($mode:ident) => {
        numbers!($mode
            jet: Jet,
            short_jet: ShortJet,
            germ: Germ,
            interval: Interval,
            interval_jet: Jet<Interval>,
            interval_germ: Germ<Interval>,
            stretch: Stretch
        );
    };
    (stated $($method:ident: $Type:ty),*) => { $(
        #[doc = concat!("f⁽ᵏ⁾(x) played with a `", stringify!($Type), "`; `None` where the entry has no formula.")]
        fn $method(&self, order: u32, p: &[f64], x: $Type) -> Option<$Type>;
    )* };
    (played $($method:ident: $Type:ty),*) => { $(
        fn $method(&self, order: u32, p: &[f64], x: $Type) -> Option<$Type> {
            formula::<E, $Type>(order, x, p)
        }
    )* };
}

/// The closest formula that an entry states.
fn formula<E: Elementwise, R: Real>(order: u32, x: R, p: &[f64]) -> Option<R> {
    match order {
        0 => Some(E::value(x, p)),
        1 => Some(E::slope(x, p)),
        _ => E::higher(order, x, p),
    }
}

/// A row as the executor sees it: one call plays a slice. Every [`Elementwise`] is one, through
/// [`RowOf`]. The values, the slopes and the second derivatives that an entry states are played by
/// the [kernels](crate::kernel) of this machine's best level; a result does not depend on the slice
/// that it is computed in.
pub trait Row: Debug + Send + Sync {
    /// What the entry says of itself.
    fn info(&self) -> &'static Info;
    /// Which entry this is.
    fn id(&self) -> TypeId;
    /// `y[i] = f⁽ᵏ⁾(x[i])·u[i]` with a strong zero, or without `u` just `f⁽ᵏ⁾(x[i])`.
    fn play_f64(&self, order: u32, p: &[f64], x: &[f64], u: Option<&[f64]>, y: &mut [f64]) {
        self.play_f64_at(Level::best(), order, p, x, u, y);
    }
    /// The same in single precision.
    fn play_f32(&self, order: u32, p: &[f64], x: &[f32], u: Option<&[f32]>, y: &mut [f32]) {
        self.play_f32_at(Level::best(), order, p, x, u, y);
    }
    /// [`play_f64`](Row::play_f64) at a chosen level.
    fn play_f64_at(
        &self,
        level: Level,
        order: u32,
        p: &[f64],
        x: &[f64],
        u: Option<&[f64]>,
        y: &mut [f64],
    );
    /// [`play_f32`](Row::play_f32) at a chosen level.
    fn play_f32_at(
        &self,
        level: Level,
        order: u32,
        p: &[f64],
        x: &[f32],
        u: Option<&[f32]>,
        y: &mut [f32],
    );
    /// `y[i] = f(x[i])` and `d[i] = f′(x[i])·u[i]`, to the bit what two calls of
    /// [`play_f64`](Row::play_f64) give, in one pass where that pays.
    fn play_both_f64(&self, p: &[f64], x: [&[f64]; 2], y: [&mut [f64]; 2]);
    /// The same in single precision.
    fn play_both_f32(&self, p: &[f64], x: [&[f32]; 2], y: [&mut [f32]; 2]);
    numbers!(stated);
    /// f⁽ᵏ⁾(x) of a series on a tape, recorded.
    fn recorded_jet<'t>(
        &self,
        order: u32,
        p: &[f64],
        x: Jet<Recorded<'t>>,
    ) -> Option<Jet<Recorded<'t>>>;
}

/// Makes a [`Row`] of an [`Elementwise`].
#[derive(Clone, Copy, Debug, Default)]
pub struct RowOf<E>(PhantomData<E>);

impl<E: Elementwise> RowOf<E> {
    /// The row, as a value that lives as long as the program.
    pub const ROW: &'static dyn Row = &RowOf::<E>(PhantomData);
    const INFO: &'static Info = &E::INFO;
}

impl<E: Elementwise> Row for RowOf<E> {
    fn info(&self) -> &'static Info {
        Self::INFO
    }
    fn id(&self) -> TypeId {
        TypeId::of::<E>()
    }
    fn play_f64_at(
        &self,
        level: Level,
        order: u32,
        p: &[f64],
        x: &[f64],
        u: Option<&[f64]>,
        y: &mut [f64],
    ) {
        match order {
            0 | 1 => first::<E, _>(level, order, p, x, u, y),
            _ if E::INFO.straight => vanishing(level, x, u, y),
            2 if has_second::<E>(p) => with_ones(x, u, y, |x, u, y| {
                pull::<Order<E, 2>, _>(level, p, x, u, y);
            }),
            _ => each(x, u, y, |x| E::derivative(order, x, p)),
        }
    }
    fn play_f32_at(
        &self,
        level: Level,
        order: u32,
        p: &[f64],
        x: &[f32],
        u: Option<&[f32]>,
        y: &mut [f32],
    ) {
        match order {
            0 | 1 => first::<E, _>(level, order, p, x, u, y),
            _ if E::INFO.straight => vanishing(level, x, u, y),
            2 if has_second::<E>(p) => {
                // In f64, rounded once: half as fast as the first order, and as exact.
                let (mut wide, mut d) = ([0.0; TILE], [0.0; TILE]);
                for (x, y) in x.chunks(TILE).zip(y.chunks_mut(TILE)) {
                    let (wide, d) = (&mut wide[..x.len()], &mut d[..x.len()]);
                    wide.iter_mut().zip(x).for_each(|(w, &x)| *w = x.into());
                    pull::<Order<E, 2>, _>(level, p, wide, &ONES[..x.len()], d);
                    y.iter_mut().zip(d).for_each(|(y, d)| *y = *d as f32);
                }
                times(u, y);
            }
            _ => each(x, u, y, |x| E::derivative(order, f64::from(x), p) as f32),
        }
    }
    fn play_both_f64(&self, p: &[f64], x: [&[f64]; 2], y: [&mut [f64]; 2]) {
        value_and_slope::<E, _>(p, x, y);
    }
    fn play_both_f32(&self, p: &[f64], x: [&[f32]; 2], y: [&mut [f32]; 2]) {
        value_and_slope::<E, _>(p, x, y);
    }
    numbers!(played);
    fn recorded_jet<'t>(
        &self,
        order: u32,
        p: &[f64],
        x: Jet<Recorded<'t>>,
    ) -> Option<Jet<Recorded<'t>>> {
        formula::<E, Jet<Recorded<'t>>>(order, x, p)
    }
}

/// The formula of an entry at one order, for kernels.
struct Order<E, const K: u32>(PhantomData<E>);

impl<E: Elementwise, const K: u32> Formula for Order<E, K> {
    const PARAMS: usize = E::INFO.params.len();
    const TURNS: bool = E::INFO.turns;
    const LONG: bool = E::INFO.shares;
    const STEPS: bool = E::STEPS && K < 2;

    #[inline(always)]
    fn through<R: Real>(x: R, p: &[f64]) -> R {
        if Self::STEPS { E::through(x, p) } else { x }
    }

    #[inline(always)]
    fn from<R: Real>(x: R, given: R, p: &[f64]) -> R {
        match K {
            0 => E::value_from(x, given, p),
            1 => E::slope_from(x, given, p),
            _ => E::higher(K, x, p).unwrap_or(R::lit(f64::NAN)),
        }
    }
}

fn has_second<E: Elementwise>(p: &[f64]) -> bool {
    E::higher(2, 1.0, p).is_some()
}

/// Values and slopes. The loops compiled for each level are those a tape needs: f(x) and f′(x)·u;
/// the others are put together from them.
fn first<E: Elementwise, T: Precision>(
    level: Level,
    order: u32,
    p: &[f64],
    x: &[T],
    u: Option<&[T]>,
    y: &mut [T],
) {
    if order == 0 {
        map::<Order<E, 0>, _>(level, p, x, y);
        times(u, y);
    } else {
        with_ones(x, u, y, |x, u, y| pull::<Order<E, 1>, _>(level, p, x, u, y));
    }
}

/// The second derivative of a function of straight pieces.
struct Vanishing;

impl Formula for Vanishing {
    const PARAMS: usize = 0;
    const TURNS: bool = false;
    const LONG: bool = false;
    const STEPS: bool = false;

    #[inline(always)]
    fn through<R: Real>(x: R, _: &[f64]) -> R {
        x
    }

    #[inline(always)]
    fn from<R: Real>(x: R, _: R, _: &[f64]) -> R {
        x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
    }
}

fn vanishing<T: Precision>(level: Level, x: &[T], u: Option<&[T]>, y: &mut [T]) {
    with_ones(x, u, y, |x, u, y| pull::<Vanishing, _>(level, &[], x, u, y));
}

fn value_and_slope<E: Elementwise, T: Precision>(
    p: &[f64],
    [x, u]: [&[T]; 2],
    [y, d]: [&mut [T]; 2],
) {
    let level = Level::best();
    if E::INFO.shares || E::INFO.straight {
        both::<Order<E, 0>, Order<E, 1>, _>(level, p, [x, u], [y, d]);
    } else {
        map::<Order<E, 0>, _>(level, p, x, y);
        pull::<Order<E, 1>, _>(level, p, x, u, d);
    }
}

/// How many ones lie ready.
const TILE: usize = 256;
const ONES: [f64; TILE] = [1.0; TILE];

/// Calls `f` with `u`, or with ones for it (so a slope −0 becomes 0).
fn with_ones<T: Precision>(
    x: &[T],
    u: Option<&[T]>,
    y: &mut [T],
    f: impl Fn(&[T], &[T], &mut [T]),
) {
    match u {
        Some(u) => f(x, u, y),
        None => {
            let ones = [T::ONE; TILE];
            for (x, y) in x.chunks(TILE).zip(y.chunks_mut(TILE)) {
                f(x, &ones[..x.len()], y);
            }
        }
    }
}

/// yᵢ·uᵢ with a strong zero, if there is a `u`.
fn times<R: Real>(u: Option<&[R]>, y: &mut [R]) {
    if let Some(u) = u {
        y.iter_mut().zip(u).for_each(|(y, &u)| *y = y.amul(u));
    }
}

fn each<R: Real>(x: &[R], u: Option<&[R]>, y: &mut [R], f: impl Fn(R) -> R) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = f(x));
    times(u, y);
}
