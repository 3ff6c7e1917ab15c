# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""The same bits on every path: threads, chunks, instruction sets, backends, and runs that were stopped and taken up again."""
import json
import os
import pty
import re
import resource
import signal
import subprocess
import time
import unittest

import harness
from harness import TemporaryFolder, outcome, spec


class SameBits(TemporaryFolder):
    ENSEMBLE = "particles = 1300\nburn_in = 15\nsteps = 30\nevery = 10\nseed = 7\n"  # no multiple of a block or a width

    def ways(self):
        error = self.orbitwalk("run", "spec.toml", "--backend", "cpu", "--instruction-set", "none_such", expect=2).err
        sets = re.search(r"it has ([\w, ]+)", error).group(1).split(", ")
        self.assertIn("generic", sets)
        yield ("--backend", "reference")
        for name in sets:
            yield ("--backend", "cpu", "--instruction-set", name, "--threads", "1")
        for threads in ("2", "2147483647"):
            yield ("--backend", "cpu", "--threads", threads)
        yield ("--backend", "cpu", "--threads", "2", "--compile", "never")
        yield ("--backend", "cpu", "--threads", "2", "--compile", "always")
        for chunk in ("256", "768", "1000", "4096", "18446744073709551615"):
            yield ("--backend", "cpu", "--threads", "2", "--chunk", chunk)

    def check(self, text, ways=None):
        self.write("spec.toml", text)
        first = outcome(self.simulate(text, "--backend", "cpu", out="first", expect=0))
        for way in ways or self.ways():
            with self.subTest(way=" ".join(way)):
                self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", "--force", *way)
                self.assertEqual(outcome(self.summary()), first)
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", "--force", "--threads", "1", "--seed", "8")
        self.assertNotEqual(self.summary()["digest"], first["digest"])  # the comparison can fail
        return first

    def check_precision(self, precision):
        text = spec(dynamics="noise = { horizontal = 0.7, vertical = 0.3 }\nstep = 1e-2\n", compare='laws = ["projected"]\n',
                    ensemble=self.ENSEMBLE + f'precision = "{precision}"\n')
        return self.check(text)

    def test_float(self):
        self.check_precision("float")

    def test_double(self):
        self.check_precision("double")

    def test_mixed(self):
        self.check_precision("mixed")

    def test_diverging_particles(self):
        self.check(spec(model='name = "gram_product"\n', dynamics="temperature = 0.5\nstep = 0.2\n", compare="laws = []\n",
                        observe='histogram = [{ of = "trace", bins = 30, range = [0, 20] }]\n',
                        ensemble=self.ENSEMBLE + "allowed_diverged = 1\n"))

    def test_step_bias(self):
        one, two = (self.simulate(spec(compare='laws = ["isotropic"]\nstep_bias = { factor = 0.5 }\n'), *way, out=way[-1])
                    for way in (("--threads", "1"), ("--threads", "2", "--chunk", "256")))
        self.assertEqual(one["step_bias"], two["step_bias"])

    def test_every_model(self):
        for model in (page["name"] for page in json.loads(self.orbitwalk("models", "--json").out)):
            with self.subTest(model=model):
                self.check(spec(model=f'name = "{model}"\n', dynamics='temperature = 0.5\nstep = 1e-3\nvariates = "dyadic"\n', observe="",
                                compare="laws = []\n", ensemble="particles = 300\nburn_in = 5\nsteps = 10\nevery = 5\n"),
                           [("--backend", "reference"), ("--backend", "cpu", "--instruction-set", "generic")])
                for name in ("first", "out"):
                    for path in (self.folder / name).iterdir():
                        path.unlink()
                    (self.folder / name).rmdir()


