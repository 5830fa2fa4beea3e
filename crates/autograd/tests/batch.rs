//! Many products at once against one after the other: equal to the last bit, however the factors lie
//! and whichever of them are the same.

use chainrule_autograd::kernel::Level;
use chainrule_autograd::kernel::product::{Matrix, pack_len, product, products};

fn numbers(len: usize, salt: usize) -> Vec<f64> {
    (0..len).map(|i| ((i * 7 + salt * 3) as f64 * 0.37).sin()).collect()
}

/// A matrix at the start of a slice, in rows, in columns, or in rows from the last to the first.
fn laid(data: &[f64], [rows, columns]: [usize; 2], how: usize) -> Matrix<'_, f64> {
    let (r, c) = (rows as isize, columns as isize);
    match how {
        0 => Matrix { data, start: 0, strides: [c, 1] },
        1 => Matrix { data, start: 0, strides: [1, r] },
        _ => Matrix { data, start: (rows - 1) * columns, strides: [-c, 1] },
    }
}

#[test]
fn many_products_are_one_after_the_other() {
    let sizes =
        [[4, 16, 16], [16, 4, 16], [16, 4, 1], [1, 5, 70], [7, 1, 3], [97, 3, 2], [3, 257, 5]];
    let mut compared = 0;
    for dims @ [m, k, n] in sizes.into_iter().chain([[5, 3, 33], [2, 2, 200]]) {
        let (a, b) = (numbers(3 * m * k, m), numbers(3 * k * n, n));
        let all = |len: usize| [0, len, 2 * len];
        for (left, right) in [(all(m * k), all(k * n)), ([0; 3], all(k * n)), (all(m * k), [0; 3])]
        {
            for (level, how) in Level::all().flat_map(|level| (0..9).map(move |how| (level, how))) {
                let (of_a, of_b) = (laid(&a, [m, k], how % 3), laid(&b, [k, n], how / 3));
                let mut pack = vec![f64::NAN; pack_len(dims)];
                let (mut y, mut want) = (vec![f64::NAN; 3 * m * n], vec![f64::NAN; 3 * m * n]);
                products(level, of_a, of_b, [&left, &right], dims, &mut y, &mut pack);
                for (i, want) in want.chunks_mut(m * n).enumerate() {
                    let a = Matrix { start: of_a.start + left[i], ..of_a };
                    let b = Matrix { start: of_b.start + right[i], ..of_b };
                    product(level, a, b, dims, want, &mut pack);
                }
                let name = level.name();
                assert_eq!(y, want, "{dims:?} {left:?} {right:?} {how} {name}");
                compared += y.len();
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
#[should_panic(expected = "a right operand lies outside")]
fn a_factor_outside_of_its_slice_is_refused() {
    let (a, b) = (numbers(4, 0), numbers(4, 1));
    let (a, b) = (Matrix::row_major(&a, 2), Matrix::row_major(&b, 2));
    let (dims, mut y) = ([2, 2, 2], [0.0; 8]);
    let mut pack = vec![0.0; pack_len(dims)];
    products(Level::best(), a, b, [&[0, 0], &[0, 1]], dims, &mut y, &mut pack);
}
