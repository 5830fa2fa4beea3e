//! What the page and the table say of an activation.

use chainrule_activations::Activation;
use chainrule_autograd::table::Kink;

use super::cost::Cost;

/// One activation in words.
pub struct Sheet {
    pub name: &'static str,
    /// Parameters with their defaults, or nothing.
    pub params: String,
    pub formula: &'static str,
    pub derivative: &'static str,
    pub range: String,
    pub kinks: String,
    pub lipschitz: String,
    pub cost: Option<Cost>,
}

impl Sheet {
    pub fn of(a: &Activation, cost: Option<Cost>) -> Sheet {
        let info = a.info();
        let params = info.params.iter().map(|p| format!("{} = {}", p.name, number(p.default)));
        let (low, high) = (info.range)(a.params());
        Sheet {
            name: info.name,
            params: params.collect::<Vec<_>>().join(", "),
            formula: info.formula,
            derivative: info.derivative,
            range: format!("{} to {}", number(low), number(high)),
            kinks: a.kinks().iter().map(|k| kink(a, k)).collect::<Vec<_>>().join("; "),
            lipschitz: lipschitz(a).map_or("none: it jumps".into(), number),
            cost,
        }
    }
}

/// `at 0: value 0, slope 0 | 1 → 0`: the slope on the left, on the right, and the one taken.
pub fn kink(a: &Activation, k: &Kink) -> String {
    let (at, value) = (number(k.at), number(a.apply(k.at)));
    format!(
        "at {at}: value {value}, slope {} | {} → {}",
        number(k.left),
        number(k.right),
        number(k.taken)
    )
}

/// A number in at most five digits.
pub fn number(x: f64) -> String {
    let rounded: f64 = format!("{x:.4e}").parse().unwrap_or(x);
    let text = match rounded {
        r if r == f64::INFINITY => "∞".into(),
        r if r == f64::NEG_INFINITY => "−∞".into(),
        r if r != 0.0 && !(1e-4..1e6).contains(&r.abs()) => format!("{r:e}"),
        r => format!("{}", r + 0.0),
    };
    text.replace('-', "−")
}

/// sup |f′|: the slopes at kinks, where the function bends (there f″ changes sign), far out, and for
/// those that bend again and again on a fine grid. `None` for a function that jumps.
pub fn lipschitz(a: &Activation) -> Option<f64> {
    let kinks = a.kinks();
    if kinks.iter().any(|k| k.left.is_infinite() || k.right.is_infinite()) {
        return None;
    }
    let (low, high) = (a.info().domain)(a.params());
    let bends = (a.info().bend)(a.params());
    let grid = (-4096..=4096).map(|i| f64::from(i) / 64.0).filter(|_| bends.is_empty());
    let ends = bends.iter().flat_map(|b| [b.from, b.to]);
    let points = ends.chain(grid).chain([low, high]).chain(kinks.iter().map(|k| k.at));
    let slopes = points.flat_map(|x| [a.left(1, x), a.right(1, x)]);
    Some(slopes.filter(|s| !s.is_nan()).fold(0.0, |m: f64, s| m.max(s.abs())))
}
