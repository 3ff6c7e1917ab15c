# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed problems that particles draw for themselves, and truths that do not fit (refusals.py; malformed.py has everything else)."""
import unittest

from refusals import CASES, Checks, add_tests, case, spec

AT = r"spec\.toml:\d+:\d+: "  # file, line, column
SGD = 'name = "sgd"\nstep = 1e-3\n'
TABLE = "a,b,y\n1,2,3\n2,1,4\n3,5,6\n4,4,7\n"
FILES = 'file = "t.csv"\ntarget = "y"\n'


def data(text, model='name = "linear"\n', **sections):
    return spec(**{**dict(model=model, observe="", compare="laws = []\n", data=text, dynamics=SGD), **sections})


def instance(name, text, message, model='name = "linear"\n', **sections):
    case("instance_" + name, 2, AT + message, data(f"instance = {{ {text} }}\n", model, **sections))


instance("kind_unknown", 'kind = "spectra"', r"\[data\.instance\] kind: unknown value \"spectra\"; did you mean \"spectrum\"\?")
instance("kind_of_another_model", 'kind = "low_rank"', r"\[data\.instance\] kind: unknown value \"low_rank\".*")
instance("key_of_another_kind", 'kind = "signal", nonzero = 3', r"\[data\.instance\] unknown key \"nonzero\".*")
instance("too_many_modes", "nonzero = 6", r"\[data\.instance\] nonzero: expected at most 5, .*", 'name = "linear"\ncoordinates = 6\n')
instance("no_modes", "nonzero = 0", r"\[data\.instance\] nonzero: expected an integer between 1 and 511, got 0")
instance("magnitude_reversed", "magnitude = [2, 1]", r"\[data\.instance\] magnitude: expected .+")
instance("magnitude_negative", "magnitude = [-1, 1]", r"\[data\.instance\] magnitude: expected .+")
instance("lengths_and_levels", 'kind = "signal", levels = [1, 2], lengths = [3, 4, 5]', r"\[data\.instance\] lengths: expected 2 lengths, one a level, got 3")
instance("lengths_too_long", 'kind = "signal", levels = [1, 2], lengths = [500, 13]', r"\[data\.instance\] lengths: expected a sum between 1 and 512")
instance("length_zero", 'kind = "signal", levels = [1, 2], lengths = [3, 0]', r"\[data\.instance\] lengths.*: expected an integer between 1 and 512, got 0")
instance("coordinates_differ", 'kind = "signal"', r"\[model\] coordinates: the lengths add up to 200", 'name = "hadamard"\ncoordinates = 100\n')
instance("samples_beyond_memory", "samples = 1e5", r"\[data\.instance\] samples: .*at most 1048576 numbers.*")
instance("with_loss", "samples = 5", r"\[model\] loss: a model has \[data\] or a loss, not both", 'name = "mapped_hadamard"\nloss = { target = [1.0] }\n')
instance("minibatch", "samples = 5", r"\[dynamics\] sampling: .*\"full\" or \"surrogate\"", dynamics=SGD + 'sampling = "minibatch"\n')
instance("langevin", "samples = 5", r"\[dynamics\] name: .*is for sgd only", dynamics="temperature = 0.1\nstep = 1e-3\n")
instance("of_a_model_without", "samples = 5", r"\[data\] instance: this model takes files or a teacher, .*", 'name = "groups"\n')
instance("shared_type", 'shared = "yes"', r"\[data\.instance\] shared: expected true or false, got \"yes\"")
case("instance_and_file", 2, AT + r"\[data\] file: cannot go together with instance.*", data(FILES + "instance = { samples = 5 }\n"), files={"t.csv": TABLE})
case("l1_negative", 2, AT + r"\[model\] l1: expected .*, got -1.*", spec(model='name = "linear"\nl1 = -1\n'))

# --- truths ---------------------------------------------------------------------------------------------------------
case("truth_missing_file", 5, r".*w\.csv: cannot open: .+", data(FILES + 'truth = "w.csv"\n'), files={"t.csv": TABLE})
case("truth_too_long", 2, AT + r"\[data\] truth: expected 2 numbers in a row or a column, but .*w\.csv has 3 rows of 1", data(FILES + 'truth = "w.csv"\n'),
     files={"t.csv": TABLE, "w.csv": "1\n2\n3\n"})
