// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// Seeds of the runs beside the main one. All draws of a run come from its seed by purpose (kernels/random/streams.hpp); a
// run beside it takes a seed of its own, so that the two ensembles are independent. The constants are part of the results:
// never change one, and give a new kind of run a new one.
namespace orbitwalk {

enum class RunBeside {
  second_shell,  ///< at another width of the shell
  second_step,   ///< at another step, for the step bias
  third_step,    ///< for extrapolated means
  ladder,        ///< a rung of --accuracy, by its number
  ladder_again,  ///< the same with more particles
};

/// `index`: the number of the rung, from 0.
inline std::uint64_t seed_beside(std::uint64_t seed, RunBeside run, std::uint64_t index = 0) {
  constexpr std::uint64_t second_step = 0x9e3779b97f4a7c15u;
  switch (run) {
    case RunBeside::second_shell: return seed ^ 0xd1b54a32d192ed03u;
    case RunBeside::second_step: return seed ^ second_step;
    case RunBeside::third_step: return seed ^ second_step ^ 0xbf58476d1ce4e5b9u;
    case RunBeside::ladder: return seed ^ (0xa0761d6478bd642fu * (index + 1));
    case RunBeside::ladder_again: return seed ^ (0x94d049bb133111ebu * (index + 1));
  }
  return seed;
}

}  // namespace orbitwalk
