# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""One Python peer in a process of its own, so that peers can take turns. Started by `run`, in the virtual environment.

usage: worker.py MODULE VARIANT PROBLEM PARTICLES STEPS cpu|gpu. Prints a line of JSON when ready, then one for each seed read
from standard input. A failure is a line with the key "error".
"""
import importlib
import importlib.metadata
import json
import os
import sys
import time

import moments
from problems import PROBLEMS


def main(module, variant, problem, particles, steps, device):
    peer, problem = importlib.import_module(module), PROBLEMS[problem]
    walk, gather = peer.prepare(problem, variant, int(particles), int(steps), device)

    def timed(seed):
        begin, cpu = time.perf_counter(), time.process_time()
        last = walk(seed)
        seconds = time.perf_counter() - begin
        return seconds, (time.process_time() - cpu) / seconds, last

    first, _, last = timed(0)
    versions = {name: importlib.metadata.version(name) for name in peer.VERSIONS}
    yield {"first_seconds": first, "versions": versions, "note": peer.VARIANTS[variant], "device": device_name(module, device)}
    for line in sys.stdin:
        del last
        seconds, core_share, last = timed(int(line))
        yield {"seconds": seconds, "core_share": core_share, "moments": moments.of(problem, gather(last))}


def device_name(module, device):
    if device == "cpu":
        return "cpu"
    if "torch" in module:
        return importlib.import_module("torch").cuda.get_device_name()
    return importlib.import_module("jax").devices()[0].device_kind


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is not an answer
    try:
        for answer in main(*sys.argv[1:]):
            print(json.dumps(answer), file=answers)
    except Exception as error:
        kind = "not installed" if isinstance(error, ImportError) else "failed"
        print(json.dumps({"error": f"{kind}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}), file=answers)
