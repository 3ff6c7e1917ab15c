# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What inject.py runs: a state to begin with, a command, what must hold after a fault, and at the end."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

PROGRAM = os.environ.get("ORBITWALK_PROGRAM", "orbitwalk")
SPEC = """[model]
name = "radial"
[dynamics]
step = 0.01
temperature = 0.5
[ensemble]
particles = %d
burn_in = %d
steps = 40
every = 20
seed = 1
[observe]
histogram = [{ of = "r", bins = 10, range = [0.0, 4.0] }]
"""
FINAL = {"summary.json", "result.h5"}
# Stands for python3 with matplotlib, so that a report takes no time: the same files, with nothing in them.
DRAWER = """#!/usr/bin/env python3
import json, pathlib, sys
charts = [chart["name"] for chart in json.load(sys.stdin)["charts"]]
for name in charts:
    for ending in ("svg", "png"):
        pathlib.Path(sys.argv[4], f"{name}.{ending}").write_text(name)
print(json.dumps({name: "<svg/>" for name in charts}))
"""
# Of the user; nothing of it may change. The names are those that the program might think its own.
FOREIGN = {"out.replaced/thesis.tex": "dear", "out.old/summary.json": "{}", "result/summary.json": "{}", "checkpoint": "dear", "summary.json.tmp": "dear"}


def environment(folder):
    return {**os.environ, "LC_ALL": "C.UTF-8", "ORBITWALK_PYTHON": str(pathlib.Path(folder).parent / "drawer")}


def run(folder, *command):
    return subprocess.run([PROGRAM, *command], cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, timeout=120)


def must(folder, *command):
    done = run(folder, *command)
    assert done.returncode == 0, (command, done.returncode, done.stderr)


