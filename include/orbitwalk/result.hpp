// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace orbitwalk {

struct Result {
  std::string summary;
};

}  // namespace orbitwalk
