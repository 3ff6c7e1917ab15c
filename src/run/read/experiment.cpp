// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/read/experiment.hpp"

#include <algorithm>
#include <cmath>

#include "dynamics/registry.hpp"
#include "laws/registry.hpp"
#include "models/catalog.hpp"
#include "orbitwalk/error.hpp"
#include "run/problem.hpp"
#include "run/read/read_dynamics.hpp"
#include "run/read/read_start.hpp"
#include "run/seeds.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

constexpr int batch_count = 64;

void read_ensemble(const Section& ensemble, Experiment& experiment) {
  Problem& problem = experiment.problem;
  Plan& plan = problem.plan;
  plan.particles = std::uint64_t(ensemble.integer("particles", between(1, 1e12)));
  plan.burn_in = std::uint64_t(ensemble.integer("burn_in", 1000, between(0, 1e12)));
  plan.steps = std::uint64_t(ensemble.integer("steps", 1000, between(1, 1e12)));
  std::int64_t every = std::min<std::int64_t>(50, std::int64_t(plan.steps));
  while (std::int64_t(plan.steps) % every != 0) --every;
  plan.every = std::uint64_t(ensemble.integer("every", every, between(1, 1e12)));
  if (plan.steps % plan.every != 0)
    ensemble.fail("every", "expected a divisor of steps = " + std::to_string(plan.steps));
  plan.seed = std::uint64_t(ensemble.integer("seed", 1, between(0, 9.2e18)));
  const std::string precision = ensemble.choice("precision", {"float", "double", "mixed"}, "float");
  plan.precision = precision == "double"  ? Precision::float64
                   : precision == "mixed" ? Precision::mixed
                                          : Precision::float32;
  problem.initial = problem.model.initial;
  if (const auto init = ensemble.optional_section("init")) problem.initial = read_start(*init, problem.model);
  // A common start of each batch makes nested R-hat see a start that is not forgotten; SGD ensembles ask about seeds.
  plan.shared_start = ensemble.boolean("shared_start", !noise_of(plan).from_samples);
  plan.instance_seed = problem.model.instance_seed;
  plan.shared_instance = problem.model.shared_instance;
  experiment.allowed_diverged = ensemble.number("allowed_diverged", 0.0, between(0, 1));
  plan.batches = static_cast<int>(std::min<std::uint64_t>(batch_count, problem.blocks()));
}

// [observe] series: which of the observed quantities, and at which times.
void read_series(const Section& observe, Problem& problem) {
  const auto series = observe.optional_section("series");
  if (!series) return;
  problem.plan.series = true;
  if (series->choice("spacing", {"logarithmic", "linear"}, "logarithmic") == "linear") {
    const auto end = std::int64_t(problem.plan.end());
    problem.plan.series_every =
        std::uint64_t(series->integer("every", std::max<std::int64_t>(1, end / 100), between(1, double(end))));
  } else if (series->has("every")) {
    series->fail("every", "has no meaning with spacing = \"logarithmic\", which has 8 times in each doubling");
  }
  for (const auto& name : series->strings("of", problem.names)) {
    const auto at = std::find(problem.names.begin(), problem.names.end(), name);
    if (at == problem.names.end())
      series->fail("of", "\"" + name + "\" is not observed: it has no histogram" +
                             suggestion(name, problem.names, "observed quantities"));
    ObservedSpec& spec = problem.observed[std::size_t(at - problem.names.begin())];
    if (spec.series_row < 0) spec.series_row = problem.plan.series_rows++;
  }
}

