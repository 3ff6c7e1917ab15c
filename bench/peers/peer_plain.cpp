// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The loop one would write first: a particle at a time, std::mt19937 and std::normal_distribution<float>. usage:
// peer_plain PROBLEM PARTICLES STEPS STEP SEED FILE; prints the seconds of the loop, writes the final states to FILE as
// float, particle by particle. Constants are those of problems.py.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace {

struct Normal {
  std::mt19937 generator;
  std::normal_distribution<float> distribution;
  explicit Normal(unsigned seed) : generator(seed) {}
  float operator()() { return distribution(generator); }
};

struct Hadamard {
  static constexpr int parameters = 2;
  float h, sigma;
  explicit Hadamard(float step) : h(step), sigma(std::sqrt(2 * 0.3f * step)) {}
  void walk(Normal& normal, int steps, float* theta) const {
    float p = 1.0f, q = 0.5f;
    for (int k = 0; k < steps; ++k) {
      const float e = p * q - 1, dp = q * e + 0.5f * p, dq = p * e + 0.5f * q;
      p += sigma * normal() - h * dp;
      q += sigma * normal() - h * dq;
    }
    theta[0] = p;
    theta[1] = q;
  }
};

struct LinearSde {
  static constexpr int parameters = 3;
  float h, root;
  explicit LinearSde(float step) : h(step), root(std::sqrt(step)) {}
  void walk(Normal& normal, int steps, float* x) const {
    for (int i = 0; i < 3; ++i) x[i] = 0.1f;
    for (int k = 0; k < steps; ++k) {
      for (int i = 0; i < 3; ++i) x[i] += 1.5f * x[i] * h + 0.01f * x[i] * root * normal();
    }
  }
};

struct MatrixProduct {
  static constexpr int size = 20, parameters = 2 * size * size;
  float h, sigma;
  explicit MatrixProduct(float step) : h(step), sigma(std::sqrt(2 * 0.01f * step)) {}
  void walk(Normal& normal, int steps, float* theta) const {
    float *u = theta, *v = theta + size * size;
    float e[size][size], gradient[parameters];
    for (int i = 0; i < parameters; ++i) theta[i] = 0.3f * normal();
    for (int step = 0; step < steps; ++step) {
      for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
          float sum = i == j && i < 4 ? float(i) - 4 : 0.0f;
          for (int k = 0; k < size; ++k) sum += u[i * size + k] * v[j * size + k];
          e[i][j] = sum;
        }
      }
      std::memset(gradient, 0, sizeof gradient);
      for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
          for (int k = 0; k < size; ++k) {
            gradient[i * size + k] += e[i][j] * v[j * size + k];
            gradient[size * size + j * size + k] += e[i][j] * u[i * size + k];
          }
        }
      }
      for (int i = 0; i < parameters; ++i) theta[i] += sigma * normal() - h * gradient[i];
    }
  }
};

template <class Model>
int run(long particles, int steps, float step, unsigned seed, const char* file) {
  const Model model(step);
  Normal normal(seed);
  std::vector<float> last(particles * Model::parameters);
  const auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < particles; ++i) model.walk(normal, steps, &last[i * Model::parameters]);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::FILE* out = std::fopen(file, "wb");
  if (!out || std::fwrite(last.data(), sizeof(float), last.size(), out) != last.size() || std::fclose(out) != 0)
    return 5;
  std::printf("%.9f\n", seconds.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const long particles = std::atol(argv[2]);
  const int steps = std::atoi(argv[3]);
  const float step = std::strtof(argv[4], nullptr);
  const auto seed = unsigned(std::atol(argv[5]));
  const auto is = [&](const char* name) { return std::strcmp(argv[1], name) == 0; };
  if (is("hadamard")) return run<Hadamard>(particles, steps, step, seed, argv[6]);
  if (is("linear_sde")) return run<LinearSde>(particles, steps, step, seed, argv[6]);
  if (is("matrix_product")) return run<MatrixProduct>(particles, steps, step, seed, argv[6]);
  return 2;
}
