// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/summary.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>

#include "orbitwalk/error.hpp"
#include "orbitwalk/version.hpp"
#include "results/conclusion.hpp"
#include "results/data_record.hpp"
#include "results/hdf5.hpp"
#include "run/at_zero.hpp"
#include "run/ensemble.hpp"
#include "run/identity.hpp"
#include "run/series.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {
using Json = nlohmann::ordered_json;

const std::vector<double> quantile_levels = {0.05, 0.25, 0.5, 0.75, 0.95};

std::string precision_name(Precision precision) {
  return precision == Precision::float64 ? "double" : precision == Precision::mixed ? "mixed" : "float";
}

Json histogram_to_json(const Histogram& h) {
  Json json;
  json["edges"] = json_numbers(h.edges);
  json["counts"] = h.counts;
  return json;
}

std::vector<double> law_density(const Law& law, const std::vector<double>& edges) {
  std::vector<double> density(edges.size() - 1);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i)
    density[i] = (law.cdf(edges[i + 1]) - law.cdf(edges[i])) / (edges[i + 1] - edges[i]);
  return density;
}

const ObservableResult& find_result(const std::vector<ObservableResult>& results, const std::string& name) {
  return *std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.name == name; });
}

// What a later comparison needs of a result, but for the histogram.
Json sample_to_json(const ObservableResult& r) {
  Json o;
  o["count"] = r.count;
  o["mean"] = json_number(r.mean);
  o["standard_error"] = json_number(r.standard_error);
  o["variance"] = json_number(r.variance);
  o["variance_standard_error"] = json_number(r.variance_standard_error);
  o["minimum"] = json_number(r.minimum);
  o["maximum"] = json_number(r.maximum);
  o["effective_sample_size"] = json_number(r.effective_sample_size);
  o["under"] = r.histogram.under;
  o["over"] = r.histogram.over;
  o["non_finite"] = r.histogram.non_finite;
  return o;
}

Json shell_to_json(const RunRecord& record) {
  const CompareSettings& settings = record.experiment.compare;
  const auto limits = samples_of(record.observables, record.at_second_shell, settings);
  Json shell = {{"width", record.experiment.problem.plan.shell_width},
                {"factor", settings.shell_extrapolation->factor},
                {"order", settings.shell_extrapolation->order}};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const ObservableResult& second = record.at_second_shell[i];
    Json& o = shell["observables"][limits[i].name] = sample_to_json(second);
    o["stationary"] = stationary_to_json(second.stationary);
    o["lost_share"] = second.lost_share;
    o["histogram"] = histogram_to_json(second.histogram);
    o["extrapolated"] = {{"mean", json_number(limits[i].mean)},
                         {"standard_error", json_number(limits[i].standard_error)},
                         {"variance", json_number(limits[i].variance)},
                         {"variance_standard_error", json_number(limits[i].variance_standard_error)},
                         {"effective_sample_size", json_number(limits[i].effective_sample_size)}};
  }
  return shell;
}

Json series_to_json(const Series& series) {
  Json json = {{"steps", series.steps},
               {"spacing", series.logarithmic ? "logarithmic" : "linear"},
               {"levels", json_numbers(series.levels)}};
  for (std::size_t o = 0; o < series.names.size(); ++o) {
    Json quantiles = Json::array(), mean = Json::array(), error = Json::array(), count = Json::array();
    for (const SeriesPoint& point : series.points[o]) {
      quantiles.push_back(point.quantiles.empty() ? Json(std::vector<std::nullptr_t>(series.levels.size()))
                                                  : json_numbers(point.quantiles));
      mean.push_back(json_number(point.mean));
      error.push_back(json_number(point.standard_error));
      count.push_back(point.count);
    }
    json["observables"][series.names[o]] = {
        {"quantiles", quantiles}, {"mean", mean}, {"standard_error", error}, {"count", count}};
  }
  return json;
}

