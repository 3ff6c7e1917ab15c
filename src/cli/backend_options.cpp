// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

namespace orbitwalk::cli {

void add_backend_options(CLI::App& command, RunOptions& options) {
  command.add_option("--backend", options.backend, "auto (a GPU where there is one), cpu, cuda, reference")
      ->capture_default_str();
  command.add_option("--threads", options.threads, "threads of the cpu backend (0: all cores)")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--instruction-set", options.instruction_set,
                     "cpu backend: generic, avx2, avx512 (default: the best there is)");
  command
      .add_option(
          "--compile", options.compile,
          "cpu backend: have the system's compiler make a kernel for the run, to the same bits: auto (where the "
          "run lasts longer than that), always, never")
      ->capture_default_str();
  command
      .add_option("--chunk", options.chunk,
                  "particles per piece of work (0: chosen automatically; the results do not depend on it)")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace orbitwalk::cli
