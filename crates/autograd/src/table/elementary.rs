//! The elementary functions: one entry each.
//!
//! Conventions where the derivative does not exist or the formula is treacherous:
//!
//! | function | convention |
//! |---|---|
//! | `abs` at 0 | slope 0 (left −1, right 1) |
//! | `sign`, `step` at 0, `floor`, `ceil` at integers | slope 0, also at the jump |
//! | `sqrt`, even `root` at ±0 | slope +∞; below 0: NaN |
//! | odd `root`, `cbrt` at ±0 | slope +∞; negative arguments have real roots |
//! | `powi(0)`, `powf(0.0)` | 1 with slope 0 everywhere, also at 0 |
//! | `powi(n)` for n < 0 at ±0 | ±∞ by parity, as is the slope |
//! | `powf(p)` for x < 0 | by parity if p is an integer, else NaN |
//! | `ln` and its kin at ±0 | −∞ with slope +∞ (from the right) at +0; below 0: NaN |
//! | NaN | NaN, value and every derivative |

use super::{Bend, Info, Kink, Span, Special, Trend, everywhere};
use crate::number::Real;
use Bend::{Concave, Convex, Straight};
use Trend::{Constant, Decreasing, Increasing};

const INF: f64 = f64::INFINITY;
const LN_2: f64 = std::f64::consts::LN_2;
const LN_10: f64 = std::f64::consts::LN_10;
const PI: f64 = std::f64::consts::PI;
const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;
const POSITIVE: fn(&[f64]) -> (f64, f64) = |_| (0.0, INF);

/// One fact left of 0, another right of it.
fn around_zero<F>(left: F, right: F) -> Vec<Span<F>> {
    vec![Span::new(-INF, 0.0, left), Span::new(0.0, INF, right)]
}

/// One fact right of 0.
fn from_zero<F>(fact: F) -> Vec<Span<F>> {
    vec![Span::new(0.0, INF, fact)]
}

/// n·(n−1)·…·(n−k+1), the factor of the k-th derivative of xⁿ.
fn falling(n: f64, k: u32) -> f64 {
    (0..k).map(|i| n - f64::from(i)).product()
}

fn base(p: &[f64]) -> Result<(), &'static str> {
    match p[0] {
        a if a > 0.0 && a != 1.0 && a.is_finite() => Ok(()),
        _ => Err("the base of a logarithm is positive, finite and not 1"),
    }
}

/// The k-th derivative of sine: a turn by k quarters.
fn turned<R: Real>(x: R, k: u32) -> R {
    match k % 4 {
        0 => x.sin(),
        1 => x.cos(),
        2 => -x.sin(),
        _ => -x.cos(),
    }
}

