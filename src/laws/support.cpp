// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>

#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Points at all scales from every place a weight can be anchored to: 0 and the finite ends.
std::vector<double> search_grid(double lower, double upper) {
  std::vector<double> grid;
  const auto put = [&](double x) {
    if (x > lower && x < upper) grid.push_back(x);
  };
  put(0);
  // Below 2^-30 in larger steps: there only weights that fall from an end, or from a pole at 0, have their scale.
  for (int k = -960; k <= 320; k += k < -240 ? 8 : 1) {
    const double d = std::exp2(k / 8.0);
    put(d), put(-d);
    if (std::isfinite(lower)) put(lower + d);
    if (std::isfinite(upper)) put(upper - d);
  }
  if (std::isfinite(lower) && std::isfinite(upper))
    for (int i = 1; i < 256; ++i) put(lower + (upper - lower) * i / 256);
  std::sort(grid.begin(), grid.end());
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

/// Golden section around a mode, to the last digits: a well of width √T at z has a mode that is known to √T, which for
/// a cold law is far less than the root of the rounding that Brent's method stops at. Values near the top of a well are
/// small and exact, so that they can still be compared.
std::pair<double, double> sharpen(const std::function<double(double)>& q, double low, double high, double at,
                                  double value) {
  const double reach = 1e-6 * std::abs(at), shrink = (std::sqrt(5.0) - 1) / 2;
  double a = std::max(low, at - reach), b = std::min(high, at + reach);
  double left = b - shrink * (b - a), right = a + shrink * (b - a), f_left = q(left), f_right = q(right);
  for (int i = 0; i < 60 && left < right; ++i) {
    if (f_left > f_right) {
      b = right, right = left, f_right = f_left;
      f_left = q(left = b - shrink * (b - a));
    } else {
      a = left, left = right, f_left = f_right;
      f_right = q(right = a + shrink * (b - a));
    }
  }
  for (const auto& [x, f] : {std::pair{left, f_left}, std::pair{right, f_right}})
    if (f > value) at = x, value = f;
  return {at, value};
}

}  // namespace

Support find_support(const std::function<double(double)>& log_weight, double lower, double upper, double growth,
                     double cut) {
  const auto q = [&](double x) {
    const double v = log_weight(x);
    return std::isnan(v) ? -kInfinity : std::min(v, 1e300);
  };
  const std::vector<double> grid = search_grid(lower, upper);
  if (grid.empty()) throw SpecError("the support of the law is empty");
  std::vector<double> values(grid.size());
  std::transform(grid.begin(), grid.end(), values.begin(), q);

  Support support;
  std::vector<std::pair<double, double>> modes;  // position, log weight
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const bool rises = i == 0 || values[i] > values[i - 1], falls = i + 1 == grid.size() || values[i] >= values[i + 1];
    if (!rises || !falls || values[i] == -kInfinity) continue;
    double at = grid[i], value = values[i];
    if (i > 0 && i + 1 < grid.size()) {
      const auto [x, minus] = boost::math::tools::brent_find_minima([&](double y) { return -std::max(q(y), -1e300); },
                                                                    grid[i - 1], grid[i + 1], 40);
      if (-minus > value) at = x, value = -minus;
      std::tie(at, value) = sharpen(q, grid[i - 1], grid[i + 1], at, value);
    }
    modes.emplace_back(at, value);
  }
  if (modes.empty()) throw SpecError("the weight exp(-U/T) vanishes everywhere on its support");
  support.peak =
      std::max_element(modes.begin(), modes.end(), [](auto& a, auto& b) { return a.second < b.second; })->second;
  support.lower = kInfinity, support.upper = -kInfinity;
  for (const auto& each : modes) {
    const double mode = each.first, value = each.second;
    if (value < support.peak - cut) continue;
    if (support.modes.empty() || mode - support.modes.back() > 1e-9 * (std::abs(mode) + 1e-300))
      support.modes.push_back(mode);
    // The width of the well, by doubling until the weight has lost a factor e^(1/2) on either side.
    double width = std::max(std::abs(mode), 1e-12) * 1e-9;
    while (width < 1e30 && q(std::min(mode + width, upper)) > value - 0.5 &&
           q(std::max(mode - width, lower)) > value - 0.5)
      width *= 2;
    support.width = support.width > 0 ? std::min(support.width, width) : width;
    for (const double sign : {-1.0, 1.0}) {
      const double bound = sign < 0 ? lower : upper;
      const auto weight = [&](double d) { return q(mode + sign * d) - support.peak + growth * std::log1p(d / width); };
      const double room = std::abs(bound - mode);
      double inside = 0, outside = -1;
      for (double d = width; d < room && d < 1e25 * std::max(1.0, std::abs(mode)); d *= std::numbers::sqrt2) {
        if (weight(d) >= -cut) {
          inside = d;
          outside = -1;
        } else if (outside < 0) {
          outside = d;
        }
      }
      double reach = room;
      if (outside > 0) {
        for (int k = 0; k < 40; ++k) {
          const double d = (inside + outside) / 2;
          (weight(d) >= -cut ? inside : outside) = d;
        }
        reach = outside;
      }
      if (!std::isfinite(reach))
        throw SpecError(
            "the law is not normalisable: exp(-U/T) does not decay, the loss does not confine the invariant");
      if (sign < 0) support.lower = std::min(support.lower, reach == room ? bound : mode - reach);
      else support.upper = std::max(support.upper, reach == room ? bound : mode + reach);
    }
  }
  return support;
}

double largest_spread(const std::function<double(double)>& log_weight, const Support& support, double growth,
                      double cut) {
  constexpr int cells = 128;
  const double step = (support.upper - support.lower) / cells;
  std::vector<double> q(cells + 1);
  for (int i = 0; i <= cells; ++i) {
    const double v = log_weight(support.lower + step * i) - support.peak;
    q[static_cast<std::size_t>(i)] = std::isnan(v) ? -kInfinity : std::min(v, 0.0);
  }
  for (int gap = cells; gap > 0; --gap)
    for (int i = 0; i + gap <= cells; ++i)
      if (q[static_cast<std::size_t>(i)] + q[static_cast<std::size_t>(i) + static_cast<std::size_t>(gap)] +
              2 * growth * std::log1p(step * gap / (2 * support.width)) >=
          -cut)
        return step * std::min(gap + 1, cells);
  return support.upper - support.lower;
}

}  // namespace orbitwalk
