// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/models/regression_instance.hpp"
#include "models/dataset.hpp"
#include "models/description.hpp"
#include "models/regression.hpp"

namespace orbitwalk {

/// Most numbers of a particle's design matrix.
inline constexpr std::int64_t regression_numbers_limit = 1 << 20;

/// Whether [data] is a regression of kind spectrum or signal: an instance that particles draw, or files with the key
/// `kind`.
bool has_regression_instance(const DataSource& source);

/// Reads it: samples and instance seed into the description, the rest into `own`. Returns c:
/// `coordinates` of the model; drawn, 64 for spectrum and the sum of the lengths for signal; of files, what they have.
/// SpecError also for the design of a spectrum whose columns are not cos(2πkt), k = 0, 1, ...
int read_regression_instance(const Section& model, const DataSource& source, ModelDescription& description,
                             RegressionInstanceParameters<Stored>& own);

/// The same of files alone (src/models/regression_files.cpp).
int read_regression_files(const Section& model, const DataSource& source, ModelDescription& description,
                          RegressionInstanceParameters<Stored>& own);

/// A file of c numbers in a row or a column, by the key `key` of [data].
std::vector<double> read_vector(const Section& data, const std::string& key, std::optional<std::size_t> count);

/// The key `truth` of [data], a file of c numbers, where there is one.
void read_regression_truth(const DataSource& source, int count, RegressionInstanceParameters<Stored>& own);

/// The observables of RegressionInstance, after the model's own, where the truth is known.
void add_truth_observables(ModelDescription& description, const RegressionInstanceParameters<Stored>& own);

/// What a described model says of its truth, and where its data is from; unknown and drawn for other models.
RegressionTruth regression_truth(const ModelParameters& parameters);
RegressionSource regression_source(const ModelParameters& parameters);

/// A model's page with their lines.
std::vector<std::pair<std::string, std::string>> with_truth_observables(
    std::vector<std::pair<std::string, std::string>> page);

}  // namespace orbitwalk
