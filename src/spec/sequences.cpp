// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "spec/sequences.hpp"

#include "spec/spec_document.hpp"

namespace orbitwalk {

void check_sequences(const Section& data, const std::string& key, std::size_t tokens, std::size_t features) {
  for (const DataFile& file : detail::SpecDocument::of(data).files) {
    if (file.role != data.name() + "." + key || file.shape.size() != 3) continue;
    if (file.shape[1] == tokens && file.shape[2] == features) continue;
    const auto text = [](std::size_t a, std::size_t b, std::size_t c) {
      return std::to_string(a) + " × " + std::to_string(b) + " × " + std::to_string(c);
    };
    data.fail(key, "expected samples × tokens × features = " + text(file.shape[0], tokens, features) + ", but " +
                       file.path + " is " + text(file.shape[0], file.shape[1], file.shape[2]));
  }
}

}  // namespace orbitwalk