def files(folder):
    """Names of everything below a folder, with the content of files."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*")) if not path.is_dir()}


def digest(folder):
    """Of a complete result; an assertion where the folder is anything else."""
    names = {path.name for path in folder.iterdir()}
    assert names == FINAL, f"{folder.name} holds {sorted(names)}"
    assert (folder / "result.h5").read_bytes()[:4] == b"\x89HDF", "result.h5 is not whole"
    summary = json.loads((folder / "summary.json").read_text())
    # h5 files end where their superblock says.
    h5 = (folder / "result.h5").read_bytes()
    assert int.from_bytes(h5[28:36], "little") == len(h5) if h5[8] >= 2 else int.from_bytes(h5[40:48], "little") == len(h5), "result.h5 is cut off"
    return summary["digest"]


class Scenario:
    """`orbitwalk run` into `out`."""
    name = "run"
    options = ()
    particles, burn_in = 600, 20
    target = "out"

    @property
    def command(self):
        return ("run", "s.toml", "--quiet", "--threads", "1", "--out", "out", *self.options)

    def fixed_faults(self):
        """Of calls that fail in the same way in every run."""
        return {}

    def set_up(self, template):
        """Makes the state to begin with, and what the result has to be."""
        self.template = template
        template.mkdir()
        drawer = template.parent / "drawer"
        drawer.write_text(DRAWER)
        drawer.chmod(0o755)
        (template / "s.toml").write_text(SPEC % (self.particles, self.burn_in))
        for name, content in FOREIGN.items():
            (template / name).parent.mkdir(exist_ok=True)
            (template / name).write_text(content)
        self.make_state(template)
        self.before = files(template)
        self.learn(template)

    def make_state(self, folder):
        pass

    def learn(self, template):
        reference = template.parent / (template.name + "-reference")
        reference.mkdir()
        (reference / "s.toml").write_text((template / "s.toml").read_text())
        must(reference, *self.command)
        self.right = digest(reference / "out")
        shutil.rmtree(reference)

    def prepare(self, folder):
        shutil.copytree(self.template, folder, symlinks=True)

    def check_foreign(self, folder):
        for name, content in FOREIGN.items():
            path = folder / name
            assert path.is_file() and path.read_text() == content, f"{name}, a file of the user, is not what it was"

    def check_always(self, folder):
        """Holds at any time, whatever has happened."""
        self.check_foreign(folder)
        target = folder / self.target
        if target.exists() and any(target.iterdir()):
            assert digest(target) == self.right, "not the right result under the final name"

    def go_on(self, folder):
        """The same command, or what its messages say."""
        options = set()
        for _ in range(4):
            done = run(folder, *self.command, *sorted(options - set(self.command)))
            if done.returncode == 0:
                return
            assert done.returncode in (2, 5), f"exit code {done.returncode}: {done.stderr}"
            self.check_always(folder)
            before = set(options)
            if "a result already exists; use --force to replace it" in done.stderr and digest(folder / self.target) == self.right:
                options.add("--resume")  # nothing to do
            elif "use --resume --force" in done.stderr:
                options |= {"--resume", "--force"}
            elif "use --resume" in done.stderr:
                options.add("--resume")
            elif "use --force to put that in its place" in done.stderr:
                options.add("--force")
            assert options != before, f"there is no way on: exit code {done.returncode}: {done.stderr}"
        raise AssertionError("there is no end")

    def check_end(self, folder):
        self.check_foreign(folder)
        assert digest(folder / self.target) == self.right, "not the right result"
        left = set(files(folder)) - set(self.before) - {f"{self.target}/{name}" for name in FINAL}
        assert not left, f"left over: {sorted(left)}"
        assert not (folder / (self.target + ".partial")).exists(), "the partial folder is left"


class Link(Scenario):
    """The output is a link to an empty folder elsewhere."""
    name = "run, out is a link"
    target = "scratch/results"

    def make_state(self, folder):
        (folder / "scratch/results").mkdir(parents=True)
        (folder / "out").symlink_to("scratch/results")


class Resume(Scenario):
    """An interrupted run is continued."""
    name = "run --resume"
    options = ("--resume",)
    particles, burn_in = 40000, 2000

    def make_state(self, folder):
        for _ in range(20):
            process = subprocess.Popen([PROGRAM, *self.command[:-1]], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while not (folder / "out.partial/.orbitwalk-partial").exists() and process.poll() is None:
                time.sleep(0.001)
            time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            if process.wait(timeout=60) == 130 and any((folder / "out.partial").glob("checkpoint*")):
                break
            shutil.rmtree(folder / "out", ignore_errors=True)
            shutil.rmtree(folder / "out.partial", ignore_errors=True)
        else:
            raise AssertionError("the run could not be interrupted")
        (folder / "out.partial/checkpoint.tmp").write_bytes(b"what a killed write leaves")

    def learn(self, template):
        super().learn(template)
        self.before = {name: content for name, content in self.before.items() if not name.startswith("out.partial/")}

    def check_always(self, folder):
        super().check_always(folder)
        if not (folder / "out").exists():
            kept = [path for path in (folder / "out.partial").glob("checkpoint*") if path.suffix != ".tmp"]
            assert kept and all(path.read_bytes().startswith(b"orbitwalk checkpoint") for path in kept), "the checkpoint is gone"


class Force(Scenario):
    """An old result is replaced."""
    name = "run --force"
    options = ("--force",)

    def make_state(self, folder):
        must(folder, *self.command[:-1], "--seed", "5")
        self.old = digest(folder / "out")

    def learn(self, template):
        super().learn(template)
        assert self.old != self.right

    def check_always(self, folder):
        self.check_foreign(folder)
        assert digest(folder / "out") in (self.old, self.right), "neither the old result nor the new one"


class TwoSteps(Force):
    """On a file system that cannot exchange."""
    name = "run --force, without an exchange"

    def fixed_faults(self):
        return {"renameat2": "error=EINVAL"}

    def check_always(self, folder):
        if (folder / "out").exists():
            super().check_always(folder)
        else:
            assert digest(folder / "out.partial/replaced") == self.old and digest(folder / "out.partial/result") == self.right, "neither is there"


class Finish(Force):
    """A new result was complete and not yet published."""
    name = "run --force, finished before"

    def make_state(self, folder):
        super().make_state(folder)
        done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:error=EIO:when=1",
                               PROGRAM, *self.command], cwd=folder, stderr=subprocess.DEVNULL)
        assert done.returncode in (-9, 137) and digest(folder / "out.partial/result") != self.old

    def learn(self, template):
        super().learn(template)
        self.before = {name: content for name, content in self.before.items() if not name.startswith("out.partial/")}


class Report(Scenario):
    """A report on a result."""
    name = "report"
    target = "out/report"
    command = ("report", "out")

    def make_state(self, folder):
        must(folder, *Scenario().command)

    def learn(self, template):
        reference = template.parent / (template.name + "-reference")
        shutil.copytree(template, reference)
        must(reference, *self.command)
        self.right = files(reference / "out/report")
        assert "report.html" in self.right and any(name.startswith("charts/") for name in self.right), sorted(self.right)
        shutil.rmtree(reference)

    def check_always(self, folder):
        self.check_foreign(folder)
        assert {name: content for name, content in files(folder / "out").items() if "/" not in name} == files(self.template / "out")
        if (folder / "out/report").exists():
            assert files(folder / "out/report") == self.right, "not the whole report"

    def go_on(self, folder):
        done = run(folder, *self.command)
        assert done.returncode == 0 or "out/report: a result already exists" in done.stderr, f"exit code {done.returncode}: {done.stderr}"

    def check_end(self, folder):
        self.check_always(folder)
        assert sorted(path.name for path in (folder / "out").iterdir()) == ["report", "result.h5", "summary.json"]


class Reproduce(Scenario):
    """A published experiment, with its report."""
    name = "reproduce"
    command = ("reproduce", "relu", "--particles", "12", "--set", "ensemble.steps=40", "--set", "ensemble.every=40", "--threads", "1", "--quiet", "--out", "out")

    def summary_of(self, out):
        """What must be the same, with the names of all files."""
        runs = {str(path.relative_to(out)): json.loads(path.read_text())["digest"] for path in out.rglob("summary.json") if path.parent != out}
        assert runs, "no run"
        json.loads((out / "summary.json").read_text())
        return sorted(files(out)), runs, json.loads((out / "relu/experiment.json").read_text())["claims"]

    def learn(self, template):
        must(template, *self.command)
        self.right = self.summary_of(template / "out")
        shutil.rmtree(template / "out")

    def check_always(self, folder):
        self.check_foreign(folder)
        if (folder / "out").exists():
            assert self.summary_of(folder / "out") == self.right, "not the whole result"

    def go_on(self, folder):
        options = []
        for _ in range(3):
            done = run(folder, *self.command, *options)
            if done.returncode == 0:
                return
            assert "--resume" in done.stderr or "out: a result already exists" in done.stderr, f"exit code {done.returncode}: {done.stderr}"
            options = ["--resume"]
        raise AssertionError(f"there is no way on: {done.stderr}")

    def check_end(self, folder):
        self.check_always(folder)
        assert (folder / "out").exists()
        left = {name for name in files(folder) if not name.startswith("out/")} - set(self.before)
        assert not left, f"left over: {sorted(left)}"


SCENARIOS = [Scenario(), Link(), Resume(), Force(), TwoSteps(), Finish(), Report(), Reproduce()]


def check_the_checks(root):
    """States that are losses must be told as such, or the rest of the test means nothing."""
    def fails(check, folder):
        try:
            check(folder)
        except (AssertionError, OSError, ValueError):
            return True
        return False

    def damaged(scenario, damage):
        folder = root / "damaged"
        scenario.prepare(folder)
        damage(folder)
        found = fails(scenario.check_always, folder)
        shutil.rmtree(folder)
        return found

    force = Force()
    force.set_up(root / "template-checks")
    assert not damaged(force, lambda folder: None), "the state to begin with is called a loss"
    h5 = (force.template / "out/result.h5").read_bytes()
    for name, damage in {
            "the old result is gone": lambda folder: shutil.rmtree(folder / "out"),
            "half of result.h5": lambda folder: (folder / "out/result.h5").write_bytes(h5[:len(h5) // 2]),
            "half of summary.json": lambda folder: (folder / "out/summary.json").write_text("{"),
            "a checkpoint is published": lambda folder: (folder / "out/checkpoint").write_text(""),
            "a file of the user is gone": lambda folder: (folder / "out.replaced/thesis.tex").unlink(),
            "a file of the user is another": lambda folder: (folder / "checkpoint").write_text("")}.items():
        assert damaged(force, damage), f"not seen: {name}"
    assert fails(force.check_end, force.template), "the old result passes for the new one"
