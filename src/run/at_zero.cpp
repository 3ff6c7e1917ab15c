// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/at_zero.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "dynamics/registry.hpp"
#include "kernels/noise/list.hpp"
#include "run/last_values.hpp"

namespace orbitwalk {
namespace {

bool may_collapse(const Problem& problem, const std::string& name) {
  static const std::pair<const char*, const char*> products[] = {{"hadamard", "w"},         {"deep_hadamard", "w"},
                                                                 {"mapped_hadamard", "z"},  {"relu", "strength"},
                                                                 {"attention", "strength"}, {"groups", "norm"}};
  if (problem.plan.noise == noise_id<GeometricNoise>)
    return problem.model.name == "linear" && numbered_index(name, "w");
  if (!noise_of(problem.plan).from_samples) return false;
  for (const auto& [model, prefix] : products) {
    if (problem.model.name == model && numbered_index(name, prefix)) return true;
  }
  return false;
}

}  // namespace

std::optional<ShareAtZero> share_at_zero(const Problem& problem, const Tally& tally, std::size_t observed) {
  if (!may_collapse(problem, problem.names[observed])) return {};
  ShareAtZero result;
  std::uint64_t inside = 0;
  for (const double x : last_values(problem, tally, observed)) {
    if (!std::isfinite(x)) continue;
    ++result.particles;
    inside += std::abs(x) <= result.threshold ? 1 : 0;
  }
  if (result.particles == 0) return {};
  result.share = double(inside) / double(result.particles);
  return result;
}

}  // namespace orbitwalk
