// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk {

/// A number of a noise that a spec gives: [dynamics] noise = { NAME = ... }.
struct NoiseKey {
  const char* name = nullptr;
  bool may_be_zero = false;
};

/// What a noise is. Each says it once, in its own header, as a static member `traits`; integrators, readers of specs,
/// backends and the catalogue ask for these facts.
struct NoiseTraits {
  const char* name;               ///< of the noise in messages; of a sampled noise, the word of [dynamics] sampling
  bool depends_on_state = false;  ///< multiplicative: the Itô and the Stratonovich equation differ
  bool is_isotropic = false;      ///< sqrt(2T) dW
  bool has_temperature = false;   ///< intensities √T: Gibbs' law, or its projected form, is stationary
  bool needs_projection = false;  ///< asks the model for P_V
  bool may_vanish = false;        ///< there may be states that it does not move
  bool from_samples = false;      ///< the noise of a stochastic gradient: needs data, and gives the gradient with it
  // Of sampled noises only.
  bool draws_batch = false;   ///< a step takes B samples; otherwise all of them
  bool draws_fresh = false;   ///< samples that no step has seen before
  bool is_noiseless = false;  ///< but for the noise of the labels
  // Texts.
  const char* in_words = nullptr;     ///< begins a sentence of the conclusions
  const char* with_labels = nullptr;  ///< the same with noise on the labels; null: in_words and what it adds
  const char* summary = nullptr;      ///< of a sampled noise, for the catalogue
  // The noise under Euler-Maruyama as an entry of the catalogue; null: none of its own.
  const char* entry = nullptr;
  const char* dynamics = nullptr;  ///< a [dynamics] name that is the noise's alone
  const char* equation = nullptr;
  const char* update = nullptr;
  const char* cost = nullptr;
  const char* source = nullptr;
  NoiseKey keys[4] = {};  ///< numbers that a spec gives, in the order of Plan::noise_numbers
};

/// A noise by its place in the list (noise/list.hpp).
enum class NoiseId : int {};

}  // namespace orbitwalk
