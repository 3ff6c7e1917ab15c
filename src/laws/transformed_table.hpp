// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include "laws/law_table.hpp"

namespace orbitwalk {

/// The law of x = ± e^z from that of z, or of x = z itself with moments that are known better than the table's (sign
/// 0).
class TransformedTable : public LawTable {
 public:
  TransformedTable(std::shared_ptr<const LawTable> table, int sign, double mean, double variance)
      : table_(std::move(table)), sign_(sign), mean_(mean), variance_(variance) {}

  double lower() const override { return sign_ < 0 ? out(table_->upper()) : out(table_->lower()); }
  double upper() const override { return sign_ < 0 ? out(table_->lower()) : out(table_->upper()); }
  double density(double x) const override {
    if (sign_ == 0) return table_->density(x);
    return x * sign_ > 0 ? table_->density(std::log(std::abs(x))) / std::abs(x) : 0;
  }
  double cdf(double x) const override {
    if (sign_ == 0 || std::isnan(x)) return table_->cdf(x);
    if (!(x * sign_ > 0)) return sign_ > 0 ? 0 : 1;
    const double p = table_->cdf(std::log(std::abs(x)));
    return sign_ > 0 ? p : 1 - p;
  }
  double quantile(double p) const override { return out(table_->quantile(sign_ < 0 ? 1 - p : p)); }
  double mean() const override { return mean_; }
  double variance() const override { return variance_; }
  double error() const override { return table_->error(); }

 private:
  double out(double z) const { return sign_ == 0 ? z : sign_ * std::exp(z); }

  std::shared_ptr<const LawTable> table_;
  int sign_;
  double mean_, variance_;
};

}  // namespace orbitwalk
