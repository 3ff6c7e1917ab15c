# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Data files as people have them, and files that are an attack: the right value, or a message that names the remedy, through the program."""
import json
import math
import os
import pathlib
import re
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from harness import TemporaryFolder, spec  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "reading"
# Least squares by plain gradient descent over the same 12 samples in every file.
LOSS = 0.0063551846
DESCENT = {"model": 'name = "linear"\n', "dynamics": 'name = "sgd"\nsampling = "full"\nstep = 0.05\n',
           "ensemble": 'particles = 1\nburn_in = 2000\nsteps = 1\nprecision = "double"\ninit = { mean = 0.0, scale = 0.0 }\n',
           "observe": 'histogram = [{ of = "loss", range = [0, 10] }]\n', "compare": None}
# file: settings that answer the refusal; "" where there is none
ANSWERS = {"excel_eu.csv": ["data.decimal=','"], "excel_eu_nohdr.csv": ["data.decimal=','", "data.target=3"], "fortran.txt": ["data.target=3"],
           "hdr_two.csv": ["data.skip=1"], "integer_header.csv": ["data.header=true", "data.target=3"], "latin1.csv": ["data.encoding=latin1"],
           "pandas_index.csv": ["data.ignore=[0]"], "r_write_csv.csv": ["data.ignore=[0]"], "year_label.csv": ["data.header=true", "data.target='2021'"]}


def npy(descr, shape, data, order=False):
    header = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


class Tables(TemporaryFolder):
    def read(self, file, settings, out, expect=0):
        self.write("spec.toml", spec(**DESCENT, data=f'file = "{HERE / file}"\ntarget = "y"\n'))
        words = [word for setting in settings for word in ("--set", setting)]
        return self.orbitwalk("run", "spec.toml", "--threads", "1", "--out", out, *words, expect=expect)

    def test_every_file_gives_its_value_or_says_how(self):
        files = sorted(path.name for path in HERE.iterdir())
        self.assertEqual(len(files), 20)
        for file in files:
            with self.subTest(file=file):
                settings = ANSWERS.get(file, [])
                if settings and file != "fortran.txt":
                    refused = self.read(file, [s for s in settings if "target" in s], file + ".refused", expect=5)
                    key = settings[0].split("=")[0].replace("data.", "[data] ")
                    self.assertIn(key + " = ", refused.err)
                    self.assertFalse((self.folder / (file + ".refused")).exists())
                result, out = self.read(file, settings, file + ".out"), file + ".out"
                summary = self.summary(out)
                self.assertAlmostEqual(summary["observables"]["loss"]["mean"], LOSS, delta=1e-10)
                self.assertEqual(len(summary["spec"]["observe"]["histogram"]), 1)
                entry = summary["data"][0]
                self.assertEqual((entry["role"], entry["rows"], entry["columns"]), ("data.file", 12, 4))
                self.assertEqual(entry["file"], str(HERE / file))
                self.assertEqual(entry["header"] is None, file in ("fortran.txt", "excel_eu_nohdr.csv"))
                self.assertRegex(result.out, rf"data\.file: .*{re.escape(file)}, 12 × 4[^\n]*{entry['hash']}\n")

    def test_what_was_read_is_said(self):
        self.write("t.csv", "id,a,y\n1,0.5,2\n2,0.75,1\n3,0.25,3\n")
        self.write("spec.toml", spec(**DESCENT, data='file = "t.csv"\ntarget = "y"\n'))
        result = self.orbitwalk("run", "spec.toml", "--threads", "1", "--out", "out", "--set", "dynamics.step=1e-3")
        entry = self.summary()["data"][0]
        self.assertEqual(entry["names"], ["id", "a", "y"])
        self.assertEqual(entry["bytes"], (self.folder / "t.csv").stat().st_size)
        hashed = 0xCBF29CE484222325
        for byte in (self.folder / "t.csv").read_bytes():
            hashed = (hashed ^ byte) * 0x100000001B3 % (1 << 64)
        self.assertEqual(entry["hash"], f"fnv1a64:{hashed:016x}")
        self.assertIn('note: data.file: column "id" counts the rows (1, 2, 3, ...)\n', result.out)
        self.assertIn("data.file: t.csv, 3 × 3 (id, a, y), names from line 1, " + entry["hash"], result.out)
        self.assertIn("t.csv, 3 × 3 (id, a, y)", self.orbitwalk("report", "out", "--text").out)


