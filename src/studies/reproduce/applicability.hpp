// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "studies/reproduce/published.hpp"

// Which claims apply to a run's data and start. Of problems that are drawn as published all do; files may lack what a
// claim is about.
namespace orbitwalk::reproduce {

/// Why a claim does not apply; nothing where it does.
using Reason = std::optional<std::string>;

/// The first of the reasons, if any.
Reason first_of(std::initializer_list<Reason> reasons);

/// The claim that `make` gives where there is no reason against it; else its text is left out, with the reason.
void add_claim(Findings& findings, const Reason& reason, const std::string& text,
               const std::function<Claim(const std::string& text)>& make);

/// Whether a run's problem is from files instead of drawn.
bool from_files(const FinishedRun& run);

/// Whether every particle starts from the same point.
bool same_start(const FinishedRun& run);

/// Whether all particles are one and the same: one problem, one start, and descent on all samples. What one of them
/// says is then all there is to say, and an interval over seeds means nothing.
bool nothing_varies(const FinishedRun& run);

/// ". All seeds have the same data; ..." to follow about_seeds(); `each` instead where problems are drawn.
std::string about_differences(const FinishedRun& run, const std::string& shared, const std::string& each);

// Of spectra and signals.
Reason no_truth(const FinishedRun& run);
/// Bounds of 0.05 and 1 on the test error are for weights of size 1 to 2 and noise of 0.1.
Reason not_on_published_scale(const FinishedRun& run);
/// Whether the truth has zeros (of a signal: steps without a jump), and others.
Reason no_support(const FinishedRun& run);
Reason start_not_at_zero(const FinishedRun& run);

/// Root mean square of y - X w* over the samples of the run's one problem; NaN without a truth.
double noise_of_files(const FinishedRun& run);

// Of matrix completion.
Reason no_whole_matrix(const FinishedRun& run);

}  // namespace orbitwalk::reproduce
