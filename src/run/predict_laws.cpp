// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Core>
#include <algorithm>

#include "dynamics/registry.hpp"
#include "laws/lyapunov.hpp"
#include "laws/no_law.hpp"
#include "laws/registry.hpp"
#include "orbitwalk/error.hpp"
#include "run/linear_sgd.hpp"
#include "run/read/experiment.hpp"

namespace orbitwalk {

std::optional<SgdSetting> linear_sgd(const Problem& problem) {
  const ModelDescription& model = problem.model;
  if (!noise_of(problem.plan).from_samples || model.name != "linear" || model.samples == 0 || model.instance > 0)
    return {};
  const ModelParameters& parameters = model.parameters;
  if (parameters.number("l1") > 0) return {};
  SgdSetting setting;
  const int features = parameters.size("coordinates"), samples = parameters.size("samples");
  setting.x = Eigen::Map<const Eigen::MatrixXd>(parameters.array("x").data(), samples, features);
  setting.y = Eigen::Map<const Eigen::VectorXd>(parameters.array("y").data(), samples);
  setting.learning_rate = problem.plan.step;
  setting.batch = std::max(1, problem.plan.batch);  // of no meaning where all samples are taken
  setting.full = noise_of(problem.plan).is_noiseless;
  setting.label_noise = problem.plan.label_noise;
  setting.momentum = problem.plan.momentum;
  setting.weight_decay = parameters.number("weight_decay") + problem.plan.weight_decay;
  return setting;
}

namespace {

std::shared_ptr<const SgdMoments> sgd_moments(const Problem& problem) {
  const auto setting = linear_sgd(problem);
  return setting ? std::make_shared<SgdMoments>(stationary_moments(*setting)) : nullptr;
}

}  // namespace

std::vector<Law> predict_laws(const Experiment& experiment) {
  std::vector<Law> laws;
  LawContext context(experiment.noise);
  const Plan& plan = experiment.problem.plan;
  if (noise_of(plan).from_samples && !noise_of(plan).is_noiseless && plan.momentum == 0 && plan.weight_decay == 0) {
    context.sgd_noise = SgdNoise{plan.step, plan.batch, plan.label_noise};
  }
  const std::vector<std::string>& expected = experiment.compare.expect;
  for (const auto& name : experiment.compare.laws) {
    for (const auto& observable : experiment.problem.names) {
      const auto invariant = experiment.problem.model.invariant(observable);
      if (!invariant) continue;
      const auto window = experiment.compare.windows.find(observable);
      try {
        if (law_info(name).needs_sgd_moments && !context.sgd) context.sgd = sgd_moments(experiment.problem);
        laws.push_back(predict(name, observable, *invariant, context,
                               window == experiment.compare.windows.end() ? std::optional<Window>() : window->second));
      } catch (const NoLaw& none) {
        if (std::count(expected.begin(), expected.end(), name)) {
          throw SpecError("[compare] expect: " + std::string(none.what()) +
                          "; a law that does not exist cannot be expected (take it out of expect to run without it)");
        }
        laws.push_back(Law::none(name, observable, none.what()));
      }
    }
  }
  return laws;
}

}  // namespace orbitwalk
