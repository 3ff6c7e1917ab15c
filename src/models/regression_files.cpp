// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "data/data_file.hpp"
#include "models/regression_instance.hpp"

// A spectrum or a signal from files ([data] kind): the data lies where a drawn instance has it, so that the models
// step, observe and are analysed as for a drawn one.
namespace orbitwalk {
namespace {

// cos(2πkt) of whole phases: k t loses nothing that matters before it is reduced, since k is small.
std::vector<double> cosines(const std::vector<double>& times, int count) {
  std::vector<double> design(times.size() * count);
  for (std::size_t b = 0; b < times.size(); ++b) {
    for (int k = 0; k < count; ++k) {
      const double turns = k * times[b];
      design[b * count + k] = std::cos(2 * std::numbers::pi * (turns - std::round(turns)));
    }
  }
  return design;
}

// A spectrum's error is a mean over time only if the columns are cosines in their order. x_{k+1} = 2 x_1 x_k - x_{k-1}
// tells it without magnifying how the numbers were rounded.
void check_cosines(const Section& data, const Dataset& set, const std::string& key) {
  constexpr double tolerance = 4e-3;  // numbers of three decimals are off by up to 6 × 5e-4
  const int c = int(set.features);
  for (std::size_t b = 0; b < set.samples; ++b) {
    const double* x = set.x.data() + b * c;
    for (int k = 0; k < c; ++k) {
      const double expected = k == 0   ? 1
                              : k == 1 ? std::min(std::max(x[1], -1.0), 1.0)
                                       : 2 * x[1] * x[k - 1] - x[k - 2];
      if (std::abs(x[k] - expected) <= tolerance) continue;
      data.fail(
          key,
          "of kind spectrum has the columns cos(2πkt), k = 0, 1, ... in this order, one time per row; sample " +
              std::to_string(b + 1) + ", column " + std::to_string(k + 1) + " is " + std::to_string(x[k]) + " where " +
              std::to_string(expected) +
              " follows from the columns before it. Give the times instead (times = \"times.npy\"), or leave out kind");
    }
  }
}

Dataset read_samples(const Section& model, const Section& data, bool spectrum, std::size_t weights) {
  if (data.has("times")) {
    if (!spectrum) data.fail("times", "is for kind spectrum; the measurements of a signal have a matrix, x");
    for (const char* key : {"x", "file", "target", "features"}) {
      if (data.has(key)) data.fail(key, "cannot go together with times, which determine the design matrix");
    }
    const std::vector<double> times = read_vector(data, "times", {});
    for (std::size_t b = 0; b < times.size(); ++b) {
      if (times[b] >= 0 && times[b] <= 1) continue;
      data.fail("times",
                "expected times between 0 and 1, in units of the period of y(t) = Σ w_k cos(2πkt), but number " +
                    std::to_string(b + 1) + " of " + data_path(data, "times") + " is " + std::to_string(times[b]) +
                    ": divide by the period");
    }
    Dataset set;
    set.y = read_vector(data, "y", times.size());
    set.samples = times.size(), set.outputs = 1;
    set.features = std::size_t(model.integer("coordinates", weights > 0 ? std::int64_t(weights) : 64, between(2, 512)));
    set.x = cosines(times, int(set.features));
    return set;
  }
  if (!data_from_files(data)) {
    data.fail("kind", spectrum ? "a spectrum from files needs times (or its design matrix, x) and y"
                               : "a signal from files needs the matrix of its measurements, x, and y");
  }
  Dataset set = read_dataset(data);
  if (set.outputs != 1)
    data.fail("", "a " + std::string(spectrum ? "spectrum" : "signal") + " has one column of measurements y, got " +
                      std::to_string(set.outputs));
  if (spectrum) check_cosines(data, set, data.has("x") ? "x" : "file");
  return set;
}

}  // namespace

int read_regression_files(const Section& model, const DataSource& source, ModelDescription& description,
                          RegressionInstanceParameters<Stored>& own) {
  const Section& data = source.section();
  if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
  const bool spectrum = data.choice("kind", {"spectrum", "signal"}) == "spectrum";
  for (const char* key : {"standardize", "center_target"}) {
    if (data.boolean(key, false))
      data.fail(key, "changes what the weights of a " + std::string(spectrum ? "spectrum" : "signal") +
                         " mean: leave it out, or leave out kind");
  }
  std::vector<double> truth;
  if (data.has("truth")) truth = read_vector(data, "truth", {});
  const Dataset set = read_samples(model, data, spectrum, truth.size());
  const int least = spectrum ? 2 : 1,
            c = static_cast<int>(model.integer("coordinates", std::int64_t(set.features), between(least, 512)));
  if (c != int(set.features)) model.fail("coordinates", "the data has " + std::to_string(set.features));
  if (std::int64_t(set.samples) * c > regression_numbers_limit) {
    data.fail("", "a particle's design matrix has at most " + std::to_string(regression_numbers_limit) +
                      " numbers, samples × coordinates");
  }
  if (data.has("truth") && int(truth.size()) != c) {
    data.fail("truth", "expected " + std::to_string(c) + " numbers in a row or a column, but " +
                           data_path(data, "truth") + " has " + std::to_string(truth.size()));
  }
  std::vector<double> given = set.x;
  given.insert(given.end(), set.y.begin(), set.y.end());
  own = {.truth_kind = spectrum ? RegressionTruth::spectrum : RegressionTruth::signal,
         .source = truth.empty() ? RegressionSource::files_without_truth : RegressionSource::files,
         .known = truth,
         .given = given};
  description.samples = set.samples;
  description.shared_instance = true;
  return c;
}

}  // namespace orbitwalk
