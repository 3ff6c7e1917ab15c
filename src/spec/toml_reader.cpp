// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "spec/spec_document.hpp"

namespace orbitwalk::detail {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t deepest = 64;  // the recursions over the tree stay far from the end of the stack

/// Turns toml++ nodes into JSON and notes where each came from.
class Converter {
 public:
  explicit Converter(SpecDocument* document) : document_(document) {}

  Json convert(const toml::node& node, const KeyPath& keys) {
    if (keys.size() > deepest) refuse(node.source(), "nested too deeply");
    if (const toml::table* table = node.as_table()) return convert_table(*table, keys);
    if (const toml::array* array = node.as_array()) {
      Json list = Json::array();
      for (const toml::node& entry : *array) {
        const KeyPath path = SpecDocument::child(keys, std::to_string(list.size()));
        locate(path, entry.source());
        list.push_back(convert(entry, path));
      }
      return list;
    }
    if (const auto* value = node.as_string()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_floating_point()) return value->get();
    if (const auto* value = node.as_boolean()) return value->get();
    refuse(node.source(), "dates and times have no use in a spec; put the value in quotes if text is meant");
  }

 private:
  Json convert_table(const toml::table& table, const KeyPath& keys) {
    // toml++ sorts its keys; the order of the file comes back from their places.
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (auto&& [key, node] : table) entries.emplace_back(&key, &node);
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      const auto &p = a.first->source().begin, &q = b.first->source().begin;
      return std::pair(p.line, p.column) < std::pair(q.line, q.column);
    });
    Json result = Json::object();
    auto& object = result.get_ref<Json::object_t&>();
    for (const auto& [key, node] : entries) {
      const KeyPath path = SpecDocument::child(keys, std::string(key->str()));
      locate(path, key->source());
      // Keys are unique already; operator[] would search the whole table for each.
      object.emplace_back(std::string(key->str()), convert(*node, path));
    }
    return result;
  }

  void locate(const KeyPath& keys, const toml::source_region& source) {
    if (document_ && source.begin) document_->locations[SpecDocument::encode(keys)] = text(source);
  }

  [[noreturn]] void refuse(const toml::source_region& source, const std::string& message) const {
    throw SpecError((document_ ? text(source) + ": " : std::string()) + message);
  }

  std::string text(const toml::source_region& source) const {
    return document_->file + ":" + std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column);
  }

  SpecDocument* document_;  // null while a single value is read: its place is not in a file
};

/// toml++ keeps tables in a tree of owning nodes and frees it recursively, so a key of very many dots could end the
/// stack before any check of ours: such lines are refused unread.
std::size_t line_of_absurd_key(const std::string& text) {
  std::size_t line = 1, dots = 0;
  for (const char c : text) {
    if (c == '\n' || c == ',') {  // a long list of numbers has many dots, too
      line += c == '\n';
      dots = 0;
    } else if (c == '.' && ++dots > 4096) {
      return line;
    }
  }
  return 0;
}

}  // namespace

void parse_toml(SpecDocument& document, const std::string& text) {
  if (const std::size_t line = line_of_absurd_key(text))
    throw SpecError(document.file + ":" + std::to_string(line) + ":1: too many dots in one line");
  try {
    const toml::table table = toml::parse(text);
    document.tree = Converter(&document).convert(table, {});
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    std::string description(error.description());
    std::replace(description.begin(), description.end(), '\n', ' ');
    throw SpecError(document.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                    ": not valid TOML: " + description);
  }
}

bool parse_toml_value(const std::string& text, Json& value) {
  if (text.find_first_of("\n\r") != std::string::npos || line_of_absurd_key(text)) return false;
  try {
    const toml::table table = toml::parse("value = " + text);
    const toml::node* node = table.get("value");
    if (!node || table.size() != 1) return false;
    value = Converter(nullptr).convert(*node, {});
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
}

}  // namespace orbitwalk::detail
