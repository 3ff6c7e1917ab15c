// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of the cuda backend and its host side, without a GPU: every thread of every block runs on the host, in a
// scrambled order, and the result is compared with the cpu backend's, bit for bit.
#include "gpu/emulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include "backends/device_sort.hpp"
#include "gpu/cases.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

using EmulatedBackend = cuda::ChunkBackend<EmulatedDevice>;

struct Emulation {
  int allocated = 0, launches = 0;

  ChunkResult run(const Problem& problem, const std::vector<std::uint64_t>& lengths, std::uint64_t chunk_blocks,
                  std::uint64_t launch_blocks = ~std::uint64_t(0)) {
    ChunkResult result;
    {
      EmulatedBackend backend(problem, problem.model.name, lengths, &allocated, &launches, std::uint64_t(1) << 30,
                              nullptr, launch_blocks);
      result = run_in_chunks(problem, backend, chunk_blocks);
    }
    EXPECT_EQ(allocated, 0) << "device memory is not given back";
    return result;
  }
};

ChunkResult run_cpu(const Problem& problem) {
  BackendOptions options;
  options.threads = 1;
  return run_in_chunks(problem, *make_cpu_backend(problem, options), problem.blocks());
}

constexpr std::uint64_t whole_run = 1 << 20;

class EveryModel : public testing::TestWithParam<ModelCase> {};

TEST_P(EveryModel, HasTheBitsOfTheCpu) {
  RunCase run;
  run.particles = 300;
  for (const RunCase& each :
       run_cases(GetParam(), {"gaussian", "dyadic", "rademacher"}, {"float", "double", "mixed"}, run)) {
    SCOPED_TRACE(title_of(each));
    const Problem problem = make_problem(GetParam(), each);
    const ChunkResult expected = run_cpu(problem);
    Emulation emulation;
    EXPECT_EQ(first_difference(problem, expected, emulation.run(problem, {64, 128}, 2)), "");
    EXPECT_EQ(emulation.launches, 3);  // 200 steps as 64 + 128 + 8
  }
}

std::string title_of(const testing::TestParamInfo<ModelCase>& info) {
  std::string title;
  for (char c : info.param.title) title += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return title;
}
INSTANTIATE_TEST_SUITE_P(Cuda, EveryModel, testing::ValuesIn(model_cases()), title_of);
INSTANTIATE_TEST_SUITE_P(CudaInstances, EveryModel, testing::ValuesIn(instance_model_cases()), title_of);

ModelCase model_case(const std::string& title) {
  for (const auto& model : model_cases()) {
    if (model.title == title) return model;
  }
  throw std::runtime_error("no case " + title);
}

TEST(CudaEmulation, DependsNeitherOnLaunchesNorOnChunks) {
  RunCase run;
  run.particles = 1500;  // six blocks, the last one not full
  run.burn_in = 0, run.steps = 320, run.every = 80;
  for (const char* name : {"radial", "conjugation"}) {
    for (const char* scheme : {"leimkuhler_matthews", "projected"}) {
      for (const char* precision : {"mixed"}) {
        run.scheme = scheme, run.precision = precision;
        SCOPED_TRACE(std::string(name) + ", " + scheme + ", " + precision);
        const Problem problem = make_problem(model_case(name), run);
        ASSERT_GT(problem.plan.batches, 1);
        const ChunkResult expected = run_cpu(problem);
        for (const auto& lengths :
             std::vector<std::vector<std::uint64_t>>{{whole_run}, {64}, {192, 64, 128}, {37, 1, 90}}) {
          for (const std::uint64_t chunk : {1, 4, 6}) {
            const std::uint64_t launch = lengths[0] == 37 ? 3 : 6;
            EXPECT_EQ(first_difference(problem, expected, Emulation().run(problem, lengths, chunk, launch)), "")
                << "chunks of " << chunk << ", launches of " << launch << " blocks, first of " << lengths[0]
                << " steps";
          }
        }
      }
    }
  }
}

TEST(CudaEmulation, StopsParticlesThatDivergeAtTheSameStep) {
  RunCase run;
  run.step = 0.9;  // beyond the stable step where a particle starts far out
  run.burn_in = 10, run.steps = 300, run.every = 20;
  std::uint64_t some = 0;
  for (const char* name : {"hadamard", "gram_product", "matrix_product"}) {
    for (const char* scheme : {"euler_maruyama", "projected"}) {
      for (const char* precision : {"float", "double", "mixed"}) {
        run.scheme = scheme, run.precision = precision;
        SCOPED_TRACE(std::string(name) + ", " + scheme + ", " + precision);
        const Problem problem = make_problem(model_case(name), run);
        const ChunkResult expected = run_cpu(problem);
        for (const std::uint64_t step : expected.diverged) some += step != 0;
        EXPECT_EQ(first_difference(problem, expected, Emulation().run(problem, {64}, 2)), "");
        EXPECT_EQ(first_difference(problem, expected, Emulation().run(problem, {7, 30}, 3, 1)), "");
      }
    }
  }
  EXPECT_GT(some, 100u) << "the test needs particles that diverge";
}

