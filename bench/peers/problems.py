# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""The problems that every peer solves with the Euler-Maruyama method in float. Standard library only."""
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Problem:
    name: str
    text: str
    step: float
    particles: int
    cpu_particles: int     # on one core, where blocks of particles take turns in the cache
    steps: int             # of the peers, and of orbitwalk's run that their moments are checked against
    timed_steps: int       # of orbitwalk's timed run: it is too fast to be timed over `steps`
    quick: tuple           # particles, steps, timed_steps of --quick
    observables: tuple
    variates: tuple = ("gaussian",)
    exact: dict = None     # observable -> mean, variance after `steps`


# dθ = -∇L dt + sqrt(2T) dW, L = (pq - target)²/2 + weight_decay (p² + q²)/2, from a point
class Hadamard:
    target, weight_decay, temperature, start = 1.0, 0.5, 0.3, (1.0, 0.5)


# dX_i = rate X_i dt + volatility X_i dW_i (Itô), three components, time 0 to 1: the published benchmark of DiffEqGPU.jl
class LinearSde:
    rate, volatility, start, components = 1.5, 0.01, 0.1, 3


# dθ = -∇L dt + sqrt(2T) dW, L = |U Vᵀ - target|²/2, U and V size x size, target diagonal; entries start from N(0, scale²)
class MatrixProduct:
    size, temperature, scale, singular_values = 20, 0.01, 0.3, (4.0, 3.0, 2.0, 1.0)


def linear_moments(step, steps):
    """Mean and variance of the Euler chain X <- X (1 + rate h + volatility sqrt(h) ξ)."""
    m, s = LinearSde, 1 + LinearSde.rate * step
    mean = m.start * s**steps
    return mean, m.start**2 * ((s**2 + m.volatility**2 * step) ** steps) - mean**2


def noise_scale(temperature, step):
    return sqrt(2 * temperature * step)


PROBLEMS = {p.name: p for p in (
    Problem("hadamard", "w = pq, L = (pq - 1)²/2 + (p² + q²)/4, Langevin at T = 0.3, h = 1e-2, from (1, 0.5)",
            1e-2, 1_000_000, 1_000_000, 100, 1000, (20_000, 20, 200), ("w1", "balance1", "loss"), ("gaussian", "dyadic")),
    Problem("linear_sde", "dX = 1.5 X dt + 0.01 X dW, 3 components, X(0) = 0.1, t from 0 to 1, h = 2⁻⁸ (DiffEqGPU.jl)",
            2.0**-8, 8_388_608, 262_144, 256, 256, (20_000, 256, 256), ("w1", "w2", "w3"),
            exact={x: linear_moments(2.0**-8, 256) for x in ("w1", "w2", "w3")}),
    Problem("matrix_product", "L = |UVᵀ - diag(4, 3, 2, 1, 0, ...)|²/2, U and V 20 x 20, Langevin at T = 0.01, h = 1e-3",
            1e-3, 4096, 4096, 50, 500, (256, 10, 20), ("sigma1", "nuclear", "loss")),
)}
