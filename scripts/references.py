#!/usr/bin/env python3
"""Reference values for the tests: every elementwise function and its first three
derivatives, and softmax with its Jacobian, to 17 significant digits.

    pip install mpmath
    python scripts/references.py            # writes the files below, in 15 seconds
    python scripts/references.py --check    # recomputes and compares them

    crates/autograd/tests/data/elementary.json       elementary functions
    crates/activations/tests/data/softmax.json       softmax, log-softmax, logsumexp, Jacobian

The activations have a script of their own, scripts/activations.py.

Nothing here shares code or formulas with the Rust kernels: the only library is mpmath
(arbitrary precision, exponents of any size), and the formulas below are the textbook ones,
free to cancel as they like, because precision is raised until it does not matter.

What a record means
-------------------
`{"x":"0.5","f32":true,"d":["…","…","…","…"]}`: at exactly the f64 number nearest to the
decimal `x`, the value and the derivatives of order 1, 2 and 3.

- A string is the true value rounded to 17 significant digits, such that parsing it gives
  the f64 nearest to the true value (subnormals too); an exact f64 is written in its
  shortest form. Below half the smallest subnormal it is "0.0" or "-0.0", from f64's
  overflow threshold on it is "inf" or "-inf". The sign of an underflow is the true sign;
  a true zero is "0.0", except that f(-0.0) is "-0.0" for odd functions and for f with
  f(0) = 0 < f'(0) (also where f'(0) is infinite); neg(0.0) is
  "-0.0". Where f(-0.0) is contested (sign, powf, the 4th root) there is no record for it.
- `null`: not differentiable that often there (a kink, a jump, a vertical tangent). What the
  crates return in such a place is a convention, and conventions are not reference values.
  Where a function has no value, there is no record.
- "f32": x is exactly an f32, so the record can be used in f32 too: round `d` to f32. (Twice
  rounded, so it is within 0.5000001 ULP of the truth.)
- "params": the exact f64 parameters, in the order of the table below. "params_f32" is false
  where one of them is not exactly an f32 (0.01, 0.2, 1/3): an f32 kernel which rounds it
  computes another function, x^(1/3) at 1e30 is 7 ULP off.
- Records in the middle of a run which says nothing new (all zeros, infinities or null, as
  on either side) are left out.

How sure the digits are
-----------------------
Each number is computed at 100 and at 400 digits; where the two do not round to the same f64
and the same 17 digits, at 400 and 1500, then 1500 and 4000, and if those differ the script
stops. Rounding is done in integers, never by a second rounding of a float. Each time the
script runs, each derivative formula is compared with numerical differentiation of its own
value at 60 digits, and known values (CHECKED below) must come out to the last bit of f64.

Sources of the formulas
-----------------------
Derivatives of elementary functions: M. Abramowitz, I. A. Stegun, Handbook of Mathematical
Functions, 3.3, 4.1-4.6, 7.1, and NIST DLMF chapters 4 and 7 (https://dlmf.nist.gov/).
Real powers and n-th roots: the derivatives of x^p are p(p-1)…(p-k+1) x^(p-k).
Softmax: dy_i/dz_j = y_i (delta_ij - y_j).
The hard case for argument reduction, 6381956970095103 * 2^797: J.-M. Muller,
Elementary Functions, chapter on range reduction.
"""

import argparse
import json
import math
import sys
from pathlib import Path

try:
    from mpmath import mp, mpf
except ImportError:
    sys.exit("this script needs mpmath: pip install mpmath")

import functions as fn
from decimals import decimal, f32, f32_step, is_f32

ROOT = Path(__file__).resolve().parent.parent
ELEMENTARY = ROOT / "crates/autograd/tests/data/elementary.json"
SOFTMAX = ROOT / "crates/activations/tests/data/softmax.json"

mp.dps = 50  # while the inputs are made
LADDER = (100, 400, 1500, 4000)  # decimal digits


# ----------------------------------------------------------------------------------- digits

def settled(compute, what):
    """Runs `compute` at rising precision until all its numbers round alike twice."""
    before = "nothing yet"
    for digits in LADDER:
        mp.dps = digits
        now = compute()
        now = None if now is None else [None if v is None else decimal(v) for v in now]
        if now == before:
            return now
        before = now
    sys.exit(f"{what}: the digits do not settle at {LADDER[-1]} digits: {before}")


