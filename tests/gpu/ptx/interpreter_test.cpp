// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// Instructions on numbers, one at a time, and what is refused.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "gpu/ptx/kernel_text.hpp"

namespace orbitwalk::ptx::test {
namespace {

struct IntegerCase {
  const char* instruction;  ///< of %r2 and %r3 (%rd3 and %rd4) into %r4 (%rd5)
  std::uint64_t a, b, expected;
};

TEST(Integers, AreThoseOfTheManual) {
  const IntegerCase cases[] = {
      {"add.s32 %r4, %r2, %r3;", 0xffffffff, 2, 1},
      {"sub.s32 %r4, %r2, %r3;", 1, 2, 0xffffffff},
      {"mul.lo.s32 %r4, %r2, %r3;", 0x80000001, 3, 0x80000003},
      {"mul.hi.u32 %r4, %r2, %r3;", 0xffffffff, 0xffffffff, 0xfffffffe},
      {"mul.hi.s32 %r4, %r2, %r3;", 0xffffffff, 5, 0xffffffff},
      {"mad.lo.s32 %r4, %r2, %r3, 7;", 10, 10, 107},
      {"div.s32 %r4, %r2, %r3;", 0xfffffff9, 2, 0xfffffffd},
      {"rem.u32 %r4, %r2, %r3;", 17, 5, 2},
      {"shl.b32 %r4, %r2, %r3;", 1, 32, 0},
      {"shr.s32 %r4, %r2, %r3;", 0x80000000, 40, 0xffffffff},
      {"shr.u32 %r4, %r2, %r3;", 0x80000000, 31, 1},
      {"and.b32 %r4, %r2, %r3;", 12, 10, 8},
      {"xor.b32 %r4, %r2, %r3;", 12, 10, 6},
      {"popc.b32 %r4, %r2;", 0xf0f0, 0, 8},
      {"clz.b32 %r4, %r2;", 1, 0, 31},
      {"brev.b32 %r4, %r2;", 1, 0, 0x80000000},
      {"prmt.b32 %r4, %r2, %r3, 0x5410;", 0x03020100, 0x07060504, 0x05040100},
      {"min.s32 %r4, %r2, %r3;", 0xffffffff, 1, 0xffffffff},
      {"max.u32 %r4, %r2, %r3;", 0xffffffff, 1, 0xffffffff},
  };
  for (const IntegerCase& c : cases) {
    Conditions with;
    with.memory[0] = c.a, with.memory[1] = c.b;
    const std::string loads = "ld.global.u32 %r2, [%rd1];\nld.global.u32 %r3, [%rd1+8];\n";
    const auto memory = run_body(loads + c.instruction + "\nst.global.u32 [%rd1+16], %r4;", with);
    EXPECT_EQ(memory[2], c.expected) << c.instruction;
  }
}

TEST(Integers, OfOtherWidthsAreConverted) {
  Conditions with;
  with.memory[0] = 0xfff0;
  const auto memory = run_body(
      "ld.global.u16 %rs1, [%rd1];\ncvt.s32.s16 %r2, %rs1;\nst.global.u32 [%rd1+8], %r2;\n"
      "cvt.u64.u16 %rd3, %rs1;\nst.global.u64 [%rd1+16], %rd3;\n"
      "mul.wide.s32 %rd4, %r2, %r2;\nst.global.u64 [%rd1+24], %rd4;",
      with);
  EXPECT_EQ(memory[1], 0xfffffff0u);
  EXPECT_EQ(memory[2], 0xfff0u);
  EXPECT_EQ(memory[3], 256u);
}

float in_float(const std::string& instruction, float a, float b, float c = 0, const Options& options = {}) {
  Conditions with;
  with.options = options;
  with.memory[0] = std::bit_cast<std::uint32_t>(a);
  with.memory[1] = std::bit_cast<std::uint32_t>(b);
  with.memory[2] = std::bit_cast<std::uint32_t>(c);
  const std::string loads = "ld.global.f32 %f1, [%rd1];\nld.global.f32 %f2, [%rd1+8];\nld.global.f32 %f3, [%rd1+16];\n";
  const auto memory = run_body(loads + instruction + "\nst.global.f32 [%rd1+24], %f4;", with);
  return std::bit_cast<float>(std::uint32_t(memory[3]));
}

TEST(Floats, AreRoundedOnce) {
  const float a = 1 + 0x1p-12f, c = -(1 + 0x1p-11f);
  EXPECT_EQ(in_float("fma.rn.f32 %f4, %f1, %f2, %f3;", a, a, c), 0x1p-24f);
  EXPECT_EQ(in_float("mul.rn.f32 %f4, %f1, %f2;\nadd.rn.f32 %f4, %f4, %f3;", a, a, c), 0.0f);
  EXPECT_EQ(in_float("div.rn.f32 %f4, %f1, %f2;", 1, 3), 1.0f / 3.0f);
  EXPECT_EQ(in_float("sqrt.rn.f32 %f4, %f1;", 2, 0), std::sqrt(2.0f));
}

TEST(Floats, KeepSubnormalNumbers) { EXPECT_EQ(in_float("mul.rn.f32 %f4, %f1, %f2;", 0x1p-100f, 0x1p-40f), 0x1p-140f); }

TEST(Floats, HaveOneNanAndSignedZeros) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(std::bit_cast<std::uint32_t>(in_float("sub.rn.f32 %f4, %f1, %f2;", inf, inf)), 0x7fffffffu);
  EXPECT_EQ(in_float("min.f32 %f4, %f1, %f2;", nan, 3), 3.0f);
  EXPECT_TRUE(std::signbit(in_float("min.f32 %f4, %f1, %f2;", 0.0f, -0.0f)));
  EXPECT_FALSE(std::signbit(in_float("max.f32 %f4, %f1, %f2;", 0.0f, -0.0f)));
}

TEST(Floats, SaturateAsIntegers) {
  const auto as_integer = [](float a) {
    return std::int32_t(std::bit_cast<std::uint32_t>(in_float("cvt.rzi.s32.f32 %r2, %f1;\nmov.b32 %f4, %r2;", a, 0)));
  };
  EXPECT_EQ(as_integer(-2.9f), -2);
  EXPECT_EQ(as_integer(1e20f), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(as_integer(-1e20f), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(as_integer(std::numeric_limits<float>::quiet_NaN()), 0);
}

TEST(Refused, WhatPtxLeavesOpen) {
  for (const char* instruction :
       {"add.f32 %f4, %f1, %f2;", "mul.f64 %d1, %d2, %d3;", "sub.f64 %d1, %d2, %d3;", "add.rn.ftz.f32 %f4, %f1, %f2;",
        "ex2.approx.f32 %f4, %f1;", "sin.approx.f32 %f4, %f1;", "div.full.f32 %f4, %f1, %f2;",
        "rcp.approx.f32 %f4, %f1;", "add.rz.f32 %f4, %f1, %f2;", "lg2.approx.f32 %f4, %f1;",
        "tex.2d.v4.f32.f32 %f1, %f2;", "add.cc.u32 %r2, %r3, %r4;"}) {
    EXPECT_NE(refusal(kernel_text(instruction)).find("not emulated"), std::string::npos) << instruction;
  }
}

TEST(Refused, NotFusedIsTakenWhereAskedFor) {
  Options options;
  options.contraction = true;
  EXPECT_EQ(in_float("add.f32 %f4, %f1, %f2;", 1, 2, 0, options), 3.0f);
  Conditions with;
  with.options = options;
  EXPECT_NE(refusal(kernel_text("add.ftz.f32 %f4, %f1, %f2;"), with), "");
}

TEST(Refused, RegistersThatAreNotThere) {
  EXPECT_NE(refusal(kernel_text("mov.u32 %r99, 1;")), "");
  EXPECT_NE(refusal(kernel_text("mov.u32 %nothing, 1;")), "");
  EXPECT_NE(refusal(kernel_text("add.s32 %rd3, %r1, %r1;")), "");
  EXPECT_NE(refusal(kernel_text("bra nowhere;")), "");
}

TEST(Calls, GiveArgumentsAndResults) {
  const std::string twice =
      ".func (.param .b32 twice_result) twice(.param .b32 twice_param_0)\n{\n.reg .b32 %r<4>;\n"
      "ld.param.u32 %r1, [twice_param_0];\nadd.s32 %r2, %r1, %r1;\nst.param.b32 [twice_result], %r2;\nret;\n}\n";
  const std::string body =
      "{\n.param .b32 param0;\nst.param.b32 [param0], %r1;\n.param .b32 retval0;\ncall.uni (retval0), twice, "
      "(param0);\n"
      "ld.param.b32 %r5, [retval0];\n}\nst.global.u32 [%rd2], %r5;";
  Conditions with;
  with.threads = 40;
  const auto memory = run_text(kernel_text(body, twice), with);
  for (std::uint64_t i = 0; i < 40; ++i) EXPECT_EQ(memory[i], 2 * i);
  EXPECT_NE(refusal(kernel_text(body)), "") << "no such function";
}

}  // namespace
}  // namespace orbitwalk::ptx::test
