// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Core>
#include <algorithm>

#include "orbitwalk/laws/lyapunov.hpp"
#include "orbitwalk/run/experiment.hpp"

namespace orbitwalk {
namespace {

/// Moments of SGD on the model `linear` with data (models/linear.hpp: sizes c, N; x by columns); null for anything else.
std::shared_ptr<const SgdMoments> moments_of(const Problem& problem) {
  const ModelDescription& model = problem.model;
  if (problem.plan.scheme != Scheme::sgd || model.name != "linear" || model.samples == 0) return nullptr;
  SgdSetting setting;
  const int features = model.parameters.sizes[0], samples = model.parameters.sizes[1];
  setting.x = Eigen::Map<const Eigen::MatrixXd>(model.parameters.arrays[3].data(), samples, features);
  setting.y = Eigen::Map<const Eigen::VectorXd>(model.parameters.arrays[4].data(), samples);
  setting.learning_rate = problem.plan.step;
  setting.batch = std::max(1, problem.plan.batch);  // of no meaning where all samples are taken
  setting.full = problem.plan.sampling == Sampling::full;
  setting.label_noise = problem.plan.label_noise;
  setting.momentum = problem.plan.momentum;
  setting.weight_decay = model.parameters.numbers[1] + problem.plan.weight_decay;
  return std::make_shared<SgdMoments>(stationary_moments(setting));
}

}  // namespace

std::vector<Law> predict_laws(const Experiment& experiment) {
  std::vector<Law> laws;
  LawContext context(experiment.noise);
  const Plan& plan = experiment.problem.plan;
  if (plan.scheme == Scheme::sgd && plan.sampling != Sampling::full && plan.momentum == 0 && plan.weight_decay == 0) {
    context.sgd_noise = SgdNoise{plan.step, plan.batch, plan.label_noise};
  }
  for (const auto& name : experiment.compare.laws) {
    if (name == "lyapunov" && !context.sgd) context.sgd = moments_of(experiment.problem);
    for (const auto& observable : experiment.problem.names) {
      const auto invariant = experiment.problem.model.invariant(observable);
      if (!invariant) continue;
      const auto window = experiment.compare.windows.find(observable);
      laws.push_back(predict(name, observable, *invariant, context,
                             window == experiment.compare.windows.end() ? std::optional<Window>() : window->second));
    }
  }
  return laws;
}

}  // namespace orbitwalk
