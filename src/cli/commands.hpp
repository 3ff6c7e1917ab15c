// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "orbitwalk/run.hpp"

// One file a command: each adds its subcommand to the parser and sets what runs when it is chosen. The returned int is
// the exit code (docs/design.md).
namespace orbitwalk::cli {

using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_catalogues(CLI::App& app, Action& action);  // models, dynamics, laws
void add_bench(CLI::App& app, Action& action);
void add_atlas(CLI::App& app, Action& action);
void add_reproduce(CLI::App& app, Action& action);
void add_cache(CLI::App& app, Action& action);

/// Options that say which backend runs, and how.
void add_backend_options(CLI::App& command, RunOptions& options);

}  // namespace orbitwalk::cli
