# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Which folder may include which: docs/architecture.md. The rules are data; the twins plant a file that breaks each."""
import os
import pathlib
import re
import shutil
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("ORBITWALK_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
ENDINGS = {".hpp", ".cpp", ".cu", ".cuh", ".in"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)

# Folder: the folders that it may include, besides itself. "public" is include/orbitwalk. The longest name that fits a path counts.
BASE = {"public", "support"}
ENGINE = BASE | {"kernels"}
READ = ENGINE | {"spec", "data"}
JUDGE = BASE | {"geometry", "laws"}
RUN = READ | JUDGE | {"models", "dynamics", "backends", "compare"}
RESULTS = RUN | {"run"}
MAY = {
    "public": set(),
    "kernels": set(),
    "support": {"public"},
    "spec": BASE | {"data"},  # a spec knows which files were read for it
    "data": BASE | {"spec"},
    "geometry": ENGINE,
    "baselines": BASE,
    "laws": BASE | {"geometry"},
    "compare": JUDGE,
    "dynamics": ENGINE,
    "compile": BASE,
    "models": READ | {"geometry"},
    "backends": ENGINE | {"models", "dynamics", "compile"},
    "run": RUN,
    "results": RESULTS,
    "report": RESULTS | {"results"},
    "studies": RESULTS | {"results", "report", "baselines"},
    "cli": RESULTS | {"compile", "results", "report", "baselines", "studies"},
}

# What is not yet as it should be: (file, what it includes). Only ever shorter; an entry that is no longer needed fails.
EXCEPTIONS = set()

# Headers that are not the standard library's, which has no endings.
NOT_PUBLIC = re.compile(r"\.(h|hpp)$")


def folder_of(path):
    """The layer of a path relative to the source folder."""
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] == "include":
        return "public"
    return parts[1] if parts[0] == "src" else parts[0]


def target_of(name, path, root):
    """The path that an include names: beside the file, or below one of the include folders."""
    if "@" in name:  # of a template: any file of that folder
        return name if (root / name).parent.is_dir() else None
    beside = (root / path).parent / name
    for candidate in (beside, root / "include" / name, root / "src" / name, root / name):
        if candidate.is_file():
            return candidate.resolve().relative_to(root.resolve()).as_posix()
    if name.startswith("orbitwalk/"):
        return "include/" + name  # generated
    return None


def offences(root, exceptions=()):
    """(file, include, why) of every arrow that points the wrong way."""
    found, used = [], set()
    for top in ("include", "kernels", "src"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in ENDINGS or not file.is_file():
                continue
            path = file.relative_to(root).as_posix()
            layer = folder_of(path)
            for quoted, angled in INCLUDE.findall(file.read_text(errors="replace")):
                if angled:
                    if layer == "public" and NOT_PUBLIC.search(angled):
                        found.append((path, angled, "a public header takes the standard library and other public headers only"))
                    continue
                target = target_of(quoted, path, root)
                if target is None:
                    found.append((path, quoted, "not found"))
                    continue
                to = folder_of(target)
                if to == layer or to in MAY.get(layer, set()):
                    continue
                if (path, quoted) in exceptions:
                    used.add((path, quoted))
                    continue
                found.append((path, quoted, f"{layer} may not include {to}"))
    found += [(path, name, "listed as an exception, but not needed any more") for path, name in sorted(set(exceptions) - used)]
    return found


class Arrows(unittest.TestCase):
    def test_the_tree(self):
        wrong = offences(SOURCE, EXCEPTIONS)
        self.assertEqual(wrong, [], "\n" + "\n".join(f"{path}: #include \"{name}\": {why}" for path, name, why in wrong))

    def test_every_folder_has_a_rule(self):
        folders = {path.name for path in (SOURCE / "src").iterdir() if path.is_dir()}
        self.assertEqual(folders - set(MAY), set())

    def test_no_rule_goes_in_circles(self):
        """Apart from spec and data, which know each other."""
        def above(folder, seen):
            for to in MAY[folder] - seen:
                if {folder, to} != {"spec", "data"}:
                    seen.add(to)
                    above(to, seen)
            return seen
        for folder in MAY:
            self.assertNotIn(folder, above(folder, set()))


class Planted(unittest.TestCase):
    """An arrow that is added is seen."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        for top in ("include", "kernels", "src"):
            for file in (SOURCE / top).rglob("*.hpp"):
                copy = cls.root / file.relative_to(SOURCE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
        cls.before = offences(cls.root)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def offences_with(self, path, include):
        planted = self.root / path
        planted.write_text(f"#pragma once\n#include {include}\n")
        try:
            return [wrong for wrong in offences(self.root) if wrong not in self.before]
        finally:
            planted.unlink()

    def planted(self, path, include):
        self.assertEqual([(where, name) for where, name, _ in self.offences_with(path, include)], [(path, include.strip('"<>'))])

    def test_from_the_engine(self):
        self.planted("kernels/core/planted.hpp", '"run/ensemble.hpp"')
        self.planted("kernels/core/planted.hpp", '"orbitwalk/error.hpp"')

    def test_from_laws_comparisons_and_geometry(self):
        self.planted("src/laws/planted.hpp", '"backends/backend.hpp"')
        self.planted("src/compare/planted.hpp", '"run/ensemble.hpp"')
        self.planted("src/geometry/planted.hpp", '"models/catalog.hpp"')

    def test_from_a_public_header(self):
        self.planted("include/orbitwalk/planted.hpp", '"spec/spec.hpp"')
        self.planted("include/orbitwalk/planted.hpp", "<nlohmann/json.hpp>")

    def test_to_the_command_line(self):
        self.planted("src/run/planted.hpp", '"cli/commands.hpp"')
        self.planted("src/studies/planted.hpp", '"cli/commands.hpp"')

    def test_upwards(self):
        self.planted("src/run/planted.hpp", '"results/summary.hpp"')

    def test_what_is_allowed_is_not_seen(self):
        self.assertEqual(self.offences_with("src/run/planted.hpp", '"laws/law.hpp"'), [])
        self.assertEqual(self.offences_with("include/orbitwalk/planted.hpp", "<vector>"), [])


if __name__ == "__main__":
    unittest.main()
