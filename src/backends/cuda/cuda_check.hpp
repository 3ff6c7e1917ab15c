// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "orbitwalk/error.hpp"

namespace orbitwalk::cuda {

/// Turns a CUDA error into an Error with the documented exit code; `what` names the action in a message.
inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  std::string message = std::string("cuda: ") + what + " failed: " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation || status == cudaErrorLaunchOutOfResources) {
    message += "; a smaller chunk, a smaller model or --backend cpu needs less memory of the device";
  }
  cudaGetLastError();  // an error that does not poison the context is not reported a second time
  throw IoError(message);
}

}  // namespace orbitwalk::cuda
