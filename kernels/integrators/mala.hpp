// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/math.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/integrators/traits.hpp"
#include "kernels/walk/walk.hpp"

namespace orbitwalk {

/// A uniform number in (0, 1) a lane for the Metropolis test of step k, and its logarithm.
template <class Lane>
ORBITWALK_HD Lane log_uniform(const Walk<Lane>& walk, std::uint64_t k) {
  WordOf<Lane> words[4];
  philox_block<Lane>(walk.seed, walk.ids, k, Purpose::acceptance, 0, words);
  using R = RealOf<Lane>;
  return log_normal(fma(to_real<Lane>(words[0] >> 1), broadcast<Lane>(R(0x1p-31)), broadcast<Lane>(R(0x1p-32))));
}

/// Metropolis-adjusted Langevin: the Euler-Maruyama step θ' = θ - h ∇L(θ) + sqrt(2Th) ξ_k as a proposal, accepted with
/// probability min(1, exp(-(L(θ') - L(θ))/T) q(θ|θ')/q(θ'|θ)), q the proposal's density: with r = (θ - θ' + h
/// ∇L(θ'))/sqrt(2Th),
///   log ratio = -(L(θ') - L(θ))/T + (|ξ|² - |r|²)/2.
/// The law exp(-L/T) is exact at every h; acceptances are counted. Gaussian variates, additive noise. One loss, one
/// gradient, d + 1 variates a step. Source: Roberts and Tweedie, Bernoulli 2 (1996).
struct Mala {
  static constexpr IntegratorTraits traits = {.name = "mala",
                                              .dynamics = "mala",
                                              .scheme = "mala",
                                              .weak_order = 1,
                                              .is_exact = true,
                                              .draws = Draws::gaussian,
                                              .equation = "d theta = -grad L dt + sqrt(2T) dW, with a Metropolis test",
                                              .update = "the Euler-Maruyama step as a proposal",
                                              .cost = "one loss, one gradient, d + 1 variates",
                                              .source = "Roberts and Tweedie 1996"};
  /// The density of the proposal is that of isotropic noise.
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return noise.is_isotropic; }

  template <class R, bool compensated, class Noise>
    requires Takes<Mala, Noise>
  struct Step : StepOf<Mala, compensated> {
    R step, scale, inverse_scale, inverse_temperature;

    ORBITWALK_HD explicit Step(const Plan& plan)
        : step(R(plan.step)), scale(R(sqrt(2 * plan.step) * plan.horizontal)),
          inverse_scale(R(1 / (sqrt(2 * plan.step) * plan.horizontal))),
          inverse_temperature(R(1 / (plan.horizontal * plan.horizontal))) {}

    ORBITWALK_HD static int work_lanes(int d, int) { return 2 * d; }

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      const int d = model.parameters();
      const NoiseReader<Lane> reader(walk, Variates::gaussian, d, from);
      Lane *there = walk.work, *slope = walk.work + d;
      Lane loss = model.loss(walk.theta, walk.scratch);
      model.gradient(walk.theta, walk.gradient, walk.scratch);
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        for (int i = 0; i < d; ++i)
          there[i] = fma(xi[i], broadcast<Lane>(scale), fma(walk.gradient[i], broadcast<Lane>(-step), walk.theta[i]));
        const Lane loss_there = model.loss(there, walk.scratch);
        model.gradient(there, slope, walk.scratch);
        Lane log_ratio = (loss - loss_there) * inverse_temperature;
        for (int i = 0; i < d; ++i) {
          const Lane back = fma(slope[i], broadcast<Lane>(step), walk.theta[i] - there[i]) * inverse_scale;
          log_ratio = fma(fma(xi[i], xi[i], -(back * back)), broadcast<Lane>(R(0.5)), log_ratio);
        }
        // A proposal without a finite loss has no finite ratio, and the comparison refuses it.
        const auto accepted = (log_uniform(walk, k) < log_ratio) & is_finite(loss_there);
        for (int i = 0; i < d; ++i) {
          walk.theta[i] = select(accepted, there[i], walk.theta[i]);
          walk.gradient[i] = select(accepted, slope[i], walk.gradient[i]);
        }
        loss = select(accepted, loss_there, loss);
        walk.counters.proposals += count(walk.counted);
        walk.counters.accepted += count(accepted & walk.counted);
      }
    }
  };
};

}  // namespace orbitwalk
