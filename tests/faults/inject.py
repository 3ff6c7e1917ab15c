# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Kills the program, or makes the system's call fail, at its calls on files, one at a time, by strace.

Each scenario is recorded once; every call of it that concerns a file of ours is then a place for a fault: SIGKILL, EIO, and
ENOSPC where something is written. After the fault, nothing incomplete lies under a final name, no checkpoint and no complete
result is gone, files of the user are as they were; and the same command, or what its message says (--resume, --force), ends
with the right result and leaves nothing else.

inject.py             some of the places, as a test
inject.py --full      all of them, and how many there were
inject.py --scenario NAME --jobs N

Exit code 77 where strace or ptrace is not to be had.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import scenarios
from scenarios import SCENARIOS

CALLS = ("open openat creat read pread64 write pwrite64 writev fsync fdatasync close rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir "
         "ftruncate flock link linkat symlink symlinkat readlink stat lstat newfstatat statx getdents64 access faccessat faccessat2").split()
CHANGING = ("write", "pwrite64", "fsync", "fdatasync", "mkdir", "rename", "renameat2", "ftruncate", "link")
ENDING = ("unlink", "unlinkat", "rmdir")
REDUCED = 14  # places of a scenario in the test
TIMEOUT = 120


@dataclasses.dataclass
class Place:
    call: str
    index: int  # which of the calls of that name
    text: str
    written: bool  # something is changed there

    def faults(self):
        return ["KILL", "EIO"] + (["ENOSPC"] if self.written and self.call not in ENDING and self.call != "close" else [])


def concerns(line, folder):
    """Whether a recorded call is about a file below the folder: by its descriptor, or by the names in it."""
    call, arguments = line.split("(", 1)
    descriptor = re.match(r"\d+<([^>]*)>", arguments)
    if descriptor:
        return descriptor[1].startswith(str(folder))
    names = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
    return any(not name.startswith("/") or name.startswith(str(folder)) for name in names[:2] if name)


def strace(folder, scenario, calls, *options):
    fixed = scenario.fixed_faults()
    faults = [word for call, how in fixed.items() for word in ("-e", f"inject={call}:{how}")]
    return subprocess.run(["strace", "-qq", "-y", "-e", "trace=" + ",".join("?" + call for call in {*calls, *fixed}), *options, *faults, scenarios.PROGRAM, *scenario.command], cwd=folder,
                          env=scenarios.environment(folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          timeout=TIMEOUT)


def record(folder, scenario):
    scenario.prepare(folder)
    log = folder.parent / (folder.name + ".log")
    done = strace(folder, scenario, CALLS, "-s", "0", "-o", str(log))
    assert done.returncode == 0, (scenario.name, done.returncode, done.stderr)
    scenario.check_end(folder)
    places, counts = [], collections.Counter()
    for line in log.read_text().splitlines():
        call = line.split("(", 1)[0]
        if call not in CALLS:
            continue
        counts[call] += 1
        if concerns(line, folder) and call not in scenario.fixed_faults():
            written = call in CHANGING + ENDING or "O_CREAT" in line
            places.append(Place(call, counts[call], line, written))
    return places


def experiment(root, scenario, place, fault, number):
    """One fault. Returns what is wrong after it, or None."""
    folder = root / f"{number:05d}"
    try:
        scenario.prepare(folder)
        how = "signal=KILL" if fault == "KILL" else "error=" + fault
        done = strace(folder, scenario, [place.call], "-o", "/dev/null", "-e", f"inject={place.call}:{how}:when={place.index}")
        if fault == "KILL":
            assert done.returncode in (-9, 137), f"it was not killed: exit code {done.returncode}"
        else:
            assert done.returncode in (0, 2, 5), f"exit code {done.returncode}: {done.stderr}"
            assert done.returncode == 0 or re.fullmatch(r"(orbitwalk: .+\n)+", done.stderr), f"exit code {done.returncode} with this message: {done.stderr!r}"
        scenario.check_always(folder)
        scenario.go_on(folder)
        scenario.check_end(folder)
    except (AssertionError, OSError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        listing = "".join(f"\n    {path.relative_to(folder)}" for path in sorted(folder.rglob("*")))
        return f"{scenario.name}: {fault} at call {place.index} of {place.call}: {place.text.strip()}\n  {type(error).__name__}: {error}\n  there is now:{listing}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


def some(faults):
    """Spread over the calls that change something; every renaming is among them."""
    changing = [(place, fault) for place, fault in faults if place.written]
    renaming = [each for each in changing if each[0].call.startswith("rename") and each[1] != "ENOSPC"][-4:]
    step = max(1, len(changing) // (REDUCED - len(renaming)))
    return renaming + [each for each in changing[::step] if each not in renaming]


def usable():
    if not shutil.which("strace"):
        return "there is no strace"
    if os.environ.get("ORBITWALK_SANITIZED") == "1":
        return "a sanitizer does not run under ptrace"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "trace=mkdir", "-e", "inject=mkdir:error=EIO:when=1", "mkdir", "/nonexistent/x"],
                           capture_output=True, text=True)
    return None if "Input/output error" in tried.stderr else "strace cannot inject faults here: " + tried.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--scenario", action="append", choices=[scenario.name for scenario in SCENARIOS])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    reason = usable()
    if reason:
        print("skipped:", reason)
        return 77
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # what is flushed there costs nothing
    root = pathlib.Path(tempfile.mkdtemp(prefix="orbitwalk-faults-", dir=memory)).resolve()
    wrong, table = [], []
    try:
        scenarios.check_the_checks(root)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for scenario in SCENARIOS:
                if options.scenario and scenario.name not in options.scenario:
                    continue
                scenario.set_up(root / ("template-" + scenario.name))
                places = record(root / "recorded", scenario)
                shutil.rmtree(root / "recorded")
                faults = [(place, fault) for place in places for fault in place.faults()]
                assert sum(place.written for place in places) > 5, f"{scenario.name}: hardly any calls were seen"
                if not options.full:
                    faults = some(faults)
                results = list(pool.map(lambda each: experiment(root, scenario, each[1][0], each[1][1], each[0]), enumerate(faults)))
                failures = [result for result in results if result]
                wrong += failures
                for failure in failures:
                    print(failure, flush=True)
                counts = collections.Counter(fault for _, fault in faults)
                table.append((scenario.name, len(places), counts, len(failures)))
                print(f"{scenario.name}: {len(places)} calls on files, {sum(place.written for place in places)} of them change something; faults:",
                      ", ".join(f"{counts[kind]} {kind}" for kind in ("KILL", "EIO", "ENOSPC")), f"= {len(faults)};", f"{len(failures)} wrong", flush=True)
        total = sum(sum(counts.values()) for _, _, counts, _ in table)
        print(f"{total} faults in {len(table)} scenarios, {len(wrong)} wrong")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
