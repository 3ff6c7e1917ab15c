// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "spec/spec.hpp"

#include <charconv>
#include <filesystem>

#include "spec/spec_document.hpp"
#include "support/files.hpp"

namespace orbitwalk {

using detail::KeyPath;
using detail::SpecDocument;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::uint64_t largest_spec = 4u << 20;  // bytes; data belong in files of their own

std::string absolute(const std::string& directory) {
  std::error_code error;
  const auto path = std::filesystem::absolute(directory.empty() ? "." : directory, error);
  if (error) throw IoError("the working directory cannot be found: " + error.message());
  const auto normal = path.lexically_normal();
  return (normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path()).string();
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool plain_key(const std::string& key) {
  for (const char c : key)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
      return false;
  return !key.empty();
}

std::size_t index_in(const Json& array, const std::string& key) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  return error == std::errc() && end == key.data() + key.size() ? index : array.size();
}

/// The value of an assignment: TOML, or else a bare word.
Json value_of(const std::string& text, const std::string& place) {
  Json value;
  if (text.empty()) throw SpecError(place + ": expected key=value, got an empty value");
  if (detail::parse_toml_value(text, value)) return value;
  bool word = std::string("\"'[{").find(text[0]) == std::string::npos;
  for (const char c : text) word = word && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (!word) throw SpecError(place + ": expected a TOML value or a word, got " + detail::shown(text));
  return text;
}

}  // namespace

Spec::Spec() : Spec(std::make_shared<SpecDocument>()) { document_->directory = absolute(""); }
Spec::Spec(std::shared_ptr<SpecDocument> document) : document_(std::move(document)) {}
Spec::Spec(const Spec& other) : document_(std::make_shared<SpecDocument>(*other.document_)) {}
Spec& Spec::operator=(const Spec& other) {
  document_ = std::make_shared<SpecDocument>(*other.document_);
  return *this;
}

Spec Spec::from_file(const std::string& path) {
  const std::string text = read_file(path, largest_spec);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw SpecError(path + ": the spec is empty");
  return from_string(text, path, std::filesystem::path(path).parent_path().string());
}

Spec Spec::from_string(const std::string& text, const std::string& name, const std::string& directory) {
  Spec spec;
  spec.document_->file = name;
  spec.document_->directory = absolute(directory);
  detail::parse_toml(*spec.document_, text);
  return spec;
}

void Spec::set(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos)
    throw SpecError("--set: expected dotted.key=value, got " + detail::shown(Json(assignment)));
  const std::string dotted = trimmed(assignment.substr(0, equals));
  const std::string place = "--set " + dotted;
  KeyPath keys;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = dotted.find('.', begin);
    keys.push_back(dotted.substr(begin, end == std::string::npos ? end : end - begin));
    if (!plain_key(keys.back()) || keys.size() > 32)
      throw SpecError("--set: expected dotted.key=value, got " + detail::shown(Json(assignment)));
  }
  Json value = value_of(trimmed(assignment.substr(equals + 1)), place);

  Json* node = &document_->tree;
  std::string walked;
  for (const std::string& key : keys) {
    if (node->is_array()) {
      const std::size_t index = index_in(*node, key);
      if (index >= node->size())
        throw SpecError(place + ": \"" + walked + "\" is a list of " + std::to_string(node->size()) + ", and \"" + key +
                        "\" is not an index below that");
      node = &(*node)[index];
    } else {
      if (!node->is_object()) throw SpecError(place + ": \"" + walked + "\" is not a table");
      if (!node->contains(key)) (*node)[key] = Json::object();
      node = &(*node)[key];
    }
    walked += (walked.empty() ? "" : ".") + key;
  }
  *node = std::move(value);
  document_->forget(keys);
  document_->locations[SpecDocument::encode(keys)] = place;
}

std::string Spec::json() const { return to_json(*this).dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string Spec::directory() const { return document_->directory; }
std::string Spec::name() const { return document_->file; }

struct detail::SpecAccess {
  static const std::shared_ptr<SpecDocument>& document(const Spec& spec) { return spec.document_; }
  static Section root(const Spec& spec) { return Section(spec.document_, {}, ""); }
};
using detail::SpecAccess;

Section root_section(const Spec& spec) { return SpecAccess::root(spec); }
Json to_json(const Spec& spec) {
  const SpecDocument& document = *SpecAccess::document(spec);
  return document.ordered(document.tree, {});
}
std::vector<DataFile> files_read(const Spec& spec) { return SpecAccess::document(spec)->files; }
void check_all_used(const Spec& spec) { SpecAccess::document(spec)->check_used({}, ""); }

Spec spec_from_json(const Json& json, const std::string& name, const std::string& directory) {
  Spec spec;
  SpecDocument& document = *SpecAccess::document(spec);
  document.file = name;
  document.directory = absolute(directory);
  if (!json.is_object()) throw SpecError(name + ": expected the spec to be a table, got " + detail::shown(json));
  document.tree = json;
  return spec;
}

}  // namespace orbitwalk
