// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "data/data_file.hpp"
#include "spec/section.hpp"

namespace orbitwalk {

/// A run spec: a tree of values, where each came from, and which of them the program has read. The way of use is
///   Spec spec = Spec::from_file("spec.toml");  spec.set("dynamics.step=1e-3");
///   ... everybody reads spec.root().section("...") ...;  spec.check_all_used();  summary["spec"] = spec.to_json();
/// A copy is independent of the original; sections taken from the original keep viewing the original.
class Spec {
 public:
  /// An empty spec, to be filled by set().
  Spec();
  /// Reads TOML. IoError: missing, a directory, unreadable. SpecError: empty, not UTF-8, not TOML (file:line:column).
  static Spec from_file(const std::string& path);
  /// Reads TOML text; `name` stands in for the file in messages. Relative data paths start at `directory`
  /// (default: the working directory).
  static Spec from_string(const std::string& text, const std::string& name = "spec", const std::string& directory = "");
  /// Reads a spec again from the `spec` of a summary.json; `name` as above. SpecError when it is not an object.
  static Spec from_json(const nlohmann::ordered_json& json, const std::string& name = "summary.json",
                        const std::string& directory = "");

  Spec(const Spec& other);
  Spec& operator=(const Spec& other);
  Spec(Spec&&) noexcept = default;
  Spec& operator=(Spec&&) noexcept = default;
  ~Spec() = default;

  /// Sets one value from "dotted.key=value". The value is TOML; what is not TOML but looks like a word or a path is a
  /// string. Tables on the way are created; elements of arrays are named by index ("observe.histogram.0.bins=50").
  /// Errors about the value later name "--set dotted.key" as its place. SpecError when the text cannot be understood.
  void set(const std::string& assignment);

  /// The spec with the defaults filled in so far. Keys come in the order in which the program asked for them, so that
  /// equal runs give equal text whatever the order in the file; keys that nobody asked for follow.
  nlohmann::ordered_json to_json() const;
  Section root() const;
  /// Absolute folder that relative data paths start at.
  std::string directory() const;
  /// The file, or the name given in its place.
  std::string name() const;
  /// What has been read so far of the files that the spec names (read_data_file), in the order of reading.
  std::vector<DataFile> files_read() const;
  /// Throws SpecError for the first key (in the order of the file) that nobody read, with the nearest key that was
  /// asked for in its section.
  void check_all_used() const;

 private:
  explicit Spec(std::shared_ptr<detail::SpecDocument> document);
  std::shared_ptr<detail::SpecDocument> document_;
};

}  // namespace orbitwalk
