"""The data of the workloads, the same to the bit as `benches/workloads/` makes."""

from dataclasses import dataclass

import numpy as np


def number(salt, count):
    """The first numbers of a sequence in -1/2..1/2: a hash of their index."""
    h = np.arange(count, dtype=np.uint32) + np.uint32(salt * 0x9E3779B9 % 2**32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2**32 - 0.5


def uniform(shape, salt, width):
    numbers = number(salt, int(np.prod(shape))) * width
    return numbers.astype(np.float32).reshape(shape)


def labels(rows, salt, classes):
    return np.floor((number(salt, rows) + 0.5) * classes).astype(np.int64)


def logits(*shape):
    """What the Jacobians of softmax are taken at; f64."""
    return (4 * number(0, int(np.prod(shape)))).reshape(shape)


@dataclass(frozen=True)
class Network:
    """A network of T1 to T5, and what it is trained with."""

    sizes: tuple
    batch: int
    hidden: str
    loss: str

    def parameters(self):
        """Weights and biases in turn."""
        arrays = []
        for k, (rows, columns) in enumerate(zip(self.sizes, self.sizes[1:])):
            width = 2 * (6 / (rows + columns)) ** 0.5
            arrays.append(uniform((rows, columns), 2 * k, width))
            arrays.append(uniform((columns,), 2 * k + 1, 0.1))
        return arrays

    def features(self):
        return uniform((self.batch, self.sizes[0]), 100, 2)

    def targets(self):
        if self.loss == "mse":
            return uniform((self.batch, self.sizes[-1]), 101, 2)
        return labels(self.batch, 101, self.sizes[-1])


NETWORKS = {
    "T1": Network((2, 16, 16, 1), 4, "tanh", "mse"),
    "T2": Network((2, 32, 32, 2), 64, "tanh", "ce"),
    "T3": Network((64, 128, 64, 10), 64, "relu", "ce"),
    "T4": Network((784, 256, 128, 10), 128, "relu", "ce"),
    "T5": Network((784, 1024, 1024, 10), 256, "relu", "ce"),
}
RATE = 0.01

FUNCTIONS = {
    "A1": "relu",
    "A2": "sigmoid",
    "A3": "tanh",
    "A4": "gelu_tanh",
    "A5": "gelu",
    "A6": "silu",
    "A7": "softplus",
    "A8a": "softmax",
    "A8b": "log_softmax",
}
ENTRY = (123, 456)


def elementwise():
    """x and the adjoint of y."""
    return uniform((1000, 1000), 0, 8), uniform((1000, 1000), 1, 2)


# x, a and b of the chains.
SHORT = (1.0, 0.999, 0.001)
LONG = (2.0, 0.999999, 0.000001)

JACOBIANS = {"J10": (10,), "J100": (100,), "J1000": (1000,), "J256x10": (256, 10)}


# Where the n-th derivative is taken.
AT = 0.75
ORDERS = {"N5": 5, "N10": 10, "N20": 20}


def directions(network):
    """A vector of the shapes of the parameters."""
    return [uniform(p.shape, 200 + k, 2) for k, p in enumerate(network.parameters())]


def entry(jacobian):
    """The entry of a Jacobian, or of the first of many, that is looked at."""
    return float(jacobian[(0,) * (jacobian.ndim - 1) + (1,)])
