// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/core/standard.hpp"

namespace orbitwalk {

/// What integrators count, summed over particles and steps.
struct Counters {
  std::uint64_t degenerate = 0;  ///< projections with a degenerate Gram matrix
  std::uint64_t proposals = 0;   ///< Metropolis tests
  std::uint64_t accepted = 0;    ///< of them
  std::uint64_t unsolved = 0;    ///< of them, those whose way to the slice or back was not found; they count as refused

  static constexpr int size = 4;
  ORBITWALK_HD std::uint64_t& operator[](int i) {
    return i == 0 ? degenerate : i == 1 ? proposals : i == 2 ? accepted : unsolved;
  }
  ORBITWALK_HD Counters& operator+=(const Counters& other) {
    degenerate += other.degenerate;
    proposals += other.proposals;
    accepted += other.accepted;
    unsolved += other.unsolved;
    return *this;
  }
  friend bool operator==(const Counters&, const Counters&) = default;
};

}  // namespace orbitwalk
