// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "compare/distances.hpp"
#include "compare/statistics.hpp"
#include "laws/no_law.hpp"
#include "orbitwalk/error.hpp"
#include "results/summary.hpp"
#include "run/ensemble.hpp"
#include "run/read/experiment.hpp"
#include "run/session.hpp"
#include "studies/atlas/atlas.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

void check_keys(const Json& table, const std::vector<std::string>& known, const std::string& where) {
  if (!table.is_object()) throw SpecError(where + ": expected a table");
  for (const auto& [key, value] : table.items()) {
    if (!std::count(known.begin(), known.end(), key))
      throw SpecError(where + ": unknown key \"" + key + "\"" + suggestion(key, known, "keys"));
  }
}

std::vector<std::string> strings(const Json& table, const std::string& key, const std::string& where) {
  std::vector<std::string> result;
  if (!table.contains(key)) return result;
  const Json& list = table.at(key);
  if (!list.is_array()) throw SpecError(where + ": " + key + " must be a list of words");
  for (const Json& entry : list) {
    if (!entry.is_string()) throw SpecError(where + ": " + key + " must be a list of words");
    result.push_back(entry.get<std::string>());
  }
  return result;
}

// b over a, table by table.
Json merged(Json a, const Json& b) {
  if (!b.is_object() || !a.is_object()) return b;
  for (const auto& [key, value] : b.items()) a[key] = a.contains(key) ? merged(a[key], value) : value;
  return a;
}

const Json& part(const Json& table, const std::string& key) {
  static const Json empty = Json::object();
  return table.contains(key) ? table.at(key) : empty;
}

// The run spec of a cell: the row's parts under those of the cell.
Json cell_spec(const Json& atlas, const Json& row, const Json& cell, const AtlasOptions& options) {
  Json spec = {{"model", merged(part(row, "model"), part(cell, "model"))}};
  if (row.contains("data")) spec["data"] = row.at("data");
  spec["dynamics"] = merged(part(row, "dynamics"), part(cell, "dynamics"));
  spec["ensemble"] = merged(merged(part(atlas, "ensemble"), part(row, "ensemble")), part(cell, "ensemble"));
  if (options.particles) spec["ensemble"]["particles"] = *options.particles;
  if (options.seed) spec["ensemble"]["seed"] = *options.seed;
  spec["observe"] = {{"histogram", cell.contains("observe")  ? cell.at("observe")
                                   : row.contains("observe") ? row.at("observe")
                                                             : Json::array()},
                     {"quantiles", false}};
  Json compare = {{"laws", Json::array()}};
  const Json& window = cell.contains("window") ? cell.at("window") : part(row, "window");
  if (!window.empty()) compare["window"] = window;
  spec["compare"] = compare;
  return spec;
}

// Temperature at which Gibbs-type laws are held against SGD: the intensity of its noise along the balanced set where U
// is least,
//   T = η/(2B) Σ(z*) z'(s*)².
std::optional<double> effective_temperature(const Experiment& experiment) {
  const Plan& plan = experiment.problem.plan;
  for (const auto& name : experiment.problem.names) {
    const auto invariant = experiment.problem.model.invariant(name);
    if (!invariant || !invariant->quotient.sampled) continue;
    const Quotient& q = invariant->quotient;
    double best = 0, least = HUGE_VAL;
    for (int i = 1; i <= 20000; ++i) {
      const double z = std::max(q.lower, -10.0) + 1e-3 * i,
                   u = q.loss(z) + (q.decay_on_slice ? q.decay_on_slice(z) : 0);
      if (u < least) least = u, best = z;
    }
    const double noise = q.sampled->variance(best) + plan.label_noise * plan.label_noise * q.sampled->label;
    return plan.step / (2.0 * plan.batch) * noise * q.sampled->speed(best);
  }
  return {};
}