ObservableResult sample_from_json(const std::string& name, const Json& o, const Json& stationary) {
  const auto number = [](const Json& json) { return json.is_null() ? std::nan("") : json.get<double>(); };
  ObservableResult r;
  r.name = name;
  r.count = o.at("count");
  r.mean = number(o.at("mean"));
  r.standard_error = number(o.at("standard_error"));
  r.variance = number(o.at("variance"));
  r.variance_standard_error = number(o.at("variance_standard_error"));
  r.minimum = number(o.at("minimum"));
  r.maximum = number(o.at("maximum"));
  r.effective_sample_size = number(o.at("effective_sample_size"));
  r.stationary = stationary_from_json(stationary);
  r.histogram.edges = o.at("histogram").at("edges").get<std::vector<double>>();
  r.histogram.counts = o.at("histogram").at("counts").get<std::vector<std::uint64_t>>();
  r.histogram.under = o.at("under");
  r.histogram.over = o.at("over");
  r.histogram.non_finite = o.at("non_finite");
  const auto& edges = r.histogram.edges;
  if (edges.size() < 2 || edges.size() != r.histogram.counts.size() + 1)
    throw IoError("the histogram of " + name + " needs one more edge than counts");
  if (!std::is_sorted(edges.begin(), edges.end(), std::less_equal<>()))
    throw IoError("the edges of " + name + " must increase");
  for (const Json& count : o.at("histogram").at("counts")) {
    if (!count.is_number_unsigned()) throw IoError("the counts of " + name + " must be whole numbers, zero or more");
  }
  return r;
}

}  // namespace

Json laws_to_json(const std::vector<Law>& laws, const std::vector<LawComparison>& comparisons,
                  const std::vector<ObservableResult>& observables, const std::vector<std::string>& attributions) {
  Json list = Json::array();
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const LawComparison& c = comparisons[i];
    Json law;
    law["name"] = c.name;
    law["observable"] = c.observable;
    law["mean"] = json_number(c.mean);
    law["variance"] = json_number(c.variance);
    law["ks"] = json_number(c.ks);
    law["p_value"] = json_number(c.p_value);
    law["wasserstein1"] = json_number(c.wasserstein1);
    law["kl"] = json_number(c.kl);
    law["verdict"] = c.verdict;
    law["reason"] = c.reason;
    law["ks_critical"] = json_number(c.ks_critical);
    law["p_smooth"] = json_number(c.p_smooth);
    law["p_adjusted"] = json_number(c.p_adjusted);
    law["ks_bound"] = json_number(c.ks_bound);
    law["confidence"] = json_number(c.confidence);
    if (c.equivalence) law["equivalence"] = json_number(*c.equivalence);
    if (c.equivalence) law["equivalent"] = c.equivalent ? Json(*c.equivalent) : Json(nullptr);
    law["significance"] = json_number(c.significance);
    law["mean_z"] = json_number(c.mean_z);
    law["variance_z"] = json_number(c.variance_z);
    law["effective_sample_size"] = json_number(c.effective_sample_size);
    law["quadrature_error"] = json_number(c.law_error);
    law["formula"] = laws[i].formula;
    if (laws[i].window) law["window"] = {laws[i].window->lower, laws[i].window->upper};
    if (!attributions.empty()) law["attribution"] = attributions[i];
    law["density"] = json_numbers(law_density(laws[i], find_result(observables, c.observable).histogram.edges));
    list.push_back(law);
  }
  return list;
}

