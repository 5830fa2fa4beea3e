//! What long rows give at each instruction set of the machine, beside sums in f64.

use super::rows::*;
use super::{Lane, Level, Precision, pairwise_sum};
use crate::number::Real;

/// A row: a wave below `top`, the largest entry at a place, one entry that vanishes.
fn row<T: Precision>(n: usize, at: usize, top: f64) -> Vec<T> {
    let wave = |i: usize| top - 1.0 - 40.0 * ((i * i * 7 + i) as f64 * 0.37).sin().powi(2);
    let mut x: Vec<T> = (0..n).map(|i| T::from_f64(wave(i))).collect();
    x[(at + 5) % n] = -T::INFINITY;
    x[at] = T::from_f64(top);
    x
}

/// e^(x − m) in f64, with what the difference loses by rounding (two-sum).
fn wanted<T: Precision>(x: &[T], m: T) -> Vec<f64> {
    let of = |x: f64, m: f64| {
        let d = x - m;
        let t = d - x;
        let lost = (x - (d - t)) - (m + t);
        if d.is_finite() { d.exp() * (1.0 + lost) } else { 0.0 }
    };
    x.iter().map(|x| of(x.to_f64(), m.to_f64())).collect()
}

/// Σ with what each addition loses made good (Kahan 1965).
fn sum(x: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for x in x {
        let y = x - lost;
        let next = sum + y;
        lost = (next - sum) - y;
        sum = next;
    }
    sum
}

fn eps<T: Precision>() -> f64 {
    2f64.powi(1 - T::BITS as i32)
}

/// Within 6 ε of what `size` says, as the sums in f64 are rounded as well.
fn near<T: Precision>(what: &str, level: Level, got: &[T], want: &[f64], size: &[f64]) {
    let tiny = T::MIN_NORMAL.to_f64() * eps::<T>();
    for (i, ((got, want), size)) in got.iter().zip(want).zip(size).enumerate() {
        let off = ((got.to_f64() - want).abs() - tiny) / size.max(tiny);
        let level = level.name();
        assert!(off <= 6.0 * eps::<T>(), "{level}: {what} {i}: {got:?} for {want:e}");
    }
}

/// Lengths on both sides of blocks, places in all their parts, and tops on both sides of where the way of the
/// exponentials changes.
fn long_rows<T: Precision>() {
    for level in Level::all() {
        for n in [33, 40, 63, 64, 65, 100, 256, 300, 1000, 1025] {
            for at in [0, 17, n / 2, n - 1] {
                for top in [0.0, 0.7, -31.0, 3000.0, 500_000.0, 600_000.0, -2e6] {
                    one_row::<T>(level, &row(n, at, top), at);
                }
            }
        }
    }
}

fn one_row<T: Precision>(level: Level, x: &[T], at: usize) {
    let m = largest(level, x);
    assert_eq!((m, place_of(level, x, m)), (x[at], Some(at)));
    let want = wanted(x, m);
    let total = sum(want.iter().copied());

    // The largest entry is, to the bit, what is said of it: it is looked for by that.
    let mut e = vec![T::default(); x.len()];
    let own = exponentials(level, x, m, &mut e);
    assert_eq!(e[at], own, "{}", level.name());
    let scaled: Vec<f64> = want.iter().map(|e| e * own.to_f64()).collect();
    near("exponential", level, &e, &scaled, &scaled);

    let mut p = vec![T::default(); x.len()];
    let mut most = [lifted_exponentials(level, x, m, &mut p)];
    assert_eq!(p[at], most[0], "{}", level.name());
    let all = pairwise_sum(level, &p);
    quotients(level, &mut p, all);
    quotients(level, &mut most, all);
    let share: Vec<f64> = want.iter().map(|e| e / total).collect();
    near("softmax", level, &p, &share, &share);

    let g: Vec<T> = (0..x.len()).map(|i| T::from_f64((i as f64 * 1.3).cos() - 0.25)).collect();
    let wide: Vec<f64> = g.iter().map(|g| g.to_f64()).collect();
    let mean = sum(share.iter().zip(&wide).map(|(p, g)| p * (g - wide[at])));
    let size = sum(share.iter().zip(&wide).map(|(p, g)| p * (g - wide[at]).abs()));
    let slope =
        |(p, g): (&f64, &f64)| (p * ((g - wide[at]) - mean), p * ((g - wide[at]).abs() + size));
    let (slopes, sizes): (Vec<f64>, Vec<f64>) = share.iter().zip(&wide).map(slope).unzip();
    let mut dx = vec![T::default(); x.len()];
    softmax_slope(level, [&p, &g], most[0], &mut dx);
    near("pullback", level, &dx, &slopes, &sizes);
}

#[test]
fn long_rows_at_every_level() {
    long_rows::<f64>();
    long_rows::<f32>();
}

/// One NaN is enough wherever it stands.
#[test]
fn the_largest_of_a_row_with_nan() {
    for level in Level::all() {
        for n in [1, 31, 32, 33, 64, 65, 100, 128, 200] {
            for at in 0..n {
                let mut x = row::<f32>(n.max(6), 0, 1.0);
                assert_eq!(largest(level, &x), 1.0);
                x[at] = f32::NAN;
                assert!(largest(level, &x).is_nan(), "{}: {at} of {n}", level.name());
            }
        }
    }
}

/// A power is put together from bits, and a NaN has any: it stays one.
#[test]
fn every_nan_decays_to_nan() {
    for low in 1..1 << 12 {
        for bits in [low, low << 11, 1 << 22 | low, (1 << 23) - low] {
            let x = f32::from_bits(0xff << 23 | bits);
            for x in [x, -x] {
                assert!(Lane::<f32, false>::of(x).decay().first().is_nan(), "{:x}", x.to_bits());
                let wide = Lane::<f64, false>::of(f64::from_bits(0x7ff << 52 | u64::from(bits)));
                assert!(wide.decay().first().is_nan(), "{bits:x}");
            }
        }
    }
}
