// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Included by model headers, also under nvcc: keep it to light standard headers.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orbitwalk {

namespace detail {
struct SpecDocument;
struct SpecAccess;
}  // namespace detail

/// The interval a number of the spec must lie in; open ends exclude the end itself. Infinite values are never accepted.
class Bounds {
 public:
  enum class Edge { open, closed };
  Bounds(double lower, Edge lower_edge, double upper, Edge upper_edge)
      : lower_(lower), upper_(upper), lower_edge_(lower_edge), upper_edge_(upper_edge) {}

  bool contains(double x) const {
    return (lower_edge_ == Edge::open ? x > lower_ : x >= lower_) &&
           (upper_edge_ == Edge::open ? x < upper_ : x <= upper_);
  }
  /// What was expected, for messages: describe("number") is "a positive number", "a number between 0 and 1", ...
  std::string describe(const std::string& noun) const;

 private:
  double lower_, upper_;
  Edge lower_edge_, upper_edge_;
};

namespace detail {
inline constexpr double unbounded = std::numeric_limits<double>::infinity();
}
inline Bounds finite() { return {-detail::unbounded, Bounds::Edge::open, detail::unbounded, Bounds::Edge::open}; }
inline Bounds positive() { return {0, Bounds::Edge::open, detail::unbounded, Bounds::Edge::open}; }
inline Bounds non_negative() { return {0, Bounds::Edge::closed, detail::unbounded, Bounds::Edge::open}; }
inline Bounds at_least(double a) { return {a, Bounds::Edge::closed, detail::unbounded, Bounds::Edge::open}; }
inline Bounds greater_than(double a) { return {a, Bounds::Edge::open, detail::unbounded, Bounds::Edge::open}; }
inline Bounds at_most(double b) { return {-detail::unbounded, Bounds::Edge::open, b, Bounds::Edge::closed}; }
/// Both ends allowed.
inline Bounds between(double a, double b) { return {a, Bounds::Edge::closed, b, Bounds::Edge::closed}; }
/// Neither end allowed.
inline Bounds strictly_between(double a, double b) { return {a, Bounds::Edge::open, b, Bounds::Edge::open}; }

/// A view of one table of a run spec. A getter validates the value, marks its key as known, and (in the variants with
/// a default) writes the default back into the spec, so that the spec becomes complete by being read. Every getter
/// throws SpecError, with the place in the file, when the key is missing without a default, has another type, lies
/// outside the bounds, or is not finite. Copies view the same table. Absent and present keys are told apart by has().
class Section {
 public:
  /// Whether the key is given. The key counts as one that the program knows, but not as read.
  bool has(const std::string& key) const;
  /// The keys that are given (or filled in), in the order of the file.
  std::vector<std::string> keys() const;
  /// Dotted path of this table, such as "model.loss" or "observe.histogram[0]"; empty for the whole spec.
  const std::string& name() const { return name_; }

  // Values. Without a default the key is required.
  double number(const std::string& key, Bounds bounds = finite()) const;
  double number(const std::string& key, double fallback, Bounds bounds = finite()) const;
  std::optional<double> optional_number(const std::string& key, Bounds bounds = finite()) const;

  /// Integers may be written as floats that are integral (1e6).
  std::int64_t integer(const std::string& key, Bounds bounds = finite()) const;
  std::int64_t integer(const std::string& key, std::int64_t fallback, Bounds bounds = finite()) const;
  std::optional<std::int64_t> optional_integer(const std::string& key, Bounds bounds = finite()) const;

  bool boolean(const std::string& key) const;
  bool boolean(const std::string& key, bool fallback) const;

  std::string string(const std::string& key) const;
  std::string string(const std::string& key, const std::string& fallback) const;

  /// One of `choices`; otherwise the error names the nearest of them.
  std::string choice(const std::string& key, const std::vector<std::string>& choices) const;
  std::string choice(const std::string& key, const std::vector<std::string>& choices,
                     const std::string& fallback) const;

  /// A path of an existing or future file, absolute; relative ones start at the folder of the spec file.
  std::string path(const std::string& key) const;

  // Lists. A single value stands for a list of one.
  std::vector<double> numbers(const std::string& key, Bounds bounds = finite()) const;
  std::vector<double> numbers(const std::string& key, const std::vector<double>& fallback,
                              Bounds bounds = finite()) const;
  std::vector<std::int64_t> integers(const std::string& key, Bounds bounds = finite()) const;
  std::vector<std::int64_t> integers(const std::string& key, const std::vector<std::int64_t>& fallback,
                                     Bounds bounds = finite()) const;
  std::vector<std::string> strings(const std::string& key) const;
  std::vector<std::string> strings(const std::string& key, const std::vector<std::string>& fallback) const;
  /// Strings or integers, the integers rendered as text: names or indices of columns.
  std::vector<std::string> labels(const std::string& key) const;
  /// A list of two increasing numbers [low, high].
  std::pair<double, double> range(const std::string& key) const;
  std::pair<double, double> range(const std::string& key, std::pair<double, double> fallback) const;

  // Tables.
  /// The table at `key`; an absent one is created empty, to be filled with defaults.
  Section section(const std::string& key) const;
  /// The table at `key`, or nothing when it is absent.
  std::optional<Section> optional_section(const std::string& key) const;
  /// The tables of an array of tables (histogram = [{...}, {...}]); none when absent.
  std::vector<Section> tables(const std::string& key) const;

  /// Throws SpecError "file:line:column: [section] key: message". A message about the whole section has an empty key.
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

 private:
  friend struct detail::SpecAccess;
  friend struct detail::SpecDocument;
  Section(std::shared_ptr<detail::SpecDocument> document, std::vector<std::string> keys, std::string name);

  std::shared_ptr<detail::SpecDocument> document_;
  std::vector<std::string> keys_;  // from the root down; decimal indices inside arrays
  std::string name_;
};

}  // namespace orbitwalk
