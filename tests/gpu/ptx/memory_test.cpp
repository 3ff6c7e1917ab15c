// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Every address is checked, and what is read and written is counted.
#include <gtest/gtest.h>

#include "gpu/ptx/kernel_text.hpp"

namespace orbitwalk::ptx::test {
namespace {

bool says(const std::string& refusal, const std::string& what) { return refusal.find(what) != std::string::npos; }

TEST(Addresses, BeyondTheMemoryAreRefused) {
  EXPECT_EQ(refusal(kernel_text("ld.global.u32 %r2, [%rd1+2044];")), "");
  EXPECT_TRUE(says(refusal(kernel_text("ld.global.u32 %r2, [%rd1+2048];")), "access outside of memory"));
  EXPECT_TRUE(says(refusal(kernel_text("ld.global.u32 %r2, [%rd1+-4];")), "access outside of memory"));
  EXPECT_TRUE(says(refusal(kernel_text("ld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%rd1+2040];")), "misaligned"));
  EXPECT_TRUE(says(refusal(kernel_text("st.global.u64 [%rd1+4], %rd2;")), "misaligned access"));
}

TEST(Addresses, SayWhoseTheyAre) {
  const std::string body = "setp.ne.u32 %p1, %r1, 37;\n@%p1 bra done;\nld.global.u32 %r2, [%rd1+4096];\ndone:";
  Conditions with;
  with.threads = 64;
  EXPECT_TRUE(says(refusal(kernel_text(body), with), "thread 37 of block 0 of k"));
}

TEST(Addresses, OfSharedMemoryEndWithIt) {
  const std::string shared = ".shared .align 8 .b8 cells[64];\n";
  EXPECT_EQ(refusal(kernel_text(shared + "st.shared.u32 [cells+60], %r1;")), "");
  EXPECT_TRUE(says(refusal(kernel_text(shared + "st.shared.u32 [cells+64], %r1;")), "access outside of memory"));
}

TEST(Addresses, NameTheirMemoryRightly) {
  const std::string shared = ".shared .align 8 .b8 cells[64];\nmov.u64 %rd3, cells;\ncvta.shared.u64 %rd4, %rd3;\n";
  EXPECT_EQ(refusal(kernel_text(shared + "st.u32 [%rd4], %r1;")), "");
  EXPECT_TRUE(says(refusal(kernel_text(shared + "st.global.u32 [%rd4], %r1;")), "access outside of memory"));
}

TEST(Memory, ThatNobodyWroteIsAllOnes) {
  const std::string body =
      ".shared .align 8 .b8 cells[8];\n.local .align 8 .b8 own[8];\nmov.u64 %rd3, own;\nld.shared.u64 %rd4, [cells];\n"
      "st.global.u64 [%rd1], %rd4;\nld.local.u64 %rd5, [%rd3];\nst.global.u64 [%rd1+8], %rd5;\n"
      "st.shared.u64 [cells], %rd1;\nst.local.u64 [%rd3], %rd1;";
  Conditions with;
  with.blocks = 2;  // the second block finds nothing of the first one's
  const auto memory = run_body(body, with);
  EXPECT_EQ(memory[0], ~std::uint64_t(0));
  EXPECT_EQ(memory[1], ~std::uint64_t(0));
}

TEST(Memory, OfALaunchFollowsWhatTheKernelDeclares) {
  const std::string dynamic = ".extern .shared .align 4 .b8 cells[];\n";
  const std::string body =
      ".shared .align 4 .b8 own[4];\nst.shared.u32 [own], 7;\nst.shared.u32 [cells], 9;\n"
      "ld.shared.u32 %r2, [own];\nst.global.u32 [%rd1], %r2;";
  Conditions with;
  with.dynamic_shared = 4;
  EXPECT_EQ(run_text(kernel_text(body, dynamic), with)[0], 7u);
  with.dynamic_shared = 0;
  EXPECT_NE(refusal(kernel_text(body, dynamic), with), "");
}

TEST(Atomics, AddWhateverTheOrder) {
  Conditions with;
  with.threads = 256, with.blocks = 3;
  for (const std::uint64_t schedule : {0, 1, 2, 3}) {
    with.schedule = schedule;
    Statistics statistics;
    const auto memory = run_body(
        "cvt.u64.u32 %rd3, %r1;\nred.global.add.u64 [%rd1], %rd3;\natom.add.u64 %rd4, [%rd1+8], 1;", with, &statistics);
    EXPECT_EQ(memory[0], 3u * 255 * 128);
    EXPECT_EQ(memory[1], 768u);
    EXPECT_EQ(statistics.generic_atomics, 768u);
  }
}

TEST(Statistics, CountBytesAndLanes) {
  Conditions with;
  with.threads = 48;
  Statistics statistics;
  run_body(
      ".shared .align 8 .b8 cells[8];\nld.global.u64 %rd3, [%rd2];\nst.global.u32 [%rd2], %r1;\nst.shared.u32 [cells], "
      "%r1;",
      with, &statistics);
  EXPECT_EQ(statistics.global, 48u * 12);
  EXPECT_EQ(statistics.shared, 48u * 4);
  EXPECT_EQ(statistics.local, 0u);
  EXPECT_EQ(statistics.instructions, 2u * 8);
  EXPECT_EQ(statistics.lanes, 48u * 8);
}

}  // namespace
}  // namespace orbitwalk::ptx::test
