# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""JAX: one particle's loss under jax.grad and vmap, in a jitted fori_loop; on a CPU lax.map over blocks that fit the cache.

XLA's speed on a CPU hangs on how the generator fuses with the step. `jax_tuned` is the fastest found of three generators, both
layouts, both values of jax_threefry_partitionable, and gradients by jax.grad or by hand.
"""
import jax
import jax.numpy as jnp
from problems import Hadamard, LinearSde, MatrixProduct, noise_scale

VERSIONS = ("jax", "jaxlib")
VARIANTS = {
    "jax": "jit, vmap, grad, fori_loop; default random numbers; on a CPU blocks of particles that fit the cache",
    "jax_tuned": "the fastest layout and gradient found, jax_threefry_partitionable = False",
}
f32 = jnp.float32


# Each: start(key, n), gradient or step, and columns(state), which is (parameters, particles).
class HadamardWalk:
    def loss(theta):
        m, (p, q) = Hadamard, theta
        return 0.5 * (p * q - m.target) ** 2 + 0.5 * m.weight_decay * (p * p + q * q)

    gradient = jax.vmap(jax.grad(loss), in_axes=-1, out_axes=-1)
    temperature = Hadamard.temperature

    def start(key, n):
        return jnp.tile(jnp.array(Hadamard.start, f32)[:, None], (1, n))

    def columns(theta):
        return theta


class LinearWalk:
    def start(key, n):
        return jnp.full((LinearSde.components, n), LinearSde.start, f32)

    def step(key, x, h):
        noise = jax.random.normal(key, x.shape, f32)
        return x + h * LinearSde.rate * x + LinearSde.volatility * h**0.5 * x * noise

    def columns(x):
        return x


class LinearWalkTuned(LinearWalk):
    def start(key, n):
        return LinearWalk.start(key, n).T

    def columns(x):
        return x.T


def target():
    m = MatrixProduct
    return jnp.diag(jnp.array(m.singular_values + (0,) * (m.size - len(m.singular_values)), f32))


class MatrixWalk:
    def loss(theta):
        u, v = theta
        return 0.5 * jnp.sum((u @ v.T - target()) ** 2)

    gradient = jax.vmap(jax.grad(loss))
    temperature = MatrixProduct.temperature

    def start(key, n):
        return MatrixProduct.scale * jax.random.normal(key, (n, 2, MatrixProduct.size, MatrixProduct.size), f32)

    def columns(theta):
        return theta.reshape(theta.shape[0], -1).T


class MatrixWalkTuned(MatrixWalk):
    def start(key, n):
        return MatrixProduct.scale * jax.random.normal(key, (2, MatrixProduct.size, MatrixProduct.size, n), f32)

    def gradient(theta):
        u, v = theta
        e = jnp.einsum("ikn,jkn->ijn", u, v) - target()[..., None]
        return jnp.stack([jnp.einsum("ijn,jkn->ikn", e, v), jnp.einsum("ijn,ikn->jkn", e, u)])

    def columns(theta):
        return theta.reshape(-1, theta.shape[-1])


WALKS = {"hadamard": (HadamardWalk, HadamardWalk), "linear_sde": (LinearWalk, LinearWalkTuned),
         "matrix_product": (MatrixWalk, MatrixWalkTuned)}
BLOCK = {"hadamard": 65536, "linear_sde": 65536, "matrix_product": 64}


def stepper(walk):
    def langevin(key, theta, h):
        noise = jax.random.normal(key, theta.shape, f32)
        return theta - h * walk.gradient(theta) + noise_scale(walk.temperature, h) * noise

    return getattr(walk, "step", langevin)


def setup(device, partitionable=True):
    jax.config.update("jax_threefry_partitionable", partitionable)
    if jax.devices()[0].platform != device:
        raise RuntimeError(f"JAX sees no {device.upper()}, only {jax.devices()}")


def blocked(walk, particles, block, device):
    """A jitted function of a seed that runs walk(key, n) for all particles, at most `block` at a time."""
    count = 1 if device == "gpu" else -(-particles // block)
    each = -(-particles // count)

    def all_blocks(seed):
        return jax.lax.map(lambda key: walk(key, each), jax.random.split(jax.random.key(seed), count))

    compiled = jax.jit(all_blocks)
    return lambda seed: compiled(seed).block_until_ready()


def gather(walk):
    return lambda blocks: jnp.concatenate(jax.vmap(walk.columns)(blocks), axis=-1)


def prepare(problem, variant, particles, steps, device):
    tuned = variant == "jax_tuned"
    setup(device, not tuned)
    walk, h = WALKS[problem.name][tuned], problem.step
    step = stepper(walk)

    def trajectory(key, n):
        first, rest = jax.random.split(key)
        return jax.lax.fori_loop(0, steps, lambda i, x: step(jax.random.fold_in(rest, i), x, h), walk.start(first, n))

    return blocked(trajectory, particles, BLOCK[problem.name], device), gather(walk)
