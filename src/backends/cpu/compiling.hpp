// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backends/backend.hpp"
#include "backends/cpu/compiled_kernel.hpp"

namespace orbitwalk {

/// Whether and when a problem's kernel is compiled, beside the run. All members may be called from several threads at
/// once.
class Compiling {
 public:
  /// `always`: compiles here.
  Compiling(const Problem& problem, std::string instruction_set, Compile when);
  Compiling(const Compiling&) = delete;
  Compiling& operator=(const Compiling&) = delete;
  ~Compiling();

  /// Before a piece of work: takes a kernel from the cache, or starts to compile one, where that is worth it.
  void consider();
  /// After it: so many blocks are complete.
  void done(std::uint64_t blocks) { blocks_done_ += blocks; }
  /// Null until there is one.
  const CompiledKernel* kernel() const { return ready_.load(std::memory_order_acquire); }
  /// What was compiled, or why not.
  std::vector<std::string> take_notes();

 private:
  void make(CompiledKernel::Source source);
  double seconds_left(double elapsed) const;

  const Problem& problem_;
  std::string instruction_set_;
  Compile when_;
  std::chrono::steady_clock::time_point begin_;
  std::atomic<std::uint64_t> blocks_done_ = 0;
  std::atomic<const CompiledKernel*> ready_ = nullptr;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> asked_cache_ = false, asked_compiler_ = false;
  std::once_flag begun_;
  std::mutex mutex_;  // of the rest
  std::vector<std::string> notes_;
  std::unique_ptr<CompiledKernel> kernel_;
  std::thread beside_;
};

}  // namespace orbitwalk
