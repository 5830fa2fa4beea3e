//! Random functions of all rows and operators, as text, hunted for a number type that lies: what holds
//! on an interval must hold at its points, germs must be the limits of what intervals say beside the
//! point, and what an analysis claims to have proved must stand dense sampling.
//!
//! `RANDOM_FUNCTIONS=20000 cargo test --release -p chainrule-calculus --test random` hunts longer.

use std::cmp::Ordering;

use chainrule_autograd::number::{Coefficient, Germ, Interval, Jet, Mark, Side, Stretch};
use chainrule_calculus::{Bend, Curve, Evidence, Trend, Verdict};

/// Seeded numbers (Steele, Lea, Flood, *Fast splittable pseudorandom number generators*).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * (self.bits() as f64 / 2f64.powi(64))
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// A short number, where kinks are, or any.
    fn place(&mut self) -> f64 {
        match self.below(3) {
            0 => self.between(-3.0, 3.0),
            _ => self.below(25) as f64 / 4.0 - 3.0,
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(8) == 0 {
            return self.pick(&["x", "x", "x", "1", "2", "0.5", "0.1", "pi", "3"]).into();
        }
        let mut inner = || self.expression(depth - 1);
        let (a, b) = (inner(), inner());
        match self.below(14) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("{a}*{b}"),
            3 => format!("{a}/({b})"),
            4 => format!("max({a}, {b})"),
            5 => format!("min({a}, {b})"),
            6 => format!("where({a} < {b}, {}, {})", self.expression(1), self.expression(1)),
            7 => format!("hypot({a}, {b})"),
            8 => format!("atan2({a}, {b})"),
            9 => format!("({a})^{}", self.pick(&["2", "3", "-1", "(1/3)", "(2/3)", "0.5", "1.7"])),
            _ => self.row(&a),
        }
    }

    fn row(&mut self, a: &str) -> String {
        let all: Vec<_> = chainrule_activations::rows().collect();
        let info = all[self.below(all.len())].info();
        let params: String = info.params.iter().map(|p| format!(", {}", p.default)).collect();
        format!("{}({a}{params})", info.name)
    }
}

/// How many functions; fewer where tests are slow.
fn functions(usual: usize) -> usize {
    let wanted = std::env::var("RANDOM_FUNCTIONS").ok().and_then(|n| n.parse().ok());
    wanted.unwrap_or(usual)
}

fn each(usual: usize, seed: u64, mut check: impl FnMut(&str, &Curve, &mut Random)) {
    for n in 0..functions(usual) as u64 {
        let mut random = Random(seed.wrapping_mul(1 << 32).wrapping_add(n));
        let depth = 1 + random.below(4);
        let text = random.expression(depth);
        if text.len() > 400 {
            continue;
        }
        let curve = Curve::parse(&text, chainrule_activations::rows());
        let curve = curve.unwrap_or_else(|e| panic!("{text}\n{e}"));
        check(&text, &curve, &mut random);
    }
}

/// Both say something of one number.
fn meet(a: Interval, b: Interval) -> bool {
    a.low() <= b.high() && b.low() <= a.high()
}

#[test]
fn what_holds_on_an_interval_holds_at_its_points() {
    let mut compared = 0;
    each(400, 1, |text, f, random| {
        for _ in 0..4 {
            let (a, b) = (random.place(), random.place());
            let x = Interval::new(a.min(b), a.max(b));
            let range = f.range(x);
            let over = f.play(Jet::variable(x, 3));
            for i in 0..14 {
                let at = match i {
                    0 => x.low(),
                    1 => x.high(),
                    _ => random.between(x.low(), x.high()),
                };
                let here = f.range(Interval::point(at));
                let plain = f.value(at);
                let what = format!("{text} at {at} of {x}: {plain:e} in {here:?} in {range:?}");
                // Where it is defined for certain, it is a number, and in there.
                if here.mark() != Mark::Partial && here.width() < 1e-6 * (1.0 + plain.abs()) {
                    let slack = here.width() + 1e-12 * plain.abs() + 1e-300;
                    assert!(here.low() - slack <= plain && plain <= here.high() + slack, "{what}");
                }
                if here.is_nan() {
                    assert!(range.mark() == Mark::Partial, "{what}");
                    continue;
                }
                assert!(meet(here, range), "{what}");
                let point = f.play(Jet::variable(Interval::point(at), 3));
                for k in 0..=3 {
                    let (one, all) = (point.coefficient(k), over.coefficient(k));
                    if (0..=k).all(|k| over.coefficient(k).is_regular()) {
                        assert!(
                            !one.is_nan() && meet(one, all),
                            "order {k}, {one:?}, {all:?}: {what}"
                        );
                        compared += 1;
                    }
                }
            }
        }
    });
    assert!(compared > 20_000, "{compared}");
}

