// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <new>
#include <string>
#include <vector>

#include "backends/cuda/chunk_backend.hpp"

// A GPU played by the host: the threads of a launch run one after the other, in an order that no result may depend on.
namespace orbitwalk::test {

/// Counts of one launch without atomics: only one thread runs at a time.
struct PlainCounts {
  std::uint64_t *cells, *counters, half_stride;
  void cell(int half, std::uint64_t cell) { ++cells[half * half_stride + cell]; }
  void count(Counters of_thread) {
    for (int i = 0; i < Counters::size; ++i) counters[i] += of_thread[i];
  }
};

/// All threads of all blocks of a launch, blocks backwards and slots scrambled (89 is odd, so this is a permutation).
void emulate(const std::string& model, const cuda::WalkRequest& request);

class EmulatedDevice {
 public:
  /// `lengths`: steps of the launches, in turn. `allocated` counts pieces of memory that are not given back; with `peak`
  /// their greatest total is recorded. `blocks`: the most that a launch takes.
  EmulatedDevice(const std::string& model, std::vector<std::uint64_t> lengths, int* allocated, int* launches,
                 std::uint64_t memory = std::uint64_t(1) << 30, std::uint64_t* peak = nullptr,
                 std::uint64_t blocks = ~std::uint64_t(0))
      : model_(model), lengths_(std::move(lengths)), allocated_(allocated), launches_(launches), memory_(memory),
        peak_(peak), blocks_(blocks) {}

  void* allocate(std::uint64_t bytes) {
    void* memory = std::malloc(bytes);
    if (!memory) throw std::bad_alloc();
    std::memset(memory, 0xa5, bytes);  // nothing may count on zeros
    ++*allocated_;
    in_use_ += sizes_[memory] = bytes;
    if (peak_) *peak_ = std::max(*peak_, in_use_);
    return memory;
  }
  void release(void* memory) {
    if (memory) --*allocated_, in_use_ -= sizes_[memory];
    std::free(memory);
  }
  void upload(void* to, const void* from, std::uint64_t bytes) { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, std::uint64_t bytes) {
    if (bytes) std::memcpy(to, from, bytes);
  }
  void fill(void* to, std::uint64_t pattern, std::uint64_t bytes) {
    std::fill_n(static_cast<std::uint64_t*>(to), bytes / sizeof pattern, pattern);
  }
  void walk(const cuda::WalkRequest& request) {
    ++*launches_;
    emulate(model_, request);
  }
  void reduce(const cuda::MomentArrays& moments, int observed, std::uint64_t blocks, BlockSums* sums) {
    std::vector<BlockSums> node(block_size);
    for (std::uint64_t b = 0; b < blocks; ++b) {
      for (int o = 0; o < observed; ++o) {
        for (int i = 0; i < block_size; ++i) node[i] = leaf(moments.load((o * blocks + b) * block_size + i));
        for (int half = block_size / 2; half > 0; half /= 2) {
          for (int i = block_size - 1; i >= 0; --i) cuda::tree_level(node.data(), i, half);
        }
        sums[b * observed + o] = node[0];
      }
    }
  }
  std::uint64_t next_steps(std::uint64_t) { return lengths_[turn_++ % lengths_.size()]; }
  std::uint64_t next_blocks(std::uint64_t, std::uint64_t left) { return std::min(left, blocks_); }
  std::uint64_t wave(const cuda::WalkRequest&) { return 3; }
  std::uint64_t free_bytes() const { return memory_ - in_use_; }
  std::string description() const { return "emulated"; }

 private:
  std::string model_;
  std::vector<std::uint64_t> lengths_;
  int *allocated_, *launches_;
  std::size_t turn_ = 0;
  std::uint64_t memory_, in_use_ = 0, *peak_, blocks_;
  std::map<void*, std::uint64_t> sizes_;
};

}  // namespace orbitwalk::test