# -------------------------------------------------------------------------------- the inputs

def both(values):
    return [v for a in values for v in (a, -a)]


def beside(x):
    """The neighbours of x one ULP away, in f64 and (of an f32) in f32."""
    out = [math.nextafter(x, math.inf), math.nextafter(x, -math.inf)]
    return out + [f32_step(x, True), f32_step(x, False)] if is_f32(x) else out


def last_and_first(holds, inside, outside, round_to=float):
    """By bisection: the last number of a format for which `holds`, and its neighbour, the
    first one for which it does not."""
    while True:
        middle = round_to((inside + outside) / 2)
        if middle in (inside, outside):
            return [inside, outside]
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)


TINY = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-300]
BASE = [
    1e-20, 1e-8, 1e-6, 1e-4, 0.001, 0.01, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0, 1.5, 2.0, 2.5,
    3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0, 17.0, 19.0, 20.0, 26.0, 30.0, 37.0, 38.0, 40.0, 50.0,
    87.0, 88.7, 89.0, 100.0, 103.0, 104.0, 300.0, 700.0, 709.0, 710.0, 745.0, 746.0, 1000.0,
    1e4, 1e8, 1e16, 1e100, 1e154, 1e155, 1e300, 1e308, 1.7976931348623157e308,
]
# Numbers that use all their bits; and the ends of f32's range.
FULL = [0.6931471805599453, 0.7071067811865476, 1.2345678901234567, 2.718281828459045,
        3.3333333333333335, 12.345678901234567, 123.45678901234568]
F32_ENDS = [f32(1e-45), f32(1e-40), f32(1.1754943508222875e-38), 1.4901161193847656e-08, 2.0**40,
            f32(3e38), 3.4028234663852886e38]
NEAR_ONE = beside(1.0)
POSITIVE = TINY + BASE + NEAR_ONE + FULL + F32_ENDS
POSITIVE += [f32(v) for v in BASE + FULL if 1e-38 < v < 1e38]
ALL = both([0.0] + POSITIVE)
SMALL = [x for x in ALL if abs(x) <= 1] + both([1.5, 2.0, 1e8])
SIMPLE = [x for x in ALL if abs(x) in (0.0, 5e-324, 1e-300, 1e300, 1.7976931348623157e308)
          or is_f32(x)]  # enough where nothing is computed
# Where exp meets the ends of the ranges of f64 and f32: overflow, subnormals, underflow.
F64_OVERFLOW, F32_OVERFLOW = mpf(2) ** 1024 - mpf(2) ** 970, mpf(2) ** 128 - mpf(2) ** 103
EXP_ENDS = (
    last_and_first(lambda x: mp.exp(x) < F64_OVERFLOW, 709.0, 710.0)
    + last_and_first(lambda x: mp.exp(x) < F32_OVERFLOW, 88.0, 89.0, f32)
    + last_and_first(lambda x: mp.exp(x) >= mpf(2) ** -1022, -708.0, -709.0)
    + last_and_first(lambda x: mp.exp(x) >= mpf(2) ** -126, -87.0, -88.0, f32)
    + last_and_first(lambda x: mp.exp(x) > mpf(2) ** -1075, -745.0, -746.0)
    + last_and_first(lambda x: mp.exp(x) > mpf(2) ** -150, -103.0, -104.0, f32)
)
TRIG = both([math.pi / 4, math.pi / 2, math.pi, 1.5 * math.pi, 2 * math.pi, 11.0, 22.0, 355.0,
             1e5, 1e22, 6381956970095103 * 2.0**797] + [f32(k * math.pi / 2) for k in (1, 2, 3, 4)])
COSH_ENDS = both([710.4758600739439, 710.475860073944, f32(89.415985), 355.0, 373.0, 373.5,
                  43.0, 44.0, 52.0, 52.5])
ERF_ENDS = both([3.9, 5.9, 9.0, 9.2, 10.05, 10.25, 13.0, 13.25, 14.25, 14.5, 18.5, 26.5,
                 27.2, 27.25, 27.5, 36.5, 37.5, 38.25, 38.5, 38.75])


def ends_of_base(a):
    """Where a^x meets the ends of f64 and f32."""
    c = math.log2(a)
    return [round(k / c * 16) / 16 for k in (127.5, 128, 128.5, -126, -149, -150.5, 1023.5, 1024, 1024.5,
                                             -1022, -1074, -1075.5)]


