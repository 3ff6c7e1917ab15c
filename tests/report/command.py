# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""orbitwalk report: what it writes, that the page needs nothing else, and what it refuses."""
import pathlib
import re
import shutil
import unittest
import unittest.mock
import xml.etree.ElementTree

import fabricate
import written
from written import TemporaryFolder

HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
RESOURCES = {"src", "srcset", "data", "action", "poster", "background", "formaction"}


class Written(TemporaryFolder):
    def page(self, folder):
        return xml.etree.ElementTree.parse(folder / "report.html").getroot()

    def check_page(self, folder):
        """Parses, stands alone, has no id twice, and every chart of the page is beside it as SVG and PNG. Returns their names."""
        text = (folder / "report.html").read_text(encoding="utf-8")
        self.assertTrue(text.startswith("<!DOCTYPE html>\n"))
        self.assertEqual(text.count("<!DOCTYPE") + text.count("<?xml"), 1)
        addresses = {found for found in re.findall(r"\w+://[^\s\"'<>)]*", text)}
        self.assertLessEqual(addresses, {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"})
        for never in ("@import", "<script", "<link", "<iframe", "<img", "<image", "<object", "javascript:"):
            self.assertFalse(never in text.lower(), never)
        self.assertEqual(re.findall(r"url\((?!#)[^)]*\)", text), [])
        root = self.page(folder)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        self.assertEqual(len(ids), len(set(ids)), "an id twice")
        for element in root.iter():
            for key, value in element.attrib.items():
                name = key.rsplit("}", 1)[-1]
                self.assertNotIn(name, RESOURCES)
                self.assertFalse(name.startswith("on"), key)
                if name == "href":
                    self.assertTrue(value.startswith("#"), value)
                    self.assertIn(value[1:], ids)
        for used in re.findall(r"url\(#([^)]*)\)", text):
            self.assertIn(used, ids)
        figures = list(root.iter(HTML + "figure"))
        names = []
        for figure in figures:
            drawing = figure.find(SVG + "svg")
            self.assertIsNone(drawing.get("width"))
            self.assertRegex(drawing.get("viewBox"), r"^0 0 [\d.]+ [\d.]+$")
            names.append(figure.find(f"{HTML}figcaption/{HTML}code").text.removeprefix("charts/").removesuffix(".svg"))
        self.assertEqual(sorted(path.name for path in (folder / "charts").iterdir()), sorted(name + end for name in names for end in (".png", ".svg")))
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["charts", "report.html"])
        return names

    def check_pictures(self, folder, names):
        for name in names:
            drawing = xml.etree.ElementTree.parse(folder / f"charts/{name}.svg").getroot()
            self.assertGreater(len(list(drawing.iter(SVG + "path"))), 5, name)
            self.assertGreater(len(list(drawing.iter(SVG + "text"))), 4, name)
            width, height, rows = written.pixels((folder / f"charts/{name}.png").read_bytes())
            self.assertTrue(width > 900 and height > 300, (name, width, height))
            self.assertEqual({rows[0][0], rows[-1][-1]}, {(255, 255, 255)}, "a white background")
            dark = sum(value < 0.6 for value in written.brightness(rows)) / (width * height)
            self.assertTrue(0.003 < dark < 0.6, (name, dark))

    def texts(self, root):
        return ["".join(element.itertext()).strip() for element in root.iter()]

    def test_of_one_run(self):
        self.simulate(written.spec(compare='laws = ["projected", "isotropic"]\n'))
        result = self.orbitwalk("report", "out")
        self.assertIn("report: out/report/report.html", result.out)
        self.assertIn("isotropic", result.out)
        self.assertNotIn("density of", result.out, "plots are for --text")
        names = self.check_page(self.folder / "out/report")
        self.assertEqual(names, ["out-density-r"])
        self.check_pictures(self.folder / "out/report", names)
        texts = self.texts(self.page(self.folder / "out/report"))
        summary = self.summary()
        for expected in (summary["digest"], summary["device"], "projected", summary["laws"][1]["verdict"], "±2 standard errors", "(burn-in included)"):
            self.assertTrue(any(expected in text for text in texts), expected)

    def test_with_a_series(self):
        fabricate.write(self.folder / "run", fabricate.summary({**fabricate.weights(12), "ratio1": (1, 0.1), "ratio2": (2, 0.1), "r": (1.5, 0.3)}))
        self.orbitwalk("report", "run", "--out", "deep/report")
        names = self.check_page(self.folder / "deep/report")
        self.assertEqual(names, ["run-density-ratio1", "run-density-ratio2", "run-density-r", "run-medians-w", "run-series-w", "run-medians-ratio",
                                 "run-series-ratio", "run-series-r", "run-last-w", "run-last-ratio"])
        self.check_pictures(self.folder / "deep/report", names)

    def test_of_several_runs_and_an_experiment(self):
        fabricate.write(self.folder / "one", fabricate.radial())
        fabricate.write(self.folder / "two", fabricate.radial(seed=8))
        fabricate.write(self.folder / "experiment", fabricate.experiment([("noise", "a")]), "experiment.json")
        fabricate.write(self.folder / "experiment/a", fabricate.radial())
        result = self.orbitwalk("report", "one", "two", "experiment", "--out", "all")
        self.assertEqual(result.out.count("\n== ") + result.out.startswith("== "), 3)
        names = self.check_page(self.folder / "all")
        for name in ("runs-density-r", "runs-series-r", "one-density-r", "two-density-r", "radial-noise-against-theory", "noise-density-r"):
            self.assertIn(name, names)
        self.orbitwalk("report", "experiment")
        self.check_page(self.folder / "experiment/report")
        self.assertEqual(self.page(self.folder / "experiment/report").find(f"{HTML}head/{HTML}title").text, "Noise along the orbits")

    def test_every_kind_of_layer_is_drawn(self):
        """With empty values, names that are no names, and axes of all kinds."""
        x, panels = [1, 2, 3], []
        for scale in ("linear", "log", "symlog"):
            panels.append({"title": scale, "x_label": "$x_1$", "y_label": "_y", "y_scale": scale, "layers": [
                {"kind": "steps", "label": "_steps", "edges": [0, 1, 2, 3], "y": [1, None, 20], "lower": [0.5, None, 10], "upper": [2, None, 30]},
                {"kind": "line", "label": "$bad{", "style": 1, "x": x, "y": [1, None, 100], "lower": [0.1, None, 50], "upper": [2, None, 200]},
                {"kind": "fan", "label": "fan\u0001\u202e", "style": 9, "x": x, "levels": [0.1, 0.5, 0.9], "quantiles": [[1, 2, 3], [2, 3, 4], [3, 4, None]]},
                {"kind": "points", "label": "x" * 300, "style": 3, "x": x, "y": [None, None, None], "lower": [None] * 3, "upper": [None] * 3},
                {"kind": "bars", "label": "bars", "style": 4, "x": x, "y": [1, 2, 3], "lower": [0, 1, 2], "upper": [2, 3, 4]},
                {"kind": "line", "value": 2, "x": x, "y": [3, 2, 1]},
                {"kind": "reference", "label": "level", "at": [2, None]}, {"kind": "reference", "vertical": True, "style": 2, "at": [1.5]}],
                "colour_scale": {"label": "shade", "from": 1, "to": 3}})
        panels.append({"x_ticks": [[1, "one " * 10], [2, "two"], [3, "θ"]], "layers": [{"kind": "bars", "x": x, "y": [1, 2, 3]}]})
        panels.append({"layers": []})
        panels.append({"layers": [{"kind": "points", "x": [], "y": []}]})
        panels.append({"x_scale": "log", "y_scale": "log", "layers": [{"kind": "line", "x": [1e-9, 1e300], "y": [1e-300, 1e300]}]})
        charts = [{"name": f"in {columns}", "title": "A title that is long " * 12, "columns": columns, "share_x": shared, "panels": panels if columns > 1 or not shared else panels[:1]}
                  for columns, shared in ((1, True), (1, False), (2, False), (3, True))]
        fabricate.write(self.folder / "experiment", {"name": "kinds", "title": "Kinds", "charts": charts}, "experiment.json")
        self.orbitwalk("report", "experiment")
        self.check_pictures(self.folder / "experiment/report", self.check_page(self.folder / "experiment/report"))

    def test_the_same_files_each_time(self):
        fabricate.write(self.folder / "run", fabricate.summary({"θ1": (1, 0.2), "θ2": (2, 0.3)}))
        self.orbitwalk("report", "run", "--out", "first")
        with unittest.mock.patch.dict("os.environ", PYTHONIOENCODING="latin-1", MPLBACKEND="none", PYTHONHASHSEED="3"):
            self.orbitwalk("report", "run", "--out", "second")
        self.assertEqual(written.snapshot(self.folder / "first"), written.snapshot(self.folder / "second"))

    def test_says_what_files_say_as_text(self):
        evil = "</text></svg></style><script>alert(1)</script>&amp;<img src=x onerror=alert(1)>"
        content = fabricate.summary({evil: (1, 0.2), "w1": (1, 0.2), "w2\u0001\u0000": (1, 0.2)}, [(evil, evil, 1, 0.2, evil)])
        content["notes"], content["device"], content["spec"][evil] = [evil], evil, {evil: evil}
        fabricate.write(self.folder / "run", content)
        fabricate.write(self.folder / evil.replace("/", "-")[:100], content)
        for directories in (("run",), ("run", evil.replace("/", "-")[:100])):
            self.orbitwalk("report", *directories, "--out", f"report{len(directories)}")
            text = (self.folder / f"report{len(directories)}/report.html").read_text(encoding="utf-8")
            for never in ("<script", "<img", "</text></svg></style>"):
                self.assertFalse(never in text.lower(), never)
            root = self.page(self.folder / f"report{len(directories)}")
            self.assertFalse([key for element in root.iter() for key in element.attrib if key.startswith("on")])
            self.assertTrue(any(evil in text for text in self.texts(root)), "it is there, as text")

    def test_text_only(self):
        self.simulate(written.spec())
        before = written.snapshot(self.folder)
        self.assertIn("density of r", self.orbitwalk("report", "out", "--text").out)
        self.assertEqual(written.snapshot(self.folder), before)


class Refused(TemporaryFolder):
    def setUp(self):
        super().setUp()
        fabricate.write(self.folder / "run", fabricate.summary({"r": (1, 0.2)}, with_series=False))

    def refusal(self, code, message, *args, **environment):
        before = written.snapshot(self.folder)
        with unittest.mock.patch.dict("os.environ", environment):
            result = self.orbitwalk("report", *args, expect=code)
        self.assertRegex(result.err, rf"\Aorbitwalk: {message}\n(see: .*\n)?\Z")
        self.assertEqual(written.snapshot(self.folder), before)

    def program(self, text):
        path = self.write("fake/python3", text)
        path.chmod(0o755)
        return str(path)

    def test_usage(self):
        fabricate.write(self.folder / "other", fabricate.summary({"r": (1, 0.2)}))
        self.refusal(2, r"a report on several folders needs --out FOLDER.*", "run", "other")
        self.refusal(2, r".*--text.*", "run", "--text", "--force")
        self.refusal(2, r".*--text.*", "run", "--text", "--out", "there")
        self.refusal(2, r".*directory.*")
        self.refusal(5, r"nowhere/summary\.json: cannot open: .*", "run", "nowhere", "--out", "there")

    def test_an_existing_report(self):
        self.orbitwalk("report", "run")
        self.refusal(2, r".*run/report: a result already exists; use --force to replace it", "run")
        fabricate.write(self.folder / "run", fabricate.summary({"theta": (1, 0.2)}))
        self.orbitwalk("report", "run", "--force")
        self.assertEqual(sorted(path.name for path in (self.folder / "run/report/charts").iterdir())[0], "run-density-theta.png")
        self.assertEqual(sorted(path.name for path in (self.folder / "run").iterdir()), ["report", "summary.json"])

    def test_a_folder_of_something_else(self):
        self.write("thesis/chapter.tex", "words")
        self.refusal(2, r".*thesis: the folder exists and holds no result of this program.*", "run", "--out", "thesis", "--force")
        self.refusal(2, r".*run: the folder exists and holds no result of this program.*", "run", "--out", "run", "--force")

    def test_no_matplotlib(self):
        # -S: without the packages of the system.
        without = self.program(f'#!/bin/sh\nexec {written.MATPLOTLIB} -S -E "$@"\n')
        self.refusal(5, r"cannot draw the charts: .*python3 has no matplotlib \(.*\) \(on Debian and Ubuntu: apt-get install python3-matplotlib\)", "run",
                     ORBITWALK_PYTHON=without)
        self.refusal(5, r"cannot draw the charts: /nowhere/python3 is not there; .*python3-matplotlib\)", "run", ORBITWALK_PYTHON="/nowhere/python3")

    def test_the_system_s_python_where_the_first_has_no_matplotlib(self):
        without = self.program(f'#!/bin/sh\nexec {written.MATPLOTLIB} -S -E "$@"\n')
        with unittest.mock.patch.dict("os.environ", PATH=str(pathlib.Path(without).parent) + ":/usr/bin:/bin"):
            self.orbitwalk("report", "run")

    def test_a_drawer_that_fails(self):
        for text, message in (("#!/bin/sh\necho 'Traceback:' >&2\necho 'OSError: no space' >&2\nexit 1\n", r"cannot draw the charts: .*ended with exit code 1: OSError: no space"),
                              ("#!/bin/sh\nkill -9 $$\n", r"cannot draw the charts: .*was ended by signal 9"),
                              ("#!/bin/sh\necho nonsense\n", r"cannot draw the charts: .*did not say what it drew: .*"),
                              ("#!/bin/sh\necho '{}'\n", r"cannot draw the charts: .*did not draw run-density-r"),
                              ("#!/bin/sh\necho '{\"run-density-r\": \"<svg/>\"}'\n", r".*run-density-r\.svg: was not drawn")):
            with self.subTest(text):
                self.refusal(5, message, "run", ORBITWALK_PYTHON=self.program(text))

    def test_nothing_of_where_it_runs_is_imported(self):
        self.write("json.py", "raise SystemExit('the wrong json')")
        self.write("matplotlib.py", "raise SystemExit('the wrong matplotlib')")
        self.orbitwalk("report", "run")

    def test_a_page_that_cannot_be_written(self):
        result = written.run("report", "run", cwd=self.folder, file_size=4000)
        self.check_clean(result)
        self.assertEqual(result.code, 5)
        self.assertEqual(sorted(path.name for path in (self.folder / "run").iterdir()), ["summary.json"])


if __name__ == "__main__":
    if shutil.which(written.MATPLOTLIB) is None:
        print("SKIPPED: no /usr/bin/python3, which python3-matplotlib belongs to")
        raise SystemExit(77)
    unittest.main()
