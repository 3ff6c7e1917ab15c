// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "data/data_file.hpp"

#include <algorithm>
#include <cmath>

#include "data/table_columns.hpp"
#include "orbitwalk/error.hpp"
#include "spec/spec_document.hpp"
#include "support/files.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk {
namespace {

using detail::SpecDocument;

// The kind of file is told by its name, before it is opened.
bool is_npy(const std::string& path) {
  const auto slash = path.find_last_of('/');
  const auto dot = path.find_last_of('.');
  std::string extension;
  if (dot != std::string::npos && (slash == std::string::npos || dot > slash)) extension = path.substr(dot);
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (extension == ".npy") return true;
  if (extension == ".csv" || extension == ".tsv" || extension == ".txt") return false;
  throw IoError(path + ": unknown kind of data file; expected .csv, .tsv, .txt or .npy");
}

/// The table at the key, where it is one.
std::optional<Section> own_table(const Section& section, const std::string& key) {
  const auto* value = SpecDocument::of(section).ask(section, key);
  return value && value->is_object() ? section.optional_section(key) : std::nullopt;
}

std::vector<std::size_t> read_skip(const Section& section) {
  const auto* value = SpecDocument::of(section).ask(section, "skip");
  const bool list = value && value->is_array();
  std::vector<std::size_t> lines;
  if (list) {
    for (const std::int64_t line : section.integers("skip", between(1, 1e9)))
      lines.push_back(static_cast<std::size_t>(line));
  } else {
    const std::int64_t count = section.integer("skip", between(0, 10'000));
    for (std::int64_t line = 1; line <= count; ++line) lines.push_back(static_cast<std::size_t>(line));
  }
  return lines;
}

char read_separator(const Section& section) {
  const std::string text = section.string("separator");
  if (text == "tab") return '\t';
  if (text == "space") return ' ';
  const bool usable = text.size() == 1 && text.find_first_of(",;:|/&! \t") == 0;
  if (!usable)
    section.fail("separator",
                 "expected one of \",\", \";\", \"tab\", \"space\", \"|\", \":\", \"/\", \"&\", \"!\", got " +
                     detail::shown(text));
  return text[0];
}

/// What one table says; a key that is there already stays.
void read_format(const Section& section, TableFormat& format) {
  const auto keep = [](auto& value, auto&& said) {
    if (!value) value = said;
  };
  if (section.has("header")) keep(format.header, section.boolean("header"));
  if (section.has("skip")) keep(format.skip, read_skip(section));
  if (section.has("decimal")) keep(format.decimal, section.choice("decimal", {".", ","})[0]);
  if (section.has("separator")) keep(format.separator, read_separator(section));
  if (section.has("encoding")) {
    const std::string encoding = section.choice("encoding", encoding_names());
    if (format.encoding.empty()) format.encoding = encoding;
  }
  if (format.separator && *format.separator == format.decimal.value_or('.'))
    section.fail("separator", "is also the decimal separator");
}

TableFormat format_of(const Section& section, const std::string& key, bool npy) {
  TableFormat format;
  format.keys = "[" + section.name() + "] ";
  if (const auto own = own_table(section, key)) {
    format.keys = "[" + own->name() + "] ";
    if (own->has("ignore")) format.ignore = own->labels("ignore");
    for (const char* option : {"header", "skip", "decimal", "separator", "encoding"}) {
      if (npy && own->has(option)) own->fail(option, "is for text files; an .npy file describes its own contents");
    }
    read_format(*own, format);
  }
  // `ignore` of [data] is about the table of all columns; x, y and the like have their own.
  if (key == "file" && !format.ignore && section.has("ignore")) format.ignore = section.labels("ignore");
  if (key == "x" && !format.ignore && section.has("ignore") && !section.has("file"))
    format.ignore = section.labels("ignore");
  read_format(section, format);
  return format;
}

void leave_out(Table& table, const std::vector<std::string>& ignore, const std::string& path) {
  for (const std::string& wanted : ignore) {
    const std::size_t column = detail::find_column(table.matrix, wanted, path);
    if (!table.ignored[column]) table.skipped.push_back("column " + std::to_string(column));
    table.ignored[column] = true;
  }
  const auto left = static_cast<std::size_t>(std::count(table.ignored.begin(), table.ignored.end(), false));
  if (left == 0) throw IoError(path + ": no column is left");
  if (!ignore.empty()) table.shape = {table.matrix.rows, left};
}

}  // namespace

Matrix read_table(const std::string& path, Missing missing) {
  TableFormat format;
  format.missing = missing == Missing::accepted;
  const std::string bytes = read_file(path);
  return is_npy(path) ? parse_array(bytes, path, format.missing).matrix : parse_text(bytes, path, format).kept();
}

std::string data_path(const Section& section, const std::string& key) {
  const auto own = own_table(section, key);
  return own ? own->path("file") : section.path(key);
}

Table read_whole_table(const Section& section, const std::string& key, Missing missing, bool columns_are_named) {
  const std::string path = data_path(section, key);
  const bool npy = is_npy(path);
  TableFormat format = format_of(section, key, npy);
  format.missing = missing == Missing::accepted;
  if (columns_are_named && !format.ignore) format.ignore.emplace();
  const std::string bytes = read_file(path, readable_bytes() / 2);  // numbers and text are kept side by side
  Table table = npy ? parse_array(bytes, path, format.missing) : parse_text(bytes, path, format);
  if (npy && format.ignore) leave_out(table, *format.ignore, path);
  const Matrix kept = table.kept();
  DataFile file{section.name() + "." + key,
                path,
                bytes.size(),
                fnv1a(bytes),
                table.shape,
                kept.names,
                table.header,
                table.skipped,
                table.remarks,
                0};
  file.missing = static_cast<std::uint64_t>(
      std::count_if(kept.values.begin(), kept.values.end(), [](double x) { return std::isnan(x); }));
  SpecDocument::of(section).record(std::move(file));
  return table;
}

Matrix read_data_file(const Section& section, const std::string& key, Missing missing) {
  return read_whole_table(section, key, missing).kept();
}

}  // namespace orbitwalk
