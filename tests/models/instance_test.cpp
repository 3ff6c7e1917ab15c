// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Problems that particles draw for themselves have the structure and the laws that they are said to have.
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <Eigen/SVD>
#include <cmath>
#include <fstream>
#include <numbers>

#include "models/cases.hpp"
#include "models/host_model.hpp"
#include "models/scalar_functions.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

ModelDescription with(const std::string& name, const std::string& keys, const std::string& data) {
  return describe({name, name, "[model]\nname = \"" + name + "\"\n" + keys + "\n[data]\n" + data + "\n"});
}
ModelDescription instance_of(const std::string& name, const std::string& keys, const std::string& instance) {
  return with(name, keys, "instance = { " + instance + " }");
}

/// The data of one particle as kernels/models/regression_instance.hpp lays it out.
struct Drawn {
  Drawn(const ModelDescription& description, int c, std::uint64_t particle, bool in_float = false)
      : lanes(draw_instance(description, particle, in_float)), n(int(description.samples)) {
    x = Eigen::Map<const Matrix>(lanes.data(), n, c);
    y = Eigen::Map<const Vector>(lanes.data() + n * c, n);
    truth = Eigen::Map<const Vector>(lanes.data() + n * (c + 1), Eigen::Index(lanes.size()) - n * (c + 1));
  }
  std::vector<double> lanes;
  int n;
  Matrix x;
  Vector y, truth;
};

TEST(SpectrumInstance, HasExactlyTheModesAskedFor) {
  const ModelDescription description = instance_of("linear", "", "kind = \"spectrum\"");
  constexpr int c = 64, particles = 2000;
  std::vector<int> chosen(c);
  int positive = 0, total = 0;
  double sizes = 0, noise = 0;
  for (int i = 0; i < particles; ++i) {
    const Drawn drawn(description, c, i), single(description, c, i, true);
    ASSERT_EQ(drawn.n, 32);
    ASSERT_EQ(drawn.truth.size(), c);
    EXPECT_EQ((drawn.truth.array() != 0).count(), 3);
    EXPECT_EQ(drawn.truth[0], 0) << "mode 0";
    for (int k = 0; k < c; ++k) {
      EXPECT_NEAR(single.truth[k], drawn.truth[k], 2.5e-7) << "float and double choose the same";
      if (drawn.truth[k] == 0) continue;
      EXPECT_GE(std::abs(drawn.truth[k]), 1);
      EXPECT_LE(std::abs(drawn.truth[k]), 2);
      ++chosen[k], ++total;
      positive += drawn.truth[k] > 0;
      sizes += std::abs(drawn.truth[k]);
    }
    noise += (drawn.y - drawn.x * drawn.truth).squaredNorm() / drawn.n;
  }
  // Five standard errors, of a binomial count and of means.
  for (int k = 1; k < c; ++k)
    EXPECT_NEAR(chosen[k], particles * 3.0 / 63, 5 * std::sqrt(particles * 3.0 / 63)) << "mode " << k;
  EXPECT_NEAR(positive, 0.5 * total, 5 * 0.5 * std::sqrt(total));
  EXPECT_NEAR(sizes / total, 1.5, 5 / std::sqrt(12.0 * total));
  EXPECT_NEAR(noise / particles, 0.01, 5 * 0.01 * std::sqrt(2.0 / (32 * particles)));
}

