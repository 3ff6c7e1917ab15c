// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "orbitwalk/error.hpp"
#include "results/data_record.hpp"
#include "results/figures.hpp"
#include "results/summary.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {
using Json = nlohmann::ordered_json;

// Results of earlier versions have none.
void conclude(const Json& s, std::ostream& out) {
  if (!s.contains("conclusion")) return;
  for (const Json& sentence : s.at("conclusion")) out << wrapped(sentence.get<std::string>(), terminal_width(out));
  out << "\n";
}

void headline(const Json& s, std::ostream& out) {
  out << "orbitwalk " << s.at("version").get<std::string>() << " · "
      << s.at("spec").at("model").at("name").get<std::string>() << " · "
      << short_number(s.at("particles").get<double>()) << " particles × " << short_number(s.at("steps").get<double>())
      << " steps · " << s.at("precision").get<std::string>() << " · seed " << s.at("seed") << "\n"
      << s.at("backend").get<std::string>() << ": " << s.at("device").get<std::string>() << ", " << s.at("threads")
      << " threads · " << number(s.at("wall_seconds"), "%.2f") << " s · "
      << short_number(s.at("particle_steps_per_second").get<double>()) << " particle-steps/s · digest "
      << s.at("digest").get<std::string>() << "\n";
  const Json& diverged = s.at("diverged");
  if (diverged.at("count").get<std::uint64_t>() > 0) {
    out << "diverged: " << diverged.at("count") << " of " << s.at("particles") << " particles, the first at step "
        << diverged.at("first_step") << "\n";
  }
  if (s.at("degenerate_projections").get<std::uint64_t>() > 0) {
    out << "degenerate projections (Gram matrix singular): " << s.at("degenerate_projections") << "\n";
  }
  if (s.contains("metropolis")) {
    const Json& test = s.at("metropolis");
    out << "accepted proposals: " << number(Json(100 * test.at("accept_rate").get<double>()), "%.2f") << " %";
    if (test.at("unsolved").get<std::uint64_t>() > 0)
      out << "; refused because no way to the slice was found: " << test.at("unsolved");
    out << "\n";
  }
}

void observable_table(const Json& s, bool unicode, std::ostream& out) {
  std::vector<std::vector<std::string>> rows;
  bool outside = false;
  for (const auto& [name, o] : s.at("observables").items()) {
    const Json& st = s.at("stationarity").at(name);
    std::vector<std::string> row = {
        name,
        with_error(o.at("mean"), o.at("standard_error")),
        with_error(o.at("variance"), o.at("variance_standard_error")),
        o.at("effective_sample_size").is_null() ? "-" : short_number(o.at("effective_sample_size").get<double>()),
        number(st.at("nested_rhat"), "%.4f"),
        number(st.at("drift_ks"), "%.1e"),
        stationary_in_words(st)};
    if (s.contains("step_bias"))
      row.push_back(with_error(s.at("step_bias").at(name).at("mean"), s.at("step_bias").at(name).at("standard_error")));
    if (s.contains("shell_extrapolation")) {
      const Json& limit = s.at("shell_extrapolation").at("observables").at(name).at("extrapolated");
      row.push_back(with_error(limit.at("mean"), limit.at("standard_error")));
    }
    const std::uint64_t out_of_range = o.at("under").get<std::uint64_t>() + o.at("over").get<std::uint64_t>() +
                                       o.at("non_finite").get<std::uint64_t>();
    row.push_back(std::to_string(out_of_range));
    outside |= out_of_range > 0;
    rows.push_back(row);
  }
  std::vector<std::string> header = {"observable",   "mean",     "variance",  "eff. samples",
                                     "nested R-hat", "drift KS", "stationary"};
  if (s.contains("step_bias")) header.push_back("step bias of mean");
  if (s.contains("shell_extrapolation")) header.push_back("mean, shell → 0");
  header.push_back("out of range");
  out << format_table(header, rows, unicode);
  for (const auto& sentence : stationarity_reasons(s.at("stationarity"))) out << sentence << "\n";
  if (!outside) return;
  for (const auto& [name, o] : s.at("observables").items()) {
    const auto under = o.at("under").get<std::uint64_t>(), over = o.at("over").get<std::uint64_t>(),
               bad = o.at("non_finite").get<std::uint64_t>();
    if (under + over + bad > 0) {
      out << name << ": " << under << " observations below the histogram, " << over << " above, " << bad
          << " not finite (all counted)\n";
    }
  }
}

// Where particles have come to rest at 0, or there was no law to compare with.
void collapsed(const Json& s, std::ostream& out) {
  for (const auto& [name, o] : s.at("observables").items()) {
    if (!o.contains("share_at_zero")) continue;
    const Json& zero = o.at("share_at_zero");
    const bool lawless = std::any_of(s.at("laws").begin(), s.at("laws").end(), [&](const Json& law) {
      return law.at("observable") == name && law.at("verdict") == "no law";
    });
    if (zero.at("share").get<double>() == 0 && !lawless) continue;
    out << "note: share at 0: " << number(zero.at("share"), "%.4g") << " of " << zero.at("particles")
        << " particles have |" << name << "| <= " << number(zero.at("threshold"), "%g") << " at the last observation\n";
  }
}

