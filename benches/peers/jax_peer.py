"""JAX, compiled (`jit`), with donated buffers where something is replaced."""

import os

if os.environ.get("PEER_THREADS", "1") == "1":
    os.environ["XLA_FLAGS"] = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )

import jax
import jax.numpy as jnp

import data
from worker import Cannot, Form, serve

jax.config.update("jax_enable_x64", True)


def training(network):
    hidden = {"tanh": jnp.tanh, "relu": jax.nn.relu}[network.hidden]

    def output(p, x):
        for w, b in zip(p[:-2:2], p[1:-2:2]):
            x = hidden(x @ w + b)
        return x @ p[-2] + p[-1]

    def squares(p, x, t):
        return jnp.square(output(p, x) - t).mean()

    def by_labels(p, x, t):
        z = jax.nn.log_softmax(output(p, x))
        return -jnp.take_along_axis(z, t[:, None], 1).mean()

    def by_one_hot(p, x, t):
        return -(jax.nn.log_softmax(output(p, x)) * t).sum(-1).mean()

    targets = network.targets()
    if network.loss == "mse":
        losses = {"jit": (squares, targets)}
    else:
        one_hot = (targets[:, None] == range(network.sizes[-1])).astype("float32")
        losses = {
            "jit, labels": (by_labels, targets.astype("int32")),
            "jit, one-hot": (by_one_hot, one_hot),
        }
    return [Form(name, step(network, *loss)) for name, loss in losses.items()]


def step(network, loss, t):
    x, t = jnp.asarray(network.features()), jnp.asarray(t)
    p = [jnp.asarray(p) for p in network.parameters()]

    def move(p, x, t):
        value, gradients = jax.value_and_grad(loss)(p, x, t)
        return [a - data.RATE * g for a, g in zip(p, gradients)], value

    compiled = jax.jit(move, donate_argnums=0)

    def call():
        nonlocal p
        p, value = compiled(p, x, t)
        return value.block_until_ready()

    return call


def elementwise(name):
    functions = {
        "gelu_tanh": lambda x: jax.nn.gelu(x, approximate=True),
        "gelu": lambda x: jax.nn.gelu(x, approximate=False),
        "tanh": jnp.tanh,
    }
    function = functions.get(name) or getattr(jax.nn, name)
    x, g = (jnp.asarray(a) for a in data.elementwise())

    def both(x, g):
        y, pullback = jax.vjp(function, x)
        return y, pullback(g)[0]

    compiled = jax.jit(both)
    # The arrays of the last call are given back, and take the results of the next.
    reusing = jax.jit(lambda x, g, *_: both(x, g), donate_argnums=(2, 3), keep_unused=True)
    last = [jnp.empty_like(x), jnp.empty_like(x)]

    def fresh():
        return jax.block_until_ready(compiled(x, g))

    def into_buffers():
        last[:] = jax.block_until_ready(reusing(x, g, *last))
        return last

    value = lambda outputs: sum(float(v[data.ENTRY]) for v in outputs)  # noqa: E731
    return [Form("jit", fresh, value), Form("jit, into buffers", into_buffers, value)]


def chain(forms):
    numbers = [jnp.float32(v) for v in data.SHORT]

    def form(name, function):
        call = lambda: jax.block_until_ready(function(*numbers))  # noqa: E731
        return Form(name, call, lambda outputs: sum(float(v) for v in outputs))

    return [form(name, function) for name, function in forms.items()]


def unrolled(x, a, b):
    for _ in range(1000):
        x = x * a + b
    return x


def loop(x, a, b):
    return jax.lax.fori_loop(0, 1000, lambda _, y: y * a + b, x)


REPLAYED = {
    "jit": jax.jit(jax.value_and_grad(unrolled)),
    "jit of a loop": jax.jit(jax.value_and_grad(loop)),
}
RECORDED = {"not compiled": jax.value_and_grad(unrolled)}


def jacobian(z):
    z = jnp.asarray(z)

    def closed(z):
        y = jax.nn.softmax(z)
        return jnp.diag(y) - y[:, None] * y[None, :]

    forms = {
        "jit, closed form": closed,
        "jit, jacrev": jax.jacrev(jax.nn.softmax),
        "jit, jacfwd": jax.jacfwd(jax.nn.softmax),
    }

    def form(name, function):
        compiled = jax.jit(jax.vmap(function) if z.ndim == 2 else function)
        return Form(name, lambda: compiled(z).block_until_ready(), data.entry)

    return [form(name, function) for name, function in forms.items()]


