// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/sampled.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "laws/empirical_table.hpp"
#include "orbitwalk/error.hpp"
#include "support.hpp"

namespace orbitwalk {
namespace {

constexpr double most_ratios = 9e8;  // of coordinates, some seconds of one core

/// One Metropolis chain over the coordinates, unordered.
class Chain {
 public:
  Chain(const JointLaw& joint, const Support& support, std::uint64_t seed) : joint_(joint), generator_(seed) {
    normal_step_ = support.width;
    bounded_ = std::isfinite(joint.lower);
    // Starts spread over the bulk: a chain that stays behind shows in the spread of the chains.
    for (int i = 0; i < joint.coordinates; ++i) {
      const double mode = support.modes[generator_() % support.modes.size()];
      double z = mode;
      for (int tries = 0; tries < 100 && (z == mode || !inside(z)); ++tries)
        z = mode + 2 * support.width * normal_(generator_);
      if (!inside(z)) z = support.lower + (support.upper - support.lower) * uniform_(generator_);
      z_.push_back(z);
      weight_.push_back(single(z));
    }
  }

  void sweep(bool adapt) {
    for (std::size_t i = 0; i < z_.size(); ++i) {
      move(i, false, adapt);
      if (bounded_) move(i, true, adapt);
    }
  }

  double value(Statistic statistic, int order) {
    switch (statistic) {
      case Statistic::minimum: return *std::min_element(z_.begin(), z_.end());
      case Statistic::maximum: return *std::max_element(z_.begin(), z_.end());
      case Statistic::sum: {
        double sum = 0;
        for (const double z : z_) sum += z;
        return sum;
      }
      case Statistic::order: break;
    }
    std::vector<double> sorted = z_;
    std::nth_element(sorted.begin(), sorted.begin() + (order - 1), sorted.end(), std::greater<>());
    return sorted[static_cast<std::size_t>(order - 1)];
  }

 private:
  /// log of the product of a ratio over all other coordinates.
  template <class Ratio>
  double log_product(std::size_t i, const Ratio& ratio) const {
    double product = 1;
    for (std::size_t j = 0; j < i; ++j) product *= ratio(z_[j]);
    for (std::size_t j = i + 1; j < z_.size(); ++j) product *= ratio(z_[j]);
    return std::log(product);
  }
  bool inside(double z) const { return z > joint_.lower && z < joint_.upper; }
  double single(double z) const {
    const double power = joint_.measure.single;
    return (power == 0 ? 0 : power * std::log(std::abs(z))) + joint_.log_weight(z);
  }

  /// A normal step of the coordinate, or of the logarithm of its distance from the lower end (Jacobian: the distance).
  void move(std::size_t i, bool scale, bool adapt) {
    double& step = scale ? scale_step_ : normal_step_;
    const double xi = step * normal_(generator_);
    const double at = z_[i], to = scale ? joint_.lower + (at - joint_.lower) * std::exp(xi) : at + xi;
    bool accepted = false;
    if (inside(to)) {
      const double weight = single(to);
      double log_ratio = weight - weight_[i] + (scale ? xi : 0);
      if (joint_.measure.difference != 0) {
        log_ratio += joint_.measure.difference *
                     log_product(i, [&](double other) { return std::abs((to - other) / (at - other)); });
      }
      if (joint_.measure.sum != 0) {
        log_ratio += joint_.measure.sum * log_product(i, [&](double other) { return (to + other) / (at + other); });
      }
      accepted = log_ratio >= 0 || uniform_(generator_) < std::exp(log_ratio);
      if (accepted) z_[i] = to, weight_[i] = weight;
    }
    if (adapt) step = std::min(step * std::exp(0.05 * ((accepted ? 1.0 : 0.0) - 0.44)), scale ? 10.0 : 1e30);
  }

