// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/registry.hpp"

#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {

// The list: one line a law, defined in src/laws/NAME.cpp.
#define ORBITWALK_LAWS(LAW) \
  LAW(isotropic)            \
  LAW(projected)            \
  LAW(gauge_slice)          \
  LAW(level_set)            \
  LAW(lyapunov)             \
  LAW(sgd_diffusion)        \
  LAW(uncorrected)

#define ORBITWALK_DECLARE(name) LawInfo name##_law();
ORBITWALK_LAWS(ORBITWALK_DECLARE)
#undef ORBITWALK_DECLARE

const std::vector<LawInfo>& law_registry() {
#define ORBITWALK_ENTRY(name) name##_law(),
  static const std::vector<LawInfo> registry{ORBITWALK_LAWS(ORBITWALK_ENTRY)};
#undef ORBITWALK_ENTRY
  return registry;
}

const LawInfo& law_info(const std::string& name) {
  std::vector<std::string> names;
  const std::size_t colon = name.find(':');
  for (const LawInfo& info : law_registry()) {
    if (info.name == name || (info.takes_gauge && info.name == name.substr(0, colon))) return info;
    names.push_back(info.name);
  }
  throw SpecError("unknown law \"" + name + "\"" + suggestion(name, names, "laws"));
}

std::string gauge_of(const std::string& law_name) {
  const std::size_t colon = law_name.find(':');
  return colon == std::string::npos ? "moment_map" : law_name.substr(colon + 1);
}

}  // namespace orbitwalk
