// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kernels/core/standard.hpp"
#include "kernels/gpu/walk_request.hpp"
#include "orbitwalk/error.hpp"

// The way into a model's translation unit (generated from model.cu.in).
namespace orbitwalk::cuda {

/// Working memory of a thread in numbers (WorkspaceLayout::total()) for models of a size known when running: the
/// smaller one that fits. A device sets it apart for all threads that it can hold: medium is 1.8 GB in float on a
/// device of 108 multiprocessors, and large, 64 KiB a thread, is what one of 40 GB can do.
inline constexpr int medium_capacity = 2048, large_capacity = 16384;

struct KernelInfo {
  int blocks = 0;  ///< that a multiprocessor holds
  int registers = 0;
  std::size_t local_bytes = 0;
};

[[noreturn]] inline void throw_too_large(int total) {
  throw IoError("the model is too large for the cuda backend: a particle needs " + std::to_string(total) +
                " numbers of working memory, a thread has room for " + std::to_string(large_capacity) +
                "; use --backend cpu, or a smaller model");
}

/// Launches request.blocks thread blocks; with `info`, fills it in and launches nothing.
using ModelEntry = void (*)(const WalkRequest& request, KernelInfo* info);

#define ORBITWALK_MODEL(name, Type) void launch_##name(const WalkRequest& request, KernelInfo* info);
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL

inline ModelEntry find_model(const std::string& model) {
#define ORBITWALK_MODEL(name, Type) \
  if (model == #name) return launch_##name;
#include "kernels/models/registry.hpp"
#undef ORBITWALK_MODEL
  throw SpecError("the cuda backend has no model \"" + model + "\"");
}

}  // namespace orbitwalk::cuda
