# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What README.md and docs/ show is true: readme_test.py --program P --source S commands|paths|keys.

commands: every `orbitwalk ...` line of a code block of README.md and docs/guide.md runs, in their order, in a folder of its own. `run` is
made small (8192 particles, and laws at the significance 1e-8, the false-alarm rate of each), `bench` is asked for its
--help only. A comment "exit code N" says what to expect instead of 0. The tables of the transcript agree with a small run as far as they do
not depend on its size.
paths: every file or folder that README.md or docs/ name in code or in a link exists.
keys: docs/spec.md has every key of the specs that the examples and the models fill in, and every key that summary.json
has is in docs/design.md.
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from example_test import parse


def code_blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def fail(message):
    sys.exit(f"FAILED {message}")


class Program:
    def __init__(self, path):
        self.path = path

    def __call__(self, words, folder, code=0):
        done = subprocess.run([str(self.path), *words], cwd=folder, capture_output=True, text=True, timeout=600,
                              env={"LC_ALL": "C.UTF-8"})
        if done.returncode != code:
            fail(f"orbitwalk {' '.join(words)}: exit code {done.returncode}, expected {code}\n{done.stderr}")
        return done.stdout


def small(words):
    if words[0] == "run":
        return [*words, "--particles", "8192", "--threads", "1", "--backend", "cpu", "--set", "compare.significance=1e-8"]
    return [*words, "--help"] if words[0] == "bench" else words


def law_table(output):
    """Lines of the table of laws: observable, law, mean of the law, verdict."""
    lines = [line.split() for line in output.splitlines()]
    verdicts = ("accepted", "rejected", "inconclusive")
    return [(line[0], line[1], line[2], line[-1]) for line in lines if line and line[-1] in verdicts]


def commands(source, program):
    text = (source / "README.md").read_text()
    pages = text + (source / "docs/guide.md").read_text()
    lines = [line for block in code_blocks(pages, "sh") for line in block.splitlines()]
    ran = 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "examples").symlink_to(source / "examples")
        for line in lines:
            words = shlex.split(line, comments=True)
            if not words or words[0] != "orbitwalk":
                if words and not (source / words[0]).exists():
                    fail(f"README.md: {words[0]} does not exist")
                continue
            said = re.search(r"#.*exit code (\d+)", line)
            program(small(words[1:]), folder, int(said.group(1)) if said else 0)
            print(f"{line.strip()}: runs")
            ran += 1
        if ran < 5:
            fail(f"README.md and docs/guide.md: only {ran} commands found")
        transcripts = code_blocks(text, "console")
        if not transcripts:
            fail("README.md: no transcript")
        for transcript in transcripts:
            first = transcript.splitlines()[0]
            if not first.startswith("$ orbitwalk "):
                fail(f"README.md: a transcript starts with {first!r}")
            output = program(small(shlex.split(first)[2:]), folder)
            if not law_table(transcript) or law_table(transcript) != law_table(output):
                fail(f"README.md: the transcript has {law_table(transcript)}, the program says {law_table(output)}")
            titles = [[line.split() for line in text.splitlines() if line.startswith("observable")]
                      for text in (transcript, output)]
            if titles[0] != titles[1]:
                fail("README.md: the columns of the transcript are not those of the program")
            print(f"{first}: the transcript agrees")


# Names with a slash that stand for something else than a file of the repository.
NOT_FILES = re.compile(r"^(/|build/|results/|https?:|<|\[)|[ =*<>{}()\"\\]|DIR|OUT|NAME")


def paths(source, program):
    looked_at = 0
    for page in [source / "README.md", source / "examples/README.md", *sorted((source / "docs").glob("*.md"))]:
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
        named = [(page.parent, name) for name in re.findall(r"\]\(([^)#]+)\)", text)]
        named += [(source, name) for name in re.findall(r"`([^`\s]+)`", text) if "/" in name]
        for folder, name in named:
            if NOT_FILES.search(name):
                continue
            looked_at += 1
            places = [folder / name, source / "src" / name]
            wanted = [place for place in places if place.exists() and (place.is_dir() or not name.endswith("/"))]
            if not wanted:
                fail(f"{page.name} names {name}, which does not exist")
    readme = (source / "examples/README.md").read_text()
    for spec in sorted((source / "examples").glob("*.toml")):
        if f"`{spec.stem}`" not in readme:
            fail(f"examples/README.md does not list the example {spec.stem}")
    if looked_at < 30:
        fail(f"only {looked_at} names found")
    print(f"{looked_at} names of files and folders: all there")


def key_names(tree, above=""):
    """Dotted names of all keys; elements of lists have no name of their own."""
    if isinstance(tree, list):
        return set().union(*(key_names(each, above) for each in tree), set())
    if not isinstance(tree, dict):
        return set()
    names = set()
    for key, value in tree.items():
        name = f"{above}.{key}" if above else key
        names.add(name)
        names |= key_names(value, name)
    return names


def keys(source, program):
    spec_page = (source / "docs/spec.md").read_text()
    design_page = (source / "docs/design.md").read_text()
    known = set(re.findall(r"`([A-Za-z0-9_.]+)`", spec_page))
    with tempfile.TemporaryDirectory() as folder:
        specs = sorted((source / "examples").glob("*.toml"))
        summaries = []
        for number, spec in enumerate(specs):
            words = ["run", str(spec), "--particles", "256", "--threads", "1", "--backend", "cpu", "--quiet"]
            for setting in ("ensemble.burn_in=0", "ensemble.steps=4", "ensemble.every=4", "compare.expect=[]"):
                words += ["--set", setting]
            program([*words, "--out", f"r{number}"], folder)
            summaries.append(json.loads((pathlib.Path(folder) / f"r{number}" / "summary.json").read_text()))
        for summary, spec in zip(summaries, specs):
            for section, keys_of_section in summary["spec"].items():
                for name in key_names(keys_of_section):
                    if name not in known:
                        fail(f"docs/spec.md lacks {name} of [{section}] ({spec.name})")
            told = {key for key in summary} | {key for each in summary["laws"] for key in each} | set(summary["diverged"])
            for kind in ("observables", "stationarity", "step_bias"):
                told |= {key for each in summary.get(kind, {}).values() for key in each}
            for key in told:
                if f"`{key}`" not in design_page:
                    fail(f"docs/design.md lacks the key {key} of summary.json")
    models = json.loads(program(["models", "--json"], source))
    for model in models:  # a model that the page does not name is on `orbitwalk models NAME` alone
        if model["name"] not in known:
            continue
        for listed in model["keys of [model]"]:
            for key in listed.split(", "):
                if key not in known and not any(name.startswith(key + ".") for name in known):
                    fail(f"docs/spec.md lacks {key} of {model['name']}")
        for listed in model["observables"]:
            for name in listed.split(", "):
                if f"`{name.split(' ...')[0]}`" not in spec_page:
                    fail(f"docs/spec.md lacks the observable {name} of {model['name']}")
    laws = json.loads(program(["laws", "--json"], source))
    for each in laws:
        if each["name"] not in known:
            fail(f"docs/spec.md lacks {each['name']}")
    print(f"keys of {len(specs)} examples and {len(models)} models: all described")


if __name__ == "__main__":
    options = parse(__doc__, "part")
    part = {"commands": commands, "paths": paths, "keys": keys}[options.part]
    part(options.source.resolve(), Program(options.program.resolve()))
