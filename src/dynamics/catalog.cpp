// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "dynamics/catalog.hpp"

#include "orbitwalk/error.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {

const std::vector<DynamicsInfo>& dynamics_registry() {
  using Keys = std::vector<std::pair<std::string, std::string>>;
  const std::pair<std::string, std::string> shell = {
      "shell = { gauge, width }",
      "multiply the law by exp(-|chi|^2/(2 width^2)): near a gauge slice, bias of order width^2"};
  const Keys langevin = {
      {"name = \"langevin\"", "default"},
      {"scheme", "the integrator's name"},
      {"temperature", "T > 0, isotropic noise; or"},
      {"noise = { horizontal, vertical }", "intensities alpha > 0 and beta >= 0; equal ones are isotropic"},
      {"step", "h > 0"},
      shell,
      {"variates", "gaussian (default), dyadic (moments 1 to 5), rademacher (moments 1 to 3; leaves a lattice)"}};
  static const std::vector<DynamicsInfo> list = {
      {"euler_maruyama", "d theta = -grad L dt + sqrt(2T) dW (additive: Ito and Stratonovich agree)",
       "theta - h grad L + sqrt(2Th) xi_k", "1", "1", "one gradient, d variates", "theory: section 4", langevin},
      {"leimkuhler_matthews", "d theta = -grad L dt + sqrt(2T) dW (additive noise only)",
       "theta - h grad L + sqrt(2Th) (xi_{k-1} + xi_k)/2", "1", "2", "one gradient, d variates", "arXiv 1203.5428",
       langevin},
      {"projected_euler_maruyama", "d theta = -grad L dt + sqrt(2) (alpha P_H + beta P_V) dW (Ito)",
       "theta - h grad L + sqrt(2h) (alpha xi_k + (beta - alpha) P_V xi_k); chosen by noise = { horizontal, vertical } "
       "under "
       "scheme euler_maruyama",
       "1", "1", "one gradient, one projection, d variates", "arXiv 2602.12257", langevin},
      {"heun", "d theta = -grad L dt + sqrt(2) (alpha P_H + beta P_V) o dW (Stratonovich)",
       "theta + (b(theta) + b(theta + b(theta)))/2, b = -h grad L + sqrt(2h) (alpha xi_k + (beta - alpha) P_V xi_k)",
       "1", "1", "two gradients, two projections, d variates", "Kloeden and Platen, ch. 11; docs/theory.md for its law",
       langevin},
      {"baoab",
       "d theta = v dt, dv = -grad L dt - gamma v dt + sqrt(2 gamma T) dW",
       "half kick, half drift, exact friction and noise, half drift, half kick",
       "2",
       "2",
       "one gradient, d variates",
       "arXiv 1203.5428",
       {{"name = \"underdamped\"", ""},
        {"temperature", "T > 0"},
        {"friction", "gamma > 0, default 1; adds the observable kinetic_temperature = |v|^2/d, of mean T (1 + O(h^2))"},
        {"step", "h > 0"},
        {"variates", "as for langevin"},
        shell}},
      {"mala",
       "d theta = -grad L dt + sqrt(2T) dW, with a Metropolis test",
       "the Euler-Maruyama step as a proposal",
       "1",
       "exact at every h",
       "one loss, one gradient, d + 1 variates",
       "Roberts and Tweedie 1996",
       {{"name = \"mala\"", ""}, {"temperature", "T > 0"}, {"step", "h > 0; the accept rate is reported"}, shell}},
      {"constrained",
       "Langevin on a gauge slice chi(theta) = 0, for exp(-L/T)/sqrt(det J J^T) against its surface measure",
       "tangent move, Newton back to the slice, reverse check, Metropolis test",
       "1",
       "exact at every h",
       "two gradients, m x m solves, d + 1 variates",
       "Zappa, Holmes-Cerfon and Goodman 2018; arXiv 2601.06597",
       {{"name = \"constrained\"", ""},
        {"temperature", "T > 0"},
        {"step", "h > 0; the accept rate and unsolved moves are reported"},
        {"gauge", "moment_map (default) or norm_difference, where the model has it: the law depends on it"},
        {"window = { of, range }",
         "stay where an observable lies in a range: for laws that cannot be normalised without"}}},
      {"geometric",
       "d theta_i = -d_i L dt + sigma theta_i dW_i (Ito)",
       "theta - h grad L + sigma sqrt(h) theta xi_k",
       "1",
       "1",
       "one gradient, d variates",
       "Kloeden and Platen, ch. 10",
       {{"name = \"geometric\"", ""},
        {"volatility", "sigma >= 0"},
        {"step", "h > 0"},
        {"variates", "as for langevin"}}},
      {"sgd",
       "v_k = mu v_{k-1} - eta (g_k + lambda theta_{k-1}), theta_k = theta_{k-1} + v_k",
       "g_k: gradient of the step's samples",
       "-",
       "-",
       "B samples (N for surrogate and full)",
       "theory: section 2",
       {{"name = \"sgd\"", ""},
        {"step", "eta > 0, the learning rate"},
        {"sampling",
         "minibatch (default): B samples drawn with replacement; surrogate: Gaussian noise with the minibatch's own "
         "covariance; full: all samples"},
        {"batch", "B, default 8"},
        {"momentum", "mu, 0 to below 1, default 0"},
        {"weight_decay", "lambda, default 0"},
        {"label_noise", "standard deviation of fresh noise on every target, default 0"}}}};
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
