# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""orbitwalk reproduce: what it leaves behind, also when it is stopped, and what it refuses. Few seeds and steps: the experiments
themselves are not tested here."""
import json
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
        self.assertFalse(any(path.suffix == ".checkpoint" for path in (self.folder / "out").iterdir()))
        # The exact optima are of the same data as the runs: after so few steps free weights are where exact descent is.
        descent = next(claim for claim in experiment["claims"] if "exact gradient descent" in claim["claim"])
        self.assertTrue(descent["holds"], descent)
        # The report can be made again from what lies there.
        self.orbitwalk("report", "out", "--force", timeout=300)
        self.assertEqual((self.folder / "out/report/report.html").read_text(encoding="utf-8"), page)
        # Nothing is replaced unasked.
        self.assertIn("--force", self.reproduce("spectrum", *FEW, "--out", "out", expect=2).err)

    def test_stopped_and_resumed(self):
        command = [harness.PROGRAM, "reproduce", "relu", "--particles", "64", "--set", "ensemble.steps=300000", "--set", "ensemble.every=300000", "--threads", "1", "--out", "out"]
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not (self.folder / "out.partial").exists():
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn(b"--resume", err)
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
        self.assertFalse((self.folder / "out.partial/report").exists())
        resumed = self.reproduce("gauge", "--particles", "40", "--out", "out", "--resume")
        self.assertTrue((self.folder / "out/report/report.html").exists())
        self.assertIn("report.html", resumed.out)

    def test_data_of_others(self):
        source = random.Random(5)
        design = [[source.gauss(0, 1) for _ in range(8)] for _ in range(10)]
        truth = [0, 2, 0, 0, -1, 0, 0, 0]
        self.write("mine/design.csv", "\n".join(",".join(map(str, row)) for row in design))
        self.write("mine/measurements.csv", "\n".join(str(sum(a * b for a, b in zip(row, truth))) for row in design))
        result = self.reproduce("spectrum", *FEW, "--data", "mine", "--set", "model.coordinates=8", "--set", "observe.histogram=[]", expect=5)
        self.assertIn("truth", result.err)
        self.write("mine/truth.csv", "\n".join(map(str, truth)))
        observed = '[{of="error"},{of="l1_norm"},{of="total_variation"},{of="support"},{of="loss"},{of="w2"}]'
        self.reproduce("spectrum", "--particles", "20", "--set", "ensemble.steps=4000", "--set", "ensemble.every=4000", "--data", "mine", "--set", "model.coordinates=8",
                       "--set", "observe.histogram=" + observed, "--set", "dynamics.step=0.05", "--out", "out")
        experiment = json.loads((self.folder / "out/spectrum/experiment.json").read_text(encoding="utf-8"))
        support = next(claim for claim in experiment["claims"] if "support" in claim["claim"])
        self.assertIn("20 of 20", support["measured"])

    def test_refusals(self):
        self.assertIn("spectrum", self.reproduce("spectrom", expect=2).err)
        self.assertIn("steps", self.reproduce("relu", "--set", "ensemble.stepps=3", expect=2).err)
        self.assertIn("no such folder", self.reproduce("completion", "--data", "nowhere", expect=5).err)
        self.assertIn("--data", self.reproduce("all", "--data", ".", expect=2).err)
        self.assertIn("takes no data", self.reproduce("gauge", "--data", ".", expect=2).err)
        self.assertEqual([path.name for path in self.folder.iterdir()], [])


if __name__ == "__main__":
    unittest.main()
