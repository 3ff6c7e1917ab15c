// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/judgement.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

std::vector<Sample> samples_of(const std::vector<ObservableResult>& results,
                               const std::vector<ObservableResult>& at_second_shell, const CompareSettings& settings) {
  std::vector<Sample> samples;
  for (const ObservableResult& result : results) {
    const auto second = std::find_if(at_second_shell.begin(), at_second_shell.end(),
                                     [&](const auto& r) { return r.name == result.name; });
    const bool paired = settings.shell_extrapolation && second != at_second_shell.end();
    if (result.histogram.total() == 0 || (paired && second->histogram.total() == 0)) {
      samples.emplace_back();
      samples.back().name = result.name;
    } else if (paired) {
      const ShellExtrapolation& shell = *settings.shell_extrapolation;
      samples.push_back(extrapolate(result, *second, shell.factor, shell.order));
    } else {
      samples.push_back(result);
    }
  }
  return samples;
}

std::vector<LawComparison> compare_all(const std::vector<Law>& laws, const std::vector<Sample>& samples,
                                       const CompareSettings& settings) {
  std::vector<LawComparison> comparisons;
  for (const Law& law : laws) {
    const auto at =
        std::find_if(samples.begin(), samples.end(), [&](const auto& s) { return s.name == law.observable; });
    if (at == samples.end()) throw IoError("the result lacks the observable " + law.observable + " of its spec");
    if (law.exists() && !at->distribution.shares.empty()) {
      comparisons.push_back(compare(*at, law, settings.options));
      continue;
    }
    const double nan = std::nan("");
    LawComparison nothing;
    nothing.name = law.name;
    nothing.observable = law.observable;
    nothing.no_law = law.reason;
    nothing.mean = law.mean();
    nothing.variance = law.variance();
    nothing.ks = nothing.p_value = nothing.wasserstein1 = nothing.kl = nothing.ks_critical = nothing.mean_z =
        nothing.variance_z = nan;
    nothing.p_smooth = nothing.ks_bound = nan;
    nothing.significance = settings.options.significance;
    nothing.confidence = settings.options.confidence;
    nothing.equivalence = settings.options.equivalence;
    comparisons.push_back(nothing);
  }
  adjust_for_multiplicity(comparisons, settings.expect);
  return comparisons;
}

std::vector<std::string> rejected_expectations(const CompareSettings& settings,
                                               const std::vector<LawComparison>& comparisons) {
  std::vector<std::string> rejected;
  for (const auto& name : settings.expect) {
    for (const auto& c : comparisons) {
      if (c.name == name && c.verdict == "rejected") rejected.push_back(name + " (" + c.observable + ")");
    }
  }
  return rejected;
}

std::vector<double> law_density(const Law& law, const std::vector<double>& edges) {
  std::vector<double> density(edges.size() - 1);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i)
    density[i] = (law.cdf(edges[i + 1]) - law.cdf(edges[i])) / (edges[i + 1] - edges[i]);
  return density;
}

void describe_laws(std::vector<LawComparison>& comparisons, const std::vector<Law>& laws,
                   const std::vector<ObservableResult>& results) {
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const auto at = std::find_if(results.begin(), results.end(),
                                 [&](const ObservableResult& r) { return r.name == laws[i].observable; });
    comparisons[i].formula = laws[i].formula;
    if (laws[i].window) comparisons[i].window = {laws[i].window->lower, laws[i].window->upper};
    comparisons[i].density = law_density(laws[i], at->histogram.edges);
  }
}

}  // namespace orbitwalk
