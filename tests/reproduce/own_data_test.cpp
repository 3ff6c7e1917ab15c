// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// A published instance can be run exactly: the files of a problem that was drawn, with the same start, give the errors,
// supports and claims of the drawn problem itself. Twins have files that do not belong together.
#include <cmath>
#include <numbers>

#include "models/catalog.hpp"
#include "models/host_model.hpp"
#include "models/parameter_parts.hpp"
#include "orbitwalk/error.hpp"
#include "reproduce/data_folder.hpp"
#include "studies/reproduce/instances.hpp"

namespace orbitwalk::test {
namespace {

using namespace reproduce;

/// Design, measurements and truth of particle 0 of a drawn run.
void write_regression(const DataFolder& folder, const FinishedRun& drawn) {
  const SeedRegression instance = regression_of(drawn, 0);
  folder.write("design", instance.a);
  folder.write("measurements", instance.y);
  folder.write("truth", instance.truth);
}

const std::vector<std::string> observed = {"error", "support", "l1_norm", "total_variation", "loss"};

/// Claims with their verdicts; `measured` too.
std::vector<std::string> claims_of(const Findings& findings, bool measured) {
  std::vector<std::string> list;
  for (const Claim& claim : findings.claims)
    list.push_back(claim.claim + " | " + (measured ? claim.measured + " | " : "") + verdict(claim) + " | " +
                   claim.detail);
  return list;
}

class OfADrawnRegression : public testing::TestWithParam<std::string> {
 protected:
  Settings settings(int particles) const {
    return GetParam() == "spectrum" ? size(particles, 1500) + Settings{"dynamics.step=0.02"}
                                    : size(particles, 600) + Settings{"dynamics.step=0.01"};
  }
  std::vector<FinishedRun> drawn(const Settings& more) const {
    return finish_all(GetParam(), more + Settings{"data.instance.shared=true", "data.instance.seed=4"});
  }
  const PublishedExperiment& experiment() const { return experiment_named(GetParam()); }
};

// Starts are drawn by seed, the same for both.
TEST_P(OfADrawnRegression, FilesGiveTheSameErrorsSupportsAndClaims) {
  for (const std::string precision : {"mixed", "double"}) {
    const Settings all = settings(7) + Settings{"ensemble.precision=\"" + precision + "\""};
    const auto expected = drawn(all);
    DataFolder folder(GetParam());
    write_regression(folder, expected[0]);
    const auto runs = finish_on(folder, GetParam(), all);
    ASSERT_EQ(runs.size(), expected.size());
    for (std::size_t r = 0; r < runs.size(); ++r) {
      for (const auto& name : observed)
        EXPECT_EQ(runs[r].last(name), expected[r].last(name)) << precision << ", " << runs[r].label << ", " << name;
    }
    const Findings findings = experiment().analyse(runs), of_drawn = experiment().analyse(expected);
    EXPECT_EQ(claims_of(findings, true), claims_of(of_drawn, true));
    EXPECT_TRUE(findings.left_out.empty()) << findings.left_out[0].claim << ": " << findings.left_out[0].reason;
  }
}

TEST_P(OfADrawnRegression, WithTheSameStartOneParticleIsOneTrajectory) {
  const int c = GetParam() == "spectrum" ? 64 : 200;
  const Eigen::VectorXd w = numbers(c, 1, 1e-4, 1), p = numbers(c, 1, 0.01, 2), q = numbers(c, 1, 0.01, 3);
  std::vector<FinishedRun> expected;
  for (const PublishedRun& run : experiment().runs) {
    std::vector<double> theta(w.begin(), w.end());
    if (run.file.find("_free") == std::string::npos && run.file.find("_l1") == std::string::npos) {
      theta.assign(p.begin(), p.end());
      theta.insert(theta.end(), q.begin(), q.end());
    }
    expected.push_back(
        finish(run, settings(1) + start_at(theta) + Settings{"data.instance.shared=true", "data.instance.seed=4"}));
  }
  if (GetParam() == "signal") expected.pop_back();
  DataFolder folder(GetParam() + "_start");
  write_regression(folder, expected[0]);
  folder.write("start_w", w), folder.write("start_p", p.transpose()), folder.write("start_q", q);
  Settings all = settings(1);
  all.erase(all.begin());  // the number of particles
  const auto runs = finish_on(folder, GetParam(), all);
  ASSERT_EQ(runs.size(), expected.size());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    EXPECT_EQ(runs[r].experiment.problem.plan.particles, 1u) << "the others would be the same";
    for (const auto& name : observed)
      EXPECT_EQ(runs[r].last(name), expected[r].last(name)) << runs[r].label << ", " << name;
  }
  const Findings findings = experiment().analyse(runs);
  EXPECT_EQ(claims_of(findings, true), claims_of(experiment().analyse(expected), true));
  EXPECT_NE(findings.text[0].find("there is one trajectory"), std::string::npos) << findings.text[0];
  for (const Claim& claim : findings.claims)
    EXPECT_TRUE(claim.holds.has_value()) << claim.claim << ": nothing is left to chance";
  if (GetParam() == "signal") {
    EXPECT_NE(left_out(findings, "from 0.01 instead of 0.3").find("start is that of the files"), std::string::npos);
  }
  folder.remove("start_q.npy");
  EXPECT_THROW(finish_on(folder, GetParam(), all), IoError) << "a start of some runs only";
}

TEST_P(OfADrawnRegression, FilesThatDoNotBelongTogetherGiveOtherErrors) {
  const Settings all = settings(7);
  const auto expected = drawn(all);
  const SeedRegression instance = regression_of(expected[0], 0);
  DataFolder folder(GetParam() + "_twin");
  write_regression(folder, expected[0]);
  Eigen::MatrixXd permuted = instance.a;
  permuted.row(0).swap(permuted.row(1));
  folder.write("design", permuted);
  const auto runs = finish_on(folder, GetParam(), all);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (std::size_t i = 0; i < 7; ++i)
      EXPECT_GT(std::abs(runs[r].last("error")[i] / expected[r].last("error")[i] - 1), 1e-3)
          << "twin: two rows of the design swapped; " << runs[r].label;
  }
  EXPECT_NE(claims_of(experiment().analyse(runs), true), claims_of(experiment().analyse(expected), true));
  folder.write("design", instance.a);
  folder.write("truth", instance.truth.reverse());
  const auto reversed = finish_on(folder, GetParam(), all);
  EXPECT_EQ(reversed[0].last("loss"), expected[0].last("loss"));
  EXPECT_NE(reversed[0].last("error"), expected[0].last("error")) << "twin: another truth";
}