TEST(SpectrumInstance, CosinesAreAccurateForHighModes) {
  const ModelDescription description = instance_of("linear", "coordinates = 64", "kind = \"spectrum\"");
  double worst = 0, worst_float = 0, worst_naive = 0, mean = 0;
  int times = 0;
  for (int i = 0; i < 100; ++i) {
    const Drawn drawn(description, 64, i), single(description, 64, i, true);
    for (int b = 0; b < drawn.n; ++b) {
      // t lies on a grid of 2^-24, so that the first mode tells it exactly, but for t <-> 1 - t, which no cosine tells.
      const double t = std::round(std::acos(drawn.x(b, 1)) / (2 * std::numbers::pi) * 0x1p24) * 0x1p-24;
      mean += t, ++times;
      for (int k = 0; k < 64; ++k) {
        const double turns = k * t, exact = std::cos(2 * std::numbers::pi * (turns - std::round(turns)));
        worst = std::max(worst, std::abs(drawn.x(b, k) - exact));
        worst_float = std::max(worst_float, std::abs(single.x(b, k) - exact));
        worst_naive = std::max(worst_naive,
                               std::abs(double(std::cos(float(2 * std::numbers::pi) * (float(k) * float(t)))) - exact));
      }
    }
  }
  EXPECT_LT(worst, 1e-15);
  EXPECT_LT(worst_float, 2e-7);
  EXPECT_GT(worst_naive, 2e-6) << "twin: a phase that is rounded in float";
  EXPECT_NEAR(mean / times, 0.25, 5 * 0.5 / std::sqrt(12.0 * times)) << "of min(t, 1 - t)";
}

TEST(SignalInstance, MeasurementsAreGaussian) {
  const ModelDescription description = instance_of("linear", "", "kind = \"signal\"");
  ASSERT_EQ(description.dimension, 200);
  ASSERT_EQ(description.samples, 60u);
  Vector truth(200);
  truth << Vector::Constant(50, 1), Vector::Constant(70, -1.5), Vector::Constant(40, 0.5), Vector::Constant(40, 2);
  double one = 0, two = 0, four = 0, noise = 0;
  constexpr int particles = 100, entries = particles * 60 * 200;
  for (int i = 0; i < particles; ++i) {
    const Drawn drawn(description, 200, i);
    EXPECT_EQ(drawn.truth.size(), 0) << "the truth is everybody's";
    const auto z = drawn.x.array() * std::sqrt(60.0);
    one += z.sum(), two += z.square().sum(), four += z.square().square().sum();
    noise += (drawn.y - drawn.x * truth).squaredNorm();
  }
  EXPECT_NEAR(one / entries, 0, 5 / std::sqrt(double(entries)));
  EXPECT_NEAR(two / entries, 1, 5 * std::sqrt(2.0 / entries));
  EXPECT_NEAR(four / entries, 3, 5 * std::sqrt(96.0 / entries));
  EXPECT_NEAR(noise / (60 * particles), 0.01, 5 * 0.01 * std::sqrt(2.0 / (60 * particles)));
}

TEST(RegressionInstance, IsTheSameForEveryParameterisation) {
  for (const std::string kind :
       {"kind = \"spectrum\", samples = 9", "kind = \"signal\", levels = [1.0, -2.0], lengths = [3, 4], samples = 6"}) {
    const std::string keys = kind.find("spectrum") != std::string::npos ? "coordinates = 8\n" : "";
    const int c = keys.empty() ? 7 : 8;
    const ModelDescription linear = instance_of("linear", keys, kind), hadamard = instance_of("hadamard", keys, kind);
    const ModelDescription same = instance_of("mapped_hadamard", keys + "map = \"identity\"", kind);
    const ModelDescription sums = instance_of("mapped_hadamard", keys, kind);
    const ModelDescription shared = instance_of("hadamard", keys, kind + ", shared = true");
    const ModelDescription other = instance_of("linear", keys, kind + ", seed = 2");
    for (std::uint64_t i : {0ull, 1ull, 77ull, (1ull << 40) + 3}) {
      const auto lanes = draw_instance(linear, i);
      EXPECT_EQ(lanes, draw_instance(hadamard, i));
      EXPECT_EQ(lanes, draw_instance(same, i));
      EXPECT_EQ(draw_instance(shared, i), draw_instance(linear, 0));
      EXPECT_NE(lanes, draw_instance(other, i)) << "of another seed";
      if (i > 0) {
        EXPECT_NE(lanes, draw_instance(linear, 0)) << "of another particle";
      }
      const Drawn free(linear, c, i), mapped(sums, c, i);
      EXPECT_EQ(mapped.y, free.y);
      EXPECT_EQ(mapped.truth, free.truth);
      for (int j = 0; j < c; ++j) {
        EXPECT_LT((mapped.x.col(j) - free.x.rightCols(c - j).rowwise().sum()).norm(), 1e-14)
            << "sum of the columns from " << j;
      }
    }
  }
}

