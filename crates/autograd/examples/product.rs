//! How fast matrices are multiplied, by our kernel and by ndarray's: 10⁹ floating-point operations a
//! second on one core in the best run and in the median one, and how long that takes.
//!
//!     cargo run --release -p chainrule-autograd --example product
//!     cargo run --release -p chainrule-autograd --example product -- --f64
//!     cargo run --release -p chainrule-autograd --example product -- --levels    all of this machine

use std::hint::black_box;
use std::time::Instant;

use chainrule_autograd::kernel::product::{Matrix, pack_len, product};
use chainrule_autograd::kernel::{Level, Precision};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar, ShapeBuilder};

/// m, k, n, and which operands are transposes.
type Case = ([usize; 3], bool, bool);

const CASES: &[Case] = &[
    ([4, 2, 16], false, false),
    ([4, 16, 16], false, false),
    ([4, 16, 1], false, false),
    ([16, 4, 1], true, false),
    ([16, 4, 16], true, false),
    ([2, 4, 16], true, false),
    ([4, 16, 16], false, true),
    ([4, 1, 16], false, true),
    ([64, 2, 32], false, false),
    ([64, 32, 32], false, false),
    ([64, 32, 2], false, false),
    ([32, 64, 2], true, false),
    ([32, 64, 32], true, false),
    ([64, 2, 32], false, true),
    ([64, 32, 32], false, true),
    ([32, 32, 32], false, false),
    ([64, 64, 64], false, false),
    ([64, 64, 128], false, false),
    ([64, 128, 64], false, false),
    ([64, 64, 10], false, false),
    ([64, 64, 10], true, false),
    ([64, 10, 64], false, true),
    ([128, 64, 64], true, false),
    ([64, 64, 128], true, false),
    ([64, 64, 128], false, true),
    ([128, 784, 256], false, false),
    ([128, 256, 128], false, false),
    ([784, 128, 256], true, false),
    ([128, 128, 256], false, true),
    ([256, 784, 1024], false, false),
    ([784, 256, 1024], true, false),
    ([256, 1024, 1024], false, false),
    ([1024, 256, 1024], true, false),
    ([256, 1024, 1024], false, true),
    ([256, 1024, 10], false, false),
    ([1024, 256, 10], true, false),
    ([256, 10, 1024], false, true),
    ([1, 256, 256], false, false),
    ([1, 784, 256], false, false),
    ([1, 1024, 1024], false, false),
    ([256, 64, 1], true, false),
    ([1024, 1024, 1], false, false),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let double = arguments.iter().any(|a| a == "--f64");
    let all = arguments.iter().any(|a| a == "--levels");
    let levels: Vec<Level> = if all { Level::all().collect() } else { vec![Level::best()] };
    print!("{:>24}", "m, k, n");
    levels.iter().for_each(|level| print!("{:>22}", level.name()));
    println!("{:>22}", "ndarray");
    for &case in CASES {
        if double { row::<f64>(case, &levels) } else { row::<f32>(case, &levels) }
    }
}

/// GFLOP/s of the best and of the median run, and the median time.
fn print(seconds: &mut [f64], [m, k, n]: [usize; 3]) {
    seconds.sort_by(f64::total_cmp);
    let (best, median) = (seconds[0], seconds[seconds.len() / 2]);
    let rate = |s: f64| (2 * m * k * n) as f64 / s * 1e-9;
    print!(
        "{:>6.1}{:>6.1}{:>10}",
        rate(best),
        rate(median),
        format!("{:.0?}", std::time::Duration::from_nanos(1).mul_f64(median * 1e9))
    );
}

fn row<T: Precision + LinalgScalar>((dims, ta, tb): Case, levels: &[Level]) {
    let [m, k, n] = dims;
    let numbers = |len: usize| -> Vec<T> {
        (0..len).map(|i| T::from_f64((i * 7919 % 1000) as f64 / 1000.0 - 0.5)).collect()
    };
    let (a, b) = (numbers(m * k), numbers(k * n));
    let mut y = numbers(m * n);
    let mut pack = numbers(pack_len(dims));
    let matrix = |data, [rows, columns]: [usize; 2], transposed| {
        if transposed {
            Matrix::row_major(data, rows).transposed()
        } else {
            Matrix::row_major(data, columns)
        }
    };
    let repeat = (4_000_000 / (2 * m * k * n + 2000)).max(1);
    let mut times = vec![Vec::new(); levels.len() + 1];
    for _ in 0..if repeat > 1 { 60 } else { 15 } {
        for (level, times) in levels.iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..repeat {
                let (a, b) = (matrix(black_box(&a), [m, k], ta), matrix(black_box(&b), [k, n], tb));
                product(*level, a, b, dims, black_box(&mut y), &mut pack);
            }
            times.push(start.elapsed().as_secs_f64() / repeat as f64);
        }
        let start = Instant::now();
        for _ in 0..repeat {
            let shape =
                |[r, c]: [usize; 2], t: bool| (r, c).strides(if t { (1, r) } else { (c, 1) });
            let a = ArrayView2::from_shape(shape([m, k], ta), black_box(&a)).unwrap();
            let b = ArrayView2::from_shape(shape([k, n], tb), black_box(&b)).unwrap();
            let mut y = ArrayViewMut2::from_shape((m, n), black_box(&mut y)).unwrap();
            general_mat_mul(T::one(), &a, &b, T::zero(), &mut y);
        }
        times[levels.len()].push(start.elapsed().as_secs_f64() / repeat as f64);
    }
    let flag = |t| if t { "ᵀ" } else { "" };
    print!("{:>24}", format!("{m}×{k}{}·{k}×{n}{}", flag(ta), flag(tb)));
    times.iter_mut().for_each(|t| print(t, dims));
    println!();
}
