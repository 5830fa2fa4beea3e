#!/usr/bin/env python3
"""Reference values for the activations: value and derivatives to 17 significant digits.

    pip install mpmath
    python scripts/activations.py            # writes crates/activations/tests/data/activations.json
    python scripts/activations.py --check    # recomputes and compares it
    python scripts/activations.py --at mish 1.0 -20     # value and slopes at some points

The only library is mpmath (arbitrary precision). A formula is written once, for a number type that
carries a Taylor series, so that its derivatives are exact consequences of it; nothing is shared with
the Rust formulas, which are arranged for stability, while these are the textbook ones, free to
cancel, because precision is raised until it does not matter (400 digits, then 1500, then 4000; two
levels have to agree). Each time the script runs, derivatives are compared with numerical
differentiation at 60 digits, and published values must come out.

What a record means: see scripts/references.py, from which the inputs and the writing of decimals
come. Besides the records there are

- "beside": at each branch point of a function (a kink, a seam, or a place where the Rust formula
  changes sides) the value and the derivatives of orders 1 to 6, as limits from the left and from
  the right.

Sources of the formulas: D. Hendrycks, K. Gimpel, arXiv:1606.08415 (gelu and its tanh form);
G. Klambauer et al., arXiv:1706.02515 (selu); J. T. Barron, arXiv:1704.07483 (celu); D. Misra,
arXiv:1908.08681 (mish); P. Ramachandran et al., arXiv:1710.05941 (swish); S. K. Roy et al.,
arXiv:1901.05894 (lisht); L. Ziyin et al., arXiv:2006.08195 (snake); V. Sitzmann et al.,
arXiv:2006.09661 (sine); J. T. Barron, arXiv:2112.11687 (squareplus); A. Howard et al.,
arXiv:1905.02244 (hardswish); D. So et al., arXiv:2109.08668 (relu squared); the documentation of
PyTorch 2, JAX and Keras 3 for the piecewise ones and all defaults.
"""

import argparse
import json
import math
import random
import sys

import references as ref
from decimals import decimal, f32, is_f32
from functions import erfc_value
from references import ROOT, both, beside
from series import Series
from mpmath import mp, mpf

FILE = ROOT / "crates/activations/tests/data/activations.json"
ref.LADDER = (400, 1500, 4000)
ORDERS, SIDES = 4, 7  # orders of a record, orders beside a branch point


# -------------------------------------------------------------------------------- formulas
# Each takes the series x, a side (-1, 0, 1: which limit is meant at a branch point, 0 the value
# itself) and the parameters.

def under(x, side, limit):
    """x < limit, or at the limit coming from the left."""
    return x.c[0] < limit or (x.c[0] == limit and side < 0)


def over(x, side, limit):
    return x.c[0] > limit or (x.c[0] == limit and side > 0)


def tanh_of(x):
    if x.c[0] < 0:
        return -tanh_of(-x)
    if x.c[0] < 1:
        m = (2 * x).expm1()
        return m / (m + 2)
    q = (-2 * x).exp()
    return 1 - 2 * q / (1 + q)


def phi_of(x):
    pdf = (x * x / -2).exp() / mp.sqrt(2 * mp.pi)
    return x.integrated(erfc_value(-x.c[0] / mp.sqrt(2)) / 2, pdf)


def logistic(x):
    return 1 / (1 + (-x).exp())


def leaky(x, side, slope):
    return slope * x if under(x, side, 0) else x


def elu(x, side, alpha):
    return alpha * x.expm1() if under(x, side, 0) else x


def celu(x, side, alpha):
    return alpha * (x / alpha).expm1() if under(x, side, 0) else x


def selu(x, side):
    a, scale = mpf("1.6732632423543772848170429916717"), mpf("1.0507009873554804934193349852946")
    return scale * elu(x, side, a)


def clamp(x, side, low, high):
    return 0 * x + low if under(x, side, low) else 0 * x + high if over(x, side, high) else x


def keras_relu(x, side, slope, most, threshold):
    if under(x, side, threshold):
        return slope * (x - threshold)
    return x if under(x, side, most) else 0 * x + most


def softplus(x, side, beta):
    u = beta * x
    return ((-u).exp().log1p() + u if u.c[0] > 0 else u.exp().log1p()) / beta


def logsigmoid(x, side):
    return -softplus(-x, side, 1)


def squareplus(x, side, b):
    return (x + (x * x + b).sqrt()) / 2


