// SPDX-FileCopyrightText: The orbitwalk authors SPDX-License-Identifier: Apache-2.0 Every published experiment from its
// spec to its findings, with few seeds and steps; also with none that is left, and with one.
#include <set>

#include "orbitwalk/error.hpp"
#include "report/json.hpp"
#include "reproduce/finished.hpp"

namespace orbitwalk::test {
namespace {

using Json = nlohmann::ordered_json;

class Published : public testing::TestWithParam<std::string> {
 protected:
  const PublishedExperiment& experiment() const { return experiment_named(GetParam()); }
  /// Steps that the experiment's own step count says little about: of the gauge ones even the burn-in is short.
  Settings few(int particles = 8) const {
    return GetParam() == "gauge" ? size(particles, 8) + Settings{"ensemble.burn_in=40", "ensemble.every=8"}
                                 : size(particles, 40);
  }
};

void check(const PublishedExperiment& experiment, const Findings& findings, const std::vector<FinishedRun>& runs) {
  ASSERT_FALSE(findings.text.empty());
  for (const auto& paragraph : findings.text) EXPECT_GT(paragraph.size(), 20u);
  ASSERT_GE(findings.claims.size(), 3u);
  std::set<std::string> texts;
  for (const Claim& claim : findings.claims) {
    EXPECT_FALSE(claim.claim.empty());
    EXPECT_FALSE(claim.measured.empty()) << claim.claim;
    EXPECT_FALSE(claim.detail.empty()) << claim.claim << ": no criterion";
    texts.insert(claim.claim + claim.detail);
  }
  EXPECT_EQ(texts.size(), findings.claims.size()) << "a claim twice";
  ASSERT_FALSE(findings.tables.empty());
  for (const FindingsTable& table : findings.tables) {
    EXPECT_FALSE(table.title.empty());
    EXPECT_FALSE(table.rows.empty()) << table.title;
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.title;
  }
  ASSERT_FALSE(findings.charts.empty());
  for (const Chart& chart : findings.charts) {
    EXPECT_FALSE(chart.title.empty());
    EXPECT_FALSE(chart.caption.empty() && chart.panels.empty());
    const Json json = chart_to_json(chart);
    EXPECT_EQ(chart_to_json(chart_from_json(Json::parse(json.dump()), chart.name)).dump(), json.dump())
        << "through a file and back";
  }
  const Json json = experiment_to_json(experiment_record(experiment, findings, runs, "smaller"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"name", "title", "text", "runs", "claims", "tables", "charts", "reduced",
                                            "provenance"}));
  EXPECT_EQ(json["name"], experiment.name);
  ASSERT_EQ(json["runs"].size(), experiment.runs.size());
  for (const Json& run : json["runs"]) EXPECT_TRUE(run.at("label").is_string() && run.at("directory").is_string());
  ASSERT_EQ(json["claims"].size(), findings.claims.size());
  for (std::size_t i = 0; i < findings.claims.size(); ++i) {
    const Json& claim = json["claims"][i];
    EXPECT_TRUE(claim.at("claim").is_string() && claim.at("measured").is_string() && claim.at("detail").is_string());
    EXPECT_EQ(claim.at("holds"), findings.claims[i].holds ? Json(*findings.claims[i].holds) : Json(nullptr));
  }
  for (const Json& table : json["tables"]) {
    for (const char* key : {"title", "columns", "rows", "note"}) EXPECT_TRUE(table.contains(key)) << key;
  }
  EXPECT_EQ(json["reduced"], "smaller");
  for (const FinishedRun& run : runs) EXPECT_EQ(json["provenance"]["digest of " + run.label], run.result.digest);
}

TEST_P(Published, GoesFromSpecToFindings) {
  const auto runs = finish_all(GetParam(), few());
  check(experiment(), experiment().analyse(runs), runs);
}

TEST_P(Published, OneSeedIsEnoughToBeWrittenDown) {
  const auto runs = finish_all(GetParam(), few(1));
  check(experiment(), experiment().analyse(runs), runs);
}

TEST_P(Published, NothingIsDecidedWhereAllSeedsDiverged) {
  auto runs = finish_all(GetParam(), few());
  for (FinishedRun& run : runs) {
    for (const auto& name : run.experiment.problem.names)
      set_last(run, name, [](std::size_t, double) { return std::nan(""); });
    if (GetParam() == "gauge") continue;  // its laws are decided in the summary
    for (std::size_t i = 0; i < 8; ++i) run.tally.diverged.push_back({i, 3});
  }
  const Findings findings = experiment().analyse(runs);
  check(experiment(), findings, runs);
  for (const Claim& claim : findings.claims) EXPECT_EQ(claim.holds, std::nullopt) << claim.claim;
  if (GetParam() != "gauge") {
    EXPECT_NE(findings.text[0].find("8 diverged"), std::string::npos);
  }
}

TEST_P(Published, OneSeedThatDivergedChangesNoOther) {
  auto runs = finish_all(GetParam(), few(9));
  for (FinishedRun& run : runs) {
    for (const auto& name : run.experiment.problem.names)
      set_last(run, name, [](std::size_t i, double x) { return i == 4 ? std::nan("") : x; });
  }
  const Findings findings = experiment().analyse(runs);
  check(experiment(), findings, runs);
  for (const Claim& claim : findings.claims) EXPECT_EQ(claim.measured.find("nan"), std::string::npos) << claim.measured;
}

TEST_P(Published, SpecsAreAsDescribed) {
  for (const PublishedRun& run : experiment().runs) {
    Spec spec = Spec::from_string(published_spec(run.file), run.file);
    const Experiment read = read_experiment(spec);
    const Plan& plan = read.problem.plan;
    EXPECT_NO_THROW(spec.check_all_used());
    EXPECT_FALSE(plan.shared_start) << "every seed has a start of its own";
    EXPECT_TRUE(read.problem.quantiles);
    for (const bool missing : read.needs_range) EXPECT_FALSE(missing) << run.file << ": a pilot run would be needed";
    if (GetParam() == "gauge") continue;
    EXPECT_EQ(plan.particles, 256u);
    EXPECT_EQ(plan.every, plan.steps);
    EXPECT_TRUE(plan.series);
    EXPECT_GT(read.problem.model.instance, 0) << "every seed has a problem of its own";
    EXPECT_FALSE(read.problem.model.shared_instance);
    EXPECT_TRUE(run.full_steps == 0 || run.full_steps > plan.steps);
  }
  EXPECT_THROW(published_spec("no such"), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(All, Published,
                         testing::Values("relu", "attention", "completion", "spectrum", "signal", "gauge"),
                         [](const auto& info) { return info.param; });

TEST(FinishedRun, SaysWhatIsNotThere) {
  FinishedRun run = finish(experiment_named("spectrum").runs[0], size(8, 4));
  EXPECT_EQ(run.last("error").size(), 8u);
  EXPECT_EQ(run.at("error", 4), run.last("error"));
  EXPECT_NE(run.at("error", 0), run.last("error"));
  EXPECT_THROW(run.last("errror"), std::invalid_argument);
  EXPECT_THROW(run.at("w1", 0), std::invalid_argument) << "observed, but not in the series";
  const FinishedRun without =
      finish(experiment_named("spectrum").runs[0], size(8, 4) + Settings{"observe.quantiles=false"});
  EXPECT_THROW(without.last("error"), std::invalid_argument);
}

TEST(PublishedNetworks, OfOneUnitHaveCharts) {
  const Settings one = {
      "model.hidden=1",
      R"(observe.histogram=[{of="ratio1"},{of="strength1"},{of="imbalance1"},{of="loss"},{of="log_volume"},{of="excess_log_volume"}])"};
  const std::vector<FinishedRun> runs = {finish(experiment_named("relu").runs[0], size(8, 10) + one)};
  check(experiment_named("relu"), experiment_named("relu").analyse(runs), runs);
}

}  // namespace
}  // namespace orbitwalk::test
