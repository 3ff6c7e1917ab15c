// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "studies/reproduce/applicability.hpp"

#include <algorithm>
#include <cmath>

#include "dynamics/registry.hpp"
#include "models/regression_instance.hpp"
#include "studies/reproduce/analyses.hpp"
#include "studies/reproduce/figures_text.hpp"
#include "studies/reproduce/instances.hpp"

namespace orbitwalk::reproduce {
namespace {

const ModelDescription& model_of(const FinishedRun& run) { return run.experiment.problem.model; }

RegressionTruth truth_kind(const FinishedRun& run) { return regression_truth(model_of(run).parameters); }

bool observes(const FinishedRun& run, const std::string& name) {
  const auto& names = model_of(run).observables;
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Reason first_of(std::initializer_list<Reason> reasons) {
  for (const Reason& reason : reasons) {
    if (reason) return reason;
  }
  return {};
}

void add_claim(Findings& findings, const Reason& reason, const std::string& text,
               const std::function<Claim(const std::string& text)>& make) {
  if (reason) findings.left_out.push_back({text, *reason});
  else findings.claims.push_back(make(text));
}

bool from_files(const FinishedRun& run) {
  const ModelDescription& model = model_of(run);
  if (model.instance == 0) return true;
  if (model.name == "relu") return model.parameters.size("teacher_is_given") != 0;
  if (model.name != "linear" && model.name != "hadamard" && model.name != "mapped_hadamard") return false;
  return regression_source(model.parameters) != RegressionSource::drawn;
}

bool same_start(const FinishedRun& run) {
  const auto& scale = run.experiment.problem.initial.scale;
  return std::all_of(scale.begin(), scale.end(), [](double s) { return s == 0; });
}

bool nothing_varies(const FinishedRun& run) {
  const Plan& plan = run.experiment.problem.plan;
  return same_for_all(run) && same_start(run) && noise_of(plan).is_noiseless && plan.label_noise == 0;
}

std::string about_differences(const FinishedRun& run, const std::string& shared, const std::string& each) {
  if (nothing_varies(run))
    return ". Data and start are fixed, and descent on all samples is not random: there is one trajectory, and there "
           "are no statistics over seeds.";
  if (!same_for_all(run)) return each;
  if (!same_start(run)) return shared;
  return ". All seeds have the same data and the same start; only the random numbers of the steps differ.";
}

Reason no_truth(const FinishedRun& run) {
  return observes(run, "error") ? Reason() : Reason("the files have no truth, which the claim is about");
}

double noise_of_files(const FinishedRun& run) {
  const SeedRegression data = regression_of(run, 0);
  if (data.truth.size() == 0) return std::nan("");
  return std::sqrt((data.y - data.a * data.truth).squaredNorm() / double(data.y.size()));
}

Reason not_on_published_scale(const FinishedRun& run) {
  if (truth_kind(run) == RegressionTruth::known)
    return "the files have no kind, so that error is |w - w*|²/c: the bound is on the test error of a spectrum ([data] "
           "kind)";
  if (!from_files(run)) return {};
  const SeedRegression data = regression_of(run, 0);
  double smallest = INFINITY, largest = 0;
  for (const double w : data.truth) {
    if (w != 0) smallest = std::min(smallest, std::abs(w)), largest = std::max(largest, std::abs(w));
  }
  // 32 samples of noise 0.1 have a root mean square of 0.1 ± 0.0125; four of these above it.
  const double noise = noise_of_files(run);
  if (smallest >= 1 - 1e-6 && largest <= 2 + 1e-6 && noise <= 0.15) return {};
  return "its bound is for weights of size 1 to 2 and noise of 0.1; in the files, " +
         (largest > 0 ? "the nonzero weights are of size " + digits(smallest) + " to " + digits(largest)
                      : std::string("all weights are 0")) +
         ", and y - X w* has a root mean square of " + digits(noise);
}

Reason no_support(const FinishedRun& run) {
  if (!from_files(run)) return {};
  const Eigen::VectorXd truth = regression_of(run, 0).truth;
  Eigen::Index zero = 0, all = 0;
  const bool jumps = truth_kind(run) == RegressionTruth::signal;
  for (Eigen::Index i = jumps ? 1 : 0; i < truth.size(); ++i, ++all)
    zero += (jumps ? truth[i] - truth[i - 1] : truth[i]) == 0;
  if (zero > 0 && zero < all) return {};
  return std::string(zero > 0 ? "no " : "every ") +
         (jumps ? "step of the true signal is a jump" : "weight of the truth differs from 0") +
         ", so there is no support to find";
}

Reason start_not_at_zero(const FinishedRun& run) {
  double largest = 0;
  for (const double mean : run.experiment.problem.initial.mean) largest = std::max(largest, std::abs(mean));
  return largest <= 0.01 ? Reason()
                         : Reason("the start is not near 0: its largest weight is of size " + digits(largest));
}

Reason no_whole_matrix(const FinishedRun& run) {
  return observes(run, "error")
             ? Reason()
             : Reason("the files hold only the observed entries of the matrix: the others are not known");
}

}  // namespace orbitwalk::reproduce
