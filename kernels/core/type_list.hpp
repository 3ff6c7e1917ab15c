// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"

namespace orbitwalk {

/// Types in a fixed order; a type's place in the list is its number when running.
namespace detail {
template <int i, class... Types>
struct TypeAt;
template <int i, class First, class... Rest>
struct TypeAt<i, First, Rest...> : TypeAt<i - 1, Rest...> {};
template <class First, class... Rest>
struct TypeAt<0, First, Rest...> : std::type_identity<First> {};
}  // namespace detail

template <class... Types>
struct TypeList {
  static constexpr int size = sizeof...(Types);

  /// The i-th type, counted from 0.
  template <int i>
  using at = typename detail::TypeAt<i, Types...>::type;

  template <class T>
  static constexpr int count = (0 + ... + (std::is_same_v<T, Types> ? 1 : 0));

  template <class T>
  static constexpr int find() {
    static_assert(count<T> == 1, "the list does not have the type exactly once");
    int at = 0;
    bool found = false;
    ((found = found || std::is_same_v<T, Types>, at += found ? 0 : 1), ...);
    return at;
  }

  template <class... More>
  static constexpr auto with(TypeList<More...>) {
    return TypeList<Types..., More...>();
  }
};

/// The types of a list for which Keep<Type>::value holds.
template <template <class> class Keep>
constexpr TypeList<> filtered(TypeList<>) {
  return {};
}
template <template <class> class Keep, class First, class... Rest>
constexpr auto filtered(TypeList<First, Rest...>) {
  using Kept = std::conditional_t<Keep<First>::value, TypeList<First>, TypeList<>>;
  return Kept().with(filtered<Keep>(TypeList<Rest...>()));
}

}  // namespace orbitwalk
