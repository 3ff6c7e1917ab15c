// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"

// Several packs as one lane type. A step of a small model is a chain of a few dependent operations, each waiting for
// the one before; with the chains of several packs side by side the waiting overlaps. Nothing else changes: every
// operation is that of Pack on each part, so the bits are the same.
#if !defined(__CUDACC__)

namespace orbitwalk {

namespace detail {
/// An array of parts on which an operation is done part by part.
template <class Part, int N>
struct Group {
  Part part[N];
};
}  // namespace detail

#define ORBITWALK_EACH(result, expression) \
  ORBITWALK_UNROLL                         \
  for (int n = 0; n < N; ++n) result.part[n] = (expression)

template <class R, class Isa, int N>
struct GroupMask : detail::Group<PackMask<R, Isa>, N> {
  friend ORBITWALK_HD GroupMask operator&(GroupMask a, GroupMask b) {
    ORBITWALK_EACH(a, a.part[n] & b.part[n]);
    return a;
  }
  friend ORBITWALK_HD GroupMask operator|(GroupMask a, GroupMask b) {
    ORBITWALK_EACH(a, a.part[n] | b.part[n]);
    return a;
  }
  friend ORBITWALK_HD GroupMask operator^(GroupMask a, GroupMask b) {
    ORBITWALK_EACH(a, a.part[n] ^ b.part[n]);
    return a;
  }
  friend ORBITWALK_HD GroupMask operator~(GroupMask a) {
    ORBITWALK_EACH(a, ~a.part[n]);
    return a;
  }
  friend ORBITWALK_HD GroupMask operator!(GroupMask a) { return ~a; }
  friend ORBITWALK_HD bool any(GroupMask a) {
    for (int n = 1; n < N; ++n) a.part[0] = a.part[0] | a.part[n];
    return any(a.part[0]);
  }
  friend ORBITWALK_HD bool all(GroupMask a) {
    for (int n = 1; n < N; ++n) a.part[0] = a.part[0] & a.part[n];
    return all(a.part[0]);
  }
  friend ORBITWALK_HD bool mask_get(GroupMask a, int lane) {
    return mask_get(a.part[lane / Pack<R, Isa>::width], lane % Pack<R, Isa>::width);
  }
  friend ORBITWALK_HD int count(GroupMask a) {
    int sum = 0;
    for (int n = 0; n < N; ++n) sum += count(a.part[n]);
    return sum;
  }
};

template <class R, class Isa, int N>
struct GroupWord : detail::Group<PackWord<R, Isa>, N> {
  using Mask = GroupMask<R, Isa, N>;
#define ORBITWALK_WORD_OPERATOR(op)                                         \
  friend ORBITWALK_HD GroupWord operator op(GroupWord a, GroupWord b) {     \
    ORBITWALK_EACH(a, a.part[n] op b.part[n]);                              \
    return a;                                                               \
  }                                                                         \
  friend ORBITWALK_HD GroupWord operator op(GroupWord a, std::uint32_t b) { \
    ORBITWALK_EACH(a, a.part[n] op b);                                      \
    return a;                                                               \
  }
  ORBITWALK_WORD_OPERATOR(^)
  ORBITWALK_WORD_OPERATOR(&)
  ORBITWALK_WORD_OPERATOR(|)
  ORBITWALK_WORD_OPERATOR(+)
  ORBITWALK_WORD_OPERATOR(-)
  ORBITWALK_WORD_OPERATOR(*)
#undef ORBITWALK_WORD_OPERATOR
  friend ORBITWALK_HD GroupWord operator<<(GroupWord a, int s) {
    ORBITWALK_EACH(a, a.part[n] << s);
    return a;
  }
  friend ORBITWALK_HD GroupWord operator>>(GroupWord a, int s) {
    ORBITWALK_EACH(a, a.part[n] >> s);
    return a;
  }
  friend ORBITWALK_HD Mask operator==(GroupWord a, std::uint32_t b) {
    Mask m;
    ORBITWALK_EACH(m, a.part[n] == b);
    return m;
  }
  friend ORBITWALK_HD Mask operator<(GroupWord a, std::uint32_t b) {
    Mask m;
    ORBITWALK_EACH(m, a.part[n] < b);
    return m;
  }
  friend ORBITWALK_HD GroupWord mulhi(GroupWord a, std::uint32_t b) {
    ORBITWALK_EACH(a, mulhi(a.part[n], b));
    return a;
  }
  friend ORBITWALK_HD std::uint32_t word_get(GroupWord a, int lane) {
    return word_get(a.part[lane / Pack<R, Isa>::width], lane % Pack<R, Isa>::width);
  }
};

template <class R, class Isa, int N>
struct GroupBits : detail::Group<typename PackWord<R, Isa>::Vector, N> {
  using Bit = typename PackWord<R, Isa>::Element;
#define ORBITWALK_BITS_OPERATOR(op)                                     \
  friend ORBITWALK_HD GroupBits operator op(GroupBits a, GroupBits b) { \
    ORBITWALK_EACH(a, a.part[n] op b.part[n]);                          \
    return a;                                                           \
  }                                                                     \
  friend ORBITWALK_HD GroupBits operator op(GroupBits a, Bit b) {       \
    ORBITWALK_EACH(a, a.part[n] op b);                                  \
    return a;                                                           \
  }
  ORBITWALK_BITS_OPERATOR(^)
  ORBITWALK_BITS_OPERATOR(&)
  ORBITWALK_BITS_OPERATOR(|)
  ORBITWALK_BITS_OPERATOR(+)
  ORBITWALK_BITS_OPERATOR(-)
#undef ORBITWALK_BITS_OPERATOR
  friend ORBITWALK_HD GroupBits operator<<(GroupBits a, int s) {
    ORBITWALK_EACH(a, a.part[n] << s);
    return a;
  }
  friend ORBITWALK_HD GroupBits operator>>(GroupBits a, int s) {
    ORBITWALK_EACH(a, a.part[n] >> s);
    return a;
  }
};

/// N packs: `width` is N times theirs.
template <class R, class Isa, int N>
struct PackGroup : detail::Group<Pack<R, Isa>, N> {
  using Part = Pack<R, Isa>;
  using Mask = GroupMask<R, Isa, N>;
  static constexpr int width = N * Part::width;

