// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Lanes that part and meet, barriers, and instructions of several lanes.
#include <gtest/gtest.h>

#include "gpu/ptx/kernel_text.hpp"

namespace orbitwalk::ptx::test {
namespace {

constexpr std::uint64_t schedules[] = {0, 1, 2, 3, 4, 5, 6, 7};

Conditions threads(std::uint32_t count, std::uint64_t schedule = 0) {
  Conditions with;
  with.threads = count;
  with.schedule = schedule;
  return with;
}

TEST(Lanes, PartAndMeet) {
  // Thread i counts to i mod 5.
  const std::string body =
      "rem.u32 %r2, %r1, 5;\nmov.u32 %r3, 0;\nloop:\nsetp.ge.u32 %p1, %r3, %r2;\n@%p1 bra done;\nadd.s32 %r3, %r3, "
      "1;\nbra loop;\n"
      "done:\nactivemask.b32 %r4;\nst.global.u32 [%rd2], %r3;\nst.global.u32 [%rd2+4], %r4;";
  for (const std::uint64_t schedule : schedules) {
    const auto memory = run_body(body, threads(64, schedule));
    for (std::uint64_t i = 0; i < 64; ++i) EXPECT_EQ(memory[i] & 0xffffffff, i % 5);
    if (schedule != 0) continue;
    EXPECT_EQ(memory[7] >> 32, 0xffffffffu) << "lanes meet again where they can";
  }
}

// Each thread writes its index to shared memory and reads that of the thread on the other side.
const std::string exchange =
    ".shared .align 4 .b8 cells[1024];\nmov.u32 %r5, cells;\nshl.b32 %r2, %r1, 2;\nadd.s32 %r2, %r5, %r2;\n"
    "st.shared.u32 [%r2], %r1;\nbar.sync 0;\nsub.s32 %r3, 255, %r1;\nshl.b32 %r3, %r3, 2;\nadd.s32 %r3, %r5, %r3;\n"
    "ld.shared.u32 %r4, [%r3];\nst.global.u32 [%rd2], %r4;";

bool exchanges(const Conditions& with) {
  const auto memory = run_body(exchange, with);
  for (std::uint64_t i = 0; i < 256; ++i) {
    if (memory[i] != 255 - i) return false;
  }
  return true;
}

TEST(Barriers, HoldInEveryOrder) {
  for (const std::uint64_t schedule : schedules) EXPECT_TRUE(exchanges(threads(256, schedule))) << schedule;
}

TEST(Barriers, AreMissedInEveryOrder) {
  for (const std::uint64_t schedule : schedules) {
    Conditions with = threads(256, schedule);
    with.options.barriers = false;
    EXPECT_FALSE(exchanges(with)) << schedule;
  }
}

TEST(Warps, VoteMatchAndShuffle) {
  const std::string body =
      "setp.lt.u32 %p1, %r1, 3;\nvote.sync.ballot.b32 %r2, %p1, 0xffffffff;\nrem.u32 %r3, %r1, 4;\n"
      "match.any.sync.b32 %r4, %r3, 0xffffffff;\nshfl.sync.idx.b32 %r5, %r1, 9, 31, 0xffffffff;\n"
      "shfl.sync.down.b32 %r6|%p2, %r1, 1, 31, 0xffffffff;\n"
      "xor.b32 %r7, %r2, %r4;\nst.global.u32 [%rd2], %r7;\nshl.b32 %r5, %r5, 8;\nor.b32 %r5, %r5, %r6;\nst.global.u32 "
      "[%rd2+4], %r5;";
  for (const std::uint64_t schedule : schedules) {
    const auto memory = run_body(body, threads(32, schedule));
    for (std::uint64_t i = 0; i < 32; ++i) {
      EXPECT_EQ(memory[i] & 0xffffffff, 7u ^ (0x11111111u << (i % 4)));
      EXPECT_EQ(memory[i] >> 32, (9u << 8) | (i < 31 ? i + 1 : 31));
    }
  }
}

TEST(Warps, WaitForNobodyWhoDoesNotCome) {
  // Half of the warp has ended when the other half asks for all of it.
  const std::string ended = "setp.lt.u32 %p1, %r1, 16;\n@%p1 ret;\nvote.sync.ballot.b32 %r2, %p1, 0xffffffff;";
  EXPECT_NE(refusal(kernel_text(ended), threads(32)).find("lanes that have ended"), std::string::npos);
  // Both halves wait for each other, at different instructions.
  const std::string apart =
      "setp.lt.u32 %p1, %r1, 16;\n@%p1 bra low;\nmatch.any.sync.b32 %r2, %r1, 0xffffffff;\nbra done;\nlow:\n"
      "vote.sync.ballot.b32 %r2, %p1, 0xffffffff;\ndone:\nmov.u32 %r3, 0;";
  EXPECT_NE(refusal(kernel_text(apart), threads(32)).find("do not come"), std::string::npos);
  // A lane asks for others and not for itself.
  const std::string others = "vote.sync.ballot.b32 %r2, %p1, 0xfffffffe;";
  EXPECT_NE(refusal(kernel_text(others), threads(32)).find("not in its own mask"), std::string::npos);
}

TEST(Warps, LastOneMayBePartOfAWarp) {
  const auto memory = run_body("activemask.b32 %r2;\nst.global.u32 [%rd2], %r2;", threads(37));
  EXPECT_EQ(memory[0], 0xffffffffu);
  EXPECT_EQ(memory[36], 0x1fu);
  EXPECT_EQ(memory[37], 0u);
}

}  // namespace
}  // namespace orbitwalk::ptx::test
