//! eˣ of many numbers at a time where a register holds a table of the powers from 1 to 2, eight of f64 or
//! sixteen of f32: x = n·ln 2/8 + r, |r| ≤ ln 2/16, so that the polynomial of r has three or four terms
//! less (P. T. P. Tang, *Table-driven implementation of the exponential function in IEEE floating-point
//! arithmetic*, 1989).

use bytemuck::cast;

use super::lane::Lane;
use super::level::Registers;
use super::precision::Precision;
use super::tables::{EXP_EIGHTH_F64, LOST_F64};
use crate::number::Real;

/// e^(x − m)·2ˢʰⁱᶠᵗ for x ≤ m, as [`Lane::shifted_exp_of_difference`] has it.
#[inline(always)]
pub(super) fn shifted_exps<const BYTES: usize, const N: usize>(
    registers: Registers<BYTES>,
    x: &[f64; N],
    m: &[f64; N],
) -> [f64; N] {
    let mut e = [0.0; N];
    let (mut n, mut r, mut low) = (e, e, e);
    let magic = Lane::<f64, true>::of(f64::MAGIC + 8.0 * (f64::BIAS + f64::SHIFT));
    for i in 0..N / 4 {
        let (x, m) = (Lane::take(x, i), Lane::take(m, i));
        let (d, rounded) = x.difference(m);
        let whole = d.fma(Lane::of(8.0 * f64::LOG2_E), magic);
        let back = magic - whole;
        let rest = back.fma(Lane::of(f64::LN2_HIGH / 8.0), d);
        let rest = back.fma(Lane::of(f64::LN2_LOW / 8.0), rest);
        whole.put(&mut n, i);
        rest.put(&mut r, i);
        rounded.put(&mut low, i);
    }
    let power = picked(registers, f64::POWERS, &n);
    let lost = picked(registers, &LOST_F64, &n);
    for i in 0..N / 4 {
        let r = Lane::<f64, true>::take(&r, i) + (Lane::take(&low, i) + Lane::take(&lost, i));
        let scale = Lane::take(&n, i).parts(Lane::take(&power, i));
        let square = r * r;
        let [low, middle, high] =
            [0, 2, 4].map(|k| r.fma(Lane::of(EXP_EIGHTH_F64[k + 1]), Lane::of(EXP_EIGHTH_F64[k])));
        let p = square.fma(square.fma(high, middle), low);
        let y = square.fma(p, r).fma(scale, scale);
        let d = Lane::take(x, i) - Lane::take(m, i);
        d.below(Lane::of(f64::DECAY_ZERO), Lane::of(0.0), y).put(&mut e, i);
    }
    e
}

/// Entries of a table of as many as a register holds, as many at a time.
#[inline(always)]
fn picked<T: Precision, const BYTES: usize, const N: usize>(
    registers: Registers<BYTES>,
    table: &[T],
    places: &[T; N],
) -> [T; N] {
    let mut entries = [T::default(); N];
    if T::SINGLE {
        pick::<T, BYTES, 16>(registers, table, places, &mut entries);
    } else {
        pick::<T, BYTES, 8>(registers, table, places, &mut entries);
    }
    entries
}

#[inline(always)]
fn pick<T: Precision, const BYTES: usize, const PARTS: usize>(
    registers: Registers<BYTES>,
    table: &[T],
    places: &[T],
    entries: &mut [T],
) {
    let table = table.first_chunk::<PARTS>().expect("a table of so many");
    let (entries, places) = (entries.as_chunks_mut::<PARTS>(), places.as_chunks::<PARTS>());
    assert!(entries.1.is_empty());
    for (entries, &places) in entries.0.iter_mut().zip(places.0) {
        *entries = registers.picked(table, places);
    }
}

/// 2^(x/ln 2 − k)·2ˢʰⁱᶠᵗ, as [`Lane::power_below`] has it, from what [`Lane::powers_below`] knows of the row.
#[inline(always)]
pub(super) fn powers_below<T: Precision, const FMA: bool, const BYTES: usize, const N: usize>(
    registers: Registers<BYTES>,
    x: &[T; N],
    row: (Lane<T, FMA>, Lane<T, FMA>),
) -> [T; N] {
    let (mut n, mut r, mut y) = ([T::ONE; N], [T::ONE; N], [T::ONE; N]);
    for i in 0..N / 4 {
        let parts = Lane::take(x, i).parts_below(row, T::PARTS);
        parts.0.put(&mut n, i);
        parts.1.put(&mut r, i);
    }
    let power = picked(registers, T::POWERS, &n);
    for i in 0..N / 4 {
        let parts = (Lane::take(&n, i), Lane::take(&r, i));
        Lane::<T, FMA>::power_of_parts(parts, Lane::take(&power, i)).put(&mut y, i);
    }
    y
}

/// The same of one number, to the bit.
#[inline(always)]
pub(super) fn power_below<T: Precision, const FMA: bool>(
    x: Lane<T, FMA>,
    row: (Lane<T, FMA>, Lane<T, FMA>),
) -> T {
    let parts = x.parts_below(row, T::PARTS);
    let place = parts.0.first().low_bits() % T::PARTS;
    Lane::<T, FMA>::power_of_parts(parts, Lane::of(T::POWERS[place])).first()
}

/// The same of columns that are shorter than a register.
#[inline(always)]
pub(super) fn shifted_exps_of_fours<const BYTES: usize>(
    registers: Registers<BYTES>,
    columns: &mut [[f64; 4]],
    m: &[f64; 4],
) {
    let m = [*m; 8];
    for columns in columns.chunks_mut(8) {
        let mut x = m;
        x[..columns.len()].copy_from_slice(columns);
        let e: [f64; 32] = shifted_exps(registers, &cast(x), &cast(m));
        columns.copy_from_slice(&cast::<_, [[f64; 4]; 8]>(e)[..columns.len()]);
    }
}
