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
  return {.name = "uncorrected",
          .summary = "no geometry at all: what one writes down when the symmetry is ignored (null law)",
          .equation = "exp(-Σ U(z_i)/T), T = α²",
          .applies = "everywhere; right only where the geometry happens to cancel",
          .source = "null hypothesis",
          .joint = uncorrected,
          .in_words = [](const LawContext&) { return std::string("the law without any geometry"); },
          .shortcoming =
              [](const LawContext&, const std::string&) {
                return std::string("it leaves the geometry out: neither orbit volume nor surface measure");
              }};
}

}  // namespace orbitwalk
