# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Where SGD's law does not exist: `predict` answers at once, runs say so and report the share at 0, and `compare`, `report` and
`expect` cope. Laws themselves: tests/laws/collapse_test.cpp."""
import json
import math
import shutil
import unittest

import harness
from harness import TemporaryFolder

NOISE = {0.4: 2.8284271247461903, 1.6: 5.656854249492381, 2.5: 7.0710678118654755, 4: 8.94427190999916}


class Collapse(TemporaryFolder):
    def setUp(self):
        super().setUp()
        for path in (harness.SOURCE / "tests/cli/collapse").iterdir():
            shutil.copy(path, self.folder)

    def predict(self, *settings, expect=0):
        """JSON of `predict` with settings; 5 s are what it may take, whatever the noise."""
        sets = [text for setting in settings for text in ("--set", setting)]
        return json.loads(self.orbitwalk("predict", "product.toml", "--json", *sets, expect=expect, timeout=5).out)

    def test_predict_answers_at_any_noise(self):
        for noise in (1e-12, 1e-6, 0.4, 1.6, 1.99999, 2.0, 2.5, 4, 1e6, 1e12):
            law, = self.predict(f"dynamics.label_noise={math.sqrt(noise / 0.05)!r}")
            if noise < 2:  # a gamma law of shape 1/(ησ²) - 1/2
                self.assertAlmostEqual(law["mean"], 1 - noise / 2, delta=1e-8)
                self.assertAlmostEqual(law["variance"], noise - noise**2 / 2, delta=1e-8)
            else:
                self.assertIs(law["exists"], False)
                self.assertIsNone(law["mean"])
                self.assertIn("not normalisable: collapse to 0", law["reason"])
                self.assertIn("2 g = 2", law["reason"])
        text = self.orbitwalk("predict", "product.toml").out
        self.assertRegex(text, r"\Ano law: law \"sgd_diffusion\" of w1: not normalisable: collapse to 0\.")
        for depth, decay, there in ((2, 0, False), (3, 0, True), (3, 1e-3, False)):
            settings = ["model.name=deep_hadamard", f"model.depth={depth}", f"model.weight_decay={decay}"]
            self.assertEqual("reason" not in self.predict(*settings)[0], there)

    def test_a_window_gives_a_law(self):
        law, = self.predict("compare.window.w1=[0.1, 6.0]")
        self.assertTrue(0.1 < law["mean"] < 6)

    def test_runs_say_that_there_is_no_law(self):
        small = ("--set", "ensemble.burn_in=500", "--particles", "600", "--threads", "1")
        out = self.orbitwalk("run", "product.toml", "--out", "out", *small).out
        self.assertRegex(out, r"note: no law: .*collapse to 0")
        self.assertRegex(out, r"note: share at 0: [0-9.e-]+ of 600 particles have \|w1\| <= 1e-06 at the last observation")
        self.assertRegex(out, r"(?m)^w1 +sgd_diffusion +- .*no law *$")
        summary = self.summary()
        law, = summary["laws"]
        self.assertEqual((law["name"], law["verdict"], law["mean"], law["ks"], law["p_adjusted"]), ("sgd_diffusion", "no law", None, None, None))
        self.assertIn("collapse to 0", law["reason"])
        self.assertEqual(set(law["density"]), {None})
        self.assertEqual(summary["observables"]["w1"]["share_at_zero"]["threshold"], 1e-6)
        self.assertRegex(self.orbitwalk("compare", "out").out, r"(?m)^w1 +sgd_diffusion .*no law *$")
        self.assertRegex(self.orbitwalk("compare", "out", "--set", "compare.window.w1=[0.1, 6.0]").out, r"(?m)^w1 +sgd_diffusion .*(rejected|accepted|inconclusive) *$")
        self.assertIn("no law", self.orbitwalk("report", "out", "--text").out)

    def test_a_law_that_does_not_exist_cannot_be_expected(self):
        err = self.orbitwalk("run", "product.toml", "--out", "out", "--set", 'compare.expect=["sgd_diffusion"]', expect=2).err
        self.assertRegex(err, r"\[compare\] expect: .*collapse to 0.*take it out of expect")
        self.assertFalse((self.folder / "out").exists())

    def test_share_at_zero_is_of_the_last_observations(self):
        """All particles at 0, none, and no last observations."""
        still = ("--set", "ensemble.burn_in=0", "--set", "ensemble.steps=2", "--set", "ensemble.every=1", "--particles", "300", "--threads", "1", "--quiet")
        for start, share in ((1e-4, 1.0), (0.5, 0.0)):
            self.orbitwalk("run", "product.toml", "--out", f"out{start}", "--set", f"ensemble.init.mean=[{start}]", *still)
            self.assertEqual(self.summary(f"out{start}")["observables"]["w1"]["share_at_zero"], {"threshold": 1e-6, "share": share, "particles": 300})
        self.orbitwalk("run", "product.toml", "--out", "without", "--set", "observe.quantiles=false", *still)
        self.assertNotIn("share_at_zero", self.summary("without")["observables"]["w1"])


if __name__ == "__main__":
    unittest.main()
