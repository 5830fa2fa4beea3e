#!/usr/bin/env python3
"""The polynomials of the vector kernels, crates/autograd/src/kernel/tables.rs, and the ratios of
polynomials of gelu, crates/activations/src/formulas/tables.rs.

    pip install mpmath
    python scripts/kernels.py > crates/autograd/src/kernel/tables.rs    # half a minute
    python scripts/kernels.py gelu > crates/activations/src/formulas/tables.rs   # three minutes
    rustfmt crates/autograd/src/kernel/tables.rs crates/activations/src/formulas/tables.rs

Each table is the best polynomial in the sense of Chebyshev, found by Remez' exchange with 60
digits (E. W. Cheney, Introduction to Approximation Theory, ch. 3), of a function that is smooth
and far from 0, so that its absolute error is what the kernel inherits; the ratios are best by
relative error (ch. 5). The largest error before the coefficients are rounded is printed beside
each table. The functions are the textbook ones of
mpmath; nothing comes from another library's tables.
"""

import struct
import sys

try:
    from mpmath import mp, mpf, exp, expm1, log, log1p, sinh, tanh, erf, erfc, sqrt, sin, cos
    from mpmath import pi, matrix, lu_solve, polyval, findroot
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


def exp2_part(n):
    """(2^(r/n) - 1)/r"""
    return lambda r: exp2_ratio(r / n) / n


def exp2_ratio(r):
    """(2^r - 1)/r"""
    return log(2) + log(2) ** 2 * r / 2 if abs(r) < mpf("1e-20") else expm1(r * log(2)) / r


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


def ln_1p_rest(z):
    """(2 artanh(t/2) - t)/t^3, z = t^2"""
    t = sqrt(abs(z))
    if t < mpf("1e-8"):
        return mpf(1) / 12 + z / 80
    return (log((2 + t) / (2 - t)) - t) / t**3


def sin_rest(z):
    """(sin x - x)/x^3, z = x^2"""
    x = sqrt(abs(z))
    if x < mpf("1e-8"):
        return -mpf(1) / 6 + z / 120
    return (sin(x) - x) / x**3


def cos_rest(z):
    """(cos x - 1 + x^2/2)/x^4, z = x^2"""
    if z < mpf("1e-12"):
        return mpf(1) / 24 - z / 720
    return (cos(sqrt(z)) - 1 + z / 2) / z**2


def parts(value, bits):
    """value as a sum of numbers with so many bits each; their last bits are where the next begin"""
    low = 0
    for b in bits:
        low -= b
        part = mp.floor(mp.ldexp(value, -low - 1)) * mp.ldexp(1, low + 1)
        yield float(part)
        value -= part


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
    ("EXP_M1", "The same one degree higher, for differences", exp_rest, (-R, R, 5), (-R, R, 10)),
    ("EXP_EIGHTH", "(eʳ − 1 − r)/r², |r| ≤ ln 2/16", exp_rest, None, (-R / 8, R / 8, 5)),
    ("EXP2", "(2ʳ − 1)/r, |r| ≤ ½", exp2_ratio, ("-0.501", "0.501", 5), ("-0.501", "0.501", 10)),
    ("EXP2_PART", "(2^(r/16) − 1)/r, |r| ≤ ½", exp2_part(16), ("-0.53", "0.53", 2), None),
    ("EXP2_PART", "(2^(r/8) − 1)/r, |r| ≤ ½", exp2_part(8), None, ("-0.501", "0.501", 6)),
    ("LN", "(ln(1 + f) − f + f²/2)/f³, √½ ≤ 1 + f ≤ √2", ln_rest, (LOW, HIGH, 7), None),
    ("ATANH", "(ln((1 + s)/(1 − s)) − 2s)/s³ in s², √½ ≤ (1 + s)/(1 − s) ≤ √2", atanh_rest,
     None, (0, S2, 6)),
    ("LN_1P", "(2 artanh(t/2) − t)/t³ in t², t ≤ ⅔", ln_1p_rest, (0, "0.4445", 3), (0, "0.4445", 10)),
    ("SINH", "(sinh x − x)/x³ in x², |x| ≤ 1", sinh_rest, (0, "1.001", 3), (0, "1.001", 7)),
    ("SIN", "(sin x − x)/x³ in x², |x| ≤ π/4", sin_rest, (0, "0.618", 2), (0, "0.618", 5)),
    ("COS", "(cos x − 1 + x²/2)/x⁴ in x², |x| ≤ π/4", cos_rest, (0, "0.618", 2), (0, "0.618", 5)),
    ("ERF", "erf(x)/x − 1 in x², |x| ≤ ½", erf_rest, (0, "0.2501", 4), (0, "0.2501", 9)),
    ("PHI", "(Φ(x) − ½)/x in x², |x| ≤ ½", phi_rest, (0, "0.2501", 3), (0, "0.2501", 8)),
    ("ERFC", "(1 + 3a/2)·exp(a²)·erfc(a) in (a − 4)/(a + 4), 0 ≤ a", erfc_scaled,
     (-1, t_of("10.3", 4), 11), (-1, t_of("27.5", 4), 22)),
    ("NORM", "(1 + 9a/8)·exp(a²/2)·Φ(−a) in (a − 5)/(a + 5), 0 ≤ a", norm_scaled,
     (-1, t_of("14.6", 5), 11), (-1, t_of("39", 5), 22)),
]


