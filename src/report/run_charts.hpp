// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "orbitwalk/result.hpp"
#include "report/chart.hpp"
#include "report/groups.hpp"

// What is drawn of one run. IoError for a record that is damaged.
namespace orbitwalk {

/// A histogram as a density, with the standard error of each bin at the effective sample size.
struct BinnedDensity {
  std::vector<double> edges, density, error;
  double effective = 0;
  std::size_t first = 0, last = 0;  ///< bins worth showing: [first, last)
};

/// Nothing where no value was counted.
BinnedDensity binned_density(const ObservableResult& observable);

/// Densities of a group's members with their laws; residuals below them where there are laws. Groups of many members in
/// small panels.
std::vector<Chart> density_charts(const Result& result, const NameGroup& group);

/// The series over the steps (docs/design.md): a fan, or the medians of a group and the fans of some of its members.
std::vector<Chart> series_charts(const Result& result, const NameGroup& group);

/// Median and 5-95 % of a group's members at the last observation, by index.
std::vector<Chart> last_value_charts(const Result& result, const NameGroup& group);

/// The same as a layer, for charts of several runs; without points where the run has no such values.
Layer last_values(const Result& result, const NameGroup& group, const std::string& label, int style);

/// One observable's quantiles over the steps; empty where the run has none.
Layer series_fan(const Result& result, const std::string& name, const std::string& label, int style);

/// An axis of steps, spaced as the series is.
Panel series_panel(const Result& result, const std::string& y_label);

}  // namespace orbitwalk
