// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The cpu backend has the bits of the reference backend, for every model, scheme, kind of variates, precision and
// instruction set, however the work is divided.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>

#include "backends/backend.hpp"
#include "gpu/cases.hpp"
#include "orbitwalk/error.hpp"
#include "run/ensemble.hpp"

namespace orbitwalk::test {
namespace {

/// Every model with its defaults; the last of the cases are other sizes and data.
class EveryModel : public testing::TestWithParam<ModelCase> {};
std::string title_of(const testing::TestParamInfo<ModelCase>& info) {
  std::string title;
  for (char c : info.param.title) title += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return title;
}
INSTANTIATE_TEST_SUITE_P(Cpu, EveryModel, testing::ValuesIn(model_cases()), title_of);

ChunkResult run_reference(const Problem& problem) {
  return run_in_chunks(problem, *make_reference_backend(problem), problem.blocks());
}

/// The first difference between the reference and any instruction set.
std::string differences(const Problem& problem, const ChunkResult& expected, std::uint64_t chunk_blocks) {
  for (const auto& isa : cpu_instruction_sets()) {
    BackendOptions options;
    options.threads = 1;
    options.instruction_set = isa;
    const auto backend = make_cpu_backend(problem, options);
    const std::string difference = first_difference(problem, expected, run_in_chunks(problem, *backend, chunk_blocks));
    if (!difference.empty()) return isa + ": " + difference;
  }
  return "";
}

void expect_bits_of_the_reference(const ModelCase& model) {
  // Awkward sizes take turns, so that each meets every scheme and precision of some model.
  const struct {
    std::uint64_t particles, burn_in, steps, every;
  } sizes[] = {{257, 0, 91, 7}, {1, 3, 70, 1}, {255, 0, 65, 65}, {597, 5, 33, 11}, {33, 63, 66, 2}};
  std::size_t turn = model.title.size();
  for (RunCase run : run_cases(model, {"gaussian", "dyadic", "rademacher"}, {"float", "double", "mixed"})) {
    const auto& size = sizes[turn++ % std::size(sizes)];
    run.particles = size.particles, run.burn_in = size.burn_in, run.steps = size.steps, run.every = size.every;
    SCOPED_TRACE(title_of(run) + ", " + std::to_string(run.particles) + " particles");
    const Problem problem = make_problem(model, run);
    EXPECT_EQ(differences(problem, run_reference(problem), 1 + turn % 3), "");
  }
}
TEST_P(EveryModel, HasTheBitsOfTheReference) { expect_bits_of_the_reference(GetParam()); }

class EveryInstance : public testing::TestWithParam<ModelCase> {};
INSTANTIATE_TEST_SUITE_P(Cpu, EveryInstance, testing::ValuesIn(instance_model_cases()), title_of);

TEST_P(EveryInstance, HasTheBitsOfTheReference) { expect_bits_of_the_reference(GetParam()); }

TEST_P(EveryInstance, TwinWithAnotherProblemHasOtherBits) {
  RunCase run;
  run.particles = 33, run.steps = 39, run.scheme = schemes_of(GetParam()).front();
  const Problem problem = make_problem(GetParam(), run);
  Problem seeded = problem, shared = problem;
  seeded.plan.instance_seed += 1;
  shared.plan.shared_instance = !shared.plan.shared_instance;
  for (const Problem& other : {seeded, shared}) {
    EXPECT_EQ(differences(other, run_reference(problem), 1) == "", GetParam().from_files)
        << "what files say is the same problem for every seed and particle";
  }
}

TEST_P(EveryModel, TwinOfAnotherSeedOrStepHasOtherBits) {
  RunCase run;
  run.particles = 33, run.steps = 39;
  const Problem problem = make_problem(GetParam(), run);
  Problem other = problem;
  other.plan.seed += 1;
  EXPECT_NE(differences(other, run_reference(problem), 1), "");
  other = problem;
  other.plan.step = std::nextafter(float(other.plan.step), 1.0f);
  EXPECT_NE(differences(other, run_reference(problem), 1), "");
}

TEST_P(EveryModel, DivergesAtTheSameSteps) {
  // Their slopes are bounded, so that no step is too large for the state to stay finite.
  const std::string& title = GetParam().title;
  const bool bounded =
      title.rfind("softmax_shift", 0) == 0 || title.rfind("scale_invariant", 0) == 0 || title == "attention (data)";
  for (const char* precision : {"float", "double", "mixed"}) {
    for (const char* scheme : {"euler_maruyama", "projected"}) {
      const auto schemes = schemes_of(GetParam());
      if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) continue;
      RunCase run;
      run.precision = precision, run.scheme = scheme;
      run.particles = 300, run.burn_in = 60, run.steps = 143, run.every = 11;
      bool some = false;
      for (const double step : {0.55, 1.1, 2.1, 3.3, 1e3}) {
        run.step = step;
        SCOPED_TRACE(std::string(scheme) + ", " + precision + ", step " + std::to_string(step));
        const Problem problem = make_problem(GetParam(), run);
        const ChunkResult expected = run_reference(problem);
        EXPECT_EQ(differences(problem, expected, 1), "");
        some = some ||
               std::any_of(expected.diverged.begin(), expected.diverged.end(), [](std::uint64_t s) { return s != 0; });
      }
      EXPECT_EQ(some, !bounded) << (some ? "not bounded after all" : "no particle diverged: nothing was tested");
    }
  }
}

// ---- Division of the work
// --------------------------------------------------------------------------------------------------

bool equal_bits(const Tally& a, const Tally& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0);
  };
  return same(a.sums, b.sums) && a.cells == b.cells && same(a.last_float, b.last_float) &&
         same(a.last_double, b.last_double) && a.diverged == b.diverged && a.counters == b.counters && a.done == b.done;
}

