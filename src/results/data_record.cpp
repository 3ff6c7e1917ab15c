// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "results/data_record.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "orbitwalk/error.hpp"
#include "support/files.hpp"
#include "support/fnv1a.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t names_shown = 8;

std::string joined(const Json& texts, const char* between) {
  std::string result;
  for (const Json& text : texts) result += (result.empty() ? "" : between) + text.get<std::string>();
  return result;
}

[[noreturn]] void changed(const std::string& path, const std::string& role, const std::string& then,
                          const std::string& now) {
  throw SpecError(path + " (" + role + ") has changed since the run: its content was " + then + " and is now " + now +
                  "; put the file back, or run the spec again");
}

}  // namespace

Json data_to_json(const std::vector<DataFile>& files) {
  Json list = Json::array();
  for (const DataFile& file : files) {
    Json names = Json::array();
    for (std::size_t j = 0; j < std::min(names_shown, file.names.size()); ++j) names.push_back(file.names[j]);
    std::size_t columns = 1;
    for (std::size_t k = 1; k < file.shape.size(); ++k) columns *= file.shape[k];
    list.push_back({{"role", file.role},
                    {"file", file.path},
                    {"rows", file.shape[0]},
                    {"columns", columns},
                    {"shape", file.shape},
                    {"names", names},
                    {"header", file.header.empty() ? Json(nullptr) : Json(file.header)},
                    {"skipped", file.skipped},
                    {"remarks", file.remarks},
                    {"missing", file.missing},
                    {"bytes", file.bytes},
                    {"hash", file.hash}});
  }
  return list;
}

std::vector<std::string> data_lines(const Json& data, const std::string& directory) {
  std::vector<std::string> lines;
  for (const Json& file : data) {
    const std::filesystem::path path = file.at("file").get<std::string>(), below = path.lexically_relative(directory);
    const bool inside = !directory.empty() && !below.empty() && *below.begin() != "..";
    std::string shape;
    for (const Json& size : file.at("shape")) shape += (shape.empty() ? "" : " × ") + size.dump();
    std::string line = file.at("role").get<std::string>() + ": " + (inside ? below : path).string() + ", " + shape;
    const Json& names = file.at("names");
    if (!names.empty()) {
      line += " (" + joined(names, ", ") + (file.at("columns").get<std::size_t>() > names.size() ? ", ..." : "") + ")";
    }
    if (file.at("header").is_string()) line += ", names from " + file.at("header").get<std::string>();
    else if (path.extension() != ".npy") line += ", no header";
    if (file.at("missing").get<std::uint64_t>() > 0) line += ", " + file.at("missing").dump() + " without a value";
    if (!file.at("skipped").empty()) line += ", without " + joined(file.at("skipped"), ", ");
    lines.push_back(line + ", " + file.at("hash").get<std::string>());
    for (const Json& remark : file.at("remarks"))
      lines.push_back("note: " + file.at("role").get<std::string>() + ": " + remark.get<std::string>());
  }
  return lines;
}

void check_files_unchanged(const Json& summary) {
  if (!summary.contains("data")) return;
  for (const Json& file : summary.at("data")) {
    const auto path = file.at("file").get<std::string>(), then = file.at("hash").get<std::string>();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;  // the result was moved; its data is found from the spec
    const std::string now = fnv1a(read_file(path));
    if (now != then) changed(path, file.at("role"), then, now);
  }
}

void check_data_unchanged(const Json& summary, const std::vector<DataFile>& files) {
  if (!summary.contains("data")) return;
  for (const DataFile& file : files) {
    const Json& known = summary.at("data");
    const auto at =
        std::find_if(known.begin(), known.end(), [&](const Json& other) { return other.at("role") == file.role; });
    if (at == known.end()) throw SpecError(file.path + " (" + file.role + ") was not read by the run");
    if (at->at("hash") != file.hash) changed(file.path, file.role, at->at("hash"), file.hash);
  }
}

}  // namespace orbitwalk
