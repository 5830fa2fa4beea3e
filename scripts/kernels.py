#!/usr/bin/env python3
"""The polynomials of the vector kernels, crates/autograd/src/kernel/tables.rs.

    pip install mpmath
    python scripts/kernels.py > crates/autograd/src/kernel/tables.rs    # half a minute
    rustfmt crates/autograd/src/kernel/tables.rs

Each table is the best polynomial in the sense of Chebyshev, found by Remez' exchange with 60
digits (E. W. Cheney, Introduction to Approximation Theory, ch. 3), of a function that is smooth
and far from 0, so that its absolute error is what the kernel inherits. The largest error before
the coefficients are rounded is printed beside each table. The functions are the textbook ones of
mpmath; nothing comes from another library's tables.
"""

import struct
import sys

try:
    from mpmath import mp, mpf, exp, expm1, log, log1p, tanh, sinh, erf, erfc, sqrt, cos
    from mpmath import pi, matrix, lu_solve, polyval
except ImportError:
    sys.exit("this script needs mpmath: pip install mpmath")

mp.dps = 60


def remez(f, a, b, degree, rounds=8):
    """The best polynomial of f on [a, b]: its coefficients from the lowest, and its error."""
    a, b = mpf(a), mpf(b)
    n = degree + 2
    middle, half = (a + b) / 2, (b - a) / 2
    x = [middle - half * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    grid = [middle - half * cos(pi * (k + mpf(1) / 2) / (24 * n)) for k in range(24 * n)]
    values = [f(t) for t in grid]
    for _ in range(rounds):
        system = matrix(n, n)
        right = matrix(n, 1)
        for i, t in enumerate(x):
            for j in range(degree + 1):
                system[i, j] = t**j
            system[i, degree + 1] = (-1) ** i
            right[i] = f(t)
        solution = lu_solve(system, right)
        c = [solution[j] for j in range(degree + 1)]
        off = [v - polyval(c[::-1], t) for v, t in zip(values, grid)]
        extrema = []
        for i, e in enumerate(off):
            if extrema and (e > 0) == (off[extrema[-1]] > 0):
                if abs(e) > abs(off[extrema[-1]]):
                    extrema[-1] = i
            else:
                extrema.append(i)
        while len(extrema) > n:  # drop the weaker end
            extrema.pop(0 if abs(off[extrema[0]]) < abs(off[extrema[-1]]) else -1)
        if len(extrema) < n:
            break
        x = [grid[i] for i in extrema]
        sizes = [abs(off[i]) for i in extrema]
        if max(sizes) < min(sizes) * mpf("1.001"):
            break
    return c, max(abs(e) for e in off)


def rounded(value, single):
    return struct.unpack("f", struct.pack("f", float(value)))[0] if single else float(value)


def number(value, single):
    if single:
        value = rounded(value, single)
        shortest = next(t for t in (f"{value:.{d}e}" for d in range(5, 10))
                        if struct.unpack("f", struct.pack("f", float(t)))[0] == value)
        return shortest
    return repr(float(value))


def exp_rest(r):
    """(e^r - 1 - r)/r^2"""
    if abs(r) < mpf("1e-12"):
        return mpf(1) / 2 + r / 6 + r * r / 24
    return (expm1(r) - r) / r**2


def tanh_rest(z):
    """(tanh x - x)/x^3, z = x^2"""
    x = sqrt(abs(z))
    if x < mpf("1e-8"):
        return -mpf(1) / 3 + 2 * z / 15 - 17 * z**2 / 315
    return (tanh(x) - x) / x**3


def sinh_rest(z):
    """(sinh x - x)/x^3, z = x^2"""
    x = sqrt(abs(z))
    if x < mpf("1e-8"):
        return mpf(1) / 6 + z / 120
    return (sinh(x) - x) / x**3


def ln_rest(f):
    """(ln(1 + f) - f + f^2/2)/f^3"""
    if abs(f) < mpf("1e-10"):
        return mpf(1) / 3 - f / 4 + f * f / 5
    return (log1p(f) - f + f * f / 2) / f**3


def atanh_rest(z):
    """(ln((1 + s)/(1 - s)) - 2s)/s^3, z = s^2"""
    s = sqrt(abs(z))
    if s < mpf("1e-8"):
        return mpf(2) / 3 + 2 * z / 5 + 2 * z * z / 7
    return (log((1 + s) / (1 - s)) - 2 * s) / s**3


def erf_rest(z):
    """erf(x)/x - 1, z = x^2"""
    x = sqrt(abs(z))
    if x < mpf("1e-12"):
        return 2 / sqrt(pi) * (1 - z / 3) - 1
    return erf(x) / x - 1


def phi_rest(z):
    """(Phi(x) - 1/2)/x, z = x^2"""
    x = sqrt(abs(z))
    if x < mpf("1e-12"):
        return (1 - z / 6) / sqrt(2 * pi)
    return erf(x / sqrt(mpf(2))) / x / 2


def erfcx(x):
    return exp(x * x) * erfc(x)


def erfc_scaled(t):
    """(1 + 3a/2) e^(a^2) erfc(a), t = (a - 4)/(a + 4): with 3/2 it is flattest in t for a > 1/2,
    so that the rounding of t does least"""
    a = 4 * (1 + t) / (1 - t)
    return (1 + 3 * a / 2) * erfcx(a)


def norm_scaled(t):
    """(1 + 9a/8) e^(a^2/2) Phi(-a), t = (a - 5)/(a + 5), likewise"""
    a = 5 * (1 + t) / (1 - t)
    return (1 + 9 * a / 8) * erfcx(a / sqrt(mpf(2))) / 2


def t_of(a, k):
    return (mpf(a) - k) / (mpf(a) + k)


R = mpf("0.3470")
LOW, HIGH = sqrt(mpf(2)) / 2 - 1 - mpf("1e-6"), sqrt(mpf(2)) - 1 + mpf("1e-6")
S2 = (HIGH / (2 + HIGH)) ** 2
# name, formula, function, (interval, degree) for f32 and f64
TABLES = [
    ("EXP", "(eʳ − 1 − r)/r², |r| ≤ ½ ln 2", exp_rest, (-R, R, 4), (-R, R, 9)),
    ("TANH", "(tanh x − x)/x³ in x², |x| ≤ 0.55", tanh_rest, (0, "0.3035", 4), (0, "0.3035", 10)),
    ("LN", "(ln(1 + f) − f + f²/2)/f³, √½ ≤ 1 + f ≤ √2", ln_rest, (LOW, HIGH, 7), None),
    ("ATANH", "(ln((1 + s)/(1 − s)) − 2s)/s³ in s², √½ ≤ (1 + s)/(1 − s) ≤ √2", atanh_rest,
     None, (0, S2, 6)),
    ("SINH", "(sinh x − x)/x³ in x², |x| ≤ 1", sinh_rest, (0, "1.001", 3), (0, "1.001", 7)),
    ("ERF", "erf(x)/x − 1 in x², |x| ≤ ½", erf_rest, (0, "0.2501", 4), (0, "0.2501", 9)),
    ("PHI", "(Φ(x) − ½)/x in x², |x| ≤ ½", phi_rest, (0, "0.2501", 3), (0, "0.2501", 8)),
    ("ERFC", "(1 + 3a/2)·exp(a²)·erfc(a) in (a − 4)/(a + 4), 0 ≤ a", erfc_scaled,
     (-1, t_of("10.3", 4), 11), (-1, t_of("27.5", 4), 22)),
    ("NORM", "(1 + 9a/8)·exp(a²/2)·Φ(−a) in (a − 5)/(a + 5), 0 ≤ a", norm_scaled,
     (-1, t_of("14.6", 5), 11), (-1, t_of("39", 5), 22)),
]


def main():
    print("//! Polynomials, from the constant up. Written by `scripts/kernels.py`, which says how")
    print("//! they are found; do not edit.\n")
    for name, formula, f, single, double in TABLES:
        for t, fit in (("f32", single), ("f64", double)):
            if fit is None:
                continue
            low, high, degree = fit
            c, error = remez(f, low, high, degree)
            print(f"/// {formula}; within {mp.nstr(error, 2)}.")
            values = ", ".join(number(v, t == "f32") for v in c)
            print(f"pub(super) const {name}_{t.upper()}: [{t}; {degree + 1}] = [{values}];\n")
            if name in ("ERFC", "NORM"):
                low = number(c[0] - rounded(c[0], t == "f32"), t == "f32")
                print("/// What the first coefficient loses by rounding.")
                print(f"pub(super) const {name}_LOW_{t.upper()}: {t} = {low};\n")
            print(name, t, degree, mp.nstr(error, 3), file=sys.stderr)


main()