class Arrays(TemporaryFolder):
    COMPLETION = {"model": 'name = "completion"\nrank = 1\n', "dynamics": 'name = "sgd"\nstep = 0.05\n',
                  "ensemble": "particles = 64\nburn_in = 50\nsteps = 50\nevery = 50\n", "compare": None,
                  "observe": 'histogram = [{ of = "loss", range = [0, 5] }]\n'}

    def test_masks_and_gaps(self):
        values = [float(i + 1) for i in range(9)]
        seen = [1, 0, 1, 1, 1, 0, 0, 1, 1]
        gaps = [v if m else math.nan for v, m in zip(values, seen)]
        self.write("m.npy", npy("<f8", (3, 3), struct.pack("<9d", *values)))
        self.write("gaps.npy", npy("<f8", (3, 3), struct.pack("<9d", *gaps)))
        self.write("gaps.csv", "".join(",".join("" if math.isnan(v) else str(v) for v in gaps[3 * i:3 * i + 3]) + "\n" for i in range(3)))
        self.write("o.npy", npy("<i8", (3, 3), struct.pack("<9q", *seen)))
        self.write("b.npy", npy("|b1", (3, 3), bytes(seen)))
        # All the same problem, as loss sees the observed entries only.
        digests = set()
        for truth, mask in (("m.npy", "o.npy"), ("m.npy", "b.npy"), ("gaps.npy", "b.npy"), ("gaps.npy", None), ("gaps.csv", None)):
            text = f'truth = "{truth}"\n' + (f'mask = "{mask}"\n' if mask else "")
            summary = self.simulate(spec(**self.COMPLETION, data=text), "--force")
            digests.add(summary["digest"])
            self.assertEqual(summary["data"][0]["missing"], 3 if "gaps" in truth else 0)
        self.assertEqual(len(digests), 1)
        other = self.simulate(spec(**self.COMPLETION, data='truth = "m.npy"\nmask = "other.npy"\n') if self.write(
            "other.npy", npy("|b1", (3, 3), bytes(seen[::-1]))) else "", "--force")
        self.assertNotIn(other["digest"], digests, "the mask makes a difference")
        observe = 'histogram = [{ of = "error", range = [0, 5] }]\n'
        self.write("spec.toml", spec(**{**self.COMPLETION, "observe": observe}, data='truth = "gaps.npy"\nmask = "b.npy"\n'))
        refused = self.orbitwalk("run", "spec.toml", "--out", "never", expect=2)
        self.assertIn('"error" is measured on the entries that are not observed', refused.err)


class Sequences(TemporaryFolder):
    def test_three_dimensions(self):
        tokens, embedding, count = 2, 3, 5
        numbers = [math.sin(i) for i in range(count * tokens * embedding)]
        data = struct.pack(f"<{len(numbers)}d", *numbers)
        self.write("flat.npy", npy("<f8", (count, tokens * embedding), data))
        self.write("cube.npy", npy("<f8", (count, tokens, embedding), data))
        self.write("turned.npy", npy("<f8", (count, embedding, tokens), data))
        sections = {"model": f'name = "attention"\nembedding = {embedding}\ntokens = {tokens}\n', "dynamics": 'name = "sgd"\nstep = 0.01\n', "compare": None,
                    "ensemble": "particles = 64\nburn_in = 20\nsteps = 20\nevery = 20\n", "observe": 'histogram = [{ of = "loss", range = [0, 9] }]\n'}
        flat = self.simulate(spec(**sections, data='x = "flat.npy"\ny = "flat.npy"\n'), out="flat")
        cube = self.simulate(spec(**sections, data='x = "cube.npy"\ny = "cube.npy"\n'), out="cube")
        self.assertEqual(flat["digest"], cube["digest"])
        self.assertEqual(cube["data"][0]["shape"], [count, tokens, embedding])
        for x, y in (("turned", "cube"), ("cube", "turned")):
            self.write("spec.toml", spec(**sections, data=f'x = "{x}.npy"\ny = "{y}.npy"\n'))
            refused = self.orbitwalk("run", "spec.toml", expect=2)
            self.assertRegex(refused.err, r"expected samples × tokens × features = 5 × 2 × 3, but .*turned\.npy is 5 × 3 × 2")


