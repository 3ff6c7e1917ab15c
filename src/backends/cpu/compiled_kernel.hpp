// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "backends/problem.hpp"
#include "kernels/cpu/request.hpp"

namespace orbitwalk {

/// The text of the unit that holds a problem's kernel, extern "C" orbitwalk_kernel: model and sizes, integrator, noise,
/// variates and precision are known to its compiler. Seeds, steps, numbers and data are not: the same kernel serves a
/// sweep over these.
std::string compiled_kernel_text(const Problem& problem, const std::string& instruction_set);

/// A kernel that the system's compiler made for one problem, with the bits of the kernels in the program.
class CompiledKernel {
 public:
  enum class Source {
    cache,  ///< only a kernel that was compiled before; IoError where there is none
    any,    ///< else it is compiled: some seconds to half a minute
  };
  /// IoError: no compiler, or it fails, with the reason in one line. `stop`: gives it up (IoError).
  CompiledKernel(const Problem& problem, const std::string& instruction_set, Source source,
                 const std::atomic<bool>& stop);
  CompiledKernel(const CompiledKernel&) = delete;
  CompiledKernel& operator=(const CompiledKernel&) = delete;
  ~CompiledKernel();

  bool operator()(const KernelRequest& request) const { return function_(&request); }
  /// Seconds that it took; 0: it was in the cache.
  double seconds() const { return seconds_; }

 private:
  void load(const std::string& path);

  void* library_ = nullptr;
  bool (*function_)(const KernelRequest*) = nullptr;
  double seconds_ = 0;
};

}  // namespace orbitwalk
