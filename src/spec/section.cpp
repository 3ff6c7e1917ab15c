// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "spec/section.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "spec/spec_document.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {

using detail::KeyPath;
using detail::shown;
using detail::SpecDocument;
using Json = nlohmann::ordered_json;

namespace {

std::string text_of(double x) {
  return Json(x == std::floor(x) && std::abs(x) < 1e15 ? Json(std::int64_t(x)) : Json(x)).dump();
}

std::string with_article(const std::string& noun) {
  return (std::string("aeiou").find(noun[0]) != std::string::npos ? "an " : "a ") + noun;
}

/// How one kind of value is recognised, turned into C++ and named in messages.
struct NumberRule {
  Bounds bounds;
  std::string expected() const { return bounds.describe("number"); }
  bool operator()(const Json& value, double& x) const {
    if (!value.is_number()) return false;
    x = value.get<double>();
    return std::isfinite(x) && bounds.contains(x);
  }
};

struct IntegerRule {
  Bounds bounds;
  std::string expected() const { return bounds.describe("integer"); }
  bool operator()(const Json& value, std::int64_t& x) const {
    if (value.is_number_unsigned()) {
      const auto y = value.get<std::uint64_t>();
      if (y > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return false;
      x = static_cast<std::int64_t>(y);
    } else if (value.is_number_integer()) {
      x = value.get<std::int64_t>();
    } else if (value.is_number_float()) {
      const double y = value.get<double>();
      // Up to 2^53 only: beyond it a float does not tell which integer was meant. False for NaN.
      if (!(std::abs(y) <= 9007199254740992.0) || y != std::floor(y)) return false;
      x = static_cast<std::int64_t>(y);
    } else {
      return false;
    }
    return bounds.contains(static_cast<double>(x));
  }
};

struct BooleanRule {
  std::string expected() const { return "true or false"; }
  bool operator()(const Json& value, bool& x) const {
    if (!value.is_boolean()) return false;
    x = value.get<bool>();
    return true;
  }
};

struct StringRule {
  std::string expected() const { return "a string"; }
  bool operator()(const Json& value, std::string& x) const {
    if (!value.is_string()) return false;
    x = value.get<std::string>();
    return true;
  }
};

struct LabelRule {
  std::string expected() const { return "a name or an index"; }
  bool operator()(const Json& value, std::string& x) const {
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0) {
      x = value.dump();
      return true;
    }
    return StringRule{}(value, x);
  }
};

/// Reads one value; the normalised form (an integer written 1e6, a number written 4) goes back into the spec.
template <class T, class Rule>
bool read_value(SpecDocument& document, const Section& section, const std::string& key, const Rule& rule, T& x) {
  Json* value = document.read(section, key);
  if (!value) return false;
  if (!rule(*value, x)) section.fail(key, "expected " + rule.expected() + ", got " + shown(*value));
  *value = x;
  return true;
}

template <class T, class Rule>
T required(SpecDocument& document, const Section& section, const std::string& key, const Rule& rule) {
  T x{};
  if (!read_value(document, section, key, rule, x)) document.missing(section, key, rule.expected());
  return x;
}

template <class T, class Rule>
T with_default(SpecDocument& document, const Section& section, const std::string& key, const Rule& rule,
               const T& fallback) {
  T x{};
  if (read_value(document, section, key, rule, x)) return x;
  // A default can depend on other input (the columns of a file), so it is held against the bounds like any value.
  if (!rule(Json(fallback), x))
    section.fail(key, "expected " + rule.expected() + ", got " + shown(Json(fallback)) + " by default");
  document.fill(section, key, fallback);
  return fallback;
}

template <class T, class Rule>
bool read_list(SpecDocument& document, const Section& section, const KeyPath& keys, const std::string& key,
               const Rule& rule, std::vector<T>& list) {
  Json* value = document.read(section, key);
  if (!value) return false;
  if (!value->is_array()) {
    T x{};
    if (!rule(*value, x)) section.fail(key, "expected a list, each " + rule.expected() + ", got " + shown(*value));
    list.push_back(x);
  } else {
    for (std::size_t i = 0; i < value->size(); ++i) {
      T x{};
      if (!rule((*value)[i], x)) {
        const KeyPath path = SpecDocument::child(SpecDocument::child(keys, key), std::to_string(i));
        document.fail(path, section.name(),
                      key + "[" + std::to_string(i) + "]: expected " + rule.expected() + ", got " + shown((*value)[i]));
      }
      list.push_back(x);
    }
  }
  *value = list;
  return true;
}

template <class T, class Rule>
std::vector<T> required_list(SpecDocument& document, const Section& section, const KeyPath& keys,
                             const std::string& key, const Rule& rule) {
  std::vector<T> list;
  if (!read_list(document, section, keys, key, rule, list))
    document.missing(section, key, "a list, each " + rule.expected());
  return list;
}

template <class T, class Rule>
std::vector<T> list_with_default(SpecDocument& document, const Section& section, const KeyPath& keys,
                                 const std::string& key, const Rule& rule, const std::vector<T>& fallback) {
  std::vector<T> list;
  if (read_list(document, section, keys, key, rule, list)) return list;
  document.fill(section, key, fallback);
  return fallback;
}

}  // namespace

