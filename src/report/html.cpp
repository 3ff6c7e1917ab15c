// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "orbitwalk/version.hpp"
#include "report/assets.hpp"

namespace orbitwalk {
namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";
constexpr std::size_t most_unfolded = 24;  // rows of a table; longer ones scroll on the screen

// Length of the UTF-8 sequence at `i` that XML may hold, 0 where there is none.
std::size_t character_at(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
  const auto follows = [&](std::size_t k) { return (byte(k) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 ? first != 0x7F : first == '\t' || first == '\n';
  if (first >= 0xC2 && first <= 0xDF) {
    return follows(1) && !(first == 0xC2 && byte(1) < 0xA0) ? 2 : 0;  // not the controls U+0080 to U+009F
  }
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    const unsigned code = (first & 0xFu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code >= 0x800 && !surrogate && code < 0xFFFE ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const unsigned code = (first & 0x7u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    return code >= 0x10000 && code <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As printf and short_number() write them: "-1.5e-07", "656k", "nan"; with an error behind it or not.
bool looks_like_a_number(const std::string& text) {
  const std::string number = text.substr(0, text.find(" ± "));
  std::size_t i = !number.empty() && (number[0] == '-' || number[0] == '+') ? 1 : 0;
  if (number.substr(i) == "nan" || number.substr(i) == "inf") return true;
  if (i == number.size() || !is_digit(number[i])) return false;
  while (i < number.size() && (is_digit(number[i]) || number[i] == '.' || number[i] == ',')) ++i;
  if (i + 1 < number.size() && (number[i] == 'e' || number[i] == 'E')) {
    i += number[i + 1] == '-' || number[i + 1] == '+' ? 2 : 1;
    if (i == number.size()) return false;
    while (i < number.size() && is_digit(number[i])) ++i;
  }
  if (i + 1 == number.size() && std::string("kMGTP").find(number[i]) != std::string::npos) ++i;
  return i == number.size();
}

// "5.31" at the end of a text, divided by ten `places` times: "0.00531". Empty where more than one digit stands before
// the point.
std::string written_out(const std::string& text, int places) {
  const auto start = text.find_last_not_of("0123456789.") + 1;  // npos + 1 is 0
  std::string digits = text.substr(start);
  const auto point = digits.find('.');
  if (point != 1 && digits.size() != 1) return {};
  if (point != std::string::npos) digits.erase(point, 1);
  return text.substr(0, start) + "0." + std::string(std::size_t(places - 1), '0') + digits;
}

std::string class_of(const std::string& kind) { return kind.empty() ? "" : " class=\"" + escape_html(kind) + "\""; }

// A name for files and ids.
std::string slug(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 0x80)
      result += char(std::tolower(c));
    else if (!result.empty() && result.back() != '-') result += '-';
  }
  result.resize(std::min<std::size_t>(result.size(), 60));
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "x" : result;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_at(text, i);
    if (length == 0) result += replacement;
    else if (text[i] == '<') result += "&lt;";
    else if (text[i] == '>') result += "&gt;";
    else if (text[i] == '&') result += "&amp;";
    else if (text[i] == '"') result += "&quot;";
    else if (text[i] == '\'') result += "&#39;";
    else result.append(text, i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return result;
}

std::string typeset_number(const std::string& number) {
  if (!looks_like_a_number(number)) return number;
  static const std::array<const char*, 10> superscripts = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const bool exponent = (number[i] == 'e' || number[i] == 'E') && i > 0 && is_digit(number[i - 1]);
    if (exponent) {
      std::size_t j = i + 1;
      const bool negative = j < number.size() && number[j] == '-';
      if (j < number.size() && (number[j] == '-' || number[j] == '+')) ++j;
      std::string digits;
      for (; j < number.size() && is_digit(number[j]); ++j) digits += number[j];
      digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
      i = j - 1;
      if (digits.empty()) continue;  // e+00
      if (negative && digits.size() == 1 && digits[0] <= '4') {
        if (const std::string all = written_out(result, digits[0] - '0'); !all.empty()) {
          result = all;
          continue;
        }
      }
      result += negative ? "×10⁻" : "×10";
      for (const char d : digits) result += superscripts[std::size_t(d - '0')];
    } else if (number[i] == '-') {
      result += "−";
    } else {
      result += number[i];
    }
  }
  return result;
}

std::string Page::unused(const std::string& text, const std::vector<std::string>& names) {
  const std::string wanted = slug(text);
  std::string name = wanted;
  for (int i = 2; std::count(names.begin(), names.end(), name) > 0; ++i) name = wanted + "-" + std::to_string(i);
  return name;
}

std::string Page::reserve(const std::string& text) {
  ids_.push_back(unused(text, ids_));
  return "part-" + ids_.back();  // charts have ids that begin with their names
}

void Page::heading(int level, const std::string& text, const std::string& short_text, const std::string& reserved) {
  const std::string id = reserved.empty() ? reserve(text) : reserved, tag = "h" + std::to_string(level);
  pieces_.back() += "<" + tag + " id=\"" + id + "\">" + escape_html(text) + "</" + tag + ">\n";
  if (level <= 3) entries_.push_back({level, id, short_text.empty() ? text : short_text});
}

void Page::paragraph(const std::string& text, const std::string& kind) {
  pieces_.back() += "<p" + class_of(kind) + ">" + escape_html(text) + "</p>\n";
}

void Page::facts(const std::vector<std::pair<std::string, std::string>>& lines) {
  pieces_.back() += "<dl>\n";
  for (const auto& [term, said] : lines)
    pieces_.back() +=
        "<div><dt>" + escape_html(term) + "</dt><dd>" + escape_html(typeset_number(said)) + "</dd></div>\n";
  pieces_.back() += "</dl>\n";
}

void Page::table(const std::string& caption, const std::vector<std::string>& header,
                 const std::vector<std::vector<Cell>>& rows, const std::string& note) {
  std::vector<bool> numbers(header.size(), !rows.empty());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < header.size() && i < row.size(); ++i) {
      const std::string& text = row[i].text;
      if (!text.empty() && text != "-" && !looks_like_a_number(text)) numbers[i] = false;
    }
  }
  std::string& out = pieces_.back();
  out += rows.size() > most_unfolded ? "<div class=\"wide long\" tabindex=\"0\"><table>\n"
                                     : "<div class=\"wide\"><table>\n";
  if (!caption.empty()) out += "<caption>" + escape_html(caption) + "</caption>\n";
  out += "<thead><tr>";
  for (std::size_t i = 0; i < header.size(); ++i)
    out +=
        std::string("<th scope=\"col\"") + (numbers[i] ? " class=\"n\"" : "") + ">" + escape_html(header[i]) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < header.size(); ++i) {
      const Cell cell = i < row.size() ? row[i] : Cell("");
      std::string text = escape_html(typeset_number(cell.text));
      if (!cell.link.empty()) text = "<a href=\"#" + escape_html(cell.link) + "\">" + text + "</a>";
      out += "<td" + class_of(cell.kind + (numbers[i] ? cell.kind.empty() ? "n" : " n" : "")) + ">" + text + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  if (!note.empty()) paragraph(note, "note");
}

void Page::code(const std::string& text) { pieces_.back() += "<pre>" + escape_html(text) + "</pre>\n"; }

void Page::figure(Chart chart) {
  chart.name = unused(chart.name, names_);
  names_.push_back(chart.name);
  pieces_.back() += "<figure role=\"group\" aria-label=\"" + escape_html(chart.title) + "\">\n";
  pieces_.push_back("\n<figcaption>" + escape_html(chart.caption) + (chart.caption.empty() ? "" : " ") +
                    "<code>charts/" + chart.name + ".svg</code></figcaption>\n</figure>\n");
  charts_.push_back(std::move(chart));
}

// Well-formed as XML too, so that any tool can read it.
std::string Page::head() const {
  std::string text =
      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" "
      "content=\"light dark\"/>\n"
      "<meta name=\"generator\" content=\"orbitwalk " +
      escape_html(version()) + "\"/>\n<title>" + escape_html(title_) + "</title>\n<style>\n" + page_style +
      "</style>\n</head>\n<body>\n<header><h1>" + escape_html(title_) + "</h1></header>\n";
  if (entries_.size() < 2) return text + "<main>\n";
  text += "<nav aria-label=\"Contents\"><p>Contents</p>\n<ul>\n";
  bool inner = false, open = false;
  for (const Entry& entry : entries_) {
    const bool deeper = entry.level > 2 && open;
    if (deeper && !inner) text += "\n<ul>\n";
    if (!deeper && inner) text += "</li>\n</ul>\n";
    if (deeper ? inner : open) text += "</li>\n";
    inner = deeper;
    open = true;
    text += "<li><a href=\"#" + entry.id + "\">" + escape_html(entry.text) + "</a>";
  }
  return text + (inner ? "</li>\n</ul>\n" : "") + "</li>\n</ul></nav>\n<main>\n";
}

std::string Page::foot() const {
  return "</main>\n<footer><p>Written by orbitwalk " + escape_html(version()) + ".</p></footer>\n</body>\n</html>\n";
}

}  // namespace orbitwalk
