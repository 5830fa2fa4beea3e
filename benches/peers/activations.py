#!/usr/bin/env python3
"""Nanoseconds per element of every activation beside PyTorch's and JAX's, as a Markdown page.

    cargo build --release --package chainrule-cli
    python benches/peers/activations.py target/release/chainrule [rounds] > docs/activations-speed.md

10^6 elements of f32, one thread. Forward, and forward with the pullback of one adjoint; ours as
compiled programs. The three take turns within each round, and the least of all rounds counts. PyTorch: eager, `requires_grad` and
`backward` with a given gradient. JAX: one jitted function each for the value and for value and vjp.
What a library does not have is written with its primitives, as its users would.
"""

import os
import subprocess
import sys
import time

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
N = 1_000_000

# Name: PyTorch's formula, JAX's.
PEERS = {
    "identity": (lambda x: x * 1, lambda x: x * 1),
    "relu": (F.relu, jax.nn.relu),
    "relu6": (F.relu6, jax.nn.relu6),
    "leaky_relu": (F.leaky_relu, jax.nn.leaky_relu),
    "rrelu": (lambda x: F.rrelu(x, training=False), lambda x: jax.nn.leaky_relu(x, 11 / 48)),
    "relu_squared": (lambda x: F.relu(x).square(), lambda x: jnp.square(jax.nn.relu(x))),
    "keras_relu": (F.relu, jax.nn.relu),
    "elu": (F.elu, jax.nn.elu),
    "celu": (F.celu, jax.nn.celu),
    "selu": (F.selu, jax.nn.selu),
    "squareplus": (lambda x: (x + torch.sqrt(x * x + 4)) / 2, jax.nn.squareplus),
    "sigmoid": (torch.sigmoid, jax.nn.sigmoid),
    "tanh": (torch.tanh, jnp.tanh),
    "logsigmoid": (F.logsigmoid, jax.nn.log_sigmoid),
    "softplus": (F.softplus, jax.nn.softplus),
    "softsign": (F.softsign, jax.nn.soft_sign),
    "log1mexp": (lambda x: torch.log(-torch.expm1(-x)), jax.nn.log1mexp),
    "tanhshrink": (F.tanhshrink, lambda x: x - jnp.tanh(x)),
    "gelu": (F.gelu, lambda x: jax.nn.gelu(x, approximate=False)),
    "gelu_tanh": (lambda x: F.gelu(x, approximate="tanh"), jax.nn.gelu),
    "quick_gelu": (lambda x: x * torch.sigmoid(1.702 * x), lambda x: x * jax.nn.sigmoid(1.702 * x)),
    "silu": (F.silu, jax.nn.silu),
    "swish": (F.silu, jax.nn.silu),
    "mish": (F.mish, jax.nn.mish),
    "lisht": (lambda x: x * torch.tanh(x), lambda x: x * jnp.tanh(x)),
    "hardswish": (F.hardswish, jax.nn.hard_swish),
    "hardsigmoid": (F.hardsigmoid, jax.nn.hard_sigmoid),
    "hardtanh": (F.hardtanh, jax.nn.hard_tanh),
    "clamp": (lambda x: torch.clamp(x, 0, 1), lambda x: jnp.clip(x, 0, 1)),
    "threshold": (lambda x: F.threshold(x, 0, 0.5), lambda x: jnp.where(x > 0, x, 0.5)),
    "thresholded_relu": (lambda x: F.threshold(x, 1, 0), lambda x: jnp.where(x > 1, x, 0)),
    "hardshrink": (F.hardshrink, lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0)),
    "softshrink": (F.softshrink, lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.5, 0)),
    "sparse_plus": (None, jax.nn.sparse_plus),
    "sparse_sigmoid": (lambda x: torch.clamp((x + 1) / 2, 0, 1), jax.nn.sparse_sigmoid),
    "sine": (torch.sin, jnp.sin),
    "snake": (lambda x: x + torch.sin(x).square(), lambda x: x + jnp.square(jnp.sin(x))),
    "gaussian": (lambda x: torch.exp(-x * x), lambda x: jnp.exp(-x * x)),
    "exp": (torch.exp, jnp.exp),
    "abs": (torch.abs, jnp.abs),
    "sign": (torch.sign, jnp.sign),
    "step": (lambda x: torch.heaviside(x, torch.zeros(())), lambda x: jnp.heaviside(x, 0.0)),
}
NO_GRADIENT_IN_TORCH = {"step"}

# The elementary functions that value and slope need at least, each counted once where both are made of it:
# tanh is one exponential, gelu's density is the exponential in its distribution function, and the slope of
# a wave is another wave.
EXPONENTIALS = ("elu celu selu sigmoid tanh tanhshrink gelu_tanh quick_gelu silu swish mish lisht gaussian exp")
CALLS = {name: ["exp"] for name in EXPONENTIALS.split()} | {
    "squareplus": ["sqrt"],
    "logsigmoid": ["exp", "ln_1p"],
    "softplus": ["exp", "ln_1p"],
    "log1mexp": ["exp", "ln"],
    "gelu": ["norm_cdf"],
    "sine": ["sin", "cos"],
    "snake": ["sin", "cos"],
}
ELEMENTARY = {"ln", "ln_1p", "sqrt", "sin", "cos", "norm_cdf"}


