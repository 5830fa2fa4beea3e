#!/usr/bin/env python3
"""The suite of functions with known answers, crates/calculus/tests/suite/functions.json.

    pip install mpmath sympy
    python scripts/calculus_suite.py            # writes the file, in a minute

Nothing here shares code with the analysis it judges. A function is given as the text that is
analysed and, independently, as its smooth pieces between exact break points. sympy differentiates
the pieces; the roots of f' and f'' are bracketed on a dense grid and polished with 50 digits by
mpmath (roots that only touch 0 through the roots of the next derivative). What holds between the
roots follows from signs at midpoints; what holds at break points, from one-sided limits.

In the file
  stationary   isolated points where f' = 0, and what happens there
  increasing, decreasing, constant     maximal intervals without a jump or a pole inside
  convex, concave      maximal intervals on which f is convex (concave) and not straight throughout;
                       straight      where f'' = 0, outside of these
  inflections  where f, with a tangent, turns from convex to concave or back
  extrema      local ones, strict at least on one side, those at kinks and at the ends included
  kinks, jumps, poles  the break points, kinks with both slopes (null: infinite)
  least, greatest      over the whole interval, null if not attained
"""

import json
import sys
from pathlib import Path

import sympy as sp
from mpmath import inf, mp, mpf

mp.dps = 50
x = sp.symbols("x", real=True)
S = sp.sympify
GRID = 4001
TINY = mpf(10) ** -40

sigma = 1 / (1 + sp.exp(-x))
Phi = sp.erfc(-x / sp.sqrt(2)) / 2
pi = sp.pi


def smooth(name, text, a, b, f):
    return dict(name=name, text=text, breaks=[S(a), S(b)], pieces=[S(f)], at={})


def pieces(name, text, breaks, fs, at=None):
    at = {S(k): S(v) for k, v in (at or {}).items()}
    return dict(name=name, text=text, breaks=[S(t) for t in breaks], pieces=[S(f) for f in fs], at=at)


