// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace orbitwalk::testing {

/// Values as the bytes of a dtype such as "<f4", written here independently of the reader.
inline std::string encoded(const std::string& dtype, const std::vector<double>& values) {
  std::string bytes;
  const std::size_t width = static_cast<std::size_t>(dtype[2] - '0');
  for (const double value : values) {
    std::uint64_t raw = dtype[1] != 'f' ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value))
                        : width == 4    ? std::bit_cast<std::uint32_t>(static_cast<float>(value))
                                        : std::bit_cast<std::uint64_t>(value);
    std::string one;
    for (std::size_t i = 0; i < width; ++i, raw >>= 8) one += static_cast<char>(raw & 0xff);
    if (dtype[0] == '>') std::reverse(one.begin(), one.end());
    bytes += one;
  }
  return bytes;
}

inline std::string npy_with_header(std::string header, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  const std::size_t field = version == 1 ? 2 : 4;
  while ((bytes.size() + field + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  for (std::size_t i = 0; i < field; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

inline std::string npy(const std::string& dtype, bool fortran, const std::string& shape, const std::string& data,
                       int version = 1) {
  return npy_with_header(
      "{'descr': '" + dtype + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }",
      data, version);
}

}  // namespace orbitwalk::testing
