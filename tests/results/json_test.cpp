// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// A summary holds all that a record says, and the other way round.
#include "results/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "results/summary.hpp"
#include "support/files.hpp"
#include "support/io_testing.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using testing::message_of;

ObservableResult observable(const std::string& name, double x) {
  ObservableResult o;
  o.name = name;
  o.count = 100;
  o.mean = x;
  o.standard_error = x + 0.01;
  o.variance = x + 0.02;
  o.variance_standard_error = x + 0.03;
  o.minimum = x - 1;
  o.maximum = x + 1;
  o.effective_sample_size = x + 50;
  o.histogram = {{0, 0.5, 1}, {40, 50}, 3, 4, 3};
  o.stationary = Stationarity::no;
  o.lost_share = 0.5;
  return o;
}

/// An observable of the main run, which has more to say than one of a second run.
ObservableResult main_observable(const std::string& name, double x) {
  ObservableResult o = observable(name, x);
  o.effective_sample_size_mean = x + 51;
  o.effective_sample_size_cdf = x + 52;
  o.nested_rhat = x + 0.04;
  o.nested_rhat_critical = x + 0.05;
  o.drift_ks = x + 0.06;
  o.drift_p = x + 0.07;
  o.stationarity_reason = "it drifts";
  o.blown_up = true;
  o.last = Quantiles{{0.25, 0.5, 0.75}, {x, x + 1, x + 2}};
  o.at_zero = ShareAtZero{1e-3, 0.25, 8};
  return o;
}

LawComparison law() {
  LawComparison c;
  c.name = "isotropic";
  c.observable = "r";
  double next = 0.015625;  // every number its own
  for (double* number :
       {&c.mean, &c.variance, &c.ks, &c.p_value, &c.wasserstein1, &c.kl, &c.ks_critical, &c.p_smooth, &c.p_adjusted,
        &c.ks_bound, &c.confidence, &c.significance, &c.mean_z, &c.variance_z, &c.effective_sample_size, &c.law_error})
    *number = next += 0.125;
  c.verdict = "rejected";
  c.reason = "KS 0.3 exceeds 0.1";
  c.equivalence = 0.05;
  c.equivalent = true;
  c.formula = "exp(-U/T)";
  c.window = {0.25, 0.75};
  c.attribution = "step size";
  c.density = {0.5, 1.5};
  return c;
}

AccuracyResult accuracy() {
  SchemeCandidate plain{"euler_maruyama",         1, true, 0.125, 1e6, {1, 2}, {0.1, 0.2}, "off the line",
                        {{0.25, {3, 4}, {5, 6}}}, 0, {},   {}};
  SchemeCandidate extrapolated = plain;
  extrapolated.scheme.clear();
  extrapolated.chosen = false;
  extrapolated.next_order = 2;
  extrapolated.next_coefficients = {7, 8};
  extrapolated.next_coefficient_errors = {0.7, 0.8};
  const ExtrapolatedMean mean{1, 0.1, 0.01, 0.001, {1.5, 2.5, 3.5}, {0.5, 0.25, 0.125}},
      other{2, 0.2, 0.02, 0.002, {4, 5, 6}, {7, 8, 9}};
  AccuracyResult result{0.01, {plain, extrapolated}, {}, {{0.1, 0.2, 0.3, true, 0.4}, {0.5, 0.6, 0.7, false, 0.8}}};
  result.extrapolation = ExtrapolationResult{1, 2, {0.125, 0.25, 0.5}, {1000, 2000, 3000}, {mean, other}};
  return result;
}

/// A record in which nothing is as in a new one.
Result full() {
  Result r;
  r.program = "somebody's orbitwalk";
  r.version = "9.8.7";
  r.conclusion = {"It holds.", "It drifts."};
  r.spec = R"({"model":{"name":"radial"},"dynamics":{"step":0.5}})";
  r.spec_directory = "/home/user/specs";
  r.backend = "cpu";
  r.device = "a processor";
  r.threads = 3;
  r.ranks = 2;
  r.seed = 18446744073709551615u;
  r.precision = "mixed";
  r.particles = 10;
  r.steps = 20;
  r.diverged = {2, 7};
  r.degenerate_projections = 5;
  r.metropolis = MetropolisResult{40, 0.75, 6};
  r.wall_seconds = 1.5;
  r.particle_steps_per_second = 2.5;
  r.digest = "fnv1a64:0123456789abcdef";
  r.observables = {main_observable("r", 0.5), main_observable("loss", 0.25)};
  r.step_bias = {{1, 2, 3, 4, 5, 6, 7, 8, 9, true}, {10, 11, 12, 13, 14, 15, 16, 17, 18, true}};
  r.shell_extrapolation =
      ShellResult{0.5, 2, 3, {observable("r", 0.75), observable("loss", 0.125)}, {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}}};
  r.laws = {law()};
  r.notes = {"a note"};
  r.build = "9.8.7-abc";
  r.blown_up = BlowUp{3, {"r", "loss"}, "r", 1e200, 1e15};
  r.lost_increments = LostIncrements{1, 2, 3, 4, true, 0.5, 0.25};
  r.data = {
      {"data.x", "/home/user/x.csv", 5, 6, {5, 2, 3}, {"a", "b"}, "line 1", {"line 2"}, {"odd"}, 7, 800, "fnv1a64:00"}};
  r.accuracy = accuracy();
  r.series = Series{{0, 10}, false, {0.25, 0.5, 0.75}, {"r"}, {{{{}, 0.5, 0.25, 0}, {{1, 2, 3}, 2.5, 0.125, 9}}}};
  r.requested = R"({"spec":{"a":1},"options":{},"files":[]})";
  return r;
}

