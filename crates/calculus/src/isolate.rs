//! Isolation of a root that is known to exist and to be the only one.

use std::cmp::Ordering;

use chainrule_autograd::number::{Coefficient, Interval};

/// The smallest interval that can be proved to hold the root of a function that has the sign `left`
/// at a, the other at b, and changes it once: as far as the signs of its enclosures are decided. A
/// root at a short number is returned as that number, twice.
pub(crate) fn isolate(a: f64, b: f64, left: Ordering, f: impl Fn(f64) -> Interval) -> (f64, f64) {
    let (mut lo, mut hi) = (a, b);
    let middle = loop {
        let middle = between(lo, hi);
        if middle <= lo || middle >= hi {
            break middle;
        }
        match f(middle) {
            y if y.is_zero() => return (middle, middle),
            y => match y.sign() {
                Some(sign) if sign == left => lo = middle,
                Some(_) => hi = middle,
                None => break middle,
            },
        }
    };
    // Around the middle signs are not decided: how near can they be?
    let nearest = |mut good: f64, mut bad: f64, want: Ordering| loop {
        let x = 0.5 * good + 0.5 * bad;
        if x == good || x == bad || (x - good).abs() >= (bad - good).abs() {
            return good;
        }
        match f(x).sign() {
            Some(sign) if sign == want => good = x,
            _ => bad = x,
        }
    };
    let (lo, hi) = (nearest(lo, middle, left), nearest(hi, middle, left.reverse()));
    match simplest(lo, hi).filter(|&x| f(x).is_zero()) {
        Some(x) => (x, x),
        None => (lo, hi),
    }
}

fn between(a: f64, b: f64) -> f64 {
    0.5 * a + 0.5 * b
}

/// The number with the fewest bits between two.
pub(crate) fn simplest(a: f64, b: f64) -> Option<f64> {
    if a <= 0.0 && 0.0 <= b {
        return Some(0.0);
    }
    let mut step = 2f64.powi(a.abs().max(b.abs()).log2().ceil() as i32);
    while step > f64::MIN_POSITIVE {
        let x = (a / step).ceil() * step;
        if x <= b {
            return Some(x);
        }
        step *= 0.5;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule_autograd::number::Real;

    #[test]
    fn roots_are_enclosed_as_narrowly_as_signs_allow() {
        let square = |x: f64| Interval::point(x).square() - Interval::lit(2.0);
        let (lo, hi) = isolate(1.0, 2.0, Ordering::Less, square);
        let root = std::f64::consts::SQRT_2;
        assert!(lo <= root && root <= hi && hi - lo <= 3.0 * f64::EPSILON, "{lo}..{hi}");
        let line = |x: f64| Interval::point(x) - Interval::lit(0.375);
        assert_eq!(isolate(0.0, 1.0, Ordering::Less, line), (0.375, 0.375));
    }
}
