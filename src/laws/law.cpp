// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/laws/law.hpp"

#include <utility>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/laws/law_table.hpp"
#include "orbitwalk/laws/registry.hpp"
#include "orbitwalk/laws/spectrum.hpp"

namespace orbitwalk {

Law::Law(std::string name_, std::string observable_, std::shared_ptr<const LawTable> table)
    : name(std::move(name_)), observable(std::move(observable_)), table_(std::move(table)) {
  lower = table_->lower();
  upper = table_->upper();
  quadrature_error = table_->error();
}

double Law::density(double x) const { return table_->density(x); }
double Law::cdf(double x) const { return table_->cdf(x); }
double Law::quantile(double p) const { return table_->quantile(p); }
double Law::mean() const { return table_->mean(); }
double Law::variance() const { return table_->variance(); }

Law predict(const std::string& law_name, const std::string& observable, const Invariant& invariant,
            const LawContext& context, std::optional<Window> window) {
  const LawInfo& info = law_info(law_name);
  try {
    LawContext named = context;
    named.gauge = gauge_of(law_name);
    const JointLaw joint = info.joint(invariant.quotient, named);
    QuadratureOptions options;
    options.order = invariant.order;
    const Marginal result = marginal(joint, invariant.statistic, window, options);
    Law law(law_name, observable, result.table);
    law.formula = joint.formula + (result.effective_size > 0 ? ", sampled" : "");
    law.quadrature_error = result.error;
    law.window = window;
    return law;
  } catch (const SpecError& error) {
    throw SpecError("law \"" + law_name + "\" of " + observable + ": " + error.what());
  } catch (const NumericalError& error) {
    throw NumericalError("law \"" + law_name + "\" of " + observable + ": " + error.what());
  }
}

}  // namespace orbitwalk
