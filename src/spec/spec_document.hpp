// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/data_file.hpp"
#include "orbitwalk/error.hpp"
#include "spec/section.hpp"

namespace orbitwalk::detail {

/// From the root down: keys of tables, decimal indices inside arrays.
using KeyPath = std::vector<std::string>;

/// What Spec and the Sections of one spec share. Values are looked up from the root each time: filling in a default
/// may move every value of its table.
struct SpecDocument {
  nlohmann::ordered_json tree = nlohmann::ordered_json::object();
  std::string file = "spec";                              ///< as it appears in messages
  std::string directory;                                  ///< absolute
  std::map<std::string, std::string> locations;           ///< encoded path -> "file:line:column" or "--set dotted.key"
  std::set<std::string> used;                             ///< encoded paths that were read
  std::map<std::string, std::vector<std::string>> asked;  ///< encoded path of a table -> names asked for, in order
  std::vector<DataFile> files;                            ///< that were read because the spec names them, in order

  static SpecDocument& of(const Section& section) { return *section.document_; }
  /// A file that is read again (the spec was read twice) replaces its first record.
  void record(DataFile file);

  /// Keys may hold any character, dots too, so paths are joined by one that TOML does not allow in a key.
  static std::string encode(const KeyPath& keys);
  static KeyPath child(KeyPath keys, const std::string& key);

  nlohmann::ordered_json* find(const KeyPath& keys);
  nlohmann::ordered_json& table(const Section& section);
  /// Notes that the program knows the key; returns its value, or null when it is absent.
  nlohmann::ordered_json* ask(const Section& section, const std::string& key);
  /// Like ask, and the key counts as read.
  nlohmann::ordered_json* read(const Section& section, const std::string& key);
  void fill(const Section& section, const std::string& key, nlohmann::ordered_json value);
  /// Forgets the locations and the use of everything at and below a path.
  void forget(const KeyPath& keys);

  /// Where the value came from: its own place, else that of the nearest table around it, else the file.
  std::string place(const KeyPath& keys) const;
  [[noreturn]] void fail(const KeyPath& keys, const std::string& section, const std::string& message) const;
  [[noreturn]] void missing(const Section& section, const std::string& key, const std::string& expected);

  /// Throws for the first key at or below the table that nobody read.
  void check_used(const KeyPath& keys, const std::string& name) const;
  nlohmann::ordered_json ordered(const nlohmann::ordered_json& value, const KeyPath& keys) const;
};

/// A value as it is shown in a message: short, and on one line.
std::string shown(const nlohmann::ordered_json& value);

/// Parses TOML into the document's tree and locations. SpecError "file:line:column: ...".
void parse_toml(SpecDocument& document, const std::string& text);
/// Parses the right-hand side of key = value; false when it is not one TOML value.
bool parse_toml_value(const std::string& text, nlohmann::ordered_json& value);

}  // namespace orbitwalk::detail
