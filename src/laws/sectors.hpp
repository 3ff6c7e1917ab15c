// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <utility>

#include "gauss_jacobi.hpp"
#include "laws/joint.hpp"
#include "support.hpp"

namespace orbitwalk {

/// Unnormalised density of the minimum, maximum or sum of a coupled spectrum, by sector decomposition.
///
/// The spectrum is written by its gaps. Where an end of the support is singular (a power of z or z_i + z_j at z = 0),
/// the end counts as one more point in front, so that every singular factor is a power of a sum of neighbouring gaps.
/// The domain is then cut by which gap is the largest, and the clusters left and right of it by their largest gap, and
/// so on (Catalan(m) sectors for m gaps). Inside a sector, with each cluster's largest gap measured in that of the
/// cluster around it, all factors become one power of each coordinate times an analytic function: the sums that contain
/// the largest gap are it times a polynomial without zeros. A cluster that scales as r has the exponent
///   κ·(pairs inside) + (gaps - 1), plus the single and sum powers when it contains the end,
/// so Gauss-Jacobi in each coordinate converges geometrically for every κ and every half-integer power alike.
/// (The construction is Fulton-MacPherson's for points on a line; sector decomposition in perturbation theory.)
///
/// How the statistic x is held fixed: as the anchor of the gaps (maximum, minimum; sum on an unbounded line), or, on a
/// bounded support, by the scale of the largest gap (maximum, sum), with the Jacobian in leaf().
class SpectrumDensity {
 public:
  static constexpr int maximum_coordinates = 6;
  static constexpr double support_cut = 28;  ///< weights below e^-28 of the peak are left out

  /// `support` from find_support; `nodes` for the largest gap, fewer for the smaller ones, whose range is shorter.
  /// Throws SpecError when an inner cluster is not integrable.
  SpectrumDensity(const JointLaw& joint, Statistic statistic, const Support& support, int nodes);

  double operator()(double x);

  /// Exponent E with density ~ (x - lower)^E at the lower end of the support, when that end counts as a point.
  double edge_exponent() const { return exponent(0, gaps_, true); }
  bool bounded() const { return bounded_; }
  static bool touches_lower(const JointLaw& joint, const Support& support);

 private:
  struct Cluster {
    int begin, end;
    double bound;   // no gap in the cluster is larger
    bool anchored;  // contains the end of the support
    bool spine;     // next to the fixed minimum x: factors (x + gaps) are nearly singular when x is small
  };
  double exponent(int begin, int end, bool anchored) const;
  const GaussRule& rule(int nodes, double exponent);
  double descend(int depth, int fixed, double used);
  double node(int depth, int fixed, const Cluster& cluster, int split, double gap, double used);
  double leaf() const;
  double weight(const std::array<double, maximum_coordinates>& z) const;

  const JointLaw& joint_;
  Statistic statistic_;
  Support support_;
  int gaps_;
  std::array<int, maximum_coordinates> nodes_{};  // by the number of gaps already fixed
  bool bounded_, singular_end_, scale_by_root_;
  double reference_, cut_, spread_;
  double x_ = 0, budget_ = 0;
  std::array<double, maximum_coordinates> gap_{};
  std::array<Cluster, maximum_coordinates + 2> pending_{};
  std::map<std::pair<int, double>, GaussRule> rules_;
};

}  // namespace orbitwalk
