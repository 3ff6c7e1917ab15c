// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <fstream>
#include <random>

#include "reproduce/finished.hpp"
#include "studies/reproduce/own_data.hpp"

// Folders of tables, as a user of `reproduce --data` has them, and experiments on them.
namespace orbitwalk::test {

/// A folder of its own, empty at first and gone afterwards.
class DataFolder {
 public:
  explicit DataFolder(const std::string& name) : path_(testing::TempDir() + "orbitwalk_own_data_" + name) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~DataFolder() { std::filesystem::remove_all(path_); }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, const Eigen::MatrixXd& matrix) const {
    const std::string shape = matrix.cols() == 1
                                  ? "(" + std::to_string(matrix.rows()) + ",)"
                                  : "(" + std::to_string(matrix.rows()) + ", " + std::to_string(matrix.cols()) + ")";
    std::string header = "{'descr': '<f8', 'fortran_order': True, 'shape': " + shape + ", }";
    header.resize(118, ' ');  // 128 bytes in all, as .npy wants
    std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
    bytes += header.substr(0, 117) + "\n";
    bytes.append(reinterpret_cast<const char*>(matrix.data()), std::size_t(matrix.size()) * sizeof(double));
    text(name + ".npy", bytes);
  }
  void text(const std::string& file, const std::string& bytes) const {
    std::ofstream(path_ + "/" + file, std::ios::binary) << bytes;
  }
  void remove(const std::string& file) const { std::filesystem::remove(path_ + "/" + file); }

 private:
  std::string path_;
};

/// The experiment on the files of a folder, as `reproduce --data` runs it.
inline std::vector<FinishedRun> finish_on(const DataFolder& folder, const std::string& name, const Settings& settings) {
  std::vector<FinishedRun> runs;
  for (const PublishedRun& run : on_own_data(experiment_named(name), folder.path()).runs) {
    Spec spec = spec_from_json(
        with_own_data(to_json(Spec::from_string(published_spec(run.file))), name, folder.path(), run.file), run.file);
    for (const auto& setting : settings) spec.set(setting);
    runs.push_back(finish(run, spec));
  }
  return runs;
}

/// Numbers of a fixed seed, exact in float.
inline Eigen::MatrixXd numbers(Eigen::Index rows, Eigen::Index columns, double scale, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd matrix(rows, columns);
  for (double& x : matrix.reshaped()) x = double(float(scale * normal(generator)));
  return matrix;
}

/// [ensemble] init of exactly these numbers.
inline Settings start_at(const std::vector<double>& theta) {
  std::string list;
  char text[40];
  for (const double x : theta) {
    std::snprintf(text, sizeof text, "%s%.17e", list.empty() ? "" : ",", x);
    list += text;
  }
  return {"ensemble.init.mean=[" + list + "]", "ensemble.init.scale=0.0"};
}

inline std::string left_out(const Findings& findings, const std::string& text) {
  for (const LeftOut& left : findings.left_out) {
    if (left.claim.find(text) != std::string::npos) return left.reason;
  }
  return "";
}

}  // namespace orbitwalk::test
