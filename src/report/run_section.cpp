// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/error.hpp"
#include "report/run_charts.hpp"
#include "report/sections.hpp"
#include "results/data_record.hpp"
#include "results/figures.hpp"
#include "results/summary.hpp"
#include "support/json.hpp"
#include "support/terminal.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<Cell>>;

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : json.dump(); }

std::string short_or_dash(const Json& json) { return json.is_null() ? "-" : short_number(json.get<double>()); }

Cell answer_cell(const Json& table, const char* key) {
  const std::string answer = yes_or_no(table, key);
  return {answer, answer == "yes" ? "good" : answer == "no" ? "bad" : ""};
}

Cell stationary_cell(const Json& entry) {
  const std::string answer = stationary_in_words(entry);
  return {answer, answer == "yes" ? "good" : answer == "no" ? "bad" : "open"};
}

std::string diverged_text(const Json& s) {
  const Json& diverged = s.at("diverged");
  if (diverged.at("count").get<std::uint64_t>() == 0) return "none";
  return diverged.at("count").dump() + " of " + s.at("particles").dump() + ", the first at step " +
         diverged.at("first_step").dump();
}

void laws(Page& page, const Json& s) {
  Rows rows;
  bool attributed = false, equivalence = false;
  for (const Json& law : s.at("laws")) {
    attributed |= law.contains("attribution");
    equivalence |= law.contains("equivalence");
  }
  for (const Json& law : s.at("laws")) {
    std::vector<Cell> row = {law.at("observable").get<std::string>(),
                             law.at("name").get<std::string>(),
                             verdict_cell(law.at("verdict").get<std::string>()),
                             number(law.at("mean"), "%.6g"),
                             optional_number(law, "mean_z", "%+.1f"),
                             number(law.at("ks"), "%.2e"),
                             optional_number(law, "ks_critical", "%.1e"),
                             number(law.at("p_value"), "%.3g"),
                             optional_number(law, "p_adjusted", "%.3g"),
                             optional_number(law, "ks_bound", "%.1e"),
                             number(law.at("wasserstein1"), "%.1e"),
                             number(law.at("kl"), "%.1e")};
    if (equivalence) row.push_back(answer_cell(law, "equivalent"));
    if (attributed) row.push_back(law.value("attribution", ""));
    rows.push_back(row);
  }
  if (rows.empty()) return;
  std::vector<std::string> header = {"observable", "law", "verdict",  "law mean", "z",  "KS",
                                     "critical",   "p",   "adjusted", "bound",    "W1", "KL"};
  if (equivalence) header.push_back("equivalent");
  if (attributed) header.push_back("mismatch from");
  page.table("Laws", header, rows,
             "z: distance of the means in standard errors. KS: Kolmogorov-Smirnov distance, critical the one that is "
             "too large by itself. Adjusted: the "
             "p-value that decides. Bound: the largest deviation that the data still allow. W1: Wasserstein-1 "
             "distance. KL: Kullback-Leibler divergence.");
}

void observables(Page& page, const Json& s) {
  Rows rows, tests;
  for (const auto& [name, o] : s.at("observables").items()) {
    const Json& st = s.at("stationarity").at(name);
    std::vector<Cell> row = {name,
                             with_error(o.at("mean"), o.at("standard_error")),
                             with_error(o.at("variance"), o.at("variance_standard_error")),
                             number(o.at("minimum"), "%.4g"),
                             number(o.at("maximum"), "%.4g"),
                             short_or_dash(o.at("effective_sample_size")),
                             o.at("under").dump(),
                             o.at("over").dump()};
    if (s.contains("shell_extrapolation")) {
      const Json& limit = s.at("shell_extrapolation").at("observables").at(name).at("extrapolated");
      row.push_back(with_error(limit.at("mean"), limit.at("standard_error")));
    }
    rows.push_back(row);
    tests.push_back({name, stationary_cell(st), number(st.at("nested_rhat"), "%.4f"),
                     optional_number(st, "nested_rhat_critical", "%.4f"), number(st.at("drift_ks"), "%.1e"),
                     optional_number(st, "drift_p", "%.2g")});
  }
  std::vector<std::string> header = {"observable", "mean ± s.e.",  "variance ± s.e.", "least",
                                     "largest",    "eff. samples", "below",           "above"};
  if (s.contains("shell_extrapolation")) header.push_back("mean, shell → 0");
  page.table("Observables", header, rows, "s.e.: standard error. Below, above: observations outside the histogram.");
  page.table("Stationarity", {"observable", "stationary", "nested R-hat", "critical", "drift KS", "drift p"}, tests);
  for (const auto& sentence : stationarity_reasons(s.at("stationarity"))) page.paragraph(sentence + ".");
  if (!s.contains("step_bias")) return;
  Rows biases;
  for (const auto& [name, b] : s.at("step_bias").items()) {
    biases.push_back({name, with_error(b.at("mean"), b.at("standard_error")),
                      b.contains("variance") ? with_error(b.at("variance"), b.at("variance_standard_error")) : "-",
                      optional_number(b, "factor"), optional_number(b, "order"),
                      optional_number(b, "two_step_ks", "%.1e"), answer_cell(b, "significant")});
    biases.back().back().kind.clear();  // a bias that is seen is no fault
  }
  page.table("Step bias",
             {"observable", "of the mean ± s.e.", "of the variance ± s.e.", "step factor", "order",
              "KS of the two runs", "significant"},
             biases);
}