HEADER = """# Activations: nanoseconds per element beside PyTorch and JAX

Written by `benches/peers/activations.py`; do not edit. 10⁶ elements of f32 into buffers that are used
again, one thread, the least of {rounds} round(s) in which the three take turns. {machine}; PyTorch
{torch} eager, JAX {jax} jitted, chainrule as compiled programs. "With pullback": the value and the
product of the derivative with an adjoint; "of silu" is that cost over silu's. "Calls": the elementary
functions that both are made of at least, one pass over each of them; "of calls" is the cost over the sum
of these passes and two more (relu with its pullback). What is wanted is 1.5 of silu's cost or 1.2 of that
of the calls.
"""


def machine():
    with open("/proc/cpuinfo") as info:
        lines = (line.replace("\t", "") for line in info.read().split("\n"))
        facts = dict(line.split(": ", 1) for line in lines if ": " in line)
    flags = facts["flags"].split()
    widest = next((name for name in ("avx512bw", "avx2") if name in flags), "baseline")
    return f"{facts['model name'].strip()} with {widest}"


def timed(f):
    start = time.perf_counter()
    f()
    return (time.perf_counter() - start) * 1e9 / N


class Torch:
    def __init__(self, x, u):
        self.plain = torch.tensor(x)
        self.x, self.u = torch.tensor(x, requires_grad=True), torch.tensor(u)

    def runs(self, name, f):
        def forward():
            with torch.no_grad():
                f(self.plain)

        def both():
            self.x.grad = None
            f(self.x).backward(self.u)

        return forward, None if name in NO_GRADIENT_IN_TORCH else both


class Jax:
    def __init__(self, x, u):
        self.x, self.u = jnp.asarray(x), jnp.asarray(u)

    def runs(self, name, f):
        value = jax.jit(f)

        @jax.jit
        def pulled(x, u):
            y, pull = jax.vjp(f, x)
            return y, pull(u)[0]

        forward = lambda: value(self.x).block_until_ready()
        both = lambda: pulled(self.x, self.u)[1].block_until_ready()
        forward(), both()  # compiled
        return forward, both


def main():
    command = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    x = ((np.arange(N) % 8192) / 1024 - 4).astype(np.float32)
    u = np.full(N, 0.75, np.float32)
    peers = [Torch(x, u), Jax(x, u)]
    runs = {}
    for name, formulas in PEERS.items():
        runs[name] = [peer.runs(name, f) if f else (None, None) for peer, f in zip(peers, formulas)]
    least = {}

    def see(key, ns):
        least[key] = min(ns, least.get(key, float("inf")))

    for _ in range(rounds):
        lines = subprocess.run([command, "gallery", "--costs"], capture_output=True, text=True, check=True)
        for line in lines.stdout.splitlines():
            name, forward, both = line.split()
            see((name, 0, 0), float(forward))
            see((name, 0, 1), float(both))
        for name, of_peers in runs.items():
            for i, pair in enumerate(of_peers):
                for k, run in enumerate(pair):
                    for _ in range(3 if run else 0):
                        see((name, i + 1, k), timed(run))
    if missing := {name for name, _, _ in least} - PEERS.keys() - ELEMENTARY:
        sys.exit(f"no formulas to compare with for {missing}")
    print(HEADER.format(rounds=rounds, machine=machine(), torch=torch.__version__, jax=jax.__version__))
    silu = least["silu", 0, 1]
    print("| activation | forward: chainrule | PyTorch | JAX | with pullback: chainrule | PyTorch | JAX "
          "| of silu | calls | of calls | met |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    cell = lambda key: f"{least[key]:.2f}" if key in least else ""
    missed = []
    for name in PEERS:
        costs = " | ".join(cell((name, i, k)) for k in (0, 1) for i in range(3))
        cost, calls = least[name, 0, 1], CALLS.get(name, [])
        bar = sum(least[call, 0, 0] for call in calls) + least["relu", 0, 1]
        met = [text for text, ratio, most in (("silu", cost / silu, 1.5), ("calls", cost / bar, 1.2)) if ratio <= most]
        missed += [] if met else [name]
        print(f"| `{name}` | {costs} | {cost / silu:.2f} | {', '.join(calls)} | {cost / bar:.2f} | {', '.join(met)} |")
    passes = ", ".join(f"{name} {least[name, 0, 0]:.2f}" for name in sorted(ELEMENTARY | {"exp", "tanh"}))
    print(f"\nOne pass over each: {passes}; relu with its pullback {least['relu', 0, 1]:.2f}.")
    print(f"Neither is met by: {', '.join(missed) or 'none'}.")


if __name__ == "__main__":
    main()