def softsign(x, side):
    return x / (1 - x if under(x, side, 0) else 1 + x)


def log1mexp(x, side):
    return None if x.c[0] <= 0 else (-((-x).expm1())).log() if x.c[0] < 1 else (-((-x).exp())).log1p()


def gelu_tanh(x, side):
    v = 2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x * x * x)
    return x * logistic(v)


def mish(x, side):
    return x * tanh_of(softplus(x, side, 1))


def hardswish(x, side):
    return 0 * x if under(x, side, -3) else x if over(x, side, 3) else x * (x + 3) / 6


def threshold(x, side, limit, value):
    return x if over(x, side, limit) else 0 * x + value


def hardshrink(x, side, l):
    return x if under(x, side, -l) or over(x, side, l) else 0 * x


def softshrink(x, side, l):
    return x + l if under(x, side, -l) else x - l if over(x, side, l) else 0 * x


def sparse_plus(x, side):
    return 0 * x if under(x, side, -1) else x if over(x, side, 1) else (x + 1) * (x + 1) / 4


def sign(x, side):
    return 0 * x + (-1 if under(x, side, 0) else 1 if over(x, side, 0) else 0)


def relu_squared(x, side):
    return 0 * x if under(x, side, 0) else x * x


def sine(x, side, omega):
    return (omega * x).sin_cos()[0]


def snake(x, side, a):
    s = (a * x).sin_cos()[0]
    return x + s * s / a


GELU_ROOT, SILU_ROOT, SILU_BEND = -0.7517915246935645, -1.2784645427610738, 2.3993572805154677
GT_ROOT, GT_BEND = -0.7524614220710163, 1.4185040087908283
MISH_ROOT, MISH_BENDS = -1.1924312145154952, [-2.256376396360793, 1.4905711794854284]
LISHT_BEND, HALF = 1.1996786402577337, math.sqrt(0.5)


def apart(distance, *roots):
    """Where a formula from a root is left for the one as it stands."""
    return [r + d for r in roots for d in (distance, -distance)]


def around(*roots):
    """Next to roots of derivatives, where formulas may cancel."""
    steps = [0.0, 1e-9, 1e-6, 1e-4, 2e-3, 0.01, 0.03, 0.1, 0.3]
    return [v for r in roots for s in both(steps) for v in (r + s, f32(r + s))]


def silu_branches(p):
    """Of silu(k·x), k the parameter."""
    places = apart(0.25, SILU_ROOT) + apart(0.5, SILU_BEND, -SILU_BEND)
    return [0.0] + [x / p[0] for x in places]


RANDOM = random.Random(1)
SPREAD = [f32(RANDOM.uniform(-9, 9)) for _ in range(80)] + [RANDOM.uniform(-3, 3) for _ in range(30)]
SPREAD += [f32(RANDOM.uniform(-90, 90)) for _ in range(10)] + [RANDOM.uniform(-740, 740) for _ in range(10)]
COMMON = ref.ALL + SPREAD
EXP = COMMON + both(ref.EXP_ENDS)
GAUSS = COMMON + ref.ERF_ENDS + both([25.5, 26.0, 26.25, 26.5, 27.0, 27.25, 9.0, 9.25, 9.5, 10.0, 36.9, 37.0, 37.25])
TAILS = COMMON + both([9.9, 10.0, 10.1, 10.25, 10.5, 13.9, 14.0, 14.25, 20.0, 20.5, 21.0, 21.25, 21.5, 4.5, 5.5, 6.5, 7.5])
EIGHTHS = [1 + k / 8 for k in range(1, 17)]
FEW = [x for x in COMMON if abs(x) < 1e290 and not 1e34 < abs(x) < 1e39]  # k·x does not overflow

# Always on record, also in a run of zeros, infinities or null.
NEEDED = both([0.0, 5e-324, 1e-310, f32(1e-45), f32(1e-40), 1e-8, f32(1e-8), 20.0, 88.7, f32(88.7), 100.0,
               700.0, 745.0, 1e4, 1e100, 1e308, f32(3e38)])

