// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk {

/// A parameter of a noise that a spec sets: [dynamics] noise = { NAME = ... }.
struct NoiseKey {
  const char* name = nullptr;
  bool may_be_zero = false;
};

/// The properties of a noise. Each noise states them once, in its own header, as a static member `traits`. Integrators,
/// spec readers, backends and the catalogue use them.
struct NoiseTraits {
  const char* name;               ///< name in messages; for a sampled noise also the word of [dynamics] sampling
  bool depends_on_state = false;  ///< multiplicative: the Itô and Stratonovich equations differ
  bool is_isotropic = false;      ///< sqrt(2T) dW
  bool has_temperature = false;   ///< intensities are √T; Gibbs' law, or its projected form, is stationary
  bool needs_projection = false;  ///< needs P_V from the model
  bool may_vanish = false;        ///< may be zero at some states
  bool from_samples = false;      ///< noise of a stochastic gradient: needs data, and provides the gradient too
  // For sampled noises only.
  bool draws_batch = false;   ///< a step uses B samples; otherwise all of them
  bool draws_fresh = false;   ///< each step uses new samples
  bool is_noiseless = false;  ///< except for label noise
  // Texts.
  const char* in_words = nullptr;     ///< start of a sentence in the conclusions
  const char* with_labels = nullptr;  ///< the same with label noise; null: in_words + ", with label noise"
  const char* summary = nullptr;      ///< of a sampled noise, for the catalogue
  // Catalogue entry for Euler-Maruyama with this noise; null: it has no entry of its own.
  const char* entry = nullptr;
  const char* dynamics = nullptr;  ///< a [dynamics] name used only by this noise
  const char* equation = nullptr;
  const char* update = nullptr;
  const char* cost = nullptr;
  const char* source = nullptr;
  NoiseKey keys[4] = {};  ///< parameters that a spec sets, in the order of Plan::noise_numbers
};

/// A noise, identified by its position in the list (noise/list.hpp).
enum class NoiseId : int {};

}  // namespace orbitwalk