# Functions: name, formula, inputs, lists of parameters, and what f(-0.0) is: "+" for 0.0 and
# any other value, "-" for -0.0, None to leave -0.0 out.
THIRD = 1 / 3
TABLE = [
    ("neg", fn.neg, SIMPLE, [[]], "+"),
    ("abs", fn.absolute, SIMPLE, [[]], "+"),
    ("sign", fn.sign, SIMPLE, [[]], None),
    ("exp", fn.exp, ALL + EXP_ENDS, [[]], "+"),
    ("exp2", lambda x: fn.exp_base(x, mpf(2)), ALL + ends_of_base(2), [[]], "+"),
    ("exp_m1", fn.exp_m1, ALL + EXP_ENDS, [[]], "-"),
    ("ln", fn.log, ALL, [[]], "+"),
    ("log2", lambda x: fn.log(x, mpf(2)), ALL, [[]], "+"),
    ("log10", lambda x: fn.log(x, mpf(10)), ALL, [[]], "+"),
    ("log", fn.log, ALL + [9.0, 27.0, 81.0], [[3.0], [0.5]], "+"),
    ("ln_1p", fn.ln_1p, ALL, [[]], "-"),
    ("sqrt", lambda x: fn.root(x, 2), ALL, [[]], "-"),
    ("cbrt", lambda x: fn.root(x, 3), ALL + both([27.0, 64.0]), [[]], "-"),
    ("root", fn.root, ALL + both([16.0, 27.0, 32.0, 81.0]), [[3.0], [5.0]], "-"),
    ("root", fn.root, ALL + [16.0, 81.0], [[4.0]], None),  # IEEE 754 rootn(-0, 4) is 0, but sqrt(-0) is -0
    ("powi", fn.powi, ALL, [[0.0], [1.0], [2.0], [3.0], [-1.0], [-2.0], [-3.0], [10.0]], "parity"),
    ("powf", fn.powf, ALL, [[0.5], [2.5], [-1.5], [THIRD]], None),
    ("exp_base", fn.exp_base, ALL, [[2.0], [0.5], [10.0], [3.0]], "+"),
    ("recip", fn.recip, ALL, [[]], "+"),
    ("square", fn.square, ALL, [[]], "+"),
    ("sin", fn.sin, ALL + TRIG, [[]], "-"),
    ("cos", fn.cos, ALL + TRIG, [[]], "+"),
    ("tan", fn.tan, ALL + TRIG, [[]], "-"),
    ("asin", fn.asin, SMALL, [[]], "-"),
    ("acos", fn.acos, SMALL, [[]], "+"),
    ("atan", fn.atan, ALL, [[]], "-"),
    ("sinh", fn.sinh, ALL + COSH_ENDS, [[]], "-"),
    ("cosh", fn.cosh, ALL + COSH_ENDS, [[]], "+"),
    ("tanh", fn.tanh, ALL + COSH_ENDS, [[]], "-"),
    ("asinh", fn.asinh, ALL, [[]], "-"),
    ("acosh", fn.acosh, ALL, [[]], "+"),
    ("atanh", fn.atanh, SMALL, [[]], "-"),
    ("erf", fn.erf, ALL + ERF_ENDS, [[]], "-"),
    ("erfc", fn.erfc, ALL + ERF_ENDS, [[]], "+"),
    ("floor", fn.floor, SIMPLE + FULL + both([0.1, 0.9]), [[]], "+"),
    ("ceil", fn.ceil, SIMPLE + FULL + both([0.1, 0.9]), [[]], "-"),
    ("round", fn.round_, SIMPLE + FULL + both([0.1, 0.9]), [[]], "-"),
    ("step", fn.step, SIMPLE, [[]], "+"),
    ("norm_cdf", fn.norm_cdf, ALL + ERF_ENDS, [[]], "+"),
    ("gauss", fn.gauss, ALL + ERF_ENDS, [[1.0], [0.5]], "+"),
]
KEEPS_SIGN_OF_X_AT_ZERO = ("ceil", "round")  # IEEE 754 roundToIntegral: round(-0.3) is -0.0


