// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include "results/hdf5.hpp"
#include "results/summary.hpp"
#include "run/series.hpp"

namespace orbitwalk {
namespace {

void write_observable(Hdf5Writer& h5, const ObservableResult& r, const std::string& at) {
  h5.group(at);
  h5.dataset(at + "/edges", r.histogram.edges);
  h5.dataset(at + "/counts", r.histogram.counts);
  h5.attribute(at + "/edges", "units", "of the observable");
  h5.attribute(at + "/counts", "units", "observations");
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, double>>{{"mean", r.mean},
                                                             {"standard_error", r.standard_error},
                                                             {"variance", r.variance},
                                                             {"variance_standard_error", r.variance_standard_error},
                                                             {"minimum", r.minimum},
                                                             {"maximum", r.maximum},
                                                             {"effective_sample_size", r.effective_sample_size},
                                                             {"nested_rhat", r.nested_rhat},
                                                             {"drift_ks", r.drift_ks},
                                                             {"drift_p", r.drift_p}}) {
    h5.attribute(at, name, value);
  }
  h5.attribute(at, "count", r.count);
  h5.attribute(at, "under", r.histogram.under);
  h5.attribute(at, "over", r.histogram.over);
  h5.attribute(at, "non_finite", r.histogram.non_finite);
}

/// Every particle's last observation of the quantity `observed`.
void write_last(Hdf5Writer& h5, const Problem& problem, const Tally& tally, std::size_t observed,
                const std::string& at) {
  const std::size_t n = problem.plan.particles;
  h5.dataset(at, 1, n, [&](std::size_t, std::size_t first, std::span<double> piece) {
    if (!tally.last_double.empty())
      std::copy_n(tally.last_double.begin() + observed * n + first, piece.size(), piece.begin());
    else std::copy_n(tally.last_float.begin() + observed * n + first, piece.size(), piece.begin());
  });
  h5.attribute(at, "units", "of the observable; one value a particle, at the last observation (NaN: diverged)");
}

void write_series(Hdf5Writer& h5, const Problem& problem, const Tally& tally) {
  const Series series = series_without_points(problem);
  const std::size_t times = series.steps.size(), particles = problem.plan.particles;
  h5.group("/series");
  h5.dataset("/series/steps", series.steps);
  for (std::size_t o = 0; o < series.names.size(); ++o) {
    const std::string at = "/series/" + Hdf5Writer::component(series.names[o]);
    h5.dataset(at, times, particles, [&](std::size_t time, std::size_t first, std::span<double> piece) {
      std::copy_n(tally.series.begin() + (time * series.names.size() + o) * particles + first, piece.size(),
                  piece.begin());
    });
    h5.attribute(at, "units", "of the observable; times × particles, rounded to float (NaN: diverged)");
  }
}

void write_law(Hdf5Writer& h5, const Law& law, const std::vector<double>& edges) {
  const std::string group = "/laws/" + Hdf5Writer::component(law.name),
                    at = group + "/" + Hdf5Writer::component(law.observable);
  h5.group(group);
  h5.group(at);
  std::vector<double> cdf(edges.size());
  std::transform(edges.begin(), edges.end(), cdf.begin(), [&](double x) { return law.cdf(x); });
  h5.dataset(at + "/edges", edges);
  h5.dataset(at + "/density", law_density(law, edges));
  h5.dataset(at + "/cdf", cdf);
  h5.attribute(at, "formula", law.formula);
  h5.attribute(at + "/density", "units", "1 / unit of the observable; mean over each bin");
}

}  // namespace

void write_result_h5(const std::string& path, const Result& result, const RunRecord& record) {
  const Problem& problem = record.experiment.problem;
  Hdf5Writer h5(path);
  h5.attribute("/", "program", result.program);
  h5.attribute("/", "version", result.version);
  h5.attribute("/", "spec", result.spec);
  h5.attribute("/", "seed", result.seed);
  h5.attribute("/", "particles", result.particles);
  h5.attribute("/", "backend", result.backend);
  h5.attribute("/", "device", result.device);
  h5.attribute("/", "digest", result.digest);
  h5.attribute("/", "units", "dimensionless: parameters, losses and temperatures as in the spec; time = step × steps");
  h5.group("/observables");
  for (std::size_t i = 0; i < result.observables.size(); ++i) {
    const std::string at = "/observables/" + Hdf5Writer::component(result.observables[i].name);
    write_observable(h5, result.observables[i], at);
    if (problem.quantiles) write_last(h5, problem, record.tally, i, at + "/last");
  }
  if (problem.plan.series) write_series(h5, problem, record.tally);
  h5.group("/laws");
  for (const Law& law : record.laws) {
    if (law.exists()) write_law(h5, law, result.observable(law.observable)->histogram.edges);
  }
  std::vector<std::uint64_t> diverged;
  for (const Divergence& d : record.tally.diverged) diverged.insert(diverged.end(), {d.particle, d.step});
  h5.dataset("/diverged", diverged, {record.tally.diverged.size(), 2});
  h5.attribute("/diverged", "columns", "particle, first step with a non-finite state");
  h5.close();
}

}  // namespace orbitwalk
