// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "backends/problem.hpp"
#include "orbitwalk/observable_result.hpp"

namespace orbitwalk {

/// For quantities whose law may collapse onto 0 because the noise vanishes there with the quantity itself: products of
/// factors under SGD (w of hadamard and deep_hadamard, z of mapped_hadamard, strengths and norms of factors), and
/// weights of linear under geometric noise. Nothing for others, without last observations ([observe] quantiles =
/// false), or where all diverged.
std::optional<ShareAtZero> share_at_zero(const Problem& problem, const Tally& tally, std::size_t observed);

}  // namespace orbitwalk
