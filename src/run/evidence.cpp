// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/evidence.hpp"

namespace orbitwalk {

Evidence gather_evidence(const Problem& problem, const Tally& tally, std::vector<ObservableResult>& results) {
  Evidence evidence;
  evidence.blow_up = find_blow_up(problem, tally);
  evidence.lost = lost_particles(tally, evidence.blow_up);
  if (evidence.lost > 0) {
    evidence.notes.push_back(
        lost_in_words(problem, tally, evidence.blow_up) +
        ": results are those of the others, conditioned on survival; a smaller [dynamics] step may help");
  }
  if (tally.counters.proposals > 0 && tally.counters.accepted == 0) {
    evidence.notes.push_back("no proposal was accepted: every particle is where it started" +
                             std::string(tally.counters.unsolved == tally.counters.proposals
                                             ? ", since no way back to the slice was found"
                                             : "; a smaller [dynamics] step may help"));
  }
  // Particles that blow up tell nothing about rounding.
  if (evidence.lost == 0) evidence.lost_increments = find_lost_increments(problem);
  if (evidence.lost_increments) {
    evidence.notes.push_back(lost_increments_in_words(problem, *evidence.lost_increments));
    mark_lost_increments(problem, *evidence.lost_increments, results);
  }
  return evidence;
}

}  // namespace orbitwalk
