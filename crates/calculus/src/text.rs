//! Functions from text: the grammar stands in `grammar.pest`; here its words get their meaning.

use chainrule_autograd::Var;
use chainrule_autograd::table::Row;
use pest::Parser;
use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};

use crate::parse_error::ParseError;
use crate::rational::Rational;

#[derive(pest_derive::Parser)]
#[grammar = "grammar.pest"]
struct Grammar;

/// A function of x as it was written.
#[derive(Debug)]
pub(crate) enum Expression {
    X,
    Number(f64),
    Negative(Box<Expression>),
    Sum(Box<[Expression; 2]>),
    Difference(Box<[Expression; 2]>),
    Product(Box<[Expression; 2]>),
    Quotient(Box<[Expression; 2]>),
    /// The n-th root to a whole power.
    Fraction(Box<Expression>, Rational),
    /// A power of a constant base.
    Exponential(f64, Box<Expression>),
    Power(Box<[Expression; 2]>),
    Row(&'static dyn Row, Vec<f64>, Box<Expression>),
    Max(Box<[Expression; 2]>),
    Min(Box<[Expression; 2]>),
    Atan2(Box<[Expression; 2]>),
    Hypot(Box<[Expression; 2]>),
    /// Of two numbers a choice by a comparison: (a < b, or a ≤ b; then; else).
    Where {
        strict: bool,
        compared: Box<[Expression; 2]>,
        choices: Box<[Expression; 2]>,
    },
}

use Expression as E;

/// Beyond this a text is refused, so that no text can exhaust the stack.
const LONGEST: usize = 1000;
const DEEPEST: usize = 60;

/// Roots with a larger index are played as powers.
const LARGEST_ROOT: i64 = 12;

impl Expression {
    pub fn parse(
        text: &str,
        rows: impl Iterator<Item = &'static dyn Row>,
    ) -> Result<Self, ParseError> {
        if text.len() > LONGEST {
            return Err(ParseError::plain(format!("the text is longer than {LONGEST} bytes")));
        }
        if depth(text) > DEEPEST {
            let message = format!("parentheses are nested deeper than {DEEPEST}");
            return Err(ParseError::plain(message));
        }
        let pairs = Grammar::parse(Rule::whole, text)?;
        let reader = Reader { rows: rows.collect(), precedence: precedence() };
        reader.whole(pairs)
    }

    /// Records the function of x.
    pub fn record<'t>(&self, x: Var<'t>) -> Var<'t> {
        let both = |pair: &[Expression; 2]| (pair[0].record(x), pair[1].record(x));
        let of = |f: fn(Var<'t>, Var<'t>) -> Var<'t>, pair| {
            let (a, b) = both(pair);
            f(a, b)
        };
        match self {
            E::X => x,
            E::Number(c) => x.literal(*c),
            E::Negative(a) => -a.record(x),
            E::Sum(p) => of(|a, b| a + b, p),
            E::Difference(p) => of(|a, b| a - b, p),
            E::Product(p) => of(|a, b| a * b, p),
            E::Quotient(p) => of(|a, b| a / b, p),
            E::Fraction(a, Rational { n, d: 1 }) => a.record(x).powi(*n as f64),
            E::Fraction(a, Rational { n, d }) => {
                let a = a.record(x);
                let root = match d {
                    2 => a.sqrt(),
                    3 => a.cbrt(),
                    d => a.root(*d as f64),
                };
                if *n == 1 { root } else { root.powi(*n as f64) }
            }
            E::Exponential(base, a) => a.record(x).exp_base(*base),
            E::Power(p) => of(|a, b| a.pow(b), p),
            E::Row(row, params, a) => a.record(x).map_row(*row, params),
            E::Max(p) => of(|a, b| a.maximum(b), p),
            E::Min(p) => of(|a, b| a.minimum(b), p),
            E::Atan2(p) => of(|a, b| a.atan2(b), p),
            E::Hypot(p) => of(|a, b| a.hypot(b), p),
            E::Where { strict, compared, choices } => {
                let (a, b) = both(compared);
                let condition = if *strict { a.less(b) } else { a.less_equal(b) };
                let (yes, no) = both(choices);
                condition.select(yes, no)
            }
        }
    }

    /// The exact value of a constant fraction.
    fn rational(&self, text: &str) -> Option<Rational> {
        match self {
            E::Number(_) => Rational::parse(text),
            _ => None,
        }
    }

    /// The value of a constant.
    fn constant(&self) -> Option<f64> {
        let both = |p: &[Expression; 2]| Some((p[0].constant()?, p[1].constant()?));
        match self {
            E::Number(c) => Some(*c),
            E::Negative(a) => Some(-a.constant()?),
            E::Sum(p) => both(p).map(|(a, b)| a + b),
            E::Difference(p) => both(p).map(|(a, b)| a - b),
            E::Product(p) => both(p).map(|(a, b)| a * b),
            E::Quotient(p) => both(p).map(|(a, b)| a / b),
            _ => None,
        }
    }
}

