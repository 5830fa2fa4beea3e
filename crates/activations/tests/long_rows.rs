//! Rows of more than a few dozen entries have kernels of their own: softmax, log-softmax, logsumexp and
//! what they pull back, against plain sums in more digits and against short rows.

mod common;

use chainrule_autograd::Tape;
use common::{Float, exact_sum, same, ulps};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// ε, the smallest and the largest number.
fn limits<T: Float>() -> [f64; 3] {
    if T::NAME == "f64" {
        [f64::EPSILON, f64::from_bits(1), f64::MAX]
    } else {
        [f32::EPSILON, f32::from_bits(1), f32::MAX].map(f64::from)
    }
}

/// Softmax, log-softmax, each with what it pulls back, and logsumexp of a row.
type Played<T> = [Vec<T>; 5];
const NAMES: [&str; 5] = ["softmax", "its pullback", "log-softmax", "its pullback", "logsumexp"];

/// On a tape, and from a program, which computes value and pullback of a row while it is at hand.
fn played<T: Float>(x: &[T], g: &[T]) -> [Played<T>; 2] {
    let tape = Tape::<T>::new();
    let (z, seed) = (tape.input("z", x), tape.input("g", g));
    let (y, l) = (z.softmax(-1), z.log_softmax(-1));
    let outputs = [y, y.pullback(&[z], seed)[0], l, l.pullback(&[z], seed)[0], z.logsumexp()];
    let program = tape.compile(&[z, seed], &outputs);
    let mut buffers = program.buffers();
    program.feed(&mut buffers, 0, x.to_vec()).expect("the shape fits");
    program.feed(&mut buffers, 1, g.to_vec()).expect("the shape fits");
    program.play(&mut buffers);
    let compiled = |k| program.output(&buffers, k).iter().copied().collect();
    [outputs.map(|v| v.to_vec()), [0, 1, 2, 3, 4].map(compiled)]
}

/// The same of finite entries in f64, differences and sums with what they lose; and for each number the
/// largest term that it is put together from.
fn wanted(x: &[f64], g: &[f64]) -> [Vec<(f64, f64)>; 5] {
    let at = (0..x.len()).fold(0, |at, i| if x[i] > x[at] { i } else { at });
    let (m, top) = (x[at], g[at]);
    let e: Vec<f64> = x
        .iter()
        .map(|&x| {
            let d = x - m;
            let part = d - x;
            let lost = (x - (d - part)) - (m + part);
            d.exp() * (1.0 + lost)
        })
        .collect();
    let others = exact_sum(e.iter().enumerate().map(|(i, &e)| if i == at { 0.0 } else { e }));
    let (sum, log) = (1.0 + others, others.ln_1p());
    let mean = exact_sum(e.iter().zip(g).map(|(e, g)| e / sum * (g - top)));
    let size = exact_sum(e.iter().zip(g).map(|(e, g)| e / sum * (g - top).abs()));
    let total = exact_sum(g.iter().copied());
    let total_size = exact_sum(g.iter().map(|g| g.abs()));
    let each = |f: &dyn Fn(usize) -> (f64, f64)| (0..x.len()).map(f).collect();
    [
        each(&|i| (e[i] / sum, e[i] / sum)),
        each(&|i| {
            let p = e[i] / sum;
            (p * ((g[i] - top) - mean), p * ((g[i] - top).abs() + size))
        }),
        each(&|i| ((x[i] - m) - log, (x[i] - m).abs() + log)),
        each(&|i| (g[i] - e[i] / sum * total, g[i].abs() + e[i] / sum * total_size)),
        vec![(m + log, m.abs() + log)],
    ]
}

