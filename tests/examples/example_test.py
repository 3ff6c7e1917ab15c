# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one example at reduced size and checks what its header promises: example_test.py --program P --source S NAME."""
import argparse
import pathlib
import sys

from example_run import BrokenPromise, Run
from promises import PROMISES


def check(program, source, name, promises=PROMISES):
    """Raises BrokenPromise where the example does not do as it says, or says nothing that is checked."""
    spec = pathlib.Path(source) / "examples" / f"{name}.toml"
    if name not in promises:
        raise BrokenPromise(f"{spec.name} has no check: write one in tests/examples/promises.py")
    if "What should come out" not in spec.read_text().split("\n[", 1)[0]:
        raise BrokenPromise(f"{spec.name} does not say what should come out")
    promises[name](lambda particles, *settings, laws=True: Run(program, spec, particles, settings, laws))


def parse(description, *positional):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    for name in positional:
        parser.add_argument(name)
    return parser.parse_args()


if __name__ == "__main__":
    options = parse(__doc__, "name")
    try:
        check(options.program, options.source, options.name)
    except BrokenPromise as broken:
        sys.exit(f"FAILED {options.name}: {broken}")
    print(f"{options.name}: as promised")
