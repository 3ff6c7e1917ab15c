// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "sectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "orbitwalk/error.hpp"

namespace orbitwalk {

bool SpectrumDensity::touches_lower(const JointLaw& joint, const Support& support) {
  return std::isfinite(joint.lower) && support.lower - joint.lower <= 0.25 * (support.upper - support.lower);
}

SpectrumDensity::SpectrumDensity(const JointLaw& joint, Statistic statistic, const Support& support, int nodes)
    : joint_(joint), statistic_(statistic), support_(support) {
  const int n = joint.coordinates;
  const PowerMeasure& m = joint.measure;
  if (n < 2 || n > maximum_coordinates)
    throw SpecError("laws of a coupled spectrum are computed for 2 to " + std::to_string(maximum_coordinates) +
                    " coordinates, not " + std::to_string(n));
  if (!joint.poles.empty())
    throw SpecError("the weight has a pole: only single coordinates and their extremes are covered");
  const bool powers = m.single != 0 || m.sum != 0;
  if (powers && !(joint.lower >= 0)) throw SpecError("powers of z or z_i + z_j need a support with z >= 0");
  bounded_ = touches_lower(joint, support);
  singular_end_ = bounded_ && powers && joint.lower == 0;
  if (bounded_) support_.lower = joint.lower;
  if (support_.upper == joint.upper && statistic != Statistic::maximum)
    throw SpecError("a spectrum with a finite upper end is covered for the maximum only");
  scale_by_root_ = bounded_ && statistic != Statistic::minimum;
  gaps_ = scale_by_root_ ? n : n - 1;
  reference_ = n * support.peak;
  // The k-th largest gap is at most 1/k of the spread; a shorter range needs fewer nodes, the singular ends some
  // anyway.
  for (int k = 0; k < maximum_coordinates; ++k)
    nodes_[static_cast<std::size_t>(k)] = std::max(6, static_cast<int>(std::lround(nodes * (0.3 + 0.7 / (k + 1)))));
  const double growth = (n - 1) * (std::max(0.0, m.difference) + std::max(0.0, m.sum));
  spread_ = largest_spread(
      [&](double z) { return (m.single > 0 ? m.single * std::log(std::abs(z)) : 0) + joint.log_weight(z); }, support_,
      growth, support_cut);
  cut_ = 60 + 4 * n * (n - 1) * (std::abs(m.difference) + std::abs(m.sum));
  for (int size = 1; size < n; ++size) {
    if (size < n && !(exponent(0, size, false) > -1))
      throw SpecError("the law is not normalisable: it is not integrable where coordinates coincide");
    if (singular_end_ && statistic != Statistic::minimum && !(exponent(0, size, true) > -1))
      throw SpecError(
          "the law is not normalisable: it is not integrable where a coordinate is 0, and a window on this "
          "statistic does not keep the others away from 0");
  }
}

double SpectrumDensity::exponent(int begin, int end, bool anchored) const {
  const int size = end - begin;
  const PowerMeasure& m = joint_.measure;
  if (!anchored) return m.difference * size * (size + 1) / 2 + size - 1;
  const double single = singular_end_ ? m.single : 0, sum = singular_end_ ? m.sum : 0;
  return single * size + (m.difference + sum) * size * (size - 1) / 2 + size - 1;
}

const GaussRule& SpectrumDensity::rule(int nodes, double exponent) {
  const auto [it, fresh] = rules_.try_emplace({nodes, exponent});
  if (fresh) {
    it->second = gauss_jacobi(nodes, exponent);
    for (int q = 0; q < nodes; ++q) it->second.weights[q] *= std::pow(it->second.nodes[q], -exponent);
  }
  return it->second;
}

/// The joint density at a spectrum, exponents combined in the logarithm, up to the constant exp(reference).
double SpectrumDensity::weight(const std::array<double, maximum_coordinates>& z) const {
  const int n = joint_.coordinates;
  const PowerMeasure& m = joint_.measure;
  double log_density = -reference_;
  for (int i = 0; i < n; ++i) log_density += joint_.log_weight(z[i]);
  if (!(log_density > -cut_)) return 0;
  double singles = 1, differences = 1, sums = 1;
  for (int i = 0; i < n; ++i) {
    singles *= z[i];
    for (int j = i + 1; j < n; ++j) differences *= z[j] - z[i], sums *= z[i] + z[j];
  }
  if (m.single != 0) log_density += m.single * std::log(singles);
  if (m.difference != 0 && m.difference != 1) log_density += m.difference * std::log(differences);
  if (m.sum != 0) log_density += m.sum * std::log(sums);
  return std::exp(log_density) * (m.difference == 1 ? differences : 1);
}

double SpectrumDensity::leaf() const {
  const int n = joint_.coordinates;
  std::array<double, maximum_coordinates> z{};
  if (scale_by_root_) {
    // ∫ d^n g δ(x - Σ c_i g_i) F(g), g = s r with r = 1 at the root:  s^(n-1) / (Σ c_i r_i) · F,  s = x / Σ c_i r_i.
    double total = 0;
    for (int i = 0; i < n; ++i) total += gap_[i] * (statistic_ == Statistic::sum ? n - i : 1);
    const double scale = x_ / total;
    double at = joint_.lower;
    for (int i = 0; i < n; ++i) z[i] = at += scale * gap_[i];
    if (z[n - 1] > support_.upper) return 0;
    return weight(z) * std::pow(scale, n - 1) / total;
  }
  if (statistic_ == Statistic::maximum) {
    z[n - 1] = x_;
    for (int i = n - 2; i >= 0; --i) z[i] = z[i + 1] - gap_[i];
  } else {
    z[0] = x_;
    if (statistic_ == Statistic::sum) {
      for (int i = 0; i < n - 1; ++i) z[0] -= (n - 1 - i) * gap_[i];
      z[0] /= n;
    }
    for (int i = 1; i < n; ++i) z[i] = z[i - 1] + gap_[i - 1];
  }
  if (z[0] < support_.lower || z[n - 1] > support_.upper) return 0;
  return weight(z);
}

double SpectrumDensity::node(int depth, int fixed, const Cluster& cluster, int split, double gap, double used) {
  gap_[split] = gap;
  int top = depth;
  if (split > cluster.begin) pending_[top++] = {cluster.begin, split, gap, cluster.anchored, cluster.spine};
  if (split + 1 < cluster.end) pending_[top++] = {split + 1, cluster.end, gap, false, false};
  return descend(top, fixed + 1, used);
}

double SpectrumDensity::descend(int depth, int fixed, double used) {
  if (depth == 0) return leaf();
  const Cluster cluster = pending_[--depth];
  double sum = 0;
  // Gaps beyond the budget lead out of the effective support.
  const double bound = std::min(cluster.bound, budget_ - used);
  if (bound > 0) {
    const double e = exponent(cluster.begin, cluster.end, cluster.anchored);
    const double log_range = cluster.spine ? std::log1p(bound / x_) : 0;
    const int nodes = nodes_[static_cast<std::size_t>(fixed - (scale_by_root_ ? 1 : 0))] +
                      (cluster.spine ? 4 * static_cast<int>(log_range / 2) : 0);
    const GaussRule& r = rule(nodes, e);
    for (int split = cluster.begin; split < cluster.end; ++split)
      for (int q = 0; q < nodes; ++q) {
        double gap = bound * r.nodes[q], weight = bound * r.weights[q];
        if (cluster.spine) {  // gap = x (e^τ - 1): factors (x + gap)^power become exponentials
          gap = x_ * std::expm1(log_range * r.nodes[q]);
          weight = log_range * r.weights[q] * (x_ + gap);
        }
        sum += weight * node(depth, fixed, cluster, split, gap, used + gap);
      }
  }
  pending_[depth] = cluster;
  return sum;
}

double SpectrumDensity::operator()(double x) {
  if (scale_by_root_) {
    x_ = x - joint_.lower * (statistic_ == Statistic::sum ? joint_.coordinates : 1);
    if (!(x_ > 0)) return 0;
    budget_ = std::numeric_limits<double>::infinity();
    double sum = 0;
    const Cluster whole{0, gaps_, 1, true, false};
    for (int split = 0; split < gaps_; ++split) sum += node(0, 0, whole, split, 1, 0);
    return sum;
  }
  x_ = x;
  budget_ = statistic_ == Statistic::maximum   ? x - support_.lower
            : statistic_ == Statistic::minimum ? support_.upper - x
                                               : spread_;
  budget_ = std::min(budget_, spread_);
  pending_[0] = {0, gaps_, budget_, false, statistic_ == Statistic::minimum && singular_end_};
  return descend(1, 0, 0);
}

}  // namespace orbitwalk
