// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <vector>

// The exact laws of docs/theory.md, section 3, each simulated and accepted, and its twin simulated and rejected.
// To add one: one line.
namespace orbitwalk::test {

/// A twin: another law on the same sample; or, where `law` is empty, the right law at 2 % more temperature.
struct Twin {
  std::string law;
};
inline const Twin temperature{""}, isotropic{"isotropic"}, uncorrected{"uncorrected"};

struct ExactLaw {
  friend void PrintTo(const ExactLaw& law, std::ostream* out) { *out << law.title; }
  std::string title;
  std::string model;  ///< [model]
  std::string noise;  ///< of [dynamics]
  std::string run;    ///< the rest of [dynamics]; step sizes leave a bias well below the statistical error
  std::string ensemble;
  std::vector<std::string> observables;
  std::string law;
  Twin twin;  ///< must be rejected on at least one of the observables
};

// Sizes give 1e5 to 3e5 effective values in a few seconds of one core each, after five relaxation times or more.
inline const std::string radial3 = "name = \"radial\"\ndimension = 3\nloss = { stiffness = 4.0, radius = 1.5 }";
inline const std::string radial10 = "name = \"radial\"\ndimension = 10\nloss = { stiffness = 4.0, radius = 1.5 }";
inline const std::string gram = "name = \"gram_product\"\nrows = 5\nrank = 3";
inline const std::string conjugation4 = "name = \"conjugation\"\nsize = 4";
inline const std::string product =
    "name = \"hadamard\"\nweight_decay = 0.5\nloss = { target = [1.0], stiffness = 1.0 }";
inline const std::string radial_run = "particles = 163840\nburn_in = 1000\nsteps = 900\nevery = 450";
inline const std::string radial10_run = "particles = 81920\nburn_in = 1200\nsteps = 1000\nevery = 500";
inline const std::string gram_run = "particles = 32768\nburn_in = 1000\nsteps = 600\nevery = 150";
inline const std::string conjugation_run = "particles = 49152\nburn_in = 600\nsteps = 300\nevery = 150";
inline const std::string product_run = "particles = 131072\nburn_in = 800\nsteps = 600\nevery = 300";
inline const std::string softmax = "name = \"softmax_shift\"\nloss = { target = [0.5, 0.3, 0.2] }";
inline const std::string scale =
    "name = \"scale_invariant\"\ndimension = 4\nweight_decay = 1.0\nloss = { strength = 0.5 }";
inline const std::string groups =
    "name = \"groups\"\ngroups = 1\nsize = 3\nweight_decay = 0.5\nloss = { target = 1.0 }";
// p3 has a slow tail
inline const std::string softmax_run = "particles = 49152\nburn_in = 8000\nsteps = 600\nevery = 300";
inline const std::string scale_run = "particles = 98304\nburn_in = 1200\nsteps = 600\nevery = 600";
inline const std::string groups_run = "particles = 98304\nburn_in = 900\nsteps = 600\nevery = 300";
inline const std::string beta_full = "noise = { horizontal = 0.7, vertical = 0.7 }";
inline const std::string beta_half = "noise = { horizontal = 0.7, vertical = 0.35 }";
inline const std::string beta_zero = "noise = { horizontal = 0.7, vertical = 0.0 }";
inline const std::string lm = "scheme = \"leimkuhler_matthews\"\n";
inline const std::vector<std::string> extremes = {"lambda_min", "lambda_max", "trace"};

inline const std::vector<ExactLaw> exact_laws = {
    {"radial_3_full", radial3, beta_full, lm + "step = 4e-3", radial_run, {"r"}, "isotropic", uncorrected},
    {"radial_3_temperature", radial3, beta_full, lm + "step = 4e-3", radial_run, {"r"}, "projected", temperature},
    {"radial_3_half", radial3, beta_half, "step = 1.5e-3", radial_run, {"r"}, "projected", isotropic},
    {"radial_3_zero", radial3, beta_zero, "step = 1.5e-3", radial_run, {"r"}, "projected", isotropic},
    {"radial_10_full", radial10, beta_full, lm + "step = 4e-3", radial10_run, {"r"}, "isotropic", uncorrected},
    {"radial_10_half", radial10, beta_half, "step = 1.5e-3", radial10_run, {"r"}, "projected", isotropic},
    {"radial_10_zero", radial10, beta_zero, "step = 1.5e-3", radial10_run, {"r"}, "projected", isotropic},
    {"gram_product_full", gram, beta_full, lm + "step = 5e-3", gram_run, extremes, "isotropic", uncorrected},
    {"gram_product_half", gram, beta_half, "step = 1e-3", gram_run, extremes, "projected", isotropic},
    {"gram_product_zero", gram, beta_zero, "step = 1e-3", gram_run, extremes, "projected", isotropic},
    {"conjugation_full", conjugation4, beta_full, lm + "step = 2e-2", conjugation_run, extremes, "isotropic",
     uncorrected},
    {"conjugation_half",
     conjugation4,
     beta_half,
     "step = 8e-3",
     conjugation_run,
     {"lambda_min", "lambda_max"},
     "projected",
     isotropic},
    {"conjugation_zero",
     conjugation4,
     beta_zero,
     "step = 8e-3",
     conjugation_run,
     {"lambda_min", "lambda_max"},
     "projected",
     isotropic},
    {"linear",
     "name = \"linear\"\nweight_decay = 0.5\nloss = { target = [1.0], stiffness = 1.0 }",
     "temperature = 0.5",
     lm + "step = 2e-2",
     product_run,
     {"w1"},
     "isotropic",
     temperature},
    {"softmax_shift", softmax, beta_half, "step = 2e-2", softmax_run, {"p1", "p3"}, "projected", uncorrected},
    {"scale_invariant", scale, beta_zero, "step = 4e-3", scale_run, {"cosine"}, "projected", uncorrected},
    {"groups", groups, "temperature = 0.5", lm + "step = 1e-2", groups_run, {"norm1"}, "isotropic", uncorrected},
    {"product_float",
     product,
     "temperature = 0.5",
     lm + "step = 2e-2",
     product_run + "\nprecision = \"float\"",
     {"w1"},
     "isotropic",
     uncorrected},
    {"product_double",
     product,
     "temperature = 0.5",
     lm + "step = 2e-2",
     product_run + "\nprecision = \"double\"",
     {"w1"},
     "isotropic",
     uncorrected},
};

}  // namespace orbitwalk::test
