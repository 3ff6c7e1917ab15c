// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "backends/cuda/cuda_check.hpp"
#include "backends/cuda/philox_words.hpp"
#include "kernels/random/philox.hpp"

namespace orbitwalk::cuda {
namespace {

__device__ void words_of(const PhiloxInput& input, std::uint32_t* out) { philox4x32_10(input.counter, input.key, out); }
__device__ void words_of(const PhiloxPlace& place, std::uint32_t* out) {
  philox_block<float>(place.seed, same_id<float>(place.particle), place.step, static_cast<Purpose>(place.purpose),
                      place.block, out);
}

template <class Input>
__global__ void words_kernel(const Input* inputs, int count, std::uint32_t* out) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) words_of(inputs[i], out + 4 * i);
}

template <class Input>
std::vector<std::array<std::uint32_t, 4>> words(const std::vector<Input>& inputs) {
  std::vector<std::array<std::uint32_t, 4>> result(inputs.size());
  if (inputs.empty()) return result;
  const int count = static_cast<int>(inputs.size());
  Input* from = nullptr;
  std::uint32_t* to = nullptr;
  check(cudaMalloc(&from, count * sizeof(Input)), "allocating the inputs");
  check(cudaMalloc(&to, count * 4 * sizeof(std::uint32_t)), "allocating the words");
  check(cudaMemcpy(from, inputs.data(), count * sizeof(Input), cudaMemcpyHostToDevice), "copying the inputs");
  words_kernel<<<(count + 127) / 128, 128>>>(from, count, to);
  check(cudaGetLastError(), "launching Philox");
  check(cudaMemcpy(result.data(), to, count * 4 * sizeof(std::uint32_t), cudaMemcpyDeviceToHost), "copying the words");
  check(cudaFree(from), "freeing the inputs");
  check(cudaFree(to), "freeing the words");
  return result;
}

}  // namespace

std::vector<std::array<std::uint32_t, 4>> philox_words(const std::vector<PhiloxInput>& inputs) { return words(inputs); }
std::vector<std::array<std::uint32_t, 4>> philox_words(const std::vector<PhiloxPlace>& places) { return words(places); }

}  // namespace orbitwalk::cuda