/// Value of an observable by its name.
double shown(const ModelDescription& description, const Vector& theta, const std::string& name) {
  const auto at = std::find(description.observables.begin(), description.observables.end(), name);
  EXPECT_NE(at, description.observables.end()) << name;
  return make_functor<double>(description)->observe(theta)[at - description.observables.begin()];
}

TEST(RegressionInstance, StepsFollowTheGradientOfTheLossShown) {
  for (const std::string name : {"linear", "hadamard", "mapped_hadamard"}) {
    for (const std::string kind : {"samples = 11", "kind = \"signal\", lengths = [4, 5, 6, 7], samples = 13"}) {
      const ModelDescription description = instance_of(name, kind[0] == 's' ? "coordinates = 9" : "", kind);
      const auto model = make_functor<double>(description);
      Points points(description);
      for (int i = 0; i < 5; ++i) {
        const Vector theta = points.point(), gradient = model->gradient(theta);
        EXPECT_LT((model->minibatch_gradient(theta, int(description.samples)) - gradient).norm(),
                  1e-13 * gradient.norm());
      }
    }
  }
}

TEST(RegressionInstance, LossIsThatOfItsData) {
  const ModelDescription linear = instance_of("linear", "coordinates = 9", "samples = 11, nonzero = 2");
  const ModelDescription mapped =
      instance_of("mapped_hadamard", "coordinates = 9\nmap = \"fourier\"", "samples = 11, nonzero = 2");
  const Drawn drawn(linear, 9, 0);
  Points points(mapped);
  for (int i = 0; i < 10; ++i) {
    const Vector theta = points.point();
    const std::vector<double> w = mapped.predictor({theta.begin(), theta.end()});
    const Vector weights = Eigen::Map<const Vector>(w.data(), 9);
    const double expected = (drawn.x * weights - drawn.y).squaredNorm() / 22;
    EXPECT_NEAR(shown(mapped, theta, "loss"), expected, 1e-13 * (1 + expected));
    EXPECT_NEAR(shown(linear, weights, "loss"), expected, 1e-13 * (1 + expected));
    for (const char* name : {"error", "l1_norm", "total_variation", "support"}) {
      EXPECT_NEAR(shown(mapped, theta, name), shown(linear, weights, name), 1e-12 * (1 + shown(linear, weights, name)))
          << name;
    }
  }
}

TEST(TruthObservables, ErrorOfASpectrumIsTheMeanOverTime) {
  const ModelDescription description = instance_of("linear", "", "kind = \"spectrum\"");
  const Vector truth = Drawn(description, 64, 0).truth;
  Points points(description);
  for (int i = 0; i < 3; ++i) {
    const Vector w = points.point(), difference = w - truth;
    double sum = 0;
    for (int j = 0; j < 10000; ++j) {
      double value = 0;
      for (int k = 0; k < 64; ++k) value += difference[k] * std::cos(2 * std::numbers::pi * ((k * j) % 10000) / 10000);
      sum += value * value / 10000;
    }
    EXPECT_NEAR(shown(description, w, "error"), sum, 1e-12 * sum);
    EXPECT_GT(std::abs(difference.squaredNorm() / 2 - sum), 1e-6 * sum) << "twin: mode 0 counts in full";
  }
}

