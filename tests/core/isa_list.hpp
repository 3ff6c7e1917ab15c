// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// The builds of a test kernel: "Scalar" and one an instruction set (ORBITWALK_TEST_ISAS, from CMake, expands to
// ISA(Wide) ISA(Generic) ISA(Avx2) ISA(Avx512) where they are compiled; Wide: see isa_lane.hpp).
namespace orbitwalk::test {

inline bool machine_has(const std::string& isa) {
#if defined(__x86_64__)
  if (isa == "Avx2") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == "Avx512") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  }
#endif
  return true;
}

inline std::vector<std::string> compiled_isas() {
#define ISA(name) #name,
  return {"Scalar", ORBITWALK_TEST_ISAS};
#undef ISA
}

/// Put first in a test that takes an instruction set as its parameter.
#define ORBITWALK_SKIP_UNLESS_MACHINE_HAS(isa) \
  if (!orbitwalk::test::machine_has(isa)) GTEST_SKIP() << "this machine has no " << (isa) << " instructions"

/// The fastest build that this machine runs, for tests that need many numbers; all builds give the same bits.
inline std::string fastest_isa() {
  std::string best = "Scalar";
  for (const std::string& isa : compiled_isas()) {
    if (isa != "Wide" && isa != "Generic" && machine_has(isa)) best = isa;
  }
  return best;
}

}  // namespace orbitwalk::test
