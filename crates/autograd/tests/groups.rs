//! Groups of elementwise nodes that replace what they read, and sums that take multiples on: to the bit what
//! the tape computes, step after step.

use chainrule_autograd::{Element, Tape, Var};
use ndarray::{ArrayD, IxDyn};

/// New values of what is carried.
type Next<T> = for<'t> fn(&[Var<'t, T>]) -> Vec<Var<'t, T>>;

/// Updates of square matrices a, b, c, where the fourth is only read.
trait Updates: Element {
    const ALL: [(&'static str, Next<Self>); 14];
}

macro_rules! updates {
    ($($t:ident)*) => { $(impl Updates for $t {
        const ALL: [(&'static str, Next<$t>); 14] = [
        ("descent", |v| vec![v[0] - 0.1 * v[3], v[1] + v[3] * 0.3, v[2] - v[3]]),
        ("momentum", |v| {
            let m = 0.9 * v[1] + 0.1 * v[3];
            vec![v[0] - 0.01 * m, m, v[2]]
        }),
        ("moments", |v| {
            let (m, s) = (0.9 * v[1] + 0.1 * v[3], 0.99 * v[2] + 0.01 * v[3].powi(2.0));
            vec![v[0] - 0.01 * (m / (s.abs().sqrt() + 1e-8)), m, s]
        }),
        ("a multiple for two", |v| {
            let t = 0.7 * v[3];
            vec![v[0] - t, v[1] + t, v[2]]
        }),
        ("a multiple twice", |v| {
            let t = 0.7 * v[3];
            vec![t + t, v[1] - t * t, v[2]]
        }),
        ("of what is replaced", |v| vec![v[0] - 0.5 * v[0], 0.3 * v[1] + v[1], 2.0 * v[2] - v[2]]),
        ("subtracted from a multiple", |v| vec![0.5 * v[0] - v[3], 0.5 * v[3] - v[1], 1.0 - 0.5 * v[2]]),
        ("swapped", |v| vec![v[1], v[0] - 0.5 * v[1], v[2] + v[0] * 0.5]),
        ("read before and after", |v| {
            let a = v[0] - 0.2 * v[3];
            vec![a, v[1] + v[0] * 0.1, v[2] - 0.1 * a]
        }),
        ("in a ring", |v| vec![v[0] - 0.1 * v[1], v[1] - 0.1 * v[2], v[2] - 0.1 * v[0]]),
        ("turned", |v| vec![v[0] - 0.1 * v[0].t(), v[1].t() + 0.1 * v[1], v[2]]),
        ("a row for all", |v| {
            let row = v[3].narrow(0, 1, 1);
            vec![v[0] - 0.1 * row, v[1] + row * 0.5, v[2].tanh() - 0.5 * v[2]]
        }),
        ("of a product", |v| vec![v[0] - 0.01 * v[3].matmul(v[3]), v[1], v[2].tanh()]),
        ("of a product of what is replaced", |v| {
            vec![v[0] - 0.01 * v[0].matmul(v[1]), v[1] + 0.01 * v[0].matmul(v[3]), v[2]]
        }),
        ];
    })* };
}
updates!(f32 f64);

fn start<T: Element>(n: usize, seed: f64) -> ArrayD<T> {
    ArrayD::from_shape_fn(IxDyn(&[n, n]), |at| {
        T::narrow((7.3 * at[0] as f64 + 3.1 * at[1] as f64 + 11.0 * seed).sin())
    })
}

fn replays<T: Updates>() {
    for (name, update) in T::ALL {
        for n in [3, 40, 64, 130] {
            let values: Vec<ArrayD<T>> = (0..4).map(|i| start(n, f64::from(i))).collect();
            let tape = Tape::<T>::new();
            let v: Vec<_> = values.iter().map(|value| tape.input("v", value)).collect();
            let next = update(&v);
            let carried: Vec<_> = v.iter().copied().zip(next).collect();
            let program = tape.compile_step(&[v[3]], &[v[3].sum()], &carried);
            let mut sets = vec![program.buffers()];
            #[cfg(feature = "threads")]
            sets.push(program.buffers().with_threads(2));
            for mut buffers in sets {
                let mut now = values.clone();
                for step in 0..3 {
                    program.feed(&mut buffers, 0, &now[3]).expect("the shape fits");
                    program.play(&mut buffers);
                    let plain = Tape::<T>::new();
                    let v: Vec<_> = now.iter().map(|value| plain.input("v", value)).collect();
                    let next: Vec<_> = update(&v).iter().map(|y| y.value()).collect();
                    for (i, next) in next.into_iter().enumerate() {
                        let got = program.carried(&buffers, i);
                        let is_same = got.iter().zip(&next).all(|(a, b)| a == b);
                        assert!(is_same, "{name}, {n}×{n}, step {step}, {i}\n{program}");
                        now[i] = next;
                    }
                }
            }
        }
    }
}

#[test]
fn carried_arrays_are_replaced_to_the_bit() {
    replays::<f32>();
    replays::<f64>();
}
