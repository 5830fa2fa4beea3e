"""PyTorch on the digits, with its Adam over all parameters at once."""

import numpy as np
import torch
import torch.nn.functional as F

import load

torch.set_num_threads(1)
(x, t), (x_test, t_test) = load.load()
x, t = torch.from_numpy(x), torch.from_numpy(t)
p = [torch.from_numpy(p).requires_grad_() for p in load.parameters()]
adam = torch.optim.Adam(p, load.RATE, (load.BETA1, load.BETA2), load.EPSILON, foreach=True)
random = np.random.default_rng(2)


def output(x):
    for w, b in zip(p[:-2:2], p[1:-2:2]):
        x = torch.addmm(b, x, w).relu()
    return torch.addmm(p[-1], x, p[-2])


for _ in range(load.EPOCHS):
    order = torch.from_numpy(random.permutation(len(t)))
    for rows in order.split(load.BATCH):
        loss = F.cross_entropy(output(x[rows]), t[rows])
        adam.zero_grad()
        loss.backward()
        adam.step()
with torch.no_grad():
    load.report(output(torch.from_numpy(x_test)).argmax(1).numpy(), t_test)