FUNCTIONS = [
    smooth("parabola", "x^2 - 2*x", -1, 3, x**2 - 2 * x),
    smooth("cube", "x^3", -1, 1, x**3),
    smooth("cubic", "x^3 - 3*x", "-5/2", "5/2", x**3 - 3 * x),
    smooth("fourth power", "x^4", -1, 1, x**4),
    smooth("quintic", "x^5 - 5*x^3 + 4*x", "-9/4", "9/4", x**5 - 5 * x**3 + 4 * x),
    smooth("double roots", "(x - 1)^2*(x + 1)^2", "-3/2", "3/2", (x - 1) ** 2 * (x + 1) ** 2),
    smooth("double root of the slope", "(x - 1)^3*(x + 2)", "-5/2", "3/2", (x - 1) ** 3 * (x + 2)),
    smooth("two double roots of the slope", "x^6 - 3*x^4 + 3*x^2", "-3/2", "3/2", x**6 - 3 * x**4 + 3 * x**2),
    smooth("flat inflection beside a minimum", "x^4 - 4*x^3", -1, 4, x**4 - 4 * x**3),
    smooth("tenth power", "2*x^10", -1, 1, 2 * x**10),
    smooth("sine", "sin(x)", -5, 5, sp.sin(x)),
    smooth("cosine on a slope", "cos(x) + x/2", 0, 6, sp.cos(x) + x / 2),
    smooth("x - sin x", "x - sin(x)", -7, 7, x - sp.sin(x)),
    smooth("cube of sine", "sin(x)^3", -2, 4, sp.sin(x) ** 3),
    smooth("exponential", "exp(x)", -2, 2, sp.exp(x)),
    smooth("exp x - x", "exp(x) - x", -2, 2, sp.exp(x) - x),
    smooth("x exp -x", "x*exp(-x)", -1, 4, x * sp.exp(-x)),
    smooth("bell", "exp(-x^2)", -2, 2, sp.exp(-(x**2))),
    smooth("logarithm", "ln(x)", "1/8", 4, sp.log(x)),
    smooth("x ln x", "x*ln(x)", "1/16", 2, x * sp.log(x)),
    smooth("ln x / x", "ln(x)/x", "1/2", 8, sp.log(x) / x),
    smooth("witch", "1/(1 + x^2)", -3, 3, 1 / (1 + x**2)),
    smooth("serpentine", "x/(1 + x^2)", -3, 3, x / (1 + x**2)),
    pieces("hyperbola", "1/x", [-2, 0, 2], [1 / x, 1 / x]),
    pieces("tangent", "tan(x)", ["-5/4", pi / 2, "9/2"], [sp.tan(x), sp.tan(x)]),
    smooth("square root", "sqrt(x)", 0, 4, sp.sqrt(x)),
    pieces("cube root", "x^(1/3)", [-1, 0, 1], [-((-x) ** sp.Rational(1, 3)), x ** sp.Rational(1, 3)], {0: 0}),
    pieces("cusp", "x^(2/3)", [-1, 0, 1], [(-x) ** sp.Rational(2, 3), x ** sp.Rational(2, 3)], {0: 0}),
    pieces("root of a square", "sqrt(x^2)", [-1, 0, 2], [-x, x], {0: 0}),
    pieces("absolute value", "abs(x)", [-1, 0, 2], [-x, x], {0: 0}),
    pieces("larger of x, x²", "max(x, x^2)", [-1, 0, 1, 2], [x**2, x, x**2], {0: 0, 1: 1}),
    pieces("x |x|", "x*abs(x)", [-1, 0, 2], [-(x**2), x**2], {0: 0}),
    pieces("|x| |x|", "abs(x)*abs(x)", [-1, 0, 1], [x**2, x**2], {0: 0}),
    pieces("step minus slope", "step(x) - x/4", [-1, 0, 1], [-x / 4, 1 - x / 4], {0: 0}),
    pieces("kinks at √2", "abs(x^2 - 2)", [-2, -sp.sqrt(2), sp.sqrt(2), 2], [x**2 - 2, 2 - x**2, x**2 - 2],
           {-sp.sqrt(2): 0, sp.sqrt(2): 0}),
    pieces("kinks at multiples of π", "abs(sin(x))", [-1, 0, pi, 4], [-sp.sin(x), sp.sin(x), -sp.sin(x)],
           {0: 0, pi: 0}),
    pieces("larger of sine, cosine", "max(sin(x), cos(x))", [0, pi / 4, 3], [sp.cos(x), sp.sin(x)],
           {pi / 4: sp.sqrt(2) / 2}),
    pieces("rectifier", "relu(x)", [-1, 0, 1], [S(0), x], {0: 0}),
    pieces("two rectifiers, one line", "relu(x) - relu(-x)", [-1, 0, 1], [x, x], {0: 0}),
    pieces("flat, steep, flat", "min(max(x, -1), 1)", [-2, -1, 1, 2], [S(-1), x, S(1)], {-1: -1, 1: 1}),
    pieces("square of a rectifier", "relu(x)^2", [-1, 0, 1], [S(0), x**2], {0: 0}),
    pieces("nothing in many words", "max(x, -x) - abs(x)", [-1, 0, 1], [S(0), S(0)], {0: 0}),
    smooth("ever faster", "sin(1/x)", "1/20", 1, sp.sin(1 / x)),
    smooth("a thousandth apart", "x^3/3 - 0.5005*x^2 + 0.2505*x", 0, 1,
           x**3 / 3 - sp.Rational(1001, 2000) * x**2 + sp.Rational(2505, 10000) * x),
    smooth("a thousandth apart beside π", "sin(x) + 0.999999875*x", 2, "9/2",
           sp.sin(x) + sp.Rational(999999875, 10**9) * x),
    smooth("sigmoid", "sigmoid(x)", -6, 6, sigma),
    smooth("tanh", "tanh(x)", -3, 3, sp.tanh(x)),
    smooth("softplus", "softplus(x)", -4, 4, sp.log(1 + sp.exp(x))),
    smooth("gelu", "gelu(x)", -4, 4, x * Phi),
    smooth("silu", "silu(x)", -6, 6, x * sigma),
    pieces("elu", "elu(x)", [-2, 0, 2], [sp.exp(x) - 1, x], {0: 0}),
    pieces("softsign", "softsign(x)", [-3, 0, 3], [x / (1 - x), x / (1 + x)], {0: 0}),
    pieces("leaky rectifier", "leaky_relu(x, 0.25)", [-2, 0, 1], [x / 4, x], {0: 0}),
    smooth("composition", "sigmoid(sin(x))*exp(-x^2)", -2, 2, (sigma.subs(x, sp.sin(x))) * sp.exp(-(x**2))),
    smooth("power of itself", "x^x", "1/8", 2, x**x),
    pieces("staircase", "floor(x)", ["-1/2", 0, 1, 2, "5/2"], [S(-1), S(0), S(1), S(2)], {0: 0, 1: 1, 2: 2}),
    pieces("rising across a kink", "x + abs(x)/2", [-1, 0, 1], [x / 2, 3 * x / 2], {0: 0}),
    smooth("arctangent", "atan(x)", -4, 4, sp.atan(x)),
    smooth("hyperbolic cosine", "cosh(x)", -1, 2, sp.cosh(x)),
    smooth("line", "x/4 + 1", -1, 1, x / 4 + 1),
    smooth("constant", "0*x + 3", -1, 1, S(3)),
    pieces("smooth seam", "max(0, x)^3 - min(0, x)^2", [-1, 0, 1], [-(x**2), x**3], {0: 0}),
    pieces("logarithm of a distance", "ln(abs(x))", [-2, 0, 1], [sp.log(-x), sp.log(x)]),
]


