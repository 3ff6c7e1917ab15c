# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Interrupted commands: everything that was there is taken up again, nothing of another run is, and the messages say what was kept."""
import os
import pathlib
import re
import resource
import signal
import struct
import subprocess
import time
import unittest

import harness
from harness import TemporaryFolder, outcome, snapshot, spec

WAIT = 60 * harness.SLOWDOWN  # seconds after which something has gone wrong


def with_checksum(content):
    total = 0xCBF29CE484222325
    for byte in content:
        total = (total ^ byte) * 0x100000001B3 % (1 << 64)
    return content + struct.pack("<Q", total)


class Resumed(TemporaryFolder):
    RANGE = 'histogram = [{ of = "r", bins = 20, range = [0.0, 5.0] }]\n'

    def sections(self, particles=16384, steps=2000, observe=RANGE, compare="laws = []\n", **more):
        return spec(ensemble=f"particles = {particles}\nburn_in = {steps}\nsteps = {steps}\nevery = {steps}\nseed = 7\n", observe=observe, compare=compare, **more)

    def start(self, *args, before=None):
        """What it says is in the file "err", to be read while it runs."""
        with open(self.folder / "err", "w", encoding="utf-8") as err:
            return subprocess.Popen([harness.PROGRAM, "run", "spec.toml", "--quiet", "--threads", "1", *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=err, env=harness.environment(), preexec_fn=before)

    def said(self):
        return (self.folder / "err").read_text(encoding="utf-8")

    def wait_for(self, process, condition):
        end = time.monotonic() + WAIT
        while not condition():
            self.assertIsNone(process.poll(), "it ended before it was interrupted")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def wait_for_work(self, process, seconds=0.4):
        """Until the process has had so much time of a processor: it is simulating then, however busy the machine is."""
        def worked():
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") >= seconds

        self.wait_for(process, worked)

    def stop(self, process, number=signal.SIGTERM, expect=130):
        process.send_signal(number)
        return self.finish(process, expect)

    def finish(self, process, expect=0):
        self.assertEqual(process.wait(timeout=WAIT), expect, self.said())
        return self.said()

    def checkpoint(self, name="checkpoint", out="out"):
        return self.folder / f"{out}.partial" / name

    def interrupted(self, *args, until=None, number=signal.SIGTERM):
        """Stopped as soon as a checkpoint of a complete or an incomplete run is there."""
        process = self.start("--out", "out", "--checkpoint-seconds", "0", *args)
        self.wait_for(process, (until or self.checkpoint()).exists)
        return self.stop(process, number)

    def resume(self, *args, expect=0):
        return self.orbitwalk("run", "spec.toml", "--quiet", "--threads", "1", "--out", "out", "--resume", *args, expect=expect, timeout=WAIT)


class Identity(Resumed):
    MODEL = 'name = "hadamard"\ncoordinates = 2\n'

    def data(self, change=0.0):
        rows = [(0.5, 1.0, 1.0), (1.0, 0.2, 0.3), (-0.7, 0.4, -1.2), (1.3, -1.0, 2.0), (0.2, 0.9, -0.4)]
        self.write("d.csv", "x1,x2,y\n" + "".join(f"{a},{b},{y + change}\n" for a, b, y in rows))

    def with_data(self):
        self.data()
        text = self.sections(model=self.MODEL, data='file = "d.csv"\ntarget = ["y"]\n', dynamics="temperature = 0.1\nstep = 1e-2\n",
                             observe='histogram = [{ of = "w1", bins = 20, range = [-3.0, 3.0] }]\n')
        self.write("spec.toml", text)
        return outcome(self.simulate(text, out="whole"))

    def test_edited_data_is_not_mixed_in(self):
        whole = self.with_data()
        self.interrupted()
        kept = snapshot(self.folder / "out.partial")
        self.data(change=1.0)
        err = self.resume(expect=2).err
        self.assertRegex(err, r"\Aorbitwalk: .*out\.partial/checkpoint: .*the content of .*/d\.csv has changed.*--force\n\Z")
        self.assertEqual(snapshot(self.folder / "out.partial"), kept)
        self.data()
        self.resume()
        self.assertEqual(outcome(self.summary()), whole)

    def test_a_copied_folder_is_the_same_run(self):
        whole = self.with_data()
        self.interrupted()
        moved = self.folder / "moved"
        moved.mkdir()
        for name in ("d.csv", "spec.toml", "out.partial"):
            (self.folder / name).rename(moved / name)
        self.folder = moved
        self.resume()
        self.assertEqual(outcome(self.summary()), whole)

    def test_another_spec_is_named(self):
        self.write("spec.toml", self.sections())
        self.interrupted()
        for args, message in ((("--seed", "8"), "ensemble.seed was 7 and is now 8"), (("--set", "dynamics.step=0.02"), "dynamics.step was 0.01 and is now 0.02"),
                              (("--particles", "20000"), "ensemble.particles was 16384 and is now 20000")):
            self.assertIn(message, self.resume(*args, expect=2).err)
        self.resume()

    def test_another_build_is_named(self):
        self.write("spec.toml", self.sections())
        self.interrupted()
        content = self.checkpoint().read_bytes()[:-8]
        build = re.search(rb'"build":"[^ ]+ ([0-9a-f]+) ', content).group(1)
        self.checkpoint().write_bytes(with_checksum(content.replace(build, b"0" * len(build))))
        self.assertRegex(self.resume(expect=2).err, r"checkpoint: .* another build of the program, .* 000000000000 .*")

    def test_nothing_to_do(self):
        for text, args in ((self.sections(particles=512), ()), (self.sections(particles=512, observe=""), ()),
                           (self.sections(particles=512, steps=400), ("--accuracy", "0.2", "--no-extrapolation"))):
            self.write("spec.toml", text)
            with self.subTest(text=text, args=args):
                self.resume(*args)
                before = snapshot(self.folder / "out")
                self.assertIn("nothing to do", self.resume(*args).out)
                self.assertEqual(snapshot(self.folder / "out"), before)
                self.assertRegex(self.resume("--seed", "8", *args, expect=2).err, r"another run: ensemble\.seed was 7 and is now 8; .*--force")
                self.resume("--accuracy", "0.15", expect=2)
                self.assertEqual(snapshot(self.folder / "out"), before)
            subprocess.run(["rm", "-r", self.folder / "out"], check=True)

    def test_a_finished_result_of_other_data(self):
        self.with_data()
        self.resume("--particles", "512")
        self.assertIn("nothing to do", self.resume("--particles", "512").out)
        self.data(change=1.0)
        self.assertRegex(self.resume("--particles", "512", expect=2).err, r"the content of .*d\.csv has changed; .*--force")


class EveryRunIsKept(Resumed):
    """Commands of several runs, stopped in each of them."""

    def check(self, text, *args, runs):
        """Stops as soon as each of the checkpoints `runs` is there, whose runs are complete or begun; the end is that of an uninterrupted command."""
        self.write("spec.toml", text)
        self.orbitwalk("run", "spec.toml", "--quiet", "--threads", "1", "--out", "whole", *args, timeout=WAIT)
        messages, kept = [], {}
        for name in runs:
            if self.checkpoint(name).exists():  # it was complete before the signal for another
                continue
            process = self.start("--out", "out", "--resume", *args)  # a checkpoint in between takes a minute, so each file is a complete run
            self.wait_for(process, self.checkpoint(name).exists)
            messages.append(self.stop(process))
            for file, inode in kept.items():
                self.assertEqual(self.checkpoint(file).stat().st_ino, inode, f"{file} was run again")
            kept = {path.name: path.stat().st_ino for path in (self.folder / "out.partial").glob("checkpoint*") if path.name in (*kept, name)}
        self.assertGreaterEqual(set(kept) | {path.name for path in (self.folder / "out.partial").glob("checkpoint*")}, set(runs))
        seconds = self.seconds_of("checkpoint") if "checkpoint" in kept else None
        self.finish(self.start("--out", "out", "--resume", *args))
        whole, found = self.summary("whole"), self.summary()
        for key in ("digest", "observables", "step_bias", "laws", "accuracy", "shell_extrapolation", "spec"):
            self.assertEqual(whole.get(key), found.get(key), key)
        if seconds is not None:
            self.assertEqual(found["wall_seconds"], seconds, "the main run was run again")
        self.assertFalse(list((self.folder / "out").glob("checkpoint*")))
        return messages

    def seconds_of(self, name):
        """What a checkpoint says that its run has taken: behind the magic and the identity."""
        content = self.checkpoint(name).read_bytes()
        at = content.index(b"\n") + 1
        at += 8 + struct.unpack_from("<Q", content, at)[0]
        return struct.unpack_from("<Qd", content, at)[1]

    def test_second_step_size(self):
        messages = self.check(self.sections(particles=8192, compare='laws = ["isotropic"]\nstep_bias = { factor = 0.125 }\n'), runs=["checkpoint"])
        self.assertRegex(messages[0], r"interrupted in the run at the second step size; .*--resume \(checkpoint in .*out\.partial: .*1 complete run before it\)")

    def test_second_shell_width(self):
        dynamics = 'temperature = 0.3\nstep = 1e-3\nshell = { width = 0.2, gauge = "moment_map" }\n'
        self.check(self.sections(particles=4096, steps=4000, model='name = "hadamard"\ncoordinates = 1\nloss = { target = 1.0 }\n', dynamics=dynamics,
                                 observe='histogram = [{ of = "w1", bins = 20, range = [-3.0, 3.0] }]\n',
                                 compare="laws = []\nshell_extrapolation = { factor = 2 }\nstep_bias = { factor = 0.25 }\n"), runs=["checkpoint", "checkpoint-second-shell"])

    def test_accuracy(self):
        messages = self.check(self.sections(particles=512, steps=2000), "--accuracy", "0.03", "--no-extrapolation", runs=["checkpoint-try-1", "checkpoint-try-2"])
        self.assertRegex(messages[0], r"interrupted in the choice of the step .*1 complete run before it")

    def test_pilot(self):
        text = self.sections(particles=4096, steps=20000, observe='histogram = [{ of = "r", bins = 20 }]\n', compare="laws = []\nstep_bias = { factor = 4 }\n")
        messages = self.check(text, runs=["checkpoint-pilot", "checkpoint"])
        self.assertRegex(messages[0], r"\Aorbitwalk: interrupted; .*1 complete run before it")

    def test_in_the_midst_of_a_pilot(self):
        # Several seconds of pilot: 1024 particles over 20,000 steps of a model with a step that is not cheap.
        model = 'name = "matrix_product"\nrows = 6\ncolumns = 6\nrank = 6\n'
        text = self.sections(particles=2048, steps=1_000_000, model=model, dynamics="temperature = 0.1\nstep = 1e-4\n", observe="")
        self.write("spec.toml", text)
        def ignored():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell script does to its background jobs

        process = self.start("--out", "out", before=ignored)
        self.wait_for(process, lambda: (self.folder / "out.partial").exists())
        self.wait_for_work(process)
        threads = len(os.listdir(f"/proc/{process.pid}/task"))
        begin = time.monotonic()
        err = self.stop(process, signal.SIGINT)
        self.assertLess(time.monotonic() - begin, 10 * harness.SLOWDOWN)
        self.assertRegex(err, r"\Aorbitwalk: interrupted in the pilot run for the missing range; ")
        self.assertEqual(threads, 1, "--threads 1 holds for the pilot")


class DiskFull(Resumed):
    """A limit on the size of files, set from outside while the program runs, is what a full disk is: a write that fails."""

    def limit(self, process, size):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def text(self, steps=8000):
        return self.sections(particles=32768, steps=steps)

    def test_at_a_checkpoint_is_a_warning_and_a_retry(self):
        text = self.text()
        self.write("spec.toml", text)
        whole = outcome(self.simulate(text, out="whole"))
        process = self.start("--out", "out", "--checkpoint-seconds", "0.05")
        self.wait_for(process, self.checkpoint().exists)
        self.limit(process, 50_000)  # less than a checkpoint, more than what is said
        self.wait_for(process, lambda: "\n" in self.said())
        kept = self.checkpoint().read_bytes()
        self.wait_for(process, lambda: self.said().count("\n") > 1)
        self.assertEqual(self.checkpoint().read_bytes(), kept, "the one before stays")
        self.limit(process, resource.RLIM_INFINITY)
        self.wait_for(process, lambda: self.checkpoint().read_bytes() != kept)
        self.assertRegex(self.finish(process), r"\A(orbitwalk: warning: no checkpoint: .*checkpoint\.tmp: cannot write: File too large; an earlier one is kept \(\d+ of 128 blocks[^;]*\), "
                              r"and the next attempt is in 0\.05 s\n)+\Z")
        self.assertEqual(outcome(self.summary()), whole)

    def test_at_an_interruption_is_said(self):
        text = self.text()
        self.write("spec.toml", text)
        process = self.start("--out", "out", "--checkpoint-seconds", "0.05")
        self.wait_for(process, self.checkpoint().exists)
        self.limit(process, 50_000)  # less than a checkpoint, more than what is said
        self.wait_for(process, lambda: "\n" in self.said())
        err = self.stop(process, expect=5).splitlines()[-1]
        self.assertRegex(err, r"\Aorbitwalk: interrupted, and the checkpoint could not be written: .*File too large; once that is fixed, continue with the same command "
                              r"and --resume \(an earlier checkpoint in .*out\.partial: \d+ of 128 blocks.*\)\Z")
        self.resume()
        self.assertEqual(outcome(self.summary()), outcome(self.simulate(text, out="whole")))

    def test_a_signal_that_is_sent_twice_keeps_what_one_does(self):
        self.write("spec.toml", self.sections(particles=2_000_000, steps=4000))
        process = self.start("--out", "out")
        self.wait_for_work(process)
        for _ in range(20):  # as timeout and batch systems do, to the process and to its group
            process.send_signal(signal.SIGTERM)
            time.sleep(0.001)
        self.assertRegex(self.finish(process, 130), r"\Aorbitwalk: interrupted; continue with the same command and --resume \(checkpoint in ")
        self.assertTrue(self.checkpoint().exists())

    def test_where_nothing_is_kept_that_is_said(self):
        self.write("spec.toml", self.sections(particles=2_000_000, steps=400))
        process = self.start("--out", "out", "--checkpoint-seconds", "3600", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY)))
        self.wait_for_work(process)
        self.assertRegex(self.stop(process, expect=5), r"the checkpoint could not be written: .*; nothing is kept\n\Z")
        self.assertFalse((self.folder / "out.partial").exists())


class Memory(Resumed):
    @unittest.skipIf(harness.SANITIZED, "a memory limit would stop the sanitizer")
    def test_a_limit_of_the_process_is_seen(self):
        self.write("spec.toml", self.sections(particles=20000, steps=1000, observe=self.RANGE + 'series = { spacing = "linear", every = 1 }\n'))  # 160 MB of series
        result = harness.run("run", "spec.toml", "--quiet", "--threads", "1", "--out", "out", cwd=self.folder, memory=170 << 20)
        self.assertEqual(result.code, 5)
        self.assertRegex(result.err, r"the results need 0\.\d+ GiB, but of the 0\.17 GiB of ulimit -v only 80 % may be used: take fewer particles.*")
        self.assertFalse((self.folder / "out").exists() or (self.folder / "out.partial").exists())
        result = harness.run("run", "spec.toml", "--quiet", "--threads", "1", "--out", "out", cwd=self.folder, memory=600 << 20)
        self.assertEqual((result.code, result.err), (0, ""))


if __name__ == "__main__":
    unittest.main()