# Name, formula, inputs, lists of parameters, f(-0.0) as in references.py, kinks and seams,
# and other branch points of the Rust formula; both may depend on the parameters.
TABLE = [
    ("identity", lambda x, side: x, COMMON, [[]], "-", [], []),
    ("relu", lambda x, side: leaky(x, side, 0), COMMON, [[]], "+", [0.0], []),
    ("relu6", lambda x, side: clamp(x, side, 0, 6), COMMON, [[]], "+", [0.0, 6.0], []),
    ("leaky_relu", leaky, COMMON, [[0.01], [0.2]], "-", [0.0], []),
    ("rrelu", lambda x, side, l, u: leaky(x, side, (l + u) / 2), COMMON, [[0.125, 1 / 3]], "-", [0.0], []),
    ("relu_squared", relu_squared, COMMON, [[]], "+", [0.0], []),
    ("keras_relu", keras_relu, COMMON, [[0.25, 4.0, 1.0], [0.0, 6.0, 0.0]], "+", lambda p: [p[1], p[2]], []),
    ("elu", elu, EXP, [[1.0], [0.5]], "-", [0.0], []),
    ("celu", celu, EXP + [3 * v for v in ref.EXP_ENDS], [[1.0], [3.0]], "-", [0.0], []),
    ("selu", selu, EXP, [[]], "-", [0.0], []),
    ("squareplus", squareplus, COMMON, [[4.0], [0.5]], "+", [], [0.0, 1e16, -1e16]),
    ("sigmoid", lambda x, side: logistic(x), EXP, [[]], "+", [], [0.0]),
    ("tanh", lambda x, side: tanh_of(x), COMMON + ref.COSH_ENDS, [[]], "-", [], [0.0]),
    ("logsigmoid", logsigmoid, EXP, [[]], "+", [], [0.0]),
    ("softplus", softplus, EXP + both([v / 3 for v in ref.EXP_ENDS]), [[1.0], [2.0], [3.0], [0.1]], "+", [], [0.0]),
    ("softsign", softsign, COMMON, [[]], "-", [0.0], both([1.0])),
    ("log1mexp", log1mexp, EXP, [[]], "+", [], [1e-20, math.log(2)]),
    ("tanhshrink", lambda x, side: x - tanh_of(x), COMMON, [[]], "-", [], [0.0, 1.0, -1.0]),
    ("gelu", lambda x, side: x * phi_of(x), GAUSS + around(GELU_ROOT, math.sqrt(2), -math.sqrt(2)), [[]], "-",
     [], [0.0, -12.0, GELU_ROOT - 0.625, GELU_ROOT + 0.625]),
    ("gelu_tanh", gelu_tanh, TAILS + around(GT_ROOT, GT_BEND, -GT_BEND), [[]], "-", [],
     [0.0, *apart(0.5, GT_ROOT, GT_BEND, -GT_BEND)]),
    ("quick_gelu", lambda x, side: x * logistic(mpf("1.702") * x),
     EXP + both([v / 1.702 for v in ref.EXP_ENDS]) + around(SILU_ROOT / 1.702, SILU_BEND / 1.702, -SILU_BEND / 1.702),
     [[]], "-", [], silu_branches([1.702])),
    ("silu", lambda x, side: x * logistic(x), EXP + around(SILU_ROOT, SILU_BEND, -SILU_BEND), [[]], "-",
     [], silu_branches([1.0])),
    ("swish", lambda x, side, beta: x * logistic(beta * x),
     EXP + both([v / 3 for v in ref.EXP_ENDS]) + around(SILU_ROOT, SILU_BEND / 3, SILU_ROOT / 3),
     [[1.0], [3.0], [0.1]], "-", [], silu_branches),
    ("mish", mish, EXP + around(MISH_ROOT, *MISH_BENDS), [[]], "-", [],
     [0.0, MISH_ROOT - 0.5, MISH_ROOT + 0.3125, *apart(0.5, *MISH_BENDS)]),
    ("lisht", lambda x, side: x * tanh_of(x), COMMON + around(LISHT_BEND, -LISHT_BEND), [[]], "+", [],
     [0.0, *apart(0.5, LISHT_BEND, -LISHT_BEND)]),
    ("hardswish", hardswish, COMMON + around(-1.5), [[]], "-", [-3.0, 3.0], []),
    ("hardsigmoid", lambda x, side: clamp((x + 3) / 6, side, 0, 1), COMMON, [[]], "+", [-3.0, 3.0], []),
    ("hardtanh", clamp, COMMON, [[-1.0, 1.0], [0.25, 2.0]], "-", lambda p: p, []),
    ("clamp", clamp, COMMON, [[0.0, 1.0]], "+", lambda p: p, []),
    ("threshold", threshold, COMMON, [[0.0, 0.5], [1.0, 1.0]], "+", lambda p: p[:1], []),
    ("thresholded_relu", lambda x, side, theta: threshold(x, side, theta, 0), COMMON + EIGHTHS, [[1.0]], "+", lambda p: p, []),
    ("hardshrink", hardshrink, COMMON, [[0.5]], "+", lambda p: both(p), []),
    ("softshrink", softshrink, COMMON, [[0.5]], "+", lambda p: both(p), []),
    ("sparse_plus", sparse_plus, COMMON, [[]], "+", [-1.0, 1.0], []),
    ("sparse_sigmoid", lambda x, side: clamp((x + 1) / 2, side, 0, 1), COMMON, [[]], "+", [-1.0, 1.0], []),
    ("sine", sine, COMMON + ref.TRIG, [[1.0]], "-", [], []),
    ("sine", sine, FEW, [[30.0], [0.1]], "-", [], []),
    ("snake", snake, COMMON + [math.pi * k / 4 for k in range(-9, 9)], [[1.0]], "-", [], []),
    ("snake", snake, FEW, [[0.5], [3.0]], "-", [], []),
    ("gaussian", lambda x, side: (-x * x).exp(), GAUSS + around(HALF, -HALF), [[]], "+", [], [0.0]),
    ("exp", lambda x, side: x.exp(), EXP, [[]], "+", [], [0.0]),
    ("abs", lambda x, side: -x if under(x, side, 0) else x, COMMON, [[]], "+", [0.0], []),
    ("sign", sign, COMMON, [[]], None, [0.0], []),
    ("step", lambda x, side: 0 * x + (1 if over(x, side, 0) else 0), COMMON, [[]], "+", [0.0], []),
]