  PackGroup() = default;
  template <class S, std::enable_if_t<std::is_same_v<S, R>, int> = 0>
  ORBITWALK_HD PackGroup(S a) {
    ORBITWALK_EACH((*this), Part(a));
  }

#define ORBITWALK_LANE_OPERATOR(op)                                     \
  friend ORBITWALK_HD PackGroup operator op(PackGroup a, PackGroup b) { \
    ORBITWALK_EACH(a, a.part[n] op b.part[n]);                          \
    return a;                                                           \
  }                                                                     \
  ORBITWALK_HD PackGroup& operator op##=(PackGroup b) { return *this = *this op b; }
  ORBITWALK_LANE_OPERATOR(+)
  ORBITWALK_LANE_OPERATOR(-)
  ORBITWALK_LANE_OPERATOR(*)
  ORBITWALK_LANE_OPERATOR(/)
#undef ORBITWALK_LANE_OPERATOR
#define ORBITWALK_LANE_COMPARISON(op)                              \
  friend ORBITWALK_HD Mask operator op(PackGroup a, PackGroup b) { \
    Mask m;                                                        \
    ORBITWALK_EACH(m, a.part[n] op b.part[n]);                     \
    return m;                                                      \
  }
  ORBITWALK_LANE_COMPARISON(<)
  ORBITWALK_LANE_COMPARISON(<=)
  ORBITWALK_LANE_COMPARISON(>)
  ORBITWALK_LANE_COMPARISON(>=)
  ORBITWALK_LANE_COMPARISON(==)
  ORBITWALK_LANE_COMPARISON(!=)
#undef ORBITWALK_LANE_COMPARISON
  friend ORBITWALK_HD PackGroup operator-(PackGroup a) {
    ORBITWALK_EACH(a, -a.part[n]);
    return a;
  }
  friend ORBITWALK_HD PackGroup select(Mask m, PackGroup a, PackGroup b) {
    ORBITWALK_EACH(a, select(m.part[n], a.part[n], b.part[n]));
    return a;
  }
  friend ORBITWALK_HD PackGroup min(PackGroup a, PackGroup b) {
    ORBITWALK_EACH(a, min(a.part[n], b.part[n]));
    return a;
  }
  friend ORBITWALK_HD PackGroup max(PackGroup a, PackGroup b) {
    ORBITWALK_EACH(a, max(a.part[n], b.part[n]));
    return a;
  }
  friend ORBITWALK_HD PackGroup abs(PackGroup a) {
    ORBITWALK_EACH(a, abs(a.part[n]));
    return a;
  }
  friend ORBITWALK_HD PackGroup copysign(PackGroup a, PackGroup b) {
    ORBITWALK_EACH(a, copysign(a.part[n], b.part[n]));
    return a;
  }
  friend ORBITWALK_HD Mask is_finite(PackGroup a) {
    Mask m;
    ORBITWALK_EACH(m, is_finite(a.part[n]));
    return m;
  }
  friend ORBITWALK_HD PackGroup fma(PackGroup a, PackGroup b, PackGroup c) {
    ORBITWALK_EACH(a, fma(a.part[n], b.part[n], c.part[n]));
    return a;
  }
  friend ORBITWALK_HD PackGroup sqrt(PackGroup a) {
    ORBITWALK_EACH(a, sqrt(a.part[n]));
    return a;
  }
  friend ORBITWALK_HD void store(R* to, PackGroup a) {
    for (int n = 0; n < N; ++n) store(to + n * Part::width, a.part[n]);
  }
  friend ORBITWALK_HD R lane_get(PackGroup a, int lane) {
    return lane_get(a.part[lane / Part::width], lane % Part::width);
  }
  friend ORBITWALK_HD void lane_set(PackGroup& a, int lane, R value) {
    lane_set(a.part[lane / Part::width], lane % Part::width, value);
  }
};

template <class R, class Isa, int N>
struct LaneTraits<PackGroup<R, Isa, N>> {
  using Lane = PackGroup<R, Isa, N>;
  using Part = Pack<R, Isa>;
  using PartTraits = LaneTraits<Part>;
  using Real = R;
  using Mask = GroupMask<R, Isa, N>;
  using Word = GroupWord<R, Isa, N>;
  using Bits = GroupBits<R, Isa, N>;
  static constexpr int width = Lane::width;

