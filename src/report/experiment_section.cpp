// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "report/sections.hpp"
#include "spec/spec_text.hpp"

namespace orbitwalk {
namespace {

using Rows = std::vector<std::vector<Cell>>;

void claims(Page& page, const std::vector<Claim>& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Claims");
  const bool details = std::any_of(list.begin(), list.end(), [](const Claim& each) { return !each.detail.empty(); });
  Rows rows;
  for (const Claim& each : list) {
    const Cell verdict = !each.holds   ? Cell("not decided", "open")
                         : *each.holds ? Cell("holds", "good")
                                       : Cell("does not hold", "bad");
    rows.push_back({each.claim, each.measured, verdict});
    if (details) rows.back().push_back(each.detail);
  }
  std::vector<std::string> header = {"claim", "measured", "verdict"};
  if (details) header.push_back("detail");
  page.table("", header, rows);
}

void left_out(Page& page, const std::vector<LeftOut>& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Claims that do not apply");
  Rows rows;
  for (const LeftOut& each : list) rows.push_back({each.claim, each.reason});
  page.table("", {"claim", "reason"}, rows);
}

void tables(Page& page, const std::vector<FindingsTable>& list, int level) {
  if (list.empty()) return;
  page.heading(level, "Tables");
  for (const FindingsTable& each : list) {
    Rows rows;
    for (const auto& row : each.rows) rows.emplace_back(row.begin(), row.end());
    page.table(each.title, each.columns, rows, each.note);
  }
}

}  // namespace

void experiment_section(Page& page, const ExperimentRecord& experiment, int level) {
  const Findings& findings = experiment.findings;
  if (const std::string words = claims_in_words(findings.claims); !words.empty()) page.paragraph(words, "conclusion");
  for (const std::string& paragraph : findings.text) page.paragraph(paragraph);
  if (!experiment.reduced.empty()) page.paragraph("Reduced: " + experiment.reduced, "note");
  claims(page, findings.claims, level);
  left_out(page, findings.left_out, level);
  tables(page, findings.tables, level);
  if (!findings.charts.empty()) page.heading(level, "Charts");
  for (Chart chart : findings.charts) {
    chart.name = experiment.name + "-" + chart.name;
    page.figure(std::move(chart));
  }
  if (experiment.provenance.empty()) return;
  page.heading(level, "Provenance");
  page.code(spec_as_toml(experiment.provenance));
}

}  // namespace orbitwalk
