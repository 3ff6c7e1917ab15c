// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backends/problem.hpp"

// What the numbers of a run depend on. A checkpoint and a finished result carry it, and work continues from them only
// under the same one.
namespace orbitwalk {

/// Version, hash over the source texts that numbers come from, and compiler: changes when the numbers could.
std::string build_id();

/// A file whose content entered a run.
struct IdentifiedFile {
  std::string role;  ///< what it was read as
  std::string path;  ///< as the spec has it, or with the spec's folder in front; does not enter the comparison
  std::string hash;  ///< of its content
};

nlohmann::ordered_json files_to_json(const std::vector<IdentifiedFile>& files);

/// The spec with a word in place of each path under [data] that names one of the files.
nlohmann::ordered_json with_hidden_paths(nlohmann::ordered_json spec, const std::vector<IdentifiedFile>& files);

/// {`build`, `phase`, `plan` (the numbers by which the phases of a command differ), `files` [`role`, `path`, `hash`],
/// `spec` (complete), `options` (of the command line, by name)}.
nlohmann::ordered_json run_identity(const nlohmann::ordered_json& spec, const std::vector<IdentifiedFile>& files,
                                    const nlohmann::ordered_json& options, const std::string& phase,
                                    const Problem& problem);

/// What differs, in words, each with its old and new value; empty for equal identities. Files are compared by content,
/// so that a moved folder is the same.
std::vector<std::string> differences(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now);

/// The first few of them as text, separated by semicolons.
std::string differences_text(const std::vector<std::string>& differences);

}  // namespace orbitwalk