TEST(TruthObservables, AreWhatTheySay) {
  const ModelDescription description =
      instance_of("linear", "", "kind = \"signal\", levels = [1.0, -0.5, 2.0], lengths = [2, 3, 1]");
  Vector truth(6), w(6);
  truth << 1, 1, -0.5, -0.5, -0.5, 2;
  EXPECT_EQ(shown(description, truth, "error"), 0);
  EXPECT_EQ(shown(description, truth, "support"), 1);
  w << 0.9, 1.1, -0.5, -0.2, -0.4, -2;
  EXPECT_NEAR(shown(description, w, "error"), (w - truth).squaredNorm() / 6, 1e-14);
  EXPECT_NEAR(shown(description, w, "l1_norm"), 5.1, 1e-14);
  EXPECT_NEAR(shown(description, w, "total_variation"), 0.2 + 1.6 + 0.3 + 0.2 + 1.6, 1e-14);
  EXPECT_EQ(shown(description, w, "support"), 1);
  w[5] = -0.6;
  EXPECT_EQ(shown(description, w, "support"), 0) << "the last true increment is below another";
  const ModelDescription spectrum = instance_of("linear", "coordinates = 6", "nonzero = 2");
  Vector modes = Drawn(spectrum, 6, 0).truth;
  EXPECT_EQ(shown(spectrum, modes, "support"), 1);
  modes[0] = 3;
  EXPECT_EQ(shown(spectrum, modes, "support"), 0);
}

std::string file(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/instance_test_" + name;
  std::ofstream(path) << text;
  return path;
}

TEST(TruthObservables, AreThereForFilesWithATruth) {
  const std::string table = "target = \"y\"\nfile = \"" + file("data.csv", "a,b,y\n1,0,2\n0,1,0\n1,1,2.1\n") + "\"\n";
  const std::string truth = table + "truth = \"" + file("truth.csv", "2\n0\n") + "\"\n";
  for (const std::string name : {"linear", "hadamard", "mapped_hadamard"}) {
    const std::string keys = name == "mapped_hadamard" ? "map = \"identity\"" : "";
    const ModelDescription plain = with(name, keys, table), known = with(name, keys, truth);
    ASSERT_EQ(known.observables.size(), plain.observables.size() + 4);
    EXPECT_TRUE(std::equal(plain.observables.begin(), plain.observables.end(), known.observables.begin()))
        << "new ones come last";
    EXPECT_EQ(known.instance, 0);
    Vector theta = Vector::Ones(known.dimension);
    theta[0] = 1.5, theta[1] = 0.5;
    EXPECT_DOUBLE_EQ(shown(known, theta, "error"), 0.25) << name;
    EXPECT_EQ(shown(known, theta, "support"), 1);
    EXPECT_EQ(shown(known, theta, "loss"), shown(plain, theta, "loss"));
  }
  EXPECT_THROW(with("linear", "", table + "truth = \"" + file("long.csv", "2\n0\n1\n") + "\"\n"), SpecError);
  EXPECT_THROW(with("linear", "", truth + "standardize = true\n"), SpecError);
}

// Files of a kind lie where a drawn instance does, so that its observables and gradients are those of one.
TEST(RegressionFiles, KeepTheirKind) {
  const std::string x = "x = \"" + file("signal_x.csv", "1,0.5,0.25\n0,-1,2\n") + "\"\n",
                    y = "y = \"" + file("signal_y.csv", "2\n0.5\n") + "\"\n";
  const std::string truth = "truth = \"" + file("signal_w.csv", "1,1,-2\n") + "\"\n";
  const ModelDescription signal = with("linear", "", "kind = \"signal\"\n" + x + y + truth),
                         plain = with("linear", "", x + y + truth);
  EXPECT_EQ(signal.instance, 2 * 4);
  EXPECT_TRUE(signal.shared_instance);
  EXPECT_EQ(draw_instance(signal, 5), (std::vector<double>{1, 0.5, 0.25, 0, -1, 2, 2, 0.5}));
  const Vector w = (Vector(3) << 0.5, 0.9, -1.5).finished();
  EXPECT_DOUBLE_EQ(shown(signal, w, "loss"), shown(plain, w, "loss"));
  EXPECT_LT((make_functor<double>(signal)->gradient(w) - make_functor<double>(plain)->gradient(w)).norm(), 1e-15);
  EXPECT_EQ(shown(signal, w, "support"), 1) << "the jump is the largest increment";
  EXPECT_EQ(shown(plain, w, "support"), 1);
  const Vector level = (Vector(3) << 3, 3.1, 0.2).finished();
  EXPECT_EQ(shown(signal, level, "support"), 1);
  const Vector even = (Vector(3) << 0.5, 2.5, 1.5).finished();
  EXPECT_EQ(shown(signal, even, "support"), 0) << "a larger increment where there is no jump";
  EXPECT_EQ(shown(plain, even, "support"), 1) << "twin: by weights, of which none is 0";
}

