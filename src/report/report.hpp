// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/html.hpp"

namespace orbitwalk {

/// The page about finished runs (folders with summary.json) and experiments (folders with experiment.json, see
/// docs/design.md), not yet drawn. IoError, with the file in front, where one is missing or damaged.
Page compose_report(const std::vector<std::string>& directories);

/// Writes FOLDER/report.html, one file that needs no other, and its charts as FOLDER/charts/NAME.svg and .png.
/// Everything is put together in FOLDER.partial and published once complete; what is not complete never appears as
/// FOLDER. Returns what the user should know (ResultDirectory::notices).
///
/// SpecError: a report is there already and `force` is false, or the folder holds something else. IoError: as
/// compose_report(); no python3 with matplotlib; what cannot be written. Interrupted: `stop` returned
/// true (it is asked ten times a second).
std::vector<std::string> write_report(const std::vector<std::string>& directories, const std::string& folder,
                                      bool force, const std::function<bool()>& stop = {});

}  // namespace orbitwalk
