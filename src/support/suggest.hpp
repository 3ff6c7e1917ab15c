// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orbitwalk {

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of
/// neighbours cost 1 each. Works on bytes; letter case does not count. Cost: O(|a|·|b|) time, O(|b|) memory.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

/// The entry of `valid` that `wrong` most likely meant, or an empty string when none is near. Near means a distance of
/// at most a third of the longer name (at least 1), or that `wrong` (3 letters or more) begins a name. The first of
/// equals wins.
inline std::string nearest_name(std::string_view wrong, std::span<const std::string> valid) {
  if (wrong.empty() || wrong.size() > 256) return {};  // nobody mistypes 256 letters; keeps the cost bounded
  std::string best;
  std::size_t best_distance = static_cast<std::size_t>(-1);
  for (const std::string& name : valid) {
    const std::size_t distance = edit_distance(wrong, name);
    const std::size_t longer = std::max(wrong.size(), name.size());
    const bool near = distance < longer && distance <= std::max<std::size_t>(1, longer / 3);
    const bool abbreviates = wrong.size() >= 3 && std::string_view(name).substr(0, wrong.size()) == wrong;
    if ((near || abbreviates) && distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

inline std::string nearest_name(std::string_view wrong, std::initializer_list<std::string> valid) {
  return nearest_name(wrong, std::span<const std::string>(valid.begin(), valid.size()));
}

/// `; did you mean "near"?`, or `; valid names: a, b, c` when nothing is near, or nothing when `valid` is empty:
/// the ending of every message about an unknown name. `noun` is the plural of what is listed.
inline std::string suggestion(std::string_view wrong, std::span<const std::string> valid,
                              std::string_view noun = "names") {
  if (const std::string near = nearest_name(wrong, valid); !near.empty()) return "; did you mean \"" + near + "\"?";
  if (valid.empty()) return {};
  std::string text = "; valid " + std::string(noun) + ": ";
  for (std::size_t i = 0; i < valid.size(); ++i) text += (i ? ", " : "") + valid[i];
  return text;
}

}  // namespace orbitwalk