// Without a truth what needs none stays as it is, and the rest is left out with the reason.
TEST_P(OfADrawnRegression, ClaimsAboutAnUnknownTruthAreLeftOut) {
  const Settings all = settings(7);
  const auto expected = drawn(all);
  DataFolder folder(GetParam() + "_unknown");
  write_regression(folder, expected[0]);
  folder.remove("truth.npy");
  const auto runs = finish_on(folder, GetParam(), all);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    EXPECT_THROW(runs[r].last("error"), std::invalid_argument);
    EXPECT_THROW(runs[r].last("support"), std::invalid_argument);
    for (const char* name : {"l1_norm", "total_variation", "loss"})
      EXPECT_EQ(runs[r].last(name), expected[r].last(name)) << name;
  }
  const Findings findings = experiment().analyse(runs), of_drawn = experiment().analyse(expected);
  EXPECT_EQ(findings.claims.size() + findings.left_out.size(), of_drawn.claims.size()) << "nothing is lost";
  EXPECT_EQ(findings.left_out.size(), GetParam() == "spectrum" ? 4u : 3u);
  for (const LeftOut& left : findings.left_out)
    EXPECT_NE(left.reason.find("no truth"), std::string::npos) << left.claim;
  for (const Claim& claim : findings.claims) EXPECT_EQ(claim.measured.find("nan"), std::string::npos) << claim.measured;
  for (const char* claim : {"at its training error"})
    EXPECT_EQ(claim_in(findings, claim).measured, claim_in(of_drawn, claim).measured);
}

INSTANTIATE_TEST_SUITE_P(Experiments, OfADrawnRegression, testing::Values("spectrum", "signal"),
                         [](const auto& info) { return info.param; });

