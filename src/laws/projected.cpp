// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

JointLaw projected(const Quotient& quotient, const LawContext& context) {
  const NoiseIntensity& noise = context.noise;
  if (quotient.symmetry != Symmetry::compact)
    throw SpecError(
        "it needs a compact group of isometries; rescaling stretches its orbits, and under projected noise the "
        "balance p² - q² is reached deterministically instead of being sampled");
  if (!(noise.vertical >= 0) || !(noise.horizontal > 0))
    throw SpecError("it needs noise intensities α > 0 (horizontal) and β >= 0 (vertical)");
  // Exponents are combined before anything is evaluated: at β = 0 a factor |z_i - z_j| cancels exactly.
  return gibbs(quotient, quotient.lebesgue * power(quotient.orbit_volume, -(1 - noise.volume_power())),
               noise.temperature());
}

std::string in_words(const LawContext& context) {
  const double power = context.noise.volume_power();
  if (power == 0) return "the law without the volume factor";
  if (power == 1) return "the law with the whole volume factor";
  char text[64];
  std::snprintf(text, sizeof text, "the law with the volume factor to the power %.3g", power);
  return text;
}

}  // namespace

LawInfo projected_law() {
  return {.name = "projected",
          .summary = "projected Langevin noise, α across and β along the orbits: effective loss L + (α² - β²) log v",
          .equation = "lebesgue(z) · v(z)^-(1 - β²/α²) · exp(-Σ U(z_i)/α²)",
          .applies = "compact groups of isometries, invariant start; any α > 0, β >= 0 (β > α included)",
          .source = "arXiv 2602.12257 (COLT 2026)",
          .joint = projected,
          .in_words = in_words,
          .shortcoming =
              [](const LawContext&, const std::string&) {
                return std::string("it is the law of a compact group of isometries under projected noise");
              },
          .by_default = [](const NoiseIntensity& noise) { return !noise.isotropic(); }};
}

}  // namespace orbitwalk
