// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "kernels/models/radial.hpp"

#include <algorithm>
#include <cmath>

#include "models/catalog.hpp"
#include "models/dataset.hpp"

namespace orbitwalk::catalog {

ModelInfo info_radial() {
  return {"a point in R^d with a loss of its length, under rotations",
          "L = stiffness/2 (r - radius)^2, group SO(d), log v = (d-1) log r",
          {{"dimension", "d, 1 to 64 (default 3)"}, {"loss", "{ kind = \"harmonic\", stiffness = 1.0, radius = 0.0 }"}},
          {{"r", "length of theta"}, {"loss", "L"}, {"theta1 ... thetad", "coordinates (not invariant)"}}};
}

ModelDescription describe_radial(const Section& model, const DataSource&) {
  ModelDescription result;
  const int d = static_cast<int>(model.integer("dimension", 3, between(1, 64)));
  const Section loss = model.section("loss");
  loss.choice("kind", {"harmonic"}, "harmonic");
  const double k = loss.number("stiffness", 1.0, positive()), radius = loss.number("radius", 0.0, non_negative());
  result.parameters = store(RadialParameters<Stored>{.dimension = d, .stiffness = k, .radius = radius});
  result.dimension = d;
  result.generators = d * (d - 1) / 2;
  result.closed_projection = true;
  result.observables = {"r", "loss"};
  for (const auto& name : numbered("theta", d)) result.observables.push_back(name);
  // A Gaussian cloud of about the right radius: every direction alike, and the radius forgotten within 1/stiffness.
  const double scale = std::max(radius, 1 / std::sqrt(k)) / std::sqrt(double(d));
  result.initial = {std::vector<double>(d, 0.0), std::vector<double>(d, scale)};
  result.predictor = [d](const std::vector<double>& theta) {
    return std::vector<double>{dot(theta.data(), theta.data(), d)};
  };
  result.log_orbit_volume = [d](const std::vector<double>& theta) {
    return d == 1 ? 0.0 : 0.5 * (d - 1) * std::log(dot(theta.data(), theta.data(), d));
  };
  result.invariant = [=](const std::string& name) -> std::optional<Invariant> {
    if (name != "r") return {};
    Invariant r;
    r.quotient.lower = 0;
    r.quotient.lebesgue.single = d - 1;
    r.quotient.orbit_volume.single = d - 1;
    r.quotient.loss = [=](double z) { return 0.5 * k * (z - radius) * (z - radius); };
    return r;
  };
  return result;
}

}  // namespace orbitwalk::catalog
