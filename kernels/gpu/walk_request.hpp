// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/models/model.hpp"
#include "kernels/walk/walk_particles.hpp"

// What goes from the host to a launch. No CUDA header here: the same structures drive the emulation of tests/gpu.
namespace orbitwalk::cuda {

/// ParticleMoments in one array a member, so that neighbouring threads touch neighbouring numbers. Entry o · stride + i
/// is observed quantity o of particle i of the chunk.
struct MomentArrays {
  double *sum, *square, *minimum, *maximum;
  std::uint64_t* count;

  ORBITWALK_HD ParticleMoments load(std::uint64_t at) const {
    ParticleMoments moments;
    moments.sum = sum[at];
    moments.square = square[at];
    moments.minimum = minimum[at];
    moments.maximum = maximum[at];
    moments.count = count[at];
    return moments;
  }
  ORBITWALK_HD void store(std::uint64_t at, const ParticleMoments& moments) const {
    sum[at] = moments.sum;
    square[at] = moments.square;
    minimum[at] = moments.minimum;
    maximum[at] = moments.maximum;
    count[at] = moments.count;
  }
};

/// The memory of a chunk of particles, on the device; stride = blocks · block_size entries a row. The state lies there
/// between launches only.
template <class R>
struct ChunkArrays {
  /// d rows; compensation only in mixed precision, velocity where the integrator has one
  R *theta, *compensation, *velocity;
  MomentArrays moments;     ///< observed rows
  double* last;             ///< observed rows, or null
  float* series;            ///< times × rows of the series
  std::uint64_t* diverged;  ///< step of divergence, 0 while the particle lives
  std::uint64_t* cells;     ///< half × batch × cells
  std::uint64_t* counters;  ///< Counters::size numbers
  const ObservedSpec* observed;
};

/// One launch: which blocks of a chunk take which steps. The numbers that depend on the precision are given in that one only.
struct WalkRequest {
  Plan plan;
  std::uint64_t first_block, blocks;  ///< of the chunk
  std::uint64_t launched_before,
      launched_blocks;        ///< the launch takes these blocks of the chunk, counted from its first
  std::uint64_t from, until;  ///< steps; a walk may be cut anywhere
  ModelView<float> model_float;
  ModelView<double> model_double;
  InitialView<float> initial_float;
  InitialView<double> initial_double;
  ChunkArrays<float> chunk_float;
  ChunkArrays<double> chunk_double;

  template <class R>
  const ModelView<R>& model() const {
    if constexpr (sizeof(R) == 4) return model_float;
    else return model_double;
  }
  template <class R>
  const InitialView<R>& initial() const {
    if constexpr (sizeof(R) == 4) return initial_float;
    else return initial_double;
  }
  template <class R>
  const ChunkArrays<R>& chunk() const {
    if constexpr (sizeof(R) == 4) return chunk_float;
    else return chunk_double;
  }
};

/// Calls visit(R(), std::bool_constant<compensated>()) with the precision that the request names.
template <class Visit>
void with_precision(const WalkRequest& request, Visit&& visit) {
  switch (request.plan.precision) {
    case Precision::float64: return visit(double(), std::false_type());
    case Precision::mixed: return visit(float(), std::true_type());
    case Precision::float32: return visit(float(), std::false_type());
  }
}

}  // namespace orbitwalk::cuda
