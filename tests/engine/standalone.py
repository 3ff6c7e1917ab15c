# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles every header of the engine (kernels/) alone.

  standalone.py host  --compiler CXX      as host code, without warnings
  standalone.py nvrtc --nvrtc LIBRARY     by NVRTC to sm_80, sm_90 and sm_120, without warnings; and the members of every model

Nothing but kernels/ is on the search path, so a header that includes src/ or include/ fails, and one that takes more of the
standard library than kernels/core/standard.hpp has fails by NVRTC. Headers for the CPU alone (kernels/cpu/) are left out there.
With --twin the engine gets a header that must be refused, and the exit code says whether it was.
"""
import argparse
import ctypes
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["ORBITWALK_SOURCE_DIR"])
ARCHITECTURES = ("sm_80", "sm_90", "sm_120")
READ_MANY_TIMES = {"kernels/models/registry.hpp"}  # a list that is read with a macro, not a header
TWINS = {"host": '#include "run/ensemble.hpp"\n', "nvrtc": "#include <vector>\n"}

# All members of a model that are templates over a lane, so that they are compiled and not only parsed.
MODEL = """#include "kernels/models/{name}.hpp"
using namespace orbitwalk;
template <class R>
__device__ void use(const ModelView<R>& view, R* theta, R* out, R* scratch) {{
  const {type}<R> model(view);
  model.gradient(theta, out, scratch);
  out[0] += model.loss(theta, scratch);
  model.observe(theta, out, scratch);
  model.generator(0, theta, out);
  model.project_vertical(theta, theta, out, scratch);
}}
extern "C" __global__ void in_float(ModelView<float> view, float* memory) {{ use(view, memory, memory + 64, memory + 128); }}
extern "C" __global__ void in_double(ModelView<double> view, double* memory) {{ use(view, memory, memory + 64, memory + 128); }}
"""


def headers(root):
    found = sorted(p.relative_to(root).as_posix() for p in (root / "kernels").rglob("*") if p.suffix in (".hpp", ".cuh"))
    return [name for name in found if name not in READ_MANY_TIMES]


def compile_on_host(root, compiler, name):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-psabi", "-I", str(root), "-x", "c++", "-"]
    done = subprocess.run(command, input=f'#include "{name}"\n', text=True, capture_output=True)
    return "" if done.returncode == 0 else done.stderr


class Nvrtc:
    """The few calls of NVRTC that a compilation takes."""

    def __init__(self, library):
        self.library = ctypes.CDLL(library)

    def compile(self, root, text, architecture):
        """The log, empty where there is nothing to say."""
        program = ctypes.c_void_p()
        self.library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"alone.cu", 0, None, None)
        options = [f"--gpu-architecture={architecture}", "--std=c++20", "--fmad=false", "-default-device", f"-I{root}"]
        array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        failed = self.library.nvrtcCompileProgram(program, len(options), array)
        size = ctypes.c_size_t()
        self.library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        self.library.nvrtcGetProgramLog(program, log)
        self.library.nvrtcDestroyProgram(ctypes.byref(program))
        return log.value.decode() or ("failed without a word" if failed else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("way", choices=("host", "nvrtc"))
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--nvrtc", default="")
    parser.add_argument("--twin", action="store_true")
    arguments = parser.parse_args()
    if arguments.way == "nvrtc" and not (arguments.nvrtc and pathlib.Path(arguments.nvrtc).exists()):
        print("skipped: there is no CUDA toolkit here, and so no NVRTC")
        return 77

    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        subprocess.run(["cp", "-r", str(SOURCE / "kernels"), folder], check=True)
        if arguments.twin:
            (root / "kernels/core/twin.hpp").write_text("#pragma once\n" + TWINS[arguments.way])
        refused, compiled = {}, 0
        if arguments.way == "host":
            names = ["kernels/core/twin.hpp"] if arguments.twin else headers(root)
            for name in names:
                compiled += 1
                if log := compile_on_host(root, arguments.compiler, name):
                    refused[name] = log
        else:
            nvrtc = Nvrtc(arguments.nvrtc)
            texts = {name: f'#include "{name}"\n' for name in headers(root) if not name.startswith("kernels/cpu/")}
            registry = (root / "kernels/models/registry.hpp").read_text()
            for name, kind in re.findall(r"^ORBITWALK_MODEL\((\w+), (\w+)\)", registry, re.M):
                texts[f"model {name}"] = MODEL.format(name=name, type=kind)
            if arguments.twin:
                texts = {"kernels/core/twin.hpp": texts["kernels/core/twin.hpp"]}
            for name, text in texts.items():
                for architecture in ARCHITECTURES:
                    compiled += 1
                    if log := nvrtc.compile(root, text, architecture):
                        refused[f"{name} ({architecture})"] = log
        for name, log in refused.items():
            print(f"{name}:\n{log}")
        print(f"{compiled} compilations, {len(refused)} refused")
        if arguments.twin:
            return 0 if len(refused) == compiled > 0 else 1
        return 1 if refused or compiled < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
