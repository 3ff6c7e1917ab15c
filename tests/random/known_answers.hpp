// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// Reader of philox_kat.txt, shared by the tests of every backend.
namespace orbitwalk::test {

struct RawAnswer {
  std::uint32_t counter[4], key[2], words[4];
};
struct AddressedAnswer {
  std::uint64_t seed, particle, step;
  std::uint32_t purpose, block, words[4];
};
struct KnownAnswers {
  std::vector<RawAnswer> raw;
  std::vector<AddressedAnswer> addressed;
};

inline KnownAnswers read_known_answers(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  KnownAnswers result;
  std::string line, colon;
  while (std::getline(file, line)) {
    std::istringstream in(line);
    std::string kind;
    if (line.empty() || line[0] == '#' || !(in >> kind)) continue;
    if (kind == "philox") {
      RawAnswer a{};
      in >> std::hex;
      for (auto& c : a.counter) in >> c;
      for (auto& k : a.key) in >> k;
      in >> colon;
      for (auto& w : a.words) in >> w;
      result.raw.push_back(a);
    } else if (kind == "orbitwalk") {
      AddressedAnswer a{};
      in >> a.seed >> a.particle >> a.step >> a.purpose >> a.block >> colon >> std::hex;
      for (auto& w : a.words) in >> w;
      result.addressed.push_back(a);
    }
    if (!in || colon != ":") throw std::runtime_error(path + ": cannot read line: " + line);
  }
  return result;
}

}  // namespace orbitwalk::test
