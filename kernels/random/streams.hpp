// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"

namespace orbitwalk {

/// The one list of what random numbers are drawn for. Streams of different purposes never share a counter, so that a
/// use added later leaves all others unchanged. Values are part of the results: never renumber or reuse one (8 bits).
enum class Purpose : std::uint32_t {
  initial_state = 0,  // where a particle starts (step 0)
  diffusion = 1,      // Brownian increments of the integrators
  minibatch = 2,      // which data points SGD sees at a step
  teacher = 3,        // parameters of the model that generates data
  data = 4,           // synthetic inputs and their noise
  resampling = 5,     // bootstrap and other host-side statistics
  velocity = 6,       // initial velocities of underdamped dynamics
  acceptance = 7,     // uniform numbers of Metropolis tests
  label_noise = 8,    // fresh noise on the targets of a minibatch
  surrogate = 9,      // weights of the samples in the Gaussian surrogate of minibatch noise
  instance = 10,      // the problem that a particle draws for itself (kernels/models/instance_draw.hpp)
  stream = 11,        // fresh inputs of a step's samples
  kept = 12,          // which entries of a matrix a step of completion keeps
};

}  // namespace orbitwalk