TEST(RegressionFiles, OfASpectrumHaveTheErrorOverTime) {
  const std::string y = "y = \"" + file("spectrum_y.csv", "2\n0.5\n1\n") + "\"\n",
                    times = "times = \"" + file("times.csv", "0.125\n0.25\n1\n") + "\"\n";
  const std::string truth = "truth = \"" + file("modes.csv", "0\n1.5\n0\n-1\n") + "\"\n",
                    kind = "kind = \"spectrum\"\n";
  const ModelDescription spectrum = with("linear", "", kind + times + y + truth);
  const auto own = draw_instance(spectrum, 0);
  ASSERT_EQ(own.size(), 3u * 5) << "the truth is not among them";
  const double half = std::sqrt(0.5), rows[] = {1, half, 0, -half, 1, 0, -1, 0, 1, 1, 1, 1};
  for (int i = 0; i < 12; ++i) EXPECT_NEAR(own[i], rows[i], 1e-15) << i;
  const Vector w = (Vector(4) << 0.5, 1, 0.25, -1).finished();
  EXPECT_DOUBLE_EQ(shown(spectrum, w, "error"), 0.25 + 0.5 * (0.25 + 0.0625));
  const ModelDescription unknown = with("hadamard", "coordinates = 4", kind + times + y);
  EXPECT_EQ(unknown.observables.size(), 4u + 4 + 1 + 2);
  EXPECT_EQ(std::count(unknown.observables.begin(), unknown.observables.end(), "error"), 0);
  const Vector theta = (Vector(8) << 1, 2, 3, 4, 0.5, -1, 1, 0).finished();
  EXPECT_DOUBLE_EQ(shown(unknown, theta, "l1_norm"), 0.5 + 2 + 3);
  EXPECT_DOUBLE_EQ(shown(unknown, theta, "total_variation"), 2.5 + 5 + 3);
}

TEST(Linear, SubgradientOfTheL1NormIsZeroAtZero) {
  const auto plain = make_functor<double>(describe({"linear", "", "[model]\nname = \"linear\"\ncoordinates = 3\n"}));
  const auto lasso =
      make_functor<double>(describe({"linear", "", "[model]\nname = \"linear\"\ncoordinates = 3\nl1 = 0.25\n"}));
  const Vector theta = (Vector(3) << 0.0, 0.5, -2.0).finished();
  EXPECT_EQ(lasso->gradient(theta) - plain->gradient(theta), (Vector(3) << 0.0, 0.25, -0.25).finished());
  EXPECT_DOUBLE_EQ(lasso->loss(theta) - plain->loss(theta), 0.625);
}

// ---- Matrix completion
// ------------------------------------------------------------------------------------------------------