Tally run_all(const Problem& problem, const std::string& name, int threads, std::uint64_t chunk_blocks) {
  BackendOptions options;
  options.threads = threads;
  const auto backend = make_backend(name, problem, options);
  EnsembleOptions ensemble;
  ensemble.chunk_blocks = chunk_blocks;
  Tally tally(problem);
  EXPECT_TRUE(run_ensemble(problem, *backend, ensemble, tally));
  return tally;
}

TEST(Ensemble, DoesNotDependOnThreadsOrChunks) {
  RunCase run;
  run.particles = 4 * 256 + 77, run.burn_in = 0, run.steps = 40, run.every = 4, run.step = 0.3,
  run.scheme = "projected";
  for (const char* precision : {"float", "double"}) {
    run.precision = precision;
    // The quartic loss makes some particles diverge, and so out of order between threads.
    Problem problem = make_problem({"gram_product", "[model]\nname = \"gram_product\"\n", false}, run);
    const Tally expected = run_all(problem, "reference", 1, 0);
    EXPECT_FALSE(expected.diverged.empty());
    for (const int threads : {1, 2, 3, 7}) {
      for (const std::uint64_t chunk : {0, 1, 2, 3, 100}) {
        EXPECT_TRUE(equal_bits(expected, run_all(problem, "cpu", threads, chunk)))
            << threads << " threads, chunks of " << chunk;
      }
    }
    EXPECT_EQ(digest(reduce(problem, expected)), digest(reduce(problem, run_all(problem, "cpu", 2, 1))));
    problem.plan.seed += 1;
    EXPECT_FALSE(equal_bits(expected, run_all(problem, "cpu", 2, 1))) << "twin: another seed";
  }
}

TEST(Ensemble, ThreadsThatShareABlockOfInstancesKeepTheBits) {
  for (const auto& model : instance_model_cases()) {
    RunCase run;
    run.particles = 100, run.burn_in = 3, run.steps = 30, run.every = 5, run.scheme = schemes_of(model).front();
    const Problem problem = make_problem(model, run);
    const Tally expected = run_all(problem, "reference", 1, 0);
    for (const int threads : {1, 2, 3})
      EXPECT_TRUE(equal_bits(expected, run_all(problem, "cpu", threads, 0))) << model.title << ", " << threads;
  }
}

TEST(Ensemble, GoesOnWhereItWasStopped) {
  RunCase run;
  run.particles = 9 * 256 + 1;
  const Problem problem = make_problem({"radial", "[model]\nname = \"radial\"\n", false}, run);
  const Tally expected = run_all(problem, "cpu", 2, 2);
  BackendOptions backend_options;
  backend_options.threads = 2;
  const auto backend = make_cpu_backend(problem, backend_options);
  Tally tally(problem);
  bool stop = false;
  EnsembleOptions options;
  options.chunk_blocks = 1;
  options.stop = &stop;
  options.progress = [&](std::uint64_t blocks, std::uint64_t) {
    __atomic_store_n(&stop, blocks >= 3, __ATOMIC_RELAXED);
  };
  EXPECT_FALSE(run_ensemble(problem, *backend, options, tally));
  EXPECT_GE(tally.blocks_done(), 3u);
  EXPECT_LT(tally.blocks_done(), problem.blocks());
  EXPECT_FALSE(equal_bits(expected, tally));
  stop = false;
  options.progress = nullptr;
  EXPECT_TRUE(run_ensemble(problem, *backend, options, tally));
  EXPECT_TRUE(equal_bits(expected, tally));
}

TEST(Backends, UnknownNamesAreErrors) {
  const Problem problem = make_problem({"radial", "[model]\nname = \"radial\"\n", false}, {});
  EXPECT_THROW(make_backend("cpuu", problem, {}), SpecError);
  BackendOptions options;
  options.instruction_set = "mmx";
  EXPECT_THROW(make_cpu_backend(problem, options), SpecError);
  EXPECT_EQ(cpu_instruction_sets().front(), "generic");
}

}  // namespace
}  // namespace orbitwalk::test