Json make_summary(const RunRecord& record, const Json& spec) {
  const Problem& problem = record.experiment.problem;
  const Plan& plan = problem.plan;
  Json s;
  s["program"] = "orbitwalk";
  s["version"] = version();
  s["conclusion"] = Json::array();  // keeps its place; its text is known last
  s["spec"] = spec;
  s["spec_directory"] = record.spec_directory;
  s["backend"] = record.backend;
  s["device"] = record.device;
  s["threads"] = record.threads;
  s["ranks"] = 1;
  s["seed"] = plan.seed;
  s["precision"] = precision_name(plan.precision);
  s["particles"] = plan.particles;
  s["steps"] = plan.end();
  std::uint64_t first_step = 0;
  for (const Divergence& d : record.tally.diverged)
    first_step = first_step == 0 ? d.step : std::min(first_step, d.step);
  s["diverged"] = {{"count", record.tally.diverged.size()},
                   {"first_step", record.tally.diverged.empty() ? Json(nullptr) : Json(first_step)}};
  s["degenerate_projections"] = record.tally.counters.degenerate;
  if (const Counters& counters = record.tally.counters; counters.proposals > 0) {
    s["metropolis"] = {{"proposals", counters.proposals},
                       {"accept_rate", double(counters.accepted) / double(counters.proposals)},
                       {"unsolved", counters.unsolved}};
  }
  s["wall_seconds"] = json_number(record.wall_seconds);
  s["particle_steps_per_second"] = json_number(double(plan.particles) * double(plan.end()) / record.wall_seconds);
  s["digest"] = digest(record.observables);
  Json& observables = s["observables"] = Json::object();
  Json& stationarity = s["stationarity"] = Json::object();
  for (std::size_t i = 0; i < record.observables.size(); ++i) {
    const ObservableResult& r = record.observables[i];
    Json o = sample_to_json(r);
    o["effective_sample_size_mean"] = json_number(r.effective_sample_size_mean);
    o["effective_sample_size_cdf"] = json_number(r.effective_sample_size_cdf);
    const auto quantiles = last_quantiles(problem, record.tally, i, quantile_levels);
    if (!quantiles.empty())
      o["last_quantiles"] = {{"levels", json_numbers(quantile_levels)}, {"values", json_numbers(quantiles)}};
    if (const auto zero = share_at_zero(problem, record.tally, i)) {
      o["share_at_zero"] = {
          {"threshold", ShareAtZero::threshold}, {"share", zero->share}, {"particles", zero->particles}};
    }
    o["histogram"] = histogram_to_json(r.histogram);
    observables[r.name] = o;
    stationarity[r.name] = {{"nested_rhat", json_number(r.nested_rhat)},
                            {"nested_rhat_critical", json_number(r.nested_rhat_critical)},
                            {"drift_ks", json_number(r.drift_ks)},
                            {"drift_p", json_number(r.drift_p)},
                            {"stationary", stationary_to_json(r.stationary)},
                            {"reason", r.stationarity_reason.empty() ? Json(nullptr) : Json(r.stationarity_reason)}};
  }
  if (!record.step_biases.empty()) {
    Json& biases = s["step_bias"] = Json::object();
    for (std::size_t i = 0; i < record.step_biases.size(); ++i) {
      const StepBias& b = record.step_biases[i];
      biases[record.observables[i].name] = {{"mean", json_number(b.mean)},
                                            {"standard_error", json_number(b.standard_error)},
                                            {"variance", json_number(b.variance)},
                                            {"variance_standard_error", json_number(b.variance_standard_error)},
                                            {"factor", json_number(b.fraction)},
                                            {"order", json_number(b.order)},
                                            {"two_step_ks", json_number(b.two_step_ks)},
                                            {"two_step_noise", json_number(b.two_step_noise)},
                                            {"ks_bound", json_number(b.ks_bound)},
                                            {"significant", b.significant}};
    }
  }
  if (!record.at_second_shell.empty()) s["shell_extrapolation"] = shell_to_json(record);
  s["laws"] = laws_to_json(record.laws, record.comparisons, record.observables, record.attributions);
  s["notes"] = record.experiment.notes;
  s["build"] = build_id();
  add_evidence(record.evidence, s);
  for (const Law& law : record.laws) {
    if (!law.exists()) s["notes"].push_back("no law: " + law.reason);
  }
  if (!record.experiment.data.empty()) s["data"] = data_to_json(record.experiment.data);
  if (record.accuracy) s["accuracy"] = accuracy_to_json(record);
  if (problem.plan.series) s["series"] = series_to_json(reduce_series(problem, record.tally));
  s["conclusion"] = conclusion(record.experiment, s);
  return s;
}

