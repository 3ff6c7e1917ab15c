// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/empirical_table.hpp"

#include <algorithm>
#include <cmath>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

EmpiricalTable::EmpiricalTable(std::vector<double> sample, double effective_size) : sample_(std::move(sample)) {
  std::sort(sample_.begin(), sample_.end());
  if (sample_.size() < 2 || !(sample_.front() < sample_.back()) || !std::isfinite(sample_.front() + sample_.back()))
    throw SpecError("an empirical law needs two different values");
  const double n = static_cast<double>(sample_.size());
  for (const double x : sample_) mean_ += x / n;
  for (const double x : sample_) variance_ += (x - mean_) * (x - mean_) / (n - 1);
  error_ = std::min(1.0, std::sqrt(std::log(2 / 0.001) / (2 * effective_size)));
  width_ = std::max(2 * (quantile(0.75) - quantile(0.25)) * std::pow(n, -1.0 / 3), (upper() - lower()) / n);
}

double EmpiricalTable::cdf(double x) const {
  if (!(x > lower())) return std::isnan(x) ? x : 0;
  if (x >= upper()) return 1;
  const auto after = std::upper_bound(sample_.begin(), sample_.end(), x);
  const double before = *(after - 1), gap = *after - before;
  const double index = static_cast<double>(after - 1 - sample_.begin()) + (x - before) / gap;
  return index / static_cast<double>(sample_.size() - 1);
}

double EmpiricalTable::quantile(double p) const {
  if (!(p >= 0 && p <= 1)) throw SpecError("a quantile needs a probability in [0, 1]");
  const double index = p * static_cast<double>(sample_.size() - 1);
  const auto at = std::min(static_cast<std::size_t>(index), sample_.size() - 2);
  return sample_[at] + (index - static_cast<double>(at)) * (sample_[at + 1] - sample_[at]);
}

double EmpiricalTable::density(double x) const {
  if (!(x >= lower() && x <= upper())) return 0;
  const double a = std::max(lower(), x - width_ / 2), b = std::min(upper(), x + width_ / 2);
  return (cdf(b) - cdf(a)) / (b - a);
}

}  // namespace orbitwalk