void read_observe(const Section& observe, Experiment& experiment) {
  Problem& problem = experiment.problem;
  const auto& known = problem.model.observables;
  const auto add = [&](const std::string& name, int bins, const std::optional<std::pair<double, double>>& range) {
    const auto at = std::find(known.begin(), known.end(), name);
    problem.names.push_back(name);
    problem.observed.emplace_back();
    problem.observed.back().index = static_cast<int>(at - known.begin());
    problem.edges.emplace_back();
    experiment.needs_range.push_back(!range);
    set_range(problem, problem.names.size() - 1, bins, range ? range->first : 0, range ? range->second : 1);
  };
  problem.quantiles = observe.boolean("quantiles", problem.plan.particles <= 20'000'000);
  for (const Section& entry : observe.tables("histogram")) {
    std::vector<std::string> names = known;
    for (const auto& [absent, why] : problem.model.absent) names.push_back(absent);
    const std::string name = entry.choice("of", names);
    for (const auto& [absent, why] : problem.model.absent) {
      if (name == absent) entry.fail("of", "\"" + absent + "\" " + why);
    }
    if (std::count(problem.names.begin(), problem.names.end(), name))
      entry.fail("of", "\"" + name + "\" is observed twice");
    const int bins = static_cast<int>(entry.integer("bins", 200, between(1, 1'000'000)));
    std::optional<std::pair<double, double>> range;
    if (entry.has("range")) {
      range = entry.range("range");
      const double width = (range->second - range->first) / bins,
                   reach = std::max(std::abs(range->first), std::abs(range->second));
      if (!std::isfinite(width) || !(width > 1e-15 * reach)) {
        entry.fail("range", "is too " + std::string(std::isfinite(width) ? "narrow" : "wide") + " for " +
                                std::to_string(bins) + " bins in double precision");
      }
    }
    add(name, bins, range);
  }
  if (!problem.names.empty()) return;
  for (const auto& name : known) {
    if (problem.model.invariant(name)) add(name, 200, {});
  }
  if (problem.names.empty()) add(known.front(), 200, {});
}

bool is_law_of_sgd(const LawInfo& law, const std::string& model) {
  return !law.of_sgd.empty() && (law.only_model.empty() || law.only_model == model);
}

/// "\"a\" (least squares) and \"b\" (...)".
std::string laws_of_sgd() {
  std::string text;
  for (const LawInfo& law : law_registry()) {
    if (law.of_sgd.empty()) continue;
    const std::string of = law.of_sgd + (law.only_model.empty() ? "" : ", model " + law.only_model);
    text += (text.empty() ? "" : " and ") + ("\"" + law.name + "\" (" + of + ")");
  }
  return text;
}

void read_compare(const Section& compare, Experiment& experiment) {
  CompareSettings& settings = experiment.compare;
  bool any_invariant = false;
  bool has_quotient_law = false;  // of every observed quantity with an invariant
  for (const auto& name : experiment.problem.names) {
    const auto invariant = experiment.problem.model.invariant(name);
    if (!invariant) continue;
    const bool exists = invariant->quotient.symmetry == Symmetry::compact ||
                        (invariant->quotient.weight_decay > 0 && experiment.noise.isotropic() &&
                         !std::isnan(invariant->quotient.bessel_power));
    has_quotient_law = exists && (has_quotient_law || !any_invariant);
    any_invariant = true;
  }
  std::vector<std::string> fallback;
  for (const LawInfo& info : law_registry()) {
    if (experiment.has_temperature && has_quotient_law && info.by_default && info.by_default(experiment.noise))
      fallback.push_back(info.name);
  }
  settings.laws = compare.strings("laws", fallback);
  settings.expect = compare.strings("expect", std::vector<std::string>{});
  std::vector<std::string> names;
  for (const auto& info : law_registry()) names.push_back(info.name);
  for (const char* key : {"laws", "expect"}) {
    for (const auto& law : key == std::string("laws") ? settings.laws : settings.expect) {
      const std::string base = law.substr(0, law.find(':'));
      if (std::count(names.begin(), names.end(), law) ||
          (std::count(names.begin(), names.end(), base) && law_info(base).takes_gauge))
        continue;
      const std::string near = nearest_name(law, names);
      compare.fail(key, "unknown law \"" + law + "\"" +
                            (near.empty() ? "; see `orbitwalk laws`" : "; did you mean \"" + near + "\"?"));
    }
  }
  for (std::size_t i = 0; i < settings.laws.size(); ++i) {
    if (std::count(settings.laws.begin(), settings.laws.begin() + i, settings.laws[i])) {
      compare.fail("laws", "\"" + settings.laws[i] + "\" is named twice");
    }
  }
  for (const auto& law : settings.expect) {
    if (!std::count(settings.laws.begin(), settings.laws.end(), law)) {
      compare.fail("expect", "\"" + law + "\" is not among laws, so it is never compared");
    }
  }
  const NoiseTraits& noise = noise_of(experiment.problem.plan);
  if (!settings.laws.empty() && !experiment.has_temperature && !noise.from_samples) {
    compare.fail("laws", std::string(noise.name) + " noise has no temperature, and no law is known for it");
  }
  for (const auto& law : settings.laws) {
    if (!experiment.has_temperature && !is_law_of_sgd(law_info(law), experiment.problem.model.name))
      compare.fail("laws", "sgd has no temperature; its laws are " + laws_of_sgd());
  }
  if (!settings.laws.empty() && !any_invariant) {
    compare.fail("laws", "no observed quantity of this model and loss has a known law");
  }
  settings.options.significance = compare.number("significance", 1e-3, strictly_between(0, 1));
  settings.options.confidence = compare.number("confidence", 0.95, strictly_between(0, 1));
  settings.options.equivalence = compare.optional_number("equivalence", strictly_between(0, 1));
  if (const auto window = compare.optional_section("window")) {
    for (const auto& name : window->keys()) {
      const auto& observed = experiment.problem.names;
      if (!std::count(observed.begin(), observed.end(), name)) window->fail(name, "is not observed");
      const auto [low, high] = window->range(name);
      const auto& edges =
          experiment.problem.edges[std::find(observed.begin(), observed.end(), name) - observed.begin()];
      for (const double end : {low, high}) {
        const bool on_edge = std::any_of(edges.begin(), edges.end(), [&](double e) {
          return std::abs(e - end) <= 1e-9 * (edges.back() - edges.front());
        });
        if (!on_edge)
          window->fail(name, "its ends must be edges of the histogram's bins, so that the sample can be cut there");
      }
      settings.windows[name] = {low, high};
    }
  }
  if (const auto bias = compare.optional_section("step_bias")) {
    settings.step_bias = true;
    settings.step_factor = bias->number("factor", 0.5, between(1.0 / 64, 64));
    if (settings.step_factor == 1) bias->fail("factor", "expected a number other than 1");
    at_step_factor(experiment.problem, settings.step_factor);
  }
  if (const auto shell = compare.optional_section("shell_extrapolation")) {
    if (!(experiment.problem.plan.shell_width > 0))
      compare.fail("shell_extrapolation", "needs [dynamics] shell = { width = ... }, of which it takes a second one");
    ShellExtrapolation& extrapolation = settings.shell_extrapolation.emplace();
    extrapolation.factor = shell->number("factor", 2.0, between(1.0 / 8, 8));
    if (extrapolation.factor == 1) shell->fail("factor", "expected a number other than 1");
    extrapolation.order = shell->number("order", 2.0, between(0.25, 8));
  }
}

}  // namespace

