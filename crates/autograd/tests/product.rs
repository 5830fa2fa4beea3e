//! The matrix product against a loop that sums in the stated order: equal to the last bit, whatever
//! the shapes, the strides, the level and the cut.

use chainrule_autograd::kernel::product::{
    Matrix, Packing, TERMS, ahead_len, pack_len, product, product_with, room_len,
};
use chainrule_autograd::kernel::{Level, Precision};

/// Whether a level multiplies and adds with one rounding.
fn fuses(level: Level) -> bool {
    level != Level::PORTABLE || cfg!(any(target_feature = "fma", target_arch = "aarch64"))
}

fn multiply_add<T: Precision>(level: Level, a: T, b: T, c: T) -> T {
    if fuses(level) { a.fused(b, c) } else { a * b + c }
}

/// The product as it is documented: blocks of terms, each summed from 0 in order.
fn reference<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    [m, k, n]: [usize; 3],
) -> Vec<T> {
    let mut y = vec![T::default(); m * n];
    let terms = if k == 0 { 1 } else { k.div_ceil(k.div_ceil(TERMS)) };
    for (i, y) in y.chunks_exact_mut(n.max(1)).enumerate() {
        for (j, y) in y.iter_mut().enumerate() {
            for start in (0..k).step_by(terms) {
                let sum = (start..k.min(start + terms))
                    .fold(T::default(), |sum, p| multiply_add(level, a.at(i, p), b.at(p, j), sum));
                *y = if start > 0 { *y + sum } else { sum };
            }
        }
    }
    y
}

/// Numbers without a pattern, in (−1, 1).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.next() + 1.0) / 2.0 * n as f64) as usize
    }
}

/// A matrix in a slice that is NaN wherever the matrix is not.
struct Laid<T> {
    data: Vec<T>,
    start: usize,
    strides: [isize; 2],
}

impl<T: Precision> Laid<T> {
    fn of(numbers: &mut Numbers, [rows, columns]: [usize; 2], layout: Layout) -> Self {
        let (r, c) = (rows.max(1) as isize, columns.max(1) as isize);
        let strides = layout.strides(r, c);
        let reach = |n: isize, stride: isize| (n - 1) * stride;
        let low = reach(r, strides[0]).min(0) + reach(c, strides[1]).min(0);
        let high = reach(r, strides[0]).max(0) + reach(c, strides[1]).max(0);
        let (before, behind) = (numbers.below(4), numbers.below(2) * 40);
        let len = before + (high - low) as usize + 1 + behind;
        let mut data = vec![T::from_f64(f64::NAN); len];
        let start = before + low.unsigned_abs();
        for i in 0..rows as isize {
            for j in 0..columns as isize {
                let at = start.wrapping_add_signed(i * strides[0] + j * strides[1]);
                data[at] = T::from_f64(numbers.next());
            }
        }
        Laid { data, start, strides }
    }

    fn matrix(&self) -> Matrix<'_, T> {
        Matrix { data: &self.data, start: self.start, strides: self.strides }
    }
}

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Rows,
    Columns,
    Gaps,
    ColumnsWithGaps,
    RowsReversed,
    ColumnsReversed,
    Reversed,
    OneRow,
    OneColumn,
    OneNumber,
}

const LAYOUTS: [Layout; 10] = [
    Layout::Rows,
    Layout::Columns,
    Layout::Gaps,
    Layout::ColumnsWithGaps,
    Layout::RowsReversed,
    Layout::ColumnsReversed,
    Layout::Reversed,
    Layout::OneRow,
    Layout::OneColumn,
    Layout::OneNumber,
];

impl Layout {
    fn strides(self, r: isize, c: isize) -> [isize; 2] {
        match self {
            Layout::Rows => [c, 1],
            Layout::Columns => [1, r],
            Layout::Gaps => [2 * c + 3, 2],
            Layout::ColumnsWithGaps => [1, r + 5],
            Layout::RowsReversed => [-c, 1],
            Layout::ColumnsReversed => [c, -1],
            Layout::Reversed => [-1, -r],
            Layout::OneRow => [0, 1],
            Layout::OneColumn => [1, 0],
            Layout::OneNumber => [0, 0],
        }
    }
}

fn bits<T: Precision>(y: &[T]) -> Vec<u64> {
    y.iter().map(|y| y.to_f64().to_bits()).collect()
}

/// The product in poisoned memory.
fn played<T: Precision>(
    level: Level,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    dims @ [m, _, n]: [usize; 3],
) -> Vec<T> {
    let nan = T::from_f64(f64::NAN);
    let mut pack = vec![nan; pack_len(dims)];
    let mut y = vec![nan; m * n];
    product(level, a, b, dims, &mut y, &mut pack);
    y
}

