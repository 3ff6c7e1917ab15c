// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// What stands in for kernels/ in a program that was built without it.
#if !defined(ORBITWALK_WITH_CUDA)

#include <algorithm>

#include "backends/backend.hpp"
#include "backends/device_sort.hpp"

namespace orbitwalk {

std::string cuda_missing_reason() {
  return "this program was built without CUDA; build it with -DORBITWALK_CUDA=ON where nvcc is installed";
}
std::unique_ptr<Backend> make_cuda_backend(const Problem&) { return nullptr; }

void device_sort(std::vector<float>& values) { std::sort(values.begin(), values.end()); }
void device_sort(std::vector<double>& values) { std::sort(values.begin(), values.end()); }

}  // namespace orbitwalk

#endif
