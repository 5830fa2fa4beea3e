"""The workloads in the order of the table, and how much faster than whom ours shall be."""

from dataclasses import dataclass

OURS = "chainrule"
RUST = ("burn", "candle", "dfdx")
BEST, ANY_RUST = "the best", "every Rust peer"


@dataclass(frozen=True)
class Workload:
    """A workload; `bars` says at least how many times faster than a peer, `BEST` or `ANY_RUST`."""

    id: str
    what: str
    dtype: str
    bars: dict
    threads: int = 1
    # How far values may lie apart, against ours.
    tolerance: float = 1e-3

    @property
    def name(self):
        return self.id if self.threads == 1 else f"{self.id}, {self.threads} threads"


def _function(id, what, factor):
    return Workload(id, what, "f32", {BEST: factor, ANY_RUST: 15})


T5 = "step 784-1024-1024-10 relu, batch 256, CE"

WORKLOADS = [
    Workload("T1", "step 2-16-16-1 tanh, batch 4, MSE", "f32", {"dfdx": 4, "jax": 15}),
    Workload("T2", "step 2-32-32-2 tanh, batch 64, CE", "f32", {"jax": 4}),
    Workload("T3", "step 64-128-64-10 relu, batch 64, CE", "f32", {"jax": 1.6}),
    Workload("T4", "step 784-256-128-10 relu, batch 128, CE", "f32", {"jax": 1.12}),
    Workload("T5", T5, "f32", {"jax": 1.03}),
    Workload("T5", T5, "f32", {BEST: 1}, threads=2),
    _function("A1", "relu, 10⁶", 1),
    _function("A2", "sigmoid, 10⁶", 1.1),
    _function("A3", "tanh, 10⁶", 1.2),
    _function("A4", "gelu, tanh form, 10⁶", 1.2),
    _function("A5", "gelu, erf form, 10⁶", 1.2),
    _function("A6", "silu, 10⁶", 1.2),
    _function("A7", "softplus, 10⁶", 1.2),
    _function("A8a", "softmax, 1000 × 1000", 1.2),
    _function("A8b", "log-softmax, 1000 × 1000", 1.2),
    Workload("C1", "1000 scalar y·a + b with gradient, replayed", "f32", {"jax": 3}),
    Workload("C1-recorded", "the same, define-by-run", "f32", {"dfdx": 3}),
    Workload("C2", "10⁶ scalar × and +: record to drop", "f32", {"dfdx": 4}, tolerance=0.05),
    Workload("J10", "Jacobian of softmax, n = 10", "f64", {BEST: 10}),
    Workload("J100", "Jacobian of softmax, n = 100", "f64", {BEST: 3}),
    Workload("J1000", "Jacobian of softmax, n = 1000", "f64", {BEST: 1}),
    Workload("J256x10", "256 Jacobians of softmax, n = 10", "f64", {BEST: 5}),
    Workload("N5", "5th derivative of sigmoid(sin x)·exp(−x²)", "f64", {}, tolerance=1e-9),
    Workload("N10", "10th derivative of it", "f64", {"jax": 1, "torch": 1000}, tolerance=1e-9),
    Workload("N20", "20th derivative of it", "f64", {}, tolerance=1e-9),
    Workload("H337", "Hessian of the loss of T1, 337²", "f64", {"jax": 3}, tolerance=1e-12),
    Workload("HVP", "Hessian-vector product of the loss of T3", "f32", {"jax": 1.5}),
    Workload("E", "digits, 20 epochs, whole process", "f32", {"scikit-learn": 2, "jax": 4}),
]
