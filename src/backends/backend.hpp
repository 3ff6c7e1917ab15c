// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/problem.hpp"

namespace orbitwalk {

/// The results of consecutive blocks. Arrays are sized and zeroed by the caller, or hold what a suspended first block
/// has shown.
struct ChunkResult {
  std::vector<BlockSums> sums;       ///< blocks × observed
  std::vector<std::uint64_t> cells;  ///< half × batch × cells; added to
  /// observed × (blocks · block_size); NaN where there is none; empty when not wanted
  std::vector<double> last;
  std::vector<float> series;            ///< times × rows × (blocks · block_size); NaN where there is none
  std::vector<std::uint64_t> diverged;  ///< blocks · block_size: step of divergence, 0 for none
  Counters counters;
  std::uint64_t complete = 0;  ///< number of complete blocks, from the first; all where run() returns true
  /// Before: the state from which the first block continues, if not from its start. After: the state in which the first
  /// block that is not complete was stopped, if it was kept. Sums, cells and counters are those of complete blocks
  /// alone.
  std::optional<SuspendedBlock> suspended;
  /// told now and then of particle-steps that were taken, from any thread; may be empty
  std::function<void(std::uint64_t)> advanced;
  std::uint64_t report_every = 1 << 16;  ///< particle-steps in each thread between two calls of it, at least
};

/// A way to run particles. A backend is made for one problem, and run() may be called from workers() threads at once.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;    ///< reference, cpu or cuda
  virtual std::string device() const = 0;  ///< in words, with the instruction set or the GPU's name
  virtual int workers() const = 0;
  /// Blocks that are worth running in one call.
  virtual std::uint64_t preferred_blocks() const = 0;
  /// Whether a block that was stopped midway continues from there. Otherwise it is run again from its start, to the
  /// same bits.
  virtual bool continues_blocks() const { return false; }
  /// What the user may want to know of how it runs, each once; from one thread at a time.
  virtual std::vector<std::string> take_notes() { return {}; }
  /// Runs blocks first_block .. first_block + blocks - 1. Returns false when `stop` was set and the work was given up;
  /// `result` then holds what there is of it.
  virtual bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) = 0;
};

/// When the cpu backend has the system's compiler make a kernel for the problem.
enum class Compile {
  never,
  automatic,  ///< beside the run, once it is seen that it will last longer than that takes; a kept kernel sooner
  always,     ///< before the run
};

struct BackendOptions {
  int threads = 0;              ///< 0: all cores
  std::string instruction_set;  ///< cpu: "generic", "avx2", "avx512"; empty: the best that the machine has
  Compile compile = Compile::never;
};

/// "auto", "always" or "never". SpecError for another word.
Compile compile_named(const std::string& word);

/// "auto", "cpu", "cuda" or "reference". auto takes the GPU where there is one; `note` is told why that cannot
/// run the problem. SpecError for one that is not there.
std::unique_ptr<Backend> make_backend(const std::string& name, const Problem& problem, const BackendOptions& options,
                                      const std::function<void(const std::string&)>& note = {});

std::unique_ptr<Backend> make_reference_backend(const Problem& problem);
std::unique_ptr<Backend> make_cpu_backend(const Problem& problem, const BackendOptions& options);
/// Instruction sets that this program has and this machine can run, best last.
std::vector<std::string> cpu_instruction_sets();

/// Why the cuda backend cannot be used; empty when it can.
std::string cuda_missing_reason();
/// Null in a program without CUDA.
std::unique_ptr<Backend> make_cuda_backend(const Problem& problem);

}  // namespace orbitwalk
