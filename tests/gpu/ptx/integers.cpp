// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/operations.hpp"

// Instructions on integers and bits.
namespace orbitwalk::ptx {
namespace {

template <class T>
struct Wider {
  using Type = void;
};
template <>
struct Wider<u16> {
  using Type = u32;
};
template <>
struct Wider<s16> {
  using Type = s32;
};
template <>
struct Wider<u32> {
  using Type = u64;
};
template <>
struct Wider<s32> {
  using Type = s64;
};
template <>
struct Wider<u64> {
  using Type = unsigned __int128;
};
template <>
struct Wider<s64> {
  using Type = __int128;
};
template <class T>
using Wide = typename Wider<T>::Type;

/// Integers of the same width add and multiply alike, without a sign and therefore without overflow.
template <class T>
using Bits = std::make_unsigned_t<T>;

template <class T>
Action integer(const Opcode& o) {
  const std::string_view name = o.words[0];
  if (o.has("cc") || o.has("sat")) refuse(o);
  if (name == "add") return two<T, T, T, [](T a, T b) { return T(Bits<T>(a) + Bits<T>(b)); }>;
  if (name == "sub") return two<T, T, T, [](T a, T b) { return T(Bits<T>(a) - Bits<T>(b)); }>;
  if (name == "mul") {
    if (o.has("lo")) return two<T, T, T, [](T a, T b) { return T(Wide<Bits<T>>(Bits<T>(a)) * Bits<T>(b)); }>;
    if (o.has("hi")) return two<T, T, T, [](T a, T b) { return T((Wide<T>(a) * b) >> (8 * sizeof(T))); }>;
    if constexpr (sizeof(T) <= 4) {
      if (o.has("wide")) return two<Wide<T>, T, T, [](T a, T b) { return Wide<T>(Wide<T>(a) * b); }>;
    }
  }
  if (name == "mad") {
    if (o.has("lo"))
      return three<T, T, T, [](T a, T b, T c) { return T(Wide<Bits<T>>(Bits<T>(a)) * Bits<T>(b) + Bits<T>(c)); }>;
    if (o.has("hi"))
      return three<T, T, T, [](T a, T b, T c) { return T(Bits<T>((Wide<T>(a) * b) >> (8 * sizeof(T))) + Bits<T>(c)); }>;
    if constexpr (sizeof(T) <= 4) {
      if (o.has("wide"))
        return three<Wide<T>, T, Wide<T>,
                     [](T a, T b, Wide<T> c) { return Wide<T>(Bits<Wide<T>>(Wide<T>(a) * b) + Bits<Wide<T>>(c)); }>;
    }
  }
  // Division by zero has no specified result; here it is all ones, as the devices have it.
  if (name == "div")
    return two<T, T, T, [](T a, T b) {
      return b == 0 ? T(~T(0)) : std::is_signed_v<T> && b == T(-1) ? T(Bits<T>(0) - Bits<T>(a)) : T(a / b);
    }>;
  if (name == "rem")
    return two<T, T, T, [](T a, T b) { return b == 0 ? a : std::is_signed_v<T> && b == T(-1) ? T(0) : T(a % b); }>;
  if (name == "min") return two<T, T, T, [](T a, T b) { return a < b ? a : b; }>;
  if (name == "max") return two<T, T, T, [](T a, T b) { return b < a ? a : b; }>;
  if (name == "neg") return one<T, T, [](T a) { return T(Bits<T>(0) - Bits<T>(a)); }>;
  if (name == "abs") return one<T, T, [](T a) { return a < T(0) ? T(Bits<T>(0) - Bits<T>(a)) : a; }>;
  if (name == "shl") return two<T, T, u32, [](T a, u32 n) { return n >= 8 * sizeof(T) ? T(0) : T(Bits<T>(a) << n); }>;
  if (name == "shr")
    return two<T, T, u32, [](T a, u32 n) { return n >= 8 * sizeof(T) ? T(a < 0 ? -1 : 0) : T(a >> n); }>;
  if (name == "and") return two<T, T, T, [](T a, T b) { return T(a & b); }>;
  if (name == "or") return two<T, T, T, [](T a, T b) { return T(a | b); }>;
  if (name == "xor") return two<T, T, T, [](T a, T b) { return T(a ^ b); }>;
  if (name == "not") return one<T, T, [](T a) { return T(~a); }>;
  if (name == "popc") return one<u32, T, [](T a) { return u32(std::popcount(Bits<T>(a))); }>;
  if (name == "clz") return one<u32, T, [](T a) { return u32(std::countl_zero(Bits<T>(a))); }>;
  if (name == "brev") {
    return one<T, T, [](T a) {
      Bits<T> from = Bits<T>(a), to = 0;
      for (unsigned n = 0; n < 8 * sizeof(T); ++n, from >>= 1) to = Bits<T>(to << 1 | (from & 1));
      return T(to);
    }>;
  }
  if constexpr (std::is_unsigned_v<T>) {
    if (name == "bfind" && o.has("shiftamt"))
      return one<u32, T, [](T a) { return a == 0 ? ~0u : u32(std::countl_zero(a)); }>;
    if (name == "bfind")
      return one<u32, T, [](T a) { return a == 0 ? ~0u : u32(8 * sizeof(T) - 1 - std::countl_zero(a)); }>;
  }
  refuse(o);
}

u32 permute(u32 a, u32 b, u32 c) {
  const u64 bytes = u64(b) << 32 | a;
  u32 d = 0;
  for (int n = 0; n < 4; ++n) {
    const u32 which = c >> (4 * n) & 15, byte = u32(bytes >> (8 * (which & 7))) & 255;
    d |= (which & 8 ? (byte & 128 ? 255u : 0u) : byte) << (8 * n);
  }
  return d;
}

/// The low n = e bits of a, put into b at bit c.
void insert_bits(Warp& w, const Instruction& i, u32 mask) {
  each_lane(mask, [&](int l) {
    const u32 at = w.row<u32>(i.c)[l] & 255, n = w.row<u32>(i.e)[l] & 255;
    const u64 ones = n >= 64 ? ~u64(0) : (u64(1) << n) - 1, field = at >= 64 ? 0 : ones << at;
    w.row<u64>(i.d)[l] = (w.row<u64>(i.b)[l] & ~field) | (at >= 64 ? 0 : (w.row<u64>(i.a)[l] << at) & field);
  });
}

/// b ones from bit a on.
u32 bit_mask(u32 a, u32 b) {
  if (a >= 32 || b == 0) return 0;
  const u64 ones = b >= 32 ? 0xffffffffull : (u64(1) << b) - 1;
  return u32(ones << a);
}

// Between integers the widths of the registers matter too: the low bits of the source count, and the result fills its
// register.
template <class D, class A, class Row, class From>
void convert_integers(Warp& w, const Instruction& i, u32 mask) {
  Row* d = w.row<Row>(i.d);
  const From* a = w.row<From>(i.a);
  each_lane(mask, [=](int l) { d[l] = Row(std::is_signed_v<D> ? s64(D(A(a[l]))) : s64(u64(D(A(a[l]))))); });
}

}  // namespace

Action integer_operation(const Opcode& o, std::string_view type) {
  const std::string_view name = o.words[0];
  if (name == "bfi" && type == "b64") return insert_bits;
  if (name == "prmt" && o.words.size() == 2) return three<u32, u32, u32, permute>;
  if (name == "bmsk" && o.has("clamp")) return two<u32, u32, u32, bit_mask>;
  return with_type(type, [&](auto t) -> Action {
    using T = decltype(t);
    if constexpr (std::is_integral_v<T> && sizeof(T) > 1) return integer<T>(o);
    else refuse(o);
  });
}

Action integer_conversion(const Opcode& o, std::string_view type, std::string_view from, std::uint32_t row_bytes,
                          std::uint32_t from_bytes) {
  if (o.words.size() != 3) refuse(o);
  return with_type(type, [&](auto d) {
    return with_type(from, [&](auto a) {
      return with_type(row_bytes == 8   ? "u64"
                       : row_bytes == 4 ? "u32"
                                        : "u16",
                       [&](auto row) {
                         return with_type(from_bytes == 8   ? "u64"
                                          : from_bytes == 4 ? "u32"
                                                            : "u16",
                                          [&](auto source) -> Action {
                                            using D = decltype(d);
                                            using A = decltype(a);
                                            using Row = decltype(row);
                                            using From = decltype(source);
                                            if constexpr (std::is_integral_v<D> && std::is_integral_v<A> &&
                                                          std::is_integral_v<Row> && std::is_integral_v<From> &&
                                                          sizeof(Row) >= 2 && sizeof(From) >= 2 &&
                                                          sizeof(Row) >= sizeof(D) && sizeof(From) >= sizeof(A) &&
                                                          std::is_unsigned_v<Row> && std::is_unsigned_v<From>)
                                              return convert_integers<D, A, Row, From>;
                                            else refuse(o);
                                          });
                       });
    });
  });
}

}  // namespace orbitwalk::ptx