def gelu_value(a):
    """V = e^(a^2/2) Phi(-a)"""
    return erfcx(a / sqrt(mpf(2))) / 2


RHO = findroot(lambda a: gelu_value(a) - a / sqrt(2 * pi), mpf("0.75"))


def gelu_slope(a):
    """S = (V - a/sqrt(2 pi))/(rho - a); at rho minus the derivative of the numerator, where
    V' = aV - 1/sqrt(2 pi)"""
    if abs(a - RHO) < mpf("1e-25"):
        return 2 / sqrt(2 * pi) - RHO * gelu_value(RHO)
    return (gelu_value(a) - a / sqrt(2 * pi)) / (RHO - a)


RATIOS = [
    ("V", "e^(a²/2)·Φ(−a)", gelu_value, (24, "14.7", 4, 5), (53, "39", 10, 11)),
    ("S", "(e^(a²/2)·Φ(−a) − a·φ(0))/(ρ − a)", gelu_slope, (24, "14.7", 4, 4), (53, "39", 10, 10)),
]


K = 2 * sqrt(2 / pi)
L = K * mpf("0.044715")


def gelu_tanh_left(x):
    """1 + e^v + x v', v = K x + L x^3, which gelu_tanh' is on the left but for positive factors"""
    return 1 + exp(K * x + L * x**3) + K * x + 3 * L * x**3


def mish_slope(x):
    e = exp(x)
    return e * (4 * (x + 1) + (4 * x + 6) * e + 4 * e**2 + e**3) / (2 + 2 * e + e**2) ** 2


def from_root(f, guess):
    """f(r + h)/h at the root r of f"""
    r = findroot(f, mpf(guess))
    slope = mp.diff(f, r)
    return lambda h: slope if abs(h) < mpf("1e-20") else f(r + h) / h


def exp_m1_ratio(x):
    """(e^x - 1)/x"""
    return 1 + x / 2 if abs(x) < mpf("1e-20") else expm1(x) / x


def shrink_ratio(z):
    """(x - tanh x)/x^3, z = x^2"""
    x = sqrt(abs(z))
    return mpf(1) / 3 - 2 * z / 15 if x < mpf("1e-8") else (x - tanh(x)) / x**3


def sin_square_ratio(z):
    """(sin x/x)^2, z = x^2"""
    x = sqrt(abs(z))
    return 1 - z / 3 if x < mpf("1e-12") else (sin(x) / x) ** 2


def sin_twice_ratio(z):
    """sin 2x/(2x), z = x^2"""
    return 1 + 4 * z * sin_rest(4 * z)


