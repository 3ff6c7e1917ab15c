// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "backends/backend.hpp"
#include "dynamics/registry.hpp"
#include "kernels/gpu/walk_thread.hpp"

// The host side of the cuda backend: memory of a chunk, uploads, the sequence of launches, results. It is a template
// over the device, so that tests/gpu runs it without a GPU. A Device has
//   void* allocate(std::uint64_t bytes); void release(void*);
//   void upload(void* to, const void* from, bytes); void download(void* to, const void* from, bytes);
//   void fill(void* to, std::uint64_t pattern, bytes);   bytes: a multiple of 8
//   void walk(const WalkRequest&);                       one launch, waited for
//   void reduce(const MomentArrays&, observed, blocks, BlockSums* sums);   sums: blocks × observed
//   std::uint64_t wave(const WalkRequest&);              blocks that run at once; asked before the first launch
//   std::uint64_t next_steps(std::uint64_t blocks);      steps that all blocks of a chunk take next
//   std::uint64_t next_blocks(std::uint64_t steps, std::uint64_t left);   blocks of the next launch of so many steps
//   std::uint64_t free_bytes(); std::string description() const;           free: beside what launches themselves need
namespace orbitwalk::cuda {

/// Memory of the device that is kept and enlarged.
template <class Device>
class DeviceBuffer {
 public:
  explicit DeviceBuffer(Device& device) : device_(device) {}
  ~DeviceBuffer() { device_.release(memory_); }
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  template <class T>
  T* reserve(std::uint64_t count) {
    const std::uint64_t bytes = std::max<std::uint64_t>(count, 1) * sizeof(T);
    if (bytes > bytes_) {
      device_.release(memory_);
      memory_ = nullptr;
      bytes_ = 0;
      memory_ = device_.allocate(bytes);
      bytes_ = bytes;
    }
    return static_cast<T*>(memory_);
  }
  template <class T>
  T* put(const std::vector<T>& values) {
    T* to = reserve<T>(values.size());
    if (!values.empty()) device_.upload(to, values.data(), values.size() * sizeof(T));
    return to;
  }

 private:
  Device& device_;
  void* memory_ = nullptr;
  std::uint64_t bytes_ = 0;
};

template <class Device>
class ChunkBackend : public Backend {
 public:
  template <class... Arguments>
  explicit ChunkBackend(const Problem& problem, Arguments&&... arguments)
      : problem_(problem), device_(std::forward<Arguments>(arguments)...) {
    request_.plan = problem.plan;
    if (is_double()) upload_numbers<double>(request_.model_double, request_.initial_double, request_.chunk_double);
    else upload_numbers<float>(request_.model_float, request_.initial_float, request_.chunk_float);
    wave_ = std::max<std::uint64_t>(1, device_.wave(request_));
  }

  std::string name() const override { return "cuda"; }
  std::string device() const override { return device_.description(); }
  int workers() const override { return 1; }

  // Whole waves, so that no multiprocessor waits for the last blocks; a few seconds of work as a rough guess of it,
  // half of the free memory at most, and never more than there is to do.
  std::uint64_t preferred_blocks() const override {
    const double work = double(std::max<std::uint64_t>(problem_.plan.end(), 1)) * problem_.model.dimension * block_size;
    const double by_time = 2e11 / work, by_memory = 0.5 * double(device_.free_bytes()) / double(bytes_of_block());
    std::uint64_t blocks = std::uint64_t(std::clamp(std::min(by_time, by_memory), 1.0, 65536.0));
    if (blocks < wave_ && by_memory >= double(wave_)) blocks = wave_;
    if (blocks > wave_) blocks = blocks / wave_ * wave_;
    return std::clamp<std::uint64_t>(blocks, 1, std::max<std::uint64_t>(problem_.blocks(), 1));
  }

  bool run(std::uint64_t first_block, std::uint64_t blocks, const bool& stop, ChunkResult& result) override {
    return is_double() ? run_chunk<double>(request_.chunk_double, first_block, blocks, stop, result)
                       : run_chunk<float>(request_.chunk_float, first_block, blocks, stop, result);
  }

 private:
  bool is_double() const { return problem_.plan.precision == Precision::float64; }
  bool has_velocity_state() const { return integrator_of(problem_.plan).velocity != Velocity::none; }
  bool is_mixed() const { return problem_.plan.precision == Precision::mixed; }

  std::uint64_t bytes_of_block() const {
    const std::uint64_t state = (is_double() ? 8 : 4) * ((is_mixed() ? 2 : 1) + (has_velocity_state() ? 1 : 0)) *
                                std::uint64_t(problem_.model.dimension);
    return block_size *
           (state + problem_.observed.size() * (sizeof(ParticleMoments) + 8) + 4 * problem_.series_values() + 8);
  }