// cos(2πkt) of times in double, against those of the drawn run: rounding in float, nothing in double.
TEST(OwnSpectrum, OfItsTimesIsThatOfItsDesign) {
  for (const std::string precision : {"mixed", "double"}) {
    const Settings all = size(7, 1500) + Settings{"dynamics.step=0.02", "ensemble.precision=\"" + precision + "\""};
    const auto expected = finish_all("spectrum", all + Settings{"data.instance.shared=true"});
    const SeedRegression instance =
        regression_of(finish(experiment_named("spectrum").runs[0],
                             size(1, 1) + Settings{"data.instance.shared=true", "ensemble.precision=\"double\""}),
                      0);
    Eigen::VectorXd times(instance.a.rows());
    // t or 1 - t
    for (Eigen::Index b = 0; b < times.size(); ++b)
      times[b] = std::round(std::acos(instance.a(b, 1)) / (2 * std::numbers::pi) * 0x1p24) * 0x1p-24;
    DataFolder folder("times");
    write_regression(folder, expected[0]);
    folder.remove("design.npy");
    folder.write("times", times);
    const auto runs = finish_on(folder, "spectrum", all);
    const double rounding = precision == "double" ? 1e-10 : 1e-3;
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t i = 0; i < 7; ++i)
        EXPECT_NEAR(runs[r].last("error")[i] / expected[r].last("error")[i], 1, rounding)
            << precision << ", " << runs[r].label;
      EXPECT_EQ(runs[r].last("support"), expected[r].last("support"));
    }
    const Findings findings = experiment_named("spectrum").analyse(runs),
                   of_drawn = experiment_named("spectrum").analyse(expected);
    EXPECT_EQ(claims_of(findings, false), claims_of(of_drawn, false));
    EXPECT_EQ(findings.text[1].find("hardly explains"), std::string::npos) << findings.text[1];

    folder.write("times", (times.array() + 0.003).matrix());
    const auto shifted = finish_on(folder, "spectrum", all);
    for (std::size_t i = 0; i < 7; ++i)
      EXPECT_GT(std::abs(shifted[2].last("error")[i] / expected[2].last("error")[i] - 1), 100 * rounding)
          << "twin: times shifted by 0.003";
    folder.write("times", (times.array() * 0.5 + 0.3).matrix());
    const Findings other = experiment_named("spectrum").analyse(finish_on(folder, "spectrum", all));
    EXPECT_NE(other.text[1].find("hardly explains"), std::string::npos) << other.text[1];
    EXPECT_NE(left_out(other, "generalises").find("root mean square"), std::string::npos)
        << "twin: other times are noise beyond that of the bound";
  }
}

TEST(OwnSpectrum, BoundsAreOnlyForThePublishedScale) {
  const Settings all = size(7, 400) + Settings{"dynamics.step=2e-4"};
  const auto drawn = finish_all("spectrum", all + Settings{"data.instance.shared=true"});
  const SeedRegression instance = regression_of(drawn[0], 0);
  DataFolder folder("scale");
  folder.write("design", instance.a), folder.write("measurements", 100 * instance.y),
      folder.write("truth", 100 * instance.truth);
  Findings findings = experiment_named("spectrum").analyse(finish_on(folder, "spectrum", all));
  for (const char* claim : {"generalises", "free weights do not"})
    EXPECT_NE(left_out(findings, claim).find("weights of size 1 to 2"), std::string::npos) << claim;
  EXPECT_EQ(claim_in(findings, "finds the support").claim, "w = p∘q finds the support") << "which has no scale";
  folder.write("truth", (100 * instance.truth.array() + 1).matrix());
  findings = experiment_named("spectrum").analyse(finish_on(folder, "spectrum", all));
  EXPECT_NE(left_out(findings, "finds the support").find("every weight of the truth"), std::string::npos);
}

TEST(OwnSpectrum, HasADesignOfCosines) {
  const auto drawn = finish_all("spectrum", size(7, 1) + Settings{"data.instance.shared=true"});
  const SeedRegression instance = regression_of(drawn[0], 0);
  DataFolder folder("cosines");
  write_regression(folder, drawn[0]);
  Eigen::MatrixXd design = instance.a;
  design.col(5).swap(design.col(9));
  folder.write("design", design);
  EXPECT_THROW(finish_on(folder, "spectrum", size(7, 1)), SpecError)
      << "columns permuted: the error would be of other modes";
  folder.write("design", (instance.a.array() * 1000).round() / 1000);
  EXPECT_NO_THROW(finish_on(folder, "spectrum", size(7, 1))) << "three decimals are enough to tell";
}

