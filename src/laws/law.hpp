// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "geometry/quotient.hpp"
#include "laws/context.hpp"
#include "orbitwalk/law.hpp"

namespace orbitwalk {

/// Predicts the law `law_name` (laws/registry.hpp) of `observable` from the symmetry of the model alone.
///
/// Inputs: the law's name, with a gauge where it takes one ("gauge_slice:norm_difference"); the model's quotient and
/// the statistic (geometry/quotient.hpp); the noise intensities α (horizontal) and β (vertical), in units of
/// sqrt(loss), or for SGD the moments of laws/lyapunov.hpp; a window conditions the law on it. Cost on one core: n = 1
/// below 10 ms, n = 3 below 1 s, n = 4 below 3 s. Where factors couple n > 4 coordinates, or for an order statistic of
/// coupled ones, the joint law is sampled: some seconds.
///
/// Throws SpecError when the name is unknown, the law does not apply to the symmetry, or it cannot be normalised; NoLaw
/// (laws/no_law.hpp), a SpecError, where that depends on the parameters of SGD: noise, learning rate, weight decay;
/// NumericalError when the quadrature does not converge to 1e-5.
/// Source: arXiv 2601.06597 v2 (gauge slice), arXiv 2602.12257 (projected noise).
Law predict(const std::string& law_name, const std::string& observable, const Invariant& invariant,
            const LawContext& context, std::optional<Window> window = {});

}  // namespace orbitwalk
