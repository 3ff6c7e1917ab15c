// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

JointLaw level_set(const Quotient& quotient, const LawContext& context) {
  if (!quotient.level_set)
    throw SpecError(
        "horizontal noise confines this model to no known level set (it does for rescaling of factors of equal "
        "size, whose balance decays)");
  if (context.noise.vertical != 0)
    throw SpecError("it needs noise across the orbits only (vertical = 0): noise along them moves the balance");
  if (context.noise.stratonovich)
    throw SpecError(
        "it holds in the Itô sense; in the Stratonovich sense (scheme heun) horizontal noise conserves the balance "
        "exactly");
  return gibbs_on_slice(quotient, *quotient.level_set, context.noise.temperature());
}

}  // namespace

LawInfo level_set_law() {
  return {
      .name = "level_set",
      .summary =
          "rescaling under horizontal noise (β = 0): the balance Q decays without noise, and on Q = 0 the law is "
          "exp(-L/T) ds",
      .equation = "surface(z) · exp(-Σ U(z_i)/T), T = α²; surface measure of Q = 0; U includes weight decay",
      .applies =
          "β = 0 in the Itô sense; rescaling of factors of equal size (w = p·q, ReLU units with m = n, products of D "
          "scalars) and of U Vᵀ with m = n, in the long run",
      .source = "Itô's formula for Q; theory.md section 2, rescaling under projected noise",
      .joint = level_set,
      .in_words = [](const LawContext&) { return std::string("the law on the level set of the balance"); },
      .shortcoming =
          [](const LawContext&, const std::string& noise) {
            return std::string(
                noise == "minibatch" || noise == "surrogate"
                    ? "it takes the noise along the balanced set for constant; that of samples grows with the weight"
                    : "it is the law on the balanced set under horizontal noise");
          }};
}

}  // namespace orbitwalk