  const JointLaw& joint_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::vector<double> z_, weight_;
  double normal_step_, scale_step_ = 0.5;
  bool bounded_;
};

/// Effective size of chains of equal length: the smallest over nine quantiles of p (1-p) over the variance of the mean.
double effective_size(const std::vector<double>& values, std::size_t chains) {
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t length = values.size() / chains;
  double least = static_cast<double>(values.size());
  for (int q = 1; q <= 9; ++q) {
    const double level = sorted[values.size() * static_cast<std::size_t>(q) / 10];
    double sum = 0, squares = 0;
    for (std::size_t c = 0; c < chains; ++c) {
      double below = 0;
      for (std::size_t k = 0; k < length; ++k) below += values[c * length + k] < level ? 1 : 0;
      below /= static_cast<double>(length);
      sum += below, squares += below * below;
    }
    const double n = static_cast<double>(chains), p = sum / n, variance = (squares / n - p * p) / (n - 1);
    least = std::min(least, p * (1 - p) / std::max(variance, 1e-300));
  }
  return least;
}

}  // namespace

Marginal sampled(const JointLaw& joint, Statistic statistic, int order, std::optional<Window> window,
                 const SampleOptions& options) {
  const PowerMeasure& m = joint.measure;
  if ((m.sum != 0 || m.single != 0) && !(joint.lower >= 0))
    throw SpecError("powers of z or z_i + z_j need a support with z >= 0");
  check_integrable(m, joint.coordinates, joint.lower == 0);
  if (options.chains < 16 || options.draws < 2) throw SpecError("a sampled law needs 16 chains of two draws at least");
  const double growth = (joint.coordinates - 1) * (std::max(0.0, m.difference) + std::max(0.0, m.sum));
  const Support support = find_support(
      [&](double z) {
        for (const double pole : joint.poles)
          if (z == pole) z = std::nextafter(pole, pole == joint.lower ? HUGE_VAL : -HUGE_VAL);
        return (m.single > 0 ? m.single * std::log(std::abs(z)) : 0) + joint.log_weight(z);
      },
      joint.lower, joint.upper, growth);

  const auto chains = static_cast<std::size_t>(options.chains);
  // A sweep costs n² ratios, twice that where coordinates change scale too. Many coordinates get fewer and closer
  // draws.
  const double sweeps =
      most_ratios / (double(chains) * joint.coordinates * joint.coordinates * (std::isfinite(joint.lower) ? 2 : 1));
  const int burn_in = int(std::min(1000.0, sweeps / 4));
  int thin = 2 + joint.coordinates / 2, draws = options.draws;
  if (burn_in + double(draws) * thin > sweeps) thin = std::max(1, std::min(thin, int((sweeps - burn_in) / 512)));
  draws = std::max(2, std::min(draws, int((sweeps - burn_in) / thin)));
  std::vector<double> values;
  values.reserve(chains * static_cast<std::size_t>(draws));
  std::seed_seq sequence{options.seed, options.seed >> 32};
  std::vector<std::uint64_t> seeds(chains);
  sequence.generate(seeds.begin(), seeds.end());
  for (std::size_t c = 0; c < chains; ++c) {
    Chain chain(joint, support, seeds[c] ^ (static_cast<std::uint64_t>(c) << 32));
    for (int k = 0; k < burn_in; ++k) chain.sweep(k < burn_in / 2);
    for (int k = 0; k < draws; ++k) {
      for (int t = 0; t < thin; ++t) chain.sweep(false);
      values.push_back(chain.value(statistic, order));
    }
  }
  double size = effective_size(values, chains);
  if (window) {
    const double before = static_cast<double>(values.size());
    std::erase_if(values, [&](double x) { return x < window->lower || x > window->upper; });
    size *= static_cast<double>(values.size()) / before;
  }
  if (window && values.size() < 100) throw SpecError("the window has no mass that a sample of the law would show");
  if (size < 2000)
    throw NumericalError("the sample of the law does not mix: effective size " +
                         std::to_string(static_cast<int>(size)));
  Marginal result;
  result.table = std::make_shared<EmpiricalTable>(std::move(values), size);
  result.error = result.table->error();
  result.effective_size = size;
  return result;
}

}  // namespace orbitwalk
