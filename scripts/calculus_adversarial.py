#!/usr/bin/env python3
"""Functions that were thought up to mislead the analysis, with known answers:
crates/calculus/tests/suite/adversarial.json.

    pip install mpmath sympy
    python scripts/calculus_adversarial.py            # writes the file, in a minute

Kinks, jumps and poles at numbers that no float is; roots of high multiplicity there; slopes that all
but vanish; branches that are undefined where they are not chosen; constants in disguise; flat to all
orders. The answers come from `calculus_suite.py`: the file says what they mean.

Where a function is one piece, inner break points only tell that script where to look closely.
"""

import json
import sys
from pathlib import Path

import sympy as sp
from calculus_suite import Phi, S, analyse, pi, pieces, smooth, x
from mpmath import mp

mp.dps = 160  # cosh x - 1 - x²/2 at 10⁻⁴⁵ takes that many digits
r2 = sp.sqrt(2)
golden = (sp.sqrt(5) - 1) / 2
R = sp.Rational

FUNCTIONS = [
    # Nests of choices.
    pieces("tent of tents", "abs(abs(x) - 1)", [-2, -1, 0, 1, 2], [-x - 1, 1 + x, 1 - x, x - 1], {-1: 0, 0: 1, 1: 0}),
    pieces("median of three", "max(min(x, 1 - x), min(max(x, 1 - x), x^2))", [-1, 0, "1/2", golden, 1, 2],
           [x**2, x, 1 - x, x**2, x], {0: 0, "1/2": "1/2", golden: 1 - golden, 1: 1}),
    pieces("clamped wave", "min(max(sin(x), -1/2), 1/2)", [0, pi / 6, 5 * pi / 6, 7 * pi / 6, 11 * pi / 6, 6],
           [sp.sin(x), R(1, 2), sp.sin(x), R(-1, 2), sp.sin(x)],
           {pi / 6: "1/2", 5 * pi / 6: "1/2", 7 * pi / 6: "-1/2", 11 * pi / 6: "-1/2"}),
    pieces("nest of branches", "where(x < 0, where(x < -1, -x, x^2), where(x <= 1, x^3, 2 - x))",
           [-2, -1, 0, 1, 2], [-x, x**2, x**3, 2 - x], {-1: 1, 0: 0, 1: 1}),
    pieces("product of clamps", "min(x, 1)*max(x, -1)", [-2, -1, 1, 2], [-x, x**2, x], {-1: 1, 1: 1}),
    pieces("largest of three", "max(x^2 - 1, 1 - x^2, 1/2)", [-2, -sp.sqrt(6) / 2, -r2 / 2, r2 / 2, sp.sqrt(6) / 2, 2],
           [x**2 - 1, R(1, 2), 1 - x**2, R(1, 2), x**2 - 1],
           {-sp.sqrt(6) / 2: "1/2", -r2 / 2: "1/2", r2 / 2: "1/2", sp.sqrt(6) / 2: "1/2"}),
    pieces("zero in rectifiers", "relu(relu(x) - 1) - relu(x - 1)", [-1, 0, 1, 2], [S(0)] * 3, {0: 0, 1: 0}),
    pieces("flat valley", "relu(x - 1)^2 + relu(-x - 1)^2", [-2, -1, 1, 2], [(x + 1) ** 2, S(0), (x - 1) ** 2],
           {-1: 0, 1: 0}),
    # Kinks where no float is.
    pieces("kink at 1/10", "abs(x - 0.1)", [-1, "1/10", 1], [R(1, 10) - x, x - R(1, 10)], {"1/10": 0}),
    pieces("two lines meet at 1/10", "max(x, 0.1*x + 0.09)", [-1, "1/10", 1], [x / 10 + R(9, 100), x], {"1/10": "1/10"}),
    pieces("branch at 1/10", "where(x < 0.1, 10*x, 0.1/x)", ["-1/2", "1/10", 1], [10 * x, 1 / (10 * x)], {"1/10": 1}),
    pieces("two leaks", "leaky_relu(x, 0.1) + leaky_relu(-x, 0.1)", [-1, 0, 1], [-9 * x / 10, 9 * x / 10], {0: 0}),
    pieces("diagonal", "hypot(x, x)", [-1, 0, 1], [-r2 * x, r2 * x], {0: 0}),
    # Jumps and poles.
    pieces("sawtooth", "x - floor(x)", ["-1/2", 0, 1, "3/2"], [x + 1, x, x - 1], {0: 0, 1: 0}),
    pieces("stairs and a kink", "floor(x) + abs(x - 1/2)", ["-1/2", 0, "1/2", 1, "3/2"],
           [-x - R(1, 2), R(1, 2) - x, x - R(1, 2), x + R(1, 2)], {0: "1/2", "1/2": 0, 1: "3/2"}),
    pieces("switch at π", "step(sin(x))", [1, pi, 5], [S(1), S(0)], {pi: 0}),
    pieces("turn of an angle", "atan2(x, -1)", [-1, 0, 1], [-pi - sp.atan(x), pi - sp.atan(x)], {0: pi}),
    pieces("hard shrink", "hardshrink(x)", [-1, "-1/2", "1/2", 1], [x, S(0), x], {"-1/2": 0, "1/2": 0}),
    pieces("poles at √2", "1/(x^2 - 2)", [-2, -r2, r2, 2], [1 / (x**2 - 2)] * 3),
    pieces("cosecant", "1/sin(x)", [1, pi, 5], [1 / sp.sin(x)] * 2),
    pieces("logarithm of a wave", "ln(abs(sin(x)))", [1, pi, 5], [sp.log(sp.sin(x)), sp.log(-sp.sin(x))]),
    # Vertical tangents, ends of the domain, smooth only so far.
    pieces("root of a distance", "sqrt(abs(x))", [-1, 0, 1], [sp.sqrt(-x), sp.sqrt(x)], {0: 0}),
    smooth("half a circle", "sqrt(1 - x^2)", -1, 1, sp.sqrt(1 - x**2)),
    smooth("arcsine", "asin(x)", -1, 1, sp.asin(x)),
    pieces("fifth root", "root(x, 5)", [-1, 0, 1], [-((-x) ** R(1, 5)), x ** R(1, 5)], {0: 0}),
    pieces("four thirds", "x^(4/3)", [-1, 0, 1], [(-x) ** R(4, 3), x ** R(4, 3)], {0: 0}),
    pieces("x √|x|", "x*sqrt(abs(x))", [-1, 0, 1], [-((-x) ** R(3, 2)), x ** R(3, 2)], {0: 0}),
    pieces("sign times square", "sign(x)*x^2", [-1, 0, 1], [-(x**2), x**2], {0: 0}),
    pieces("|x³|", "abs(x^3)", [-1, 0, 1], [-(x**3), x**3], {0: 0}),
    pieces("x³ |x|", "x^3*abs(x)", [-1, 0, 1], [-(x**4), x**4], {0: 0}),
    pieces("flat to all orders", "where(x <= 0, 0, exp(-1/x))", [-1, 0, 1], [S(0), sp.exp(-1 / x)], {0: 0}),
    # Slopes that vanish, or almost do.
    smooth("three times at √2", "(x^2 - 2)^3", -2, 2, (x**2 - 2) ** 3),
    smooth("five times at 1/3", "(x - 1/3)^5", 0, 1, (x - R(1, 3)) ** 5),
    smooth("eight roots", "(x^2 - 1)^2*(x^2 - 4)^2", "-9/4", "9/4", (x**2 - 1) ** 2 * (x**2 - 4) ** 2),
    smooth("all but flat", "x^3/3 + 0.000001*x", -1, 1, x**3 / 3 + x / 10**6),
    pieces("a millionth apart", "x^3/3 - 0.00000000000025*x", [-1, "-1/1000000", "1/1000000", 1],
           [x**3 / 3 - x / (4 * 10**12)] * 3, {"-1/1000000": "-1/12000000000000000000", "1/1000000": "1/12000000000000000000"}),
    smooth("what a parabola lacks", "cosh(x) - 1 - x^2/2", -1, 1, sp.cosh(x) - 1 - x**2 / 2),
    smooth("what a cubic lacks", "exp(x) - 1 - x - x^2/2 - x^3/6", -1, 1, sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6),
    smooth("one in disguise", "sin(x)^2 + cos(x)^2", 0, 6, sp.sin(x) ** 2 + sp.cos(x) ** 2),
    smooth("steep", "tanh(20*x)", -1, 1, sp.tanh(20 * x)),
    smooth("ripples", "sin(x)/x", 1, 20, sp.sin(x) / x),
    smooth("ripples of a slope", "x^2*sin(1/x)", "1/20", 1, x**2 * sp.sin(1 / x)),
    # Activations.
    smooth("two gelus", "gelu(x) + gelu(-x)", -4, 4, x * Phi - x * Phi.subs(x, -x)),
    smooth("mish", "mish(x)", -6, 4, x * sp.tanh(sp.log(1 + sp.exp(x)))),
    pieces("hardswish", "hardswish(x)", [-4, -3, 3, 4], [S(0), x * (x + 3) / 6, x], {-3: 0, 3: 3}),
    pieces("selu", "selu(x)", [-2, 0, 2],
           [S("1.0507009873554804934193349852946*1.6732632423543772848170429916717") * (sp.exp(x) - 1),
            S("1.0507009873554804934193349852946") * x], {0: 0}),
]


def main():
    out = Path(__file__).parent.parent / "crates/calculus/tests/suite/adversarial.json"
    cases = []
    for case in FUNCTIONS:
        print(case["name"], file=sys.stderr)
        cases.append(analyse(case))
    lines = [json.dumps(c, ensure_ascii=False) for c in cases]
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(cases)} functions", file=sys.stderr)


if __name__ == "__main__":
    main()
