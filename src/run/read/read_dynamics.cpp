// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/read/read_dynamics.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "geometry/gauge_name.hpp"
#include "kernels/observe/common.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr int projection_limit = 64;  // generators of a Gram solve

void read_temperature(const Section& dynamics, Experiment& experiment) {
  if (dynamics.has("noise")) dynamics.fail("noise", "this dynamics has isotropic noise: give temperature");
  const double temperature = dynamics.number("temperature", positive());
  experiment.noise.horizontal = experiment.noise.vertical = std::sqrt(temperature);
}

void read_noise(const Section& dynamics, Experiment& experiment) {
  if (dynamics.has("temperature") && dynamics.has("noise")) {
    dynamics.fail("noise", "give temperature (isotropic) or noise = { horizontal, vertical }, not both");
  }
  const auto noise = dynamics.optional_section("noise");
  if (!noise) return read_temperature(dynamics, experiment);
  experiment.noise.horizontal = noise->number("horizontal", positive());
  experiment.noise.vertical = noise->number("vertical", non_negative());
}

void read_variates(const Section& dynamics, Experiment& experiment) {
  const std::string variates = dynamics.choice("variates", {"gaussian", "dyadic", "rademacher"}, "gaussian");
  experiment.problem.plan.variates = variates == "dyadic"       ? Variates::dyadic
                                     : variates == "rademacher" ? Variates::rademacher
                                                                : Variates::gaussian;
  if (variates == "rademacher") {
    experiment.notes.push_back(
        "rademacher variates leave a lattice in low-dimensional laws; they have moments 1 to 3 only");
  }
}

void refuse(const Section& dynamics, std::initializer_list<const char*> keys, const std::string& why) {
  for (const char* key : keys) {
    if (dynamics.has(key)) dynamics.fail(key, why);
  }
}

// gauge = "moment_map" | "norm_difference", one that the model has.
Gauge read_gauge(const Section& section, const ModelDescription& model) {
  std::vector<std::string> names;
  for (const Gauge gauge : {Gauge::moment_map, Gauge::norm_difference}) {
    if (model.constraints[int(gauge)] > 0) names.push_back(gauge_name(gauge));
  }
  if (names.empty()) section.fail("gauge", "model " + model.name + " names no gauge");
  return section.choice("gauge", names, names[0]) == "norm_difference" ? Gauge::norm_difference : Gauge::moment_map;
}

// shell = { gauge, width }: the Gibbs law times exp(-|χ|²/2ε²).
void read_shell(const Section& dynamics, Experiment& experiment) {
  const auto shell = dynamics.optional_section("shell");
  if (!shell) return;
  if (!experiment.noise.isotropic()) dynamics.fail("shell", "conditions the Gibbs law, so the noise must be isotropic");
  experiment.problem.plan.gauge = read_gauge(*shell, experiment.problem.model);
  experiment.problem.plan.shell_width = shell->number("width", positive());
  experiment.conditioned = true;
}

void read_langevin(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  const ModelDescription& model = experiment.problem.model;
  read_noise(dynamics, experiment);
  const std::string scheme =
      dynamics.choice("scheme", {"euler_maruyama", "leimkuhler_matthews", "heun"}, "euler_maruyama");
  read_variates(dynamics, experiment);
  read_shell(dynamics, experiment);
  if (scheme == "heun") {
    plan.scheme = Scheme::stochastic_heun;
    experiment.noise.stratonovich = true;
  } else {
    plan.scheme = scheme == "leimkuhler_matthews" ? Scheme::leimkuhler_matthews : Scheme::euler_maruyama;
  }
  if (experiment.noise.isotropic() && plan.scheme != Scheme::stochastic_heun) return;
  if (plan.scheme == Scheme::leimkuhler_matthews) {
    dynamics.fail(
        "scheme",
        "leimkuhler_matthews needs additive noise; projected noise depends on the state: use euler_maruyama or heun");
  }
  if (model.generators == 0) {
    dynamics.fail(experiment.noise.isotropic() ? "scheme" : "noise",
                  "model " + model.name + " has no generators to project on");
  }
  if (model.generators > projection_limit && !model.closed_projection) {
    dynamics.fail("noise", "the projection solves a Gram system of " + std::to_string(model.generators) +
                               " generators a particle; at most " + std::to_string(projection_limit) +
                               " are supported");
  }
  if (plan.scheme == Scheme::euler_maruyama) plan.scheme = Scheme::projected_euler_maruyama;
}

void read_underdamped(const Section& dynamics, Experiment& experiment) {
  read_temperature(dynamics, experiment);
  dynamics.choice("scheme", {"baoab"}, "baoab");
  read_variates(dynamics, experiment);
  experiment.problem.plan.scheme = Scheme::baoab;
  experiment.problem.plan.friction = dynamics.number("friction", 1.0, positive());
  read_shell(dynamics, experiment);
}

void read_metropolis(const Section& dynamics, Experiment& experiment) {
  refuse(dynamics, {"variates"}, "the Metropolis test needs the density of the proposal: variates are gaussian");
  read_temperature(dynamics, experiment);
  dynamics.choice("scheme", {"mala"}, "mala");
  experiment.problem.plan.scheme = Scheme::mala;
  read_shell(dynamics, experiment);
}