void judge(AtlasCell& cell, Experiment& experiment, const std::vector<std::string>& laws,
           const std::vector<std::string>& holds) {
  for (const auto& name : laws) {
    for (const auto& result : cell.observables) {
      if (!experiment.problem.model.invariant(result.name)) continue;
      AtlasVerdict verdict;
      verdict.law = name;
      verdict.observable = result.name;
      verdict.holds_in_theory = std::count(holds.begin(), holds.end(), name) > 0;
      try {
        Experiment one = experiment;
        one.compare.laws = {name};
        const auto predicted = predict_laws(one);
        const auto law =
            std::find_if(predicted.begin(), predicted.end(), [&](const Law& l) { return l.observable == result.name; });
        if (law == predicted.end()) continue;
        if (!law->exists()) throw NoLaw(law->reason);
        verdict.comparison = compare(result, *law, CompareOptions{});
      } catch (const SpecError& error) {
        verdict.exists = false;
        verdict.reason = error.what();
      } catch (const NumericalError& error) {
        verdict.exists = false;
        verdict.reason = error.what();
      }
      cell.verdicts.push_back(std::move(verdict));
    }
  }
}

// A cell may be held against another cell of its row, as "cell:NOISE": a two-sample comparison on the same edges.
void judge_against(AtlasCell& cell, const AtlasCell& other, bool holds) {
  for (const auto& result : cell.observables) {
    for (const auto& theirs : other.observables) {
      if (theirs.name != result.name || theirs.histogram.edges != result.histogram.edges) continue;
      AtlasVerdict verdict;
      verdict.law = "cell:" + other.noise;
      verdict.observable = result.name;
      verdict.holds_in_theory = holds;
      LawComparison& c = verdict.comparison;
      const double a = result.effective_sample_size, b = theirs.effective_sample_size;
      c.name = verdict.law;
      c.observable = result.name;
      c.mean = theirs.mean;
      c.variance = theirs.variance;
      c.ks = ks_distance(result.histogram, theirs.histogram);
      c.effective_sample_size = a * b / (a + b);
      c.lost_share = std::min(1.0, result.lost_share + theirs.lost_share);
      c.p_value = c.p_adjusted = ks_p_value(std::max(0.0, c.ks - c.lost_share), c.effective_sample_size);
      c.confidence = CompareOptions{}.confidence;
      c.ks_bound =
          std::min(1.0, c.ks + normal_quantile(c.confidence) / (2 * std::sqrt(c.effective_sample_size)) + c.lost_share);
      c.significance = CompareOptions{}.significance;
      c.sample_mean = result.mean;
      c.mean_standard_error = std::hypot(result.standard_error, theirs.standard_error);
      c.mean_z = (result.mean - theirs.mean) / c.mean_standard_error;
      c.verdict = c.p_value < c.significance ? "rejected" : "accepted";
      if (c.verdict == "accepted" && c.lost_share > 1 / (2 * std::sqrt(c.effective_sample_size)))
        c.verdict = "inconclusive";
      cell.verdicts.push_back(std::move(verdict));
    }
  }
}

void run_cell(AtlasCell& cell, Experiment& experiment, Session& session, Atlas& atlas) {
  session.find_ranges(experiment, Json());
  const Problem& problem = experiment.problem;
  const Simulation simulation = session.run({}, problem);
  const Tally& tally = simulation.tally;
  atlas.device = simulation.device;
  atlas.threads = simulation.workers;
  cell.seconds = simulation.seconds;
  cell.particles = problem.plan.particles;
  cell.steps = problem.plan.end();
  if (tally.counters.proposals > 0)
    cell.accept_rate = double(tally.counters.accepted) / double(tally.counters.proposals);
  cell.observables = reduce(problem, tally);
  const Evidence evidence = gather_evidence(problem, tally, cell.observables);
  cell.diverged = evidence.lost;
  cell.notes = evidence.notes;
}

}  // namespace

