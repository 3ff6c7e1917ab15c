# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""orbitwalk reproduce: what it leaves behind, also when it is stopped, and what it refuses. Few seeds and steps: the experiments
themselves are not tested here."""
import json
import math
import os
import random
import signal
import subprocess
import time
import unittest

import harness
from harness import TemporaryFolder

FEW = ["--particles", "12", "--set", "ensemble.steps=40", "--set", "ensemble.every=40", "--threads", "2"]


@unittest.skipUnless(subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], capture_output=True).returncode == 0, "no matplotlib")
class Reproduce(TemporaryFolder):
    def reproduce(self, *args, expect=0):
        return self.orbitwalk("reproduce", *args, expect=expect, timeout=900)

    def test_an_experiment_is_complete(self):
        result = self.reproduce("spectrum", *FEW, "--out", "out")
        self.assertIn("w = p∘q generalises", result.out)
        experiment = json.loads((self.folder / "out/spectrum/experiment.json").read_text(encoding="utf-8"))
        self.assertEqual([run["directory"] for run in experiment["runs"]], ["spectrum_free", "spectrum_l1", "spectrum_hadamard"])
        self.assertEqual(experiment["reduced"], "12 seeds instead of 256; ensemble.steps=40, ensemble.every=40")
        for run in experiment["runs"]:
            folder = self.folder / "out/spectrum" / run["directory"]
            summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
            self.assertEqual((summary["particles"], summary["steps"]), (12, 40))
            self.assertEqual(summary["series"]["steps"][-1], 40)
            self.assertTrue((folder / "result.h5").exists())
        for claim in experiment["claims"]:
            self.assertIn(claim["holds"], (True, False, None))
            self.assertTrue(claim["measured"])
        page = (self.folder / "out/report/report.html").read_text(encoding="utf-8")
        self.assertIn("Sparse spectrum", page)
        self.assertIn("12 seeds instead of 256", page)
        self.assertFalse(any(path.name.startswith("checkpoint") for path in (self.folder / "out").iterdir()))
        # The exact optima are of the same data as the runs: after so few steps free weights are where exact descent is.
        descent = next(claim for claim in experiment["claims"] if "exact gradient descent" in claim["claim"])
        self.assertTrue(descent["holds"], descent)
        # The report can be made again from what lies there.
        self.orbitwalk("report", "out", "--force", timeout=300)
        self.assertEqual((self.folder / "out/report/report.html").read_text(encoding="utf-8"), page)
        # Nothing is replaced unasked.
        self.assertIn("--force", self.reproduce("spectrum", *FEW, "--out", "out", expect=2).err)

    def test_stopped_and_resumed(self):
        command = [harness.PROGRAM, "reproduce", "relu", "--particles", "2048", "--set", "ensemble.steps=20000", "--set", "ensemble.every=20000", "--threads", "1", "--out", "out",
                   "--checkpoint-seconds", "0"]
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not list((self.folder / "out.partial").glob("checkpoint-*")):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, err)
        self.assertRegex(err, rb"--resume \(checkpoint in .*out\.partial: \d of 8 blocks.*\)")
        self.assertFalse((self.folder / "out").exists())
        self.assertFalse(any("report" in name for _, names, _ in os.walk(self.folder) for name in names))
        self.reproduce("relu", "--particles", "64", "--set", "ensemble.steps=30", "--set", "ensemble.every=30", "--out", "out", expect=2)
        self.reproduce("relu", "--particles", "16", "--set", "ensemble.steps=30", "--set", "ensemble.every=30", "--out", "out", "--force")
        self.assertTrue((self.folder / "out/report/report.html").exists())

    def test_a_failed_report_is_taken_up_again(self):
        broken = self.folder / "no-python"
        broken.write_text("#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        environment = dict(os.environ, ORBITWALK_PYTHON=str(broken))
        command = [harness.PROGRAM, "reproduce", "gauge", "--particles", "40", "--out", "out"]
        result = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertFalse((self.folder / "out").exists())
        self.assertFalse((self.folder / "out.partial/result/report").exists())
        resumed = self.reproduce("gauge", "--particles", "40", "--out", "out", "--resume")
        self.assertTrue((self.folder / "out/report/report.html").exists())
        self.assertIn("report.html", resumed.out)

    def test_data_of_others(self):
        source = random.Random(5)
        times = [source.random() for _ in range(10)]
        design = [[math.cos(2 * math.pi * k * t) for k in range(8)] for t in times]
        truth = [0, 2, 0, 0, -1, 0, 0, 0]
        self.write("mine/design.csv", "\n".join(",".join(map(str, row)) for row in design))
        result = self.reproduce("spectrum", *FEW, "--data", "mine", expect=5)
        self.assertIn("measurements.npy (or .csv, .tsv, .txt) is missing", result.err)
        self.write("mine/measurements.csv", "\n".join(str(sum(a * b for a, b in zip(row, truth))) for row in design))
        self.write("mine/truth.csv", "\n".join(map(str, truth)))
        self.reproduce("spectrum", "--particles", "20", "--set", "ensemble.steps=4000", "--set", "ensemble.every=4000", "--data", "mine",
                       "--set", "dynamics.step=0.05", "--out", "out")
        summary = json.loads((self.folder / "out/spectrum/spectrum_hadamard/summary.json").read_text(encoding="utf-8"))
        self.assertIn("w8", summary["observables"])
        self.assertNotIn("w9", summary["observables"])
        experiment = json.loads((self.folder / "out/spectrum/experiment.json").read_text(encoding="utf-8"))
        support = next(claim for claim in experiment["claims"] if "support" in claim["claim"])
        self.assertIn("20 of 20", support["measured"])

    def test_someone_elses_matrix(self):
        """A 4 × 6 matrix of rank 1, all but four entries of it seen: sizes and observables follow the files."""
        left, right = [1.0, -2.0, 0.5, 1.5], [2.0, 1.0, -1.0, 0.5, 1.5, -0.5]
        unseen = [(0, 1), (1, 4), (2, 2), (3, 5)]
        self.write("mine/truth.csv", "\n".join(",".join(str(a * b) for b in right) for a in left))
        self.write("mine/mask.csv", "\n".join(",".join("0" if (i, k) in unseen else "1" for k in range(6)) for i in range(4)))
        self.reproduce("completion", "--particles", "16", "--set", "ensemble.steps=20000", "--set", "ensemble.every=20000", "--set", "dynamics.step=0.05",
                       "--set", "model.initial_deviation=[0.01,0.01]", "--data", "mine", "--out", "out")
        summary = json.loads((self.folder / "out/completion/completion/summary.json").read_text(encoding="utf-8"))
        self.assertEqual([name for name in summary["observables"] if name.startswith("ratio")], ["ratio1", "ratio2", "ratio3", "ratio4"])
        strength = (sum(a * a for a in left) * sum(b * b for b in right)) ** 0.5
        median = summary["observables"]["sigma1"]["last_quantiles"]["values"][2]
        self.assertLess(abs(median / strength - 1), 0.01)

    def test_someone_elses_rows_without_a_solution(self):
        """More noisy rows than weights: no interpolating optimum exists, and the findings say so instead of failing."""
        source = random.Random(6)
        design = [[math.cos(2 * math.pi * k * t) for k in range(4)] for t in (source.random() for _ in range(12))]
        self.write("mine/design.csv", "\n".join(",".join(map(str, row)) for row in design))
        self.write("mine/measurements.csv", "\n".join(str(row[0] + source.gauss(0, 1)) for row in design))
        self.write("mine/truth.csv", "1\n0\n0\n0")
        self.reproduce("spectrum", "--particles", "8", "--set", "ensemble.steps=500", "--set", "ensemble.every=500", "--data", "mine",
                       "--set", "dynamics.step=0.05", "--out", "out")
        experiment = json.loads((self.folder / "out/spectrum/experiment.json").read_text(encoding="utf-8"))
        self.assertIn("without a certified optimum", experiment["tables"][0]["note"])
        descent = next(claim for claim in experiment["claims"] if "exact gradient descent" in claim["claim"])
        self.assertTrue(descent["holds"], descent)
        self.assertIn("All seeds have the same data", experiment["text"][1])
        self.assertIn("noise of 0.1", experiment["left_out"][0]["reason"], "a bound for less noise")

    def digests(self, *args, out):
        self.reproduce("spectrum", "--particles", "40", "--set", "ensemble.steps=20", "--set", "ensemble.every=20", "--quiet", *args, "--out", out)
        folder = self.folder / out / "spectrum"
        runs = [json.loads((path / "summary.json").read_text(encoding="utf-8")) for path in sorted(folder.iterdir()) if path.is_dir()]
        self.assertEqual(len(runs), 3)
        claims = json.loads((folder / "experiment.json").read_text(encoding="utf-8"))["claims"]
        return [run["digest"] for run in runs], claims, runs[0]["seed"]

    def test_the_seed_decides_and_threads_do_not(self):
        one = self.digests("--threads", "1", out="one")
        self.assertEqual(self.digests("--threads", "4", out="four"), one)
        self.assertEqual(self.digests("--seed", "1", out="same"), one, "the specs' own seed")
        other = self.digests("--seed", "2", out="other")
        self.assertEqual(other[2], 2)
        for a, b in zip(one[0], other[0]):
            self.assertNotEqual(a, b)

    def test_full_is_the_longer_run(self):
        """Six particles for as many steps as published; --set comes after --full."""
        self.reproduce("spectrum", "--full", "--particles", "6", "--set", "data.instance.samples=8", "--set", "model.coordinates=8", "--set",
                       'observe.histogram=[{of="error"},{of="l1_norm"},{of="total_variation"},{of="support"},{of="loss"},{of="w2"}]', "--out", "out")
        summary = json.loads((self.folder / "out/spectrum/spectrum_free/summary.json").read_text(encoding="utf-8"))
        self.assertEqual(summary["steps"], 150000)
        self.assertEqual(summary["series"]["steps"][-1], 150000)
        self.reproduce("spectrum", "--full", *FEW, "--out", "out", "--force")
        self.assertEqual(json.loads((self.folder / "out/spectrum/spectrum_free/summary.json").read_text(encoding="utf-8"))["steps"], 40)

    def test_reduced_is_what_is_smaller_than_the_spec(self):
        self.reproduce("gauge", "--particles", "300", "--out", "out")
        experiment = json.loads((self.folder / "out/gauge/experiment.json").read_text(encoding="utf-8"))
        self.assertEqual(experiment["reduced"], "300 seeds instead of 20000")
        self.reproduce("relu", "--particles", "256", "--set", "ensemble.steps=10", "--set", "ensemble.every=10", "--out", "relu")
        self.assertEqual(json.loads((self.folder / "relu/relu/experiment.json").read_text(encoding="utf-8"))["reduced"], "ensemble.steps=10, ensemble.every=10")

    def test_diverged_seeds_are_reported_and_end_with_3(self):
        result = self.reproduce("relu", *FEW, "--set", "dynamics.step=1e6", "--out", "out", expect=3)
        self.assertIn("12 of 12", result.err)
        experiment = json.loads((self.folder / "out/relu/experiment.json").read_text(encoding="utf-8"))
        self.assertIn("12 diverged", experiment["text"][0])
        self.assertEqual({claim["holds"] for claim in experiment["claims"]}, {None})
        self.assertTrue((self.folder / "out/report/report.html").exists())
        self.reproduce("relu", *FEW, "--set", "dynamics.step=1e6", "--set", "ensemble.allowed_diverged=1", "--out", "out", "--force")

    def test_changed_data_is_not_mixed_in(self):
        times = [0.05 * i + 0.003 * i * i for i in range(10)]
        self.write("mine/times.csv", "\n".join(map(str, times)))
        self.write("mine/truth.csv", "\n".join(map(str, [0, 2, 0, 0, -1, 0, 0, 0])))
        measurements = [str(2 * math.cos(2 * math.pi * t) - math.cos(8 * math.pi * t)) for t in times]
        self.write("mine/measurements.csv", "\n".join(measurements))
        command = ("spectrum", *FEW, "--data", "mine", "--out", "out", "--resume")
        broken = self.write("no-python", "#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        stopped = subprocess.run([harness.PROGRAM, "reproduce", *command], cwd=self.folder, env=dict(os.environ, ORBITWALK_PYTHON=str(broken)), capture_output=True, timeout=300)
        self.assertEqual(stopped.returncode, 5)
        self.write("mine/measurements.csv", "\n".join(["9.5", *measurements[1:]]))
        self.assertRegex(self.reproduce(*command, expect=2).err, r"checkpoint-spectrum_free(-pilot)?: .*the content of .*mine/measurements\.csv has changed")
        self.write("mine/measurements.csv", "\n".join(measurements))
        self.reproduce(*command)
        self.assertIn("nothing to do", self.reproduce(*command).out)
        self.write("mine/measurements.csv", "\n".join(["9.5", *measurements[1:]]))
        self.reproduce(*command, expect=2)

    def test_an_interrupted_folder_belongs_to_its_command(self):
        broken = self.folder / "no-python"
        broken.write_text("#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        environment = dict(os.environ, ORBITWALK_PYTHON=str(broken))
        command = [harness.PROGRAM, "reproduce", "spectrum", *FEW, "--out", "out"]
        self.assertEqual(subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, timeout=300).returncode, 5)
        self.assertTrue((self.folder / "out.partial/checkpoint-spectrum_free").exists())
        before = harness.snapshot(self.folder / "out.partial")
        self.assertIn("another command", self.reproduce("relu", *FEW, "--out", "out", "--resume", expect=2).err)
        self.assertEqual(harness.snapshot(self.folder / "out.partial"), before, "and nothing is lost")
        # The same command with another setting is another problem.
        changed = [argument.replace("40", "44") for argument in FEW]
        self.assertIn("ensemble.steps was 40 and is now 44", self.reproduce("spectrum", *changed, "--out", "out", "--resume", expect=2).err)
        self.assertTrue((self.folder / "out.partial/checkpoint-spectrum_free").exists())
        self.reproduce("spectrum", *FEW, "--out", "out", "--resume")
        self.reproduce("spectrum", *FEW, "--out", "fresh")
        for name in ("spectrum_free", "spectrum_l1", "spectrum_hadamard"):
            a, b = (json.loads((self.folder / out / "spectrum" / name / "summary.json").read_text(encoding="utf-8")) for out in ("out", "fresh"))
            self.assertEqual(harness.outcome(a), harness.outcome(b))
        a, b = (json.loads((self.folder / out / "spectrum/experiment.json").read_text(encoding="utf-8")) for out in ("out", "fresh"))
        self.assertEqual(a, b)

    def test_what_the_findings_need_is_asked_for_first(self):
        self.assertIn("observe.quantiles", self.reproduce("relu", *FEW, "--set", "observe.quantiles=false", expect=2).err)
        spectrum = "observe={histogram=[{of=\"error\"}]}"
        self.assertIn("series", self.reproduce("spectrum", *FEW, "--set", spectrum, expect=2).err)
        for particles in ("0", "-3", "2.5", "many"):
            self.reproduce("relu", "--particles", particles, expect=2)
        self.reproduce("relu", "--seed", "-1", expect=2)
        self.assertEqual([path.name for path in self.folder.iterdir()], [])

    def test_refusals(self):
        self.assertIn("spectrum", self.reproduce("spectrom", expect=2).err)
        self.assertIn("steps", self.reproduce("relu", "--set", "ensemble.stepps=3", expect=2).err)
        self.assertIn("no such folder", self.reproduce("completion", "--data", "nowhere", expect=5).err)
        self.assertIn("--data", self.reproduce("all", "--data", ".", expect=2).err)
        self.assertIn("takes no data", self.reproduce("gauge", "--data", ".", expect=2).err)
        self.assertEqual([path.name for path in self.folder.iterdir()], [])


if __name__ == "__main__":
    unittest.main()