void accuracy_table(const Json& s, bool unicode, std::ostream& out) {
  const Json& accuracy = s.at("accuracy");
  std::vector<std::vector<std::string>> rows;
  for (const Json& each : accuracy.at("candidates")) {
    const std::size_t levels = each.at("levels").size();
    const std::string scheme = each.at("scheme").is_null() ? "as in the spec" : each.at("scheme").get<std::string>();
    // Absent in results of earlier versions.
    const bool extrapolated = each.value("extrapolated", false);
    rows.push_back({scheme + (extrapolated ? ", extrapolated" : ""),
                    std::to_string(each.at(extrapolated ? "next_order" : "order").get<int>()), std::to_string(levels),
                    levels == 0 ? "-" : number(each.at("levels").back().at("step")), number(each.at("step")),
                    each.at("chosen").get<bool>() ? "yes" : "no"});
  }
  out << "accuracy " << number(accuracy.at("asked"), "%.3g") << " of a standard deviation\n"
      << format_table({"scheme", "order", "steps tried", "largest", "step that is enough", "chosen"}, rows, unicode);
  rows.clear();
  if (accuracy.contains("extrapolation")) {
    const Json& extrapolation = accuracy.at("extrapolation");
    const Json& steps = extrapolation.at("steps");
    for (const auto& [name, each] : extrapolation.at("observables").items()) {
      rows.push_back({name, with_error(each.at("mean"), each.at("standard_error"))});
      for (std::size_t k = 0; k < steps.size(); ++k)
        rows.back().push_back(with_error(each.at("means").at(k), each.at("standard_errors").at(k)));
    }
    out << format_table({"observable", "mean, step → 0", "at " + number(steps.at(0), "%.3g"),
                         "at " + number(steps.at(1), "%.3g"), "at " + number(steps.at(2), "%.3g")},
                        rows, unicode);
    rows.clear();
  }
  for (const auto& [name, each] : accuracy.at("observables").items()) {
    rows.push_back({name, with_error(each.at("bias"), each.at("bias_standard_error")),
                    number(each.at("standard_error"), "%.1e"), number(each.at("allowed"), "%.1e"),
                    yes_or_no(each, "reached")});
  }
  out << format_table({"observable", accuracy.contains("extrapolation") ? "remaining step bias" : "measured step bias",
                       "standard error", "allowed", "|bias| + 2 s.e. within"},
                      rows, unicode);
}

void law_table(const Json& s, bool unicode, std::ostream& out) {
  std::vector<std::vector<std::string>> rows;
  const bool equivalence = !s.at("laws").empty() && s.at("laws").at(0).contains("equivalence");
  for (const Json& law : s.at("laws")) {
    std::vector<std::string> row = {law.at("observable"),
                                    law.at("name"),
                                    number(law.at("mean"), "%.6f"),
                                    number(law.at("mean_z"), "%+.1f"),
                                    number(law.at("ks"), "%.2e"),
                                    number(law.at("ks_critical"), "%.1e"),
                                    number(law.at("p_value"), "%.3g"),
                                    optional_number(law, "p_adjusted", "%.3g"),
                                    optional_number(law, "ks_bound", "%.1e"),
                                    number(law.at("wasserstein1"), "%.1e"),
                                    number(law.at("kl"), "%.1e"),
                                    law.at("verdict")};
    if (equivalence) row.push_back(yes_or_no(law, "equivalent"));
    if (law.contains("attribution")) row.push_back(law.at("attribution"));
    rows.push_back(row);
  }
  if (rows.empty()) return;
  std::vector<std::string> header = {"observable", "law",      "law mean", "z",  "KS", "critical",
                                     "p",          "adjusted", "bound",    "W1", "KL", "verdict"};
  if (equivalence) header.push_back("within " + number(s.at("laws").at(0).at("equivalence"), "%.3g"));
  if (s.at("laws").at(0).contains("attribution")) header.push_back("mismatch from");
  out << format_table(header, rows, unicode);
}

void plots(const Json& s, const PlotStyle& style, std::ostream& out) {
  int shown = 0;
  for (const auto& [name, o] : s.at("observables").items()) {
    std::vector<LawCurve> curves;
    for (const Json& law : s.at("laws")) {
      if (law.at("observable") != name || law.at("verdict") == "no law") continue;
      curves.push_back({law.at("name"), law.at("density").get<std::vector<double>>()});
      if (curves.back().density.size() != o.at("histogram").at("counts").size())
        throw IoError("a law's density needs one number a bin");
    }
    if (curves.empty() && shown > 0) continue;
    if (++shown > 4) break;
    const auto edges = o.at("histogram").at("edges").get<std::vector<double>>();
    const auto counts = o.at("histogram").at("counts").get<std::vector<double>>();
    const double total = std::max(1.0, o.at("count").get<double>());
    std::vector<double> density(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) density[i] = counts[i] / (total * (edges[i + 1] - edges[i]));
    out << "\ndensity of " << name << "\n" << density_bars(edges, density, curves, style);
  }
}

}  // namespace

void present(const Json& summary, std::ostream& out, bool with_plots) {
  const PlotStyle style = PlotStyle::of(out);
  conclude(summary, out);
  headline(summary, out);
  if (summary.contains("data")) {
    for (const auto& line : data_lines(summary.at("data"), summary.value("spec_directory", ""))) out << line << "\n";
  }
  for (const Json& note : summary.at("notes")) out << "note: " << note.get<std::string>() << "\n";
  collapsed(summary, out);
  out << "\n";
  observable_table(summary, style.unicode, out);
  out << "\n";
  if (summary.contains("accuracy")) {
    accuracy_table(summary, style.unicode, out);
    out << "\n";
  }
  law_table(summary, style.unicode, out);
  if (with_plots) plots(summary, style, out);
}

}  // namespace orbitwalk
