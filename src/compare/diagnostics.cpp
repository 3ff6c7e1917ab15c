// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/compare/diagnostics.hpp"

#include <cmath>
#include <limits>

#include "orbitwalk/core/error.hpp"

namespace orbitwalk {
namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
}

double effective_sample_size_from_batches(const std::vector<Histogram>& batches) {
  const std::size_t count = batches.size();
  if (count < 8) return kNaN;
  const std::vector<double>& edges = batches.front().edges;
  double values = 0;
  std::vector<double> sizes;
  std::vector<std::vector<double>> f;  // batch, edge
  for (const Histogram& h : batches) {
    if (h.edges != edges || h.counts.size() + 1 != edges.size())
      throw SpecError("batches must be histograms with the same edges");
    const double total = static_cast<double>(h.total());
    if (!(total > 0)) return kNaN;
    values += total;
    sizes.push_back(total);
    double sum = static_cast<double>(h.under);
    std::vector<double> row{sum / total};
    for (const std::uint64_t c : h.counts) row.push_back((sum += static_cast<double>(c)) / total);
    f.push_back(std::move(row));
  }
  const double b = static_cast<double>(count);
  double binomial = 0, spread = 0;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < count; ++i) mean += f[i][e] * sizes[i] / values;
    for (std::size_t i = 0; i < count; ++i) {
      const double part = (f[i][e] - mean) * sizes[i] / values;
      squares += part * part;
    }
    binomial += mean * (1 - mean);
    spread += squares * b / (b - 1);
  }
  if (!(binomial > 0)) return kNaN;
  // Batches that agree to the last count (a lattice, a bug, antithetic draws) leave no variance to measure.
  return spread > 0 ? binomial / spread : values;
}

double nested_rhat(const std::vector<Superchain>& superchains) {
  const double count = static_cast<double>(superchains.size());
  if (superchains.size() < 2) return kNaN;
  double mean = 0, within = 0, between = 0;
  for (const Superchain& s : superchains) {
    mean += s.mean / count;
    within += (s.variance_of_chain_means + s.mean_within_variance) / count;
  }
  for (const Superchain& s : superchains) between += (s.mean - mean) * (s.mean - mean) / (count - 1);
  return within > 0 ? std::sqrt(1 + between / within) : kNaN;
}

}  // namespace orbitwalk