std::string Bounds::describe(const std::string& noun) const {
  const bool below = std::isfinite(lower_), above = std::isfinite(upper_);
  const bool open_low = lower_edge_ == Edge::open, open_high = upper_edge_ == Edge::open;
  if (!below && !above) return with_article(noun);
  if (below && !above) {
    if (lower_ == 0) return (open_low ? "a positive " : "a non-negative ") + noun;
    return with_article(noun) + (open_low ? " greater than " : " of at least ") + text_of(lower_);
  }
  if (!below) return with_article(noun) + (open_high ? " less than " : " of at most ") + text_of(upper_);
  std::string text = with_article(noun) + " between " + text_of(lower_) + " and " + text_of(upper_);
  if (open_low && open_high) text += " (exclusive)";
  else if (open_low) text += " (not " + text_of(lower_) + ")";
  else if (open_high) text += " (not " + text_of(upper_) + ")";
  return text;
}

Section::Section(std::shared_ptr<SpecDocument> document, std::vector<std::string> keys, std::string name)
    : document_(std::move(document)), keys_(std::move(keys)), name_(std::move(name)) {}

bool Section::has(const std::string& key) const { return document_->ask(*this, key) != nullptr; }

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : document_->table(*this).items()) names.push_back(key);
  return names;
}

double Section::number(const std::string& key, Bounds bounds) const {
  return required<double>(*document_, *this, key, NumberRule{bounds});
}
double Section::number(const std::string& key, double fallback, Bounds bounds) const {
  return with_default(*document_, *this, key, NumberRule{bounds}, fallback);
}
std::optional<double> Section::optional_number(const std::string& key, Bounds bounds) const {
  double x = 0;
  return read_value(*document_, *this, key, NumberRule{bounds}, x) ? std::optional(x) : std::nullopt;
}

std::int64_t Section::integer(const std::string& key, Bounds bounds) const {
  return required<std::int64_t>(*document_, *this, key, IntegerRule{bounds});
}
std::int64_t Section::integer(const std::string& key, std::int64_t fallback, Bounds bounds) const {
  return with_default(*document_, *this, key, IntegerRule{bounds}, fallback);
}
std::optional<std::int64_t> Section::optional_integer(const std::string& key, Bounds bounds) const {
  std::int64_t x = 0;
  return read_value(*document_, *this, key, IntegerRule{bounds}, x) ? std::optional(x) : std::nullopt;
}

bool Section::boolean(const std::string& key) const { return required<bool>(*document_, *this, key, BooleanRule{}); }
bool Section::boolean(const std::string& key, bool fallback) const {
  return with_default(*document_, *this, key, BooleanRule{}, fallback);
}

std::string Section::string(const std::string& key) const {
  return required<std::string>(*document_, *this, key, StringRule{});
}
std::string Section::string(const std::string& key, const std::string& fallback) const {
  return with_default(*document_, *this, key, StringRule{}, fallback);
}

