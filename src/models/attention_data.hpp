// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/dataset.hpp"
#include "models/description.hpp"

// The host side of kernels/models/attention.hpp.
namespace orbitwalk {

/// Sequences and the outputs of a random head: tokens x ~ N(0, I), Q, K, V of entries N(0, scale²), Y =
/// softmax((XQ)(XK)ᵀ/√h) X V + noise ξ, without V for values = 0. Features are tokens × embedding and outputs tokens ×
/// values (embedding without V), token by token. Keys of the table: samples (sequences), noise (default 0.1), seed,
/// scale (default 0.75), head (default: that of the model).
Dataset attention_teacher(const Section& teacher, int tokens, int embedding, int head, int values);

/// Reads [model] of name "attention", and [data]. View: sizes e, h, τ, N, whether GL(h), whether the loss is of
/// strengths, h* (0: no teacher), columns of V (0: no V); numbers stiffness, target strength, weight decay, 1/√h, scale
/// and gain of the teacher, initial gain; arrays target (e×e), X, Y (columns of N).
ModelDescription describe_attention(const Section& model, const DataSource& source);

}  // namespace orbitwalk
