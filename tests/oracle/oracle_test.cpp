// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The first steps of every published experiment are those that PyTorch takes with the publication's losses and learning
// rates (trajectories.py), from the same start and with the same numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "backends/backend.hpp"
#include "oracle/particle.hpp"
#include "run/ensemble.hpp"
#include "support/json.hpp"

namespace orbitwalk::test {
namespace {

using Vector = std::vector<double>;

const nlohmann::ordered_json& data() {
  static const nlohmann::ordered_json read = read_json(ORBITWALK_SOURCE_DIR "/tests/oracle/trajectories.json");
  return read["cases"];
}
const nlohmann::ordered_json& data(const std::string& spec, std::uint64_t particle) {
  for (const auto& each : data()) {
    if (each["spec"] == spec && each["particle"] == particle) return each;
  }
  throw std::runtime_error("no " + spec + " in trajectories.json");
}

/// Largest |a - b| over max(1, |b|): what is asked of a state.
double state_error(const Vector& a, const Vector& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t i = 0; i < b.size(); ++i)
    worst = std::max(worst, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i])));
  return worst;
}
double states_error(const std::vector<Vector>& a, const std::vector<Vector>& b) {
  EXPECT_EQ(a.size(), b.size());
  double worst = 0;
  for (std::size_t k = 0; k < b.size(); ++k) worst = std::max(worst, state_error(a[k], b[k]));
  return worst;
}

/// The same of the ways gone, against the longest of the step's and the rounding of the state. A state alone says
/// little after three small steps: a gradient may be wrong in its fourth digit there.
double ways_error(const Vector& start, const std::vector<Vector>& a, const std::vector<Vector>& b) {
  double worst = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    const Vector &from_a = k == 0 ? start : a[k - 1], &from_b = k == 0 ? start : b[k - 1];
    double longest = 0, error = 0;
    for (std::size_t i = 0; i < start.size(); ++i) {
      longest = std::max(longest, std::abs(b[k][i] - from_b[i]));
      const double off = std::abs((a[k][i] - from_a[i]) - (b[k][i] - from_b[i]));
      error = std::max(error, off - 8 * 0x1p-53 * std::abs(b[k][i]));
    }
    EXPECT_GT(longest, 0) << "nothing moved";
    worst = std::max(worst, error / longest);
  }
  return worst;
}

/// Largest |x a - y b| over the largest |y b|.
double scaled_error(double x, const Vector& a, double y, const Vector& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    largest = std::max(largest, std::abs(y * b[i]));
    worst = std::max(worst, std::abs(x * a[i] - y * b[i]));
  }
  return worst / largest;
}

void expect_fingerprints(const NamedArrays& arrays, const nlohmann::ordered_json& expected) {
  EXPECT_EQ(arrays.size(), expected.size());
  for (const NamedArray& each : arrays) {
    double size = 0;
    for (const double x : each.values) size += std::abs(x);
    EXPECT_NEAR(fingerprint(each.values), expected.at(each.name).get<double>(), 1e-11 * size)
        << each.name
        << ": other numbers than those that PyTorch was given; if that is meant, make trajectories.json again";
  }
}

