// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "spec/spec_document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "support/suggest.hpp"

namespace orbitwalk::detail {

using Json = nlohmann::ordered_json;

std::string SpecDocument::encode(const KeyPath& keys) {
  std::string text;
  for (const std::string& key : keys) text += key + '\x1f';
  return text;
}

KeyPath SpecDocument::child(KeyPath keys, const std::string& key) {
  keys.push_back(key);
  return keys;
}

Json* SpecDocument::find(const KeyPath& keys) {
  Json* value = &tree;
  for (const std::string& key : keys) {
    if (value->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
      if (error != std::errc() || end != key.data() + key.size() || index >= value->size()) return nullptr;
      value = &(*value)[index];
    } else if (value->is_object()) {
      const auto found = value->find(key);
      if (found == value->end()) return nullptr;
      value = &*found;
    } else {
      return nullptr;
    }
  }
  return value;
}

Json& SpecDocument::table(const Section& section) {
  Json* value = find(section.keys_);
  // A section outlives its table only if set() replaced the table meanwhile.
  if (!value || !value->is_object()) fail(section.keys_, section.name_, "the table is gone");
  return *value;
}

Json* SpecDocument::ask(const Section& section, const std::string& key) {
  std::vector<std::string>& names = asked[encode(section.keys_)];
  if (std::find(names.begin(), names.end(), key) == names.end()) names.push_back(key);
  Json& values = table(section);
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &*found;
}

Json* SpecDocument::read(const Section& section, const std::string& key) {
  Json* value = ask(section, key);
  if (value) used.insert(encode(child(section.keys_, key)));
  return value;
}

void SpecDocument::fill(const Section& section, const std::string& key, Json value) {
  table(section)[key] = std::move(value);
  used.insert(encode(child(section.keys_, key)));
}

void SpecDocument::record(DataFile file) {
  const auto at =
      std::find_if(files.begin(), files.end(), [&](const DataFile& other) { return other.role == file.role; });
  if (at == files.end()) files.push_back(std::move(file));
  else *at = std::move(file);
}

void SpecDocument::forget(const KeyPath& keys) {
  const std::string prefix = encode(keys);
  const auto below = [&](const std::string& path) { return path.compare(0, prefix.size(), prefix) == 0; };
  std::erase_if(locations, [&](const auto& entry) { return below(entry.first); });
  std::erase_if(used, below);
  std::erase_if(asked, [&](const auto& entry) { return below(entry.first); });
}

std::string SpecDocument::place(const KeyPath& keys) const {
  for (KeyPath path = keys; !path.empty(); path.pop_back())
    if (const auto found = locations.find(encode(path)); found != locations.end()) return found->second;
  return file;
}

void SpecDocument::fail(const KeyPath& keys, const std::string& section, const std::string& message) const {
  throw SpecError(place(keys) + ": " + (section.empty() ? "" : "[" + section + "] ") + message);
}

void SpecDocument::missing(const Section& section, const std::string& key, const std::string& expected) {
  // A required key that is misspelt is missing and unknown at once; the second is what helps.
  std::vector<std::string> candidates;
  const std::vector<std::string>& known = asked[encode(section.keys_)];
  for (const auto& [name, value] : table(section).items())
    if (std::find(known.begin(), known.end(), name) == known.end()) candidates.push_back(name);
  const std::string near = nearest_name(key, candidates);
  if (!near.empty() && near[0] == key[0])
    fail(child(section.keys_, near), section.name_,
         "unknown key \"" + near + "\"; did you mean \"" + key + "\"? (that key is required: " + expected + ")");
  fail(section.keys_, section.name_, "missing key \"" + key + "\"; expected " + expected);
}

void SpecDocument::check_used(const KeyPath& keys, const std::string& name) const {
  const Json& value = *const_cast<SpecDocument*>(this)->find(keys);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string index = std::to_string(i);
      if (value[i].is_object()) check_used(child(keys, index), name + "[" + index + "]");
    }
    return;
  }
  for (const auto& [key, entry] : value.items()) {
    const KeyPath path = child(keys, key);
    if (!used.contains(encode(path))) {
      const auto known = asked.find(encode(keys));
      fail(path, name,
           "unknown key " + shown(key) +
               suggestion(key, known == asked.end() ? std::vector<std::string>{} : known->second, "keys"));
    }
    if (entry.is_structured()) check_used(path, name.empty() ? key : name + "." + key);
  }
}

Json SpecDocument::ordered(const Json& value, const KeyPath& keys) const {
  if (value.is_array()) {
    Json list = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i)
      list.push_back(value[i].is_structured() ? ordered(value[i], child(keys, std::to_string(i))) : value[i]);
    return list;
  }
  if (!value.is_object()) return value;
  Json result = Json::object();
  if (const auto known = asked.find(encode(keys)); known != asked.end())
    for (const std::string& key : known->second)
      if (const auto found = value.find(key); found != value.end()) result[key] = ordered(*found, child(keys, key));
  for (const auto& [key, entry] : value.items())
    if (!result.contains(key)) result[key] = ordered(entry, child(keys, key));
  return result;
}

std::string shown(const Json& value) {
  if (value.is_object()) return "a table";
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    const double x = value.get<double>();
    return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
  }
  constexpr std::size_t most = 60;
  std::string text;
  if (value.is_array()) {
    text = "[";
    for (std::size_t i = 0; i < value.size() && text.size() <= most; ++i)
      text += (i ? ", " : "") + (value[i].is_array() ? std::string("[...]") : shown(value[i]));
    text += "]";
  } else {
    text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  if (text.size() > most) {
    std::size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not inside a UTF-8 character
    text = text.substr(0, cut) + "...";
  }
  return text;
}

}  // namespace orbitwalk::detail
