// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "support/files.hpp"

namespace orbitwalk {

/// Writes one HDF5 file. It grows under a temporary name and gets its own at close(), so that a full disk is an
/// ordinary error and a damaged file never exists; equal content gives equal bytes. Every failure is an IoError that
/// names the file and the object. Paths of objects are absolute ("/observables/r/counts"); missing groups are created.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(std::string path);
  /// Discards the file unless close() was called.
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// Creates a group; one that exists is fine.
  void group(const std::string& path);

  /// Row-major values with the given sizes; without sizes, one dimension. Their product must be values.size().
  void dataset(const std::string& path, const std::vector<double>& values, const std::vector<std::size_t>& dims = {});
  void dataset(const std::string& path, const std::vector<std::uint64_t>& values,
               const std::vector<std::size_t>& dims = {});
  void dataset(const std::string& path, const std::vector<std::int64_t>& values,
               const std::vector<std::size_t>& dims = {});
  /// For numbers that are not in memory as they are stored: `fill` is asked for one piece of a row after another, from
  /// column `first` on, 1 MiB at most. One dimension where there is one row.
  using Fill = std::function<void(std::size_t row, std::size_t first, std::span<double> piece)>;
  void dataset(const std::string& path, std::size_t rows, std::size_t columns, const Fill& fill);
  /// One dimension of UTF-8 strings.
  void dataset(const std::string& path, const std::vector<std::string>& values);

  /// Attribute of an existing group or dataset ("/" is the file itself).
  void attribute(const std::string& path, const std::string& name, const std::string& value);
  void attribute(const std::string& path, const std::string& name, const char* value) {
    attribute(path, name, std::string(value));
  }
  void attribute(const std::string& path, const std::string& name, double value);
  template <std::integral T>
  void attribute(const std::string& path, const std::string& name, T value) {
    integer_attribute(path, name, static_cast<std::int64_t>(value));
  }

  /// Flushes the file to the disk and gives it its name. Nothing can be added afterwards.
  void close();

  /// A name that is safe as one component of a path: "/" becomes "_", and so does a lone ".".
  static std::string component(std::string name);

 private:
  void integer_attribute(const std::string& path, const std::string& name, std::int64_t value);
  std::int64_t create_dataset(const std::string& path, std::int64_t stored, const std::vector<std::size_t>& dims);
  void write_dataset(const std::string& path, std::int64_t type, std::int64_t stored, const void* values,
                     std::size_t count, const std::vector<std::size_t>& dims);
  void write_attribute(const std::string& path, const std::string& name, std::int64_t type, std::int64_t stored,
                       const void* value);

  std::string path_;
  AtomicFile target_;
  std::int64_t file_ = -1;  // an hid_t; the C header stays out of this one
};

}  // namespace orbitwalk
