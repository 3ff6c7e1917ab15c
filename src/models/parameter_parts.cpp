// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/parameter_parts.hpp"

#include <algorithm>

#include "data/data_file.hpp"
#include "models/description.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {

std::vector<ParameterPart> parameter_parts(const ModelDescription& model) {
  const auto size = [&](const char* name) { return model.parameters.size(name); };
  if (model.name == "linear") return {{"w", model.dimension, 1, false}};
  if (model.name == "hadamard" || model.name == "mapped_hadamard") {
    return {{"p", size("coordinates"), 1, false}, {"q", size("coordinates"), 1, false}};
  }
  if (model.name == "relu") {
    return {{"W", size("hidden"), size("inputs"), false}, {"V", size("hidden"), size("outputs"), false}};
  }
  if (model.name == "completion") {
    return {{"P", size("rows"), size("rank"), true}, {"Q", size("rank"), size("columns"), false}};
  }
  return {{"theta", model.dimension, 1, false}};
}

std::vector<double> read_parts(const Section& files, const std::vector<ParameterPart>& parts) {
  std::vector<std::string> names;
  for (const ParameterPart& part : parts) names.push_back(part.name);
  for (const auto& key : files.keys()) {
    bool known = false;
    for (const auto& name : names) known |= name == key;
    if (!known) files.fail(key, "is not a matrix of this model" + suggestion(key, names, "matrices"));
  }
  std::vector<double> all;
  for (const ParameterPart& part : parts) {
    const Matrix table = read_data_file(files, part.name);
    const bool vector = (part.rows == 1 || part.columns == 1) && (table.rows == 1 || table.cols == 1);
    const bool fits = vector ? table.values.size() == std::size_t(part.rows) * part.columns
                             : int(table.rows) == part.rows && int(table.cols) == part.columns;
    if (!fits) {
      files.fail(part.name, "expected " + std::to_string(part.rows) + " × " + std::to_string(part.columns) +
                                " numbers, but " + files.path(part.name) + " has " + std::to_string(table.rows) +
                                " × " + std::to_string(table.cols));
    }
    if (!part.by_columns || vector) {
      all.insert(all.end(), table.values.begin(), table.values.end());
      continue;
    }
    for (std::size_t j = 0; j < table.cols; ++j) {
      for (std::size_t i = 0; i < table.rows; ++i) all.push_back(table(i, j));
    }
  }
  return all;
}

std::optional<GivenTeacher> read_teacher_files(const Section& instance) {
  const auto files = instance.optional_section("files");
  if (!files) return {};
  instance.choice("kind", {"teacher"}, "teacher");
  for (const char* key : {"seed", "shared", "scale", "hidden"}) {
    if (instance.has(key)) instance.fail(key, "has no meaning where the teacher's weights come from files");
  }
  const Matrix w = read_data_file(*files, "W"), v = read_data_file(*files, "V");
  if (w.rows > 256)
    files->fail("W",
                "at most 256 hidden units, one per row, but " + files->path("W") + " has " + std::to_string(w.rows));
  GivenTeacher teacher{int(w.rows), int(w.cols), int(std::max<std::size_t>(v.values.size() / w.rows, 1)), {}};
  teacher.weights =
      read_parts(*files, {{"W", teacher.hidden, teacher.inputs, false}, {"V", teacher.hidden, teacher.outputs, false}});
  return teacher;
}

}  // namespace orbitwalk
