// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/observe/accumulate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace orbitwalk {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

TEST(HistogramCell, EveryValueHasOne) {
  ObservedSpec spec;
  spec.bins = 10, spec.lower = -1, spec.inverse_width = 10 / 2.5;
  EXPECT_EQ(histogram_cell(spec, -1), 0);
  EXPECT_EQ(histogram_cell(spec, std::nextafter(-1.0, -2.0)), 10);  // below
  EXPECT_EQ(histogram_cell(spec, -1e300), 10);
  EXPECT_EQ(histogram_cell(spec, 1.4999999), 9);
  EXPECT_EQ(histogram_cell(spec, 1.5), 11);  // at the upper edge: above
  EXPECT_EQ(histogram_cell(spec, 1e300), 11);
  for (double x : {nan, infinity, -infinity}) EXPECT_EQ(histogram_cell(spec, x), 12);
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> uniform(-1, 1.5);
  for (int i = 0; i < 10000; ++i) {
    const double x = uniform(generator);
    const int cell = histogram_cell(spec, x);
    ASSERT_GE(x, -1 + 0.25 * cell - 1e-12);
    ASSERT_LE(x, -1 + 0.25 * (cell + 1) + 1e-12);
  }
}

ParticleMoments moments_of(const std::vector<double>& values, const ObservedSpec& spec) {
  ParticleMoments moments;
  for (double x : values) add(moments, spec, x);
  return moments;
}

TEST(ParticleMoments, AreTakenAboutTheCentreAndLeaveOutWhatIsNotFinite) {
  ObservedSpec spec;
  spec.center = 2;
  const ParticleMoments moments = moments_of({1, nan, 4, infinity, 3}, spec);
  EXPECT_EQ(moments.count, 3u);
  EXPECT_EQ(moments.sum, -1 + 2 + 1);
  EXPECT_EQ(moments.square, 1 + 4 + 1);
  EXPECT_EQ(moments.minimum, 1);
  EXPECT_EQ(moments.maximum, 4);
  EXPECT_EQ(leaf(moments_of({nan}, spec)).particles, 0);
}

TEST(BlockSums, TreeAgreesWithSumsInLongDouble) {
  std::mt19937_64 generator(20260123);
  std::normal_distribution<double> normal;
  ObservedSpec spec;
  spec.center = 0.3;
  std::vector<BlockSums> nodes;
  long double b = 0, a = 0, bb = 0, ab = 0, aa = 0;
  double lowest = infinity, highest = -infinity;
  for (int i = 0; i < 256; ++i) {
    std::vector<double> values(i % 5 == 4 ? 0 : 1 + i % 7);  // some particles have nothing
    for (double& x : values) x = 5 + normal(generator), lowest = std::min(lowest, x), highest = std::max(highest, x);
    nodes.push_back(leaf(moments_of(values, spec)));
    if (values.empty()) continue;
    long double mean = 0, square = 0;
    for (double x : values) mean += x - 0.3L, square += (x - 0.3L) * (x - 0.3L);
    mean /= values.size(), square /= values.size();
    b += mean, a += square, bb += mean * mean, ab += mean * square, aa += square * square;
  }
  const std::size_t with_values =
      std::count_if(nodes.begin(), nodes.end(), [](const BlockSums& s) { return s.particles > 0; });
  std::vector<BlockSums> shuffled = nodes;
  std::shuffle(shuffled.begin(), shuffled.end(), generator);
  for (auto* order : {&nodes, &shuffled}) {
    while (order->size() > 1) {
      std::vector<BlockSums> next;
      for (std::size_t i = 0; i < order->size(); i += 2) next.push_back(combine((*order)[i], (*order)[i + 1]));
      *order = next;
    }
    const BlockSums& all = order->front();
    EXPECT_EQ(all.particles, double(with_values));
    EXPECT_NEAR(all.b, double(b), 1e-13 * std::abs(double(b)));
    EXPECT_NEAR(all.a, double(a), 1e-13 * double(a));
    EXPECT_NEAR(all.bb, double(bb), 1e-13 * double(bb));
    EXPECT_NEAR(all.ab, double(ab), 1e-13 * double(ab));
    EXPECT_NEAR(all.aa, double(aa), 1e-13 * double(aa));
    EXPECT_EQ(all.minimum, lowest);
    EXPECT_EQ(all.maximum, highest);
  }
}

TEST(BlockSums, EmptyPartsLeaveTheExtremesAlone) {
  BlockSums some, empty;
  some.particles = 1, some.minimum = 3, some.maximum = 5;
  for (const BlockSums& both : {combine(some, empty), combine(empty, some)}) {
    EXPECT_EQ(both.minimum, 3);
    EXPECT_EQ(both.maximum, 5);
  }
  EXPECT_EQ(combine(empty, empty).particles, 0);
}

}  // namespace
}  // namespace orbitwalk
