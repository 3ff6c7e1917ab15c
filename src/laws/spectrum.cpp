// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "laws/density_table.hpp"
#include "laws/sampled.hpp"
#include "orbitwalk/error.hpp"
#include "sectors.hpp"
#include "support.hpp"
#include "support/formatted.hpp"
#include "transformed_table.hpp"

namespace orbitwalk {
namespace {

[[noreturn]] void reject_window(const Window& w, double lower, double upper) {
  throw SpecError("the window [" + formatted(w.lower) + ", " + formatted(w.upper) +
                  "] has no mass: the law lives on [" + formatted(lower) + ", " + formatted(upper) + "]");
}

bool needs_grading(double exponent) { return exponent < 3 && exponent != std::floor(exponent); }

/// Share of the mass within an ulp or so of a pole, from the power with which the density grows towards it.
double lost_beside(double pole, double side, double scale, const DensityTable& table,
                   const std::function<double(double)>& log_density, double reference) {
  const double d = 1e-6 * scale,
               rounding = std::max(4 * std::numeric_limits<double>::epsilon() * std::abs(pole), 1e-300);
  const double power = (log_density(pole + side * d) - log_density(pole + side * 1e-3 * d)) / std::log(1e3);
  if (!(power > -1))
    throw SpecError("the law is not normalisable: its density grows as 1/distance or faster at z = " + formatted(pole));
  return std::exp(log_density(pole + side * d) - reference) * d * std::pow(rounding / d, power + 1) / (power + 1) /
         table.mass();
}

/// One coordinate on [lower, upper]: |z|^single · exp(log_weight).
Marginal single(const JointLaw& joint, double lower, double upper, double tolerance) {
  const double power = joint.measure.single;
  if (lower <= 0 && upper >= 0 && power <= -1)
    throw SpecError(
        "the law is not normalisable: z^" + formatted(power) +
        " is not integrable at z = 0; give a window [w0, w1] that leaves 0 out to get the law conditioned on it");
  const auto log_density = [&joint, power](double z) {
    return (power == 0 ? 0 : power * std::log(std::abs(z))) + joint.log_weight(z);
  };
  // The search sees no infinity: decreasing powers are left out (they would make 0 look like the only mode), and poles
  // are cut at a distance that leaves their weight comparable with that of the rest: closer to a pole than that, all
  // else would seem to be nothing.
  constexpr double beside = 0x1p-30;
  const Support support = find_support(
      [&](double z) {
        for (const double pole : joint.poles)
          if (std::abs(z - pole) < beside) z = pole + (z < pole ? -beside : beside);
        return (power > 0 ? power * std::log(std::abs(z)) : 0) + joint.log_weight(z);
      },
      lower, upper, 0);
  std::vector<Knot> knots{{support.lower, support.lower == 0 && needs_grading(power)},
                          {support.upper, support.upper == 0 && needs_grading(power)}};
  const auto inside = [&](double z) { return z > support.lower && z < support.upper; };
  for (const double mode : support.modes)
    if (inside(mode) && support.modes.size() < 9) knots.push_back({mode, false});
  for (const double pole : joint.poles) {
    if (inside(pole)) knots.push_back({pole, true});
    for (Knot& knot : knots) knot.graded = knot.graded || knot.at == pole;
  }
  if (inside(0) && power != 0) knots.push_back({0, true});
  std::sort(knots.begin(), knots.end(), [](const Knot& a, const Knot& b) { return a.at < b.at; });
  // A mode found beside a pole by a finite search is the pole: panels do not start there.
  const double scale = support.upper - support.lower;
  for (std::size_t i = 1; i + 1 < knots.size();) {
    const bool beside = (knots[i - 1].graded && knots[i].at - knots[i - 1].at < 1e-3 * scale) ||
                        (knots[i + 1].graded && knots[i + 1].at - knots[i].at < 1e-3 * scale);
    if (!knots[i].graded && beside) knots.erase(knots.begin() + static_cast<std::ptrdiff_t>(i));
    else ++i;
  }
  double reference = support.peak;
  if (power < 0 || !std::isfinite(reference) || reference > 1e200) {
    reference = std::max(log_density(support.lower + 0.37 * scale), log_density(support.lower + 0.61 * scale));
    if (!std::isfinite(reference)) reference = 0;
  }
  // Beside a pole other than 0 the density is known to the rounding of z only: less is asked for there.
  const bool rounded = std::any_of(knots.begin(), knots.end(), [](const Knot& k) { return k.graded && k.at != 0; });
  auto table = std::make_shared<DensityTable>([&](double z) { return std::exp(log_density(z) - reference); }, knots,
                                              rounded ? std::max(tolerance, 1e-8) : tolerance);
  double lost = 0;
  for (const double pole : joint.poles)
    if (pole >= knots.front().at && pole <= knots.back().at)
      lost += lost_beside(pole, pole == knots.back().at ? -1 : 1, scale, *table, log_density, reference);
  if (lost > 1e-3)
    throw NumericalError("a share of " + formatted(lost) +
                         " of the law lies within rounding of a point where its density diverges");
  return {table, table->error() + lost, 0};
}

/// log ∫ exp(log_weight) over [lower, upper].
double log_mass(const std::function<double(double)>& log_weight, double lower, double upper, double tolerance) {
  const Support support = find_support(log_weight, lower, upper, 0);
  std::vector<Knot> knots{{support.lower, false}, {support.upper, false}};
  for (const double mode : support.modes)
    if (mode > support.lower && mode < support.upper && support.modes.size() < 9) knots.push_back({mode, false});
  std::sort(knots.begin(), knots.end(), [](const Knot& a, const Knot& b) { return a.at < b.at; });
  const DensityTable table([&](double z) { return std::exp(log_weight(z) - support.peak); }, knots, tolerance);
  return support.peak + std::log(table.mass());
}

/// One coordinate z = log ±x. Moments of x have integrals of their own: most of their mass may lie where z has little.
Marginal of_logarithm(const JointLaw& joint, double tolerance) {
  const auto moment = [&](const auto& log_factor) {
    return log_mass([&](double z) { return joint.log_weight(z) + log_factor(z); }, joint.lower, joint.upper, tolerance);
  };
  const Marginal logarithm = single(joint, joint.lower, joint.upper, tolerance);
  // e^z is straight over so little
  if (const double m = logarithm.table->mean(), v = logarithm.table->variance(); v < 1e-12) {
    return {std::make_shared<TransformedTable>(logarithm.table, joint.logarithm_of,
                                               joint.logarithm_of * std::exp(m) * (1 + v / 2), std::exp(2 * m) * v),
            logarithm.error, 0};
  }
  const double mass = moment([](double) { return 0.0; }), log_mean = moment([](double z) { return z; }) - mass;
  const double log_variance =
      moment([=](double z) { return 2 * (log_mean + std::log(std::abs(std::expm1(z - log_mean)))); }) - mass;
  return {std::make_shared<TransformedTable>(logarithm.table, joint.logarithm_of,
                                             joint.logarithm_of * std::exp(log_mean), std::exp(log_variance)),
          logarithm.error, 0};
}

/// The k-th largest of n independent coordinates with the distribution function F: f F^(n-k) (1-F)^(k-1) up to a
/// constant.
std::shared_ptr<const DensityTable> order_statistic(const JointLaw& joint, const LawTable& one, int k, double lower,
                                                    double upper, double tolerance) {
  const int n = joint.coordinates;
  std::vector<Knot> knots{{lower, lower == one.lower() && needs_grading(joint.measure.single)}};
  for (const double pole : joint.poles)
    if (pole > lower && pole < upper) knots.push_back({pole, true});
  if (joint.measure.single != 0 && lower < 0 && upper > 0) knots.push_back({0, true});
  knots.push_back({upper, false});
  for (const double pole : joint.poles)
    for (Knot* end : {&knots.front(), &knots.back()}) end->graded = end->graded || end->at == pole;
  return std::make_shared<DensityTable>(
      [&](double z) { return one.density(z) * std::pow(one.cdf(z), n - k) * std::pow(1 - one.cdf(z), k - 1); }, knots,
      tolerance);
}

struct Scan {
  double lower, upper;  // where the density is above 1e-11 of its peak, and one cell more
  double mass, peak;
  std::vector<double> probes;  // points spread over the bulk
};

Scan scan(SpectrumDensity& density, double lower, double upper, bool edge) {
  std::vector<double> x;
  const int cells = 64;
  if (edge)
    for (int k = 30; k > 6; k -= 2) x.push_back(lower + (upper - lower) * std::exp2(-k));
  for (int i = edge ? 1 : 0; i <= cells; ++i) x.push_back(lower + (upper - lower) * i / cells);
  std::vector<double> f(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) f[i] = density(x[i]);
  Scan result{lower, upper, 0, *std::max_element(f.begin(), f.end()), {}};
  if (!(result.peak > 0)) throw NumericalError("the density of the law vanishes at every point of the search");
  std::size_t first = x.size(), last = 0;
  std::vector<double> cumulative(x.size(), 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (f[i] > 1e-11 * result.peak) first = std::min(first, i), last = i;
    if (i > 0) cumulative[i] = cumulative[i - 1] + (f[i] + f[i - 1]) / 2 * (x[i] - x[i - 1]);
  }
  result.mass = cumulative.back();
  if (first > 0) result.lower = x[first - 1];
  if (last + 1 < x.size()) result.upper = x[last + 1];
  double next = 0.02;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (cumulative[i] >= next * result.mass && f[i] > 0) {
      result.probes.push_back(x[i]);
      next = std::max(next + 0.19, cumulative[i] / result.mass + 0.1);
    }
  return result;
}

Marginal coupled(const JointLaw& joint, Statistic statistic, const std::optional<Window>& window,
                 const QuadratureOptions& options) {
  const PowerMeasure& m = joint.measure;
  const int n = joint.coordinates;
  const double growth = (n - 1) * (std::max(0.0, m.difference) + std::max(0.0, m.sum));
  const Support support = find_support(
      [&](double z) { return (m.single > 0 ? m.single * std::log(std::abs(z)) : 0) + joint.log_weight(z); },
      joint.lower, joint.upper, growth, SpectrumDensity::support_cut);
  SpectrumDensity coarse(joint, statistic, support, 12);
  const bool edge = coarse.bounded();
  const double copies = statistic == Statistic::sum ? n : 1;
  double lower = copies * (edge ? joint.lower : support.lower), upper = copies * support.upper;
  if (window) {
    if (!(window->lower < upper && window->upper > lower)) reject_window(*window, lower, upper);
    lower = std::max(lower, window->lower), upper = std::min(upper, window->upper);
  }
  const bool at_edge = edge && lower == copies * joint.lower;
  if (at_edge && m.single * n + (m.difference + m.sum) * n * (n - 1) / 2 + n - 1 <= -1 && joint.lower == 0)
    throw SpecError("the law is not normalisable at 0; give a window [w0, w1] that leaves 0 out");
  if (at_edge && statistic == Statistic::minimum && joint.lower == 0)
    for (int k = 1; k < n; ++k)
      if (m.single * k + (m.difference + m.sum) * k * (k - 1) / 2 + k - 1 <= -1)
        throw SpecError("the law is not normalisable at 0; give a window [w0, w1] that leaves 0 out");
  const Scan range = scan(coarse, lower, upper, at_edge);

  // Five coordinates and more cost a power of the nodes too many for the last digit.
  const double tolerance = options.tolerance * (n > 4 ? 5 : 1);
  // Raise the number of nodes until two rules agree; the lower of the two is then good enough for the table.
  const double extent = range.mass / range.peak;  // about the width of the bulk
  std::vector<double> before;
  for (const double x : range.probes) before.push_back(coarse(x));
  double error = 0;
  int used = 12;
  for (const int nodes : {16, 20, 26, 34, 44, 58, 76}) {
    SpectrumDensity finer(joint, statistic, support, nodes);
    error = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double value = finer(range.probes[i]);
      error = std::max(error, std::abs(value - before[i]) * extent / range.mass);
      before[i] = value;
    }
    if (error < tolerance) break;
    used = nodes;
  }
  if (error > 1e-5)
    throw NumericalError("the quadrature of the law does not converge: estimated error of the cdf " + formatted(error));
  SpectrumDensity density(joint, statistic, support, used);
  const bool graded = at_edge && range.lower == lower;
  Marginal result;
  result.table =
      std::make_shared<DensityTable>([&](double x) { return density(x); },
                                     std::vector<Knot>{{range.lower, graded}, {range.upper, false}}, 2 * tolerance);
  result.error = error + result.table->error();
  return result;
}

}  // namespace