# name, formula, function, interval, degree; in f32
SINGLES = [
    ("GELU_TANH_NEAR", "(1 + eᵛ + x·v′)/h for |h| ≤ 0.13, h = x − r", from_root(gelu_tanh_left, "-0.75"),
     ("-0.13", "0.13"), 4),
    ("MISH_NEAR", "mish′/h for −0.51 ≤ h ≤ 1.51, h = x − r", from_root(mish_slope, "-1.19"),
     ("-0.51", "1.51"), 11),
    ("EXP_M1", "(eˣ − 1)/x for −0.7 ≤ x ≤ 0", exp_m1_ratio, ("-0.7", 0), 5),
    ("SHRINK", "(x − tanh x)/x³ in x², |x| ≤ 1", shrink_ratio, (0, 1), 7),
    ("SIN_SQUARE", "(sin x/x)² in x², |x| ≤ ½", sin_square_ratio, (0, "0.26"), 3),
    ("SIN_TWICE", "sin 2x/(2x) in x², |x| ≤ π/4", sin_twice_ratio, (0, "0.618"), 4),
]


def alternating(error):
    """The largest error of each sign, in turn."""
    extrema = []
    for i, e in enumerate(error):
        if extrema and (e > 0) == (error[extrema[-1]] > 0):
            if abs(e) > abs(error[extrema[-1]]):
                extrema[-1] = i
        else:
            extrema.append(i)
    return extrema


