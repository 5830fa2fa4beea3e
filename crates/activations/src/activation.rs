//! [`Activation`]: an elementwise activation as a value.

use std::fmt;
use std::str::FromStr;

use chainrule_autograd::table::{Info, Kink, Row};
use chainrule_autograd::{Dtype, Element, Var};
use ndarray::{Array, ArrayBase, ArrayD, Data, Dimension};

/// No row has more parameters.
const MAX_PARAMS: usize = 3;

/// The names of the core's rows that are activations.
const OF_THE_CORE: &[&str] = &["tanh", "exp", "abs", "sign", "step"];

/// Other libraries' names.
const ALIASES: &[(&str, &str)] = &[
    ("linear", "identity"),
    ("exponential", "exp"),
    ("heaviside", "step"),
    ("logistic", "sigmoid"),
    ("log_sigmoid", "logsigmoid"),
    ("soft_sign", "softsign"),
    ("hard_sigmoid", "hardsigmoid"),
    ("hard_tanh", "hardtanh"),
    ("hard_swish", "hardswish"),
    ("hard_silu", "hardswish"),
    ("hard_shrink", "hardshrink"),
    ("soft_shrink", "softshrink"),
    ("tanh_shrink", "tanhshrink"),
    ("clip", "clamp"),
    ("threshold_relu", "thresholded_relu"),
    ("squared_relu", "relu_squared"),
    ("sin", "sine"),
];

/// An elementwise activation with its parameters: small, `Copy`, written by name.
///
/// The same value works on a number, an array and a value on a tape, and knows every derivative:
///
/// ```
/// use chainrule_activations::Activation;
/// use chainrule_autograd::Tape;
/// use ndarray::array;
///
/// let gelu: Activation = "gelu".parse()?;
/// assert!((gelu.apply(-5.0f64) / -1.4332578593959696e-6 - 1.0).abs() < 1e-15);
/// assert_eq!(gelu.apply(&array![[0.0f32, 40.0]]), array![[0.0, 40.0]]);
/// let tape = Tape::<f64>::new();
/// let x = tape.input("x", [0.0, 40.0]);
/// assert_eq!(gelu.apply(x).to_vec(), [0.0, 40.0]);
/// assert_eq!(gelu.derivative(1, 0.0), 0.5);
/// assert_eq!(gelu.derivative(1, x).to_vec(), [0.5, 1.0]);
///
/// let leaky = Activation::named("leaky_relu")?.with("slope", 0.25)?;
/// assert_eq!((leaky.left(1, 0.0), leaky.derivative(1, 0.0), leaky.right(1, 0.0)), (0.25, 0.25, 1.0));
/// assert_eq!(leaky.jacobian(&array![-2.0, 3.0]), array![[0.25, 0.0], [0.0, 1.0]].into_dyn());
/// # Ok::<(), chainrule_activations::ActivationError>(())
/// ```
///
/// In JSON, and other formats of serde, it is its name, or its name with parameters; those that are
/// left out have their defaults:
///
/// ```
/// use chainrule_activations::Activation;
///
/// let read = |text| serde_json::from_str::<Activation>(text);
/// let swish = read(r#"{"swish": {"beta": 2.0}}"#)?;
/// assert_eq!(swish, Activation::named("swish")?.with("beta", 2.0)?);
/// assert_eq!(serde_json::to_string(&swish)?, r#"{"swish":{"beta":2.0}}"#);
/// assert_eq!(serde_json::to_string(&read(r#""gelu""#)?)?, r#""gelu""#);
/// assert_eq!(read(r#"{"leaky_relu": 0.2}"#)?.params(), [0.2]); // where there is only one
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Activation {
    row: &'static dyn Row,
    params: [f64; MAX_PARAMS],
}