/// A central quotient of enclosures, with the third derivative over the stretch as its error, meets the
/// enclosure of the derivative.
#[test]
fn derivatives_are_those_of_quotients() {
    let mut compared = 0;
    each(1000, 2, |text, f, random| {
        for _ in 0..8 {
            let (x, h) = (random.place(), 2f64.powi(-(random.below(14) as i32) - 2));
            let over = f.play(Jet::variable(Interval::new(x - h, x + h), 3));
            if !(0..=3).all(|k| over.coefficient(k).is_regular()) {
                continue;
            }
            let value = |x: f64| f.range(Interval::point(x));
            let quotient = (value(x + h) - value(x - h)) / Interval::point(2.0 * h);
            let error = over.coefficient(3) * Interval::point(h) * Interval::point(h);
            let slope = f.play(Jet::variable(Interval::point(x), 1)).coefficient(1);
            assert!(
                meet(quotient, slope + error),
                "{text} at {x} ± {h}: {quotient:?}, {slope:?} + {error:?}"
            );
            let plain = f.derivative(x, 1);
            let slack = slope.width() + 1e-10 * plain.abs() + 1e-300;
            let inside = slope.low() - slack <= plain && plain <= slope.high() + slack;
            assert!(
                inside || slope.width() > 1e-3 * plain.abs(),
                "{text} at {x}: {plain}, {slope:?}"
            );
            compared += 1;
        }
    });
    assert!(compared > 1500, "{compared}");
}

