// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "baselines/baselines.hpp"

namespace orbitwalk::test {

/// Standard normal matrices from a fixed seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : generator_(seed) {}
  Eigen::MatrixXd matrix(Eigen::Index rows, Eigen::Index columns) {
    Eigen::MatrixXd result(rows, columns);
    for (double& number : result.reshaped()) number = normal_(generator_);
    return result;
  }
  Eigen::VectorXd vector(Eigen::Index size) { return matrix(size, 1); }
  /// `count` different numbers of 0 .. total - 1.
  std::vector<int> choose(int total, int count) {
    std::vector<int> all(total);
    std::iota(all.begin(), all.end(), 0);
    std::shuffle(all.begin(), all.end(), generator_);
    all.resize(count);
    return all;
  }
  Eigen::VectorXd sparse(int size, int nonzeros) {
    Eigen::VectorXd w = Eigen::VectorXd::Zero(size);
    for (const int j : choose(size, nonzeros)) w[j] = normal_(generator_);
    return w;
  }
  Mask mask(int rows, int columns, int observed) {
    Mask result = Mask::Constant(rows, columns, false);
    for (const int e : choose(rows * columns, observed)) result(e / columns, e % columns) = true;
    return result;
  }

 private:
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
};

inline double total_variation(const Eigen::VectorXd& w) {
  return (w.tail(w.size() - 1) - w.head(w.size() - 1)).lpNorm<1>();
}
inline double nuclear_norm(const Eigen::MatrixXd& w) { return w.bdcSvd().singularValues().sum(); }

/// The certificate as the layer promises it: the value is that of x, the bound lies below it, and close.
template <class X>
void expect_certificate(const BasicOptimum<X>& optimum, double value_of_x, double relative = 1e-6) {
  EXPECT_NEAR(optimum.value, value_of_x, 1e-12 * value_of_x);
  EXPECT_LE(optimum.gap(), relative * optimum.value);
  EXPECT_GE(optimum.gap(), -1e-12 * optimum.value) << "a bound above the value is none";
}

/// The message of the exception E that action() throws.
template <class E, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return {};
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace orbitwalk::test
