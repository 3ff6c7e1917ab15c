// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/cpu/compiling.hpp"

#include <limits>

#include "orbitwalk/error.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {

namespace {
// Seconds: of a run after which its length is estimated, and that must be left of it for a kernel in the cache to be
// loaded (some hundredths) and for one to be compiled (some seconds to half a minute, beside the run).
constexpr double kLooks = 0.2, kWorthLoading = 2, kLooksAgain = 2, kWorthCompiling = 45;
constexpr double kWorthTelling = 1;
}  // namespace

Compiling::Compiling(const Problem& problem, std::string instruction_set, Compile when)
    : problem_(problem), instruction_set_(std::move(instruction_set)), when_(when) {
  if (when_ == Compile::always) make(CompiledKernel::Source::any);
}

Compiling::~Compiling() {
  stop_ = true;
  if (beside_.joinable()) beside_.join();
}

double Compiling::seconds_left(double elapsed) const {
  const std::uint64_t done = blocks_done_, all = problem_.blocks();
  return done > 0 && done < all ? elapsed * double(all - done) / double(done) : 0;
}

void Compiling::consider() {
  if (when_ != Compile::automatic) return;
  std::call_once(begun_, [this] { begin_ = std::chrono::steady_clock::now(); });
  if (kernel() || asked_compiler_) return;
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  if (elapsed > kLooks && seconds_left(elapsed) > kWorthLoading && !asked_cache_.exchange(true))
    make(CompiledKernel::Source::cache);
  if (!kernel() && elapsed > kLooksAgain && seconds_left(elapsed) > kWorthCompiling &&
      !asked_compiler_.exchange(true)) {
    const std::lock_guard lock(mutex_);
    try {
      beside_ = std::thread([this] { make(CompiledKernel::Source::any); });
    } catch (const std::system_error&) {
      // The system gives no more threads: the run goes on as it is.
    }
  }
}

void Compiling::make(CompiledKernel::Source source) {
  std::string note;
  try {
    auto kernel = std::make_unique<CompiledKernel>(problem_, instruction_set_, source, stop_);
    if (kernel->seconds() > kWorthTelling)
      note = "compiled a kernel for this run in " + formatted(kernel->seconds(), "%.1f") + " s";
    const std::lock_guard lock(mutex_);
    kernel_ = std::move(kernel);
    ready_.store(kernel_.get(), std::memory_order_release);
  } catch (const std::exception& e) {
    if (source == CompiledKernel::Source::any && !stop_)
      note = "the run goes on with the program's own kernels, none was compiled for it: " + std::string(e.what());
  }
  if (note.empty()) return;
  const std::lock_guard lock(mutex_);
  notes_.push_back(note);
}

std::vector<std::string> Compiling::take_notes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(notes_, {});
}

}  // namespace orbitwalk
