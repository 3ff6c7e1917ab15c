# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch as a training script uses it: one particle after another, the gradient by autograd. Few particles, as it is slow."""
import sys

import torch
from problems import Hadamard, LinearSde, MatrixProduct, noise_scale

VERSIONS = ("torch",)
VARIANTS = {"pytorch_loop": "a particle at a time, gradient by autograd, as training scripts do"}


def langevin(theta, loss, steps, h, temperature):
    sigma = noise_scale(temperature, h)
    for _ in range(steps):
        theta.grad = None
        loss(theta).backward()
        with torch.no_grad():
            theta -= h * theta.grad
            theta += sigma * torch.randn_like(theta)
    return theta.detach()


def hadamard(steps, h):
    m = Hadamard

    def loss(theta):
        return 0.5 * (theta[0] * theta[1] - m.target) ** 2 + 0.5 * m.weight_decay * (theta**2).sum()

    return langevin(torch.tensor(m.start, requires_grad=True), loss, steps, h, m.temperature)


def linear_sde(steps, h):
    m = LinearSde
    x = torch.full((m.components,), m.start)
    for _ in range(steps):
        x = x + m.rate * x * h + m.volatility * x * h**0.5 * torch.randn_like(x)
    return x


def matrix_product(steps, h):
    m = MatrixProduct
    target = torch.diag(torch.tensor(m.singular_values + (0.0,) * (m.size - len(m.singular_values))))
    start = (m.scale * torch.randn(2, m.size, m.size)).requires_grad_()
    return langevin(start, lambda theta: 0.5 * ((theta[0] @ theta[1].mT - target) ** 2).sum(), steps, h, m.temperature).flatten()


def prepare(problem, variant, particles, steps, device):
    if device == "gpu":
        raise RuntimeError("not run: a particle at a time has nothing for a GPU to do")
    torch.set_num_threads(1)
    walk = getattr(sys.modules[__name__], problem.name)

    def run(seed):
        torch.manual_seed(seed)
        return [walk(steps, problem.step) for _ in range(particles)]

    return run, lambda states: torch.stack(states, dim=1).numpy()
