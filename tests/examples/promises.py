# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
"""What the header of each example promises, as checks: PROMISES[name](run), run(particles, *settings) -> Run.

A new example brings a function here, named like the file. Numbers are written as text: they must stand in the header.
"""
from example_run import require

PROMISES = {}


def promise(check):
    PROMISES[check.__name__] = check
    return check


@promise
def radial_isotropic(run):
    result = run(8192)
    result.exits(0)
    result.verdict("isotropic", "r", "accepted", mean="1.6549")
    result.verdict("uncorrected", "r", "rejected", mean="1.5000", ks="0.176")
    bias = result.summary["step_bias"]["r"]
    require(abs(bias["mean"]) < 7 * bias["standard_error"], f"step bias {bias['mean']} ± {bias['standard_error']}")
    require(result.law("uncorrected", "r")["attribution"] == "theory", "the rejection is not put down to theory")


@promise
def radial_partial(run):
    result = run(8192)
    result.exits(0)
    result.verdict("projected", "r", "accepted", mean="1.5421")
    result.verdict("isotropic", "r", "rejected", mean="1.6549", ks="0.13")
    result.verdict("uncorrected", "r", "rejected", mean="1.5000", ks="0.048")


@promise
def radial_projected(run):
    result = run(8192)
    result.exits(0)
    result.verdict("projected", "r", "accepted")
    result.verdict("isotropic", "r", "rejected", ks="0.18")


def gram_product(result, right, means, wrong, wrong_means, distances):
    result.exits(0)
    for i, name in enumerate(("lambda_min", "lambda_max", "trace")):
        result.verdict(right, name, "accepted", mean=means[i])
        result.verdict(wrong, name, "rejected", mean=wrong_means[i], ks=distances[i])


@promise
def gram_product_horizontal(run):
    gram_product(run(4096), "projected", ("0.4877", "2.1293", "3.8301"), "isotropic", ("0.5750", "2.2767", "4.2040"),
                 ("0.11", "0.12", "0.16"))


@promise
def gram_product_partial(run):
    gram_product(run(4096), "projected", ("0.5097", "2.1681", "3.9273"), "isotropic", ("0.5750", "2.2767", "4.2040"),
                 ("0.084", "0.088", "0.12"))


@promise
def gram_product_isotropic(run):
    gram_product(run(4096), "isotropic", ("0.5750", "2.2767", "4.2040"), "uncorrected", ("0.6057", "1.6380", "3.3270"),
                 ("0.054", "0.48", "0.34"))


def conjugation(result, mean, distance):
    result.exits(0)
    result.verdict("projected", "lambda_max", "accepted", mean=mean)
    result.verdict("projected", "lambda_min", "accepted")
    result.verdict("projected", "trace", "accepted")
    result.verdict("isotropic", "lambda_max", "rejected", mean="1.3457", ks=distance)
    result.verdict("isotropic", "lambda_min", "rejected")
    result.verdict("isotropic", "trace", "accepted")
    require(result.summary["degenerate_projections"] > 0, "no degenerate projection was counted")


@promise
def conjugation_dyson(run):
    result = run(4096)
    conjugation(result, "0.9141", "0.33")
    result.mean("lambda_min", "-0.9141")
    result.variance("trace", "1.96")


@promise
def conjugation_no_repulsion(run):
    result = run(4096)
    conjugation(result, "0.7206", "0.47")
    steps = result.summary["particles"] * result.summary["steps"]
    share = result.summary["degenerate_projections"] / steps
    require(0.5 / 200 < share < 2 / 200, f"degenerate projections: {share:.2e} of all")


@promise
def hadamard_bessel(run):
    result = run(16384)
    result.exits(0)
    result.verdict("isotropic", "w1", "accepted", mean="0.2495")
    result.verdict("uncorrected", "w1", "rejected", mean="1.0", ks="0.54")
    w = result.observable("w1")
    require(w["minimum"] < -1.5 and w["maximum"] > 2.5, "the tails of w are not reached")


@promise
def quadratic_lm(run):
    full = 200_000  # 0.2 s
    result = run(full)
    result.exits(0)
    result.verdict("isotropic", "r", "accepted", mean="1.5958")
    result.variance("theta1", "1.00")
    euler = run(full, "dynamics.scheme=euler_maruyama")
    euler.exits(4)
    euler.verdict("isotropic", "r", "rejected", ks="0.05")
    euler.variance("theta1", "1.11")
    two_point = run(full, "dynamics.variates=rademacher")
    two_point.exits(4)
    two_point.verdict("isotropic", "r", "rejected", ks="0.03")
    two_point.variance("theta1", "1.00")
    run(full, "dynamics.step=0.5").verdict("isotropic", "r", "rejected", ks="0.005")
    run(full, "dynamics.step=0.5", "dynamics.variates=gaussian").verdict("isotropic", "r", "accepted")


@promise
def matrix_product_rank(run):
    result = run(1024, laws=False)
    result.exits(0)
    full = 4096
    result.mean("sigma1", "1.501", full)
    result.mean("sigma2", "0.4995", full)
    result.mean("sigma3", "0.0023", full)
    for name in ("sigma1", "sigma2"):
        spread = result.observable(name)["variance"] ** 0.5
        require(abs(spread - result.promised("0.032")) < 0.002, f"{name} spreads by {spread}")


# Order of the header's columns, and of w1 ... w10.
FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
FACTORISED = ("0.02", "-3.78", "24.37", "11.17", "-0.26", "-0.23", "-8.02", "0.17", "21.49", "0.58")
FREE = ("1.45", "-0.69", "7.03", "4.97", "1.23", "0.58", "-4.13", "3.87", "6.33", "3.65")
SHRUNK = ("age", "s1", "s2", "s4", "s6")


@promise
def diabetes_hadamard(run):
    result = run(1024, laws=False)
    result.exits(0)
    for i, feature in enumerate(FEATURES):
        name = f"w{i + 1}"
        note = next(n for n in result.summary["notes"] if n.startswith(f"{name} is {feature};"))
        free = float(note.rsplit(" ", 1)[1])
        require(abs(free - result.promised(FREE[i])) < 0.005, f"free weight of {feature}: {free}, promised {FREE[i]}")
        result.mean(name, FACTORISED[i], 4096)
        weight = result.observable(name)["mean"]
        if feature in SHRUNK:
            require(abs(weight) < 0.7 and abs(weight) < 0.5 * abs(free), f"{feature} is not shrunk: {weight}, free {free}")
        else:
            require(abs(weight) > 3 and abs(weight) > 1.5 * abs(free), f"{feature} is shrunk: {weight}, free {free}")


@promise
def relu_sgd(run):
    ratios = ("ratio1", "ratio2", "ratio3", "ratio4")
    start = run(256, "ensemble.burn_in=0", "ensemble.steps=1", "ensemble.every=1", laws=False)
    for name, text in zip(ratios, ("0.14", "0.51", "2.1", "6.9")):
        start.median(name, text, logarithmic=True)
    result = run(256, laws=False)
    result.exits(0)
    for name, text in zip(ratios, ("0.96", "0.96", "0.97", "0.97")):
        result.median(name, text)
        low, high = result.quantile(name, 0.05), result.quantile(name, 0.95)
        require(0.88 < low < high < 1.06, f"{name}: 5 % {low}, 95 % {high}")
    result.median("loss", "1.58")
    one = run(256, "model.outputs=1", laws=False)
    for name, text in zip(ratios, ("0.48", "0.55", "0.58", "0.60")):
        one.median(name, text)
