// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace orbitwalk {

/// FNV-1a with 64 bits, fed piece by piece (http://www.isthe.com/chongo/tech/comp/fnv). It finds damage and changes; it
/// is no protection against somebody who looks for two inputs with the same hash.
class Fnv1a {
 public:
  void feed(const void* bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      value_ ^= static_cast<const unsigned char*>(bytes)[i];
      value_ *= 0x100000001b3ull;
    }
  }
  std::uint64_t value() const { return value_; }
  /// "fnv1a64:" and 16 hexadecimal digits.
  std::string text() const {
    char text[40];
    std::snprintf(text, sizeof text, "fnv1a64:%016llx", static_cast<unsigned long long>(value_));
    return text;
  }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ull;
};

/// The hash of a whole text or file.
inline std::string fnv1a(std::string_view bytes) {
  Fnv1a hash;
  hash.feed(bytes.data(), bytes.size());
  return hash.text();
}

}  // namespace orbitwalk