void accuracy(Page& page, const Json& s) {
  if (!s.contains("accuracy")) return;
  const bool extrapolated = s.at("accuracy").contains("extrapolation");
  if (extrapolated) {
    Rows means;
    for (const auto& [name, each] : s.at("accuracy").at("extrapolation").at("observables").items()) {
      means.push_back({name, with_error(each.at("mean"), each.at("standard_error")),
                       with_error(each.at("means").at(0), each.at("standard_errors").at(0))});
    }
    page.table("Means extrapolated to a step of 0", {"observable", "extrapolated", "at the step of the run"}, means);
  }
  Rows rows;
  for (const auto& [name, each] : s.at("accuracy").at("observables").items()) {
    rows.push_back({name, with_error(each.at("bias"), each.at("bias_standard_error")),
                    number(each.at("standard_error"), "%.1e"), number(each.at("allowed"), "%.1e"),
                    answer_cell(each, "reached")});
  }
  page.table("Accuracy " + number(s.at("accuracy").at("asked"), "%.3g") + " of a standard deviation",
             {"observable", extrapolated ? "remaining step bias" : "measured step bias", "standard error", "allowed",
              "|bias| + 2 s.e. within"},
             rows);
}

void provenance(Page& page, const ReportedRun& run, int level) {
  const Json& s = run.summary;
  page.heading(level, "Provenance");
  std::vector<std::pair<std::string, std::string>> facts = {
      {"program", text_of(s.at("program")) + " " + text_of(s.at("version"))},
      {"backend", text_of(s.at("backend"))},
      {"device", text_of(s.at("device"))},
      {"threads", s.at("threads").dump()},
      {"precision", text_of(s.at("precision"))},
      {"seed", s.at("seed").dump()},
      {"particles", s.at("particles").dump()},
      {"steps (burn-in included)", s.at("steps").dump()},
      {"wall time", number(s.at("wall_seconds"), "%.3g") + " s"},
      {"particle-steps per second", short_or_dash(s.at("particle_steps_per_second"))},
      {"diverged particles", diverged_text(s)},
      {"degenerate projections", s.at("degenerate_projections").dump()},
      {"digest of all counts", text_of(s.at("digest"))}};
  if (s.contains("metropolis")) {
    facts.emplace_back("accepted proposals",
                       number(Json(100 * s.at("metropolis").at("accept_rate").get<double>()), "%.2f") + " %");
    facts.emplace_back("proposals without a way to the slice", s.at("metropolis").at("unsolved").dump());
  }
  page.facts(facts);
  page.code(spec_text(s.at("spec")));
}

}  // namespace

ReportedRun read_run(const std::string& directory, const std::string& label) {
  const std::string path = directory + "/summary.json";
  ReportedRun run{label, directory, read_json(path)};
  try {
    results_from_summary(run.summary);  // histograms of the right shape
  } catch (const IoError& e) {
    throw IoError(path + ": " + e.what());
  } catch (const Json::exception& e) {
    throw IoError(path + ": not a summary of orbitwalk: " + e.what());
  }
  return run;
}

Cell verdict_cell(const std::string& verdict) {
  return {verdict, verdict == "accepted" ? "good" : verdict == "rejected" ? "bad" : "open"};
}

void run_section(Page& page, const ReportedRun& run, int level) try {
  const Json& s = run.summary;
  for (const Json& sentence : s.value("conclusion", Json::array()))
    page.paragraph(sentence.get<std::string>(), "conclusion");
  page.paragraph(text_of(s.at("spec").at("model").at("name")) + ", " + short_or_dash(s.at("particles")) +
                 " particles × " + short_or_dash(s.at("steps")) + " steps, seed " + s.at("seed").dump() +
                 ". Diverged particles: " + diverged_text(s) + ".");
  if (s.contains("data")) {
    for (const auto& line : data_lines(s.at("data"), s.value("spec_directory", ""))) page.paragraph("Read: " + line);
  }
  for (const Json& note : s.at("notes")) page.paragraph("Note: " + note.get<std::string>());
  page.heading(level, "Results");
  laws(page, s);
  observables(page, s);
  accuracy(page, s);
  std::vector<std::string> names;
  for (const auto& [name, o] : s.at("observables").items()) names.push_back(name);
  const auto groups = group_names(names);
  const auto part = [&](const std::string& title, const auto& charts_of) {
    bool first = true;
    for (const NameGroup& group : groups) {
      for (Chart& chart : charts_of(group)) {
        if (first) page.heading(level, title);
        first = false;
        chart.name = run.label + "-" + chart.name;
        page.figure(std::move(chart));
      }
    }
  };
  part("Densities", [&](const NameGroup& group) { return density_charts(s, group); });
  part("Development", [&](const NameGroup& group) { return series_charts(s, group); });
  part("Last values", [&](const NameGroup& group) { return last_value_charts(s, group); });
  provenance(page, run, level);
} catch (const Json::exception& e) {
  throw IoError(run.directory + "/summary.json: not a summary of orbitwalk: " + e.what());
} catch (const IoError& e) {
  throw IoError(run.directory + "/summary.json: " + e.what());
}

}  // namespace orbitwalk