#[track_caller]
fn check<T: Precision>(numbers: &mut Numbers, dims: [usize; 3], [of_a, of_b]: [Layout; 2]) {
    let [m, k, n] = dims;
    let a = Laid::<T>::of(numbers, [m, k], of_a);
    let b = Laid::<T>::of(numbers, [k, n], of_b);
    for level in Level::all() {
        let y = played(level, a.matrix(), b.matrix(), dims);
        let want = reference(level, a.matrix(), b.matrix(), dims);
        let name = level.name();
        assert_eq!(bits(&y), bits(&want), "{dims:?} {of_a:?}·{of_b:?} {name}");
    }
}

#[test]
fn small_products_of_every_shape() {
    let mut numbers = Numbers(1);
    for m in 0..=20 {
        for k in (0..=8).chain([15, 16, 17]) {
            for n in (0..=20).chain([31, 32, 33]) {
                let layouts = [LAYOUTS[numbers.below(2)], LAYOUTS[numbers.below(2)]];
                check::<f32>(&mut numbers, [m, k, n], layouts);
                check::<f64>(&mut numbers, [m, k, n], layouts);
            }
        }
    }
}

#[test]
fn every_layout_of_both_operands() {
    let mut numbers = Numbers(2);
    for of_a in LAYOUTS {
        for of_b in LAYOUTS {
            for dims in [
                [1, 1, 1],
                [1, 9, 300],
                [300, 9, 1],
                [5, 3, 4],
                [3, 70, 1],
                [17, 9, 2],
                [9, 33, 41],
                [33, 17, 70],
            ] {
                check::<f32>(&mut numbers, dims, [of_a, of_b]);
                check::<f64>(&mut numbers, dims, [of_a, of_b]);
            }
        }
    }
}

#[test]
fn shapes_around_the_edges_of_blocks() {
    let mut numbers = Numbers(3);
    let around = |numbers: &mut Numbers, edge: usize| edge - 2 + numbers.below(5);
    for edges in [
        [3, 256, 128],
        [8, 256, 8],
        [192, 8, 32],
        [192, 256, 16],
        [4, 256, 1024],
        [8, 512, 33],
        // Where B begins to be packed.
        [16, 70, 260],
        [64, 70, 514],
        [320, 260, 66],
    ] {
        for _ in 0..4 {
            let dims = edges.map(|edge| around(&mut numbers, edge));
            let layouts = [LAYOUTS[numbers.below(10)], LAYOUTS[numbers.below(10)]];
            check::<f32>(&mut numbers, dims, layouts);
            check::<f64>(&mut numbers, dims, layouts);
        }
    }
    check::<f32>(&mut numbers, [197, 259, 1030], [Layout::Columns, Layout::Columns]);
    // Rows of A that more strips read than they are left where they lie for.
    check::<f32>(&mut numbers, [103, 259, 1100], [Layout::Rows, Layout::Columns]);
    check::<f64>(&mut numbers, [103, 259, 1100], [Layout::Rows, Layout::Rows]);
}

/// The error of a sum in blocks is at most (terms of a block + blocks)·ε·Σ|aᵢ·bᵢ|.
#[test]
fn errors_stay_inside_the_bound() {
    let mut numbers = Numbers(4);
    for dims @ [m, k, n] in [[20, 20, 20], [7, 1000, 40], [64, 784, 10]] {
        let a = Laid::<f32>::of(&mut numbers, [m, k], Layout::Rows);
        let b = Laid::<f32>::of(&mut numbers, [k, n], Layout::Rows);
        for level in Level::all() {
            let y = played(level, a.matrix(), b.matrix(), dims);
            for (at, y) in y.iter().enumerate() {
                let term =
                    |p| f64::from(a.matrix().at(at / n, p)) * f64::from(b.matrix().at(p, at % n));
                let exact: f64 = (0..k).map(term).sum();
                let magnitudes: f64 = (0..k).map(|p| term(p).abs()).sum();
                let roundings = (k.min(TERMS) + k.div_ceil(TERMS)) as f64;
                let bound = roundings * f64::from(f32::EPSILON) / 2.0 * magnitudes;
                assert!((f64::from(*y) - exact).abs() <= bound, "{dims:?} {}", level.name());
            }
        }
    }
}

