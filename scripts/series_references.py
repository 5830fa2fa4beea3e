#!/usr/bin/env python3
"""Derivatives of higher order, computed with 120 digits.

    pip install mpmath
    python scripts/series_references.py

    crates/calculus/tests/data/rows.json   every row of the core's table and the classic
                                           activations: orders 0 to 6 at three points
    crates/calculus/tests/data/nth.json    functions as text: orders 0 to 20 at two points

The only library is mpmath; the formulas are the textbook ones, and derivatives come from the Taylor
coefficients that mpmath finds by differences in high precision.
"""

import json
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 120
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

NTH = [
    ("2*x^10", lambda x: 2 * x**10, [0.5, 1.0]),
    ("exp(x)", mp.exp, [-1.0, 2.0]),
    ("ln(x)", mp.log, [0.5, 3.0]),
    ("log2(x)", lambda x: mp.log(x, 2), [0.5, 3.0]),
    ("3^x", lambda x: mpf(3) ** x, [-1.0, 2.0]),
    ("x^(1/3)", root(3), [-2.0, 0.5]),
    ("x^-3", lambda x: x**-3, [-2.0, 0.5]),
    ("sqrt(x)", mp.sqrt, [0.5, 3.0]),
    ("sin(x)", mp.sin, [-1.0, 2.0]),
    ("cos(2*x)", lambda x: mp.cos(2 * x), [-1.0, 2.0]),
    ("tan(x)", mp.tan, [0.5, 1.0]),
    ("tanh(x)", mp.tanh, [0.5, 1.0]),
    ("sigmoid(x)", sigma, [0.5, 2.0]),
    ("softplus(x)", lambda x: mp.log(1 + mp.exp(x)), [0.5, 2.0]),
    ("gelu(x)", lambda x: x * Phi(x), [-0.5, 1.5]),
    ("silu(x)", lambda x: x * sigma(x), [-0.5, 1.5]),
    ("sigmoid(sin(x))*exp(-x^2)", lambda x: sigma(mp.sin(x)) * mp.exp(-(x**2)), [-0.5, 0.75]),
    ("1/(1 + x^2)", lambda x: 1 / (1 + x**2), [0.5, 2.0]),
    ("x^x", lambda x: x**x, [0.5, 2.0]),
    ("atan(x)", mp.atan, [0.5, 2.0]),
    ("asin(x)", mp.asin, [-0.5, 0.25]),
    ("sinh(x)", mp.sinh, [0.5, 2.0]),
    ("erf(x)", mp.erf, [0.5, 1.5]),
    ("exp(sin(x))", lambda x: mp.exp(mp.sin(x)), [0.5, 2.0]),
]


def derivatives(f, x, n):
    # The step of mpmath's differences shrinks with the precision it works in.
    with mp.workdps(120 + 60 * n // 4):
        c = mp.taylor(f, mpf(x), n)
        return [mp.nstr(c[k] * mp.factorial(k), 20) for k in range(n + 1)]


def main():
    HERE.mkdir(exist_ok=True)
    rows = [
        dict(name=name, records=[dict(x=x, d=derivatives(f, x, 6)) for x in xs])
        for name, (f, xs) in ROWS.items()
    ]
    nth = [dict(text=t, records=[dict(x=x, d=derivatives(f, x, 20)) for x in xs]) for t, f, xs in NTH]
    for name, list_ in (("rows", rows), ("nth", nth)):
        lines = ",\n".join(json.dumps(entry) for entry in list_)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