class Published : public testing::TestWithParam<std::string> {
 protected:
  const Problem problem = oracle_problem(GetParam());
  template <class Check>
  void each_particle(Check check) const {
    for (const std::uint64_t id : oracle_particles) {
      SCOPED_TRACE(GetParam() + ", particle " + std::to_string(id));
      check(Particle(problem, id), data(GetParam(), id));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Oracle, Published, testing::ValuesIn(oracle_specs),
                         [](const auto& info) { return info.param; });

TEST_P(Published, NumbersAreThoseThatTheScriptSaw) {
  each_particle([](const Particle& particle, const auto& expected) {
    const auto& of = expected["fingerprints"];
    expect_fingerprints(particle.named(particle.start()), of["start"]);
    expect_fingerprints(particle.instance(), of["instance"]);
    for (int k = 1; k <= oracle_steps; ++k) expect_fingerprints(particle.step(k), of["steps"][k - 1]);
    expect_fingerprints(particle.named(particle.point()), of["point"]);
    expect_fingerprints(particle.probes(), of["probes"]);
  });
}

TEST_P(Published, ThreeStepsAreThoseOfPyTorch) {
  each_particle([](const Particle& particle, const auto& expected) {
    const std::vector<Vector> torch = expected["theta"], own = particle.walk();
    EXPECT_LT(states_error(own, torch), 1e-10);
    EXPECT_LT(ways_error(particle.start(), own, torch), 1e-10);
  });
}

TEST_P(Published, TwinsTakeOtherSteps) {
  each_particle([this](const Particle& particle, const auto& expected) {
    const std::vector<Vector> torch = expected["theta"];
    const auto misses = [&](const std::vector<Vector>& other) {
      EXPECT_GT(states_error(other, torch), 1e-10);
      EXPECT_GT(ways_error(particle.start(), other, torch), 1e-7);
    };
    misses(particle.walk(2));
    EXPECT_GT(ways_error(particle.start(), particle.walk(1 + 1e-6), torch), 1e-7)
        << "a learning rate that is off by 1e-6";
    if (problem.plan.label_noise > 0) misses(particle.walk(1, 0));
    if (!particle.step(1).empty()) misses(particle.walk(1, 1, 1));
  });
}

TEST_P(Published, GradientsAreThoseOfAutograd) {
  const double h = problem.plan.step;
  each_particle([h](const Particle& particle, const auto& expected) {
    const double rate = expected["learning_rate"];
    const Vector point = particle.point(), step = expected["step_gradient"], mean = expected["gradient"];
    EXPECT_LT(scaled_error(h, particle.step_gradient(point, 1), rate, step), 1e-12);
    EXPECT_LT(scaled_error(h, particle.gradient(point), rate, mean), 1e-12);
    EXPECT_NEAR(h * particle.loss(point), rate * expected["loss"].template get<double>(),
                1e-12 * h * particle.loss(point));
    if (!particle.step(1).empty()) {
      EXPECT_GT(scaled_error(h, particle.step_gradient(point, 2), rate, step), 1e-3) << "twin: another step's numbers";
    }
  });
}

// The head with a value matrix, and no other: what PyTorch was told to do differs from the head without V, from one
// whose V stays where it started, and from one whose scores are not divided by √8.
TEST(AttentionHead, TwinsWithoutValuesTakeOtherSteps) {
  const Problem problem = oracle_problem("attention"),
                without = oracle_problem("attention", {"model.values=0", "dynamics.step=1.5625e-5"});
  ASSERT_EQ(problem.model.dimension, 3 * 128);
  ASSERT_EQ(without.model.dimension, 2 * 128);
  for (const std::uint64_t id : oracle_particles) {
    const std::vector<Vector> torch = data("attention", id)["theta"];
    const Particle particle(problem, id), other(without, id);
    const Vector start = particle.start(), start_without = other.start();
    EXPECT_EQ(Vector(start.begin(), start.begin() + 256), start_without) << "the same start of Q and K";
    std::vector<Vector> own = particle.walk(), queries_and_keys = torch;
    for (Vector& theta : queries_and_keys) theta.resize(256);
    EXPECT_GT(ways_error(start_without, other.walk(), queries_and_keys), 1e-3) << "twin: no V";
    for (Vector& theta : own) std::copy(start.begin() + 256, start.end(), theta.begin() + 256);
    EXPECT_GT(ways_error(start, own, torch), 1e-3) << "twin: V is not trained";
    Problem scaled = problem;
    scaled.model.parameters.number("scale") = 1;
    EXPECT_GT(ways_error(start, Particle(scaled, id).walk(), torch), 1e-7) << "twin: scores not divided by √8";
  }
}

// V starts from N(0, 0.1²), without the spread and the gain of Q: mean square and fourth power of 256 × 128 numbers to
// five standard errors (false alarms: 1e-6; the seed is the spec's). The twin has the gain, the same for all entries.
TEST(AttentionHead, ValuesStartWithoutSpreadAndGain) {
  const Problem problem = oracle_problem("attention");
  constexpr int particles = 256;
  double second = 0, fourth = 0;
  for (int id = 0; id < particles; ++id) {
    const Vector start = Particle(problem, id).start();
    ASSERT_EQ(start.size(), 3 * 128u);
    for (int i = 256; i < 384; ++i) second += std::pow(start[i], 2), fourth += std::pow(start[i], 4);
  }
  const double n = particles * 128.0;
  EXPECT_LT(std::abs(second / n / 0.01 - 1) * std::sqrt(n / 2), 5);
  EXPECT_LT(std::abs(fourth / n / 3e-4 - 1) * std::sqrt(n / (105.0 / 9 - 1)), 5);
  EXPECT_GT(std::abs(second / n / (0.01 * (2 + 2 * std::sqrt(2 / 3.14159265)) / 16) - 1) * std::sqrt(n / 2), 9)
      << "twin: with the gain of Q";
}

/// Last observations of the problem's particles.
Vector observe_all(const Problem& problem, Backend& backend) {
  Tally tally(problem);
  EXPECT_TRUE(run_ensemble(problem, backend, {}, tally));
  return tally.last_double;
}

TEST_P(Published, EveryInstructionSetShowsTheStateOfPyTorch) {
  std::vector<std::string> names = cpu_instruction_sets();
  names.push_back("reference");
  for (const std::string& isa : names) {
    SCOPED_TRACE(isa);
    BackendOptions options;
    options.threads = 1;
    options.instruction_set = isa;
    const auto backend = isa == "reference" ? make_reference_backend(problem) : make_cpu_backend(problem, options);
    const Vector last = observe_all(problem, *backend);
    each_particle([&](const Particle& particle, const auto& expected) {
      const std::uint64_t id = expected["particle"];
      const Vector after = particle.observe(expected["theta"][oracle_steps - 1]),
                   before = particle.observe(expected["theta"][oracle_steps - 2]);
      int moved = 0;
      for (std::size_t o = 0; o < problem.observed.size(); ++o) {
        const double x = after[problem.observed[o].index], tolerance = 1e-10 * std::max(1.0, std::abs(x));
        EXPECT_NEAR(last[o * problem.plan.particles + id], x, tolerance) << problem.names[o];
        moved += std::abs(before[problem.observed[o].index] - x) > tolerance;
      }
      EXPECT_GT(moved, int(problem.observed.size()) / 2) << "twin: most tell a step's difference";
    });
  }
}

}  // namespace
}  // namespace orbitwalk::test