class Interrupted(TemporaryFolder):
    """Stopped by signals, taken up again, and the same in the end."""

    SECONDS = 10  # of work

    def spec_of_some_seconds(self):
        shape = "particles = 32768\nburn_in = {}\nsteps = {}\nevery = {}\nseed = 7\n"
        sections = dict(dynamics="noise = { horizontal = 0.7, vertical = 0.3 }\nstep = 1e-2\n", compare='laws = ["projected"]\n')
        rate = self.simulate(spec(**sections, ensemble=shape.format(400, 400, 50)), out="rate")["particle_steps_per_second"]
        steps = max(100, int(self.SECONDS * rate / 32768 / 2) // 10 * 10)
        return spec(**sections, ensemble=shape.format(steps, steps, steps // 10))

    def processor_seconds(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def interrupt(self, number, seconds, *args):
        process = subprocess.Popen([harness.PROGRAM, "run", "spec.toml", "--quiet", "--out", "out", *args], cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=harness.environment())
        time.sleep(seconds)
        process.send_signal(number)
        begin = time.monotonic()
        out, err = process.communicate(timeout=30 * harness.SLOWDOWN)
        self.assertEqual(process.returncode, 130, out + err)
        self.assertLess(time.monotonic() - begin, 5 * harness.SLOWDOWN, "the end took long after the signal")
        self.assertRegex(err, r"\Aorbitwalk: interrupted.*--resume.*checkpoint.*\n\Z")
        self.assertFalse((self.folder / "out").exists())
        self.assertTrue((self.folder / "out.partial/checkpoint").is_file())
        return err

    def test_stop_and_resume(self):
        text = self.spec_of_some_seconds()
        before = self.processor_seconds()
        whole = self.simulate(text, "--chunk", "1024", out="whole")
        work = self.processor_seconds() - before
        self.interrupt(signal.SIGINT, 1, "--threads", "1", "--chunk", "256")
        first = (self.folder / "out.partial/checkpoint").read_bytes()
        # Neither forgotten nor mixed up with another run.
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", expect=2)
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", "--resume", "--seed", "8", expect=2)
        self.assertEqual((self.folder / "out.partial/checkpoint").read_bytes(), first)
        self.interrupt(signal.SIGTERM, 1, "--threads", "2", "--chunk", "768", "--resume")
        self.assertNotEqual((self.folder / "out.partial/checkpoint").read_bytes(), first)
        damaged = bytearray(first)
        damaged[len(damaged) // 2] ^= 16
        last = self.folder / "out.partial/checkpoint"
        good = last.read_bytes()
        last.write_bytes(damaged)
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", "--resume", expect=5)
        last.write_bytes(good)
        before = self.processor_seconds()
        self.orbitwalk("run", "spec.toml", "--quiet", "--out", "out", "--resume", "--threads", "1")
        self.assertLess(self.processor_seconds() - before, 0.95 * work, "nothing was taken over from the checkpoint")
        self.assertEqual(outcome(self.summary()), outcome(whole))
        self.assertEqual({path.name for path in (self.folder / "out").iterdir()}, {"summary.json", "result.h5"})
        self.assertFalse((self.folder / "out.partial").exists())

    def test_inside_a_block(self):
        """All the time goes into one block. Each slice ends in it and none is lost."""
        shape = "particles = 256\nburn_in = {0}\nsteps = {0}\nevery = {0}\nseed = 7\n"
        rate = self.simulate(spec(compare="laws = []\n", ensemble=shape.format(20000)), out="rate")["particle_steps_per_second"]
        text = spec(compare="laws = []\n", ensemble=shape.format(int(4 * rate / 256 / 2)))
        whole = self.simulate(text, out="whole")
        kept = []
        for i, number in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGTERM)):
            error = self.interrupt(number, 0.7, "--threads", str(1 + i), "--resume")
            kept.append(float(re.search(r"0 of 1 block and part of one more, ([\d.]+) % of all", error).group(1)))
        self.assertGreater(kept[0], 0)
        self.assertEqual(kept, sorted(set(kept)), "a slice gained nothing")
        self.assertGreaterEqual(self.first_percent("--resume", "--threads", "1"), 0.99 * kept[-1] - 0.1)
        self.assertEqual(outcome(self.summary()), outcome(whole))
        # The rate is that of what was done in the end, not of all of it in the time of the last slice.
        self.assertLess(self.summary()["particle_steps_per_second"], 3 * whole["particle_steps_per_second"])

    def first_percent(self, *args):
        """Runs to the end with a terminal for the progress, and returns the first percentage that is shown."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([harness.PROGRAM, "run", "spec.toml", "--out", "out", *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=theirs, env=harness.environment())
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the end of a terminal
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        self.assertEqual(process.wait(timeout=60 * harness.SLOWDOWN), 0, shown)
        return float(re.search(rb"([\d.]+)%", shown).group(1))

    def test_without_out(self):
        self.write("spec.toml", self.spec_of_some_seconds())
        process = subprocess.Popen([harness.PROGRAM, "run", "spec.toml", "--quiet", "--threads", "1"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=harness.environment())
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=30 * harness.SLOWDOWN)[1]
        self.assertEqual(process.returncode, 130, err)
        self.assertRegex(err, r"\Aorbitwalk: interrupted.*--out.*\n\Z")

    def test_resume_without_checkpoint_starts_afresh(self):
        self.assertEqual(outcome(self.simulate(spec(), "--resume", out="one")), outcome(self.simulate(spec(), out="two")))


if __name__ == "__main__":
    unittest.main()