/// A product of some rows and columns is that part of the whole.
#[test]
fn parts_are_those_of_the_whole() {
    let mut numbers = Numbers(5);
    for dims @ [m, k, n] in [[30, 300, 70], [200, 40, 9], [5, 20, 1100], [16, 16, 16]] {
        for of_a in [Layout::Rows, Layout::Columns] {
            let a = Laid::<f32>::of(&mut numbers, [m, k], of_a);
            let b = Laid::<f32>::of(&mut numbers, [k, n], Layout::Rows);
            for level in Level::all() {
                let whole = played(level, a.matrix(), b.matrix(), dims);
                for _ in 0..8 {
                    let (row, column) = (numbers.below(m), numbers.below(n));
                    let rows = 1 + numbers.below(m - row);
                    let columns = 1 + numbers.below(n - column);
                    let part = played(
                        level,
                        a.matrix().part(row, 0),
                        b.matrix().part(0, column),
                        [rows, k, columns],
                    );
                    for (i, part) in part.chunks_exact(columns).enumerate() {
                        let want = &whole[(row + i) * n + column..][..columns];
                        assert_eq!(bits(part), bits(want), "{dims:?} {}", level.name());
                    }
                }
            }
        }
    }
}

const FINISHED: [[usize; 3]; 9] = [
    [1, 1, 1],
    [4, 16, 16],
    [40, 5, 2],
    [64, 300, 10],
    [400, 3, 40],
    [200, 300, 1030],
    [2000, 2, 3],
    [230, 40, 1100],
    [3, 0, 5],
];

/// Each element is handed to `finish` once, done, and not touched later; also where a piece gives its
/// room to the next.
#[test]
fn pieces_are_finished_once() {
    let (mut numbers, mut used_again) = (Numbers(6), 0);
    for dims @ [m, k, n] in FINISHED {
        let a = Laid::<f32>::of(&mut numbers, [m, k], Layout::Columns);
        let b = Laid::<f32>::of(&mut numbers, [k, n], Layout::Rows);
        let level = Level::best();
        let want = reference(level, a.matrix(), b.matrix(), dims);
        for len in [m * n, room_len(dims)] {
            let mut out = vec![f32::NAN; len];
            let mut pack = vec![f32::NAN; pack_len(dims)];
            let (mut y, mut seen) = (vec![f32::NAN; m * n], vec![0; m * n]);
            let (a, b) = (a.matrix(), b.matrix());
            product_with(level, a, b, dims, None, &mut out, false, &mut pack, &mut |piece| {
                assert_eq!(piece.values.len(), piece.rows.len() * piece.columns.len());
                assert!(piece.rows.len() == 1 || piece.columns == (0..n));
                let columns = piece.columns.clone();
                let places = piece.rows.flat_map(|i| columns.clone().map(move |j| i * n + j));
                for (value, at) in piece.values.iter_mut().zip(places) {
                    assert_eq!(value.to_bits(), want[at].to_bits());
                    seen[at] += 1;
                    *value = -*value - 1.0;
                    y[at] = *value;
                }
            });
            assert!(seen.iter().all(|&seen| seen == 1), "{dims:?}");
            assert!(y.iter().zip(&want).all(|(y, want)| *y == -want - 1.0), "{dims:?}");
            assert!(len < m * n || out == y, "{dims:?}");
            used_again += usize::from(len < m * n);
        }
    }
    assert!(used_again > 1, "{used_again} products used room again");
}

/// Added to what is there, block of terms by block of terms.
#[test]
fn a_product_is_added_to_what_is_there() {
    let (mut numbers, mut added) = (Numbers(9), 0);
    let few = [[1, 7, 33], [64, 128, 64], [5, 3, 2], [90, 40, 11], [2, 256, 40], [6, 1, 1]];
    for dims @ [m, k, n] in few.into_iter().chain(FINISHED) {
        for [of_a, of_b] in [[0, 0], [1, 1], [0, 4], [1, 0]].map(|of| of.map(|i| LAYOUTS[i])) {
            let a = Laid::<f32>::of(&mut numbers, [m, k], of_a);
            let b = Laid::<f32>::of(&mut numbers, [k, n], of_b);
            let before = Laid::<f32>::of(&mut numbers, [m, n], Layout::Rows);
            let (a, b) = (a.matrix(), b.matrix());
            let before: Vec<f32> =
                (0..m * n).map(|at| before.matrix().at(at / n, at % n)).collect();
            for level in Level::all() {
                let mut y = before.clone();
                let mut pack = vec![f32::NAN; pack_len(dims)];
                product_with(level, a, b, dims, None, &mut y, true, &mut pack, &mut |_| {});
                let mut want = before.clone();
                let block = k.div_ceil(k.div_ceil(TERMS).max(1)).max(1);
                for start in (0..k).step_by(block) {
                    let dims = [m, block.min(k - start), n];
                    let sums = reference(level, a.part(0, start), b.part(start, 0), dims);
                    want.iter_mut().zip(sums).for_each(|(y, sum)| *y += sum);
                }
                assert_eq!(bits(&y), bits(&want), "{dims:?} {of_a:?}·{of_b:?} {}", level.name());
                added += 1;
            }
        }
    }
    assert!(added > 100, "{added} were added");
}

