// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace orbitwalk::cuda {

/// Philox words computed on the device (by cuRAND's block function), for the known answers: a counter and a key each.
struct PhiloxInput {
  std::uint32_t counter[4], key[2];
};
std::vector<std::array<std::uint32_t, 4>> philox_words(const std::vector<PhiloxInput>& inputs);

/// The same through philox_block, that is with orbitwalk's addressing.
struct PhiloxPlace {
  std::uint64_t seed, particle, step;
  std::uint32_t purpose, block;
};
std::vector<std::array<std::uint32_t, 4>> philox_words(const std::vector<PhiloxPlace>& places);

}  // namespace orbitwalk::cuda
