// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <ostream>

#include "results/conclusion.hpp"
#include "results/data_record.hpp"
#include "results/figures.hpp"
#include "results/summary.hpp"
#include "run/stationarity.hpp"
#include "spec/spec_text.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr int most_plots = 4;

// Results of earlier versions have none.
void conclude(const Result& r, std::ostream& out) {
  if (r.conclusion.empty()) return;
  for (const std::string& sentence : r.conclusion) out << wrapped(sentence, terminal_width(out));
  out << "\n";
}

void headline(const Result& r, std::ostream& out) {
  out << "orbitwalk " << r.version << " · " << headline_of(r.spec).model << " · " << short_number(double(r.particles))
      << " particles × " << short_number(double(r.steps)) << " steps · " << r.precision << " · seed " << r.seed << "\n"
      << r.backend << ": " << r.device << ", " << r.threads << " threads · " << number(r.wall_seconds, "%.2f")
      << " s · " << short_or_dash(r.particle_steps_per_second) << " particle-steps/s · digest " << r.digest << "\n";
  if (r.diverged.count > 0) {
    out << "diverged: " << r.diverged.count << " of " << r.particles << " particles, the first at step "
        << r.diverged.first_step.value_or(0) << "\n";
  }
  if (r.degenerate_projections > 0)
    out << "degenerate projections (Gram matrix singular): " << r.degenerate_projections << "\n";
  if (const auto& test = r.metropolis) {
    out << "accepted proposals: " << number(100 * test->accept_rate, "%.2f") << " %";
    if (test->unsolved > 0) out << "; refused because no way to the slice was found: " << test->unsolved;
    out << "\n";
  }
}

std::uint64_t out_of_range(const Histogram& h) { return h.under + h.over + h.non_finite; }

void observable_table(const Result& r, bool unicode, std::ostream& out) {
  Rows rows;
  for (std::size_t i = 0; i < r.observables.size(); ++i) {
    const ObservableResult& o = r.observables[i];
    rows.push_back({o.name, with_error(o.mean, o.standard_error), with_error(o.variance, o.variance_standard_error),
                    short_or_dash(o.effective_sample_size), number(o.nested_rhat, "%.4f"), number(o.drift_ks, "%.1e"),
                    in_words(o.stationary)});
    if (!r.step_bias.empty()) rows.back().push_back(with_error(r.step_bias[i].mean, r.step_bias[i].standard_error));
    if (const auto& shell = r.shell_extrapolation)
      rows.back().push_back(with_error(shell->limits[i].mean, shell->limits[i].standard_error));
    rows.back().push_back(std::to_string(out_of_range(o.histogram)));
  }
  std::vector<std::string> header = {"observable",   "mean",     "variance",  "eff. samples",
                                     "nested R-hat", "drift KS", "stationary"};
  if (!r.step_bias.empty()) header.push_back("step bias of mean");
  if (r.shell_extrapolation) header.push_back("mean, shell → 0");
  header.push_back("out of range");
  out << format_table(header, rows, unicode);
  for (const auto& sentence : stationarity_reasons(r.observables)) out << sentence << "\n";
  for (const ObservableResult& o : r.observables) {
    if (out_of_range(o.histogram) > 0) {
      out << o.name << ": " << o.histogram.under << " observations below the histogram, " << o.histogram.over
          << " above, " << o.histogram.non_finite << " not finite (all counted)\n";
    }
  }
}

// Where particles have come to rest at 0, or there was no law to compare with.
void collapsed(const Result& r, std::ostream& out) {
  for (const ObservableResult& o : r.observables) {
    if (!o.at_zero) continue;
    const bool lawless = std::any_of(r.laws.begin(), r.laws.end(), [&](const LawComparison& law) {
      return law.observable == o.name && law.verdict == "no law";
    });
    if (o.at_zero->share == 0 && !lawless) continue;
    out << "note: share at 0: " << number(o.at_zero->share, "%.4g") << " of " << o.at_zero->particles
        << " particles have |" << o.name << "| <= " << number(o.at_zero->threshold, "%g")
        << " at the last observation\n";
  }
}

void extrapolation_table(const Result& r, const ExtrapolationResult& extrapolation, bool unicode, std::ostream& out) {
  Rows rows;
  for (std::size_t i = 0; i < r.observables.size(); ++i) {
    const ExtrapolatedMean& each = extrapolation.means[i];
    rows.push_back({r.observables[i].name, with_error(each.mean, each.standard_error)});
    for (std::size_t k = 0; k < each.means.size(); ++k)
      rows.back().push_back(with_error(each.means[k], each.errors[k]));
  }
  const auto at = [&](std::size_t k) { return "at " + number(extrapolation.steps[k], "%.3g"); };
  out << format_table({"observable", "mean, step → 0", at(0), at(1), at(2)}, rows, unicode);
}