# --------------------------------------------------------------------------------- records

def derivatives(formula, x, side, params, orders=ORDERS):
    y = formula(Series.variable(x, orders), side, *[mpf(p) for p in params])
    if y is None:
        return None
    value, *slopes = y.derivatives()
    # A derivative that is 0 comes out as noise below the working precision, of either sign.
    return [value] + [v if abs(v) > mpf(10) ** -340 else mpf(0) for v in slopes]


def at(formula, x, params, orders=ORDERS):
    """The value, and the derivatives as far as both sides agree on them."""
    middle, left, right = (derivatives(formula, x, side, params, orders) for side in (0, -1, 1))
    if middle is None:
        return None
    out, smooth = [middle[0]], left[0] == right[0]
    for a, b in zip(left[1:], right[1:]):
        smooth = smooth and a == b
        out.append(a if smooth else None)
    return out


def one(entry, params):
    """One function with one set of parameters, as the text of the file."""
    name, formula, inputs, _, minus_zero, kinks, branches = entry
    at_params = lambda points: points(params) if callable(points) else points
    kinks, branches = at_params(kinks), at_params(branches)
    neighbours = [v for k in kinks if k for v in beside(k)]  # next to 0 there are enough
    inputs, keep = inputs + kinks + neighbours, {*NEEDED, *kinks, *neighbours}
    lines = []
    for x, d in ref.records(name, lambda x, *p: at(formula, x, p), inputs, params, minus_zero, keep):
        lines.append(json.dumps({"x": repr(x), "f32": is_f32(x), "d": d}, separators=(",", ":")))
    sides = []
    for x in kinks + branches:
        left, right = (
            ref.settled(lambda: derivatives(formula, x, side, params, SIDES), f"{name} beside {x}")
            for side in (-1, 1))
        sides.append(json.dumps({"x": repr(x), "left": left, "right": right}, separators=(",", ":")))
    dump = json.dumps
    return (f'{{"name":{dump(name)},"params":{dump(params)},"params_f32":{dump(all(map(is_f32, params)))},\n'
            '"beside":[\n' + ",\n".join(sides) + '\n],\n"records":[\n' + ",\n".join(lines) + "\n]}")


def file_text():
    parts = []
    for entry in TABLE:
        name, formula = entry[:2]
        for params in entry[3]:
            known_slopes(name, formula, params)
            parts.append(one(entry, params))
    return '{"functions":[\n' + ",\n".join(parts) + "\n]}\n"


def known_slopes(name, formula, params):
    """Compares the derivatives with numerical ones of the value, at 60 digits."""
    mp.dps = 60
    for point in (-7.3, -1.7, -0.6, 0.15, 0.6, 1.7, 7.3):
        x = mpf(point)
        d = derivatives(formula, x, 0, params)
        if d is None:
            continue
        for k in range(1, ORDERS):
            numeric = mp.diff(lambda t: derivatives(formula, t, 0, params, 2)[0], x, k)
            if abs(numeric - d[k]) > mpf(10) ** -38 * max(1, abs(d[k])):
                sys.exit(f"{name}{params}: derivative {k} at {point}: {d[k]}, numerically {numeric}")


