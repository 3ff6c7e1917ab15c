// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// What a particle costs on a GPU, counted by the interpreter: instructions, and bytes of local, shared and global memory, of a step
// and of an observation. Prints a markdown table.
//   kernel_counts            every registered model with its defaults
//   kernel_counts --check    radial and hadamard only; exits 1 where something that was mended has come back: an addition that
//                            does not name its memory, or moments that go through device memory at every observation
#include <cmath>
#include <cstdio>
#include <cstring>

#include "backends/cuda/chunk_backend.hpp"
#include "backends/cuda/model_entry.hpp"
#include "gpu/cases.hpp"
#include "gpu/ptx/runtime.hpp"

namespace orbitwalk::test {
namespace {

/// A device that takes all steps of a chunk in one launch, so that counts do not depend on time.
class CountingDevice {
 public:
  explicit CountingDevice(const std::string& model) : entry_(cuda::find_model(model)) {}
  void* allocate(std::uint64_t bytes) {
    void* memory = nullptr;
    require(cudaMalloc(&memory, bytes));
    return memory;
  }
  void release(void* memory) { cudaFree(memory); }
  void upload(void* to, const void* from, std::uint64_t bytes) {
    require(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice));
  }
  void download(void* to, const void* from, std::uint64_t bytes) {
    require(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost));
  }
  void fill(void* to, std::uint64_t pattern, std::uint64_t bytes) {
    const std::vector<std::uint64_t> words(bytes / sizeof pattern, pattern);
    upload(to, words.data(), bytes);
  }
  void walk(const cuda::WalkRequest& request) {
    entry_(request, nullptr);
    require(cudaDeviceSynchronize());
  }
  void reduce(const cuda::MomentArrays&, int, std::uint64_t, BlockSums*) {}  // not what is counted
  std::uint64_t wave(const cuda::WalkRequest&) const { return 1; }
  std::uint64_t next_steps(std::uint64_t) const { return ~std::uint64_t(0); }
  std::uint64_t next_blocks(std::uint64_t, std::uint64_t left) const { return left; }
  std::uint64_t free_bytes() const { return std::uint64_t(1) << 30; }
  std::string description() const { return "counting"; }

 private:
  static void require(cudaError_t status) {
    if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
  }
  cuda::ModelEntry entry_;
};

constexpr int particles = 32;

ptx::Statistics count(const ModelCase& model, RunCase run, std::uint64_t burn_in, std::uint64_t steps) {
  run.particles = particles, run.burn_in = burn_in, run.steps = steps, run.every = 1;
  const Problem problem = make_problem(model, run);
  cuda::ChunkBackend<CountingDevice> backend(problem, problem.model.name);
  ptx::the_device().statistics = {};
  run_in_chunks(problem, backend, problem.blocks());
  return ptx::the_device().statistics;
}

/// Of one particle, for a step or an observation.
struct Cost {
  double instructions, local, shared, global;
};
Cost difference(const ptx::Statistics& more, const ptx::Statistics& fewer, double times) {
  const auto of = [&](std::uint64_t a, std::uint64_t b) { return (double(a) - double(b)) / (particles * times); };
  return {of(more.lanes, fewer.lanes), of(more.local, fewer.local), of(more.shared, fewer.shared),
          of(more.global, fewer.global)};
}

std::string cells(const Cost& cost) {
  std::string text;
  for (const double number : {cost.instructions, cost.local, cost.shared, cost.global}) {
    text += (text.empty() ? "" : " | ") + std::to_string(std::lround(number));
  }
  return text;
}

struct Row {
  std::string model, scheme, precision;
  Cost step, observation;
  double lanes;  ///< of 32, in an instruction of a warp
  std::uint64_t generic_atomics;
  std::size_t observed;  ///< quantities
};

/// Differences between runs, so that what a launch costs drops out.
Row measure(const ModelCase& model, const RunCase& run) {
  const auto short_run = count(model, run, 64, 1), long_run = count(model, run, 128, 1);
  const auto few = count(model, run, 64, 8), many = count(model, run, 64, 40);
  Row row{model.title, run.scheme, run.precision, difference(long_run, short_run, 64), difference(many, few, 32), 0,
          0,           0};
  row.observation.instructions -= row.step.instructions, row.observation.local -= row.step.local;
  row.observation.shared -= row.step.shared, row.observation.global -= row.step.global;
  row.lanes = double(long_run.lanes - short_run.lanes) / double(long_run.instructions - short_run.instructions);
  row.generic_atomics = many.generic_atomics;
  row.observed = make_problem(model, run).observed.size();
  return row;
}

/// The commonest dynamics of a model: with fresh samples or a drawn problem that of SGD, else Langevin, plain and projected.
std::vector<std::string> counted_schemes(const ModelCase& model) {
  std::vector<std::string> some;
  for (const auto& scheme : schemes_of(model)) {
    for (const char* wanted : {"euler_maruyama", "leimkuhler_matthews", "projected", "full", "stream", "kept"}) {
      if (scheme == wanted) some.push_back(scheme);
    }
  }
  return some;
}

int print_counts(bool check) {
  std::printf(
      "| model | scheme | instructions per step | local | shared | global | lanes of 32 | instructions per observation "
      "| local | shared | global |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  bool good = true;
  for (const auto& model : model_cases()) {
    if (model.title.find_first_of(" ,") != std::string::npos) continue;  // the registered models, with their defaults
    if (check && model.title != "radial" && model.title != "hadamard") continue;
    for (const auto& scheme : counted_schemes(model)) {
      RunCase run;
      run.scheme = scheme;
      const Row row = measure(model, run);
      const Cost &s = row.step, &o = row.observation;
      std::printf("| %s | %s | %s | %.1f | %s |\n", row.model.c_str(), row.scheme.c_str(), cells(s).c_str(), row.lanes,
                  cells(o).c_str());
      std::fflush(stdout);
      // A step of these models reads a number of their loss at most, and an observation reads what is observed, 48 bytes for each
      // quantity, and adds to few cells at its end: moments would be 80 bytes more.
      good &= row.generic_atomics == 0 && s.global < 5 && o.global <= 100 * double(row.observed);
    }
  }
  return check && !good ? 1 : 0;
}

}  // namespace
}  // namespace orbitwalk::test

int main(int argc, char** argv) {
  const bool check = argc == 2 && std::strcmp(argv[1], "--check") == 0;
  if (argc > 1 && !check) {
    std::fprintf(stderr, "usage: kernel_counts [--check]\n");
    return 2;
  }
  try {
    return orbitwalk::test::print_counts(check);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kernel_counts: %s\n", error.what());
    return 1;
  }
}
