// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/read/read_start.hpp"

#include "models/parameter_parts.hpp"

namespace orbitwalk {
namespace {

std::vector<double> spread(const Section& init, const std::string& key, const std::vector<double>& fallback) {
  if (!init.has(key)) return fallback;
  std::vector<double> values = init.numbers(key, key == "scale" ? non_negative() : finite());
  if (values.size() == 1) values.resize(fallback.size(), values[0]);
  if (values.size() != fallback.size()) {
    init.fail(key, "expected one number or " + std::to_string(fallback.size()) + ", one per parameter");
  }
  return values;
}

}  // namespace

InitialState read_start(const Section& init, const ModelDescription& model) {
  InitialState start = model.initial;
  if (const auto files = init.optional_section("files")) {
    if (init.has("mean")) init.fail("mean", "cannot go together with files, which give it");
    start.mean = read_parts(*files, parameter_parts(model));
    start.scale.assign(start.mean.size(), 0.0);
  } else {
    start.mean = spread(init, "mean", start.mean);
  }
  start.scale = spread(init, "scale", start.scale);
  return start;
}

}  // namespace orbitwalk
