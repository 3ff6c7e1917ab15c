// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"
#include "compare/compare.hpp"
#include "laws/law.hpp"
#include "spec/spec.hpp"

namespace orbitwalk {

/// A second run at another width of the shell, for the limit ε → 0: bias(ε) = C ε^order.
struct ShellExtrapolation {
  double factor = 2;  ///< of the width
  double order = 2;
};

/// The [compare] section.
struct CompareSettings {
  std::vector<std::string> laws, expect;
  CompareOptions options;
  std::map<std::string, Window> windows;  ///< by observable
  bool step_bias = false;
  double step_factor = 0.5;  ///< the second run has step · factor (and steps / factor)
  std::optional<ShellExtrapolation> shell_extrapolation;
};

/// A run spec, read and checked: what to simulate, and what to compare it with.
struct Experiment {
  Problem problem;
  NoiseIntensity noise;  ///< meaningless for SGD
  bool has_temperature = false;
  bool conditioned = false;  ///< on a gauge slice: a shell, or constrained dynamics
  CompareSettings compare;
  double allowed_diverged = 0;     ///< share of particles
  std::vector<bool> needs_range;   ///< an observed quantity whose histogram range is still to be found by a pilot run
  std::vector<std::string> notes;  ///< shown with the result
  std::vector<DataFile> data;      ///< every file that was read because the spec names it, with a hash of its content
};

/// Reads a whole spec; every key must be known. SpecError and IoError as the readers throw them.
Experiment read_experiment(const Spec& spec);

/// The same at another step: step · factor, and all step counts divided by it, so that the times agree. SpecError where
/// the counts do not divide.
Problem at_step_factor(const Problem& problem, double factor);

/// The same with a shell of width · factor.
Problem at_shell_factor(const Problem& problem, double factor);

/// The laws that [compare] names, for each observed quantity that has an invariant. One that does not exist at these
/// parameters (laws/no_law.hpp) is Law::none, or a SpecError where [compare] expects it. SpecError for a law that does
/// not apply.
std::vector<Law> predict_laws(const Experiment& experiment);

}  // namespace orbitwalk
