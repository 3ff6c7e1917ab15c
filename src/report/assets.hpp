// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files of this folder that the program carries with it (assets.cpp.in).
namespace orbitwalk {

extern const char* const draw_script;  ///< draw.py
extern const char* const page_style;   ///< page.css

}  // namespace orbitwalk