TEST(CudaEmulation, ComparisonSeesASingleBit) {
  const Problem problem = make_problem(model_case("hadamard"), RunCase());
  const ChunkResult expected = run_cpu(problem);
  const auto changed = [&](auto change) {
    ChunkResult other = expected;
    change(other);
    return first_difference(problem, expected, other);
  };
  EXPECT_EQ(changed([](ChunkResult&) {}), "");
  EXPECT_NE(changed([](ChunkResult& r) { r.last[3] = std::nextafter(r.last[3], 9e9); }), "");
  EXPECT_NE(changed([](ChunkResult& r) { r.sums[0].bb = std::nextafter(r.sums[0].bb, 9e9); }), "");
  EXPECT_NE(changed([](ChunkResult& r) { ++r.cells[5]; }), "");
  EXPECT_NE(changed([](ChunkResult& r) { r.diverged[1] = 4; }), "");
  EXPECT_NE(changed([](ChunkResult& r) { ++r.counters.degenerate; }), "");
}

TEST(CudaEmulation, AnotherSeedGivesAnotherResult) {
  Problem problem = make_problem(model_case("radial"), RunCase());
  const ChunkResult expected = run_cpu(problem);
  problem.plan.seed += 1;
  EXPECT_NE(first_difference(problem, expected, Emulation().run(problem, {64}, 3)), "");
}

TEST(CudaEmulation, LargeModelsAreTheSame) {
  RunCase run;
  run.particles = 40, run.burn_in = 60, run.steps = 30, run.every = 10, run.scheme = "projected";
  for (const auto& model : large_model_cases()) {
    SCOPED_TRACE(model.title);
    const Problem problem = make_problem(model, run);
    EXPECT_EQ(first_difference(problem, run_cpu(problem), Emulation().run(problem, {64}, 1)), "");
  }
}

TEST(CudaEmulation, GivesUpBetweenLaunches) {
  const Problem problem = make_problem(model_case("radial"), RunCase());
  int allocated = 0, launches = 0;
  EmulatedBackend backend(problem, "radial", std::vector<std::uint64_t>{64}, &allocated, &launches);
  ChunkResult result;
  result.sums.resize(problem.blocks() * problem.observed.size());
  result.cells.resize(2 * problem.plan.batches * problem.plan.cells);
  result.diverged.resize(problem.blocks() * block_size);
  const bool stop = true;
  EXPECT_FALSE(backend.run(0, problem.blocks(), stop, result));
  EXPECT_EQ(launches, 0);
}

TEST(CudaEmulation, PreferredBlocksAreThereToDo) {
  RunCase run;
  for (const std::uint64_t particles : {1, 256, 257, 100000}) {
    run.particles = particles;
    const Problem problem = make_problem(model_case("radial"), run);
    int allocated = 0, launches = 0;
    EmulatedBackend backend(problem, "radial", std::vector<std::uint64_t>{64}, &allocated, &launches);
    EXPECT_GE(backend.preferred_blocks(), 1u);
    EXPECT_LE(backend.preferred_blocks(), problem.blocks());
    EXPECT_EQ(backend.workers(), 1);
    EXPECT_EQ(backend.name(), "cuda");
  }
}

TEST(CudaEmulation, ABillionParticlesFitIntoAnyMemory) {
  RunCase run;
  run.particles = 1000000000, run.burn_in = 0, run.steps = 1, run.every = 1;
  for (const char* name : {"radial", "conjugation"}) {
    for (const std::uint64_t memory : {std::uint64_t(1) << 20, std::uint64_t(8) << 20}) {
      const Problem problem = make_problem(model_case(name), run);
      int allocated = 0, launches = 0;
      std::uint64_t peak = 0;
      {
        EmulatedBackend backend(problem, name, std::vector<std::uint64_t>{64}, &allocated, &launches, memory, &peak);
        const std::uint64_t blocks = backend.preferred_blocks(), last = problem.blocks() - blocks;
        EXPECT_GT(blocks, 2u);
        ChunkResult result;
        result.sums.resize(blocks * problem.observed.size());
        result.cells.resize(2 * problem.plan.batches * problem.plan.cells);
        result.last.resize(blocks * block_size * problem.observed.size());
        result.diverged.resize(blocks * block_size);
        EXPECT_TRUE(backend.run(last, blocks, false, result));
        const auto finite = std::count_if(result.last.begin(), result.last.end(), [](double x) { return x != 0; });
        EXPECT_GT(finite, 0);
      }
      EXPECT_LE(peak, memory) << name;
      EXPECT_GE(peak, memory / 16) << name;
      EXPECT_EQ(allocated, 0);
    }
  }
}

TEST(CudaBackend, SaysWhyItIsMissing) {
  const std::string reason = cuda_missing_reason();
  if (reason.empty()) GTEST_SKIP() << "there is a GPU here; gpu_check compares it with the cpu";
  const Problem problem = make_problem(model_case("radial"), RunCase());
  EXPECT_THROW(make_backend("cuda", problem, {}), SpecError);
  EXPECT_EQ(make_backend("auto", problem, {})->name(), "cpu");
}

TEST(DeviceSort, SortsWithAndWithoutADevice) {
  for (const std::size_t count : {0, 1, 2, 1000, 200000}) {
    std::vector<float> single(count);
    std::vector<double> wide(count);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < count; ++i) {
      state = state * 1664525u + 1013904223u;
      wide[i] = double(std::int32_t(state)) * 1e-5;
      single[i] = float(wide[i]);
    }
    std::vector<float> single_sorted = single;
    std::vector<double> wide_sorted = wide;
    std::sort(single_sorted.begin(), single_sorted.end());
    std::sort(wide_sorted.begin(), wide_sorted.end());
    device_sort(single);
    device_sort(wide);
    EXPECT_EQ(single, single_sorted);
    EXPECT_EQ(wide, wide_sorted);
  }
}

}  // namespace
}  // namespace orbitwalk::test
