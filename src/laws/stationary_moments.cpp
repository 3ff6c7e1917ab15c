// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "laws/lyapunov.hpp"
#include "laws/no_law.hpp"
#include "orbitwalk/error.hpp"
#include "support/decompositions.hpp"

namespace orbitwalk {
namespace {

constexpr int kMostIterations = 5000;
constexpr double kMostWork = 1e11;  // multiplications of the fixed point: some seconds to a minute

void check(const SgdSetting& s) {
  if (s.x.rows() < 1 || s.x.cols() < 1 || s.y.size() != s.x.rows())
    throw SpecError("the SGD covariance needs N >= 1 samples with one target each");
  if (!(s.learning_rate > 0) || s.batch < 1 || !(s.label_noise >= 0) || !(s.weight_decay >= 0) ||
      !(s.momentum >= 0 && s.momentum < 1))
    throw SpecError(
        "the SGD covariance needs learning rate > 0, batch >= 1, label noise >= 0, weight decay >= 0 and momentum in "
        "[0, 1)");
}

/// Covariance of two directions with eigenvalues h_i, h_j under unit covariance of their noises g:
/// Z = M_i Z M_jᵀ + η² (1,1)ᵀ(1,1), M = [[1 - ηh, μ], [-ηh, μ]] on (w, u); the element (w, w) of Z.
double gain(double hi, double hj, double rate, double momentum) {
  if (momentum == 0) return rate * rate / (1 - (1 - rate * hi) * (1 - rate * hj));
  Eigen::Matrix2d a, b;
  a << 1 - rate * hi, momentum, -rate * hi, momentum;
  b << 1 - rate * hj, momentum, -rate * hj, momentum;
  Eigen::Matrix4d system = Eigen::Matrix4d::Identity();
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 2; ++l) system(2 * i + j, 2 * k + l) -= a(i, k) * b(j, l);
  return rate * rate * system.partialPivLu().solve(Eigen::Vector4d::Ones())[0];
}

}  // namespace

SgdMoments stationary_moments(const SgdSetting& setting) {
  check(setting);
  const double count = static_cast<double>(setting.x.rows()), rate = setting.learning_rate, mu = setting.momentum;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(setting.x.transpose() * setting.x / count);
  if (eigen.info() != Eigen::Success) throw NumericalError("SGD covariance: the eigenvalue solver failed");
  const Eigen::VectorXd h = eigen.eigenvalues().array() + setting.weight_decay;
  const Eigen::MatrixXd& basis = eigen.eigenvectors();
  const Eigen::Index c = h.size();
  if (!(h[0] > 1e-12 * h[c - 1]))
    throw SpecError(
        "the data leaves a direction of the weights free: SGD keeps its start there; remove features or give a weight "
        "decay");
  // |eigenvalues of M| < 1 exactly when 0 < η h < 2 (1 + μ).
  if (!(rate * h[c - 1] < 2 * (1 + mu)))
    throw NoLaw("SGD diverges: the learning rate must be below 2 (1 + momentum) / " + std::to_string(h[c - 1]) +
                ", but is " + std::to_string(rate));

  // From here on in the eigenbasis of H.
  const Eigen::MatrixXd x = setting.x * basis;
  const Eigen::VectorXd free = h.array() - setting.weight_decay, cross = x.transpose() * setting.y / count;
  const Eigen::VectorXd mean = cross.cwiseQuotient(h), residual = x * mean - setting.y;
  const double share = setting.full ? 0 : 1.0 / setting.batch, label_share = setting.full ? 1 / count : share;
  const Eigen::MatrixXd additive =
      share * (x.transpose() * residual.cwiseAbs2().asDiagonal() * x / count -
               setting.weight_decay * setting.weight_decay * mean * mean.transpose()) +
      label_share * setting.label_noise * setting.label_noise * Eigen::MatrixXd(free.asDiagonal());
  Eigen::MatrixXd gains(c, c);
  for (Eigen::Index i = 0; i < c; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) gains(i, j) = gains(j, i) = gain(h[i], h[j], rate, mu);

  SgdMoments result;
  Eigen::MatrixXd covariance = gains.cwiseProduct(additive);
  const double scale = covariance.norm();
  // Geometric convergence with the spectral radius ρ of the map, which the ratio of two changes tends to: where it has
  // settled the rest of the series is added at once, change · ρ/(1 - ρ), and what other directions lack is iterated on.
  double change = 0, ratio = 0;
  const double work = count * double(c) * double(c);
  for (result.iterations = 1; setting.multiplicative; ++result.iterations) {
    const Eigen::VectorXd spread = (x * covariance).cwiseProduct(x).rowwise().sum();  // xᵀ C x of every sample
    const Eigen::MatrixXd noise = additive + share * (x.transpose() * spread.asDiagonal() * x / count -
                                                      free.asDiagonal() * covariance * free.asDiagonal());
    const Eigen::MatrixXd next = gains.cwiseProduct(noise), step = next - covariance;
    const double before = change, ratio_before = ratio;
    change = step.norm();
    covariance = next;
    if (!(change > 1e-13 * covariance.norm())) break;
    ratio = before > 0 ? change / before : 0;
    const bool settled = result.iterations > 3 && std::abs(ratio - ratio_before) < 1e-7 * std::abs(1 - ratio);
    if (!(covariance.norm() < 1e12 * scale) || (settled && !(ratio < 1)))
      throw NoLaw(
          "the stationary variance of SGD is infinite at this learning rate and batch, since its noise grows with the "
          "distance from the minimum: a step multiplies second moments by more than 1" +
          (settled ? " (after relaxation by " + std::to_string(ratio) + ")" : std::string()));
    if (settled) {
      covariance += step * (ratio / (1 - ratio));
      change = 0;
    }
    if (result.iterations == kMostIterations || work * result.iterations > kMostWork)
      throw NumericalError(
          "the covariance of SGD does not converge: the learning rate is near its limit, or the data is too large (N "
          "c² = " +
          std::to_string(work) + ")");
  }
  result.mean = basis * mean;
  result.covariance = basis * covariance * basis.transpose();
  return result;
}

}  // namespace orbitwalk
