// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/version.hpp"

std::string orbitwalk::version() {
  return std::to_string(ORBITWALK_VERSION_MAJOR) + "." + std::to_string(ORBITWALK_VERSION_MINOR) + "." +
         std::to_string(ORBITWALK_VERSION_PATCH);
}
