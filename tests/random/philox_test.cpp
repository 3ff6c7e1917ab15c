// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/random/philox.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "random/known_answers.hpp"
#include "random/random_test.hpp"

namespace orbitwalk::test {
namespace {

const KnownAnswers& known_answers() {
  static const KnownAnswers answers = read_known_answers(ORBITWALK_SOURCE_DIR "/tests/random/philox_kat.txt");
  return answers;
}

TEST(Philox, PublishedVectors) {
  ASSERT_EQ(known_answers().raw.size(), 3u);
  for (const RawAnswer& a : known_answers().raw) {
    std::uint32_t out[4];
    philox4x32_10(a.counter, a.key, out);
    for (int k = 0; k < 4; ++k)
      EXPECT_EQ(out[k], a.words[k]) << "counter " << std::hex << a.counter[0] << " word " << k;
  }
}

class PhiloxOnEveryIsa : public testing::TestWithParam<std::string> {};

template <class R>
void expect_known_answers(const std::string& isa) {
  ASSERT_GE(known_answers().addressed.size(), 10u);
  for (const AddressedAnswer& a : known_answers().addressed) {
    // The particle takes every place in a group of lanes, also where the group straddles 2^32.
    for (std::uint64_t place = 0; place < particle_group && place <= a.particle; ++place) {
      std::uint32_t out[4 * particle_group];
      random_kernels<R>(isa).words({a.seed, a.particle - place, a.step, Purpose(a.purpose), a.block}, particle_group,
                                   out);
      for (int k = 0; k < 4; ++k) {
        ASSERT_EQ(out[4 * place + k], a.words[k])
            << isa << " particle " << a.particle << " step " << a.step << " place " << place;
      }
    }
  }
}

TEST_P(PhiloxOnEveryIsa, KnownAnswers) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_known_answers<float>(GetParam());
  expect_known_answers<double>(GetParam());
}

template <class R>
void expect_same_words_and_variates(const std::string& isa) {
  std::mt19937_64 engine(17);
  const int n = 64;
  for (int repeat = 0; repeat < 300; ++repeat) {
    const DrawAddress at{engine(), engine() >> (16 + repeat % 40), engine() >> (16 + repeat % 37), Purpose(repeat % 6),
                         static_cast<std::uint32_t>(engine() >> 40)};
    std::vector<std::uint32_t> expected(4 * n), found(4 * n);
    random_kernels<float>("Scalar").words(at, n, expected.data());
    random_kernels<R>(isa).words(at, n, found.data());
    ASSERT_EQ(expected, found) << isa << " words, first particle " << at.first;
    // The step itself, one far below, one of another high word.
    for (const std::uint64_t from : {at.step, at.step / 3, at.step + (std::uint64_t(1) << 33)}) {
      std::fill(found.begin(), found.end(), 0);
      random_kernels<R>(isa).stream_words(at, from, n, found.data());
      ASSERT_EQ(expected, found) << isa << " stream from step " << from << " at step " << at.step;
    }
    for (Variates kind : {Variates::gaussian, Variates::dyadic, Variates::rademacher}) {
      const std::size_t size = static_cast<std::size_t>(n) * variates_per_block<R>(kind);
      std::vector<R> scalar(size), lanes(size), single(size);
      random_kernels<R>("Scalar").fill(kind, at, n, scalar.data());
      random_kernels<R>(isa).fill(kind, at, n, lanes.data());
      random_kernels<R>(isa).one_by_one(kind, at, n, single.data());
      ASSERT_EQ(std::memcmp(scalar.data(), lanes.data(), size * sizeof(R)), 0) << isa << " " << variates_name(kind);
      ASSERT_EQ(std::memcmp(scalar.data(), single.data(), size * sizeof(R)), 0)
          << isa << " one by one " << variates_name(kind);
    }
  }
}

TEST_P(PhiloxOnEveryIsa, WordsAndVariatesHaveTheBitsOfScalarLanes) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_same_words_and_variates<float>(GetParam());
  expect_same_words_and_variates<double>(GetParam());
}

// Words at the edges of the conversions: quadrant borders, smallest and largest radius.
template <class R>
void expect_same_at_edges(const std::string& isa) {
  std::vector<std::uint32_t> edges;
  for (std::uint32_t eighth = 0; eighth < 8; ++eighth) {
    for (int by : {-2, -1, 0, 1, 2}) edges.push_back(eighth * 0x20000000u + static_cast<std::uint32_t>(by));
  }
  std::vector<std::uint32_t> words;
  for (std::uint32_t a : edges) {
    for (std::uint32_t b : edges) words.insert(words.end(), {a, b, b, a}), words.insert(words.end(), {a, a, b, b});
  }
  const int n = static_cast<int>(words.size() / 4) / particle_group * particle_group;
  std::vector<R> scalar(static_cast<std::size_t>(n) * 4), lanes(scalar.size());
  random_kernels<R>("Scalar").from_words(Variates::gaussian, words.data(), n, scalar.data());
  random_kernels<R>(isa).from_words(Variates::gaussian, words.data(), n, lanes.data());
  ASSERT_EQ(std::memcmp(scalar.data(), lanes.data(), scalar.size() * sizeof(R)), 0) << isa;
}

TEST_P(PhiloxOnEveryIsa, GaussianEdgesHaveTheBitsOfScalarLanes) {
  ORBITWALK_SKIP_UNLESS_MACHINE_HAS(GetParam());
  expect_same_at_edges<float>(GetParam());
  expect_same_at_edges<double>(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Philox, PhiloxOnEveryIsa, testing::ValuesIn(compiled_isas()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace orbitwalk::test
