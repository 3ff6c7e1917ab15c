# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What the peers need: a virtual environment, the C++ peer, variables for one thread; and what the machine is called."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = ROOT / "build" / "peers-venv"
PYTHON = VENV / "bin" / "python"

# Peers that take so long that they run fewer particles than the others: problem -> particles.
FEWER = {"pytorch_loop": {"hadamard": 256, "linear_sde": 64, "matrix_product": 128}}

# peer -> module, packages. Variants of one module share both.
PYTHON_PEERS = {
    "numpy": ("peer_numpy", ["numpy"]),
    "jax": ("peer_jax", ["numpy", "jax"]),
    "jax_tuned": ("peer_jax", ["numpy", "jax"]),
    "diffrax": ("peer_diffrax", ["numpy", "jax", "diffrax"]),
    "diffrax_tree": ("peer_diffrax", ["numpy", "jax", "diffrax"]),
    "pytorch": ("peer_torch", ["numpy", "torch"]),
    "pytorch_loop": ("peer_torch_loop", ["numpy", "torch"]),
    "torchsde": ("peer_torchsde", ["numpy", "torch", "torchsde"]),
    "torchsde_default": ("peer_torchsde", ["numpy", "torch", "torchsde"]),
}


def reason_in(text):
    """pip says first what is wrong, a traceback last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors[:1] or lines[-1:] or ["no message"])[0]


def make_venv():
    """None, or why there is none."""
    if PYTHON.exists():
        return None
    newest_first = [f"python3.{minor}" for minor in range(14, 10, -1)]
    reason = "no python3"
    for name in [sys.executable, "/usr/bin/python3", *newest_first]:
        if python := shutil.which(name):
            made = subprocess.run([python, "-m", "venv", VENV], capture_output=True, text=True)
            if made.returncode == 0:
                return None
            shutil.rmtree(VENV, ignore_errors=True)
            reason = f"{python} -m venv failed (Debian: apt-get install python3-venv)"
    return reason


def install(peers, gpu):
    """Installs peer by peer, so that one that cannot be had leaves the others. -> peer: why it is not there."""
    if reason := make_venv():
        return dict.fromkeys(peers, reason)
    pins = HERE / "requirements.txt"
    stamp = VENV / "installed.json"
    key = hashlib.sha256(pins.read_bytes()).hexdigest() + (" gpu" if gpu else "")
    state = json.loads(stamp.read_text()) if stamp.exists() else {}
    if state.get("key") != key:
        state = {"key": key, "done": []}
    missing = {}
    for peer in peers:
        packages = [f"{p}[cuda13]" if gpu and p == "jax" else p for p in PYTHON_PEERS[peer][1]]
        label = " ".join(packages)
        if label not in state["done"]:
            print(f"installing {label} into {VENV.relative_to(ROOT)}", file=sys.stderr)
            pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", pins, *packages]
            done = subprocess.run(pip, capture_output=True, text=True)
            if done.returncode != 0:
                missing[peer] = reason_in(done.stderr)
                continue
            state["done"].append(label)
            stamp.write_text(json.dumps(state))
    return missing


def compile_plain():
    """-> program, compiler and flags."""
    compiler = os.environ.get("CXX", "g++")
    flags = ["-std=c++20", "-O3", "-march=native"]
    if not shutil.which(compiler):
        raise RuntimeError(f"not installed: no {compiler}")
    program = ROOT / "build" / "peer_plain"
    program.parent.mkdir(exist_ok=True)
    made = subprocess.run([compiler, *flags, HERE / "peer_plain.cpp", "-o", program], capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(f"failed: {compiler}: {reason_in(made.stderr)}")
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return program, f"{version}, {' '.join(flags)}"


def variables(gpu):
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM")}
    device = ({"JAX_PLATFORMS": "cuda", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"} if gpu else
              {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"})
    return {**os.environ, **one_thread, **device, "PYTHONDONTWRITEBYTECODE": "1"}


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def machine(gpu):
    """Device in words, and the name of its file of results."""
    if gpu:
        listed = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True)
        name = listed.stdout.splitlines()[0].strip()
        return name, slug(name) + "-peers"  # scripts/gpu-check writes NAME.md as a whole
    about = pathlib.Path("/proc/cpuinfo").read_text()
    fields = dict(re.findall(r"^(model name|flags)\s*:\s*(.*)$", about, re.M))
    name, flags = fields.get("model name", os.uname().machine), set(fields.get("flags", "").split())
    isa = ("avx512" if flags >= {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} else
           "avx2" if flags >= {"avx2", "fma", "bmi2"} else "generic")
    return f"{name} ({isa})", slug(f"{name} {isa}")


def commit(folder=HERE):
    def git(*arguments):
        return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True).stdout.strip()

    sources = [f":/{name}" for name in ("include", "src", "kernels", "cmake", "bench/peers", "bench/published", "examples/published")]
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *sources)
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + (" with changes" if changed else "")