/// How deep parentheses are nested at most.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for c in text.chars() {
        match c {
            '(' => now += 1,
            ')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most + text.matches('|').count() / 2
}

fn precedence() -> PrattParser<Rule> {
    PrattParser::new()
        .op(Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left))
        .op(Op::infix(Rule::multiply, Assoc::Left) | Op::infix(Rule::divide, Assoc::Left))
        .op(Op::prefix(Rule::minus) | Op::prefix(Rule::plus_sign))
        .op(Op::infix(Rule::power, Assoc::Right))
}

struct Reader {
    rows: Vec<&'static dyn Row>,
    precedence: PrattParser<Rule>,
}

/// An expression with its exact value, if it is a constant fraction.
type Read = Result<(Expression, Option<Rational>), ParseError>;

impl Reader {
    fn whole(&self, mut pairs: Pairs<'_, Rule>) -> Result<Expression, ParseError> {
        let first = pairs.next().expect("the grammar has an expression");
        Ok(self.expression(first)?.0)
    }

    fn expression(&self, pair: Pair<'_, Rule>) -> Read {
        self.precedence
            .map_primary(|pair| self.atom(pair))
            .map_prefix(|op, a| {
                let (a, exact) = a?;
                Ok(match op.as_rule() {
                    Rule::minus => (E::Negative(Box::new(a)), exact.and_then(Rational::neg)),
                    _ => (a, exact),
                })
            })
            .map_infix(|a, op, b| {
                let ((a, p), (b, q)) = (a?, b?);
                let exact = |f: fn(Rational, Rational) -> Option<Rational>| f(p?, q?);
                let pair = |a, b| Box::new([a, b]);
                Ok(match op.as_rule() {
                    Rule::add => (E::Sum(pair(a, b)), exact(Rational::add)),
                    Rule::subtract => (E::Difference(pair(a, b)), exact(|p, q| p.add(q.neg()?))),
                    Rule::multiply => (E::Product(pair(a, b)), exact(Rational::mul)),
                    Rule::divide => (E::Quotient(pair(a, b)), exact(Rational::div)),
                    _ => (power(a, b, q), None),
                })
            })
            .parse(pair.into_inner())
    }

    fn atom(&self, pair: Pair<'_, Rule>) -> Read {
        match pair.as_rule() {
            Rule::number => {
                let text = pair.as_str();
                let value: f64 = text.parse().unwrap_or(f64::INFINITY);
                if !value.is_finite() {
                    return Err(ParseError::at(&pair, "this number is too large"));
                }
                Ok((E::Number(standing_for(value, text)), E::Number(value).rational(text)))
            }
            Rule::name => match pair.as_str() {
                "x" => Ok((E::X, None)),
                "pi" | "π" => Ok((E::Number(std::f64::consts::PI), None)),
                "e" => Ok((E::Number(std::f64::consts::E), None)),
                "inf" => Ok((E::Number(f64::INFINITY), None)), // as a parameter: keras_relu(x, 0, inf, 0)
                other => Err(ParseError::at(&pair, self.unknown(other))),
            },
            Rule::bars => {
                let inner =
                    pair.clone().into_inner().next().expect("the grammar has an expression");
                let a = self.expression(inner)?.0;
                Ok((self.row(&pair, "abs", a, vec![])?, None))
            }
            Rule::call => Ok((self.call(pair)?, None)),
            _ => self.expression(pair),
        }
    }

    fn call(&self, pair: Pair<'_, Rule>) -> Result<Expression, ParseError> {
        let mut inner = pair.clone().into_inner();
        let name = inner.next().expect("a call has a name");
        let arguments: Vec<Pair<'_, Rule>> = inner.collect();
        if name.as_str() == "where" {
            return self.choice(&pair, arguments);
        }
        let mut read = Vec::new();
        for argument in arguments {
            let mut parts = argument.clone().into_inner();
            let first = parts.next().expect("an argument is an expression");
            if parts.next().is_some() {
                let message = "a comparison may stand in `where(a < b, then, else)` only";
                return Err(ParseError::at(&argument, message));
            }
            read.push(self.expression(first)?.0);
        }
        let wants = |n: usize| format!("`{}` takes {n} arguments", name.as_str());
        let folded = |read: Vec<Expression>, f: fn(Box<[Expression; 2]>) -> Expression| {
            read.into_iter().reduce(|a, b| f(Box::new([a, b])))
        };
        let two = |read: Vec<Expression>| {
            <[Expression; 2]>::try_from(read).map_err(|_| ParseError::at(&pair, wants(2)))
        };
        match name.as_str() {
            "max" | "min" if read.len() < 2 => Err(ParseError::at(&pair, wants(2))),
            "max" => folded(read, E::Max).ok_or_else(|| ParseError::at(&pair, wants(2))),
            "min" => folded(read, E::Min).ok_or_else(|| ParseError::at(&pair, wants(2))),
            "atan2" => Ok(E::Atan2(Box::new(two(read)?))),
            "hypot" => Ok(E::Hypot(Box::new(two(read)?))),
            "pow" => {
                let [a, b] = two(read)?;
                Ok(power(a, b, None))
            }
            word => {
                let mut read = read.into_iter();
                let a = read.next().expect("the grammar has an argument");
                self.row(&name, word, a, read.collect())
            }
        }
    }

