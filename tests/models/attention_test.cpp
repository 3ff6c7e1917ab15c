// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The attention head against its formula, written out with Eigen; a teacher's data; what the group leaves of the value
// matrix.
#include <gtest/gtest.h>

#include <cmath>

#include "models/cases.hpp"
#include "models/dataset.hpp"
#include "models/host_model.hpp"

namespace orbitwalk::test {
namespace {

using View = Eigen::Map<const Matrix>;

struct Sizes {
  int embedding, head, tokens, values;
};

ModelDescription head(const Sizes& s, const std::string& teacher, const std::string& symmetry = "diagonal") {
  const std::string keys = "symmetry = \"" + symmetry + "\"\nembedding = " + std::to_string(s.embedding) +
                           "\nhead = " + std::to_string(s.head) + "\ntokens = " + std::to_string(s.tokens) +
                           "\nvalues = " + std::to_string(s.values);
  return describe({"attention", "attention",
                   "[model]\nname = \"attention\"\n" + keys + "\n[data]\nteacher = { " + teacher + " }\n"});
}

/// softmax_rows((XQ)(XK)ᵀ/√h · sharpness) X V.
Matrix output(const Sizes& s, const Vector& theta, const Matrix& x, double sharpness = 1) {
  const int half = s.embedding * s.head;
  const View q(theta.data(), s.embedding, s.head), k(theta.data() + half, s.embedding, s.head),
      v(theta.data() + 2 * half, s.embedding, s.values);
  const Matrix scores = (x * q) * (x * k).transpose() * (sharpness / std::sqrt(double(s.head)));
  Matrix shares = scores.array().exp();
  for (int i = 0; i < shares.rows(); ++i) shares.row(i) /= shares.row(i).sum();
  return s.values > 0 ? Matrix(shares * x * v) : Matrix(shares * x);
}

/// 1/(2N) Σ |f(X) - Y|² over the description's data, which lies by columns.
double loss(const Sizes& s, const ModelDescription& model, const Vector& theta, double sharpness = 1) {
  const auto& x = model.parameters.array("x");
  const auto& y = model.parameters.array("y");
  const int count = int(model.samples), wide = int(y.size()) / count / s.tokens;
  double sum = 0;
  for (int n = 0; n < count; ++n) {
    Matrix in(s.tokens, s.embedding), out(s.tokens, wide);
    for (int i = 0; i < in.size(); ++i) in.data()[i] = x[i * count + n];
    for (int i = 0; i < out.size(); ++i) out.data()[i] = y[i * count + n];
    sum += (output(s, theta, in, sharpness) - out).squaredNorm();
  }
  return sum / (2 * count);
}

const Sizes some_sizes[] = {{3, 2, 4, 0}, {3, 2, 4, 5}, {2, 3, 5, 1}, {4, 1, 1, 4}};

TEST(AttentionHead, LossIsThatOfItsFormula) {
  for (const Sizes& s : some_sizes) {
    const ModelDescription model = head(s, "samples = 11, noise = 0.3, seed = 5");
    EXPECT_EQ(model.dimension, s.embedding * (2 * s.head + s.values));
    const HostModel functor(model);
    Points points(model);
    for (int i = 0; i < 10; ++i) {
      const Vector theta = points.point();
      const double expected = loss(s, model, theta);
      EXPECT_NEAR(functor.loss(theta), expected, 1e-12 * expected)
          << "seed " << point_seed << ", point " << i << ", values = " << s.values;
      if (s.tokens == 1) continue;  // the share of the only token is 1
      EXPECT_GT(std::abs(loss(s, model, theta, 1.001) - expected), 1e-9 * expected) << "twin: scores of another scale";
    }
  }
}

// Without label noise the teacher's own weights, which are drawn first, fit its data.
TEST(AttentionHead, ATeachersDataAreThoseOfItsWeights) {
  for (const Sizes& s : some_sizes) {
    const ModelDescription model = head(s, "samples = 11, noise = 0.0, seed = 8, scale = 0.6");
    const auto drawn = standard_normals(8, 0, std::size_t(model.dimension));
    Vector theta = 0.6 * Eigen::Map<const Vector>(drawn.data(), model.dimension);
    const HostModel functor(model);
    EXPECT_LT(functor.loss(theta), 1e-25) << "values = " << s.values;
    theta[model.dimension - 1] += 0.1;
    if (s.values == 0 && s.tokens == 1) continue;  // then nothing is left that counts
    EXPECT_GT(functor.loss(theta), 1e-6) << "twin: the last weight is another";
  }
}

TEST(AttentionHead, TheGroupLeavesTheValuesAlone) {
  for (const std::string symmetry : {"diagonal", "full"}) {
    const Sizes s{4, 2, 3, 3};
    const ModelDescription model = head(s, "samples = 7", symmetry);
    const HostModel functor(model);
    Points points(model);
    const int half = s.embedding * s.head, rest = s.embedding * s.values;
    for (int i = 0; i < 10; ++i) {
      const Vector theta = points.point(), xi = points.direction();
      for (int a = 0; a < functor.generators(); ++a)
        EXPECT_EQ(functor.generator(a, theta).tail(rest), Vector::Zero(rest));
      EXPECT_EQ(functor.project_vertical(theta, xi).tail(rest), Vector::Zero(rest));
      for (const Gauge gauge : {Gauge::moment_map, Gauge::norm_difference}) {
        for (int a = 0; a < functor.constraints(gauge); ++a)
          EXPECT_EQ(functor.gauge_gradient(gauge, a, theta).tail(rest), Vector::Zero(rest));
      }
      Vector other = theta;
      other.tail(rest) *= 1.7;
      const double same = model.log_orbit_volume({theta.begin(), theta.end()});
      EXPECT_EQ(model.log_orbit_volume({other.begin(), other.end()}), same) << "log v does not see V";
      const auto seen = model.predictor({theta.begin(), theta.end()}),
                 moved = model.predictor({other.begin(), other.end()});
      EXPECT_NE(seen, moved) << "the predictor does";
      other = theta;
      other.head(half) *= 1.7;
      EXPECT_NE(model.log_orbit_volume({other.begin(), other.end()}), same) << "twin: it sees Q";
    }
  }
}

}  // namespace
}  // namespace orbitwalk::test
