// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/core/standard.hpp"
#include "kernels/models/instance_draw.hpp"

namespace orbitwalk {

/// Chooses a given number among the items that it is asked about one after the other, each set of them as likely as any
/// other (selection sampling): an item is taken with probability wanted/left, in whole numbers, so that the count is
/// exact and the choice the same in every precision. At most 2^24 items.
template <class Lane>
class Selection {
 public:
  using R = RealOf<Lane>;
  ORBITWALK_HD Selection(int wanted, int items) : wanted_(broadcast<Lane>(R(wanted))), left_(std::uint32_t(items)) {}
  ORBITWALK_HD MaskOf<Lane> take(InstanceDraw<Lane>& draw) {
    const auto taken = to_real<Lane>(mulhi(draw.word(), left_--)) < wanted_;
    wanted_ = wanted_ - select(taken, broadcast<Lane>(R(1)), broadcast<Lane>(R(0)));
    return taken;
  }

 private:
  Lane wanted_;
  std::uint32_t left_;
};

}  // namespace orbitwalk
