//! eˣ of many f64 at a time where a register holds a table of eight: x = n·ln 2/8 + r, |r| ≤ ln 2/16, so
//! that the polynomial of r has four terms less (P. T. P. Tang, *Table-driven implementation of the
//! exponential function in IEEE floating-point arithmetic*, 1989).

use bytemuck::cast;

use super::lane::Lane;
use super::level::Registers;
use super::precision::Precision;
use super::tables::{EIGHTHS, EXP_EIGHTH_F64};
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
    let power = picked(registers, &EIGHTHS[0], &n);
    let lost = picked(registers, &EIGHTHS[1], &n);
    for i in 0..N / 4 {
        let r = Lane::<f64, true>::take(&r, i) + (Lane::take(&low, i) + Lane::take(&lost, i));
        let scale = Lane::take(&n, i).eighths(Lane::take(&power, i));
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

/// Entries of a table, eight at a time.
#[inline(always)]
fn picked<const BYTES: usize, const N: usize>(
    registers: Registers<BYTES>,
    table: &[f64; 8],
    places: &[f64; N],
) -> [f64; N] {
    assert!(N.is_multiple_of(8));
    let mut entries = [0.0; N];
    for (entries, &places) in entries.as_chunks_mut().0.iter_mut().zip(places.as_chunks().0) {
        *entries = registers.picked(table, places);
    }
    entries
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
