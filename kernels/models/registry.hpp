// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// The list of models: ORBITWALK_MODEL(name, Type), with Type in models/<name>.hpp. No include guard: it is read with
// different meanings of ORBITWALK_MODEL, and by CMake, which compiles each model once a backend and instruction set.

ORBITWALK_MODEL(radial, Radial)
ORBITWALK_MODEL(hadamard, Hadamard)
ORBITWALK_MODEL(relu, Relu)
ORBITWALK_MODEL(matrix_product, MatrixProduct)
ORBITWALK_MODEL(gram_product, GramProduct)
ORBITWALK_MODEL(conjugation, Conjugation)
ORBITWALK_MODEL(linear, Linear)
ORBITWALK_MODEL(softmax_shift, SoftmaxShift)
ORBITWALK_MODEL(scale_invariant, ScaleInvariant)
ORBITWALK_MODEL(deep_hadamard, DeepHadamard)
ORBITWALK_MODEL(groups, Groups)
ORBITWALK_MODEL(mapped_hadamard, MappedHadamard)
ORBITWALK_MODEL(attention, Attention)
ORBITWALK_MODEL(completion, Completion)
