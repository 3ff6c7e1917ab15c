// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane_algebra.hpp"
#include "kernels/core/standard.hpp"
#include "kernels/integrators/mala.hpp"
#include "kernels/integrators/traits.hpp"

namespace orbitwalk {

/// Langevin dynamics constrained to a gauge slice χ(θ) = 0, with a Metropolis test, for the Gibbs law conditioned on
/// the gauge: the density exp(-L/T)/sqrt(det JJᵀ) against the surface measure of the slice, J = ∂χ/∂θ (co-area formula,
/// theory.md section 2).
///   propose  v = P_θ(-h ∇L + sqrt(2Th) ξ), P_θ the projection on the tangent space;  θ' = θ + v + J(θ)ᵀ c with χ(θ') = 0 (Newton);
///   return   v' = P_θ'(θ - θ'), and the same Newton from θ' + v' must come back to θ, or the proposal is refused;
///   accept   log ratio = -(L(θ') - L(θ))/T - (log det JJᵀ(θ') - log det JJᵀ(θ))/2
///                        - (|v' + h P_θ' ∇L(θ')|² - |v + h P_θ ∇L(θ)|²)/(4Th).
/// Exact at every h, on a window of an observable too (proposals outside it are refused). A first point is brought to
/// the slice by Newton along J; one that cannot be is lost, and counted as diverged. Two gradients, some m×m solves, d
/// + 1 variates a step. Source: Zappa, Holmes-Cerfon and Goodman, Comm. Pure Appl. Math. 71 (2018), with a drift;
/// gauges: arXiv 2601.06597.
struct ConstrainedMala {
  static constexpr IntegratorTraits traits = {
      .name = "constrained",
      .dynamics = "constrained",
      .scheme = "mala",
      .weak_order = 1,
      .is_exact = true,
      .on_slice = true,
      .draws = Draws::gaussian,
      .equation = "Langevin on a gauge slice chi(theta) = 0, for exp(-L/T)/sqrt(det J J^T) against its surface measure",
      .update = "tangent move, Newton back to the slice, reverse check, Metropolis test",
      .cost = "two gradients, m x m solves, d + 1 variates",
      .source = "Zappa, Holmes-Cerfon and Goodman 2018; arXiv 2601.06597"};
  /// The density of the proposal is that of isotropic noise.
  ORBITWALK_HD static constexpr bool takes(const NoiseTraits& noise) { return noise.is_isotropic; }

  template <class R, bool compensated, class Noise>
    requires Takes<ConstrainedMala, Noise>
  struct Step : StepOf<ConstrainedMala, compensated> {
    static constexpr int newton_steps = 12, first_newton_steps = 60;
    R step, scale, inverse_temperature, inverse_four_th;
    Gauge gauge;
    int window;
    R lower, upper;

    ORBITWALK_HD explicit Step(const Plan& plan)
        : step(R(plan.step)), scale(R(sqrt(2 * plan.step) * plan.horizontal)),
          inverse_temperature(R(1 / (plan.horizontal * plan.horizontal))),
          inverse_four_th(R(1 / (4 * plan.step * plan.horizontal * plan.horizontal))), gauge(plan.gauge),
          window(plan.window_observable), lower(R(plan.window_lower)), upper(R(plan.window_upper)) {}

    /// Two points (J, tangent part of ∇L, Gram factors), the moves, and room for Newton.
    ORBITWALK_HD static int work_lanes(int d, int m) { return 2 * (m * d + d + m * m) + 3 * d + m * m + m; }

