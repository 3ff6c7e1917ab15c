// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that the engine takes of the standard library: fixed-width integers and a few type traits. NVRTC comes without a standard
// library, so that it gets definitions of its own here.
#if !defined(__CUDACC_RTC__)

#include <cstdint>
#include <type_traits>
#include <utility>

#else

namespace std {

using int8_t = signed char;
using int16_t = short;
using int32_t = int;
using int64_t = long;
using uint8_t = unsigned char;
using uint16_t = unsigned short;
using uint32_t = unsigned int;
using uint64_t = unsigned long;
using size_t = decltype(sizeof 0);

template <class T, T v>
struct integral_constant {
  static constexpr T value = v;
};
template <bool b>
using bool_constant = integral_constant<bool, b>;
using true_type = bool_constant<true>;
using false_type = bool_constant<false>;

template <class T>
struct type_identity {
  using type = T;
};

template <class A, class B>
inline constexpr bool is_same_v = false;
template <class A>
inline constexpr bool is_same_v<A, A> = true;

template <bool condition, class T = void>
struct enable_if {};
template <class T>
struct enable_if<true, T> : type_identity<T> {};
template <bool condition, class T = void>
using enable_if_t = typename enable_if<condition, T>::type;

template <bool condition, class A, class B>
struct conditional : type_identity<A> {};
template <class A, class B>
struct conditional<false, A, B> : type_identity<B> {};
template <bool condition, class A, class B>
using conditional_t = typename conditional<condition, A, B>::type;

// Of types that are neither arrays nor functions, which is all that the engine asks for.
template <class T>
struct decay : type_identity<T> {};
template <class T>
struct decay<const T> : type_identity<T> {};
template <class T>
struct decay<T&> : decay<T> {};
template <class T>
struct decay<T&&> : decay<T> {};
template <class T>
using decay_t = typename decay<T>::type;

template <class T>
inline constexpr bool is_trivially_copyable_v = __is_trivially_copyable(T);
template <class T>
inline constexpr bool is_enum_v = __is_enum(T);

}  // namespace std

#endif
