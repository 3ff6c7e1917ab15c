// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/core/error.hpp"
#include "orbitwalk/laws/registry.hpp"

namespace orbitwalk {
namespace {

JointLaw gauge_slice(const Quotient& quotient, const NoiseIntensity& noise) {
  const auto slice = quotient.slices.find("moment_map");
  if (slice == quotient.slices.end()) throw SpecError("the model names no gauge (moment-map slice)");
  return gibbs(quotient, slice->second, noise.temperature());
}

}  // namespace

LawInfo gauge_slice_law() {
  return {"gauge_slice",
          "Gibbs law conditioned on the moment-map gauge, one representative an orbit: effective loss L + (T/2) log det Γ",
          "slice(z) · exp(-Σ U(z_i)/T), T = α²; slice = surface measure / sqrt(det J Jᵀ), J the gauge's gradients",
          "models with a named gauge; where it is not integrable at z = 0 (w = p·q: 1/w) only inside a window",
          "arXiv 2601.06597 v2; co-area formula",
          gauge_slice};
}

}  // namespace orbitwalk
