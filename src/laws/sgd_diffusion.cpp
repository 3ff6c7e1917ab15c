// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>

#include "cumulative.hpp"
#include "laws/no_law.hpp"
#include "laws/registry.hpp"
#include "least_squares.hpp"
#include "support/formatted.hpp"

namespace orbitwalk {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();
constexpr double kFar = 120;  // the potential is tabulated until the weight is e^-120 of the largest found

// On the balanced set the weight is a function z(s) of one arc length s, and SGD moves along it: in the limit of small
// steps
//   ds = -U'(z) z'(s) dt + sqrt(η/B Σ(z)) z'(s) dW   (Itô),   Σ(z) = Var_i U_i'(z) + σ² <x²>.
// Zero flux gives p(s) = 1/(Σ z'²) exp(-(2B/η) ∫ U'/(Σ z') ds), and with ds = dz/z' a law in z. For products of D >= 2
// factors z' = 0 at z = 0, so that the law lives on one side, and is written in t = log z. Its limits, with Σ₀ = Σ(0),
// g = -U'(0+):
//   D = 2:  p ~ z^{B g/(ηΣ₀) - 3/2}, normalisable for 2 g > ηΣ₀/B; weight decay λ takes λ from g = <xy> - λ.
//   D > 2:  p ~ exp(-c z^{-(1 - 2/D)}) with c of the sign of g: normalisable for g = <xy> > 0 at any noise; but weight decay,
//           λ z^{2/D - 1}, always wins near 0, and z = 0 attracts: never normalisable.
// If Σ₀ = 0, as for samples with one common <xy> and no label noise, g > 0 is enough for every D. At infinity Σ ~ a z²:
// p ~ z^{-5 + 3/D} (D >= 2), and z^{-2 - 2Bh/(ηa)} for D = 1, whose variance is finite for 2 h > η a/B.
void refuse_collapse(const LeastSquaresSlope& of, double rate) {
  const double drift = of.factors == 2 ? of.cross - of.decay : of.cross, noise = rate * of.noise(0);
  const std::string collapse = "not normalisable: collapse to 0. ";
  const std::string given =
      "|<xy>| = " + formatted(of.cross) + (of.decay > 0 ? ", weight decay = " + formatted(of.decay) : "");
  if (of.factors > 2 && of.decay > 0)
    throw NoLaw(collapse + "With D = " + std::to_string(of.factors) +
                " factors and any weight decay the slope at 0 is that of the decay, and w = 0 "
                "attracts (" +
                given + "); inside a window [w0, w1] that excludes 0 the law exists");
  if (!(drift > 0))
    throw NoLaw(collapse + "The slope of the loss at 0 does not lead away from it: that takes |<xy>| > " +
                (of.factors == 2 && of.decay > 0 ? "weight decay" : "0") + ", and " + given);
  if (of.factors == 2 && noise > 0 && !(2 * drift > noise))
    throw NoLaw(
        collapse + "Near 0 the density goes as w^e with e = B g/(η Σ(0)) - 3/2 = " + formatted(drift / noise - 1.5) +
        " <= -1: it needs η Σ(0)/B < 2 g, and here η Σ(0)/B = " + formatted(noise) + ", 2 g = " + formatted(2 * drift) +
        " (g = |<xy>| - weight decay, Σ(0) = Var(xy) + σ² <x²>). An atom at 0 grows; see share_at_zero of a run");
}

/// Where the coordinate t (z, or log z) can be, and a point in the middle of it.
struct Range {
  double lower = -kUnbounded, upper = kUnbounded, start = 0;
};

Range range_of(const LeastSquaresSlope& of, double rate, const std::optional<std::pair<double, double>>& window) {
  const bool product = of.factors > 1;
  double low = product ? 0 : -kUnbounded, high = kUnbounded;
  if (window) low = std::max(low, window->first), high = std::min(high, window->second);
  if (!(low < high)) throw SpecError("the window has no mass: the law lives on one side of 0");
  const double drift = of.factors == 2 ? of.cross - of.decay : of.cross;
  if (of.spread == 0 && of.floor == 0) throw NoLaw("SGD has no noise here: its stationary law is a point");
  const bool minimum = of.curvature > 0 && (!product || drift > 0);
  const double at = minimum ? drift / of.curvature : 0;
  if (of.floor == 0 && (!product || of.spread_at > 0)) {
    // Where the noise vanishes SGD passes one way only, so the law begins or ends there.
    const double still = of.spread_at;
    if (minimum && std::abs(still - at) <= 1e-9 * std::abs(at))
      throw NoLaw("not normalisable: the noise vanishes at the minimum w = " + formatted(at) +
                  ", which fits every sample: SGD comes to rest there");
    if (still > low && still < high) (at > still ? low : high) = still;
  }
  if (product && low == 0) refuse_collapse(of, rate);
  Range range;
  double start = minimum ? at : product ? std::max(low, high / 2) : 0;
  if (!(start > low && start < high)) {
    if (std::isfinite(low) && std::isfinite(high))
      start = low > 0 ? std::sqrt(low) * std::sqrt(high) : low + (high - low) / 2;
    else
      start = std::isfinite(low) ? low + std::max(1.0, std::abs(low))
                                 : high - (product ? high / 2 : std::max(1.0, std::abs(high)));
  }
  range.lower = product ? std::log(low) : low;
  range.upper = product ? std::log(high) : high;
  range.start = product ? std::log(start) : start;
  return range;
}

JointLaw diffusion(const LeastSquaresSlope& of, double rate, const std::optional<std::pair<double, double>>& window) {
  const bool product = of.factors > 1;
  const double power = 2.0 / of.factors - 1;
  Range range = range_of(of, rate, window);
  const auto slope = [=](double t) {
    if (!product) return 2 / rate * (of.curvature * t - of.cross) / (of.speed * of.noise(t));
    const double z = std::exp(t), root = std::exp(power * t);
    return 2 / rate * (of.curvature * z - of.cross + (of.decay > 0 ? of.decay * root : 0)) * root /
           (of.speed * of.noise(z));
  };
  const auto potential = std::make_shared<CumulativeIntegral>(
      slope, range.start, product ? 0.01 : 0.01 * std::max(std::abs(range.start), 1e-3));
  const auto weight = [=](double t) {
    const double noise = of.noise(product ? std::exp(t) : t);
    return -potential->value(t) - std::log(noise) + (product ? (3.0 / of.factors - 2) * t : 0);
  };
  // Outwards to where weight and second moment are negligible; the point of least noise may hide a second peak.
  const double quiet = !product ? of.spread_at : of.spread_at > 0 ? std::log(of.spread_at) : range.start;
  double peak = weight(range.start), second = peak + (product ? 2 * range.start : 0);
  for (const int direction : {-1, 1}) {
    const double limit = direction > 0 ? range.upper : range.lower;
    const double stop =
        of.spread > 0 && direction * (quiet - range.start) > 0 && direction * (limit - quiet) > 0 ? quiet : limit;
    for (double end = range.start; end != limit;) {
      // Towards a point where the noise vanishes the potential has a pole: half of the way at a time.
      const double target = direction * (stop - end) > 0 ? stop : limit;
      const bool pole = std::isfinite(target) && of.floor == 0 && std::abs(target - quiet) <= 1e-12 * std::abs(quiet);
      end = potential->extend(direction, pole ? end + (target - end) / 2 : target);
      const double here = weight(end), moment = here + (product ? 2 * end : 2 * std::log1p(std::abs(end)));
      peak = std::max(peak, here), second = std::max(second, moment);
      if (here < peak - kFar && moment < second - kFar && target == limit) break;
    }
  }
  JointLaw joint;
  joint.lower = potential->lower();
  joint.upper = potential->upper();
  joint.log_weight = [=, lower = joint.lower, upper = joint.upper](double t) {
    return t >= lower && t <= upper ? weight(t) : -kUnbounded;
  };
  if (product) joint.logarithm_of = 1;
  if (!product && !window) {
    // E of the diffusion's generator on z and (z - m)²: U' is linear and Σ quadratic.
    const double least = of.cross / of.curvature, damping = 2 * of.curvature - rate * of.spread;
    joint.mean = least;
    joint.variance = damping > 0 ? rate * of.noise(least) / damping : kUnbounded;
  }
  return joint;
}

JointLaw sgd_diffusion(const Quotient& quotient, const LawContext& context) {
  if (!context.sgd_noise) throw SpecError("it is a law of SGD without momentum");
  if (!quotient.sampled || !quotient.loss) throw SpecError("it needs least squares on data in one coordinate");
  const SgdNoise& sgd = *context.sgd_noise;
  LeastSquaresSlope slope = least_squares_slope(quotient, sgd.label_noise);
  // Which side a product ends on is decided by the sign of <xy>; a window asks for its own side.
  const bool negative = slope.factors > 1 && (context.window ? context.window->second <= 0 : slope.cross < 0);
  auto window = context.window;
  if (negative) slope = slope.mirrored();
  if (negative && window) window = {-window->second, -window->first};
  JointLaw joint = diffusion(slope, sgd.learning_rate / sgd.batch, window);
  if (negative) joint.logarithm_of = -1;
  joint.formula = "1/(Σ z'³) exp(-(2B/η) ∫ U'/(Σ z'²) dz), z' = dz/ds, Σ = Var U_i' + σ²<x²>, η/B = " +
                  std::to_string(sgd.learning_rate / sgd.batch);
  return joint;
}

}  // namespace

