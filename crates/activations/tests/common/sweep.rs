//! Numbers compared one by one, with the largest distance in mind; and f32 against f64 over inputs
//! without end: the test `sweep` takes some of them, the example `accuracy` as many as it is told.

use chainrule_activations::Activation;
use chainrule_autograd::kernel::Level;

use super::{ALLOWED, Float, next_to_a_root, row, ulps};

/// So many numbers that break a bound are shown.
const SHOWN: usize = 8;

/// What is compared: an activation, and where a number came from.
pub struct Subject<'a> {
    activation: &'a Activation,
    dtype: &'static str,
    level: Level,
    /// The largest distance at orders 0 to 2, and where it is; next to roots it does not count.
    worst: [(f64, f64); 3],
    /// How many numbers break the bound of their order, and some of them.
    pub broken: [usize; 3],
    pub wrong: Vec<String>,
}

impl<'a> Subject<'a> {
    pub fn new<T: Float>(activation: &'a Activation, level: Level) -> Self {
        let (worst, broken, wrong) = ([(0.0, f64::NAN); 3], [0; 3], Vec::new());
        Subject { activation, dtype: T::NAME, level, worst, broken, wrong }
    }

    pub fn see<T: Float>(&mut self, order: usize, x: f64, got: T, want: T) {
        let distance = ulps(got, want);
        if distance > ALLOWED[order] {
            let error = (got.wide() - want.wide()).abs();
            if next_to_a_root::<T>(self.activation, order as u32, x, error) {
                return;
            }
            self.broken[order] += 1;
            if self.broken[order] <= SHOWN {
                let (a, level) = (self.activation, self.level.name());
                self.wrong.push(format!(
                    "{a} {} {level} order {order} at {x:?}: {got:?}, want {want:?}: {distance} ULP",
                    T::NAME
                ));
            }
        }
        if distance > self.worst[order].0 {
            self.worst[order] = (distance, x);
        }
    }

    pub fn print(&self) {
        let [a, b, c] = self.worst.map(|(ulp, x)| format!("{ulp:>4} at {x:<24}"));
        let name = self.activation.to_string();
        println!("{name:<44} {} {:<8} {a} {b} {c}", self.dtype, self.level.name());
    }
}

/// The f32 kernels of every level against f64 ones, which are held to references of hundreds of digits.
pub fn against_f64(a: &Activation, mut inputs: impl Iterator<Item = f32>) -> Vec<Subject<'_>> {
    let mut subjects: Vec<_> = Level::all().map(|level| Subject::new::<f32>(a, level)).collect();
    loop {
        let x: Vec<f32> = inputs.by_ref().take(1 << 14).collect();
        if x.is_empty() {
            return subjects;
        }
        let wide: Vec<f64> = x.iter().copied().map(f64::from).collect();
        for order in 0..3 {
            let want = f64::play(a.row(), order, a.params(), &wide);
            for subject in &mut subjects {
                let got = f32::play_at(subject.level, a.row(), order, a.params(), &x);
                for ((&x, &got), &want) in wide.iter().zip(&got).zip(&want) {
                    subject.see(order as usize, x, got, want as f32);
                }
            }
        }
    }
}

/// Every activation with parameters that f32 has exactly, the defaults and others.
pub fn subjects() -> Vec<Activation> {
    let exact = |a: &Activation| a.params().iter().all(|&p| f64::from(p as f32) == p);
    let others = [
        ("leaky_relu", vec![0.25]),
        ("rrelu", vec![0.125, 0.25]),
        ("keras_relu", vec![0.25, 4.0, 1.0]),
        ("elu", vec![0.5]),
        ("celu", vec![3.0]),
        ("squareplus", vec![0.5]),
        ("softplus", vec![3.0]),
        ("swish", vec![3.0]),
        ("sine", vec![30.0]),
        ("snake", vec![3.0]),
        ("snake", vec![0.5]),
    ];
    let others = others.map(|(name, p)| Activation::of_row(row(name), &p).expect("its parameters"));
    Activation::all().filter(exact).chain(others).collect()
}