    template <class Model, class Lane>
    ORBITWALK_HD void advance(const Model& model, Walk<Lane>& walk, std::uint64_t from, std::uint64_t to) const {
      const int d = model.parameters(), m = model.constraints(gauge);
      const NoiseReader<Lane> reader(walk, Variates::gaussian, d, from);
      Lane* memory = walk.work;
      Point<Lane> here = place(memory, d, m), there = place(memory, d, m);
      Lane *move = memory, *back = memory + d, *trial = memory + 2 * d;
      Lane* newton = memory + 3 * d;  // m×m, then m
      if (from == 0) go_to_slice(model, walk, here, newton, d, m);
      evaluate(model, walk, walk.theta, here, d, m);
      auto inside = in_window(model, walk, walk.theta);
      for (std::uint64_t k = from + 1; k <= to; ++k) {
        const Lane* xi = reader.at(walk, k);
        // The tangent move, and its part that is noise.
        for (int i = 0; i < d; ++i) back[i] = xi[i] * scale;
        tangent(here, back, newton, d, m);
        Lane forward = dot(back, back, d);
        for (int i = 0; i < d; ++i) {
          move[i] = fma(here.slope[i], broadcast<Lane>(-step), back[i]);
          trial[i] = walk.theta[i] + move[i];
        }
        auto solved = solve_to_slice(model, walk, here, trial, newton, newton_steps, d, m);
        evaluate(model, walk, trial, there, d, m);
        // And back again.
        for (int i = 0; i < d; ++i) back[i] = walk.theta[i] - trial[i];
        tangent(there, back, newton, d, m);
        Lane backward = broadcast<Lane>(R(0));
        for (int i = 0; i < d; ++i) {
          const Lane drifted = fma(there.slope[i], broadcast<Lane>(step), back[i]);
          backward = fma(drifted, drifted, backward);
          move[i] = trial[i] + back[i];
        }
        solved = solved & solve_to_slice(model, walk, there, move, newton, newton_steps, d, m);
        Lane off = broadcast<Lane>(R(0)), size = off;
        for (int i = 0; i < d; ++i) {
          const Lane e = move[i] - walk.theta[i];
          off = fma(e, e, off);
          size = fma(walk.theta[i], walk.theta[i], size);
        }
        solved = solved & (off < size * (R(1e4) * tolerance * tolerance));
        const auto stays = in_window(model, walk, trial) | (!inside);
        const Lane log_ratio = (here.loss - there.loss) * inverse_temperature +
                               (here.log_det - there.log_det) * R(0.5) + (forward - backward) * inverse_four_th;
        const auto accepted = (log_uniform(walk, k) < log_ratio) & solved & stays;
        for (int i = 0; i < d; ++i) walk.theta[i] = select(accepted, trial[i], walk.theta[i]);
        keep(accepted, there, here, d, m);
        inside = inside | (accepted & in_window(model, walk, walk.theta));
        walk.counters.proposals += count(walk.counted);
        walk.counters.accepted += count(accepted & walk.counted);
        walk.counters.unsolved += count((!solved) & walk.counted);
      }
    }

   private:
    /// Newton ends where the slice is nearer than this share of |θ|.
    static constexpr R tolerance = sizeof(R) == 4 ? R(1e-6) : R(1e-13);

    template <class Lane>
    struct Point {
      Lane *jacobian, *slope, *gram;  // m×d, tangent part of ∇L, factors of JJᵀ
      Lane loss, log_det;
    };

    template <class Lane>
    ORBITWALK_HD static Point<Lane> place(Lane*& memory, int d, int m) {
      Point<Lane> point{memory, memory + m * d, memory + m * d + d, Lane(), Lane()};
      memory += m * d + d + m * m;
      return point;
    }

    template <class Lane>
    ORBITWALK_HD static void keep(MaskOf<Lane> mask, const Point<Lane>& from, Point<Lane>& to, int d, int m) {
      for (int i = 0; i < m * d + d + m * m; ++i) to.jacobian[i] = select(mask, from.jacobian[i], to.jacobian[i]);
      to.loss = select(mask, from.loss, to.loss);
      to.log_det = select(mask, from.log_det, to.log_det);
    }

    // The parts below are called from several places; inlined, they would make the code five times as long.

    // J, the factors and determinant of its Gram matrix, L and the tangent part of ∇L.
    template <class Model, class Lane>
    ORBITWALK_NOINLINE void evaluate(const Model& model, Walk<Lane>& walk, const Lane* theta, Point<Lane>& point, int d,
                                     int m) const {
      for (int a = 0; a < m; ++a) model.gauge_gradient(gauge, a, theta, point.jacobian + a * d);
      for (int a = 0; a < m; ++a) {
        for (int b = 0; b < m; ++b) point.gram[a * m + b] = dot(point.jacobian + a * d, point.jacobian + b * d, d);
      }
      factor_lu(point.gram, m);
      point.log_det = broadcast<Lane>(R(0));
      for (int a = 0; a < m; ++a) point.log_det = point.log_det + log(point.gram[a * m + a]);
      point.loss = model.loss(theta, walk.scratch);
      model.gradient(theta, point.slope, walk.scratch);
      tangent(point, point.slope, walk.gradient, d, m);  // m < d lanes of it
    }

