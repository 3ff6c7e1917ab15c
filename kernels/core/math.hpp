// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/lane.hpp"
#include "kernels/core/pack.hpp"
#include "kernels/core/standard.hpp"

// log, exp, tanh and sincos for every lane type, with the same bits on every backend: a library's own functions differ
// between libm, SIMD and CUDA. Only + - * /, fma and operations on bits are used. The polynomials are minimax
// (scripts/derive-polynomials.py prints them with their errors); the stated errors are measured by
// tests/core/math_test.cpp.
namespace orbitwalk {

template <class R>
struct RealFormat;
template <>
struct RealFormat<float> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float shift = 8388608.0f;               // 2^23: integers become the low bits of shift + n
  static constexpr float round = 12582912.0f;              // 1.5 * 2^23: adding it rounds to an integer
  static constexpr std::uint32_t root_half = 0x3f3504f3u;  // bits of sqrt(1/2)
  static constexpr std::uint32_t quiet_nan = 0x7fc00000u;
  static constexpr float smallest_normal = 0x1p-126f, log2_e = 1.44269504f;
  static constexpr float ln2_high = 6.9314575195e-01f, ln2_low = 1.4286067653e-06f;  // 17 bits, and the rest
  static constexpr float exp_low = -104.0f, exp_high = 89.0f;                        // beyond: 0 and infinity
};
template <>
struct RealFormat<double> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr double shift = 4503599627370496.0;
  static constexpr double round = 6755399441055744.0;
  static constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcdull;
  static constexpr std::uint64_t quiet_nan = 0x7ff8000000000000ull;
  static constexpr double smallest_normal = 0x1p-1022, log2_e = 1.4426950408889634;
  static constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  static constexpr double exp_low = -746.0, exp_high = 710.0;
};

template <class R>
inline constexpr BitsOf<R> exponent_one = BitsOf<R>(RealFormat<R>::bias) << RealFormat<R>::mantissa;  // bits of 1

/// The one NaN that these functions return: the sign and payload that hardware chooses differ between backends.
template <class Lane>
ORBITWALK_HD Lane infinity_lane() {
  return broadcast<Lane>(RealOf<Lane>(__builtin_bit_cast(float, 0x7f800000u)));  // NVRTC has no __builtin_inff
}

template <class Lane>
ORBITWALK_HD Lane nan_lane() {
  return from_bits<Lane>(bits(broadcast<Lane>(RealOf<Lane>(0))) |
                         BitsOf<RealOf<Lane>>(RealFormat<RealOf<Lane>>::quiet_nan));
}

/// c0 + x (c1 + x (c2 + ...)), one fma a term.
template <class Lane>
ORBITWALK_HD Lane horner(Lane, RealOf<Lane> last) {
  return broadcast<Lane>(last);
}
template <class Lane, class... Rest>
ORBITWALK_HD Lane horner(Lane x, RealOf<Lane> first, Rest... rest) {
  return fma(horner(x, rest...), x, broadcast<Lane>(first));
}

/// log(x 2^-scale) for positive, normal, finite x and a whole number `scale` a lane.
/// x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); double goes on with s = f / (2 + f) as fdlibm does.
template <class Lane>
ORBITWALK_HD Lane log_scaled(Lane x, Lane scale) {
  using R = RealOf<Lane>;
  using Format = RealFormat<R>;
  using Bit = BitsOf<R>;
  const BitsOf<Lane> shifted = bits(x) + Bit(exponent_one<R> - Format::root_half);
  const Lane exponent = from_bits<Lane>((shifted >> Format::mantissa) | bits(Format::shift));
  const Lane k = exponent - (scale + R(Format::shift + Format::bias));
  const Lane f = from_bits<Lane>((shifted & Bit((Bit(1) << Format::mantissa) - 1)) + Bit(Format::root_half)) - R(1);
  const Lane square = f * f;
  if constexpr (sizeof(R) == 4) {
    const Lane p = horner(f, 0.333333313f, -0.250008196f, 0.200012267f, -0.166233584f, 0.142017543f, -0.131601706f,
                          0.127615854f, -0.0763453394f);
    const Lane tail = fma(square * f, p, k * R(Format::ln2_low));
    return fma(k, broadcast<Lane>(Format::ln2_high), f + fma(square, broadcast<Lane>(-0.5f), tail));
  } else {
    const Lane s = f / (f + R(2));
    const Lane z = s * s;
    const Lane p = z * horner(z, 0.6666666666666734, 0.39999999999414682, 0.28571428742387078, 0.22222198573214649,
                              0.18183564325286153, 0.15314050568459173, 0.14795949488475102);
    const Lane half = square * R(0.5);
    const Lane tail = fma(s, half + p, k * R(Format::ln2_low));
    return fma(k, broadcast<Lane>(Format::ln2_high), f - (half - tail));
  }
}