# Published or found with other tools: name, parameters, order, x, digits.
CHECKED = [
    ("sigmoid", [], 1, 17.0, "4.1399373760035016e-8"),
    ("sigmoid", [], 1, 20.0, "2.0611536139418493e-9"),
    ("sigmoid", [], 1, 40.0, "4.248354255291589e-18"),
    ("sigmoid", [], 0, -89.0, "2.2273635617957437e-39"),
    ("sigmoid", [], 0, -745.0, "4.9e-324"),
    ("sigmoid", [], 0, -746.0, "0"),
    ("tanh", [], 0, 1e-6, "9.999999999996667e-7"),
    ("tanh", [], 1, 10.0, "8.2446144557673974e-9"),
    ("tanh", [], 1, 20.0, "1.6993417021166356e-17"),
    ("tanh", [], 3, 0.0, "-2"),
    ("softplus", [1.0], 0, 710.0, "710"),
    ("softplus", [1.0], 0, -17.0, "4.1399376330897474e-8"),
    ("softplus", [1.0], 0, 20.0, "20.000000002061154"),
    ("softplus", [1e30], 0, 0.5, "0.5"),
    ("logsigmoid", [], 0, 40.0, "-4.248354255291589e-18"),
    ("logsigmoid", [], 0, -1000.0, "-1000"),
    ("elu", [1.0], 0, -1e-8, "-9.9999999500000004e-9"),
    ("elu", [1.0], 0, -1e-4, "-9.9995000166662505e-5"),
    ("gelu", [], 0, -5.0, "-1.4332578593959696e-6"),
    ("gelu", [], 0, -14.0, "-1.091095154686992e-43"),
    ("gelu", [], 1, -4.0, "-0.00050364966122642149"),
    ("gelu", [], 0, -0.75179152469356446, "-0.16997120747990366"),
    ("gelu", [], 1, 1.4142135623730951, "1.1289041451851548"),
    ("gelu_tanh", [], 0, -5.0, "-2.291796196629506e-7"),
    ("gelu_tanh", [], 0, -6.0, "-8.4396467007622971e-11"),
    ("gelu_tanh", [], 0, -8.0, "-3.1077829375011112e-21"),
    ("gelu_tanh", [], 0, -0.75246142207101626, "-0.17004075057125405"),
    ("silu", [], 0, -20.0, "-4.1223072363804072e-8"),
    ("silu", [], 1, -20.0, "-3.9161918660646783e-8"),
    ("silu", [], 0, -104.0, "-7.0860990944071105e-44"),
    ("silu", [], 1, 2.3993572805154677, "1.0998393201288669"),
    ("mish", [], 0, -20.0, "-4.1223072406287614e-8"),
    ("mish", [], 1, 20.0, "1.0000000000000003"),
    ("mish", [], 1, 0.0, "0.6"),
    ("mish", [], 0, -1.1924312145154952, "-0.30884341301725041"),
    ("squareplus", [4.0], 0, -1e8, "9.999999999999999e-9"),
    ("squareplus", [4.0], 0, -1e20, "1e-20"),
]


def check_known():
    table = {entry[0]: entry[1] for entry in TABLE}
    wrong = 0
    for name, params, order, x, text in CHECKED:
        got = ref.settled(lambda: at(table[name], mpf(x), params), name)[order]
        if float(got) != float(text):
            print(f"{name}{params}, order {order}, at {x!r}: {got}, known: {text}")
            wrong += 1
    return wrong


def show(name, points):
    for entry in TABLE:
        for params in entry[3] if entry[0] == name else []:
            for x in points:
                d = ref.settled(lambda: at(entry[1], mpf(x), params), name)
                print(f"{name}{params} at {x!r}: {d}")


def main():
    parser = argparse.ArgumentParser(description="Writes the reference values of the activations.")
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    parser.add_argument("--at", nargs="+", metavar=("NAME", "X"), help="print one function at some points")
    arguments = parser.parse_args()
    if arguments.at:
        return show(arguments.at[0], [float(x) for x in arguments.at[1:]])
    wrong = check_known() + ref.write_or_compare(FILE, file_text, arguments.check)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
