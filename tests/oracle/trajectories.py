#!/usr/bin/env python3
# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Three steps of each published experiment in PyTorch, in double precision, gradients by autograd.

usage: trajectories.py INPUTS OUTPUT. INPUTS is what `oracle_inputs` wrote: starts, instances and the random numbers of each step.
All else is written down here from the publication: losses in its normalisation, its learning rates, its label noise. Nothing is
taken from orbitwalk's specs, so that they are tested as well.
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
mse = torch.nn.MSELoss()


def relu_network(w, v, x):
    return torch.relu(x @ w.T) @ v


def attention_head(q, k, v, x):
    return torch.nn.functional.scaled_dot_product_attention(x @ q, x @ k, x @ v, scale=1 / math.sqrt(8))


# Each loss sees the parameters, the instance and a step's numbers; each mean loss the same without noise, at probes.

def relu(theta, instance, step):
    target = relu_network(instance["teacher_W"], instance["teacher_V"], step["X"])
    if "noise" in step:
        target = target + 0.1 * step["noise"]
    return mse(relu_network(theta["W"], theta["V"], step["X"]), target)


def attention(theta, instance, step):
    target = attention_head(instance["teacher_Q"], instance["teacher_K"], instance["teacher_V"], step["X"])
    if "noise" in step:
        target = target + 0.02 * step["noise"]
    return mse(attention_head(theta["Q"], theta["K"], theta["V"], step["X"]), target)


def completion(theta, instance, step):
    miss = theta["P_by_columns"].T @ theta["Q"] - instance["truth"]
    return (miss[(instance["mask"] * step["kept"]) != 0] ** 2).sum() / 400


def completion_mean(theta, instance, _):
    everything = torch.ones_like(instance["mask"])
    return 0.5 * completion(theta, instance, {"kept": everything})


def free(theta, instance, _):
    return mse(instance["X"] @ theta["w"], instance["y"])


def free_l1(theta, instance, _):
    return mse(instance["X"] @ theta["w"], instance["y"]) + 0.1 * theta["w"].abs().sum()


def product(theta, instance, _):
    return mse(instance["X"] @ (theta["p"] * theta["q"]), instance["y"])


def cumulative(theta, instance, _):
    return mse(instance["X"] @ torch.cumsum(theta["p"] * theta["q"], dim=0), instance["y"])


EXPERIMENTS = {  # learning rate, loss of a step, mean loss
    "relu": (5e-5, relu, relu),
    "attention": (1e-3, attention, attention),
    "completion": (1e-3, completion, completion_mean),
    "spectrum_free": (1e-3, free, free),
    "spectrum_l1": (1e-3, free_l1, free_l1),
    "spectrum_hadamard": (1e-3, product, product),
    "signal_free": (0.01, free, free),
    "signal_cumsum": (0.001, cumulative, cumulative),
}


def tensors(arrays):
    return {name: torch.tensor(array["values"]).reshape(array["shape"]) for name, array in arrays.items()}


def flat(arrays):
    return torch.cat([each.detach().reshape(-1) for each in arrays]).tolist()


def fingerprint(arrays):
    """Of all numbers that were read, so that the test can tell other numbers from wrong steps."""
    return {name: sum(x * math.sin(i + 1) for i, x in enumerate(array["values"])) for name, array in arrays.items()}


def gradient(loss, point, instance, step):
    theta = {name: each.clone().requires_grad_() for name, each in point.items()}
    value = loss(theta, instance, step)
    return value.item(), flat(torch.autograd.grad(value, list(theta.values())))


def simulate(case):
    rate, loss, mean_loss = EXPERIMENTS[case["spec"]]
    instance, point = tensors(case["instance"]), tensors(case["point"])
    steps = [tensors(step) for step in case["steps"]]
    theta = {name: each.requires_grad_() for name, each in tensors(case["start"]).items()}
    optimizer = torch.optim.SGD(theta.values(), lr=rate)
    states = []
    for step in steps:
        optimizer.zero_grad()
        loss(theta, instance, step).backward()
        optimizer.step()
        states.append(flat(theta.values()))
    _, at_point = gradient(loss, point, instance, steps[0])
    mean, mean_gradient = gradient(mean_loss, point, instance, tensors(case["probes"]))
    return {"spec": case["spec"], "particle": case["particle"], "learning_rate": rate,
            "fingerprints": {"start": fingerprint(case["start"]), "instance": fingerprint(case["instance"]),
                             "steps": [fingerprint(step) for step in case["steps"]], "point": fingerprint(case["point"]),
                             "probes": fingerprint(case["probes"])},
            "theta": states, "step_gradient": at_point, "loss": mean, "gradient": mean_gradient}


def main(inputs, output):
    with open(inputs) as file:
        cases = json.load(file)
    with open(output, "w") as file:
        lines = [json.dumps(simulate(case)) for case in cases]  # shortest digits that give the same double again
        file.write('{"torch": ' + json.dumps(torch.__version__) + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
