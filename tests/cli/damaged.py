# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Output folders, checkpoints and results that are in the way, locked or damaged: each is refused with its exit code and one message
(refusals.py)."""
import fcntl
import json
import os
import struct
import unittest

import harness
from harness import spec as quick
from refusals import CASES, Checks, add_tests, case, spec

# --- output folders -------------------------------------------------------------------------------------------------
MARK = "out.partial/.orbitwalk-partial"
OURS = '{"program": "orbitwalk"}'


def out(*options, to="out"):
    return ("run", "spec.toml", "--threads", "1", "--out", to, *options)


case("out_exists", 2, r".*out: a result already exists; use --force.*", spec(), files={"out/summary.json": OURS}, args=out())
case("out_of_another_program", 2, r".*out: its summary\.json was not written by this program; choose another", spec(),
     files={"out/summary.json": '{"coverage": 1}', "out/src/main.c": "code"}, args=out("--force"))
case("out_of_another_command", 2, r".*out: it holds a result of orbitwalk reproduce; choose another", spec(),
     files={"out/summary.json": '{"program": "orbitwalk", "kind": "reproduce"}'}, args=out("--force"))
case("out_with_files_of_the_user", 2, r".*out: holds files that this program did not write \(notes\.txt\); move them away.*", spec(),
     files={"out/summary.json": OURS, "out/notes.txt": "dear"}, args=out("--force"))
case("out_is_the_working_directory", 2, r".*: is the working directory, .* --out \./result", spec(), args=out(to="."))
case("out_is_a_mount_point", 2, r"/proc: is a mount point, .* --out /proc/result", spec(), args=out(to="/proc"))
case("out_of_something_else", 2, r".*out: the folder exists and holds no result.*", spec(), files={"out/thesis.tex": "\\end"}, args=out("--force"))
case("out_is_a_file", 5, r".*out: cannot create the result folder: .+", spec(), files={"out": "text"}, args=out("--force"))
case("out_below_a_file", 5, r".*plain.*: cannot .+", spec(), files={"plain": "text"}, args=out(to="plain/out"))
case("out_below_proc", 5, r"/proc.*: cannot .+", spec(), args=out(to="/proc/orbitwalk/out"))
case("out_below_dev_full", 5, r"/dev/full.*: cannot .+", spec(), args=out(to="/dev/full/out"))
case("out_is_the_root", 2, r".*output folder: .+", spec(), args=out(to="/"))
case("out_empty", 2, r".*(--out|output folder).*", spec(), args=out(to=""))
case("out_name_too_long", 5, r".+: cannot .+", spec(), args=out(to="x" * 300))
case("out_partial_of_something_else", 5, r".*out\.partial: cannot use the folder: .+", spec(), files={"out.partial/thesis.tex": "\\end"},
     args=out("--force"))
case("out_partial_is_a_file", 5, r".*out\.partial: cannot create the folder: .+", spec(), files={"out.partial": "text"}, args=out())
case("out_interrupted", 2, r".*out\.partial: an interrupted run is there; use --resume.*--force.*", spec(),
     files={MARK: "", "out.partial/checkpoint": "x"}, args=out())
case("out_disk_full", 5, r".*(summary\.json|result\.h5).*: cannot .*write.*: .+", quick(), file_size=3000, args=out("--quiet"))


def lock_partial(test):
    folder = os.open(test.folder / "out.partial", os.O_RDONLY)
    test.addCleanup(os.close, folder)
    fcntl.flock(folder, fcntl.LOCK_EX)


case("out_in_use", 5, r".*out\.partial: .*another run is writing there", spec(), files={MARK: ""}, args=out(), setup=lock_partial)


# --- checkpoints ----------------------------------------------------------------------------------------------------
def with_checksum(content):
    total = 0xCBF29CE484222325
    for byte in content:
        total = (total ^ byte) * 0x100000001B3 % (1 << 64)
    return content + struct.pack("<Q", total)


def checkpoint(identity, *lists):
    """The file format of src/run/checkpoint.cpp: lists with their lengths in front (here: (count, bytes))."""
    content = b"orbitwalk checkpoint 4\n" + struct.pack("<Q", len(identity)) + identity
    for count, values in lists:
        content += struct.pack("<Q", count) + values
    return with_checksum(content)


DAMAGED = r".*out\.partial/checkpoint: damaged checkpoint.*"
for name, content in {
    "empty": b"",
    "garbage": bytes(range(256)),
    "text": b"orbitwalk checkpoint 4\n",
    "truncated": checkpoint(b"someone", (2, b"\1\1"))[:-9],
    "bit_flipped": bytes([*checkpoint(b"someone", (2, b"\1\1"))[:-12], 7, *checkpoint(b"someone", (2, b"\1\1"))[-11:]]),
    "length_beyond_file": with_checksum(b"orbitwalk checkpoint 4\n" + struct.pack("<Q", 1 << 60)),
    "length_overflows": with_checksum(b"orbitwalk checkpoint 4\n" + b"\xff" * 8),
}.items():
    case("checkpoint_" + name, 5, DAMAGED, spec(), files={MARK: "", "out.partial/checkpoint": content}, args=out("--resume"))
case("checkpoint_of_another_run", 2, r".*checkpoint: the interrupted run is a different one: other spec.*", spec(), args=out("--resume"),
     files={MARK: "", "out.partial/checkpoint": checkpoint(b"another spec")})
case("checkpoint_of_another_format", 2, r".*checkpoint: the interrupted run is from another version .*format 3.*--force", spec(), args=out("--resume"),
     files={MARK: "", "out.partial/checkpoint": with_checksum(b"orbitwalk checkpoint 3\n" + bytes(64))})
case("checkpoint_is_a_folder", 5, r".*checkpoint: .+", spec(), args=out("--resume"), files={MARK: "", "out.partial/checkpoint": None})


def identity(test):
    """What the program writes in front of a checkpoint of quick()."""
    harness.run(*out("--quiet", to="model"), cwd=test.folder)
    summary = json.loads((test.folder / "model/summary.json").read_text())
    plan = dict(integrator="euler_maruyama", noise="isotropic", variates=0, step=0.01, seed=7, particles=512, burn_in=20, steps=20, every=10, shell_width=0)
    return json.dumps(dict(build=summary["build"], phase="", plan=plan, files=[], spec=summary["spec"], options={})).encode()


SECONDS = (1, struct.pack("<d", 1.5))


def short_lists(test):
    (test.folder / "out.partial/checkpoint").write_bytes(checkpoint(identity(test), SECONDS, (1, b"\1")))


def lists_of_another_size(test):
    (test.folder / "out.partial/checkpoint").write_bytes(checkpoint(identity(test), SECONDS, (2, b"\0\0"), (1 << 61, bytes(64))))


def complete(done=b"\0\0", counts=0):
    """Lists of quick()'s sizes: 2 blocks, 1 quantity, 2 batches of 23 cells, 512 last values, and no block that was stopped inside."""
    cells = [0] * (2 * 2 * 23)
    cells[3] = counts

    def setup(test):
        lists = (SECONDS, (2, done), (2, bytes(128)), (92, struct.pack("<92Q", *cells)), (512, bytes(2048)), (0, b""), (0, b""), (0, b""), (1, bytes(32)), *7 * [(0, b"")])
        (test.folder / "out.partial/checkpoint").write_bytes(checkpoint(identity(test), *lists))

    return setup


