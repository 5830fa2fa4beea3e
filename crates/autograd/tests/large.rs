//! Programs with large values: products piece by piece and by several threads, values written where
//! others are read for the last time; equal to the tape to the bit.

use chainrule_autograd::{Buffers, Tape};
use ndarray::ArrayD;

/// A step of gradient descent with products that are large enough to be spread, and one that is added.
#[cfg(feature = "threads")]
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let values = |shape: [usize; 2]| {
        let mut i = 0;
        ndarray::Array2::from_shape_simple_fn(shape, || {
            i += 1;
            (i * 7919 % 1009) as f32 / 1009.0 - 0.5
        })
    };
    let tape = Tape::<f32>::new();
    let (x, v) = (tape.input("x", values([131, 301])), tape.input("v", values([301, 257])));
    let w = tape.input("w", values([257, 129]));
    let loss = x.matmul(v).tanh().matmul(w).square().mean();
    let [dv, dw] = [loss.grad(v), loss.grad(w)];
    let (p, q) = (tape.input("p", values([100, 250])), tape.input("q", values([250, 100])));
    let sum = p.matmul(q) + (q * 0.5).t().matmul(p.t());
    let carried = [(v, v - dv), (w, w - dw)];
    let program = tape.compile_step(&[p, q], &[loss, sum], &carried);
    assert!(program.to_string().contains("added where the sum lies"), "{program}");
    let played = |threads: usize| {
        let mut buffers = program.buffers().with_threads(threads);
        (0..3).for_each(|_| program.play(&mut buffers));
        let carried = |i: usize| program.carried(&buffers, i).mapv(f32::to_bits);
        let output = |i: usize| program.output(&buffers, i).mapv(f32::to_bits);
        (output(0), output(1), carried(0), carried(1))
    };
    let one = played(1);
    for threads in [2, 3, 5, 200] {
        assert!(played(threads) == one, "{threads} threads");
    }
}

/// Products of several pieces in rows, columns and terms, stored and not, whose results are stored
/// anew, over what dies and over what is carried.
#[test]
fn what_is_done_to_a_product_is_done_piece_by_piece() {
    fn values(shape: [usize; 2], salt: usize) -> ndarray::Array2<f32> {
        let number = |(i, j)| ((i * 7919 + j * 104_729 + salt) % 1009) as f32 / 1009.0 - 0.5;
        ndarray::Array2::from_shape_fn(shape, number)
    }
    let bits = |v: ndarray::ArrayViewD<'_, f32>| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    for [m, k, n] in [[200, 70, 130], [130, 300, 130], [197, 20, 1100], [97, 600, 1030]] {
        let tape = Tape::<f32>::new();
        let (x, w) = (tape.input("x", values([m, k], 1)), tape.input("w", values([k, n], 2)));
        let (b, c) = (tape.input("b", values([1, n], 3)), tape.input("c", values([m, n], 4)));
        let halves = tape.input("halves", values([1, 2 * n], 5));
        let y = x.matmul(w);
        let z = (y + b).tanh() * c;
        // Two rows at a time, where there are pairs of them.
        let pairs = match m % 2 {
            0 => (z.reshape(&[-1, 2 * n as isize]) * halves).reshape(&[m as isize, n as isize]),
            _ => z * b,
        };
        let loss = pairs.square().mean() + y.slice(ndarray::s![..;2, ..]).sum() * 1e-3;
        let g = tape.gradient(loss, &[w, b, c, halves]);
        let carried = [(w, w - 0.5 * g[0]), (b, b - g[1]), (c, c - g[2] + pairs)];
        let program = tape.compile_step(&[x, halves], &[loss, z], &carried);
        assert!(program.to_string().contains("piece by piece"), "{program}");
        let mut sets: Vec<Buffers<f32>> = vec![program.buffers()];
        #[cfg(feature = "threads")]
        sets.extend([2, 3].map(|threads| program.buffers().with_threads(threads)));
        for _ in 0..3 {
            let next = carried.map(|(_, next)| next.value());
            for buffers in &mut sets {
                program.play(buffers);
                for (i, output) in [loss, z].into_iter().enumerate() {
                    let want = bits(output.value().view());
                    assert!(bits(program.output(buffers, i)) == want, "output {i} of {m}×{k}×{n}");
                }
                for (i, next) in next.iter().enumerate() {
                    let got = bits(program.carried(buffers, i));
                    assert!(got == bits(next.view()), "carried {i} of {m}×{k}×{n}");
                }
            }
            carried.iter().zip(&next).for_each(|((x, _), next)| x.set(next).expect("its shape"));
        }
    }
}

