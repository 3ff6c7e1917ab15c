// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "cumulative.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gauss_jacobi.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr int kNodes = 16;

const GaussRule& legendre() {
  static const GaussRule rule = gauss_jacobi(kNodes, 0);
  return rule;
}

}  // namespace

CumulativeIntegral::CumulativeIntegral(std::function<double(double)> f, double start, double step)
    : f_(std::move(f)), start_(start), step_below_(step), step_above_(step) {}

double CumulativeIntegral::integrate(double a, double b) const {
  double sum = 0;
  for (int q = 0; q < kNodes; ++q) sum += legendre().weights[q] * f_(a + (b - a) * legendre().nodes[q]);
  return sum * (b - a);
}

double CumulativeIntegral::extend(int direction, double limit) {
  double& step = direction > 0 ? step_above_ : step_below_;
  double& value = direction > 0 ? value_above_ : value_below_;
  std::vector<Panel>& panels = direction > 0 ? above_ : below_;
  const double begin = direction > 0 ? upper() : lower();
  for (;; step /= 2) {
    double end = begin + direction * step;
    if (direction * (end - limit) > 0) end = limit;
    const double middle = begin + (end - begin) / 2;
    if (!(std::abs(middle - begin) > 0) || middle == end)
      throw NumericalError("the potential of a law cannot be followed beyond " + std::to_string(begin));
    const double coarse = integrate(begin, end), fine = integrate(begin, middle) + integrate(middle, end);
    evaluations_ += 3 * kNodes;
    if (evaluations_ > budget)
      throw NumericalError("the potential of a law needs more than " + std::to_string(budget) + " evaluations");
    if (!(std::abs(coarse - fine) <= 1e-12 * std::max({1.0, std::abs(fine), std::abs(value)}))) continue;
    panels.push_back({begin, end, value});
    value += fine;
    step *= 2;
    return end;
  }
}

double CumulativeIntegral::value(double t) const {
  const std::vector<Panel>& panels = t < start_ ? below_ : above_;
  if (panels.empty()) return 0;
  const auto beyond = std::partition_point(
      panels.begin(), panels.end(), [&](const Panel& p) { return std::abs(p.begin - start_) < std::abs(t - start_); });
  const Panel& panel = beyond == panels.begin() ? panels.front() : *(beyond - 1);
  return panel.value + integrate(panel.begin, t);
}

}  // namespace orbitwalk
