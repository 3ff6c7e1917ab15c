// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// min |W|_* subject to W = V on the
// mask, through its dual max <V, Y> over Y supported on the mask with YᵀY <= 1, by the barrier
//   F_t(Y) = -t <V, Y> - log det(1 - YᵀY).
// With Q = (1 - YᵀY)⁻¹, G = Y Q, P = (1 - Y Yᵀ)⁻¹ = 1 + G Yᵀ the barrier's gradient is 2G and its second derivative
// along D is 2 (P D Q + G Dᵀ G). Newton's equation for F_t says that W = 2/t (G + P D Q + G Dᵀ G) is V on the mask: a
// feasible W at every step, with a gap of at most min(m, n)/t where D = 0. The condition of Newton's equation grows
// like t²: where double no longer does, the steps are taken in long double. The certificate is double throughout.
#include <Eigen/Cholesky>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "baselines/baselines.hpp"
#include "baselines/checks.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk {
namespace {

using Eigen::MatrixXd, Eigen::VectorXd;
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

struct Completion {
  Eigen::Index rows, columns;
  std::vector<std::pair<Eigen::Index, Eigen::Index>> entries;  // the mask
  VectorXd observed;                                           // V there

  template <class Real>
  Matrix<Real> expand(const Vector<Real>& numbers) const {
    Matrix<Real> result = Matrix<Real>::Zero(rows, columns);
    for (std::size_t e = 0; e < entries.size(); ++e) result(entries[e].first, entries[e].second) = numbers[e];
    return result;
  }
};

VectorXd singular_values_of(const MatrixXd& x) { return Eigen::JacobiSVD<MatrixXd>(x).singularValues(); }

/// The barrier at a point, if that lies inside.
template <class Real>
struct Barrier {
  bool inside = false;
  Real value = 0;
  Matrix<Real> p, q, g;

  explicit Barrier(const Matrix<Real>& y) {
    const Eigen::Index n = y.cols();
    const Eigen::LLT<Matrix<Real>> root(Matrix<Real>::Identity(n, n) - y.transpose() * y);
    inside = root.info() == Eigen::Success;
    if (!inside) return;
    value = -2 * Matrix<Real>(root.matrixL()).diagonal().array().log().sum();
    q = root.solve(Matrix<Real>::Identity(n, n));
    g = y * q;
    p = Matrix<Real>::Identity(y.rows(), y.rows()) + g * y.transpose();
  }

  Matrix<Real> hessian(const Completion& problem) const {
    const int k = static_cast<int>(problem.entries.size());
    Matrix<Real> h(k, k);
    for (int e = 0; e < k; ++e) {
      const auto [i, j] = problem.entries[e];
      for (int f = e; f < k; ++f) {
        const auto [a, b] = problem.entries[f];
        h(f, e) = 2 * (p(i, a) * q(b, j) + g(i, b) * g(a, j));  // the lower triangle: all that Cholesky looks at
      }
    }
    return h;
  }
};

/// Both sides of the certificate from Y and Newton's direction D there; optimum.x on the mask is exact by construction.
template <class Real>
void certify(const Completion& problem, const Barrier<Real>& barrier, const Vector<Real>& y,
             const Vector<Real>& direction, Real t, MatrixOptimum& best) {
  const Matrix<Real> d = problem.expand(direction);
  MatrixXd w =
      (2 / t * (barrier.g + barrier.p * d * barrier.q + barrier.g * d.transpose() * barrier.g)).template cast<double>();
  for (std::size_t e = 0; e < problem.entries.size(); ++e)
    w(problem.entries[e].first, problem.entries[e].second) = problem.observed[e];
  const double value = singular_values_of(w).sum();
  if (value < best.value) best.value = value, best.x = w;
  const VectorXd dual = y.template cast<double>();  // NOLINT(performance-unnecessary-copy-initialization): a cast
  const double largest = singular_values_of(problem.expand(dual))[0];
  if (largest > 0) best.bound = std::max(best.bound, problem.observed.dot(dual) / largest);
}

/// Damped Newton steps on F_t from y until the squared decrement is below 1e-3, where the certificate goes to `best`;
/// false when rounding allows no step before that.
template <class Real>
bool center(const Completion& problem, Real t, Vector<Real>& y, MatrixOptimum& best) {
  const Vector<Real> observed = problem.observed.template cast<Real>();
  for (int step = 0; step < 200; ++step) {
    const Barrier<Real> barrier(problem.expand(y));
    if (!barrier.inside) return false;
    Vector<Real> gradient(y.size());
    for (Eigen::Index e = 0; e < y.size(); ++e) {
      gradient[e] = 2 * barrier.g(problem.entries[e].first, problem.entries[e].second) - t * observed[e];
    }
    const Eigen::LLT<Matrix<Real>> root(barrier.hessian(problem));
    if (root.info() != Eigen::Success) return false;
    const Vector<Real> direction = -root.solve(gradient);
    const Real decrement = -gradient.dot(direction);  // squared
    ++best.iterations;
    if (!(decrement >= 0)) return false;
    if (decrement < Real(1e-3)) {
      certify(problem, barrier, y, direction, t, best);
      y += direction;
      return true;
    }
    Real length = 1;
    for (;; length /= 2) {
      if (length < Real(1e-10)) return false;
      const Barrier<Real> next(problem.expand(Vector<Real>(y + length * direction)));
      if (!next.inside) continue;
      const Real change = next.value - barrier.value - t * length * observed.dot(direction);
      if (change <= Real(-0.1) * length * decrement) break;
    }
    y += length * direction;
  }
  return false;
}

}  // namespace

