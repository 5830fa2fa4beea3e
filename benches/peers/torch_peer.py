"""PyTorch, eager, without an optimiser class; also into buffers that are used again."""

import torch
import torch.nn.functional as F

import data
from worker import THREADS, Cannot, Form, serve

torch.set_num_threads(THREADS)
torch.set_num_interop_threads(1)


def training(network):
    x = torch.from_numpy(network.features())
    t = torch.from_numpy(network.targets())
    hidden = {"tanh": torch.tanh, "relu": torch.relu}[network.hidden]
    objective = {"mse": F.mse_loss, "ce": F.cross_entropy}[network.loss]

    def parameters():
        return [torch.from_numpy(p).requires_grad_() for p in network.parameters()]

    def loss_of(p):
        h = x
        for w, b in zip(p[:-2:2], p[1:-2:2]):
            h = hidden(torch.addmm(b, h, w))
        return objective(torch.addmm(p[-1], h, p[-2]), t)

    def one_by_one(p):
        def step():
            loss = loss_of(p)
            gradients = torch.autograd.grad(loss, p)
            with torch.no_grad():
                for value, gradient in zip(p, gradients):
                    value.sub_(gradient, alpha=data.RATE)
            return loss.item()

        return step

    def together(p):
        def step():
            loss = loss_of(p)
            gradients = torch.autograd.grad(loss, p)
            with torch.no_grad():
                torch._foreach_add_(p, gradients, alpha=-data.RATE)
            return loss.item()

        return step

    return [
        Form("eager", one_by_one(parameters())),
        Form("eager, one update", together(parameters())),
    ]


def elementwise(name):
    x, g = (torch.from_numpy(a) for a in data.elementwise())
    functions = {
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
        "gelu": F.gelu,
        "silu": F.silu,
        "softplus": F.softplus,
        "softmax": lambda x: torch.softmax(x, -1),
        "log_softmax": lambda x: torch.log_softmax(x, -1),
    }
    function = functions.get(name) or getattr(torch, name)
    tracked = x.clone().requires_grad_()

    def by_autograd():
        y = function(tracked)
        return y, torch.autograd.grad(y, tracked, g)[0]

    y, dx = torch.empty_like(x), torch.empty_like(x)
    into = in_place(name, x, g, y, dx)

    def into_buffers():
        into()
        return y, dx

    value = lambda outputs: sum(v[data.ENTRY].item() for v in outputs)  # noqa: E731
    return [Form("autograd", by_autograd, value), Form("into buffers", into_buffers, value)]


def in_place(name, x, g, y, dx):
    """The functions that autograd calls, writing to y and dx."""
    aten = torch.ops.aten

    def relu():
        aten.clamp_min.out(x, 0, out=y)
        aten.threshold_backward.grad_input(g, y, 0, grad_input=dx)

    def sigmoid():
        aten.sigmoid.out(x, out=y)
        aten.sigmoid_backward.grad_input(g, y, grad_input=dx)

    def tanh():
        aten.tanh.out(x, out=y)
        aten.tanh_backward.grad_input(g, y, grad_input=dx)

    def gelu_tanh():
        aten.gelu.out(x, approximate="tanh", out=y)
        aten.gelu_backward.grad_input(g, x, approximate="tanh", grad_input=dx)

    def gelu():
        aten.gelu.out(x, out=y)
        aten.gelu_backward.grad_input(g, x, grad_input=dx)

    def silu():
        aten.silu.out(x, out=y)
        aten.silu_backward.grad_input(g, x, grad_input=dx)

    def softplus():
        aten.softplus.out(x, 1, 20, out=y)
        aten.softplus_backward.grad_input(g, x, 1, 20, grad_input=dx)

    def softmax():
        aten._softmax.out(x, -1, False, out=y)
        aten._softmax_backward_data.out(g, y, -1, x.dtype, grad_input=dx)

    def log_softmax():
        aten._log_softmax.out(x, -1, False, out=y)
        aten._log_softmax_backward_data.out(g, y, -1, x.dtype, out=dx)

    return locals()[name]


def chain(operations, numbers):
    """A chain of y*a and y + b in turn, with its gradient."""

    def call():
        x, a, b = (torch.tensor(v) for v in numbers)
        x.requires_grad_()
        y = x
        for _ in range(operations // 2):
            y = y * a + b
        return y, torch.autograd.grad(y, x)[0]

    return [Form("eager", call, lambda outputs: sum(v.item() for v in outputs))]


def jacobian(z):
    z = torch.from_numpy(z)

    def closed():
        y = torch.softmax(z, -1)
        return torch.diag_embed(y) - y.unsqueeze(-1) * y.unsqueeze(-2)

    one = torch.func.jacrev(lambda z: torch.softmax(z, -1))
    reverse = torch.func.vmap(one) if z.ndim == 2 else one
    return [Form("closed form", closed, data.entry), Form("jacrev", lambda: reverse(z), data.entry)]


def prepare(workload):
    if workload in data.NETWORKS:
        return training(data.NETWORKS[workload])
    if workload in data.FUNCTIONS:
        return elementwise(data.FUNCTIONS[workload])
    if workload in data.JACOBIANS:
        return jacobian(data.logits(*data.JACOBIANS[workload]))
    if workload in ("C1", "C1-recorded"):
        return chain(2000, data.SHORT)
    if workload == "C2":
        return chain(10**6, data.LONG)
    raise Cannot("not a workload")


serve(prepare)
