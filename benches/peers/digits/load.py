"""The digits, split as `chainrule train digits.json` splits them: 1258 rows for training, 180 for
validation, 359 for the test."""

from pathlib import Path

import numpy as np

FILE = Path(__file__).parents[3] / "data" / "digits.csv"
TEST, VALIDATION = 359, 180

SIZES = (64, 128, 64, 10)
EPOCHS, BATCH, RATE = 20, 64, 1e-3
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def load():
    """Features and classes, for training and for the test."""
    names = FILE.open().readline().strip().split(",")
    rows = np.loadtxt(FILE, delimiter=",", skiprows=1, dtype=np.float32)
    rows = rows[np.random.default_rng(0).permutation(len(rows))]
    label = names.index("label")
    x, t = np.delete(rows, label, 1) / 16, rows[:, label].astype(np.int64)
    first = TEST + VALIDATION
    return (x[first:], t[first:]), (x[:TEST], t[:TEST])


def parameters():
    """Weights (He et al., 2015) and biases in turn."""
    random = np.random.default_rng(1)
    arrays = []
    for rows, columns in zip(SIZES, SIZES[1:]):
        weights = random.normal(0, (2 / rows) ** 0.5, (rows, columns))
        arrays += [weights.astype(np.float32), np.zeros(columns, np.float32)]
    return arrays


def report(classes, targets):
    print("test accuracy", float((np.asarray(classes) == targets).mean()))