def lam(e):
    f = sp.lambdify(x, e, "mpmath")
    return lambda t: mpf(f(t))


def roots(g, dg, a, b):
    """The isolated roots of g inside (a, b): sign changes, and touches found by roots of g'."""
    if sp.simplify(g) == 0:
        return []
    G, D = lam(g), lam(dg)
    # Not symmetric, so that no grid point is a root by chance; the ends themselves are left out.
    ts = [a + (b - a) * (mpf(i) + mpf("0.382")) / GRID for i in range(GRID)]
    values = [G(t) for t in ts]
    found = []

    for i in range(GRID - 1):
        u, v = values[i], values[i + 1]
        if u * v < 0:
            found.append(bisect(G, ts[i], ts[i + 1]))
    slopes = [D(t) for t in ts]
    scale = max(abs(v) for v in values)
    for i in range(GRID - 1):
        if slopes[i] * slopes[i + 1] < 0 and values[i] * values[i + 1] > 0:
            touch = bisect(D, ts[i], ts[i + 1])
            if abs(G(touch)) < TINY * scale:
                found.append(touch)
    return sorted(found)


def bisect(F, lo, hi):
    s = F(lo)
    while hi - lo > mpf(10) ** -45 * max(1, abs(lo)):
        mid = (lo + hi) / 2
        v = F(mid)
        if v == 0:
            return mid
        if v * s > 0:
            lo = mid
        else:
            hi = mid
    return (lo + hi) / 2


def snap(t):
    """What is 1/2 to 40 digits is 1/2."""
    for d in (1, 2, 4, 8, 3, 16, 2000):
        if abs(t * d - mp.nint(t * d)) < mpf(10) ** -30:
            return mp.nint(t * d) / d
    return t


def limit(e, at, side):
    if e == 0:
        return mpf(0)
    value = sp.limit(e, x, at, side)
    if value in (sp.oo, -sp.oo):
        return inf if value > 0 else -inf
    return mpf(sp.N(value, 50))


def sign(v):
    return (v > TINY) - (v < -TINY)


def num(v):
    return None if v is None or abs(v) == inf else float(mp.nstr(v, 25)) if v else 0.0