  // The model's arrays and the initial state, in the precision of the run.
  template <class R>
  void upload_numbers(ModelView<R>& view, InitialView<R>& initial, ChunkArrays<R>& chunk) {
    std::vector<std::vector<R>> storage;
    view = make_view<R>(problem_.model.parameters, storage);
    arrays_.clear();
    for (std::size_t i = 0; i < storage.size(); ++i) {
      arrays_.push_back(std::make_unique<DeviceBuffer<Device>>(device_));
      view.arrays[i] = arrays_.back()->put(storage[i]);
    }
    initial.mean = mean_.put(std::vector<R>(problem_.initial.mean.begin(), problem_.initial.mean.end()));
    initial.scale = scale_.put(std::vector<R>(problem_.initial.scale.begin(), problem_.initial.scale.end()));
    chunk.observed = observed_.put(problem_.observed);
  }

  /// What no particle writes: 0 where a number is counted, a quiet NaN where it is a value (of single precision twice).
  template <class T>
  static constexpr std::uint64_t quiet_nan = sizeof(T) == 8 ? 0x7ff8000000000000u : 0x7fc000007fc00000u;
  template <class T>
  T* filled(DeviceBuffer<Device>& buffer, std::uint64_t count, std::uint64_t pattern) {
    T* memory = buffer.template reserve<T>(count);
    device_.fill(memory, pattern, count * sizeof(T));
    return memory;
  }
  template <class T>
  T* cleared(DeviceBuffer<Device>& buffer, std::uint64_t count) {
    return filled<T>(buffer, count, 0);
  }

  /// All steps of the chunk that the request names; false where it was stopped.
  bool walk_chunk(const bool& stop, const ChunkResult& result) {
    const std::uint64_t end = problem_.plan.end(), blocks = request_.blocks;
    for (request_.from = 0; request_.from < end && blocks > 0; request_.from = request_.until) {
      const std::uint64_t steps = std::min(device_.next_steps(blocks), end - request_.from);
      request_.until = request_.from + steps;
      for (std::uint64_t first = 0; first < blocks; first += request_.launched_blocks) {
        if (__atomic_load_n(&stop, __ATOMIC_RELAXED)) return false;
        request_.launched_before = first;
        request_.launched_blocks = device_.next_blocks(steps, blocks - first);
        device_.walk(request_);
        if (result.advanced) result.advanced(steps * request_.launched_blocks * block_size);
      }
    }
    return true;
  }

  template <class R>
  bool run_chunk(ChunkArrays<R>& chunk, std::uint64_t first_block, std::uint64_t blocks, const bool& stop,
                 ChunkResult& result) {
    const Plan& plan = problem_.plan;
    const std::uint64_t particles = blocks * block_size, rows = plan.observed * particles;
    const std::uint64_t dimension = problem_.model.dimension;
    chunk.theta = theta_.template reserve<R>(dimension * particles);
    chunk.compensation = is_mixed() ? compensation_.template reserve<R>(dimension * particles) : nullptr;
    chunk.velocity = has_velocity_state() ? velocity_.template reserve<R>(dimension * particles) : nullptr;
    double* moments = cleared<double>(moments_, 5 * rows);  // all bits zero is ParticleMoments()
    chunk.moments = {moments, moments + rows, moments + 2 * rows, moments + 3 * rows,
                     reinterpret_cast<std::uint64_t*>(moments + 4 * rows)};
    chunk.last = result.last.empty() ? nullptr : filled<double>(last_, rows, quiet_nan<double>);
    chunk.series = filled<float>(series_, result.series.size(), quiet_nan<float>);
    chunk.diverged = cleared<std::uint64_t>(diverged_, particles);
    chunk.cells = cleared<std::uint64_t>(cells_, result.cells.size() + Counters::size);
    chunk.counters = chunk.cells + result.cells.size();
    BlockSums* sums = sums_.template reserve<BlockSums>(blocks * plan.observed);

    request_.first_block = first_block;
    request_.blocks = blocks;
    if (!walk_chunk(stop, result)) return false;
    if (plan.observed > 0 && blocks > 0) device_.reduce(chunk.moments, plan.observed, blocks, sums);

    device_.download(result.sums.data(), sums, blocks * plan.observed * sizeof(BlockSums));
    if (chunk.last) device_.download(result.last.data(), chunk.last, rows * sizeof(double));
    device_.download(result.series.data(), chunk.series, result.series.size() * sizeof(float));
    device_.download(result.diverged.data(), chunk.diverged, particles * sizeof(std::uint64_t));
    counts_.resize(result.cells.size() + Counters::size);
    device_.download(counts_.data(), chunk.cells, counts_.size() * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < result.cells.size(); ++i) result.cells[i] += counts_[i];
    for (int i = 0; i < Counters::size; ++i) result.counters[i] = counts_[result.cells.size() + i];
    return true;
  }

  const Problem& problem_;
  mutable Device device_;
  WalkRequest request_{};
  std::uint64_t wave_ = 1;
  std::vector<std::uint64_t> counts_;
  std::vector<std::unique_ptr<DeviceBuffer<Device>>> arrays_;
  DeviceBuffer<Device> mean_{device_}, scale_{device_}, observed_{device_}, theta_{device_}, compensation_{device_},
      velocity_{device_}, moments_{device_}, last_{device_}, series_{device_}, diverged_{device_}, cells_{device_},
      sums_{device_};
};

}  // namespace orbitwalk::cuda
