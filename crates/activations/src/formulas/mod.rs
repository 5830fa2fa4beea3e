//! The formulas behind the rows, where a formula is more than a line.
//!
//! Two things recur. A derivative with a root at which its textbook form cancels is written *from the
//! root* r: as differences of monotone terms, with h = x − r exact and eˣ − eʳ = eʳ·(eʰ − 1), so that
//! all terms have one sign. And an argument that rounding would spoil before an exponential is
//! carried in [two words](Two).

pub(crate) mod exponential;
pub(crate) mod gelu;
pub(crate) mod gelu_tanh;
pub(crate) mod logistic;
pub(crate) mod mish;
pub(crate) mod squareplus;
pub(crate) mod tables;
pub(crate) mod tanh;
pub(crate) mod waves;

use chainrule_autograd::number::Real;

/// A real number as a sum: two parts of 24 bits, exact in f32 and f64, and the rest.
pub(crate) type Parts = [f64; 3];

/// A parameter in parts, so that f32 knows its double.
pub(crate) fn parts(x: f64) -> Parts {
    let high = f64::from(x as f32);
    [high, x - high, 0.0]
}

/// x − r, to the last digits also where x is next to r.
#[inline(always)]
pub(crate) fn distance<R: Real>(x: R, [high, middle, low]: Parts) -> R {
    let h = (x - R::lit(high)) - R::lit(middle);
    if R::BITS == 24 { h } else { h - R::lit(low) } // the third part is no matter in f32
}

/// y·e^(−|x|). A series halves the side that it has chosen: half of the smallest x is 0, which has
/// another.
#[inline(always)]
pub(crate) fn times_decay<R: Real>(y: R, x: R) -> R {
    if R::BITS > 0 {
        return y.times_decay(x);
    }
    let half = (R::lit(0.5) * x.neg_abs()).exp();
    half.amul(y) * half
}

/// Of two formulas the one that is written from a root, and from h = −½ down (h is the distance) the
/// one as it stands. A series takes one formula everywhere: the choice is of digits, not of sides.
#[inline(always)]
pub(crate) fn choose<R: Real>(h: R, near: R, far: R) -> R {
    if R::BITS == 0 { near } else { (h + R::lit(0.5)).pos(near, far) }
}

/// c₀ + c₁x + c₂x² + …
#[inline(always)]
pub(crate) fn horner<R: Real>(x: R, c: &[f64]) -> R {
    let mut k = c.len() - 1;
    let mut sum = R::lit(c[k]);
    while k > 0 {
        k -= 1;
        sum = sum.fma(x, R::lit(c[k])); // no closure: it need not be inlined into vector code
    }
    sum
}

/// x, but nothing beyond ±`most`, where a formula is constant but for rounding; keeps NaN.
#[inline(always)]
pub(crate) fn held<R: Real>(x: R, most: f64) -> R {
    x.within(-most, most)
}

/// |x| of a smooth function: a choice of side.
#[inline(always)]
pub(crate) fn magnitude<R: Real>(x: R) -> R {
    -x.neg_abs()
}

/// (1 + e)² for 0 ≤ e ≤ 1, with hardly more than one rounding.
#[inline(always)]
pub(crate) fn squared_sum<R: Real>(e: R) -> R {
    e.fma(R::lit(2.0) + e, R::lit(1.0))
}

/// hi + lo, where lo is what rounding took from hi; without it the number is exact.
#[derive(Clone, Copy)]
pub(crate) struct Two<R> {
    pub hi: R,
    pub lo: Option<R>,
}

// What a closure holds need not be inlined into vector code: no `map` here.
#[allow(clippy::manual_map)]
impl<R: Real> Two<R> {
    #[inline(always)]
    pub fn exact(hi: R) -> Self {
        Two { hi, lo: None }
    }

    /// A constant.
    #[inline(always)]
    pub fn constant([high, middle, low]: Parts) -> Self {
        let (high, middle) = (R::lit(high), R::lit(middle));
        let hi = high + middle;
        Two { hi, lo: Some(((high - hi) + middle) + R::lit(low)) }
    }

    /// lo, or 0.
    #[inline(always)]
    pub fn rest(self) -> R {
        match self.lo {
            Some(lo) => lo,
            None => R::lit(0.0),
        }
    }

    /// self + other, of any sizes (Knuth's two-sum).
    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        let (a, b) = (self.hi, other.hi);
        let s = a + b;
        let t = s - a;
        let lost = (a - (s - t)) + (b - t);
        Two { hi: s, lo: Some(lost + (self.rest() + other.rest())) }
    }

    /// self·other
    #[inline(always)]
    pub fn times(self, other: Self) -> Self {
        let (hi, lost) = self.hi.two_product(other.hi);
        let mut lo = lost;
        if let Some(b) = other.lo {
            lo = self.hi.fma(b, lo);
        }
        if let Some(a) = self.lo {
            lo = other.hi.fma(a, lo);
        }
        Two { hi, lo: Some(lo) }
    }

    /// c·self for a power of two c.
    #[inline(always)]
    pub fn scaled(self, c: f64) -> Self {
        let lo = match self.lo {
            Some(lo) => Some(lo * R::lit(c)),
            None => None,
        };
        Two { hi: self.hi * R::lit(c), lo }
    }

    /// −|self|, by the sign of hi.
    #[inline(always)]
    pub fn neg_abs(self) -> Self {
        let lo = match self.lo {
            Some(lo) => Some(self.hi.side(-lo, lo)),
            None => None,
        };
        Two { hi: self.hi.neg_abs(), lo }
    }

    /// Nothing beyond ±`most`, where what is made of it is constant.
    #[inline(always)]
    pub fn held(self, most: f64) -> Self {
        Two { hi: held(self.hi, most), lo: self.lo }
    }

    /// e^(−|self|)
    #[inline(always)]
    pub fn decay(self) -> R {
        let e = self.hi.decay();
        match self.neg_abs().lo {
            Some(lo) => e.fma(lo, e),
            None => e,
        }
    }

    /// e^self
    #[inline(always)]
    pub fn exp(self) -> R {
        let e = self.hi.exp();
        match self.lo {
            Some(lo) => e + e * lo,
            None => e,
        }
    }

    /// self − r for a constant r.
    #[inline(always)]
    pub fn distance(self, root: Parts) -> R {
        let h = distance(self.hi, root);
        match self.lo {
            Some(lo) => h + lo,
            None => h,
        }
    }
}
