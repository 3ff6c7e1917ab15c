// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "orbitwalk/laws/density_table.hpp"
#include "orbitwalk/laws/joint.hpp"
#include "orbitwalk/laws/law.hpp"

namespace orbitwalk {

/// Options of the marginal quadrature; the defaults meet the accuracy promised by `predict`.
struct QuadratureOptions {
  double tolerance = 2e-7;       ///< aimed absolute error of the cdf
  bool force_sectors = false;    ///< integrate even where independent coordinates have a closed form (tests)
};

/// A tabulated marginal and the estimated absolute error of its cdf.
struct Marginal {
  std::shared_ptr<const DensityTable> table;
  double error = 0;
};

/// The law of the minimum, maximum or sum of a spectrum with the joint law `joint`, conditioned on `window` if given.
/// Throws SpecError when the law cannot be normalised, NumericalError when the quadrature does not converge.
/// Method: src/laws/sectors.hpp.
Marginal marginal(const JointLaw& joint, Statistic statistic, std::optional<Window> window = {},
                  const QuadratureOptions& options = {});

}  // namespace orbitwalk