void write_result_h5(const std::string& path, const RunRecord& record, const Json& spec) {
  const Problem& problem = record.experiment.problem;
  Hdf5Writer h5(path);
  h5.attribute("/", "program", "orbitwalk");
  h5.attribute("/", "version", version());
  h5.attribute("/", "spec", spec.dump());
  h5.attribute("/", "seed", problem.plan.seed);
  h5.attribute("/", "particles", problem.plan.particles);
  h5.attribute("/", "backend", record.backend);
  h5.attribute("/", "device", record.device);
  h5.attribute("/", "digest", digest(record.observables));
  h5.attribute("/", "units", "dimensionless: parameters, losses and temperatures as in the spec; time = step × steps");
  h5.group("/observables");
  for (std::size_t i = 0; i < record.observables.size(); ++i) {
    const ObservableResult& r = record.observables[i];
    const std::string at = "/observables/" + Hdf5Writer::component(r.name);
    h5.group(at);
    h5.dataset(at + "/edges", r.histogram.edges);
    h5.dataset(at + "/counts", r.histogram.counts);
    h5.attribute(at + "/edges", "units", "of the observable");
    h5.attribute(at + "/counts", "units", "observations");
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, double>>{{"mean", r.mean},
                                                               {"standard_error", r.standard_error},
                                                               {"variance", r.variance},
                                                               {"variance_standard_error", r.variance_standard_error},
                                                               {"minimum", r.minimum},
                                                               {"maximum", r.maximum},
                                                               {"effective_sample_size", r.effective_sample_size},
                                                               {"nested_rhat", r.nested_rhat},
                                                               {"drift_ks", r.drift_ks},
                                                               {"drift_p", r.drift_p}}) {
      h5.attribute(at, name, value);
    }
    h5.attribute(at, "count", r.count);
    h5.attribute(at, "under", r.histogram.under);
    h5.attribute(at, "over", r.histogram.over);
    h5.attribute(at, "non_finite", r.histogram.non_finite);
    if (!problem.quantiles) continue;
    const std::size_t n = problem.plan.particles;
    const Tally& tally = record.tally;
    h5.dataset(at + "/last", 1, n, [&](std::size_t, std::size_t first, std::span<double> piece) {
      if (!tally.last_double.empty())
        std::copy_n(tally.last_double.begin() + i * n + first, piece.size(), piece.begin());
      else std::copy_n(tally.last_float.begin() + i * n + first, piece.size(), piece.begin());
    });
    h5.attribute(at + "/last", "units",
                 "of the observable; one value a particle, at the last observation (NaN: diverged)");
  }
  if (problem.plan.series) {
    const Series series = series_without_points(problem);
    const std::size_t times = series.steps.size(), particles = problem.plan.particles;
    h5.group("/series");
    h5.dataset("/series/steps", series.steps);
    for (std::size_t o = 0; o < series.names.size(); ++o) {
      const std::string at = "/series/" + Hdf5Writer::component(series.names[o]);
      h5.dataset(at, times, particles, [&](std::size_t time, std::size_t first, std::span<double> piece) {
        std::copy_n(record.tally.series.begin() + (time * series.names.size() + o) * particles + first, piece.size(),
                    piece.begin());
      });
      h5.attribute(at, "units", "of the observable; times × particles, rounded to float (NaN: diverged)");
    }
  }
  h5.group("/laws");
  for (const Law& law : record.laws) {
    if (!law.exists()) continue;
    const auto& edges = find_result(record.observables, law.observable).histogram.edges;
    const std::string group = "/laws/" + Hdf5Writer::component(law.name),
                      at = group + "/" + Hdf5Writer::component(law.observable);
    h5.group(group);
    h5.group(at);
    std::vector<double> cdf(edges.size());
    std::transform(edges.begin(), edges.end(), cdf.begin(), [&](double x) { return law.cdf(x); });
    h5.dataset(at + "/edges", edges);
    h5.dataset(at + "/density", law_density(law, edges));
    h5.dataset(at + "/cdf", cdf);
    h5.attribute(at, "formula", law.formula);
    h5.attribute(at + "/density", "units", "1 / unit of the observable; mean over each bin");
  }
  std::vector<std::uint64_t> diverged;
  for (const Divergence& d : record.tally.diverged) diverged.insert(diverged.end(), {d.particle, d.step});
  h5.dataset("/diverged", diverged, {record.tally.diverged.size(), 2});
  h5.attribute("/diverged", "columns", "particle, first step with a non-finite state");
  h5.close();
}