TEST(SummaryJson, HoldsTheWholeRecord) {
  EXPECT_TRUE(result_from_json(Json::parse(pretty(to_json(full())))) == full());
}

/// The twin: each value of the summary matters for some field of the record, so that none is dropped on the way back.
TEST(SummaryJson, EveryValueIsReadAgain) {
  const Json summary = to_json(full()), values = summary.flatten();
  ASSERT_GT(values.size(), 200u);
  for (const auto& [place, value] : values.items()) {
    if (value.is_null()) continue;  // of the time without a particle
    Json changed = summary;
    Json& here = changed[Json::json_pointer(place)];
    if (value.is_boolean()) here = !value.get<bool>();
    else if (value.is_string())
      here = value.get<std::string>() == "linear" ? "logarithmic" : value.get<std::string>() + "!";
    else if (value.is_number_unsigned()) here = value.get<std::uint64_t>() ^ 1;
    else if (value.is_number_integer()) here = value.get<std::int64_t>() + 1;
    else here = value.get<double>() + 0.03125 * std::abs(value.get<double>()) + 0.0078125;
    try {
      EXPECT_FALSE(result_from_json(changed) == full()) << place << " is not read";
    } catch (const IoError&) {  // noticed, too
    }
  }
}

TEST(SummaryJson, NumbersThatDoNotExistAreNull) {
  Result r = full();
  r.observables[0].standard_error = std::nan("");
  r.laws[0].variance = std::numeric_limits<double>::infinity();
  r.blown_up->largest = std::numeric_limits<double>::infinity();
  const Json json = to_json(r);
  EXPECT_TRUE(json["observables"]["r"]["standard_error"].is_null());
  EXPECT_TRUE(json["laws"][0]["variance"].is_null());
  const Result again = result_from_json(json);
  EXPECT_TRUE(std::isnan(again.observables[0].standard_error));
  EXPECT_TRUE(std::isnan(again.laws[0].variance));
  EXPECT_EQ(again.blown_up->largest, r.blown_up->largest);
}

TEST(SummaryJson, WhatHasNothingToSayIsLeftOut) {
  Result r;
  r.spec = "{}";
  const Json json = to_json(r);
  for (const char* key : {"metropolis", "step_bias", "shell_extrapolation", "blown_up", "lost_increments", "data",
                          "accuracy", "series", "requested"})
    EXPECT_FALSE(json.contains(key)) << key;
  EXPECT_TRUE(result_from_json(json) == r);
}

/// Summaries as runs have written them: every part of the contract is in one of them.
TEST(SummaryJson, OfRunsComeBackByteByByte) {
  const std::string folder = std::string(ORBITWALK_SOURCE_DIR) + "/tests/results/summaries";
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string text = read_file(entry.path().string());
    EXPECT_EQ(pretty(to_json(read_summary(entry.path().string()))), text) << entry.path();
    all += text;
  }
  for (const char* key : {"metropolis", "step_bias", "shell_extrapolation", "blown_up", "lost_increments", "data",
                          "accuracy", "extrapolation", "series", "requested", "share_at_zero", "equivalence",
                          "attribution", "window", "last_quantiles"})
    EXPECT_NE(all.find("\"" + std::string(key) + "\": "), std::string::npos) << "no summary has " << key;
}

TEST(SummaryJson, OfEarlierVersionsAreRead) {
  Json json = to_json(full());
  for (const char* key : {"conclusion", "spec_directory", "ranks", "build", "requested", "data"}) json.erase(key);
  for (const char* key : {"p_adjusted", "p_smooth", "ks_bound", "mean_z", "formula", "reason"})
    json["laws"][0].erase(key);
  for (const char* key : {"nested_rhat_critical", "drift_p", "stationary", "reason"})
    json["stationarity"]["r"].erase(key);
  const Result r = result_from_json(json);
  EXPECT_TRUE(std::isnan(r.laws[0].p_adjusted));
  EXPECT_EQ(r.observables[0].stationary, Stationarity::not_tested);
  EXPECT_TRUE(r.data.empty());
}

TEST(SummaryJson, DamagedOnesAreRefused) {
  const auto refusal = [](const char* place, const Json& value) {
    Json json = to_json(full());
    json[Json::json_pointer(place)] = value;
    return message_of<IoError>([&] { result_from_json(json); });
  };
  EXPECT_EQ(refusal("/observables/r/histogram/edges", {0.0}), "the histogram of r needs one more edge than counts");
  EXPECT_EQ(refusal("/observables/r/histogram/counts/0", -1), "the counts of r must be whole numbers, zero or more");
  EXPECT_EQ(refusal("/laws/0/density", {1.0}), "a law's density needs one number a bin");
  EXPECT_EQ(refusal("/particles", "lots").substr(0, 27), "not a summary of orbitwalk:");
  EXPECT_EQ(refusal("/shell_extrapolation/observables", 3).substr(0, 27), "not a summary of orbitwalk:");
}

}  // namespace
}  // namespace orbitwalk
