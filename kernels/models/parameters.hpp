// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/macros.hpp"
#include "kernels/core/standard.hpp"

// The parameters of a model, by name. A model declares them once, as a class template over how they are kept:
//
//   template <class Kept>
//   struct NameParameters {
//     int dimension = 0;
//     typename Kept::Real stiffness = 1;       // double on the host, R in a functor
//     double constant = 0;                     // double in both
//     typename Kept::Array target;             // std::vector<double> on the host, const R* in a functor
//
//     template <class Visit>
//     ORBITWALK_HD void fields(Visit&& visit) {
//       visit("dimension", dimension);
//       visit("stiffness", stiffness);
//       ...
//     }
//   };
//
// A functor derives from NameParameters<Viewed<R>>, which it reads from a ModelView; a description fills
// NameParameters<Stored> in (src/models/description.hpp). Between the two they travel by position, in the order of
// fields(), which nobody else needs to know. Enumerations travel as integers. Shared groups of parameters call each
// other's fields().
namespace orbitwalk {

/// What travels: sizes, numbers and arrays, by position. Trivially copyable.
template <class R>
struct ModelView {
  static constexpr int capacity = 12;
  int sizes[capacity] = {};
  double numbers[capacity] = {};
  const R* arrays[capacity] = {};  ///< in the memory of the backend
};

/// Parameters as a functor has them.
template <class R>
struct Viewed {
  using Real = R;
  using Array = const R*;
};

/// Visitor that reads fields from a view.
template <class R>
struct ViewReader {
  const ModelView<R>& view;
  int sizes = 0, numbers = 0, arrays = 0;

  ORBITWALK_HD void operator()(const char*, int& field) { field = view.sizes[sizes++]; }
  ORBITWALK_HD void operator()(const char*, float& field) { field = static_cast<float>(view.numbers[numbers++]); }
  ORBITWALK_HD void operator()(const char*, double& field) { field = view.numbers[numbers++]; }
  ORBITWALK_HD void operator()(const char*, const R*& field) { field = view.arrays[arrays++]; }
  template <class Enum>
  ORBITWALK_HD void operator()(const char*, Enum& field) {
    field = static_cast<Enum>(view.sizes[sizes++]);
  }
};

/// Parameters<Viewed<R>> from a view.
template <template <class> class Parameters, class R>
ORBITWALK_HD Parameters<Viewed<R>> read_parameters(const ModelView<R>& view) {
  Parameters<Viewed<R>> parameters;
  ViewReader<R> reader{view};
  parameters.fields(reader);
  return parameters;
}

}  // namespace orbitwalk
