// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "gpu/ptx/operations.hpp"

// Instructions on floating-point numbers, and comparisons. Compiled without contraction; fma is the fused operation.
namespace orbitwalk::ptx {
namespace {

/// A NaN of single precision that an operation makes is always the same one.
template <class T>
T canonical(T x) {
  if constexpr (std::is_same_v<T, float>) return x == x ? x : std::bit_cast<float>(0x7fffffffu);
  else return x;
}

template <class T>
Action floating(const Opcode& o) {
  const std::string_view name = o.words[0];
  for (const char* word : {"ftz", "approx", "full", "sat", "rz", "rm", "rp"}) {
    if (o.has(word)) refuse(o);
  }
  // An assembler may fuse additions and multiplications that do not name their rounding.
  const bool rounded = o.has("rn") || o.options.contraction;
  if (name == "add" && rounded) return two<T, T, T, [](T a, T b) { return canonical(a + b); }>;
  if (name == "sub" && rounded) return two<T, T, T, [](T a, T b) { return canonical(a - b); }>;
  if (name == "mul" && rounded) return two<T, T, T, [](T a, T b) { return canonical(a * b); }>;
  if (name == "fma" && rounded) return three<T, T, T, [](T a, T b, T c) { return canonical(std::fma(a, b, c)); }>;
  if (name == "div" && rounded) return two<T, T, T, [](T a, T b) { return canonical(a / b); }>;
  if (name == "rcp" && rounded) return one<T, T, [](T a) { return canonical(T(1) / a); }>;
  if (name == "sqrt" && rounded) return one<T, T, [](T a) { return canonical(std::sqrt(a)); }>;
  if (name == "neg") return one<T, T, [](T a) { return canonical(-a); }>;
  if (name == "abs") return one<T, T, [](T a) { return canonical(std::fabs(a)); }>;
  // The number where the other is NaN; -0 is less than +0.
  if (name == "min" && o.words.size() == 2)
    return two<T, T, T, [](T a, T b) {
      return canonical(a != a ? b : b != b ? a : a < b || (a == b && std::signbit(a)) ? a : b);
    }>;
  if (name == "max" && o.words.size() == 2)
    return two<T, T, T, [](T a, T b) {
      return canonical(a != a ? b : b != b ? a : b < a || (a == b && !std::signbit(a)) ? a : b);
    }>;
  refuse(o);
}

template <class T>
Action compare_by(const Opcode& o) {
  if (o.words.size() != 3) refuse(o);
  const std::string_view op = o.words[1];
  if (op == "eq") return compare<T, [](T a, T b) { return a == b; }>;
  if (op == "lt" || op == "lo") return compare<T, [](T a, T b) { return a < b; }>;
  if (op == "le" || op == "ls") return compare<T, [](T a, T b) { return a <= b; }>;
  if (op == "gt" || op == "hi") return compare<T, [](T a, T b) { return b < a; }>;
  if (op == "ge" || op == "hs") return compare<T, [](T a, T b) { return a >= b; }>;
  if constexpr (std::is_floating_point_v<T>) {
    if (op == "ne") return compare<T, [](T a, T b) { return a < b || b < a; }>;
    if (op == "equ") return compare<T, [](T a, T b) { return !(a < b || b < a); }>;
    if (op == "neu") return compare<T, [](T a, T b) { return !(a == b); }>;
    if (op == "ltu") return compare<T, [](T a, T b) { return !(a >= b); }>;
    if (op == "leu") return compare<T, [](T a, T b) { return !(b < a); }>;
    if (op == "gtu") return compare<T, [](T a, T b) { return !(a <= b); }>;
    if (op == "geu") return compare<T, [](T a, T b) { return !(a < b); }>;
    if (op == "num") return compare<T, [](T a, T b) { return a == a && b == b; }>;
    if (op == "nan") return compare<T, [](T a, T b) { return a != a || b != b; }>;
  } else {
    if (op == "ne") return compare<T, [](T a, T b) { return a != b; }>;
  }
  refuse(o);
}

template <class D, class A>
Action conversion(const Opcode& o) {
  if (o.has("ftz") || o.has("sat")) refuse(o);
  if constexpr (std::is_floating_point_v<D>) {
    if (std::is_same_v<D, float> && std::is_same_v<A, double> ? !o.has("rn") : std::is_integral_v<A> && !o.has("rn"))
      refuse(o);
    if (std::is_same_v<D, A> && o.words.size() != 3) refuse(o);
    return one<D, A, [](A a) { return canonical(D(a)); }>;
  } else if constexpr (std::is_floating_point_v<A>) {
    if constexpr (sizeof(D) >= 4) {
      if (!o.has("rzi")) refuse(o);
      return one<D, A, [](A a) {
        if (a != a) return sizeof(D) == 8 ? D(u64(1) << 63) : D(0);
        const A low = A(std::numeric_limits<D>::min()),
                beyond = std::ldexp(A(1), std::is_signed_v<D> ? 8 * sizeof(D) - 1 : 8 * sizeof(D));
        return a >= beyond ? std::numeric_limits<D>::max() : a <= low ? std::numeric_limits<D>::min() : D(a);
      }>;
    }
  }
  refuse(o);
}

}  // namespace

Action float_operation(const Opcode& o, std::string_view type) {
  if (type == "f32") return floating<float>(o);
  if (type == "f64") return floating<double>(o);
  refuse(o);
}

Action comparison(const Opcode& o, std::string_view type) {
  return with_type(type, [&](auto t) -> Action {
    using T = decltype(t);
    if constexpr (sizeof(T) > 1) return compare_by<T>(o);
    else refuse(o);
  });
}

Action float_conversion(const Opcode& o, std::string_view type, std::string_view from) {
  return with_type(type, [&](auto d) {
    using D = decltype(d);
    return with_type(from, [&](auto a) -> Action {
      using A = decltype(a);
      if constexpr ((std::is_integral_v<D> && std::is_integral_v<A>) || sizeof(D) == 1 || sizeof(A) == 1) refuse(o);
      else return conversion<D, A>(o);
    });
  });
}

}  // namespace orbitwalk::ptx
