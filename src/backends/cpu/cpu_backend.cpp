// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <new>
#include <system_error>
#include <thread>

#include "backends/backend.hpp"
#include "backends/block_work.hpp"
#include "backends/cpu/compiling.hpp"
#include "backends/cpu/machine.hpp"
#include "dynamics/registry.hpp"
#include "kernels/cpu/request.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {

// Defined in the generated units. Declared here alone, so that a new model leaves the units of the others as they are.
#define ORBITWALK_MODEL(name, Type)                            \
  bool run_##name(isa::Generic, const KernelRequest& request); \
  bool run_##name(isa::Avx2, const KernelRequest& request);    \
  bool run_##name(isa::Avx512, const KernelRequest& request);
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL

namespace {

using Kernel = bool (*)(const KernelRequest&);

template <class Isa>
Kernel find_kernel(const std::string& model) {
#define ORBITWALK_MODEL(name, Type) \
  if (model == #name) return [](const KernelRequest& request) { return run_##name(Isa(), request); };
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
  return nullptr;
}

Kernel find_kernel(const std::string& model, [[maybe_unused]] const std::string& instruction_set) {
#if defined(ORBITWALK_HAS_Avx512)
  if (instruction_set == "avx512") return find_kernel<isa::Avx512>(model);
#endif
#if defined(ORBITWALK_HAS_Avx2)
  if (instruction_set == "avx2") return find_kernel<isa::Avx2>(model);
#endif
  return find_kernel<isa::Generic>(model);
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "CPU";
}

// Working space of a thread: one piece, kept and enlarged.
void* thread_workspace(std::uint64_t bytes) {
  struct Piece {
    void* memory = nullptr;
    std::uint64_t bytes = 0;
    ~Piece() { std::free(memory); }
  };
  thread_local Piece piece;
  if (bytes > piece.bytes) {
    std::free(piece.memory);
    const std::uint64_t rounded = (bytes + 4095) / 4096 * 4096;
    piece.memory = std::aligned_alloc(64, rounded);
    piece.bytes = piece.memory ? rounded : 0;
    if (!piece.memory) throw std::bad_alloc();
  }
  return piece.memory;
}

class CpuBackend : public Backend {
 public:
  CpuBackend(const Problem& problem, const std::string& instruction_set, int threads, Compile compile)
      : problem_(problem), instruction_set_(instruction_set), threads_(threads),
        kernel_(find_kernel(problem.model.name, instruction_set)), compiling_(problem, instruction_set, compile),
        model_float_(make_view<float>(problem.model.parameters, storage_float_)),
        model_double_(make_view<double>(problem.model.parameters, storage_double_)),
        mean_float_(problem.initial.mean.begin(), problem.initial.mean.end()),
        scale_float_(problem.initial.scale.begin(), problem.initial.scale.end()) {}

  std::string name() const override { return "cpu"; }
  std::string device() const override {
    return processor_name() + " (" + instruction_set_ + (compiling_.kernel() ? ", compiled for the run)" : ")");
  }
  int workers() const override { return threads_; }
  std::vector<std::string> take_notes() override { return compiling_.take_notes(); }

  // Some seconds of work at most, so that progress shows and an interruption loses little; never more than a share.
  std::uint64_t preferred_blocks() const override {
    const double work = double(problem_.plan.end()) * problem_.model.dimension * block_size;
    const auto by_time = std::uint64_t(std::max(1.0, 5e7 / work));
    const std::uint64_t by_share = std::max<std::uint64_t>(1, problem_.blocks() / (32 * std::uint64_t(threads_)));
    return std::min<std::uint64_t>({by_time, by_share, 1024});
  }

  bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) override {
    compiling_.consider();
    BlockWork work(problem_, first_block, result);
    Context context{work, result.advanced};
    KernelRequest request{};
    request.plan = problem_.plan;
    request.model_float = model_float_;
    request.model_double = model_double_;
    request.initial_float = {mean_float_.data(), scale_float_.data()};
    request.initial_double = {problem_.initial.mean.data(), problem_.initial.scale.data()};
    request.observed = problem_.observed.data();
    request.first_block = first_block;
    request.blocks = blocks;
    request.first_slot = 0;
    request.end_slot = block_size;
    request.sums = result.sums.data();
    request.totals = result.cells.data();
    request.last = result.last.empty() ? nullptr : result.last.data();
    request.series = result.series.data();
    request.diverged = result.diverged.data();
    request.counters = &result.counters;
    request.complete = &result.complete;
    request.steps = work.steps().data();
    request.moments = work.moments().data();
    request.cells = work.cells().data();
    request.block_counters = &work.counters();
    request.states = work.states();
    request.suspend = [](void* at, int slot, int values) {
      return static_cast<Context*>(at)->work.suspend(slot, std::size_t(values));
    };
    request.stop = &stop;
    request.advanced = [](void* at, std::uint64_t steps) {
      const auto& advanced = static_cast<Context*>(at)->advanced;
      if (advanced) advanced(steps);
    };
    request.report_every = result.report_every;
    request.context = &context;
    request.workspace = thread_workspace;
    const int helpers = blocks == 1 ? threads_a_block() : 1;
    const bool complete = helpers > 1 ? run_shared(request, helpers, work, result) : run_kernel(request);
    compiling_.done(result.complete);
    if (!complete) work.leave(result.complete, result);
    return complete;
  }

  bool continues_blocks() const override { return true; }

 private:
  struct Context {
    BlockWork& work;
    const std::function<void(std::uint64_t)>& advanced;
  };

  bool run_kernel(const KernelRequest& request) const {
    const CompiledKernel* compiled = compiling_.kernel();
    return compiled ? (*compiled)(request) : kernel_(request);
  }

  /// Threads that share a block, where there are fewer blocks than threads: a few hundred expensive particles.
  int threads_a_block() const {
    return int(std::clamp<std::uint64_t>(std::uint64_t(threads_) / problem_.blocks(), 1, block_size / widest_step()));
  }

  /// Particles that any kernel steps together; packs side by side are for short steps only.
  int widest_step() const {
    constexpr int widest_pack = 16, most_together = 4;
    return !integrator_of(problem_.plan).is_short ? widest_pack : widest_pack * most_together;
  }

  // The particles of one block in about equal parts. Counts are integers and each particle's moments have a place of
  // their own, so that the result does not depend on the parts.
  bool run_shared(const KernelRequest& whole, int parts, BlockWork& block, ChunkResult& result) {
    const int width = widest_step();
    const std::uint64_t first = whole.first_block * block_size;
    const int used = int(std::min<std::uint64_t>(block_size, problem_.plan.particles - first)),
              steps = (used + width - 1) / width;
    parts = std::min(parts, steps);
    struct Part {
      KernelRequest request;
      std::vector<std::uint64_t> cells;
      Counters counters;
      bool complete = false;
      std::exception_ptr failure;
    };
    std::vector<Part> work(parts);
    const auto run_part = [this](Part& part) {
      try {
        part.complete = run_kernel(part.request);
      } catch (...) {
        part.failure = std::current_exception();
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < parts; ++i) {
      Part& part = work[i];
      part.request = whole;
      part.cells.assign(block.cells().size(), 0);
      part.request.sums = nullptr;
      part.request.cells = part.cells.data();
      part.request.block_counters = &part.counters;
      part.request.first_slot = steps * i / parts * width;
      part.request.end_slot = steps * (i + 1) / parts * width;
    }
    try {
      for (int i = 1; i < parts; ++i) threads.emplace_back(run_part, std::ref(work[i]));
    } catch (const std::system_error&) {
      // The system gives no more threads: this one does what is left.
    }
    run_part(work[0]);
    for (std::size_t i = threads.size() + 1; i < work.size(); ++i) run_part(work[i]);
    for (auto& thread : threads) thread.join();
    bool complete = true;
    for (const Part& part : work) {
      if (part.failure) std::rethrow_exception(part.failure);
      complete = complete && part.complete;
      for (std::size_t i = 0; i < part.cells.size(); ++i) block.cells()[i] += part.cells[i];
      block.counters() += part.counters;
    }
    if (!complete) return false;
    for (int o = 0; o < problem_.plan.observed; ++o)
      result.sums[o] = reduce_block<CpuBackend>(whole.moments + o * block_size);
    block.close(0, result);
    return true;
  }

  const Problem& problem_;
  std::string instruction_set_;
  int threads_;
  Kernel kernel_;
  Compiling compiling_;
  std::vector<std::vector<float>> storage_float_;
  std::vector<std::vector<double>> storage_double_;
  ModelView<float> model_float_;
  ModelView<double> model_double_;
  std::vector<float> mean_float_, scale_float_;
};

}  // namespace

std::vector<std::string> cpu_instruction_sets() {
  std::vector<std::string> sets = {"generic"};
#if defined(ORBITWALK_HAS_Avx2)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) sets.push_back("avx2");
  if (__builtin_cpu_supports("x86-64-v4")) sets.push_back("avx512");
#endif
  return sets;
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  return std::max(1u, std::thread::hardware_concurrency());
}

std::string chosen_instruction_set(const std::string& name) {
  const auto sets = cpu_instruction_sets();
  const std::string chosen = name.empty() ? sets.back() : name;
  if (std::find(sets.begin(), sets.end(), chosen) != sets.end()) return chosen;
  std::string have;
  for (const auto& set : sets) have += (have.empty() ? "" : ", ") + set;
  throw SpecError("instruction set \"" + chosen + "\" cannot run on this machine; it has " + have);
}

std::unique_ptr<Backend> make_cpu_backend(const Problem& problem, const BackendOptions& options) {
  return std::make_unique<CpuBackend>(problem, chosen_instruction_set(options.instruction_set),
                                      options.threads > 0 ? options.threads : usable_cores(), options.compile);
}

}  // namespace orbitwalk
