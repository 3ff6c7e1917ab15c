// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/data_record.hpp"

#include <algorithm>
#include <filesystem>

#include "orbitwalk/error.hpp"
#include "support/files.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk {
namespace {

constexpr std::size_t names_shown = 8;

std::string joined(const std::vector<std::string>& texts, const char* between) {
  std::string result;
  for (const std::string& text : texts) result += (result.empty() ? "" : between) + text;
  return result;
}

[[noreturn]] void changed(const std::string& path, const std::string& role, const std::string& then,
                          const std::string& now) {
  throw SpecError(path + " (" + role + ") has changed since the run: its content was " + then + " and is now " + now +
                  "; put the file back, or run the spec again");
}

}  // namespace

std::vector<DataRecord> data_records(const std::vector<DataFile>& files) {
  std::vector<DataRecord> records;
  for (const DataFile& file : files) {
    DataRecord record{file.role,    file.path,    file.shape[0], 1,          file.shape, {}, file.header,
                      file.skipped, file.remarks, file.missing,  file.bytes, file.hash};
    for (std::size_t k = 1; k < file.shape.size(); ++k) record.columns *= file.shape[k];
    record.names.assign(file.names.begin(), file.names.begin() + long(std::min(names_shown, file.names.size())));
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> data_lines(const std::vector<DataRecord>& data, const std::string& directory) {
  std::vector<std::string> lines;
  for (const DataRecord& file : data) {
    const std::filesystem::path path = file.file, below = path.lexically_relative(directory);
    const bool inside = !directory.empty() && !below.empty() && *below.begin() != "..";
    std::string shape;
    for (const std::size_t size : file.shape) shape += (shape.empty() ? "" : " × ") + std::to_string(size);
    std::string line = file.role + ": " + (inside ? below : path).string() + ", " + shape;
    if (!file.names.empty())
      line += " (" + joined(file.names, ", ") + (file.columns > file.names.size() ? ", ..." : "") + ")";
    if (!file.header.empty()) line += ", names from " + file.header;
    else if (path.extension() != ".npy") line += ", no header";
    if (file.missing > 0) line += ", " + std::to_string(file.missing) + " without a value";
    if (!file.skipped.empty()) line += ", without " + joined(file.skipped, ", ");
    lines.push_back(line + ", " + file.hash);
    for (const std::string& remark : file.remarks) lines.push_back("note: " + file.role + ": " + remark);
  }
  return lines;
}

void check_files_unchanged(const std::vector<DataRecord>& data) {
  for (const DataRecord& file : data) {
    std::error_code ignored;
    // The result was moved; its data is found from the spec.
    if (!std::filesystem::exists(file.file, ignored)) continue;
    const std::string now = fnv1a(read_file(file.file));
    if (now != file.hash) changed(file.file, file.role, file.hash, now);
  }
}

void check_data_unchanged(const std::vector<DataRecord>& data, const std::vector<DataFile>& files) {
  if (data.empty()) return;
  for (const DataFile& file : files) {
    const auto at =
        std::find_if(data.begin(), data.end(), [&](const DataRecord& other) { return other.role == file.role; });
    if (at == data.end()) throw SpecError(file.path + " (" + file.role + ") was not read by the run");
    if (at->hash != file.hash) changed(file.path, file.role, at->hash, file.hash);
  }
}

}  // namespace orbitwalk