Atlas run_atlas(const Spec& declaration, const AtlasOptions& options) {
  const Json tree = to_json(declaration);
  const std::string file = declaration.name();
  check_keys(tree, {"atlas", "row"}, file);
  const Json& head = part(tree, "atlas");
  check_keys(head, {"title", "noises", "laws", "ensemble"}, file + ": [atlas]");
  Atlas atlas;
  atlas.title = head.value("title", "Atlas");
  atlas.source = file;
  atlas.noises = strings(head, "noises", file + ": [atlas]");
  if (atlas.noises.empty()) throw SpecError(file + ": [atlas] noises: expected the names of the columns");
  const Json rows = tree.contains("row") ? tree.at("row") : Json::array();
  if (!rows.is_array() || rows.empty()) throw SpecError(file + ": expected at least one [[row]]");

  // Everything is read, and refused, before anything is run.
  struct Work {
    std::size_t row, cell;
    Experiment experiment;
    std::vector<std::string> laws, holds;
  };
  std::vector<Work> work;
  std::vector<std::string> titles;
  for (const Json& row : rows) {
    const std::string title = row.is_object() ? row.value("title", "") : "", where = file + ": row \"" + title + "\"";
    check_keys(row, {"title", "symmetry", "model", "data", "dynamics", "ensemble", "observe", "window", "laws", "cell"},
               where);
    titles.push_back(title);
    if (!options.only.empty() && !std::count(options.only.begin(), options.only.end(), title)) continue;
    AtlasRow entry{title, row.value("symmetry", ""), {}};
    const Json& cells = part(row, "cell");
    for (const auto& [noise, cell] : cells.items()) {
      if (!std::count(atlas.noises.begin(), atlas.noises.end(), noise))
        throw SpecError(where + ": unknown noise \"" + noise + "\"" + suggestion(noise, atlas.noises, "noises"));
      check_keys(cell, {"model", "dynamics", "ensemble", "observe", "window", "laws", "holds", "absent"},
                 where + ", cell " + noise);
    }
    for (const auto& noise : atlas.noises) {
      AtlasCell result;
      result.noise = noise;
      if (!cells.contains(noise)) {
        result.absent = "not declared";
      } else if (cells.at(noise).contains("absent")) {
        result.absent = cells.at(noise).at("absent").get<std::string>();
      } else {
        const Json& cell = cells.at(noise);
        const Spec spec =
            spec_from_json(cell_spec(head, row, cell, options), where + ", cell " + noise, declaration.directory());
        Experiment experiment = read_experiment(spec);
        result.spec = to_json(spec).dump();
        atlas.seed = experiment.problem.plan.seed;
        if (experiment.has_temperature) result.temperature = experiment.noise.temperature();
        else result.temperature = effective_temperature(experiment);
        if (!experiment.has_temperature && result.temperature)
          experiment.noise.horizontal = experiment.noise.vertical = std::sqrt(*result.temperature);
        auto laws = strings(cell.contains("laws") ? cell : row.contains("laws") ? row : head, "laws", where);
        work.push_back({atlas.rows.size(), entry.cells.size(), std::move(experiment), std::move(laws),
                        strings(cell, "holds", where)});
      }
      entry.cells.push_back(std::move(result));
    }
    atlas.rows.push_back(std::move(entry));
  }
  for (const auto& title : options.only) {
    if (!std::count(titles.begin(), titles.end(), title))
      throw SpecError("--only: no row \"" + title + "\"" + suggestion(title, titles, "rows"));
  }

  const auto begin = std::chrono::steady_clock::now();
  RunOptions run = options.run;
  run.progress = nullptr;
  Session session(run);
  for (std::size_t i = 0; i < work.size(); ++i) {
    Work& w = work[i];
    AtlasRow& row = atlas.rows[w.row];
    AtlasCell& cell = row.cells[w.cell];
    if (options.progress) options.progress(row.title + ", " + cell.noise, i, work.size());
    try {
      run_cell(cell, w.experiment, session, atlas);
    } catch (const Interrupted&) {
      throw Interrupted("interrupted; nothing is kept of an unfinished atlas");
    }
    std::vector<std::string> laws, others;
    for (const auto& law : w.laws) (law.rfind("cell:", 0) == 0 ? others : laws).push_back(law);
    judge(cell, w.experiment, laws, w.holds);
    for (const auto& other : others) {
      for (const AtlasCell& there : row.cells) {
        if ("cell:" + there.noise == other && !there.observables.empty() && there.noise != cell.noise) {
          judge_against(cell, there, std::count(w.holds.begin(), w.holds.end(), other) > 0);
        }
      }
    }
  }
  atlas.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return atlas;
}

}  // namespace orbitwalk