/// Why there is no such activation.
#[derive(Clone, Debug, PartialEq)]
pub enum ActivationError {
    /// No activation has this name.
    Unknown(String),
    /// The activation has no parameter of this name.
    NoParameter {
        /// The activation.
        activation: &'static str,
        /// The name that was given.
        parameter: String,
    },
    /// The parameters are not possible.
    Refused {
        /// The activation.
        activation: &'static str,
        /// The parameters in their order.
        params: Vec<f64>,
        /// What would be right.
        wanted: &'static str,
    },
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActivationError::Unknown(name) => {
                let known: Vec<_> = Activation::all().map(|a| a.name()).collect();
                write!(f, "there is no activation `{name}`; known are {}", known.join(", "))
            }
            ActivationError::NoParameter { activation, parameter } => {
                write!(f, "{activation} has no parameter `{parameter}`")
            }
            ActivationError::Refused { activation, params, wanted } => {
                write!(f, "{activation} {params:?} is not possible: {wanted}")
            }
        }
    }
}

impl std::error::Error for ActivationError {}

impl Activation {
    /// Every activation, with the defaults of its parameters: this crate's [`rows`](mod@crate::rows) and
    /// those of the core that are used as activations.
    pub fn all() -> impl Iterator<Item = Activation> {
        let core = chainrule_autograd::table::rows();
        let core = core.filter(|row| OF_THE_CORE.contains(&row.info().name));
        crate::rows::rows().chain(core).map(Activation::defaults)
    }

    /// The activation of that name with the defaults of its parameters. Names are those of the methods
    /// of `Var`, which are PyTorch's; some of other libraries are understood as well.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, ActivationError> {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let wanted = alias.map_or(name, |(_, wanted)| wanted);
        let found = Activation::all().find(|a| a.name() == wanted);
        found.ok_or_else(|| ActivationError::Unknown(name.into()))
    }

    /// A row of any table with these parameters, in the row's order.
    ///
    /// # Errors
    /// If the row refuses the parameters, or has more than three.
    pub fn of_row(row: &'static dyn Row, params: &[f64]) -> Result<Self, ActivationError> {
        let info = row.info();
        let refused = |wanted| ActivationError::Refused {
            activation: info.name,
            params: params.to_vec(),
            wanted,
        };
        if params.len() != info.params.len() || params.len() > MAX_PARAMS {
            return Err(refused("as many parameters as it has, three at most"));
        }
        (info.check)(params).map_err(refused)?;
        let mut all = [0.0; MAX_PARAMS];
        all[..params.len()].copy_from_slice(params);
        Ok(Activation { row, params: all })
    }

    fn defaults(row: &'static dyn Row) -> Self {
        let params = row.info().params;
        let params = std::array::from_fn(|i| params.get(i).map_or(0.0, |p| p.default));
        Activation { row, params }
    }

    /// The same with another value for one parameter.
    ///
    /// # Errors
    /// If it has no such parameter, or the value is not possible.
    pub fn with(self, parameter: &str, value: f64) -> Result<Self, ActivationError> {
        let at = self.info().params.iter().position(|p| p.name == parameter);
        let at = at.ok_or_else(|| ActivationError::NoParameter {
            activation: self.name(),
            parameter: parameter.into(),
        })?;
        let mut params = self.params().to_vec();
        params[at] = value;
        Activation::of_row(self.row, &params)
    }

    /// The name, that of the method on `Var`.
    pub fn name(&self) -> &'static str {
        self.info().name
    }

    /// The parameters, in the order of the entry.
    pub fn params(&self) -> &[f64] {
        &self.params[..self.info().params.len()]
    }

    /// What the entry says: formula, domain, range, where it rises and bends.
    pub fn info(&self) -> &'static Info {
        self.row.info()
    }

    /// The row of the table.
    pub fn row(&self) -> &'static dyn Row {
        self.row
    }

    /// Its kinks and jumps, each with the derivative on both sides and the one that is taken.
    pub fn kinks(&self) -> Vec<Kink> {
        (self.info().kinks)(self.params())
    }

    /// f(x): of a number, an array, or a value on a tape.
    pub fn apply<X: Operand>(&self, x: X) -> X::Output {
        x.derivative_of(self, 0)
    }

    /// f⁽ᵏ⁾(x): of a number, an array, or a value on a tape, where it is recorded as a derivative and
    /// can be differentiated again. At a kink, what the conventions say.
    ///
    /// # Panics
    /// If the order is above 23.
    pub fn derivative<X: Operand>(&self, order: u32, x: X) -> X::Output {
        x.derivative_of(self, order)
    }

    /// The full Jacobian ∂yᵢ/∂xⱼ: of an array of shape S one of shape S + S, with the slopes on its
    /// diagonal.
    pub fn jacobian<T, S, D>(&self, x: &ArrayBase<S, D>) -> ArrayD<T>
    where
        T: Element,
        S: Data<Elem = T>,
        D: Dimension,
    {
        let n = x.len();
        let mut jacobian = Array::zeros((n, n));
        for (i, slope) in self.derivative(1, x).into_iter().enumerate() {
            jacobian[(i, i)] = slope;
        }
        let shape = [x.shape(), x.shape()].concat();
        jacobian.into_shape_with_order(shape).expect("n × n entries")
    }

    /// The k-th derivative from the left, lim f⁽ᵏ⁾(t) for t → x, t < x; order 0 is the value there.
    /// At a jump the first derivative is ±∞ on the side where the value is not f(x).
    pub fn left(&self, order: u32, x: f64) -> f64 {
        self.beside(order, x, |kink| kink.left, f64::next_down)
    }

    /// The k-th derivative from the right.
    pub fn right(&self, order: u32, x: f64) -> f64 {
        self.beside(order, x, |kink| kink.right, f64::next_up)
    }

    /// At a kink or seam the next number stands for its side: pieces are smooth, so the derivatives
    /// there differ by less than rounding does. The first derivatives of kinks are stated.
    fn beside(&self, order: u32, x: f64, side: fn(&Kink) -> f64, next: fn(f64) -> f64) -> f64 {
        let kinks = self.kinks();
        let kink = kinks.iter().find(|kink| kink.at == x);
        let rough = kink.is_some() || (self.info().seams)(self.params()).contains(&x);
        match kink {
            Some(kink) if order == 1 => side(kink),
            _ if rough => self.derivative(order, next(x)),
            _ => self.derivative(order, x),
        }
    }
}

