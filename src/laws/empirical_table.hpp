// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "laws/law_table.hpp"

namespace orbitwalk {

/// The empirical distribution of a sample, with straight lines between its values.
///
/// `error` is the Dvoretzky-Kiefer-Wolfowitz bound of the cdf at confidence 0.999 (Massart 1990, constant 2):
/// sqrt(log(2/0.001) / (2 effective_size)). The density is the cdf's slope over a window of 2 IQR n^(-1/3)
/// (Freedman-Diaconis).
class EmpiricalTable : public LawTable {
 public:
  /// At least two different finite values, in any order. SpecError otherwise.
  EmpiricalTable(std::vector<double> sample, double effective_size);

  double lower() const override { return sample_.front(); }
  double upper() const override { return sample_.back(); }
  double density(double x) const override;
  double cdf(double x) const override;
  double quantile(double p) const override;
  double mean() const override { return mean_; }
  double variance() const override { return variance_; }
  double error() const override { return error_; }

 private:
  std::vector<double> sample_;  // ascending
  double mean_ = 0, variance_ = 0, error_ = 0, width_ = 0;
};

}  // namespace orbitwalk