std::string Section::choice(const std::string& key, const std::vector<std::string>& choices) const {
  std::string value;
  if (!read_value(*document_, *this, key, StringRule{}, value)) {
    std::string list;
    for (const std::string& c : choices) list += (list.empty() ? "\"" : ", \"") + c + "\"";
    document_->missing(*this, key, "one of " + list);
  }
  if (std::find(choices.begin(), choices.end(), value) == choices.end())
    fail(key, "unknown value " + shown(value) + suggestion(value, choices, "values"));
  return value;
}
std::string Section::choice(const std::string& key, const std::vector<std::string>& choices,
                            const std::string& fallback) const {
  if (!has(key)) document_->fill(*this, key, fallback);
  return choice(key, choices);
}

std::string Section::path(const std::string& key) const {
  const std::string value = string(key);
  if (value.empty()) fail(key, "expected a path, got an empty string");
  if (value.find('\0') != std::string::npos) fail(key, "a path cannot contain a NUL character");
  return (std::filesystem::path(document_->directory) / value).lexically_normal().string();
}

std::vector<double> Section::numbers(const std::string& key, Bounds bounds) const {
  return required_list<double>(*document_, *this, keys_, key, NumberRule{bounds});
}
std::vector<double> Section::numbers(const std::string& key, const std::vector<double>& fallback, Bounds bounds) const {
  return list_with_default(*document_, *this, keys_, key, NumberRule{bounds}, fallback);
}
std::vector<std::int64_t> Section::integers(const std::string& key, Bounds bounds) const {
  return required_list<std::int64_t>(*document_, *this, keys_, key, IntegerRule{bounds});
}
std::vector<std::int64_t> Section::integers(const std::string& key, const std::vector<std::int64_t>& fallback,
                                            Bounds bounds) const {
  return list_with_default(*document_, *this, keys_, key, IntegerRule{bounds}, fallback);
}
std::vector<std::string> Section::strings(const std::string& key) const {
  return required_list<std::string>(*document_, *this, keys_, key, StringRule{});
}
std::vector<std::string> Section::strings(const std::string& key, const std::vector<std::string>& fallback) const {
  return list_with_default(*document_, *this, keys_, key, StringRule{}, fallback);
}
std::vector<std::string> Section::labels(const std::string& key) const {
  return required_list<std::string>(*document_, *this, keys_, key, LabelRule{});
}

std::pair<double, double> Section::range(const std::string& key) const {
  const std::vector<double> ends = required_list<double>(*document_, *this, keys_, key, NumberRule{finite()});
  if (ends.size() != 2 || !(ends[0] < ends[1]))
    fail(key, "expected two increasing numbers, got " + shown(*document_->read(*this, key)));
  return {ends[0], ends[1]};
}
std::pair<double, double> Section::range(const std::string& key, std::pair<double, double> fallback) const {
  if (!has(key)) document_->fill(*this, key, {fallback.first, fallback.second});
  return range(key);
}

Section Section::section(const std::string& key) const {
  if (!has(key)) document_->fill(*this, key, Json::object());
  return *optional_section(key);
}

std::optional<Section> Section::optional_section(const std::string& key) const {
  const Json* value = document_->read(*this, key);
  if (!value) return std::nullopt;
  if (!value->is_object()) fail(key, "expected a table, got " + shown(*value));
  return Section(document_, SpecDocument::child(keys_, key), name_.empty() ? key : name_ + "." + key);
}

std::vector<Section> Section::tables(const std::string& key) const {
  if (!has(key)) document_->fill(*this, key, Json::array());
  const Json* value = document_->read(*this, key);
  if (!value->is_array()) fail(key, "expected a list of tables, [{ ... }, ...], got " + shown(*value));
  std::vector<Section> list;
  const KeyPath path = SpecDocument::child(keys_, key);
  for (std::size_t i = 0; i < value->size(); ++i) {
    const std::string index = std::to_string(i);
    const KeyPath entry = SpecDocument::child(path, index);
    if (!(*value)[i].is_object())
      document_->fail(entry, name_, key + "[" + index + "]: expected a table, got " + shown((*value)[i]));
    list.push_back(Section(document_, entry, (name_.empty() ? key : name_ + "." + key) + "[" + index + "]"));
  }
  return list;
}

void Section::fail(const std::string& key, const std::string& message) const {
  if (key.empty()) document_->fail(keys_, name_, message);
  document_->fail(SpecDocument::child(keys_, key), name_, key + ": " + message);
}

}  // namespace orbitwalk
