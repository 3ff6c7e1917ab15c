// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/models/regression_instance.hpp"

#include "orbitwalk/io/data_file.hpp"

namespace orbitwalk {
namespace {

using View = RegressionInstance<double>;
constexpr std::int64_t lanes_limit = 1 << 20;  // numbers of a particle's data

// Behind the model's own numbers in the view.
void store(ModelParameters& parameters, RegressionTruth kind, int nonzero, std::vector<double> numbers, std::vector<double> truth) {
  parameters.sizes.resize(View::first_size, 0);
  parameters.numbers.resize(View::first_number, 0);
  parameters.arrays.resize(View::first_array);
  parameters.sizes.push_back(int(kind));
  parameters.sizes.push_back(nonzero);
  parameters.numbers.insert(parameters.numbers.end(), numbers.begin(), numbers.end());
  parameters.arrays.push_back(std::move(truth));
}

int read_spectrum(const Section& model, const Section& instance, double noise, ModelDescription& description) {
  const int c = static_cast<int>(model.integer("coordinates", 64, between(2, 512)));
  const int nonzero = static_cast<int>(instance.integer("nonzero", std::min(3, c - 1), between(1, 511)));
  if (nonzero > c - 1) instance.fail("nonzero", "expected at most " + std::to_string(c - 1) + ", the modes but that of index 0");
  const auto [low, high] = instance.range("magnitude", {1.0, 2.0});
  if (low < 0) instance.fail("magnitude", "expected sizes of at least 0; the sign is drawn besides");
  store(description.parameters, RegressionTruth::spectrum, nonzero, {noise, low, high - low}, {});
  return c;
}

int read_signal(const Section& model, const Section& instance, double noise, ModelDescription& description) {
  const auto levels = instance.numbers("levels", std::vector<double>{1.0, -1.5, 0.5, 2.0});
  const auto lengths = instance.integers("lengths", std::vector<std::int64_t>{50, 70, 40, 40}, between(1, 512));
  if (levels.size() != lengths.size()) {
    instance.fail("lengths", "expected " + std::to_string(levels.size()) + " lengths, one a level, got " + std::to_string(lengths.size()));
  }
  std::vector<double> truth;
  for (std::size_t i = 0; i < levels.size() && truth.size() <= 512; ++i) truth.insert(truth.end(), std::size_t(lengths[i]), levels[i]);
  if (truth.empty() || truth.size() > 512) instance.fail("lengths", "expected a sum between 1 and 512");
  const int c = static_cast<int>(model.integer("coordinates", std::int64_t(truth.size()), between(1, 512)));
  if (c != int(truth.size())) model.fail("coordinates", "the lengths add up to " + std::to_string(truth.size()));
  store(description.parameters, RegressionTruth::signal, 0, {noise, 0, 0}, truth);
  return c;
}

}  // namespace

int read_regression_instance(const Section& model, const Section& instance, ModelDescription& description) {
  if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
  const bool spectrum = read_instance(instance, {"spectrum", "signal"}, description) == "spectrum";
  const std::int64_t samples = instance.integer("samples", spectrum ? 32 : 60, between(1, 1e5));
  const double noise = instance.number("noise", 0.1, non_negative());
  const int c = (spectrum ? read_spectrum : read_signal)(model, instance, noise, description);
  if (samples * c > lanes_limit) {
    instance.fail("samples", "a particle's design matrix has at most " + std::to_string(lanes_limit) + " numbers, samples × coordinates");
  }
  description.samples = std::uint64_t(samples);
  return c;
}

void read_regression_truth(const DataSource& source, int count, ModelDescription& description) {
  if (!source.given() || !source.section().has("truth")) return;
  const Section& data = source.section();
  if (!data_from_files(data)) data.fail("truth", "belongs to data from files; a teacher has weights, an instance its own truth");
  if (data.boolean("standardize", false)) data.fail("truth", "cannot go together with standardize, which changes what the weights multiply");
  const std::string path = data_path(data, "truth");
  const Matrix table = read_data_file(data, "truth");
  if ((table.rows != 1 && table.cols != 1) || table.values.size() != std::size_t(count)) {
    data.fail("truth", "expected " + std::to_string(count) + " numbers in a row or a column, but " + path + " has " +
                           std::to_string(table.rows) + " rows of " + std::to_string(table.cols));
  }
  store(description.parameters, RegressionTruth::known, 0, {0, 0, 0}, table.values);
}

std::vector<std::pair<std::string, std::string>> with_truth_observables(std::vector<std::pair<std::string, std::string>> page) {
  page.insert(page.end(),
              {{"error", "where the truth w* is known: |w - w*|^2/c; kind spectrum: mean squared error of the noiseless prediction over t"},
               {"l1_norm", "likewise: sum |w_i|"},
               {"total_variation", "likewise: sum |w_i - w_(i-1)|"},
               {"support", "likewise: 1 where the s largest |w_i| are those of the s non-zero w*_i, else 0; kind signal: of the increments"}});
  return page;
}

void add_truth_observables(ModelDescription& description) {
  const auto& sizes = description.parameters.sizes;
  if (sizes.size() <= View::first_size || RegressionTruth(sizes[View::first_size]) == RegressionTruth::unknown) return;
  for (const auto& [name, meaning] : with_truth_observables({})) description.observables.push_back(name);
}

}  // namespace orbitwalk
