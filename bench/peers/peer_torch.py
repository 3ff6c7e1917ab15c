# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eager: tensors over particles, in place, without autograd."""
import sys

import torch
from problems import Hadamard, LinearSde, MatrixProduct, noise_scale

VERSIONS = ("torch",)
VARIANTS = {"pytorch": "eager, in place, normal_(); on a CPU blocks of particles that fit the cache"}


def hadamard(n, steps, h, device):
    m, sigma = Hadamard, noise_scale(Hadamard.temperature, h)
    theta = torch.tensor(m.start, device=device)[:, None].repeat(1, n)
    xi, e = torch.empty_like(theta), torch.empty(n, device=device)
    for _ in range(steps):
        torch.mul(theta[0], theta[1], out=e).sub_(m.target).mul_(-h)
        xi.normal_(0, sigma)
        xi.addcmul_(theta.flip(0), e)
        theta.mul_(1 - h * m.weight_decay).add_(xi)
    return theta


def linear_sde(n, steps, h, device):
    m = LinearSde
    x = torch.full((m.components, n), m.start, device=device)
    xi = torch.empty_like(x)
    for _ in range(steps):
        x.mul_(xi.normal_(1 + m.rate * h, m.volatility * h**0.5))
    return x


def matrix_product(n, steps, h, device):
    m, sigma = MatrixProduct, noise_scale(MatrixProduct.temperature, h)
    diagonal = torch.tensor(m.singular_values + (0.0,) * (m.size - len(m.singular_values)), device=device)
    target = torch.diag(diagonal).expand(n, -1, -1)
    theta = torch.empty((2, n, m.size, m.size), device=device).normal_(0, m.scale)
    u, v = theta
    xi, e = torch.empty_like(theta), torch.empty((n, m.size, m.size), device=device)
    for _ in range(steps):
        torch.baddbmm(target, u, v.mT, beta=-1, out=e)
        xi.normal_(0, sigma)
        xi[0].baddbmm_(e, v, alpha=-h)
        xi[1].baddbmm_(e.mT, u, alpha=-h)
        theta.add_(xi)
    return theta.reshape(2, n, -1).transpose(1, 2).reshape(-1, n)


BLOCK = {"hadamard": 32768, "linear_sde": 8192, "matrix_product": 64}


def prepare(problem, variant, particles, steps, device):
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    gpu = device == "gpu"
    if gpu and not torch.cuda.is_available():
        raise RuntimeError("PyTorch sees no GPU")
    walk, block = getattr(sys.modules[__name__], problem.name), particles if gpu else BLOCK[problem.name]
    place = "cuda" if gpu else "cpu"

    def run(seed):
        torch.manual_seed(seed)
        blocks = [walk(min(block, particles - low), steps, problem.step, place) for low in range(0, particles, block)]
        if gpu:
            torch.cuda.synchronize()
        return blocks

    return run, lambda blocks: torch.cat(blocks, dim=1).cpu().numpy()
