# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""The checks can fail: each wrong promise below must be found broken, and for the reason that is given."""
import sys

from example_run import BrokenPromise
from example_test import check, parse


def wrong_law(run):
    run(8192).verdict("isotropic", "r", "accepted")


def wrong_rejection(run):
    run(8192).verdict("projected", "r", "rejected")


def wrong_exit_code(run):
    run(8192).exits(4)


def number_missing(run):
    run(8192).verdict("isotropic", "r", "rejected", mean="1.6123")


def wrong_mean(run):
    run(8192).mean("r", "0.18")  # the header holds this number, for the KS distance


def wrong_distance(run):
    run(8192).verdict("isotropic", "r", "rejected", ks="0.048")  # the one of another law


def ridge_instead(run):
    # What weight decay on W itself would give, 2 / 1.5.
    run(1024, laws=False).mean("sigma1", "1.33", 4096)


def unbalanced(run):
    run(256, "ensemble.burn_in=0", "ensemble.steps=1", "ensemble.every=1", laws=False).median("ratio4", "0.97")


CASES = [
    ("radial_projected", wrong_law, "promised accepted"),
    ("radial_projected", wrong_rejection, "promised rejected"),
    ("radial_projected", wrong_exit_code, "promised 4"),
    ("radial_projected", number_missing, "does not say"),
    ("radial_projected", wrong_mean, "mean of r is"),
    ("radial_partial", wrong_distance, "KS 0."),
    ("matrix_product_rank", ridge_instead, "mean of sigma1 is"),
    ("relu_sgd", unbalanced, "median of ratio4 is"),
    ("radial_projected", None, "has no check"),
]


def main():
    options = parse(__doc__)
    for name, promise, reason in CASES:
        title = promise.__name__ if promise else "no check"
        try:
            check(options.program, options.source, name, {name: promise} if promise else {})
        except BrokenPromise as broken:
            if reason not in str(broken):
                sys.exit(f"FAILED {title}: broken for another reason: {broken}")
            print(f"{title}: found broken, as it should be: {broken}")
            continue
        sys.exit(f"FAILED {title}: a wrong promise about {name} went unnoticed")


if __name__ == "__main__":
    main()