Experiment read_experiment(const Spec& spec) {
  Experiment experiment;
  const Section root = root_section(spec);
  const std::vector<std::string> sections = {"model", "data", "dynamics", "ensemble", "observe", "compare"};
  for (const auto& key : root.keys()) {
    if (!std::count(sections.begin(), sections.end(), key))
      root.fail(key, "is not a section of a run spec" + suggestion(key, sections, "sections"));
  }
  experiment.problem.model = describe_model(root.section("model"), DataSource(root.optional_section("data")));
  experiment.notes = experiment.problem.model.notes;
  if (root.optional_section("data") && experiment.problem.model.samples == 0) {
    root.fail("data", "model " + experiment.problem.model.name + " takes no data");
  }
  read_dynamics(root.section("dynamics"), experiment);
  read_ensemble(root.section("ensemble"), experiment);
  check_precision(root.section("dynamics"), experiment);
  read_observe(root.section("observe"), experiment);
  read_series(root.section("observe"), experiment.problem);
  read_compare(root.section("compare"), experiment);
  check_all_used(spec);
  experiment.data = files_read(spec);
  return experiment;
}

// A second run has a seed of its own: the two are to be independent.
Problem at_shell_factor(const Problem& problem, double factor) {
  Problem other = problem;
  other.plan.shell_width = problem.plan.shell_width * factor;
  other.plan.seed = seed_beside(problem.plan.seed, RunBeside::second_shell);
  return other;
}

Problem at_step_factor(const Problem& problem, double factor) {
  Problem other = problem;
  other.plan.step = problem.plan.step * factor;
  other.plan.seed = seed_beside(problem.plan.seed, RunBeside::second_step);
  const auto scaled = [&](std::uint64_t steps) {
    const double value = double(steps) / factor;
    if (value != std::floor(value)) {
      throw SpecError("[compare] step_bias: burn_in, steps and every must be multiples of factor " +
                      std::to_string(factor));
    }
    return std::uint64_t(value);
  };
  other.plan.burn_in = scaled(problem.plan.burn_in);
  other.plan.steps = scaled(problem.plan.steps);
  other.plan.every = scaled(problem.plan.every);
  return other;
}

}  // namespace orbitwalk
