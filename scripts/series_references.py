#!/usr/bin/env python3
"""Derivatives of higher order, computed with 120 digits.

    pip install mpmath
    python scripts/series_references.py

    crates/calculus/tests/data/rows.json   every row of the core's table and the classic
                                           activations: orders 0 to 6 at three points
    crates/calculus/tests/data/nth.json    functions as text: orders 0 to 20 at two points, and the sum
                                           of the absolute terms of the last recurrence for each

The only library is mpmath; the formulas are the textbook ones, and derivatives come from the Taylor
coefficients that mpmath finds by differences in high precision. The recurrences are written out here
once more, with 50 digits, for the sums of their terms only (and agree).
"""

import json
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 120
ORDERS = 20
HERE = Path(__file__).parent.parent / "crates/calculus/tests/data"


def sigma(x):
    return 1 / (1 + mp.exp(-x))


def Phi(x):
    return mp.ncdf(x)


def root(n):
    return lambda x: mp.sign(x) * mp.root(abs(x), n)


ROWS = {
    "abs": (abs, [-1.5, 0.75, 2.0]),
    "sign": (mp.sign, [-1.5, 0.75, 2.0]),
    "step": (lambda x: mpf(x > 0), [-1.5, 0.75, 2.0]),
    "flat": (lambda x: mpf(0), [-1.5, 0.75, 2.0]),
    "floor": (mp.floor, [-1.5, 0.75, 2.25]),
    "ceil": (mp.ceil, [-1.5, 0.75, 2.25]),
    "neg": (lambda x: -x, [-1.5, 0.75, 2.0]),
    "recip": (lambda x: 1 / x, [-1.5, 0.75, 2.0]),
    "square": (lambda x: x * x, [-1.5, 0.75, 2.0]),
    "powi": (lambda x: x**3, [-1.5, 0.75, 2.0]),
    "powf": (lambda x: x ** mpf(2.5), [0.5, 0.75, 2.0]),
    "sqrt": (mp.sqrt, [0.5, 0.75, 2.0]),
    "cbrt": (root(3), [-1.5, 0.75, 2.0]),
    "root": (root(5), [-1.5, 0.75, 2.0]),
    "exp": (mp.exp, [-1.5, 0.75, 2.0]),
    "exp2": (lambda x: mpf(2) ** x, [-1.5, 0.75, 2.0]),
    "exp_m1": (mp.expm1, [-1.5, 0.0, 2.0]),
    "exp_base": (lambda x: mpf(3) ** x, [-1.5, 0.75, 2.0]),
    "ln": (mp.log, [0.5, 1.0, 2.0]),
    "log2": (lambda x: mp.log(x, 2), [0.5, 0.75, 2.0]),
    "log10": (lambda x: mp.log(x, 10), [0.5, 0.75, 2.0]),
    "log": (lambda x: mp.log(x, 3), [0.5, 0.75, 2.0]),
    "ln_1p": (mp.log1p, [-0.5, 0.0, 2.0]),
    "sin": (mp.sin, [-1.5, 0.0, 2.0]),
    "cos": (mp.cos, [-1.5, 0.0, 2.0]),
    "tan": (mp.tan, [-1.0, 0.0, 0.75]),
    "asin": (mp.asin, [-0.5, 0.0, 0.75]),
    "acos": (mp.acos, [-0.5, 0.0, 0.75]),
    "atan": (mp.atan, [-1.5, 0.0, 1.0]),
    "sinh": (mp.sinh, [-1.5, 0.0, 2.0]),
    "cosh": (mp.cosh, [-1.5, 0.0, 2.0]),
    "tanh": (mp.tanh, [-1.5, 0.0, 2.0]),
    "asinh": (mp.asinh, [-1.5, 0.0, 2.0]),
    "acosh": (mp.acosh, [1.25, 2.0, 4.0]),
    "atanh": (mp.atanh, [-0.5, 0.0, 0.75]),
    "erf": (mp.erf, [-1.5, 0.0, 2.0]),
    "erfc": (mp.erfc, [-1.5, 0.0, 2.0]),
    "norm_cdf": (Phi, [-1.5, 0.0, 2.0]),
    "relu": (lambda x: max(x, mpf(0)), [-1.5, 0.75, 2.0]),
    "leaky_relu": (lambda x: x if x > 0 else mpf(0.01) * x, [-1.5, 0.75, 2.0]),
    "sigmoid": (sigma, [-1.5, 0.0, 2.0]),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), [-1.5, 0.0, 2.0]),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), [-1.5, 0.75, 2.0]),
    "gelu": (lambda x: x * Phi(x), [-1.5, 0.0, 2.0]),
    "silu": (lambda x: x * sigma(x), [-1.5, 0.0, 2.0]),
    "softsign": (lambda x: x / (1 + abs(x)), [-1.5, 0.75, 2.0]),
}

