# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ file that defines build_id(): version, hash over the texts that FILES lists (below ROOT) and over TOOLS, and
# TOOLS themselves. Runs when one of the texts has changed.
file(STRINGS ${FILES} files)
set(texts "${TOOLS}")
foreach(file IN LISTS files)
  file(SHA256 ${file} hash)
  file(RELATIVE_PATH name ${ROOT} ${file})
  string(APPEND texts "\n${name} ${hash}")
endforeach()
string(SHA256 hash "${texts}")
string(SUBSTRING ${hash} 0 12 hash)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "run/identity.hpp"

std::string orbitwalk::build_id() { return "@VERSION@ @hash@ (@TOOLS@)"; }
]])
