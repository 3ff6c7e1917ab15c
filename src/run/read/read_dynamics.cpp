// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/read/read_dynamics.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "dynamics/catalog.hpp"
#include "dynamics/registry.hpp"
#include "geometry/gauge_name.hpp"
#include "kernels/noise/list.hpp"
#include "kernels/observe/common.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk {
namespace {

constexpr int projection_limit = 64;  // generators of a Gram solve

void read_temperature(const Section& dynamics, Experiment& experiment) {
  if (dynamics.has("noise")) dynamics.fail("noise", "this dynamics has isotropic noise: give temperature");
  const double temperature = dynamics.number("temperature", positive());
  experiment.noise.horizontal = experiment.noise.vertical = std::sqrt(temperature);
  experiment.problem.plan.noise = noise_id<IsotropicNoise>;
}

// noise = { ... }: the noise that has a key of these; projected noise where none has.
const NoiseEntry& noise_with_keys(const Section& numbers) {
  for (const NoiseEntry& noise : noises()) {
    for (const NoiseKey& key : noise.traits.keys) {
      if (key.name && numbers.has(key.name)) return noise;
    }
  }
  return noise_of(noise_id<ProjectedNoise>);
}

void read_noise(const Section& dynamics, Experiment& experiment) {
  if (dynamics.has("temperature") && dynamics.has("noise")) {
    dynamics.fail("noise", "give temperature (isotropic) or noise = { horizontal, vertical }, not both");
  }
  const auto section = dynamics.optional_section("noise");
  if (!section) return read_temperature(dynamics, experiment);
  const NoiseEntry& noise = noise_with_keys(*section);
  double* number = experiment.problem.plan.noise_numbers;
  for (const NoiseKey& key : noise.traits.keys) {
    if (key.name) *number++ = section->number(key.name, key.may_be_zero ? non_negative() : positive());
  }
  experiment.problem.plan.noise = noise.id;
  if (!noise.traits.needs_projection) return;
  experiment.noise.horizontal = experiment.problem.plan.noise_numbers[0];
  experiment.noise.vertical = experiment.problem.plan.noise_numbers[1];
  if (experiment.noise.isotropic()) experiment.problem.plan.noise = noise_id<IsotropicNoise>;
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

// The integrator that [dynamics] scheme names, of those under the name; the first is the default. Geometric dynamics has
// those of Langevin dynamics that take its noise, with a shorter word for the first.
IntegratorEntry read_scheme(const Section& dynamics, const std::string& name) {
  const bool geometric = name == noise_of(noise_id<GeometricNoise>).traits.dynamics;
  std::vector<IntegratorEntry> list;
  std::vector<std::string> words;
  for (const IntegratorEntry& each : integrators_under(geometric ? "langevin" : name)) {
    if (geometric && !each.takes(noise_of(noise_id<GeometricNoise>).traits)) continue;
    list.push_back(each);
    words.push_back(geometric && words.empty() ? "euler" : each.traits.scheme);
  }
  const std::string word = dynamics.choice("scheme", words, words[0]);
  return list[std::size_t(std::find(words.begin(), words.end(), word) - words.begin())];
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

// What an integrator says of the noises that it takes (kernels/integrators/traits.hpp), as an error of a spec.
void check_pair(const Section& dynamics, const Plan& plan) {
  const IntegratorEntry& integrator = integrator_of(plan.integrator);
  const NoiseTraits& noise = noise_of(plan);
  if (integrator.takes(noise)) return;
  std::vector<std::string> others;
  for (const IntegratorEntry& each : integrators_under(integrator.traits.dynamics)) {
    if (each.takes(noise)) others.push_back(each.traits.scheme);
  }
  const std::string scheme = integrator.traits.scheme, which = std::string(noise.name) + " noise";
  dynamics.fail("scheme", (noise.depends_on_state ? scheme + " needs additive noise; " + which + " depends on the state"
                                                  : scheme + " does not take " + which) +
                              (others.empty() ? "" : ": use " + joined(others)));
}

void check_projection(const Section& dynamics, const Experiment& experiment) {
  if (!noise_of(experiment.problem.plan).needs_projection) return;
  const ModelDescription& model = experiment.problem.model;
  if (model.generators == 0) {
    dynamics.fail(experiment.noise.isotropic() ? "scheme" : "noise",
                  "model " + model.name + " has no generators to project on");
  }
  if (model.generators > projection_limit && !model.closed_projection) {
    dynamics.fail("noise", "the projection solves a Gram system of " + std::to_string(model.generators) +
                               " generators a particle; at most " + std::to_string(projection_limit) +
                               " are supported");
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
  if (!noise_of(experiment.problem.plan).is_isotropic)
    dynamics.fail("shell", "conditions the Gibbs law, so the noise must be isotropic");
  experiment.problem.plan.gauge = read_gauge(*shell, experiment.problem.model);
  experiment.problem.plan.shell_width = shell->number("width", positive());
  experiment.conditioned = true;
}

void read_langevin(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  read_noise(dynamics, experiment);
  const IntegratorEntry integrator = read_scheme(dynamics, "langevin");
  plan.integrator = integrator.id;
  read_variates(dynamics, experiment);
  read_shell(dynamics, experiment);
  experiment.noise.stratonovich = integrator.traits.sense == Sense::stratonovich;
  // Where only projected noise is taken, isotropic noise is projected noise with equal intensities.
  const NoiseEntry& projected = noise_of(noise_id<ProjectedNoise>);
  if (noise_of(plan).is_isotropic && !integrator.takes(noise_of(plan)) && integrator.takes(projected.traits)) {
    plan.noise = projected.id;
  }
  check_pair(dynamics, plan);
  check_projection(dynamics, experiment);
}

void read_underdamped(const Section& dynamics, Experiment& experiment) {
  read_temperature(dynamics, experiment);
  const IntegratorEntry integrator = read_scheme(dynamics, "underdamped");
  read_variates(dynamics, experiment);
  experiment.problem.plan.integrator = integrator.id;
  experiment.problem.plan.friction = dynamics.number("friction", 1.0, positive());
  read_shell(dynamics, experiment);
}

void read_metropolis(const Section& dynamics, Experiment& experiment) {
  refuse(dynamics, {"variates"}, "the Metropolis test needs the density of the proposal: variates are gaussian");
  read_temperature(dynamics, experiment);
  experiment.problem.plan.integrator = read_scheme(dynamics, "mala").id;
  read_shell(dynamics, experiment);
}

// name = "constrained": gauge, and window = { of, range } where the law is not integrable without.
void read_constrained(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  refuse(dynamics, {"variates"}, "the Metropolis test needs the density of the proposal: variates are gaussian");
  read_temperature(dynamics, experiment);
  plan.integrator = read_scheme(dynamics, "constrained").id;
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
  experiment.problem.plan.noise = noise_id<GeometricNoise>;
  experiment.problem.plan.integrator = read_scheme(dynamics, "geometric").id;
  read_variates(dynamics, experiment);
  experiment.problem.plan.volatility = dynamics.number("volatility", non_negative());
}

void read_sgd_rest(const Section& dynamics, Plan& plan) {
  plan.momentum = dynamics.number("momentum", 0.0, between(0, 1));
  if (plan.momentum == 1) dynamics.fail("momentum", "expected a number below 1");
  plan.weight_decay = dynamics.number("weight_decay", 0.0, non_negative());
  plan.label_noise = dynamics.number("label_noise", 0.0, non_negative());
}

// The sampled noises that draw fresh samples, or the others, by name.
NoiseId read_sampling(const Section& dynamics, bool fresh, const char* fallback) {
  std::vector<std::string> names;
  for (const NoiseEntry& noise : noises()) {
    if (noise.traits.from_samples && noise.traits.draws_fresh == fresh) names.push_back(noise.traits.name);
  }
  const std::string name = dynamics.choice("sampling", names, fallback ? fallback : names[0]);
  const auto named = [&](const NoiseEntry& noise) { return noise.traits.from_samples && noise.traits.name == name; };
  return std::find_if(noises().begin(), noises().end(), named)->id;
}

void read_sgd(const Section& dynamics, Experiment& experiment) {
  Plan& plan = experiment.problem.plan;
  refuse(dynamics, {"temperature", "noise", "scheme", "variates"},
         "has no meaning for sgd, whose noise comes from the samples");
  const ModelDescription& model = experiment.problem.model;
  if (model.samples == 0) dynamics.fail("name", "sgd needs a model with [data]");
  plan.integrator = integrators_under("sgd")[0].id;
  if (model.streamed) {
    plan.noise = read_sampling(dynamics, true, nullptr);
    if (model.batched) plan.batch = static_cast<int>(dynamics.integer("batch", 8, between(1, 1 << 20)));
    else
      refuse(dynamics, {"batch", "label_noise"}, "has no meaning for this model, whose steps draw no samples"),
          plan.batch = 1;
    return read_sgd_rest(dynamics, plan);
  }
  plan.noise = read_sampling(dynamics, false, model.instance > 0 ? "full" : nullptr);
  const NoiseTraits& noise = noise_of(plan);
  if (model.instance > 0 && noise.draws_batch) {
    dynamics.fail("sampling",
                  "for data that every particle draws for itself ([data] instance), or of a kind ([data] kind), each "
                  "step takes all samples: \"full\" or \"surrogate\"");
  }
  if (noise.is_noiseless)
    refuse(dynamics, {"batch"}, "has no meaning with sampling = \"full\", which takes all samples");
  else plan.batch = static_cast<int>(dynamics.integer("batch", 8, between(1, 1 << 20)));
  read_sgd_rest(dynamics, plan);
}

}  // namespace

void read_dynamics(const Section& dynamics, Experiment& experiment) {
  const std::string name = dynamics.choice("name", dynamics_names(), dynamics_names()[0]);
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
  if (name == "langevin") read_langevin(dynamics, experiment);
  else if (name == "underdamped") read_underdamped(dynamics, experiment);
  else if (name == "mala") read_metropolis(dynamics, experiment);
  else read_constrained(dynamics, experiment);
  experiment.has_temperature = noise_of(experiment.problem.plan).has_temperature;
  if (!experiment.has_temperature) return;
  experiment.problem.plan.horizontal = experiment.noise.horizontal;
  experiment.problem.plan.vertical = experiment.noise.vertical;
}

void check_precision(const Section& dynamics, const Experiment& experiment) {
  const Plan& plan = experiment.problem.plan;
  if (plan.precision == Precision::mixed && integrator_of(plan).is_exact) {
    dynamics.fail("name",
                  "Metropolis schemes move by whole proposals and have no mixed precision: use float or double");
  }
}

}  // namespace orbitwalk