case("checkpoint_with_a_block_neither_done_nor_not", 5, DAMAGED + "neither done nor not done.*", quick(), files={MARK: "", "out.partial/checkpoint": ""},
     args=out("--resume"), setup=complete(done=b"\2\0"))
case("checkpoint_with_counts_of_no_block", 5, DAMAGED + "1 observations of r where the complete blocks have 0.*", quick(), files={MARK: "", "out.partial/checkpoint": ""},
     args=out("--resume"), setup=complete(counts=1))
for name, setup in (("short_lists", short_lists), ("sizes", lists_of_another_size)):
    case("checkpoint_" + name, 5, DAMAGED, quick(), files={MARK: "", "out.partial/checkpoint": ""}, args=out("--resume"), setup=setup)

# --- results for compare and report ---------------------------------------------------------------------------------
for command in ("compare", "report"):
    case(command + "_folder_missing", 5, r"nowhere/summary\.json: cannot open: .+", args=(command, "nowhere"))
    case(command + "_not_json", 5, r"res/summary\.json: not valid JSON: .+", args=(command, "res"), files={"res/summary.json": "{ half"})
    case(command + "_not_an_object", 5, r"res/summary\.json: not a summary of orbitwalk.*", args=(command, "res"), files={"res/summary.json": "[1]"})
    case(command + "_empty_object", 5, r"res/summary\.json: not a summary of orbitwalk.*", args=(command, "res"), files={"res/summary.json": "{}"})
    case(command + "_empty_file", 5, r"res/summary\.json: .+", args=(command, "res"), files={"res/summary.json": ""})
    case(command + "_summary_is_a_folder", 5, r"res/summary\.json: cannot read: .+", args=(command, "res"), files={"res/summary.json": None})
    case(command + "_deep_json", 5, r"res/summary\.json: .+", args=(command, "res"), files={"res/summary.json": "[" * 1_000_000})


