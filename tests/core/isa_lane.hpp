// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/pack.hpp"

// The lane type that a build of a test kernel uses: ORBITWALK_TEST_ISA is Scalar, Wide or an instruction set's name.
// Wide is 64-byte lanes compiled without AVX-512, so that their code is run where that is missing too.
#define ORBITWALK_JOIN2(a, b) a##b
#define ORBITWALK_JOIN(a, b) ORBITWALK_JOIN2(a, b)

namespace orbitwalk::test {
namespace {

struct Scalar {};
using Wide = isa::Avx512;
using isa::Avx2;
using isa::Avx512;
using isa::Generic;

template <class R, class Isa>
struct LaneChoice {
  using type = Pack<R, Isa>;
};
template <class R>
struct LaneChoice<R, Scalar> {
  using type = R;
};
template <class R, class Isa>
using LaneFor = typename LaneChoice<R, Isa>::type;

}  // namespace
}  // namespace orbitwalk::test
