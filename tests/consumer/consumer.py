# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Installs the build into a folder of its own, builds the project beside this file against that, and runs it."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SPEC = """[model]
name = "radial"
dimension = 3
[dynamics]
temperature = 0.5
step = 1e-3
[ensemble]
particles = 600
burn_in = 200
steps = 200
every = 50
[observe]
histogram = [{ of = "r", bins = 20 }]
[compare]
laws = ["isotropic"]
"""


def call(*command, code=0, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, **options)
    assert done.returncode == code, f"{command}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout


def check_installed(root, compiler):
    """Every header compiles alone, and the library shows nothing but its own symbols."""
    headers = sorted((root / "include/orbitwalk").iterdir())
    names = {header.name for header in headers}
    assert {"run.hpp", "spec.hpp", "result.hpp", "law.hpp", "model.hpp", "error.hpp", "version.hpp"} <= names, names
    assert all(name.endswith(".hpp") for name in names), names
    for header in headers:
        call(compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", root / "include", "-x", "c++", "-",
             input=f'#include "orbitwalk/{header.name}"\n')
    library = next(root.glob("lib*/**/liborbitwalk.so"))
    if shutil.which("nm"):
        symbols = [line.split(maxsplit=2)[2] for line in call("nm", "-D", "-C", "--defined-only", library).splitlines()]
        assert any(symbol.startswith("orbitwalk::run(") for symbol in symbols), symbols
        strangers = [symbol for symbol in symbols if not re.match(r"(typeinfo (name )?for |vtable for )?orbitwalk::", symbol)]
        assert not strangers, strangers


def check_runs(consumer, program, folder):
    spec = folder / "spec.toml"
    spec.write_text(SPEC)
    said = call(consumer, spec)
    call(program, "run", spec, "--seed", "11", "--quiet", "--out", folder / "out")
    summary = json.loads((folder / "out/summary.json").read_text())
    version = call(program, "--version").split()[-1]
    assert f"version {version}\n" in said, said
    assert f"digest {summary['digest']}\n" in said, (summary["digest"], said)
    assert "phases 2 2\n" in said, said  # a pilot for the range, and the run
    mean = float(re.search(r"^mean r (\S+)$", said, re.MULTILINE)[1])
    assert abs(mean / summary["observables"]["r"]["mean"] - 1) < 1e-5, said
    assert f"verdict isotropic r {summary['laws'][0]['verdict']}\n" in said, said
    law = float(re.search(r"^law isotropic r mean (\S+) cdf at the median 0\.5$", said, re.MULTILINE)[1])
    assert abs(law / summary["laws"][0]["mean"] - 1) < 1e-5, said
    # Stopped long before its end.
    spec.write_text(SPEC.replace("burn_in = 200", "burn_in = 2_000_000_000"))
    assert "stopped: interrupted" in call(consumer, spec, 1, code=3)
    spec.write_text(SPEC.replace("temperature", "temprature"))
    assert 'did you mean "temperature"?' in call(consumer, spec, code=4)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--cmake", "--build", "--compiler"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    if os.environ.get("ORBITWALK_SANITIZED") == "1":
        print("skipped: a sanitized library asks for a sanitized project")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        root = folder / "root"
        call(arguments.cmake, "--install", arguments.build, "--prefix", root)
        check_installed(root, arguments.compiler)
        call(arguments.cmake, "-S", HERE / "project", "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={root}", f"-DCMAKE_CXX_COMPILER={arguments.compiler}",
             "-DCMAKE_BUILD_TYPE=Release")
        call(arguments.cmake, "--build", folder / "build")
        check_runs(folder / "build/consumer", root / "bin/orbitwalk", folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
