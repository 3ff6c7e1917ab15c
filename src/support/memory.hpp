// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace orbitwalk {

/// Memory that this process may use, in bytes, and what sets the limit, in words ("this machine", "the cgroup /job_7
/// (memory.max)").
struct MemoryLimit {
  double bytes = 0;
  std::string of;
};

/// The smallest of the machine's memory, the limits of the process's cgroups (batch systems and containers set those)
/// and its limits on address space and data (ulimit -v, -d).
MemoryLimit memory_limit();

/// The smallest limit among the cgroups that a process is in and those above them, or nothing where none is set:
/// memory.max of version 2 and memory.limit_in_bytes of version 1. `cgroups` and `mounts` are texts as in
/// /proc/self/cgroup and /proc/self/mountinfo; `root` is put before the paths of files. A file that cannot be read sets
/// no limit.
std::optional<MemoryLimit> cgroup_memory_limit(const std::string& cgroups, const std::string& mounts,
                                               const std::string& root = "");

}  // namespace orbitwalk
