// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/dynamics/catalog.hpp"

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/core/suggest.hpp"

namespace orbitwalk {

const std::vector<DynamicsInfo>& dynamics_registry() {
  using Keys = std::vector<std::pair<std::string, std::string>>;
  const Keys langevin = {{"name = \"langevin\"", "default"},
                         {"scheme", "the integrator's name"},
                         {"temperature", "T > 0, isotropic noise; or"},
                         {"noise = { horizontal, vertical }", "intensities alpha > 0 and beta >= 0; equal ones are isotropic"},
                         {"step", "h > 0"},
                         {"variates", "gaussian (default), dyadic (moments 1 to 5), rademacher (moments 1 to 3; leaves a lattice)"}};
  static const std::vector<DynamicsInfo> list = {
      {"euler_maruyama", "d theta = -grad L dt + sqrt(2T) dW (additive: Ito and Stratonovich agree)",
       "theta - h grad L + sqrt(2Th) xi_k", "1", "1", "one gradient, d variates", "theory: section 4", langevin},
      {"leimkuhler_matthews", "d theta = -grad L dt + sqrt(2T) dW (additive noise only)",
       "theta - h grad L + sqrt(2Th) (xi_{k-1} + xi_k)/2", "1", "2", "one gradient, d variates", "arXiv 1203.5428", langevin},
      {"projected_euler_maruyama", "d theta = -grad L dt + sqrt(2) (alpha P_H + beta P_V) dW (Ito)",
       "theta - h grad L + sqrt(2h) (alpha xi_k + (beta - alpha) P_V xi_k); chosen by noise = { horizontal, vertical } under "
       "scheme euler_maruyama",
       "1", "1", "one gradient, one projection, d variates", "arXiv 2602.12257", langevin},
      {"sgd", "theta_k = theta_{k-1} - eta g_B(theta_{k-1})", "mean gradient of B samples drawn with replacement by each particle",
       "-", "-", "B samples", "theory: section 2",
       {{"name = \"sgd\"", ""}, {"step", "eta > 0, the learning rate"}, {"batch", "B, default 8"}}}};
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
