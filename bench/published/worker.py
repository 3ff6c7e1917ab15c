# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""One experiment in PyTorch in a process of its own, so that programs can take turns on a core. Started by `run`.

usage: worker.py EXPERIMENT loop|batched SEEDS SECONDS. Warms up, finds how many steps take SECONDS, prints a line of JSON, and then
one for each line of standard input: that many steps were timed. A failure is a line with the key "error".
"""
import json
import os
import sys
import time

import torch
from experiments import EXPERIMENTS

WARM_UP = 50  # steps


def check(experiment, seeds):
    """The batched step against autograd of the loss, in double: the largest deviation, over the longest move."""
    torch.set_default_dtype(torch.float64)
    start, instance = experiment.draw(seeds)
    numbers = experiment.numbers(seeds)
    leaves = [each.clone().requires_grad_() for each in start]
    gradients = torch.autograd.grad(experiment.loss(leaves, instance, numbers) * seeds[0], leaves)
    after = [each.clone() for each in start]
    with torch.no_grad():
        experiment.step(after, instance, numbers)
    torch.set_default_dtype(torch.float32)
    moves = [(a - before, -experiment.rate * g) for a, before, g in zip(after, start, gradients)]
    return max((got - move).abs().max().item() / move.abs().max().item() for got, move in moves)


def seeds_last(arrays):
    """The same arrays, in memory with the seeds last."""
    return [each.movedim(0, -1).contiguous().movedim(-1, 0) for each in arrays]


def loop(experiment):
    """What a training script does for its one seed."""
    theta, instance = experiment.draw(())
    theta = [each.requires_grad_() for each in theta]
    optimizer = torch.optim.SGD(theta, lr=experiment.rate)

    def walk(steps):
        for _ in range(steps):
            optimizer.zero_grad()
            experiment.loss(theta, instance, experiment.numbers(())).backward()
            optimizer.step()

    return walk, theta


def batched(experiment, seeds):
    deviation = check(experiment, seeds)
    if not deviation < 1e-7:
        raise RuntimeError(f"the batched step is off autograd by {deviation:.1e}")
    theta, instance = experiment.draw(seeds)
    if experiment.seeds_last:
        theta, instance = seeds_last(theta), seeds_last(instance)

    def walk(steps):
        with torch.inference_mode():
            for _ in range(steps):
                experiment.step(theta, instance, experiment.numbers(seeds))

    return walk, theta


def main(name, way, seeds, seconds):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    experiment = EXPERIMENTS[name]()
    walk, theta = loop(experiment) if way == "loop" else batched(experiment, (int(seeds),))
    walk(WARM_UP)
    begin = time.perf_counter()
    walk(WARM_UP)
    steps = max(WARM_UP, int(float(seconds) * WARM_UP / (time.perf_counter() - begin)))
    yield {"torch": torch.__version__, "steps": steps}
    for _ in sys.stdin:
        begin, cpu = time.perf_counter(), time.process_time()
        walk(steps)
        passed = time.perf_counter() - begin
        if not all(each.isfinite().all() for each in theta):
            raise RuntimeError("it diverged")
        yield {"seconds": passed / steps, "core_share": (time.process_time() - cpu) / passed}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is not an answer
    try:
        for answer in main(*sys.argv[1:]):
            print(json.dumps(answer), file=answers)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers)
