# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""One example, run at reduced size, and the checks that its promises are made of.

False alarms. Seeds are fixed and results have the same bits on every machine, so that a check passes always or never; the
rates are those over seeds, should the random numbers change. A law is tested at SIGNIFICANCE = 1e-8, and a mean, a
variance or a median may be TOLERANCE = 7 standard errors away from a promise (below 1e-11). A KS distance to a wrong law
may differ from the promise by the distance of the sample from its own law, which exceeds 3.4/sqrt(n) with probability
2 exp(-2 × 3.4²) = 2e-10. The hundred or so checks of all examples together stay below 1e-6.
"""
import json
import math
import pathlib
import re
import subprocess
import tempfile

SIGNIFICANCE = 1e-8
TOLERANCE = 7


class BrokenPromise(AssertionError):
    pass


def require(condition, message):
    if not condition:
        raise BrokenPromise(message)


def half_digit(text):
    """Half a unit of the last digit of a decimal number, written as in a header."""
    return 0.5 * 10.0 ** -(len(text.split(".")[1]) if "." in text else 0)


class Run:
    """What the program said: its exit code, summary.json, and the header comment of the example."""

    def __init__(self, program, spec, particles, settings=(), laws=True):
        # The header is the block of comments at the top, as one line: promises may be broken across lines.
        self.header = " ".join(line.lstrip("# ").strip() for line in spec.read_text().split("\n[", 1)[0].splitlines())
        words = [str(program), "run", str(spec), "--quiet", "--threads", "1", "--backend", "cpu",
                 "--particles", str(particles)]
        settings = [*settings, *([f"compare.significance={SIGNIFICANCE}"] if laws else [])]
        for setting in settings:
            words += ["--set", setting]
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "result"
            done = subprocess.run([*words, "--out", str(out)], capture_output=True, text=True, timeout=1000)
            self.code, self.command = done.returncode, " ".join(words)
            path = out / "summary.json"
            require(path.exists(), f"no result, exit code {self.code}\n{self.command}\n{done.stderr}")
            self.summary = json.loads(path.read_text())
        print(f"{self.command}\n  exit code {self.code}, seed {self.summary['seed']}, {self.summary['wall_seconds']:.2f} s")

    def promised(self, text):
        """The header says this: a check about a number that the header does not hold is a mistake of the check."""
        require(re.search(rf"(?<![\d.]){re.escape(text)}(?!\d)", self.header), f"the header does not say {text!r}")
        return float(text)

    def exits(self, code):
        require(self.code == code, f"exit code {self.code}, promised {code}")

    def observable(self, name):
        return self.summary["observables"][name]

    def law(self, law, observable):
        found = [each for each in self.summary["laws"] if each["name"] == law and each["observable"] == observable]
        require(len(found) == 1, f"{len(found)} comparisons of {observable} with {law}")
        return found[0]

    def verdict(self, law, observable, promised, mean=None, ks=None):
        """The verdict; and, when given, the law's mean to the digits of the header, and the KS distance."""
        found = self.law(law, observable)
        title = f"{law} law of {observable}"
        print(f"  {title}: KS {found['ks']:.2e}, critical {found['ks_critical']:.2e}, p {found['p_value']:.2g}, "
              f"{found['verdict']}; promised {promised}")
        require(found["verdict"] == promised, f"{title} {found['verdict']}, promised {promised}: {found['reason']}")
        if mean:
            value = self.promised(mean)
            bound = 1.01 * half_digit(mean)
            require(abs(found["mean"] - value) <= bound, f"{title}: mean {found['mean']}, promised {mean}")
            if promised == "accepted":
                self.mean(observable, mean)
        if ks:
            value = self.promised(ks)
            bound = 3.4 / math.sqrt(found["effective_sample_size"]) + half_digit(ks)
            require(abs(found["ks"] - value) <= bound, f"{title}: KS {found['ks']}, promised {ks}")

    def near(self, what, value, error, text):
        promised = self.promised(text)
        bound = TOLERANCE * error + half_digit(text)
        print(f"  {what}: {value:.5g} ± {error:.1g}, promised {text}, bound {bound:.2g}")
        require(abs(value - promised) <= bound, f"{what} is {value:.5g} ± {error:.1g}, promised {text}")

    def mean(self, name, text, full_size=None):
        """full_size: particles behind a promise that was measured, and is uncertain itself."""
        found = self.observable(name)
        scale = math.sqrt(1 + self.summary["particles"] / full_size) if full_size else 1
        self.near(f"mean of {name}", found["mean"], scale * found["standard_error"], text)

    def variance(self, name, text):
        found = self.observable(name)
        self.near(f"variance of {name}", found["variance"], found["variance_standard_error"], text)

    def quantile(self, name, level):
        found = self.observable(name)["last_quantiles"]
        return found["values"][found["levels"].index(level)]

    def median(self, name, text, logarithmic=False):
        """Median of the last observation; its error from the quartiles, as for a normal law (on a log scale if asked)."""
        value, low, high = (self.quantile(name, level) for level in (0.5, 0.25, 0.75))
        spread = math.log(high / low) if logarithmic else high - low
        error = 1.2533 * spread / 1.349 / math.sqrt(self.summary["particles"]) * (value if logarithmic else 1)
        # The promise is from eight times the particles or more: its own error is in the factor.
        self.near(f"median of {name}", value, 1.06 * error, text)
