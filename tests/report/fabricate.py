# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Summaries and experiments for the tests of reports: what a run writes, with a series over its steps, without a run.

fabricate.py FOLDER writes some to look at: FOLDER/radial, FOLDER/weights and FOLDER/experiment.
"""
import json
import math
import pathlib
import sys

LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
NORMAL = [-1.645, -0.674, 0, 0.674, 1.645]


def histogram(mean, deviation, count=20_000, bins=60, low=None, high=None):
    low = mean - 6 * deviation if low is None else low
    high = mean + 6 * deviation if high is None else high
    edges = [low + (high - low) * i / bins for i in range(bins + 1)]
    below = [0.5 * math.erfc((mean - x) / deviation / math.sqrt(2)) for x in edges]
    # Rounded with a wave, so that residuals are not all nothing.
    counts = [max(0, round(count * (b - a) + 0.7 * math.sqrt(count * (b - a)) * math.sin(7.3 * i))) for i, (a, b) in enumerate(zip(below, below[1:]))]
    return edges, counts, below


def observable(mean, deviation):
    edges, counts, _ = histogram(mean, deviation)
    count = sum(counts)
    return {"count": count, "mean": mean, "standard_error": deviation / math.sqrt(count), "variance": deviation ** 2,
            "variance_standard_error": deviation ** 2 * math.sqrt(2 / count), "minimum": mean - 4 * deviation, "maximum": mean + 4 * deviation,
            "effective_sample_size": float(count), "under": 0, "over": 0, "non_finite": 0, "effective_sample_size_mean": float(count),
            "effective_sample_size_cdf": float(count),
            "last_quantiles": {"levels": LEVELS, "values": [mean + deviation * z for z in NORMAL]},
            "histogram": {"edges": edges, "counts": counts}}


def law(name, of, mean, deviation, at, verdict):
    """A normal law held against the observable with parameters `at`."""
    edges, _, _ = histogram(*at)
    below = [0.5 * math.erfc((mean - x) / deviation / math.sqrt(2)) for x in edges]
    density = [(b - a) / (y - x) for a, b, x, y in zip(below, below[1:], edges, edges[1:])]
    return {"name": name, "observable": of, "mean": mean, "variance": deviation ** 2, "ks": abs(mean - at[0]) / at[1] + 0.004, "p_value": 0.4, "wasserstein1": 1e-3,
            "kl": 1e-4, "verdict": verdict, "reason": "", "ks_critical": 0.012, "p_smooth": 0.5, "p_adjusted": 0.8, "ks_bound": 0.011, "confidence": 0.95,
            "significance": 1e-3, "mean_z": (at[0] - mean) / at[1] * 140, "variance_z": 0.1, "effective_sample_size": 2e4, "quadrature_error": 1e-12,
            "formula": "exp(-x²)", "density": density}


def series(parameters, spacing="logarithmic", points=40, last=100_000):
    steps = sorted({round(last ** (i / (points - 1))) for i in range(points)}) if spacing == "logarithmic" else \
        [round(last * (i + 1) / points) for i in range(points)]
    observables = {}
    for name, (mean, deviation) in parameters.items():
        quantiles, means = [], []
        for step in steps:
            grown = 1 - math.exp(-(step / last) * 12 * (1 + abs(mean)))
            means.append(mean * grown)
            quantiles.append([mean * grown + deviation * math.sqrt(grown) * z for z in NORMAL])
        quantiles[0] = [None] * len(LEVELS)  # numbers may be missing
        means[0] = None
        observables[name] = {"quantiles": quantiles, "mean": means, "standard_error": [deviation / 100] * len(steps), "count": [20_000] * len(steps)}
    return {"steps": steps, "spacing": spacing, "levels": LEVELS, "observables": observables}


def summary(parameters, laws=(), with_series=True, **changed):
    """`parameters`: mean and deviation of each observable; `laws`: (name, observable, mean, deviation, verdict)."""
    result = {
        "program": "orbitwalk", "version": "0.1.0",
        "spec": {"dynamics": {"name": "langevin", "step": 0.001, "noise": {"horizontal": 0.7, "vertical": 0.0}}, "model": {"name": "radial", "dimension": 3},
                 "ensemble": {"particles": 20_000, "burn_in": 0, "steps": 100_000, "seed": 7}, "observe": {"histogram": [{"of": name} for name in parameters]}},
        "spec_directory": "", "backend": "cpu", "device": "a processor", "threads": 1, "ranks": 1, "seed": 7, "precision": "float", "particles": 20_000,
        "steps": 100_000, "diverged": {"count": 3, "first_step": 65}, "degenerate_projections": 0, "wall_seconds": 12.34, "particle_steps_per_second": 1.62e8,
        "digest": "fnv1a64:0123456789abcdef", "observables": {name: observable(*at) for name, at in parameters.items()},
        "stationarity": {name: {"nested_rhat": 1.0003, "nested_rhat_critical": 1.002, "drift_ks": 0.004, "drift_p": 0.4, "stationary": True} for name in parameters},
        "laws": [law(name, of, mean, deviation, parameters[of], verdict) for name, of, mean, deviation, verdict in laws],
        "notes": ["a note of the run"]}
    if with_series:
        result["series"] = series(parameters)
    return {**result, **changed}


def weights(count):
    return {f"w{i}": (3 * math.sin(i) if i % 4 == 0 else 0.0, 0.3) for i in range(1, count + 1)}


def radial(**changed):
    return summary({"r": (1.5, 0.35), "loss": (0.2, 0.05)},
                   [("projected", "r", 1.5, 0.35, "accepted"), ("isotropic", "r", 1.66, 0.34, "rejected")], **changed)


def experiment(runs):
    """`runs`: label and sub-folder of each."""
    chart = {"name": "against theory", "title": "Measured against theory", "caption": "By dimension.", "panels": [
        {"x_label": "dimension", "y_label": "mean", "layers": [
            {"kind": "points", "label": "measured", "style": 1, "x": [1, 2, 3, 4], "y": [1.0, 1.4, 1.7, None], "lower": [0.9, 1.3, 1.6, None], "upper": [1.1, 1.5, 1.8, None]},
            {"kind": "line", "label": "theory", "style": 2, "x": [1, 2, 3, 4], "y": [1.0, 1.41, 1.73, 2.0]},
            {"kind": "reference", "label": "limit", "at": [2.2]}]}]}
    return {"name": "radial-noise", "title": "Noise along the orbits", "text": ["First paragraph.", "Second paragraph."],
            "runs": [{"label": label, "directory": folder} for label, folder in runs],
            "claims": [{"claim": "the factor r² is absent", "measured": "KS 0.004", "holds": True, "detail": "20,000 particles"},
                       {"claim": "Gibbs' law holds", "measured": "KS 0.18", "holds": False, "detail": ""},
                       {"claim": "in the limit", "measured": "-", "holds": None, "detail": "not run"}],
            "tables": [{"title": "Means", "columns": ["dimension", "mean", "note"], "rows": [[2, 1.4142135, "close"], [3, 1.7320508, None]], "note": "By quadrature."}],
            "charts": [chart], "reduced": "20,000 particles instead of 200,000", "provenance": {"command": "orbitwalk reproduce radial", "seconds": 12.5}}


def write(folder, content, name="summary.json"):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    write(target / "radial", radial())
    write(target / "weights", summary({**weights(64), **{f"sigma{i}": (1 / i, 0.1 / i) for i in range(1, 5)}, "loss": (0.2, 0.05)}))
    write(target / "experiment", experiment([("projected noise", "runs/a"), ("isotropic noise", "runs/b")]), "experiment.json")
    write(target / "experiment/runs/a", radial())
    write(target / "experiment/runs/b", radial(seed=8))