def records(name, formula, inputs, params, minus_zero, keep=()):
    """The records of one function, sorted by x, without those that say nothing new, unless their x
    is one to keep."""
    if minus_zero == "parity":
        minus_zero = "-" if params[0] % 2 == 1 and params[0] > 0 else "+"
    exact = [mpf(p) for p in params]
    unique = {(x, math.copysign(1.0, x)) for x in inputs}
    out = []
    for x, _ in sorted(unique):
        is_minus_zero = x == 0.0 and math.copysign(1.0, x) < 0
        if is_minus_zero and minus_zero is None:
            continue
        d = settled(lambda: formula(mpf(x), *exact), f"{name}{params} at {x!r}")
        if d is None:
            continue
        if x == 0.0 and d[0] == "0.0":
            if is_minus_zero and minus_zero == "-":
                d[0] = "-0.0"
            elif name == "neg" and not is_minus_zero:
                d[0] = "-0.0"
        elif name in KEEPS_SIGN_OF_X_AT_ZERO and x < 0 and d[0] == "0.0":
            d[0] = "-0.0"
        out.append((x, d))
    plain = {"0.0", "-0.0", "inf", "-inf", None}

    def says_nothing(i):
        same = 0 < i < len(out) - 1 and out[i - 1][1] == out[i][1] == out[i + 1][1]
        same = same and out[i][0] not in keep
        return same and not set(out[i][1]) - plain

    return [r for i, r in enumerate(out) if not says_nothing(i)]


def known_slopes(name, formula, params, points):
    """Compares each derivative with the numerical one of the value, at 60 digits."""
    exact = [mpf(p) for p in params]
    mp.dps = 60
    for point in points:
        x = mpf(point)
        d = formula(x, *exact)
        if d is None or None in d:
            continue
        for k in (1, 2, 3):
            numeric = mp.diff(lambda t: mpf(formula(t, *exact)[0]), x, k)
            if abs(numeric - d[k]) > mpf(10) ** -40 * max(1, abs(d[k])):
                sys.exit(f"{name}{params}: derivative {k} at {point}: {d[k]}, numerically {numeric}")


def functions_file(table):
    parts = []
    for name, formula, inputs, params_list, minus_zero in table:
        for params in params_list:
            known_slopes(name, formula, params, (-7.3, -1.7, -0.6, 0.15, 0.6, 1.7, 7.3))
            lines = []
            for x, d in records(name, formula, inputs, params, minus_zero):
                record = {"x": repr(x), "f32": is_f32(x), "d": d}
                lines.append(json.dumps(record, separators=(",", ":")))
            head = (f'{{"name":{json.dumps(name)},"params":{json.dumps(params)},'
                    f'"params_f32":{json.dumps(all(map(is_f32, params)))},"records":[\n')
            parts.append(head + ",\n".join(lines) + "\n]}")
    return '{"functions":[\n' + ",\n".join(parts) + "\n]}\n"


# ----------------------------------------------------------------------------------- softmax

VECTORS = [
    [1.0, 2.0, 3.0],
    [1000.0, 1001.0, 1002.0],
    [0.0, 0.0, 0.0],
    [0.0, -40.0],
    [0.0, -103.0],
    [0.0, -745.0],
    [0.0, -1e308],
    [2.0, 2.0, -1.0],
    [3.5, -2.0, 0.25, 7.0, -11.0],
    [-4.0, -2.5, -1.25, -0.5, -0.0625, 0.0, 0.375, 1.75, 3.0, 6.5],
    [800.3, 0.0, 100.7],
]


def softmax(z):
    """[logsumexp, softmax…, log_softmax…, Jacobian row by row…] of a list of mpf."""
    m = max(z)
    first = z.index(m)
    e = [mp.exp(v - m) for v in z]
    total = sum(e)
    y = [v / total for v in e]
    log_total = mp.log1p(sum(e[:first] + e[first + 1:]))
    n = range(len(z))
    rest = [sum(y[j] for j in n if j != i) for i in n]
    jacobian = [y[i] * rest[i] if i == j else -y[i] * y[j] for i in n for j in n]
    return [m + log_total] + y + [(v - m) - log_total for v in z] + jacobian


def softmax_file():
    parts = []
    for z in VECTORS:
        n = len(z)
        out = settled(lambda: softmax([mpf(v) for v in z]), f"softmax of {z}")
        dump = lambda v: json.dumps(v, separators=(",", ":"))
        rows = [dump(out[1 + 2 * n + i * n: 1 + 2 * n + (i + 1) * n]) for i in range(n)]
        parts.append(
            f'{{"z":{dump([repr(v) for v in z])},"f32":{dump(all(map(is_f32, z)))},\n'
            f'"softmax":{dump(out[1:1 + n])},\n'
            f'"log_softmax":{dump(out[1 + n:1 + 2 * n])},\n'
            f'"logsumexp":{dump(out[0])},\n'
            '"jacobian":[\n' + ",\n".join(rows) + "\n]}"
        )
    return '{"cases":[\n' + ",\n".join(parts) + "\n]}\n"


