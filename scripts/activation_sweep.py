#!/usr/bin/env python3
"""Reference values for the activations at random points, which nobody chose because a formula is
good there.

    pip install mpmath
    python scripts/activation_sweep.py            # writes crates/activations/tests/data/sweep.json
    python scripts/activation_sweep.py --check    # recomputes and compares it
    python scripts/activation_sweep.py --points 5000 --seed 7 --to other.json [NAME …]   # to hunt with

Formulas, precision and the writing of decimals are those of scripts/activations.py, which has the
chosen points. The points here fall in layers (LAYERS): most between -40 and 40, where the functions
bend, as doubles and as floats, and some at all sizes. A record is [x, value, first, second
derivative], null where there is none, and at every tenth point the derivatives up to the sixth; of
a row made of straight pieces there are fewer records.

A wrong rounding is rare. The last layer, HARD, has the points at which hunts with other seeds (this
script with many points, and all f32 for the single precision) have met the largest errors, so that
what was mended stays so.
"""

import argparse
import json
import random
import sys
from pathlib import Path

import activations as act
import references as ref
from decimals import f32, is_f32
from references import ROOT
from mpmath import mpf

FILE = ROOT / "crates/activations/tests/data/sweep.json"
ORDERS, HIGHER, EVERY = 3, 7, 10  # the value and two derivatives, or six at every tenth point
POINTS = 240

# Share of the points, and how one is drawn.
LAYERS = [
    (0.25, lambda r: r.uniform(-40, 40)),
    (0.20, lambda r: r.uniform(-6, 6)),
    (0.15, lambda r: f32(r.uniform(-40, 40))),
    (0.10, lambda r: f32(r.uniform(-6, 6))),
    (0.10, lambda r: r.uniform(-1, 1)),
    (0.05, lambda r: r.uniform(-760, 760)),
    (0.05, lambda r: r.choice([-1, 1]) * 2.0 ** r.uniform(-60, 12)),
    (0.05, lambda r: f32(r.choice([-1, 1]) * 2.0 ** r.uniform(-140, 12))),
    (0.05, lambda r: r.choice([-1, 1]) * 2.0 ** r.uniform(-1070, 1000)),
]

# Nothing is rounded in these, or once.
STRAIGHT = {
    "identity", "relu", "relu6", "leaky_relu", "rrelu", "relu_squared", "keras_relu", "hardswish",
    "hardsigmoid", "hardtanh", "clamp", "threshold", "thresholded_relu", "hardshrink", "softshrink",
    "sparse_plus", "sparse_sigmoid", "abs", "sign", "step",
}

# Name and parameters: points.
HARD = {}


def points(name, params, count, seed):
    """Each function has its own: another one added to the table changes none of them."""
    r = random.Random(f"{seed} {name} {params}")
    count = count // 8 if name in STRAIGHT else count
    drawn = {draw(r) for share, draw in LAYERS for _ in range(round(share * count))}
    return sorted(drawn | set(HARD.get((name, *params), ())))


def too_far(name, params, x):
    """Where a multiple of x overflows, in f32 or f64."""
    return name in ("sine", "snake") and params != [1.0] and (abs(x) > 1e290 or 1e34 < abs(x) < 1e39)


def one(name, formula, params, count, seed):
    lines = []
    exact = [mpf(p) for p in params]
    for i, x in enumerate(points(name, params, count, seed)):
        if too_far(name, params, x):
            continue
        orders = HIGHER if i % EVERY == 0 else ORDERS
        d = ref.settled(lambda: act.at(formula, mpf(x), exact, orders), f"{name}{params} at {x!r}")
        if d is not None:
            lines.append(json.dumps([repr(x), *d], separators=(",", ":")))
    dump = json.dumps
    return (f'{{"name":{dump(name)},"params":{dump(params)},'
            f'"params_f32":{dump(all(map(is_f32, params)))},"records":[\n' + ",\n".join(lines) + "\n]}")


def file_text(count, seed, names):
    parts = [
        one(name, formula, params, count, seed)
        for name, formula, _, params_list, *_ in act.TABLE if not names or name in names
        for params in params_list
    ]
    return '{"functions":[\n' + ",\n".join(parts) + "\n]}\n"


def main():
    parser = argparse.ArgumentParser(description="Writes references at random points.")
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    parser.add_argument("--points", type=int, default=POINTS, help="how many for each function")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, default=FILE, help="another file")
    parser.add_argument("names", nargs="*", help="only these functions")
    a = parser.parse_args()
    if a.to != FILE:
        a.to.write_text(file_text(a.points, a.seed, a.names))
        return
    if a.names or (a.points, a.seed) != (POINTS, 1):
        parser.error("name another file with --to")
    sys.exit(ref.write_or_compare(FILE, lambda: file_text(POINTS, 1, []), a.check))


if __name__ == "__main__":
    main()
