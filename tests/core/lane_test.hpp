// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/isa_list.hpp"
#include "core/lane_kernels.hpp"

namespace orbitwalk::test {

inline constexpr const char* operation_names[] = {
#define ORBITWALK_LANE_NAME(name) #name,
    ORBITWALK_LANE_OPERATIONS(ORBITWALK_LANE_NAME)
#undef ORBITWALK_LANE_NAME
};

template <class R>
const LaneKernels<R>& kernels(const std::string& isa) {
#define ISA(name)                                                   \
  if (isa == #name) {                                               \
    if constexpr (sizeof(R) == 4) return lane_kernels_float_##name; \
    else return lane_kernels_double_##name;                         \
  }
  ISA(Scalar)
  ORBITWALK_TEST_ISAS
#undef ISA
  throw std::invalid_argument("no lane kernels for " + isa);
}

/// Equal bits; any NaN equals any NaN, since hardware chooses sign and payload of the ones that arithmetic makes.
template <class R>
bool same(R a, R b) {
  return (a != a && b != b) || std::memcmp(&a, &b, sizeof a) == 0;
}

/// Random bit patterns (all exponents), random moderate numbers, and every special value against every other over three
/// calls with different seeds. The size is a multiple of lane_group.
template <class R>
std::vector<R> awkward_numbers(unsigned seed) {
  using Limits = std::numeric_limits<R>;
  const R special[] = {R(0),
                       -R(0),
                       R(1),
                       R(-1),
                       Limits::infinity(),
                       -Limits::infinity(),
                       Limits::quiet_NaN(),
                       Limits::min(),
                       Limits::denorm_min(),
                       -Limits::denorm_min(),
                       Limits::max(),
                       Limits::lowest(),
                       Limits::epsilon(),
                       R(0.625),
                       R(88.7),
                       R(-103.9),
                       R(709.7),
                       R(-745.1)};
  std::mt19937_64 engine(seed);
  std::vector<R> result;
  for (int i = 0; i < 60000; ++i) {
    const std::uint64_t pattern = engine();
    R value;
    if (i % 4 == 0) {
      std::memcpy(&value, &pattern, sizeof value);
    } else if (i % 4 == 1) {
      value = special[pattern % std::size(special)];
    } else {
      value = R(std::uniform_real_distribution<double>(-10, 10)(engine));
      if (i % 4 == 3) value *= R(10);
    }
    result.push_back(value);
  }
  return result;
}

}  // namespace orbitwalk::test