# As mpmath and as `Series` can compute them.
NTH = [
    ("2*x^10", lambda F, x: 2 * F.powi(x, 10), [0.5, 1.0]),
    ("exp(x)", lambda F, x: F.exp(x), [-1.0, 2.0]),
    ("ln(x)", lambda F, x: F.log(x), [0.5, 3.0]),
    ("log2(x)", lambda F, x: F.log2(x), [0.5, 3.0]),
    ("3^x", lambda F, x: F.exp_base(3, x), [-1.0, 2.0]),
    ("x^(1/3)", lambda F, x: F.root3(x), [-2.0, 0.5]),
    ("x^-3", lambda F, x: F.powi(x, -3), [-2.0, 0.5]),
    ("sqrt(x)", lambda F, x: F.sqrt(x), [0.5, 3.0]),
    ("sin(x)", lambda F, x: F.sin(x), [-1.0, 2.0]),
    ("cos(2*x)", lambda F, x: F.cos(2 * x), [-1.0, 2.0]),
    ("tan(x)", lambda F, x: F.tan(x), [0.5, 1.0]),
    ("tanh(x)", lambda F, x: F.tanh(x), [0.5, 1.0]),
    ("sigmoid(x)", lambda F, x: F.sigmoid(x), [0.5, 2.0]),
    ("softplus(x)", lambda F, x: F.softplus(x), [0.5, 2.0]),
    ("gelu(x)", lambda F, x: x * F.ncdf(x), [-0.5, 1.5]),
    ("silu(x)", lambda F, x: x * F.sigmoid(x), [-0.5, 1.5]),
    ("sigmoid(sin(x))*exp(-x^2)", lambda F, x: F.sigmoid(F.sin(x)) * F.exp(-F.powi(x, 2)), [-0.5, 0.75]),
    ("1/(1 + x^2)", lambda F, x: 1 / (1 + F.powi(x, 2)), [0.5, 2.0]),
    ("x^x", lambda F, x: F.exp(x * F.log(x)), [0.5, 2.0]),
    ("atan(x)", lambda F, x: F.atan(x), [0.5, 2.0]),
    ("asin(x)", lambda F, x: F.asin(x), [-0.5, 0.25]),
    ("sinh(x)", lambda F, x: F.sinh(x), [0.5, 2.0]),
    ("erf(x)", lambda F, x: F.erf(x), [0.5, 1.5]),
    ("exp(sin(x))", lambda F, x: F.exp(F.sin(x)), [0.5, 2.0]),
]


class Numbers:
    """The functions of numbers."""

    exp, log, sqrt, sin, cos, tan = mp.exp, mp.log, mp.sqrt, mp.sin, mp.cos, mp.tan
    tanh, ncdf, atan, asin, sinh, erf = mp.tanh, mp.ncdf, mp.atan, mp.asin, mp.sinh, mp.erf
    sigmoid, root3 = staticmethod(sigma), staticmethod(root(3))
    log2 = staticmethod(lambda x: mp.log(x, 2))
    exp_base = staticmethod(lambda a, x: mpf(a) ** x)
    powi = staticmethod(lambda x, n: x**n)
    softplus = staticmethod(lambda x: mp.log(1 + mp.exp(x)))