case("truth_of_standardized", 2, AT + r"\[data\] truth: cannot go together with standardize.*", data(FILES + 'standardize = true\ntruth = "w.csv"\n'),
     files={"t.csv": TABLE, "w.csv": "1\n2\n"})
case("truth_of_a_teacher", 2, AT + r"\[data\] truth: belongs to data from files.*",
     data('teacher = { samples = 9 }\ntruth = "w.csv"\n', 'name = "hadamard"\ncoordinates = 2\n'), files={"w.csv": "1\n2\n"})
case("truth_of_another_model", 2, AT + r"\[data\] unknown key \"truth\".*", data(FILES + 'truth = "w.csv"\n', 'name = "deep_hadamard"\n'),
     files={"t.csv": TABLE, "w.csv": "1\n2\n"})

# --- matrix completion ----------------------------------------------------------------------------------------------
COMPLETION = 'name = "completion"\n'


def matrix(name, message, truth="1,2\n3,4\n", mask="1,0\n0,1\n", text='truth = "m.csv"\nmask = "o.csv"\n', model=COMPLETION, **sections):
    case("completion_" + name, 2, AT + message, data(text, model, **sections), files={"m.csv": truth, "o.csv": mask})


matrix("mask_of_other_shape", r"\[data\] mask: expected 2 × 2 numbers as in .*m\.csv, but .*o\.csv has 1 × 2", mask="1,0\n")
matrix("mask_of_other_numbers", r"\[data\] mask: expected only 0 and 1, or booleans, in .*o\.csv", mask="1,0\n0.5,1\n")
matrix("gap_observed", r"\[data\] mask: row 0, column 0 is observed, but has no value in .*m\.csv", truth="nan,2\n3,4\n")
matrix("error_of_gaps", r"\[observe.histogram\[0\]\] of: \"error\" is measured on the entries that are not observed, and their values are not known; .*",
       truth="1,NA\n,4\n", observe='histogram = [{ of = "error", range = [0, 5] }]\n', dynamics=SGD)
matrix("mask_empty", r"\[data\] mask: no entry is observed in .*", mask="0,0\n0,0\n")
matrix("without_truth", r"\[data\] missing key \"truth\".*", text='mask = "o.csv"\n')
matrix("without_mask", r"\[data\] missing key \"mask\".*", text='truth = "m.csv"\n')
matrix("rows_differ", r"\[model\] rows: the data has 2", model=COMPLETION + "rows = 3\n")
matrix("with_teacher", r"\[data\] teacher: .*", text="teacher = { samples = 9 }\n")
matrix("with_batch", r"\[dynamics\] batch: has no meaning.*", dynamics=SGD + "batch = 4\n")
matrix("with_label_noise", r"\[dynamics\] label_noise: has no meaning.*", dynamics=SGD + "label_noise = 0.1\n")
matrix("with_minibatch", r"\[dynamics\] sampling: unknown value \"minibatch\".*", dynamics=SGD + 'sampling = "minibatch"\n')
instance("nothing_observed", "observed = 0.001", r"\[data\.instance\] observed: no entry of a 20 × 20 matrix would be observed", COMPLETION)
instance("observed_too_large", "observed = 1.5", r"\[data\.instance\] observed: expected a number between 0 and 1, got 1\.5", COMPLETION)
instance("rank_of_truth", "singular_values = [1, 2, 3]", r"\[data\.instance\] singular_values: expected 1 to min\(rows, columns\) = 2 numbers", COMPLETION + "rows = 2\n")
instance("keep_zero", "observed = 0.5", r"\[model\] keep: expected .*, got 0.*", COMPLETION + "keep = 0\n")
instance("keep_too_small", "observed = 0.5", r"\[model\] keep: expected at least 2\^-32", COMPLETION + "keep = 1e-12\n")
instance("too_many_values", "observed = 0.5", r"\[model\] values: expected an integer between 1 and 20, got 21", COMPLETION + "values = 21\n")
instance("three_deviations", "observed = 0.5", r"\[model\] initial_deviation: expected two numbers, of P and of Q", COMPLETION + "initial_deviation = [1, 2, 3]\n")


class MalformedInstances(Checks):
    pass


add_tests(MalformedInstances, CASES)

if __name__ == "__main__":
    unittest.main()
