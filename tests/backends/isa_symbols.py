# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""isa_symbols.py [--pattern REGEX] NM OBJECT...: fails when an object compiled for one instruction set (its name matches
the pattern) defines a symbol that could stand in for one of another object.

The linker keeps one copy of a weak or unique symbol, from any object that has it. Were that copy the one compiled for
AVX-512, the program would crash on other machines in code that has nothing to do with vectors. So every weak or unique symbol
must carry the instruction set in its (demangled) name, and every other one that is defined for all to see, too.
"""
import re
import subprocess
import sys


def main(arguments):
    pattern = r"_cpu_(?!Generic)\w+\.cpp\.o(bj)?$"
    if arguments[0] == "--pattern":
        pattern, arguments = arguments[1], arguments[2:]
    nm, objects = arguments[0], [path for path in arguments[1:] if re.search(pattern, path)]
    if not objects:
        # A machine without such instruction sets has their objects for the generic one alone.
        generic = sum("_cpu_Generic" in path for path in arguments)
        print("no objects match", pattern, "among", len(arguments) - 1, "of which", generic, "are of the generic instruction set")
        return 0 if generic and not any("_cpu_Avx" in path for path in arguments) else 1
    bad = checked = 0
    for path in objects:
        listing = subprocess.run([nm, "-C", "--defined-only", path], check=True, capture_output=True, text=True).stdout
        for line in listing.splitlines():
            match = re.match(r"[0-9a-fA-F]+ ([A-Za-z]) (.*)", line)
            if not match:
                continue
            kind, name = match.groups()
            if kind not in "VvWwu" and not kind.isupper():
                continue  # local to the object
            checked += 1
            if "orbitwalk::isa::" not in name:
                bad += 1
                print(f"{path}: {kind} {name}")
    print(f"{len(objects)} objects, {checked} visible symbols, {bad} without an instruction set in their name")
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))
