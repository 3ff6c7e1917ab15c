// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "orbitwalk/export.hpp"

namespace orbitwalk {

namespace detail {
struct SpecDocument;
struct SpecAccess;
}  // namespace detail

/// A run spec: what to simulate, what to observe, and which laws to compare with (docs/spec.md describes all keys).
///   Spec spec = Spec::from_file("spec.toml");
///   spec.set("dynamics.step=1e-3");
///   const Result result = run(spec);
/// run() and predict() check whether keys exist and values are allowed; they do not change the spec. A copy is
/// independent of the original.
class ORBITWALK_API Spec {
 public:
  /// An empty spec, to be filled by set().
  Spec();
  /// Reads a TOML file. IoError: missing, a directory, unreadable. SpecError: empty, not UTF-8, not TOML
  /// (file:line:column).
  static Spec from_file(const std::string& path);
  /// Reads TOML text; messages use `name` in place of a file name. Relative data paths start at `directory`
  /// (default: the working directory).
  static Spec from_string(const std::string& text, const std::string& name = "spec", const std::string& directory = "");

  Spec(const Spec& other);
  Spec& operator=(const Spec& other);
  Spec(Spec&&) noexcept = default;
  Spec& operator=(Spec&&) noexcept = default;
  ~Spec() = default;

  /// Sets one value from "dotted.key=value". The value is TOML; a value that is not TOML but looks like a word or a
  /// path is a string. Missing tables are created; elements of arrays are named by index
  /// ("observe.histogram.0.bins=50"). Later errors about the value give "--set dotted.key" as its place. SpecError if
  /// the text cannot be understood.
  void set(const std::string& assignment);

  /// The spec as JSON text on one line.
  std::string json() const;
  /// Absolute path of the folder where relative data paths start.
  std::string directory() const;
  /// The file name, or the name given in its place.
  std::string name() const;

 private:
  friend struct detail::SpecAccess;
  explicit Spec(std::shared_ptr<detail::SpecDocument> document);
  std::shared_ptr<detail::SpecDocument> document_;
};

}  // namespace orbitwalk
