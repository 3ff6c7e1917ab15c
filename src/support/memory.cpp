// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace orbitwalk {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool lists(const std::string& words, const std::string& word) {
  for (const auto& each : split(words, ',')) {
    if (each == word) return true;
  }
  return false;
}

// mountinfo writes blanks, tabs, line ends and backslashes as \ooo.
std::string without_octal(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::strtol(text.substr(i + 1, 3).c_str(), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// Where a hierarchy is mounted, and which of its cgroups is the root there ("/" but in some containers).
struct Mount {
  std::string root, point;
};

std::optional<Mount> find_mount(const std::string& mounts, bool version_2) {
  for (const auto& line : split(mounts, '\n')) {
    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELDS...] - TYPE SOURCE SUPER-OPTIONS
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto before = split(line.substr(0, dash), ' '), after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3) continue;
    const bool wanted = version_2 ? after[0] == "cgroup2" : after[0] == "cgroup" && lists(after[2], "memory");
    if (wanted) return Mount{without_octal(before[3]), without_octal(before[4])};
  }
  return {};
}

/// A limit's file: a number, or "max" (version 2). Version 1 has a number near 2^63 for none.
std::optional<double> limit_in(const std::string& path) {
  const std::string text = text_of(path);
  if (text.empty() || text[0] < '0' || text[0] > '9') return {};
  const double bytes = std::strtod(text.c_str(), nullptr);
  if (bytes >= 0x1p60) return {};
  return bytes;
}

}  // namespace

std::optional<MemoryLimit> cgroup_memory_limit(const std::string& cgroups, const std::string& mounts,
                                               const std::string& root) {
  std::optional<MemoryLimit> least;
  for (const auto& line : split(cgroups, '\n')) {
    // HIERARCHY:CONTROLLERS:PATH, with no controllers for version 2
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version_2 = controllers.empty();
    if (!version_2 && !lists(controllers, "memory")) continue;
    const auto mount = find_mount(mounts, version_2);
    if (!mount) continue;
    const std::string file = version_2 ? "memory.max" : "memory.limit_in_bytes";
    std::string path = line.substr(second + 1);
    // In a container without a cgroup namespace the path is the host's, and the mount shows what lies below its root.
    if (mount->root != "/" && path.rfind(mount->root, 0) == 0) path.erase(0, mount->root.size());
    for (;;) {
      while (!path.empty() && path.back() == '/') path.pop_back();
      const auto bytes = limit_in(root + mount->point + path + "/" + file);
      if (bytes && (!least || *bytes < least->bytes))
        least = MemoryLimit{*bytes, "the cgroup " + (path.empty() ? "/" : path) + " (" + file + ")"};
      if (path.empty()) break;
      const auto slash = path.rfind('/');
      path.erase(slash == std::string::npos ? 0 : slash);
    }
  }
  return least;
}

MemoryLimit memory_limit() {
  MemoryLimit limit{double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE)), "this machine"};
  if (const auto cgroup = cgroup_memory_limit(text_of("/proc/self/cgroup"), text_of("/proc/self/mountinfo"));
      cgroup && cgroup->bytes < limit.bytes)
    limit = *cgroup;
  for (const auto& [resource, name] : {std::pair(RLIMIT_AS, "ulimit -v"), std::pair(RLIMIT_DATA, "ulimit -d")}) {
    rlimit set{};
    if (getrlimit(resource, &set) == 0 && set.rlim_cur != RLIM_INFINITY && double(set.rlim_cur) < limit.bytes)
      limit = {double(set.rlim_cur), name};
  }
  return limit;
}

}  // namespace orbitwalk
