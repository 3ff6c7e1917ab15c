// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "compare/monitored_bridge.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "compare/distances.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr double kMerge = 0.005;    // least spacing of monitored times
constexpr double kShift = 0.58260;  // -ζ(1/2) / √(2π)
constexpr double kReach = 7;        // standard deviations of the kernel that are kept
constexpr double kFar = 4;          // beyond it the tail is bounded

double scaled(double d, double n) {
  const double root = std::sqrt(n);
  return d * (root + 0.12 + 0.11 / root);
}

/// Gauss-Legendre nodes and weights on (0, 1), by Newton's method on P_n.
void gauss_legendre(int n, std::vector<double>& nodes, std::vector<double>& weights) {
  nodes.resize(n), weights.resize(n);
  for (int i = 0; i < n; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5)), slope = 1;
    for (int iteration = 0; iteration < 20; ++iteration) {
      double before = 1, p = x;
      for (int k = 2; k <= n; ++k) {
        const double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
        before = p, p = next;
      }
      slope = n * (x * p - before) / (x * x - 1);
      const double change = p / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    nodes[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
}

/// P(|N(mean, deviation²)| >= barrier).
double outside(double mean, double deviation, double barrier) {
  const double unit = deviation * std::numbers::sqrt2;
  return (std::erfc((barrier - mean) / unit) + std::erfc((barrier + mean) / unit)) / 2;
}

}  // namespace

MonitoredBridge::MonitoredBridge(const std::vector<double>& cdf) {
  double last = 0, until = 0, roots = 0, middle = -1;
  for (const double t : cdf) {
    if (!(t > 0 && t < 1)) continue;
    if (std::abs(t - 0.5) < std::abs(middle - 0.5)) middle = t;
    const double gap = std::max(0.0, t - until);
    roots += gap * std::sqrt(gap);
    until = t;
    if (t - last < kMerge || 1 - t < kMerge) continue;
    const double spacing = t - last;
    steps_.push_back({t, kShift * (std::sqrt(spacing) - roots / spacing)});
    narrowest_ = std::min(narrowest_, std::sqrt(spacing * (1 - t) / (1 - last)));
    last = t, roots = 0;
  }
  // All edges in one tail: the one nearest to the median decides.
  if (steps_.empty() && middle > 0) steps_.push_back({middle, 0});
}

double MonitoredBridge::tail(double lambda) const {
  if (!(lambda > 0)) return 1;
  if (steps_.empty()) return 0;
  if (lambda > kFar) return tail(kFar) * std::exp(-2 * (lambda * lambda - kFar * kFar));
  const int n = std::clamp(static_cast<int>(1.4 * lambda / narrowest_) + 12, 12, 400);
  std::vector<double> nodes, weights;
  gauss_legendre(n, nodes, weights);
  // The sub-density is even: half of the nodes, f(y) = Σ over both signs of x.
  std::vector<double> density(n), next(n);
  double exit = 0, time = 0, barrier_before = 0;
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const double t = steps_[k].time, barrier = std::max(lambda - steps_[k].lowered, lambda / 4);
    if (k == 0) {
      const double deviation = std::sqrt(t * (1 - t));
      exit += outside(0, deviation, barrier);
      for (int j = 0; j < n; ++j) {
        const double z = barrier * nodes[j] / deviation;
        density[j] = std::exp(-z * z / 2) / (deviation * std::sqrt(2 * std::numbers::pi));
      }
    } else {
      const double shrink = (1 - t) / (1 - time), deviation = std::sqrt((t - time) * shrink);
      const double unit = 1 / (deviation * std::sqrt(2 * std::numbers::pi));
      std::fill(next.begin(), next.end(), 0.0);
      for (int i = 0; i < n; ++i) {
        const double mean = shrink * barrier_before * nodes[i], mass = density[i] * weights[i] * barrier_before;
        exit += 2 * mass * outside(mean, deviation, barrier);
        for (int j = 0; j < n; ++j) {
          const double y = barrier * nodes[j], near = (y - mean) / deviation, far = (y + mean) / deviation;
          if (near > kReach) break;  // nodes ascend
          if (near < -kReach) continue;
          next[j] += mass * unit * (std::exp(-near * near / 2) + (far < kReach ? std::exp(-far * far / 2) : 0));
        }
      }
      density.swap(next);
    }
    time = t, barrier_before = barrier;
  }
  return std::min(1.0, exit);
}

double MonitoredBridge::p_value(double d, double n) const {
  if (!(n > 0) || std::isnan(d)) return std::nan("");
  const double lambda = scaled(std::max(0.0, d), n);
  return lambda < 1e-9 ? 1 : tail(lambda);  // a distance of rounding alone
}

double MonitoredBridge::critical(double significance, double n) const {
  if (!(significance > 0 && significance < 1)) throw SpecError("a significance lies between 0 and 1");
  if (!(n > 0)) return std::nan("");
  if (steps_.empty()) return 0;
  // Kolmogorov's critical value is an upper end, and its slope d log p / dλ = -4λ a good first step; then secants, kept
  // inside the bracket.
  const double goal = std::log(significance);
  const auto excess = [&](double lambda) { return std::log(std::max(tail(lambda), 1e-300)) - goal; };
  double low = 0, high = scaled(ks_critical(significance, n), n) * 1.001;
  double before = high, at_before = excess(before), lambda = high + at_before / (4 * high);
  for (int i = 0; i < 60 && high - low > 1e-7 * high; ++i) {
    if (!(lambda > low && lambda < high)) lambda = (low + high) / 2;
    const double value = excess(lambda);
    if (std::abs(value) < 1e-5) return lambda / scaled(1, n);
    (value > 0 ? low : high) = lambda;
    const double slope = (value - at_before) / (lambda - before);
    before = lambda, at_before = value;
    lambda -= value / slope;
  }
  return high / scaled(1, n);
}

}  // namespace orbitwalk
