# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What the command line tests share: running the program, small specs, reading results.

The program and the source folder come from the environment (ORBITWALK_PROGRAM, ORBITWALK_SOURCE_DIR); CMakeLists.txt
sets them. ORBITWALK_SANITIZED=1 says that the program is an AddressSanitizer build: it is slower, and memory limits would
stop the sanitizer itself.
"""
import dataclasses
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ.get("ORBITWALK_PROGRAM", "orbitwalk")
SOURCE = pathlib.Path(os.environ.get("ORBITWALK_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
SANITIZED = os.environ.get("ORBITWALK_SANITIZED", "0") == "1"
SLOWDOWN = 10 if SANITIZED else 1

# A spec that runs in milliseconds. Tests replace whole sections of it.
SECTIONS = {
    "model": 'name = "radial"\ndimension = 3\nloss = { kind = "harmonic", stiffness = 4.0, radius = 1.5 }\n',
    "dynamics": 'name = "langevin"\ntemperature = 0.49\nstep = 1e-2\n',
    "ensemble": "particles = 512\nburn_in = 20\nsteps = 20\nevery = 10\nseed = 7\n",
    "observe": 'histogram = [{ of = "r", bins = 20, range = [0.0, 5.0] }]\n',
    "compare": 'laws = ["isotropic"]\n',
}


def spec(**sections):
    """TOML of SECTIONS with some replaced (a string) or left out (None); other names are added at the end."""
    merged = {**SECTIONS, **sections}
    return "".join(f"[{name}]\n{text}" for name, text in merged.items() if text is not None)


@dataclasses.dataclass
class Result:
    code: int  # negative: killed by that signal
    out: str
    err: str
    seconds: float


def environment():
    env = {**os.environ, "LC_ALL": "C.UTF-8", "UBSAN_OPTIONS": "print_stacktrace=1"}
    return env


def run(*args, cwd=None, timeout=60, stdout=subprocess.PIPE, memory=None, file_size=None):
    """Runs the program. memory, file_size: limits in bytes (a file beyond file_size is a write error, like a full disk)."""

    def limit():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        if file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    begin = time.monotonic()
    # Python ignores SIGXFSZ; a child that inherits that gets EFBIG from write() instead of the signal.
    done = subprocess.run([PROGRAM, *map(str, args)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=timeout * SLOWDOWN, env=environment(), preexec_fn=limit,
                          restore_signals=file_size is None)
    text = lambda data: (data or b"").decode("utf-8", "replace")
    return Result(done.returncode, text(done.stdout), text(done.stderr), time.monotonic() - begin)


def snapshot(folder):
    """Every path below a folder with its content."""
    files = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        files[name] = path.read_bytes() if path.is_file() and not path.is_symlink() else path.is_dir()
    return files


def outcome(summary):
    """What must not depend on how the run was done."""
    return {key: summary[key] for key in ("digest", "observables", "stationarity", "laws", "diverged", "spec", "steps", "particles",
                                          "degenerate_projections")}


class TemporaryFolder(unittest.TestCase):
    """A test with a folder of its own, gone afterwards."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="orbitwalk-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def check_clean(self, result):
        """No crash and no finding of a sanitizer."""
        self.assertGreaterEqual(result.code, 0, f"killed by signal {-result.code}\n{result.err}")
        for finding in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "terminate called", "Assertion"):
            self.assertNotIn(finding, result.err)

    def orbitwalk(self, *args, expect=0, **options):
        """Runs in the test's folder and demands an exit code."""
        result = run(*args, cwd=self.folder, **options)
        self.check_clean(result)
        self.assertEqual(result.code, expect, f"orbitwalk {' '.join(map(str, args))}\n{result.out}\n{result.err}")
        return result

    def simulate(self, text, *args, out="out", expect=0, **options):
        """Runs a spec on one thread and returns its summary."""
        self.write("spec.toml", text)
        if "--threads" not in args:
            args = (*args, "--threads", "1")
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", out, *args, expect=expect, **options)
        return self.summary(out)

    def summary(self, out="out"):
        return json.loads((self.folder / out / "summary.json").read_text(encoding="utf-8"), parse_constant=self.no_constant)

    def no_constant(self, text):
        self.fail(f"{text} is not JSON")
