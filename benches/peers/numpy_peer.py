"""NumPy: the Jacobian of softmax in closed form, as one would write it by hand."""

import numpy as np

import data
from worker import Cannot, Form, serve


def jacobian(z):
    e = np.exp(z - z.max())
    y = e / e.sum()
    return np.diag(y) - np.outer(y, y)


def into_diagonal(z):
    e = np.exp(z - z.max())
    y = e / e.sum()
    j = np.multiply.outer(-y, y)
    j.ravel()[:: len(y) + 1] += y
    return j


def batched(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    j = -y[:, :, None] * y[:, None, :]
    i = np.arange(z.shape[-1])
    j[:, i, i] += y
    return j


def prepare(workload):
    if workload not in data.JACOBIANS:
        raise Cannot("not a workload")
    z = data.logits(*data.JACOBIANS[workload])
    functions = [batched] if z.ndim == 2 else [jacobian, into_diagonal]
    return [Form(f.__name__, lambda f=f: f(z), data.entry) for f in functions]


serve(prepare)
