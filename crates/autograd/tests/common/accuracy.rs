//! How far the kernels are from the truth: each function, in f32 and f64, at each level of this
//! machine. The example `accuracy` prints it, the test `accuracy` holds it.

use chainrule_autograd::kernel::Level;
use chainrule_autograd::number::Real;
use chainrule_autograd::table::{Info, Row, rows};

chainrule_autograd::elementwise! {
    /// What the table has no row for.
    pub trait Blocks;

    /// e^(−c·x²)
    gauss: Gauss(c = 0.5) {
        info: Info { formula: "e^(−c·x²)", ..Info::NEW },
        value: |x| x.gauss(c),
        slope: |x| x.gauss(c),
    }
}

/// A function, and one that computes it as exactly as f64 can.
pub struct Subject {
    pub name: &'static str,
    pub params: &'static [f64],
    oracle: fn(f64) -> f64,
    /// How far the oracle itself may be off in f64.
    slack: f64,
    /// What is promised.
    pub bound: f64,
}

const fn exact(name: &'static str, oracle: fn(f64) -> f64) -> Subject {
    Subject { name, params: &[], oracle, slack: 0.0, bound: 2.0 }
}

const fn with(name: &'static str, params: &'static [f64], oracle: fn(f64) -> f64) -> Subject {
    Subject { name, params, oracle, slack: 0.0, bound: 2.0 }
}

/// The oracles are correctly rounded in all but a few of 10⁶ cases (pxfm), or our scalar functions,
/// which are within the slack.
pub const SUBJECTS: &[Subject] = &[
    // pxfm 0.1.30 gives 1.7986e-308 for e^-708.4971516416022, which is 2.01185463488425552e-308.
    exact("exp", |x| if x < -708.0 { x.exp() } else { pxfm::f_exp(x) }),
    exact("exp_m1", pxfm::f_expm1),
    exact("exp2", pxfm::f_exp2),
    with("exp_base", &[10.0], |x| 10f64.powf(x)),
    Subject { slack: 1.0, ..with("exp_base", &[3.0], |x| 3f64.powf(x)) },
    exact("ln", pxfm::f_log),
    exact("ln_1p", pxfm::f_log1p),
    exact("log2", pxfm::f_log2),
    exact("log10", pxfm::f_log10),
    Subject { slack: 2.0, ..with("log", &[3.0], |x| x.ln() / 3f64.ln()) },
    exact("sinh", pxfm::f_sinh),
    exact("cosh", pxfm::f_cosh),
    exact("tanh", pxfm::f_tanh),
    exact("erf", pxfm::f_erf),
    exact("erfc", pxfm::f_erfc),
    Subject { slack: 2.0, ..exact("norm_cdf", <f64 as Real>::norm_cdf) },
    Subject { slack: 1.0, ..with("gauss", &[0.25], |x| x.gauss(0.25)) },
    Subject { slack: 1.0, ..with("gauss", &[0.5], |x| x.gauss(0.5)) },
    Subject { slack: 1.0, ..with("gauss", &[1.0], |x| x.gauss(1.0)) },
    exact("sin", pxfm::f_sin),
    exact("cos", pxfm::f_cos),
    exact("tan", pxfm::f_tan),
    exact("sqrt", f64::sqrt),
    exact("recip", |x| 1.0 / x),
];

/// The largest error, and where it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst {
    pub ulps: f64,
    pub x: f64,
    pub got: f64,
    pub want: f64,
}

impl std::fmt::Display for Worst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ULP at {:e}: {:e}, want {:e}", self.ulps, self.x, self.got, self.want)
    }
}

impl Worst {
    fn see(&mut self, ulps: f64, x: f64, got: f64, want: f64) {
        if ulps > self.ulps {
            *self = Worst { ulps, x, got, want };
        }
    }
}

