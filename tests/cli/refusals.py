# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What malformed.py and damaged.py share: a case, and how it is checked.

Checked for every case: the exit code (2 bad usage or spec, 5 input/output or resource), exactly one message line on
stderr (and, for usage errors, the line that points to --help), nothing written anywhere, no crash, no sanitizer finding,
and an end within seconds. The specs ask for days of work, so that what is found only after the simulation is a failure.
"""
import dataclasses
import re
import subprocess
import typing

import harness
from harness import spec as quick

LIMIT_SECONDS = 10
OUT = ("--threads", "1", "--out", "out")


@dataclasses.dataclass
class Case:
    name: str
    code: int
    message: str  # regular expression for the whole message line, after "orbitwalk: "
    spec: typing.Any = None  # text or bytes of spec.toml
    args: tuple = ("run", "spec.toml", *OUT)
    files: dict = dataclasses.field(default_factory=dict)  # name: content; None makes a folder
    setup: typing.Optional[typing.Callable] = None  # of the test, before the run
    memory: typing.Optional[int] = None  # bytes; such cases are skipped under a sanitizer
    file_size: typing.Optional[int] = None  # bytes; write errors beyond


CASES = []


def case(name, code, message, text=None, **options):
    CASES.append(Case(name, code, message, text, **options))


def usage(name, message, *args, **options):
    case(name, 2, message, spec(), args=args, **options)


NO_MEMORY = r"(out of memory|the results need).*"


def spec(**sections):
    """harness.spec() with a run that does not end in time."""
    return quick(**{"ensemble": "particles = 512\nburn_in = 20\nsteps = 10_000_000_000\nevery = 10\nseed = 7\n", **sections})


class Checks(harness.TemporaryFolder):
    def check(self, case):
        if case.memory and harness.SANITIZED:
            self.skipTest("a memory limit would stop the sanitizer")
        if case.spec is not None:
            self.write("spec.toml", case.spec)
        for name, content in case.files.items():
            if content is None:
                (self.folder / name).mkdir(parents=True)
            else:
                self.write(name, content)
        if case.setup:
            case.setup(self)
        before = harness.snapshot(self.folder)
        try:
            result = harness.run(*case.args, cwd=self.folder, timeout=LIMIT_SECONDS, memory=case.memory, file_size=case.file_size)
        except subprocess.TimeoutExpired:
            self.fail("no end in time: it hangs, or runs before it looks")
        self.check_clean(result)
        shown = f"\nexit {result.code}\n{result.err}"
        self.assertEqual(result.code, case.code, shown)
        lines = [text for text in result.err.split("\n") if text]
        if case.code == 2 and len(lines) == 2:
            self.assertRegex(lines.pop(), r"\Asee: orbitwalk .*--help\Z", shown)
        self.assertEqual(len(lines), 1, "expected one line of message" + shown)
        self.assertRegex(lines[0], rf"\Aorbitwalk: (?:{case.message})\Z", shown)
        self.assertTrue(result.err.endswith("\n"), shown)
        self.assertEqual(harness.snapshot(self.folder), before, "files were left or changed" + shown)


def add_tests(to, cases):
    """One test for each case."""
    for each in cases:
        name = "test_" + each.name
        assert re.fullmatch(r"\w+", name) and not hasattr(to, name), name
        setattr(to, name, lambda self, case=each: self.check(case))
