// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "core/isa_list.hpp"
#include "random/random_kernels.hpp"

namespace orbitwalk::test {

template <class R>
const RandomKernels<R>& random_kernels(const std::string& isa) {
#define ISA(name)                                                     \
  if (isa == #name) {                                                 \
    if constexpr (sizeof(R) == 4) return random_kernels_float_##name; \
    else return random_kernels_double_##name;                         \
  }
  ISA(Scalar)
  ORBITWALK_TEST_ISAS
#undef ISA
  throw std::invalid_argument("no random kernels for " + isa);
}

inline const char* variates_name(Variates kind) {
  return kind == Variates::gaussian ? "gaussian" : kind == Variates::dyadic ? "dyadic" : "rademacher";
}

}  // namespace orbitwalk::test