// name = "constrained": gauge, and window = { of, range } where the law is not integrable without.
void read_constrained(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  refuse(dynamics, {"variates"}, "the Metropolis test needs the density of the proposal: variates are gaussian");
  read_temperature(dynamics, experiment);
  dynamics.choice("scheme", {"mala"}, "mala");
  plan.scheme = Scheme::constrained_mala;
  plan.gauge = read_gauge(dynamics, experiment.problem.model);
  experiment.conditioned = true;
  if (const auto window = dynamics.optional_section("window")) {
    const auto& names = experiment.problem.model.observables;
    plan.window_observable =
        static_cast<int>(std::find(names.begin(), names.end(), window->choice("of", names)) - names.begin());
    std::tie(plan.window_lower, plan.window_upper) = window->range("range");
  }
}

// Noise in proportion to the state: no temperature, and no stationary law in general.
void read_geometric(const Section& dynamics, Experiment& experiment) {
  refuse(dynamics, {"temperature", "noise"}, "geometric noise is sigma theta dW: give volatility");
  dynamics.choice("scheme", {"euler"}, "euler");
  read_variates(dynamics, experiment);
  experiment.problem.plan.scheme = Scheme::geometric_euler;
  experiment.problem.plan.volatility = dynamics.number("volatility", non_negative());
}

void read_sgd_rest(const Section& dynamics, Plan& plan) {
  plan.momentum = dynamics.number("momentum", 0.0, between(0, 1));
  if (plan.momentum == 1) dynamics.fail("momentum", "expected a number below 1");
  plan.weight_decay = dynamics.number("weight_decay", 0.0, non_negative());
  plan.label_noise = dynamics.number("label_noise", 0.0, non_negative());
}

void read_sgd(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  refuse(dynamics, {"temperature", "noise", "scheme", "variates"},
         "has no meaning for sgd, whose noise comes from the samples");
  const ModelDescription& model = experiment.problem.model;
  if (model.samples == 0) dynamics.fail("name", "sgd needs a model with [data]");
  plan.scheme = Scheme::sgd;
  if (model.streamed) {
    dynamics.choice("sampling", {"stream"}, "stream");
    plan.sampling = Sampling::stream;
    if (model.batched) plan.batch = static_cast<int>(dynamics.integer("batch", 8, between(1, 1 << 20)));
    else
      refuse(dynamics, {"batch", "label_noise"}, "has no meaning for this model, whose steps draw no samples"),
          plan.batch = 1;
    return read_sgd_rest(dynamics, plan);
  }
  const std::string sampling =
      dynamics.choice("sampling", {"minibatch", "surrogate", "full"}, model.instance > 0 ? "full" : "minibatch");
  if (model.instance > 0 && sampling == "minibatch") {
    dynamics.fail("sampling",
                  "for data that every particle draws for itself ([data] instance), or of a kind ([data] kind), each "
                  "step takes all samples: \"full\" or \"surrogate\"");
  }
  plan.sampling = sampling == "full"        ? Sampling::full
                  : sampling == "surrogate" ? Sampling::surrogate
                                            : Sampling::minibatch;
  if (plan.sampling == Sampling::full)
    refuse(dynamics, {"batch"}, "has no meaning with sampling = \"full\", which takes all samples");
  else plan.batch = static_cast<int>(dynamics.integer("batch", 8, between(1, 1 << 20)));
  read_sgd_rest(dynamics, plan);
}

}  // namespace

void read_dynamics(const Section& dynamics, Experiment& experiment) {
  const std::string name =
      dynamics.choice("name", {"langevin", "underdamped", "mala", "constrained", "geometric", "sgd"}, "langevin");
  experiment.problem.plan.step = dynamics.number("step", positive());
  CommonObservables::for_names(name == "underdamped", [&](const char* observable) {
    experiment.problem.model.observables.push_back(observable);
  });
  if (name == "sgd") return read_sgd(dynamics, experiment);
  if (experiment.problem.model.instance > 0) {
    dynamics.fail(
        "name",
        "data that every particle draws for itself ([data] instance), or of a kind ([data] kind), is for sgd only");
  }
  if (name == "geometric") return read_geometric(dynamics, experiment);
  experiment.has_temperature = true;
  if (name == "langevin") read_langevin(dynamics, experiment);
  else if (name == "underdamped") read_underdamped(dynamics, experiment);
  else if (name == "mala") read_metropolis(dynamics, experiment);
  else read_constrained(dynamics, experiment);
  experiment.problem.plan.horizontal = experiment.noise.horizontal;
  experiment.problem.plan.vertical = experiment.noise.vertical;
}

void check_precision(const Section& dynamics, const Experiment& experiment) {
  const Plan& plan = experiment.problem.plan;
  if (plan.precision == Precision::mixed && (plan.scheme == Scheme::mala || plan.scheme == Scheme::constrained_mala)) {
    dynamics.fail("name",
                  "Metropolis schemes move by whole proposals and have no mixed precision: use float or double");
  }
}

}  // namespace orbitwalk