std::vector<ObservableResult> results_from_summary(const Json& summary) {
  std::vector<ObservableResult> results;
  try {
    for (const auto& [name, o] : summary.at("observables").items()) {
      const Json& stationarity = summary.at("stationarity").at(name);
      // Absent in results of earlier versions.
      results.push_back(sample_from_json(
          name, o, stationarity.contains("stationary") ? stationarity.at("stationary") : Json(nullptr)));
      results.back().lost_share = lost_share_of(summary);
      results.back().blown_up = is_blown_up(summary, name);
    }
  } catch (const Json::exception& e) {
    throw IoError(std::string("not a summary of orbitwalk: ") + e.what());
  }
  return results;
}

std::vector<ObservableResult> second_shell_from_summary(const Json& summary) {
  std::vector<ObservableResult> results;
  if (!summary.contains("shell_extrapolation")) return results;
  try {
    for (const auto& [name, o] : summary.at("shell_extrapolation").at("observables").items()) {
      results.push_back(sample_from_json(name, o, o.at("stationary")));
      results.back().lost_share = o.value("lost_share", 0.0);
    }
  } catch (const Json::exception& e) {
    throw IoError(std::string("not a summary of orbitwalk: ") + e.what());
  }
  return results;
}

std::vector<Sample> samples_of(const std::vector<ObservableResult>& results,
                               const std::vector<ObservableResult>& at_second_shell, const CompareSettings& settings) {
  std::vector<Sample> samples;
  for (const ObservableResult& result : results) {
    const auto second = std::find_if(at_second_shell.begin(), at_second_shell.end(),
                                     [&](const auto& r) { return r.name == result.name; });
    const bool paired = settings.shell_extrapolation && second != at_second_shell.end();
    if (result.histogram.total() == 0 || (paired && second->histogram.total() == 0)) {
      samples.emplace_back();
      samples.back().name = result.name;
    } else if (paired) {
      const ShellExtrapolation& shell = *settings.shell_extrapolation;
      samples.push_back(extrapolate(result, *second, shell.factor, shell.order));
    } else {
      samples.push_back(result);
    }
  }
  return samples;
}

std::vector<LawComparison> compare_all(const std::vector<Law>& laws, const std::vector<Sample>& samples,
                                       const CompareSettings& settings) {
  std::vector<LawComparison> comparisons;
  for (const Law& law : laws) {
    const auto at =
        std::find_if(samples.begin(), samples.end(), [&](const auto& s) { return s.name == law.observable; });
    if (at == samples.end()) throw IoError("the result lacks the observable " + law.observable + " of its spec");
    if (law.exists() && !at->distribution.shares.empty()) {
      comparisons.push_back(compare(*at, law, settings.options));
      continue;
    }
    const double nan = std::nan("");
    LawComparison nothing;
    nothing.name = law.name;
    nothing.observable = law.observable;
    nothing.no_law = law.reason;
    nothing.mean = law.mean();
    nothing.variance = law.variance();
    nothing.ks = nothing.p_value = nothing.wasserstein1 = nothing.kl = nothing.ks_critical = nothing.mean_z =
        nothing.variance_z = nan;
    nothing.p_smooth = nothing.ks_bound = nan;
    nothing.significance = settings.options.significance;
    nothing.confidence = settings.options.confidence;
    nothing.equivalence = settings.options.equivalence;
    comparisons.push_back(nothing);
  }
  adjust_for_multiplicity(comparisons, settings.expect);
  return comparisons;
}

std::vector<std::string> rejected_expectations(const CompareSettings& settings,
                                               const std::vector<LawComparison>& comparisons) {
  std::vector<std::string> rejected;
  for (const auto& name : settings.expect) {
    for (const auto& c : comparisons) {
      if (c.name == name && c.verdict == "rejected") rejected.push_back(name + " (" + c.observable + ")");
    }
  }
  return rejected;
}

}  // namespace orbitwalk