def composed(x):
    return jax.nn.sigmoid(jnp.sin(x)) * jnp.exp(-(x**2))


def nth(order):
    """By `jax.experimental.jet`, and by derivatives of derivatives."""
    from jax.experimental.jet import jet

    def series(x):
        return jet(composed, (x,), ([1.0] + [0.0] * (order - 1),))[1][-1]

    def nested(x):
        f = composed
        for _ in range(order):
            f = jax.jacfwd(f)
        return f(x)

    x = jnp.float64(data.AT)

    def form(name, function):
        compiled = jax.jit(function)
        return Form(name, lambda: compiled(x).block_until_ready())

    forms = [form("jit, jet", series)]
    return forms + ([form("jit, nested", nested)] if order <= 5 else [])


def loss_of(network):
    """The loss of parameters that are a list."""
    hidden = {"tanh": jnp.tanh, "relu": jax.nn.relu}[network.hidden]

    def output(p, x):
        for w, b in zip(p[:-2:2], p[1:-2:2]):
            x = hidden(x @ w + b)
        return x @ p[-2] + p[-1]

    def squares(p, x, t):
        return jnp.square(output(p, x) - t).mean()

    def by_one_hot(p, x, t):
        return -(jax.nn.log_softmax(output(p, x)) * t).sum(-1).mean()

    return squares if network.loss == "mse" else by_one_hot


def hessian(network):
    from jax.flatten_util import ravel_pytree

    loss = loss_of(network)
    wide = lambda a: jnp.asarray(a, jnp.float64)  # noqa: E731
    x, t = wide(network.features()), wide(network.targets())
    flat, unravel = ravel_pytree([wide(p) for p in network.parameters()])

    def of(flat, x, t):
        return loss(unravel(flat), x, t)

    def form(name, function):
        compiled = jax.jit(function)
        call = lambda: compiled(flat, x, t).block_until_ready()  # noqa: E731
        return Form(name, call, lambda h: float(h[60, 70]))

    return [
        form("jit, hessian", jax.hessian(of)),
        form("jit, jacrev of jacrev", jax.jacrev(jax.jacrev(of))),
    ]


def hessian_product(network):
    p, v = ([jnp.asarray(a) for a in list_] for list_ in (network.parameters(), data.directions(network)))
    x = jnp.asarray(network.features())
    t = jnp.asarray((network.targets()[:, None] == range(network.sizes[-1])).astype("float32"))
    loss = loss_of(network)

    def forward_over_reverse(p, v, x, t):
        return jax.jvp(lambda p: jax.grad(loss)(p, x, t), (p,), (v,))[1]

    def reverse_over_reverse(p, v, x, t):
        dot = lambda g: sum((a * b).sum() for a, b in zip(g, v))  # noqa: E731
        return jax.grad(lambda p: dot(jax.grad(loss)(p, x, t)))(p)

    def form(name, function):
        compiled = jax.jit(function)
        call = lambda: jax.block_until_ready(compiled(p, v, x, t))  # noqa: E731
        return Form(name, call, lambda h: float(h[2][3, 5]))

    return [
        form("jit, jvp of grad", forward_over_reverse),
        form("jit, grad of grad", reverse_over_reverse),
    ]


def prepare(workload):
    if workload in data.ORDERS:
        return nth(data.ORDERS[workload])
    if workload == "H337":
        return hessian(data.NETWORKS["T1"])
    if workload == "HVP":
        return hessian_product(data.NETWORKS["T3"])
    if workload in data.NETWORKS:
        return training(data.NETWORKS[workload])
    if workload in data.FUNCTIONS:
        return elementwise(data.FUNCTIONS[workload])
    if workload in data.JACOBIANS:
        return jacobian(data.logits(*data.JACOBIANS[workload]))
    if workload == "C1":
        return chain(REPLAYED)
    if workload == "C1-recorded":
        return chain(RECORDED)
    if workload == "C2":
        raise Cannot("a function of 10⁶ operations cannot be compiled in reasonable time")
    raise Cannot("not a workload")


serve(prepare)