TEST(CompletionInstance, HasTheSingularValuesAndEntriesAskedFor) {
  const ModelDescription description = instance_of("completion", "", "observed = 0.2");
  ASSERT_EQ(description.instance, 800);
  Vector seen = Vector::Zero(400);
  Matrix first = Matrix::Zero(20, 20);
  constexpr int particles = 1000;
  for (int i = 0; i < particles; ++i) {
    const auto lanes = draw_instance(description, i);
    const Matrix truth = Eigen::Map<const Matrix>(lanes.data(), 20, 20);
    const Vector mask = Eigen::Map<const Vector>(lanes.data() + 400, 400);
    EXPECT_EQ(((mask.array() == 0) || (mask.array() == 1)).count(), 400);
    EXPECT_EQ(mask.sum(), 80);
    seen += mask;
    first += truth.cwiseAbs2();
    if (i >= 100) continue;
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(truth);
    EXPECT_NEAR(svd.singularValues()[0], 15, 1e-13 * 15);
    EXPECT_NEAR(svd.singularValues()[1], 5, 1e-13 * 15);
    EXPECT_LT(svd.singularValues()[2], 1e-13 * 15) << "orthonormal to rounding";
    const auto single = draw_instance(description, i, true);
    const Matrix in_float = Eigen::Map<const Matrix>(single.data(), 20, 20);
    const Vector values = Eigen::JacobiSVD<Eigen::MatrixXd>(in_float).singularValues();
    EXPECT_NEAR(values[0], 15, 1e-5);
    EXPECT_NEAR(values[1], 5, 1e-5);
    EXPECT_TRUE(std::equal(lanes.begin() + 400, lanes.end(), single.begin() + 400))
        << "the mask in float and in double";
  }
  // Five standard errors of a count; entries of a Haar matrix: <M²> = Σ s²/(nm).
  for (int e = 0; e < 400; ++e) EXPECT_NEAR(seen[e], 0.2 * particles, 5 * std::sqrt(0.16 * particles)) << "entry " << e;
  for (const double square : first.reshaped()) EXPECT_NEAR(square / particles, 250.0 / 400, 0.2);
}

TEST(CompletionInstance, RandomFactorsOfFullRankAreOrthonormal) {
  const ModelDescription description = instance_of("completion", "rows = 6\ncolumns = 9",
                                                   "singular_values = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], observed = 0.5");
  for (int i = 0; i < 50; ++i) {
    const auto lanes = draw_instance(description, i);
    const Matrix truth = Eigen::Map<const Matrix>(lanes.data(), 6, 9);
    EXPECT_LT((truth * truth.transpose() - Matrix::Identity(6, 6)).norm(), 1e-13);
  }
}

/// A step's gradient in double, of particle 0.
Vector step_gradient(const ModelDescription& description, const Vector& theta, std::uint64_t step) {
  std::vector<std::vector<double>> storage;
  const AnyModel<double> model(scalar_functions(description.name, make_view<double>(description.parameters, storage)));
  std::vector<double> at(theta.begin(), theta.end()), scratch(model.scratch());
  const auto own = draw_instance(description, 0);
  at.insert(at.end(), own.begin(), own.end());
  SampleDraw<double> draw(noise_id<StreamNoise>, 3, same_id<double>(0), step, model.samples, 1, 0);
  Vector out(model.parameters());
  model.minibatch_gradient(at.data(), out.data(), 1, draw, scratch.data());
  return out;
}

TEST(Completion, StepsKeepEntriesAtTheGivenRate) {
  for (const std::string keep : {"0.5", "0.3", "1.0"}) {
    const ModelDescription description =
        instance_of("completion", "rows = 5\ncolumns = 7\nrank = 1\ninitial_deviation = [1.0, 1.0]\nkeep = " + keep,
                    "observed = 0.6, singular_values = 2.0");
    Points points(description);
    const Vector theta = points.point(), gradient = make_functor<double>(description)->gradient(theta);
    Vector sum = Vector::Zero(theta.size()), squares = sum;
    constexpr int steps = 20000;
    for (int k = 1; k <= steps; ++k) {
      const Vector g = step_gradient(description, theta, k);
      sum += g, squares += g.cwiseAbs2();
    }
    const Vector mean = sum / steps, error = ((squares / steps - mean.cwiseAbs2()).cwiseMax(0) / steps).cwiseSqrt();
    for (int i = 0; i < theta.size(); ++i) EXPECT_NEAR(mean[i], gradient[i], 5 * error[i] + 1e-12) << "keep " << keep;
    if (keep == "1.0") {
      EXPECT_LT((step_gradient(description, theta, 1) - gradient).norm(), 1e-14);
    } else {
      EXPECT_GT(error.norm(), 1e-4) << "every step is the same";
      EXPECT_GT(((1.1 * mean - gradient).cwiseAbs() - 5 * error).maxCoeff(), 0) << "twin: a rate that is off by 10 %";
    }
  }
}

