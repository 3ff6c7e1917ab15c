// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/groups.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace orbitwalk {

std::vector<NameGroup> group_names(const std::vector<std::string>& names) {
  std::vector<NameGroup> groups;
  std::map<std::string, std::size_t> of_stem;
  for (const std::string& name : names) {
    const auto last = name.find_last_not_of("0123456789");
    const std::string stem = last == std::string::npos ? "" : name.substr(0, last + 1);
    const std::string digits = name.substr(stem.size());
    if (stem.empty() || digits.empty() || digits.size() > 9) {
      groups.push_back({name, {name}, {}});
      continue;
    }
    const auto [at, fresh] = of_stem.try_emplace(stem, groups.size());
    if (fresh) groups.push_back({stem, {}, {}});
    groups[at->second].names.push_back(name);
    groups[at->second].indices.push_back(std::stod(digits));
  }
  for (NameGroup& group : groups) {
    if (group.names.size() == 1) {
      group = {group.names[0], {group.names[0]}, {}};
      continue;
    }
    std::vector<std::size_t> order(group.names.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return group.indices[a] < group.indices[b]; });
    NameGroup sorted{group.stem, {}, {}};
    for (const std::size_t i : order) {
      sorted.names.push_back(group.names[i]);
      sorted.indices.push_back(group.indices[i]);
    }
    group = sorted;
  }
  return groups;
}

std::vector<std::size_t> spread(std::size_t size, std::size_t most) {
  std::vector<std::size_t> chosen(std::min(size, most));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i] = chosen.size() == 1 ? 0 : (i * (size - 1) + (chosen.size() - 1) / 2) / (chosen.size() - 1);
  return chosen;
}

}  // namespace orbitwalk
