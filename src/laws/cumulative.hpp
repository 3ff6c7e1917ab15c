// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <vector>

namespace orbitwalk {

/// Φ(t) = ∫_start^t f, tabulated outwards from `start` on panels over which f is a polynomial to rounding.
///
/// A panel is taken when 16 Gauss-Legendre nodes and twice 16 agree to 1e-12 of Φ or absolutely; else it is halved. The
/// next one is tried twice as long, so that a range of any length costs its logarithm where f is smooth. A call of
/// `value` costs 16 evaluations of f. More than `budget` evaluations end in NumericalError: nothing runs on without
/// bound.
class CumulativeIntegral {
 public:
  static constexpr int budget = 2'000'000;

  /// `step`: length of the first panel tried on either side.
  CumulativeIntegral(std::function<double(double)> f, double start, double step);

  /// One more panel towards +∞ (direction 1) or -∞ (-1), never beyond `limit`; returns the new end.
  double extend(int direction, double limit);

  double lower() const { return below_.empty() ? start_ : below_.back().end; }
  double upper() const { return above_.empty() ? start_ : above_.back().end; }
  /// Φ(t); t in [lower(), upper()].
  double value(double t) const;

 private:
  struct Panel {
    double begin, end;  // begin is the end nearer to the start
    double value;       // Φ(begin)
  };
  double integrate(double a, double b) const;

  std::function<double(double)> f_;
  double start_, step_below_, step_above_;
  double value_below_ = 0, value_above_ = 0;  // Φ at the ends
  std::vector<Panel> below_, above_;
  int evaluations_ = 0;
};

}  // namespace orbitwalk