void check_window(const std::optional<Window>& window) {
  if (window && !(window->lower < window->upper))
    throw SpecError("the window [" + formatted(window->lower) + ", " + formatted(window->upper) + "] is empty");
}

Marginal marginal(const JointLaw& joint, Statistic statistic, std::optional<Window> window,
                  const QuadratureOptions& options) {
  check_window(window);
  const int n = joint.coordinates;
  if (statistic == Statistic::order && (options.order < 1 || options.order > n))
    throw SpecError("there is no coordinate number " + std::to_string(options.order) + " among " + std::to_string(n));
  if (statistic == Statistic::order && options.order == 1) statistic = Statistic::maximum;
  if (statistic == Statistic::order && options.order == n) statistic = Statistic::minimum;
  const bool together = joint.coupled() || (n > 1 && (statistic == Statistic::sum || options.force_sectors));
  if (together && (n > 4 || statistic == Statistic::order || !joint.poles.empty()))
    return sampled(joint, statistic, options.order, window);
  if (together) return coupled(joint, statistic, window, options);
  const double tight = 1e-10;
  if (joint.logarithm_of != 0) return of_logarithm(joint, tight);
  double lower = joint.lower, upper = joint.upper;
  const bool one = joint.coordinates == 1;
  // Every coordinate is above the minimum and below the maximum: a window on an extreme cuts the coordinates too.
  if (window && (one || statistic == Statistic::minimum)) lower = std::max(lower, window->lower);
  if (window && (one || statistic == Statistic::maximum)) upper = std::min(upper, window->upper);
  if (!(lower < upper)) reject_window(*window, joint.lower, joint.upper);
  Marginal coordinate = single(joint, lower, upper, tight);
  if (one && joint.mean && joint.variance)
    coordinate.table = std::make_shared<TransformedTable>(coordinate.table, 0, *joint.mean, *joint.variance);
  if (one) return coordinate;
  const LawTable& table = *coordinate.table;
  lower = table.lower(), upper = table.upper();
  if (window) lower = std::max(lower, window->lower), upper = std::min(upper, window->upper);
  if (!(lower < upper)) reject_window(*window, table.lower(), table.upper());
  const int k = statistic == Statistic::maximum ? 1 : statistic == Statistic::minimum ? n : options.order;
  const auto result = order_statistic(joint, table, k, lower, upper, tight);
  return {result, joint.coordinates * coordinate.error + result->error(), 0};
}

}  // namespace orbitwalk
