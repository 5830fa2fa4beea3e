#!/usr/bin/env python3
"""Columns of the Hessian of the loss of a network 2-16-16-1 (tanh, mean of squares, batch 4, 337
parameters) with 50 digits: tests/data/hessian.json.

    pip install mpmath
    python scripts/hessian_references.py

The network of T1 in benches/workloads: its numbers are made anew here. A column is found by the chain
rule written out: values, adjoints, and the derivative of both along one parameter.
"""

import json
import struct
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 50
SIZES, BATCH = (2, 16, 16, 1), 4
COLUMNS = (0, 40, 60, 150, 303, 310, 336)


def number(salt, index):
    h = (index + salt * 0x9E3779B9) & 0xFFFFFFFF
    h = (h ^ (h >> 16)) * 0x85EBCA6B & 0xFFFFFFFF
    h ^= h >> 13
    h = h * 0xC2B2AE35 & 0xFFFFFFFF
    return ((h ^ (h >> 16)) / 2**32) - 0.5


def uniform(rows, columns, salt, width):
    """Rounded to f32, as the workload has them."""
    at = lambda k: mpf(struct.unpack("f", struct.pack("f", number(salt, k) * width))[0])  # noqa: E731
    return [[at(i * columns + j) for j in range(columns)] for i in range(rows)]


def product(a, b):
    columns = list(zip(*b))
    return [[mp.fdot(row, column) for column in columns] for row in a]


def transposed(a):
    return [list(row) for row in zip(*a)]


def each(f, *matrices):
    return [[f(*entries) for entries in zip(*rows)] for rows in zip(*matrices)]


def plus(a, b):
    return each(lambda x, y: x + y, a, b)


def network():
    parameters = []
    for k, (rows, columns) in enumerate(zip(SIZES, SIZES[1:])):
        width = 2 * (6 / (rows + columns)) ** 0.5
        parameters.append(uniform(rows, columns, 2 * k, width))
        parameters.append(uniform(1, columns, 2 * k + 1, 0.1))
    return parameters, uniform(BATCH, 2, 100, 2.0), uniform(BATCH, 1, 101, 2.0)


def column(p, x, t, at):
    """The derivative of the gradient along parameter number `at`."""
    d = [each(lambda v: mpf(0), m) for m in p]
    for m in d:
        if at < len(m) * len(m[0]):
            m[at // len(m[0])][at % len(m[0])] = mpf(1)
            break
        at -= len(m) * len(m[0])
    h, dh = [x], [each(lambda v: mpf(0), x)]
    for k in range(3):
        w, b, dw, db = p[2 * k], p[2 * k + 1], d[2 * k], d[2 * k + 1]
        z = [[v + c for v, c in zip(row, b[0])] for row in product(h[k], w)]
        dz = plus(product(dh[k], w), product(h[k], dw))
        dz = [[v + c for v, c in zip(row, db[0])] for row in dz]
        y = each(mp.tanh, z) if k < 2 else z
        h.append(y)
        dh.append(each(lambda v, e: (1 - v * v) * e, y, dz) if k < 2 else dz)
    g = each(lambda y, t: 2 * (y - t) / BATCH, h[3], t)
    dg = each(lambda e: 2 * e / BATCH, dh[3])
    out = []
    for k in (2, 1, 0):
        if k < 2:
            # z̄ = (1 − y²)·ȳ, and the derivative of that
            y, dy = h[k + 1], dh[k + 1]
            dg = each(lambda y, e, g, d: (1 - y * y) * d - 2 * y * e * g, y, dy, g, dg)
            g = each(lambda y, g: (1 - y * y) * g, y, g)
        dw = plus(product(transposed(dh[k]), g), product(transposed(h[k]), dg))
        db = [[mp.fsum(c) for c in zip(*dg)]]
        out = [dw, db] + out
        w, ew = transposed(p[2 * k]), transposed(d[2 * k])
        g, dg = product(g, w), plus(product(dg, w), product(g, ew))
    return [v for m in out for row in m for v in row]


def main():
    p, x, t = network()
    columns = {at: [mp.nstr(v, 20) for v in column(p, x, t, at)] for at in COLUMNS}
    for i in COLUMNS:
        for j in COLUMNS:
            assert abs(mpf(columns[i][j]) - mpf(columns[j][i])) < mpf(10) ** -18, (i, j)
    out = Path(__file__).parent.parent / "tests/data/hessian.json"
    lines = ",\n".join(f'"{at}": {json.dumps(values)}' for at, values in columns.items())
    out.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
