// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "report/chart.hpp"

namespace orbitwalk {

/// Draws all charts with one python3 (the one that ORBITWALK_PYTHON names; else the first on PATH, and /usr/bin/python3
/// where that has no matplotlib): NAME.svg and NAME.png below `folder`. Returns the text of an <svg> for a page, by
/// name. Names must be different and fit for files.
///
/// IoError: no python3 or no matplotlib (with the package's name), or the drawer failed. When `stop` returns true
/// the drawer is ended and Interrupted thrown.
std::map<std::string, std::string> draw_charts(const std::vector<Chart>& charts, const std::string& folder,
                                               const std::function<bool()>& stop);

}  // namespace orbitwalk
