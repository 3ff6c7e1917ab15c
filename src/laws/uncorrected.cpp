// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/registry.hpp"

namespace orbitwalk {
namespace {

JointLaw uncorrected(const Quotient& quotient, const LawContext& context) {
  Quotient flat = quotient;
  flat.log_lebesgue = nullptr;
  return gibbs(flat, {}, context.noise.temperature());
}

}  // namespace

LawInfo uncorrected_law() {
  return {"uncorrected",
          "no geometry at all: what one writes down when the symmetry is ignored (null law)",
          "exp(-Σ U(z_i)/T), T = α²",
          "everywhere; right only where the geometry happens to cancel",
          "null hypothesis",
          uncorrected,
          false,
          [](const LawContext&) { return std::string("the law without any geometry"); }};
}

}  // namespace orbitwalk