TEST(Completion, ObservablesAreThoseOfTheMatrix) {
  const ModelDescription description =
      instance_of("completion", "rows = 4\ncolumns = 6\nrank = 3\nvalues = 4\nkeep = 0.25",
                  "observed = 0.5, singular_values = [2.0, 1.0]");
  const auto own = draw_instance(description, 0);
  const Matrix truth = Eigen::Map<const Matrix>(own.data(), 4, 6),
               mask = Eigen::Map<const Matrix>(own.data() + 24, 4, 6);
  Points points(description);
  for (int i = 0; i < 10; ++i) {
    const Vector theta = points.point();
    const Matrix p = Eigen::Map<const Matrix>(theta.data(), 3, 4).transpose(),
                 q = Eigen::Map<const Matrix>(theta.data() + 12, 3, 6);
    const Matrix difference = p * q - truth;
    const Vector sigma = Eigen::JacobiSVD<Eigen::MatrixXd>(p * q).singularValues();
    for (int k = 0; k < 4; ++k)
      EXPECT_NEAR(shown(description, theta, "sigma" + std::to_string(k + 1)), sigma[k], 1e-14);
    EXPECT_NEAR(shown(description, theta, "nuclear"), sigma.sum(), 1e-14);
    EXPECT_NEAR(shown(description, theta, "loss"),
                0.25 / 24 * (difference.array() * mask.array() * difference.array()).sum(), 1e-14);
    EXPECT_NEAR(shown(description, theta, "error"),
                (difference.array() * (1 - mask.array()) * difference.array()).sum() / 12, 1e-13);
    EXPECT_NEAR(shown(description, theta, "ratio2"), p.col(1).norm() / q.row(1).norm(), 1e-12);
    EXPECT_NEAR(shown(description, theta, "log_volume"), description.log_orbit_volume({theta.begin(), theta.end()}),
                1e-12);
    // The Gram matrix of all of gl(3), basis e_ab: P -> P e_ab, Q -> -e_ab Q.
    Matrix frame(30, 9);
    for (int a = 0; a < 9; ++a) {
      Matrix basis = Matrix::Zero(3, 3);
      basis(a / 3, a % 3) = 1;
      const Matrix dp = p * basis, dq = -(basis * q);
      frame.col(a).head(12) = dp.reshaped();
      frame.col(a).tail(18) = dq.reshaped();
    }
    const Matrix gram = frame.transpose() * frame;
    EXPECT_NEAR(shown(description, theta, "half_log_det"), 0.5 * std::log(gram.determinant()), 1e-8);
  }
}

TEST(Completion, FilesAreTheSameProblem) {
  const std::string truth = file("matrix.csv", "1,2,0\n-1,0.5,99\n"), mask = file("mask.csv", "1,1,0\n0,1,0\n");
  const std::string data = "truth = \"" + truth + "\"\nmask = \"" + mask + "\"\n";
  const ModelDescription description = with("completion", "rank = 1\nkeep = 1.0", data);
  EXPECT_EQ(description.samples, 3u);
  EXPECT_EQ(description.instance, 0);
  Vector theta(5);
  theta << 1, 2, 1, 1, 0;  // W = (1, 1, 0; 2, 2, 0)
  EXPECT_DOUBLE_EQ(shown(description, theta, "loss"), (0 + 1 + 2.25) / 6);
  EXPECT_DOUBLE_EQ(shown(description, theta, "error"), (0 + 9 + 99.0 * 99) / 3);
  EXPECT_THROW(
      with("completion", "", "truth = \"" + truth + "\"\nmask = \"" + file("other.csv", "1,1\n0,1\n") + "\"\n"),
      SpecError);
  EXPECT_THROW(with("completion", "", "truth = \"" + truth + "\"\nmask = \"" + truth + "\"\n"), SpecError);
  EXPECT_THROW(with("completion", "rows = 3", data), SpecError);
}

}  // namespace
}  // namespace orbitwalk::test