LawInfo sgd_diffusion_law() {
  return {
      .name = "sgd_diffusion",
      .summary = "SGD as a diffusion along the balanced set, with the noise that the samples have where the weight is",
      .equation = "1/(Σ(z) z'³) exp(-(2B/η) ∫ U'/(Σ z'²) dz), z' = dz/ds on the balanced set, Σ = Var_i U_i' + σ²<x²>",
      .applies =
          "SGD (minibatch or surrogate) on least squares in one coordinate: hadamard, deep_hadamard, linear with c = "
          "1, without momentum; "
          "in the limit η -> 0, deviations are of relative order η. Products live on the side of 0 given by the sign "
          "of <xy>; there is no law where "
          "they collapse to 0: for w = p·q at η Σ(0)/B >= 2 (|<xy>| - λ), for more factors with any weight decay λ",
      .source =
          "Fokker-Planck equation of the diffusion limit; docs/theory.md section 2, minibatch SGD; collapse: arXiv "
          "2308.06671",
      .joint = sgd_diffusion,
      .in_words = [](const LawContext&) { return std::string("the diffusion limit of SGD"); },
      .shortcoming = [](const LawContext&,
                        const std::string&) { return std::string("it is the limit of small learning rates"); },
      .of_sgd = "least squares in one coordinate"};
}

}  // namespace orbitwalk