crate::elementwise! {
    impl Var;

    /// −x
    neg: Neg() {
        info: Info {
            formula: "−x",
            derivative: "−1",
            trend: |_| everywhere(Decreasing),
            bend: |_| everywhere(Straight),
            ..Info::NEW
        },
        value: |x| -x,
        slope: |x| x.split(R::lit(-1.0), R::lit(-1.0), R::lit(-1.0)),
    }

    /// |x|; its slope at 0 is 0, between −1 on the left and 1 on the right.
    abs: Abs() {
        info: Info {
            formula: "|x|",
            derivative: "sign x",
            range: |_| (0.0, INF),
            kinks: |_| vec![Kink::corner(0.0, -1.0, 1.0)],
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(-0.0, 0.0, 0.0), Special::at(-3.0, 3.0, -1.0)],
            ..Info::NEW
        },
        value: |x| x.split(-x, R::lit(0.0), x),
        slope: |x| x.split(R::lit(-1.0), R::lit(0.0), R::lit(1.0)),
    }

    /// −1, 0 or 1; its slope is 0, also at the jump.
    sign: Sign() {
        info: Info {
            formula: "−1, 0, 1 for x < 0, x = 0, x > 0",
            derivative: "0",
            range: |_| (-1.0, 1.0),
            kinks: |_| vec![Kink::jump(0.0, INF, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(-1.0), R::lit(0.0), R::lit(1.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// 1 for x > 0, else 0 (Heaviside's function); its slope is 0, also at the jump.
    step: Step() {
        info: Info {
            formula: "1 for x > 0, else 0",
            derivative: "0",
            range: |_| (0.0, 1.0),
            kinks: |_| vec![Kink::jump(0.0, 0.0, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(1.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// 0 with slope 0, but NaN where x is NaN.
    flat: Flat() {
        info: Info {
            formula: "0",
            derivative: "0",
            range: |_| (0.0, 0.0),
            trend: |_| everywhere(Constant),
            bend: |_| everywhere(Straight),
            ..Info::NEW
        },
        value: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// The largest integer ≤ x; its slope is 0, also at the jumps.
    floor: Floor() {
        info: Info {
            formula: "⌊x⌋",
            derivative: "0",
            kinks: |_| vec![Kink::jump(0.0, INF, 0.0)],
            trend: |_| everywhere(Increasing),
            special: &[Special::at(-0.5, -1.0, 0.0), Special::at(2.0, 2.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.floor(),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// The smallest integer ≥ x; its slope is 0, also at the jumps.
    ceil: Ceil() {
        info: Info {
            formula: "⌈x⌉",
            derivative: "0",
            kinks: |_| vec![Kink::jump(0.0, 0.0, INF)],
            trend: |_| everywhere(Increasing),
            ..Info::NEW
        },
        value: |x| -(-x).floor(),
        slope: |x| x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0)),
    }

    /// eˣ
    exp: Exp() {
        info: Info {
            formula: "eˣ",
            derivative: "eˣ",
            range: POSITIVE,
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 1.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.exp(),
        slope: |x| x.exp(),
        nth: |_k, x| x.exp(),
    }

    /// 2ˣ
    exp2: Exp2() {
        info: Info {
            formula: "2ˣ",
            derivative: "2ˣ·ln 2",
            range: POSITIVE,
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(3.0, 8.0, 8.0 * LN_2)],
            ..Info::NEW
        },
        value: |x| x.exp_base(2.0),
        slope: |x| x.exp_base(2.0) * R::lit(LN_2),
        nth: |k, x| x.exp_base(2.0) * R::lit(LN_2.powi(k as i32)),
    }

    /// eˣ − 1, exact near 0.
    exp_m1: ExpM1() {
        info: Info {
            formula: "eˣ − 1",
            derivative: "eˣ",
            range: |_| (-1.0, INF),
            trend: |_| everywhere(Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(1e-300, 1e-300, 1.0)],
            ..Info::NEW
        },
        value: |x| x.exp_m1(),
        slope: |x| x.exp(),
        nth: |_k, x| x.exp(),
    }

    /// aˣ for a constant base a > 0.
    exp_base: ExpBase(a = 3.0) {
        info: Info {
            formula: "aˣ",
            derivative: "aˣ·ln a",
            check: |p| match p[0] {
                a if a > 0.0 && a.is_finite() => Ok(()),
                _ => Err("the base of a real power is positive and finite"),
            },
            range: POSITIVE,
            trend: |p| everywhere(if p[0] < 1.0 { Decreasing } else { Increasing }),
            bend: |_| everywhere(Convex),
            special: &[Special::at(2.0, 9.0, 9.8875105980129872)],
            ..Info::NEW
        },
        value: |x| x.exp_base(a),
        slope: |x| x.exp_base(a) * R::lit(a.ln()),
        nth: |k, x| x.exp_base(a) * R::lit(a.ln().powi(k as i32)),
    }

    /// ln x
    ln: Ln() {
        info: Info {
            formula: "ln x",
            derivative: "1/x",
            domain: POSITIVE,
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(1.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.ln(),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), x.recip()),
    }

    /// log₂ x, exact at powers of 2.
    log2: Log2() {
        info: Info {
            formula: "log₂ x",
            derivative: "1/(x·ln 2)",
            domain: POSITIVE,
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(8.0, 3.0, 0.18033688011112043)],
            ..Info::NEW
        },
        value: |x| x.log_base(2.0),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), (x * R::lit(LN_2)).recip()),
    }

    /// log₁₀ x, exact at powers of 10.
    log10: Log10() {
        info: Info {
            formula: "log₁₀ x",
            derivative: "1/(x·ln 10)",
            domain: POSITIVE,
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(0.0, -INF, INF), Special::at(1000.0, 3.0, 4.3429448190325183e-4)],
            ..Info::NEW
        },
        value: |x| x.log_base(10.0),
        slope: |x| x.split(R::lit(f64::NAN), R::lit(INF), (x * R::lit(LN_10)).recip()),
    }

    /// The logarithm to a constant base a > 0, a ≠ 1.
    log: Log(a = 3.0) {
        info: Info {
            formula: "logₐ x",
            derivative: "1/(x·ln a)",
            check: base,
            domain: POSITIVE,
            trend: |p| from_zero(if p[0] < 1.0 { Decreasing } else { Increasing }),
            bend: |p| from_zero(if p[0] < 1.0 { Convex } else { Concave }),
            test: (0.2, 5.0),
            special: &[Special::at(9.0, 2.0, 0.10113769562549629)],
            ..Info::NEW
        },
        value: |x| x.log_base(a),
        slope: |x| {
            let edge = R::lit(INF.copysign(a - 1.0));
            x.split(R::lit(f64::NAN), edge, (x * R::lit(a.ln())).recip())
        },
    }

    /// ln(1 + x), exact near 0.
    ln_1p: Ln1p() {
        info: Info {
            formula: "ln(1 + x)",
            derivative: "1/(1 + x)",
            domain: |_| (-1.0, INF),
            trend: |_| vec![Span::new(-1.0, INF, Increasing)],
            bend: |_| vec![Span::new(-1.0, INF, Concave)],
            test: (-0.8, 4.0),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(-1.0, -INF, INF)],
            ..Info::NEW
        },
        value: |x| x.ln_1p(),
        slope: |x| {
            let slope = (R::lit(1.0) + x).recip();
            x.by_order(R::lit(-1.0), R::lit(f64::NAN), R::lit(INF), slope)
        },
    }

    /// √x; slope +∞ at 0.
    sqrt: Sqrt() {
        info: Info {
            formula: "√x",
            derivative: "1/(2√x)",
            domain: POSITIVE,
            range: POSITIVE,
            trend: |_| from_zero(Increasing),
            bend: |_| from_zero(Concave),
            test: (0.2, 5.0),
            special: &[Special::at(-0.0, -0.0, INF), Special::at(4.0, 2.0, 0.25)],
            ..Info::NEW
        },
        value: |x| x.sqrt(),
        slope: |x| R::lit(0.5) / (x + R::lit(0.0)).sqrt(),
    }

    /// ∛x, real for negative x as well; slope +∞ at 0.
    cbrt: Cbrt() {
        info: Info {
            formula: "∛x",
            derivative: "1/(3∛x²)",
            kinks: |_| vec![Kink { at: 0.0, left: INF, right: INF, taken: INF }],
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(-8.0, -2.0, 1.0 / 12.0), Special::at(0.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.root(3),
        slope: |x| R::lit(1.0) / (R::lit(3.0) * x.root(3).square()),
    }

    /// The real n-th root for an integer n ≥ 1; odd roots of negative numbers are real.
    root: Root(n = 5.0) {
        info: Info {
            formula: "ⁿ√x",
            derivative: "1/(n·yⁿ⁻¹), y = ⁿ√x",
            check: |p| match p[0] {
                n if (1.0..=1e6).contains(&n) && n.fract() == 0.0 => Ok(()),
                _ => Err("n is a whole number from 1 to 10⁶"),
            },
            domain: |p| (if p[0] % 2.0 == 0.0 { 0.0 } else { -INF }, INF),
            range: |p| (if p[0] % 2.0 == 0.0 { 0.0 } else { -INF }, INF),
            kinks: |p| match p[0] % 2.0 {
                1.0 if p[0] > 1.0 => vec![Kink { at: 0.0, left: INF, right: INF, taken: INF }],
                _ => vec![],
            },
            trend: |p| if p[0] % 2.0 == 0.0 { from_zero(Increasing) } else { everywhere(Increasing) },
            test: (0.2, 5.0),
            special: &[Special::at(-32.0, -2.0, 1.0 / 80.0), Special::at(0.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.root(n as u32),
        slope: |x| {
            let y = (x + R::lit(0.0)).root(n as u32);
            R::lit(1.0) / (R::lit(n) * y.powi(n as i32 - 1))
        },
    }

    /// xⁿ for a constant integer n; x⁰ = 1 with slope 0 also at 0.
    powi: Powi(n = 3.0) {
        info: Info {
            formula: "xⁿ",
            derivative: "n·xⁿ⁻¹",
            check: |p| match p[0] {
                n if n.abs() <= 1e9 && n.fract() == 0.0 => Ok(()),
                _ => Err("n is a whole number; for other powers use `powf`"),
            },
            special: &[Special::at(-2.0, -8.0, 12.0), Special::at(0.0, 0.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.powi(n as i32),
        slope: |x| if n == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(n) * x.powi(n as i32 - 1)
        },
        nth: |k, x| if n >= 0.0 && f64::from(k) > n {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(falling(n, k)) * x.powi(n as i32 - k as i32)
        },
    }

    /// xᵖ for a constant p: for integers as `powi`, for others NaN where x < 0.
    powf: Powf(p = 2.5) {
        info: Info {
            formula: "xᵖ",
            derivative: "p·xᵖ⁻¹",
            check: |p| if p[0].is_finite() { Ok(()) } else { Err("the exponent is finite") },
            domain: |p| (if p[0].fract() == 0.0 { -INF } else { 0.0 }, INF),
            test: (0.2, 4.0),
            special: &[Special::at(4.0, 32.0, 20.0), Special::at(0.0, 0.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.powf(p),
        slope: |x| if p == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(p) * x.powf(p - 1.0)
        },
        nth: |k, x| if falling(p, k) == 0.0 {
            x.split(R::lit(0.0), R::lit(0.0), R::lit(0.0))
        } else {
            R::lit(falling(p, k)) * x.powf(p - f64::from(k))
        },
    }

    /// 1/x
    recip: Recip() {
        info: Info {
            formula: "1/x",
            derivative: "−1/x²",
            bend: |_| around_zero(Concave, Convex),
            test: (0.3, 4.0),
            special: &[Special::at(0.0, INF, -INF), Special::at(2.0, 0.5, -0.25)],
            ..Info::NEW
        },
        value: |x| x.recip(),
        slope: |x| {
            let y = x.recip();
            -(y * y)
        },
    }

    /// x²
    square: Square() {
        info: Info {
            formula: "x²",
            derivative: "2x",
            range: POSITIVE,
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(-3.0, 9.0, -6.0)],
            ..Info::NEW
        },
        value: |x| x.square(),
        slope: |x| x + x,
    }

    /// sin x, x in radians.
    sin: Sin() {
        info: Info {
            formula: "sin x",
            derivative: "cos x",
            range: |_| (-1.0, 1.0),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.sin(),
        slope: |x| x.cos(),
        nth: |k, x| turned(x, k),
    }

    /// cos x, x in radians.
    cos: Cos() {
        info: Info {
            formula: "cos x",
            derivative: "−sin x",
            range: |_| (-1.0, 1.0),
            special: &[Special::at(0.0, 1.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.cos(),
        slope: |x| -x.sin(),
        nth: |k, x| turned(x, k + 1),
    }

    /// tan x, x in radians.
    tan: Tan() {
        info: Info {
            formula: "tan x",
            derivative: "1 + tan² x",
            test: (-1.2, 1.2),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.tan(),
        slope: |x| R::lit(1.0) + x.tan().square(),
    }

    /// arcsin x in radians, |x| ≤ 1; slope +∞ at ±1.
    asin: Asin() {
        info: Info {
            formula: "arcsin x",
            derivative: "1/√((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            range: |_| (-HALF_PI, HALF_PI),
            trend: |_| vec![Span::new(-1.0, 1.0, Increasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Concave), Span::new(0.0, 1.0, Convex)],
            test: (-0.9, 0.9),
            special: &[Special::at(1.0, HALF_PI, INF)],
            ..Info::NEW
        },
        value: |x| x.asin(),
        slope: |x| ((R::lit(1.0) - x) * (R::lit(1.0) + x)).sqrt().recip(),
    }

    /// arccos x in radians, |x| ≤ 1; slope −∞ at ±1.
    acos: Acos() {
        info: Info {
            formula: "arccos x",
            derivative: "−1/√((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            range: |_| (0.0, PI),
            trend: |_| vec![Span::new(-1.0, 1.0, Decreasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Convex), Span::new(0.0, 1.0, Concave)],
            test: (-0.9, 0.9),
            special: &[Special::at(1.0, 0.0, -INF)],
            ..Info::NEW
        },
        value: |x| x.acos(),
        slope: |x| -((R::lit(1.0) - x) * (R::lit(1.0) + x)).sqrt().recip(),
    }

    /// arctan x in radians.
    atan: Atan() {
        info: Info {
            formula: "arctan x",
            derivative: "1/(1 + x²)",
            range: |_| (-HALF_PI, HALF_PI),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(INF, HALF_PI, 0.0)],
            ..Info::NEW
        },
        value: |x| x.atan(),
        slope: |x| {
            let one = R::lit(1.0);
            let r2 = x.recip().square(); // |x| > 1: 1/(1 + x²) = r²/(1 + r²), r = 1/x
            let far = r2 / (one + r2);
            (one - x.neg_abs().square()).pos((one + x.square()).recip(), far)
        },
    }

    /// sinh x
    sinh: Sinh() {
        info: Info {
            formula: "sinh x",
            derivative: "cosh x",
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Concave, Convex),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.sinh(),
        slope: |x| x.cosh(),
        nth: |k, x| if k.is_multiple_of(2) { x.sinh() } else { x.cosh() },
    }

    /// cosh x
    cosh: Cosh() {
        info: Info {
            formula: "cosh x",
            derivative: "sinh x",
            range: |_| (1.0, INF),
            trend: |_| around_zero(Decreasing, Increasing),
            bend: |_| everywhere(Convex),
            special: &[Special::at(0.0, 1.0, 0.0)],
            ..Info::NEW
        },
        value: |x| x.cosh(),
        slope: |x| x.sinh(),
        nth: |k, x| if k.is_multiple_of(2) { x.cosh() } else { x.sinh() },
    }

    /// tanh x. The slope is computed from e = e^(−2|x|), never as 1 − tanh² x, which is 0 from
    /// x = 20 on where the true value is 1.7e-17.
    tanh: Tanh() {
        info: Info {
            formula: "tanh x",
            derivative: "4e/(1+e)², e = e^(−2|x|)",
            range: |_| (-1.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[
                Special::at(0.0, 0.0, 1.0),
                Special::at(20.0, 1.0, 1.6993417021166356e-17),
                Special::at(-INF, -1.0, 0.0),
            ],
            ..Info::NEW
        },
        value: |x| x.tanh(),
        slope: |x| tanh_slope(x),
        second: |x| R::lit(-2.0) * x.tanh() * tanh_slope(x),
    }

    /// arsinh x
    asinh: Asinh() {
        info: Info {
            formula: "arsinh x",
            derivative: "1/√(1 + x²)",
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, 1.0)],
            ..Info::NEW
        },
        value: |x| x.asinh(),
        slope: |x| R::lit(1.0).hypot(x).recip(),
    }

    /// arcosh x, x ≥ 1; slope +∞ at 1.
    acosh: Acosh() {
        info: Info {
            formula: "arcosh x",
            derivative: "1/√((x−1)(x+1))",
            domain: |_| (1.0, INF),
            range: POSITIVE,
            trend: |_| vec![Span::new(1.0, INF, Increasing)],
            bend: |_| vec![Span::new(1.0, INF, Concave)],
            test: (1.2, 5.0),
            special: &[Special::at(1.0, 0.0, INF)],
            ..Info::NEW
        },
        value: |x| x.acosh(),
        slope: |x| ((x - R::lit(1.0)).sqrt() * (x + R::lit(1.0)).sqrt()).recip(),
    }

    /// artanh x, |x| ≤ 1; ±∞ at ±1.
    atanh: Atanh() {
        info: Info {
            formula: "artanh x",
            derivative: "1/((1−x)(1+x))",
            domain: |_| (-1.0, 1.0),
            trend: |_| vec![Span::new(-1.0, 1.0, Increasing)],
            bend: |_| vec![Span::new(-1.0, 0.0, Concave), Span::new(0.0, 1.0, Convex)],
            test: (-0.9, 0.9),
            special: &[Special::at(0.0, 0.0, 1.0), Special::at(1.0, INF, INF)],
            ..Info::NEW
        },
        value: |x| x.atanh(),
        slope: |x| {
            let (below, above) = (R::lit(1.0) - x, R::lit(1.0) + x);
            let outside = R::lit(f64::NAN);
            (below * above).split(outside, R::lit(INF), (below * above).recip())
        },
    }

    /// The error function 2/√π ∫₀ˣ e^(−t²) dt.
    erf: Erf() {
        info: Info {
            formula: "erf x",
            derivative: "2/√π·e^(−x²)",
            range: |_| (-1.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.0, std::f64::consts::FRAC_2_SQRT_PI)],
            ..Info::NEW
        },
        value: |x| x.erf(),
        slope: |x| x.gauss(1.0) * R::lit(std::f64::consts::FRAC_2_SQRT_PI),
        second: |x| R::lit(-2.0) * x * (x.gauss(1.0) * R::lit(std::f64::consts::FRAC_2_SQRT_PI)),
    }

    /// 1 − erf x, exact in the upper tail.
    erfc: Erfc() {
        info: Info {
            formula: "1 − erf x",
            derivative: "−2/√π·e^(−x²)",
            range: |_| (0.0, 2.0),
            trend: |_| everywhere(Decreasing),
            bend: |_| around_zero(Concave, Convex),
            special: &[Special::at(0.0, 1.0, -std::f64::consts::FRAC_2_SQRT_PI)],
            ..Info::NEW
        },
        value: |x| x.erfc(),
        slope: |x| -(x.gauss(1.0) * R::lit(std::f64::consts::FRAC_2_SQRT_PI)),
        second: |x| R::lit(2.0) * x * (x.gauss(1.0) * R::lit(std::f64::consts::FRAC_2_SQRT_PI)),
    }

    /// Φ(x), the distribution function of the standard normal, exact in the lower tail.
    norm_cdf: NormCdf() {
        info: Info {
            formula: "Φ(x)",
            derivative: "φ(x) = e^(−x²/2)/√(2π)",
            range: |_| (0.0, 1.0),
            trend: |_| everywhere(Increasing),
            bend: |_| around_zero(Convex, Concave),
            special: &[Special::at(0.0, 0.5, 0.3989422804014327)],
            ..Info::NEW
        },
        value: |x| x.norm_cdf(),
        slope: |x| x.gauss(0.5) * R::lit(0.3989422804014327),
        second: |x| -x * (x.gauss(0.5) * R::lit(0.3989422804014327)),
    }
}

/// 4e/(1+e)² with e = e^(−2|x|).
fn tanh_slope<R: Real>(x: R) -> R {
    let e = (R::lit(2.0) * x.neg_abs()).exp();
    let one_e = R::lit(1.0) + e;
    R::lit(4.0) * e / (one_e * one_e)
}