# ------------------------------------------------------------------------------ known values
# Published or found with other tools: name, parameters, order, x, digits. The x are the f64
# nearest to these decimals.

CHECKED = [
    ("tanh", [], 0, 1e-8, "1e-8"),
    ("tanh", [], 0, 1e-6, "9.999999999996667e-7"),
    ("tanh", [], 1, 4.0, "1.3409506830258969e-3"),
    ("tanh", [], 1, 6.0, "2.4576547405332701e-5"),
    ("tanh", [], 1, 9.0, "6.0919917123232292e-8"),
    ("tanh", [], 1, 10.0, "8.2446144557673974e-9"),
    ("tanh", [], 1, 14.0, "2.7657600427722565e-12"),
    ("tanh", [], 1, 19.0, "1.2556531168192118e-16"),
    ("tanh", [], 1, 20.0, "1.6993417021166356e-17"),
    ("tanh", [], 3, 0.0, "-2"),
    ("log10", [], 0, 1000.0, "3"),
    ("root", [3.0], 0, -8.0, "-2"),
    ("sin", [], 0, 1e22, "-0.85220084976718880"),
]
JACOBIAN_123 = """
     0.081925069064993228  -0.022033044520174296  -0.059892024544818932
    -0.022033044520174296   0.18483644650997872   -0.16280340198980442
    -0.059892024544818932  -0.16280340198980442    0.22269542653462336"""
SOFTMAX_123 = "0.090030573170380458 0.24472847105479765 0.66524095577482189"
LOG_SOFTMAX_123 = "-2.4076059644443803 -1.4076059644443803 -0.4076059644443803"
CHECKED_SOFTMAX = [
    ([1.0, 2.0, 3.0], f"3.4076059644443803 {SOFTMAX_123} {LOG_SOFTMAX_123} {JACOBIAN_123}"),
    ([1000.0, 1001.0, 1002.0], f"1002.4076059644444 {SOFTMAX_123} {LOG_SOFTMAX_123} {JACOBIAN_123}"),
    ([0.0, -745.0], "4.9e-324 1 2.8223507304719371e-324"),  # only the first numbers of it
]


def check_known():
    table = {name: formula for name, formula, *_ in TABLE}
    wrong = 0
    for name, params, order, x, text in CHECKED:
        exact = [mpf(p) for p in params]
        got = settled(lambda: table[name](mpf(x), *exact), name)[order]
        if float(got) != float(text):
            print(f"{name}{params}, order {order}, at {x!r}: {got}, known: {text}")
            wrong += 1
    for z, text in CHECKED_SOFTMAX:
        got = settled(lambda: softmax([mpf(v) for v in z]), f"softmax of {z}")
        known = text.split()
        if [float(v) for v in got[: len(known)]] != [float(v) for v in known]:
            print(f"softmax of {z}: {got}, known: {known}")
            wrong += 1
    return wrong


def write_or_compare(path, make, check):
    """Writes a file, or counts the lines of it that would change."""
    text = make()
    shown = path.relative_to(ROOT)
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"{shown}: {text.count(chr(10))} lines, {len(text)} bytes")
        return 0
    old = path.read_text().splitlines() if path.exists() else []
    new = text.splitlines()
    differing = [i for i in range(max(len(old), len(new))) if old[i:i + 1] != new[i:i + 1]]
    print(f"{shown}: {len(new)} lines, {len(differing)} differ")
    for i in differing[:5]:
        print(f"  line {i + 1}\n    file: {''.join(old[i:i + 1])}\n    now:  {''.join(new[i:i + 1])}")
    return len(differing)


def main():
    parser = argparse.ArgumentParser(description="Writes the reference values of the tests.")
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    arguments = parser.parse_args()
    wrong = check_known()
    files = {
        ELEMENTARY: lambda: functions_file(TABLE),
        SOFTMAX: softmax_file,
    }
    for path, make in files.items():
        wrong += write_or_compare(path, make, arguments.check)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
