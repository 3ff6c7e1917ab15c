# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""NumPy: arrays over particles, in place, Generator.standard_normal in float (PCG64, ziggurat)."""
import sys

import numpy as np
from problems import Hadamard, LinearSde, MatrixProduct, noise_scale

VERSIONS = ("numpy",)
VARIANTS = {"numpy": "default_rng, in place, blocks of particles that fit the cache"}
f32 = np.float32


def hadamard(rng, n, steps, h):
    m, sigma = Hadamard, f32(noise_scale(Hadamard.temperature, h))
    theta = np.empty((2, n), f32)
    theta[0], theta[1] = m.start
    xi, gradient, e = np.empty_like(theta), np.empty_like(theta), np.empty(n, f32)
    shrink, minus_h, target = f32(1 - h * m.weight_decay), f32(-h), f32(m.target)
    for _ in range(steps):
        rng.standard_normal(out=xi, dtype=f32)
        np.multiply(theta[0], theta[1], out=e)
        e -= target
        e *= minus_h
        np.multiply(theta[::-1], e, out=gradient)
        theta *= shrink
        theta += gradient
        xi *= sigma
        theta += xi
    return theta


def linear_sde(rng, n, steps, h):
    m = LinearSde
    x, xi = np.full((m.components, n), m.start, f32), np.empty((m.components, n), f32)
    a, b = f32(1 + m.rate * h), f32(m.volatility * h**0.5)
    for _ in range(steps):
        rng.standard_normal(out=xi, dtype=f32)
        xi *= b
        xi += a
        x *= xi
    return x


def matrix_product(rng, n, steps, h):
    m, sigma, k = MatrixProduct, f32(noise_scale(MatrixProduct.temperature, h)), MatrixProduct.size
    target = np.diag(np.array(m.singular_values + (0,) * (k - len(m.singular_values)), f32))
    theta = f32(m.scale) * rng.standard_normal((2, n, k, k), dtype=f32)
    u, v = theta
    xi, gradient, e = np.empty_like(theta), np.empty_like(theta), np.empty((n, k, k), f32)
    for _ in range(steps):
        rng.standard_normal(out=xi, dtype=f32)
        np.matmul(u, v.transpose(0, 2, 1), out=e)
        e -= target
        e *= f32(-h)
        np.matmul(e, v, out=gradient[0])
        np.matmul(e.transpose(0, 2, 1), u, out=gradient[1])
        theta += gradient
        xi *= sigma
        theta += xi
    return theta.reshape(2, n, k * k).transpose(0, 2, 1).reshape(2 * k * k, n)


BLOCK = {"hadamard": 8192, "linear_sde": 8192, "matrix_product": 64}


def prepare(problem, variant, particles, steps, device):
    walk, block = getattr(sys.modules[__name__], problem.name), BLOCK[problem.name]

    def run(seed):
        rng = np.random.default_rng(seed)
        return [walk(rng, min(block, particles - low), steps, problem.step) for low in range(0, particles, block)]

    return run, lambda blocks: np.concatenate(blocks, axis=1)
