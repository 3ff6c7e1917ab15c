// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/density_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "gauss_jacobi.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr int kPanelOrder = 16;
constexpr int kMaximumPanels = 4096;

/// Gauss-Legendre nodes on (-1, 1) and the matrix that turns values into Legendre coefficients.
struct Transform {
  std::array<double, kPanelOrder> nodes{}, weights{};
  double analysis[kPanelOrder][kPanelOrder]{};
  Transform() {
    const GaussRule rule = gauss_jacobi(kPanelOrder, 0);
    for (int q = 0; q < kPanelOrder; ++q) {
      nodes[q] = 2 * rule.nodes[q] - 1;
      weights[q] = 2 * rule.weights[q];
      double p0 = 1, p1 = nodes[q];
      for (int k = 0; k < kPanelOrder; ++k) {
        analysis[k][q] = (2 * k + 1) / 2.0 * weights[q] * p0;
        const double p2 = ((2 * k + 3) * nodes[q] * p1 - (k + 1) * p0) / (k + 2);
        p0 = p1;
        p1 = p2;
      }
    }
  }
};

const Transform& transform() {
  static const Transform instance;
  return instance;
}

double nearest_to(double origin) {
  return std::max(4 * std::numeric_limits<double>::epsilon() * std::abs(origin), 1e-300);
}

double legendre_series(const double* coefficients, double s) {
  double p0 = 1, p1 = s, sum = 0;
  for (int k = 0; k < kPanelOrder; ++k) {
    sum += coefficients[k] * p0;
    const double p2 = ((2 * k + 3) * s * p1 - (k + 1) * p0) / (k + 2);
    p0 = p1;
    p1 = p2;
  }
  return sum;
}

}  // namespace

double DensityTable::Panel::position(double t) const {
  if (sign == 0) return t;
  // Never the graded point itself, where the density may be infinite: some ulps beside it.
  const double away = std::max((t * t) * (t * t), nearest_to(origin));
  return std::clamp(origin + sign * away, begin, end);
}

double DensityTable::Panel::parameter(double x) const {
  if (sign == 0) return x;
  return sign * std::sqrt(std::sqrt(std::max(0.0, sign * (x - origin))));
}

DensityTable::Panel DensityTable::make(const std::function<double(double)>& density, Panel panel, double& tail) {
  const Transform& rule = transform();
  const double half = (panel.t1 - panel.t0) / 2;
  std::array<double, kPanelOrder> values;
  for (int q = 0; q < kPanelOrder; ++q) {
    const double t = panel.t0 + half * (1 + rule.nodes[q]);
    const double stretch = panel.sign == 0 ? 1 : 4 * std::abs(t * t * t);
    const double value = density(panel.position(t)) * stretch * half;
    if (!std::isfinite(value) || value < 0) throw NumericalError("the density of a law is not finite and positive");
    values[q] = value;
  }
  evaluations_ += kPanelOrder;
  for (int k = 0; k < kPanelOrder; ++k) {
    panel.coefficients[k] = 0;
    for (int q = 0; q < kPanelOrder; ++q) panel.coefficients[k] += rule.analysis[k][q] * values[q];
  }
  panel.mass = 2 * panel.coefficients[0];
  tail = 0;
  for (int k = kPanelOrder - 4; k < kPanelOrder; ++k) tail = std::max(tail, std::abs(panel.coefficients[k]) / k);
  return panel;
}

