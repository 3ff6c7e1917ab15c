// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "backends/backend.hpp"

// The problems on which backends are compared bit for bit, shared by gpu_check and the emulation.
namespace orbitwalk::test {

/// A model as [model] and [data] of a spec.
struct ModelCase {
  std::string title, toml;
  bool has_data = false;
  bool from_files = false;  ///< an instance that is read, the same for every seed
  friend void PrintTo(const ModelCase& model, std::ostream* out) { *out << model.title; }
};

/// Every registered model with its defaults, and where it says more: other sizes (state in registers, in memory) and
/// data.
std::vector<ModelCase> model_cases();
/// Models whose particles draw their problem themselves, or share one that is drawn.
std::vector<ModelCase> instance_model_cases();
/// Sizes that need the larger working memories of a thread.
std::vector<ModelCase> large_model_cases();

struct RunCase {
  std::string scheme = "euler_maruyama";  ///< one of schemes_of()
  std::string variates = "gaussian", precision = "float";
  std::uint64_t particles = 700, burn_in = 70, steps = 130, every = 13;
  double step = 0.01;
  int bins = 20;  ///< of the first histogram, the others have more
};

/// Names of the schemes that a model has: with generators projected and heun, with data sgd and surrogate, with gauges
/// shell and constrained. With a drawn problem, or fresh samples, those of SGD only.
std::vector<std::string> schemes_of(const ModelCase& model);

/// Every scheme of the model with the variates and precisions that it takes, on top of `base`.
std::vector<RunCase> run_cases(const ModelCase& model, const std::vector<std::string>& variates,
                               const std::vector<std::string>& precisions, const RunCase& base = {});
/// "scheme, variates, precision".
std::string title_of(const RunCase& run);

/// Reads the spec that the two make. Up to six quantities are observed, ranges narrow enough that some values lie
/// outside.
Problem make_problem(const ModelCase& model, const RunCase& run);

/// All blocks of a problem, in chunks of `chunk_blocks`, as one chunk.
ChunkResult run_in_chunks(const Problem& problem, Backend& backend, std::uint64_t chunk_blocks);

/// Empty when all bits agree (a NaN agrees with a NaN), else the first difference in words.
std::string first_difference(const Problem& problem, const ChunkResult& expected, const ChunkResult& actual);

}  // namespace orbitwalk::test
