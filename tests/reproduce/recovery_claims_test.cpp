// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// Claims about spectra, signals and matrices hold where theory says that they do, and fail on twins.
#include <cmath>
#include <fstream>

#include "reproduce/finished.hpp"
#include "studies/reproduce/instances.hpp"

namespace orbitwalk::test {
namespace {

const std::string generalises = "generalises", support = "finds the support", descent = "exact gradient descent",
                  free_fails = "free weights do not";

/// 60 samples of 64 modes without noise leave no doubt about three of them; steps ten times as large save time.
Settings easy_spectrum(int steps) {
  return size(12, steps) + Settings{"data.instance.noise=0.0", "data.instance.samples=60", "dynamics.step=0.02"};
}

TEST(Spectrum, IsFoundFromEnoughSamplesInEnoughSteps) {
  const auto runs = finish_all("spectrum", easy_spectrum(8000));
  const Findings findings = experiment_named("spectrum").analyse(runs);
  for (const auto& claim : {generalises, support, descent})
    EXPECT_EQ(verdict(findings, claim), "holds") << claim_in(findings, claim).measured;
  const Findings early = experiment_named("spectrum").analyse(finish_all("spectrum", easy_spectrum(5)));
  EXPECT_EQ(verdict(early, generalises), "does not hold");
  EXPECT_EQ(verdict(early, free_fails), "holds");
  EXPECT_EQ(verdict(early, descent), "holds") << "also after five steps";
}

TEST(Spectrum, BoundsAreAboutTheMedianOfAllSeeds) {
  auto runs = finish_all("spectrum", size(12, 5));
  const auto says = [&](const std::string& claim) {
    return verdict(experiment_named("spectrum").analyse(runs), claim);
  };
  const auto errors = [&](int low) {
    set_last(runs[2], "error", [=](std::size_t i, double) { return int(i) < low ? 0.01 : 3.0; });
  };
  errors(12);
  EXPECT_EQ(says(generalises), "holds");
  errors(7);
  EXPECT_EQ(says(generalises), "not decided") << "more than half of these seeds, but not certainly";
  errors(1);
  EXPECT_EQ(says(generalises), "does not hold");
  const auto found = [&](int count) {
    set_last(runs[2], "support", [=](std::size_t i, double) { return int(i) < count ? 1.0 : 0.0; });
  };
  found(12);
  EXPECT_EQ(says(support), "holds");
  found(7);
  EXPECT_EQ(says(support), "not decided");
  found(1);
  EXPECT_EQ(says(support), "does not hold");
}

TEST(Spectrum, DescentIsThatOfTheRunsOwnStepAndLength) {
  auto runs = finish_all("spectrum", size(8, 400) + Settings{"ensemble.precision=\"double\"", "ensemble.init.scale=0.0",
                                                             "data.instance.samples=40"});
  const auto ratio = [&] {
    const std::string text = claim_in(experiment_named("spectrum").analyse(runs), descent).measured;
    return std::stod(text.substr(text.find(": ") + 2));
  };
  EXPECT_NEAR(ratio(), 1, 1e-6);
  EXPECT_EQ(verdict(experiment_named("spectrum").analyse(runs), descent), "holds");
  Plan& plan = runs[0].experiment.problem.plan;
  plan.step *= 1.5;
  EXPECT_EQ(verdict(experiment_named("spectrum").analyse(runs), descent), "does not hold")
      << "twin: another step than was taken";
  plan.step /= 1.5;
  plan.steps /= 2;
  EXPECT_EQ(verdict(experiment_named("spectrum").analyse(runs), descent), "does not hold") << "twin: half of the steps";
  plan.steps *= 2;
  runs[0].experiment.problem.model.instance_seed += 1;
  EXPECT_EQ(verdict(experiment_named("spectrum").analyse(runs), descent), "does not hold")
      << "twin: other data, of which the median seed is near by accident";
}

TEST(Spectrum, LeastNormsAreComparedWithWhatWasReached) {
  auto runs = finish_all("spectrum", easy_spectrum(2000));
  const auto says = [&](const std::string& claim) {
    return verdict(experiment_named("spectrum").analyse(runs), claim);
  };
  const std::string least = "least |w|_1 at its training error", penalised = "by subgradients";
  EXPECT_EQ(says(penalised), "holds");
  set_last(runs[1], "l1_norm", [](std::size_t, double x) { return 1.05 * x; });
  EXPECT_EQ(says(penalised), "does not hold") << "twin: 5 % more";
  const std::string before = claim_in(experiment_named("spectrum").analyse(runs), least).measured;
  const double ratio = std::stod(before.substr(before.find(": ") + 2));
  EXPECT_GE(ratio, 1 - 1e-3) << "nothing is below the certified least";
  set_last(runs[2], "l1_norm", [=](std::size_t, double x) { return x / ratio; });
  EXPECT_EQ(says(least), "holds");
  set_last(runs[2], "l1_norm", [](std::size_t, double x) { return 1.05 * x; });
  EXPECT_EQ(says(least), "does not hold");
}

// The loss is half of the training error, with the penalty in it where there is one.
TEST(Spectrum, TrainingErrorsOfRunsAndOptimaAreTheSameQuantity) {
  const auto table = experiment_named("spectrum")
                         .analyse(finish_all("spectrum", size(8, 3000) + Settings{"dynamics.step=0.02"}))
                         .tables[0];
  const auto training = [&](const std::string& solution) {
    for (const auto& row : table.rows) {
      if (row[0] == solution) return std::stod(row[2]);
    }
    ADD_FAILURE() << solution;
    return 0.0;
  };
  EXPECT_NEAR(training("free weights") / training("exact: gradient descent from 0, as long"), 1, 0.02);
  EXPECT_NEAR(training("free weights with 0.1 |w|_1") / training("exact: lasso 0.1"), 1, 0.05);
}

std::string write(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/recovery_claims_" + name;
  std::ofstream(path) << text;
  return path;
}

// Files with a truth have another error than spectra that are drawn: the analysis takes the model's.
TEST(Spectrum, OfFilesIsJudgedByTheErrorOfFiles) {
  const auto from_files = [](int rows) {
    std::string design, answers;
    for (int b = 0; b < rows; ++b) {
      for (int i = 0; i < 8; ++i)
        design += std::to_string(std::cos(1.7 * (b + 1) * (i + 1) + 0.3 * i * i)) + (i < 7 ? "," : "\n");
      answers += std::to_string(std::sin(2.0 * b) + 1) + "\n";
    }
    const std::string n = std::to_string(rows), x = write("x" + n + ".csv", design),
                      y = write("y" + n + ".csv", answers), truth = write("truth.csv", "1.5\n0\n0\n-1\n0\n0\n0\n0\n");
    std::vector<FinishedRun> runs;
    for (const PublishedRun& run : experiment_named("spectrum").runs) {
      nlohmann::ordered_json json = to_json(Spec::from_string(published_spec(run.file)));
      json["data"] = {{"x", x}, {"y", y}, {"truth", truth}};
      json["model"]["coordinates"] = 8;
      json["dynamics"]["step"] = 0.02;
      json["ensemble"]["particles"] = 8, json["ensemble"]["steps"] = 300, json["ensemble"]["every"] = 300;
      auto& list = json["observe"]["histogram"] = nlohmann::ordered_json::array();
      for (const char* name : {"error", "l1_norm", "total_variation", "support", "loss", "w1", "w8"})
        list.push_back({{"of", name}, {"bins", 4}, {"range", {0.0, 1.0}}});
      runs.push_back(finish(run, spec_from_json(json)));
    }
    return experiment_named("spectrum").analyse(runs);
  };
  const Findings findings = from_files(6);
  EXPECT_EQ(verdict(findings, descent), "holds") << claim_in(findings, descent).measured;
  EXPECT_NE(findings.text[0].find("same data"), std::string::npos);
  EXPECT_EQ(verdict(from_files(20), descent), "holds")
      << "no weights interpolate 20 rows; the rest is judged all the same";
}

TEST(Signal, IsJudgedBySolutionsOfTheSameData) {
  auto runs = finish_all("signal", size(8, 20));
  const auto says = [&](const std::string& claim) { return verdict(experiment_named("signal").analyse(runs), claim); };
  const auto constant = [](double value) { return [=](std::size_t, double) { return value; }; };
  EXPECT_EQ(says("minimum-norm"), "does not hold") << "after 20 steps";
  auto long_runs = finish_all(
      "signal", size(6, 20000) + Settings{"dynamics.step=0.4", "data.instance.samples=30", "ensemble.init.scale=1e-3"});
  EXPECT_EQ(verdict(experiment_named("signal").analyse({long_runs[0], runs[1], runs[2]}), "minimum-norm"), "holds")
      << "of 30 measurements, which are well conditioned";
  set_last(runs[0], "error", constant(1));
  for (const auto& [error, expected] :
       std::vector<std::pair<double, std::string>>{{0.09, "holds"}, {0.11, "does not hold"}}) {
    set_last(runs[1], "error", constant(error));
    EXPECT_EQ(says("reconstructs better"), expected);
  }
  for (const auto& [variation, expected] : std::vector<std::pair<double, std::string>>{
           {5.8, "holds"}, {6.2, "holds"}, {5.6, "does not hold"}, {6.4, "does not hold"}}) {
    set_last(runs[1], "total_variation", constant(variation));  // the truth's: 2.5 + 2 + 1.5
    EXPECT_EQ(says("is that of the truth"), expected);
  }
}

TEST(Completion, ClaimsFollowSingularValuesErrorsAndRatios) {
  auto runs = finish_all("completion", size(8, 5));
  const auto says = [&](const std::string& claim) {
    return verdict(experiment_named("completion").analyse(runs), claim);
  };
  const auto constant = [](double value) { return [=](std::size_t, double) { return value; }; };
  const std::string values = "15 and 5", low = "rest stays small", recovered = "matrix is recovered",
                    balanced = "balanced", half = "half of the entries";
  for (const auto& claim : {values, low, recovered, half}) EXPECT_EQ(says(claim), "does not hold") << claim;
  set_last(runs[0], "sigma1", constant(15.5));
  EXPECT_EQ(says(values), "does not hold") << "one of two";
  set_last(runs[0], "sigma2", constant(4.9));
  EXPECT_EQ(says(values), "holds");
  const auto third = [&](int small) {
    set_last(runs[0], "sigma3", [=](std::size_t i, double) { return int(i) < small ? 0.4 : 0.6; });
  };
  third(8);
  EXPECT_EQ(says(low), "holds");
  third(5);
  EXPECT_EQ(says(low), "not decided");
  third(0);
  EXPECT_EQ(says(low), "does not hold");
  // W = 0 has an error of about 250/400.
  set_last(runs[0], "error", constant(0.001));
  EXPECT_EQ(says(recovered), "holds");
  EXPECT_EQ(says(half), "does not hold") << "that is about the other run";
  set_last(runs[1], "error", constant(0.001));
  EXPECT_EQ(says(half), "holds");
  set_last(runs[0], "error", constant(0.02));
  EXPECT_EQ(says(recovered), "does not hold");
  for (int j = 1; j <= 20; ++j) set_last(runs[0], "ratio" + std::to_string(j), constant(0.97));
  EXPECT_EQ(says(balanced), "holds");
  set_last(runs[0], "ratio20", constant(0.9));
  EXPECT_EQ(says(balanced), "does not hold") << "the median of every j";
}

TEST(Completion, LeastNuclearNormIsTheSeedsOwn) {
  auto runs = finish_all("completion", size(8, 5));
  const std::string claim = "least nuclear norm";
  const auto measured = [&] {
    const std::string text =
        claim_in(experiment_named("completion").analyse(runs), "P Q is the matrix of " + claim).measured;
    return std::stod(text.substr(text.find(": ") + 2));
  };
  const double ratio = measured(), norm = runs[0].last("nuclear")[0];
  set_last(runs[0], "nuclear", [=](std::size_t, double x) { return x / ratio; });
  EXPECT_EQ(verdict(experiment_named("completion").analyse(runs), "P Q is the matrix"), "holds");
  set_last(runs[0], "nuclear", [](std::size_t, double x) { return 1.03 * x; });
  EXPECT_EQ(verdict(experiment_named("completion").analyse(runs), "P Q is the matrix"), "does not hold") << norm;
  set_last(runs[0], "nuclear", [&](std::size_t i, double) {
    const reproduce::MaskedMatrix own = reproduce::masked_matrix_of(runs[0], i);
    return minimum_nuclear_norm(own.mask, own.mask.select(own.truth, 0.0), reproduce::certified).value;
  });
  EXPECT_NE(claim_in(experiment_named("completion").analyse(runs), "P Q is the matrix").measured.find("1 [1, 1]"),
            std::string::npos)
      << "every seed by its own";
}

}  // namespace
}  // namespace orbitwalk::test
