// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/tails.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "compare/quantiles.hpp"
#include "dynamics/registry.hpp"
#include "kernels/noise/list.hpp"
#include "laws/no_law.hpp"
#include "run/last_values.hpp"
#include "run/linear_sgd.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
// N c² that the Lyapunov equation is solved for only to know whether it has a solution
constexpr double most_work = 1e7;

/// E (a + √v ξ)^order with ξ ~ N(0, 1), order even.
double gaussian_power(double a, double v, int order) {
  double sum = 0;  // of (order over 2j) a^{order-2j} v^j (2j-1)!!
  for (int j = 0; 2 * j <= order; ++j) {
    double binomial = 1, odd = 1;
    for (int i = 0; i < 2 * j; ++i) binomial *= double(order - i) / (i + 1);
    for (int i = 1; i < 2 * j; i += 2) odd *= i;
    sum += binomial * std::pow(a, order - 2 * j) * std::pow(v, j) * odd;
  }
  return sum;
}

MomentFactors of_geometric(const Problem& problem) {
  const ModelDescription& model = problem.model;
  const ModelParameters& parameters = model.parameters;
  MomentFactors factors;
  if (model.name != "linear" || model.instance > 0 || parameters.number("l1") > 0) return factors;
  if (model.samples > 0 && parameters.size("coordinates") > 1) return factors;  // coupled weights
  const double slope = model.samples > 0 ? parameters.array("hessian")[0] : parameters.number("stiffness");
  const double curvature = slope + parameters.number("weight_decay");
  const double a = 1 - problem.plan.step * curvature,
               v = problem.plan.step * problem.plan.volatility * problem.plan.volatility;
  factors.second = gaussian_power(a, v, 2);
  factors.fourth = gaussian_power(a, v, 4);
  factors.eighth = gaussian_power(a, v, 8);
  return factors;
}

MomentFactors of_sgd(const Problem& problem) {
  MomentFactors factors;
  const auto setting = linear_sgd(problem);
  if (!setting) return factors;
  const auto count = double(setting->x.rows()), features = double(setting->x.cols());
  if (features == 1 && setting->momentum == 0) {
    const Eigen::ArrayXd squares = setting->x.col(0).array().square();
    const double mean = squares.mean(), eta = setting->learning_rate, batch = setting->full ? 1 : setting->batch;
    const Eigen::ArrayXd centered = squares - mean;
    const double m2 = setting->full ? 0 : centered.square().mean(), m3 = setting->full ? 0 : centered.cube().mean(),
                 m4 = setting->full ? 0 : centered.square().square().mean();
    const double a = 1 - eta * (setting->weight_decay + mean), v = eta * eta * m2 / batch;
    factors.second = a * a + v;
    if (problem.plan.noise == noise_id<SurrogateNoise>) {
      factors.fourth = gaussian_power(a, v, 4);
    } else {  // the batch mean of x² has central moments m2/B, m3/B², m4/B³ + 3 m2² (B - 1)/B³
      const double fourth = (m4 + 3 * m2 * m2 * (batch - 1)) / (batch * batch * batch);
      factors.fourth =
          std::pow(a, 4) + 6 * a * a * v - 4 * a * std::pow(eta, 3) * m3 / (batch * batch) + std::pow(eta, 4) * fourth;
    }
    return factors;
  }
  if (count * features * features > most_work) return factors;
  try {
    stationary_moments(*setting);
  } catch (const NoLaw& none) {
    factors.infinite_variance = none.what();
  } catch (const Error&) {  // a free direction, or too near the limit to say
  }
  return factors;
}

/// Degree of an observable in the weights: 1 for w1, w2, ..., 2 for the loss; 0: not known.
int degree(const std::string& name) { return numbered_index(name, "w") ? 1 : name == "loss" ? 2 : 0; }

bool infinite(const std::optional<double>& factor) { return factor && !(*factor < 1); }

std::string infinite_note(const std::string& name, const MomentFactors& factors, bool variance, int order) {
  const std::optional<double>& factor = order == 2 ? factors.second : order == 4 ? factors.fourth : factors.eighth;
  const std::string what = variance ? "the variance" : "the fourth moment";
  const std::string why = factor
                              ? "a step multiplies E w^" + std::to_string(order) + " by " + formatted(*factor) + " >= 1"
                              : factors.infinite_variance;
  return name + ": " + what + " of the stationary law is infinite (" + why + "); no error is given for " +
         (variance ? "mean and variance" : "the variance");
}

/// The moments of an observable of degree d need those of the weights of order 2d and 4d.
std::string take_errors_away(const MomentFactors& factors, ObservableResult& result) {
  const int d = degree(result.name);
  if (d == 0) return {};
  const bool no_second = infinite(factors.second) || !factors.infinite_variance.empty(),
             no_fourth = no_second || infinite(factors.fourth), no_eighth = no_fourth || infinite(factors.eighth);
  const bool variance = d == 1 ? no_second : no_fourth, fourth = d == 1 ? no_fourth : no_eighth;
  if (variance) result.standard_error = nan;
  if (fourth) result.variance_standard_error = nan;
  if (!fourth) return {};
  // The lowest order that is infinite says it all.
  return infinite_note(result.name, factors, variance, no_second ? 2 : no_fourth ? 4 : 8);
}

std::string heavy_tail(const std::string& name, std::vector<double> values) {
  drop_non_finite(values);
  if (values.size() < 5000) return {};
  // Partitions instead of sorting: there may be twenty million values.
  const std::size_t count = values.size() / 100;
  const auto middle = values.begin() + long(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const double median = *middle;
  for (double& x : values) x = std::abs(x - median);
  std::nth_element(values.begin(), values.end() - 1 - long(count), values.end());
  const double index = hill_index(values, count), error = index / std::sqrt(double(count));
  if (!(index + 3 * error < 2)) return {};
  return name + ": the largest 1 % of the last observations fall off like a power with tail index " +
         formatted(index, "%.2f") + " ± " + formatted(error, "%.2f") +
         " (Hill); below 2 the variance is infinite, and the errors given mean little";
}

}  // namespace

double hill_index(const std::vector<double>& values, std::size_t count) {
  const std::size_t n = values.size();
  if (count < 2 || count >= n || !(values[n - 1 - count] > 0)) return nan;
  double sum = 0;
  for (std::size_t i = n - count; i < n; ++i) sum += std::log(values[i] / values[n - 1 - count]);
  return double(count) / sum;
}

MomentFactors moment_factors(const Problem& problem) {
  if (problem.plan.noise == noise_id<GeometricNoise>) return of_geometric(problem);
  return noise_of(problem.plan).from_samples ? of_sgd(problem) : MomentFactors();
}

std::vector<std::string> note_tails(const Problem& problem, const Tally& tally,
                                    std::vector<ObservableResult>& results) {
  const MomentFactors factors = moment_factors(problem);
  const bool known = factors.second || !factors.infinite_variance.empty();
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string note = known && degree(results[i].name) > 0
                                 ? take_errors_away(factors, results[i])
                                 : heavy_tail(results[i].name, last_values(problem, tally, i));
    if (!note.empty()) notes.push_back(note);
  }
  return notes;
}

}  // namespace orbitwalk