def damaged_summary(change):
    def setup(test):
        harness.run(*out("--quiet", to="res"), cwd=test.folder)
        path = test.folder / "res/summary.json"
        summary = json.loads(path.read_text())
        change(summary)
        path.write_text(json.dumps(summary))

    return setup


def damage(name, change, commands=("compare", "report"), message=r".*summary\.json: .+", code=5):
    for command in commands:
        case(f"{command}_{name}", code, message, quick(), args=(command, "res"), setup=damaged_summary(change))


damage("without_observables", lambda s: s.pop("observables"))
damage("without_version", lambda s: s.pop("version"))
damage("without_notes", lambda s: s.pop("notes"))
damage("without_stationarity", lambda s: s["stationarity"].clear())
damage("without_diverged", lambda s: s.pop("diverged"))
damage("without_laws", lambda s: s.pop("laws"), commands=("report",))
damage("law_is_a_number", lambda s: s.update(laws=[3]), commands=("report",))
damage("law_without_density", lambda s: s["laws"][0].pop("density"), commands=("report",))
damage("short_density", lambda s: s["laws"][0].update(density=[1.0]), commands=("report",))
damage("without_histogram", lambda s: s["observables"]["r"].pop("histogram"))
damage("short_edges", lambda s: s["observables"]["r"]["histogram"].update(edges=[0.0]))
damage("no_edges", lambda s: s["observables"]["r"]["histogram"].update(edges=[], counts=[]))
damage("edges_reversed", lambda s: s["observables"]["r"]["histogram"]["edges"].reverse())
damage("edges_equal", lambda s: s["observables"]["r"]["histogram"].update(edges=[1.0] * 21))
damage("counts_of_text", lambda s: s["observables"]["r"]["histogram"].update(counts=["many"] * 20))
damage("counts_negative", lambda s: s["observables"]["r"]["histogram"].update(counts=[-1] * 20))
damage("particles_text", lambda s: s.update(particles="lots"))
damage("mean_text", lambda s: s["observables"]["r"].update(mean="about one"))
damage("observable_gone", lambda s: s["observables"].update(x=s["observables"].pop("r")), commands=("compare",))
damage("spec_gone", lambda s: s.pop("spec"))
damage("spec_number", lambda s: s.update(spec=3), commands=("report",))
damage("spec_number", lambda s: s.update(spec=3), commands=("compare",), code=2, message=r"res/summary\.json: .+")
damage("spec_model_unknown", lambda s: s["spec"]["model"].update(name="unheard_of"), commands=("compare",), code=2,
       message=r"res/summary\.json: \[model\] name: unknown value \"unheard_of\".*")
for name, setting, message in (
        ("set_outside_compare", "model.dimension=4", r"--set model\.dimension=4: only keys of \[compare\].*"),
        ("set_unknown_law", 'compare.laws=["isotropik"]', r"--set compare\.laws: \[compare\] laws: unknown law \"isotropik\".*"),
        ("set_unknown_key", "compare.lows=[]", r"--set compare\.lows: \[compare\] unknown key \"lows\"; did you mean \"laws\"\?"),
        ("set_malformed", "compare.laws", r"--set: expected dotted\.key=value.*")):
    case("compare_" + name, 2, message, quick(), args=("compare", "res", "--set", setting), setup=damaged_summary(lambda s: None))


class Damaged(Checks):
    """One test for each case."""


add_tests(Damaged, CASES)

if __name__ == "__main__":
    unittest.main()
