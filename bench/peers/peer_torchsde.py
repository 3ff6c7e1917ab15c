# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""torchsde: sdeint (no adjoint, no autograd) with method="euler", diagonal Itô noise, BrownianInterval."""
import torch
import torchsde
from problems import Hadamard, LinearSde, MatrixProduct, noise_scale

VERSIONS = ("torchsde", "torch")
VARIANTS = {
    "torchsde": "sdeint, method euler, BrownianInterval told the step and to keep all increments, no autograd; on a CPU blocks of particles",
    "torchsde_default": "the same with BrownianInterval as sdeint makes it, which keeps 45 increments and draws others again",
}


class Sde:
    noise_type, sde_type = "diagonal", "ito"


class HadamardSde(Sde):
    def start(self, n, device):
        self.noise = torch.full((n, 2), noise_scale(Hadamard.temperature, 1), device=device)
        return torch.tensor(Hadamard.start, device=device).repeat(n, 1)

    def f(self, t, theta):
        m = Hadamard
        e = theta[:, :1] * theta[:, 1:] - m.target
        return theta.flip(1).mul_(-e).sub_(theta, alpha=m.weight_decay)

    def g(self, t, theta):
        return self.noise


class LinearSdeSde(Sde):
    def start(self, n, device):
        return torch.full((n, LinearSde.components), LinearSde.start, device=device)

    def f(self, t, x):
        return LinearSde.rate * x

    def g(self, t, x):
        return LinearSde.volatility * x


class MatrixSde(Sde):
    def start(self, n, device):
        m = MatrixProduct
        self.noise = torch.full((n, 2 * m.size**2), noise_scale(m.temperature, 1), device=device)
        diagonal = torch.tensor(m.singular_values + (0.0,) * (m.size - len(m.singular_values)), device=device)
        self.target = torch.diag(diagonal).expand(n, -1, -1)
        return torch.empty_like(self.noise).normal_(0, m.scale)

    def f(self, t, theta):
        k = MatrixProduct.size
        u, v = theta.view(-1, 2, k, k).unbind(1)
        e = torch.baddbmm(self.target, u, v.mT, alpha=-1)
        drift = torch.empty_like(theta).view(-1, 2, k, k)
        drift[:, 0], drift[:, 1] = e @ v, e.mT @ u
        return drift.view_as(theta)

    def g(self, t, theta):
        return self.noise


SDES = {"hadamard": HadamardSde, "linear_sde": LinearSdeSde, "matrix_product": MatrixSde}
BLOCK = {"hadamard": 65536, "linear_sde": 65536, "matrix_product": 512}


def prepare(problem, variant, particles, steps, device):
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    gpu = device == "gpu"
    if gpu and not torch.cuda.is_available():
        raise RuntimeError("PyTorch sees no GPU")
    kept = {"dt": problem.step, "cache_size": 2 * steps + 10} if variant == "torchsde" else {}
    place, block, h = "cuda" if gpu else "cpu", particles if gpu else BLOCK[problem.name], problem.step

    def walk(seed, n):
        sde = SDES[problem.name]()
        start = sde.start(n, place)
        times = torch.tensor([0.0, steps * h], device=place)
        path = torchsde.BrownianInterval(0.0, times[-1].item(), size=tuple(start.shape), device=place, entropy=seed, **kept)
        return torchsde.sdeint(sde, start, times, bm=path, method="euler", dt=h)[-1]

    def run(seed):
        torch.manual_seed(seed)
        lows = range(0, particles, block)
        blocks = [walk(seed * 2**20 + i, min(block, particles - low)) for i, low in enumerate(lows)]
        if gpu:
            torch.cuda.synchronize()
        return blocks

    return run, lambda blocks: torch.cat(blocks).T.cpu().numpy()