/// What an [`Activation`] can be applied to: `f32`, `f64`, `&Array` of any shape and memory layout,
/// [`Var`].
pub trait Operand {
    /// What comes out, of the same shape.
    type Output;

    /// f⁽ᵏ⁾ of it.
    fn derivative_of(self, activation: &Activation, order: u32) -> Self::Output;
}

macro_rules! number {
    ($t:ty, $play:ident) => {
        impl Operand for $t {
            type Output = $t;
            fn derivative_of(self, a: &Activation, order: u32) -> $t {
                let mut y = [0.0];
                a.row.$play(order, a.params(), &[self], None, &mut y);
                y[0]
            }
        }
    };
}
number!(f32, play_f32);
number!(f64, play_f64);

impl<T, S, D> Operand for &ArrayBase<S, D>
where
    T: Element,
    S: Data<Elem = T>,
    D: Dimension,
{
    type Output = Array<T, D>;

    fn derivative_of(self, a: &Activation, order: u32) -> Array<T, D> {
        let tape = chainrule_autograd::Tape::new();
        let y = tape.constant(self).derivative_of(a, order).value();
        y.into_dimensionality().expect("the shape stays")
    }
}

impl<T: Dtype> Operand for Var<'_, T> {
    type Output = Self;

    fn derivative_of(self, a: &Activation, order: u32) -> Self {
        // The gradient of a sum: one derivative for each element.
        let first = self.map_row(a.row, a.params());
        (0..order).fold(first, |y, _| y.sum().grad(self))
    }
}

/// By row and parameters.
impl PartialEq for Activation {
    fn eq(&self, other: &Self) -> bool {
        self.row.id() == other.row.id() && self.params() == other.params()
    }
}

/// The name, with parameters in parentheses: `leaky_relu(slope=0.2)`.
impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        for (i, (p, value)) in self.info().params.iter().zip(self.params()).enumerate() {
            write!(f, "{}{}={value}", if i == 0 { "(" } else { ", " }, p.name)?;
        }
        if self.params().is_empty() { Ok(()) } else { write!(f, ")") }
    }
}

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Activation {
    type Err = ActivationError;

    fn from_str(name: &str) -> Result<Self, ActivationError> {
        Activation::named(name)
    }
}
