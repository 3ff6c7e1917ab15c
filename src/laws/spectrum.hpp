// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "laws/joint.hpp"
#include "laws/law.hpp"
#include "laws/law_table.hpp"

namespace orbitwalk {

/// Options of the marginal quadrature; the defaults meet the accuracy promised by `predict`.
struct QuadratureOptions {
  double tolerance = 2e-7;     ///< aimed absolute error of the cdf
  int order = 1;               ///< of Statistic::order
  bool force_sectors = false;  ///< integrate even where independent coordinates have a closed form (tests)
};

/// A tabulated marginal and the estimated absolute error of its cdf.
struct Marginal {
  std::shared_ptr<const LawTable> table;
  double error = 0;           ///< of the cdf
  double effective_size = 0;  ///< of the sample, where the law was sampled; else 0
};

/// SpecError for a window whose ends are not in order.
void check_window(const std::optional<Window>& window);

/// The law of a statistic of a spectrum with the joint law `joint`, conditioned on `window` if given. Closed forms from
/// one coordinate where nothing couples them, quadrature for up to four coupled ones, else a sample (laws/sampled.hpp).
/// Throws SpecError when the law cannot be normalised, NumericalError when the quadrature does not converge. Method:
/// src/laws/sectors.hpp.
Marginal marginal(const JointLaw& joint, Statistic statistic, std::optional<Window> window = {},
                  const QuadratureOptions& options = {});

}  // namespace orbitwalk
