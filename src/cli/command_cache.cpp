// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "commands.hpp"
#include "compile/cache.hpp"
#include "orbitwalk/error.hpp"
#include "support/formatted.hpp"

namespace orbitwalk::cli {

void add_cache(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("cache", "list or remove the kernels that were compiled for runs (run --compile)");
  auto clear = std::make_shared<bool>(false), path = std::make_shared<bool>(false);
  auto* clearing =
      command->add_flag("--clear", *clear, "remove them all; they are compiled again when they are needed");
  command->add_flag("--path", *path, "print the folder's name alone")->excludes(clearing);
  command->footer(
      "The folder is $ORBITWALK_CACHE, $XDG_CACHE_HOME/orbitwalk or ~/.cache/orbitwalk, the first that is set. It "
      "holds at most "
      "256 MB:\nwhat was used least recently goes first.");
  command->callback([&action, clear, path] {
    action = [clear, path] {
      const compile::Cache cache;
      if (cache.folder().empty()) {
        const std::string why = "there is no cache: neither ORBITWALK_CACHE, XDG_CACHE_HOME nor HOME is set";
        if (*path) throw IoError(why);
        std::cout << "0 kernels: " << why << "\n";
        return 0;
      }
      if (*path) {
        std::cout << cache.folder() << "\n";
        return 0;
      }
      if (*clear) {
        std::cout << "removed " << cache.clear() << " kernels from " << cache.folder() << "\n";
        return 0;
      }
      double bytes = 0;
      const auto entries = cache.entries();
      for (const auto& entry : entries) bytes += double(entry.bytes);
      std::cout << entries.size() << " kernels, " << formatted(bytes / (1 << 20), "%.1f") << " MB, in "
                << cache.folder() << "\n";
      for (const auto& entry : entries)
        std::cout << "  " << entry.name << "  " << formatted(double(entry.bytes) / 1024, "%.0f") << " kB\n";
      return 0;
    };
  });
}

}  // namespace orbitwalk::cli
