# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""orbitwalk atlas: a reduced atlas of every noise, and the declarations that it refuses. Fixed seed; a law that holds is
rejected with probability 1e-3 a comparison in principle, never at this seed."""
import json
import unittest

import harness
from harness import TemporaryFolder

MATRIX = (harness.SOURCE / "examples" / "atlas" / "atlas.toml").read_text(encoding="utf-8")
ROWS = ["radial, d = 3", "softmax_shift, 3 logits", "relu unit, 3 -> 1 -> 3", "hadamard regression", "linear regression"]


class Atlas(TemporaryFolder):
    def atlas(self, *args, text=MATRIX, expect=0, out="atlas", particles="5000"):
        self.write("matrix.toml", text)
        only = [word for row in ROWS for word in ("--only", row)] if not args else args
        return self.orbitwalk("atlas", "matrix.toml", "--out", out, "--particles", particles, "--quiet", *only, expect=expect, timeout=600)

    def test_reduced_atlas(self):
        self.atlas()
        data = json.loads((self.folder / "atlas.json").read_text(encoding="utf-8"))
        self.assertEqual([row["title"] for row in data["rows"]], ROWS)
        held = rejected = 0
        for row in data["rows"]:
            for cell in row["cells"]:
                self.assertIn("absent" if "absent" in cell else "spec", cell)
                for verdict in cell.get("verdicts", []):
                    if verdict["holds_in_theory"]:
                        self.assertEqual(verdict["verdict"], "accepted", f"{row['title']}, {cell['noise']}, {verdict}")
                        held += 1
                    elif verdict["exists"] and verdict["verdict"] == "rejected":
                        rejected += 1
        self.assertGreaterEqual(held, 12)
        self.assertGreaterEqual(rejected, 8, "laws that must fail are accepted")
        text = (self.folder / "atlas.md").read_text(encoding="utf-8")
        for words in ("| model | symmetry | isotropic | horizontal | surrogate | minibatch |", "Laws that do not hold, and why",
                      "**hadamard regression, minibatch**: `gauge_slice` of w1 is rejected", "orbitwalk atlas matrix.toml --out atlas"):
            self.assertIn(words, text)

    def test_law_that_does_not_hold_is_exit_code_4(self):
        wrong = MATRIX.replace('holds = ["projected", "uncorrected"]', 'holds = ["isotropic"]', 1)
        self.assertNotEqual(wrong, MATRIX)
        result = self.atlas("--only", ROWS[0], text=wrong, expect=4)
        self.assertIn("isotropic of r (radial, d = 3, horizontal)", result.err)
        self.assertIn("FINDING", (self.folder / "atlas.md").read_text(encoding="utf-8"))

    def test_existing_files_are_kept(self):
        for name in ("atlas.md", "atlas.json"):
            mine = "{}\n" if name.endswith("json") else "mine\n"
            self.write(name, mine)
            self.assertIn("--force", self.atlas("--only", ROWS[1], expect=2).err)
            self.assertIn("not written by orbitwalk atlas", self.atlas("--only", ROWS[1], "--force", expect=2).err)
            self.assertEqual((self.folder / name).read_text(), mine)
            (self.folder / name).unlink()
        self.simulate(harness.spec())
        self.assertIn("summary.json was not written by orbitwalk atlas", self.atlas("--only", ROWS[1], "--force", out="out/summary", expect=2).err)
        self.atlas("--only", ROWS[1], particles="2000")
        before = (self.folder / "atlas.json").read_bytes()
        self.assertIn("--force", self.atlas("--only", ROWS[1], expect=2).err)
        self.atlas("--only", ROWS[1], "--force", particles="3000")
        self.assertNotEqual((self.folder / "atlas.json").read_bytes(), before)

    def test_links_are_followed(self):
        (self.folder / "scratch").mkdir()
        for ending in ("md", "json"):
            (self.folder / f"atlas.{ending}").symlink_to(f"scratch/a.{ending}")
        self.atlas("--only", ROWS[1], particles="2000")
        self.assertTrue((self.folder / "atlas.json").is_symlink())
        self.assertEqual(sorted(path.name for path in (self.folder / "scratch").iterdir()), ["a.json", "a.md"])

    def test_what_is_in_the_way_is_found_first(self):
        self.write("matrix.toml", MATRIX.replace("burn_in = ", "burn_in = 9999999"))
        (self.folder / "taken.json").mkdir()
        for out, words in (("taken", "taken.json: cannot write"), ("nowhere/atlas", "nowhere: cannot write")):
            self.assertIn(words, self.orbitwalk("atlas", "matrix.toml", "--out", out, expect=5, timeout=20).err)

    def test_bad_declarations(self):
        cases = [("noises = [", "noisses = [", "noises"), ("[row.cell.isotropic]", "[row.cell.isotropc]", "isotropic"),
                 ('name = "radial"', 'name = "raidal"', "radial"), ("symmetry = ", "symetry = ", "symmetry")]
        for old, new, hint in cases:
            with self.subTest(new):
                result = self.atlas("--only", ROWS[0], text=MATRIX.replace(old, new, 1), expect=2)
                self.assertIn(hint, result.err)
                self.assertFalse((self.folder / "atlas.md").exists())
        self.assertIn("radial, d = 3", self.atlas("--only", "radial, d = 33", expect=2).err)
        self.orbitwalk("atlas", "nothing.toml", "--out", "x", expect=5)


if __name__ == "__main__":
    unittest.main()
