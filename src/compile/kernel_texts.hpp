// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace orbitwalk::compile {

struct KernelText {
  std::string_view path;  ///< "kernels/core/lane.hpp"
  std::string_view text;
};

/// All headers of kernels/, as this program was built from them (cmake/KernelTexts.cmake).
const std::vector<KernelText>& kernel_texts();

}  // namespace orbitwalk::compile
