//! What squareplus, (x + √(x² + b))/2, and its derivatives are made of.

use chainrule_autograd::number::Real;

use super::magnitude;

/// √(x² + b)
#[inline(always)]
pub(crate) fn root_of_sum<R: Real>(x: R, b: f64) -> R {
    let (a, root) = (magnitude(x), (x.square() + R::lit(b)).sqrt());
    if R::EXACT { root } else { (a - R::lit(1e16)).pos(a, root) }
}

/// b/(2r·(r + |x|)) with r = √(x² + b): the slope on the left, what it lacks of 1 on the right.
#[inline(always)]
pub(crate) fn left_slope<R: Real>(x: R, b: f64) -> R {
    let r = root_of_sum(x, b);
    R::lit(0.5 * b) / r / (r + magnitude(x))
}
