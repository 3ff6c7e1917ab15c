# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Runs that are no evidence for what they seem to show, each with the right answer. Seeds are fixed: a test passes always or never."""
import math
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from harness import TemporaryFolder, spec  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "evidence"
# An OU process at any step: law N(0, 1/2), and a mean of 0.
EXACT = {"model": 'name = "linear"\nloss = { target = 0.0, stiffness = 1.0 }\n',
         "dynamics": 'temperature = 0.5\nstep = 0.5\nscheme = "leimkuhler_matthews"\n',
         "observe": 'histogram = [{ of = "w1", bins = 40, range = [-4, 4] }]\n'}


class Evidence(TemporaryFolder):
    def case(self, name, *settings, expect=0, out="out"):
        """Runs a spec of the folder beside this file; its terminal output, and the summary."""
        if not (self.folder / "case").exists():
            shutil.copytree(HERE, self.folder / "case")
        words = [word for setting in settings for word in ("--set", setting)]
        result = self.orbitwalk("run", f"case/{name}.toml", "--threads", "1", "--out", out, *words, expect=expect)
        return result, self.summary(out)

    def answer(self, summary, observable="w1"):
        entry = summary["stationarity"][observable]
        return entry["stationary"], entry["reason"]

    def test_mala_that_accepts_nothing(self):
        result, summary = self.case("frozen_mala")
        self.assertEqual(summary["metropolis"]["accept_rate"], 0)
        stationary, reason = self.answer(summary)
        self.assertIs(stationary, False)
        self.assertIn("no proposal was accepted", reason)
        self.assertRegex(result.out, r"(?m)^w1 .* no +0 *$")
        self.assertIn("note: no proposal was accepted", result.out)
        # The twin: a step that is accepted often.
        _, twin = self.case("frozen_mala", "dynamics.step=0.5", "ensemble.particles=4000", out="twin")
        self.assertEqual(self.answer(twin), (True, None))

    def test_increments_below_half_an_ulp(self):
        result, summary = self.case("float_increments_lost")
        self.assertEqual(summary["observables"]["w1"]["mean"], 1)
        self.assertEqual(summary["lost_increments"]["kept"], 0)
        stationary, reason = self.answer(summary)
        self.assertIs(stationary, False)
        for text in (reason, result.out, " ".join(summary["notes"])):
            self.assertIn('precision = "mixed"', text)
            self.assertIn("lost", text)
        result, mixed = self.case("float_increments_lost", 'ensemble.precision="mixed"', out="mixed")
        self.assertNotIn("lost_increments", mixed)
        self.assertNotIn("increments", result.out)
        self.assertAlmostEqual(mixed["observables"]["w1"]["mean"], 2 - (math.exp(-0.01) + math.exp(-0.02)) / 2, delta=2e-6)

    def test_one_observation_of_a_growing_variance(self):
        result, summary = self.case("single_observation")
        stationary, reason = self.answer(summary)
        self.assertIsNone(stationary)
        self.assertIn("one observation time", reason)
        self.assertRegex(result.out, r"(?m)^w1 .* not tested ")
        self.assertIn("not tested: there is only one observation time", result.out)
        _, twice = self.case("single_observation", "ensemble.every=10", out="twice")
        self.assertIs(self.answer(twice)[0], False)

    def test_survivors(self):
        result, summary = self.case("diverged_survivors")  # exit code 0: allowed_diverged = 1
        lost = (summary["diverged"]["count"] + summary["blown_up"]["count"]) / 20000
        self.assertGreater(lost, 0.3)
        self.assertIsNot(self.answer(summary)[0], True)
        law, = summary["laws"]
        self.assertEqual(law["verdict"], "inconclusive")
        self.assertIn("conditioned on survival", law["reason"])
        self.assertIsNone(law["mean_z"])  # of a mean of 1e33
        self.assertIn("conditioned on survival", " ".join(summary["notes"]))
        self.assertNotRegex(result.out, r"\d{15}")  # digits that no float has
        self.assertIn("inconclusive", self.orbitwalk("compare", "out").out)
        self.orbitwalk("compare", "out", "--set", 'compare.expect=["isotropic"]')  # not rejected, so not 4
        _, strict = self.case("diverged_survivors", "ensemble.allowed_diverged=0.1", out="strict", expect=3)
        self.assertEqual(strict["digest"], summary["digest"])
        # The twin: a step at which none is lost.
        _, sane = self.case("diverged_survivors", "dynamics.step=0.01", "ensemble.burn_in=2000", "ensemble.allowed_diverged=0", out="sane")
        self.assertNotIn("blown_up", sane)
        self.assertIs(self.answer(sane)[0], True)
        self.assertAlmostEqual(sane["observables"]["w1"]["variance"], 0.43809, delta=0.03)

    def test_blow_up_short_of_infinity(self):
        for observable in ("loss", "w1"):
            histogram = f'observe.histogram=[{{ of = "{observable}", range = [0, 10] }}]'
            result, summary = self.case("blow_up", histogram, out=observable, expect=3)
            self.assertEqual(summary["diverged"]["count"], 0)
            self.assertEqual(summary["blown_up"]["count"], 1)
            self.assertEqual(summary["blown_up"]["observables"], [observable])
            self.assertGreater(summary["blown_up"]["largest"], 1e80)
            self.assertRegex(result.err, rf"1 of 1 particles blew up short of infinity: \|{observable}\| reached \S+e\+\d+, beyond .*smaller \[dynamics\] step")
            self.assertNotRegex(result.out, r"\d{15}")
        self.case("blow_up", "ensemble.allowed_diverged=1", out="allowed")
        # Further on the loss is infinite, or not a number, while the weights are finite.
        _, summary = self.case("blow_up", "ensemble.burn_in=2000", out="infinite", expect=3)
        self.assertEqual((summary["diverged"]["count"], summary["blown_up"]["count"], summary["blown_up"]["largest"]), (0, 1, None))
        _, sane = self.case("blow_up", "dynamics.step=0.01", out="sane")
        self.assertNotIn("blown_up", sane)

    def test_report_says_not_tested(self):
        self.case("single_observation")
        self.orbitwalk("report", "out", "--out", "report", timeout=300)
        page = (self.folder / "report/report.html").read_text(encoding="utf-8")
        self.assertIn("not tested", page)
        self.assertIn("there is only one observation time", page)

    def test_errors_agree_with_the_effective_sample_size(self):
        """16 batches that remember their start: the mean is no better known than from 16 values."""
        ensemble = "particles = 4096\nburn_in = 2\nsteps = 2\nevery = 2\nseed = 3\ninit = {{ mean = 0.0, scale = 3.0 }}\nshared_start = {}\n"
        sizes = {}
        for shared in ("true", "false"):
            summary = self.simulate(spec(**{**EXACT, "dynamics": "temperature = 0.5\nstep = 0.01\n"}, ensemble=ensemble.format(shared), compare="laws = []\n"), out=shared)
            w = summary["observables"]["w1"]
            self.assertAlmostEqual(w["variance"] / w["standard_error"] ** 2 / w["effective_sample_size"], 1, delta=1e-6)
            sizes[shared] = w["effective_sample_size"]
        self.assertLess(sizes["true"], 40)
        self.assertAlmostEqual(sizes["false"], 4096, delta=1)

    def test_one_particle_decides_nothing(self):
        """Correlated times of a single particle are no independent values."""
        summary = self.simulate(spec(**EXACT, ensemble="particles = 1\nburn_in = 100\nsteps = 5000\nevery = 1\n", compare='laws = ["isotropic"]\n'))
        w = summary["observables"]["w1"]
        self.assertEqual((w["standard_error"], w["effective_sample_size"]), (None, None))
        self.assertAlmostEqual(w["variance"], 0.5, delta=0.15)
        self.assertEqual(summary["laws"][0]["verdict"], "inconclusive")
        self.assertIsNone(self.answer(summary)[0])

    def test_results_of_earlier_versions(self):
        """Without `reason` and with null: neither yes nor an error."""
        self.case("single_observation")
        path = self.folder / "out/summary.json"
        path.write_text(re.sub(r',\s*"reason": "there is one[^"]*"', "", path.read_text()))
        self.assertRegex(self.orbitwalk("report", "out", "--text").out, r"(?m)^w1 .* not tested ")


if __name__ == "__main__":
    unittest.main()