TEST(OwnMatrix, OfADrawnOneGivesTheSameErrorsAndClaims) {
  const Settings all = size(8, 400) + Settings{"dynamics.step=0.02"};
  const Eigen::MatrixXd p = numbers(20, 20, 0.11, 5), q = numbers(20, 20, 0.1, 6);
  std::vector<double> theta;
  for (const double x : p.reshaped()) theta.push_back(x);              // P column by column
  for (const double x : q.transpose().reshaped()) theta.push_back(x);  // Q row by row
  const FinishedRun expected =
      finish(experiment_named("completion").runs[0],
             all + start_at(theta) + Settings{"data.instance.shared=true", "data.instance.seed=9"});
  const MaskedMatrix instance = masked_matrix_of(expected, 0);
  DataFolder folder("completion");
  const auto write = [&](const Eigen::MatrixXd& mask) {
    folder.write("truth", instance.truth), folder.write("mask", mask), folder.write("start_P", p),
        folder.write("start_Q", q);
  };
  const Eigen::MatrixXd mask = instance.mask.cast<double>();
  write(mask);
  const auto runs = finish_on(folder, "completion", all);
  ASSERT_EQ(runs.size(), 1u) << "one experiment, with the files' mask";
  EXPECT_EQ(runs[0].label, "observed entries of the mask");
  for (const char* name : {"error", "sigma1", "sigma2", "sigma3", "nuclear", "loss", "ratio7"})
    EXPECT_EQ(runs[0].last(name), expected.last(name)) << name;
  const auto half = finish_all("completion", size(8, 1));
  const Findings findings = experiment_named("completion").analyse(runs),
                 of_drawn = experiment_named("completion").analyse({expected, half[1], half[2]});
  auto claims = claims_of(of_drawn, true);
  ASSERT_EQ(claims.size(), 7u);
  claims.resize(5);
  EXPECT_EQ(claims_of(findings, true), claims);
  EXPECT_EQ(findings.left_out.size(), 2u);
  EXPECT_NE(left_out(findings, "with half of the entries").find("mask is that of the files"), std::string::npos);

  write(mask.transpose());
  EXPECT_NE(finish_on(folder, "completion", all)[0].last("error"), expected.last("error"))
      << "twin: the mask transposed";
  write(mask);
  folder.write("start_P", p.transpose());
  EXPECT_NE(finish_on(folder, "completion", all)[0].last("error"), expected.last("error")) << "twin: P transposed";
}

TEST(OwnMatrix, WhatIsNotObservedMayBeUnknown) {
  const Settings all = size(8, 400) + Settings{"dynamics.step=0.02"};
  const FinishedRun drawn = finish(experiment_named("completion").runs[0], all + Settings{"data.instance.shared=true"});
  const MaskedMatrix instance = masked_matrix_of(drawn, 0);
  DataFolder folder("observed");
  folder.write("observed", instance.mask.select(instance.truth, 99.0)),
      folder.write("mask", instance.mask.cast<double>());
  const auto runs = finish_on(folder, "completion", all);
  EXPECT_THROW(runs[0].last("error"), std::invalid_argument);
  EXPECT_EQ(runs[0].last("sigma1"), drawn.last("sigma1")) << "99 is never looked at";
  const Findings findings = experiment_named("completion").analyse(runs);
  for (const char* claim : {"singular values of the truth", "rest stays small", "matrix is recovered"})
    EXPECT_NE(left_out(findings, claim).find("the others are not known"), std::string::npos) << claim;
  EXPECT_EQ(verdict(findings, "P Q is the matrix of least nuclear norm"), "does not hold") << "after so few steps";
  EXPECT_EQ(findings.claims.size(), 2u);
}

TEST(OwnMatrix, ClaimsFollowTheRankOfTheFiles) {
  DataFolder folder("rank");
  Eigen::MatrixXd truth = numbers(6, 1, 1, 1) * numbers(1, 7, 1, 2), mask = Eigen::MatrixXd::Ones(6, 7);
  mask(0, 1) = mask(3, 4) = mask(5, 6) = 0;
  folder.write("truth", truth), folder.write("mask", mask);
  const Settings all = size(8, 20000) + Settings{"dynamics.step=0.05", "model.initial_deviation=[0.01,0.01]"};
  auto runs = finish_on(folder, "completion", all);
  Findings findings = experiment_named("completion").analyse(runs);
  EXPECT_EQ(verdict(findings, "the singular value of the truth is found"), "holds");
  EXPECT_EQ(verdict(findings, "sigma_2 below a tenth of sigma_1"), "holds");
  EXPECT_EQ(verdict(findings, "matrix is recovered"), "holds");
  folder.write("mask", Eigen::MatrixXd::Ones(6, 7));
  findings = experiment_named("completion").analyse(finish_on(folder, "completion", size(8, 10)));
  EXPECT_EQ(left_out(findings, "matrix is recovered"), "all entries are observed");
  folder.write("truth", numbers(6, 7, 1, 3));
  findings = experiment_named("completion").analyse(finish_on(folder, "completion", size(8, 10)));
  EXPECT_NE(left_out(findings, "rest stays small").find("full rank, 6"), std::string::npos);
}

