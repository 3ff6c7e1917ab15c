# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""The command line's contract: summary.json and result.h5, exit codes, what is printed where, overrides. same_bits.py has what must
not change the bits, malformed.py and damaged.py the errors."""
import json
import math
import os
import pty
import re
import select
import subprocess
import unittest

import harness
from harness import TemporaryFolder, outcome, spec

try:
    import h5py
except ImportError:
    h5py = None

NUMBER, COUNT, TEXT, LIST, TABLE = (int, float), int, str, list, dict

SUMMARY = {"program": TEXT, "version": TEXT, "spec": TABLE, "backend": TEXT, "device": TEXT, "threads": COUNT, "ranks": COUNT,
           "seed": COUNT, "precision": TEXT, "particles": COUNT, "steps": COUNT, "diverged": TABLE, "wall_seconds": NUMBER,
           "particle_steps_per_second": NUMBER, "digest": TEXT, "observables": TABLE, "stationarity": TABLE, "laws": LIST}
OBSERVABLE = {"count": COUNT, "mean": NUMBER, "standard_error": NUMBER, "variance": NUMBER, "minimum": NUMBER, "maximum": NUMBER,
              "effective_sample_size": NUMBER, "under": COUNT, "over": COUNT, "histogram": TABLE}
LAW = {"name": TEXT, "observable": TEXT, "mean": NUMBER, "variance": NUMBER, "ks": NUMBER, "p_value": NUMBER,
       "wasserstein1": NUMBER, "kl": NUMBER, "verdict": TEXT, "p_smooth": NUMBER, "p_adjusted": NUMBER, "ks_bound": NUMBER,
       "confidence": NUMBER}

# Well equilibrated, some thousand particles: laws can be told apart (KS distance of the two below: 0.18).
PROJECTED = dict(dynamics="noise = { horizontal = 0.7, vertical = 0.0 }\nstep = 1e-2\n",
                 ensemble="particles = 4000\nburn_in = 300\nsteps = 100\nevery = 50\nseed = 7\n",
                 observe='histogram = [{ of = "r", bins = 50, range = [0.0, 5.0] }]\n',
                 compare='laws = ["projected", "isotropic"]\n')


def as_toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {as_toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)


class Summary(TemporaryFolder):
    def check_keys(self, table, keys, where):
        for key, kind in keys.items():
            self.assertIn(key, table, where)
            self.assertIsInstance(table[key], kind, f"{where}: {key}")
            self.assertFalse(isinstance(table[key], bool), f"{where}: {key}")

    def test_every_key_of_the_contract(self):
        summary = self.simulate(spec(**PROJECTED))
        self.check_keys(summary, SUMMARY, "summary")
        self.assertEqual(summary["program"], "orbitwalk")
        self.assertEqual(summary["precision"], "float")
        self.assertEqual((summary["particles"], summary["steps"], summary["seed"], summary["threads"], summary["ranks"]), (4000, 400, 7, 1, 1))
        self.check_keys(summary["diverged"], {"count": COUNT}, "diverged")
        self.assertEqual(summary["diverged"], {"count": 0, "first_step": None})
        self.assertEqual(list(summary["observables"]), ["r"])
        r = summary["observables"]["r"]
        self.check_keys(r, OBSERVABLE, "observables.r")
        edges, counts = r["histogram"]["edges"], r["histogram"]["counts"]
        self.assertEqual((len(edges), len(counts)), (51, 50))
        self.assertEqual((edges[0], edges[-1], edges), (0.0, 5.0, sorted(edges)))
        self.assertEqual(r["count"], 4000 * 2)
        self.assertEqual(sum(counts) + r["under"] + r["over"], r["count"])
        self.assertTrue(r["minimum"] <= r["mean"] <= r["maximum"])
        self.assertTrue(0 < r["effective_sample_size"] <= r["count"])
        stationarity = summary["stationarity"]["r"]
        self.check_keys(stationarity, {"nested_rhat": NUMBER, "nested_rhat_critical": NUMBER, "drift_ks": NUMBER, "drift_p": NUMBER},
                        "stationarity.r")
        self.assertIs(stationarity["stationary"], True)
        self.assertEqual([law["name"] for law in summary["laws"]], ["projected", "isotropic"])
        for law in summary["laws"]:
            self.check_keys(law, LAW, "laws")
            self.assertTrue(0 <= law["ks"] <= 1 and 0 <= law["p_value"] <= 1 and law["wasserstein1"] >= 0, law)
            self.assertNotIn("equivalent", law)
            self.assertTrue(law["ks"] < law["ks_bound"] <= 1, law)
        self.assertEqual([law["verdict"] for law in summary["laws"]], ["accepted", "rejected"])
        self.assertNotIn("step_bias", summary)

    def test_multiplicity(self):
        """Two tests a law; expected laws are one family, over all observables."""
        observe = 'histogram = [{ of = "r", bins = 50, range = [0.0, 5.0] }]\n'
        both = {**PROJECTED, "observe": observe, "compare": 'laws = ["projected", "isotropic"]\nexpect = ["projected"]\n'}
        right, wrong = self.simulate(spec(**both), out="one")["laws"]
        self.assertAlmostEqual(right["p_adjusted"], min(1, 2 * min(right["p_value"], right["p_smooth"])))
        both["compare"] = 'laws = ["projected", "isotropic"]\nexpect = ["projected", "isotropic"]\n'
        right, wrong = self.simulate(spec(**both), out="two", expect=4)["laws"]
        smaller, larger = sorted((right["p_value"], right["p_smooth"]))
        self.assertAlmostEqual(right["p_adjusted"], min(1, 2 * smaller))  # the other law's tests come first
        self.assertLess(wrong["p_adjusted"], 1e-20)

    def test_equivalence(self):
        compare = 'laws = ["projected"]\nequivalence = {}\nconfidence = 0.9\n'
        for margin, answer in ((0.05, True), (0.001, False)):
            law, = self.simulate(spec(**{**PROJECTED, "compare": compare.format(margin)}), out=f"margin{margin}")["laws"]
            self.assertEqual((law["equivalent"], law["equivalence"], law["confidence"], law["verdict"]), (answer, margin, 0.9, "accepted"))
            self.assertIn("equivalent", law["reason"])
        out = self.orbitwalk("compare", "margin0.001").out
        self.assertIn("within 0.001", out)
        self.assertRegex(out, r"(?m)^r +projected .* no *$")
        # Taken from the result; the width of the bound follows the confidence.
        again = self.orbitwalk("compare", "margin0.001", "--set", "compare.equivalence=0.2").out
        self.assertRegex(again, r"(?m)^r +projected .* yes *$")

    def test_not_stationary(self):
        ensemble = "particles = 4000\nburn_in = 0\nsteps = 100\nevery = 10\nseed = 7\ninit = { mean = [3.0], scale = [0.1] }\n"
        summary = self.simulate(spec(**{**PROJECTED, "ensemble": ensemble,
                                        "compare": 'laws = ["projected"]\nstep_bias = { factor = 0.5 }\n'}), out="moving")
        self.assertIs(summary["stationarity"]["r"]["stationary"], False)
        law, = summary["laws"]
        self.assertEqual((law["verdict"], law["attribution"]), ("rejected", "not stationary"))
        self.assertRegex(law["reason"], r"\Anot stationary")
        self.assertRegex(self.orbitwalk("compare", "moving").out, r"(?m)^r .* no ")

    def test_the_spec_is_complete(self):
        summary = self.simulate(spec())
        for section, keys in {"model": ("name", "dimension", "loss"), "dynamics": ("name", "scheme", "temperature", "step", "variates"),
                              "ensemble": ("particles", "burn_in", "steps", "every", "seed", "precision"), "observe": ("histogram",),
                              "compare": ("laws", "expect")}.items():
            for key in keys:
                self.assertIn(key, summary["spec"][section])
        self.write("again.toml", "".join(f"{key} = {as_toml(value)}\n" for key, value in summary["spec"].items()))
        self.orbitwalk("run", "again.toml", "--quiet", "--threads", "1", "--out", "again")
        self.assertEqual(outcome(self.summary("again")), outcome(summary))

    def test_equal_runs_differ_in_time_only(self):
        one, two = (self.simulate(spec(), out=name) for name in ("one", "two"))
        for summary in (one, two):
            del summary["wall_seconds"], summary["particle_steps_per_second"]
        self.assertEqual(one, two)

    def test_another_seed_differs(self):
        one, two = (self.simulate(spec(), "--seed", seed, out="seed" + seed) for seed in "12")
        self.assertNotEqual(one["digest"], two["digest"])

    def test_step_bias(self):
        for factor in (0.5, 2.0):  # a smaller second step and a larger one
            with self.subTest(factor=factor):
                summary = self.simulate(spec(compare=f'laws = ["isotropic"]\nstep_bias = {{ factor = {factor} }}\n'), "--force")
                self.check_keys(summary["step_bias"]["r"], {"mean": NUMBER, "standard_error": NUMBER}, "step_bias.r")

    def test_accuracy(self):
        """Scheme, step and particles are chosen, kept in the spec, and the result measures its own bias."""
        chosen = {"model": 'name = "hadamard"\nweight_decay = 1.0\n', "dynamics": "temperature = 0.3\nstep = 8e-3\n",
                  "ensemble": "particles = 10\nburn_in = 500\nsteps = 250\nevery = 250\nseed = 7\nshared_start = false\n",
                  "observe": 'histogram = [{ of = "w1", bins = 50, range = [-3.0, 3.0] }]\n', "compare": 'laws = ["isotropic"]\nexpect = ["isotropic"]\n'}
        summary = self.simulate(spec(**chosen), "--accuracy", "0.02", out="chosen")
        dynamics, accuracy = summary["spec"]["dynamics"], summary["accuracy"]
        self.assertEqual((dynamics["scheme"], dynamics["variates"]), ("leimkuhler_matthews", "dyadic"))
        best, = (each for each in accuracy["candidates"] if each["chosen"])
        self.assertEqual((dynamics["step"], best["scheme"]), (best["step"], "leimkuhler_matthews"))
        self.assertGreater(dynamics["step"], 8e-3)
        self.assertGreater(summary["particles"], 10000)
        w = accuracy["observables"]["w1"]
        self.assertIs(w["reached"], True)
        self.assertLessEqual(abs(w["bias"]) + 2 * w["standard_error"], w["allowed"])
        self.assertAlmostEqual(w["allowed"], 0.02 * summary["observables"]["w1"]["variance"] ** 0.5)
        self.assertIn("step that is enough", self.orbitwalk("report", "chosen", "--text").out)
        # The same spec without --accuracy repeats the run.
        self.write("again.toml", "".join(f"{key} = {as_toml(value)}\n" for key, value in summary["spec"].items()))
        self.orbitwalk("run", "again.toml", "--quiet", "--out", "again")
        self.assertEqual(self.summary("again")["digest"], summary["digest"])
        kept = self.simulate(spec(**{**chosen, "dynamics": chosen["dynamics"] + 'scheme = "euler_maruyama"\nvariates = "gaussian"\n'}), "--accuracy", "0.05", out="kept")
        self.assertEqual((kept["spec"]["dynamics"]["scheme"], kept["spec"]["dynamics"]["variates"]), ("euler_maruyama", "gaussian"))
        self.write("mala.toml", spec(**{**chosen, "dynamics": 'name = "mala"\ntemperature = 0.3\nstep = 8e-3\n'}))
        self.assertRegex(self.orbitwalk("run", "mala.toml", "--accuracy", "0.1", expect=2).err, "Metropolis dynamics has no step bias")

    def test_accuracy_extrapolated(self):
        """Where less work, the means of two steps are extrapolated: an OU process under Euler-Maruyama, whose mean loss is T/2 / (1 - h/2)."""
        text = spec(model='name = "linear"\nloss = { target = [0.0], stiffness = 1.0 }\n', dynamics='scheme = "euler_maruyama"\ntemperature = 1.0\nstep = 1e-2\n',
                    ensemble="particles = 10\nburn_in = 800\nsteps = 200\nevery = 200\nseed = 7\nshared_start = false\n",
                    observe='histogram = [{ of = "loss", bins = 50, range = [0.0, 10.0] }]\n', compare="laws = []\n")
        summary = self.simulate(text, "--accuracy", "0.004", out="first")
        accuracy = summary["accuracy"]
        plain, chosen = accuracy["candidates"]
        self.assertEqual([(c["extrapolated"], c["chosen"]) for c in (plain, chosen)], [(False, False), (True, True)])
        self.assertLess(chosen["particle_steps"], plain["particle_steps"])
        self.assertEqual((chosen["order"], chosen["next_order"], len(chosen["next_coefficients"]), len(chosen["next_coefficient_errors"])), (1, 2, 1, 1))
        extrapolation = accuracy["extrapolation"]
        self.assertEqual((extrapolation["order"], extrapolation["next_order"]), (1, 2))
        h, double, third = extrapolation["steps"]
        self.assertEqual((h, double), (summary["spec"]["dynamics"]["step"], 2 * h))
        self.assertIn(third / h, (4, 8))
        self.assertEqual((h, extrapolation["particles"][0]), (chosen["step"], summary["particles"]))
        loss, observed = extrapolation["observables"]["loss"], summary["observables"]["loss"]
        self.assertEqual((loss["means"][0], loss["standard_errors"][0]), (observed["mean"], observed["standard_error"]))
        self.assertAlmostEqual(loss["mean"], 2 * loss["means"][0] - loss["means"][1])
        self.assertAlmostEqual(loss["standard_error"], math.hypot(2 * loss["standard_errors"][0], loss["standard_errors"][1]))
        # Exact: 1/2. Four standard errors fail a right program once in 16,000 seeds, and the remaining bias is small beside them.
        self.assertLess(abs(loss["mean"] - 0.5), 4 * loss["standard_error"])
        self.assertGreater(abs(observed["mean"] - 0.5), 8 * observed["standard_error"], "the twin: the run at h")
        reached = accuracy["observables"]["loss"]
        self.assertEqual((reached["bias"], reached["standard_error"]), (loss["remaining_bias"], loss["standard_error"]))
        self.assertIs(reached["reached"], True)
        self.assertLessEqual(abs(reached["bias"]) + 2 * reached["standard_error"], reached["allowed"])
        self.assertIn("mean, step → 0", self.orbitwalk("report", "first", "--text").out)
        single = self.simulate(text, "--accuracy", "0.004", "--no-extrapolation", out="single")["accuracy"]
        self.assertEqual(([c["step"] for c in single["candidates"]], "extrapolation" in single), ([plain["step"]], False))
        again = self.simulate(text, "--accuracy", "0.004", "--threads", "2", out="again")
        self.assertEqual((again["digest"], again["accuracy"]), (summary["digest"], accuracy))

    def test_shell_extrapolation(self):
        """Laws are held against the limit of two widths, also when compared again."""
        on_shell = {"model": 'name = "relu"\ninputs = 3\noutputs = 3\nhidden = 1\nloss = { kind = "strength_quadratic", target = 1.0, stiffness = 2.0 }\n',
                    "dynamics": 'name = "mala"\ntemperature = 0.3\nstep = 2e-2\nshell = { width = 0.2 }\n',
                    "ensemble": "particles = 4000\nburn_in = 300\nsteps = 2\nevery = 2\nseed = 7\nshared_start = false\n",
                    "observe": 'histogram = [{ of = "strength1", bins = 50, range = [0.0, 4.0] }]\n'}
        both = 'laws = ["gauge_slice"]\nshell_extrapolation = { factor = 2 }\n'
        summary = self.simulate(spec(**on_shell, compare=both), out="both")
        shell, near = summary["shell_extrapolation"], summary["observables"]["strength1"]
        self.assertEqual((shell["width"], shell["factor"], shell["order"]), (0.2, 2, 2))
        far, limit = shell["observables"]["strength1"], shell["observables"]["strength1"]["extrapolated"]
        self.assertNotEqual(far["histogram"]["counts"], near["histogram"]["counts"])
        self.assertAlmostEqual(limit["mean"], (4 * near["mean"] - far["mean"]) / 3)
        self.assertAlmostEqual(limit["effective_sample_size"], 9 / (16 / near["effective_sample_size"] + 1 / far["effective_sample_size"]))
        law, = summary["laws"]
        self.assertAlmostEqual(law["mean_z"], (limit["mean"] - law["mean"]) / limit["standard_error"])
        self.assertEqual(law["effective_sample_size"], limit["effective_sample_size"])
        self.assertIn("shell → 0", self.orbitwalk("report", "both", "--text").out)
        ks = "%.2e" % law["ks"]
        self.assertIn(ks, self.orbitwalk("compare", "both").out)
        self.assertNotIn(ks, self.orbitwalk("compare", "both", "--set", "compare.shell_extrapolation.order=1").out)
        alone = self.simulate(spec(**on_shell, compare='laws = ["gauge_slice"]\n'), out="alone")
        self.assertNotIn("shell_extrapolation", alone)
        self.assertEqual(alone["digest"], summary["digest"])
        self.assertNotEqual(alone["laws"][0]["ks"], law["ks"])

    @unittest.skipIf(h5py is None, "no h5py: result.h5 is not looked into")
    def test_result_h5(self):
        summary = self.simulate(spec(**PROJECTED))
        with h5py.File(self.folder / "out/result.h5") as h5:
            text = h5.attrs["spec"]
            self.assertEqual(json.loads(text if isinstance(text, str) else text.decode()), summary["spec"])
            self.assertEqual(h5["/observables/r/counts"][:].tolist(), summary["observables"]["r"]["histogram"]["counts"])
            self.assertEqual(h5["/observables/r/edges"][:].tolist(), summary["observables"]["r"]["histogram"]["edges"])
            self.assertEqual(h5["/observables/r"].attrs["mean"], summary["observables"]["r"]["mean"])
            self.assertEqual(h5["/laws/projected/r/density"].shape, (50,))
            self.assertEqual(h5["/diverged"].shape, (0, 2))


class Printed(TemporaryFolder):
    def setUp(self):
        super().setUp()
        self.write("spec.toml", spec())

    def on_terminal(self, *args):
        """Exit code and what reached a terminal on stderr."""
        ours, theirs = pty.openpty()
        env = {**harness.environment(), "TERM": "xterm"}
        process = subprocess.Popen([harness.PROGRAM, *args], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=theirs, env=env)
        os.close(theirs)
        text = b""
        try:
            while select.select([ours], [], [], 60 * harness.SLOWDOWN)[0]:
                piece = os.read(ours, 65536)
                if not piece:
                    break
                text += piece
        except OSError:  # Linux: the other end is closed
            pass
        finally:
            os.close(ours)
        return process.wait(timeout=60), text.decode("utf-8", "replace")

    def test_tables(self):
        result = self.orbitwalk("run", "spec.toml", "--threads", "1")
        for word in ("observable", "mean", "nested R-hat", "isotropic", "accepted", "digest"):
            self.assertIn(word, result.out)
        self.assertEqual(list(self.folder.iterdir()), [self.folder / "spec.toml"])  # no --out: nothing written

    def test_quiet(self):
        result = self.orbitwalk("run", "spec.toml", "--threads", "1", "--quiet", "--out", "out")
        for word in ("observable", "R-hat", "isotropic", "density"):
            self.assertNotIn(word, result.out)
        self.assertEqual(self.orbitwalk("run", "spec.toml", "--threads", "1", "--quiet").out, "")

    def test_no_bar_without_terminal(self):
        self.assertEqual(self.orbitwalk("run", "spec.toml", "--threads", "1").err, "")

    def test_bar_on_a_terminal(self):
        code, text = self.on_terminal("run", "spec.toml", "--threads", "1")
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\r *\d+\.\d%  \S+ particle-steps/s")
        self.assertTrue(text.endswith("\r\x1b[K"), repr(text))  # the line is cleared at the end

    def test_no_bar_when_quiet(self):
        self.assertEqual(self.on_terminal("run", "spec.toml", "--threads", "1", "--quiet"), (0, ""))

    def test_report_repeats_the_run(self):
        run = self.orbitwalk("run", "spec.toml", "--threads", "1", "--out", "out")
        report = self.orbitwalk("report", "out", "--text")
        self.assertEqual(report.out, run.out[:run.out.index("\nresults: ")])
        self.assertEqual(self.orbitwalk("report", "out", "out", "--text").out.count("== out"), 2)

    def test_output_that_cannot_be_written_is_an_error(self):
        for args in (("models",), ("laws", "--json"), ("run", "spec.toml", "--threads", "1"), ("predict", "spec.toml")):
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                result = self.orbitwalk(*args, expect=5, stdout=full)
                self.assertRegex(result.err, r"\Aorbitwalk: .*(output|stdout).*\n\Z")


class Commands(TemporaryFolder):
    NAMES = {"run": ("--set", "--backend", "--threads", "--seed", "--particles", "--out", "--resume", "--quiet", "--force", "--accuracy", "--no-extrapolation", "--checkpoint-seconds"),
             "predict": ("--set",), "compare": ("--set",), "report": ("--out", "--force", "--text"), "models": ("--json",), "dynamics": ("--json",),
             "laws": ("--json",), "bench": ("--case", "--repeat", "--json")}

    def test_help(self):
        overview = self.orbitwalk("--help").out
        for command, options in self.NAMES.items():
            with self.subTest(command=command):
                self.assertRegex(overview, rf"(?m)^ +{command} ")
                page = self.orbitwalk(command, "--help")
                self.assertEqual(page.err, "")
                for option in (*options, "--help"):
                    self.assertRegex(page.out, rf"(?m)^ .*{option}\b")

    def test_bench(self):
        result = self.orbitwalk("bench", "--case", "hadamard, dyadic", "--seconds", "0.02", "--repeat", "3", "--particles", "512", "--threads", "1", "--json")
        cases = json.loads(result.out)
        self.assertEqual([(c["case"], c["precision"]) for c in cases], [("hadamard, dyadic", "float"), ("hadamard, dyadic", "double")])
        for c in cases:
            self.assertTrue(0 < c["minimum"] <= c["particle_steps_per_second"] <= c["maximum"], c)
            self.assertEqual(c["variates_per_second"], 2 * c["particle_steps_per_second"])
            self.assertAlmostEqual(c["share_of_variates_alone"], c["variates_per_second"] / c["variates_alone_per_second"])
            self.assertEqual(c["particles"], 512)
        self.assertIn("there are: hadamard, gaussian;", self.orbitwalk("bench", "--case", "hadamrd", expect=2).err)

    def test_help_lists_the_exit_codes(self):
        self.assertRegex(self.orbitwalk("--help").out, r"(?s)Exit codes: 0 .*2 .*3 .*4 .*5 .*130 ")

    def test_version(self):
        self.assertRegex(self.orbitwalk("--version").out, r"\Aorbitwalk \d+\.\d+\.\d+\S*\n\Z")

    def test_catalogues(self):
        for command, known, keys in (("models", "radial", {"name", "summary", "equation", "observables"}),
                                     ("dynamics", "euler_maruyama", {"name", "equation", "weak order", "source"}),
                                     ("laws", "projected", {"name", "summary", "equation", "source"})):
            pages = json.loads(self.orbitwalk(command, "--json").out)
            names = [page["name"] for page in pages]
            self.assertIn(known, names)
            text = self.orbitwalk(command).out
            for page in pages:
                with self.subTest(command=command, name=page["name"]):
                    self.assertLessEqual(keys, set(page))
                    self.assertRegex(text, rf"(?m)^{page['name']} ")
                    self.assertEqual(json.loads(self.orbitwalk(command, page["name"], "--json").out), page)
                    self.assertRegex(self.orbitwalk(command, page["name"]).out, rf"\Aname: {page['name']}\n")

    def test_predict(self):
        self.write("spec.toml", spec(**PROJECTED))
        laws = json.loads(self.orbitwalk("predict", "spec.toml", "--json").out)
        self.assertEqual([(law["name"], law["observable"]) for law in laws], [("projected", "r"), ("isotropic", "r")])
        text = self.orbitwalk("predict", "spec.toml").out
        for law in laws:
            self.assertIn(f"{law['mean']:.8g}", text)
        changed = json.loads(self.orbitwalk("predict", "spec.toml", "--json", "--set", "model.loss.radius=2.5").out)
        self.assertGreater(changed[0]["mean"], laws[0]["mean"] + 0.5)

    def test_no_section_is_needed_that_has_defaults(self):
        for model in (page["name"] for page in json.loads(self.orbitwalk("models", "--json").out)):
            with self.subTest(model=model):
                self.write("bare.toml", f'[model]\nname = "{model}"\n[dynamics]\ntemperature = 0.5\nstep = 1e-3\n'
                                        "[ensemble]\nparticles = 300\nburn_in = 10\nsteps = 10\n")
                self.orbitwalk("run", "bare.toml", "--threads", "1", "--quiet")

    def test_the_default_of_every_fits_any_number_of_steps(self):
        self.simulate(spec(ensemble="particles = 300\nburn_in = 0\nsteps = 70\n"))


class ExitCodes(TemporaryFolder):
    def test_expected_law_rejected(self):
        for law, code in (("isotropic", 4), ("projected", 0)):
            text = spec(**{**PROJECTED, "compare": f'laws = ["projected", "isotropic"]\nexpect = ["{law}"]\n'})
            summary = self.simulate(text, out=law, expect=code)  # the result is there in both cases
            result = self.orbitwalk("compare", law, expect=code)
            self.assertEqual(result.err, "orbitwalk: expected law rejected: isotropic (r)\n" if code else "")
            self.assertEqual(len(summary["laws"]), 2)

    def test_compare_again(self):
        summary = self.simulate(spec(**PROJECTED))
        before = harness.snapshot(self.folder)
        self.assertIn("rejected", self.orbitwalk("compare", "out").out)
        result = self.orbitwalk("compare", "out", "--set", 'compare.laws=["isotropic"]')
        self.assertNotIn("projected", re.sub(r".* · .*", "", result.out))
        self.assertIn("%.6f" % summary["laws"][1]["mean"], result.out)
        self.orbitwalk("compare", "out", "--set", 'compare.expect=["isotropic"]', expect=4)
        self.assertEqual(harness.snapshot(self.folder), before)

    def test_compare_finds_the_data_from_any_folder(self):
        self.write("there/t.csv", "a,b,y\n1,2,3\n2,1,4\n3,5,6\n4,4,7\n")
        self.write("there/spec.toml", spec(model='name = "hadamard"\n', data='file = "t.csv"\ntarget = "y"\n', observe="",
                                           compare="laws = []\n"))
        self.orbitwalk("run", "there/spec.toml", "--threads", "1", "--quiet", "--out", "out")
        self.orbitwalk("compare", "out")

    def diverged(self, text, code, *args):
        self.write("spec.toml", text)
        result = self.orbitwalk("run", "spec.toml", "--quiet", "--threads", "1", "--out", "out", "--force", *args, expect=code)
        found = self.summary()["diverged"]
        if code == 3:
            self.assertRegex(result.err, rf"\Aorbitwalk: {found['count']} of \d+ particles diverged, the first at step "
                                         rf"{found['first_step']}\b.*\n\Z")
        return found

    def test_all_diverge(self):
        for laws in ("[]", '["isotropic"]'):
            with self.subTest(laws=laws):
                text = spec(dynamics="temperature = 0.49\nstep = 1e6\n", compare=f"laws = {laws}\n")
                found = self.diverged(text, 3)
                self.assertEqual(found["count"], 512)
                self.assertTrue(1 <= found["first_step"] <= 40)
                self.assertEqual(self.diverged(text, 0, "--set", "ensemble.allowed_diverged=1"), found)

    def test_some_diverge(self):
        text = spec(model='name = "gram_product"\n', dynamics="temperature = 0.5\nstep = 0.2\n", observe="", compare="laws = []\n")
        found = self.diverged(text, 3)
        self.assertTrue(0 < found["count"] < 512, found)
        # Those that are on their way to infinity at the end count as well.
        share = (found["count"] + self.summary().get("blown_up", {"count": 0})["count"]) / 512
        self.diverged(text, 3, "--set", f"ensemble.allowed_diverged={share - 1e-3:.6f}")
        self.diverged(text, 0, "--set", f"ensemble.allowed_diverged={share + 1e-3:.6f}")
        if h5py:
            with h5py.File(self.folder / "out/result.h5") as h5:
                rows = h5["/diverged"][:]
                self.assertEqual((rows.shape, rows[:, 1].min()), ((found["count"], 2), found["first_step"]))


    @unittest.skipIf(harness.SANITIZED, "a memory limit would stop the sanitizer")
    def test_threads_beyond_memory(self):
        """A thread that cannot be started ends the run in order, or leaves it to the others."""
        self.write("spec.toml", spec(ensemble="particles = 2_000_000\nburn_in = 0\nsteps = 50\n", compare="laws = []\n"))
        result = harness.run("run", "spec.toml", "--quiet", "--threads", "5000", "--chunk", "256", "--set", "observe.quantiles=false",
                             cwd=self.folder, memory=1500 << 20)
        self.check_clean(result)
        self.assertIn(result.code, (0, 5), result.err)
        self.assertEqual(len(result.err.splitlines()), 1 if result.code else 0)


class Overrides(TemporaryFolder):
    def test_force(self):
        first = self.simulate(spec(), "--seed", "1")
        before = harness.snapshot(self.folder)
        self.orbitwalk("run", "spec.toml", "--out", "out", "--seed", "2", "--quiet", "--threads", "1", expect=2)
        self.assertEqual(harness.snapshot(self.folder), before)
        second = self.simulate(spec(), "--seed", "2", "--force")
        self.assertNotEqual(first["digest"], second["digest"])
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"spec.toml", "out"})

    def test_options_are_in_the_spec(self):
        summary = self.simulate(spec(), "--seed", "11", "--particles", "300", "--set", "model.loss.radius=1.25", "--set",
                                "observe.histogram.0.bins=7", "--set", "ensemble.precision=double")
        self.assertEqual((summary["seed"], summary["spec"]["ensemble"]["seed"]), (11, 11))
        self.assertEqual((summary["particles"], summary["spec"]["ensemble"]["particles"]), (300, 300))
        self.assertEqual(summary["spec"]["model"]["loss"]["radius"], 1.25)
        self.assertEqual(len(summary["observables"]["r"]["histogram"]["counts"]), 7)
        self.assertEqual((summary["precision"], summary["spec"]["ensemble"]["precision"]), ("double", "double"))

    def test_options_equal_the_same_spec(self):
        one = self.simulate(spec(), "--seed", "11", "--particles", "1e3", "--set", "ensemble.steps=40", out="one")
        text = spec(ensemble="particles = 1000\nburn_in = 20\nsteps = 40\nevery = 10\nseed = 11\n")
        self.assertEqual(outcome(one), outcome(self.simulate(text, out="two")))

    def test_the_option_wins_over_set(self):
        self.assertEqual(self.simulate(spec(), "--set", "ensemble.seed=3", "--seed", "4")["seed"], 4)

    def test_large_seed(self):
        self.assertEqual(self.simulate(spec(), "--seed", "9007199254740993")["seed"], 9007199254740993)


if __name__ == "__main__":
    unittest.main()
