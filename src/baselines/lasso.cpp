// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "baselines/baselines.hpp"
#include "baselines/checks.hpp"

namespace orbitwalk {
namespace {

struct LassoProblem {
  const Eigen::MatrixXd& a;
  const Eigen::VectorXd& y;
  double weight;

  double samples() const { return static_cast<double>(a.rows()); }
  double value(const Eigen::VectorXd& w) const {
    return (a * w - y).squaredNorm() / samples() + weight * w.lpNorm<1>();
  }

  /// max over s of D(s u) = s u·y - s² N |u|²/4 with u = 2 r/N, r = y - A w, as far as |Aᵀ s u|_∞ <= weight allows.
  double bound(const Eigen::VectorXd& w) const {
    const Eigen::VectorXd u = (y - a * w) * (2 / samples());
    const double square = u.squaredNorm(), correlation = (a.transpose() * u).cwiseAbs().maxCoeff();
    if (square == 0) return 0;
    double s = 2 * u.dot(y) / (samples() * square);
    if (std::abs(s) * correlation > weight) s = std::copysign(weight / correlation, s);
    return s * u.dot(y) - s * s * samples() * square / 4;
  }
};

/// One sweep: each coordinate in turn is set to its minimiser; r = y - A w is kept.
void sweep(const LassoProblem& problem, const Eigen::VectorXd& curvature, Eigen::VectorXd& w, Eigen::VectorXd& r) {
  for (Eigen::Index j = 0; j < w.size(); ++j) {
    if (curvature[j] == 0) continue;  // a column of zeros: w_j stays 0
    const double slope = 2 / problem.samples() * problem.a.col(j).dot(r) + curvature[j] * w[j];
    const double next = std::copysign(std::max(std::abs(slope) - problem.weight, 0.0), slope) / curvature[j];
    if (next == w[j]) continue;
    r -= problem.a.col(j) * (next - w[j]);
    w[j] = next;
  }
}

/// Goes from w towards the minimiser with w's support and signs, 2/N A_Sᵀ(A_S w - y) + weight sign(w) = 0, as far as
/// that lowers the value: to the end, or to the best of the points where a coordinate becomes 0 (feature-sign search of
/// Lee, Battle, Raina, Ng, NIPS 2006). True if a coordinate became 0, so that another step may follow.
bool step_on_support(const LassoProblem& problem, Eigen::VectorXd& w) {
  std::vector<Eigen::Index> support;
  for (Eigen::Index j = 0; j < w.size(); ++j) {
    if (w[j] != 0) support.push_back(j);
  }
  if (support.empty() || static_cast<Eigen::Index>(support.size()) > problem.a.rows()) return false;
  const Eigen::MatrixXd columns = problem.a(Eigen::all, support);
  const Eigen::VectorXd start = w(support), signs = start.array().sign();
  const Eigen::LLT<Eigen::MatrixXd> gram(columns.transpose() * columns);
  if (gram.info() != Eigen::Success) return false;  // dependent columns: no single minimiser
  const Eigen::VectorXd end =
      gram.solve(columns.transpose() * problem.y - problem.samples() / 2 * problem.weight * signs);
  if (!end.allFinite()) return false;
  // Along the way the squared error is e0 + t e1 + t² e2, so that the value at a point costs no product with A.
  const Eigen::VectorXd r = columns * start - problem.y, change = columns * (end - start);
  double best = problem.value(w), best_t = 0;
  Eigen::Index zero = -1;
  const auto attempt = [&](double t, Eigen::Index crossing) {
    const double value =
        (r + t * change).squaredNorm() / problem.samples() + problem.weight * (start + t * (end - start)).lpNorm<1>();
    if (value < best) best = value, best_t = t, zero = crossing;
  };
  attempt(1, -1);
  for (Eigen::Index k = 0; k < start.size(); ++k) {
    if (signs[k] * end[k] < 0) attempt(start[k] / (start[k] - end[k]), k);
  }
  if (best_t == 0) return false;
  Eigen::VectorXd next = best_t == 1 ? end : Eigen::VectorXd(start + best_t * (end - start));
  if (zero >= 0) next[zero] = 0;
  w(support) = next;
  return zero >= 0;
}

}  // namespace

Optimum lasso(const Eigen::MatrixXd& a, const Eigen::VectorXd& y, double weight, double tolerance) {
  check_regression(a, y, "lasso");
  check_tolerance(tolerance, "lasso");
  if (!(weight > 0) || !std::isfinite(weight)) throw SpecError("lasso: the weight must be positive");
  constexpr int most_sweeps = 100000, between_checks = 5;
  const double samples = static_cast<double>(a.rows());
  const Eigen::VectorXd curvature = 2 / samples * a.colwise().squaredNorm().transpose();
  Optimum optimum;
  Eigen::VectorXd& w = optimum.x;
  w = Eigen::VectorXd::Zero(a.cols());
  Eigen::VectorXd r = y;
  // From the largest weight with w = 0 down to the asked one, each solution the start of the next: a small weight from
  // w = 0 would take the sweeps through supports of more than N columns, where they are slow.
  double current = std::max(weight, 2 / samples * (a.transpose() * y).cwiseAbs().maxCoeff());
  for (;;) {
    const LassoProblem problem{a, y, current};
    const bool last = current == weight;
    optimum.bound = 0;  // a bound without any work
    do {
      for (int k = 0; k < between_checks; ++k) sweep(problem, curvature, w, r);
      optimum.iterations += between_checks;
      while (step_on_support(problem, w)) {
      }
      r = y - a * w;  // also takes away what rounding has gathered
      optimum.value = problem.value(w);
      optimum.bound = std::max(optimum.bound, problem.bound(w));
    } while (!(optimum.gap() <= (last ? tolerance : 1e-3) * optimum.value) && optimum.iterations < most_sweeps);
    if (last) break;
    current = std::max(weight, 0.7 * current);
  }
  check_certificate(optimum, tolerance, "lasso");
  return optimum;
}

}  // namespace orbitwalk
