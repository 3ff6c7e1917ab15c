// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

JointLaw gauge_slice(const Quotient& quotient, const LawContext& context) {
  const auto slice = quotient.slices.find(context.gauge);
  if (slice == quotient.slices.end()) {
    if (quotient.slices.empty()) throw SpecError("the model names no gauge");
    std::vector<std::string> gauges;
    for (const auto& [name, measure] : quotient.slices) gauges.push_back(name);
    throw SpecError("the model has no gauge \"" + context.gauge + "\"" + suggestion(context.gauge, gauges, "gauges"));
  }
  JointLaw joint = gibbs_on_slice(quotient, slice->second, context.noise.temperature());
  joint.formula += ", gauge " + context.gauge;
  return joint;
}

}  // namespace

LawInfo gauge_slice_law() {
  return {
      .name = "gauge_slice",
      .summary =
          "Gibbs law conditioned on a gauge, one representative an orbit; moment map: effective loss L + (T/2) log det "
          "Γ",
      .equation =
          "slice(z) · exp(-Σ U(z_i)/T), T = α²; slice = surface measure / sqrt(det J Jᵀ), J the gauge's gradients; U "
          "includes "
          "weight decay",
      .applies =
          "models with a named gauge: gauge_slice is the moment map, gauge_slice:norm_difference another; where it is "
          "not "
          "integrable at z = 0 (w = p·q: 1/w) only inside a window",
      .source = "arXiv 2601.06597 v2; co-area formula; theory.md section 2",
      .joint = gauge_slice,
      .takes_gauge = true,
      .in_words =
          [](const LawContext& context) {
            return "the gauge slice's law (" +
                   std::string(context.gauge == "moment_map" ? "moment map" : "norm difference") + ")";
          },
      .shortcoming =
          [](const LawContext& context, const std::string&) {
            return std::string(
                context.gauge == "norm_difference"
                    ? "conditioning on another gauge of the same slice is another law"
                    : "conditioning on the gauge divides by v = sqrt(det JJᵀ); no dynamics of this cell does that");
          }};
}

}  // namespace orbitwalk
