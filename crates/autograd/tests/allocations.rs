//! Replaying a program allocates nothing: feeding, playing and reading are counted.
//!
//! Products of more than 4096 multiplications go to the matrix library, which allocates for packing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use chainrule_autograd::{Program, Tape, Var};
use ndarray::ArrayD;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of it.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(f: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    f();
    COUNT.with(Cell::get) - before
}

type Activation = for<'t> fn(Var<'t, f32>) -> Var<'t, f32>;

/// A step of gradient descent of a network with the given layers and activation.
fn step(layers: &[usize], rows: usize, apply: Activation) -> Program<f32> {
    let tape = Tape::<f32>::new();
    let array = |shape: &[usize]| {
        let mut i = 0;
        ArrayD::from_shape_simple_fn(shape, || {
            i += 1;
            (i * 37 % 101) as f32 / 101.0 - 0.5
        })
    };
    let x = tape.input("x", array(&[rows, layers[0]]));
    let classes = *layers.last().expect("layers");
    let label = tape.input("label", vec![(classes - 1) as f32; rows]);
    let (mut y, mut parameters) = (x, Vec::new());
    for (i, pair) in layers.windows(2).enumerate() {
        let (w, b) = (tape.input("w", array(pair)), tape.input("b", array(&pair[1..])));
        y = y.matmul(w) + b;
        y = if i + 2 < layers.len() { apply(y) } else { y };
        parameters.extend([w, b]);
    }
    let picked = y.log_softmax(-1).gather(-1, label.reshape(&[-1, 1]));
    let loss = -picked.mean();
    let gradients = tape.gradient(loss, &parameters);
    let pairs = parameters.iter().zip(&gradients);
    let carried: Vec<_> = pairs.map(|(p, g)| (*p, *p - 0.1 * *g)).collect();
    tape.compile_step(&[x, label], &[loss], &carried)
}

#[test]
fn replaying_allocates_nothing() {
    let networks: [(&[usize], usize, Activation); 4] = [
        (&[2, 16, 16, 2], 4, |x| x.tanh()),
        (&[2, 8, 2], 4, |x| x.sin()),
        (&[4, 16, 3], 16, |x| x.tanh()),
        (&[2, 16, 16, 2], 16, |x| x.erf()),
    ];
    for (layers, rows, apply) in networks {
        let program = step(layers, rows, apply);
        let mut buffers = program.buffers();
        program.play(&mut buffers);
        let x = ArrayD::from_elem(vec![rows, layers[0]], 0.25f32);
        let label = vec![0.0f32; rows];
        let mut loss = 0.0;
        let count = allocations(|| {
            for _ in 0..10 {
                program.feed(&mut buffers, 0, &x).expect("the shape fits");
                program.feed(&mut buffers, 1, &label).expect("indices");
                program.play(&mut buffers);
                loss = program.output(&buffers, 0)[[]];
            }
        });
        assert_eq!(count, 0, "{layers:?} with {rows} rows");
        assert!(loss.is_finite());
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}