class Series:
    """Taylor coefficients c to order 20 by the textbook's recurrences (A. Griewank, A. Walther,
    *Evaluating Derivatives*, ch. 13), each with the sum of the absolute terms it was added up from:
    where terms cancel, no floating-point recurrence can know the sum better than that."""

    def __init__(self, pairs):
        self.c = [c for c, _ in pairs]
        self.size = [size for _, size in pairs]

    @staticmethod
    def build(first, terms):
        """c₀, and cₖ as the sum of terms(k, c₀..cₖ₋₁)."""
        c, pairs = [first], [(first, abs(first))]
        for k in range(1, ORDERS + 1):
            parts = terms(k, c)
            c.append(mp.fsum(parts))
            pairs.append((c[k], mp.fsum(parts, absolute=True)))
        return Series(pairs)

    @staticmethod
    def variable(x):
        return Series.build(mpf(x), lambda k, _: [mpf(k == 1)])

    @staticmethod
    def of(a):
        return a if isinstance(a, Series) else Series.build(mpf(a), lambda k, _: [mpf(0)])

    def __add__(self, b):
        b = Series.of(b)
        return Series.build(self.c[0] + b.c[0], lambda k, _: [self.c[k], b.c[k]])

    def __neg__(self):
        return self * -1

    def __mul__(self, b):
        b = Series.of(b)
        terms = lambda k, _: [self.c[j] * b.c[k - j] for j in range(k + 1)]  # noqa: E731
        return Series.build(self.c[0] * b.c[0], terms)

    def __truediv__(self, b):
        terms = lambda k, q: [a / b.c[0] for a in [self.c[k]] + [-q[j] * b.c[k - j] for j in range(k)]]  # noqa: E731
        return Series.build(self.c[0] / b.c[0], terms)

    def __rtruediv__(self, a):
        return Series.of(a) / self

    __radd__, __rmul__ = __add__, __mul__

    def along(self, first, slope):
        """y with y' = s·a' for the slope's coefficients s."""
        terms = lambda k, _: [j * self.c[j] * slope.c[k - j] / k for j in range(1, k + 1)]  # noqa: E731
        return Series.build(first, terms)

    def power(self, p, first):
        terms = lambda k, y: [  # noqa: E731
            (p * j - (k - j)) * self.c[j] * y[k - j] / (k * self.c[0]) for j in range(1, k + 1)
        ]
        return Series.build(first, terms)

    def logistic(self, first, by):
        """y with y' = (by(y, y))·a', the product of y with itself multiplied out."""

        def terms(k, y):
            products = lambda n: [y[i] * y[n - i] for i in range(n + 1)]  # noqa: E731
            return [j * self.c[j] * w / k for j in range(1, k + 1) for w in by(y, products, k - j)]

        return Series.build(first, terms)


