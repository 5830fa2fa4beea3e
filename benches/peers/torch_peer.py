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


def nth(order):
    """Gradients of gradients."""

    def call():
        x = torch.tensor(data.AT, dtype=torch.float64, requires_grad=True)
        y = torch.sigmoid(torch.sin(x)) * torch.exp(-(x**2))
        for k in range(order):
            (y,) = torch.autograd.grad(y, x, create_graph=k + 1 < order)
        return y

    return [Form("nested grad", call, lambda y: y.item())]


def loss_of(network):
    hidden = {"tanh": torch.tanh, "relu": F.relu}[network.hidden]

    def loss(p, x, t):
        for w, b in zip(p[:-2:2], p[1:-2:2]):
            x = hidden(x @ w + b)
        z = x @ p[-2] + p[-1]
        return F.mse_loss(z, t) if network.loss == "mse" else F.cross_entropy(z, t)

    return loss


def hessian(network):
    loss = loss_of(network)
    wide = lambda a: torch.from_numpy(a).double()  # noqa: E731
    x, t = wide(network.features()), wide(network.targets())
    p = [wide(a) for a in network.parameters()]
    sizes, shapes = [a.numel() for a in p], [a.shape for a in p]
    flat = torch.cat([a.flatten() for a in p])

    def of(flat):
        return loss([a.reshape(s) for a, s in zip(flat.split(sizes), shapes)], x, t)

    function = torch.func.hessian(of)
    return [Form("func.hessian", lambda: function(flat), lambda h: h[60, 70].item())]


def hessian_product(network):
    loss = loss_of(network)
    p = tuple(torch.from_numpy(a) for a in network.parameters())
    v = tuple(torch.from_numpy(a) for a in data.directions(network))
    x, t = torch.from_numpy(network.features()), torch.from_numpy(network.targets())
    tracked = [a.clone().requires_grad_() for a in p]
    gradient = torch.func.grad(loss)

    def forward_over_reverse():
        return torch.func.jvp(lambda *p: gradient(p, x, t), p, v)[1]

    def reverse_over_reverse():
        g = torch.autograd.grad(loss(tracked, x, t), tracked, create_graph=True)
        return torch.autograd.grad(g, tracked, v)

    value = lambda h: h[2][3, 5].item()  # noqa: E731
    return [
        Form("jvp of grad", forward_over_reverse, value),
        Form("grad of grad", reverse_over_reverse, value),
    ]


def prepare(workload):
    if workload in ("N5", "N10"):
        return nth(data.ORDERS[workload])
    if workload == "N20":
        raise Cannot("the time grows 4 times per order")
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
    if workload in ("C1", "C1-recorded"):
        return chain(2000, data.SHORT)
    if workload == "C2":
        return chain(10**6, data.LONG)
    raise Cannot("not a workload")


serve(prepare)
