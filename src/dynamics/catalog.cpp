// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "dynamics/catalog.hpp"

#include <algorithm>
#include <tuple>

#include "dynamics/registry.hpp"
#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

using Keys = std::vector<std::pair<std::string, std::string>>;

/// "minibatch (default): ...; surrogate: ...", of the noises that a spec may choose from.
std::string samplings() {
  std::string text;
  for (const NoiseEntry& noise : noises()) {
    if (!noise.traits.from_samples || noise.traits.draws_fresh) continue;
    text += (text.empty() ? std::string(noise.traits.name) + " (default)" : "; " + std::string(noise.traits.name)) +
            ": " + noise.traits.summary;
  }
  return text;
}

struct Dynamics {
  std::string name;
  Keys keys;
};

/// The values of [dynamics] name, with the keys that each has.
const std::vector<Dynamics>& all_dynamics() {
  const std::pair<std::string, std::string> shell = {
      "shell = { gauge, width }",
      "multiply the law by exp(-|chi|^2/(2 width^2)): near a gauge slice, bias of order width^2"};
  static const std::vector<Dynamics> list = {
      {"langevin",
       {{"name = \"langevin\"", "default"},
        {"scheme", "the integrator's name"},
        {"temperature", "T > 0, isotropic noise; or"},
        {"noise = { horizontal, vertical }", "intensities alpha > 0 and beta >= 0; equal ones are isotropic"},
        {"step", "h > 0"},
        shell,
        {"variates", "gaussian (default), dyadic (moments 1 to 5), rademacher (moments 1 to 3; leaves a lattice)"}}},
      {"underdamped",
       {{"name = \"underdamped\"", ""},
        {"temperature", "T > 0"},
        {"friction", "gamma > 0, default 1; adds the observable kinetic_temperature = |v|^2/d, of mean T (1 + O(h^2))"},
        {"step", "h > 0"},
        {"variates", "as for langevin"},
        shell}},
      {"mala",
       {{"name = \"mala\"", ""}, {"temperature", "T > 0"}, {"step", "h > 0; the accept rate is reported"}, shell}},
      {"constrained",
       {{"name = \"constrained\"", ""},
        {"temperature", "T > 0"},
        {"step", "h > 0; the accept rate and unsolved moves are reported"},
        {"gauge", "moment_map (default) or norm_difference, where the model has it: the law depends on it"},
        {"window = { of, range }",
         "stay where an observable lies in a range: for laws that cannot be normalised without"}}},
      {"geometric",
       {{"name = \"geometric\"", ""},
        {"volatility", "sigma >= 0"},
        {"step", "h > 0"},
        {"variates", "as for langevin"}}},
      {"sgd",
       {{"name = \"sgd\"", ""},
        {"step", "eta > 0, the learning rate"},
        {"sampling", samplings()},
        {"batch", "B, default 8"},
        {"momentum", "mu, 0 to below 1, default 0"},
        {"weight_decay", "lambda, default 0"},
        {"label_noise", "standard deviation of fresh noise on every target, default 0"}}}};
  return list;
}

/// Integrator or Noise traits, which name their texts alike.
template <class Traits>
DynamicsInfo info_of(const std::string& name, const Traits& texts, const IntegratorTraits& integrator,
                     const Keys& keys) {
  const std::string weak = integrator.weak_order == 0 ? "-" : std::to_string(integrator.weak_order);
  const std::string invariant = integrator.is_exact          ? "exact at every h"
                                : integrator.weak_order == 0 ? "-"
                                                             : std::to_string(integrator.invariant_order);
  return {name, texts.equation, texts.update, weak, invariant, texts.cost, texts.source, keys};
}

/// Place of the first of a list for which goes(it).
template <class List, class Goes>
std::size_t first_of(const List& list, Goes&& goes) {
  return std::size_t(std::find_if(list.begin(), list.end(), goes) - list.begin());
}

std::vector<DynamicsInfo> collect() {
  struct Ranked {
    std::tuple<std::size_t, std::size_t, std::size_t> rank;  // [dynamics] name, noise, integrator
    DynamicsInfo info;
  };
  std::vector<Ranked> entries;
  const auto place = [](const std::string& name) {
    return first_of(all_dynamics(), [&](const Dynamics& each) { return each.name == name; });
  };
  for (const IntegratorEntry& integrator : integrators()) {
    const std::size_t at = place(integrator.traits.dynamics);
    const std::size_t noise = first_of(noises(), [&](const NoiseEntry& each) { return integrator.takes(each.traits); });
    entries.push_back({{at, noise, std::size_t(integrator.id)},
                       info_of(integrator.traits.name, integrator.traits, integrator.traits, all_dynamics()[at].keys)});
  }
  for (const NoiseEntry& noise : noises()) {
    if (!noise.traits.entry) continue;
    const std::size_t first =
        first_of(integrators(), [&](const IntegratorEntry& each) { return each.takes(noise.traits); });
    const IntegratorTraits& integrator = integrators()[first].traits;
    const std::size_t at = place(noise.traits.dynamics ? noise.traits.dynamics : integrator.dynamics);
    entries.push_back({{at, std::size_t(noise.id), first},
                       info_of(noise.traits.entry, noise.traits, integrator, all_dynamics()[at].keys)});
  }
  std::sort(entries.begin(), entries.end(), [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  std::vector<DynamicsInfo> list;
  for (Ranked& entry : entries) list.push_back(std::move(entry.info));
  return list;
}

}  // namespace

std::vector<std::string> dynamics_names() {
  std::vector<std::string> names;
  for (const Dynamics& each : all_dynamics()) names.push_back(each.name);
  return names;
}

const std::vector<DynamicsInfo>& dynamics_registry() {
  static const std::vector<DynamicsInfo> list = collect();
  return list;
}

const DynamicsInfo& dynamics_info(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& info : dynamics_registry()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw SpecError("unknown dynamics \"" + name + "\"" + suggestion(name, names));
}

}  // namespace orbitwalk