class Expansions:
    """The same functions of series."""

    @staticmethod
    def exp(a):
        terms = lambda k, y: [j * a.c[j] * y[k - j] / k for j in range(1, k + 1)]  # noqa: E731
        return Series.build(mp.exp(a.c[0]), terms)

    @staticmethod
    def pair(a, sign, first):
        """(s, c) with s' = c·a', c' = sign·s·a'."""
        s, c = [first[0]], [first[1]]
        sizes = ([abs(s[0])], [abs(c[0])])
        for k in range(1, ORDERS + 1):
            parts = [[j * a.c[j] * v[k - j] / k for j in range(1, k + 1)] for v in (c, s)]
            s.append(mp.fsum(parts[0]))
            c.append(sign * mp.fsum(parts[1]))
            for size, part in zip(sizes, parts):
                size.append(mp.fsum(part, absolute=True))
        return Series(list(zip(s, sizes[0]))), Series(list(zip(c, sizes[1])))

    exp_base = staticmethod(lambda b, a: Expansions.exp(a * mp.log(b)))
    log = staticmethod(lambda a: a.along(mp.log(a.c[0]), 1 / a))
    log2 = staticmethod(lambda a: a.along(mp.log(a.c[0], 2), 1 / (a * mp.log(2))))
    powi = staticmethod(lambda a, n: a.power(n, a.c[0] ** n))
    sqrt = staticmethod(lambda a: a.power(mpf(1) / 2, mp.sqrt(a.c[0])))
    root3 = staticmethod(lambda a: a.power(mpf(1) / 3, root(3)(a.c[0])))
    sin = staticmethod(lambda a: Expansions.pair(a, -1, (mp.sin(a.c[0]), mp.cos(a.c[0])))[0])
    cos = staticmethod(lambda a: Expansions.pair(a, -1, (mp.sin(a.c[0]), mp.cos(a.c[0])))[1])
    sinh = staticmethod(lambda a: Expansions.pair(a, 1, (mp.sinh(a.c[0]), mp.cosh(a.c[0])))[0])
    tan = staticmethod(lambda a: Expansions.sin(a) / Expansions.cos(a))
    tanh = staticmethod(
        lambda a: a.logistic(mp.tanh(a.c[0]), lambda y, yy, n: [mpf(n == 0)] + [-t for t in yy(n)])
    )
    sigmoid = staticmethod(
        lambda a: a.logistic(sigma(a.c[0]), lambda y, yy, n: [y[n]] + [-t for t in yy(n)])
    )
    softplus = staticmethod(lambda a: a.along(mp.log(1 + mp.exp(a.c[0])), Expansions.sigmoid(a)))
    atan = staticmethod(lambda a: a.along(mp.atan(a.c[0]), 1 / (1 + a * a)))
    asin = staticmethod(lambda a: a.along(mp.asin(a.c[0]), 1 / Expansions.sqrt(1 + -(a * a))))
    erf = staticmethod(lambda a: a.along(mp.erf(a.c[0]), Expansions.exp(-(a * a)) * (2 / mp.sqrt(mp.pi))))
    ncdf = staticmethod(
        lambda a: a.along(mp.ncdf(a.c[0]), Expansions.exp(a * a * mpf("-0.5")) / Series.of(mp.sqrt(2 * mp.pi)))
    )


def sizes(f, x, want):
    """The sum of the absolute terms of the last recurrence, for each derivative, with 50 digits."""
    with mp.workdps(50):
        y = f(Expansions, Series.variable(x))
        for k, d in enumerate(want):
            error = abs(y.c[k] * mp.factorial(k) - mpf(d))
            assert error <= mpf(10) ** -17 * max(abs(mpf(d)), mpf(10) ** -15 * y.size[k]), (x, k, d)
        return [mp.nstr(size * mp.factorial(k), 8) for k, size in enumerate(y.size)]


def derivatives(f, x, n):
    # The step of mpmath's differences shrinks with the precision it works in.
    with mp.workdps(120 + 60 * n // 4):
        c = mp.taylor(f, mpf(x), n)
        return [mp.nstr(c[k] * mp.factorial(k), 20) for k in range(n + 1)]


def nth_record(f, x):
    d = derivatives(lambda x: f(Numbers, x), x, ORDERS)
    return dict(x=x, d=d, size=sizes(f, x, d))


def main():
    HERE.mkdir(exist_ok=True)
    rows = [
        dict(name=name, records=[dict(x=x, d=derivatives(f, x, 6)) for x in xs])
        for name, (f, xs) in ROWS.items()
    ]
    nth = [dict(text=t, records=[nth_record(f, x) for x in xs]) for t, f, xs in NTH]
    for name, list_ in (("rows", rows), ("nth", nth)):
        lines = ",\n".join(json.dumps(entry) for entry in list_)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
