# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Means and variances of final states, with standard errors; numpy. As a program: PROBLEM FILE PARTICLES, states as float32."""
import json
import sys

import numpy as np
from problems import PROBLEMS, Hadamard, MatrixProduct


def hadamard(state):
    m, (p, q) = Hadamard, state
    w, squares = p * q, p * p + q * q
    return {"w1": w, "balance1": p * p - q * q, "loss": 0.5 * (w - m.target) ** 2 + 0.5 * m.weight_decay * squares}


def linear_sde(state):
    return dict(zip(("w1", "w2", "w3"), state))


def matrix_product(state):
    m = MatrixProduct
    u, v = state.T.reshape(-1, 2, m.size, m.size).swapaxes(0, 1)
    w = u @ v.swapaxes(1, 2)
    sigma = np.linalg.svd(w, compute_uv=False)
    target = np.diag(m.singular_values + (0,) * (m.size - len(m.singular_values)))
    return {"sigma1": sigma[:, 0], "nuclear": sigma.sum(axis=1), "loss": 0.5 * ((w - target) ** 2).sum(axis=(1, 2))}


def of(problem, state):
    """observable -> mean, its standard error, variance, its standard error. state: (parameters, particles)."""
    particles, result = np.asarray(state).shape[1], {}
    for name, x in globals()[problem.name](np.asarray(state, np.float64)).items():
        centred = x - x.mean()
        variance = np.mean(centred**2)
        fourth = np.mean(centred**4)
        result[name] = [x.mean(), np.sqrt(variance / particles), variance, np.sqrt((fourth - variance**2) / particles)]
    return {name: [float(v) for v in values] for name, values in result.items()}


if __name__ == "__main__":
    states = np.fromfile(sys.argv[2], np.float32).reshape(int(sys.argv[3]), -1).T
    print(json.dumps(of(PROBLEMS[sys.argv[1]], states)))
