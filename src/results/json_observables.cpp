// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "orbitwalk/error.hpp"
#include "results/json.hpp"
#include "results/json_parts.hpp"
#include "support/json.hpp"

namespace orbitwalk::detail {
namespace {

Json histogram_to_json(const Histogram& histogram) {
  Json json;
  json["edges"] = json_numbers(histogram.edges);
  json["counts"] = histogram.counts;
  return json;
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

Histogram histogram_from_json(const std::string& name, const Json& o) {
  Histogram h;
  h.edges = o.at("histogram").at("edges").get<std::vector<double>>();
  h.counts = o.at("histogram").at("counts").get<std::vector<std::uint64_t>>();
  h.under = o.at("under");
  h.over = o.at("over");
  h.non_finite = o.at("non_finite");
  if (h.edges.size() < 2 || h.edges.size() != h.counts.size() + 1)
    throw IoError("the histogram of " + name + " needs one more edge than counts");
  if (!std::is_sorted(h.edges.begin(), h.edges.end(), std::less_equal<>()))
    throw IoError("the edges of " + name + " must increase");
  for (const Json& count : o.at("histogram").at("counts")) {
    if (!count.is_number_unsigned()) throw IoError("the counts of " + name + " must be whole numbers, zero or more");
  }
  return h;
}

ObservableResult sample_from_json(const std::string& name, const Json& o) {
  ObservableResult r;
  r.name = name;
  r.count = o.at("count");
  r.mean = number_at(o, "mean");
  r.standard_error = number_at(o, "standard_error");
  r.variance = number_at(o, "variance");
  r.variance_standard_error = number_at(o, "variance_standard_error");
  r.minimum = number_at(o, "minimum");
  r.maximum = number_at(o, "maximum");
  r.effective_sample_size = number_at(o, "effective_sample_size");
  r.histogram = histogram_from_json(name, o);
  return r;
}

Stationarity stationary_from_json(const Json& entry) {
  const Json stationary = entry.value("stationary", Json());  // absent in results of earlier versions
  if (!stationary.is_boolean()) return Stationarity::not_tested;
  return stationary.get<bool>() ? Stationarity::yes : Stationarity::no;
}

}  // namespace

void add_observables(Json& summary, const std::vector<ObservableResult>& list) {
  Json observables = Json::object(), stationarity = Json::object();
  for (const ObservableResult& r : list) {
    Json o = sample_to_json(r);
    o["effective_sample_size_mean"] = json_number(r.effective_sample_size_mean);
    o["effective_sample_size_cdf"] = json_number(r.effective_sample_size_cdf);
    if (r.last)
      o["last_quantiles"] = {{"levels", json_numbers(r.last->levels)}, {"values", json_numbers(r.last->values)}};
    if (const auto& zero = r.at_zero)
      o["share_at_zero"] = {{"threshold", zero->threshold}, {"share", zero->share}, {"particles", zero->particles}};
    o["histogram"] = histogram_to_json(r.histogram);
    observables[r.name] = o;
    stationarity[r.name] = {{"nested_rhat", json_number(r.nested_rhat)},
                            {"nested_rhat_critical", json_number(r.nested_rhat_critical)},
                            {"drift_ks", json_number(r.drift_ks)},
                            {"drift_p", json_number(r.drift_p)},
                            {"stationary", stationary_to_json(r.stationary)},
                            {"reason", text_or_null(r.stationarity_reason)}};
  }
  summary["observables"] = observables;
  summary["stationarity"] = stationarity;
}

std::vector<ObservableResult> observables_from_json(const Json& summary) {
  std::vector<ObservableResult> list;
  for (const auto& [name, o] : summary.at("observables").items()) {
    ObservableResult r = sample_from_json(name, o);
    r.effective_sample_size_mean = optional_number_at(o, "effective_sample_size_mean");
    r.effective_sample_size_cdf = optional_number_at(o, "effective_sample_size_cdf");
    if (o.contains("last_quantiles"))
      r.last = Quantiles{numbers_at(o.at("last_quantiles"), "levels"), numbers_at(o.at("last_quantiles"), "values")};
    if (o.contains("share_at_zero")) {
      const Json& zero = o.at("share_at_zero");
      r.at_zero = ShareAtZero{zero.at("threshold"), zero.at("share"), zero.at("particles")};
    }
    const Json& tests = summary.at("stationarity").at(name);
    r.nested_rhat = number_at(tests, "nested_rhat");
    r.nested_rhat_critical = optional_number_at(tests, "nested_rhat_critical");
    r.drift_ks = number_at(tests, "drift_ks");
    r.drift_p = optional_number_at(tests, "drift_p");
    r.stationary = stationary_from_json(tests);
    r.stationarity_reason = optional_text_at(tests, "reason");
    list.push_back(std::move(r));
  }
  return list;
}

Json step_bias_to_json(const Result& result) {
  Json biases = Json::object();
  for (std::size_t i = 0; i < result.step_bias.size(); ++i) {
    const StepBias& b = result.step_bias[i];
    biases[result.observables[i].name] = {{"mean", json_number(b.mean)},
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
  return biases;
}

std::vector<StepBias> step_bias_from_json(const Json& summary, const std::vector<ObservableResult>& observables) {
  std::vector<StepBias> biases;
  for (const ObservableResult& observable : observables) {
    const Json& json = summary.at("step_bias").at(observable.name);
    StepBias b;
    b.mean = number_at(json, "mean");
    b.standard_error = number_at(json, "standard_error");
    b.variance = optional_number_at(json, "variance");
    b.variance_standard_error = optional_number_at(json, "variance_standard_error");
    b.fraction = optional_number_at(json, "factor");
    b.order = optional_number_at(json, "order");
    b.two_step_ks = optional_number_at(json, "two_step_ks");
    b.two_step_noise = optional_number_at(json, "two_step_noise");
    b.ks_bound = optional_number_at(json, "ks_bound");
    b.significant = json.value("significant", false);
    biases.push_back(b);
  }
  return biases;
}

Json shell_to_json(const ShellResult& result) {
  Json shell = {{"width", result.width}, {"factor", result.factor}, {"order", result.order}};
  for (std::size_t i = 0; i < result.limits.size(); ++i) {
    const ObservableResult& second = result.second[i];
    const ShellLimit& limit = result.limits[i];
    Json& o = shell["observables"][second.name] = sample_to_json(second);
    o["stationary"] = stationary_to_json(second.stationary);
    o["lost_share"] = second.lost_share;
    o["histogram"] = histogram_to_json(second.histogram);
    o["extrapolated"] = {{"mean", json_number(limit.mean)},
                         {"standard_error", json_number(limit.standard_error)},
                         {"variance", json_number(limit.variance)},
                         {"variance_standard_error", json_number(limit.variance_standard_error)},
                         {"effective_sample_size", json_number(limit.effective_sample_size)}};
  }
  return shell;
}

ShellResult shell_from_json(const Json& json, const std::vector<ObservableResult>& observables) {
  ShellResult shell{json.at("width"), json.at("factor"), json.at("order"), {}, {}};
  for (const ObservableResult& observable : observables) {
    const Json& o = json.at("observables").at(observable.name);
    ObservableResult second = sample_from_json(observable.name, o);
    second.stationary = stationary_from_json(o);
    second.lost_share = o.value("lost_share", 0.0);
    shell.second.push_back(std::move(second));
    const Json& limit = o.at("extrapolated");
    shell.limits.push_back({number_at(limit, "mean"), number_at(limit, "standard_error"), number_at(limit, "variance"),
                            number_at(limit, "variance_standard_error"), number_at(limit, "effective_sample_size")});
  }
  return shell;
}

}  // namespace orbitwalk::detail