/// Rows of a length, about an offset: waves of several sizes, equal entries, one that takes all.
fn rows(n: usize, offset: f64) -> Vec<Vec<f64>> {
    let wave = |scale: f64| {
        (0..n).map(|i| offset + scale * ((i * i + 3 * i) as f64 * 0.7).sin()).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = [0.0, 1e-3, 1.0, 10.0, 90.0].map(wave).into();
    for at in [0, n / 2, n - 1] {
        let mut row = wave(1.0);
        row[at] += 40.0;
        rows.push(row);
    }
    rows
}

fn beside_plain_sums<T: Float>(offsets: &[f64]) {
    let [epsilon, tiny, _] = limits::<T>();
    let mut worst = [0.0f64; 5];
    for n in [33, 64, 100, 256, 257, 1000, 1032, 3000] {
        let g: Vec<T> = (0..n).map(|i| T::narrow((i as f64 * 1.3).cos() - 0.25)).collect();
        for (k, x) in offsets.iter().flat_map(|&o| rows(n, o)).enumerate() {
            let x: Vec<T> = x.into_iter().map(T::narrow).collect();
            let wide = |v: &[T]| v.iter().map(|v| v.wide()).collect::<Vec<f64>>();
            let want = wanted(&wide(&x), &wide(&g));
            let [taped, compiled] = played(&x, &g);
            for (i, (name, want)) in NAMES.iter().zip(&want).enumerate() {
                assert_eq!(want.len(), taped[i].len());
                for ((&(want, size), &got), &again) in want.iter().zip(&taped[i]).zip(&compiled[i])
                {
                    assert!(same(got, again), "{} {name}: {got:?} and {again:?}", T::NAME);
                    let error = (got.wide() - want).abs() - tiny;
                    let relative = error / (size * epsilon);
                    assert!(
                        relative <= 4.0,
                        "{} row {k} of {n}, {name}: {got:?} for {want:e}",
                        T::NAME
                    );
                    worst[i] = worst[i].max(relative);
                }
            }
        }
    }
    println!("{}, in ε of the largest term: {worst:.2?}", T::NAME);
}

/// Offsets on both sides of 2¹⁹, where the way of the exponentials changes.
#[test]
fn beside_plain_sums_in_both_precisions() {
    let edge = (1 << 19) as f64;
    let offsets = [0.0, 0.3, -55.7, 3000.0, edge - 200.0, -edge + 200.0, edge + 200.0, -3e7];
    beside_plain_sums::<f64>(&offsets);
    beside_plain_sums::<f32>(&offsets);
}

/// Entries −∞ are as good as none: with many of them a row goes another way, and nothing else changes.
fn beside_short_rows<T: Float>() {
    let [epsilon, _, big] = limits::<T>();
    let xs = [
        [0.0, 1.0, -2.0, 0.5, 1.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-INF, 3.0, -INF, 2.0, -1.0],
        [-INF, -INF, -INF, -INF, -INF],
        [INF, 1.0, 2.0, 3.0, 4.0],
        [INF, INF, 2.0, -INF, 4.0],
        [NAN, 1.0, 2.0, 3.0, 4.0],
        [4.0, 1.0, 2.0, 3.0, NAN],
        [INF, 1.0, NAN, 3.0, -INF],
        [big, -big, big, 0.0, 1.0],
        [-big, -big, -big, -big, -big],
        [1e30, 1.0, 2e30, 3.0, -1e30],
        [-200.0, 0.0, -100.0, -87.5, -104.0],
    ];
    let gs = [
        [1.0, -2.0, 0.5, 3.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [INF, 1.0, 1.0, 1.0, 1.0],
        [1.0, 1.0, NAN, 1.0, 0.0],
        [big / 8.0, -big / 8.0, big / 8.0, -big / 8.0, 0.0],
        [0.0, INF, 0.0, 0.0, NAN],
    ];
    // Where entries have vanished, these are infinite less their mean.
    let beyond = ([-INF, 3.0, -INF, 2.0, -1.0], [big, 0.0, -big, -big / 1e4, 0.0]);
    let pairs = xs.iter().flat_map(|x| gs.iter().map(|g| (*x, *g))).chain([beyond]);
    let mut compared = 0;
    for (x, g) in pairs.clone() {
        // Among the others, at both ends, and behind the last whole block.
        for (n, at) in [(40, 17), (64, 0), (1000, 995), (1000, 500), (1032, 1026)] {
            let narrow = |v: &[f64]| v.iter().map(|&v| T::narrow(v)).collect::<Vec<T>>();
            let (mut long_x, mut long_g) = (vec![-INF; n], vec![0.0; n]);
            long_x[at..at + 5].copy_from_slice(&x);
            long_g[at..at + 5].copy_from_slice(&g);
            let [short, _] = played(&narrow(&x), &narrow(&g));
            for long in played(&narrow(&long_x), &narrow(&long_g)) {
                for (i, name) in NAMES.iter().enumerate() {
                    let among = if i < 4 { &long[i][at..at + 5] } else { &long[i][..] };
                    for (j, (&got, &want)) in among.iter().zip(&short[i]).enumerate() {
                        let size = if i == 1 || i == 3 { g[j].abs().max(1.0) } else { 0.0 };
                        let near = (got.wide() - want.wide()).abs() <= 4.0 * size * epsilon;
                        assert!(
                            ulps(got, want) <= 4.0 || near,
                            "{} {name} of {x:?} with {g:?}, {at} of {n}: {got:?}, in a short row {want:?}",
                            T::NAME
                        );
                        compared += 1;
                    }
                }
            }
        }
    }
    let numbers: usize = [pairs.count(), 5, 2, 4 * 5 + 1].iter().product();
    assert_eq!(compared, numbers);
}

#[test]
fn beside_short_rows_in_both_precisions() {
    beside_short_rows::<f64>();
    beside_short_rows::<f32>();
}
