// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/regression_instance.hpp"

#include "data/data_file.hpp"

namespace orbitwalk {
namespace {

using Own = RegressionInstanceParameters<Stored>;

int read_spectrum(const Section& model, const Section& instance, double noise, Own& own) {
  const int c = static_cast<int>(model.integer("coordinates", 64, between(2, 512)));
  const int nonzero = static_cast<int>(instance.integer("nonzero", std::min(3, c - 1), between(1, 511)));
  if (nonzero > c - 1)
    instance.fail("nonzero", "expected at most " + std::to_string(c - 1) + ", the modes but that of index 0");
  const auto [low, high] = instance.range("magnitude", {1.0, 2.0});
  if (low < 0) instance.fail("magnitude", "expected sizes of at least 0; the sign is drawn besides");
  own = {.truth_kind = RegressionTruth::spectrum, .nonzero = nonzero, .noise = noise, .low = low, .width = high - low};
  return c;
}

int read_signal(const Section& model, const Section& instance, double noise, Own& own) {
  const auto levels = instance.numbers("levels", std::vector<double>{1.0, -1.5, 0.5, 2.0});
  const auto lengths = instance.integers("lengths", std::vector<std::int64_t>{50, 70, 40, 40}, between(1, 512));
  if (levels.size() != lengths.size()) {
    instance.fail("lengths", "expected " + std::to_string(levels.size()) + " lengths, one a level, got " +
                                 std::to_string(lengths.size()));
  }
  std::vector<double> truth;
  for (std::size_t i = 0; i < levels.size() && truth.size() <= 512; ++i)
    truth.insert(truth.end(), std::size_t(lengths[i]), levels[i]);
  if (truth.empty() || truth.size() > 512) instance.fail("lengths", "expected a sum between 1 and 512");
  const int c = static_cast<int>(model.integer("coordinates", std::int64_t(truth.size()), between(1, 512)));
  if (c != int(truth.size())) model.fail("coordinates", "the lengths add up to " + std::to_string(truth.size()));
  own = {.truth_kind = RegressionTruth::signal, .noise = noise, .known = truth};
  return c;
}

}  // namespace

bool has_regression_instance(const DataSource& source) {
  return source.given() && (source.section().has("instance") || source.section().has("kind"));
}

int read_regression_instance(const Section& model, const DataSource& source, ModelDescription& description, Own& own) {
  const auto drawn = source.instance();
  if (!drawn) return read_regression_files(model, source, description, own);
  const Section& instance = *drawn;
  if (source.section().has("kind"))
    source.section().fail("kind", "is for data from files; an instance has a kind of its own");
  if (model.has("loss")) model.fail("loss", "a model has [data] or a loss, not both");
  const bool spectrum = read_instance(instance, {"spectrum", "signal"}, description) == "spectrum";
  const std::int64_t samples = instance.integer("samples", spectrum ? 32 : 60, between(1, 1e5));
  const double noise = instance.number("noise", 0.1, non_negative());
  const int c = (spectrum ? read_spectrum : read_signal)(model, instance, noise, own);
  if (samples * c > regression_numbers_limit) {
    instance.fail("samples", "a particle's design matrix has at most " + std::to_string(regression_numbers_limit) +
                                 " numbers, samples × coordinates");
  }
  description.samples = std::uint64_t(samples);
  return c;
}

std::vector<double> read_vector(const Section& data, const std::string& key, std::optional<std::size_t> count) {
  const Matrix table = read_data_file(data, key);
  if ((table.rows != 1 && table.cols != 1) || (count && table.values.size() != *count)) {
    data.fail(key, "expected " + (count ? std::to_string(*count) + " " : std::string()) +
                       "numbers in a row or a column, but " + data_path(data, key) + " has " +
                       std::to_string(table.rows) + " rows of " + std::to_string(table.cols));
  }
  return table.values;
}

void read_regression_truth(const DataSource& source, int count, Own& own) {
  if (!source.given() || !source.section().has("truth")) return;
  const Section& data = source.section();
  if (!data_from_files(data))
    data.fail("truth", "belongs to data from files; a teacher has weights, an instance its own truth");
  if (data.boolean("standardize", false))
    data.fail("truth", "cannot go together with standardize, which changes what the weights multiply");
  own.known = read_vector(data, "truth", std::size_t(count));
  own.truth_kind = RegressionTruth::known;
}

std::vector<std::pair<std::string, std::string>> with_truth_observables(
    std::vector<std::pair<std::string, std::string>> page) {
  page.insert(page.end(),
              {{"error",
                "where the truth w* is known: |w - w*|^2/c; kind spectrum: mean squared error of the noiseless "
                "prediction over t"},
               {"l1_norm", "likewise, and for files of a kind without a truth: sum |w_i|"},
               {"total_variation", "likewise, and for files of a kind without a truth: sum |w_i - w_(i-1)|"},
               {"support",
                "likewise: 1 where the s largest |w_i| are those of the s non-zero w*_i, else 0; kind signal: of the "
                "increments"}});
  return page;
}

void add_truth_observables(ModelDescription& description, const Own& own) {
  if (own.truth_kind == RegressionTruth::unknown) return;
  const bool truth = own.source != RegressionSource::files_without_truth;
  for (const auto& [name, meaning] : with_truth_observables({})) {
    if (truth || name == "l1_norm" || name == "total_variation") description.observables.push_back(name);
  }
}

RegressionTruth regression_truth(const ModelParameters& parameters) {
  return parameters.has_size("truth_kind") ? RegressionTruth(parameters.size("truth_kind")) : RegressionTruth::unknown;
}

RegressionSource regression_source(const ModelParameters& parameters) {
  return parameters.has_size("source") ? RegressionSource(parameters.size("source")) : RegressionSource::drawn;
}

}  // namespace orbitwalk