/// The limits of the function and of its first two derivatives lie in what intervals say of ever
/// shorter stretches beside the point.
#[test]
fn germs_are_limits() {
    let mut compared = 0;
    each(1000, 3, |text, f, random| {
        for _ in 0..4 {
            let x = random.place();
            for side in Side::BOTH {
                let germ = f.play(Germ::variable(Interval::point(x), side, 4));
                let plain = f.play(Germ::variable(x, side, 4));
                for k in 0..=2 {
                    let Some(d) = germ.derivative(k, side) else { continue };
                    for step in [4, 10, 16, 22] {
                        let end = x + side.direction() * 2f64.powi(-step);
                        let beside = Interval::between(x.min(end), x.max(end));
                        let over = f.play(Jet::variable(beside, k));
                        let fact = if k == 2 { 2.0 } else { 1.0 };
                        let all = over.coefficient(k) * Interval::point(fact);
                        if !(0..=k).all(|k| over.coefficient(k).is_regular()) {
                            continue;
                        }
                        let what =
                            format!("{text} at {x} {side:?}, order {k}, to {end}: {d:?}, {all:?}");
                        let infinite = d.low() >= f64::MAX && all.high() == f64::INFINITY
                            || d.high() <= -f64::MAX && all.low() == f64::NEG_INFINITY;
                        assert!(infinite || meet(d, all), "{what}");
                        compared += 1;
                    }
                    if let Some(plain) = plain.derivative(k, side)
                        && d.width() < 1e-9 * (1.0 + plain.abs())
                    {
                        let near = (plain - d.middle()).abs() <= 1e-6 * (1.0 + plain.abs());
                        assert!(
                            near || plain.is_infinite(),
                            "{text} at {x} {side:?} {k}: {plain}, {d:?}"
                        );
                    }
                }
            }
        }
    });
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn signs_on_a_stretch_are_those_of_its_points() {
    let mut told = 0;
    each(600, 4, |text, f, random| {
        for _ in 0..4 {
            let (a, b) = (random.place(), random.place());
            if a >= b {
                continue;
            }
            let y = f.play(Stretch::variable(a, b, 4));
            for k in 0..=2 {
                let Some(sign) = y.sign(k) else { continue };
                for _ in 0..8 {
                    let at = random.between(a.next_up(), b.next_down());
                    let d = f.play(Jet::variable(Interval::point(at), k)).coefficient(k);
                    let outcomes = d.outcomes(Interval::point(0.0));
                    let fits = match sign {
                        Ordering::Less => outcomes.less,
                        Ordering::Equal => outcomes.equal,
                        Ordering::Greater => outcomes.greater,
                    };
                    assert!(fits, "{text} on {a}..{b}, order {k}: {sign:?}, at {at}: {d:?}");
                    told += 1;
                }
            }
        }
    });
    assert!(told > 2000, "{told}");
}

/// What is proved of pieces, extreme values, kinks stands sampling.
#[test]
fn proofs_stand_sampling() {
    let mut claims = 0;
    each(120, 5, |text, f, random| {
        let a = f.analyze(-2.0, 2.5);
        let value = |x: f64| f.range(Interval::point(x));
        let proved = |e: Evidence| e == Evidence::Proved;
        for p in a.monotone.iter().filter(|p| proved(p.evidence)) {
            for _ in 0..20 {
                let (x, y) = (random.between(p.from, p.to), random.between(p.from, p.to));
                let (low, high) = (value(x.min(y)), value(x.max(y)));
                let fits = match p.trend {
                    Trend::Increasing => low.low() <= high.high(),
                    Trend::Decreasing => low.high() >= high.low(),
                    Trend::Constant => meet(low, high),
                };
                assert!(fits, "{text}: {p:?} at {x}, {y}: {low:?}, {high:?}");
                claims += 1;
            }
        }
        for p in a.bends.iter().filter(|p| proved(p.evidence)) {
            for _ in 0..20 {
                let (x, y) = (random.between(p.from, p.to), random.between(p.from, p.to));
                let middle = x.midpoint(y);
                if middle - x != y - middle {
                    continue;
                }
                let chord = (value(x) + value(y)) / Interval::point(2.0);
                let fits = match p.bend {
                    Bend::Convex => value(middle).low() <= chord.high(),
                    Bend::Concave => value(middle).high() >= chord.low(),
                    Bend::Straight => meet(value(middle), chord),
                };
                assert!(fits, "{text}: {p:?} at {x}, {y}: {:?}, {chord:?}", value(middle));
                claims += 1;
            }
        }
        for _ in 0..40 {
            let at = value(random.between(a.from, a.to));
            let least = a.least.filter(|v| proved(v.evidence));
            assert!(least.is_none_or(|v| v.low <= at.high()), "{text}: {least:?}, {at:?}");
            let greatest = a.greatest.filter(|v| proved(v.evidence));
            assert!(greatest.is_none_or(|v| v.high >= at.low()), "{text}: {greatest:?}, {at:?}");
        }
        for s in a.stationary.iter().filter(|s| proved(s.evidence)) {
            let near = Interval::new(s.place.from.next_down(), s.place.to.next_up());
            let slope = f.play(Jet::variable(near, 1)).coefficient(1);
            assert!(slope.contains(0.0), "{text}: {s:?}, {slope:?}");
        }
        let exact =
            |b: &&chainrule_calculus::Break| proved(b.evidence) && b.verdict == Verdict::Kink;
        for b in a.breaks.iter().filter(exact) {
            for (slope, h) in [(b.left_slope, -1e-6), (b.right_slope, 1e-6)] {
                let quotient = (f.value(b.place.at + h) - f.value(b.place.at)) / h;
                let near = (quotient - slope).abs() <= 1e-2 * (1.0 + slope.abs());
                assert!(near || !quotient.is_finite(), "{text}: {b:?}, quotient {quotient}");
            }
        }
    });
    assert!(claims > 2000, "{claims}");
}