MatrixOptimum minimum_nuclear_norm(const Mask& mask, const MatrixXd& values, double tolerance) {
  const char* name = "minimum nuclear norm";
  check_tolerance(tolerance, name);
  if (mask.rows() != values.rows() || mask.cols() != values.cols())
    throw SpecError("minimum nuclear norm: mask and values differ in shape");
  if (mask.size() == 0) throw SpecError("minimum nuclear norm: the matrix is empty");
  Completion problem{mask.rows(), mask.cols(), {}, {}};
  for (Eigen::Index j = 0; j < mask.cols(); ++j) {
    for (Eigen::Index i = 0; i < mask.rows(); ++i) {
      if (mask(i, j)) problem.entries.emplace_back(i, j);
    }
  }
  problem.observed.resize(problem.entries.size());
  for (std::size_t e = 0; e < problem.entries.size(); ++e)
    problem.observed[e] = values(problem.entries[e].first, problem.entries[e].second);
  if (!problem.observed.allFinite()) throw SpecError("minimum nuclear norm: an observed value is not finite");
  MatrixOptimum best;
  best.x = MatrixXd::Zero(problem.rows, problem.columns);
  if (problem.observed.isZero(0)) return best;  // W = 0, and nothing is below it

  // Of size 1, so that t is the inverse of the gap: V itself with zeros is feasible, and <V, V>/|V|, a lower bound, is
  // at least |V|.
  const MatrixXd zero_filled = problem.expand(problem.observed);
  const double scale = singular_values_of(zero_filled)[0];
  const VectorXd original = problem.observed;
  problem.observed /= scale;
  best.value = std::numeric_limits<double>::infinity();
  VectorXd y = VectorXd::Zero(problem.observed.size());
  const double last = 1e3 / tolerance * static_cast<double>(std::min(problem.rows, problem.columns));
  Vector<long double> precise;  // empty while double does
  for (double t = 1; t < last; t *= 16) {
    if (precise.size() == 0 && !center<double>(problem, t, y, best)) precise = y.cast<long double>();
    if (precise.size() > 0 && !center<long double>(problem, t, precise, best)) break;
    if (best.gap() <= tolerance * best.value) break;
  }
  // Back in the units of V, whose entries are restored bit by bit; the value is that of the matrix returned.
  best.x *= scale;
  for (std::size_t e = 0; e < problem.entries.size(); ++e)
    best.x(problem.entries[e].first, problem.entries[e].second) = original[e];
  best.value = best.x.allFinite() ? singular_values_of(best.x).sum() : std::numeric_limits<double>::infinity();
  best.bound *= scale;
  check_certificate(best, tolerance, name);
  return best;
}

}  // namespace orbitwalk
