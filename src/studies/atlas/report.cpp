// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "laws/registry.hpp"
#include "orbitwalk/version.hpp"
#include "results/summary.hpp"
#include "studies/atlas/atlas.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

std::string number(double value, const char* format) { return std::isfinite(value) ? formatted(value, format) : "-"; }

// What a law leaves out, said where it is rejected under a noise.
std::string shortcoming(const std::string& law, const std::string& noise) {
  if (law == "cell:surrogate") return "batches are few and skewed; only mean and covariance agree";
  if (law == "cell:isotropic") return "isotropic noise moves along the orbits, this noise does not";
  if (law.starts_with("cell:")) return "the law is that of another noise";
  LawContext context(1, 1);
  context.gauge = gauge_of(law);
  return law_info(law).shortcoming(context, noise);
}

std::string mark(const AtlasVerdict& verdict) {
  if (!verdict.exists) return "";
  const std::string& v = verdict.comparison.verdict;
  return v == "accepted" ? "✓" : v == "rejected" ? "✗" : "?";
}

// One entry a law: holds where it is accepted for all observables, with the largest bound or distance.
struct LawInCell {
  bool exists = false, accepted = true, rejected = false, expected = false;
  double bound = 0, ks = 0;
};

std::map<std::string, LawInCell> by_law(const AtlasCell& cell, std::vector<std::string>& order) {
  std::map<std::string, LawInCell> laws;
  for (const AtlasVerdict& v : cell.verdicts) {
    if (!laws.count(v.law)) order.push_back(v.law);
    LawInCell& law = laws[v.law];
    law.expected = law.expected || v.holds_in_theory;
    if (!v.exists) continue;
    law.exists = true;
    law.accepted = law.accepted && v.comparison.verdict == "accepted";
    law.rejected = law.rejected || v.comparison.verdict == "rejected";
    if (std::isfinite(v.comparison.ks_bound)) law.bound = std::max(law.bound, v.comparison.ks_bound);
    if (std::isfinite(v.comparison.ks)) law.ks = std::max(law.ks, v.comparison.ks);
  }
  return laws;
}

std::string matrix_entry(const AtlasCell& cell) {
  if (!cell.absent.empty()) return "–";
  std::vector<std::string> order;
  const auto laws = by_law(cell, order);
  std::string text;
  for (const auto& name : order) {
    const LawInCell& law = laws.at(name);
    if (!law.exists) continue;
    char figure[24];
    std::snprintf(figure, sizeof figure, "%.1e", law.accepted ? law.bound : law.ks);
    text += (text.empty() ? "" : "<br>") +
            std::string(law.accepted   ? "✓ "
                        : law.rejected ? "✗ "
                                       : "? ") +
            name + " " + figure;
  }
  return text.empty() ? "no law" : text;
}

// Sentences for what disagrees in a cell.
std::vector<std::string> sentences(const std::string& row, const AtlasCell& cell) {
  const std::string where = "**" + row + ", " + cell.noise + "**: ";
  if (!cell.absent.empty()) return {where + "not run; " + cell.absent + "."};
  std::vector<std::string> result;
  for (const std::string& note : cell.notes) result.push_back(where + note + ".");
  for (const AtlasVerdict& v : cell.verdicts) {
    const std::string of = "`" + v.law + "` of " + v.observable;
    if (!v.exists) {
      if (v.holds_in_theory)
        result.push_back(where + "FINDING: " + of + " should hold and cannot be computed: " + v.reason + ".");
      continue;
    }
    const LawComparison& c = v.comparison;
    const std::string figures = "KS " + number(c.ks, "%.2e") + ", mean " + number(c.sample_mean, "%.5g") + " ± " +
                                number(c.mean_standard_error, "%.1g") + " against " + number(c.mean, "%.5g");
    if (c.verdict == "rejected" && v.holds_in_theory) {
      result.push_back(where + "FINDING: " + of + " should hold and is rejected (" + figures +
                       ", p = " + number(c.p_adjusted, "%.1g") + ").");
    } else if (c.verdict == "rejected") {
      result.push_back(where + of + " is rejected (" + figures + "): " + shortcoming(v.law, cell.noise) + ".");
    } else if (c.verdict == "accepted" && !v.holds_in_theory) {
      result.push_back(where + of +
                       " is accepted without being expected: it coincides with a law that holds, or differs by less "
                       "than " +
                       number(c.ks_bound, "%.1e") + " in KS.");
    }
  }
  return result;
}