// Teacher and start of a drawn network: fresh samples and label noise are the seeds' own, the same in both.
TEST(OwnNetwork, OfADrawnTeacherGivesTheSameRatiosAndClaims) {
  const Settings all = size(8, 2000) + Settings{"dynamics.step=1e-3"};
  const Eigen::MatrixXd w = numbers(16, 3, 0.05, 7);
  const Eigen::VectorXd v = numbers(16, 1, 0.05, 8);
  std::vector<double> theta;
  for (const double x : w.transpose().reshaped()) theta.push_back(x);
  theta.insert(theta.end(), v.begin(), v.end());
  const FinishedRun expected =
      finish(experiment_named("relu").runs[0],
             all + start_at(theta) + Settings{"data.instance.shared=true", "data.instance.hidden=5"});
  const auto own = draw_instance(expected.experiment.problem.model, 0, true);
  ASSERT_EQ(own.size(), 5u * 4);
  const Eigen::MatrixXd teacher = Eigen::Map<const Eigen::Matrix<double, 5, 3, Eigen::RowMajor>>(own.data());
  const Eigen::VectorXd answer = Eigen::Map<const Eigen::VectorXd>(own.data() + 15, 5);
  DataFolder folder("relu");
  folder.write("teacher_W", teacher), folder.write("teacher_V", answer), folder.write("start_W", w),
      folder.write("start_V", v);
  const auto runs = finish_on(folder, "relu", all);
  for (const char* name : {"ratio1", "ratio16", "strength4", "imbalance9", "loss"})
    EXPECT_EQ(runs[0].last(name), expected.last(name)) << name;
  EXPECT_EQ(claims_of(experiment_named("relu").analyse(runs), true),
            claims_of(experiment_named("relu").analyse({expected}), true));
  folder.write("teacher_V", answer.reverse());
  EXPECT_NE(finish_on(folder, "relu", all)[0].last("loss"), expected.last("loss"))
      << "twin: the teacher's units permuted";
}

// The parts of θ by their names and shapes: the model's own predictor is the formula of its matrices.
TEST(Parts, AreTheMatricesOfThePredictor) {
  DataFolder folder("parts");
  const auto description_of = [](const std::string& model) {
    const Spec spec = Spec::from_string("[model]\n" + model);
    return describe_model(root_section(spec).section("model"), DataSource());
  };
  const auto theta_of = [&](const ModelDescription& model, const std::vector<Eigen::MatrixXd>& matrices) {
    const auto parts = parameter_parts(model);
    std::string table = "[files]\n";
    for (std::size_t i = 0; i < parts.size(); ++i) {
      folder.write(parts[i].name, matrices[i]);
      table += parts[i].name + " = \"" + folder.path() + "/" + parts[i].name + ".npy\"\n";
    }
    const Spec spec = Spec::from_string(table);
    return read_parts(root_section(spec).section("files"), parts);
  };
  const auto expect_close = [](const std::vector<double>& found, const Eigen::MatrixXd& expected,
                               const std::string& what) {
    ASSERT_EQ(found.size(), std::size_t(expected.size())) << what;
    for (Eigen::Index i = 0; i < expected.rows(); ++i) {
      for (Eigen::Index j = 0; j < expected.cols(); ++j)
        EXPECT_NEAR(found[std::size_t(i * expected.cols() + j)], expected(i, j), 1e-12) << what;
    }
  };
  const Eigen::MatrixXd a = numbers(4, 3, 1, 1), b = numbers(3, 5, 1, 2), p = numbers(6, 1, 1, 3),
                        q = numbers(6, 1, 1, 4);
  const ModelDescription completion =
      description_of("name = \"completion\"\nrows = 4\ncolumns = 5\nrank = 3\nloss = {}");
  expect_close(completion.predictor(theta_of(completion, {a, b})), a * b, "completion");
  const ModelDescription hadamard = description_of("name = \"hadamard\"\ncoordinates = 6");
  expect_close(hadamard.predictor(theta_of(hadamard, {p, q})), p.cwiseProduct(q), "hadamard");
  const ModelDescription linear = description_of("name = \"linear\"\ncoordinates = 6");
  expect_close(linear.predictor(theta_of(linear, {p})), p, "linear");
  const ModelDescription relu = description_of("name = \"relu\"\ninputs = 3\nhidden = 4\noutputs = 2");
  const Eigen::MatrixXd v = numbers(4, 2, 1, 5);
  const auto inputs = standard_normals(1, 0, 64 * 3);  // the predictor's
  const Eigen::MatrixXd x = Eigen::Map<const Eigen::Matrix<double, 64, 3, Eigen::RowMajor>>(inputs.data());
  expect_close(relu.predictor(theta_of(relu, {a, v})), (x * a.transpose()).cwiseMax(0) * v, "relu");
  EXPECT_THROW(theta_of(relu, {a.transpose(), v}), SpecError) << "one unit per row";
}

}  // namespace
}  // namespace orbitwalk::test
