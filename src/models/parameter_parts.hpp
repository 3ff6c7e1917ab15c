// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/section.hpp"

// Parameters by the names and shapes that people keep them under, for starts and teachers from files.
namespace orbitwalk {

struct ModelDescription;

/// A matrix of parameters, as laid out in a file.
struct ParameterPart {
  std::string name;
  int rows, columns;
  bool by_columns;  ///< its place in θ; row by row otherwise
};

/// The parts of θ, one after the other: linear w; hadamard and mapped_hadamard p, q; relu W (h × n), V (h × m);
/// completion P (n × r), Q (r × m); for other models theta alone, in the order that the model's header gives.
std::vector<ParameterPart> parameter_parts(const ModelDescription& model);

/// Reads a table { NAME = "file" } of all of these parts, and returns them in the order of θ. A vector may be a row or
/// a column. SpecError for a part that is missing or has another shape.
std::vector<double> read_parts(const Section& files, const std::vector<ParameterPart>& parts);

/// A teacher of relu from files: the table `files` = { W, V } of an instance.
struct GivenTeacher {
  int hidden, inputs, outputs;
  std::vector<double> weights;  ///< W row by row, then V
};
std::optional<GivenTeacher> read_teacher_files(const Section& instance);

}  // namespace orbitwalk
