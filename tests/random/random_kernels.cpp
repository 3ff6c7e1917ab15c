// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Compiled once an instruction set, with ORBITWALK_TEST_ISA = Scalar, Wide, Generic, Avx2, ...; no containers, no
// gtest.
#include "random/random_kernels.hpp"

#include "core/isa_lane.hpp"

namespace orbitwalk {
namespace {

using test::DrawAddress;
template <class R>
using Lane = test::LaneFor<R, test::ORBITWALK_TEST_ISA>;

template <class R>
void words(const DrawAddress& at, int n, std::uint32_t* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  for (int i = 0; i < n; i += width) {
    WordOf<L> w[4];
    philox_block<L>(at.seed, consecutive_ids<L>(at.first + i), at.step, at.purpose, at.block, w);
    for (int lane = 0; lane < width; ++lane) {
      for (int k = 0; k < 4; ++k) out[4 * (i + lane) + k] = word_get(w[k], lane);
    }
  }
}

// Several packs side by side, where the lanes are packs.
template <class L>
struct Grouped {
  using type = L;
};
template <class R, class Isa>
struct Grouped<Pack<R, Isa>> {
  using type = PackGroup<R, Isa, 4>;
};

template <class R>
void stream_words(const DrawAddress& at, std::uint64_t from, int n, std::uint32_t* out) {
  using L = typename Grouped<Lane<R>>::type;
  constexpr int width = LaneTraits<L>::width;
  for (int i = 0; i < n; i += width) {
    const PhiloxStream<L> stream(at.seed, consecutive_ids<L>(at.first + i), from);
    WordOf<L> w[4];
    stream.words(at.step, at.purpose, at.block, w);
    for (int lane = 0; lane < width; ++lane) {
      for (int k = 0; k < 4; ++k) out[4 * (i + lane) + k] = word_get(w[k], lane);
    }
  }
}

template <class R>
void fill(Variates kind, const DrawAddress& at, int n, R* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  const int count = variates_per_block<R>(kind);
  L buffer[128];
  for (int i = 0; i < n; i += width) {
    fill_block<L>(kind, at.seed, consecutive_ids<L>(at.first + i), at.step, at.purpose, at.block, buffer);
    for (int j = 0; j < count; ++j) store(out + j * n + i, buffer[j]);
  }
}

template <class R>
void one_by_one(Variates kind, const DrawAddress& at, int n, R* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  for (int i = 0; i < n; i += width) {
    WordOf<L> w[4];
    philox_block<L>(at.seed, consecutive_ids<L>(at.first + i), at.step, at.purpose, at.block, w);
    for (int j = 0; j < variates_per_block<R>(kind); ++j) store(out + j * n + i, variate_from_words<L>(kind, w, j));
  }
}

template <class R>
void from_words(Variates kind, const std::uint32_t* words, int n, R* out) {
  using L = Lane<R>;
  constexpr int width = LaneTraits<L>::width;
  L buffer[128];
  for (int i = 0; i < n; i += width) {
    WordOf<L> w[4];
    for (int k = 0; k < 4; ++k) {
      w[k] = word_broadcast<L>(0);
      for (int lane = 0; lane < width; ++lane) word_set<L>(w[k], lane, words[4 * (i + lane) + k]);
    }
    if (kind == Variates::gaussian) variates_from_words<L, Variates::gaussian>(w, buffer);
    else if (kind == Variates::dyadic) variates_from_words<L, Variates::dyadic>(w, buffer);
    else variates_from_words<L, Variates::rademacher>(w, buffer);
    for (int j = 0; j < variates_per_block<R>(kind); ++j) store(out + j * n + i, buffer[j]);
  }
}

}  // namespace

namespace test {
extern const RandomKernels<float> ORBITWALK_JOIN(random_kernels_float_, ORBITWALK_TEST_ISA) = {
    words<float>, stream_words<float>, fill<float>, one_by_one<float>, from_words<float>};
extern const RandomKernels<double> ORBITWALK_JOIN(random_kernels_double_, ORBITWALK_TEST_ISA) = {
    words<double>, stream_words<double>, fill<double>, one_by_one<double>, from_words<double>};
}  // namespace test
}  // namespace orbitwalk
