// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orbitwalk {

/// A tabulated law of one number: what `Law` looks its values up in.
class LawTable {
 public:
  virtual ~LawTable() = default;
  virtual double lower() const = 0;
  virtual double upper() const = 0;
  virtual double density(double x) const = 0;   ///< 0 outside [lower, upper]
  virtual double cdf(double x) const = 0;       ///< nondecreasing, 0 below `lower` and 1 above `upper`
  virtual double quantile(double p) const = 0;  ///< SpecError for p outside [0, 1]
  virtual double mean() const = 0;
  virtual double variance() const = 0;
  virtual double error() const = 0;  ///< absolute error of the cdf
};

}  // namespace orbitwalk
