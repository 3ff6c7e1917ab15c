// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Agreement with cuRAND's host generator, which runs on the CPU and needs neither a GPU nor a driver. Compiled where
// the CUDA toolkit is found. Its order (found by search, not documented): four words a block, 65536 subsequences in
// turn, then the next block of each; subsequence s, block b is counter (b, 0, s, 0) and the key is the seed. So word 4
// i + k is orbitwalk's word k of particle i / 65536, block i mod 65536, step 0 and purpose 0.
#include <gtest/gtest.h>

#include <vector>

#include "kernels/random/philox.hpp"

#if defined(ORBITWALK_HAVE_CURAND_HOST)
#include <curand.h>
#endif

namespace orbitwalk::test {
namespace {

TEST(Philox, AgreesWithCurandHostGenerator) {
#if defined(ORBITWALK_HAVE_CURAND_HOST)
  for (unsigned long long seed : {0ull, 7ull, 0x123456789abcdef0ull}) {
    curandGenerator_t generator;
    ASSERT_EQ(curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10), CURAND_STATUS_SUCCESS);
    ASSERT_EQ(curandSetPseudoRandomGeneratorSeed(generator, seed), CURAND_STATUS_SUCCESS);
    std::vector<unsigned> words(4 * 65536 * 3 + 400);
    ASSERT_EQ(curandGenerate(generator, words.data(), words.size()), CURAND_STATUS_SUCCESS);
    curandDestroyGenerator(generator);
    for (std::size_t i = 0; i < words.size() / 4; ++i) {
      std::uint32_t expected[4];
      philox_block<float>(seed, consecutive_ids<float>(i / 65536), 0, Purpose::initial_state,
                          static_cast<std::uint32_t>(i % 65536), expected);
      for (int k = 0; k < 4; ++k) ASSERT_EQ(words[4 * i + k], expected[k]) << "seed " << seed << " word " << 4 * i + k;
    }
  }
#else
  GTEST_SKIP() << "built without the CUDA toolkit's cuRAND";
#endif
}

}  // namespace
}  // namespace orbitwalk::test