/// log(x) for positive, normal, finite x; exactly 0 at 1. Error below 0.86 ulp (float, every mantissa) and 0.9 ulp
/// (double).
template <class Lane>
ORBITWALK_HD Lane log_normal(Lane x) {
  return log_scaled(x, broadcast<Lane>(0));
}

/// log(x) for every x: -infinity at 0, NaN below, subnormal numbers included. Error as log_normal.
template <class Lane>
ORBITWALK_HD Lane log(Lane x) {
  using R = RealOf<Lane>;
  const R scale = sizeof(R) == 4 ? 25 : 54, factor = sizeof(R) == 4 ? R(0x1p25) : R(0x1p54);
  const MaskOf<Lane> small = x < broadcast<Lane>(RealFormat<R>::smallest_normal);
  const Lane zero = broadcast<Lane>(0), infinity = infinity_lane<Lane>();
  Lane result = log_scaled(select(small, x * factor, x), select(small, broadcast<Lane>(scale), zero));
  result = select(x == infinity, infinity, result);
  result = select(x == zero, -infinity, result);
  return select(x >= zero, result, nan_lane<Lane>());
}

/// exp(x); 0 and infinity beyond the range, gradual underflow. Error below 1.1 ulp.
/// x = n ln 2 + r, |r| <= ln(2)/2; 2^n is applied in two factors so that neither over- nor underflows on its own.
template <class Lane>
ORBITWALK_HD Lane exp(Lane argument) {
  using R = RealOf<Lane>;
  using Format = RealFormat<R>;
  using Bit = BitsOf<R>;
  const Lane x = min(max(argument, broadcast<Lane>(Format::exp_low)), broadcast<Lane>(Format::exp_high));
  const Lane rounded = fma(x, broadcast<Lane>(Format::log2_e), broadcast<Lane>(Format::round));
  const Lane n = rounded - R(Format::round);
  const Lane r = fma(n, broadcast<Lane>(-Format::ln2_low), fma(n, broadcast<Lane>(-Format::ln2_high), x));
  Lane p;
  if constexpr (sizeof(R) == 4) {
    p = horner(r, 0.49999994f, 0.166665211f, 0.041668389f, 0.00836870912f, 0.00138145941f);
  } else {
    p = horner(r, 0.50000000000000111, 0.16666666666666413, 0.041666666666530273, 0.0083333333334943329,
               0.0013888888943596593, 0.00019841269506781084, 2.4801493137257295e-05, 2.7557586266196436e-06,
               2.7630233551673733e-07, 2.50000719894027e-08);
  }
  const Lane value = R(1) + fma(r * r, p, r);
  const Bit offset = sizeof(R) == 4 ? 1024 : 4096;  // makes n positive, so that an unsigned shift halves it
  const BitsOf<Lane> integer = bits(rounded) - Bit(bits(Format::round) - offset);
  const BitsOf<Lane> half = integer >> 1;
  const BitsOf<Lane> first = (half + Bit(Format::bias - offset / 2)) << Format::mantissa;
  const BitsOf<Lane> second = (integer - half + Bit(Format::bias - offset / 2)) << Format::mantissa;
  const Lane result = value * from_bits<Lane>(first) * from_bits<Lane>(second);
  return select(argument == argument, result, nan_lane<Lane>());
}

