//! Replaying a program allocates nothing: feeding, playing and reading are counted, for the networks
//! of all examples and configurations and some larger ones.

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

/// A network, its task and how it is trained.
struct Network {
    name: &'static str,
    layers: &'static [usize],
    rows: usize,
    apply: Activation,
    /// Cross-entropy over classes, or else binary cross-entropy.
    classes: bool,
    optimizer: Optimizer,
}

#[derive(Clone, Copy)]
enum Optimizer {
    Sgd,
    Momentum,
    Adam,
}

const NETWORKS: &[Network] = &[
    network("02_xor", &[2, 8, 1], 4, |x| x.tanh(), false, Optimizer::Sgd),
    network("xor.json", &[2, 8, 1], 4, |x| x.tanh(), false, Optimizer::Momentum),
    network("03_two_spirals", &[2, 16, 16, 1], 200, |x| x.tanh(), false, Optimizer::Adam),
    network("iris.json", &[4, 16, 3], 16, |x| x.tanh(), true, Optimizer::Adam),
    network("08_digits", &[64, 128, 64, 10], 16, relu, true, Optimizer::Adam),
    network("digits.json", &[64, 128, 64, 10], 64, relu, true, Optimizer::Adam),
    network("sines", &[2, 8, 2], 4, |x| x.sin(), true, Optimizer::Sgd),
    network("large", &[784, 256, 128, 10], 128, relu, true, Optimizer::Sgd),
    network("wide rows", &[40, 64, 50], 33, |x| x.erf(), true, Optimizer::Sgd),
];

const fn network(
    name: &'static str,
    layers: &'static [usize],
    rows: usize,
    apply: Activation,
    classes: bool,
    optimizer: Optimizer,
) -> Network {
    Network { name, layers, rows, apply, classes, optimizer }
}

fn relu(x: Var<'_, f32>) -> Var<'_, f32> {
    x.maximum(0.0)
}

fn array(shape: &[usize]) -> ArrayD<f32> {
    let mut i = 0;
    ArrayD::from_shape_simple_fn(shape, || {
        i += 1;
        (i * 37 % 101) as f32 / 101.0 - 0.5
    })
}

impl Network {
    /// One step of training.
    fn step(&self) -> Program<f32> {
        let tape = Tape::<f32>::new();
        let x = tape.input("x", array(&[self.rows, self.layers[0]]));
        let target = tape.input("target", ArrayD::zeros(vec![self.rows, 1]));
        let (mut z, mut parameters) = (x, Vec::new());
        for (i, pair) in self.layers.windows(2).enumerate() {
            let (w, b) = (tape.input("w", array(pair)), tape.input("b", array(&pair[1..])));
            z = z.matmul(w) + b;
            z = if i + 2 < self.layers.len() { (self.apply)(z) } else { z };
            parameters.extend([w, b]);
        }
        let loss = match self.classes {
            true => -z.log_softmax(-1).gather(-1, target).mean(),
            false => (z.maximum(0.0) - z * target + (-z.abs()).exp().ln_1p()).mean(),
        };
        let gradients = tape.gradient(loss, &parameters);
        let mut carried = Vec::new();
        for (&w, &g) in parameters.iter().zip(&gradients) {
            let memory = |name: &str| tape.input(name, ArrayD::zeros(w.shape()));
            match self.optimizer {
                Optimizer::Sgd => carried.push((w, w - 0.1 * g)),
                Optimizer::Momentum => {
                    let v = memory("v");
                    let next = 0.9 * v + g;
                    carried.extend([(w, w - 0.1 * next), (v, next)]);
                }
                Optimizer::Adam => {
                    let (m, v) = (memory("m"), memory("v"));
                    let (next_m, next_v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g.square());
                    let next = w - 0.01 * next_m / (next_v.sqrt() + 1e-8);
                    carried.extend([(w, next), (m, next_m), (v, next_v)]);
                }
            }
        }
        let program = tape.compile_step(&[x, target], &[loss, z], &carried);
        assert_eq!(program.to_string().matches("copied").count(), 0, "{}\n{program}", self.name);
        program
    }
}

#[test]
fn replaying_allocates_nothing() {
    for network in NETWORKS {
        let program = network.step();
        let mut buffers = program.buffers();
        let x = ArrayD::from_elem(vec![network.rows, network.layers[0]], 0.25f32);
        let target = ArrayD::from_elem(vec![network.rows, 1], 0.0f32);
        let mut sum = 0.0;
        let mut play = || {
            program.feed(&mut buffers, 0, &x).expect("the shape fits");
            program.feed(&mut buffers, 1, &target).expect("indices");
            program.play(&mut buffers);
            sum += program.output(&buffers, 0)[[]] + program.output(&buffers, 1)[[0, 0]];
        };
        play();
        let count = allocations(|| (0..5).for_each(|_| play()));
        assert_eq!(count, 0, "{}", network.name);
        assert!(sum.is_finite(), "{}", network.name);
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}
