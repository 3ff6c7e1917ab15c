// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/core/standard.hpp"

// Named parameters of a model. A model declares them once, as a class template over how they are stored:
//
//   template <class Kept>
//   struct NameParameters {
//     int dimension = 0;
//     typename Kept::Real stiffness = 1;       // double on the host, R in a functor
//     double constant = 0;                     // double in both
//     typename Kept::Array target = {};        // std::vector<double> on the host, const R* in a functor
//     SharedParameters<Kept> shared;           // a group of parameters shared by several models
//
//     ORBITWALK_FIELDS(dimension, stiffness, constant, target, shared)
//   };
//
// A functor derives from NameParameters<Viewed<R>>, or keeps the part of it that it needs, and obtains it from
// read_parameters(view). A description fills in NameParameters<Stored> (src/models/model_parameters.hpp). Between the
// two, values are passed by position, in the order of the list; no other code depends on this order. bool and
// enumerations are passed as integers.

/// Declares fields(visit), which calls visit("names as written", fields...) with all parameters of the struct.
#define ORBITWALK_FIELDS(...)               \
  template <class Visit>                    \
  ORBITWALK_HD void fields(Visit&& visit) { \
    visit(#__VA_ARGS__, __VA_ARGS__);       \
  }

namespace orbitwalk {

/// What is passed from description to functor: sizes, numbers and arrays, by position. Trivially copyable.
template <class R>
struct ModelView {
  static constexpr int capacity = 12;
  int sizes[capacity] = {};
  double numbers[capacity] = {};
  const R* arrays[capacity] = {};  ///< in the memory of the backend
};

/// How a functor stores its parameters.
template <class R>
struct Viewed {
  using Real = R;
  using Array = const R*;
};

/// Visitor that reads fields from a view.
template <class R>
class ViewReader {
 public:
  ORBITWALK_HD explicit ViewReader(const ModelView<R>& view) : view_(view) {}

  template <class... Fields>
  ORBITWALK_HD void operator()(const char*, Fields&... fields) {
    (read(fields), ...);
  }

 private:
  ORBITWALK_HD void read(float& field) { field = static_cast<float>(view_.numbers[numbers_++]); }
  ORBITWALK_HD void read(double& field) { field = view_.numbers[numbers_++]; }
  ORBITWALK_HD void read(const R*& field) { field = view_.arrays[arrays_++]; }
  template <class Field>
  ORBITWALK_HD void read(Field& field) {
    if constexpr (requires { field.fields(*this); }) field.fields(*this);
    else field = static_cast<Field>(view_.sizes[sizes_++]);
  }

  const ModelView<R>& view_;
  int sizes_ = 0, numbers_ = 0, arrays_ = 0;
};

/// Reads Parameters<Viewed<R>> from a view.
template <template <class> class Parameters, class R>
ORBITWALK_HD Parameters<Viewed<R>> read_parameters(const ModelView<R>& view) {
  Parameters<Viewed<R>> parameters;
  ViewReader<R> reader(view);
  parameters.fields(reader);
  return parameters;
}

}  // namespace orbitwalk
