# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Peers as `run` sees them: start() once, then a round at a time, so that all take turns on the one core.

round(seed) -> seconds, particle_steps, moments; what start() finds out is in `facts`. PeerError says why a peer has no row of numbers.
"""
import json
import pathlib
import resource
import subprocess
import time

import environment
from environment import HERE, PYTHON, PYTHON_PEERS, ROOT


class PeerError(Exception):
    pass


def timed_process(command):
    """-> what it did, its seconds, and its share of the core: less than 1 where others ran there as well."""
    def cpu():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    begin, before = time.perf_counter(), cpu()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    return done, seconds, (cpu() - before) / seconds


class Worker:
    """A Python peer, in a process that waits between rounds."""
    process = None

    def __init__(self, name, problem, particles, steps, gpu, scratch):
        particles = min(particles, environment.FEWER.get(name, {}).get(problem.name, particles))
        self.name, self.work = name, particles * steps
        self.facts = {"particles": particles, "steps": steps}
        device = "gpu" if gpu else "cpu"
        self.command = [PYTHON, HERE / "worker.py", PYTHON_PEERS[name][0], name, problem.name, str(particles), str(steps), device]
        self.log = scratch / f"{name}-{problem.name}.log"
        self.gpu = gpu

    def start(self):
        if self.gpu and self.name == "numpy":
            raise PeerError("not run: no GPU version")
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log.open("w"),
                                        env=environment.variables(self.gpu), text=True)
        self.facts.update(self.answer())

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(f"failed: ended with {self.process.wait()}: {environment.reason_in(self.log.read_text())}")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    def round(self, seed):
        self.process.stdin.write(f"{seed}\n")
        self.process.stdin.flush()
        return {**self.answer(), "particle_steps": self.work}

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


class Plain:
    name = "plain_cpp"

    def __init__(self, problem, particles, steps, gpu, scratch):
        self.problem, self.particles, self.steps, self.gpu = problem, particles, steps, gpu
        self.file = scratch / "plain.bin"
        self.facts = {"particles": particles, "steps": steps, "note": "a particle at a time, std::mt19937, std::normal_distribution<float>"}

    def start(self):
        if self.gpu:
            raise PeerError("not run: no GPU version")
        if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import numpy"], capture_output=True).returncode != 0:
            raise PeerError("not run: no NumPy to check its moments with")
        try:
            self.program, compiler = environment.compile_plain()
        except RuntimeError as error:
            raise PeerError(str(error)) from None
        self.facts["versions"] = {"compiler": compiler}

    def round(self, seed):
        p = self.problem
        done, _, core_share = timed_process([self.program, p.name, self.particles, self.steps, p.step, seed, self.file])
        if done.returncode != 0:
            raise PeerError(f"failed: exit code {done.returncode}")
        moments = [PYTHON, HERE / "moments.py", p.name, self.file, str(self.particles)]
        checked = subprocess.run(moments, capture_output=True, text=True, env=environment.variables(False))
        if checked.returncode != 0:
            raise PeerError(f"failed: moments: {environment.reason_in(checked.stderr)}")
        return {"seconds": float(done.stdout), "particle_steps": self.particles * self.steps, "core_share": core_share,
                "moments": json.loads(checked.stdout)}

    def stop(self):
        pass


class Orbitwalk:
    """A round is a timed run, and a run over the peers' steps for the moments. Time is `wall_seconds` of summary.json."""

    def __init__(self, program, variates, problem, particles, steps, timed_steps, gpu, scratch):
        self.name = "orbitwalk" if variates == "gaussian" else f"orbitwalk_{variates}"
        self.program, self.variates, self.problem = pathlib.Path(program), variates, problem
        self.particles, self.steps, self.timed_steps = particles, steps, timed_steps
        self.gpu, self.out = gpu, scratch / "orbitwalk"
        self.facts = {"particles": particles, "steps": timed_steps, "note": f"{variates} variates"}

    def start(self):
        if not (HERE / f"{self.problem.name}.toml").exists():
            raise PeerError(f"not there yet: no {self.problem.name}.toml in bench/peers")
        if not self.program.exists():
            raise PeerError(f"not built: no {self.program} (scripts/demo, or --program PATH)")
        # "orbitwalk 0.1.0"
        version = subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.split()[-1]
        self.facts["versions"] = {"orbitwalk": version, "checkout": environment.commit(self.program.resolve().parent), **self.compiler()}
        begin = time.perf_counter()
        self.simulate(0, self.steps)
        self.facts["first_seconds"] = time.perf_counter() - begin

    def compiler(self):
        cache = self.program.resolve().parent.parent / "CMakeCache.txt"
        for line in cache.read_text().splitlines() if cache.exists() else []:
            if line.startswith("CMAKE_CXX_COMPILER:"):
                told = subprocess.run([line.split("=", 1)[1], "--version"], capture_output=True, text=True)
                return {"compiler": told.stdout.splitlines()[0]}
        return {}

    def simulate(self, seed, steps):
        settings = {"ensemble.burn_in": steps - 1, "ensemble.steps": 1, "ensemble.every": 1, "dynamics.variates": self.variates}
        command = [self.program, "run", HERE / f"{self.problem.name}.toml", "--particles", self.particles, "--seed", seed,
                   "--backend", "cuda" if self.gpu else "cpu", "--threads", 1, "--out", self.out, "--force", "--quiet"]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        done, process_seconds, core_share = timed_process(command)
        if done.returncode != 0:
            raise PeerError(f"failed: exit code {done.returncode}: {environment.reason_in(done.stderr or done.stdout)}")
        summary = json.loads((self.out / "summary.json").read_text())
        self.facts["device"] = summary["device"]
        return summary, process_seconds, core_share

    def round(self, seed):
        timed, process_seconds, core_share = self.simulate(seed, self.timed_steps)
        checked, _, _ = self.simulate(1_000_000 + seed, self.steps)
        keys = ("mean", "standard_error", "variance", "variance_standard_error")
        moments = {name: [seen[key] for key in keys] for name, seen in checked["observables"].items()}
        return {"seconds": timed["wall_seconds"], "particle_steps": self.particles * self.timed_steps, "moments": moments,
                "core_share": core_share, "process_seconds": process_seconds}

    def stop(self):
        pass