/// tanh(x); odd to the bit, exactly +-1 for large |x|. Error below 1.4 ulp.
/// |x| < 0.625: odd polynomial; otherwise 1 - 2 / (exp(2|x|) + 1).
template <class Lane>
ORBITWALK_HD Lane tanh(Lane x) {
  using R = RealOf<Lane>;
  const Lane a = abs(x), z = x * x;
  Lane p;
  if constexpr (sizeof(R) == 4) {
    p = horner(z, -0.333332807f, 0.133314416f, -0.0537397116f, 0.020639075f, -0.00570497708f);
  } else {
    p = horner(z, -0.33333333333333315, 0.13333333333329742, -0.053968253966058873, 0.021869488468714421,
               -0.0088632343125634311, 0.003592113999736891, -0.0014557259472646677, 0.00058945179596663392,
               -0.0002370117230204074, 9.155840115600351e-05, -3.0187211611679505e-05, 6.0424651507578702e-06);
  }
  const Lane small = fma(a * z, p, a);
  const Lane large = R(1) - R(2) / (exp(a + a) + R(1));
  const Lane result = copysign(select(a < broadcast<Lane>(R(0.625)), small, large), x);
  return select(x == x, result, nan_lane<Lane>());
}

/// sin(pi/4 t) and cos(pi/4 t) for |t| <= 1. Error below 1.8 ulp (float) and 1.6 ulp (double), of which the rounded
/// pi/4 is a third.
template <class Lane>
ORBITWALK_HD void sincos_eighth(Lane t, Lane& sine, Lane& cosine) {
  const Lane z = t * t;
  if constexpr (sizeof(RealOf<Lane>) == 4) {
    sine = t * horner(z, 0.785398185f, -0.0807454363f, 0.00249000103f, -3.5950452e-05f);
    cosine = horner(z, 1.0f, -0.308425128f, 0.015854327f, -0.000325940084f, 3.53033829e-06f);
  } else {
    sine = t * horner(z, 0.78539816339744828, -0.080745512188280535, 0.002490394570188736, -3.6576204158455783e-05,
                      3.1336162166236118e-07, -1.7571492933904822e-09, 6.8771006277584654e-12);
    cosine = horner(z, 1.0, -0.30842513753404244, 0.015854344243815426, -0.0003259918869267589, 3.5908604460589227e-06,
                    -2.4611364051170986e-08, 1.1500511896368401e-10, -3.8581558081840679e-13);
  }
}

/// Sine and cosine after a rotation by quadrant quarter turns, which stand in the two highest bits of `quadrant`.
template <class Lane>
ORBITWALK_HD void rotate_quadrant(BitsOf<Lane> quadrant, Lane& sine, Lane& cosine) {
  using R = RealOf<Lane>;
  using Bit = BitsOf<R>;
  const MaskOf<Lane> swap = top_bit<Lane>(quadrant << 1);
  const Lane s = select(swap, cosine, sine), c = select(swap, sine, cosine);
  sine = from_bits<Lane>(bits(s) ^ (quadrant & Bit(sign_bit<R>)));
  cosine = from_bits<Lane>(bits(c) ^ ((quadrant + Bit(Bit(1) << (8 * sizeof(R) - 2))) & Bit(sign_bit<R>)));
}

/// sin(2 pi turns) and cos(2 pi turns), for |turns| below 2^20 (float) or 2^49 (double). The reduction is exact. Errors
/// as sincos_eighth.
template <class Lane>
ORBITWALK_HD void sincos_turns(Lane turns, Lane& sine, Lane& cosine) {
  using R = RealOf<Lane>;
  const Lane rounded = fma(turns, broadcast<Lane>(R(4)), broadcast<Lane>(RealFormat<R>::round));
  const Lane quarters = rounded - R(RealFormat<R>::round);
  sincos_eighth(fma(turns, broadcast<Lane>(R(8)), quarters * R(-2)), sine, cosine);
  rotate_quadrant(BitsOf<Lane>(bits(rounded) << (8 * sizeof(R) - 2)), sine, cosine);
}

}  // namespace orbitwalk