def analyse(case):
    breaks, fs = case["breaks"], case["pieces"]
    points = [mpf(sp.N(b, 50)) for b in breaks]
    stationary = []
    spans = []
    for f, a, b in zip(fs, points, points[1:]):
        d1, d2, d3 = (sp.diff(f, x, k) for k in (1, 2, 3))
        r1 = [snap(t) for t in roots(d1, d2, a, b)]
        r2 = [snap(t) for t in roots(d2, d3, a, b)]
        stationary += r1
        inner = sorted(set(r1 + r2))
        ends = [a] + inner + [b]
        D1, D2 = lam(d1), lam(d2)
        for lo, hi in zip(ends, ends[1:]):
            mid = lo + (hi - lo) * mpf("0.4871")
            flat1, flat2 = sp.simplify(d1) == 0, sp.simplify(d2) == 0
            spans.append((lo, hi, 0 if flat1 else sign(D1(mid)), 0 if flat2 else sign(D2(mid))))
    # What happens at each break point.
    joins = {}
    kinks, jumps, poles = [], [], []
    for i, at in enumerate(breaks[1:-1], 1):
        left, right = limit(fs[i - 1], at, "-"), limit(fs[i], at, "+")
        here = case["at"].get(at)
        p = points[i]
        if here is None or abs(left) == inf or abs(right) == inf:
            poles.append(p)
            joins[p] = ("pole", None, None, None)
            continue
        here = mpf(sp.N(here, 50))
        dl, dr = limit(sp.diff(fs[i - 1], x), at, "-"), limit(sp.diff(fs[i], x), at, "+")
        if abs(left - here) > TINY or abs(right - here) > TINY:
            jumps.append(p)
            joins[p] = ("jump", left, here, right)
        elif dl != dr and not abs(dl - dr) < TINY:
            kinks.append((p, dl, dr))
            joins[p] = ("kink", dl, dr, here)
        elif abs(dl) == inf:
            kinks.append((p, dl, dr))
            joins[p] = ("vertical", dl, dr, here)
        else:
            flat = any((lo == p or hi == p) and s1 == 0 for lo, hi, s1, _ in spans)
            if abs(dl) < TINY and not flat:
                stationary.append(p)
            joins[p] = ("smooth", dl, dr, here)
    stationary = sorted(stationary)

    def value(p):
        if p in joins:
            return joins[p][2] if joins[p][0] == "jump" else joins[p][3]
        for f, a, b in zip(fs, points, points[1:]):
            if a <= p <= b:
                return lam(f)(p)

    def beside(p):
        left = next((s for s in spans if s[1] == p), None)
        right = next((s for s in spans if s[0] == p), None)
        return left, right

    def whole(index, wanted, merge):
        out = []
        for s in spans:
            if s[index] != wanted:
                continue
            if out and out[-1][1] == s[0] and merge(s[0]):
                out[-1][1] = s[1]
            else:
                out.append([s[0], s[1]])
        return out

    unbroken = lambda p: joins.get(p, ("smooth",))[0] not in ("jump", "pole")
    result = dict(
        increasing=whole(2, 1, unbroken), decreasing=whole(2, -1, unbroken), constant=whole(2, 0, unbroken)
    )

    def bends(s):
        """Maximal unions of spans on which f is convex (s = 1) or concave (s = -1)."""
        out, current, strict = [], None, False

        def close():
            if current and strict:
                out.append(list(current))

        for span in spans:
            good = span[3] in (0, s)
            join = joins.get(span[0], ("smooth", 0, 0))
            turn = join[2] - join[1] if join[0] == "kink" else mpf(0)
            open_ = current and join[0] in ("smooth", "kink") and turn * s >= 0
            if good and open_:
                current[1] = span[1]
                strict = strict or span[3] == s or turn != 0
            else:
                close()
                # A straight span may belong to the run before and to the next one.
                back = span[0]
                fits = join[0] in ("smooth", "kink") and turn * s >= 0
                if good:
                    current = [back, span[1]]
                    strict = span[3] == s
                else:
                    current, strict = None, False
        close()
        return out

    convex, concave = bends(1), bends(-1)
    inside = lambda lo, hi: any(a <= lo and hi <= b for a, b in convex + concave)
    straight = [s for s in whole(3, 0, lambda p: joins.get(p, ("smooth",))[0] == "smooth") if not inside(*s)]
    inflections = []
    for left, right in zip(spans, spans[1:]):
        kind = joins.get(right[0], ("smooth",))[0]
        same = kind == "smooth" or kind == "vertical" and joins[right[0]][1] == joins[right[0]][2]
        if left[3] * right[3] < 0 and same:
            inflections.append(right[0])
    extrema = []
    for p in sorted({s[0] for s in spans} | {spans[-1][1]}):
        left, right = beside(p)
        join = joins.get(p, ("smooth",))
        if join[0] == "pole":
            continue
        here = value(p)
        if here is None or abs(here) == inf:
            continue

        def side(span, near, outward):
            """How f runs towards p seen from p: 1 if f is above f(p) there, -1 below, 0 level."""
            if join[0] == "jump" and abs(near - here) > TINY:
                return 1 if near > here else -1
            return span[2] * outward

        sides = []
        if left:
            sides.append(side(left, join[1] if join[0] == "jump" else None, -1))
        if right:
            sides.append(side(right, join[3] if join[0] == "jump" else None, 1))
        if len(sides) == 2 and sides[0] == sides[1] != 0 or len(sides) == 1 and sides[0] != 0:
            kind = "minimum" if sides[0] > 0 else "maximum"
            extrema.append(dict(at=num(p), value=num(here), kind=kind))
    kinds = {1: {1: "neither", -1: "maximum"}, -1: {1: "minimum", -1: "neither"}}
    spots = []
    for p in stationary:
        left, right = beside(p)
        spots.append(dict(at=num(p), kind=kinds[left[2]][right[2]]))
    level = [value(s[0]) for s in spans if s[2] == 0 and unbroken(s[0])]
    bounded = not poles and not jumps
    values = [mpf(e["value"]) for e in extrema] + [v for v in level if v is not None]
    pairs = lambda list_: [[num(a), num(b)] for a, b in list_]
    return dict(
        name=case["name"],
        text=case["text"],
        on=[num(points[0]), num(points[-1])],
        stationary=spots,
        increasing=pairs(result["increasing"]),
        decreasing=pairs(result["decreasing"]),
        constant=pairs(result["constant"]),
        convex=pairs(convex),
        concave=pairs(concave),
        straight=pairs(straight),
        inflections=[num(p) for p in inflections],
        extrema=extrema,
        kinks=[dict(at=num(p), left=num(dl), right=num(dr)) for p, dl, dr in kinks],
        jumps=[num(p) for p in jumps],
        poles=[num(p) for p in poles],
        least=num(min(values)) if bounded and values else None,
        greatest=num(max(values)) if bounded and values else None,
    )


def main():
    out = Path(__file__).parent.parent / "crates/calculus/tests/suite/functions.json"
    cases = []
    for case in FUNCTIONS:
        print(case["name"], file=sys.stderr)
        cases.append(analyse(case))
    lines = [json.dumps(c, ensure_ascii=False) for c in cases]
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(cases)} functions", file=sys.stderr)


if __name__ == "__main__":
    main()