    // x <- x - Jᵀ (JJᵀ)⁻¹ J x; `work` holds m lanes.
    template <class Lane>
    ORBITWALK_NOINLINE static void tangent(const Point<Lane>& point, Lane* x, Lane* work, int d, int m) {
      for (int a = 0; a < m; ++a) work[a] = dot(point.jacobian + a * d, x, d);
      solve_lu(point.gram, m, work);
      for (int a = 0; a < m; ++a) {
        for (int i = 0; i < d; ++i) x[i] = fma(-work[a], point.jacobian[a * d + i], x[i]);
      }
    }

    // Whether |χ_a| <= tolerance |∇χ_a| |θ| for all a; χ is left in `value`.
    template <class Model, class Lane>
    ORBITWALK_NOINLINE MaskOf<Lane> has_arrived(const Model& model, const Point<Lane>& from, const Lane* theta,
                                                Lane* value, int d, int m) const {
      model.gauge(gauge, theta, value);
      const Lane size = dot(theta, theta, d) * (tolerance * tolerance);
      MaskOf<Lane> done = value[0] * value[0] <= size * dot(from.jacobian, from.jacobian, d);
      for (int a = 1; a < m; ++a) {
        done = done & (value[a] * value[a] <= size * dot(from.jacobian + a * d, from.jacobian + a * d, d));
      }
      return done;
    }

    // Newton for χ(θ + J(from)ᵀ c) = 0 from c = 0. A lane that is there does not move any more, so that no lane depends
    // on another.
    template <class Model, class Lane>
    ORBITWALK_NOINLINE MaskOf<Lane> solve_to_slice(const Model& model, Walk<Lane>& walk, const Point<Lane>& from,
                                                   Lane* theta, Lane* newton, int steps, int d, int m) const {
      Lane *matrix = newton, *value = newton + m * m;
      auto done = has_arrived(model, from, theta, value, d, m);
      for (int s = 0; s < steps && !all(done); ++s) {
        for (int a = 0; a < m; ++a) {
          model.gauge_gradient(gauge, a, theta, walk.auxiliary);
          for (int b = 0; b < m; ++b) matrix[a * m + b] = dot(walk.auxiliary, from.jacobian + b * d, d);
        }
        factor_lu(matrix, m);
        solve_lu(matrix, m, value);
        for (int i = 0; i < d; ++i) {
          Lane x = theta[i];
          for (int a = 0; a < m; ++a) x = fma(-value[a], from.jacobian[a * d + i], x);
          theta[i] = select(done, theta[i], x);
        }
        done = done | has_arrived(model, from, theta, value, d, m);
      }
      return done;
    }

    // The start: Newton along the gradients at the moving point itself.
    template <class Model, class Lane>
    ORBITWALK_NOINLINE void go_to_slice(const Model& model, Walk<Lane>& walk, Point<Lane>& here, Lane* newton, int d,
                                        int m) const {
      auto done = broadcast<Lane>(R(1)) < broadcast<Lane>(R(0));
      for (int s = 0; s < first_newton_steps && !all(done); ++s) {
        for (int a = 0; a < m; ++a) model.gauge_gradient(gauge, a, walk.theta, here.jacobian + a * d);
        Lane *matrix = newton, *value = newton + m * m;
        done = done | has_arrived(model, here, walk.theta, value, d, m);
        for (int a = 0; a < m; ++a) {
          for (int b = 0; b < m; ++b) matrix[a * m + b] = dot(here.jacobian + a * d, here.jacobian + b * d, d);
        }
        factor_lu(matrix, m);
        solve_lu(matrix, m, value);
        for (int i = 0; i < d; ++i) {
          Lane x = walk.theta[i];
          for (int a = 0; a < m; ++a) x = fma(-value[a], here.jacobian[a * d + i], x);
          walk.theta[i] = select(done, walk.theta[i], x);
        }
      }
      for (int i = 0; i < d; ++i) {
        walk.theta[i] = select(done, walk.theta[i], nan_lane<Lane>());
        walk.compensation[i] = broadcast<Lane>(R(0));
      }
    }

    template <class Model, class Lane>
    ORBITWALK_NOINLINE MaskOf<Lane> in_window(const Model& model, Walk<Lane>& walk, const Lane* theta) const {
      const Lane zero = broadcast<Lane>(R(0));
      if (window < 0) return zero <= zero;
      model.observe(theta, walk.observed, walk.scratch);
      const Lane x = walk.observed[window];
      return (broadcast<Lane>(lower) <= x) & (x <= broadcast<Lane>(upper));
    }
  };
};

}  // namespace orbitwalk
