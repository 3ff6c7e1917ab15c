# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Kernels compiled for a run: `--compile`, the cache and `orbitwalk cache`."""
import os
import pathlib
import shutil
import unittest

from harness import TemporaryFolder, outcome, spec


class Compiled(TemporaryFolder):
    TEXT = spec(dynamics="temperature = 0.5\nstep = 1e-2\n", ensemble="particles = 700\nburn_in = 15\nsteps = 30\nevery = 10\nseed = 7\n")

    def setUp(self):
        super().setUp()
        if not any(shutil.which(name) for name in ("c++", "g++", "clang++")):
            self.skipTest("no C++ compiler here")
        self.before = os.environ.get("ORBITWALK_CACHE")
        self.cache = self.folder / "cache"
        os.environ["ORBITWALK_CACHE"] = str(self.cache)

    def tearDown(self):
        if self.before is None:
            os.environ.pop("ORBITWALK_CACHE", None)
        else:
            os.environ["ORBITWALK_CACHE"] = self.before
        super().tearDown()

    def run_with(self, *options):
        result = self.orbitwalk("run", "spec.toml", "--backend", "cpu", "--out", "out", "--force", *options)
        return result, self.summary()

    def test_result_says_how_it_was_made_and_has_the_same_bits(self):
        self.write("spec.toml", self.TEXT)
        _, never = self.run_with("--compile", "never")
        _, always = self.run_with("--compile", "always")
        self.assertEqual(outcome(never), outcome(always))
        self.assertNotIn("compiled", never["device"])
        self.assertIn("compiled for the run", always["device"])
        listed = self.orbitwalk("cache").out
        self.assertRegex(listed, r"^1 kernels, .* MB, in ")
        self.run_with("--compile", "always", "--seed", "9", "--set", "dynamics.step=5e-3")
        self.assertEqual(self.orbitwalk("cache").out, listed, "another seed and step need no other kernel")

    def test_cache_is_listed_and_removed(self):
        self.write("spec.toml", self.TEXT)
        self.assertRegex(self.orbitwalk("cache").out, r"^0 kernels, 0\.0 MB")
        self.run_with("--compile", "always")
        self.assertEqual(self.orbitwalk("cache", "--path").out.strip(), str(self.cache))
        self.assertRegex(self.orbitwalk("cache", "--clear").out, r"^removed 1 kernels from ")
        self.assertRegex(self.orbitwalk("cache").out, r"^0 kernels")
        self.orbitwalk("cache", "--clear", "--path", expect=2)

    def test_without_a_compiler_the_run_goes_on_and_says_so(self):
        self.write("spec.toml", self.TEXT)
        _, never = self.run_with("--compile", "never")
        os.environ["ORBITWALK_CXX"] = "/nonexistent/c++"
        try:
            result, summary = self.run_with("--compile", "always")
        finally:
            del os.environ["ORBITWALK_CXX"]
        self.assertEqual(outcome(summary), outcome(never))
        self.assertRegex(result.err, r"note: .*none was compiled for it: no C\+\+ compiler")
        self.assertNotIn("compiled", summary["device"])

    def test_folder_that_cannot_be_written_is_no_error(self):
        self.write("spec.toml", self.TEXT)
        pathlib.Path(self.cache).write_text("a file")
        _, summary = self.run_with("--compile", "always")
        self.assertIn("compiled for the run", summary["device"])
        self.assertEqual(pathlib.Path(self.cache).read_text(), "a file")


if __name__ == "__main__":
    unittest.main()
