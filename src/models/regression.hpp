// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "kernels/models/regression.hpp"
#include "models/dataset.hpp"
#include "models/description.hpp"

namespace orbitwalk {

/// A regression as read from a spec (host).
struct RegressionProblem {
  RegressionParameters<Stored> parameters;
  std::optional<Dataset> data;     ///< where there is [data]
  std::vector<std::string> notes;  ///< names of the features, least-squares solution
};

/// Reads the keys `coordinates` (c), `weight_decay`, and [data] or `loss` = { kind = "quadratic", target, stiffness }.
/// `model` is the name for messages. SpecError for bad keys, among them a stiffness that is not as `stiffness` says.
RegressionProblem read_regression(const Section& section, const DataSource& source, const std::string& model,
                                  Bounds stiffness = positive());

/// The same where c follows from other keys: count(n) gives it, n the number that the spec suggests (features of files,
/// length of the target) or 0; `key` is named when it does not fit.
RegressionProblem read_regression(const Section& section, const DataSource& source, const std::string& model,
                                  const std::string& key, const std::function<int(int)>& count,
                                  Bounds stiffness = positive());

/// The regression in other coordinates, w = M z with M c×c row-major: H' = MᵀHM, b' = Mᵀb, X' = XM; a quadratic loss
/// becomes dense unless MᵀM = I (`orthogonal`).
void change_coordinates(RegressionProblem& problem, const std::vector<double>& map, bool orthogonal);

}  // namespace orbitwalk
