//! Waves and bumps.

use chainrule_autograd::table::{Info, Special};

use super::Bend::{Concave, Convex};
use super::Trend::{Decreasing, Increasing};
use super::{INF, everywhere, positive, spans};
use crate::formulas::waves;

chainrule_autograd::elementwise! {
    /// Waves and bumps as methods of [`Var`](chainrule_autograd::Var).
    pub trait Waves;

    /// sin(ωx), of networks that represent signals; NaN at ±∞ and where ωx overflows. (Sitzmann et
    /// al., *Implicit neural representations with periodic activation functions*, 2020,
    /// arXiv:2006.09661, with ω = 30.)
    sine: Sine(omega = 1.0) {
        info: Info {
            turns: true,
            shares: true,
            formula: "sin(ωx)",
            derivative: "ω·cos(ωx)",
            check: |p| positive(p[0], "omega is positive, from 1e-30 to 1e30"),
            range: |_| (-1.0, 1.0),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(1e22, -0.85220084976718880, 0.52321478539513899),
                Special::at(INF, f64::NAN, f64::NAN),
            ],
            ..Info::NEW
        },
        value: |x| waves::sine_of(x, omega, 0),
        slope: |x| R::lit(omega) * waves::sine_of(x, omega, 1),
        nth: |k, x| R::lit(omega.powi(k as i32)) * waves::sine_of(x, omega, k),
    }

    /// x + sin²(ax)/a, an identity with waves on it: it never falls, and learns periods. NaN at ±∞.
    /// (Ziyin, Hartwig, Ueda, *Neural networks fail to learn periodic functions and how to fix it*,
    /// 2020, arXiv:2006.08195.)
    snake: Snake(a = 1.0) {
        info: Info {
            turns: true,
            shares: true,
            formula: "x + sin²(ax)/a",
            derivative: "1 + sin(2ax)",
            check: |p| positive(p[0], "a is positive, from 1e-30 to 1e30"),
            trend: |_| everywhere(Increasing),
            special: &[
                Special::at(-0.0, -0.0, 1.0),
                Special::at(0.0, 0.0, 1.0),
                Special::at(INF, f64::NAN, f64::NAN),
            ],
            ..Info::NEW
        },
        value: |x| waves::snake(x, a),
        slope: |x| waves::snake_slope(x, a),
        nth: |k, x| waves::snake_nth(k, x, a),
    }

    /// e^(−x²)
    gaussian: Gaussian() {
        info: Info {
            shares: true,
            formula: "e^(−x²)",
            derivative: "−2x·e^(−x²)",
            range: |_| (0.0, 1.0),
            trend: |_| spans(Increasing, [(0.0, Decreasing)]),
            bend: |_| {
                let bend = std::f64::consts::FRAC_1_SQRT_2;
                spans(Convex, [(-bend, Concave), (bend, Convex)])
            },
            special: &[
                Special::at(0.0, 1.0, 0.0),
                Special::at(-INF, 0.0, 0.0),
                Special::at(INF, 0.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| waves::gaussian(x),
        slope: |x| waves::gaussian_slope(x),
        nth: |k, x| waves::gaussian_nth(k, x),
    }
}