std::string matrix(const Atlas& atlas) {
  std::string out = "| model | symmetry |", rule = "|---|---|";
  for (const std::string& noise : atlas.noises) {
    out += " " + noise + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (const AtlasRow& row : atlas.rows) {
    out += "| " + row.title + " | " + row.symmetry + " |";
    for (const AtlasCell& cell : row.cells) out += " " + matrix_entry(cell) + " |";
    out += "\n";
  }
  return out;
}

std::string disagreements(const Atlas& atlas) {
  std::vector<std::string> findings, differences, absent;
  for (const AtlasRow& row : atlas.rows) {
    for (const AtlasCell& cell : row.cells) {
      for (const auto& sentence : sentences(row.title, cell)) {
        (!cell.absent.empty()                            ? absent
         : sentence.find("FINDING") != std::string::npos ? findings
                                                         : differences)
            .push_back(sentence);
      }
    }
  }
  std::string out;
  const auto list = [&](const std::string& title, const std::string& none, const std::vector<std::string>& lines) {
    out += "\n## " + title + "\n\n";
    if (lines.empty()) out += none + "\n";
    for (const auto& line : lines) out += "- " + line + "\n";
  };
  list("Where theory and simulation disagree", "Nowhere: every law that should hold is accepted.", findings);
  list("Laws that do not hold, and why", "None.", differences);
  list("Cells that were not run", "None.", absent);
  return out;
}

std::string figures(const AtlasCell& cell) {
  const std::string cost =
      number(double(cell.particles) * double(cell.steps), "%.2g") + ", " + number(cell.seconds, "%.1f") + " s";
  const std::string head =
      "| " + cell.noise + " | " + (cell.temperature ? number(*cell.temperature, "%.4g") : "-") + " | ";
  std::string out;
  for (const ObservableResult& o : cell.observables) {
    if (!cell.verdicts.empty()) break;
    out += head + o.name + " | none | - | - | - | " + number(o.mean, "%.5f") + " ± " +
           number(o.standard_error, "%.1e") + " | - | " + number(o.effective_sample_size, "%.3g") + " | - | " + cost +
           " |\n";
  }
  for (const AtlasVerdict& v : cell.verdicts) {
    out += head + v.observable + " | " + v.law + " | ";
    if (!v.exists) {
      out += "- | - | - | - | - | - | no such law here | " + cost + " |\n";
      continue;
    }
    const LawComparison& c = v.comparison;
    out += number(c.ks, "%.2e") + " | " + number(c.ks_bound, "%.2e") + " | " + number(c.p_adjusted, "%.2g") + " | " +
           number(c.sample_mean, "%.5f") + " ± " + number(c.mean_standard_error, "%.1e") + " | " +
           number(c.mean, "%.5f") + " | " + number(c.effective_sample_size, "%.3g") + " | " + mark(v) +
           (v.holds_in_theory && mark(v) == "✗" ? " (!)" : "") + " | " + cost + " |\n";
  }
  return out;
}

}  // namespace

std::string atlas_markdown(const Atlas& atlas, const std::string& command) {
  std::string out = "<!-- SPDX-License-Identifier: Apache-2.0 -->\n# " + atlas.title + "\n\n";
  out += "Which law holds under which noise, for which symmetry. Made by\n\n    " + command + "\n\nwith orbitwalk " +
         version() + ", seed " + std::to_string(atlas.seed) + ", on " + atlas.device + " (" +
         std::to_string(atlas.threads) + " threads), in " + number(atlas.seconds, "%.0f") +
         " s. The data behind it is in the .json file beside it, with every run spec.\n\n"
         "✓ a law that this many samples do not contradict, with the largest KS deviation that they still allow at 95 "
         "%; ✗ a rejected one, with its KS distance; – not run.\n\n";
  out += matrix(atlas) + disagreements(atlas);
  out +=
      "\n## All figures\n\nn is the effective sample size; cost is particle-steps and seconds of the cell's "
      "ensemble.\n";
  for (const AtlasRow& row : atlas.rows) {
    out += "\n### " + row.title +
           "\n\n| noise | T | observable | law | KS | bound | p | mean ± s.e. | law's mean | n | verdict | cost "
           "|\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for (const AtlasCell& cell : row.cells) {
      if (cell.absent.empty()) out += figures(cell);
    }
  }
  return out;
}

}  // namespace orbitwalk
