#!/usr/bin/env python3
"""What PyTorch's losses give, values and gradients, for crates/activations/tests/losses_beside_torch.rs.

    pip install torch
    python scripts/loss_references.py > crates/activations/tests/data/losses.json

f64. A case is a loss with its parameters, its input and target, what it gives for each reduction, and
the gradients by the input. Logits go to ±1e4 and ±inf; where PyTorch answers NaN it is kept, and the
test asks nothing there. Focal is composed of PyTorch's operations, as torchvision has it.
"""

import json

import torch
import torch.nn.functional as F

INF = float("inf")
REDUCTIONS = ["mean", "sum", "none"]
EDGES = [0.0, -0.0, 0.5, 1.0, -1.0, 1.5, -2.0, 3.0, 20.0, -40.0, 1e4, -1e4]
LOGITS = EDGES + [INF, -INF]
ROWS = [
    [0.0, 0.0, 0.0, 0.0],
    [1.5, -0.5, 3.0, 0.25],
    [40.0, 0.0, -40.0, 1.0],
    [1e4, -1e4, 0.0, 9999.0],
    [-1e4, -1e4, -1e4, -1e4],
    [2.0, -INF, 1.0, 0.5],
]
CLASSES = [2, 2, 0, 1, 3, 0]
WEIGHTS = [1.0, 0.5, 2.0, 0.25]
SOFT = [[0.25] * 4, [1.0, 0.0, 0.0, 0.0], [0.5, 0.25, 0.25, 0.0], [0.0, 0.0, 0.5, 0.5],
        [0.125, 0.125, 0.25, 0.5], [0.5, 0.0, 0.5, 0.0]]


def focal(z, t, alpha, gamma, reduction):
    ce = F.binary_cross_entropy_with_logits(z, t, reduction="none")
    p = torch.sigmoid(z)
    each = (alpha * t + (1 - alpha) * (1 - t)) * (1 - (p * t + (1 - p) * (1 - t))) ** gamma * ce
    return {"mean": each.mean, "sum": each.sum, "none": lambda: each}[reduction]()


def kl(z, p, reduction):
    """By rows, as its definition is; PyTorch's own mean is that of the elements, "batchmean" of the rows."""
    if reduction == "none":
        return F.kl_div(F.log_softmax(z, -1), p, reduction="none").sum(-1)
    return F.kl_div(F.log_softmax(z, -1), p, reduction={"mean": "batchmean"}.get(reduction, reduction))


def text(values):
    return [repr(v) for v in values.detach().reshape(-1).tolist()]


def case(name, f, x, t, **params):
    x, t = torch.tensor(x, dtype=torch.float64), torch.tensor(t)
    t = t if t.dtype == torch.int64 else t.double()
    out = {"loss": name, "params": params, "shape": list(x.shape), "x": text(x), "t": text(t.double())}
    for reduction in REDUCTIONS:
        leaf = x.clone().requires_grad_()
        y = f(leaf, t, reduction=reduction)
        y.sum().backward()
        out[reduction] = {"value": text(y), "gradient": text(leaf.grad)}
    return out


def pairs(xs, ts):
    return [x for x in xs for _ in ts], [t for _ in xs for t in ts]


def cases():
    x, t = pairs(EDGES, [0.0, 1.0, -2.5, 0.5])
    yield case("mse", F.mse_loss, x, t)
    yield case("mae", F.l1_loss, x, t)
    for delta in (1.0, 0.5, 3.0):
        yield case("huber", lambda *a, **k: F.huber_loss(*a, delta=delta, **k), x, t, delta=delta)
        yield case("smooth_l1", lambda *a, **k: F.smooth_l1_loss(*a, beta=delta, **k), x, t, beta=delta)
    for labels in ([0.0, 1.0], [0.25, 0.9]):
        z, t = pairs(LOGITS, labels)
        yield case("bce_with_logits", F.binary_cross_entropy_with_logits, z, t)
    for alpha, gamma in ((0.25, 2.0), (0.5, 0.0), (0.75, 1.0)):
        z, t = pairs(EDGES, [0.0, 1.0])
        yield case("focal", lambda *a, **k: focal(*a, alpha, gamma, **k), z, t, alpha=alpha, gamma=gamma)
    p, t = pairs([1e-30, 1e-8, 0.25, 0.5, 0.875, 1 - 1e-8], [0.0, 1.0, 0.25])
    yield case("bce", F.binary_cross_entropy, p, t)
    logs = F.log_softmax(torch.tensor(ROWS, dtype=torch.float64), -1).tolist()
    yield case("nll", F.nll_loss, logs, CLASSES)
    ignored = [c if k % 3 else -100 for k, c in enumerate(CLASSES)]
    for smoothing in (0.0, 0.125, 1.0):
        for weights in (None, WEIGHTS):
            for classes in (CLASSES, ignored, [-100] * len(ROWS)):
                def f(z, c, reduction):
                    w = None if weights is None else torch.tensor(weights, dtype=torch.float64)
                    return F.cross_entropy(z, c, weight=w, label_smoothing=smoothing, reduction=reduction)
                yield case("cross_entropy", f, ROWS, classes, smoothing=smoothing, weights=weights)
            def g(z, p, reduction):
                w = None if weights is None else torch.tensor(weights, dtype=torch.float64)
                return F.cross_entropy(z, p, weight=w, label_smoothing=smoothing, reduction=reduction)
            yield case("cross_entropy_probabilities", g, ROWS, SOFT, smoothing=smoothing, weights=weights)
    yield case("kl_divergence", kl, ROWS, SOFT)


print(json.dumps({"torch": torch.__version__, "cases": list(cases())}, indent=1))
