// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "geometry/quotient.hpp"

namespace orbitwalk {

struct SgdMoments;

/// SGD's own numbers: learning rate η, batch B, standard deviation σ of fresh label noise.
struct SgdNoise {
  double learning_rate = 0;
  int batch = 1;
  double label_noise = 0;
};

/// What a law needs to know about the dynamics.
struct LawContext {
  NoiseIntensity noise;                   ///< of Langevin dynamics; unused for SGD
  std::shared_ptr<const SgdMoments> sgd;  ///< of SGD on linear least squares (laws/lyapunov.hpp); null otherwise
  std::optional<SgdNoise> sgd_noise;      ///< of SGD without momentum and decay of its own; empty otherwise
  /// the law is wanted inside it only; `predict` takes it from its own argument
  std::optional<std::pair<double, double>> window;
  std::string gauge = "moment_map";  ///< of `gauge_slice`; `predict` takes it from the law's name

  LawContext(const NoiseIntensity& noise_, std::shared_ptr<const SgdMoments> sgd_ = {})
      : noise(noise_), sgd(std::move(sgd_)) {}
  LawContext(double horizontal, double vertical) : noise{horizontal, vertical} {}
};

}  // namespace orbitwalk
