"""JAX on the digits: all epochs are one compiled function, the odd last batch is filled up with
rows of weight 0."""

import jax
import jax.numpy as jnp
import numpy as np

import load

(x, t), (x_test, t_test) = load.load()
random = np.random.default_rng(2)
batches = -(-len(t) // load.BATCH)
filled = batches * load.BATCH
orders = np.zeros((load.EPOCHS, filled), np.int32)
orders[:, : len(t)] = [random.permutation(len(t)) for _ in range(load.EPOCHS)]
weights = np.arange(filled) < len(t)
rows = orders.reshape(load.EPOCHS * batches, load.BATCH)
weights = np.tile(weights.reshape(batches, load.BATCH), (load.EPOCHS, 1)).astype(np.float32)


def output(p, x):
    for w, b in zip(p[:-2:2], p[1:-2:2]):
        x = jax.nn.relu(x @ w + b)
    return x @ p[-2] + p[-1]


def loss(p, x, t, weight):
    z = jax.nn.log_softmax(output(p, x))
    return -(jnp.take_along_axis(z, t[:, None], 1)[:, 0] * weight).sum() / weight.sum()


@jax.jit
def train(p, x, t, rows, weights):
    def step(state, batch):
        p, m, v, n = state
        rows, weight = batch
        gradients = jax.grad(loss)(p, x[rows], t[rows], weight)
        n = n + 1
        m = [load.BETA1 * m + (1 - load.BETA1) * g for m, g in zip(m, gradients)]
        v = [load.BETA2 * v + (1 - load.BETA2) * g * g for v, g in zip(v, gradients)]
        one, two = 1 - load.BETA1**n, 1 - load.BETA2**n
        p = [
            p - load.RATE * (m / one) / (jnp.sqrt(v / two) + load.EPSILON)
            for p, m, v in zip(p, m, v)
        ]
        return (p, m, v, n), None

    zeros = [jnp.zeros_like(p) for p in p]
    return jax.lax.scan(step, (p, zeros, zeros, 0.0), (rows, weights))[0][0]


p = train(load.parameters(), x, t.astype(np.int32), rows, weights)
load.report(jax.jit(output)(p, x_test).argmax(1), t_test)
