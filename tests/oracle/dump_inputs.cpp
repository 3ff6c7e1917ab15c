// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What trajectories.py is told of each particle, and nothing else: the state that it starts from, its instance, the
// numbers of its steps. Argument: the file to write.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "oracle/particle.hpp"

namespace orbitwalk::test {
namespace {

nlohmann::ordered_json as_json(const NamedArrays& arrays) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const NamedArray& each : arrays) object[each.name] = {{"shape", each.shape}, {"values", each.values}};
  return object;
}

nlohmann::ordered_json inputs() {
  nlohmann::ordered_json list;
  for (const std::string& spec : oracle_specs) {
    const Problem problem = oracle_problem(spec);
    for (const std::uint64_t id : oracle_particles) {
      const Particle particle(problem, id);
      nlohmann::ordered_json steps;
      for (int k = 1; k <= oracle_steps; ++k) steps.push_back(as_json(particle.step(k)));
      list.push_back({{"spec", spec},
                      {"particle", id},
                      {"start", as_json(particle.named(particle.start()))},
                      {"instance", as_json(particle.instance())},
                      {"steps", steps},
                      {"point", as_json(particle.named(particle.point()))},
                      {"probes", as_json(particle.probes())}});
    }
  }
  return list;
}

}  // namespace
}  // namespace orbitwalk::test

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: oracle_inputs FILE\n";
    return 2;
  }
  std::ofstream file(arguments[1]);
  file << orbitwalk::test::inputs() << '\n';
  file.close();
  return file ? 0 : 5;
}