  static ORBITWALK_HD Lane broadcast(R a) { return Lane(a); }
  static ORBITWALK_HD Lane load(const R* from) {
    Lane l;
    ORBITWALK_EACH(l, PartTraits::load(from + n * Part::width));
    return l;
  }
  static ORBITWALK_HD Word word_broadcast(std::uint32_t a) {
    Word w;
    ORBITWALK_EACH(w, PartTraits::word_broadcast(a));
    return w;
  }
  static ORBITWALK_HD void word_set(Word& a, int lane, std::uint32_t value) {
    PartTraits::word_set(a.part[lane / Part::width], lane % Part::width, value);
  }
  static ORBITWALK_HD Lane gather(const R* base, Word index) {
    Lane l;
    ORBITWALK_EACH(l, PartTraits::gather(base, index.part[n]));
    return l;
  }
  static ORBITWALK_HD Lane to_real(Word a) {
    Lane l;
    ORBITWALK_EACH(l, PartTraits::to_real(a.part[n]));
    return l;
  }
  static ORBITWALK_HD Bits widen(Word a) {
    Bits b;
    ORBITWALK_EACH(b, PartTraits::widen(a.part[n]));
    return b;
  }
  static ORBITWALK_HD Mask top_bit(Bits a) {
    Mask m;
    ORBITWALK_EACH(m, PartTraits::top_bit(a.part[n]));
    return m;
  }
  static ORBITWALK_HD Bits bits(Lane a) {
    Bits b;
    ORBITWALK_EACH(b, PartTraits::bits(a.part[n]));
    return b;
  }
  static ORBITWALK_HD Lane from_bits(Bits a) {
    Lane l;
    ORBITWALK_EACH(l, PartTraits::from_bits(a.part[n]));
    return l;
  }
};

#undef ORBITWALK_EACH

}  // namespace orbitwalk

#endif  // !defined(__CUDACC__)