void accuracy_table(const Result& r, const AccuracyResult& accuracy, bool unicode, std::ostream& out) {
  Rows rows;
  for (const SchemeCandidate& each : accuracy.candidates) {
    const std::string scheme = each.scheme.empty() ? "as in the spec" : each.scheme;
    rows.push_back({scheme + (each.extrapolated() ? ", extrapolated" : ""),
                    std::to_string(each.extrapolated() ? each.next_order : each.order),
                    std::to_string(each.levels.size()), each.levels.empty() ? "-" : number(each.levels.back().step),
                    number(each.step), yes_or_no(each.chosen)});
  }
  out << "accuracy " << number(accuracy.asked, "%.3g") << " of a standard deviation\n"
      << format_table({"scheme", "order", "steps tried", "largest", "step that is enough", "chosen"}, rows, unicode);
  if (accuracy.extrapolation) extrapolation_table(r, *accuracy.extrapolation, unicode, out);
  rows.clear();
  for (std::size_t i = 0; i < r.observables.size(); ++i) {
    const AccuracyReached& each = accuracy.observables[i];
    rows.push_back({r.observables[i].name, with_error(each.bias, each.bias_standard_error),
                    number(each.standard_error, "%.1e"), number(each.allowed, "%.1e"), yes_or_no(each.reached)});
  }
  out << format_table({"observable", accuracy.extrapolation ? "remaining step bias" : "measured step bias",
                       "standard error", "allowed", "|bias| + 2 s.e. within"},
                      rows, unicode);
}

void law_table(const std::vector<LawComparison>& laws, bool unicode, std::ostream& out) {
  if (laws.empty()) return;
  const bool equivalence = laws[0].equivalence.has_value(), attributed = !laws[0].attribution.empty();
  Rows rows;
  for (const LawComparison& law : laws) {
    rows.push_back({law.observable, law.name, number(law.mean, "%.6f"), number(law.mean_z, "%+.1f"),
                    number(law.ks, "%.2e"), number(law.ks_critical, "%.1e"), number(law.p_value, "%.3g"),
                    number(law.p_adjusted, "%.3g"), number(law.ks_bound, "%.1e"), number(law.wasserstein1, "%.1e"),
                    number(law.kl, "%.1e"), law.verdict});
    if (equivalence) rows.back().push_back(yes_or_no(law.equivalent));
    if (!law.attribution.empty()) rows.back().push_back(law.attribution);
  }
  std::vector<std::string> header = {"observable", "law",      "law mean", "z",  "KS", "critical",
                                     "p",          "adjusted", "bound",    "W1", "KL", "verdict"};
  if (equivalence) header.push_back("within " + number(*laws[0].equivalence, "%.3g"));
  if (attributed) header.push_back("mismatch from");
  out << format_table(header, rows, unicode);
}

void plots(const Result& r, const PlotStyle& style, std::ostream& out) {
  int shown = 0;
  for (const ObservableResult& o : r.observables) {
    std::vector<LawCurve> curves;
    for (const LawComparison& law : r.laws) {
      if (law.observable == o.name && law.verdict != "no law") curves.push_back({law.name, law.density});
    }
    if (curves.empty() && shown > 0) continue;
    if (++shown > most_plots) break;
    const auto& edges = o.histogram.edges;
    const double total = std::max(1.0, double(o.count));
    std::vector<double> density(o.histogram.counts.size());
    for (std::size_t i = 0; i < density.size(); ++i)
      density[i] = double(o.histogram.counts[i]) / (total * (edges[i + 1] - edges[i]));
    out << "\ndensity of " << o.name << "\n" << density_bars(edges, density, curves, style);
  }
}

}  // namespace

void present(const Result& result, std::ostream& out, bool with_plots) {
  const PlotStyle style = PlotStyle::of(out);
  conclude(result, out);
  headline(result, out);
  for (const auto& line : data_lines(result.data, result.spec_directory)) out << line << "\n";
  for (const std::string& note : result.notes) out << "note: " << note << "\n";
  collapsed(result, out);
  out << "\n";
  observable_table(result, style.unicode, out);
  out << "\n";
  if (result.accuracy) {
    accuracy_table(result, *result.accuracy, style.unicode, out);
    out << "\n";
  }
  law_table(result.laws, style.unicode, out);
  if (with_plots) plots(result, style, out);
}

}  // namespace orbitwalk