/// What is packed ahead serves any rows of the product, piece by piece and in any order.
#[test]
fn rows_of_a_product_share_what_is_packed_ahead() {
    let (mut numbers, mut packed) = (Numbers(7), 0);
    let dims = [
        [330, 300, 80],
        [50, 600, 70],
        [70, 257, 1100],
        [97, 20, 2300],
        [40, 800, 33],
        [90, 600, 5],
    ];
    for dims @ [m, k, n] in dims.into_iter().chain(FINISHED) {
        for [of_a, of_b] in [[0, 0], [1, 1], [0, 4], [1, 0]].map(|of| of.map(|i| LAYOUTS[i])) {
            let a = Laid::<f32>::of(&mut numbers, [m, k], of_a);
            let b = Laid::<f32>::of(&mut numbers, [k, n], of_b);
            let (a, b) = (a.matrix(), b.matrix());
            for level in Level::all() {
                let mut ahead = vec![f32::NAN; ahead_len(dims)];
                let Some(packing) = Packing::of(level, a, b, dims, &mut ahead) else { continue };
                let mut pieces: Vec<_> = packing.collect();
                packed += 1;
                while !pieces.is_empty() {
                    pieces.swap_remove(numbers.below(pieces.len())).run();
                }
                let mut y = vec![f32::NAN; m * n];
                let mut first = 0;
                while first < m {
                    let rows = 1 + numbers.below(m - first);
                    let (a, dims) = (a.part(first, 0), [rows, k, n]);
                    let mut pack = vec![f32::NAN; pack_len(dims)];
                    let out = &mut y[first * n..][..rows * n];
                    let ready = Some(&*ahead);
                    product_with(level, a, b, dims, ready, out, false, &mut pack, &mut |_| {});
                    first += rows;
                }
                let want = reference(level, a, b, dims);
                assert_eq!(bits(&y), bits(&want), "{dims:?} {of_a:?}·{of_b:?} {}", level.name());
            }
        }
    }
    assert!(packed > 40, "{packed} were packed");
}

/// 0·∞ is NaN, in its own row and column and nowhere else.
#[test]
fn what_is_not_finite_stays_in_its_row_and_column() {
    let (m, k, n) = (11, 19, 21);
    for level in Level::all() {
        for at in 0..n {
            let mut a = vec![0.0f32; m * k];
            let mut b = vec![1.0f32; k * n];
            let (row, term) = (at % m, at % k);
            b[term * n + at] = f32::INFINITY;
            a[row * k + term] = f32::NEG_INFINITY;
            let (a, b) = (Matrix::row_major(&a, k), Matrix::row_major(&b, n));
            let y = played(level, a, b, [m, k, n]);
            for (place, y) in y.iter().enumerate() {
                match (place / n == row, place % n == at) {
                    (true, _) => assert_eq!(*y, f32::NEG_INFINITY),
                    (false, true) => assert!(y.is_nan()),
                    (false, false) => assert_eq!(*y, 0.0),
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let data = [1.0f32; 6];
    let a = Matrix::row_major(&data, 3);
    let attempt = |a: Matrix<'static, f32>, dims: [usize; 3], len: usize, pack: usize| {
        std::panic::catch_unwind(|| {
            let b = Matrix { data: &[1.0; 9], start: 0, strides: [3, 1] };
            product(Level::best(), a, b, dims, &mut vec![0.0; len], &mut vec![0.0; pack]);
        })
        .is_err()
    };
    let a = Matrix { data: Box::leak(a.data.to_vec().into_boxed_slice()), ..a };
    let dims = [2, 3, 3];
    assert!(!attempt(a, dims, 6, pack_len(dims)));
    assert!(attempt(a, [3, 3, 3], 9, pack_len([3, 3, 3])), "a row too many");
    assert!(attempt(a.part(1, 0).transposed(), dims, 6, pack_len(dims)), "beyond the end");
    assert!(attempt(Matrix { strides: [-3, 1], ..a }, dims, 6, pack_len(dims)), "before the start");
    assert!(attempt(a, dims, 5, pack_len(dims)), "too short a result");
    assert!(attempt(a, dims, 6, pack_len(dims) - 1), "too little to pack in");
}
