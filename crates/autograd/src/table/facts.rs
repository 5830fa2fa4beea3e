//! What an entry of the table says about its function, as data.

/// A parameter of a row, with the default of its documentation and checks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param {
    /// The name in messages and configurations.
    pub name: &'static str,
    /// The default, also the value the checks use.
    pub default: f64,
}

/// A point where the derivative jumps, or the function itself does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kink {
    /// Where.
    pub at: f64,
    /// The derivative from the left (±∞ where a jump makes it so).
    pub left: f64,
    /// The derivative from the right.
    pub right: f64,
    /// What the engine answers there: the subgradient of least absolute value.
    pub taken: f64,
}

impl Kink {
    /// A kink of a continuous function: the engine's answer is the min-norm subgradient.
    pub const fn corner(at: f64, left: f64, right: f64) -> Self {
        let taken = if left <= 0.0 && right >= 0.0 || left >= 0.0 && right <= 0.0 {
            0.0
        } else if left.abs() < right.abs() {
            left
        } else {
            right
        };
        Kink { at, left, right, taken }
    }

    /// A jump of the function; the engine answers 0.
    pub const fn jump(at: f64, left: f64, right: f64) -> Self {
        Kink { at, left, right, taken: 0.0 }
    }
}

/// How a function runs on a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// It never decreases.
    Increasing,
    /// It never increases.
    Decreasing,
    /// It does not change.
    Constant,
}

/// How a function bends on a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// Above its tangents: f″ ≥ 0.
    Convex,
    /// Below its tangents: f″ ≤ 0.
    Concave,
    /// On its tangents: f″ = 0.
    Straight,
}

/// A fact that holds from `from` to `to` (either may be infinite).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span<F> {
    /// The left end.
    pub from: f64,
    /// The right end.
    pub to: f64,
    /// What holds between them.
    pub fact: F,
}

/// One fact for the whole line.
pub fn everywhere<F>(fact: F) -> Vec<Span<F>> {
    vec![Span { from: f64::NEG_INFINITY, to: f64::INFINITY, fact }]
}

/// One fact left of 0, another right of it.
pub fn around_zero<F>(left: F, right: F) -> Vec<Span<F>> {
    vec![Span::new(f64::NEG_INFINITY, 0.0, left), Span::new(0.0, f64::INFINITY, right)]
}

/// One fact right of 0.
pub fn from_zero<F>(fact: F) -> Vec<Span<F>> {
    vec![Span::new(0.0, f64::INFINITY, fact)]
}

impl<F> Span<F> {
    /// The fact from `from` to `to`.
    pub const fn new(from: f64, to: f64, fact: F) -> Self {
        Span { from, to, fact }
    }
}

/// An exact value and slope of a row at its default parameters, correctly rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Special {
    /// The input.
    pub x: f64,
    /// f(x)
    pub value: f64,
    /// f′(x)
    pub slope: f64,
}

impl Special {
    /// f(x) and f′(x) at x.
    pub const fn at(x: f64, value: f64, slope: f64) -> Self {
        Special { x, value, slope }
    }
}

/// Everything an entry says besides its formulas as code.
///
/// Write `Info { formula: …, ..Info::NEW }`: what is left out is smooth, defined on the whole line,
/// without stated facts.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The name: that of the method on `Var`, filled in by the table.
    pub name: &'static str,
    /// The parameters in order, filled in by the table.
    pub params: &'static [Param],
    /// f(x) for the docs.
    pub formula: &'static str,
    /// f′(x) for the docs.
    pub derivative: &'static str,
    /// Says what is wrong with a set of parameters, if anything is.
    pub check: fn(&[f64]) -> Result<(), &'static str>,
    /// The closed interval on which f is real (ends where f is infinite included).
    pub domain: fn(&[f64]) -> (f64, f64),
    /// The smallest closed interval that contains all values.
    pub range: fn(&[f64]) -> (f64, f64),
    /// Kinks and jumps, in order; those of periodic steps such as `floor` near 0 only.
    pub kinks: fn(&[f64]) -> Vec<Kink>,
    /// Seams: points besides the kinks where a higher derivative jumps.
    pub seams: fn(&[f64]) -> Vec<f64>,
    /// Where f increases or decreases; empty if nothing is stated.
    pub trend: fn(&[f64]) -> Vec<Span<Trend>>,
    /// Where f is convex or concave; empty if nothing is stated.
    pub bend: fn(&[f64]) -> Vec<Span<Bend>>,
    /// The interval on which finite differences check the derivatives.
    pub test: (f64, f64),
    /// Exact values.
    pub special: &'static [Special],
    /// Whether it consists of straight pieces: from the second on, every derivative is 0 wherever x is
    /// a number. Kernels compute value and slope together where both are wanted: the memory sets the pace.
    pub straight: bool,
    /// Whether a formula takes sines, cosines or tangents: kernels then see to large arguments.
    pub turns: bool,
    /// Whether value and slope are made of the same exponential, sine or logarithm: kernels compute
    /// them together where both are wanted, and four elements abreast.
    pub shares: bool,
}

impl Info {
    /// A smooth function of the whole line about which nothing is stated.
    pub const NEW: Info = Info {
        name: "",
        params: &[],
        formula: "",
        derivative: "",
        check: |_| Ok(()),
        domain: |_| (f64::NEG_INFINITY, f64::INFINITY),
        range: |_| (f64::NEG_INFINITY, f64::INFINITY),
        kinks: |_| Vec::new(),
        seams: |_| Vec::new(),
        trend: |_| Vec::new(),
        bend: |_| Vec::new(),
        test: (-3.0, 3.0),
        special: &[],
        straight: false,
        turns: false,
        shares: false,
    };

    /// The default parameters.
    pub fn defaults(&self) -> Vec<f64> {
        self.params.iter().map(|p| p.default).collect()
    }
}
