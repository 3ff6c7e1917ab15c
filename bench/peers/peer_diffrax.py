# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""diffrax: diffeqsolve with Euler(), a block of particles as one state, no adjoint needed. Models and
generator are those of `jax_tuned`.

One solve of a block is several times faster than vmap over solves of single particles.
"""
import diffrax
import jax
import jax.numpy as jnp
import lineax
from peer_jax import BLOCK, WALKS, blocked, gather, setup
from problems import LinearSde, noise_scale

VERSIONS = ("diffrax", "equinox", "lineax", "jax", "jaxlib")
VARIANTS = {
    "diffrax": "UnsafeBrownianPath (the fastest noise), DirectAdjoint, Euler, blocks of particles",
    "diffrax_tree": "the same with VirtualBrownianTree (the documented noise), ForwardMode",
}


def terms(problem, walk, path):
    if problem.name == "linear_sde":
        return (diffrax.ODETerm(lambda t, x, args: LinearSde.rate * x),
                diffrax.ControlTerm(lambda t, x, args: lineax.DiagonalLinearOperator(LinearSde.volatility * x), path))
    sigma = noise_scale(walk.temperature, 1)
    return (diffrax.ODETerm(lambda t, theta, args: -walk.gradient(theta)),
            diffrax.ControlTerm(lambda t, theta, args: sigma * lineax.IdentityLinearOperator(jax.eval_shape(lambda: theta)), path))


def prepare(problem, variant, particles, steps, device):
    setup(device, partitionable=False)
    walk, h = WALKS[problem.name][1], problem.step
    end = steps * h

    def trajectory(key, n):
        first, rest = jax.random.split(key)
        start = walk.start(first, n)
        shape = jax.ShapeDtypeStruct(start.shape, jnp.float32)
        if variant == "diffrax":
            path, adjoint = diffrax.UnsafeBrownianPath(shape=shape, key=rest), diffrax.DirectAdjoint()
        else:
            path, adjoint = diffrax.VirtualBrownianTree(0.0, end, tol=h / 2, shape=shape, key=rest), diffrax.ForwardMode()
        solution = diffrax.diffeqsolve(
            diffrax.MultiTerm(*terms(problem, walk, path)), diffrax.Euler(), 0.0, end, h, start,
            saveat=diffrax.SaveAt(t1=True), adjoint=adjoint, max_steps=steps + 1)
        return solution.ys[0]

    return blocked(trajectory, particles, BLOCK[problem.name], device), gather(walk)
