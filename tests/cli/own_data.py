# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Spectra, signals, starts and teachers from files: `reproduce --data` as a user sees it, and what is refused of folders and of [data] kind,
[ensemble] init.files and [data] instance.files. tests/reproduce holds the numbers against drawn problems."""
import json
import math
import random
import subprocess
import unittest

import harness
from refusals import Checks, Case, add_tests, spec

MODES, TIMES = 6, [0.03, 0.11, 0.19, 0.26, 0.34, 0.41, 0.47, 0.62]
TRUTH = [0, 0, 1.5, 0, -1.0, 0]
AT = r"spec\.toml:\d+:\d+: "  # file, line, column


def column(numbers):
    return "\n".join(map(str, numbers)) + "\n"


def table(rows):
    return "\n".join(",".join(map(str, row)) for row in rows) + "\n"


def spectrum(times=TIMES, noise=0.0):
    source = random.Random(3)
    return column(sum(w * math.cos(2 * math.pi * k * t) for k, w in enumerate(TRUTH)) + source.gauss(0, noise) for t in times)


@unittest.skipUnless(subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], capture_output=True).returncode == 0, "no matplotlib")
class OwnData(harness.TemporaryFolder):
    def reproduce(self, name, *args, steps=3000, expect=0):
        return self.orbitwalk("reproduce", name, "--data", "mine", "--out", "out", "--threads", "2", "--set", f"ensemble.steps={steps}", "--set", f"ensemble.every={steps}", *args,
                              expect=expect, timeout=900)

    def experiment(self, name):
        return json.loads((self.folder / "out" / name / "experiment.json").read_text(encoding="utf-8"))

    def write_spectrum(self, **others):
        for name, content in {"times": column(TIMES), "measurements": spectrum(noise=0.01), "truth": column(TRUTH), **others}.items():
            self.write(f"mine/{name}.csv", content)

    def test_gaps_of_a_matrix_are_its_mask(self):
        self.write("mine/truth.csv", "1,2,NA\n2,,6\n3,6,9\n")
        self.reproduce("completion", "--particles", "4", steps=40)
        summary = json.loads((self.folder / "out/completion/completion/summary.json").read_text(encoding="utf-8"))
        self.assertEqual([summary["spec"]["model"][key] for key in ("rows", "columns", "rank")], [3, 3, 3])
        self.assertNotIn("error", summary["observables"])

    def test_sequences_give_the_attention_head_its_sizes(self):
        source = random.Random(5)
        rows = lambda count: table([source.gauss(0, 1) for _ in range(count)] for _ in range(6))
        self.write("mine/inputs.csv", rows(8 * 3))
        self.write("mine/targets.csv", rows(8 * 2))
        self.reproduce("attention", "--particles", "4", steps=40)
        summary = json.loads((self.folder / "out/attention/attention/summary.json").read_text(encoding="utf-8"))
        self.assertEqual([summary["spec"]["model"][key] for key in ("tokens", "embedding", "values")], [8, 3, 2])

    def test_an_instance_with_its_start_is_one_trajectory(self):
        source = random.Random(4)
        start = lambda scale: column(source.gauss(0, scale) for _ in range(MODES))
        self.write_spectrum(start_w=start(1e-4), start_p=start(0.01), start_q=start(0.01))
        self.write("mine/README.txt", "from a friend")
        self.write("mine/plot.py", "print()")
        result = self.reproduce("spectrum", "--set", "dynamics.step=0.05")
        experiment = self.experiment("spectrum")
        self.assertEqual(experiment["text"][0], "The data are the files of mine: measurements.csv, start_p.csv, start_q.csv, start_w.csv, times.csv, truth.csv.")
        self.assertIn("there is one trajectory", experiment["text"][1])
        self.assertEqual(experiment["reduced"], "ensemble.steps=3000, ensemble.every=3000, dynamics.step=0.05")
        self.assertNotIn("left_out", experiment)
        self.assertEqual(len(experiment["claims"]), 6)
        support = next(claim for claim in experiment["claims"] if "support" in claim["claim"])
        self.assertEqual((support["measured"], support["holds"]), ("found", True))
        self.assertNotIn("does not apply", result.out)
        summary = json.loads((self.folder / "out/spectrum/spectrum_hadamard/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["particles"], 1)
        self.assertEqual(summary["spec"]["data"]["kind"], "spectrum")
        weights = [summary["observables"][f"w{k + 1}"]["mean"] for k in range(MODES)]
        # The error is that of the noiseless prediction over a period: mode 0 counts in full, every other by half.
        error = (weights[0] - TRUTH[0]) ** 2 + 0.5 * sum((w - t) ** 2 for w, t in zip(weights[1:], TRUTH[1:]))
        self.assertAlmostEqual(summary["observables"]["error"]["mean"] / error, 1, places=4)
        by_weights = sum((w - t) ** 2 for w, t in zip(weights, TRUTH)) / MODES
        self.assertGreater(abs(summary["observables"]["error"]["mean"] / by_weights - 1), 0.1, "twin: |w - w*|²/c")

    def test_what_is_not_known_is_left_out_with_the_reason(self):
        self.write_spectrum()
        (self.folder / "mine/truth.csv").unlink()
        result = self.reproduce("spectrum", "--particles", "8", "--set", "dynamics.step=0.05", "--set", f"model.coordinates={MODES}", steps=200)
        experiment = self.experiment("spectrum")
        self.assertEqual(len(experiment["claims"]), 2)
        self.assertEqual(len(experiment["left_out"]), 4)
        for left in experiment["left_out"]:
            self.assertIn("the files have no truth", left["reason"])
        self.assertEqual(result.out.count("does not apply"), 4)
        whole = json.loads((self.folder / "out/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(whole["experiments"][0]["left_out"], experiment["left_out"])
        page = (self.folder / "out/report/report.html").read_text(encoding="utf-8")
        self.assertIn("Claims that do not apply", page)
        self.assertIn("the files have no truth", page)

    def test_a_signal_keeps_its_jumps(self):
        source = random.Random(5)
        truth = [1.0] * 4 + [-1.5] * 5 + [0.5] * 3
        design = [[source.gauss(0, 1 / math.sqrt(9)) for _ in truth] for _ in range(9)]
        self.write("mine/design.csv", table(design))
        self.write("mine/measurements.csv", column(sum(a * b for a, b in zip(row, truth)) for row in design))
        self.write("mine/truth.csv", column(truth))
        self.reproduce("signal", "--particles", "8", "--set", "dynamics.step=0.05", steps=20000)
        summary = json.loads((self.folder / "out/signal/signal_cumsum_small/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["observables"]["support"]["mean"], 1, "the jumps; no weight is 0, so that of weights there would be none to find")
        experiment = self.experiment("signal")
        self.assertEqual(len(experiment["claims"]), 5)
        self.assertIn("places of the jumps", experiment["tables"][0]["note"])

    def test_someone_elses_mask_is_one_experiment(self):
        left, right = [1.0, -2.0, 0.5, 1.5], [2.0, 1.0, -1.0, 0.5, 1.5, -0.5]
        self.write("mine/truth.csv", table([a * b for b in right] for a in left))
        self.write("mine/mask.csv", table([int((i + k) % 4 != 0) for k in range(6)] for i in range(4)))
        result = self.reproduce("completion", "--particles", "8", steps=100)
        experiment = self.experiment("completion")
        self.assertEqual(experiment["runs"], [{"label": "observed entries of the mask", "directory": "completion"}])
        self.assertEqual([left["reason"] for left in experiment["left_out"]], ["the mask is that of the files, and no other is run"] * 2)
        self.assertEqual(result.out.count("does not apply"), 2)
        self.assertFalse((self.folder / "out/completion/completion_half").exists())
        size = math.sqrt(sum(a * a for a in left) * sum(b * b for b in right))
        self.assertEqual(experiment["claims"][0]["claim"], f"the singular value of the truth is found, {size:.3g}")

    def test_a_teacher_from_files_answers(self):
        self.write("mine/teacher_W.csv", "1.5,0,0\n0,-1.5,0.5\n")
        self.write("mine/teacher_V.csv", "1\n-2\n")
        self.reproduce("relu", "--particles", "8", steps=50)
        summary = json.loads((self.folder / "out/relu/relu/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(sorted(summary["spec"]["data"]["instance"]["files"]), ["V", "W"])
        self.assertIn("All seeds have the same problem", self.experiment("relu")["text"][1])


class Refused(Checks):
    pass


def folder(name, experiment, code, message, **files):
    case = Case("folder_" + name, code, message, args=("reproduce", experiment, "--data", "mine", "--threads", "1", "--out", "out"),
                files={"mine/" + key.replace("__", "."): content for key, content in files.items()})
    add_tests(Refused, [case])


GOOD = {"times__csv": column(TIMES), "measurements__csv": spectrum(), "truth__csv": column(TRUTH)}
DESIGN = [[math.cos(2 * math.pi * k * t) for k in range(MODES)] for t in TIMES]

folder("with_a_typo", "spectrum", 5, r".*mine/truht\.csv: is not a file that spectrum takes; did you mean \"truth\"\? \(--data\)", truht__csv="1\n", **GOOD)
folder("of_another_experiment", "completion", 5, r".*mine/measurements\.csv: is not a file that completion takes.*", **GOOD)
folder("with_two_tables", "spectrum", 5, r"mine: there are two tables times, times\.csv and times\.txt; keep one.*", times__txt="1\n", **GOOD)
folder("without_measurements", "spectrum", 5, r"mine: measurements\.npy \(or \.csv, \.tsv, \.txt\) is missing, one number per sample; .*", times__csv=column(TIMES))
folder("without_times", "spectrum", 5, r"mine: neither times\.npy nor design\.npy .* is there, .*", measurements__csv=spectrum())
folder("with_times_and_design", "spectrum", 5, r"mine: has both times and design; keep one.*", design__csv=table(DESIGN), **GOOD)
folder("with_a_start_of_some_runs", "spectrum", 5, r"mine: start_p\.npy .* is missing, the start p of model hadamard: .* for all runs or for none; .*", start_w__csv=column(TRUTH), **GOOD)
folder("with_a_short_start", "spectrum", 2, r".*\[ensemble\.init\.files\] w: expected 6 × 1 numbers, but .*start_w\.csv has 2 × 1",
       start_w__csv="1\n2\n", start_p__csv=column(TRUTH), start_q__csv=column(TRUTH), **GOOD)
folder("with_times_in_seconds", "spectrum", 2, r".*\[data\] times: expected times between 0 and 1, .*number 2 of .*times\.csv is 12\.5.*: divide by the period",
       **{**GOOD, "times__csv": column([0.5, 12.5, 1, 2, 3, 4, 5, 6])})
folder("with_fewer_measurements", "spectrum", 2, r".*\[data\] y: expected 8 numbers in a row or a column, but .*measurements\.csv has 7 rows of 1", **{**GOOD, "measurements__csv": column([1] * 7)})
folder("with_columns_permuted", "spectrum", 2, r".*\[data\] x: of kind spectrum has the columns cos\(2πkt\).*sample 1, column 3 .*Give the times instead.*",
       design__csv=table([row[:2] + row[3:] + row[2:3] for row in DESIGN]), measurements__csv=spectrum())
folder("with_a_long_truth", "signal", 2, r".*\[data\] truth: expected 6 numbers in a row or a column, but .*truth\.csv has 7",
       design__csv=table(DESIGN), measurements__csv=spectrum(), truth__csv=column(TRUTH + [0]))
folder("with_truth_and_observed", "completion", 5, r"mine: has both truth and observed; keep one.*", truth__csv="1,2\n3,4\n", observed__csv="1,2\n3,4\n", mask__csv="1,0\n0,1\n")
folder("without_a_mask", "completion", 5, r"mine: mask\.npy .* is missing, .*", truth__csv="1,2\n3,4\n")
folder("with_teacher_and_targets", "relu", 5, r"mine: has both targets and teacher_W; keep one.*", teacher_W__csv="1,2\n", teacher_V__csv="1\n", targets__csv="1\n")
folder("with_half_a_teacher", "relu", 5, r"mine: teacher_V\.npy .* is missing, one hidden unit per row; .*", teacher_W__csv="1,2\n")


SGD = 'name = "sgd"\nstep = 1e-3\n'
LINEAR = 'name = "linear"\n'
TABLES = {"t.csv": column(TIMES), "y.csv": spectrum(), "x.csv": table(DESIGN), "w.csv": column(TRUTH)}


def refused(name, message, data, model=LINEAR, **sections):
    text = spec(**{**dict(model=model, observe="", compare="laws = []\n", data=data, dynamics=SGD), **sections})
    add_tests(Refused, [Case("spec_" + name, 2, AT + message, text, files=TABLES)])


FILES = 'kind = "spectrum"\ntimes = "t.csv"\ny = "y.csv"\ntruth = "w.csv"\n'
refused("kind_unknown", r"\[data\] kind: unknown value \"spectra\"; did you mean \"spectrum\"\?", 'kind = "spectra"\nx = "x.csv"\ny = "y.csv"\n')
refused("kind_without_files", r"\[data\] kind: a spectrum from files needs times .*", 'kind = "spectrum"\n')
refused("kind_of_an_instance", r"\[data\] kind: is for data from files; an instance has a kind of its own", 'kind = "spectrum"\ninstance = { samples = 5 }\n')
refused("kind_of_another_model", r"\[data\] unknown key \"kind\".*", 'kind = "spectrum"\nx = "x.csv"\ny = "y.csv"\n', 'name = "deep_hadamard"\n')
refused("times_of_a_signal", r"\[data\] times: is for kind spectrum; .*", FILES.replace('"spectrum"', '"signal"'))
refused("times_and_a_design", r"\[data\] x: cannot go together with times.*", FILES + 'x = "x.csv"\n')
refused("times_without_a_kind", r"\[data\] missing key \"x\".*", 'times = "t.csv"\ny = "y.csv"\n')
refused("kind_standardized", r"\[data\] standardize: changes what the weights of a spectrum mean.*", FILES + "standardize = true\n")
refused("kind_centred", r"\[data\] center_target: changes what the weights of a spectrum mean.*", FILES + "center_target = true\n")
refused("kind_coordinates", r"\[data\] truth: expected 9 numbers.*w\.csv has 6", FILES, LINEAR + "coordinates = 9\n")
refused("kind_langevin", r"\[dynamics\] name: .*\[data\] kind\), is for sgd only", FILES, dynamics="temperature = 0.1\nstep = 1e-3\n")
refused("kind_minibatch", r"\[dynamics\] sampling: .*or of a kind \(\[data\] kind\), .*\"full\" or \"surrogate\"", FILES, dynamics=SGD + 'sampling = "minibatch"\n')
START = "particles = 512\nburn_in = 20\nsteps = 10_000_000_000\nevery = 10\n"
HADAMARD = 'name = "hadamard"\n'
refused("start_and_mean", r"\[ensemble\.init\] mean: cannot go together with files.*", FILES, ensemble=START + 'init = { mean = 0.0, files = { w = "w.csv" } }\n')
refused("start_of_another_model", r"\[ensemble\.init\.files\] w: is not a matrix of this model; valid matrices: p, q", FILES, HADAMARD, ensemble=START + 'init = { files = { w = "w.csv" } }\n')
refused("start_of_half_a_model", r"\[ensemble\.init\.files\] missing key \"q\".*", FILES, HADAMARD, ensemble=START + 'init = { files = { p = "w.csv" } }\n')
refused("start_of_another_size", r"\[ensemble\.init\.files\] q: expected 6 × 1 numbers, but .*y\.csv has 8 × 1", FILES, HADAMARD, ensemble=START + 'init = { files = { p = "w.csv", q = "y.csv" } }\n')
refused("teacher_with_a_seed", r"\[data\.instance\] seed: has no meaning where the teacher's weights come from files", 'instance = { seed = 3, files = { W = "x.csv", V = "y.csv" } }\n', 'name = "relu"\n')
refused("teacher_of_two_sizes", r"\[data\.instance\.files\] V: expected 8 × 1 numbers, but .*w\.csv has 6 × 1",
        'instance = { files = { W = "x.csv", V = "w.csv" } }\n', 'name = "relu"\n')
refused("teacher_of_other_inputs", r"\[model\] inputs: the teacher's W has 6 columns", 'instance = { files = { W = "x.csv", V = "y.csv" } }\n', 'name = "relu"\ninputs = 3\n')


if __name__ == "__main__":
    unittest.main()