    /// A row of the table; numbers behind the argument are its parameters.
    fn row(
        &self,
        at: &Pair<'_, Rule>,
        name: &str,
        a: Expression,
        numbers: Vec<Expression>,
    ) -> Result<Expression, ParseError> {
        let Some(row) = self.rows.iter().copied().find(|row| row.info().name == name) else {
            return Err(ParseError::at(at, self.unknown(name)));
        };
        let info = row.info();
        let given = numbers.len();
        let names: Vec<&str> = info.params.iter().map(|p| p.name).collect();
        // The core's defaults are for its checks; an activation's are what everybody means.
        let core = chainrule_autograd::table::rows().any(|r| r.info().name == name);
        if given > names.len() || core && given < names.len() {
            let list: String = names.iter().map(|n| format!(", {n}")).collect();
            return Err(ParseError::at(at, format!("write `{name}(x{list})`")));
        }
        let mut params = info.defaults();
        for (param, number) in params.iter_mut().zip(numbers) {
            *param = number.constant().ok_or_else(|| {
                ParseError::at(at, format!("the parameters of `{name}` are constants"))
            })?;
        }
        if let Err(wrong) = (info.check)(&params) {
            return Err(ParseError::at(at, wrong));
        }
        Ok(E::Row(row, params, Box::new(a)))
    }

    fn choice(
        &self,
        pair: &Pair<'_, Rule>,
        arguments: Vec<Pair<'_, Rule>>,
    ) -> Result<Expression, ParseError> {
        let wrong = || ParseError::at(pair, "write `where(a < b, then, else)`");
        let [condition, yes, no] = <[_; 3]>::try_from(arguments).map_err(|_| wrong())?;
        let parts: Vec<Pair<'_, Rule>> = condition.into_inner().collect();
        let [a, sign, b] = <[_; 3]>::try_from(parts).map_err(|_| wrong())?;
        let mut choices = Vec::new();
        for argument in [yes, no] {
            let parts: Vec<Pair<'_, Rule>> = argument.into_inner().collect();
            let [only] = <[_; 1]>::try_from(parts).map_err(|_| wrong())?;
            choices.push(self.expression(only)?.0);
        }
        let choices = <[Expression; 2]>::try_from(choices).map_err(|_| wrong())?;
        let (a, b) = (self.expression(a)?.0, self.expression(b)?.0);
        let (strict, swapped) = match sign.as_str() {
            "<" => (true, false),
            ">" => (true, true),
            "<=" | "≤" => (false, false),
            _ => (false, true),
        };
        let compared = if swapped { [b, a] } else { [a, b] };
        Ok(E::Where { strict, compared: Box::new(compared), choices: Box::new(choices) })
    }

    fn unknown(&self, name: &str) -> String {
        let own = ["x", "pi", "e", "max", "min", "pow", "atan2", "hypot", "where"];
        let names = self.rows.iter().map(|row| row.info().name).chain(own);
        let near = names
            .map(|known| (strsim::damerau_levenshtein(known, name), known))
            .min()
            .filter(|(distance, known)| distance * 2 <= known.len().max(2));
        match near {
            Some((_, known)) => format!("nothing is called `{name}`; did you mean `{known}`?"),
            None => format!("nothing is called `{name}`; the variable is `x`"),
        }
    }
}

/// aᵇ, where b may be known as a fraction.
fn power(a: Expression, b: Expression, exact: Option<Rational>) -> Expression {
    let fits = |r: &Rational| r.d <= LARGEST_ROOT && r.n.abs() <= 1_000_000;
    let base = a.constant().filter(|base| *base > 0.0);
    match (exact.filter(fits), base) {
        (Some(exact), _) => E::Fraction(Box::new(a), exact),
        (None, Some(e)) if e == std::f64::consts::E => exponential(b),
        (None, Some(base)) if matches!(a, E::Number(_)) => E::Exponential(base, Box::new(b)),
        _ => E::Power(Box::new([a, b])),
    }
}

fn exponential(b: Expression) -> Expression {
    use chainrule_autograd::table::{RowOf, exponential::Exp};
    E::Row(RowOf::<Exp>::ROW, vec![], Box::new(b))
}

/// The double that stands for a decimal. One with few bits would be taken for exact (see
/// [`Interval`](chainrule_autograd::number::Interval)); if the decimal only comes near it, its
/// neighbour stands for both.
fn standing_for(value: f64, text: &str) -> f64 {
    let short = value.to_bits() & 0x1F_FFFF == 0;
    let exact = Rational::parse(text).is_some_and(|r| {
        let whole = r.d.trailing_zeros() == 63 - r.d.leading_zeros(); // a power of 2
        whole && r.to_f64() == value && r.n.unsigned_abs() < 1 << 53
    });
    if short && !exact { value.next_up() } else { value }
}