DensityTable::DensityTable(const std::function<double(double)>& density, const std::vector<Knot>& knots,
                           double tolerance) {
  std::vector<Panel> pending;
  const auto add = [&](double a, double b, double origin, double sign) {
    Panel segment{};
    segment.origin = origin, segment.sign = sign, segment.begin = a, segment.end = b;
    const double ta = segment.parameter(a), tb = segment.parameter(b);
    const int pieces = knots.size() > 3 ? 2 : 4;
    for (int i = 0; i < pieces; ++i) {
      Panel panel = segment;
      panel.t0 = ta + (tb - ta) * i / pieces;
      panel.t1 = i + 1 == pieces ? tb : ta + (tb - ta) * (i + 1) / pieces;
      panel.begin = i == 0 ? a : segment.position(panel.t0);
      panel.end = i + 1 == pieces ? b : segment.position(panel.t1);
      pending.push_back(panel);
    }
  };
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    const double a = knots[i].at, b = knots[i + 1].at;
    if (!(a < b)) continue;
    if (knots[i].graded && knots[i + 1].graded) {
      add(a, a + (b - a) / 2, a, 1);
      add(a + (b - a) / 2, b, b, -1);
    } else if (knots[i].graded) {
      add(a, b, a, 1);
    } else if (knots[i + 1].graded) {
      add(a, b, b, -1);
    } else {
      add(a, b, 0, 0);
    }
  }
  std::vector<double> tails(pending.size());
  for (std::size_t i = 0; i < pending.size(); ++i) pending[i] = make(density, pending[i], tails[i]);
  for (;;) {
    double total = 0;
    for (const Panel& p : pending) total += p.mass;
    if (!(total > 0) || !std::isfinite(total)) throw NumericalError("the law has no mass on its support");
    std::vector<Panel> next;
    std::vector<double> next_tails;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      const Panel& p = pending[i];
      const double middle = (p.t0 + p.t1) / 2;
      const bool narrow = !(p.position(middle) > p.begin) || !(p.position(middle) < p.end);
      if (tails[i] <= tolerance / 4 * total || narrow) {
        next.push_back(p);
        next_tails.push_back(tails[i]);
        continue;
      }
      Panel left = p, right = p;
      left.t1 = right.t0 = middle;
      left.end = right.begin = p.position(middle);
      for (Panel* half : {&left, &right}) {
        double tail = 0;
        next.push_back(make(density, *half, tail));
        next_tails.push_back(tail);
      }
    }
    const bool done = next.size() == pending.size();
    pending.swap(next);
    tails.swap(next_tails);
    if (done) {
      mass_ = total;
      break;
    }
    if (pending.size() > kMaximumPanels) throw NumericalError("the tabulation of a law does not converge");
  }
  double cumulative = 0;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    Panel& p = pending[i];
    for (double& c : p.coefficients) c /= mass_;
    p.mass /= mass_;
    p.cumulative = cumulative;
    cumulative += p.mass;
    error_ += tails[i] / mass_;
  }
  panels_ = std::move(pending);
  const auto moment = [this](auto&& f) {
    double sum = 0;
    for (const Panel& p : panels_)
      for (int q = 0; q < kPanelOrder; ++q) {
        const double s = transform().nodes[q];
        sum += transform().weights[q] * legendre_series(p.coefficients, s) *
               f(p.position(p.t0 + (p.t1 - p.t0) / 2 * (1 + s)));
      }
    return sum;
  };
  mean_ = moment([](double x) { return x; });
  variance_ = moment([this](double x) { return (x - mean_) * (x - mean_); });
}

double DensityTable::lower() const { return panels_.front().begin; }
double DensityTable::upper() const { return panels_.back().end; }

const DensityTable::Panel& DensityTable::find(double x) const {
  auto after =
      std::upper_bound(panels_.begin(), panels_.end(), x, [](double v, const Panel& p) { return v < p.begin; });
  return after == panels_.begin() ? panels_.front() : *(after - 1);
}

double DensityTable::partial(const Panel& panel, double s) const {
  // ∫_{-1}^s P_k = (P_{k+1}(s) - P_{k-1}(s)) / (2k+1)
  double before = 1, current = s, sum = panel.coefficients[0] * (s + 1);
  for (int k = 1; k < kPanelOrder; ++k) {
    const double after = ((2 * k + 1) * s * current - k * before) / (k + 1);
    sum += panel.coefficients[k] * (after - before) / (2 * k + 1);
    before = current;
    current = after;
  }
  return std::clamp(sum, 0.0, panel.mass);
}

double DensityTable::density(double x) const {
  if (!(x >= lower() && x <= upper())) return 0;
  const Panel& p = find(x);
  const double half = (p.t1 - p.t0) / 2;
  double t = p.parameter(x);
  // On a graded knot the change of variable is singular: take the value a hair inside.
  if (p.sign != 0 && std::abs(t) < 1e-3 * half) t = p.sign * 1e-3 * half;
  const double stretch = p.sign == 0 ? 1 : 4 * std::abs(t * t * t);
  return std::max(0.0, legendre_series(p.coefficients, (t - p.t0) / half - 1) / (half * stretch));
}

double DensityTable::cdf(double x) const {
  if (!(x > lower())) return std::isnan(x) ? x : 0;
  if (x >= upper()) return 1;
  const Panel& p = find(x);
  const double s = std::clamp(2 * (p.parameter(x) - p.t0) / (p.t1 - p.t0) - 1, -1.0, 1.0);
  return std::min(1.0, p.cumulative + partial(p, s));
}

double DensityTable::quantile(double p) const {
  if (!(p >= 0 && p <= 1)) throw SpecError("a quantile needs a probability in [0, 1]");
  if (p == 0) return lower();
  if (p == 1) return upper();
  auto after =
      std::upper_bound(panels_.begin(), panels_.end(), p, [](double v, const Panel& q) { return v < q.cumulative; });
  const Panel& panel = after == panels_.begin() ? panels_.front() : *(after - 1);
  double low = -1, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (panel.cumulative + partial(panel, middle) < p ? low : high) = middle;
  }
  return panel.position(panel.t0 + (panel.t1 - panel.t0) / 2 * (1 + (low + high) / 2));
}

}  // namespace orbitwalk
