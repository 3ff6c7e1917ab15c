// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "own_data.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>

#include "orbitwalk/core/error.hpp"
#include "orbitwalk/io/data.hpp"

namespace orbitwalk::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string file_in(const std::string& folder, const std::string& name) {
  for (const char* extension : {".npy", ".csv"}) {
    const std::filesystem::path path = std::filesystem::absolute(std::filesystem::path(folder) / (name + extension));
    if (std::filesystem::exists(path)) return path.string();
  }
  throw IoError(folder + ": " + name + ".npy or " + name + ".csv is missing (--data)");
}

// The number at the end of "w12"; 0 for a name without one, and for l1_norm and the like.
int number_of(const std::string& name) {
  const auto digits = name.find_last_not_of("0123456789") + 1;
  int number = 0;
  std::from_chars(name.data() + digits, name.data() + name.size(), number);
  return number;
}

// Observables whose number exists, without their ranges, which are of other data.
void keep_observables(Json& spec, const std::function<int(const std::string& stem)>& most) {
  Json kept = Json::array();
  for (const Json& entry : spec.at("observe").at("histogram")) {
    const std::string name = entry.at("of");
    const int number = number_of(name);
    if (number > most(name.substr(0, name.find_last_not_of("0123456789") + 1))) continue;
    kept.push_back({{"of", name}, {"bins", entry.value("bins", 40)}});
  }
  spec["observe"]["histogram"] = kept;
}

}  // namespace

Json with_own_data(Json spec, const std::string& folder) {
  if (!std::filesystem::is_directory(folder)) throw IoError(folder + ": no such folder (--data)");
  const std::string kind = spec.at("data").at("instance").at("kind");
  Json &model = spec["model"], data = Json::object();
  if (kind == "low_rank") {
    data = {{"truth", file_in(folder, "truth")}, {"mask", file_in(folder, "mask")}};
    const Matrix truth = read_table(data["truth"]);
    const std::size_t smaller = std::min(truth.rows, truth.cols);
    model["rows"] = truth.rows, model["columns"] = truth.cols, model["rank"] = smaller;
    keep_observables(spec, [&](const std::string& stem) { return int(stem == "sigma" ? std::min<std::size_t>(smaller, 5) : smaller); });
  } else if (kind == "teacher") {
    data = {{"x", file_in(folder, "inputs")}, {"y", file_in(folder, "targets")}};
    if (model.at("name") == "relu") {
      model["inputs"] = read_table(data["x"]).cols;
      model["outputs"] = read_table(data["y"]).cols;
    }
    keep_observables(spec, [&](const std::string&) { return model.value("hidden", model.value("head", 0)); });
  } else {
    data = {{"x", file_in(folder, "design")}, {"y", file_in(folder, "measurements")}, {"truth", file_in(folder, "truth")}};
    const auto c = int(read_table(data["x"]).cols);
    model["coordinates"] = c;
    keep_observables(spec, [=](const std::string&) { return c; });
  }
  spec["data"] = data;
  return spec;
}

}  // namespace orbitwalk::cli
