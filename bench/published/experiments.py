# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""The published experiments in PyTorch, float. Each class has

  rate                                 learning rate
  seeds_last                           whether `step` wants its arrays so in memory
  draw(seeds)                          start and instance; `seeds` is () for one seed, (S,) for S at once
  numbers(seeds)                       the fresh random numbers of a step
  loss(theta, instance, numbers)       as published, a mean over seeds: what a training script writes, for autograd
  step(theta, instance, numbers)       one step of all seeds at once in place, its gradient by hand: the fastest batched way that
                                       was found here; `worker.py` checks it against autograd of `loss`
"""
import math

import torch
from torch.nn.functional import mse_loss, scaled_dot_product_attention


def imbalance(units):
    return torch.exp(torch.linspace(-1.2, 1.2, units))


class Relu:
    rate, seeds_last = 5e-5, True

    def draw(self, seeds):
        s = imbalance(16)[:, None]
        teacher = 1.5 * torch.randn(*seeds, 16, 3), 1.5 * torch.randn(*seeds, 16, 1)
        return [0.05 * torch.randn(*seeds, 16, 3) * s, 0.05 * torch.randn(*seeds, 16, 1) / s], teacher

    def numbers(self, seeds):
        # Memory with seeds last: tiny products are faster by elements than by bmm.
        return tuple(torch.randn(8, n, *seeds).movedim(-1, 0) if seeds else torch.randn(8, n) for n in (3, 1))

    def target(self, instance, numbers):
        x, noise = numbers
        return torch.relu(x @ instance[0].mT) @ instance[1] + 0.1 * noise

    def loss(self, theta, instance, numbers):
        return mse_loss(torch.relu(numbers[0] @ theta[0].mT) @ theta[1], self.target(instance, numbers))

    def step(self, theta, instance, numbers):
        x, noise, w, v, taught_w, taught_v = (each.permute(1, 2, 0) for each in (*numbers, *theta, *instance))

        def hidden(w):  # (16, 8, S)
            return torch.addcmul(w[:, None, 0] * x[:, 0], w[:, None, 1], x[:, 1]).addcmul_(w[:, None, 2], x[:, 2]).relu_()

        z = hidden(w)
        error = (z * v).sum(0).sub_(hidden(taught_w).mul_(taught_v).sum(0)).sub_(noise[:, 0], alpha=0.1).mul_(2 / 8)
        back = (v * error).mul_(z > 0)
        v[:, 0].sub_(z.mul_(error).sum(1), alpha=self.rate)
        for i in range(3):
            w[:, i].sub_((back * x[:, i]).sum(1), alpha=self.rate)


class Attention:
    rate, seeds_last = 1e-3, False

    def draw(self, seeds):
        s = imbalance(8)
        q, k, v = (0.75 * torch.randn(*seeds, 16, 8) for _ in range(3))
        own_q, own_k, own_v = (0.1 * torch.randn(*seeds, 16, 8) for _ in range(3))
        strong, weak = (torch.randn(*seeds, 1, 1).abs() for _ in range(2))  # one number a matrix
        return [own_q * s * (1 + weak) / 4, own_k / s, own_v], (q * (4 + 4 * strong), k, v)

    def numbers(self, seeds):
        return torch.randn(*seeds, 16, 8, 16), torch.randn(*seeds, 16, 8, 8)

    @staticmethod
    def head(q, k, v, x):
        if q.dim() > 2:  # many seeds: the same for all sequences of a batch
            q, k, v = (each.unsqueeze(-3) for each in (q, k, v))
        return scaled_dot_product_attention(x @ q, x @ k, x @ v, scale=1 / math.sqrt(8))

    def loss(self, theta, instance, numbers):
        x, noise = numbers
        return mse_loss(self.head(*theta, x), self.head(*instance, x) + 0.02 * noise)

    def step(self, theta, instance, numbers):
        x, noise = numbers
        count, tokens = x.shape[0] * 16, x.flatten(1, 2)  # (S, 16·8, 16): one product a seed makes all queries, keys or contents

        def project(matrices):
            return [torch.bmm(tokens, m).view(count, 8, 8) for m in matrices]

        def rows(queries, keys):
            return torch.softmax(torch.bmm(queries, keys.mT).mul_(1 / math.sqrt(8)), dim=-1)

        queries, keys, contents = project(instance)
        target = torch.baddbmm(noise.flatten(0, 1), rows(queries, keys), contents, beta=0.02)
        queries, keys, contents = project(theta)
        attention = rows(queries, keys)
        error = torch.baddbmm(target, attention, contents, beta=-1).mul_(2 / (16 * 8 * 8))
        slope = torch.bmm(error, contents.mT)
        slope = torch._softmax_backward_data(slope, attention, -1, attention.dtype).mul_(1 / math.sqrt(8))
        for matrix, slopes in zip(theta, (torch.bmm(slope, keys), torch.bmm(slope.mT, queries), torch.bmm(attention.mT, error))):
            matrix.baddbmm_(tokens.mT, slopes.view(-1, 128, 8), alpha=-self.rate)


class Completion:
    rate, seeds_last = 1e-3, False

    def draw(self, seeds):
        u, v = (torch.linalg.qr(torch.randn(*seeds, 20, 2))[0] for _ in range(2))
        truth = (u * torch.tensor([15.0, 5.0])) @ v.mT
        order = torch.rand(*seeds, 400).argsort(-1)
        mask = (order < 80).float().view(*seeds, 20, 20)
        return [0.11 * torch.randn(*seeds, 20, 20), 0.1 * torch.randn(*seeds, 20, 20)], (truth, mask)

    def numbers(self, seeds):
        return (torch.rand(*seeds, 20, 20),)

    def loss(self, theta, instance, numbers):
        kept = instance[1] * (numbers[0] < 0.5)
        return (kept * (theta[0] @ theta[1] - instance[0])).square().mean()

    def step(self, theta, instance, numbers):
        p, q = theta
        error = torch.baddbmm(instance[0], p, q, beta=-1).mul_(instance[1]).mul_(numbers[0] < 0.5)
        before = p.clone()
        p.baddbmm_(error, q.mT, alpha=-self.rate * 2 / 400)
        q.baddbmm_(before.mT, error, alpha=-self.rate * 2 / 400)


class Regression:
    """Full batch, so that nothing is drawn in a step. Subclasses: the data, and what w is made of."""
    penalty, seeds_last = 0.0, False

    def spectrum(self, seeds):
        t = torch.rand(*seeds, 32, 1)
        x = torch.cos(2 * math.pi * torch.arange(64) * t)
        place = torch.rand(*seeds, 63).argsort(-1) < 3
        size = (1 + torch.rand(*seeds, 63)) * torch.randint(0, 2, (*seeds, 63)).mul(2).sub(1)
        w = torch.cat([torch.zeros(*seeds, 1), place * size], -1)
        return x, (x @ w.unsqueeze(-1)).squeeze(-1) + 0.1 * torch.randn(*seeds, 32)

    def signal(self, seeds):
        w = torch.cat([torch.full((n,), level) for level, n in ((1.0, 50), (-1.5, 70), (0.5, 40), (2.0, 40))])
        x = torch.randn(*seeds, 60, 200) / math.sqrt(60)
        return x, x @ w + 0.1 * torch.randn(*seeds, 60)

    def numbers(self, seeds):
        return ()

    def draw(self, seeds):
        x, y = getattr(self, self.data)(seeds)
        return self.start(seeds, x.shape[-1]), (x, y)

    def loss(self, theta, instance, numbers):
        w = self.weights(theta)
        if w.dim() == 1:
            error = mse_loss(instance[0] @ w, instance[1])
            return error + self.penalty * w.abs().sum() if self.penalty else error
        error = mse_loss((instance[0] @ w.unsqueeze(-1)).squeeze(-1), instance[1])
        return error + self.penalty * w.abs().sum(-1).mean() if self.penalty else error

    def slope(self, w, instance):
        """-rate times the gradient by w."""
        x, y = instance
        # The vector on the left: bmm takes ten times as long with it on the right.
        error = torch.baddbmm(y.unsqueeze(1), w.unsqueeze(1), x.mT, beta=-1)
        return torch.bmm(error, x).squeeze(1).mul_(-2 * self.rate / y.shape[-1])


class Free(Regression):
    def start(self, seeds, count):
        return [1e-4 * torch.randn(*seeds, count)]

    def weights(self, theta):
        return theta[0]

    def step(self, theta, instance, numbers):
        slope = self.slope(theta[0], instance)
        if self.penalty:
            slope.sub_(theta[0].sign(), alpha=self.rate * self.penalty)
        theta[0].add_(slope)


class Product(Regression):
    scale = 1e-2

    def start(self, seeds, count):
        return [self.scale * torch.randn(*seeds, count) for _ in range(2)]

    def weights(self, theta):
        return theta[0] * theta[1]

    def step(self, theta, instance, numbers):
        p, q = theta
        slope = self.back(self.slope(self.weights(theta), instance))
        before = p.clone()
        p.addcmul_(slope, q)
        q.addcmul_(slope, before)

    def back(self, slope):
        return slope


class SpectrumFree(Free):
    data, rate = "spectrum", 1e-3


class SpectrumL1(SpectrumFree):
    penalty = 0.1


class SpectrumHadamard(Product):
    data, rate = "spectrum", 1e-3


class SignalFree(Free):
    data, rate = "signal", 0.01


class SignalCumsum(Product):
    data, rate, scale = "signal", 0.001, 0.3

    def weights(self, theta):
        return torch.cumsum(theta[0] * theta[1], dim=-1)

    def back(self, slope):
        return slope.flip(-1).cumsum(-1).flip(-1)


EXPERIMENTS = {"relu": Relu, "attention": Attention, "completion": Completion, "spectrum_free": SpectrumFree, "spectrum_l1": SpectrumL1,
               "spectrum_hadamard": SpectrumHadamard, "signal_free": SignalFree, "signal_cumsum": SignalCumsum}