impl Subject {
    pub fn row(&self) -> &'static dyn Row {
        let mut all = rows().chain(ROWS.iter().copied());
        all.find(|row| row.info().name == self.name).expect("a row")
    }

    /// The error over these inputs in f32, against the oracle.
    pub fn single(&self, level: Level, inputs: impl Iterator<Item = f32>) -> Worst {
        self.against(level, inputs, |x, want| {
            x.iter().zip(want).for_each(|(x, want)| *want = (self.oracle)(*x));
        })
    }

    /// The error over every f32, against the same level's f64, which is within 2 ULP of its own
    /// ([`double`](Subject::double)): 4e-9 of those of f32, at a twentieth of the oracle's cost.
    #[allow(dead_code)] // a command does; no test has the time
    pub fn every_single(&self, level: Level) -> Worst {
        self.against(level, singles(1), |x, want| {
            self.row().play_f64_at(level, 0, self.params, x, None, want);
        })
    }

    fn against(
        &self,
        level: Level,
        inputs: impl Iterator<Item = f32>,
        truth: impl Fn(&[f64], &mut [f64]),
    ) -> Worst {
        let (mut worst, row) = (Worst::default(), self.row());
        blocks(inputs, |x| {
            let (mut y, mut want) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            row.play_f32_at(level, 0, self.params, x, None, &mut y);
            let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
            truth(&wide, &mut want);
            for ((&x, &y), &want) in wide.iter().zip(&y).zip(&want) {
                worst.see(off_f32(y, want), x, y.into(), want);
            }
        });
        worst
    }

    /// The same in f64, against the oracle.
    pub fn double(&self, level: Level, inputs: impl Iterator<Item = f64>) -> Worst {
        let (mut worst, row) = (Worst::default(), self.row());
        blocks(inputs, |x| {
            let mut y = vec![0.0; x.len()];
            row.play_f64_at(level, 0, self.params, x, None, &mut y);
            for (&x, &y) in x.iter().zip(&y) {
                let want = (self.oracle)(x);
                worst.see((off_f64(y, want) - self.slack).max(0.0), x, y, want);
            }
        });
        worst
    }
}

fn blocks<T>(inputs: impl Iterator<Item = T>, mut f: impl FnMut(&[T])) {
    let mut block = Vec::with_capacity(1 << 14);
    for x in inputs {
        block.push(x);
        if block.len() == 1 << 14 {
            f(&block);
            block.clear();
        }
    }
    f(&block);
}

/// |got − want| in units of the last place of `want` as an f32.
fn off_f32(got: f32, want: f64) -> f64 {
    let rounded = want as f32;
    if got == rounded || got.is_nan() && want.is_nan() {
        return 0.0;
    }
    if got.is_nan() || want.is_nan() {
        return f64::INFINITY;
    }
    let size = rounded.abs().clamp(f32::MIN_POSITIVE, f32::MAX);
    let unit = f64::from(f32::from_bits(size.to_bits() & 0x7f80_0000)) * 2f64.powi(-23);
    let got = if got.is_infinite() { 2f64.powi(128).copysign(got.into()) } else { got.into() };
    let want = want.clamp(-2f64.powi(128), 2f64.powi(128));
    (got - want).abs() / unit
}

/// How many numbers lie between two.
fn off_f64(got: f64, want: f64) -> f64 {
    if got == want || got.is_nan() && want.is_nan() {
        return 0.0;
    }
    if got.is_nan() || want.is_nan() {
        return f64::INFINITY;
    }
    let place =
        |x: f64| if x < 0.0 { -((-x).to_bits() as i128) } else { x.abs().to_bits() as i128 };
    (place(got) - place(want)).unsigned_abs() as f64
}

/// Every `stride`-th f32, both signs, zeros, infinities and NaN included if the stride is 1.
pub fn singles(stride: u64) -> impl Iterator<Item = f32> {
    (0..1u64 << 32).step_by(stride as usize).map(|bits| f32::from_bits(bits as u32))
}

/// f64 in three layers: all exponents, the range in which functions bend, and next to 0 and ±1.
pub fn doubles(count: u64) -> impl Iterator<Item = f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let edges = [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, -5e-324];
    let layered = (0..count).map(move |i| {
        let bits = random();
        let unit = (random() >> 11) as f64 / (1u64 << 53) as f64;
        let sign = if bits & 1 == 0 { 1.0 } else { -1.0 };
        match i % 8 {
            0 => f64::from_bits(bits),
            1 => sign * 2f64.powf(unit * 30.0 - 25.0),
            2 => sign * 750.0 * unit,
            3 => sign * 40.0 * unit,
            4 => sign * 8.0 * unit,
            5 => sign * 2.0 * unit,
            6 => sign * (1.0 + (unit - 0.5) * 2f64.powi(-((bits >> 8) as i32 & 31))),
            _ => sign * unit,
        }
    });
    edges.into_iter().chain(layered)
}
