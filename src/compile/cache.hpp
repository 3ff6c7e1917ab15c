// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Kernels that were compiled for a run, kept for the next: files in one folder of the user's.
namespace orbitwalk::compile {

/// $ORBITWALK_CACHE, $XDG_CACHE_HOME/orbitwalk or ~/.cache/orbitwalk; empty: there is none.
std::string cache_folder();

struct CacheEntry {
  std::string name;
  std::uint64_t bytes = 0;
  std::int64_t used = 0;  ///< seconds since 1970
};

/// Safe for any number of processes at once. Files are written aside and renamed, and each ends with a fingerprint of
/// what is before it, so that a file that was cut or changed is as good as missing. Nothing here throws for the disk's or
/// the folder's sake: a cache that cannot be used is as good as none.
class Cache {
 public:
  /// Bytes that are kept; what was used least recently goes first.
  static constexpr std::uint64_t default_limit = 256u << 20;

  explicit Cache(std::string folder = cache_folder(), std::uint64_t limit = default_limit);

  /// The path of the file of this name, or nothing.
  std::optional<std::string> find(const std::string& name) const;
  /// The same; where there is none, make(path) writes one, and is called by one process at a time for a name. `path` is
  /// in a folder of its own. What make() throws is passed on. Without a usable folder nothing is kept: use(path) is then
  /// called with a file that is gone afterwards; in any case it is called once.
  void with_file(const std::string& name, const std::function<void(const std::string& path)>& make,
                 const std::function<void(const std::string& path)>& use) const;

  std::vector<CacheEntry> entries() const;  ///< most recently used first
  /// Removes all; returns how many.
  std::size_t clear() const;
  const std::string& folder() const { return folder_; }

 private:
  void trim() const;

  std::string folder_;
  std::uint64_t limit_;
};

}  // namespace orbitwalk::compile