def ratio(f, end, m, n, rounds=25):
    """The ratio P/Q of degrees m and n next to f on [0, end], Q(0) = 1: P, Q, the relative error.
    The points are taken in t = (a - 3)/(a + 3)."""
    unknowns = m + n + 2
    fine = 30 * unknowns
    low, high = mpf(-1), t_of(end, 3)
    t = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / fine) for i in range(fine + 1)]
    x = [3 * (1 + t) / (1 - t) for t in t]
    values = [f(x) for x in x]
    at = [fine * i // (unknowns - 1) for i in range(unknowns)]
    best, q, error = None, [mpf(1)] + [mpf(0)] * n, mpf(0)
    for _ in range(rounds):
        for _ in range(6):  # P = f·(1 ± error)·Q is linear but for the last product
            system, right = matrix(unknowns, unknowns), matrix(unknowns, 1)
            for row, i in enumerate(at):
                sign = (-1) ** row
                for j in range(m + 1):
                    system[row, j] = x[i] ** j / values[i]
                for j in range(1, n + 1):
                    system[row, m + j] = -(x[i] ** j) * (1 + sign * error)
                system[row, m + n + 1] = -sign * polyval(q[::-1], x[i])
                right[row] = 1 + sign * error
            solution = list(lu_solve(system, right))
            p, q = solution[: m + 1], [mpf(1)] + solution[m + 1 : m + n + 1]
            error += solution[-1]
            if abs(solution[-1]) < abs(error) * mpf("1e-6"):
                break
        off = [polyval(p[::-1], x) / polyval(q[::-1], x) / v - 1 for x, v in zip(x, values)]
        largest = max(abs(e) for e in off)
        if best is None or largest < best[2]:
            best = p, q, largest
        at = alternating(off)
        while len(at) > unknowns:  # drop the weaker end
            at.pop(0 if abs(off[at[0]]) < abs(off[at[-1]]) else -1)
        if len(at) < unknowns or largest < abs(error) * mpf("1.002"):
            break
    return best


def scaled(f, end, p, q):
    """P and Q times the one of 4000 factors that makes their coefficients round best to f32."""
    high = float(t_of(end, 3))
    t = [-1 + (high + 1) * i / 100 for i in range(101)]
    points = [(a, float(f(mpf(a)))) for a in (3 * (1 + t) / (1 - t) for t in t)]

    def value(c, a):
        y = 0.0
        for c in reversed(c):
            y = y * a + c
        return y

    def error(factor):
        a, b = ([rounded(c * factor, True) for c in c] for c in (p, q))
        return max(abs(value(a, x) / value(b, x) / y - 1) for x, y in points)

    factor = min((1 + mpf(i) / 4000 for i in range(4000)), key=error)
    return [c * factor for c in p], [c * factor for c in q]


def header():
    print("//! Polynomials, from the constant up. Written by `scripts/kernels.py`, which says how")
    print("//! they are found; do not edit.")
    print("#![allow(clippy::approx_constant)] // a coefficient is what it is\n")


def in_parts(name, p, q):
    """P/Q with its limit far out taken apart, so that what is rounded most counts least: V as
    P/(K·a·P + R), where K·a is the limit of 1/V, and S as K + R/Q, K its limit."""
    if name == "V":
        k = q[-1] / p[-1]
        return k, p, [q[0]] + [q[i + 1] - k * p[i] for i in range(len(p) - 1)]
    k = p[-1] / q[-1]
    return k, [a - k * b for a, b in zip(p[:-1], q)], q


FORMS = {"V": "P/(K·a·P + R)", "S": "K + R/Q"}


def ratios():
    header()
    for name, formula, f, *fits in RATIOS:
        for bits, end, m, n in fits:
            p, q, error = ratio(f, end, m, n)
            if bits == 24:
                p, q = scaled(f, end, p, q)
            k, *lists = in_parts(name, p, q)
            print(f"/// {formula} for 0 ≤ a ≤ {end} as {FORMS[name]}; within {mp.nstr(error, 2)} of itself.")
            kind = ", ".join(f"[f64; {len(c)}]" for c in lists)
            lists = ", ".join("[" + ", ".join(number(v, bits == 24) for v in c) + "]" for c in lists)
            k = number(k, bits == 24)
            print(f"pub(crate) const {name}_{bits}: (f64, {kind}) = ({k}, {lists});\n")
            print(name, bits, mp.nstr(error, 3), file=sys.stderr)
    for name, formula, f, (low, high), degree in SINGLES:
        c, error = remez(f, low, high, degree)
        print(f"/// {formula}; within {mp.nstr(error, 2)}.")
        values = ", ".join(number(v, True) for v in c)
        print(f"pub(crate) const {name}_24: [f64; {degree + 1}] = [{values}];\n")
        print(name, degree, mp.nstr(error, 3), file=sys.stderr)


def main():
    header()
    for name, formula, f, single, double in TABLES:
        for t, fit in (("f32", single), ("f64", double)):
            if fit is None:
                continue
            low, high, degree = fit
            c, error = remez(f, low, high, degree)
            print(f"/// {formula}; within {mp.nstr(error, 2)}.")
            values = ", ".join(number(v, t == "f32") for v in c)
            print(f"pub(super) const {name}_{t.upper()}: [f64; {degree + 1}] = [{values}];\n")
            if name in ("ERFC", "NORM"):
                low = number(c[0] - rounded(c[0], t == "f32"), t == "f32")
                print("/// What the first coefficient loses by rounding.")
                print(f"pub(super) const {name}_LOW_{t.upper()}: {t} = {low};\n")
            print(name, t, degree, mp.nstr(error, 3), file=sys.stderr)
    for t, bits in (("f32", [12] * 5 + [24]), ("f64", [33] * 3 + [53])):
        print(f"/// π/2 in parts of {bits[0]} bits, the last of {bits[-1]}.")
        values = ", ".join(map(repr, parts(pi / 2, bits)))
        print(f"pub(super) const HALF_PI_{t.upper()}: [f64; {len(bits)}] = [{values}];\n")
    for t, n in (("f32", 16), ("f64", 8)):
        powers = [mpf(2) ** (mpf(j) / n) for j in range(n)]
        values = ", ".join(number(v, t == "f32") for v in powers)
        print(f"/// 2^(j/{n})")
        print(f"pub(super) const POWERS_{t.upper()}: [{t}; {n}] = [{values}];\n")
    lost = ", ".join(number(log(v / mpf(rounded(v, False))), False) for v in powers)
    print("/// The logarithms of what the last lose by rounding.")
    print(f"pub(super) const LOST_F64: [f64; {n}] = [{lost}];")


if sys.argv[1:] == ["gelu"]:
    ratios()
else:
    main()