#[test]
fn large_values_are_written_where_others_are_read_for_the_last_time() {
    const N: usize = 40_000;
    let tape = Tape::<f64>::new();
    let x = tape.input("x", ArrayD::from_shape_fn(vec![N], |i| i[0] as f64 * 1e-4 - 2.0));
    // Each sum ends a group; what stands before it dies in the next one.
    let mut y = x.sin();
    for _ in 0..4 {
        y = (y - y.mean()).tanh() * 0.5 + y;
    }
    let torn = y + y.slice(ndarray::s![..;-1]); // reads y in another order: not in its place
    let program = tape.compile(&[x], &[torn]);
    let mut buffers = program.buffers();
    for _ in 0..2 {
        program.play(&mut buffers);
        let played = program.output(&buffers, 0).mapv(f64::to_bits);
        assert_eq!(played, torn.value().mapv(f64::to_bits));
    }
    // x, one value, and the result.
    assert!(program.buffer_bytes() < (3 * N + 8 * 1024) * 8, "{}", program.buffer_bytes());
}

/// A product is added to what nobody reads afterwards, where that lies; not to what is read once more,
/// is a factor itself, is fed or is to be seen, and not if its terms come in several blocks.
#[test]
fn a_product_is_added_where_the_other_part_lies() {
    fn values(shape: [usize; 2], salt: usize) -> ndarray::Array2<f32> {
        let number = |(i, j)| ((i * 7919 + j * 104_729 + salt) % 1009) as f32 / 1009.0 - 0.5;
        ndarray::Array2::from_shape_fn(shape, number)
    }
    const N: usize = 20;
    for (k, added) in [(7, [true, true, true, false, false, false]), (300, [false; 6])] {
        let tape = Tape::<f32>::new();
        let (a, b) = (tape.input("a", values([N, k], 1)), tape.input("b", values([k, N], 2)));
        let (c, d) = (tape.input("c", values([N, k], 3)), tape.input("d", values([k, N], 4)));
        let (e, s) = (tape.input("e", values([N, N], 5)), tape.input("s", values([N, N], 6)));
        let (other, ab, cd) = (e.softmax(1), a.matmul(b), c.matmul(d));
        let all = [
            ("two products", ab + cd),
            ("the sum of three", (ab + cd) + a.matmul(d)),
            ("what is no product", other + cd),
            ("what is fed", e + cd),
            ("what is read once more", (other + cd) * other),
            ("a factor", s.square() + s.square().matmul(other)),
        ];
        for (i, (what, sum)) in all.into_iter().enumerate() {
            let outputs = [sum.exp(), sum.mean()];
            let program = tape.compile(&[a, b, c, d, e, s], &outputs);
            let printed = program.to_string();
            let is_added = printed.contains("added where the sum lies");
            assert_eq!(is_added, added[i], "{what}, {k} terms\n{printed}");
            let carried = tape.compile_step(&[a, b, c, d, s], &[outputs[0]], &[(e, sum)]);
            let (mut buffers, mut steps) = (program.buffers(), carried.buffers());
            let bits = |v: ndarray::ArrayViewD<'_, f32>| v.mapv(f32::to_bits);
            for _ in 0..2 {
                program.play(&mut buffers);
                for (at, output) in outputs.iter().enumerate() {
                    let got = bits(program.output(&buffers, at));
                    assert_eq!(got, bits(output.value().view()), "{what}, {k} terms\n{printed}");
                }
            }
            carried.play(&mut steps);
            assert_eq!(bits(carried.carried(&steps, 0)), bits(sum.value().view()), "{what}");
        }
    }
}

/// Whatever their length: some columns have sums of their own in registers, and the last are no whole
/// register.
#[test]
fn rows_are_added_one_after_the_other() {
    for n in (1..=70).chain([127, 128, 255, 256, 257, 300]) {
        for rows in [1, 2, 3, 17, 64] {
            let x = ndarray::Array2::from_shape_fn((rows, n), |(i, j)| {
                ((i * 7919 + j * 104_729) % 1009) as f32 / 64.0 - 7.0
            });
            let tape = Tape::<f32>::new();
            let sum = tape.input("x", &x).sum_over(&[0]).value();
            let zeros = ndarray::Array1::<f32>::zeros(n);
            let want = x.rows().into_iter().fold(zeros, |sum, row| sum + row);
            assert_eq!(sum, want.into_dyn(), "{rows}×{n}");
        }
    }
}