class Changed(TemporaryFolder):
    def test_compare_refuses_other_data(self):
        self.write("t.csv", "a,y\n0.5,2\n0.75,1\n0.25,3\n")
        text = spec(model='name = "linear"\n', dynamics="temperature = 0.1\nstep = 1e-2\n", data='file = "t.csv"\ntarget = "y"\n',
                    ensemble="particles = 256\nburn_in = 20\nsteps = 20\nevery = 20\n", observe='histogram = [{ of = "w1", range = [-9, 9] }]\n', compare=None)
        self.simulate(text)
        self.orbitwalk("compare", "out")
        for content in ("a,y\n0.5,2\n0.75,1\n0.25,4\n", "no table\n", "a,y\n0.5,2\n0.75,1\n0.25,3\n\n"):
            self.write("t.csv", content)
            refused = self.orbitwalk("compare", "out", expect=2)
            self.assertRegex(refused.err, r"/t\.csv \(data\.file\) has changed since the run: .*; put the file back, or run the spec again")
        self.write("t.csv", "a,y\n0.5,2\n0.75,1\n0.25,3\n")
        self.orbitwalk("compare", "out")
        summary = self.summary()
        del summary["data"]
        self.write("out/summary.json", json.dumps(summary))
        self.assertIn("does not record what its data was", self.orbitwalk("compare", "out").err)


class Attacks(TemporaryFolder):
    def test_pipes_devices_and_sparse_files(self):
        os.mkfifo(self.folder / "pipe.csv")
        self.write("good.toml", spec())
        sparse = self.write("sparse.csv", "")
        os.truncate(sparse, 1 << 42)
        (self.folder / "zero.csv").symlink_to("/dev/zero")
        (self.folder / "folder.csv").mkdir()
        for name, message in (("pipe", "not a file but a pipe"), ("zero", "not a file but a device"), ("sparse", "larger than "), ("folder", "Is a directory")):
            self.write("spec.toml", spec(**DESCENT, data=f'file = "{name}.csv"\ntarget = "y"\n'))
            self.assertIn(message, self.orbitwalk("run", "spec.toml", expect=5, timeout=20).err)
            self.assertIn(message, self.orbitwalk("run", f"{name}.csv", expect=5, timeout=20).err)
            os.makedirs(self.folder / f"res-{name}")
            (self.folder / f"res-{name}" / "summary.json").symlink_to(self.folder / f"{name}.csv")
            for command in (("compare", f"res-{name}"), ("report", f"res-{name}", "--text")):
                self.assertIn(message, self.orbitwalk(*command, expect=5, timeout=20).err)

    def test_deep_json(self):
        self.simulate(spec())
        good = (self.folder / "out/summary.json").read_text()
        for depth in (20_000, 200_000):
            summary = json.loads(good)
            summary["spec"]["deep"] = "@@"
            self.write("out/summary.json", json.dumps(summary).replace('"@@"', "[" * depth + "]" * depth))
            for command in (("report", "out", "--out", "rep", "--force"), ("report", "out", "--text"), ("compare", "out")):
                self.assertIn("nested deeper than 256 levels", self.orbitwalk(*command, expect=5).err)
        self.write("deep.toml", "x = " + "{a = " * 50_000 + "1" + "}" * 50_000)
        self.assertIn("deep.toml:1:", self.orbitwalk("run", "deep.toml", expect=2).err)
        self.assertIn("--set x", self.orbitwalk("run", "spec.toml", "--set", "x=" + "[" * 20_000, expect=2).err)

    def test_escape_sequences_do_not_reach_the_terminal(self):
        evil = "\x1b]0;owned\x07\x1b[2J\u009b2J\u202e"
        self.simulate(spec())
        good = (self.folder / "out/summary.json").read_text()

        def check(result):
            for text in (result.out, result.err):
                self.assertEqual(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), [])

        count = 0
        for key in ("version", "backend", "device", "digest", "precision"):
            summary = json.loads(good)
            summary[key] = evil
            self.write("out/summary.json", json.dumps(summary))
            for command in (("report", "out", "--text"), ("compare", "out")):
                result = self.orbitwalk(*command)
                check(result)
                count += "owned" in result.out
        self.assertGreaterEqual(count, 10, "the text is shown, without its force")
        text = good.replace('"r"', json.dumps("r" + evil)).replace('"isotropic"', json.dumps("isotropic" + evil))
        self.write("out/summary.json", text)
        check(self.orbitwalk("report", "out", "--text"))
        self.write("t.csv", f'"a{evil}",y\n0.5,2\n0.75,1\n0.25,3\n')
        self.write("spec.toml", spec(**DESCENT, data='file = "t.csv"\ntarget = "y"\n'))
        result = self.orbitwalk("run", "spec.toml")
        self.assertIn("owned", result.out)
        check(result)
        for settings in (["--set", "model.name=" + json.dumps(evil)], ["--set", evil], ["--set", f"data.target={json.dumps(evil)}"]):
            check(self.orbitwalk("run", "spec.toml", *settings, expect=2))
        check(self.orbitwalk("run", evil, expect=5))
        check(self.orbitwalk(evil, expect=2))


if __name__ == "__main__":
    unittest.main()
