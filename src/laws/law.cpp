// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "laws/law.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "laws/law_table.hpp"
#include "laws/no_law.hpp"
#include "laws/registry.hpp"
#include "laws/spectrum.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
}

Law::Law(std::string name_, std::string observable_, std::shared_ptr<const LawTable> table)
    : name(std::move(name_)), observable(std::move(observable_)), table_(std::move(table)) {
  lower = table_->lower();
  upper = table_->upper();
  quadrature_error = table_->error();
}

Law Law::none(std::string name, std::string observable, std::string reason) {
  Law law;
  law.name = std::move(name);
  law.observable = std::move(observable);
  law.reason = std::move(reason);
  law.lower = law.upper = law.quadrature_error = kNothing;
  return law;
}

double Law::density(double x) const { return table_ ? table_->density(x) : kNothing; }
double Law::cdf(double x) const { return table_ ? table_->cdf(x) : kNothing; }
double Law::quantile(double p) const { return table_ ? table_->quantile(p) : kNothing; }
double Law::mean() const { return table_ ? table_->mean() : kNothing; }
double Law::variance() const { return table_ ? table_->variance() : kNothing; }

Law predict(const std::string& law_name, const std::string& observable, const Invariant& invariant,
            const LawContext& context, std::optional<Window> window) {
  const LawInfo& info = law_info(law_name);
  try {
    LawContext named = context;
    named.gauge = gauge_of(law_name);
    if (window) named.window = {window->lower, window->upper};
    check_window(window);
    const JointLaw joint = info.joint(invariant.quotient, named);
    QuadratureOptions options;
    options.order = invariant.order;
    const Marginal result = marginal(joint, invariant.statistic, window, options);
    Law law(law_name, observable, result.table);
    law.formula = joint.formula + (result.effective_size > 0 ? ", sampled" : "");
    law.quadrature_error = result.error;
    law.window = window;
    const double middle = std::abs(law.quantile(0.5)), width = law.quantile(0.95) - law.quantile(0.05);
    if (middle > 1e-290 && !(width > 1e-11 * middle))  // below, quantiles are 0 because there are no smaller numbers
      throw NumericalError("the law is narrower than the rounding of its values");
    return law;
  } catch (const NoLaw& error) {
    throw NoLaw("law \"" + law_name + "\" of " + observable + ": " + error.what());
  } catch (const SpecError& error) {
    throw SpecError("law \"" + law_name + "\" of " + observable + ": " + error.what());
  } catch (const NumericalError& error) {
    throw NumericalError("law \"" + law_name + "\" of " + observable + ": " + error.what() +
                         " (is it too narrow, too far out or too steep for double precision at these parameters? A "
                         "[compare] window may help)");
  }
}

}  // namespace orbitwalk
