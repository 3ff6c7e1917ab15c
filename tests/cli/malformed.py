# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed specs, data and arguments: each ends with its exit code and one message that names the place (refusals.py). damaged.py has
folders, checkpoints and results."""
import dataclasses
import struct
import unittest

import harness
from harness import spec as quick
from refusals import CASES, NO_MEMORY, OUT, Case, Checks, add_tests, case, spec, usage

AT = r"spec\.toml:\d+:\d+: "  # file, line, column


def line(number):
    return rf"spec\.toml:{number}:\d+: "


# --- the file -------------------------------------------------------------------------------------------------------
case("spec_missing", 5, r"nowhere\.toml: cannot open: .+", args=("run", "nowhere.toml", *OUT))
case("spec_is_a_folder", 5, r"folder: cannot read: .+", args=("run", "folder", *OUT), files={"folder": None})
case("spec_empty", 2, r"spec\.toml: the spec is empty", "")
case("spec_blank", 2, r"spec\.toml: the spec is empty", " \n\t\n")
case("spec_only_comments", 2, r"spec\.toml: .*missing key \"name\".*", "# nothing\n")
case("spec_binary", 2, AT + r"not valid TOML: .+", bytes(range(256)) * 8)
case("spec_elf", 2, AT + r"not valid TOML: .+", b"\x7fELF\x02\x01\x01" + bytes(64))
case("spec_not_utf8", 2, AT + r"not valid TOML: .+", b'[model]\nname = "radi\xff\xfeal"\n')
case("spec_not_toml", 2, line(2) + r"not valid TOML: .+", "[model]\nname radial\n")
case("spec_open_string", 2, line(2) + r"not valid TOML: .+", '[model]\nname = "radial\n')
case("spec_open_table", 2, AT + r"not valid TOML: .+", "[model\n")
case("spec_key_twice", 2, line(3) + r"not valid TOML: .+", '[model]\nname = "radial"\nname = "radial"\n')
case("spec_date", 2, AT + r".*dates and times.*", spec(observe="quantiles = 1979-05-27\n"))
case("spec_deep_lists", 2, AT + r".+", "x = " + "[" * 100_000 + "\n")
case("spec_deep_keys", 2, r"spec\.toml:1:1: .+", ".".join("a" * 100_000) + " = 1\n")
case("spec_too_large", 5, r"spec\.toml: larger than \d+ bytes, the most .*", "#" * (5 << 20))
case("spec_endless", 5, r"/dev/zero: not a file but a device", args=("run", "/dev/zero", *OUT))
case("spec_unreadable", 5, r"/proc/self/mem: cannot read: .+", args=("run", "/proc/self/mem", *OUT))
case("spec_name_with_line_break", 5, r"no.*where\.toml: cannot open: .+", args=("run", "no\nwhere.toml", *OUT))
case("spec_json", 2, AT + r"not valid TOML: .+", '{"model": {"name": "radial"}}')

# --- types, names and values, section by section --------------------------------------------------------------------
case("section_misspelt_model", 2, line(1) + r"modle: is not a section of a run spec; did you mean \"model\"\?.*",
     "[modle]\n" + harness.SECTIONS["model"] + spec(model=None))
case("section_misspelt_dynamics", 2, AT + r"dynamic: is not a section of a run spec; did you mean \"dynamics\"\?.*",
     spec(dynamics=None, dynamic=harness.SECTIONS["dynamics"]))
case("section_misspelt_ensemble", 2, AT + r"ensembel: is not a section of a run spec; did you mean \"ensemble\"\?.*",
     spec(ensemble=None, ensembel=harness.SECTIONS["ensemble"]))
case("section_misspelt_observe", 2, AT + r"obsreve: is not a section of a run spec; did you mean \"observe\"\?",
     spec(observe=None, obsreve=harness.SECTIONS["observe"]))
case("section_misspelt_compare", 2, AT + r"compair: is not a section of a run spec; did you mean \"compare\"\?",
     spec(compare=None, compair="laws = []\n"))
case("section_unknown", 2, AT + r"zebra: is not a section of a run spec; valid sections: .*model.*compare.*", spec(zebra="stripes = 3\n"))
case("section_not_a_table", 2, line(1) + r"compare: expected a table, got 3", "compare = 3\n" + spec(compare=None))
case("section_missing_model", 2, r"spec\.toml: \[model\] missing key \"name\"; expected one of \"radial\".*", spec(model=None))
case("section_missing_dynamics", 2, r"spec\.toml: \[dynamics\] missing key \"step\".*", spec(dynamics=None))
case("section_missing_ensemble", 2, r"spec\.toml: \[ensemble\] missing key \"particles\".*", spec(ensemble=None))
case("key_at_top", 2, line(1) + r"particles: is not a section of a run spec.*", "particles = 10\n" + spec())

case("model_unknown", 2, line(2) + r"\[model\] name: unknown value \"radiall\"; did you mean \"radial\"\?",
     spec(model='name = "radiall"\n'))
case("model_far_off", 2, line(2) + r"\[model\] name: unknown value \"xyzzy\"; valid values: radial, .*hadamard.*",
     spec(model='name = "xyzzy"\n'))
case("model_name_type", 2, line(2) + r"\[model\] name: expected a string, got 3", spec(model="name = 3\n"))
case("model_key_unknown", 2, line(3) + r"\[model\] unknown key \"dimensions\"; did you mean \"dimension\"\?",
     spec(model='name = "radial"\ndimensions = 3\n'))
case("model_key_of_another", 2, line(3) + r"\[model\] unknown key \"rows\".*", spec(model='name = "radial"\nrows = 3\n'))
case("model_dimension_zero", 2, line(3) + r"\[model\] dimension: expected an integer between 1 and 64, got 0",
     spec(model='name = "radial"\ndimension = 0\n'))
case("model_dimension_huge", 2, line(3) + r"\[model\] dimension: expected an integer between 1 and 64, got .+",
     spec(model='name = "radial"\ndimension = 9223372036854775807\n'))
case("model_dimension_beyond_integers", 2, line(3) + r".+", spec(model='name = "radial"\ndimension = 99999999999999999999\n'))
case("model_dimension_fraction", 2, line(3) + r"\[model\] dimension: expected an integer.*, got 2\.5",
     spec(model='name = "radial"\ndimension = 2.5\n'))
case("model_dimension_nan", 2, line(3) + r"\[model\] dimension: expected an integer.*, got nan",
     spec(model='name = "radial"\ndimension = nan\n'))
case("model_dimension_text", 2, line(3) + r"\[model\] dimension: expected an integer.*, got \"three\"",
     spec(model='name = "radial"\ndimension = "three"\n'))
case("model_loss_type", 2, line(3) + r"\[model\] loss: expected a table, got 4", spec(model='name = "radial"\nloss = 4\n'))
case("model_loss_kind", 2, line(3) + r"\[model\.loss\] kind: unknown value \"harmonics\"; did you mean \"harmonic\"\?",
     spec(model='name = "radial"\nloss = { kind = "harmonics" }\n'))
case("model_loss_key", 2, line(3) + r"\[model\.loss\] unknown key \"stifness\"; did you mean \"stiffness\"\?",
     spec(model='name = "radial"\nloss = { kind = "harmonic", stifness = 1 }\n'))
case("model_stiffness_zero", 2, line(3) + r"\[model\.loss\] stiffness: expected a positive number, got 0.*",
     spec(model='name = "radial"\nloss = { stiffness = 0 }\n'))
case("model_stiffness_inf", 2, line(3) + r"\[model\.loss\] stiffness: expected a positive number, got inf",
     spec(model='name = "radial"\nloss = { stiffness = inf }\n'))
case("model_rank_above_rows", 2, line(4) + r"\[model\] rank: expected at most rows = 3",
     spec(model='name = "gram_product"\nrows = 3\nrank = 5\n'))
case("model_size_huge", 2, line(3) + r"\[model\] size: expected an integer between 1 and 16, got 1000000",
     spec(model='name = "conjugation"\nsize = 1_000_000\n'))
case("model_target_length", 2, AT + r"\[model\.loss\] target: expected 3 numbers, one a coordinate",
     spec(model='name = "hadamard"\ncoordinates = 3\nweight_decay = 0.5\nloss = { target = [1.0, 2.0] }\n'))
case("model_target_empty", 2, AT + r"\[model(\.loss)?\] (target|coordinates): .+",
     spec(model='name = "hadamard"\nweight_decay = 0.5\nloss = { target = [] }\n', observe="", compare="laws = []\n"))
case("model_target_entry", 2, line(3) + r"\[model\.loss\] target\[1\]: expected a number, got \"two\"",
     spec(model='name = "hadamard"\nloss = { target = [1.0, "two"] }\n'))
case("model_singular_values_too_many", 2, AT + r"\[model\.loss\] singular_values: more than .+",
     spec(model='name = "matrix_product"\nrows = 2\nloss = { singular_values = [3, 2, 1] }\n'))

case("dynamics_unknown", 2, line(6) + r"\[dynamics\] name: unknown value \"langevine\"; did you mean \"langevin\"\?",
     spec(dynamics='name = "langevine"\ntemperature = 1\nstep = 1e-2\n'))
case("dynamics_key_unknown", 2, AT + r"\[dynamics\] unknown key \"temprature\"; did you mean \"temperature\"\?.*",
     spec(dynamics="temprature = 1\nstep = 1e-2\n"))
case("dynamics_key_left_over", 2, AT + r"\[dynamics\] unknown key \"batch\".*", spec(dynamics="temperature = 1\nstep = 1e-2\nbatch = 3\n"))
case("scheme_unknown", 2, AT + r"\[dynamics\] scheme: unknown value \"euler\"; did you mean \"euler_maruyama\"\?",
     spec(dynamics='temperature = 1\nstep = 1e-2\nscheme = "euler"\n'))
case("variates_unknown", 2, AT + r"\[dynamics\] variates: unknown value \"gausian\"; did you mean \"gaussian\"\?",
     spec(dynamics='temperature = 1\nstep = 1e-2\nvariates = "gausian"\n'))
for name, value in (("negative", "-1e-3"), ("zero", "0"), ("nan", "nan"), ("inf", "inf"), ("minus_inf", "-inf"),
                    ("text", '"small"'), ("list", "[1e-3]"), ("boolean", "true")):
    case("step_" + name, 2, line(7) + r"\[dynamics\] step: expected a positive number, got .+",
         spec(dynamics=f"temperature = 1\nstep = {value}\n"))
case("step_beyond_float", 2, AT + r".+", spec(dynamics="temperature = 1\nstep = 1e999\n"))
case("step_missing", 2, line(5) + r"\[dynamics\] missing key \"step\"; expected a positive number", spec(dynamics="temperature = 1\n"))
case("temperature_zero", 2, line(6) + r"\[dynamics\] temperature: expected a positive number, got 0",
     spec(dynamics="temperature = 0\nstep = 1e-2\n"))
case("temperature_negative", 2, line(6) + r"\[dynamics\] temperature: expected a positive number, got -1",
     spec(dynamics="temperature = -1\nstep = 1e-2\n"))
case("temperature_and_noise", 2, AT + r"\[dynamics\] noise: give temperature .* or noise .*, not both",
     spec(dynamics="temperature = 1\nstep = 1e-2\nnoise = { horizontal = 1, vertical = 1 }\n"))
case("neither_temperature_nor_noise", 2, line(5) + r"\[dynamics\] missing key \"temperature\".*", spec(dynamics="step = 1e-2\n"))
case("noise_incomplete", 2, AT + r"\[dynamics\.noise\] missing key \"vertical\".*",
     spec(dynamics="step = 1e-2\nnoise = { horizontal = 1 }\n"))
case("noise_horizontal_zero", 2, AT + r"\[dynamics\.noise\] horizontal: expected a positive number, got 0",
     spec(dynamics="step = 1e-2\nnoise = { horizontal = 0, vertical = 1 }\n"))
case("noise_vertical_negative", 2, AT + r"\[dynamics\.noise\] vertical: expected a non-negative number, got -1",
     spec(dynamics="step = 1e-2\nnoise = { horizontal = 1, vertical = -1 }\n"))
case("noise_key_unknown", 2, AT + r"\[dynamics\.noise\] unknown key \"diagonal\".*",
     spec(dynamics="step = 1e-2\nnoise = { horizontal = 1, vertical = 1, diagonal = 1 }\n"))
case("noise_type", 2, AT + r"\[dynamics\] noise: expected a table, got 0\.5", spec(dynamics="step = 1e-2\nnoise = 0.5\n"))
case("projected_leimkuhler_matthews", 2, AT + r"\[dynamics\] scheme: leimkuhler_matthews needs additive noise.*",
     spec(dynamics='step = 1e-2\nscheme = "leimkuhler_matthews"\nnoise = { horizontal = 1, vertical = 0.5 }\n'))
case("projected_too_many_generators", 2, AT + r"\[dynamics\] noise: .*\d+ generators.*at most \d+.*",
     spec(model='name = "conjugation"\nsize = 16\n', dynamics="step = 1e-2\nnoise = { horizontal = 1, vertical = 0.5 }\n", observe="",
          compare=""))
case("projected_no_generators", 2, AT + r"\[dynamics\] noise: model radial has no generators.*",
     spec(model='name = "radial"\ndimension = 1\n', dynamics="step = 1e-2\nnoise = { horizontal = 1, vertical = 0.5 }\n"))
case("sgd_without_data", 2, AT + r"\[dynamics\] name: sgd needs a model with \[data\]", spec(dynamics='name = "sgd"\nstep = 1e-2\n'))
TEACHER = "teacher = { samples = 20 }\n"
MORE_MODELS = [
    ("deep_hadamard", "depth = 17", r"\[model\] depth: expected an integer between 2 and 16, got 17"),
    ("deep_hadamard", "coordinates = 3\nloss = { target = [1, 2] }", r"\[model\.loss\] target: expected 3 numbers, one a coordinate"),
    ("groups", "groups = 256\nsize = 3", r"\[model\] groups: groups × size is 768, at most 512 are supported"),
    ("groups", "groups = 3\nloss = { target = [1, 2] }", r"\[model\.loss\] target: expected 3 numbers, one a group"),
    ("groups", 'loss = { kind = "norm_quadratik" }', r"\[model\.loss\] kind: .*\"norm_quadratic\".*"),
    ("mapped_hadamard", 'map = "furier"', r"\[model\] map: .*\"fourier\".*"),
    ("attention", 'symmetry = "full"\nloss = { kind = "strength_quadratic" }',
     r"\[model\.loss\] kind: strength_quadratic is not invariant under symmetry = \"full\""),
    ("attention", "embedding = 2\nloss = { singular_values = [3, 2, 1] }", r"\[model\.loss\] singular_values: more than embedding = 2 numbers"),
    ("attention", "values = 2", r"\[model\] values: without \[data\] the loss depends on Q Kᵀ alone.*leave values out"),
    ("attention", "values = 65", r"\[model\] values: expected an integer between 0 and 64, got 65"),
    ("scale_invariant", "dimension = 1", r"\[model\] dimension: expected an integer between 2 and 64, got 1"),
    ("softmax_shift", "loss = { target = [0.5, 0.0] }", r"\[model\.loss\] target.*"),
    ("softmax_shift", "classes = 3\nloss = { target = [0.5, 0.5] }", r"\[model\.loss\] target: expected 3 numbers, one a class"),
    ("softmax_shift", "classes = 1", r"\[model\] classes: expected an integer between 2 and 64, got 1"),
]
for number, (model, keys, message) in enumerate(MORE_MODELS):
    case(f"{model}_{number}", 2, AT + message, spec(model=f'name = "{model}"\n{keys}\n', observe="", compare="laws = []\n"))

SGD = dict(model='name = "hadamard"\ncoordinates = 2\n', observe="", compare="laws = []\n", data=TEACHER)
for key, value in (("temperature", "1"), ("noise", "{ horizontal = 1, vertical = 0 }"), ("scheme", '"euler_maruyama"'),
                   ("variates", '"gaussian"')):
    case("sgd_with_" + key, 2, AT + rf"\[dynamics\] {key}: has no meaning for sgd.*",
         spec(**{**SGD, "dynamics": f'name = "sgd"\nstep = 1e-2\n{key} = {value}\n'}))
case("sgd_batch_zero", 2, AT + r"\[dynamics\] batch: expected an integer between 1 and \d+, got 0",
     spec(**{**SGD, "dynamics": 'name = "sgd"\nstep = 1e-2\nbatch = 0\n'}))
case("sgd_with_laws", 2, AT + r"\[compare\] laws: sgd has no temperature; its laws are .*",
     spec(**{**SGD, "dynamics": 'name = "sgd"\nstep = 1e-2\n', "compare": 'laws = ["isotropic"]\n'}))


def ensemble(text):
    return spec(ensemble=text)


case("particles_missing", 2, AT + r"\[ensemble\] missing key \"particles\"; expected an integer.*", ensemble("steps = 20\nevery = 10\n"))
case("particles_misspelt", 2, line(10) + r"\[ensemble\] unknown key \"particels\"; did you mean \"particles\"\?.*",
     ensemble("particels = 20\n"))
case("particles_zero", 2, line(10) + r"\[ensemble\] particles: expected an integer between 1 and .*, got 0", ensemble("particles = 0\n"))
case("particles_negative", 2, line(10) + r"\[ensemble\] particles: expected an integer.*, got -5", ensemble("particles = -5\n"))
case("particles_fraction", 2, line(10) + r"\[ensemble\] particles: expected an integer.*, got 1\.5", ensemble("particles = 1.5\n"))
case("particles_beyond", 2, line(10) + r"\[ensemble\] particles: expected an integer.*, got .+", ensemble("particles = 1e15\n"))
case("particles_out_of_memory", 5, NO_MEMORY, ensemble("particles = 1e12\nburn_in = 0\nsteps = 1\n"), memory=2 << 30)
case("particles_out_of_memory_for_quantiles", 5, NO_MEMORY, ensemble("particles = 1e9\nburn_in = 0\nsteps = 1\n"), memory=1 << 30,
     args=("run", "spec.toml", *OUT, "--set", "observe.quantiles=true"))
case("burn_in_negative", 2, AT + r"\[ensemble\] burn_in: expected an integer.*, got -1", ensemble("particles = 9\nburn_in = -1\n"))
case("steps_zero", 2, AT + r"\[ensemble\] steps: expected an integer.*, got 0", ensemble("particles = 9\nsteps = 0\n"))
case("every_zero", 2, AT + r"\[ensemble\] every: expected an integer.*, got 0", ensemble("particles = 9\nsteps = 10\nevery = 0\n"))
case("every_not_dividing", 2, line(12) + r"\[ensemble\] every: expected a divisor of steps = 10",
     ensemble("particles = 9\nsteps = 10\nevery = 3\n"))
case("seed_negative", 2, AT + r"\[ensemble\] seed: expected an integer.*, got -1", ensemble("particles = 9\nseed = -1\n"))
case("seed_fraction", 2, AT + r"\[ensemble\] seed: expected an integer.*, got 0\.5", ensemble("particles = 9\nseed = 0.5\n"))
case("precision_unknown", 2, AT + r"\[ensemble\] precision: unknown value \"flaot\"; did you mean \"float\"\?",
     ensemble('particles = 9\nprecision = "flaot"\n'))
case("ensemble_key_unknown", 2, AT + r"\[ensemble\] unknown key \"burnin\"; did you mean \"burn_in\"\?", ensemble("particles = 9\nburnin = 1\n"))
case("init_mean_length", 2, AT + r"\[ensemble\.init\] mean: expected one number or 3, one per parameter",
     ensemble("particles = 9\ninit = { mean = [1.0, 2.0] }\n"))
case("init_mean_empty", 2, AT + r"\[ensemble\.init\] mean: expected one number or 3.*", ensemble("particles = 9\ninit = { mean = [] }\n"))
case("init_mean_nan", 2, AT + r"\[ensemble\.init\] mean\[1\]: expected a number, got nan",
     ensemble("particles = 9\ninit = { mean = [0.0, nan, 0.0] }\n"))
case("init_scale_negative", 2, AT + r"\[ensemble\.init\] scale: expected .*non-negative number, got -1",
     ensemble("particles = 9\ninit = { scale = -1 }\n"))
case("init_key_unknown", 2, AT + r"\[ensemble\.init\] unknown key \"spread\".*", ensemble("particles = 9\ninit = { spread = 1 }\n"))
case("shared_start_type", 2, AT + r"\[ensemble\] shared_start: expected true or false, got 1", ensemble("particles = 9\nshared_start = 1\n"))
case("allowed_diverged_above_one", 2, AT + r"\[ensemble\] allowed_diverged: expected a number between 0 and 1, got 1\.5",
     ensemble("particles = 9\nallowed_diverged = 1.5\n"))


def observe(text, compare="laws = []\n"):
    return spec(observe=text, compare=compare)


case("observable_unknown", 2, AT + r"\[observe\.histogram\[0\]\] of: unknown value \"radius\".*",
     observe('histogram = [{ of = "radius", range = [0, 1] }]\n'))
case("observable_missing", 2, AT + r"\[observe\.histogram\[0\]\] missing key \"of\".*", observe("histogram = [{ bins = 10 }]\n"))
case("observable_twice", 2, AT + r"\[observe\.histogram\[1\]\] of: \"r\" is observed twice",
     observe('histogram = [{ of = "r", range = [0, 1] }, { of = "r", range = [0, 2] }]\n'))
case("histogram_type", 2, AT + r"\[observe\] histogram: expected a list of tables.*", observe('histogram = "r"\n'))
case("histogram_entry_type", 2, AT + r"\[observe\] histogram\[0\]: expected a table, got \"r\"", observe('histogram = ["r"]\n'))
case("histogram_key_unknown", 2, AT + r"\[observe\.histogram\[0\]\] unknown key \"bin\"; did you mean \"bins\"\?",
     observe('histogram = [{ of = "r", bin = 10, range = [0, 1] }]\n'))
case("observe_key_unknown", 2, AT + r"\[observe\] unknown key \"histograms\"; did you mean \"histogram\"\?", observe("histograms = []\n"))
for name, value in (("zero", "0"), ("negative", "-3"), ("huge", "9223372036854775807"), ("beyond", "1_000_001"), ("text", '"ten"')):
    case("bins_" + name, 2, AT + r"\[observe\.histogram\[0\]\] bins: expected an integer between 1 and 1000000, got .+",
         observe(f'histogram = [{{ of = "r", bins = {value}, range = [0, 1] }}]\n'))
case("bins_out_of_memory", 5, NO_MEMORY,
     spec(observe='histogram = [{ of = "r", bins = 1_000_000, range = [0, 5] }]\n', ensemble="particles = 20_000\nburn_in = 0\nsteps = 1\n"),
     memory=600 << 20)
for name, value in (("reversed", "[5.0, 0.0]"), ("of_one", "[1.0]"), ("of_three", "[0, 1, 2]"), ("empty", "[]"), ("equal", "[1, 1]"),
                    ("number", "3"), ("nan", "[0, nan]"), ("inf", "[0, inf]"), ("text", '["low", "high"]')):
    case("range_" + name, 2, AT + r"\[observe\.histogram\[0\]\] range(\[\d\])?: expected .+, got .+",
         observe(f'histogram = [{{ of = "r", range = {value} }}]\n'))
# Ends that are finite while their difference, or the width of a bin, is not a number that the run can use.
case("range_wider_than_numbers", 2, AT + r"\[observe\.histogram\[0\]\] range: .+",
     observe('histogram = [{ of = "r", range = [-1.7e308, 1.7e308] }]\n'))
case("range_narrower_than_numbers", 2, AT + r"\[observe\.histogram\[0\]\] (range|bins): .+",
     observe('histogram = [{ of = "r", bins = 200, range = [1.0, 1.0000000000000002] }]\n'))
case("quantiles_type", 2, AT + r"\[observe\] quantiles: expected true or false, got \"yes\"", observe('quantiles = "yes"\n'))


def compare(text, **sections):
    return spec(compare=text, **sections)


case("law_unknown", 2, AT + r"\[compare\] laws: unknown law \"isotropik\"; did you mean \"isotropic\"\?", compare('laws = ["isotropik"]\n'))
case("law_far_off", 2, AT + r"\[compare\] laws: unknown law \"xyzzy\"; .*orbitwalk laws.*", compare('laws = ["xyzzy"]\n'))
case("law_with_line_break", 2, AT + r"\[compare\] laws: unknown law .+", compare('laws = ["two\\nlines"]\n'))
case("law_type", 2, AT + r"\[compare\] laws\[0\]: expected a string, got 3", compare("laws = [3]\n"))
case("law_twice", 2, AT + r"\[compare\] laws: .*isotropic.*twice.*", compare('laws = ["isotropic", "isotropic"]\n'))
case("expect_unknown", 2, AT + r"\[compare\] expect: unknown law \"projectde\"; did you mean \"projected\"\?",
     compare('laws = ["projected"]\nexpect = ["projectde"]\n'))
case("expect_not_among_laws", 2, AT + r"\[compare\] expect: \"projected\" is not among laws.*",
     compare('laws = ["isotropic"]\nexpect = ["projected"]\n'))
case("law_without_gauge", 2, r".*law \"gauge_slice\" of r: .+", compare('laws = ["gauge_slice"]\n'))
case("law_not_normalisable", 2, r".*law \"isotropic\" of w1: .*not compact.*",
     compare('laws = ["isotropic"]\n', model='name = "hadamard"\n', observe='histogram = [{ of = "w1", range = [-1, 3] }]\n'))
case("law_of_a_model_without", 2, AT + r"\[compare\] laws: no observed quantity .* has a known law",
     compare('laws = ["isotropic"]\n', model='name = "matrix_product"\n', observe=""))
case("law_of_an_observable_without", 2, AT + r"\[compare\] laws: no observed quantity .* has a known law",
     compare('laws = ["isotropic"]\n', observe='histogram = [{ of = "loss", range = [0, 5] }]\n'))
case("confidence_one", 2, AT + r"\[compare\] confidence: expected a number between 0 and 1 \(exclusive\), got 1",
     compare("laws = []\nconfidence = 1\n"))
case("equivalence_negative", 2, AT + r"\[compare\] equivalence: expected a number between 0 and 1 \(exclusive\), got -0.1",
     compare("laws = []\nequivalence = -0.1\n"))
case("significance_zero", 2, AT + r"\[compare\] significance: expected a number between 0 and 1 \(exclusive\), got 0",
     compare("laws = []\nsignificance = 0\n"))
case("compare_key_unknown", 2, AT + r"\[compare\] unknown key \"expects\"; did you mean \"expect\"\?", compare("laws = []\nexpects = []\n"))
case("window_unobserved", 2, AT + r"\[compare\.window\] theta1: is not observed", compare('laws = ["isotropic"]\nwindow = { theta1 = [0, 1] }\n'))
case("window_reversed", 2, AT + r"\[compare\.window\] r: expected two increasing numbers.*",
     compare('laws = ["isotropic"]\nwindow = { r = [2, 1] }\n'))
case("window_of_line_breaks", 2, AT + r"\[compare\.window\] .+", compare('laws = []\nwindow = { "two\\nlines" = [0, 1] }\n'))
case("window_without_mass", 2, AT + r"\[compare\.window\] r: its ends must be edges of the histogram.*", compare('laws = ["isotropic"]\nwindow = { r = [-2, -1] }\n'))
case("shell_extrapolation_without_shell", 2, AT + r"\[compare\] shell_extrapolation: needs \[dynamics\] shell = .*",
     compare('laws = ["isotropic"]\nshell_extrapolation = { factor = 2 }\n'))
case("shell_extrapolation_of_one_width", 2, AT + r"\[compare\.shell_extrapolation\] factor: expected a number other than 1",
     spec(model='name = "hadamard"\n', dynamics='name = "mala"\ntemperature = 1\nstep = 1e-2\nshell = { width = 0.1 }\n', observe="",
          compare='laws = []\nshell_extrapolation = { factor = 1 }\n'))
case("window_off_the_bins", 2, AT + r"\[compare\.window\] r: its ends must be edges of the histogram.*", compare('laws = ["isotropic"]\nwindow = { r = [0.1234, 3.0] }\n'))
case("step_bias_type", 2, AT + r"\[compare\] step_bias: expected a table, got true", compare("laws = []\nstep_bias = true\n"))
case("step_bias_factor_one", 2, AT + r"\[compare\.step_bias\] factor: expected a number other than 1", compare("laws = []\nstep_bias = { factor = 1 }\n"))
case("step_bias_factor_negative", 2, AT + r"\[compare\.step_bias\] factor: expected a number between .*, got -1",
     compare("laws = []\nstep_bias = { factor = -1 }\n"))
case("step_bias_not_dividing", 2, r".*step_bias.*multiples.*", compare("laws = []\nstep_bias = { factor = 0.3 }\n"))

# --- data -----------------------------------------------------------------------------------------------------------
GOOD = "a,b,y\n1,2,3\n2,1,4\n3,5,6\n4,4,7\n"


def data(text, model='name = "hadamard"\n', **sections):
    return spec(**{**dict(model=model, observe="", compare="laws = []\n", data=text), **sections})


def table(name, content, code, message, text='file = "t.csv"\ntarget = "y"\n', **options):
    case(name, code, message, data(text), files={"t.csv": content}, **options)


case("data_missing_file", 5, r".*t\.csv: cannot open: .+", data('file = "t.csv"\ntarget = "y"\n'))
case("data_is_a_folder", 5, r".*t\.csv: cannot read: .+", data('file = "t.csv"\ntarget = "y"\n'), files={"t.csv": None})
case("data_kind_unknown", 5, r".*t\.xlsx: unknown kind of data file.*", data('file = "t.xlsx"\ntarget = "y"\n'), files={"t.xlsx": GOOD})
case("data_path_with_nul", 2, AT + r"\[data\] file: .*NUL.*", data('file = "t\\u0000.csv"\ntarget = "y"\n'))
case("data_path_empty", 2, AT + r"\[data\] file: expected a path.*", data('file = ""\ntarget = "y"\n'))
table("data_missing_column", GOOD, 2, r".*t\.csv: no column \"why\"; valid columns: a, b, y", 'file = "t.csv"\ntarget = "why"\n')
table("data_missing_target", GOOD, 2, AT + r"\[data\] missing key \"target\".*", 'file = "t.csv"\n')
table("data_feature_is_target", GOOD, 2, AT + r"\[data\] features: column \"y\" is the target already",
      'file = "t.csv"\ntarget = "y"\nfeatures = ["a", "y"]\n')
table("data_two_targets", GOOD, 2, AT + r"\[data\] hadamard needs one target column, got 2", 'file = "t.csv"\ntarget = ["a", "y"]\n')
table("data_key_unknown", GOOD, 2, AT + r"\[data\] unknown key \"standardise\"; did you mean \"standardize\"\?",
      'file = "t.csv"\ntarget = "y"\nstandardise = true\n')
table("data_ragged", "a,y\n1,2\n3\n", 5, r".*t\.csv:3:\d+: expected 2 fields as in line 1, got 1")
table("data_not_numeric", "a,y\n1,2\n3,four\n", 5, r".*t\.csv:3:3: column \"y\": expected a number, got \"four\"")
table("data_option_for_arrays", GOOD, 2, AT + r"\[data\.x\] header: is for text files.*", 'x = { file = "x.npy", header = true }\n')
table("data_skip_negative", GOOD, 2, AT + r"\[data\] skip: expected an integer between 0 and 10000, got -1", 'file = "t.csv"\ntarget = "y"\nskip = -1\n')
table("data_skip_everything", GOOD, 5, r".*t\.csv: the file is empty after the lines that skip leaves out", 'file = "t.csv"\ntarget = "y"\nskip = 100\n')
table("data_decimal_unknown", GOOD, 2, AT + r"\[data\] decimal: unknown value \"comma\".*", 'file = "t.csv"\ntarget = "y"\ndecimal = "comma"\n')
table("data_encoding_unknown", GOOD, 2, AT + r"\[data\] encoding: unknown value \"latin\"; did you mean \"latin1\"\?", 'file = "t.csv"\ntarget = "y"\nencoding = "latin"\n')
table("data_ignore_unknown", GOOD, 2, r".*t\.csv: no column \"index\"; valid columns: a, b, y", 'file = "t.csv"\ntarget = "y"\nignore = ["index"]\n')
table("data_ignore_everything", "a,y\n1,2\n", 5, r".*t\.csv: no column is left; see \[data\] ignore", 'file = "t.csv"\ntarget = "y"\nignore = ["a", "y"]\n')
table("data_not_finite", "a,y\n1,2\n3,nan\n", 5, r".*t\.csv:3:3: column \"y\": expected a finite number, got \"nan\"; leave out rows without a value.*")
table("data_too_large_number", "a,y\n1,2\n3,1e999\n", 5, r".*t\.csv:3:3: column \"y\": expected a finite number, got \"1e999\"")
table("data_empty_field", "a,y\n1,\n", 5, r".*t\.csv:2:\d+: column \"y\": the value is empty; leave out rows without a value.*")
table("data_empty_file", "", 5, r".*t\.csv: the file is empty")
table("data_header_only", "a,y\n", 5, r".*t\.csv: there is a header but no row.*")
table("data_binary", bytes(range(256)), 5, r".*t\.csv:.+")
table("data_same_title", "a,a\n1,2\n", 5, r".*t\.csv:1:\d+: two columns are named \"a\"; .*skip = 1", 'file = "t.csv"\ntarget = "a"\n')
table("data_constant_column", "a,b,y\n1,2,3\n1,1,4\n1,5,6\n", 2, AT + r"\[data\] standardize: column \"a\" of .*t\.csv is constant",
      'file = "t.csv"\ntarget = "y"\nstandardize = true\n')
case("data_rows_differ", 2, AT + r"\[data\] y: expected as many rows as x.*", data('x = "x.csv"\ny = "y.csv"\n'),
     files={"x.csv": "1\n2\n3\n", "y.csv": "1\n2\n"})
for model in ("hadamard", "matrix_product", "relu", "deep_hadamard", "groups", "mapped_hadamard", "attention"):
    case("data_without_y_" + model, 2, r".*(\[data\]|\[model\]).*", data('x = "x.csv"\n', model=f'name = "{model}"\n'),
         files={"x.csv": "1,2\n2,3\n3,5\n"})
case("data_with_loss", 2, AT + r"\[model\] loss: a model has \[data\] or a loss, not both",
     data('file = "t.csv"\ntarget = "y"\n', model='name = "hadamard"\nloss = { target = [1.0] }\n'), files={"t.csv": GOOD})
case("data_teacher_and_file", 2, AT + r"\[data\] teacher: cannot go together with data files.*",
     data('file = "t.csv"\ntarget = "y"\nteacher = { samples = 9 }\n'), files={"t.csv": GOOD})
case("data_x_and_file", 2, AT + r"\[data\] file: cannot go together with x.*", data('file = "t.csv"\ntarget = "y"\nx = "t.csv"\n'),
     files={"t.csv": GOOD})
case("data_features_differ", 2, AT + r"\[model\] coordinates: the data has 2 features, the model 3",
     data('file = "t.csv"\ntarget = "y"\n', model='name = "hadamard"\ncoordinates = 3\n'), files={"t.csv": GOOD})
case("data_groups_differ", 2, AT + r"\[model\] groups: the data has 2 features, the model 4",
     data('file = "t.csv"\ntarget = "y"\n', model='name = "groups"\ngroups = 2\n'), files={"t.csv": GOOD})
case("data_tokens_differ", 2, AT + r"\[model\] tokens: tokens × embedding is 12, but the data has 2 features and 1 targets",
     data('file = "t.csv"\ntarget = "y"\n', model='name = "attention"\n'), files={"t.csv": GOOD})
case("data_values_differ", 2, AT + r"\[model\] values: tokens × embedding is 2 and tokens × values 2, but the data has 2 features and 1 targets",
     data('file = "t.csv"\ntarget = "y"\n', model='name = "attention"\nembedding = 2\ntokens = 1\nvalues = 2\n'), files={"t.csv": GOOD})
case("data_for_a_model_without", 2, AT + r".*data.*", spec(data='file = "t.csv"\ntarget = "y"\n'), files={"t.csv": GOOD})
case("data_empty_for_a_model_without", 2, AT + r".*data.*", spec(data=""))
case("teacher_without_samples", 2, AT + r"\[data\.teacher\] missing key \"samples\".*",
     data("teacher = { noise = 0.1 }\n", model='name = "hadamard"\ncoordinates = 2\n'))
case("teacher_samples_zero", 2, AT + r"\[data\.teacher\] samples: expected an integer between 1 and .*, got 0",
     data("teacher = { samples = 0 }\n", model='name = "hadamard"\ncoordinates = 2\n'))
case("teacher_weights_length", 2, AT + r"\[data\.teacher\] weights: expected 2 numbers.*",
     data("teacher = { samples = 9, weights = [1, 2, 3] }\n", model='name = "hadamard"\ncoordinates = 2\n'))
case("teacher_key_unknown", 2, AT + r"\[data\.teacher\] unknown key \"sample\".*",
     data("teacher = { samples = 9, sample = 9 }\n", model='name = "hadamard"\ncoordinates = 2\n'))
case("teacher_out_of_memory", 5, NO_MEMORY, data("teacher = { samples = 1e7 }\n", model='name = "hadamard"\ncoordinates = 512\n'),
     memory=2 << 30)


def npy(shape="(3, 2)", dtype="<f8", body=b"", version=b"\x01\x00"):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header + body


def numpy_case(name, content, code=5, message=r".*t\.npy: .+"):
    case("npy_" + name, code, message, data('file = "t.npy"\ntarget = 1\n'), files={"t.npy": content})


numpy_case("truncated", npy(body=bytes(40)))
numpy_case("overlong", npy(body=bytes(56)))
numpy_case("huge_shape", npy(shape="(4294967296, 4294967296)", body=bytes(48)))
numpy_case("negative_shape", npy(shape="(-3, 2)", body=bytes(48)))
numpy_case("not_finite", npy(body=struct.pack("<6d", 1, 2, 3, float("nan"), 5, 6)))
numpy_case("objects", npy(dtype="|O", body=bytes(48)))
numpy_case("no_header", b"\x93NUMPY\x01\x00")
numpy_case("not_npy", b"PK\x03\x04 something else entirely")
numpy_case("version", npy(version=b"\x09\x00", body=bytes(48)))

# --- arguments ------------------------------------------------------------------------------------------------------
usage("no_command", r".*subcommand.*required.*")
usage("command_unknown", r"unknown command \"rum\"; did you mean \"run\"\?", "rum", "spec.toml")
usage("command_with_line_break", r"unknown command .+", "two\nlines")
usage("command_far_off", r"unknown command \"xyzzy\"; valid commands: .*run.*", "xyzzy")
usage("option_unknown", r".*--bogus.*", "run", "spec.toml", "--bogus", *OUT)
usage("option_with_line_break", r".*--two.*lines.*", "run", "spec.toml", "--two\nlines", *OUT)
usage("option_before_command", r".*--threads.*", "--threads", "1", "run", "spec.toml")
usage("spec_argument_missing", r".*spec.*required.*", "run")
usage("spec_argument_twice", r".*spec\.toml.*", "run", "spec.toml", "spec.toml", *OUT)
usage("option_value_missing", r".*--out.*", "run", "spec.toml", "--out")
usage("seed_option_negative", r"--seed: .*-3.*", "run", "spec.toml", "--seed", "-3", *OUT)
usage("seed_option_text", r".*--seed.*", "run", "spec.toml", "--seed", "lucky", *OUT)
usage("seed_option_huge", r".*seed.*", "run", "spec.toml", "--seed", "99999999999999999999", *OUT)
usage("threads_negative", r"--threads: .*-1.*", "run", "spec.toml", "--threads", "-1", "--out", "out")
usage("threads_text", r".*--threads.*", "run", "spec.toml", "--threads", "many", "--out", "out")
usage("chunk_negative", r".*--chunk.*-1.*", "run", "spec.toml", "--chunk", "-1", *OUT)
usage("particles_option_text", r".*--particles.*", "run", "spec.toml", "--particles", "many", *OUT)
usage("particles_option_zero", r"--particles.*|.*particles: expected an integer.*", "run", "spec.toml", "--particles", "0", *OUT)
usage("particles_option_negative", r"--particles.*|--set ensemble\.particles: .*, got -5.*", "run", "spec.toml", "--particles", "-5", *OUT)
usage("particles_option_nan", r".*particles.*", "run", "spec.toml", "--particles", "nan", *OUT)
usage("backend_unknown", r"--backend gpu: expected auto, cpu, cuda or reference.*", "run", "spec.toml", "--backend", "gpu", *OUT)
usage("backend_misspelt", r"--backend referense: .*did you mean \"reference\"\?", "run", "spec.toml", "--backend", "referense", *OUT)
usage("instruction_set_unknown", r".*instruction set \"sse9\".*generic.*", "run", "spec.toml", "--instruction-set", "sse9", *OUT)
usage("compile_unknown", r"--compile alway: expected auto, always or never; did you mean \"always\"\?", "run", "spec.toml", "--compile", "alway", *OUT)
usage("set_without_value", r"--set: expected dotted\.key=value, got \"ensemble\.particles\"", "run", "spec.toml", "--set", "ensemble.particles", *OUT)
usage("set_empty_value", r"--set ensemble\.particles: .*empty value", "run", "spec.toml", "--set", "ensemble.particles=", *OUT)
usage("set_empty_key", r"--set: expected dotted\.key=value.*", "run", "spec.toml", "--set", "=3", *OUT)
usage("set_empty_part", r"--set: expected dotted\.key=value.*", "run", "spec.toml", "--set", "ensemble..particles=3", *OUT)
usage("set_line_break", r"--set.*", "run", "spec.toml", "--set", "ensemble.particles\n=3", *OUT)
usage("set_bad_toml", r"--set compare\.laws: expected a TOML value or a word, got .*", "run", "spec.toml", "--set", "compare.laws=[1", *OUT)
usage("set_bad_type", r"--set ensemble\.particles: \[ensemble\] particles: expected an integer.*, got \"lots\"", "run", "spec.toml", "--set",
      "ensemble.particles=lots", *OUT)
usage("set_unknown_key", r"--set ensemble\.particels: \[ensemble\] unknown key \"particels\"; did you mean \"particles\"\?", "run", "spec.toml",
      "--set", "ensemble.particels=3", *OUT)
usage("set_unknown_section", r"--set zebra\.stripes: .*unknown key.*|.*zebra: is not a section of a run spec.*", "run", "spec.toml", "--set", "zebra.stripes=3", *OUT)
usage("set_below_a_value", r"--set ensemble\.particles\.x: \"ensemble\.particles\" is not a table", "run", "spec.toml", "--set",
      "ensemble.particles.x=3", *OUT)
usage("set_index", r"--set observe\.histogram\.7\.bins: .*list of 1.*", "run", "spec.toml", "--set", "observe.histogram.7.bins=3", *OUT)
usage("set_section_to_value", r"--set model: .*expected a table, got 3", "run", "spec.toml", "--set", "model=3", *OUT)
usage("resume_without_out", r"--resume needs --out.*", "run", "spec.toml", "--resume", "--threads", "1")
# Without a range, a pilot run looks for one: everything that can be refused is refused before that.
PILOT = spec(observe="")
case("resume_without_out_before_the_pilot", 2, r"--resume needs --out.*", PILOT, args=("run", "spec.toml", "--resume", "--threads", "1"))
case("law_before_the_pilot", 2, r".*law \"gauge_slice\" of r: .+", spec(observe="", compare='laws = ["gauge_slice"]\n'))
case("backend_before_the_pilot", 2, r"--backend gpu: .+", PILOT, args=("run", "spec.toml", "--backend", "gpu", *OUT))
case("out_before_the_pilot", 2, r".*out: a result already exists; use --force.*", PILOT, files={"out/summary.json": '{"program": "orbitwalk"}'})
usage("model_page_unknown", r"unknown model \"radiall\"; did you mean \"radial\"\?", "models", "radiall")
usage("dynamics_page_unknown", r"unknown dynamics \"euler\"; did you mean \"euler_maruyama\"\?", "dynamics", "euler")
usage("law_page_unknown", r"unknown law \"projectd\"; did you mean \"projected\"\?", "laws", "projectd")
usage("bench_seconds_zero", r".*--seconds.*", "bench", "--seconds", "0")
usage("predict_unknown_key", r"--set model\.dimensoin: .*did you mean \"dimension\"\?", "predict", "spec.toml", "--set", "model.dimensoin=4")
case("predict_spec_missing", 5, r"nowhere\.toml: cannot open: .+", args=("predict", "nowhere.toml"))
case("predict_nothing", 2, r"spec\.toml: no law to predict.*", spec(compare="laws = []\n"), args=("predict", "spec.toml"))


class Malformed(Checks):
    """One test for each case."""


class TheChecksCanFail(Checks):
    """Twins of the checks above that must fail: wrong expectations, and programs that misbehave in one way each."""

    GOOD = Case("good", 2, "spec: wrong", spec())

    def impostor(self, script):
        program = self.write("impostor", "#!/bin/sh\n" + script)
        program.chmod(0o755)
        self.addCleanup(setattr, harness, "PROGRAM", harness.PROGRAM)
        harness.PROGRAM = str(program)

    def refused(self, case, why):
        with self.assertRaisesRegex(AssertionError, why):
            self.check(case)

    def test_expectations(self):
        good = next(each for each in CASES if each.name == "step_negative")
        self.check(good)
        self.refused(dataclasses.replace(good, code=5), "2 != 5")
        self.refused(dataclasses.replace(good, message=good.message.replace("step", "stop")), "Regex")
        self.refused(dataclasses.replace(good, message=line(8) + ".+"), "Regex")
        self.refused(dataclasses.replace(good, spec=quick()), "0 != 2")

    def test_the_impostor_that_behaves(self):
        self.impostor("echo 'orbitwalk: spec: wrong' >&2; echo 'see: orbitwalk --help' >&2; exit 2")
        self.check(self.GOOD)

    def test_misbehaviour(self):
        for name, script, why in (("silent", "exit 2", "one line"), ("wordy", "echo 'orbitwalk: a' >&2; echo b >&2; echo c >&2; exit 2", "one line"),
                                  ("second line", "echo 'orbitwalk: spec: wrong' >&2; echo 'b' >&2; exit 2", "Regex"),
                                  ("other name", "echo 'error: spec: wrong' >&2; exit 2", "Regex"),
                                  ("other code", "echo 'orbitwalk: spec: wrong' >&2; exit 1", "1 != 2"),
                                  ("killed", "kill -SEGV $$", "killed by signal 11"),
                                  ("sanitizer", "echo 'x.cpp:1:2: runtime error: overflow' >&2; exit 2", "unexpectedly found"),
                                  ("result left", "echo 'orbitwalk: spec: wrong' >&2; mkdir out; exit 2", "files were left"),
                                  ("file changed", "echo 'orbitwalk: spec: wrong' >&2; echo >>spec.toml; exit 2", "files were left")):
            with self.subTest(name):
                self.impostor(script)
                self.refused(self.GOOD, why)
                (self.folder / "out").is_dir() and (self.folder / "out").rmdir()


add_tests(Malformed, CASES)

if __name__ == "__main__":
    unittest.main()
